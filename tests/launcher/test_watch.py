"""Imports are noticed whatever finders stand before ours."""

import importlib.machinery
import pathlib
import subprocess
import sys

import pytest

from tfcompat_rnn import _patching
from tfcompat_rnn.launcher import watch

ROOT = pathlib.Path(__file__).resolve().parents[2]


class Foremost:
  """A finder that finds whatever lies on the path, as pytest's does."""

  def find_spec(self, name, path=None, target=None):
    return importlib.machinery.PathFinder.find_spec(name, path, target)


def test_a_finder_that_comes_first(tmp_path, monkeypatch):
  for name in ("watched_a", "watched_b"):
    (tmp_path / f"{name}.py").write_text("value = 1\n")
    monkeypatch.delitem(sys.modules, name, raising=False)
  monkeypatch.syspath_prepend(str(tmp_path))
  seen = []
  with _patching.Stack() as patches:
    watching = watch.Watch(patches)
    watching.when_imported("watched_a", lambda module: seen.append(
        module.value))
    patches.insert(sys.meta_path, 0, Foremost())
    __import__("watched_a")
    assert seen == [1]
    assert type(sys.modules["watched_a"].__loader__).__name__ == (
        "SourceFileLoader")
    watching.when_imported("watched_b", seen.append)
  __import__("watched_b")
  assert seen == [1]
  for name in ("watched_a", "watched_b"):
    del sys.modules[name]


PROGRAM = """
import importlib.machinery
import sys

class Foremost(object):
  def find_spec(self, name, path=None, target=None):
    return importlib.machinery.PathFinder.find_spec(name, path, target)

sys.meta_path.insert(0, Foremost())
import old_module
import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn, seq2seq
import tensorflow.contrib.layers as layers
from tensorflow.python.framework import ops
print(" ".join(map(str, [
    tf.executing_eagerly(), tf.__version__, np.float is float,
    rnn.BasicLSTMCell.__name__, old_module.half(7)])))
"""


@pytest.mark.slow
def test_a_program_with_a_finder_of_its_own(tmp_path):
  pytest.importorskip("fissix")
  (tmp_path / "main.py").write_text(PROGRAM)
  (tmp_path / "old_module.py").write_text(
      "def half(n):\n  if n < 0: print 'no'\n  return n / 2\n")
  done = subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "run", "main.py"], cwd=tmp_path,
      capture_output=True, text=True,
      env=dict(PYTHONPATH=str(ROOT), PATH=""))
  assert done.stdout.split() == [
      "False", "1.15.5", "True", "BasicLSTMCell", "3"], done.stderr
