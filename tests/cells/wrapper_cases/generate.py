"""Writes data/ with TensorFlow 1.15, or checks it: the wrappers' cases.

    python tests/cells/wrapper_cases/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import importlib
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import files  # noqa: E402


def write(folder):
  from cells.wrapper_cases import measure
  kit = measure.kit_1_15()
  facts, arrays = {}, {}
  for module_name in measure.CASE_MODULES:
    module = importlib.import_module("cells.wrapper_cases." + module_name)
    for name, case in sorted(module.CASES.items()):
      key = module_name + "/" + name
      found_facts, found = measure.run_case(case, kit)
      facts[key] = json.loads(json.dumps(found_facts))
      for part, value in found.items():
        arrays[key + "/" + part] = value
  path = os.path.join(folder, "measured")
  files.write_json(path + ".json.gz", facts)
  files.write_arrays(path + ".npz", arrays)


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, os.path.join(HERE, "data")))
