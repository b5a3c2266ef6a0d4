"""cuDNN's parameters beside 1.15's own converters and our layers' operations.
"""

import os

import numpy as np
import pytest

from oracle import measure
from tfcompat_rnn.checkpoints.layouts import cudnn as layouts_cudnn
from tfcompat_rnn.fused import converters

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data",
                    "1.15.5", "converters.npz")
ORDER = {  # of 1.15's lists of weights and of biases
    "lstm": (["kernel"], ["bias"]), "rnn_tanh": (["kernel"], ["bias"]),
    "gru": ([f"{part}/kernel" for part in (
        "gates", "candidate/input_projection",
        "candidate/hidden_projection")],
            [f"{part}/bias" for part in (
                "gates", "candidate/input_projection",
                "candidate/hidden_projection")])}
CASES = [(mode, direction) for mode in ORDER
         for direction in layouts_cudnn.DIRECTIONS]


@pytest.fixture(scope="module")
def of_1_15():
  with np.load(DATA, allow_pickle=False) as stored:
    return {key: stored[key] for key in stored}


def assert_listed(ours, numbers, key):
  """`ours`, a list of arrays, are those that stand at `key` end to end."""
  assert [list((array.shape + (0,))[:2]) for array in ours] == (
      numbers[key + "_shapes"].tolist())
  assert (np.concatenate([array.ravel() for array in ours])
          == numbers[key]).all()


@pytest.mark.parametrize("mode, direction", CASES)
def test_canonical_forms_as_1_15_converted_them(mode, direction, of_1_15):
  shape = layouts_cudnn.Shape(mode, 2, 4, 5, direction)
  key = f"{mode}_{direction}"
  matrices = [measure.numbers_for(f"{key}_matrix_{place}", size).astype("f4")
              for place, size in enumerate(shape.matrices())]
  biases = [measure.numbers_for(f"{key}_bias_{place}", size).astype("f4")
            for place, size in enumerate(shape.biases())]
  cells = layouts_cudnn.stack_canonical(matrices, biases, shape)
  for names, word in zip(ORDER[mode], ("weight", "sum")):
    assert_listed([cell[name] for cell in cells for name in names],
                  of_1_15, f"{key}/{word}")
  for ours, word in zip(layouts_cudnn.unstack_canonical(cells, shape),
                        ("matrix_back", "half")):
    assert_listed(ours, of_1_15, f"{key}/{word}")


@pytest.mark.parametrize("mode, direction", CASES)
def test_the_buffer_as_our_layers_have_it(mode, direction, v1):
  """What `convert` takes apart is what the layers of `cudnn_rnn` compute
  with, on a GPU or on none."""
  shape = layouts_cudnn.Shape(mode, 2, 4, 5, direction)
  buffer = measure.numbers_for(f"{mode}_{direction}", [shape.size()]).astype(
      "f4")
  converter = getattr(converters, "CudnnParamsFormatConverter" + {
      "lstm": "LSTM", "gru": "GRU", "rnn_tanh": "Tanh"}[mode])(
          2, 4, 5, direction=direction)
  weights, biases = converter.opaque_to_tf_canonical(v1.constant(buffer))
  opaque = converter.tf_canonical_to_opaque(list(weights) + list(biases))
  with v1.Session() as session:
    theirs = session.run([list(weights), list(biases)])
    their_buffer = session.run(opaque)
  cells = layouts_cudnn.stack_canonical(
      *layouts_cudnn.split_opaque(buffer, shape), shape)
  for names, arrays in zip(ORDER[mode], theirs):
    ours = [cell[name] for cell in cells for name in names]
    assert len(ours) == len(arrays)
    for one, two in zip(ours, arrays):
      assert one.shape == two.shape and (one == two).all()
  ours = layouts_cudnn.join_opaque(
      *layouts_cudnn.unstack_canonical(cells, shape))
  assert (ours == np.ravel(their_buffer)).all()
