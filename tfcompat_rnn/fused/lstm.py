"""A whole LSTM in one operation: LSTMBlockFusedCell and its base class.

The kernel `BlockLSTM` computes all steps at once and keeps what its gradient
needs. TensorFlow still has both.
"""

import abc

from tfcompat_rnn import _errors
from tfcompat_rnn import _snapshot
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import block
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import kernels
from tfcompat_rnn.cells import layer
from tfcompat_rnn.fused import block_functions


class LSTMBlockWrapper(layer.ScopedLayer, metaclass=abc.ABCMeta):
  """Base class of LSTMs that compute all steps at once.

  A subclass defines `num_units` and `_call_cell(inputs, initial_cell_state,
  initial_output, dtype, sequence_length)`, which returns c and h of every step,
  `[time, batch, num_units]` each. This class supplies the initial state, zeroes
  outputs after each row's length, and selects the final state.

  TF 1.15: `tf.contrib.rnn.LSTMBlockWrapper`.
  """

  @property
  @abc.abstractmethod
  def num_units(self):
    """The number of units."""

  @abc.abstractmethod
  def _call_cell(self, inputs, initial_cell_state, initial_output, dtype,
                 sequence_length):
    """c and h of every step, `[time, batch, num_units]` each."""

  def __call__(self, inputs, *args, **kwargs):
    """Computes all steps; see `call`. `scope=` works as in `LayerRNNCell`."""
    if args:
      args = (_snapshot.snapshot_state(args[0]),) + args[1:]
    elif kwargs.get("initial_state") is not None:
      kwargs["initial_state"] = _snapshot.snapshot_state(
          kwargs["initial_state"])
    return super().__call__(inputs, *args, **kwargs)

  def call(self, inputs, initial_state=None, dtype=None,
           sequence_length=None):
    """Computes all steps; returns `(outputs, LSTMStateTuple(c, h))`.

    Args:
      inputs: `[time, batch, depth]`, or a list with one `[batch, depth]` tensor
        per step (in classes that do not check the rank).
      initial_state: `(c, h)`, each `[batch, num_units]`; by default zeros.
      dtype: dtype of the zeros; required without `initial_state`.
      sequence_length: integers `[batch]`. Once a row ends, its outputs are zero
        and its state stays the same.

    Raises ValueError if neither a state nor a dtype is given, if the state is
    not a pair, or if inputs are not of rank 3 or have an unknown depth.
    """
    listed = isinstance(inputs, list)
    if listed:
      inputs = tf.stack(inputs)
    checks.known_depth(inputs.shape.with_rank(3))
    time, batch = _sizes(inputs)
    if initial_state is None:
      if dtype is None:
        raise _errors.ArgumentError(problem(
            "dtype", "be given if initial_state is not", "neither",
            "pass dtype=tf.float32"))
      zeros = tf.zeros(tf.stack([batch, self.num_units]), dtype=dtype)
      c, h = zeros, zeros
    else:
      c, h = checks.split_pair(self, initial_state)
      dtype = tf.convert_to_tensor(c).dtype if dtype is None else dtype
    if sequence_length is not None:
      sequence_length = tf.convert_to_tensor(sequence_length)
    all_c, all_h = self._call_cell(inputs, c, h, dtype, sequence_length)
    if time == 0:
      state = base.LSTMStateTuple(c, h)
    elif sequence_length is None:
      state = base.LSTMStateTuple(*(
          block_functions.last(steps, start, time)
          for steps, start in ((all_c, c), (all_h, h))))
    else:
      mask = tf.transpose(
          tf.sequence_mask(sequence_length, time, dtype=dtype), [1, 0])
      mask = tf.tile(tf.expand_dims(mask, [-1]), [1, 1, self.num_units])
      all_h *= mask
      # Prepend the initial state, so that index i is the state after i steps
      # and a row of length 0 gets its initial state.
      all_c_and_start, all_h_and_start = (
          tf.concat([tf.expand_dims(start, [0]), steps], 0)
          for start, steps in ((c, all_c), (h, all_h)))
      state = base.LSTMStateTuple(
          _after(all_c_and_start, sequence_length, batch),
          _after(all_h_and_start, sequence_length, batch))
    return (tf.unstack(all_h) if listed else all_h), state


def _sizes(inputs):
  """`(time, batch)`, each a number if it is known, else a tensor."""
  time, batch, _ = inputs.shape.as_list()
  if batch is None:
    batch = tf.shape(inputs)[1]
  if time is None:
    time = tf.shape(inputs)[0]
  return time, batch


def _after(states, steps, batch):
  """The state of each row after its steps, from `[1 + time, batch, size]`."""
  return tf.gather_nd(states, tf.stack([steps, tf.range(batch)], axis=1))


class LSTMBlockFusedCell(LSTMBlockWrapper):
  """The LSTM of `LSTMBlockCell`, all steps in one kernel.

  Example: `outputs, state = LSTMBlockFusedCell(16)(x, dtype=tf.float32)`

    i, j, f, o = split([x, h] W + b, 4)
    c' = sigmoid(f + forget_bias [+ w_f * c]) * c
         + sigmoid(i [+ w_i * c]) * tanh(j)                 [clipped]
    h' = sigmoid(o [+ w_o * c']) * tanh(c')

  Shapes: `x` and outputs time-major, `[time, batch, depth]` and `[time,
  batch, num_units]`; state `LSTMStateTuple(c, h)`; variables `kernel`
  `[depth + num_units, 4 * num_units]`, `bias` `[4 * num_units]`, `w_i_diag`,
  `w_f_diag`, `w_o_diag` `[num_units]`, in the gate order of `LSTMCell` (`i, j,
  f, o`), under `lstm_fused_cell`. With `name="lstm_cell"` and the scope of a
  loop (`with tf.variable_scope("rnn")`) they are the variables of `LSTMCell` in
  `dynamic_rnn`. The gradient treats the clip as the identity.

  Args:
    num_units: number of units.
    forget_bias: added to the logits of the forget gate.
    cell_clip: clips c' to `[-cell_clip, cell_clip]`; None or a number <= 0 for
      no clipping.
    use_peephole: True for diagonal connections from c.
    reuse: True to use the variables that already exist in the scope.
    dtype: dtype of the variables; by default that of the inputs.
    name: scope name.

  Raises TypeError for float64 and other dtypes without a kernel; also the
  errors of `LSTMBlockWrapper.call`.

  TF 1.15: `tf.contrib.rnn.LSTMBlockFusedCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, forget_bias=1.0, cell_clip=None,
               use_peephole=False, reuse=None, dtype=None,
               name="lstm_fused_cell"):
    super().__init__(_reuse=reuse, name=name, dtype=dtype)
    self._num_units = checks.check_units("num_units", num_units)
    self._forget_bias = forget_bias
    self._cell_clip = -1 if cell_clip is None else cell_clip
    self._use_peephole = use_peephole
    self.input_spec = checks.InputSpec(ndim=3)

  @property
  def num_units(self):
    return self._num_units

  def build(self, input_shape):
    block.add_lstm_variables(self, input_shape)

  def _call_cell(self, inputs, initial_cell_state, initial_output, dtype,
                 sequence_length):
    block.check_kernel_dtype(
        self, inputs, (tf.float32, tf.float16), "LSTMCell in dynamic_rnn")
    checks.check_step_dtypes(
        inputs, (initial_cell_state, initial_output), self._kernel)
    time, _, _ = inputs.shape.as_list()
    if time is None:
      time = tf.shape(inputs)[0]
    if self._use_peephole:
      peepholes = dict(
          wci=self._w_i_diag, wcf=self._w_f_diag, wco=self._w_o_diag)
    else:
      zeros = tf.zeros([self._num_units], dtype=dtype)
      peepholes = dict(wci=zeros, wcf=zeros, wco=zeros)
    # Steps after the end of the longest row are not computed.
    steps = time if sequence_length is None else block_functions.longest(
        sequence_length, time)
    every = kernels.every_step(
        "BlockLSTM", seq_len_max=tf.cast(steps, tf.int64), x=inputs,
        cs_prev=initial_cell_state, h_prev=initial_output, w=self._kernel,
        b=self._bias, forget_bias=self._forget_bias,
        cell_clip=self._cell_clip, use_peephole=self._use_peephole,
        **peepholes)
    return every.cs, every.h

  def get_config(self):
    return {"name": self.name, "dtype": self.dtype, "reuse": self._reuse,
            "num_units": self._num_units, "forget_bias": self._forget_bias,
            "cell_clip": self._cell_clip, "use_peephole": self._use_peephole}
