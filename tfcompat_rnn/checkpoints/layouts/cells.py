"""Finds the cells in a checkpoint by the names and shapes of its keys.

Cell classes are not used here. A cell is a scope (`rnn/lstm_cell`) that
contains the variables of one kind, in shapes that match each other.
"""

import re
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem


class Kind(typing.NamedTuple):
  """A set of variables: the name of each, and what it is for."""
  name: str
  about: str
  parts: dict     # part -> name below the cell's scope
  optional: dict


_PEEPHOLES = {f"w_{gate}_diag": f"w_{gate}_diag" for gate in "ifo"}

KINDS = {kind.name: kind for kind in (
    Kind("cudnn_gru", "CudnnCompatibleGRUCell: two biases of the candidate, "
         "reset after the product", {
             "gate_kernel": "gates/kernel", "gate_bias": "gates/bias",
             "input_kernel": "candidate/input_projection/kernel",
             "input_bias": "candidate/input_projection/bias",
             "hidden_kernel": "candidate/hidden_projection/kernel",
             "hidden_bias": "candidate/hidden_projection/bias"}, {}),
    Kind("gru", "GRUCell, GRUBlockCellV2: reset before the product", {
        "gate_kernel": "gates/kernel", "gate_bias": "gates/bias",
        "candidate_kernel": "candidate/kernel",
        "candidate_bias": "candidate/bias"}, {}),
    Kind("gru_block", "GRUBlockCell: the same numbers as GRUCell", {
        "gate_kernel": "w_ru", "gate_bias": "b_ru",
        "candidate_kernel": "w_c", "candidate_bias": "b_c"}, {}),
    Kind("lstm", "BasicLSTMCell, LSTMCell, LSTMBlockCell, "
         "LSTMBlockFusedCell, CudnnCompatibleLSTMCell", {
             "kernel": "kernel", "bias": "bias"},
         {**_PEEPHOLES, "projection": "projection/kernel"}),
    Kind("rnn", "BasicRNNCell", {"kernel": "kernel", "bias": "bias"}, {}),
)}

# the default scope of a cell (without _1, _2, ...) -> its kind
DEFAULT_NAMES = {
    "lstm_cell": "lstm", "basic_lstm_cell": "lstm",
    "lstm_fused_cell": "lstm", "cudnn_compatible_lstm_cell": "lstm",
    "lstm_block_wrapper": "lstm",  # of LSTMBlockFusedCell, up to 1.4
    "basic_rnn_cell": "rnn", "gru_cell": "gru",
    "cudnn_compatible_gru_cell": "cudnn_gru",
}
# Cells whose `kernel` and `bias` look like an LSTM's but are used differently.
_OTHERS = (
    "layer_norm_basic_lstm_cell", "layer_norm_lstm_cell", "phased_lstm_cell",
    "ugrnn_cell", "weight_norm_lstm_cell", "conv_lstm_cell", "glstm_cell",
    "coupled_input_forget_gate_lstm_cell", "nas_rnn", "nas_cell",
    "time_freq_lstm_cell", "grid_lstm_cell", "indy_lstm_cell", "sru_cell",
    "indy_gru_cell", "ind_rnn_cell", "intersection_rnn_cell")


class Cell(typing.NamedTuple):
  """A cell in a checkpoint: its scope, kind, keys and sizes."""
  scope: str
  kind: str
  keys: dict     # part -> key
  depth: int     # of the inputs
  units: int
  output: int    # of h: units, or the projection's columns

  @property
  def base_name(self):
    """The last component of the scope without `_1`, `_2`, ..."""
    return base_name(self.scope)

  @property
  def peepholes(self):
    return [part for part in _PEEPHOLES if part in self.keys]


def base_name(scope):
  return re.sub(r"_\d+$", "", scope.rsplit("/", 1)[-1])


def default_forget_bias(cell):
  """The forget bias that a cell of that name adds by default."""
  return 0.0 if cell.base_name == "cudnn_compatible_lstm_cell" else 1.0


def join(*parts):
  """The path made of the parts that are not empty."""
  return "/".join(part for part in parts if part)


def shapes_of(tensors):
  """key -> shape, without reading arrays unnecessarily."""
  shapes = getattr(tensors, "shapes", None)
  if shapes is not None:
    return {key: tuple(shape) for key, shape in shapes.items()}
  return {key: tuple(tensors[key].shape) for key in tensors}


def find_cells(tensors, forced=None):
  """Every `Cell` among the keys of `tensors`, sorted by scope.

  `tensors` is a mapping key -> array, or an open `Checkpoint`. `forced` maps
  a scope to the kind ("lstm", "rnn", ...) of a cell whose name does not show
  it.
  """
  shapes = shapes_of(tensors)
  forced = forced or {}
  cells = []
  for scope in sorted(set(_possible_scopes(shapes))):
    names = [forced[scope]] if scope in forced else list(KINDS)
    for name in names:
      cell = _match(scope, KINDS[name], shapes, scope in forced)
      if cell:
        cells.append(cell)
        break
  return sorted(cells, key=lambda cell: _natural(cell.scope))


def _natural(text):
  """A sorting key that puts cell_2 before cell_10."""
  return [int(part) if part.isdigit() else part
          for part in re.split(r"(\d+)", text)]


def _possible_scopes(shapes):
  ends = {name for kind in KINDS.values() for name in kind.parts.values()}
  for key in shapes:
    for end in ends:
      if key == end:
        yield ""
      elif key.endswith("/" + end):
        yield key[:-len(end) - 1]


def _match(scope, kind, shapes, forced):
  """The `Cell` if `scope` contains all parts of `kind` in matching shapes."""
  keys = {part: join(scope, name) for part, name in kind.parts.items()}
  if not all(key in shapes for key in keys.values()):
    return None
  for part, name in kind.optional.items():
    if join(scope, name) in shapes:
      keys[part] = join(scope, name)
  if kind.name in ("lstm", "rnn") and not forced:
    if not _named_like(scope, kind.name, keys):
      return None
  sizes = {part: shapes[key] for part, key in keys.items()}
  measured = (_measure_gru if "gate_kernel" in sizes else _measure_plain)(
      sizes, kind.name)
  if measured is None:
    if forced:
      raise _errors.CheckpointError(problem(
          "scope", f"contain the variables of {kind.about}",
          f"{scope} with " + ", ".join(
              f"{keys[part]} {list(size)}" for part, size in sizes.items()),
          "name another scope or another kind of cell"))
    return None
  return Cell(scope, kind.name, keys, *measured)


def _named_like(scope, kind, keys):
  """Does the name show the kind? `kernel` and `bias` could be any layer."""
  name = base_name(scope)
  if name in DEFAULT_NAMES:
    return DEFAULT_NAMES[name] == kind
  return (name not in _OTHERS and kind == "lstm"
          and all(part in keys for part in _PEEPHOLES))


def _measure_plain(sizes, kind):
  """`(depth, units, output)` of an LSTM or a plain cell, or None."""
  gates = 4 if kind == "lstm" else 1
  kernel, bias = sizes["kernel"], sizes["bias"]
  if len(kernel) != 2 or bias != kernel[1:] or kernel[1] % gates:
    return None
  units = output = kernel[1] // gates
  if "projection" in sizes:
    if len(sizes["projection"]) != 2 or sizes["projection"][0] != units:
      return None
    output = sizes["projection"][1]
  if any(sizes[part] != (units,) for part in _PEEPHOLES if part in sizes):
    return None
  depth = kernel[0] - output
  return (depth, units, output) if depth > 0 and units > 0 else None


def _measure_gru(sizes, kind):
  gates = sizes["gate_kernel"]
  if len(gates) != 2 or gates[1] % 2:
    return None
  units = gates[1] // 2
  depth = gates[0] - units
  wanted = {"gate_kernel": gates, "gate_bias": (2 * units,)}
  if kind == "cudnn_gru":
    wanted.update(input_kernel=(depth, units), input_bias=(units,),
                  hidden_kernel=(units, units), hidden_bias=(units,))
  else:
    wanted.update(candidate_kernel=gates[:1] + (units,),
                  candidate_bias=(units,))
  return (depth, units, units) if sizes == wanted and depth > 0 else None


def followers(keys, key):
  """Keys of the slots and averages that belong to the variable `key`.

  They are `K/Adam`, `K/ExponentialMovingAverage`, and, if the optimizer was
  created inside a variable scope, `scope/K/Adam`. What belongs to a longer
  name, `rnn/K`, does not belong to `K`.
  """
  longer = [other for other in keys if other.endswith("/" + key)]

  def belongs(other, name):
    return other.startswith(name + "/") or f"/{name}/" in other

  return sorted(
      other for other in keys
      if other != key and belongs(other, key)
      and other not in longer
      and not any(belongs(other, name) for name in longer))


def is_average(follower):
  """Whether a follower averages its variable rather than its gradients."""
  return follower.rsplit("/", 1)[-1].startswith("ExponentialMovingAverage")


def choose(cells, scope, what, others=()):
  """Those of `cells` at or below `scope`; all of them if it is None.

  Raises a `CheckpointError` that lists the existing scopes if there is none;
  `others` are cells of other kinds that were found.
  """
  if scope is None:
    chosen = list(cells)
  else:
    scope = scope.strip("/")
    chosen = [cell for cell in cells if not scope or cell.scope == scope
              or cell.scope.startswith(scope + "/")]
  if not chosen:
    there = ", ".join(f"{cell.scope} ({cell.kind})"
                      for cell in [*cells, *others])
    raise _errors.CheckpointError(problem(
        "scope", f"name {what} of this checkpoint",
        "nothing" if scope is None else repr(scope),
        (f"there are {there}" if there else
         "no scope has the variables of an LSTM, GRU or plain cell under its "
         "default name")
        + "; if the cell was given another name, give its scope and its kind: "
        "`--scope` and `--cell lstm` to export, scope= and cell=lstm as "
        "options of a layout"))
  return chosen
