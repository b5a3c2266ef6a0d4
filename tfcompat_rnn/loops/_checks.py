"""Checks the arguments of a loop before any op is built.

Only arguments that 1.15 always refused are refused here. Those that it refused
in some cases (a state that the cell cannot read) are explained after the fact,
in `_explain`, so that everything that ran in 1.15 still runs.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf

_CELL_NEEDS = ("output_size", "state_size")
_STATE_MAKERS = ("zero_state", "get_initial_state")


def _has(value, name):
  # As in 1.15, a property that raises any other error is not "missing".
  try:
    getattr(value, name)
  except AttributeError:
    return False
  except Exception:  # the property exists; let the loop raise its error
    return True
  return True


def require_cell(name, cell):
  """Raises `ArgumentTypeError` unless `cell` can be used as a cell."""
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
        "subclass RNNCell, or add what the object lacks"))


def require_cells(name, cells):
  """Raises `ArgumentError` unless `cells` is a list with one cell per layer."""
  if not isinstance(cells, list) or not cells:
    got = (f"a {type(cells).__name__} of {len(cells)}"
           if isinstance(cells, (list, tuple)) else repr(cells))
    raise _errors.ArgumentError(_errors.problem(
        name, "be a list of cells, one per layer, at least one", got,
        f"pass {name}=[cell, ...]"))
  for number, cell in enumerate(cells):
    require_cell(f"{name}[{number}]", cell)


def require_states(name, states, cells):
  """Raises `ArgumentError` unless `states` is None or has one per layer."""
  if states is None:
    return
  if not isinstance(states, list) or len(states) != len(cells):
    got = (f"a list of {len(states)}" if isinstance(states, list)
           else f"a {type(states).__name__}")
    raise _errors.ArgumentError(_errors.problem(
        name, f"be a list of {len(cells)} states, one per layer", got,
        f"pass {name}=[state, ...] or None for zeros"))


def require_dtype(dtype, initial_state, name="initial_state"):
  """Raises `ArgumentError` if nothing determines the dtype of the state."""
  if initial_state is None and not dtype:
    raise _errors.ArgumentError(_errors.problem(
        "dtype", f"be given if there is no `{name}`", dtype,
        f"pass dtype=tf.float32 or {name}=cell.zero_state(batch_size, "
        "tf.float32)"))


def require_shapes(inputs, time_major):
  """Raises if a leaf of `inputs` has too low a rank or an unknown depth."""
  form = ("[time, batch, depth]" if time_major else "[batch, time, depth]")
  flat = tf.nest.flatten(inputs)
  for number, leaf in enumerate(flat):
    if not hasattr(leaf, "shape"):
      continue
    name = "inputs" if len(flat) == 1 else f"inputs[{number}]"
    dims = _dims(leaf)
    if dims is None:
      # The kind of error that 1.15 raised here depended on the axis order.
      kind = (_errors.ArgumentError if time_major
              else _errors.ArgumentTypeError)
      raise kind(_errors.problem(
          name, f"have a known rank: {form}", f"an unknown shape, {leaf}",
          "set it: inputs.set_shape([None, None, depth])"))
    if len(dims) < 3:
      raise _errors.ArgumentError(_errors.problem(
          name, f"have rank at least 3: {form}",
          f"rank {len(dims)}, shape {_text(dims)}",
          "add the missing axis, for example tf.expand_dims(inputs, -1) for a "
          "depth of 1"))
    if None in dims[2:]:
      raise _errors.ArgumentError(_errors.problem(
          name, "have a known depth, from which the variables get their shapes",
          f"shape {_text(dims)}",
          "set it: inputs.set_shape([None, None, depth])"))


def require_sequence(inputs):
  """Raises unless `inputs` is a non-empty sequence (for static loops)."""
  if not tf.nest.is_nested(inputs):
    raise _errors.ArgumentTypeError(_errors.problem(
        "inputs", "be a list with one tensor [batch, depth] per step",
        repr(inputs), "split it: tf.unstack(inputs, axis=1)"))
  if not inputs:
    raise _errors.ArgumentError(_errors.problem(
        "inputs", "not be empty", repr(inputs), "pass at least one step"))


def require_lengths(lengths, batch, reversing=False):
  """Raises if `sequence_length` is not one integer per row.

  A loop in one direction casts the lengths (1.15 accepted floats); a loop that
  reverses the inputs does not.
  """
  if lengths is None:
    return
  dims = _dims(lengths)
  if dims is not None and len(dims) != 1:
    raise _errors.ArgumentError(_errors.problem(
        "sequence_length", "be a vector of length batch_size",
        _shown(lengths, dims), "pass one length per row"))
  if dims is not None and None not in (dims[0], batch) and dims[0] != batch:
    raise _errors.ArgumentError(_errors.problem(
        "sequence_length", f"have one length per row, {batch} in total",
        _shown(lengths, dims), "check which axis of the inputs is the batch"))
  if reversing and hasattr(lengths, "dtype"):
    dtype = tf.as_dtype(lengths.dtype).base_dtype
    if dtype not in (tf.int32, tf.int64):
      raise _errors.ArgumentTypeError(_errors.problem(
          "sequence_length", "be int32 or int64", dtype.name,
          "cast it: tf.cast(sequence_length, tf.int32)"))


def _dims(value):
  """The static shape of a tensor, array or list as a list; None if unknown."""
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
