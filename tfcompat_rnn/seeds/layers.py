"""The layer classes that TensorFlow still has, as tf.layers built them."""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _tf_format(layer):
  """"NHWC" and the like for the data format of `layer`."""
  channels_first = layer.data_format == "channels_first"
  space = "DHW"[3 - layer.rank:]
  return "NC" + space if channels_first else "N" + space + "C"


def _conv_build(original):
  def build(self, input_shape):
    original(self, input_shape)
    if getattr(self, "groups", 1) != 1:
      return  # 1.15 had none
    padding = self.padding
    if isinstance(padding, str):
      padding = "VALID" if padding == "causal" else padding.upper()
    # 1.15 prepared the convolution, and a constant for the dilation, when it
    # built the layer.
    self._convolution_op = _tf.private("nn_ops").Convolution(
        tf.TensorShape(input_shape), filter_shape=self.kernel.shape,
        dilation_rate=self.dilation_rate, strides=self.strides,
        padding=padding, data_format=_tf_format(self))
  return build


def _transposed_length(length, kernel, stride, dilation, padding, extra):
  """The length of a transposed convolution's output for `length`."""
  kernel = kernel + (kernel - 1) * (dilation - 1)
  if extra is not None:
    margin = kernel // 2 if padding == "same" else 0
    return (length - 1) * stride + kernel - 2 * margin + extra
  if padding == "same":
    return length * stride
  return length * stride + max(kernel - stride, 0)


def _conv2d_transpose_call(original):
  def call(self, inputs):
    if self.padding not in ("same", "valid"):
      return original(self, inputs)
    sizes = tf.shape(inputs)
    batch = sizes[0]
    axes = (2, 3) if self.data_format == "channels_first" else (1, 2)
    # 1.15 computed the size in the graph even where it was known.
    lengths = [sizes[axis] for axis in axes]
    extras = self.output_padding or (None, None)
    lengths = [
        _transposed_length(*facts, self.padding, extra)
        for *facts, extra in zip(lengths, self.kernel_size, self.strides,
                                 self.dilation_rate, extras)]
    if self.data_format == "channels_first":
      shape = tf.stack([batch, self.filters, *lengths])
    else:
      shape = tf.stack([batch, *lengths, self.filters])
    outputs = _tf.private("legacy_backend").conv2d_transpose(
        inputs, self.kernel, shape, strides=self.strides,
        padding=self.padding, data_format=self.data_format,
        dilation_rate=self.dilation_rate)
    outputs.set_shape(self.compute_output_shape(inputs.shape))
    if self.use_bias:
      outputs = tf.nn.bias_add(outputs, self.bias,
                               data_format=_tf_format(self))
    return outputs if self.activation is None else self.activation(outputs)
  return call


ROWS = [
    Restored("legacy_convolutional:Conv.build", _conv_build,
             "1.15 made a constant of the dilation"),
    Restored("legacy_convolutional:Conv2DTranspose.call",
             _conv2d_transpose_call,
             "1.15 computed the output's size in the graph"),
]
