"""Writes `tfcompat_rnn/namespace/names_1_15.json`, or checks it.

    python tests/namespace/make_names.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.

Names only: {1.15 module without `tensorflow.`: its public names}; of private
modules also the functions and classes with one underscore that they define,
and of a few modules all such names. And `imports`: {private module: the
modules that stood in it as attributes, as `name` (see `usual`) or
`name=module`}. A module outside TensorFlow is written `:numpy`.
"""

import ast
import collections
import importlib
import json
import os
import pkgutil
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import comparison  # noqa: E402

FOLDER = os.path.join(
    os.path.dirname(os.path.dirname(HERE)), "tfcompat_rnn", "namespace")
FILE = "names_1_15.json"

UNDERSCORED = ("python.ops.rnn", "python.ops.rnn_cell_impl",
               "python.ops.rnn_cell", "python.layers.base",
               "contrib.rnn.python.ops.core_rnn_cell",
               "contrib.rnn.python.ops.rnn_cell",
               "python.training.session_manager")
SKIPPED = ("python.testing", "_test", "contrib.cmake", "contrib.makefile",
           "contrib.lite")
REEXPORTING = ("python", "python.ops.standard_ops",
               "python.pywrap_tensorflow", "python._pywrap_tensorflow_internal",
               "python.pywrap_tensorflow_internal")
NOISE = ("absolute_import", "division", "print_function", "tf_export",
         "keras_export", "estimator_export", "deprecated", "deprecated_args",
         "deprecated_alias", "deprecated_endpoints", "range", "xrange", "zip",
         "map", "deprecated_argument_lookup", "deprecated_arg_values",
         "with_statement")
PUBLIC = ("app", "audio", "autograph", "bitwise", "compat", "config", "data",
          "debugging", "distribute", "distributions", "dtypes", "errors",
          "estimator", "experimental", "feature_column", "flags", "gfile",
          "graph_util", "image", "initializers", "io", "keras", "layers",
          "linalg", "lite", "logging", "lookup", "losses", "manip", "math",
          "metrics", "mixed_precision", "nest", "nn", "profiler", "python_io",
          "quantization", "queue", "ragged", "random", "raw_ops",
          "resource_loader", "saved_model", "sets", "signal", "sparse",
          "spectral", "strings", "summary", "sysconfig", "test", "tpu",
          "train", "types", "user_ops", "version", "xla")


def _names(module, private, old):
  found = []
  for name in dir(module):
    if name.startswith("__"):
      continue
    if name.startswith("_") and old not in UNDERSCORED and not (
        private and getattr(getattr(module, name, None), "__module__", None)
        == module.__name__):
      continue
    try:
      value = getattr(module, name)
    except Exception:  # a lazy attribute that cannot load here
      found.append(name)
      continue
    if private:
      if isinstance(value, types.ModuleType):
        continue
      # Values of other packages stay: programs import some of them from
      # here, for example pad_sequences.
      # What a wildcard import brought along of other files, once each.
      if old in REEXPORTING:
        continue
    if name in NOISE:
      continue
    found.append(name)
  return sorted(found)


def _public(module, old, out, depth=0):
  if old in out or depth > 4 or old.startswith(("compat.v1.", "compat.v2.")):
    return
  out[old] = _names(module, False, old)
  for name in dir(module):
    if name.startswith("_"):
      continue
    try:
      value = getattr(module, name)
    except Exception:
      continue
    inner = name if not old else old + "." + name
    if isinstance(value, types.ModuleType) and "_api.v1" in getattr(
        value, "__name__", ""):
      _public(value, inner, out, depth + 1)


def _walk(package, out):
  prefix = package.__name__ + "."
  for info in pkgutil.walk_packages(package.__path__, prefix,
                                    onerror=lambda name: None):
    old = info[1].partition("tensorflow_core.")[2] or info[1].partition(
        "tensorflow.")[2]
    if any(part in old for part in SKIPPED) or old in out:
      continue
    try:
      module = importlib.import_module("tensorflow." + old)
    except BaseException:
      out[old] = []
      continue
    parts = old.split(".")
    private = "python" in parts or parts[0] in (
        "compiler", "examples", "tools")
    out[old] = _names(module, private, old)


def _read(package, out):
  """The same from the sources: importing these may end the process."""
  root = os.path.dirname(os.path.dirname(package.__file__))
  for folder, _, files in os.walk(os.path.dirname(package.__file__)):
    for file in sorted(files):
      old = os.path.relpath(os.path.join(folder, file), root)
      old, extension = os.path.splitext(old.replace(os.sep, "."))
      if old.endswith(".__init__"):
        old = old[:-len(".__init__")]
      if (extension != ".py" or old in out
          or any(part in old for part in SKIPPED)):
        continue
      with open(os.path.join(folder, file)) as stream:
        tree = ast.parse(stream.read())
      found = []
      for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
          found.append(node.name)
        elif isinstance(node, ast.Assign):
          found += [target.id for target in node.targets
                    if isinstance(target, ast.Name)]
      out[old] = sorted(name for name in set(found)
                        if not name.startswith("__"))


def _imports(modules):
  """{module: {attribute: module}} of the private modules."""
  found = {}
  for old in modules:
    if ("python" not in old.split(".")
        or old.split(".")[0] in ("compiler", "lite")):
      continue
    try:
      module = importlib.import_module("tensorflow." + old)
    except BaseException:
      continue
    for name in dir(module):
      value = getattr(module, name, None)
      home = getattr(value, "__name__", "")
      home = home.replace("tensorflow_core.", "tensorflow.", 1)
      if not isinstance(value, types.ModuleType) or name.startswith("_"):
        continue
      if not home.startswith("tensorflow."):
        found.setdefault(old, {})[name] = ":" + home
      elif home != "tensorflow.%s.%s" % (old, name):
        found.setdefault(old, {})[name] = home[len("tensorflow."):]
  return found


def _shortened(imports):
  """The same with the most frequent target of each name left out."""
  count = collections.Counter(
      item for inner in imports.values() for item in inner.items())
  usual = {}
  for (name, target), _ in sorted(count.items(), key=lambda i: (i[1], i[0])):
    usual[name] = target
  short = {old: " ".join(
      name if usual[name] == target else name + "=" + target
      for name, target in sorted(inner.items()))
           for old, inner in imports.items()}
  return usual, short


def write(folder):
  # Some of the modules are programs, which parse the arguments.
  del sys.argv[1:]
  import tensorflow as tf
  import tensorflow.contrib  # loads the lazy module
  import tensorflow.python
  out = {}
  _public(tf, "", out)
  for name in PUBLIC:
    if hasattr(tf, name):
      _public(getattr(tf, name), name, out)
  out["contrib"] = _names(importlib.import_module("tensorflow.contrib"),
                          False, "contrib")
  _walk(tensorflow.contrib, out)
  _walk(tensorflow.python, out)
  for top in ("examples", "tools", "core"):
    package = importlib.import_module("tensorflow." + top)
    out[top] = []
    _walk(package, out)
  for top in ("compiler", "lite"):
    _read(importlib.import_module("tensorflow." + top), out)
  for top in ("compiler", "core"):
    out[top] = sorted(set(name.split(".")[1] for name in out
                          if name.startswith(top + ".")))
  out["include"] = []  # header files; it can be imported
  out["python"] = sorted(set(
      name.split(".")[1] for name in out if name.startswith("python.")))
  modules = {old: " ".join(names) for old, names in sorted(out.items())}
  usual, imports = _shortened(_imports(sorted(out)))
  with open(os.path.join(folder, FILE), "w") as stream:
    json.dump({"tensorflow": tf.__version__, "modules": modules,
               "imports": imports, "usual": usual}, stream,
              indent=0, sort_keys=True, separators=(",", ":"))
    stream.write("\n")
  print("%d modules, %d names" % (len(out), sum(map(len, out.values()))))


def compare(committed, fresh):
  """The folder holds other files as well; without SciPy a name is missing."""
  found = []
  for folder in (committed, fresh):
    with open(os.path.join(folder, FILE)) as stream:
      contents = json.load(stream)
    contents["modules"] = {
        old: [name for name in names.split() if name != "issparse"]
        for old, names in contents["modules"].items()}
    found.append(contents)
  return comparison.compare_json(FILE, *found)


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, FOLDER, compare))
