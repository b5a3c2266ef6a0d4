"""`tfcompat-rnn export-model`: a model for programs without this package."""

import json
import os
import tempfile

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal

HELP = "write the model of a checkpoint as a SavedModel, frozen graph or ONNX"

_USAGE = """%(prog)s [options] --to OUT --output TENSOR CKPT SCRIPT [ARGS...]
       %(prog)s [options] --to OUT --output TENSOR CKPT GRAPH.meta"""

_EPILOG = """\
CKPT is a prefix (model.ckpt-100), one of its files, or a folder with a file
`checkpoint`. The graph is a .meta, .pb or .pbtxt file, or SCRIPT, which runs up
to its first Session.run or Saver.restore and no further.

A TENSOR is named as in feed_dict, such as rnn/transpose or split:1. NAME is
what callers of the model use; by default the name of the tensor with `_` for
other characters. State in variables becomes inputs and outputs.

The model is compared with the original graph in a process that does not load
this package before it gets its name, and lines that call it are printed.

exit codes: 0 success; 1 the exported model does not compute the same; 2 wrong
usage, or something cannot be read, exported or written.
"""

# What the messages call arguments -> what they are called here.
_OPTIONS = {
    "inputs": "--input", "outputs": "--output", "constants": "--set",
    "updates": "--update", "weights": "--weight", "path": "--to",
    "format": "--format", "one_step": "--step", "time_axis": "--time-axis",
    "example": "--example", "initial_state": "--state",
    "final_state": "--state", "state": "--state"}
_GRAPHS = (".meta", ".pb", ".pbtxt")  # the ending of a graph in a file


def add_arguments(parser):
  """Adds the arguments."""
  parser.usage = _USAGE
  parser.epilog = _EPILOG
  parser.add_argument("checkpoint", metavar="CKPT")
  parser.add_argument(
      "--to", metavar="OUT", required=True, help="what to write, which must "
      "not exist: a folder for a SavedModel, a .pb or .onnx file")
  parser.add_argument(
      "--output", metavar="[NAME=]TENSOR", action="append", required=True,
      help="an output; may be repeated")
  parser.add_argument(
      "--input", metavar="[NAME=]TENSOR", action="append",
      help="an input; may be repeated. Without it, every placeholder that the "
      "outputs need")
  parser.add_argument(
      "--state", metavar="NAME=INITIAL,FINAL", action="append", default=[],
      help="a state: the tensor that the loop begins with, and the one that it "
      "ends with; may be repeated")
  parser.add_argument(
      "--update", metavar="OP", action="append", default=[],
      help="the operation that writes a state to its variable, if it is not "
      "clear; may be repeated")
  parser.add_argument(
      "--weight", metavar="VARIABLE", action="append", default=[],
      help="a variable that is no state; may be repeated")
  parser.add_argument(
      "--set", metavar="TENSOR=VALUE", action="append", default=[],
      help="a value that a tensor always has, such as keep_prob=1; may be "
      "repeated")
  parser.add_argument(
      "--step", metavar="NAME", action="append", default=[],
      help="also write the signature `step`, in which the input NAME is a "
      "single step, without a time axis; may be repeated")
  parser.add_argument(
      "--time-axis", metavar="N", type=int, default=1,
      help="the time axis of the inputs in --step (default %(default)s)")
  parser.add_argument(
      "--format", choices=("saved_model", "frozen", "onnx"),
      default="saved_model", help="default %(default)s")
  parser.add_argument(
      "--example", metavar="FILE.npz", help="inputs for the comparison, an "
      "array for each NAME; drawn with a seed by default")
  parser.add_argument(
      "--tolerance", metavar="X", type=float, default=1e-6,
      help="the largest difference, relative to the largest number of an "
      "output (default %(default)g)")
  parser.add_argument(
      "--timeout", type=float, metavar="SECONDS", default=600.0,
      help="how long SCRIPT may take to reach its first Session.run (default "
      "%(default)g)")


def split(words, parser):
  """After CKPT, everything from SCRIPT on is the program's.

  A GRAPH takes no arguments, so options may follow it.
  """
  del parser
  at, seen = 0, 0
  while at < len(words):
    if words[at] == "-m" and seen == 1:
      return words[:at], words[at:]
    if words[at].startswith("-") and words[at] != "-":
      at += 1 if "=" in words[at] or words[at] in ("-h", "--help") else 2
      continue
    if seen == 1 and words[at].endswith(_GRAPHS):
      return words[:at] + words[at + 1:], [words[at]]
    if seen == 1:
      return words[:at], words[at:]
    at, seen = at + 1, seen + 1
  return words, []


def execute(arguments):
  """Writes the model and returns the exit code."""
  from tfcompat_rnn.cli import checkpoint
  if not arguments.rest:
    arguments.parser.error("name the SCRIPT, or the GRAPH.meta, after CKPT")
  checkpoint.load_quietly()
  try:
    return _export(arguments)
  except _errors.LauncherError:
    raise
  except _errors.TfcompatError as error:
    text = str(error)
    for name, option in _OPTIONS.items():
      text = text.replace(f"`{name}`", f"`{option}`")
    _terminal.complain(text)
    return 1 if isinstance(error, _errors.ExportError) else 2


def _export(arguments):
  from tfcompat_rnn.checkpoints import reading
  from tfcompat_rnn.cli import _graphs
  from tfcompat_rnn.export import exporting
  from tfcompat_rnn.export import sources
  from tfcompat_rnn.export import writing
  signatures = _signatures(arguments)
  example = _example(arguments.example)
  # What can be seen at once is seen before a program runs for minutes.
  writing.check_target(arguments.to, arguments.format)
  opened = reading.open_checkpoint(arguments.checkpoint)
  with tempfile.TemporaryDirectory(prefix="tfcompat-graph-") as folder:
    file = (arguments.rest[0] if _graphs.is_file(arguments.rest)
            else os.path.join(folder, "graph.meta"))
    _, keys = _graphs.find(arguments.rest, arguments.timeout, file)
    exported = exporting.export(
        arguments.to, sources.of_files(file, opened, keys), signatures,
        arguments.format, example, tolerance=arguments.tolerance)
  print("\n".join(_report(arguments, exported)))
  return 0


def _report(arguments, exported):
  yield f"wrote {exported.path} ({arguments.format})"
  yield from exported.signatures
  yield ("compared with the original graph, in a process without this package: "
         f"greatest difference {exported.difference:.2g}")
  if exported.random:
    yield ("random operations, which draw other numbers in each run: "
           + ", ".join(exported.random))
  name = os.path.basename(exported.path)
  if arguments.format == "saved_model" and not name.isdigit():
    yield (f"TensorFlow Serving needs a version number: serve the folder above "
           f"a copy of it called 1, instead of {name}")
  yield "to call it, in Python without this package:"
  yield ""
  yield from exported.usage


def _signatures(arguments):
  from tfcompat_rnn.export import signatures
  error = arguments.parser.error
  inputs = (None if arguments.input is None
            else _tensors("--input", arguments.input, error))
  outputs = _tensors("--output", arguments.output, error)
  constants = {}
  for text in arguments.set:
    tensor, mark, value = text.rpartition("=")
    if not mark or not tensor:
      error(f"--set must be TENSOR=VALUE, got {text!r}")
    constants[tensor] = _value(value)
  states = {}
  for text in arguments.state:
    name, mark, tensors = text.partition("=")
    if not mark or tensors.count(",") != 1 or name in states:
      error(f"--state must be NAME=INITIAL,FINAL, each NAME once, got {text!r}")
    states[name] = tensors.split(",")

  def made(one_step):
    return signatures.of_names(
        inputs, outputs, states, updates=arguments.update,
        weights=arguments.weight, constants=constants, one_step=one_step,
        time_axis=arguments.time_axis)

  found = {signatures.DEFAULT: made(())}
  if arguments.step:
    found["step"] = made(arguments.step)
  return found


def _tensors(option, texts, error):
  from tfcompat_rnn.export import signatures
  found = {}
  for text in texts:
    name, mark, tensor = text.partition("=")
    if not mark:
      name, tensor = signatures.identifier(text), text
    if not tensor or name in found:
      error(f"{option} must be [NAME=]TENSOR, each NAME once, got {text!r}")
    found[name] = tensor
  return found


def _value(text):
  """`1`, `0.5`, `true`, `[1, 2]`, or a string."""
  for read in (json.loads, float):
    try:
      return read(text.lower() if text in ("True", "False") else text)
    except ValueError:
      pass
  return text


def _example(path):
  if path is None:
    return None
  from tfcompat_rnn.checkpoints.export import files
  return files.read_npz(path)
