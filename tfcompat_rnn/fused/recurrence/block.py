"""TensorFlow's block kernel of the LSTM, for `execution="block"`."""

from __future__ import annotations

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import kernels as rnn_kernels
from tfcompat_rnn.fused import block_functions
from tfcompat_rnn.fused import network as networks
from tfcompat_rnn.fused.recurrence import kernels
from tfcompat_rnn.fused.recurrence import layers
from tfcompat_rnn.fused.recurrence import step as steps


class Network(kernels.Network):
  """A network whose loops are `BlockLSTM`, with the gradient that it has."""

  title = "TensorFlow's block kernel"
  dtypes = tf.float16, tf.float32

  def check(self, layer):
    if layer.kind in (networks.CUDNN_GRU, layers.GRU):
      raise steps.CannotCompile(
          f"{self.title} of the GRU computes a single step")
    if layer.kind != networks.CUDNN_LSTM:
      raise steps.CannotCompile(f"{self.title} is that of the LSTM")
    if layer.clip is not None and layer.stops:
      raise steps.CannotCompile(
          f"{self.title} lets gradients through where cell_clip clips")

  def compute(self, layer, inputs, states, parameters, lengths):
    c, h = states
    kernel, bias, *peepholes = parameters
    if not peepholes:
      peepholes = [tf.zeros([layer.units], inputs.dtype)] * 3
    wci, wcf, wco = peepholes
    count = tf.shape(inputs)[0]
    if lengths is not None:
      count = block_functions.longest(lengths, count)
    made = rnn_kernels.every_step(
        "BlockLSTM", seq_len_max=tf.cast(count, tf.int64), x=inputs,
        cs_prev=c, h_prev=h, w=kernel, b=bias, wci=wci, wcf=wcf, wco=wco,
        forget_bias=layer.forget_bias,
        cell_clip=-1 if layer.clip is None else layer.clip,
        use_peephole=bool(layer.peepholes))
    every = made.cs, made.h
    return every, [_last(stream, lengths, first)
                   for stream, first in zip(every, states)]


def _last(stream, lengths, first):
  """What each row of `[time, batch, size]` has at its end; `first` at 0."""
  if lengths is None:
    return stream[-1]
  place = tf.maximum(lengths - 1, 0)
  rows = tf.range(tf.shape(place)[0])
  return tf.where_v2(
      tf.expand_dims(lengths > 0, 1),
      tf.gather_nd(stream, tf.stack([place, rows], 1)), first)
