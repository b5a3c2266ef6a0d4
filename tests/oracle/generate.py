"""Runs every generator, or checks all they wrote: what `tox -e golden` does.

    python tests/oracle/generate.py --check [--venv DIR]

Exit code 0 if everything is as committed. Python 3.7 syntax.
"""

import os
import subprocess
import sys

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, TESTS)

from oracle import command  # noqa: E402  (needs the path above)
from oracle import reference  # noqa: E402

# Every program in the tests that TensorFlow 1.15.5 runs to write data.
GENERATORS = (
    "cells/generate.py", "cells/wrapper_cases/generate.py",
    "checkpoints/generate_decoding.py", "checkpoints/generate_real.py",
    "contrib_names/generate.py", "contrib_programs/generate.py",
    "crf/generate.py", "distributed/generate.py", "estimator/generate.py",
    "fused/generate.py",
    "golden/generate.py", "loops/generate.py", "namespace/generate.py",
    "namespace_keras/generate.py",
    "namespace/make_names.py", "releases/signatures.py", "seeds/generate.py",
    "seq2seq/generate.py", "training_input/generate.py")


def main(argv=None):
  options = command.parse(sys.argv[1:] if argv is None else argv, __doc__)
  try:
    python = reference.find(options.reference_python, options.venv)
  except reference.NoReferenceError as error:
    print(error, file=sys.stderr)
    return 2
  codes = [subprocess.call(
      [python, os.path.join(TESTS, name)] + ["--check"] * options.check,
      env=reference.environment()) for name in GENERATORS]
  return max(codes)


if __name__ == "__main__":
  sys.exit(main())
