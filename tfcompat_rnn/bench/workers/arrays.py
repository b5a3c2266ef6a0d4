"""The numbers that all contestants compute with, and their layouts.

Weights are lists of arrays, one after the other for each layer, in the layout
of TensorFlow 1.15's cells:

  RNN        kernel [depth + units, units], bias
  LSTM       kernel [depth + units, 4 * units], bias; gates i, j, f, o
  GRU        gates/kernel [depth + units, 2 * units], gates/bias; gates r, u;
             candidate/kernel [depth + units, units], candidate/bias
  GRU-after  gates/kernel, gates/bias, input_projection/kernel [depth, units],
             hidden_projection/kernel [units, units], and a bias of each

GRU-after is the GRU whose reset gate acts after the product, as in PyTorch.
"""

import numpy as np

COUNT = {"RNN": 2, "LSTM": 2, "GRU": 4, "GRU-after": 6}  # arrays in a layer
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3, "GRU-after": 3}
# The place of each gate in the packed layout of a library.
LIKE_TORCH = {"LSTM": [0, 2, 1, 3], "GRU-after": [0, 1, 2]}
LIKE_KERAS = {"LSTM": [0, 2, 1, 3], "GRU": [1, 0, 2]}


def shapes(spec):
  """The shape of each weight array."""
  found = []
  units = spec["units"]
  for layer in range(spec["layers"]):
    depth = spec["depth"] if layer == 0 else units
    both = depth + units
    found += {
        "RNN": [(both, units), (units,)],
        "LSTM": [(both, 4 * units), (4 * units,)],
        "GRU": [(both, 2 * units), (2 * units,), (both, units), (units,)],
        "GRU-after": [(both, 2 * units), (2 * units,), (depth, units),
                      (units, units), (units,), (units,)],
    }[spec["kind"]]
  return found


def weights(spec):
  """The weights; so small that gradients neither vanish nor explode."""
  random = np.random.RandomState(spec["seed"])
  bound = spec["units"]**-.5
  return [random.uniform(-bound, bound, shape).astype("float32")
          for shape in shapes(spec)]


def inputs(spec):
  """The inputs, `[batch, steps, depth]`."""
  random = np.random.RandomState(spec["seed"] + 1)
  return random.randn(
      spec["batch"], spec["steps"], spec["depth"]).astype("float32")


def layers(spec, found):
  """The arrays of each layer."""
  count = COUNT[spec["kind"]]
  return [found[at:at + count] for at in range(0, len(found), count)]


def _reordered(array, order):
  parts = np.split(array, len(order), -1)
  return np.concatenate([parts[at] for at in order], -1)


def pack(kind, layer, orders):
  """One layer's weights as other libraries hold them.

  Returns the input kernel `[depth, gates * units]`, the recurrent kernel
  `[units, gates * units]`, the bias, and the bias of the recurrent product.
  `orders` says where each gate goes. What TensorFlow's LSTM adds to the forget
  gate is in the bias.
  """
  units = layer[1].shape[0] // {"RNN": 1, "LSTM": 4}.get(kind, 2)
  if kind in ("RNN", "LSTM"):
    kernel, bias = layer
    hidden_bias = np.zeros_like(bias)
    if kind == "LSTM":
      bias = bias.copy()
      bias[2 * units:3 * units] += 1
    input_kernel, hidden_kernel = kernel[:-units], kernel[-units:]
  else:
    gates, gates_bias = layer[:2]
    if kind == "GRU":
      candidate, candidate_bias = layer[2:]
      from_input, from_state = candidate[:-units], candidate[-units:]
      last = np.zeros(units, gates.dtype)
    else:
      from_input, from_state, candidate_bias, last = layer[2:]
    input_kernel = np.concatenate([gates[:-units], from_input], 1)
    hidden_kernel = np.concatenate([gates[-units:], from_state], 1)
    bias = np.concatenate([gates_bias, candidate_bias])
    hidden_bias = np.concatenate([np.zeros_like(gates_bias), last])
  order = orders.get(kind, [0])
  return [_reordered(array, order)
          for array in (input_kernel, hidden_kernel, bias, hidden_bias)]


def unpack(kind, packed, orders):
  """The gradients of `pack`'s results as those of one layer's weights."""
  order = list(np.argsort(orders.get(kind, [0])))
  input_kernel, hidden_kernel, bias, hidden_bias = [
      _reordered(array, order) for array in packed]
  if kind in ("RNN", "LSTM"):
    return [np.concatenate([input_kernel, hidden_kernel]), bias]
  units = hidden_kernel.shape[0]
  both = 2 * units
  gates = np.concatenate([input_kernel[:, :both], hidden_kernel[:, :both]])
  from_input, from_state = input_kernel[:, both:], hidden_kernel[:, both:]
  if kind == "GRU":
    return [gates, bias[:both], np.concatenate([from_input, from_state]),
            bias[both:]]
  return [gates, bias[:both], from_input, from_state, bias[both:],
          hidden_bias[both:]]
