"""`tf.contrib.training`: which parameter server gets which variable."""

import hashlib

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


class RandomStrategy(object):
  """Spreads ops over parameter servers by a hash of their names.

  >>> tf.train.replica_device_setter(2, ps_strategy=RandomStrategy(2))

  TF 1.15: `tf.contrib.training.RandomStrategy`.
  """

  def __init__(self, num_ps_tasks, seed=0):
    self._num_tasks = num_ps_tasks
    self._seed = seed

  def __call__(self, op):
    text = f"{op.name}_{self._seed}".encode("utf-8")
    return int(int(hashlib.md5(text).hexdigest(), 16) % self._num_tasks)


class GreedyLoadBalancingStrategy(object):
  """Puts each op on the parameter server with the smallest load so far.

  `load_fn` maps an op to its load, for example `byte_size_load_fn`.

  TF 1.15: `tf.contrib.training.GreedyLoadBalancingStrategy`.
  """

  def __init__(self, num_tasks, load_fn):
    self._measure = load_fn
    self._held = [0.0] * num_tasks

  def __call__(self, op):
    lightest = self._held.index(min(self._held))
    self._held[lightest] += self._measure(op)
    return lightest


def byte_size_load_fn(op):
  """The size in bytes of the output of a variable's `op`.

  Raises ArgumentError if it does not have exactly one output, and ValueError
  if the shape is unknown.

  TF 1.15: `tf.contrib.training.byte_size_load_fn`.
  """
  if len(op.outputs) != 1:
    raise _errors.ArgumentError(_errors.problem(
        "op", "have one output", f"{len(op.outputs)} ({op.name})",
        "pass the op of a variable"))
  shape = op.outputs[0].get_shape()
  if not shape.is_fully_defined():
    # The output's shape is set only after the variable's op has been placed.
    shape = tf.TensorShape(op.get_attr("shape"))
  shape.assert_is_fully_defined()
  return shape.num_elements() * op.outputs[0].dtype.size
