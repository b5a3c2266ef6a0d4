"""`MultiRNNCell`: a stack of cells, and what `[cell] * n` means."""

import copy

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import layer as layer_lib

_switch = {"repeated": "share"}

_REMEDY = ("build one cell per layer, "
           "MultiRNNCell([make_cell() for _ in range(n)]), or run with "
           + _errors.option("--repeated-cells copy", "repeated_cells='copy'"))


def set_repeated_cells(meaning):
  """Sets what `MultiRNNCell([cell] * n)` makes; returns the previous setting.

  "share": n layers that share one set of variables, as in TensorFlow 1.2 to
  1.15; "copy": n layers with variables of their own, as before 1.2.
  """
  if meaning not in ("share", "copy"):
    raise _errors.ArgumentError(problem(
        "repeated cells", 'be "share" or "copy"', repr(meaning),
        "choose one of the two"))
  before = _switch["repeated"]
  _switch["repeated"] = meaning
  return before


def repeated_cells():
  """The current setting: "share" or "copy"."""
  return _switch["repeated"]


class MultiRNNCell(base.RNNCell):
  """A stack of cells: the output of each is the input of the next.

  Example: `MultiRNNCell([LSTMCell(n) for n in (128, 64)])`

  State: a tuple with one state per cell (with `state_is_tuple=False` one
  concatenated tensor). Variables: `cell_0/<first cell's>`, ...

  Args:
    cells: list or tuple of cells, first layer first.
    state_is_tuple: False for a state in one concatenated tensor.

  Raises ValueError if `cells` is empty, if the state of a cell is a tuple and
  `state_is_tuple` is False, or if one object is used for several layers that
  need different shapes; TypeError if `cells` is not a list or tuple, or holds
  classes.

  TF 1.15: `tf.nn.rnn_cell.MultiRNNCell`.
  """

  def __init__(self, cells, state_is_tuple=True):
    super().__init__()
    cells = _checked_list(cells)
    if _switch["repeated"] == "copy":
      cells = independent(cells)
    if len({id(cell) for cell in cells}) < len(cells):
      tf.logging.log_first_n(
          tf.logging.WARN, "MultiRNNCell got one object for several layers: "
          "they share one set of variables.", 1)
    self._cells = cells
    for number, cell in enumerate(cells):
      self.track(cell, f"cell-{number}")
    self._state_is_tuple = state_is_tuple
    if not state_is_tuple:
      sizes = [cell.state_size for cell in cells]
      if any(_nest.is_nested(size) for size in sizes):
        raise _errors.ArgumentError(problem(
            "state_is_tuple", "be True for cells whose state is a tuple",
            f"False with state sizes {sizes}",
            "leave it out, or build each cell with state_is_tuple=False"))

  @property
  def state_size(self):
    sizes = tuple(cell.state_size for cell in self._cells)
    return sizes if self._state_is_tuple else sum(sizes)

  @property
  def output_size(self):
    return self._cells[-1].output_size

  def zero_state(self, batch_size, dtype):
    with base.zero_state_scope(self, batch_size):
      if not self._state_is_tuple:
        # This opens the scope a second time, as the names in 1.15 show.
        return super().zero_state(batch_size, dtype)
      return tuple(
          cell.zero_state(batch_size, dtype) for cell in self._cells)

  @property
  def trainable_weights(self):
    return self._gather("trainable_weights") if self.trainable else []

  @property
  def non_trainable_weights(self):
    fixed = self._gather("non_trainable_weights")
    return fixed if self.trainable else (
        self._gather("trainable_weights") + fixed)

  def _gather(self, attribute):
    return [weight for cell in self._cells
            for weight in getattr(cell, attribute, [])]

  def call(self, inputs, state):
    """Runs each layer in its scope `cell_<number>`."""
    if self._state_is_tuple:
      states = self._checked_state(state)
    start, new_states = 0, []
    for number, cell in enumerate(self._cells):
      with tf.variable_scope(f"cell_{number}"):
        if self._state_is_tuple:
          mine = states[number]
        else:
          mine = tf.slice(state, [0, start], [-1, cell.state_size])
          start += cell.state_size
        inputs, new_state = self._run_layer(number, inputs, mine)
        new_states.append(new_state)
    if self._state_is_tuple:
      return inputs, tuple(new_states)
    return inputs, tf.concat(new_states, 1)

  def _checked_state(self, state):
    count = len(self._cells)
    if not _nest.is_nested(state) or len(state) != count:
      raise _errors.ArgumentError(problem(
          "state", f"be a tuple of {count}, one state per layer",
          _nest.describe(state),
          "pass cell.zero_state(batch_size, dtype)"))
    return state

  def _run_layer(self, number, inputs, state):
    cell = self._cells[number]
    if not shares(cell, self._cells[:number]):
      return cell(inputs, state)
    try:
      return cell(inputs, state)
    except ValueError as error:
      raise _errors.ArgumentError(problem(
          "cells", "hold one object per layer where the layers' shapes "
          "differ", f"the object of an earlier layer again as layer {number} "
          f"({type(cell).__name__}: {error})", _REMEDY)) from error


def _checked_list(cells):
  if isinstance(cells, type) or callable(cells):
    raise _errors.ArgumentTypeError(problem(
        "cells", "be a list or tuple of cells", repr(cells),
        "write MultiRNNCell([cell])"))
  if not cells:
    raise _errors.ArgumentError(problem(
        "cells", "hold at least one cell", repr(cells), "pass a list of cells"))
  if not isinstance(cells, (list, tuple)):
    raise _errors.ArgumentTypeError(problem(
        "cells", "be a list or tuple of cells", repr(cells),
        "write MultiRNNCell([cell])"))
  for number, cell in enumerate(cells):
    checks.check_instance(f"cells[{number}]", cell)
    if not callable(cell):
      checks.check_cell(f"cells[{number}]", cell)
  return cells


def _inner(cell, seen=()):
  """`cell` and every cell inside it, wrapped or stacked."""
  found = [cell]
  for attribute in ("cell", "_cell", "_cells"):
    inside = getattr(cell, "__dict__", {}).get(attribute)
    parts = inside if isinstance(inside, (list, tuple)) else [inside]
    for part in parts:
      if _is_cell(part) and id(part) not in seen:
        found.extend(_inner(part, seen + (id(cell),)))
  return found


def _is_cell(thing):
  # Without evaluating it: a property may raise, or build something.
  return callable(thing) and (
      hasattr(type(thing), "state_size")
      or "state_size" in getattr(thing, "__dict__", {}))


def shares(cell, others):
  """Whether `cell` is, wraps or stacks an object that is also in `others`."""
  taken = {id(part) for other in others for part in _inner(other)}
  return any(id(part) in taken for part in _inner(cell))


def is_used(cell):
  """Whether `cell`, or a cell that it wraps or stacks, has been called."""
  return any(getattr(part, "_current_scope", None) is not None
             for part in _inner(cell))


def independent(cells):
  """`cells`, with each repeated one replaced by a copy that is not built."""
  kept = []
  for cell in cells:
    kept.append(unbuilt_copy(cell) if shares(cell, kept) else cell)
  return kept


def unbuilt_copy(cell):
  """A copy of `cell`, and of what it wraps, that has no variables yet.

  Raises `ArgumentTypeError` (TypeError) if it cannot be copied.
  """
  memo = {}
  try:
    # From the inside out, so that a wrapper's copy finds the copy of its cell.
    for part in reversed(_inner(cell)):
      if isinstance(part, layer_lib.ScopedLayer) and id(part) not in memo:
        part.copy_attributes(memo).forget_variables()
    return copy.deepcopy(cell, memo)
  except TypeError as error:
    raise _errors.ArgumentTypeError(problem(
        "cells", "hold cells that can be copied, with --repeated-cells copy",
        f"a {type(cell).__name__} twice ({error})",
        "build one cell per layer: MultiRNNCell([make_cell() for _ in "
        "range(n)])")) from error
