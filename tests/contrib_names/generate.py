"""Writes data/ with TensorFlow 1.15, or checks it: names and signatures.

    python tests/contrib_names/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import importlib
import inspect
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from contrib_names import description  # noqa: E402  (needs the path above)
from oracle import command  # noqa: E402
from oracle import files  # noqa: E402

FILE = "names.json.gz"


def private(path):
  """Whether programs reach for the private names of this module.

  Those of tf.contrib.training are about barriers and queues only.
  """
  return not path.startswith("contrib.training")


def write(folder):
  records = {}
  for path in description.NAMESPACES:
    module = importlib.import_module("tensorflow." + path)
    for name in sorted(dir(module)):
      thing = getattr(module, name)
      if not name.startswith("_") and not inspect.ismodule(thing):
        records[path + "." + name] = description.describe(
            thing, private(path))
  for path in description.MODULES:
    module = importlib.import_module("tensorflow." + path)
    for name in sorted(vars(module)):
      thing = vars(module)[name]
      # `gather_tree` came from a compiled library.
      if (getattr(thing, "__module__", None) == module.__name__
          or name == "gather_tree") and (
              private(path) or not name.startswith("_")):
        records[path + "." + name] = description.describe(
            thing, private(path))
  files.write_json(os.path.join(folder, FILE), records)


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA))
