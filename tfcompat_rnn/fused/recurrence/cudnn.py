"""TensorFlow's cuDNN operations, for `execution="cudnn"`."""

from __future__ import annotations

from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused import choice
from tfcompat_rnn.fused import cudnn_ops
from tfcompat_rnn.fused import network as networks
from tfcompat_rnn.fused.recurrence import kernels
from tfcompat_rnn.fused.recurrence import layers
from tfcompat_rnn.fused.recurrence import step as steps


class Network(kernels.Network):
  """A network whose loops are cuDNN's, one operation for each layer.

  Raises `CannotCompile` where `choice` does not choose cuDNN.
  """

  title = "cuDNN"
  dtypes = tf.float16, tf.float32, tf.float64
  untold = {networks.CUDNN_LSTM: (0,)}

  def __init__(self, *args, **kwargs):
    if not choice.uses_cudnn():
      raise steps.CannotCompile(
          "TensorFlow sees no GPU" if not choice.sees_gpu() else
          "fused.cudnn_options chooses the portable kernels")
    super().__init__(*args, **kwargs)

  def check(self, layer):
    if layer.kind == layers.GRU:
      raise steps.CannotCompile(
          "cuDNN's GRU applies the reset gate after the product with its "
          "matrix, as CudnnCompatibleGRUCell does")
    if layer.peepholes:
      raise steps.CannotCompile("cuDNN has no peepholes")
    if layer.clip is not None:
      raise steps.CannotCompile("cuDNN has no cell_clip")

  def compute(self, layer, inputs, states, parameters, lengths):
    depth = inputs.shape.as_list()[-1]
    one = networks.Network(layer.kind, 1, layer.units, depth)
    call = cudnn_ops.Call(
        # cuDNN refuses rows without any step.
        sequence_lengths=None if lengths is None else tf.maximum(lengths, 1),
        on_gpu=True)
    *c, h = (tf.expand_dims(state, 0) for state in states)
    outputs, *finals = cudnn_ops.run_network(
        one, call, inputs, h, c[0] if c else tf.zeros([0], inputs.dtype),
        parameters=[_with_forget_bias(layer, parameters)])
    every = [*([None] if c else []), outputs]
    finals = [tf.squeeze(final, 0) for final in finals[:len(states)]][::-1]
    if lengths is not None:
      finals = [tf.where_v2(tf.expand_dims(lengths > 0, 1), final, state)
                for final, state in zip(finals, states)]
    return every, finals


def _with_forget_bias(layer, parameters):
  """The parameters of the same layer without a forget bias of its own."""
  if not layer.forget_bias:
    return parameters
  kernel, bias = parameters
  gates = tf.constant([0., 0., layer.forget_bias, 0.], bias.dtype)  # i, j, f, o
  return kernel, bias + tf.repeat(gates, layer.units)
