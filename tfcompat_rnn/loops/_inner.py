"""TensorFlow's own loops, called quietly and with state that is safe.

TensorFlow's public loops still do the work. Around each call stand the
snapshot of the state (`_snapshot`), the explanation of an error (`_explain`)
and a filter for the advice to use Keras layers instead.
"""

import contextlib
import logging

from tfcompat_rnn import _scope
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _explain
from tfcompat_rnn.loops import _keras


class _NoAdvice(logging.Filter):
  """Drops the deprecation notice of the loops, and nothing else."""

  def filter(self, record):
    if "is deprecated" not in str(record.msg):
      return True
    arguments = record.args if isinstance(record.args, tuple) else ()
    return _tf.module_name("rnn") not in arguments


@contextlib.contextmanager
def quiet():
  """Within, TensorFlow does not advise against its own loops."""
  logger, no_advice = tf.get_logger(), _NoAdvice()
  logger.addFilter(no_advice)
  try:
    yield
  finally:
    logger.removeFilter(no_advice)


class SafeCell:
  """A cell whose own initial state is safe from the race in `_snapshot`.

  A loop without `initial_state` asks the cell for one, and a user's cell may
  answer with variables. The loops see only what stands here.
  """

  def __init__(self, cell):
    self._cell = (
        _keras.KerasCell(cell) if _keras.is_keras_cell(cell) else cell)

  def __call__(self, *args, **kwargs):
    # The scope is the loop's own: a user's cell may get variables in it
    # without passing through our base class.
    scope = tf.get_variable_scope()
    if scope.regularizer is not None:
      scope.set_regularizer(_scope.lifted(scope.regularizer))
    return self._cell(*args, **kwargs)

  def __getattr__(self, name):
    # Called for what is not here; the loops look whether these two exist.
    value = getattr(self._cell, name)
    if name not in ("zero_state", "get_initial_state"):
      return value

    def make_state(*args, **kwargs):
      return _snapshot.snapshot_state(value(*args, **kwargs))

    return make_state


class SafeSaver:
  """A state saver whose states are safe to read."""

  def __init__(self, saver):
    self._saver = saver

  def state(self, name):
    return _snapshot.snapshot_state(self._saver.state(name))

  def save_state(self, name, value):
    return self._saver.save_state(name, value)


@contextlib.contextmanager
def running(cell, inputs, state, dtype=None, batch=None,
            name="initial_state"):
  """All three together, around one call of a loop of TensorFlow's."""
  with _explain.explained(cell, inputs, state, dtype, name, batch):
    with quiet(), _snapshot.trusted_arguments():
      yield


def batch_of(inputs, axis):
  """The static batch size of the first leaf that tells it, or None."""
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
