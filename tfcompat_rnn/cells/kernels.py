"""TensorFlow's kernels of the LSTM, called only with what they can take.

The kernel for one step (`LSTMBlockCell`) refuses a batch without rows, so a row
is added where there is none, and taken away from what it computes. Those for
all steps (`BlockLSTM`, `BlockLSTMV2`) take such a batch, but leave the gradient
of the weights as they found the memory, unless they are to compute no steps;
and they end the process if they are to compute fewer than none, or more than
there are inputs.
"""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import block_gradients
from tfcompat_rnn.cells import rows


def lstm_block_cell(*, x, cs_prev, h_prev, w, wci, wcf, wco, b, forget_bias=1,
                    cell_clip=3, use_peephole=False, name=None):
  """`tf.raw_ops.LSTMBlockCell`, for any number of rows.

  Example: `step = lstm_block_cell(x=x, cs_prev=c, h_prev=h, w=kernel, ...)`

  Shapes: `x` `[batch, depth]`, `cs_prev`, `h_prev` and the seven results
  `[batch, units]`.

  TF 1.15: `tf.raw_ops.LSTMBlockCell`.
  """
  some = rows.Some(x, cs_prev, h_prev)
  x, cs_prev, h_prev = map(some.added, (x, cs_prev, h_prev))
  with block_gradients.differentiated_here():
    step = tf.raw_ops.LSTMBlockCell(
        x=x, cs_prev=cs_prev, h_prev=h_prev, w=w, wci=wci, wcf=wcf, wco=wco,
        b=b, forget_bias=forget_bias, cell_clip=cell_clip,
        use_peephole=use_peephole, name=name)
  return type(step)(*map(some.removed, step))


def block_lstm(*, seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b,
               forget_bias=1, cell_clip=3, use_peephole=False, name=None):
  """`tf.raw_ops.BlockLSTM`, for any number of rows; the steps are checked.

  Example: `every = block_lstm(seq_len_max=steps, x=x, cs_prev=c, ...)`

  Shapes: `x` `[time, batch, depth]`, `cs_prev`, `h_prev` `[batch, units]`, the
  seven results `[time, batch, units]`; `seq_len_max` an int64 scalar.

  Raises ArgumentError if `seq_len_max` is known not to be from 0 to `time`; the
  operation raises InvalidArgumentError if that shows in `session.run`.

  TF 1.15: `tf.raw_ops.BlockLSTM`, which ends the process instead.
  """
  return every_step(
      "BlockLSTM", seq_len_max=_checked(seq_len_max, x), x=x, cs_prev=cs_prev,
      h_prev=h_prev, w=w, wci=wci, wcf=wcf, wco=wco, b=b,
      forget_bias=forget_bias, cell_clip=cell_clip, use_peephole=use_peephole,
      name=name)


def block_lstm_v2(*, seq_len_max, x, cs_prev, h_prev, w, wci, wcf, wco, b,
                  cell_clip=0, use_peephole=False, name=None):
  """`tf.raw_ops.BlockLSTMV2`, as `block_lstm`; gates in the order i, c, f, o.

  Example: `every = block_lstm_v2(seq_len_max=steps, x=x, cs_prev=c, ...)`

  Shapes and errors: those of `block_lstm`.

  TF 1.15: `tf.raw_ops.BlockLSTMV2`, which ends the process instead.
  """
  return every_step(
      "BlockLSTMV2", seq_len_max=_checked(seq_len_max, x), x=x,
      cs_prev=cs_prev, h_prev=h_prev, w=w, wci=wci, wcf=wcf, wco=wco, b=b,
      cell_clip=cell_clip, use_peephole=use_peephole, name=name)


def every_step(kernel, *, seq_len_max, x, cs_prev, h_prev, **others):
  """A kernel for all steps; `seq_len_max` must be within the inputs.

  The kernel of the gradient multiplies what it has of each step; without rows
  that leaves the memory as it is, and without steps it does not happen.
  """
  if not rows.known(x, cs_prev, h_prev):
    with _opcount.uncounted(), tf.name_scope("any_rows"):
      seq_len_max = tf.where_v2(
          rows.number(cs_prev) > 0, seq_len_max, tf.constant(0, tf.int64))
  return getattr(tf.raw_ops, kernel)(
      seq_len_max=seq_len_max, x=x, cs_prev=cs_prev, h_prev=h_prev, **others)


def _checked(steps, x):
  """`steps`, which are now or when they are computed from 0 to those of `x`."""
  shape = x.shape if tf.is_tensor(x) else tf.TensorShape(np.shape(x))
  most = tf.compat.dimension_value(shape.with_rank(3)[0])
  known = tf.get_static_value(steps) if tf.is_tensor(steps) else steps
  must = "be a number of steps of the inputs, from 0 to {}"
  if most is not None and known is not None:
    _errors.require(
        0 <= known <= most, "seq_len_max", must.format(most), known,
        "pass the number of steps of `x`, or of its longest row",
    )
    return steps
  with _opcount.uncounted(), tf.name_scope("within_inputs"):
    steps = tf.convert_to_tensor(steps, tf.int64)
    most = tf.shape(x, out_type=tf.int64)[0]
    inside = tf.debugging.Assert(
        tf.logical_and(steps >= 0, steps <= most),
        [problem("seq_len_max", must.format("their number"), "[steps] [inputs]",
                 "see them at the end of this line"), steps, most])
    with tf.control_dependencies([inside] if inside is not None else []):
      return tf.identity(steps)
