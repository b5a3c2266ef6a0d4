"""Checks values fed for a state before TensorFlow does.

If a tuple is a key of a feed_dict, `session.run` flattens it, and its error
for a value that does not fit only mentions numbers of elements. For the states
registered here, the error names the leaf of the state that does not fit, and
lists are accepted in place of tuples and arrays. Other feeds are not checked.
There is no public hook for this: TensorFlow's registered conversions see only
single tensors, after the flattening.
"""

import contextlib
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _patching
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.state import _leaves


class _Leaf(typing.NamedTuple):
  """Attached to each registered tensor: all that a quick check needs."""
  path: str
  dtype: object  # NumPy's
  dims: object  # a list with None for an unknown size, or None


_MARK = "_tfcompat_rnn_leaf"


def register(state):
  """Makes feeds of `state`, or of a part of it, be checked from now on."""
  for path, leaf in zip(_nest.state_paths(state), _nest.flatten_state(state)):
    dims = None if leaf.shape.rank is None else leaf.shape.as_list()
    setattr(leaf, _MARK, _Leaf(path, leaf.dtype.as_numpy_dtype, dims))
  _install()


def pairs(state, value):
  """`{leaf: array}` for each leaf of `state`; may raise `ArgumentError`."""
  leaves = _nest.flatten_state(state)
  quick = _quick_pairs(state, leaves, value)
  if quick is not None:
    return quick
  above, paths = _places(state, leaves)
  found, problems = [], []
  _match(state, value, iter(paths), above, found, problems)
  if problems:
    raise _errors.ArgumentError(_errors.problem(
        "the value fed as a state", "fit it, "
        + "; ".join(f"{_leaves.at(path)}: {_leaves.leaf_text(leaf)}"
                    for path, leaf in zip(paths, leaves)),
        "; ".join(problems),
        "feed what session.run returned for the final state"))
  return dict(found)


def _quick_pairs(state, leaves, value):
  """Like `pairs`, for a value that `session.run` returned; else None.

  This runs in each step of a training loop, so it must be fast.
  """
  try:
    tf.nest.assert_same_structure(state, value)
  except (TypeError, ValueError):
    return None
  found = {}
  for leaf, array in zip(leaves, tf.nest.flatten(value)):
    mark = getattr(leaf, _MARK, None)
    if (mark is None or mark.dims is None
        or not isinstance(array, np.ndarray) or array.dtype != mark.dtype
        or len(array.shape) != len(mark.dims)
        or any(size not in (None, got)
               for size, got in zip(mark.dims, array.shape))):
      return None
    found[leaf] = array
  return found


def _places(state, leaves):
  """The path of `state` within the registered state, and its leaves' paths.

  A structure that the caller built from several states has its own paths.
  """
  own = _nest.state_paths(state)
  known = [getattr(leaf, _MARK).path if hasattr(leaf, _MARK) else path
           for leaf, path in zip(leaves, own)]
  above = known[0][:len(known[0]) - len(own[0])] if own else ""
  if [above + path for path in own] != known:
    return "", own
  return above.rstrip("/"), known


def _match(state, value, paths, above, found, problems):
  """Walks both structures; adds pairs to `found`, text to `problems`."""
  if not _nest.is_nested(state):
    path = next(paths)
    if tf.is_tensor(value) or hasattr(value, "to_numpy_array"):
      found.append((state, value))  # TensorFlow has its own error for these
      return
    array, wrong = _as_array(state, value)
    if wrong:
      problems.append(f"{_leaves.at(path)}: {wrong} instead of "
                      f"{_leaves.leaf_text(state)}")
    found.append((state, array))
    return
  steps = _nest.children(state)
  wrong = _other_nest(state, steps, value)
  if wrong:
    # The leaves below have no values to check.
    for _ in _nest.flatten_state(state):
      next(paths)
    problems.append(f"{_leaves.at(above)}: {wrong}")
    return
  parts = ([value[key] for key in sorted(state)] if hasattr(state, "keys")
           else list(value.values()) if hasattr(value, "keys")
           else list(value))
  for (step, part), one in zip(steps, parts):
    _match(part, one, paths, f"{above}/{step}" if above else step,
           found, problems)


def _other_nest(state, steps, value):
  """How `value` differs from a structure with `steps`; None if it fits."""
  wanted = f"{_count(steps)}, {_nest.describe(state)}"
  if hasattr(state, "keys"):
    if not hasattr(value, "keys"):
      return f"{_shown(value)} instead of {wanted}"
    if sorted(value, key=str) != sorted(state, key=str):
      return (f"the keys {sorted(value, key=str)} instead of "
              f"{sorted(state, key=str)}")
    return None
  if not isinstance(value, (list, tuple)):
    return f"{_shown(value)} instead of {wanted}"
  if len(value) != len(steps):
    return f"{_count(value)}, {_shown(value)}, instead of {wanted}"
  return None


def _as_array(leaf, value):
  """`(array, None)`, or `(None, description)` if it does not fit."""
  if value is None or isinstance(value, (tuple, str)) or hasattr(
      value, "keys"):
    return None, _shown(value)
  wanted = leaf.dtype.base_dtype
  try:
    # As in TF 1.x, lists are converted to the dtype of the leaf.
    array = np.asarray(value, wanted.as_numpy_dtype if isinstance(
        value, list) else None)
  except (TypeError, ValueError):
    return None, _shown(value)
  if leaf.shape.is_compatible_with(array.shape) and np.can_cast(
      array.dtype, wanted.as_numpy_dtype, "same_kind"):
    return array, None
  return None, f"{array.dtype.name} {_leaves.shape_text(array.shape)}"


def _count(parts):
  return f"{len(parts)} part{'' if len(parts) == 1 else 's'}"


def _shown(value):
  """A short description of what was fed."""
  if hasattr(value, "dtype") and hasattr(value, "shape"):
    return f"{value.dtype} {_leaves.shape_text(value.shape)}"
  if hasattr(value, "keys"):
    return "a dict of " + ", ".join(repr(key) for key in sorted(
        value, key=str))
  if isinstance(value, (list, tuple)):
    parts = ", ".join(_shown(part) for part in value[:4])
    more = ", ..." if len(value) > 4 else ""
    return (f"[{parts}{more}]" if isinstance(value, list)
            else f"({parts}{more})")
  return "None" if value is None else type(value).__name__


_installed: list[_patching.Stack] = []  # the stack, once there is one


def _install():
  """Looks at what is fed before `session.run` flattens it. Twice is once."""
  if not _installed:
    patches = _patching.Stack()
    with contextlib.suppress(AttributeError):
      # Without it, TensorFlow's own message must do.
      patches.wrap(private("nest"), "flatten_dict_items", lambda original: (
          lambda dictionary: original(_expanded(dictionary))))
    _installed.append(patches)


def uninstall():
  """Takes this back."""
  while _installed:
    _installed.pop().close()


def _expanded(dictionary):
  """`dictionary` with each registered state in it replaced by its leaves."""
  if not isinstance(dictionary, dict):
    return dictionary
  states = {id(key) for key in dictionary if _is_state(key)}
  if not states:
    return dictionary
  plain = {}
  for key, value in dictionary.items():
    if id(key) not in states:
      plain[key] = value
      continue
    for leaf, array in pairs(key, value).items():
      if leaf in plain:
        raise _errors.ArgumentError(_errors.problem(
            "feed_dict", "feed each leaf of a state once",
            f"{leaf.name} twice", "feed the state, or its leaves"))
      plain[leaf] = array
  return plain


def _is_state(key):
  if isinstance(key, tf.Tensor):
    return hasattr(key, _MARK)
  leaves = tf.nest.flatten(key) if isinstance(
      key, (tuple, list, dict)) else ()
  return bool(leaves) and all(hasattr(leaf, _MARK) for leaf in leaves)
