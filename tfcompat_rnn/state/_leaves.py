"""The leaves of a cell's state: zeros, names and containers."""

import re

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _inner

_NOT_IN_A_NAME = re.compile(r"[^A-Za-z0-9_.\-/]")


def require_graph(name):
  """Raises `RefusedError` in eager mode, where nothing can be fed."""
  if tf.executing_eagerly():
    raise _errors.RefusedError(_errors.problem(
        name, "be built in a graph", "eager execution",
        "build it in `with tf.Graph().as_default():`"))


def zero_state(cell, batch_size, dtype):
  """`cell`'s own zero state as tensors; for a pair of cells, a pair of states.

  >>> zero_state((cell_fw, cell_bw), 8, tf.float32)
  (LSTMStateTuple(c=..., h=...), LSTMStateTuple(c=..., h=...))
  """
  if isinstance(cell, (list, tuple)) and not callable(cell):
    if not cell:
      raise _errors.ArgumentError(_errors.problem(
          "cell", "be a cell, or a pair of cells", repr(cell),
          "pass at least one cell"))
    return _nest.rebuild(
        cell, [zero_state(one, batch_size, dtype) for one in cell])
  _checks.require_cell("cell", cell)
  safe = _inner.SafeCell(cell)
  make = getattr(safe, "zero_state", None)
  state = (make(batch_size, dtype) if make is not None else
           safe.get_initial_state(batch_size=batch_size, dtype=dtype))
  return _nest.map_state(tf.convert_to_tensor, state)


def output_dtype(inputs, dtype):
  """`dtype`, or that of `inputs`' first floating-point leaf, or float32."""
  if dtype is not None:
    return tf.as_dtype(dtype)
  for leaf in tf.nest.flatten(inputs):
    kind = getattr(leaf, "dtype", None)
    kind = tf.float32 if kind is None else tf.as_dtype(kind).base_dtype
    if kind.is_floating or kind.is_complex:
      return kind
  return tf.float32


def op_names(scope, paths):
  """The names of the leaves' ops: "state/0/c"; "state/" for a single leaf.

  `scope` is what `tf.name_scope` yields; the trailing slash tells TensorFlow
  to use a name as it is.
  """
  return [scope + legal_name(path) + "/" if path else scope for path in paths]


def legal_name(path):
  """`path` with characters that are not allowed in op names replaced by `_`."""
  return _NOT_IN_A_NAME.sub("_", path)


class StateList(list):
  """A list that can be a key of a feed_dict: plain lists are not hashable."""
  __hash__ = object.__hash__  # type: ignore[assignment]


class StateDict(dict):
  """A dict that can be a key of a feed_dict."""
  __hash__ = object.__hash__  # type: ignore[assignment]


def as_key(state):
  """`state` with each list and dict in it replaced by a hashable one.

  TensorFlow's loops accept any list for a list and any dict for a dict, so the
  result is still a valid state of the cell. Tuples are not changed.
  """
  if not _nest.is_nested(state):
    return state
  parts = [as_key(part) for part in _parts(state)]
  if isinstance(state, tuple):
    return _nest.rebuild(state, parts)
  if hasattr(state, "keys"):
    return StateDict(zip(sorted(state), parts))
  return StateList(parts)


def _parts(state):
  if hasattr(state, "keys"):
    return [state[key] for key in sorted(state)]
  return list(state)


def shape_text(shape):
  """`[?, 8]` for a static shape."""
  shape = tf.TensorShape(shape)
  if shape.rank is None:
    return "[unknown shape]"
  return "[" + ", ".join(
      "?" if size is None else str(size) for size in shape.as_list()) + "]"


def leaf_text(leaf):
  """`float32 [?, 8]` for a tensor, a variable or an array."""
  return f"{tf.as_dtype(leaf.dtype).base_dtype.name} {shape_text(leaf.shape)}"


def at(path):
  """How a message names the leaf at `path`."""
  return f'"{path}"' if path else "the state"


def picture(structure, leaves=None):
  """`"0/c": float32 [4, 8]; ...`: the leaves of a state, for messages."""
  if leaves is None:
    leaves = _nest.flatten_state(structure)
  return "; ".join(f"{at(path)}: {leaf_text(leaf)}" for path, leaf in zip(
      _nest.state_paths(structure), leaves))


def check_tensors(name, structure, leaves, values, next_step):
  """The leaves of `values` as tensors, checked against `leaves`.

  Args:
    name: the user's name for `values`.
    structure: a value with the state's structure.
    leaves: what the values must match, in order; with `shape` and `dtype`.
    values: a structure of tensors, variables, arrays or numbers.
    next_step: for the message.

  Raises `ArgumentError` that lists every leaf that does not fit, and the errors
  of `_nest.check_same_structure` if the structures differ.
  """
  _nest.check_same_structure(name, structure, values, next_step)
  found, tensors = [], []
  for path, leaf, value in zip(
      _nest.state_paths(structure), leaves, _nest.flatten_state(values)):
    wanted = tf.as_dtype(leaf.dtype).base_dtype
    if not hasattr(value, "dtype"):
      value = tf.convert_to_tensor(value, wanted)
    if (tf.as_dtype(value.dtype).base_dtype != wanted
        or not leaf.shape.is_compatible_with(value.shape)):
      found.append(f"{at(path)}: {leaf_text(value)} instead of "
                   f"{leaf_text(leaf)}")
      continue
    tensors.append(tf.convert_to_tensor(value))
  if found:
    raise _errors.ArgumentError(_errors.problem(
        name, f"fit the state, {picture(structure, leaves)}",
        "; ".join(found), next_step))
  return tensors
