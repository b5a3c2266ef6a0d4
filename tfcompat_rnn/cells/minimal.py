"""Cells with a single nonlinear layer between states: MinimalRNN and CFN."""

import operator

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers


class _PlainStateCell(base.LayerRNNCell):
  """What both cells share: a state of one tensor, as wide as the output."""

  def __init__(self, units, activation, kernel_initializer, bias_initializer,
               name, dtype, kwargs):
    super().__init__(name=name, dtype=dtype, **kwargs)
    self.input_spec = checks.InputSpec(ndim=2)
    self.units = checks.check_units("units", units)
    # For these cells None means no activation, and not tanh.
    self.activation = identifiers.find_activation(
        "linear" if activation is None else activation)
    self.kernel_initializer = identifiers.find_initializer(kernel_initializer)
    self.bias_initializer = identifiers.find_initializer(bias_initializer)

  state_size = output_size = property(operator.attrgetter("units"))

  def _check_step(self, inputs, state):
    checks.check_leaf(self, state)
    checks.check_step_dtypes(inputs, state, self.kernel)
    return checks.known_depth(inputs.shape)

  def get_config(self):
    return {
        **super().get_config(), "units": self.units,
        "activation": identifiers.activation_name(self.activation),
        **identifiers.kernel_and_bias_config(
            self.kernel_initializer, self.bias_initializer)}


class MinimalRNNCell(_PlainStateCell):
  """One update gate over a projection of the input (arXiv:1806.05394).

  Example: `output, state = MinimalRNNCell(16)(x, state)`

    z = activation(x W)
    u = sigmoid([z, h] [V; U] + b)
    h' = u * h + (1 - u) * z

  Shapes: `x` `[batch, depth]`, state and output `[batch, units]`; variables
  `kernel` (W above V above U) `[depth + 2 * units, units]`, `bias`
  `[units]`.

  Args:
    units: number of units.
    activation: a function or its name; None for no activation.
    kernel_initializer, bias_initializer: callables or names. By default the
      bias starts at one, so the cell remembers at first.
    name: scope name, `minimal_rnn_cell` by default.
    dtype: dtype of the variables; by default that of the first input.
    **kwargs: `trainable`, `activity_regularizer`.

  Raises ValueError if the inputs are not rank 2 or their depth is unknown;
  TypeError if inputs and state differ in dtype.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.rnn_cell.MinimalRNNCell`.
  """

  # The blocks of the kernel's rows.
  kernel_order = ("W", "V", "U")
  gate_order = ("u",)

  def __init__(self, units, activation="tanh",
               kernel_initializer="glorot_uniform", bias_initializer="ones",
               name=None, dtype=None, **kwargs):
    super().__init__(units, activation, kernel_initializer, bias_initializer,
                     name, dtype, kwargs)

  def build(self, inputs_shape):
    rows = checks.known_depth(inputs_shape) + 2 * self.units
    self.kernel = self.add_weight(
        name="kernel", shape=[rows, self.units],
        initializer=self.kernel_initializer)
    self.bias = self.add_weight(
        name="bias", shape=[self.units], initializer=self.bias_initializer)
    self.built = True

  def call(self, inputs, state):
    depth = self._check_step(inputs, state)
    to_units, to_gate = tf.split(
        self.kernel, [depth, 2 * self.units], axis=0)
    projected = self.activation(tf.matmul(inputs, to_units))
    gate = tf.matmul(tf.concat([projected, state], 1), to_gate)
    u = tf.sigmoid(tf.nn.bias_add(gate, self.bias))
    new_h = u * state + (1 - u) * projected
    return new_h, new_h


class CFNCell(_PlainStateCell):
  """A network without chaos: two gates, and a state that contracts.

  Example: `output, state = CFNCell(16)(x, state)`

    theta, eta = split(sigmoid(h U + x V + b), 2)
    h' = theta * activation(h) + (1 - eta) * activation(x W)

  Laurent and von Brecht, https://openreview.net/pdf?id=S1dIzvclg, but, as in
  1.15, with `1 - eta` where the paper has `eta`.

  Shapes: `x` `[batch, depth]`, state and output `[batch, units]`; variables
  `kernel` (V beside W) `[depth, 3 * units]`, `recurrent_kernel` (U)
  `[units, 2 * units]`, `bias` `[2 * units]`.

  Arguments and errors are those of `MinimalRNNCell`; the default scope name is
  `cfn_cell`.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.rnn_cell.CFNCell`.
  """

  # The blocks of the columns: of the kernel; of U and of the bias.
  kernel_order = ("V_theta", "V_eta", "W")
  gate_order = ("theta", "eta")

  def __init__(self, units, activation="tanh",
               kernel_initializer="glorot_uniform", bias_initializer="ones",
               name=None, dtype=None, **kwargs):
    super().__init__(units, activation, kernel_initializer, bias_initializer,
                     name, dtype, kwargs)

  def build(self, inputs_shape):
    depth = checks.known_depth(inputs_shape)
    self.kernel = self.add_weight(
        name="kernel", shape=[depth, 3 * self.units],
        initializer=self.kernel_initializer)
    self.recurrent_kernel = self.add_weight(
        name="recurrent_kernel", shape=[self.units, 2 * self.units],
        initializer=self.kernel_initializer)
    self.bias = self.add_weight(
        name="bias", shape=[2 * self.units],
        initializer=self.bias_initializer)
    self.built = True

  def call(self, inputs, state):
    self._check_step(inputs, state)
    to_gates, to_units = tf.split(
        self.kernel, [2 * self.units, self.units], axis=1)
    # Terms and factors stand as in 1.15, which took the state first.
    gates = tf.matmul(state, self.recurrent_kernel) + tf.matmul(
        inputs, to_gates)
    gates = tf.sigmoid(tf.nn.bias_add(gates, self.bias))
    theta, eta = arithmetic.split(gates, 2, 1)
    projected = tf.matmul(inputs, to_units)
    new_h = theta * self.activation(state) + (1 - eta) * self.activation(
        projected)
    return new_h, new_h
