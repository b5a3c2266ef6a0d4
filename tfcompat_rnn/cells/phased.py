"""PhasedLSTMCell: each unit is open during a part of its own period only."""

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import linear
from tfcompat_rnn.cells import states


def _log_uniform_initializer(low, high):
  """Log-uniform numbers: `exp(U(log(low), log(high)))`."""
  def draw(shape, dtype=tf.float32, partition_info=None):
    del partition_info
    return tf.exp(tf.random_uniform(
        shape, tf.log(low), tf.log(high), dtype, seed=None))
  return draw


def _mod(x, period):
  """`x % period`, with the gradient of x."""
  return tf.stop_gradient(tf.math.mod(x, period) - x) + x


class PhasedLSTMCell(
    linear.LinearKeeper, states.PairState, base.RNNCell):
  """LSTM for events in time: `inputs` is `(time, x)` (arXiv:1610.09513).

  Example: `output, state = PhasedLSTMCell(16)((time, x), state)`

    i, f = split(sigmoid([x, h [, c]] W_mask + b_mask), 2)
    c~ = c * f + i * tanh([x, h] W_new + b_new)
    h~ = tanh(c~) * sigmoid([x, h [, c~]] W_out + b_out)
    phi = ((time - phase) mod period) / period
    k = 2 phi / ratio_on          where phi < ratio_on / 2
        2 - 2 phi / ratio_on      where phi < ratio_on
        leak * phi                elsewhere
    c', h' = k * c~ + (1 - k) * c, k * h~ + (1 - k) * h

  Gate order of `mask_gates`: `i, f`.

  Shapes: `time` `[batch, 1]` float32 or float64 (for an integer dtype, period
  and phase are rounded down to integers, as in 1.15), `x` `[batch, depth]`
  float32, state `LSTMStateTuple(c, h)` of `[batch, num_units]` each, output
  `[batch, num_units]`; variables `mask_gates/kernel` `[depth + num_units, 2
  * num_units]` (num_units more rows with peepholes), `mask_gates/bias`,
  `new_input/kernel` `[depth + num_units, num_units]`, `new_input/bias`,
  `output_gate/kernel` (likewise), `output_gate/bias`, `period`,
  `phase`, `ratio_on` `[num_units]`. In `tf.nn.dynamic_rnn` the inputs are
  the pair `(times [batch, time, 1], x [batch, time, depth])`.

  Args:
    num_units: number of units.
    use_peepholes: True to feed c to the gates.
    leak: float or scalar tensor, the rate at which a closed gate leaks.
    ratio_on: float, initial value of `ratio_on`, the open part of a period.
    trainable_ratio_on: False to exclude `ratio_on` from training.
    period_init_min, period_init_max: floats or scalar float32 tensors between
      which the initial periods are drawn, with uniform logarithms; phases are
      drawn between 0 and the period.
    reuse: True to use the variables that the scope already has.

  Raises TypeError if the inputs or the state are not a pair, or if x or the
  state is not float32; ValueError if a pair does not have two parts, if x is
  not rank 2 or its depth is unknown, or if the variable scope has a dtype
  other than float32.

  TF 1.15: `tf.contrib.rnn.PhasedLSTMCell`.
  """

  gate_order = ("i", "f")

  def __init__(self, num_units, use_peepholes=False, leak=0.001,
               ratio_on=0.1, trainable_ratio_on=True, period_init_min=1.0,
               period_init_max=1000.0, reuse=None):
    super().__init__(_reuse=reuse)
    self._num_units = checks.check_units("num_units", num_units)
    self._use_peepholes = use_peepholes
    self._leak = leak
    self._ratio_on = ratio_on
    self._trainable_ratio_on = trainable_ratio_on
    self._period_init_min = period_init_min
    self._period_init_max = period_init_max
    self._linear1 = self._linear2 = self._linear3 = None

  def _split_inputs(self, inputs):
    step = "pass (time [batch, 1], x [batch, depth])"
    if not isinstance(inputs, (list, tuple)):
      raise _errors.ArgumentTypeError(_errors.problem(
          "inputs", f"be a pair (time, x) for {self.name}",
          _nest.describe(inputs), step))
    if len(inputs) != 2:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", f"be a pair (time, x) for {self.name}",
          f"{len(inputs)} parts", step))
    time, x = inputs
    checks.row_depth(self, x)
    return time, x

  def _check_float32(self, x, state):
    made = tf.get_variable_scope().dtype
    if made != tf.float32:
      raise _errors.ArgumentError(_errors.problem(
          "scope", f"make float32 variables for {self.name}",
          tf.as_dtype(made).name,
          "call it in tf.variable_scope(..., dtype=tf.float32)"))
    for name, leaf in (("inputs", x), ("state", state[0]), ("state", state[1])):
      if leaf.dtype.base_dtype != tf.float32:
        raise _errors.ArgumentTypeError(_errors.problem(
            name, f"be float32 for {self.name}, like its period (the time may "
            "be float64)", leaf.dtype.name, "tf.cast it to tf.float32"))

  def _openness(self, time):
    """How far each unit is open at `time`: `[batch, num_units]`."""
    size = [self._num_units]
    period = tf.get_variable("period", size, initializer=(
        _log_uniform_initializer(
            self._period_init_min, self._period_init_max)))
    phase = tf.get_variable("phase", size, initializer=(
        tf.random_uniform_initializer(0., period.initial_value)))
    ratio_on = tf.get_variable(
        "ratio_on", size, trainable=self._trainable_ratio_on,
        initializer=tf.constant_initializer(self._ratio_on))
    # In the dtype of the time: float32 would lose the digits of large times.
    first, length = (tf.cast(variable, time.dtype)
                     for variable in (phase, period))
    passed = tf.cast(_mod(time - first, length) / length, tf.float32)
    opening = 2 * passed / ratio_on
    # 1.15 made the three cases in this order, and chose the last two first.
    closing = 2 - opening
    closed = self._leak * passed
    k = tf.where(passed < ratio_on, closing, closed)
    return tf.where(passed < 0.5 * ratio_on, opening, k)

  def call(self, inputs, state):
    c, h = checks.split_pair(self, state)
    time, x = self._split_inputs(inputs)
    self._check_float32(x, (c, h))
    units = self._num_units
    seen = [x, h]
    with tf.variable_scope("mask_gates"):
      known = seen + [c] if self._use_peepholes else seen
      i, f = arithmetic.split(tf.sigmoid(
          self._apply_linear("_linear1", known, 2 * units)), 2, 1)
    with tf.variable_scope("new_input"):
      written = tf.tanh(self._apply_linear("_linear2", seen, units))
    new_c = c * f + i * written
    with tf.variable_scope("output_gate"):
      known = seen + [new_c] if self._use_peepholes else seen
      o = tf.sigmoid(self._apply_linear("_linear3", known, units))
    new_h = tf.tanh(new_c) * o
    # Last of all, as in 1.15: `period`, `phase` and `ratio_on` are the last
    # variables to be made.
    k = self._openness(time)
    new_c = k * new_c + (1 - k) * c
    new_h = k * new_h + (1 - k) * h
    return new_h, base.LSTMStateTuple(new_c, new_h)

  def get_config(self):
    return {"num_units": self._num_units,
            "use_peepholes": self._use_peepholes, "leak": self._leak,
            "ratio_on": self._ratio_on,
            "trainable_ratio_on": self._trainable_ratio_on,
            "period_init_min": self._period_init_min,
            "period_init_max": self._period_init_max, "reuse": self._reuse}
