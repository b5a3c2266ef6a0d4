"""Starts a program under the reference's interpreter, or under ours."""

import dataclasses
import functools
import json
import os
import pathlib
import re
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


def is_python2(program, arguments, folder="."):
  """Whether `program` is to run as Python 2 did.

  Either `--python2` says so, or its syntax, or the reference is a Python 2.
  """
  if arguments.python2 is not None:
    return arguments.python2
  reference = getattr(arguments, "reference_python", None)
  if reference and version_of(reference) < (3,):
    return True
  from tfcompat_rnn.launcher import notebook
  from tfcompat_rnn.launcher.python2 import recognition
  name = program[0]
  if name.startswith("-m"):
    name = (name[2:] or program[1]).replace(".", os.sep) + ".py"
  path = os.path.join(folder, name)
  if not os.path.isfile(path):
    return False
  if name.endswith(".ipynb"):
    book = notebook.read(path)
    return book.python2 or notebook.find_python2(book) is not None
  return path.endswith(".py") and recognition.find_python2(path) is not None


def reference_command(python, program, output, words, folder, python2=False):
  """The command that records `program` under the interpreter `python`.

  A notebook becomes a script in `folder`, so that the old interpreter does
  not need Jupyter. With `python2`, a Python 3 gets converted sources.
  """
  if program[0].startswith("-m"):
    name = program[0][2:]
    program = ["-m"] + ([name] if name else []) + program[1:]
    place = folder
  else:
    if program[0].endswith(".ipynb"):
      program = [str(notebook_as_script(program[0], folder, python2))] + (
          program[1:])
    place = os.path.dirname(os.path.realpath(
        os.path.join(folder, program[0])))
  if python2 and version_of(python) >= (3,):
    words = ["--python2", _write_sources(place, output)] + words
  return [python, str(RECORDER), "-o", str(output)] + words + program


def _write_sources(place, output):
  """Writes what the recorder needs to run a Python 2 program; its path."""
  from tfcompat_rnn.launcher.python2 import program as sources
  path = pathlib.Path(output).with_suffix(".python2.json")
  path.write_text(json.dumps({
      "runtime": sources.RUNTIME, "sources": sources.convert_folder(place)}))
  return str(path)


def notebook_as_script(name, folder, python2=False):
  """Writes the code cells of the notebook `name` as a script."""
  from tfcompat_rnn.launcher import notebook
  path = pathlib.Path(folder) / (pathlib.Path(name).stem + ".py")
  coding = "# -*- coding: utf-8 -*-\n" if python2 else ""
  book = notebook.read(os.path.join(folder, name))
  path.write_text(coding + notebook.as_script(book, python2),
                  encoding="utf-8")
  return path


def our_command(program, output, words, python2=False):
  """The command that records `program` under this interpreter."""
  if python2 and "--python2" not in words:
    words = ["--python2"] + words
  return [sys.executable, "-c", _OURS, "record", "-o", str(output)] + (
      words + program)


def imports_this(name, folder="."):
  """Does the script `name` import this package, and so need no launcher?"""
  path = os.path.join(folder, name)
  if not path.endswith(".py") or not os.path.isfile(path):
    return False
  with open(path, "rb") as file:
    return re.search(rb"^[ \t]*(import|from)[ \t]+tfcompat_rnn\b", file.read(),
                     re.M) is not None


@functools.lru_cache(maxsize=None)
def version_of(python):
  """The version of the interpreter `python`, such as (3, 7).

  Raises:
    LauncherError: if it cannot be started, or fails.
  """
  try:
    done = subprocess.run(
        [python, "-c", "import sys; print('%d %d' % sys.version_info[:2])"],
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
  words = done.stdout.split()
  return tuple(map(int, words)) if len(words) == 2 else (3,)


def check_python(python):
  """Checks that `python` can be run as a Python interpreter.

  Raises:
    LauncherError: if it cannot be started, or fails.
  """
  version_of(python)


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
        os.path.realpath(arguments.output),
        options.of_recorder(arguments) + options.of_reference(arguments),
        os.getcwd() if not arguments.rest[0].endswith(".ipynb") else folder,
        is_python2(arguments.rest, arguments))
    code = subprocess.run(command, env=environment(
        ours=False, path=arguments.reference_path),
                          check=False).returncode
  return 2 if code == 3 else code
