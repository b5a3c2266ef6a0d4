"""Writes data/ with TensorFlow 1.15, or checks it: distributed programs.

    python tests/distributed/generate.py [--check]

Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import os
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from distributed import clusters  # noqa: E402  (needs the path above)
from oracle import command  # noqa: E402
from oracle import files  # noqa: E402


def printed(program, arguments, workers):
  """What the last process of the cluster prints."""
  with tempfile.TemporaryDirectory() as folder:
    *servers, (_, words) = clusters.commands(
        program, arguments, workers, folder)
    running = [subprocess.Popen(
        [sys.executable] + each, stdout=subprocess.DEVNULL)
        for _, each in servers]
    try:
      text = subprocess.run(
          [sys.executable] + words, stdout=subprocess.PIPE, check=True,
          universal_newlines=True).stdout
    finally:
      for each in running:
        each.kill()
        each.wait()
  return clusters.results(text)


def write(folder):
  files.write_json(os.path.join(folder, "programs.json.gz"), {
      name: printed(*case) for name, case in clusters.CASES.items()})


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA))
