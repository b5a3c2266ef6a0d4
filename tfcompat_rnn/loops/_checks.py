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
    got = (f"a {type(cells).__name__} of {len(cells)}"
           if isinstance(cells, (list, tuple)) else repr(cells))
    raise _errors.ArgumentError(_errors.problem(
        name, "be a list of cells, one per layer, at least one", got,
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


def require_shapes(inputs, time_major):
  """Raises for a leaf of `inputs` whose rank is too low or depth unknown."""
  form = ("[time, batch, depth]" if time_major else "[batch, time, depth]")
  flat = tf.nest.flatten(inputs)
  for number, leaf in enumerate(flat):
    if not hasattr(leaf, "shape"):
      continue
    name = "inputs" if len(flat) == 1 else f"inputs[{number}]"
    dims = _dims(leaf)
    if dims is None:
      # What kind of error 1.15 met here depended on the axis order.
      kind = (_errors.ArgumentError if time_major
              else _errors.ArgumentTypeError)
      raise kind(_errors.problem(
          name, f"have a known rank: {form}", f"an unknown shape, {leaf}",
          "say it: inputs.set_shape([None, None, depth])"))
    if len(dims) < 3:
      raise _errors.ArgumentError(_errors.problem(
          name, f"have rank at least 3: {form}",
          f"rank {len(dims)}, shape {_text(dims)}",
          "add the missing axis, for example tf.expand_dims(inputs, -1) for a "
          "depth of 1"))
    if None in dims[2:]:
      raise _errors.ArgumentError(_errors.problem(
          name, "have a known depth, for the variables' sake",
          f"shape {_text(dims)}",
          "say it: inputs.set_shape([None, None, depth])"))


def require_sequence(inputs):
  """Raises unless `inputs` is a sequence with something in it (static)."""
  if not tf.nest.is_nested(inputs):
    raise _errors.ArgumentTypeError(_errors.problem(
        "inputs", "be a list with one tensor [batch, depth] a step",
        repr(inputs), "split it: tf.unstack(inputs, axis=1)"))
  if not inputs:
    raise _errors.ArgumentError(_errors.problem(
        "inputs", "not be empty", repr(inputs), "pass at least one step"))


def require_lengths(lengths, batch, reversing=False):
  """Raises for a `sequence_length` that is not one whole number a row.

  A loop in one direction casts the lengths (1.15 took floats); a loop that
  reverses the inputs does not.
  """
  if lengths is None:
    return
  dims = _dims(lengths)
  if dims is not None and len(dims) != 1:
    raise _errors.ArgumentError(_errors.problem(
        "sequence_length", "be a vector of length batch_size",
        _shown(lengths, dims), "pass one length a row"))
  if dims is not None and None not in (dims[0], batch) and dims[0] != batch:
    raise _errors.ArgumentError(_errors.problem(
        "sequence_length", f"hold one length a row, {batch} of them",
        _shown(lengths, dims), "check which axis of the inputs is the batch"))
  if reversing and hasattr(lengths, "dtype"):
    dtype = tf.as_dtype(lengths.dtype).base_dtype
    if dtype not in (tf.int32, tf.int64):
      raise _errors.ArgumentTypeError(_errors.problem(
          "sequence_length", "be int32 or int64", dtype.name,
          "cast it: tf.cast(sequence_length, tf.int32)"))


def _dims(value):
  """The static shape of a tensor, array or list as a list, None if unknown."""
  if hasattr(value, "shape"):
    shape = tf.TensorShape(value.shape)
    return None if shape.rank is None else shape.as_list()
  dims = []
  while isinstance(value, (list, tuple)):
    dims.append(len(value))
    if not value:
      return dims
    value = value[0]
  inner = _dims(value) if hasattr(value, "shape") else []
  return None if inner is None else dims + inner


def _shown(value, dims):
  return f"shape {_text(dims)}" if hasattr(value, "shape") else repr(value)


def _text(dims):
  return "[" + ", ".join("?" if d is None else str(d) for d in dims) + "]"
