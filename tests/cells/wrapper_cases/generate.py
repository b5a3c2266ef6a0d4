"""Writes measured.json and measured.npz. Needs TensorFlow 1.15.5.

    python3.7 tests/cells/wrapper_cases/generate.py
"""

import importlib
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))

from cells.wrapper_cases import harness  # noqa: E402


def main():
  kit = harness.kit_1_15()
  if not kit.tf.__version__.startswith("1.15"):
    raise SystemExit("needs TensorFlow 1.15, this is " + kit.tf.__version__)
  facts, arrays = {}, {}
  for module_name in harness.CASE_MODULES:
    module = importlib.import_module("cells.wrapper_cases." + module_name)
    for name, case in sorted(module.CASES.items()):
      key = module_name + "/" + name
      facts[key], found = harness.run_case(case, kit)
      for part, value in found.items():
        arrays[key + "/" + part] = value
      print(key, len(found))
  with open(os.path.join(HERE, "measured.json"), "w") as out:
    json.dump(facts, out, indent=0, sort_keys=True)
    out.write("\n")
  np.savez_compressed(os.path.join(HERE, "measured.npz"), **arrays)


if __name__ == "__main__":
  main()
