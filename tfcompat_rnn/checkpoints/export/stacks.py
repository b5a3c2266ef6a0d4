"""Groups the cells of a checkpoint into stacks of layers and directions."""

import re
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells


class Stack(typing.NamedTuple):
  """Cells that correspond to one module or list of layers elsewhere.

  `layers` is a tuple of layers, each a tuple of one cell, or of a forward and
  a backward cell. `scope` is their common scope.
  """
  scope: str
  layers: tuple

  @property
  def cells(self):
    return [cell for layer in self.layers for cell in layer]

  @property
  def ways(self):
    return len(self.layers[0])

  def describe(self):
    def join(values):
      return " and ".join(dict.fromkeys(map(str, values)))

    return (f"{self.scope}: {len(self.layers)} layer"
            f"{'s' * (len(self.layers) > 1)} of "
            f"{join(cell.kind for cell in self.cells)}, depth "
            f"{self.cells[0].depth}, "
            f"{join(cell.units for cell in self.cells)} units"
            f"{', both directions' * (self.ways == 2)}")


# the scope of the loop, `stack_bidirectional_rnn`, may have another name
_STACKED = re.compile(
    r"^(?:(.*)/)?cell_(\d+)/bidirectional_rnn/(fw|bw)/(.+)$")
_MULTI = re.compile(r"^(?:(.*)/)?(multi_rnn_cell(?:_\d+)?)/cell_(\d+)/(.+)$")
_WAY = re.compile(r"^(?:(.*)/)?(fw|bw)/(.+)$")
# scopes of wrappers that have variables and compute something themselves
_WRAPPERS = ("attention_cell_wrapper", "embedding_wrapper", "highway_wrapper",
             "input_projection_wrapper", "output_projection_wrapper")


def group(cells):
  """The `Stack`s that `cells` form, sorted by scope."""
  stacks = {}
  for cell in cells:
    scope, layer, way = _place(cell.scope, cells)
    stacks.setdefault(scope, {})[layer, way] = cell
  return [_complete(scope, stacks[scope]) for scope in sorted(stacks)]


def _place(scope, cells):
  """`(scope of the stack, layer, direction)` of the cell at `scope`."""
  match = _STACKED.match(scope)
  if match:
    head, layer, way, _ = match.groups()
    return head or "", int(layer), way
  match = _MULTI.match(scope)
  if match:
    head, multi, layer, _ = match.groups()
    # Two stacks, one per direction, join only at the end: layers above the
    # first see one direction. With a single layer this makes no difference.
    way = re.match(r"^(?:(.*)/)?(fw|bw)$", head or "")
    layers = {int(other.group(3)) for other in (
        _MULTI.match(cell.scope) for cell in cells) if other
              and other.group(1) == head}
    if way and layers == {0}:
      return way.group(1) or "", 0, way.group(2)
    return layouts_cells.join(head or "", multi), int(layer), None
  match = _WAY.match(scope)
  if match and "multi_rnn_cell" not in match.group(3):
    head, way, tail = match.groups()
    other = {"fw": "bw", "bw": "fw"}[way]
    prefix = layouts_cells.join(head or "", other) + "/"
    if any(cell.scope.startswith(prefix) for cell in cells):
      return head or way, 0, way
  return scope, 0, None


def _complete(scope, places):
  numbers = sorted({layer for layer, _ in places})
  ways = sorted({way for _, way in places}, key=("fw", "bw", None).index)
  wanted = [(number, way) for number in range(numbers[-1] + 1)
            for way in ways]
  if set(wanted) != set(places) or ways in (["fw"], ["bw"]):
    raise _errors.CheckpointError(problem(
        "scope", "contain every layer, in each direction", f"{scope!r} with "
        + ", ".join(cell.scope for cell in places.values()),
        "name a single cell"))
  return Stack(scope, tuple(
      tuple(places[number, way] for way in ways) for number in numbers))


def choose(tensors, scope, kind=None):
  """The `Stack` at `scope`, or the only one if `scope` is None.

  Raises a `CheckpointError` that lists the stacks if there are several.
  """
  forced = {}
  if kind:
    if not scope:
      raise _errors.CheckpointError(problem(
          "--cell", "be used with the scope of the cell", "no --scope",
          "add --scope; `checkpoint list` shows the keys"))
    forced = {scope.strip("/"): kind}
  cells = layouts_cells.find_cells(tensors, forced)
  chosen = layouts_cells.choose(cells, scope, "a cell or a stack of cells")
  if scope and [cell.scope for cell in chosen] == [scope.strip("/")]:
    return Stack(chosen[0].scope, ((chosen[0],),))  # one layer, alone
  stacks = group(chosen)
  if len(stacks) > 1:
    raise _errors.CheckpointError(problem(
        "--scope", "name one cell, or one stack of cells",
        f"{len(stacks)}: " + "; ".join(
            stack.describe() for stack in stacks),
        "name one of these scopes"))
  return stacks[0]


def wrappers(stack):
  """Scopes of the wrappers around the cells that have variables."""
  return sorted({part for cell in stack.cells
                 for part in cell.scope.split("/")[:-1]
                 if re.sub(r"_\d+$", "", part) in _WRAPPERS})


def default_scopes(scope, layers, ways, name):
  """The scopes of the cells of a new stack, layer by layer.

  `scope` is the scope of the loop; None means the loop's default.
  """
  if ways == 2:
    if layers > 1:
      outer = "stack_bidirectional_rnn" if scope is None else scope
      return [tuple(f"{outer}/cell_{layer}/bidirectional_rnn/{way}/{name}"
                    for way in ("fw", "bw")) for layer in range(layers)]
    outer = "bidirectional_rnn" if scope is None else scope
    return [tuple(layouts_cells.join(outer, way, name)
                  for way in ("fw", "bw"))]
  outer = "rnn" if scope is None else scope
  if layers == 1:
    return [(layouts_cells.join(outer, name),)]
  return [(layouts_cells.join(outer, "multi_rnn_cell", f"cell_{layer}", name),)
          for layer in range(layers)]
