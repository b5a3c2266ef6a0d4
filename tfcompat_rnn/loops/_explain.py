"""Turns the error of a failed loop into one that names the leaf at fault.

1.15 did not compare the initial state with `cell.state_size`; a cell could
accept anything. So nothing is refused in advance. If the loop fails and the
state (or a dtype) does not match the cell, an error that says so is raised
instead.
"""

import contextlib

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


@contextlib.contextmanager
def explained(cell, inputs, state, dtype=None, name="initial_state",
              batch=None):
  """A context that explains a ValueError or TypeError if it can.

  Args:
    cell: the cell in the loop.
    inputs: the inputs of the loop, of any structure; only their dtypes count.
    state: the initial state, None if the loop creates it.
    dtype: the `dtype` argument of the loop.
    name: the user's name for the state.
    batch: the static batch size, if it is known.
  """
  try:
    yield
  except (ValueError, TypeError) as error:
    if getattr(error, "names_the_leaf", False):
      raise  # an inner loop or the other direction has already explained it
    said = _explanation(
        cell, inputs, state, dtype, name, batch, str(error))
    if said is None:
      raise
    kind = (_errors.ArgumentTypeError if isinstance(error, TypeError)
            else _errors.ArgumentError)
    clear = kind(said)
    clear.names_the_leaf = True
    raise clear from error


def _explanation(cell, inputs, state, dtype, name, batch, error_text):
  try:
    size = cell.state_size
  except Exception:  # errors of a user's property are not explained here
    return None
  if state is not None:
    wrong = mismatches(size, state, batch)
    if wrong:
      return _errors.problem(
          name, "match the cell, " + describe_size(size, batch),
          "; ".join(wrong),
          "build it as cell.zero_state(batch_size, dtype) does")
  return _mixed_dtypes(inputs, state, dtype, name, error_text)


def mismatches(size, state, batch=None, path=""):
  """Where `state` does not match `size`: what it is and what it should be.

  >>> mismatches((3, 5), (zeros([2, 3]), zeros([2, 4])), batch=2)
  ['"1": float32 [2, 4] instead of [2, 5]']
  """
  if not tf.nest.is_nested(size):
    if tf.nest.is_nested(state) and not _is_plain_numbers(state):
      return [f"{_at(path)}{describe(state)} instead of one tensor"]
    return _shape_mismatch(size, state, batch, path)
  if not tf.nest.is_nested(state):
    return [f"{_at(path)}{describe(state)} instead of a "
            f"{type(size).__name__} of {len(size)}"]
  size_items, state_items = _items(size), _items(state)
  if len(size_items) != len(state_items):
    return [f"{_at(path)}{len(state_items)} parts, {describe(state)}, instead "
            f"of {len(size_items)}"]
  found = []
  for (key, inner_size), (_, inner_state) in zip(size_items, state_items):
    inner = f"{path}/{key}" if path else str(key)
    found.extend(mismatches(inner_size, inner_state, batch, inner))
  if not found and type(size) is not type(state) and not (
      isinstance(state, (list, dict)) and isinstance(state, type(size))):
    # The loop compares the types of the state before and after a step. All
    # lists count as one type, and so do all dicts.
    found.append(f"{_at(path)}a {type(state).__name__} instead of a "
                 f"{type(size).__name__}")
  return found


def describe_size(size, batch=None):
  """`(LSTMStateTuple(c=[2, 3], h=[2, 3]),)` for a cell's `state_size`."""
  return _describe(size, lambda leaf: _shape_text([batch] + _dims(leaf)))


def describe(state):
  """The shapes and dtypes of a state, in its own structure."""
  def leaf_text(leaf):
    dtype = _dtype(leaf)
    dims = _static_dims(leaf)
    if dtype is None and dims is None:
      return type(leaf).__name__
    name = dtype.name if dtype is not None else type(leaf).__name__
    return f"{name} {_shape_text(dims)}"
  return _describe(state, leaf_text)


def _describe(nest, leaf_text):
  if not tf.nest.is_nested(nest) or _is_plain_numbers(nest):
    return leaf_text(nest)
  parts = [(key, _describe(value, leaf_text)) for key, value in _items(nest)]
  if hasattr(nest, "_fields"):
    inner = ", ".join(f"{key}={text}" for key, text in parts)
    return f"{type(nest).__name__}({inner})"
  if hasattr(nest, "keys"):
    return "{" + ", ".join(f"{key!r}: {text}" for key, text in parts) + "}"
  inner = ", ".join(text for _, text in parts)
  if isinstance(nest, list):
    return f"[{inner}]"
  return f"({inner},)" if len(parts) == 1 else f"({inner})"


def _items(nest):
  """The parts of one level with their keys, in the order of tf.nest."""
  if hasattr(nest, "_fields"):
    return [(field, getattr(nest, field)) for field in nest._fields]
  if hasattr(nest, "keys"):
    return [(key, nest[key]) for key in sorted(nest)]
  return list(enumerate(nest))


def _is_plain_numbers(value):
  """Whether a list is one array written out, `[[0., 0.]]`."""
  return (isinstance(value, list) and bool(value) and all(
      isinstance(leaf, (int, float, bool)) for leaf in tf.nest.flatten(value)))


def _dims(size):
  if isinstance(size, (int, tf.Dimension)) or hasattr(size, "__index__"):
    return [int(size)]
  shape = tf.TensorShape(size) if not tf.is_tensor(size) else None
  if shape is None or shape.rank is None:
    return [None]
  return shape.as_list()


def _static_dims(leaf):
  if isinstance(leaf, list):
    dims = []
    while isinstance(leaf, list):
      dims.append(len(leaf))
      leaf = leaf[0] if leaf else None
    return dims
  shape = getattr(leaf, "shape", None)
  if shape is None:
    return [] if isinstance(leaf, (int, float)) else None
  try:
    return [getattr(dim, "value", dim) for dim in shape]
  except ValueError:
    return None


def _shape_mismatch(size, leaf, batch, path):
  if tf.is_tensor(size) or isinstance(leaf, tf.TensorArray):
    return []  # the size is known only at run time, so do not compare
  try:
    want = [batch] + _dims(size)
  except (TypeError, ValueError):
    return []
  got = _static_dims(leaf)
  if got is None:
    return []
  fits = len(want) == len(got) and all(
      a is None or b is None or a == b for a, b in zip(want, got))
  if fits:
    return []
  return [f"{_at(path)}{describe(leaf)} instead of {_shape_text(want)}"]


def _mixed_dtypes(inputs, state, dtype, name, error_text):
  """A message about two different dtypes in one loop, or None.

  Integer ids with float states are normal, so the error must mention both.
  """
  found = []
  for what, nest in (("inputs", inputs), (name, state)):
    for path, leaf in _leaves(nest):
      leaf_dtype = _dtype(leaf)
      if leaf_dtype is not None and (
          leaf_dtype.is_floating or leaf_dtype.is_integer):
        found.append((f'{what} "{path}"' if path else what, leaf_dtype))
  if dtype:
    found.append(("dtype", tf.as_dtype(dtype).base_dtype))
  blamed = {kind for _, kind in found if kind.name in error_text}
  if len(blamed) < 2:
    return None
  return _errors.problem(
      "inputs", "have the state's dtype",
      ", ".join(f"{kind.name} ({what})" for what, kind in found),
      "cast one of them: tf.cast(inputs, tf.float32), or pass another dtype=")


def _leaves(nest, path=""):
  if nest is None:
    return []
  if not tf.nest.is_nested(nest) or _is_plain_numbers(nest):
    return [(path, nest)]
  return [pair for key, value in _items(nest)
          for pair in _leaves(value, f"{path}/{key}" if path else str(key))]


def _dtype(leaf):
  dtype = getattr(leaf, "dtype", None)
  if dtype is None:
    return None
  try:
    return tf.as_dtype(dtype).base_dtype
  except TypeError:
    return None


def _at(path):
  return f'"{path}": ' if path else ""


def _shape_text(dims):
  if dims is None:
    return "[unknown shape]"
  return "[" + ", ".join("?" if d is None else str(d) for d in dims) + "]"
