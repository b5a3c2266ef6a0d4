"""Finds or creates a Python 3.7 with TensorFlow 1.15. Python 3.7 syntax."""

import os
import shutil
import subprocess
import sys

VARIABLE = "TFCOMPAT_REFERENCE_PYTHON"
REQUIREMENTS = ["tensorflow==1.15.5", "protobuf<3.21", "numpy<1.19"]
_PROBE = ("import sys, tensorflow; "
          "sys.exit(0 if tensorflow.__version__.startswith('1.15.') else 3)")


class NoReferenceError(Exception):
  """There is no Python 3.7 with TensorFlow 1.15, and none can be created."""


def environment():
  """The process environment, fit for 1.15 and without its warnings."""
  quiet = dict(os.environ)
  # AutoGraph of 1.15 took what a conditional returns in the order of a set.
  quiet["PYTHONHASHSEED"] = "0"
  quiet.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
  quiet.setdefault("PYTHONWARNINGS", "ignore")
  # Current TensorFlow sets it when imported, and 1.15 would obey it.
  quiet.pop("TF2_BEHAVIOR", None)
  return quiet


def is_reference():
  """Whether this process can import TensorFlow 1.15."""
  if sys.version_info[:2] != (3, 7):
    return False
  try:
    import tensorflow
  except ImportError:
    return False
  return tensorflow.__version__.startswith("1.15.")


def _succeeds(command):
  try:
    return subprocess.call(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env=environment()) == 0
  except OSError:
    return False


def has_tensorflow(python):
  return _succeeds([python, "-c", _PROBE])


def _is_37(python):
  return _succeeds([
      python, "-c", "import sys; sys.exit(sys.version_info[:2] != (3, 7))"])


def candidates():
  """Pythons 3.7 of this machine: those on the path, then pyenv's."""
  found = [path for path in (shutil.which("python3.7"),) if path]
  if shutil.which("pyenv"):
    try:
      versions = subprocess.check_output(
          ["pyenv", "versions", "--bare"], universal_newlines=True).split()
      for version in versions:
        if version.startswith("3.7."):
          root = subprocess.check_output(
              ["pyenv", "prefix", version], universal_newlines=True).strip()
          found.append(os.path.join(root, "bin", "python3.7"))
    except (OSError, subprocess.CalledProcessError):
      pass
  return [path for path in found if _is_37(path)]


def make(venv):
  """Creates a virtual environment with TensorFlow 1.15; returns its python."""
  python = os.path.join(venv, "bin", "python")
  if has_tensorflow(python):
    return python
  bases = candidates()
  if not bases:
    raise NoReferenceError(
        "no Python 3.7 on this machine, which TensorFlow 1.15 needs; install "
        "one (for example `pyenv install 3.7`), or name one that has "
        "TensorFlow 1.15 in " + VARIABLE)
  try:
    subprocess.check_call([bases[0], "-m", "venv", venv])
    subprocess.check_call(
        [python, "-m", "pip", "install", "--quiet"] + REQUIREMENTS)
  except subprocess.CalledProcessError as error:
    raise NoReferenceError(
        "could not make a Python with TensorFlow 1.15 in %s: %s; name one "
        "that has it in %s" % (venv, error, VARIABLE)) from error
  return python


def find(named=None, venv=None):
  """The path of a Python with TensorFlow 1.15.

  It is the one that is named (by argument, then environment), or else one
  created in `venv`. Raises `NoReferenceError`, which says what to do, if there
  is none.
  """
  named = named or os.environ.get(VARIABLE)
  if named:
    if not has_tensorflow(named):
      raise NoReferenceError(
          "%s cannot import TensorFlow 1.15; name a Python that can in %s, "
          "or name none and one is made" % (named, VARIABLE))
    return named
  if not venv:
    raise NoReferenceError(
        "this Python has no TensorFlow 1.15; name one that has it with "
        "--reference-python or in %s, or say --venv DIR and one is made "
        "there" % VARIABLE)
  return make(os.path.abspath(venv))
