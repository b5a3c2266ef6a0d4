"""Cells in which each unit sees only its own last state: no matrix over h.

SRU, IndRNN, IndyGRU and IndyLSTM.
"""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers
from tfcompat_rnn.cells import states


class _IndependentCell(states.UnitsCell):
  """Floating point only, which is checked when the cell is built."""

  def _check_dtype(self):
    checks.check_floating(self, self.dtype)

  def _add_bias(self, name, size, initializer=None):
    return self.add_variable(
        name, shape=[size],
        initializer=initializer or tf.zeros_initializer())

  def _add_own(self, name, size):
    """The weights of the units' own last outputs, one per column."""
    return self.add_variable(
        name, shape=[1, size],
        initializer=tf.random_uniform_initializer(minval=-1, maxval=1))

  def get_config(self):
    config = super().get_config()
    # SRUCell's constructor is the only one of the four that takes it.
    del config["trainable"]
    return config


class SRUCell(_IndependentCell):
  """Simple recurrent unit (arXiv:1709.02755).

  Example: `output, state = SRUCell(16)(x, state)`

    z, f, r, x' = split(x W, 4)
    f, r = split(sigmoid([f, r] + b), 2)
    c' = f * c + (1 - f) * z
    output = r * activation(c') + (1 - r) * x'

  Gate order `z, f, r, x`.

  Shapes: `x` `[batch, depth]`, state (c) and output `[batch, num_units]`;
  variables `kernel` `[depth, 4 * num_units]`, `bias` `[2 * num_units]`.

  Args:
    num_units: number of units.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.
    name: scope name, `sru_cell` by default.
    **kwargs: `dtype`, `trainable`, `activity_regularizer`.

  Raises ValueError if the inputs are not rank 2 or their depth is unknown;
  TypeError if inputs and state differ in dtype.

  TF 1.15: `tf.contrib.rnn.SRUCell`.
  """

  gate_order = ("z", "f", "r", "x")

  def __init__(self, num_units, activation=None, reuse=None, name=None,
               **kwargs):
    dtype = kwargs.pop("dtype", None)
    super().__init__(num_units, activation, reuse, name, dtype, kwargs)

  def build(self, inputs_shape):
    depth = self._input_depth(inputs_shape)
    self._kernel = self.add_variable(
        "kernel", shape=[depth, 4 * self._num_units])
    self._bias = self._add_bias("bias", 2 * self._num_units)
    self.built = True

  def call(self, inputs, state):
    checks.check_leaf(self, state)
    checks.check_float_step(self, inputs, state, self._kernel)
    # As in 1.15, f and r are joined again for one bias and one sigmoid, and
    # then split a second time.
    z, f, r, passed = arithmetic.split(tf.matmul(inputs, self._kernel), 4, 1)
    gates = tf.sigmoid(tf.nn.bias_add(tf.concat([f, r], 1), self._bias))
    f, r = arithmetic.split(gates, 2, 1)
    new_c = f * state + (1.0 - f) * z
    output = r * self._activation(new_c) + (1.0 - r) * passed
    return output, new_c

  def get_config(self):
    return {**super().get_config(), "trainable": self.trainable}


class IndRNNCell(_IndependentCell):
  """Independently recurrent network (arXiv:1803.04831).

  Example: `output, state = IndRNNCell(16)(x, state)`

    output = h' = activation(x W + h * u + b)

  Shapes: `x` `[batch, depth]`, state and output `[batch, num_units]`;
  variables `kernel_w` (W) `[depth, num_units]`, `kernel_u` (u) `[1,
  num_units]`, uniform in [-1, 1), `bias` `[num_units]`.

  Args:
    num_units: number of units.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.
    name: scope name, `ind_rnn_cell` by default.
    dtype: dtype of the variables; by default that of the first input.

  Raises the errors of `SRUCell`.

  TF 1.15: `tf.contrib.rnn.IndRNNCell`.
  """

  def __init__(self, num_units, activation=None, reuse=None, name=None,
               dtype=None):
    super().__init__(num_units, activation, reuse, name, dtype, {})

  def build(self, inputs_shape):
    depth = self._input_depth(inputs_shape)
    self._kernel_w = self.add_variable(
        "kernel_w", shape=[depth, self._num_units])
    self._kernel_u = self._add_own("kernel_u", self._num_units)
    self._bias = self._add_bias("bias", self._num_units)
    self.built = True

  def call(self, inputs, state):
    checks.check_leaf(self, state)
    checks.check_float_step(self, inputs, state, self._kernel_w)
    mixed = tf.matmul(inputs, self._kernel_w) + state * self._kernel_u
    output = self._activation(tf.nn.bias_add(mixed, self._bias))
    return output, output


class _IndyCell(_IndependentCell):
  """What the two cells with gates share: `kernel_` and `bias_initializer`."""

  def __init__(self, num_units, activation, reuse, kernel_initializer,
               bias_initializer, name, dtype):
    super().__init__(num_units, activation, reuse, name, dtype, {})
    self._kernel_initializer = identifiers.find_initializer(
        kernel_initializer)
    self._bias_initializer = identifiers.find_initializer(bias_initializer)

  def _add_kernel(self, name, depth, size):
    return self.add_variable(
        name, shape=[depth, size], initializer=self._kernel_initializer)

  def get_config(self):
    return {**super().get_config(), **identifiers.kernel_and_bias_config(
        self._kernel_initializer, self._bias_initializer)}


class IndyGRUCell(_IndyCell):
  """`GRUCell` with a vector in place of each matrix over h.

  Example: `output, state = IndyGRUCell(16)(x, state)`

    r, u = split(sigmoid(x W_gates + [h, h] * u_gates + b_gates), 2)
    c = activation(x W_candidate + r * h * u_candidate + b_candidate)
    h' = u * h + (1 - u) * c

  After arXiv:1803.04831. Gate order `r, u`.

  Shapes: `x` `[batch, depth]`, state and output `[batch, num_units]`;
  variables `gates/kernel_w` `[depth, 2 * num_units]`, `gates/kernel_u` `[1,
  2 * num_units]`, `gates/bias`, `candidate/kernel` `[depth, num_units]`,
  `candidate/kernel_u` `[1, num_units]`, `candidate/bias`.

  Args:
    num_units: number of units.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.
    kernel_initializer: for both matrices; a callable or a name. The vectors
      `kernel_u` always start uniform in [-1, 1).
    bias_initializer: for both biases; the default is ones for the gates and
      zeros for the candidate.
    name: scope name, `indy_gru_cell` by default.
    dtype: dtype of the variables; by default that of the first input.

  Raises the errors of `SRUCell`.

  TF 1.15: `tf.contrib.rnn.IndyGRUCell`.
  """

  gate_order = ("r", "u")

  def __init__(self, num_units, activation=None, reuse=None,
               kernel_initializer=None, bias_initializer=None, name=None,
               dtype=None):
    super().__init__(num_units, activation, reuse, kernel_initializer,
                     bias_initializer, name, dtype)

  def build(self, inputs_shape):
    depth, units = self._input_depth(inputs_shape), self._num_units
    self._gate_kernel_w = self._add_kernel(
        "gates/kernel_w", depth, 2 * units)
    self._gate_kernel_u = self._add_own("gates/kernel_u", 2 * units)
    self._gate_bias = self._add_bias(
        "gates/bias", 2 * units, self._bias_initializer
        or tf.constant_initializer(1.0))
    # Not candidate/kernel_w: this is the name it had in 1.15.
    self._candidate_kernel_w = self._add_kernel(
        "candidate/kernel", depth, units)
    self._candidate_kernel_u = self._add_own("candidate/kernel_u", units)
    self._candidate_bias = self._add_bias(
        "candidate/bias", units, self._bias_initializer)
    self.built = True

  def call(self, inputs, state):
    checks.check_leaf(self, state)
    checks.check_float_step(self, inputs, state, self._gate_kernel_w)
    gates = (tf.matmul(inputs, self._gate_kernel_w)
             + tf.tile(state, [1, 2]) * self._gate_kernel_u)
    gates = tf.sigmoid(tf.nn.bias_add(gates, self._gate_bias))
    r, u = arithmetic.split(gates, 2, 1)
    reset = r * state
    candidate = (tf.matmul(inputs, self._candidate_kernel_w)
                 + reset * self._candidate_kernel_u)
    c = self._activation(tf.nn.bias_add(candidate, self._candidate_bias))
    new_h = u * state + (1 - u) * c
    return new_h, new_h


class IndyLSTMCell(states.PairState, _IndyCell):
  """`BasicLSTMCell` with a vector in place of the matrix over h.

  Example: `output, state = IndyLSTMCell(16)(x, state)`

    i, j, f, o = split(x W + [h, h, h, h] * u + b, 4)
    c' = c * sigmoid(f + forget_bias) + sigmoid(i) * activation(j)
    h' = activation(c') * sigmoid(o)

  arXiv:1903.08023. Gate order `i, j, f, o`.

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c, h)` of
  `[batch, num_units]` each, output `[batch, num_units]`; variables
  `kernel_w` (W) `[depth, 4 * num_units]`, `kernel_u` (u) `[1, 4 *
  num_units]`, `bias` `[4 * num_units]`.

  Args:
    num_units: number of units.
    forget_bias: number added to the logits of the forget gate.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.
    kernel_initializer: for `kernel_w`; a callable or a name. `kernel_u`
      always starts uniform in [-1, 1).
    bias_initializer: for the bias; zeros by default.
    name: scope name, `indy_lstm_cell` by default.
    dtype: dtype of the variables; by default that of the first input.

  Raises the errors of `SRUCell`; TypeError if the state is not a tuple or
  list, ValueError if it does not have two parts.

  TF 1.15: `tf.contrib.rnn.IndyLSTMCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, forget_bias=1.0, activation=None, reuse=None,
               kernel_initializer=None, bias_initializer=None, name=None,
               dtype=None):
    super().__init__(num_units, activation, reuse, kernel_initializer,
                     bias_initializer, name, dtype)
    self._forget_bias = forget_bias

  def build(self, inputs_shape):
    columns = 4 * self._num_units
    self._kernel_w = self._add_kernel(
        "kernel_w", self._input_depth(inputs_shape), columns)
    self._kernel_u = self._add_own("kernel_u", columns)
    self._bias = self._add_bias("bias", columns, self._bias_initializer)
    self.built = True

  def call(self, inputs, state):
    # As in 1.15's graph, the axis of the split comes before all else.
    columns = tf.constant(1, dtype=tf.int32)
    c, h = checks.split_pair(self, state)
    checks.check_float_step(self, inputs, state, self._kernel_w)
    mixed = tf.matmul(inputs, self._kernel_w)
    mixed += tf.tile(h, [1, 4]) * self._kernel_u
    mixed = tf.nn.bias_add(mixed, self._bias)
    new_c, new_h = arithmetic.basic_lstm(
        c, arithmetic.split(mixed, 4, columns), self._forget_bias,
        self._activation)
    return new_h, base.LSTMStateTuple(new_c, new_h)

  def get_config(self):
    return {**super().get_config(), "forget_bias": self._forget_bias}
