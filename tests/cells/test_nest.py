"""Nested states: TensorFlow 1.x's order, paths, and clear differences."""

import collections

import pytest

from tfcompat_rnn import _nest
from tfcompat_rnn._errors import ArgumentError
from tfcompat_rnn._errors import ArgumentTypeError
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import LSTMStateTuple

Pair = collections.namedtuple("Pair", "left right")

# nested structure -> (leaves, paths)
NESTS = [
    (5, [5], [""]),
    ((1, 2), [1, 2], ["0", "1"]),
    ([1, [2]], [1, 2], ["0", "1/0"]),
    ({"b": 1, "a": (2, 3)}, [2, 3, 1], ["a/0", "a/1", "b"]),
    ((LSTMStateTuple(1, 2), 3), [1, 2, 3], ["0/c", "0/h", "1"]),
    (Pair(left={"x": 1}, right=()), [1], ["left/x"]),
]


@pytest.mark.parametrize("nest,leaves,paths", NESTS)
def test_leaves_and_paths(nest, leaves, paths):
  assert _nest.flatten_state(nest) == leaves
  assert _nest.state_paths(nest) == paths
  assert _nest.pack_state(nest, leaves) == nest


def test_map_keeps_the_types():
  mapped = _nest.map_state(lambda a, b: a + b,
                           (LSTMStateTuple(1, 2), [3]),
                           (LSTMStateTuple(10, 20), [30]))
  assert mapped == (LSTMStateTuple(11, 22), [33])
  assert type(mapped[0]) is LSTMStateTuple
  assert type(mapped[1]) is list


def test_a_tensor_shape_is_a_leaf():
  sizes = (3, tf.TensorShape([2, 5]))
  assert _nest.flatten_state(sizes) == [3, tf.TensorShape([2, 5])]
  assert not _nest.is_nested(tf.TensorShape([2, 5]))


def test_map_up_to_hands_over_what_lies_deeper():
  shallow = (False, {"b": True, "a": False})
  deep = (1, {"b": (2, 3), "a": 4})
  assert _nest.map_up_to(shallow, lambda one, two: (one, two), shallow,
                         deep) == (
      (False, 1), {"b": (True, (2, 3)), "a": (False, 4)})


def test_map_up_to_refuses_other_lengths():
  with pytest.raises(ArgumentError, match="have 2 parts"):
    _nest.map_up_to((1, 2), lambda a: a, (1, 2, 3))
  with pytest.raises(ArgumentTypeError, match="have the structure"):
    _nest.map_up_to((1, 2), lambda a: a, 5)


@pytest.mark.parametrize("expected,got,error,where", [
    ((1, 2), 3, TypeError, "`state` must have the structure"),
    (1, (2, 3), TypeError, "`state` must"),
    ((1, 2), (1, 2, 3), ValueError, "`state` must"),
    ((1, (2, 3)), (1, (2,)), ValueError, r"`state\[1\]` must"),
    ({"a": 1}, {"b": 1}, ValueError, "`state` must"),
    ((LSTMStateTuple(1, 2), 3), (4, 3), TypeError,
     r"`state\[0\]` must have the structure \(c: \*, h: \*\), got 4; pass it"),
])
def test_differences_are_named(expected, got, error, where):
  with pytest.raises(error, match=where):
    _nest.check_same_structure("state", expected, got, "pass it")


def test_same_structure_passes():
  _nest.check_same_structure("state", (1, LSTMStateTuple(2, 3)),
                             (4, LSTMStateTuple("a", None)), "-")
