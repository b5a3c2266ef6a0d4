"""LSTM over images: convolutions instead of products with matrices."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import states

# number of spatial dimensions -> the convolution with stride 1
_CONVOLUTIONS = {
    1: lambda x, kernel: tf.nn.conv1d(x, kernel, 1, padding="SAME"),
    2: lambda x, kernel: tf.nn.conv2d(x, kernel, [1] * 4, padding="SAME"),
    3: lambda x, kernel: tf.nn.conv3d(x, kernel, [1] * 5, padding="SAME"),
}


class ConvLSTMCell(states.KeptSizes, base.RNNCell):
  """Convolutional LSTM (arXiv:1506.04214, without peepholes).

  Example: `cell = ConvLSTMCell(2, [64, 64, 3], 8, [5, 5])`

    i, j, f, o = split(conv([x, h], W) + b, 4)
    c' = sigmoid(f + forget_bias) * c + sigmoid(i) * tanh(j)
    output = tanh(c') * sigmoid(o)           [x appended as more channels]

  Stride 1, borders padded with zeros. Gate order `i, j, f, o`.

  Shapes, for `conv_ndims=2`: `x` `[batch, height, width, channels]`, state
  `LSTMStateTuple(c, h)` of `[batch, height, width, output_channels]` each,
  output like `h`; variables `kernel` `kernel_shape + [channels +
  output_channels, 4 * output_channels]`, `biases` `[4 * output_channels]`.

  Args:
    conv_ndims: number of spatial dimensions, 1, 2 or 3.
    input_shape: a list, the shape of one input without the batch.
    output_channels: number of output channels.
    kernel_shape: conv_ndims ints.
    use_bias: False for no bias.
    skip_connection: True to append the inputs to the output as more channels.
      As in 1.15, the new `h` contains them too, so that such a cell cannot
      take a second step as it is: pass `h[..., :output_channels]` to it.
    forget_bias: number added to the logits of the forget gate.
    initializers: not used, as in 1.15; set one for the surrounding scope:
      `tf.variable_scope(..., initializer=...)`.
    name: scope name.

  Raises ValueError if a shape contradicts conv_ndims, if the inputs have
  another shape than input_shape, or if the state has the wrong number of
  channels; TypeError if the state is not a pair or differs from the inputs in
  dtype.

  TF 1.15: `tf.contrib.rnn.ConvLSTMCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, conv_ndims, input_shape, output_channels, kernel_shape,
               use_bias=True, skip_connection=False, forget_bias=1.0,
               initializers=None, name="conv_lstm_cell"):
    super().__init__(name=name)
    del initializers
    if conv_ndims not in _CONVOLUTIONS:
      raise _errors.ArgumentError(_errors.problem(
          "conv_ndims", "be 1, 2 or 3", repr(conv_ndims),
          "pass the number of spatial dimensions"))
    _check_sizes("input_shape", input_shape, conv_ndims + 1, (
        f"the {conv_ndims} spatial dimensions and the channels"))
    _check_sizes("kernel_shape", kernel_shape, conv_ndims, "one per dimension")
    self._conv_ndims = conv_ndims
    self._input_shape = list(input_shape)
    self._output_channels = checks.check_units(
        "output_channels", output_channels)
    self._kernel_shape = list(kernel_shape)
    self._use_bias = use_bias
    self._forget_bias = forget_bias
    self._skip_connection = skip_connection
    self._total_output_channels = self._output_channels
    if skip_connection:
      self._total_output_channels += self._input_shape[-1]
    of_state, of_output = (
        tf.TensorShape(self._input_shape[:-1] + [channels])
        for channels in (self._output_channels, self._total_output_channels))
    self._keep_sizes(base.LSTMStateTuple(of_state, of_state), of_output)

  def _check_step(self, inputs, h):
    """Raises if a shape is not the one given to the constructor."""
    if inputs.shape.ndims != self._conv_ndims + 2:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", f"be [batch] + {self._input_shape} for {self.name}",
          f"shape {inputs.shape}", "pass one step; for [batch, time, ...] "
          "use tf.nn.dynamic_rnn"))
    checks.known_depth(inputs.shape)
    checks.known_depth(h.shape)
    channels = h.shape.as_list()[-1]
    if channels != self._output_channels:
      raise _errors.ArgumentError(_errors.problem(
          "state", f"have {self._output_channels} channels in h for "
          f"{self.name}", channels,
          "pass h[..., :output_channels], since skip_connection=True has "
          "appended the inputs to it" if self._skip_connection else
          "pass cell.zero_state(batch_size, dtype)"))

  def _convolve(self, inputs, h):
    channels = inputs.shape.as_list()[-1] + self._output_channels
    # As in 1.15, the kernel is made before the tensor that it is applied to,
    # and the bias after the convolution.
    kernel = tf.get_variable(
        "kernel", self._kernel_shape + [channels, 4 * self._output_channels],
        dtype=inputs.dtype)
    joined = tf.concat([inputs, h], axis=self._conv_ndims + 1)
    mixed = _CONVOLUTIONS[self._conv_ndims](joined, kernel)
    if not self._use_bias:
      return mixed
    return mixed + tf.get_variable(
        "biases", [4 * self._output_channels], dtype=inputs.dtype,
        initializer=tf.constant_initializer(0.0))

  def call(self, inputs, state):
    c, h = checks.split_pair(self, state)
    checks.check_float_step(self, inputs, state)
    self._check_step(inputs, h)
    i, j, f, o = arithmetic.split(
        self._convolve(inputs, h), 4, self._conv_ndims + 1)
    new_c = tf.sigmoid(f + self._forget_bias) * c
    new_c += tf.sigmoid(i) * tf.tanh(j)
    output = tf.tanh(new_c) * tf.sigmoid(o)
    if self._skip_connection:
      output = tf.concat([output, inputs], axis=-1)
    return output, base.LSTMStateTuple(new_c, output)

  def get_config(self):
    return {"conv_ndims": self._conv_ndims, **self._own_config()}

  def _own_config(self):
    return {"input_shape": self._input_shape,
            "output_channels": self._output_channels,
            "kernel_shape": self._kernel_shape, "use_bias": self._use_bias,
            "skip_connection": self._skip_connection,
            "forget_bias": self._forget_bias, "name": self.name}


def _check_sizes(name, sizes, count, what):
  if not isinstance(sizes, (list, tuple)) or len(sizes) != count:
    raise _errors.ArgumentError(_errors.problem(
        name, f"be a list of {count} ints, {what}", repr(sizes),
        "leave the batch out; see also conv_ndims"))


class Conv1DLSTMCell(ConvLSTMCell):
  """`ConvLSTMCell` over signals, `[batch, width, channels]`.

  Example: `cell = Conv1DLSTMCell(input_shape=[64, 3], output_channels=8,
  kernel_shape=[5])`

  All arguments are passed by name; they, the shapes, variables and errors are
  those of `ConvLSTMCell`.

  TF 1.15: `tf.contrib.rnn.Conv1DLSTMCell`.
  """

  def __init__(self, name="conv_1d_lstm_cell", **kwargs):
    super().__init__(conv_ndims=1, name=name, **kwargs)

  def get_config(self):
    return self._own_config()


class Conv2DLSTMCell(ConvLSTMCell):
  """`ConvLSTMCell` over images, `[batch, height, width, channels]`.

  Example: `cell = Conv2DLSTMCell(input_shape=[64, 64, 3],
  output_channels=8, kernel_shape=[5, 5])`

  All arguments are passed by name; they, the shapes, variables and errors are
  those of `ConvLSTMCell`.

  TF 1.15: `tf.contrib.rnn.Conv2DLSTMCell`.
  """

  def __init__(self, name="conv_2d_lstm_cell", **kwargs):
    super().__init__(conv_ndims=2, name=name, **kwargs)

  def get_config(self):
    return self._own_config()


class Conv3DLSTMCell(ConvLSTMCell):
  """`ConvLSTMCell` over volumes, `[batch, depth, height, width, channels]`.

  Example: `cell = Conv3DLSTMCell(input_shape=[8, 64, 64, 3],
  output_channels=8, kernel_shape=[3, 5, 5])`

  All arguments are passed by name; they, the shapes, variables and errors are
  those of `ConvLSTMCell`.

  TF 1.15: `tf.contrib.rnn.Conv3DLSTMCell`.
  """

  def __init__(self, name="conv_3d_lstm_cell", **kwargs):
    super().__init__(conv_ndims=3, name=name, **kwargs)

  def get_config(self):
    return self._own_config()
