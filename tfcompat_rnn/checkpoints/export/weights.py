"""Holds the weights of one layer in one direction, gate by gate.

This form is independent of any library: the layouts of TensorFlow's cells,
Keras and PyTorch are all read into it and written from it. The forget bias is
part of the bias here; adding it is the only step that rounds numbers.
"""

import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells
from tfcompat_rnn.checkpoints.layouts import gates as layouts_gates

GATES = {"lstm": "ijfo", "gru": "ruc", "gru_after": "ruc", "rnn": "h"}
CELL_NAMES = {"lstm": "lstm_cell", "gru": "gru_cell", "rnn": "basic_rnn_cell",
              "gru_after": "cudnn_compatible_gru_cell"}


class Weights(typing.NamedTuple):
  """Dicts gate -> array: inputs `[depth, units]`, hidden `[output, units]`.

  `kind` is "lstm", "rnn", "gru" (reset before the product, `(r * h) R`) or
  "gru_after" (reset after it, `r * (h R + b)`). `hidden_bias` is the b of the
  candidate in the latter, and None otherwise. `projection` is
  `[units, output]` or None.
  """
  kind: str
  inputs: dict
  hidden: dict
  bias: dict
  hidden_bias: typing.Any = None
  projection: typing.Any = None

  @property
  def units(self):
    return next(iter(self.inputs.values())).shape[1]

  @property
  def depth(self):
    return next(iter(self.inputs.values())).shape[0]

  @property
  def output(self):
    return (self.units if self.projection is None
            else self.projection.shape[1])

  @property
  def dtype(self):
    return next(iter(self.inputs.values())).dtype

  def joined(self, part, order):
    """One array of `part`, with its blocks in `order` along the last axis."""
    return layouts_gates.join_gates(getattr(self, part), order)


def read_cell(tensors, cell, forget_bias=None):
  """The `Weights` of a cell of TensorFlow, and the rounding error.

  `forget_bias` is what the cell adds at run time: 1 by default, and 0 for
  CudnnCompatibleLSTMCell. Raises `RefusedError` for peepholes.
  """
  if cell.peepholes:
    raise _errors.RefusedError(problem(
        "scope", "name an LSTM without peepholes: neither Keras nor PyTorch "
        "has them", ", ".join(cell.keys[part] for part in cell.peepholes),
        "keep tf.nn.rnn_cell.LSTMCell, or train without use_peepholes"))
  value = {part: np.asarray(tensors[key])
           for part, key in cell.keys.items()}
  error = 0.0
  if cell.kind in ("lstm", "rnn"):
    bias = value["bias"]
    if cell.kind == "lstm":
      if forget_bias is None:
        forget_bias = layouts_cells.default_forget_bias(cell)
      bias, error = layouts_gates.add_forget_bias(bias, forget_bias)
    order = GATES[cell.kind]
    blocks = layouts_gates.split_gates(value["kernel"], order)
    weights = Weights(
        cell.kind,
        {gate: block[:cell.depth] for gate, block in blocks.items()},
        {gate: block[cell.depth:] for gate, block in blocks.items()},
        layouts_gates.split_gates(bias, order),
        projection=value.get("projection"))
    return weights, error
  blocks = layouts_gates.split_gates(value["gate_kernel"], "ru")
  bias = layouts_gates.split_gates(value["gate_bias"], "ru")
  inputs = {gate: block[:cell.depth] for gate, block in blocks.items()}
  hidden = {gate: block[cell.depth:] for gate, block in blocks.items()}
  if cell.kind == "cudnn_gru":
    inputs["c"], hidden["c"] = value["input_kernel"], value["hidden_kernel"]
    bias["c"] = value["input_bias"]
    return Weights("gru_after", inputs, hidden, bias,
                   hidden_bias=value["hidden_bias"]), error
  inputs["c"] = value["candidate_kernel"][:cell.depth]
  hidden["c"] = value["candidate_kernel"][cell.depth:]
  bias["c"] = value["candidate_bias"]
  return Weights("gru", inputs, hidden, bias), error


def write_cell(weights, scope, forget_bias=None):
  """The variables of a cell of TensorFlow at `scope`, and the rounding error.

  `forget_bias` is subtracted from the bias: 1 by default, and 0 if the scope
  ends in `cudnn_compatible_lstm_cell`.
  """
  gates = GATES[weights.kind]
  kernel = {gate: np.concatenate([weights.inputs[gate], weights.hidden[gate]])
            for gate in gates}
  error = 0.0
  if weights.kind in ("lstm", "rnn"):
    bias = layouts_gates.join_gates(weights.bias, gates)
    if weights.kind == "lstm":
      if forget_bias is None:
        forget_bias = (0.0 if layouts_cells.base_name(scope)
                       == "cudnn_compatible_lstm_cell" else 1.0)
      bias, error = layouts_gates.add_forget_bias(bias, -forget_bias)
    parts = {"kernel": layouts_gates.join_gates(kernel, gates), "bias": bias}
    if weights.projection is not None:
      parts["projection/kernel"] = weights.projection
  else:
    parts = {"gates/kernel": layouts_gates.join_gates(kernel, "ru"),
             "gates/bias": layouts_gates.join_gates(weights.bias, "ru")}
    if weights.kind == "gru":
      parts["candidate/kernel"] = kernel["c"]
      parts["candidate/bias"] = weights.bias["c"]
    else:
      for name, part, bias in (
          ("input", weights.inputs, weights.bias["c"]),
          ("hidden", weights.hidden, weights.hidden_bias)):
        parts[f"candidate/{name}_projection/kernel"] = part["c"]
        parts[f"candidate/{name}_projection/bias"] = bias
  return {layouts_cells.join(scope, name): np.array(array)
          for name, array in parts.items()}, error


def add_biases(one, two):
  """The sum of a gate's two biases; exact if one of them is zero."""
  if not np.any(two):
    return np.array(one)
  if not np.any(one):
    return np.array(two)
  return one + two
