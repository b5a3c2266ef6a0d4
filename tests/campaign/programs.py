"""What a case is, and how cases are drawn.

A case is a `Structure`, for which a graph is built, and `Window`s, each fed in
one `session.run`. Both print as the Python expression that makes them.
"""

import dataclasses

from hypothesis import strategies as st

from tests.state import state_cells

KINDS = state_cells.KINDS
# Drawn often, simple ones first: a counterexample is reduced to the first.
CELLS = tuple(name for name, kind in sorted(
    KINDS.items(), key=lambda item: (
        item[0] not in ("BasicRNNCell", "GRUCell", "LSTMCell"), item[0]))
              if not kind.costly)
COSTLY = tuple(sorted(name for name, kind in KINDS.items() if kind.costly))
PACKABLE = ("LSTMCell", "BasicLSTMCell", "DeviceWrapper")
LOOPS = ("dynamic_rnn", "stateful_rnn", "model_rnn", "static_rnn",
         "bidirectional_dynamic_rnn", "state_saving_rnn", "self_feeding_rnn",
         "raw_rnn")
KEPT = ("variables", "always", "packed", "saver")


class _Printed:
  """Prints as a call with the arguments that are not the default ones."""

  def __repr__(self):
    shown = [f"{field.name}={getattr(self, field.name)!r}"
             for field in dataclasses.fields(self)
             if getattr(self, field.name) != field.default]
    return f"{type(self).__name__}({', '.join(shown)})"


@dataclasses.dataclass(frozen=True, repr=False)
class Structure(_Printed):
  """What a graph is built from.

  `rows` and `steps` are None where the graph does not know them. `mask` is ""
  for none, or what rows are reset to: "zeros" or "initial". `initial`: whether
  the first state is fed. `store`: how the state is carried to the next run: ""
  (it is not), "feed", or one of `KEPT`.
  """
  cell: str
  loop: str
  dtype: str = "float64"
  execution: str = "loop"
  time_major: bool = False
  rows: int = None
  steps: int = None
  lengths: bool = False
  mask: str = ""
  initial: bool = False
  store: str = ""
  static: bool = False
  resource: bool = False
  recompute: bool = False


@dataclasses.dataclass(frozen=True, repr=False)
class Window(_Printed):
  """What is fed in one run. All numbers come from `seed`.

  `before`: what happens to a kept state first: "" (nothing), "zero", "rows"
  (those where `reset` is True are reset), "load" (another state), "restore" (a
  checkpoint is saved, and restored in a new session), or "look" (a run that
  does not keep the state). `keys` are the IDs of the rows for a saver.
  """
  rows: int
  steps: int
  seed: int = 0
  lengths: tuple = None
  mask: tuple = None
  before: str = ""
  reset: tuple = None
  keys: tuple = None


def _executions(loop, compiled):
  if loop == "raw_rnn":
    return ["loop"]
  names = ["loop", "loop", "graph", "graph"]
  if loop in ("self_feeding_rnn", "state_saving_rnn"):
    names = ["loop"]  # the compiled one has no gradients; tests/feedback
  elif loop in ("dynamic_rnn", "static_rnn", "stateful_rnn"):
    names.append("block")
  if compiled and len(names) > 1:
    names += ["xla"]
  return names


def structure(choose, cells=CELLS, compiled=False):
  """A `Structure`. `choose` is given lists, and returns an element of each.
  `compiled`: whether XLA may compile it, which takes long."""
  flag = lambda: choose([False, True])
  loop, cell = choose(LOOPS), choose(cells)
  execution = choose(_executions(loop, compiled))
  kind = KINDS[cell]
  if loop == "self_feeding_rnn" and (kind.ids or "Conv" in cell):
    cell = "GRUCell"
  resource, initial = flag(), flag()
  if loop == "raw_rnn" and cell == "CompiledWrapper":
    resource = True  # a v1 loop without a bound has no gradient in XLA
  static = loop == "static_rnn"
  store, mask = "", ""
  if loop == "stateful_rnn":
    store = choose(["variables", "always", "feed", "packed"])
    if store == "packed" and cell not in PACKABLE:
      cell = choose(PACKABLE)
    static = choose([False, False, False, True])
  elif loop == "state_saving_rnn":
    store = "saver"
  if loop in ("stateful_rnn", "model_rnn", "state_saving_rnn"):
    mask = choose(["", "zeros"]
                  + (["initial"] if loop == "stateful_rnn" else []))
  double = KINDS[cell].double and execution != "block"
  if loop == "model_rnn" and KINDS[cell].ids and not initial:
    double = False  # nothing says that the state is to be in float64
  fixed = store in ("variables", "always", "packed")
  rows = choose([1, 2, 3, 4] if fixed else [None, None, 0, 1, 2, 3, 4])
  if loop == "raw_rnn" and rows == 0:
    rows = None  # it has no outputs to stack
  if "Conv" in cell and rows in (None, 0):
    rows = 2  # TensorFlow's convolution of no rows has a wrong shape
  steps = [None, None, None, 1, 2, 4]
  if static:
    steps = [1, 2, 3]
  elif loop != "raw_rnn" and rows is not None:
    steps.append(0)
  return Structure(
      cell=cell, loop=loop,
      dtype=choose(["float64", "float64", "float32"]) if double else "float32",
      execution=execution, time_major=flag(), rows=rows, steps=choose(steps),
      lengths=flag(), mask=mask, initial=initial and not store, store=store,
      static=static, resource=resource,
      recompute=execution in ("graph", "xla") and flag())


def simpler(structure):
  """Simpler structures for the same windows, one change each."""
  changes = [{"time_major": False}, {"resource": False}, {"recompute": False},
             {"initial": False}, {"execution": "loop", "recompute": False}]
  if structure.store != "packed":
    place = (*CELLS, *COSTLY).index(structure.cell)
    changes += [{"cell": cell} for cell in CELLS[:min(place, 3)]]
  for change in changes:
    new = dataclasses.replace(structure, **change)
    if new != structure:
      yield new


@st.composite
def windows(draw, structure, most=6):
  """A list of at least one `Window` for `structure`."""
  if structure.execution == "xla":
    most = min(most, 2)
  rows = structure.rows
  if rows is None:
    rows = draw(st.integers(0, 4))
  count = draw(st.integers(min(3, most), most))
  return [draw(_window(structure, rows, first=number == 0))
          for number in range(count)]


def _refuses_no_steps(structure):
  """Whether TensorFlow's loop, as 1.15's, needs a step: "TensorArray has size
  zero, but element shape is not fully defined"."""
  return (structure.rows is None
          and structure.loop not in ("model_rnn", "self_feeding_rnn"))


@st.composite
def _window(draw, structure, rows, first):
  if structure.rows is None and not structure.store:
    rows = draw(st.integers(0, 4))
  steps = structure.steps
  least = 0
  if structure.loop == "raw_rnn":
    rows, least = max(rows, 1), 1
  elif _refuses_no_steps(structure):
    least = 1
  if steps is None:
    steps = draw(st.integers(least, 5))
  flags = lambda count: draw(st.tuples(*[st.booleans()] * count))
  before, keys = "", None
  if structure.store in KEPT and not first:
    befores = ["", "", "zero", "rows", "restore", "look"]
    if structure.store == "saver":
      befores.remove("look")
    else:
      befores.append("load")
    before = draw(st.sampled_from(befores))
  if structure.store == "saver":
    keys = tuple(draw(st.permutations(range(5)))[:rows])
  return Window(
      rows=rows, steps=steps, seed=draw(st.integers(0, 99)),
      lengths=draw(st.tuples(*[st.integers(
          least if structure.loop == "raw_rnn" else 0, steps)] * rows))
      if structure.lengths else None,
      mask=tuple(flags(steps) for _ in range(rows))
      if structure.mask else None,
      before=before, reset=flags(rows) if before == "rows" else None,
      keys=keys)
