"""Starts a program under the reference's interpreter, or under ours."""

import dataclasses
import os
import pathlib
import subprocess
import sys
import tempfile

from tfcompat_rnn import _errors
from tfcompat_rnn.compare import options

RECORDER = pathlib.Path(__file__).with_name("recorder.py")
_PACKAGE = pathlib.Path(__file__).resolve().parents[2]
# `-c`, so that the package neither has to be installed nor comes before the
# program's modules on the path.
_OURS = (f"import sys; sys.path.append({str(_PACKAGE)!r}); "
         "from tfcompat_rnn.cli import main; sys.exit(main())")
# Defaults; values that the user has set take precedence.
_BOTH = {"TF_CPP_MIN_LOG_LEVEL": "3", "MPLBACKEND": "Agg",
         "PYTHONHASHSEED": "0"}
_REFERENCE = {"PYTHONWARNINGS": "ignore"}
_HERE = {"TF_ENABLE_ONEDNN_OPTS": "0"}


@dataclasses.dataclass
class Outcome:
  """How one side ended."""
  name: str                 # "the reference" or "our side"
  code: int
  path: pathlib.Path        # its recording, or None
  stdout: str = ""
  stderr: str = ""


def recorder_source():
  """The text of the recorder, which runs by itself."""
  part = (RECORDER.parents[1] / "launcher" / "ordered_sets.py").read_text(
      encoding="utf-8")
  return RECORDER.read_text(encoding="utf-8").replace(
      "\nPARTS = {} ", f"\nPARTS = {{\n    'ordered_sets': {part!r}}} ")


def environment(ours, path=None):
  """The environment of one side's process.

  `path` replaces PYTHONPATH on the reference's side.
  """
  found = dict(_BOTH, **(_HERE if ours else _REFERENCE))
  found.update(os.environ)
  if not ours:
    found.pop("PYTHONHOME", None)
    # TensorFlow 2 sets this when it is imported, and 1.x would obey it.
    found.pop("TF2_BEHAVIOR", None)
    if path is not None:
      found["PYTHONPATH"] = path
  return found


def _refuse(text):
  error = _errors.LauncherError(text)
  error.exit_code = 2
  return error


def reference_command(python, program, output, words, folder):
  """The command that records `program` under the interpreter `python`.

  A notebook becomes a script in `folder`, so that the old interpreter does
  not need Jupyter.
  """
  if program[0].startswith("-m"):
    name = program[0][2:]
    program = ["-m"] + ([name] if name else []) + program[1:]
  elif program[0].endswith(".ipynb"):
    program = [str(notebook_as_script(program[0], folder))] + program[1:]
  return [python, str(RECORDER), "-o", str(output)] + words + program


def notebook_as_script(name, folder):
  """Writes the code cells of the notebook `name` as a script."""
  from tfcompat_rnn.launcher import notebook
  magics = notebook._Magics(lambda text: None)
  text = "\n".join(notebook.to_python(cell.source, magics)
                   for cell in notebook.read(name).cells)
  path = pathlib.Path(folder) / (pathlib.Path(name).stem + ".py")
  path.write_text(text + "\n", encoding="utf-8")
  return path


def our_command(program, output, words):
  """The command that records `program` under this interpreter."""
  return [sys.executable, "-c", _OURS, "record", "-o", str(output)] + (
      words + program)


def check_python(python):
  """Checks that `python` can be run as a Python interpreter.

  Raises:
    LauncherError: if it cannot be started, or fails.
  """
  try:
    done = subprocess.run([python, "-c", "import sys; print(sys.version)"],
                          capture_output=True, text=True, check=False)
  except OSError as error:
    raise _refuse(
        f"`--reference-python` must be an interpreter with TensorFlow 1.4 to "
        f"1.15, got {python} ({error.strerror}); give its full path") from None
  if done.returncode:
    raise _refuse(
        f"`--reference-python` must be a Python interpreter, got {python}, "
        f"which ended with exit code {done.returncode}: "
        f"{done.stderr.strip()[-300:]}; give the path of a python3")


def run(name, command, folder, ours, output, path=None):
  """Runs one side and returns its Outcome."""
  with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
    code = subprocess.run(command, cwd=folder, env=environment(ours, path),
                          stdin=subprocess.DEVNULL, stdout=out, stderr=err,
                          check=False).returncode
    texts = []
    for file in (out, err):
      file.seek(0)
      texts.append(file.read().decode("utf-8", "replace"))
  return Outcome(name, code, output if output.exists() else None, *texts)


def record_there(arguments):
  """Implements `record --reference-python`.

  The standard streams and the exit code are those of the program.
  """
  check_python(arguments.reference_python)
  with tempfile.TemporaryDirectory() as folder:
    command = reference_command(
        arguments.reference_python, arguments.rest,
        pathlib.Path(arguments.output).resolve(),
        options.of_recorder(arguments) + options.of_reference(arguments),
        folder)
    code = subprocess.run(command, env=environment(
        ours=False, path=arguments.reference_path),
                          check=False).returncode
  return 2 if code == 3 else code
