"""Cells that mix old and new values by a single gate: UGRNN and +RNN.

Both are from Collins, Sohl-Dickstein and Sussillo (arXiv:1611.09913).
"""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import identifiers
from tfcompat_rnn.cells import linear
from tfcompat_rnn.cells import states


class _MixingCell(linear.LinearKeeper, states.OneState, base.RNNCell):
  """What both cells share: one size, an initializer, a forget bias."""

  def __init__(self, num_units, initializer, forget_bias, reuse):
    super().__init__(_reuse=reuse)
    self._num_units = checks.check_units("num_units", num_units)
    self._initializer = identifiers.find_initializer(initializer)
    self._forget_bias = forget_bias

  def _check_step(self, inputs, state):
    """Checks both arguments and returns the depth of the inputs."""
    checks.check_leaf(self, state)
    depth = checks.row_depth(self, inputs)
    checks.check_float_step(self, inputs, state)
    return depth

  def _initialized(self):
    """The current scope again, with the cell's initializer."""
    return tf.variable_scope(
        tf.get_variable_scope(), initializer=self._initializer)

  def get_config(self):
    return {"num_units": self._num_units,
            "initializer": identifiers.initializer_config(self._initializer),
            "forget_bias": self._forget_bias, "reuse": self._reuse}


class UGRNNCell(_MixingCell):
  """Update gate RNN: one gate between the state and its update.

  Example: `output, state = UGRNNCell(16)(x, state)`

    g, c = split([x, h] W + b, 2)
    g = sigmoid(g + forget_bias)
    h' = g * h + (1 - g) * activation(c)

  arXiv:1611.09913. Gate order `g, c`.

  Shapes: `x` `[batch, depth]`, state and output `[batch, num_units]`;
  variables `kernel` `[depth + num_units, 2 * num_units]`, `bias`.

  Args:
    num_units: number of units.
    initializer: for the kernel; a callable or a name.
    forget_bias: number added to the gate's logits.
    activation: a function or its name; tanh by default.
    reuse: True to use the variables that the scope already has.

  Raises ValueError if the inputs are not rank 2 or their depth is unknown;
  TypeError if inputs and state differ in dtype.

  TF 1.15: `tf.contrib.rnn.UGRNNCell`.
  """

  gate_order = ("g", "c")

  def __init__(self, num_units, initializer=None, forget_bias=1.0,
               activation=tf.tanh, reuse=None):
    super().__init__(num_units, initializer, forget_bias, reuse)
    self._linear = None
    self._activation = identifiers.find_activation(activation)

  def call(self, inputs, state):
    self._check_step(inputs, state)
    with self._initialized():
      joined = tf.concat([inputs, state], 1)
      g, c = arithmetic.split(
          self._apply_linear("_linear", joined, 2 * self._num_units), 2, 1)
      # As in 1.15, the activation of the candidate comes before the gate.
      c = self._activation(c)
      g = tf.sigmoid(g + self._forget_bias)
      new_h = g * state + (1.0 - g) * c
    return new_h, new_h

  def get_config(self):
    return {**super().get_config(),
            "activation": identifiers.activation_name(self._activation)}


class IntersectionRNNCell(_MixingCell):
  """+RNN: a gate along time, and a gate along the layers of a stack.

  Example: `output, state = IntersectionRNNCell(16, num_in_proj=16)(x, state)`

    x = x P + p                        (if x is not num_units wide)
    gh, h~, gy, y~ = split([x, h] W + b, 4)
    gh, gy = sigmoid(gh + forget_bias), sigmoid(gy + forget_bias)
    h' = gh * h + (1 - gh) * tanh(h~)
    output = gy * x + (1 - gy) * y_activation(y~)

  arXiv:1611.09913. Gate order `gh, h, gy, y`. In a stack, only the first layer
  needs `num_in_proj`.

  Shapes: `x` `[batch, depth]`, state and output `[batch, num_units]`;
  variables `kernel` `[2 * num_units, 4 * num_units]`, `bias`, and before these,
  with a projection, `in_projection/kernel` (P) `[depth, num_units]` and
  `in_projection/bias`.

  Args:
    num_units: number of units.
    num_in_proj: num_units, to project the inputs to that width (as in 1.15,
      any number except 0 has this effect).
    initializer: for the kernels; a callable or a name.
    forget_bias: number added to the logits of both gates.
    y_activation: activation of the output's candidate; a function or its name.
    reuse: True to use the variables that the scope already has.

  Raises ValueError if the inputs are not num_units wide and there is no
  `num_in_proj`; also the errors of `UGRNNCell`.

  TF 1.15: `tf.contrib.rnn.IntersectionRNNCell`.
  """

  gate_order = ("gh", "h", "gy", "y")

  def __init__(self, num_units, num_in_proj=None, initializer=None,
               forget_bias=1.0, y_activation=tf.nn.relu, reuse=None):
    super().__init__(num_units, initializer, forget_bias, reuse)
    self._num_input_proj = num_in_proj
    self._linear1 = self._linear2 = None
    self._y_activation = identifiers.find_activation(y_activation)

  def _project(self, inputs):
    with tf.variable_scope("in_projection"):
      return self._apply_linear("_linear1", inputs, self._num_units)

  def call(self, inputs, state):
    units = self._num_units
    depth = self._check_step(inputs, state)
    if depth != units and not self._num_input_proj:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", f"be [batch, {units}] for {self.name}",
          f"shape {inputs.shape}",
          f"pass num_in_proj={units} to the constructor, and they will be "
          "projected to that width"))
    with self._initialized():
      if depth != units:
        inputs = self._project(inputs)
      joined = tf.concat([inputs, state], 1)
      mixed = self._apply_linear("_linear2", joined, 4 * units)
      # As in 1.15, four slices and not a split; both candidates before both
      # gates.
      gh, h, gy, y = (mixed[:, start:start + units] if start
                      else mixed[:, :units]
                      for start in range(0, 4 * units, units))
      h = tf.tanh(h)
      y = self._y_activation(y)
      gh = tf.sigmoid(gh + self._forget_bias)
      gy = tf.sigmoid(gy + self._forget_bias)
      new_h = gh * state + (1.0 - gh) * h
      output = gy * inputs + (1.0 - gy) * y
    return output, new_h

  def get_config(self):
    return {**super().get_config(), "num_in_proj": self._num_input_proj,
            "y_activation": identifiers.activation_name(self._y_activation)}
