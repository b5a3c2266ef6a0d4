"""Splits and joins cuDNN's single buffer of parameters.

The buffer (`opaque_kernel`) contains all matrices, then all biases, without
gaps. Each of the two is in the order

  layer 0 forward, layer 0 backward, layer 1 forward, ...

and within each layer and direction, those applied to the inputs come before
those applied to h, each in the order of the gates: i, f, c, o (LSTM), r, u, h
(GRU), or a single one (plain). A matrix is `[units, columns]`, stored row by
row, the transpose of TensorFlow's. The inputs of a layer above a bidirectional
layer are `[forward, backward]`.

These single arrays are cuDNN's canonical form (`cudnnGetRNNWeightParams`,
formerly `cudnnGetRNNLinLayerMatrixParams`). In the variables that TensorFlow
1.x saves, and that CudnnCompatible*Cell and BasicRNNCell use, the matrices of
a gate are stacked and transposed, the gates are in TensorFlow's order, and the
two biases of a gate are replaced by their sum. Only the candidate of the GRU
keeps both.
"""

import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.layouts import gates as layouts_gates

GATES = {"lstm": "ifco", "gru": "ruh", "rnn_tanh": "h", "rnn_relu": "h"}
DIRECTIONS = ("unidirectional", "bidirectional")
CELL_NAMES = {"lstm": "cudnn_compatible_lstm_cell",
              "gru": "cudnn_compatible_gru_cell",
              "rnn_tanh": "basic_rnn_cell", "rnn_relu": "basic_rnn_cell"}


class Shape(typing.NamedTuple):
  """The sizes in a buffer; `input_size` is the depth of layer 0's inputs."""
  mode: str
  layers: int
  units: int
  input_size: int
  direction: str = "unidirectional"

  @property
  def ways(self):
    return 1 + (self.direction == "bidirectional")

  def depth(self, layer):
    """The number of columns of a layer's input matrices."""
    return self.input_size if layer == 0 else self.ways * self.units

  def matrices(self):
    """The shapes of all matrices, in order."""
    gates = len(GATES[self.mode])
    return [(self.units, columns)
            for layer in range(self.layers) for _ in range(self.ways)
            for columns in [self.depth(layer)] * gates + [self.units] * gates]

  def biases(self):
    count = 2 * len(GATES[self.mode]) * self.ways * self.layers
    return [(self.units,)] * count

  def size(self):
    """The number of elements in the whole buffer."""
    return sum(int(np.prod(shape))
               for shape in self.matrices() + self.biases())


def infer_shape(size, mode, layers, units, direction, input_size=None):
  """The `Shape` of a buffer of `size` numbers.

  `input_size` is computed from the rest if it is None. Raises
  `CheckpointError` if a buffer of that size cannot contain such layers.
  """
  if input_size is None:
    gates = len(GATES[mode])
    ways = 1 + (direction == "bidirectional")
    rest = Shape(mode, layers, units, 0, direction).size()
    input_size, odd = divmod(size - rest, ways * gates * units)
    if odd or input_size < 1:
      input_size = None
  shape = Shape(mode, layers, units, input_size or 1, direction)
  if input_size is None or shape.size() != size:
    hold = ("" if input_size is None
            else f"{shape.size()} numbers for input_size={input_size}, ")
    raise _errors.CheckpointError(problem(
        "opaque_kernel", f"hold {hold}num_layers={layers}, "
        f"num_units={units}, direction={direction}, mode={mode}",
        f"{size} numbers", "correct these options; a buffer that pads its "
        "matrices, or one of input_mode='skip_input', can only be restored "
        "on a GPU and saved again from there"))
  return shape


def split_opaque(buffer, shape):
  """`(matrices, biases)` of a flat buffer, cuDNN's canonical form.

  Both are lists, in the order given in the docstring of this module.
  """
  buffer = np.asarray(buffer).ravel()
  if buffer.size != shape.size():
    raise _errors.CheckpointError(problem(
        "opaque_kernel", f"hold {shape.size()} numbers for {shape}",
        buffer.size, "correct the sizes"))
  parts, start = [], 0
  for part in shape.matrices() + shape.biases():
    end = start + int(np.prod(part))
    parts.append(buffer[start:end].reshape(part))
    start = end
  count = len(shape.matrices())
  return parts[:count], parts[count:]


def join_opaque(matrices, biases):
  """The flat buffer of the canonical arrays; the inverse of `split_opaque`."""
  return np.concatenate([np.ravel(part) for part in [*matrices, *biases]])


def stack_canonical(matrices, biases, shape):
  """A dict of variables for each layer and direction, in the buffer's order.

  The names are relative to the cell's scope (`kernel`, `gates/bias`, ...).
  """
  gates = GATES[shape.mode]
  per = 2 * len(gates)
  cells = []
  for start in range(0, len(matrices), per):
    inputs = dict(zip(gates, matrices[start:start + per // 2]))
    hidden = dict(zip(gates, matrices[start + per // 2:start + per]))
    b_in = dict(zip(gates, biases[start:start + per // 2]))
    b_hid = dict(zip(gates, biases[start + per // 2:start + per]))
    blocks = {gate: np.concatenate([inputs[gate].T, hidden[gate].T])
              for gate in gates}
    sums = {gate: b_in[gate] + b_hid[gate] for gate in gates}
    if shape.mode == "gru":
      cells.append({
          "gates/kernel": layouts_gates.join_gates(blocks, "ru"),
          "gates/bias": layouts_gates.join_gates(sums, "ru"),
          "candidate/input_projection/kernel": inputs["h"].T.copy(),
          "candidate/input_projection/bias": b_in["h"].copy(),
          "candidate/hidden_projection/kernel": hidden["h"].T.copy(),
          "candidate/hidden_projection/bias": b_hid["h"].copy()})
    else:
      order = "icfo" if shape.mode == "lstm" else "h"
      cells.append({"kernel": layouts_gates.join_gates(blocks, order),
                    "bias": layouts_gates.join_gates(sums, order)})
  return cells


def unstack_canonical(cells, shape):
  """`(matrices, biases)` of variables; the inverse of `stack_canonical`.

  A summed bias is split into two halves, as in TensorFlow 1.x, whose sum is
  exact.
  """
  matrices, biases = [], []
  for place, cell in enumerate(cells):
    depth = shape.depth(place // shape.ways)
    if shape.mode == "gru":
      order = "ru"
      blocks = layouts_gates.split_gates(cell["gates/kernel"], order)
      halves = layouts_gates.split_gates(cell["gates/bias"] * _HALF, order)
      inputs = [blocks[gate][:depth] for gate in order]
      inputs.append(cell["candidate/input_projection/kernel"])
      hidden = [blocks[gate][depth:] for gate in order]
      hidden.append(cell["candidate/hidden_projection/kernel"])
      b_in = [halves[gate] for gate in order]
      b_hid = b_in + [cell["candidate/hidden_projection/bias"]]
      b_in = b_in + [cell["candidate/input_projection/bias"]]
    else:
      order = "icfo" if shape.mode == "lstm" else "h"
      blocks = layouts_gates.split_gates(cell["kernel"], order)
      halves = layouts_gates.split_gates(cell["bias"] * _HALF, order)
      inputs = [blocks[gate][:depth] for gate in GATES[shape.mode]]
      hidden = [blocks[gate][depth:] for gate in GATES[shape.mode]]
      b_in = b_hid = [halves[gate] for gate in GATES[shape.mode]]
    matrices += [part.T.copy() for part in [*inputs, *hidden]]
    biases += [np.array(part) for part in [*b_in, *b_hid]]
  return matrices, biases


_HALF = np.float16(0.5)  # exact, and widens no dtype


def cell_scopes(shape):
  """The scope of each cell, as CudnnLSTM and similar layers name them."""
  name = CELL_NAMES[shape.mode]
  if shape.ways == 1:
    return [f"rnn/multi_rnn_cell/cell_{layer}/{name}"
            for layer in range(shape.layers)]
  return [f"stack_bidirectional_rnn/cell_{layer}/bidirectional_rnn/{way}/"
          f"{name}" for layer in range(shape.layers) for way in ("fw", "bw")]
