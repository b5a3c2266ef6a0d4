"""`google.colab` outside Colab: what a program can do without is skipped.

A program that asks whether it runs on Colab learns that it does not: an import
inside a `try` fails, and `find_spec` finds nothing.
"""

import linecache
import os
import re
import sys
import types

from tfcompat_rnn import _errors
from tfcompat_rnn import _importers
from tfcompat_rnn.repairs import Repair
from tfcompat_rnn.repairs import _kinds

_NAME = "google.colab"


def is_guarded(lines, number):
  """Whether line `number` of `lines`, counted from 1, is inside a `try`.

  >>> is_guarded(["try:", "  import a", "except ImportError: pass"], 2)
  True
  """
  depth = _depth(lines[number - 1])
  for line in reversed(lines[:number - 1]):
    if line.strip() and _depth(line) < depth:
      depth = _depth(line)
      if re.match(r"\s*try\s*:", line):
        return True
  return bool(re.match(r"\s*try\s*:", lines[number - 1]))


def _depth(line):
  return len(line) - len(line.lstrip())


def _wants_it():
  """Does an old program import it without being ready for its absence?"""
  frame = sys._getframe(1)
  while frame is not None and _is_import(frame):
    frame = frame.f_back
  name = frame.f_globals.get("__name__") or "" if frame is not None else ""
  if not name or name == "importlib.util" or _importers.belongs_to_today(
      name, frame.f_globals.get("__file__")):
    return False
  lines = linecache.getlines(frame.f_code.co_filename)
  return not (0 < frame.f_lineno <= len(lines)
              and is_guarded(lines, frame.f_lineno))


def _is_import(frame):
  name = frame.f_globals.get("__name__") or ""
  return name.startswith("tfcompat_rnn.") or name in (
      "importlib", "importlib._bootstrap", "importlib._bootstrap_external")


def _refuse(call, remedy):
  def refused(*args, **kwargs):
    raise _errors.RefusedError(
        f"google.colab.{call} needs Colab; {remedy}")
  return refused


def _drive(module, notify):
  def mount(mountpoint, *args, **kwargs):
    """Skipped: files below `mountpoint` must be there already."""
    notify(f"google.colab.drive.mount({mountpoint!r}) skipped: there is no "
           "Google Drive here; put the files where the program looks for them")

  def flush_and_unmount(*args, **kwargs):
    """Does nothing."""

  return {"mount": mount, "flush_and_unmount": flush_and_unmount}


def _files(module, notify):
  def download(filename):
    """Leaves the file where it is; FileNotFoundError if there is none."""
    if not os.path.exists(filename):
      raise FileNotFoundError(f"Cannot find file: {filename}")
    notify(f"google.colab.files.download({filename!r}) skipped: the file is "
           f"in {os.path.dirname(os.path.abspath(filename))}")

  return {"download": download, "upload": _refuse(
      "files.upload()", "put the file into the current folder and read it "
      "there")}


def _output(module, notify):
  def clear(*args, **kwargs):
    """Does nothing: a terminal keeps its lines."""

  return {"clear": clear, "eval_js": _refuse(
      "output.eval_js()", "there is no browser to run JavaScript in")}


def _patches(module, notify):
  def cv2_imshow(a):
    """Shows an image of OpenCV, whose channels are blue, green and red."""
    import matplotlib.pyplot as plt
    import numpy as np
    a = np.clip(a, 0, 255).astype("uint8")
    plt.figure()
    plt.imshow(a[..., [2, 1, 0]] if a.ndim == 3 else a, cmap="gray")
    plt.axis("off")
    plt.show()

  return {"cv2_imshow": cv2_imshow}


def _auth(module, notify):
  return {"authenticate_user": _refuse(
      "auth.authenticate_user()", "copy the data to this machine")}


_PARTS = {"drive": _drive, "files": _files, "output": _output,
          "patches": _patches, "auth": _auth}


def _package(module, notify):
  parts = {}
  for name, build in _PARTS.items():
    part = types.ModuleType(f"{_NAME}.{name}", module.__doc__)
    vars(part).update(build(part, notify))
    parts[name] = part
  return parts


def _row(name, build, what, why="only Colab has it"):
  def apply(patches, module, notify):
    _kinds.supply(name, lambda made: build(made, notify), what, why,
                  _wants_it).apply(patches, module, notify)
  return Repair(name, "builtins", what, why, apply)


ROWS = (_row(_NAME, _package, "drive.mount and files.download are skipped"),
        ) + tuple(
            _row(f"{_NAME}.{name}", build, f"the names in google.colab.{name}")
            for name, build in _PARTS.items())
