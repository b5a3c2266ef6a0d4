"""Calls TensorFlow's own loops without notices and with a safe state.

TensorFlow's public loops still do the work. Each call is wrapped with a copy of
the state (`_snapshot`), an explanation of errors (`_explain`), and a filter
that drops the advice to use Keras layers instead.
"""

import contextlib
import logging

from tfcompat_rnn import _nest
from tfcompat_rnn import _scope
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _explain
from tfcompat_rnn.loops import _keras


class _NoAdvice(logging.Filter):
  """Drops only the deprecation notice of the loops."""

  def filter(self, record):
    if "is deprecated" not in str(record.msg):
      return True
    arguments = record.args if isinstance(record.args, tuple) else ()
    return _tf.module_name("rnn") not in arguments


@contextlib.contextmanager
def quiet():
  """A context in which TensorFlow does not advise against its own loops."""
  logger, no_advice = tf.get_logger(), _NoAdvice()
  logger.addFilter(no_advice)
  try:
    yield
  finally:
    logger.removeFilter(no_advice)


class SafeCell:
  """Wraps a cell so that its initial state is safe from a race.

  See `_snapshot` for the race. A loop without `initial_state` asks the cell
  for one, and a user's cell may return variables.
  """

  def __init__(self, cell):
    self._cell = (
        _keras.KerasCell(cell) if _keras.is_keras_cell(cell) else cell)

  def __call__(self, *args, **kwargs):
    # The scope belongs to the loop: a user's cell may create variables in it
    # without using our base class.
    scope = tf.get_variable_scope()
    if scope.regularizer is not None:
      scope.set_regularizer(_scope.lifted(scope.regularizer))
    return self._cell(*args, **kwargs)

  def __getattr__(self, name):
    # Called for attributes that are not defined here; the loops check whether
    # the cell has these two.
    value = getattr(self._cell, name)
    if name not in ("zero_state", "get_initial_state"):
      return value

    def make_state(*args, **kwargs):
      return _snapshot.snapshot_state(value(*args, **kwargs))

    return make_state


class SafeSaver:
  """Wraps a state saver so that its states are safe to read."""

  def __init__(self, saver):
    self._saver = saver

  def state(self, name):
    return _snapshot.snapshot_state(self._saver.state(name))

  def save_state(self, name, value):
    return self._saver.save_state(name, value)


@contextlib.contextmanager
def running(cell, inputs, state, dtype=None, batch=None,
            name="initial_state"):
  """A context for one call of a loop of TensorFlow, with all three."""
  with _explain.explained(cell, inputs, state, dtype, name, batch):
    with quiet(), _snapshot.trusted_arguments():
      yield


def batch_of(inputs, axis):
  """The static batch size of the first leaf where it is known, or None."""
  for leaf in tf.nest.flatten(inputs):
    shape = getattr(leaf, "shape", None)
    if shape is None:
      continue
    dims = tf.TensorShape(shape)
    if dims.rank is not None and dims.rank > axis:
      size = dims.as_list()[axis]
      if size is not None:
        return size
  return None


def with_batch_of(state, inputs, axis):
  """`inputs`, checked at run time to have the static batch of `state`.

  Many cells return a new state whose batch is that of the inputs; a loop
  refuses it if the initial state's batch is known and that of the inputs is
  not. Where both are known, or none is, nothing is added to the graph.
  """
  if state is None or batch_of(inputs, axis) is not None:
    return inputs
  rows = batch_of(state, 0)
  if rows is None:
    return inputs

  def checked(leaf):
    leaf = tf.convert_to_tensor(leaf)
    rank = leaf.shape.rank
    if rank is None or rank <= axis:
      return leaf
    return tf.ensure_shape(
        leaf, [rows if place == axis else None for place in range(rank)])

  return _nest.map_state(checked, inputs)
