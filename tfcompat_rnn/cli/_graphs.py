"""Finds the keys that a program, or a graph in a file, restores.

A program runs in a separate process, as under `tfcompat-rnn run`, up to its
first `Session.run` or `Saver.restore`, where it ends (`_probe_graph`).
"""

import json
import os
import subprocess
import sys
import tempfile

import numpy as np

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import wanted

_FILES = (".meta", ".pb", ".pbtxt")
_PROBE = "tfcompat_rnn.cli._probe_graph"


def find(words, timeout=600.0, graph_file=None):
  """`(description, Wanted keys)` of a graph or a program.

  `words` are the file and, for a program, its arguments, as `run` takes them.
  A program's graph is also written to `graph_file`, if that is given.

  Raises `MissingFileError` if the file does not exist, and `CheckpointError`
  if it contains no graph or the program ends before it runs one.
  """
  _errors.require(timeout > 0, "--timeout", "be a positive number of seconds",
                  timeout, "leave it out for ten minutes",
                  _errors.CheckpointError)
  name = words[0]
  if is_file(words):
    if len(words) > 1:
      raise _errors.CheckpointError(_errors.problem(
          "graph", "be a single file", " ".join(words),
          "leave out everything after the file"))
    return name, wanted.of_file(name)
  if not name.startswith("-") and not os.path.exists(name):
    raise _errors.MissingFileError(_errors.problem(
        "graph", "be a program, a .meta, a .pb or a .pbtxt", name,
        "check the name"))
  with tempfile.TemporaryDirectory(prefix="tfcompat-graph-") as folder:
    return " ".join(words), _run(words, folder, timeout, graph_file)


def is_file(words):
  """Whether `words` name a graph in a file, not a program."""
  return words[0].endswith(_FILES)


def _run(words, folder, timeout, graph_file):
  result = os.path.join(folder, "keys.json")
  output = os.path.join(folder, "output.txt")
  package = os.path.dirname(os.path.dirname(tfcompat_rnn.__file__))
  paths = [package, os.environ.get("PYTHONPATH", "")]
  with open(output, "wb") as sink:
    try:
      code = subprocess.run(
          [sys.executable, "-c", _start(package, result, graph_file), *words],
          stdin=subprocess.DEVNULL, stdout=sink, stderr=sink,
          timeout=timeout, env=os.environ | {
              "PYTHONPATH": os.pathsep.join(filter(None, paths))}).returncode
    except subprocess.TimeoutExpired:
      code = f"a timeout of {timeout:g} seconds"
  if not os.path.exists(result):
    raise _errors.CheckpointError(_errors.problem(
        "graph", "be a program that builds a graph and runs it",
        f"{' '.join(words)}, which ended with {code} before it ran one",
        "its last lines of output:") + "\n" + _last_lines(output))
  with open(result, encoding="utf-8") as file:
    data = json.load(file)
  keys = [_wanted_of(item) for item in data["keys"]]
  if not keys:
    raise _errors.CheckpointError(_errors.problem(
        "graph", "contain variables", f"{' '.join(words)}, which created none "
        f"before {data['where']}", "name the program that builds the model"))
  return keys


def _start(package, result, graph_file):
  return (f"import sys; sys.path.insert(1, {package!r}); "
          f"from {_PROBE.rpartition('.')[0]} import "
          f"{_PROBE.rpartition('.')[2]} as probe; "
          f"probe.main({result!r}, sys.argv[1:], {graph_file!r})")


def _last_lines(path, count=8):
  with open(path, encoding="utf-8", errors="replace") as file:
    lines = [line.rstrip() for line in file if line.strip()]
  return "\n".join("  " + line for line in lines[-count:]) or "  (none)"


def data_of(keys):
  """The `Wanted` keys as plain data."""
  return [{**item._asdict(), "dtype": None if item.dtype is None
           else item.dtype.name} for item in keys]


def _wanted_of(data):
  shape, dtype = data["shape"], data["dtype"]
  if dtype is not None:
    dtype = np.dtype(object) if dtype == "object" else (
        matching.named_dtype(dtype))
  return matching.Wanted(**{
      **data, "shape": None if shape is None else tuple(shape),
      "dtype": dtype})
