"""The cells of `tf.nn.rnn_cell`: BasicRNN, BasicLSTM, LSTM and GRU.

Whatever a faster implementation needs to know about a cell is a plain
attribute: `gate_order` (the blocks of the kernel's columns), `_kernel`,
`_bias`, ..., `_activation`, `_forget_bias`, the clips.
"""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers
from tfcompat_rnn.cells import states

LSTMStateTuple = base.LSTMStateTuple
split = arithmetic.split


class _CoreCell(states.UnitsCell):
  """Floating point or complex only, which the constructor checks as well."""

  _constructor_checks_dtype = True

  def _check_dtype(self):
    checks.check_float(self.dtype)


class BasicRNNCell(_CoreCell):
  """`output = state = activation([x, h] W + b)`.

  Example: `output, state = BasicRNNCell(16)(x, state)`

  Shapes: `x` `[batch, depth]`, state and output `[batch, num_units]`;
  variables `kernel` `[depth + num_units, num_units]`, `bias` `[num_units]`.

  Args:
    num_units: number of units.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.
    name: scope name, `basic_rnn_cell` by default.
    dtype: dtype of the variables; by default that of the first input.
    **kwargs: `trainable`, `activity_regularizer`.

  Raises ValueError if the inputs are not rank 2 or their depth is unknown;
  TypeError if inputs and state differ in dtype.

  TF 1.15: `tf.nn.rnn_cell.BasicRNNCell`.
  """

  def __init__(self, num_units, activation=None, reuse=None, name=None,
               dtype=None, **kwargs):
    super().__init__(num_units, activation, reuse, name, dtype, kwargs)

  def build(self, inputs_shape):
    depth = self._input_depth(inputs_shape)
    self._kernel = self.add_variable(
        "kernel", shape=[depth + self._num_units, self._num_units])
    self._bias = self.add_variable(
        "bias", shape=[self._num_units], initializer=tf.zeros_initializer())
    self.built = True

  def call(self, inputs, state):
    checks.check_leaf(self, state)
    checks.check_step_dtypes(inputs, state, self._kernel)
    output = self._activation(
        arithmetic.affine([inputs, state], self._kernel, self._bias))
    return output, output


class BasicLSTMCell(states.PairState, _CoreCell):
  """LSTM without peepholes, clips or projection (arXiv:1409.2329).

  Example: `output, state = BasicLSTMCell(16)(x, state)`

    i, j, f, o = split([x, h] W + b, 4)
    c' = c * sigmoid(f + forget_bias) + sigmoid(i) * activation(j)
    h' = activation(c') * sigmoid(o)

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c, h)` of
  `[batch, num_units]` each (with `state_is_tuple=False` one tensor
  `[batch, 2 * num_units]`), output `[batch, num_units]`; variables `kernel`
  `[depth + num_units, 4 * num_units]`, `bias` `[4 * num_units]`.

  Args:
    num_units: number of units.
    forget_bias: number added to the logits of the forget gate.
    state_is_tuple: False for a state in one concatenated tensor.
    activation: a function or its name; tanh by default.
    reuse, name, dtype, **kwargs: as for `BasicRNNCell`.

  Raises the errors of `BasicRNNCell`; TypeError if the state is not a tuple or
  list, ValueError if it does not have two parts.

  TF 1.15: `tf.nn.rnn_cell.BasicLSTMCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, forget_bias=1.0, state_is_tuple=True,
               activation=None, reuse=None, name=None, dtype=None, **kwargs):
    super().__init__(num_units, activation, reuse, name, dtype, kwargs)
    self._forget_bias = forget_bias
    self._state_is_tuple = state_is_tuple

  def build(self, inputs_shape):
    depth = self._input_depth(inputs_shape)
    self._kernel = self.add_variable(
        "kernel", shape=[depth + self._num_units, 4 * self._num_units])
    self._bias = self.add_variable(
        "bias", shape=[4 * self._num_units], initializer=tf.zeros_initializer())
    self.built = True

  def call(self, inputs, state):
    checks.check_step_dtypes(inputs, state, self._kernel)
    if self._state_is_tuple:
      c, h = checks.split_pair(self, state)
    else:
      checks.check_leaf(self, state)
    # One constant serves as the axis of every split, as in 1.15's graph.
    columns = tf.constant(1, dtype=tf.int32)
    if not self._state_is_tuple:
      c, h = split(state, 2, columns)
    mixed = arithmetic.affine([inputs, h], self._kernel, self._bias)
    new_c, new_h = arithmetic.basic_lstm(
        c, split(mixed, 4, columns), self._forget_bias, self._activation)
    return new_h, states.join_state(self, new_c, new_h)

  def get_config(self):
    return {**super().get_config(), "forget_bias": self._forget_bias,
            "state_is_tuple": self._state_is_tuple}


class LSTMCell(states.KeptSizes, states.PairState, _CoreCell):
  """LSTM with optional peepholes, clips and projection.

  Example: `output, state = LSTMCell(16, use_peepholes=True)(x, state)`

    i, j, f, o = split([x, h] W + b, 4)
    c' = sigmoid(f + forget_bias [+ w_f * c]) * c
         + sigmoid(i [+ w_i * c]) * activation(j)           [clipped]
    h' = sigmoid(o [+ w_o * c']) * activation(c')  [P, clipped]

  Gers, Schmidhuber, Cummins (1999); peepholes and projection: Sak, Senior,
  Beaufays (2014). Gate order `i, j, f, o`.

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c [batch, num_units],
  h [batch, num_proj or num_units])` (one tensor with
  `state_is_tuple=False`), output like `h`; variables `kernel`
  `[depth + size of h, 4 * num_units]`, `bias` `[4 * num_units]`,
  `w_f_diag`, `w_i_diag`, `w_o_diag` `[num_units]`, `projection/kernel`
  `[num_units, num_proj]`.

  Args:
    num_units: number of units.
    use_peepholes: True for the diagonal connections from c to the gates.
    cell_clip: limit to which c' is clipped: `[-cell_clip, cell_clip]`.
    initializer: for kernel, peepholes and projection; a callable or a name.
    num_proj: size of the projected h; None for no projection.
    proj_clip: limit to which the projected h is clipped.
    num_unit_shards, num_proj_shards: number of variables that the kernel (the
      projection) is split into, by rows.
    forget_bias, state_is_tuple, activation: as for `BasicLSTMCell`.
    reuse, name, dtype, **kwargs: as for `BasicRNNCell`.

  Raises the errors of `BasicLSTMCell`.

  TF 1.15: `tf.nn.rnn_cell.LSTMCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, use_peepholes=False, cell_clip=None,
               initializer=None, num_proj=None, proj_clip=None,
               num_unit_shards=None, num_proj_shards=None, forget_bias=1.0,
               state_is_tuple=True, activation=None, reuse=None, name=None,
               dtype=None, **kwargs):
    super().__init__(num_units, activation, reuse, name, dtype, kwargs)
    num_proj = checks.check_optional_units("num_proj", num_proj)
    self._use_peepholes = use_peepholes
    self._cell_clip = cell_clip
    self._initializer = identifiers.find_initializer(initializer)
    self._num_proj = num_proj
    self._proj_clip = proj_clip
    self._num_unit_shards = num_unit_shards
    self._num_proj_shards = num_proj_shards
    self._forget_bias = forget_bias
    self._state_is_tuple = state_is_tuple
    self._keep_sizes(*states.pair_sizes(self))

  def _h_size(self):
    return self._num_units if self._num_proj is None else self._num_proj

  def build(self, inputs_shape):
    rows = self._input_depth(inputs_shape) + self._h_size()
    units, matrix = self._num_units, self._initializer
    self._kernel = self.add_variable(
        "kernel", shape=[rows, 4 * units], initializer=matrix,
        partitioner=_row_shards(self._num_unit_shards))
    self._bias = self.add_variable(
        "bias", shape=[4 * units], initializer=tf.zeros_initializer())
    if self._use_peepholes:
      # Not in the order of the gates: 1.15 made the one for f first.
      self._w_f_diag, self._w_i_diag, self._w_o_diag = (
          self.add_variable(f"w_{gate}_diag", shape=[units],
                            initializer=matrix) for gate in "fio")
    if self._num_proj is not None:
      self._proj_kernel = self.add_variable(
          "projection/kernel", shape=[units, self._num_proj],
          initializer=matrix, partitioner=_row_shards(self._num_proj_shards))
    self.built = True

  def call(self, inputs, state):
    checks.check_step_dtypes(inputs, state, self._kernel)
    # Two slices for a state in one tensor, where BasicLSTMCell splits: as in
    # 1.15.
    c, h = states.split_state(self, state, self._h_size())
    checks.known_depth(inputs.shape)
    mixed = arithmetic.affine([inputs, h], self._kernel, self._bias)
    peepholes = None
    if self._use_peepholes:
      peepholes = self._w_f_diag, self._w_i_diag, self._w_o_diag
    new_c, new_h = arithmetic.peephole_lstm(
        c, split(mixed, 4, 1), self._forget_bias, self._activation, peepholes,
        self._cell_clip)
    if self._num_proj is not None:
      new_h = tf.matmul(new_h, self._proj_kernel)
      new_h = arithmetic.clip(new_h, self._proj_clip)
    return new_h, states.join_state(self, new_c, new_h)

  def get_config(self):
    return {
        **super().get_config(), "use_peepholes": self._use_peepholes,
        "cell_clip": self._cell_clip,
        "initializer": identifiers.initializer_config(self._initializer),
        "num_proj": self._num_proj, "proj_clip": self._proj_clip,
        "num_unit_shards": self._num_unit_shards,
        "num_proj_shards": self._num_proj_shards,
        "forget_bias": self._forget_bias,
        "state_is_tuple": self._state_is_tuple}


def _row_shards(count):
  return None if count is None else tf.fixed_size_partitioner(count)


class GRUCell(_CoreCell):
  """Gated recurrent unit (arXiv:1406.1078).

  Example: `output, state = GRUCell(16)(x, state)`

    r, u = split(sigmoid([x, h] W_gates + b_gates), 2)
    c = activation([x, r * h] W_candidate + b_candidate)
    h' = u * h + (1 - u) * c

  Shapes: `x` `[batch, depth]`, state and output `[batch, num_units]`;
  variables `gates/kernel` `[depth + num_units, 2 * num_units]`, `gates/bias`,
  `candidate/kernel` `[depth + num_units, num_units]`, `candidate/bias`.

  Args:
    num_units: number of units.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.
    kernel_initializer: for both kernels; a callable or a name.
    bias_initializer: for both biases; the default is ones for the gates and
      zeros for the candidate.
    name, dtype, **kwargs: as for `BasicRNNCell`.

  Raises the errors of `BasicRNNCell`.

  TF 1.15: `tf.nn.rnn_cell.GRUCell`.
  """

  gate_order = ("r", "u")

  def __init__(self, num_units, activation=None, reuse=None,
               kernel_initializer=None, bias_initializer=None, name=None,
               dtype=None, **kwargs):
    super().__init__(num_units, activation, reuse, name, dtype, kwargs)
    self._kernel_initializer = identifiers.find_initializer(
        kernel_initializer)
    self._bias_initializer = identifiers.find_initializer(bias_initializer)

  def build(self, inputs_shape):
    rows = self._input_depth(inputs_shape) + self._num_units
    self._gate_kernel, self._gate_bias = self._add_pair(
        "gates", rows, 2 * self._num_units,
        tf.constant_initializer(1.0))
    self._candidate_kernel, self._candidate_bias = self._add_pair(
        "candidate", rows, self._num_units, tf.zeros_initializer())
    self.built = True

  def _add_pair(self, scope, rows, columns, bias_default):
    kernel = self.add_variable(
        f"{scope}/kernel", shape=[rows, columns],
        initializer=self._kernel_initializer)
    bias = self.add_variable(
        f"{scope}/bias", shape=[columns],
        initializer=self._bias_initializer or bias_default)
    return kernel, bias

  def _gates(self, inputs, state):
    """`(r, u)`, once both arguments are checked."""
    checks.check_leaf(self, state)
    checks.check_step_dtypes(inputs, state, self._gate_kernel)
    gates = arithmetic.affine(
        [inputs, state], self._gate_kernel, self._gate_bias)
    # 1.15 split these after the sigmoid, and an LSTM's gates before it.
    return split(tf.sigmoid(gates), 2, 1)

  def call(self, inputs, state):
    r, u = self._gates(inputs, state)
    candidate = self._activation(arithmetic.affine(
        [inputs, r * state], self._candidate_kernel, self._candidate_bias))
    new_h = u * state + (1 - u) * candidate
    return new_h, new_h

  def get_config(self):
    return {**super().get_config(), **identifiers.kernel_and_bias_config(
        self._kernel_initializer, self._bias_initializer)}
