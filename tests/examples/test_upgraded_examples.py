"""Upgraded, each old example computes under plain Python what it did.

The old program runs under the launcher, the new one without it; every number
that `Session.run` gives them is compared, and what they print.
"""

import os
import pathlib
import shutil

import numpy as np
import pytest
import test_legacy_examples as legacy

import legacy_scripts
from tfcompat_rnn import upgrade
from tfcompat_rnn.compare import recording

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = legacy_scripts.LEGACY.parent
FOLDERS = ("legacy", "before_1_0")
# So many calls of Session.run show that a program computes the same.
CALLS = "8"
ARGUMENTS = dict(legacy.ARGUMENTS, bidirectional_0_12=[], char_rnn_0_8=[])
# Old releases, queues and slim, Keras, estimators, Python 2, a notebook; all
# others differ from these in what they compute, not in how they import it.
SLOW = ("bucketed_lines", "char_rnn_0_8", "keras_mixed",
        "python2_char_rnn", "queue_input", "text_classifier", "wave_gru")


def names():
  """The test's parameters: all programs, with the marks of their tiers."""
  found = sorted(path for folder in FOLDERS
                 for path in (EXAMPLES / folder).iterdir()
                 if path.suffix in (".py", ".ipynb")
                 and path.stem not in legacy_scripts.HELPERS)
  for path in found:
    mark = (pytest.mark.slow if path.stem in SLOW
            else pytest.mark.exhaustive)
    yield pytest.param(path.relative_to(EXAMPLES), marks=mark, id=path.stem)


@pytest.fixture(scope="module")
def upgraded(tmp_path_factory):
  """The folder with the upgraded examples, and the report."""
  folder = tmp_path_factory.mktemp("upgraded")
  for name in FOLDERS:
    shutil.copytree(EXAMPLES / name, folder / name)
  report = upgrade.upgrade([str(folder)])
  report.write()
  return folder, report


def computed(forked, folder, words):
  """(what it printed, [(path, name, array)] of all that it fetched)."""
  (folder / "out").mkdir(parents=True)
  environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, [
      str(legacy.ROOT), os.environ.get("PYTHONPATH")])))
  done = forked.run(words, folder, environment, timeout=500)
  assert done.returncode == 0, done.stderr[-3000:]
  found = recording.Recording(folder / "record.npz")
  return (done.stdout, [
      (item.path, item.name, item.value.array) for call in found.calls()
      for item in sorted(call.fetched, key=lambda item: item.path)])


@pytest.mark.slow
def test_all_are_upgraded(upgraded):
  folder, report = upgraded
  assert report.left == []
  for path in folder.glob("*/*.*"):
    assert "import tensorflow as" not in path.read_text()
  again = upgrade.upgrade([str(folder)])
  assert again.changes == again.left == []


@pytest.mark.parametrize("path", list(names()))
def test_it_computes_the_same(upgraded, forked, tmp_path, path):
  words = ["-m", "tfcompat_rnn", "record", "--steps", CALLS, "-o",
           "record.npz"]
  arguments = ARGUMENTS.get(path.stem, [])
  printed, wanted = computed(forked, tmp_path / "old", [
      *words, EXAMPLES / path, *arguments])
  shell = [HERE / "run_notebook.py"] if path.suffix == ".ipynb" else []
  now, got = computed(forked, tmp_path / "new", [
      *words, "--no-launcher", *shell, upgraded[0] / path, *arguments])
  if path.suffix == ".py":  # IPython shows values and figures its own way
    assert now == printed
  assert [one[:2] for one in got] == [one[:2] for one in wanted]
  assert wanted
  for one, other in zip(wanted, got):
    np.testing.assert_array_equal(other[2], one[2], str(one[:2]))
