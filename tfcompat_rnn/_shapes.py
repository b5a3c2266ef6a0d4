"""Tensors that are checked to have a shape, at once or when they are computed.

  state = with_same_shape(expected, state)
"""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


def _expected(shape, tensor):
  """`shape` as an int32 vector tensor or as an int32 array."""
  if tf.is_tensor(shape):
    if shape.dtype.base_dtype != tf.int32:
      raise _errors.ArgumentError(_errors.problem(
          "expected_shape", "be int32", f"{shape.dtype} for {tensor.name}",
          "tf.cast it to tf.int32"))
    return shape
  if isinstance(shape, np.ndarray) and shape.dtype != np.int32:
    raise _errors.ArgumentError(_errors.problem(
        "expected_shape", "be int32", f"{shape.dtype} for {tensor.name}",
        "pass a list of ints"))
  shape = np.asarray(shape)
  if shape.ndim > 1:
    raise _errors.ArgumentError(_errors.problem(
        "expected_shape", "be a vector", f"rank {shape.ndim}",
        "pass a list of ints"))
  return np.asarray([int(size) for size in shape], dtype=np.int32)


def _has_shape(expected, tensor, found):
  """A bool scalar; a size of -1 in `expected` stands for any."""
  with tf.name_scope("is_shape") as scope:
    sizes = tf.size(expected)
    with tf.name_scope("is_rank") as inner:
      same_rank = tf.equal(sizes, tf.rank(tensor, name="actual"), name=inner)
    with tf.name_scope("shape_tensor_equal") as inner:
      same_sizes = tf.reduce_all(tf.logical_or(
          tf.equal(expected, -1), tf.equal(expected, found, "equal"),
          name="exclude_partial_shape"), name=inner)
    return tf.logical_and(same_rank, same_sizes, name=scope)


def with_shape(expected_shape, tensor):
  """Returns `tensor`, checked to have `expected_shape`, now or at run time.

  `expected_shape` is a list of ints or an int32 vector tensor. Raises
  ArgumentError if the static shapes differ; the op raises
  InvalidArgumentError if the shape differs at run time.

  TF 1.15: `tf.contrib.framework.with_shape`.
  """
  if isinstance(tensor, tf.SparseTensor):
    raise _errors.ArgumentError(_errors.problem(
        "tensor", "be dense", "a SparseTensor", "convert it first"))
  expected = _expected(expected_shape, tensor)
  actual = tensor.get_shape()
  dynamic = tf.is_tensor(expected)
  if not dynamic and not len(expected) and (
      not actual.is_fully_defined() or actual.as_list() == [1]):
    with tf.name_scope(f"{tensor.op.name}/"):
      return tf.reshape(tensor, [])
  if actual.is_fully_defined() and not dynamic:
    if actual.is_compatible_with(expected):
      return tensor
    raise _errors.ArgumentError("{} (TensorFlow 1.15: {})".format(
        _errors.problem("tensor", f"have shape {expected.tolist()}",
                        f"{actual}", "pass one of the expected shape"),
        f"Invalid shape for tensor {tensor.name}, expected "
        f"{expected.tolist()}, got {actual}."))
  with tf.name_scope(f"{tensor.op.name}/"):
    with tf.name_scope("assert_shape") as scope:
      found = tf.shape(tensor, name="actual")
      check = tf.Assert(_has_shape(expected, tensor, found), [
          f"Wrong shape for {tensor.name} [expected] [actual].", expected,
          found], name=scope)
    with tf.control_dependencies([check]):
      result = tf.identity(tensor)
  if not dynamic:
    result.set_shape(expected)
  return result


def with_same_shape(expected_tensor, tensor):
  """Returns `tensor`, checked to have the shape of `expected_tensor`.

  TF 1.15: `tf.contrib.framework.with_same_shape`.
  """
  with tf.name_scope(f"{tensor.op.name}/"):
    shape = expected_tensor.get_shape()
    expected = (shape.as_list() if shape.is_fully_defined() else
                tf.shape(expected_tensor, name="expected_shape"))
    return with_shape(expected, tensor)
