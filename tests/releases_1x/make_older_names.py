"""Writes `tfcompat_rnn/namespace/names_before_1_15.json`.

    python tests/releases_1x/make_older_names.py PYTHON [PYTHON ...]

Each PYTHON is an interpreter with a TensorFlow from 1.0 to 1.14; together
they decide which releases the file knows. Python 3.6 syntax.

The file says, for each module of those releases, which names it had that
TensorFlow 1.15.5 did not have there, and in which releases they were seen:
{"releases": ["1.0", ...], "modules": {module: {"1.0-1.4": "name name"}}}.
"""

import importlib
import json
import os
import pkgutil
import subprocess
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))
FOLDER = os.path.join(
    os.path.dirname(os.path.dirname(HERE)), "tfcompat_rnn", "namespace")
FILE = "names_before_1_15.json"
SKIPPED = ("testing", "_test", "test_util", "cmake", "makefile",
           "contrib.lite", "tfprof", "tensorboard", "debug", "tensor_forest",
           "gen_", "boosted_trees", "factorization", "specs", "linear_opt",
           "tpu", "tensorrt", "hvx", "fold", "gan.", "bayesflow", "timeseries")
# Private modules that programs imported names with an underscore from.
UNDERSCORED = ("rnn", "rnn_cell", "rnn_cell_impl", "core_rnn",
               "core_rnn_cell", "core_rnn_cell_impl", "base", "decoder",
               "attention_wrapper", "dynamic_attention_wrapper",
               "attention_decoder_fn", "context", "cudnn_rnn_ops")
# Parts of tensorflow.python whose modules programs imported.
PYTHON = ("client", "data", "eager", "framework", "layers", "ops", "training",
          "util", "platform", "summary", "estimator", "lib")
NOISE = ("absolute_import", "division", "print_function", "tf_export",
         "xrange", "zip", "map", "deprecated", "deprecated_args")


def _is_skipped(old):
  return any(part in old for part in SKIPPED)


def _public_names(module):
  """The public names of a module, without what it imports for itself."""
  found = []
  for name in dir(module):
    value = getattr(module, name, None)
    imported = (isinstance(value, types.ModuleType)
                and module.__name__.startswith("tensorflow.contrib")
                and not value.__name__.startswith(module.__name__ + "."))
    if not name.startswith("_") and name not in NOISE and not imported:
      found.append(name)
  return found


def _own_names(module, old):
  """The names that a private module defines itself."""
  found = []
  underscored = old.rpartition(".")[2] in UNDERSCORED
  for name in dir(module):
    if name in NOISE or name.startswith("__") or (
        name.startswith("_") and not underscored):
      continue
    value = getattr(module, name, None)
    home = getattr(value, "__module__", None)
    if isinstance(value, types.ModuleType) or home == "__future__":
      continue
    if isinstance(home, str) and home != module.__name__:
      continue
    if home is None and name.startswith("_"):
      continue
    found.append(name)
  return found


def _public(module, old, out, depth=0):
  if old in out or depth > 3:
    return
  out[old] = _public_names(module)
  for name in out[old]:
    value = getattr(module, name, None)
    if isinstance(value, types.ModuleType) and name not in (
        "contrib", "python", "core", "pywrap_tensorflow", "tools",
        "examples", "keras") and value.__name__.startswith("tensorflow"):
      _public(value, old + "." + name if old else name, out, depth + 1)


def _walk(package, out):
  for info in pkgutil.walk_packages(
      package.__path__, package.__name__ + ".", onerror=lambda name: None):
    old = info[1].partition("tensorflow.")[2]
    parts = old.split(".")
    if (_is_skipped(old) or old in out
        or parts[0] == "python" and parts[1] not in PYTHON
        or "keras" in parts):
      continue
    try:
      module = importlib.import_module("tensorflow." + old)
    except BaseException:  # some need what is not installed, or exit
      continue
    out[old] = (_own_names(module, old) if "python" in parts
                else _public_names(module))


def measure():
  """Prints {module: [names]} of the TensorFlow of this interpreter."""
  import tensorflow as tf
  # Some releases remove these attributes from the package.
  contrib = importlib.import_module("tensorflow.contrib")
  python = importlib.import_module("tensorflow.python")
  del sys.argv[1:]  # some of the modules are programs
  out = {}
  _public(tf, "", out)
  out["contrib"] = _public_names(contrib)
  _walk(contrib, out)
  _walk(python, out)
  print("\nNAMES " + json.dumps([tf.__version__, out]))


def _note(seen, module, name, release):
  found = seen.setdefault(module, {}).setdefault(name, [])
  if release not in found:
    found.append(release)


def merged(measured, known):
  """The contents of the file.

  `measured`: [(release, {module: names})], oldest first; `known`: {module:
  names} of 1.15.5.
  """
  releases = [release for release, _ in measured]
  seen = {}
  for release, modules in measured:
    for module, names in modules.items():
      there = known.get(module, ())
      if module and module not in known:
        parent, _, last = module.rpartition(".")
        _note(seen, parent, last, release)
      for name in names:
        full = module + "." + name if module else name
        if name not in there and full not in known:
          _note(seen, module, name, release)
  modules = {}
  for module, names in seen.items():
    for name, found in names.items():
      span = found[0] if len(found) == 1 else found[0] + "-" + found[-1]
      modules.setdefault(module, {}).setdefault(span, []).append(name)
  return {"releases": releases, "modules": {
      module: {span: " ".join(sorted(names))
               for span, names in sorted(spans.items())}
      for module, spans in sorted(modules.items())}}


def main(pythons):
  measured = []
  for python in pythons:
    output = subprocess.check_output(
        [python, os.path.abspath(__file__), "--measure"],
        stderr=subprocess.DEVNULL).decode()
    version, modules = json.loads(output.rpartition("\nNAMES ")[2])
    release = ".".join(version.split(".")[:2])
    measured.append((release, modules))
  measured.sort(key=lambda item: [int(n) for n in item[0].split(".")])
  with open(os.path.join(FOLDER, "names_1_15.json")) as stream:
    known = {module: set(names.split())
             for module, names in json.load(stream)["modules"].items()}
  with open(os.path.join(FOLDER, FILE), "w") as stream:
    json.dump(merged(measured, known), stream, indent=0, sort_keys=True,
              separators=(",", ":"))
    stream.write("\n")


if __name__ == "__main__":
  if sys.argv[1:] == ["--measure"]:
    measure()
  else:
    main(sys.argv[1:])
