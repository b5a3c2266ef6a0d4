"""CoupledInputForgetGateLSTMCell: it writes as much as it forgets."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers
from tfcompat_rnn.cells import normalized
from tfcompat_rnn.cells import states


def get_rows(name, shape, dtype, shards, argument="num_unit_shards"):
  """A matrix of shape `shape`, stored in `shards` variables of successive rows.

  Example: `w = get_rows("W", [7, 12], tf.float32, 2)`

  Makes `W_0` `[4, 12]` and `W_1` `[3, 12]` in the current variable scope and
  concatenates them; a single shard is returned as it is. Raises ValueError,
  naming `argument`, if there are more shards than rows.

  TF 1.15: what its older LSTM cells did with `num_unit_shards`.
  """
  rows, rest = shape[0], shape[1:]
  if shards > rows:
    raise _errors.ArgumentError(_errors.problem(
        argument, f"not be greater than the {rows} rows of {name}", shards,
        f"pass {argument}={rows} or less"))
  share, longer = divmod(rows, shards)
  parts = [tf.get_variable(f"{name}_{place}",
                           [share + (place < longer)] + rest, dtype=dtype)
           for place in range(shards)]
  if len(parts) == 1:
    return parts[0]
  joined_name = f"{name}/concat"
  # Later steps in the same scope use the tensor that the first one made.
  known_as = f"{tf.get_variable_scope().name}/{joined_name}:0"
  for tensor in tf.get_collection(tf.GraphKeys.CONCATENATED_VARIABLES):
    # A function's graph has the outer graph's collections but not its tensors.
    if tensor.name == known_as and tensor.graph is tf.get_default_graph():
      return tensor
  joined = tf.concat(parts, 0, name=joined_name)
  tf.add_to_collection(tf.GraphKeys.CONCATENATED_VARIABLES, joined)
  return joined


def _check_shards(name, count):
  count = checks.check_units(name, count)
  if not count:
    raise _errors.ArgumentError(_errors.problem(
        name, "be at least 1", count, "pass 1 for one variable"))
  return count


class CoupledInputForgetGateLSTMCell(
    states.KeptSizes, states.PairState, base.RNNCell):
  """LSTM whose input gate is one minus its forget gate.

  Example: `output, state = CoupledInputForgetGateLSTMCell(16)(x, state)`

    j, f, o = split([x, h] W + B, 3)
    f = sigmoid(f + forget_bias [+ W_F_diag * c])
    c' = f * c + (1 - f) * activation(j)
    h' = sigmoid(o [+ W_O_diag * c']) * activation(c')  [W_P, clipped]

  With `layer_norm` no bias is added (as in 1.15, `B` is made but not used), and
  j, f, o and c' are normalized over the units, each in a scope of its own.

  Coupled gates: Greff et al., arXiv:1503.04069; peepholes and projection:
  Sak, Senior, Beaufays (2014); layer normalization: arXiv:1607.06450. Gate
  order `j, f, o`.

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c [batch, num_units],
  h [batch, num_proj or num_units])` (one tensor with
  `state_is_tuple=False`), output like `h`; variables `W_0` `[depth + size of
  h, 3 * num_units]`, `B` `[3 * num_units]`; `gamma` and `beta` `[num_units]`
  in each of the scopes `transform`, `forget`, `output`, `state`; `W_F_diag`,
  `W_O_diag` `[num_units]`; `W_P_0` `[num_units, num_proj]`.

  Args:
    num_units: number of units.
    use_peepholes: True for the diagonal connections from c to the gates.
    initializer: not used, as in 1.15; set one for the surrounding scope:
      `tf.variable_scope(..., initializer=...)`.
    num_proj: size of the projected h; None for no projection.
    proj_clip: limit to which the projected h is clipped.
    num_unit_shards, num_proj_shards: number of variables `W_0`, `W_1`, ...
      (`W_P_0`, ...) that the matrix is split into, by rows.
    forget_bias: number added to the logits of the forget gate.
    state_is_tuple: False for a state in one concatenated tensor.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.
    layer_norm: True to normalize.
    norm_gain, norm_shift: initial values of gamma and beta.

  Raises TypeError if the state is not a pair or differs from the inputs in
  dtype; ValueError if it does not have two parts, if the inputs are not rank 2
  or their depth is unknown, or if there are more shards than rows.

  TF 1.15: `tf.contrib.rnn.CoupledInputForgetGateLSTMCell`.
  """

  gate_order = ("j", "f", "o")

  def __init__(self, num_units, use_peepholes=False, initializer=None,
               num_proj=None, proj_clip=None, num_unit_shards=1,
               num_proj_shards=1, forget_bias=1.0, state_is_tuple=True,
               activation=tf.tanh, reuse=None, layer_norm=False,
               norm_gain=1.0, norm_shift=0.0):
    super().__init__(_reuse=reuse)
    self._num_units = checks.check_units("num_units", num_units)
    self._num_proj = checks.check_optional_units("num_proj", num_proj)
    self._use_peepholes = use_peepholes
    self._initializer = initializer
    self._proj_clip = proj_clip
    self._num_unit_shards = _check_shards("num_unit_shards", num_unit_shards)
    self._num_proj_shards = _check_shards("num_proj_shards", num_proj_shards)
    self._forget_bias = forget_bias
    self._state_is_tuple = state_is_tuple
    self._activation = identifiers.find_activation(activation)
    self._layer_norm = layer_norm
    self._norm_gain = norm_gain
    self._norm_shift = norm_shift
    # 1.15's cell had these attributes, and subclasses read them.
    self._keep_sizes(*states.pair_sizes(self))

  def _norm(self, inp, scope):
    if not self._layer_norm:
      return inp
    return normalized.normalize(
        inp, scope, self._norm_gain, self._norm_shift)

  def call(self, inputs, state):
    checks.check_float_step(self, inputs, state)
    c, h = states.split_state(self, state, self._output_size)
    depth, dtype = checks.row_depth(self, inputs), inputs.dtype
    units = self._num_units
    kernel = get_rows("W", [depth + self._output_size, 3 * units], dtype,
                      self._num_unit_shards)
    bias = tf.get_variable("B", shape=[3 * units], dtype=dtype,
                           initializer=tf.zeros_initializer())
    mixed = tf.matmul(tf.concat([inputs, h], 1), kernel)
    if not self._layer_norm:
      mixed = tf.nn.bias_add(mixed, bias)
    j, f, o = arithmetic.split(mixed, 3, 1)
    j, f, o = (self._norm(gate, scope) for gate, scope in (
        (j, "transform"), (f, "forget"), (o, "output")))
    # Both peepholes are made in the middle of the step, as in 1.15.
    if self._use_peepholes:
      from_c_to_f, from_c_to_o = (
          tf.get_variable(f"W_{gate}_diag", shape=[units], dtype=dtype)
          for gate in "FO")
      f = tf.sigmoid(f + self._forget_bias + from_c_to_f * c)
    else:
      f = tf.sigmoid(f + self._forget_bias)
    new_c = self._norm(f * c + (1 - f) * self._activation(j), "state")
    if self._use_peepholes:
      o = o + from_c_to_o * new_c
    new_h = tf.sigmoid(o) * self._activation(new_c)
    if self._num_proj is not None:
      new_h = tf.matmul(new_h, get_rows(
          "W_P", [units, self._num_proj], dtype, self._num_proj_shards,
          "num_proj_shards"))
      new_h = arithmetic.clip(new_h, self._proj_clip)
    return new_h, states.join_state(self, new_c, new_h)

  def get_config(self):
    return {
        "num_units": self._num_units, "use_peepholes": self._use_peepholes,
        "num_proj": self._num_proj, "proj_clip": self._proj_clip,
        "num_unit_shards": self._num_unit_shards,
        "num_proj_shards": self._num_proj_shards,
        "forget_bias": self._forget_bias,
        "state_is_tuple": self._state_is_tuple,
        "activation": identifiers.activation_name(self._activation),
        "reuse": self._reuse, "layer_norm": self._layer_norm,
        "norm_gain": self._norm_gain, "norm_shift": self._norm_shift}
