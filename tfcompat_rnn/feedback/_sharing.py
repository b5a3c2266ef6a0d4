"""Finds trained weights again, and prevents creating new ones by accident."""

import contextlib

from tfcompat_rnn import _errors
from tfcompat_rnn import _scope
from tfcompat_rnn._tf import tf


@contextlib.contextmanager
def sharing(reuse):
  """Reopens the current variable scope according to `reuse`.

  With True, existing variables are found, and creating a variable raises
  `ArgumentError` with its name and the variables of the same shape. The same
  applies if the surrounding scope reuses variables, whatever `reuse` is. False
  and None follow the surrounding scope; tf.AUTO_REUSE works as in TensorFlow.
  """
  scope = tf.get_variable_scope()
  lifted = _scope.lifted(scope.regularizer)
  if reuse is True or (scope.reuse is True and not reuse):
    with tf.variable_scope(
        scope, reuse=tf.AUTO_REUSE, regularizer=lifted,
        auxiliary_name_scope=False):
      with tf.variable_creator_scope(_refuse):
        yield
  elif reuse or lifted is not None:
    with tf.variable_scope(
        scope, reuse=reuse or None, regularizer=lifted,
        auxiliary_name_scope=False):
      yield
  else:
    yield


def _refuse(next_creator, **kwargs):
  del next_creator
  scope = tf.get_variable_scope().name
  name = kwargs.get("name") or "Variable"
  if scope and not name.startswith(scope):
    name = f"{scope}/{name}"
  shape = _shape(kwargs)
  raise _errors.ArgumentError(_errors.problem(
      "reuse", "be False to create variables",
      f"True, and {name!r}{_text(shape)} does not exist ({_alike(shape)})",
      "open the scope in which the model was built, give each layer the name "
      "it has there, or pass the same cell and layer objects"))


def _shape(kwargs):
  shape = kwargs.get("shape")
  if shape is None and not callable(kwargs.get("initial_value")):
    shape = getattr(kwargs.get("initial_value"), "shape", None)
  try:
    return None if shape is None else tf.TensorShape(shape).as_list()
  except (TypeError, ValueError):
    return None


def _text(shape):
  return "" if shape is None else f" {shape}"


def _alike(shape):
  known = tf.global_variables()
  alike = [variable.op.name for variable in known
           if shape is None or variable.shape.as_list() == shape]
  if alike:
    what = "existing variables" if shape is None else (
        "variables of this shape")
    return f"{what}: {', '.join(sorted(alike)[:8])}"
  if not known:
    return "the graph has no variables yet"
  return "no variable has this shape"
