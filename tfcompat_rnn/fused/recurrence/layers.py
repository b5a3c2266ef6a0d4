"""The layers that a kernel may compute for all steps, as their cells say."""

from __future__ import annotations

import dataclasses
import numbers
import typing

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import block
from tfcompat_rnn.cells import core
from tfcompat_rnn.cells import cudnn_compatible
from tfcompat_rnn.fused import network as networks
from tfcompat_rnn.fused.recurrence import step as steps

# A GRU whose reset gate acts before the product with the candidate's matrix.
GRU = "gru, reset first"
_OTHER_ACTIVATION = "its activation is not {}"


@dataclasses.dataclass(frozen=True)
class Layer:
  """One layer.

  kind: a mode of `fused.network`, or `GRU`.
  units: the number of units.
  parameters: its variables: all matrices, then all biases.
  forget_bias: a number that its forget gate adds.
  peepholes: vectors of the gates i, f and o, or nothing.
  clip: the limit of an LSTM's c, or None.
  stops: whether no gradient flows where c is clipped.
  """

  kind: str
  units: int
  parameters: tuple[typing.Any, ...]
  forget_bias: float = 0.
  peepholes: tuple[typing.Any, ...] = ()
  clip: float | None = None
  stops: bool = False

  @property
  def leaves(self):
    """The number of tensors of its state."""
    return 2 if self.kind == networks.CUDNN_LSTM else 1


def reader_of(cell):
  """What makes a `Layer` of `cell`, given its state; None for other cells.

  The reader raises `CannotCompile` for options that no kernel has. A cell with
  a `call` of its own is another cell.
  """
  if "call" in vars(cell):
    return None
  return _READERS.get(getattr(type(cell), "call", None))


def _core_lstm(cell, state):
  if not cell._state_is_tuple:
    raise steps.CannotCompile("its state is one tensor")
  if cell._num_proj is not None:
    raise steps.CannotCompile("it has a projection")
  if _activation(cell, state[0]) != "Tanh":
    raise steps.CannotCompile(_OTHER_ACTIVATION.format("tanh"))
  if not isinstance(cell._forget_bias, numbers.Real):
    raise steps.CannotCompile("its forget bias is not a number")
  peepholes, clip = (), None
  if isinstance(cell, core.LSTMCell):
    clip = cell._cell_clip
    if cell._use_peepholes:
      peepholes = cell._w_i_diag, cell._w_f_diag, cell._w_o_diag
  return Layer(networks.CUDNN_LSTM, cell._num_units,
               (cell._kernel, cell._bias), cell._forget_bias, peepholes, clip,
               stops=True)


def _block_lstm(cell, state):
  del state
  peepholes = ()
  if cell._use_peephole:
    peepholes = cell._w_i_diag, cell._w_f_diag, cell._w_o_diag
  return Layer(networks.CUDNN_LSTM, cell._num_units,
               (cell._kernel, cell._bias), cell._forget_bias, peepholes,
               cell._cell_clip if cell._cell_clip > 0 else None)


def _cudnn_gru(cell, state):
  if _activation(cell, state) != "Tanh":
    raise steps.CannotCompile(_OTHER_ACTIVATION.format("tanh"))
  return Layer(
      networks.CUDNN_GRU, cell._num_units,
      (cell._gate_kernel, cell._candidate_input_kernel,
       cell._candidate_hidden_kernel, cell._gate_bias,
       cell._candidate_input_bias, cell._candidate_hidden_bias))


def _gru(cell, state):
  del state
  return Layer(GRU, cell.output_size, ())


def _basic_rnn(cell, state):
  kind = {"Tanh": networks.CUDNN_RNN_TANH,
          "Relu": networks.CUDNN_RNN_RELU}.get(_activation(cell, state))
  if kind is None:
    raise steps.CannotCompile(_OTHER_ACTIVATION.format("tanh or relu"))
  return Layer(kind, cell._num_units, (cell._kernel, cell._bias))


def _activation(cell, tensor):
  """The type of the operation that the cell's activation is, or None."""
  made = tf.convert_to_tensor(cell._activation(tensor)).op
  direct = len(made.inputs) == 1 and made.inputs[0] is tensor
  return made.type if direct else None


_READERS = {
    block.GRUBlockCell.call: _gru,
    block.LSTMBlockCell.call: _block_lstm,
    core.BasicLSTMCell.call: _core_lstm,
    core.BasicRNNCell.call: _basic_rnn,
    core.GRUCell.call: _gru,
    core.LSTMCell.call: _core_lstm,
    cudnn_compatible.CudnnCompatibleGRUCell.call: _cudnn_gru,
}
