"""Computes cuDNN's networks with kernels and cells that run anywhere.

LSTMs in float32 and float16 use the kernel that computes all steps at once
(`LSTMBlockFusedCell`); everything else uses a cell in `dynamic_rnn`.
"""

from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused import adaptors
from tfcompat_rnn.fused import lstm
from tfcompat_rnn.fused import network as networks

_ATTRIBUTES = {
    networks.CUDNN_GRU: (
        "_gate_kernel", "_candidate_input_kernel",
        "_candidate_hidden_kernel", "_gate_bias", "_candidate_input_bias",
        "_candidate_hidden_bias"),
}
_KERNEL_AND_BIAS = ("_kernel", "_bias")


def run_layers(network, parameters, inputs, states, lengths=None,
               dropout=0.0, seed=None):
  """`(outputs, final_states)` of all layers.

  Args:
    network: its sizes.
    parameters: for each layer and direction, a tuple with the compatible cell's
      weights, then its biases (then the projection).
    inputs: `[time, batch, input_size]`.
    states: `(h, c)` or `(h,)`, each `[layers * directions, batch, size]`.
    lengths: integers `[batch]`, or None.
    dropout: dropout rate between two layers; 0 for inference.
    seed: seed of the dropout.

  Returns outputs `[time, batch, directions * size]`, and states in the form of
  `states`.
  """
  network.require_linear_input()
  states = [tf.unstack(state, network.num_layers * network.num_dirs)
            for state in states]
  finals, place = [], 0
  for layer in range(network.num_layers):
    if layer and dropout:
      inputs = _dropped(
          inputs, dropout, None if seed is None else seed + layer)
    ways = []
    for way in range(network.num_dirs):
      fused = _fused_cell(network, parameters[place], inputs.dtype)
      if way:
        fused = adaptors.TimeReversedFusedRNN(fused)
      # cuDNN's order is (h, c), that of cells is (c, h).
      start = [state[place] for state in states]
      outputs, final = fused(
          inputs, sequence_length=lengths,
          initial_state=(cells.LSTMStateTuple(c=start[1], h=start[0])
                         if len(start) > 1 else start[0]),
          scope=f"layer_{layer}_{'bw' if way else 'fw'}")
      ways.append(outputs)
      finals.append([final.h, final.c] if len(start) > 1 else [final])
      place += 1
    inputs = tf.concat(ways, 2) if len(ways) > 1 else ways[0]
  return inputs, tuple(tf.stack(leaves) for leaves in zip(*finals))


def _dropped(inputs, rate, seed):
  if rate == 1:  # tf.nn.dropout rejects it, cuDNN does not
    return tf.zeros_like(inputs)
  return tf.nn.dropout(inputs, rate=rate, seed=seed)


def _fused_cell(network, values, dtype):
  """One layer in one direction, with `values` instead of variables."""
  units, mode = network.num_units, network.rnn_mode
  names = _ATTRIBUTES.get(mode, _KERNEL_AND_BIAS)
  if mode == networks.CUDNN_LSTM:
    if network.num_proj:
      cell = cells.LSTMCell(
          units, forget_bias=0.0, num_proj=network.num_proj)
      names += ("_proj_kernel",)
    elif dtype.base_dtype in (tf.float32, tf.float16):
      return _filled(lstm.LSTMBlockFusedCell(units, forget_bias=0, dtype=dtype),
                     names, values)
    else:
      cell = cells.BasicLSTMCell(units, forget_bias=0.0)
  elif mode == networks.CUDNN_GRU:
    cell = cells.CudnnCompatibleGRUCell(units)
  else:
    cell = cells.BasicRNNCell(units, activation=(
        tf.nn.relu if mode == networks.CUDNN_RNN_RELU else tf.tanh))
  return adaptors.FusedRNNCellAdaptor(
      _filled(cell, names, values), use_dynamic_rnn=True)


def _filled(cell, names, values):
  for name, value in zip(names, values, strict=True):
    setattr(cell, name, value)
  cell.built = True
  return cell
