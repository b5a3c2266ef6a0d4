"""Ops that are built once, unless they must wait for something else."""

import numpy as np

from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2


def waiting_for():
  """The ops that a new op would wait for under `tf.control_dependencies`."""
  return frozenset(
      op.name for op in private("current_control_dependencies")(
          tf.get_default_graph()))


def once(built, scope, what, made_of, build):
  """Returns the op built earlier from the same parts, or builds it.

  Args:
    built: a dict of the ops built so far.
    scope: the name scope of the op's owner, with its slash.
    what: what the op does; the name scope of a new op if it is a string.
    made_of: a tensor, an array, or a flat list of these.
    build: creates the op.

  Under different `tf.control_dependencies` a separate op is built.
  """
  parts = made_of if isinstance(made_of, (list, tuple)) else [made_of]
  key = (what, waiting_for(), tuple(_identity(part) for part in parts))
  if key not in built:
    name = what if isinstance(what, str) else what[0]
    with tf.name_scope(scope), tf.name_scope(name):
      # Keep the parts alive so that no other object gets the same id.
      built[key] = build(), parts
  return built[key][0]


def _identity(part):
  if tf.is_tensor(part) or isinstance(part, tf2.Variable):
    return id(part)
  array = np.asarray(part)
  if array.dtype == object:
    return id(part)
  return array.dtype.str, array.shape, array.tobytes()
