"""Writes measured.json.gz and measured.npz. Needs TensorFlow 1.15.5.

    python3.7 tests/cells/wrapper_cases/generate.py [--check]

With --check it writes nothing and compares with the stored files.
"""

import gzip
import importlib
import json
import os
import sys

import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))
FACTS = os.path.join(HERE, "measured.json.gz")
ARRAYS = os.path.join(HERE, "measured.npz")
sys.path.insert(0, os.path.dirname(os.path.dirname(HERE)))

from cells.wrapper_cases import harness  # noqa: E402


def measure(kit):
  """(facts by case, arrays by case and part)."""
  facts, arrays = {}, {}
  for module_name in harness.CASE_MODULES:
    module = importlib.import_module("cells.wrapper_cases." + module_name)
    for name, case in sorted(module.CASES.items()):
      key = module_name + "/" + name
      found_facts, found = harness.run_case(case, kit)
      facts[key] = json.loads(json.dumps(found_facts))
      for part, value in found.items():
        arrays[key + "/" + part] = np.asarray(value)
      print(key, len(found))
  return facts, arrays


def check(facts, arrays):
  """The names of what is not as it is stored."""
  with gzip.open(FACTS, "rt") as source:
    stored_facts = json.load(source)
  wrong = [key for key in sorted(set(facts) | set(stored_facts))
           if facts.get(key) != stored_facts.get(key)]
  with np.load(ARRAYS) as stored:
    wrong += [key for key in sorted(set(arrays) | set(stored.files))
              if key not in arrays or key not in stored.files
              or not np.allclose(arrays[key], stored[key], 1e-5, 1e-6)]
  return wrong


def main():
  kit = harness.kit_1_15()
  if not kit.tf.__version__.startswith("1.15"):
    raise SystemExit("needs TensorFlow 1.15, this is " + kit.tf.__version__)
  facts, arrays = measure(kit)
  if "--check" in sys.argv[1:]:
    raise SystemExit("\n".join(check(facts, arrays)) or 0)
  # No file name and no time inside: the same facts are the same bytes.
  with open(FACTS, "wb") as raw:
    with gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as out:
      text = json.dumps(facts, indent=0, sort_keys=True) + "\n"
      out.write(text.encode("utf-8"))
  np.savez_compressed(ARRAYS, **arrays)


if __name__ == "__main__":
  main()
