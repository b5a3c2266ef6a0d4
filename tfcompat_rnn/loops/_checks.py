"""What can be said about a loop's arguments before any op is built.

Only what 1.15 refused in every case is refused here. What it refused in some
cases (a state that this cell cannot read) is explained after the fact, in
`_explain`, so that nothing that ran then is turned away now.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf

_CELL_NEEDS = ("output_size", "state_size")
_STATE_MAKERS = ("zero_state", "get_initial_state")


def _has(value, name):
  # As 1.15: a property that raises anything is not "missing".
  try:
    getattr(value, name)
  except AttributeError:
    return False
  except Exception:  # the property is there; let the loop meet its error
    return True
  return True


def require_cell(name, cell):
  """Raises `ArgumentTypeError` unless `cell` can be stepped."""
  if isinstance(cell, type):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a cell, an instance", f"the class {cell.__name__}",
        f"make one: {cell.__name__}(num_units)"))
  if isinstance(cell, (list, tuple)):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be one cell", f"a {type(cell).__name__} of {len(cell)}",
        "stack them with MultiRNNCell(cells)"))
  lacks = [need for need in _CELL_NEEDS if not _has(cell, need)]
  if not any(_has(cell, maker) for maker in _STATE_MAKERS):
    lacks.append(" or ".join(_STATE_MAKERS))
  if not callable(cell):
    lacks.append("__call__(inputs, state)")
  if lacks:
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a cell", f"{cell!r}, which is not an RNNCell: it lacks "
        + ", ".join(lacks),
        "subclass RNNCell, or give the object what it lacks"))


def require_cells(name, cells):
  """Raises `ArgumentError` unless `cells` is a list of one cell a layer."""
  if not isinstance(cells, list) or not cells:
    raise _errors.ArgumentError(_errors.problem(
        name, "be a list of cells, one per layer, at least one", repr(cells),
        f"pass {name}=[cell, ...]"))
  for number, cell in enumerate(cells):
    require_cell(f"{name}[{number}]", cell)


def require_states(name, states, cells):
  """Raises `ArgumentError` unless `states` is None or one state a layer."""
  if states is None:
    return
  if not isinstance(states, list) or len(states) != len(cells):
    got = (f"a list of {len(states)}" if isinstance(states, list)
           else f"a {type(states).__name__}")
    raise _errors.ArgumentError(_errors.problem(
        name, f"be a list of {len(cells)} states, one per layer", got,
        f"pass {name}=[state, ...] or None for zeros"))


def require_dtype(dtype, initial_state, name="initial_state"):
  """Raises `ArgumentError` if there is nothing to tell the state's dtype."""
  if initial_state is None and not dtype:
    raise _errors.ArgumentError(_errors.problem(
        "dtype", f"be given where there is no `{name}`", dtype,
        f"pass dtype=tf.float32 or {name}=cell.zero_state(batch_size, "
        "tf.float32)"))


def require_rank(inputs, time_major, lowest=3):
  """Raises `ArgumentError` for a leaf of `inputs` with too few dimensions."""
  form = ("[time, batch, depth]" if time_major else "[batch, time, depth]")
  flat = tf.nest.flatten(inputs)
  for number, leaf in enumerate(flat):
    rank = _rank(leaf)
    if rank is not None and rank < lowest:
      which = "inputs" if len(flat) == 1 else f"inputs leaf {number}"
      raise _errors.ArgumentError(_errors.problem(
          which, f"have rank at least {lowest}: {form}",
          f"rank {rank}, shape {tuple(leaf.shape)}",
          "add the missing axis, for example tf.expand_dims(inputs, -1) for a "
          "depth of 1"))


def require_sequence(inputs):
  """Raises unless `inputs` is a sequence with something in it (static)."""
  if not tf.nest.is_nested(inputs):
    raise _errors.ArgumentTypeError(_errors.problem(
        "inputs", "be a list with one tensor [batch, depth] a step",
        repr(inputs), "split it: tf.unstack(inputs, axis=1)"))
  if not inputs:
    raise _errors.ArgumentError(_errors.problem(
        "inputs", "not be empty", repr(inputs), "pass at least one step"))


def require_lengths(lengths, reversing=False):
  """Raises for a `sequence_length` that is not a vector of whole numbers.

  A loop in one direction casts the lengths (1.15 took floats); a loop that
  reverses the inputs does not.
  """
  if lengths is None:
    return
  rank = _rank(lengths)
  if rank is not None and rank != 1:
    raise _errors.ArgumentError(_errors.problem(
        "sequence_length", "be a vector of length batch_size",
        f"shape {_shape_text(lengths)}", "pass one length a row"))
  dtype = getattr(lengths, "dtype", None)
  if dtype is None:
    return
  dtype = tf.as_dtype(dtype).base_dtype
  if reversing:
    if dtype not in (tf.int32, tf.int64):
      raise _errors.ArgumentTypeError(_errors.problem(
          "sequence_length", "be int32 or int64", dtype.name,
          "cast it: tf.cast(sequence_length, tf.int32)"))
  elif dtype == tf.string:
    raise _errors.ArgumentTypeError(_errors.problem(
        "sequence_length", "hold whole numbers", dtype.name,
        "pass an int32 vector"))


def _rank(value):
  """The static rank of a tensor, array or plain nest of numbers, or None."""
  shape = getattr(value, "shape", None)
  if shape is None:
    rank = 0
    while isinstance(value, (list, tuple)):
      rank += 1
      if not value:
        return rank
      value = value[0]
    inner = _rank(value) if hasattr(value, "shape") else 0
    return None if inner is None else rank + inner
  try:
    return len(shape)
  except ValueError:  # unknown
    return None


def _shape_text(value):
  shape = getattr(value, "shape", None)
  return repr(value) if shape is None else str(tuple(shape))
