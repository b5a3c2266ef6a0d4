"""Prints, as JSON, what the slow tests compare; run in a process of its own.

    python check_all.py "all programs saving snippets" FOLDER

`FOLDER` gets the files of `saving.save`.
"""

import json
import os
import sys

os.environ["TF_NUM_INTEROP_THREADS"] = "1"
os.environ["TF_NUM_INTRAOP_THREADS"] = "1"
sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from namespace_keras import generate  # noqa: E402
from namespace_keras import programs  # noqa: E402
from namespace_keras import saving  # noqa: E402
from seeds import ours  # noqa: E402


def main(what, folder):
  from tfcompat_rnn import _patching
  from tfcompat_rnn import seeds
  from tfcompat_rnn.launcher import hook
  tf = ours.namespace()
  seeds.install()
  found = {}
  with _patching.Stack() as patches:
    hook.install(patches)
    if "snippets" in what:
      found["snippets"] = generate.measure_all(tf)
    if "programs" in what:
      found["programs"] = generate.run_all(
          tf, None if "all" in what else programs.QUICK)
    if "saving" in what:
      found["restored"] = saving.restore(tf, generate.DATA)
      found["saved"] = saving.save(tf, folder)
      found["again"] = saving.restore(tf, folder)
      found["names"] = [
          v.name for v in saving.fresh(tf, 1)[0].weights]
  with open(os.path.join(folder, "found.json"), "w") as stream:
    json.dump(found, stream)


if __name__ == "__main__":
  main(sys.argv[1], sys.argv[2])
