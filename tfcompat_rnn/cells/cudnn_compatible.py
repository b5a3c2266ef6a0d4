"""One step of what cuDNN computes, on any device.

With these cells, a model that was trained with `tf.contrib.cudnn_rnn` runs
where there is no GPU: they have the variables that its checkpoints hold.
"""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import block
from tfcompat_rnn.cells import core


class CudnnCompatibleLSTMCell(block.LSTMBlockCell):
  """`LSTMBlockCell` without a forget bias, like cuDNN's LSTM.

  Example: `output, state = CudnnCompatibleLSTMCell(16)(x, state)`

  Variables `kernel` and `bias` in the scope `cudnn_compatible_lstm_cell`; gate
  order `i, j, f, o`. Put the cells of all layers, even a single one, into one
  `MultiRNNCell` (or `stack_bidirectional_dynamic_rnn`), and leave the scope
  alone: the names are then those of `CudnnLSTM`'s checkpoint.

  Raises the errors of `LSTMBlockCell`.

  TF 1.15: `tf.contrib.cudnn_rnn.CudnnCompatibleLSTMCell`.
  """

  def __init__(self, num_units, reuse=None):
    super().__init__(num_units, forget_bias=0, reuse=reuse,
                     name="cudnn_compatible_lstm_cell")

  def get_config(self):
    # The arguments that this class's constructor takes.
    return {"num_units": self._num_units, "reuse": self._reuse}


class CudnnCompatibleGRUCell(core.GRUCell):
  """cuDNN's GRU: the reset gate acts after the matrix, and on a bias as well.

  Example: `output, state = CudnnCompatibleGRUCell(16)(x, state)`

    r, u = split(sigmoid([x, h] W_gates + b_gates), 2)
    c = tanh(x W_x + b_x + r * (h W_h + b_h))
    h' = (1 - u) * c + u * h

  `GRUCell` has `(r * h) W_h` and a single bias there, which is a different
  function. Variables `gates/kernel` `[depth + num_units, 2 * num_units]`,
  `gates/bias`, `candidate/input_projection/kernel` `[depth, num_units]`,
  `candidate/hidden_projection/kernel` `[num_units, num_units]`, and a `bias`
  next to each of these two, in the scope `cudnn_compatible_gru_cell`.

  Args:
    num_units: number of units.
    reuse: True to use the variables that the scope already has.
    kernel_initializer: for the three kernels; a callable or a name.

  Raises the errors of `GRUCell`.

  Cho et al. (arXiv:1406.1078), with the reset gate of the cuDNN manual.

  TF 1.15: `tf.contrib.cudnn_rnn.CudnnCompatibleGRUCell`.
  """

  def __init__(self, num_units, reuse=None, kernel_initializer=None):
    super().__init__(num_units, activation=None, reuse=reuse,
                     kernel_initializer=kernel_initializer)

  def build(self, inputs_shape):
    units = self._num_units
    depth = self._input_depth(inputs_shape)
    sides = [("input_projection", depth), ("hidden_projection", units)]
    self._gate_kernel, self._gate_bias = self._add_pair(
        "gates", depth + units, 2 * units, tf.constant_initializer(1.0))
    # Both kernels before both biases, as in 1.15.
    self._candidate_input_kernel, self._candidate_hidden_kernel = (
        self.add_variable(
            f"candidate/{side}/kernel", shape=[rows, units],
            initializer=self._kernel_initializer) for side, rows in sides)
    self._candidate_input_bias, self._candidate_hidden_bias = (
        self.add_variable(
            f"candidate/{side}/bias", shape=[units],
            initializer=self._bias_initializer or tf.zeros_initializer())
        for side, _ in sides)
    self.built = True

  def call(self, inputs, state):
    r, u = self._gates(inputs, state)
    from_input = tf.nn.bias_add(
        tf.matmul(inputs, self._candidate_input_kernel),
        self._candidate_input_bias)
    from_state = tf.nn.bias_add(
        tf.matmul(state, self._candidate_hidden_kernel),
        self._candidate_hidden_bias)
    c = self._activation(from_input + r * from_state)
    # GRUCell adds these two the other way round; so it was in 1.15.
    new_h = (1 - u) * c + u * state
    return new_h, new_h
