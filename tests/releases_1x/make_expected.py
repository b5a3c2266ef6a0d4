"""Writes `expected/`: what the programs print under the release they name.

    python tests/releases_1x/make_expected.py 1.0=PYTHON 1.1=PYTHON 1.2=PYTHON

A program's name ends in its release, such as `translation_1_0.py`. Programs
of a release without an interpreter are left alone.
"""

import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def main(pythons):
  folder = os.path.join(HERE, "programs")
  for name in sorted(os.listdir(folder)):
    base, extension = os.path.splitext(name)
    python = pythons.get(".".join(base.split("_")[-2:]))
    if extension != ".py" or python is None:
      continue
    printed = subprocess.check_output(
        [python, name], cwd=folder, stderr=subprocess.DEVNULL)
    with open(os.path.join(HERE, "expected", base + ".txt"), "wb") as stream:
      stream.write(printed)


if __name__ == "__main__":
  main(dict(item.split("=", 1) for item in sys.argv[1:]))
