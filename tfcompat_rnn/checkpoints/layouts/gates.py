"""Layout arithmetic on single arrays: gate blocks and forget bias.

This is pure NumPy. Moving blocks is exact; adding the forget bias rounds.
"""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem

# i input gate, j (also c, g, z) new memory, f forget gate, o output gate
_SAME_GATE = {"c": "j", "g": "j", "z": "j"}
LSTM_ORDERS = {
    "tensorflow": "ijfo",   # the cells of TF 1.x, LSTMBlock*, BlockLSTM
    "keras": "ifco",
    "pytorch": "ifgo",
    "cudnn": "ifco",
    "caffe2": "ifog",
    "onnx": "iofc",
}


def lstm_order(text):
  """The gates of `text` in TensorFlow's letters: `"ifgo"` -> `"ifjo"`.

  `text` is a name in `LSTM_ORDERS`, or a permutation of i, f, o and one of j,
  c, g, z (the new memory).
  """
  letters = LSTM_ORDERS.get(text.lower(), text.lower())
  order = "".join(_SAME_GATE.get(letter, letter) for letter in letters)
  if sorted(order) != sorted("ijfo"):
    raise _errors.CheckpointError(problem(
        "order", f"be one of {', '.join(LSTM_ORDERS)}, or i, j, f, o in some "
        "order (c and g are other letters for j)", repr(text),
        "for example, use ifco"))
  return order


def reorder(array, have, want):
  """Reorders the blocks of the last axis, exactly.

  `have` and `want` are strings with one letter per block.
  """
  array = np.asarray(array)
  if array.ndim == 0 or array.shape[-1] % len(have):
    raise _errors.CheckpointError(problem(
        "array", f"have {len(have)} equal blocks along its last axis",
        f"shape {list(array.shape)}", "name the scope of another cell"))
  blocks = dict(zip(have, np.split(array, len(have), axis=-1)))
  return np.concatenate([blocks[gate] for gate in want], axis=-1)


def split_gates(array, order):
  """gate -> its block of the last axis."""
  return dict(zip(order, np.split(np.asarray(array), len(order), axis=-1)))


def join_gates(blocks, order):
  return np.concatenate([blocks[gate] for gate in order], axis=-1)


def add_forget_bias(bias, amount, order="ijfo"):
  """Returns (bias with `amount` added to its f block, largest rounding error).

  The sum is rounded to the dtype of `bias`. The error, |exact - rounded|, is
  measured in float64, and is at most half a unit in the last place of the sum:
  6e-8 for a float32 sum between 1 and 2.
  """
  bias = np.array(bias)
  blocks = np.split(bias, 4, axis=-1)
  place = order.index("f")
  old = blocks[place]
  new = (old.astype(np.float64) + amount).astype(bias.dtype)
  # in float64 the sum itself is rounded, so the bound comes from its last place
  error = np.abs(new.astype(np.float64) - (old.astype(np.float64) + amount))
  if bias.dtype.itemsize >= 8:
    error = np.spacing(np.abs(new)) / 2 * (amount != 0)
  blocks[place] = new
  return np.concatenate(blocks, axis=-1), float(error.max(initial=0.0))
