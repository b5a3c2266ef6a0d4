"""The functions around the block LSTM's kernels that `lstm_ops` had in 1.15.

They are private, but programs and 1.15's own tests call them.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import kernels


def longest(lengths, time):
  """The largest of `lengths`, which is what the kernel computes.

  The kernel ends the process if it is to compute fewer than no steps, which is
  the maximum of no lengths, or more than `time`.
  """
  steps = tf.reduce_max(lengths)
  # 1.15 had only the maximum, and ended so too.
  with _opcount.uncounted(), tf.name_scope("within_inputs"):
    return tf.maximum(tf.minimum(steps, tf.cast(time, steps.dtype)), 0)


def last(every, start, time):
  """The last of the steps `[time, batch, units]`; without steps, the start."""
  if isinstance(time, int):
    return every[-1]
  # 1.15 refused no steps here, and made the slice only.
  with _opcount.uncounted(), tf.name_scope("some_steps"):
    every = tf.concat([tf.expand_dims(start, 0), every[-1:]], 0)
  return every[-1]


def lstm_block_cell(x, cs_prev, h_prev, w, b, wci=None, wcf=None, wco=None,
                    forget_bias=None, cell_clip=None, use_peephole=None,
                    name=None):
  """One step in one kernel: the tensors `(i, cs, f, o, ci, co, h)`.

  Example: `i, c, f, o, ci, co, h = lstm_block_cell(x, c, h, kernel, bias)`

  Shapes: `x` `[batch, depth]`, `cs_prev`, `h_prev` and the results `[batch,
  units]`; `w` `[depth + units, 4 * units]`, `b` `[4 * units]`, the peepholes
  `[units]`. `cell_clip=None` and negative numbers clip nothing, and
  `forget_bias` is 1 by default.

  Raises ValueError if the width of `cs_prev` is unknown and there are no
  peepholes.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.lstm_ops._lstm_block_cell`.
  """
  if wci is None:
    units = cs_prev.shape.with_rank(2).as_list()[1]
    if units is None:
      raise _errors.ArgumentError(problem(
          "cs_prev", "have a known last dimension", f"shape {cs_prev.shape}",
          "set it: cs_prev.set_shape([None, units])"))
    wci = wcf = wco = tf.constant(0, dtype=tf.float32, shape=[units])
  return tuple(kernels.lstm_block_cell(
      x=x, cs_prev=cs_prev, h_prev=h_prev, w=w, wci=wci, wcf=wcf, wco=wco, b=b,
      forget_bias=1.0 if forget_bias is None else forget_bias,
      cell_clip=-1 if cell_clip is None else cell_clip,
      use_peephole=bool(use_peephole), name=name))


def block_lstm(seq_len_max, x, w, b, cs_prev=None, h_prev=None, wci=None,
               wcf=None, wco=None, forget_bias=None, cell_clip=None,
               use_peephole=None, name=None):
  """All steps in one kernel: seven lists `(i, cs, f, o, ci, co, h)`.

  Example: `hs = block_lstm(tf.constant(20, tf.int64), xs, kernel, bias)[-1]`

  Shapes: `x` a list of `[batch, depth]`, one for each step, and so are the
  results, `[batch, units]`; the others as in `lstm_block_cell`. `seq_len_max`
  is an int64 scalar.

  Raises ValueError if the length of `b` is unknown, if the inputs are not of
  rank 2, or if `seq_len_max` is not from 0 to their number, for which 1.15
  ended the process; the operation raises InvalidArgumentError if that shows in
  `session.run`.

  TF 1.15: `tensorflow.contrib.rnn.python.ops.lstm_ops._block_lstm`.
  """
  dtype = x[0].dtype
  batch = x[0].shape.with_rank(2).as_list()[0]
  units = checks.known_depth(b.shape.with_rank(1)) // 4
  if cs_prev is None or h_prev is None:
    zeros = tf.constant(0, dtype=dtype, shape=[batch, units])
    cs_prev = zeros if cs_prev is None else cs_prev
    h_prev = zeros if h_prev is None else h_prev
  if wci is None:
    wci = wcf = wco = tf.constant(0, dtype=dtype, shape=[units])
  every = kernels.block_lstm(
      seq_len_max=seq_len_max, x=tf.stack(x), cs_prev=cs_prev, h_prev=h_prev,
      w=w, wci=wci, wcf=wcf, wco=wco, b=b,
      forget_bias=1.0 if forget_bias is None else forget_bias,
      cell_clip=-1 if cell_clip is None else cell_clip,
      use_peephole=bool(use_peephole), name=name)
  return tuple(tf.unstack(steps) for steps in every)
