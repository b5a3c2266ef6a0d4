"""Runs the cells of a checkpoint in our loops, for `export --check`."""

import numpy as np

from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells


def run_cells(stack, tensors, inputs, forget_bias=None, activation="tanh"):
  """Outputs `[batch, time, width]` of a `Stack` of cells, from a zero state.

  `tensors` is the checkpoint, and `inputs` is `[batch, time, depth]`.
  `forget_bias` is as in `export_stack`. A new graph is built.
  """
  with tf.Graph().as_default():
    x = tf.constant(inputs)
    made = [[_make(cell, forget_bias, activation, x.dtype) for cell in layer]
            for layer in stack.layers]
    if stack.ways == 2:
      value = x
      for number, (forward, backward) in enumerate(made):
        both, _ = loops.bidirectional_dynamic_rnn(
            forward, backward, value, dtype=x.dtype, scope=f"layer_{number}")
        value = tf.concat(both, 2)
    else:
      cell = cells.MultiRNNCell([layer[0] for layer in made])
      value, _ = loops.dynamic_rnn(cell, x, dtype=x.dtype)
    pairs = [pair for layer, built in zip(stack.layers, made)
             for pair in zip(layer, built)]
    with tf.Session(config=tf.ConfigProto(
        device_count={"GPU": 0})) as session:
      for cell, built in pairs:
        _load(session, cell, built, tensors)
      return session.run(value)


def _make(cell, forget_bias, activation, dtype):
  """A cell of a class that has this kind of variables."""
  if cell.kind == "lstm":
    if forget_bias is None:
      forget_bias = layouts_cells.default_forget_bias(cell)
    return cells.LSTMCell(
        cell.units, forget_bias=forget_bias, dtype=dtype,
        num_proj=cell.output if "projection" in cell.keys else None)
  if cell.kind == "rnn":
    return cells.BasicRNNCell(cell.units, activation=activation, dtype=dtype)
  if cell.kind == "cudnn_gru":
    return cells.CudnnCompatibleGRUCell(cell.units)
  return cells.GRUCell(cell.units, dtype=dtype)


def _load(session, cell, built, tensors):
  """Assigns the checkpoint's numbers to the variables of the built cell.

  They are matched by part, because the variables of a GRUBlockCell have other
  names than those of a GRUCell.
  """
  wanted = {"gates/kernel": "gate_kernel", "gates/bias": "gate_bias",
            "candidate/kernel": "candidate_kernel",
            "candidate/bias": "candidate_bias",
            "candidate/input_projection/kernel": "input_kernel",
            "candidate/input_projection/bias": "input_bias",
            "candidate/hidden_projection/kernel": "hidden_kernel",
            "candidate/hidden_projection/bias": "hidden_bias",
            "projection/kernel": "projection", "kernel": "kernel",
            "bias": "bias"}
  for variable in built.variables:
    name = variable.op.name
    end = max((end for end in wanted if name.endswith("/" + end)), key=len)
    value = np.asarray(tensors[cell.keys[wanted[end]]])
    session.run(variable.initializer, {variable.initializer.inputs[1]: value})
