"""Converters and saveables of `tf.contrib.cudnn_rnn`, against 1.15's numbers.

1.15's converters are held to what they made in 1.15.5 (without a GPU it could
convert between the canonical forms); the buffer is cuDNN's: all matrices by
layer and direction, then all biases.
"""

import os

import numpy as np
import pytest

from oracle import measure
from tfcompat_rnn import fused

DATA = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
    "checkpoints", "data", "1.15.5", "converters.npz")
LAYERS, UNITS, DEPTH = 2, 4, 5
GATES = {"lstm": 4, "gru": 3, "rnn_tanh": 1}
# The kind of network whose numbers 1.15.5 wrote down; relu's are tanh's.
CONVERTERS = {
    "CudnnParamsFormatConverterLSTM": "lstm",
    "CudnnParamsFormatConverterGRU": "gru",
    "CudnnParamsFormatConverterTanh": "rnn_tanh",
    "CudnnParamsFormatConverterRelu": "rnn_tanh",
}
SAVEABLES = {
    "CudnnLSTMSaveable": ("CudnnLSTM", "lstm"),
    "CudnnGRUSaveable": ("CudnnGRU", "gru"),
    "CudnnRNNTanhSaveable": ("CudnnRNNTanh", "rnn_tanh"),
    "CudnnRNNReluSaveable": ("CudnnRNNRelu", "rnn_tanh"),
}
_GRU = ("gates", "candidate/input_projection", "candidate/hidden_projection")
# cell, weights, biases: as 1.15 names them in a checkpoint.
NAMES = {
    "CudnnLSTM": ("cudnn_compatible_lstm_cell", ["kernel"], ["bias"]),
    "CudnnGRU": ("cudnn_compatible_gru_cell",
                 [part + "/kernel" for part in _GRU],
                 [part + "/bias" for part in _GRU]),
    "CudnnRNNTanh": ("basic_rnn_cell", ["kernel"], ["bias"]),
    "CudnnRNNRelu": ("basic_rnn_cell", ["kernel"], ["bias"]),
}
WAYS = ("unidirectional", "bidirectional")


@pytest.fixture(scope="module")
def of_1_15():
  with np.load(DATA, allow_pickle=False) as stored:
    return {key: stored[key] for key in stored}


@pytest.fixture(autouse=True)
def portable():
  """cuDNN's own layout on a GPU is its own business."""
  with fused.cudnn_options(kernels="portable", variables="opaque"):
    yield


def listed(numbers, key):
  """The arrays that stand at `key` end to end."""
  shapes = [tuple(size for size in shape if size)
            for shape in numbers[key + "_shapes"].tolist()]
  ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
  return [part.reshape(shape) for part, shape in zip(
      np.split(numbers[key], ends), shapes)]


def buffer_of(mode, direction):
  """The matrices and biases that 1.15.5 was given, as one buffer."""
  key = f"{mode}_{direction}"
  ways = 1 + (direction == "bidirectional")
  columns = [width for layer in range(LAYERS) for _ in range(ways)
             for width in [UNITS * ways if layer else DEPTH] * GATES[mode]
             + [UNITS] * GATES[mode]]
  matrices = [measure.numbers_for(f"{key}_matrix_{place}", [UNITS, width])
              for place, width in enumerate(columns)]
  biases = [measure.numbers_for(f"{key}_bias_{place}", [UNITS])
            for place in range(len(columns))]
  return joined(matrices, biases)


def joined(matrices, biases):
  return np.concatenate(
      [part.ravel() for part in (*matrices, *biases)]).astype("f4")


def assert_same(got, want):
  assert [one.shape for one in got] == [one.shape for one in want]
  for one, two in zip(got, want):
    np.testing.assert_array_equal(one, two)


@pytest.mark.parametrize("direction", WAYS)
@pytest.mark.parametrize("name", sorted(CONVERTERS))
def test_converter_there_and_back_as_1_15(v1, of_1_15, name, direction):
  """Every bit of 1.15's cells' variables, and of the buffer made of them."""
  tf, mode = v1, CONVERTERS[name]
  key = f"{mode}_{direction}"
  converter = getattr(fused, name)(LAYERS, UNITS, DEPTH, direction=direction)
  opaque = tf.constant(buffer_of(mode, direction))
  weights, biases = converter.opaque_to_tf_canonical(opaque)
  back = converter.tf_canonical_to_opaque([*weights, *biases])
  again = converter.tf_canonical_to_opaque(
      sum(converter.opaque_to_tf_canonical(back), []))
  with tf.Session() as session:
    weights, biases, back, again = session.run(
        [list(weights), list(biases), back, again])
  assert_same(weights, listed(of_1_15, key + "/weight"))
  assert_same(biases, listed(of_1_15, key + "/sum"))
  np.testing.assert_array_equal(back, joined(
      listed(of_1_15, key + "/matrix_back"), listed(of_1_15, key + "/half")))
  # The two biases are halves of one sum by then, and stay what they are.
  np.testing.assert_array_equal(again, back)


def keys_of(kind, direction):
  """What 1.15 called the cells' variables: all weights, then all biases."""
  cell, weights, biases = NAMES[kind]
  if direction == "unidirectional":
    places = [f"rnn/multi_rnn_cell/cell_{layer}" for layer in range(LAYERS)]
  else:
    places = [f"stack_bidirectional_rnn/cell_{layer}/bidirectional_rnn/{way}"
              for layer in range(LAYERS) for way in ("fw", "bw")]
  return [f"model/{place}/{cell}/{name}" for names in (weights, biases)
          for place in places for name in names]


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("direction", WAYS)
@pytest.mark.parametrize("name", sorted(SAVEABLES))
def test_saveable_writes_and_restores_the_buffer(
    v1, of_1_15, tmp_path, name, direction):
  """The file holds 1.15's numbers under 1.15's keys; the buffer comes back."""
  tf, (kind, mode) = v1, SAVEABLES[name]
  key, path = f"{mode}_{direction}", str(tmp_path / "saved")
  layer = getattr(fused, kind)(LAYERS, UNITS, direction=direction)
  with tf.variable_scope("model"):
    layer.build([None, None, DEPTH])
  (kernel,) = layer.weights
  (saveable,) = tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
  assert type(saveable) is getattr(fused, name)
  assert saveable is layer.saveable
  assert saveable.optional_restore is False
  saver = tf.train.Saver([saveable])
  halves = joined(
      listed(of_1_15, key + "/matrix_back"), listed(of_1_15, key + "/half"))
  with tf.Session() as session:
    session.run(tf.assign(kernel, buffer_of(mode, direction),
                          validate_shape=False))
    saver.save(session, path, write_meta_graph=False)
    session.run(tf.assign(kernel, np.zeros_like(halves),
                          validate_shape=False))
    saver.restore(session, path)
    # What two biases added up to is now half and half: 1.15's numbers.
    np.testing.assert_array_equal(session.run(kernel), halves)
    saver.save(session, path + "_again", write_meta_graph=False)
  stored = listed(of_1_15, key + "/weight") + listed(of_1_15, key + "/sum")
  for one in (path, path + "_again"):
    reader = tf.train.load_checkpoint(one)
    keys = keys_of(kind, direction)
    assert sorted(reader.get_variable_to_shape_map()) == sorted(keys)
    assert_same([reader.get_tensor(key) for key in keys], stored)
