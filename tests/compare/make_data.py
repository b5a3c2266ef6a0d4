"""Records the programs under TensorFlow 1.15.5, for tests without it.

  python tests/compare/make_data.py --reference-python PYTHON [--out DIR] \
      [NAME...]
"""

import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile

from tfcompat_rnn.compare import sides

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
RECORDER = ROOT / "tfcompat_rnn" / "compare" / "recorder.py"
PROGRAMS = [*(HERE / "programs").glob("*.py"),
            ROOT / "examples" / "legacy" / "wave_gru.ipynb"]

# recording -> (program, options of the recorder, environment)
RECORDINGS = {
    "lstm": ("lstm.py", [], {}),
    "linear": ("linear.py", [], {}),
    "linear_seed_42": ("linear.py", ["--seed", "42"], {}),
    "linear_error": ("linear.py", ["--seed", "42"], {"GO_WRONG": "error"}),
    # The first with wrong gradients, as 1.15.5 takes them, the second not.
    "kept_state": ("kept_state.py", [], {}),
    "kept_state_resource": ("kept_state.py", ["--resource-variables"], {}),
    "loop_draws": ("loop_draws.py", [], {}),
    "wave_gru": ("wave_gru.ipynb", [], {}),
}


def record(python, name, out):
  """Leaves the recording `name` in the folder `out`."""
  program, options, environment = RECORDINGS[name]
  # Today's TensorFlow sets this as it is imported; 1.x would obey it.
  inherited = {key: value for key, value in os.environ.items()
               if key != "TF2_BEHAVIOR"}
  with tempfile.TemporaryDirectory() as folder:
    for path in PROGRAMS:
      shutil.copy(path, folder)
    if program.endswith(".ipynb"):
      program = str(sides.notebook_as_script(program, folder))
    done = subprocess.run(
        [python, str(RECORDER)] + options + [
            program, "-o",
            str(pathlib.Path(out).resolve() / f"{name}.npz")],
        cwd=folder, capture_output=True, text=True, check=False,
        env=dict(inherited, TF_CPP_MIN_LOG_LEVEL="3",
                 PYTHONWARNINGS="ignore", **environment))
  if done.returncode != (1 if "GO_WRONG" in environment else 0):
    raise RuntimeError(f"{name}: {done.stderr[-2000:]}")


def main():
  parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
  parser.add_argument("--reference-python", required=True, metavar="PYTHON")
  parser.add_argument("--out", default=str(HERE / "data"), metavar="DIR")
  parser.add_argument("names", nargs="*", default=list(RECORDINGS),
                      metavar="NAME", help="which (default: all)")
  options = parser.parse_args()
  for name in options.names:
    record(options.reference_python, name, options.out)


if __name__ == "__main__":
  main()
