"""Converts cells of a checkpoint to Keras 3 or PyTorch weights, and back.

`export_stack` and `import_stack` convert arrays; `execute` implements
`tfcompat-rnn checkpoint export`. docs/layouts.md has the formulas.
"""

import sys
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import naming
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.checkpoints import writing
from tfcompat_rnn.checkpoints.export import files as export_files
from tfcompat_rnn.checkpoints.export import keras as export_keras
from tfcompat_rnn.checkpoints.export import stacks as export_stacks
from tfcompat_rnn.checkpoints.export import torch as export_torch
from tfcompat_rnn.checkpoints.export import weights as export_weights
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells

HELP = "convert cells of a checkpoint to Keras 3 or PyTorch weights, and back"
TARGETS = ("keras", "pytorch", "checkpoint")
# The largest difference between outputs whose magnitude is at most 1.
TOLERANCE = {"float16": 1e-2, "float32": 1e-5, "float64": 1e-10}


class Export(typing.NamedTuple):
  """The result: `arrays` (key -> array) made from `layers` of `Weights`."""
  arrays: dict
  layers: list
  stack: export_stacks.Stack
  rounding: float


def export_stack(tensors, target, scope=None, kind=None, forget_bias=None):
  """Converts the cell or stack of cells at `scope` for another library.

      exported = export_stack(open_checkpoint("model.ckpt"), "pytorch",
                              scope="rnn/multi_rnn_cell")
      np.savez("lstm.npz", **exported.arrays)

  `tensors` is a mapping key -> array, such as an open checkpoint, with the
  variables of cells of `tf.nn.rnn_cell` or `tf.contrib.rnn` in TF 1.15.
  `target` is "keras" or "pytorch". `scope` can be omitted if there is only
  one cell or stack. `kind` ("lstm", "rnn", "gru") gives the kind of the cell
  at `scope` if its name does not. `forget_bias` is what the cell adds at run
  time (1 by default; 0 for CudnnCompatibleLSTMCell). Returns an `Export`.

  Raises `CheckpointError` if there is no such cell or more than one, and
  `RefusedError` for anything that the target cannot compute: peepholes, a
  projection in Keras, GRUCell in PyTorch.
  """
  stack = export_stacks.choose(tensors, scope, kind)
  layers, rounding = [], 0.0
  for cells in stack.layers:
    layer = []
    for cell in cells:
      weights, error = export_weights.read_cell(tensors, cell, forget_bias)
      layer.append(weights)
      rounding = max(rounding, error)
    layers.append(layer)
  arrays = _target(target).write(layers)
  return Export(arrays, layers, stack, rounding)


def import_stack(arrays, scope=None, name=None, forget_bias=None,
                 prefix=None):
  """Converts weights of Keras or PyTorch to variables of TF 1.x cells.

      tensors = import_stack(dict(np.load("lstm.npz")), scope="encoder/rnn")
      write_checkpoint("model.ckpt", tensors)

  `arrays` is a PyTorch state dict, or what `export_stack` made for Keras. The
  cells get the scopes that the loops of 1.x give them: `scope` is the scope of
  the loop (`rnn`, `bidirectional_rnn` or `stack_bidirectional_rnn` by
  default), and `name` that of the cell (`lstm_cell`, `basic_rnn_cell`,
  `gru_cell` or `cudnn_compatible_gru_cell` by default). `forget_bias` is what
  the cell will add at run time (1 by default; 0 for
  `cudnn_compatible_lstm_cell`). `prefix` names the module in a state dict that
  contains several. Returns a mapping key -> array.

  Raises `CheckpointError` if `arrays` is neither of the two.
  """
  return _read(arrays, scope, name, forget_bias, prefix)[0]


def _read(arrays, scope, name, forget_bias, prefix):
  """`(variables, Export)`; the Export is the source in its own layout."""
  if export_keras.is_ours(arrays):
    layers = export_keras.read_layers(arrays)
  elif export_torch.is_ours(arrays):
    arrays = export_torch.choose_module(arrays, prefix)
    layers = export_torch.read_state(arrays)
  else:
    raise _errors.CheckpointError(problem(
        "file", "contain layer_00/0_kernel, ... (Keras) or weight_ih_l0, ... "
        "(PyTorch)", ", ".join(list(arrays)[:5]) or "nothing",
        "save a whole state dict, or layer.get_weights() under those names"))
  kind = layers[0][0].kind
  scopes = export_stacks.default_scopes(
      None if scope is None else scope.strip("/"), len(layers),
      len(layers[0]), name or export_weights.CELL_NAMES[kind])
  tensors, rounding = {}, 0.0
  for layer, places in zip(layers, scopes):
    for weights, place in zip(layer, places):
      variables, error = export_weights.write_cell(
          weights, place, forget_bias)
      tensors.update(variables)
      rounding = max(rounding, error)
  kinds = {place: "cudnn_gru" if kind == "gru_after" else kind
           for places in scopes for place in places}
  cells = {cell.scope: cell
           for cell in layouts_cells.find_cells(tensors, kinds)}
  common = export_stacks.group(list(cells.values()))[0].scope
  stack = export_stacks.Stack(common, tuple(
      tuple(cells[place] for place in places) for places in scopes))
  return tensors, Export(arrays, layers, stack, rounding)


class _Target(typing.NamedTuple):
  write: typing.Callable
  run: typing.Callable
  load: typing.Callable


def _target(name):
  if name == "keras":
    return _Target(export_keras.write_layers, export_keras.run_layers,
                   export_keras.how_to_load)
  if name == "pytorch":
    return _Target(export_torch.write_state, export_torch.run_state,
                   export_torch.how_to_load)
  raise _errors.CheckpointError(problem(
      "target", "be keras or pytorch", repr(name),
      "choose one of the two; see docs/layouts.md"))


def check(exported, tensors, target, run_cells, forget_bias=None,
          activation="tanh", seed=0):
  """The largest difference between the outputs of the target and the cells.

  Random inputs `[2, 7, depth]`, drawn with `seed`, go through Keras's layers
  (or, for PyTorch, through the equations of its documentation in NumPy), and
  through `run_cells(stack, tensors, inputs, forget_bias, activation)`, which
  runs the cells themselves.

  Raises `CheckpointError` if the outputs have different shapes.
  """
  first = exported.layers[0][0]
  inputs = np.random.RandomState(seed).uniform(
      -2, 2, (2, 7, first.depth)).astype(first.dtype)
  theirs = _target(target).run(
      exported.arrays, exported.layers, inputs, activation)
  ours = run_cells(exported.stack, tensors, inputs, forget_bias, activation)
  if theirs.shape != ours.shape:
    raise _errors.CheckpointError(problem(
        "check", f"return outputs {list(ours.shape)}", list(theirs.shape),
        "report this with the output of `checkpoint list`"))
  return float(np.abs(theirs.astype(np.float64) - ours).max())


def add_arguments(parser):
  """Adds the arguments of `tfcompat-rnn checkpoint export`."""
  parser.add_argument(
      "source", metavar="CKPT", help="the checkpoint to export; with "
      "`--to checkpoint`, the npz file to import")
  parser.add_argument("--to", choices=TARGETS, required=True,
                      help="the kind of weights to write")
  parser.add_argument(
      "-o", "--output", metavar="PATH", required=True,
      help="the npz file, or the prefix of the checkpoint, to write")
  parser.add_argument(
      "--scope", help="the cell, or the stack of cells, such as "
      "rnn/lstm_cell; with `--to checkpoint`, the loop's scope, such as rnn")
  parser.add_argument(
      "--cell", choices=("lstm", "rnn", "gru"),
      help="the kind of the cell at --scope, if its name does not show it")
  parser.add_argument(
      "--forget-bias", type=float, metavar="NUMBER",
      help="what the LSTM of 1.x adds to its forget gate at run time "
      "(default 1; 0 for cudnn_compatible_lstm_cell)")
  parser.add_argument(
      "--activation", choices=("tanh", "relu"), default="tanh",
      help="the activation of a plain cell, which a checkpoint does not "
      "contain")
  parser.add_argument(
      "--check", action="store_true",
      help="run both on random inputs before anything is written, and write "
      "only if they agree")
  parser.add_argument("--overwrite", action="store_true",
                      help="replace an existing file or checkpoint at PATH")
  back = parser.add_argument_group("with `--to checkpoint`")
  back.add_argument("--name", help="the cell's name, such as basic_lstm_cell")
  back.add_argument("--prefix", help="the module to import, if the state "
                    "dict contains several, such as encoder.rnn")
  back.add_argument("--base", metavar="CKPT", help="a checkpoint whose other "
                    "variables are written too")


def execute(arguments, run_cells=None):
  """Exports or imports; returns the exit code, 0 or 1 if a check failed.

  `run_cells` runs the cells for `--check`; see `check`.
  """
  if arguments.to == "checkpoint":
    return _import(arguments, run_cells)
  _refuse(arguments, ("name", "prefix", "base"), "--to checkpoint")
  tensors, scope = _open(arguments)
  exported = export_stack(tensors, arguments.to, scope, arguments.cell,
                          arguments.forget_bias)
  print(exported.stack.describe())
  for wrapper in export_stacks.wrappers(exported.stack):
    print(f"note: the variables of {wrapper} are not part of the layer")
  if exported.rounding:
    print(f"note: the forget bias is now in the bias, rounded by at most "
          f"{exported.rounding:.1e}")
  if arguments.check and not _agrees(exported, tensors, arguments.to,
                                     run_cells, arguments):
    return 1
  export_files.write_npz(arguments.output, exported.arrays,
                         arguments.overwrite)
  print(f"wrote {arguments.output}; to load it:")
  for line in _target(arguments.to).load(
      exported.layers, arguments.output, arguments.activation):
    print(f"  {line}")
  return 0


def _open(arguments):
  """`(tensors, scope)`, with 1.15's names if the cell has older ones."""
  checkpoint = reading.open_checkpoint(arguments.source)
  scope = arguments.scope
  if arguments.cell is not None or _holds(checkpoint, scope) or not any(
      naming.modernize(key).rows for key in checkpoint):
    return checkpoint, scope
  tensors, changes = matching.rename_keys(checkpoint)
  for name in (scope, scope and naming.modernize(scope).key):
    if _holds(tensors, name):
      print(f"note: {len(changes)} names from an older release were replaced "
            "by those of 1.15")
      return tensors, name
  return checkpoint, scope


def _holds(tensors, scope):
  """Whether there is a cell that can be exported at or below `scope`."""
  try:
    layouts_cells.choose(layouts_cells.find_cells(tensors), scope, "a cell")
  except _errors.CheckpointError:
    return False
  return True


def _refuse(arguments, names, where):
  given = [name for name in names if getattr(arguments, name) is not None]
  if given:
    raise _errors.CheckpointError(problem(
        f"--{given[0]}", f"be used with {where}", f"`--to {arguments.to}`",
        "leave it out"))


def _agrees(exported, tensors, target, run_cells, arguments):
  if run_cells is None:
    raise _errors.CheckpointError(problem(
        "--check", "have a function that runs the cells", "none",
        "run `tfcompat-rnn checkpoint export`, or pass run_cells"))
  gap = check(exported, tensors, target, run_cells, arguments.forget_bias,
              arguments.activation)
  dtype = exported.layers[0][0].dtype.name
  limit = TOLERANCE.get(dtype, 1e-5)
  # not `gap > limit`, because NaN must not pass
  good = gap <= limit
  print(f"check: largest difference {gap:.1e} on random inputs "
        f"({dtype}, at most {limit:g}): {'agrees' if good else 'DIFFERS'}",
        file=sys.stdout if good else sys.stderr)
  if not good:
    print("nothing was written", file=sys.stderr)
  return good


def _import(arguments, run_cells):
  _refuse(arguments, ("cell",), "--to keras or --to pytorch")
  arrays = export_files.read_npz(arguments.source)
  made, read = _read(arrays, arguments.scope, arguments.name,
                     arguments.forget_bias, arguments.prefix)
  print(read.stack.describe())
  if read.rounding:
    print(f"note: the forget bias is no longer in the bias, rounded by at "
          f"most {read.rounding:.1e}")
  target = "keras" if export_keras.is_ours(arrays) else "pytorch"
  if arguments.check and not _agrees(read, made, target, run_cells,
                                     arguments):
    return 1
  tensors, source = dict(made), None
  if arguments.base is not None:
    base = reading.open_checkpoint(arguments.base)
    source = base.prefix
    tensors = {**{key: base[key] for key in base}, **made}
    for key in made:
      if key in base and base.shapes[key] != made[key].shape:
        raise _errors.CheckpointError(problem(
            key, f"be {list(base.shapes[key])} as in {arguments.base}",
            list(made[key].shape), "name the right --scope, --name and npz"))
  writing.write_checkpoint(arguments.output, tensors, arguments.overwrite,
                           source=source)
  print(f"wrote {arguments.output}:")
  for key, array in made.items():
    print(f"  {key} {list(array.shape)} {array.dtype}")
  if arguments.base is not None:
    print(f"  and {len(tensors) - len(made)} other variables of "
          f"{arguments.base} unchanged, including its optimizer's slots")
  return 0
