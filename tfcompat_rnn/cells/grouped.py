"""GLSTMCell: an LSTM whose units form groups that see only their own share."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers
from tfcompat_rnn.cells import linear
from tfcompat_rnn.cells import states


class GLSTMCell(
    linear.LinearKeeper, states.KeptSizes, states.PairState, base.RNNCell):
  """Group LSTM: several small LSTMs side by side (arXiv:1703.10722).

  Example: `output, state = GLSTMCell(16, number_of_groups=4)(x, state)`

    i_g, j_g, f_g, o_g = split([x_g, h_g] W_g, 4)      for each group g
    i, j, f, o = [i_0, i_1, ...] + bias_i, ...
    c' = sigmoid(f + forget_bias) * c + sigmoid(i) * tanh(j)
    h' = sigmoid(o) * activation(c')  [P]

  As in 1.15, `activation` applies to h' only, and j always goes through tanh.
  Gate order `i, j, f, o`.

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c [batch, num_units],
  h [batch, num_proj or num_units])`, output like `h`; variables
  `group0/kernel`, `group1/kernel`, ... (W_g) `[(depth + size of h) / groups,
  4 * num_units / groups]`, `bias_i`, `bias_j`, `bias_f`, `bias_o`
  `[num_units]`, `projection/kernel` (P) `[num_units, num_proj]`.

  Args:
    num_units: number of units.
    initializer: for the kernels of the groups; a callable or a name.
    num_proj: size of the projected h; None for no projection.
    number_of_groups: a divisor of num_units, num_proj and the inputs' depth.
    forget_bias: number added to the logits of the forget gate.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.

  Raises ValueError if number_of_groups does not divide a size, or if the
  inputs are not rank 2 or their depth is unknown; TypeError if the state is
  not a pair or differs from the inputs in dtype.

  TF 1.15: `tf.contrib.rnn.GLSTMCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, initializer=None, num_proj=None,
               number_of_groups=1, forget_bias=1.0, activation=tf.tanh,
               reuse=None):
    super().__init__(_reuse=reuse)
    self._num_units = checks.check_units("num_units", num_units)
    self._num_proj = checks.check_optional_units("num_proj", num_proj)
    self._number_of_groups = checks.check_units(
        "number_of_groups", number_of_groups)
    if not self._number_of_groups:
      raise _errors.ArgumentError(_errors.problem(
          "number_of_groups", "be at least 1", 0, "pass 1 for one group"))
    self._initializer = identifiers.find_initializer(initializer)
    self._forget_bias = forget_bias
    self._activation = identifiers.find_activation(activation)
    # 1.15's cell had these attributes, and subclasses read them.
    self._keep_sizes(*states.pair_sizes(self))
    units = self._share("num_units", self._num_units)
    # How much of h a group sees, and how many units it has.
    self._group_shape = [self._share("num_proj", self.output_size), units]
    self._linear1 = [None] * self._number_of_groups
    self._linear2 = None

  def _share(self, name, size):
    share, rest = divmod(size, self._number_of_groups)
    if rest:
      raise _errors.ArgumentError(_errors.problem(
          name, f"be divisible by number_of_groups, {self._number_of_groups}",
          size, "change one of the two"))
    return share

  def _get_input_for_group(self, inputs, group_id, group_size):
    """The columns of `inputs` that this group sees."""
    return tf.slice(
        inputs, [0, group_id * group_size], [self._batch_size, group_size],
        name=f"GLSTM_group{group_id}_input_generation")

  def _gates(self, inputs, h):
    """The logits `(i, j, f, o)` of each group."""
    depth = checks.row_depth(self, inputs)
    if depth % self._number_of_groups:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", "have a depth divisible by number_of_groups, "
          f"{self._number_of_groups}", f"shape {inputs.shape}",
          "change number_of_groups, or project or pad the inputs"))
    x_share = depth // self._number_of_groups
    h_share, units = self._group_shape
    for group in range(self._number_of_groups):
      with tf.variable_scope(f"group{group}"):
        joined = tf.concat([
            self._get_input_for_group(inputs, group, x_share),
            self._get_input_for_group(h, group, h_share)], axis=1)
        if self._linear1[group] is None:
          self._linear1[group] = linear.Linear(joined, 4 * units, False)
        gates = arithmetic.split(self._linear1[group](joined), 4, 1)
      yield gates

  def call(self, inputs, state):
    c, h = checks.split_pair(self, state)
    checks.check_float_step(self, inputs, state)
    rows = tf.dimension_value(inputs.shape.with_rank(2)[0])
    self._batch_size = rows or tf.shape(inputs)[0]
    with tf.variable_scope(
        tf.get_variable_scope(), initializer=self._initializer):
      # All groups' logits, then all biases, and only then the sums: the order
      # of 1.15. Its biases cover the gates of all groups, one for each gate.
      parts = list(zip(*self._gates(inputs, h)))
      biases = [
          tf.get_variable(f"bias_{gate}", shape=[self._num_units],
                          dtype=inputs.dtype,
                          initializer=tf.constant_initializer(0.0))
          for gate in self.gate_order]
      i, j, f, o = (
          tf.nn.bias_add(tf.concat(list(part), axis=1), bias)
          for part, bias in zip(parts, biases))
    new_c = (tf.sigmoid(f + self._forget_bias) * c
             + tf.sigmoid(i) * tf.tanh(j))
    new_h = tf.sigmoid(o) * self._activation(new_c)
    if self._num_proj is not None:
      with tf.variable_scope("projection"):
        if self._linear2 is None:
          self._linear2 = linear.Linear(new_h, self._num_proj, False)
        new_h = self._linear2(new_h)
    return new_h, base.LSTMStateTuple(new_c, new_h)

  def get_config(self):
    return {"num_units": self._num_units,
            "initializer": identifiers.initializer_config(self._initializer),
            "num_proj": self._num_proj,
            "number_of_groups": self._number_of_groups,
            "forget_bias": self._forget_bias,
            "activation": identifiers.activation_name(self._activation),
            "reuse": self._reuse}
