"""Cells whose step is a single kernel: LSTMBlockCell, GRUBlockCell(V2).

The equations are those of `LSTMCell` and `GRUCell`, in float32 (for the LSTM
also in float16).
"""

import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import block_gradients
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import kernels
from tfcompat_rnn.cells import states


def check_kernel_dtype(cell, tensor, dtypes, instead):
  """Raises `ArgumentTypeError` unless the dtype of `tensor` is in `dtypes`."""
  dtype = tf.as_dtype(tensor.dtype).base_dtype
  if dtype not in dtypes:
    raise _errors.ArgumentTypeError(problem(
        "inputs", f"be {' or '.join(known.name for known in dtypes)} for "
        f"{cell.name}, whose kernel supports no other", dtype.name,
        f"use tf.nn.rnn_cell.{instead}, which has the same equations, or "
        "tf.cast them"))


def add_lstm_variables(cell, inputs_shape):
  """Makes the variables of an LSTM whose step, or loop, is one kernel."""
  depth = checks.known_depth(inputs_shape)
  units = cell._num_units
  cell._kernel = cell.add_variable("kernel", [depth + units, 4 * units])
  cell._bias = cell.add_variable(
      "bias", [4 * units], initializer=tf.constant_initializer(0.0))
  if cell._use_peephole:
    # 1.15 made these in the order of the kernel's arguments; LSTMCell's are in
    # another order.
    cell._w_i_diag, cell._w_f_diag, cell._w_o_diag = (
        cell.add_variable(f"w_{gate}_diag", [units]) for gate in "ifo")
  cell.built = True


class LSTMBlockCell(states.PairState, base.LayerRNNCell):
  """LSTM in one kernel, with optional peepholes and clipping.

  Example: `output, state = LSTMBlockCell(16)(x, state)`

    i, j, f, o = split([x, h] W + b, 4)
    c' = sigmoid(f + forget_bias [+ w_f * c]) * c
         + sigmoid(i [+ w_i * c]) * tanh(j)                 [clipped]
    h' = sigmoid(o [+ w_o * c']) * tanh(c')

  Shapes: `x` `[batch, depth]`, state `LSTMStateTuple(c, h)` of
  `[batch, num_units]` each, output `[batch, num_units]`; variables `kernel`
  `[depth + num_units, 4 * num_units]`, `bias` `[4 * num_units]`, `w_i_diag`,
  `w_f_diag`, `w_o_diag` `[num_units]`. Names, gate order (`i, j, f, o`) and
  numbers are those of `LSTMCell`, so its checkpoints fit. The gradient treats
  the clipping of c' as the identity, whereas that of `LSTMCell` is zero where
  c' is clipped.

  Args:
    num_units: number of units.
    forget_bias: number added to the logits of the forget gate.
    cell_clip: limit to which c' is clipped: `[-cell_clip, cell_clip]`; None or
      a number <= 0 for no clipping.
    use_peephole: True for the diagonal connections from c to the gates.
    dtype: dtype of the variables; by default that of the first input.
    reuse: True to use the variables that the scope already has.
    name: scope name, by default that of `LSTMCell`.

  Raises TypeError for float64 and any other dtype without a kernel, and if the
  state is not a pair; ValueError if it does not have two parts, or if the
  inputs are not rank 2 or their depth is unknown.

  TF 1.15: `tf.contrib.rnn.LSTMBlockCell`.
  """

  gate_order = ("i", "j", "f", "o")

  def __init__(self, num_units, forget_bias=1.0, cell_clip=None,
               use_peephole=False, dtype=None, reuse=None, name="lstm_cell"):
    super().__init__(_reuse=reuse, dtype=dtype, name=name)
    self._num_units = checks.check_units("num_units", num_units)
    self._forget_bias = forget_bias
    self._use_peephole = use_peephole
    self._cell_clip = -1 if cell_clip is None else cell_clip
    self._names = {"W": "kernel", "b": "bias", "wci": "w_i_diag",
                   "wcf": "w_f_diag", "wco": "w_o_diag", "scope": name}
    self.input_spec = checks.InputSpec(ndim=2)

  def build(self, inputs_shape):
    add_lstm_variables(self, inputs_shape)

  def call(self, inputs, state):
    c, h = checks.split_pair(self, state)
    check_kernel_dtype(self, inputs, (tf.float32, tf.float16), "LSTMCell")
    checks.check_step_dtypes(inputs, state, self._kernel)
    if self._use_peephole:
      peepholes = dict(
          wci=self._w_i_diag, wcf=self._w_f_diag, wco=self._w_o_diag)
    else:
      # The kernel wants them even where it ignores them.
      zeros = tf.zeros([self._num_units], dtype=self.dtype)
      peepholes = dict(wci=zeros, wcf=zeros, wco=zeros)
    step = kernels.lstm_block_cell(
        x=inputs, cs_prev=c, h_prev=h, w=self._kernel, b=self._bias,
        forget_bias=self._forget_bias, cell_clip=self._cell_clip,
        use_peephole=self._use_peephole, **peepholes)
    return step.h, base.LSTMStateTuple(step.cs, step.h)

  def get_config(self):
    return {"name": self.name, "dtype": self.dtype, "reuse": self._reuse,
            "num_units": self._num_units, "forget_bias": self._forget_bias,
            "cell_clip": self._cell_clip, "use_peephole": self._use_peephole}


class GRUBlockCell(base.LayerRNNCell):
  """GRU in one kernel, with its own variable names.

  Example: `output, state = GRUBlockCell(16)(x, state)`

    r, u = split(sigmoid([x, h] W_ru + b_ru), 2)
    c = tanh([x, r * h] W_c + b_c)
    h' = u * h + (1 - u) * c

  Shapes: `x` `[batch, depth]`, state and output `[batch, num_units]`;
  variables `w_ru` `[depth + num_units, 2 * num_units]`, `b_ru`, `w_c`
  `[depth + num_units, num_units]`, `b_c`.

  Args:
    num_units: number of units.
    cell_size: the older name of num_units; pass one of the two.
    reuse: True to use the variables that the scope already has.
    name: scope name, by default that of `GRUCell`.

  Raises ValueError unless exactly one of num_units and cell_size is given, if
  the state has the wrong width, or if the inputs are not rank 2 or their depth
  is unknown; TypeError for float64 and any other dtype without a kernel.

  TF 1.15: `tf.contrib.rnn.GRUBlockCell`.
  """

  gate_order = ("r", "u")
  _names = ("w_ru", "b_ru", "w_c", "b_c")

  def __init__(self, num_units=None, cell_size=None, reuse=None,
               name="gru_cell"):
    super().__init__(_reuse=reuse, name=name)
    if (num_units is None) == (cell_size is None):
      raise _errors.ArgumentError(problem(
          "num_units", "be given, or else `cell_size`",
          "neither" if num_units is None else "both", "pass num_units alone"))
    self._cell_size = checks.check_units(
        "num_units", cell_size if num_units is None else num_units)
    self.input_spec = checks.InputSpec(ndim=2)

  state_size = output_size = property(operator.attrgetter("_cell_size"))

  def build(self, inputs_shape):
    units = self._cell_size
    rows = checks.known_depth(inputs_shape) + units
    w_ru, b_ru, w_c, b_c = self._names
    self._gate_kernel = self.add_variable(w_ru, [rows, 2 * units])
    self._gate_bias = self.add_variable(
        b_ru, [2 * units], initializer=tf.constant_initializer(1.0))
    self._candidate_kernel = self.add_variable(w_c, [rows, units])
    self._candidate_bias = self.add_variable(
        b_c, [units], initializer=tf.constant_initializer(0.0))
    self.built = True

  def call(self, inputs, h_prev):
    checks.check_leaf(self, h_prev)
    h_prev = tf.convert_to_tensor(h_prev)
    width = h_prev.shape.with_rank(2).as_list()[1]
    if width not in (None, self._cell_size):
      raise _errors.ArgumentError(problem(
          "state", f"be [batch, {self._cell_size}] for {self.name}",
          f"shape {h_prev.shape}", "pass cell.zero_state(batch_size, dtype)"))
    check_kernel_dtype(self, inputs, (tf.float32,), "GRUCell")
    checks.check_step_dtypes(inputs, h_prev, self._gate_kernel)
    with block_gradients.differentiated_here():
      step = tf.raw_ops.GRUBlockCell(
          x=inputs, h_prev=h_prev, w_ru=self._gate_kernel,
          w_c=self._candidate_kernel, b_ru=self._gate_bias,
          b_c=self._candidate_bias)
    return step.h, step.h

  def get_config(self):
    return {"name": self.name, "reuse": self._reuse,
            "num_units": self._cell_size}


class GRUBlockCellV2(GRUBlockCell):
  """`GRUBlockCell` with the variable names of `GRUCell`.

  Example: `output, state = GRUBlockCellV2(16)(x, state)`

  Variables `gates/kernel`, `gates/bias`, `candidate/kernel`,
  `candidate/bias`; otherwise the same as `GRUBlockCell`.

  TF 1.15: `tf.contrib.rnn.GRUBlockCellV2`.
  """

  _names = ("gates/kernel", "gates/bias", "candidate/kernel",
            "candidate/bias")
