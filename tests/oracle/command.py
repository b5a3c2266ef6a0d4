"""The command line of every generator. Python 3.7 syntax.

    python tests/FOLDER/generate.py            # writes tests/FOLDER/data
    python tests/FOLDER/generate.py --check    # compares; exit code 1 if not

Start it with any Python: without TensorFlow 1.15 it starts itself again in
a Python that has it (see `reference`).
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile

from oracle import comparison
from oracle import reference


def parse(argv, description=__doc__.split("\n")[0]):
  parser = argparse.ArgumentParser(description=description)
  parser.add_argument("--check", action="store_true",
                      help="write nothing; compare with what is committed")
  parser.add_argument("--reference-python", metavar="PATH",
                      help="a Python 3.7 that has TensorFlow 1.15")
  parser.add_argument("--venv", metavar="DIR",
                      help="where to make such a Python if there is none")
  return parser.parse_args(argv)


def go_on_there(script, options):
  """Runs `script` in the interpreter that `options` name; its exit code.

  2, and a line that says what to install, if there is none.
  """
  try:
    python = reference.find(options.reference_python, options.venv)
  except reference.NoReferenceError as error:
    print(error, file=sys.stderr)
    return 2
  return subprocess.call(
      [python, os.path.abspath(script)] + ["--check"] * options.check,
      env=reference.environment())


def main(script, write, folder, compare=comparison.compare, argv=None):
  """What a generator does; its exit code.

  `write(folder)` computes everything with TensorFlow 1.15 and writes it
  below a folder: `folder`, or with `--check` a temporary one, which
  `compare(folder, temporary)` then compares with it.
  """
  options = parse(sys.argv[1:] if argv is None else argv)
  if not reference.is_reference():
    return go_on_there(script, options)
  import tensorflow as tf
  tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
  if options.check:
    return check(write, folder, compare)
  write(folder)
  return 0


def check(write, folder, compare=comparison.compare):
  """Compares `folder` with what `write` writes now; the exit code."""
  fresh = tempfile.mkdtemp(prefix="oracle-")
  try:
    write(fresh)
    problems = compare(folder, fresh)
  finally:
    shutil.rmtree(fresh)
  for line in problems:
    print("DIFFERS " + line)
  print("%s: %s" % (
      os.path.relpath(folder, os.path.dirname(os.path.dirname(
          os.path.abspath(__file__)))),
      "%d differences" % len(problems) if problems else "as committed"))
  return 1 if problems else 0
