"""TimeFreqLSTMCell, and the windows over the frequencies of a frame."""

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import coupled
from tfcompat_rnn.cells import states


def check_window(feature_size, frequency_skip):
  """Raises `ArgumentTypeError` (TypeError) if either is missing."""
  for name, value in (("feature_size", feature_size),
                      ("frequency_skip", frequency_skip)):
    if value is None:
      raise _errors.ArgumentTypeError(problem(
          name, "be an int", "None",
          "pass the width (the step) of the window over the frequencies"))


def count_windows(width, feature_size, frequency_skip):
  """How many windows fit into `width`, rounded as in 1.15."""
  return int((width - feature_size) / frequency_skip) + 1


def known_width(inputs):
  """The depth of `inputs` `[batch, depth]`, or `ArgumentError`."""
  return checks.known_depth(inputs.shape.with_rank(2))


def get_bias(name, size, dtype):
  """The variable `name` `[size]` of the current scope, zeros at the start."""
  return tf.get_variable(name, shape=[size], dtype=dtype,
                         initializer=tf.zeros_initializer())


class TimeFreqLSTMCell(states.KeptSizes, base.RNNCell):
  """An LSTM that steps over windows of frequencies within each frame.

  Example: `TimeFreqLSTMCell(16, feature_size=8, frequency_skip=4)`

    for each window x_k of the frame, from the lowest:
      i, j, f, o = split([x_k, h_k, h'_{k-1}] W + B, 4)
      c'_k = sigmoid(f + forget_bias [+ W_F_diag * c_k]) * c_k
             + sigmoid(i [+ W_I_diag * c_k]) * tanh(j)         [clipped]
      h'_k = sigmoid(o [+ W_O_diag * c'_k]) * tanh(c'_k)
    output = [h'_0, h'_1, ...]

  Sainath and Li, Interspeech 2016. Gate order `i, j, f, o`.

  Shapes: `x` `[batch, depth]`, state `[batch, 2 * num_units * windows]`
  (`c_0, h_0, c_1, ...` side by side), output `[batch, num_units *
  windows]`; variables `W_0` `[feature_size + 2 * num_units,
  4 * num_units]`, `B` `[4 * num_units]`, `W_F_diag`, `W_I_diag`, `W_O_diag`
  `[num_units]`.

  As in 1.15, `state_size` and `output_size` are those of a single window. For
  several windows, pass a state of the full width yourself and use
  `tf.nn.static_rnn`.

  Args:
    num_units: number of units.
    use_peepholes: True for the diagonal connections from c to the gates.
    cell_clip: limit to which c' is clipped: `[-cell_clip, cell_clip]`.
    initializer: not used, as in 1.15; set one for the surrounding scope.
    num_unit_shards: number of variables `W_0`, `W_1`, ... that the matrix is
      split into, by rows.
    forget_bias: number added to the logits of the forget gate.
    feature_size: width of a window.
    frequency_skip: distance from one window to the next.
    reuse: True to use the variables that the scope already has.

  Raises TypeError if `feature_size` is missing and, as in 1.15, if the batch
  size is unknown; ValueError if the inputs are not rank 2 or their depth is
  unknown.

  TF 1.15: `tf.contrib.rnn.TimeFreqLSTMCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, use_peepholes=False, cell_clip=None,
               initializer=None, num_unit_shards=1, forget_bias=1.0,
               feature_size=None, frequency_skip=1, reuse=None):
    super().__init__(_reuse=reuse)
    self._num_units = checks.check_units("num_units", num_units)
    self._use_peepholes = use_peepholes
    self._cell_clip = cell_clip
    self._initializer = initializer
    self._num_unit_shards = num_unit_shards
    self._forget_bias = forget_bias
    self._feature_size = feature_size
    self._frequency_skip = frequency_skip
    self._keep_sizes(2 * self._num_units, self._num_units)

  def _make_windows(self, inputs):
    check_window(self._feature_size, self._frequency_skip)
    count = count_windows(
        known_width(inputs), self._feature_size, self._frequency_skip)
    return [tf.slice(inputs, [0, place * self._frequency_skip],
                     [-1, self._feature_size]) for place in range(count)]

  def call(self, inputs, state):
    checks.check_leaf(self, state)
    units, dtype = self._num_units, inputs.dtype
    windows = self._make_windows(inputs)
    kernel = coupled.get_rows(
        "W", [windows[0].shape.as_list()[1] + 2 * units, 4 * units], dtype,
        self._num_unit_shards)
    bias = get_bias("B", 4 * units, dtype)
    peepholes = None
    if self._use_peepholes:
      # Not in the order of the gates: 1.15 made the one for f first.
      peepholes = [
          tf.get_variable(f"W_{gate}_diag", shape=[units], dtype=dtype)
          for gate in "FIO"]
    rows = inputs.shape.as_list()[0]
    if rows is None:
      raise _errors.ArgumentTypeError(problem(
          "inputs", "have a known batch size for TimeFreqLSTMCell",
          f"shape {inputs.shape}", "set it: inputs.set_shape([batch, depth])"))
    below = tf.zeros([rows, units], dtype)
    output = new_state = None
    for place, window in enumerate(windows):
      c = tf.slice(state, [0, 2 * place * units], [-1, units])
      h = tf.slice(state, [0, (2 * place + 1) * units], [-1, units])
      mixed = tf.nn.bias_add(
          tf.matmul(tf.concat([window, h, below], 1), kernel), bias)
      new_c, below = arithmetic.peephole_lstm(
          c, arithmetic.split(mixed, 4, 1), self._forget_bias, tf.tanh,
          peepholes, self._cell_clip)
      # Joined for each window, as in 1.15, and not as one list at the end.
      if place == 0:
        new_state = tf.concat([new_c, below], 1)
        output = below
      else:
        new_state = tf.concat([new_state, new_c, below], 1)
        output = tf.concat([output, below], 1)
    return output, new_state
