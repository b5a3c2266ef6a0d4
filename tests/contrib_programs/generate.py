"""Writes data/ with TensorFlow 1.15, or checks it: parts of tf.contrib.

    python tests/contrib_programs/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import glob
import importlib
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402

MODULES = ("distributions", "learn", "opt", "other")


def cases(module):
  """{name: function} of the cases of `module`."""
  return importlib.import_module("contrib_programs.cases_" + module).CASES


def programs():
  """{name: path} of the programs."""
  return {os.path.basename(path)[:-3]: path for path in sorted(
      glob.glob(os.path.join(HERE, "programs", "*.py")))}


def printed(*command):
  """What a program prints, as a list of lines."""
  return subprocess.run(command, stdout=subprocess.PIPE, check=True,
                        universal_newlines=True).stdout.splitlines()


def write(folder):
  import tensorflow as tf

  from contrib_programs import measure
  for module in MODULES:
    texts, store = {}, {}
    for name, case in cases(module).items():
      texts[name], arrays = measure.run(tf, case)
      store.update({"%s/%s" % (name, key): value
                    for key, value in arrays.items()})
    path = os.path.join(folder, module)
    files.write_json(path + ".json.gz", texts)
    files.write_arrays(path + ".npz", store)
  files.write_json(os.path.join(folder, "programs.json.gz"), {
      name: printed(sys.executable, path)
      for name, path in programs().items()})


def read(module):
  """{case: (texts, arrays)}"""
  path = os.path.join(DATA, module)
  arrays = files.read_arrays(path + ".npz")
  return {name: (texts, {key[len(name) + 1:]: value
                         for key, value in arrays.items()
                         if key.startswith(name + "/")})
          for name, texts in files.read_json(path + ".json.gz").items()}


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA))
