"""Nested structures: lists, tuples, named tuples and dicts of tensors.

The rules are those of TensorFlow 1.x: lists and tuples are sequences, dicts are
traversed in the order of their sorted keys, and a `TensorShape` is a leaf.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


def is_nested(state):
  """True for a list, a tuple, a named tuple or a dict."""
  return tf.nest.is_nested(state)


def flatten_state(state):
  """The leaves of `state`, left to right (dicts by sorted key).

  >>> flatten_state((1, {"b": 3, "a": 2}))
  [1, 2, 3]
  """
  return tf.nest.flatten(state)


def map_state(function, *states):
  """Applies `function` leaf by leaf; returns the structure of the first state.

  >>> map_state(lambda a, b: a + b, (1, [2]), (10, [20]))
  (11, [22])
  """
  return tf.nest.map_structure(function, *states)


def pack_state(structure, leaves):
  """The inverse of `flatten_state`: `leaves` in the form of `structure`."""
  return tf.nest.pack_sequence_as(structure, leaves)


def state_paths(state):
  """One path per leaf: field names and positions joined by "/".

  >>> state_paths((LSTMStateTuple(c, h), h2))
  ['0/c', '0/h', '1']

  A state that is a single leaf has the path "".
  """
  return ["/".join(steps) for steps, _ in _walk(state)]


def children(state):
  """The parts of one level as (path component, part), in flattening order."""
  if hasattr(state, "_fields"):
    return list(zip(state._fields, state))
  if hasattr(state, "keys"):
    return [(str(key), state[key]) for key in sorted(state)]
  return [(str(position), part) for position, part in enumerate(state)]


def _walk(state, above=()):
  if not is_nested(state):
    yield above, state
    return
  for step, part in children(state):
    yield from _walk(part, above + (step,))


def check_same_structure(name, expected, got, next_step):
  """Raises unless `got` has the structure of `expected`; ignores leaf values.

  `ArgumentTypeError` (a TypeError) if one side has a leaf and the other a
  sequence, or another kind of sequence; `ArgumentError` (a ValueError) if the
  lengths or keys differ. The message gives the path of the difference.
  """
  _compare(name, expected, got, next_step, ())


def _compare(name, expected, got, next_step, above):
  where = name + "".join(f"[{step}]" for step in above)
  nested = is_nested(expected), is_nested(got)
  if nested == (False, False):
    return
  if nested == (False, True) or nested == (True, False):
    raise _errors.ArgumentTypeError(_errors.problem(
        where, f"have the structure {describe(expected)}", describe(got),
        next_step))
  here, there = children(expected), children(got)
  if [step for step, _ in here] != [step for step, _ in there]:
    raise _errors.ArgumentError(_errors.problem(
        where, f"have the structure {describe(expected)}", describe(got),
        next_step))
  for (step, part), (_, other) in zip(here, there):
    _compare(name, part, other, next_step, above + (step,))


def describe(state):
  """A short text for a structure in messages: `(c: *, h: *)`, `[*, *]`."""
  if not is_nested(state):
    return "one tensor" if hasattr(state, "dtype") else repr(state)
  parts = []
  for step, part in children(state):
    picture = describe(part) if is_nested(part) else "*"
    parts.append(picture if step.isdigit() else f"{step}: {picture}")
  inside = ", ".join(parts)
  if isinstance(state, list):
    return f"[{inside}]"
  if hasattr(state, "keys"):
    return "{" + inside + "}"
  return f"({inside}{',' if len(parts) == 1 else ''})"


def map_up_to(shallow, function, *states):
  """Like `map_state`, but leaves of `shallow` may match structures in `states`.

  >>> map_up_to((0, 0), lambda s, part: part, (1, 2), (5, (6, 7)))
  (5, (6, 7))

  The result has the structure of `shallow`. For each leaf of `shallow`,
  `function` gets the part at that position from each of `states`, in order.
  """
  if not is_nested(shallow):
    return function(*states)
  steps = children(shallow)
  columns = []
  for state in states:
    check_depth_one(shallow, state)
    columns.append([part for _, part in children(state)])
  parts = [map_up_to(part, function, *(column[i] for column in columns))
           for i, (_, part) in enumerate(steps)]
  return rebuild(shallow, parts)


def check_depth_one(shallow, state):
  """Raises unless `state` has as many parts as `shallow` at this level."""
  if not is_nested(state):
    raise _errors.ArgumentTypeError(_errors.problem(
        "state", f"have the structure {describe(shallow)}", describe(state),
        "pass the same structure in each argument"))
  if len(state) != len(shallow):
    raise _errors.ArgumentError(_errors.problem(
        "state", f"have {len(shallow)} parts", describe(state),
        "pass the same structure in each argument"))


def rebuild(pattern, parts):
  """A sequence of the type of `pattern` with these `parts` (one level)."""
  if hasattr(pattern, "_fields"):
    return type(pattern)(*parts)
  if hasattr(pattern, "keys"):
    return type(pattern)(zip(sorted(pattern), parts))
  return type(pattern)(parts)
