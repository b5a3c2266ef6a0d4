"""Every repair: needed where it says so, right where it is made, undone."""

import importlib.metadata
import importlib.util
import json
import os
import re
import subprocess
import sys

import pytest
import repair_cases

from tfcompat_rnn import _patching
from tfcompat_rnn import repairs
from tfcompat_rnn.launcher import watch
from tfcompat_rnn.repairs import _kinds

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
ROWS = repairs.rows()
# Needs an IPython shell around it: test_notebook has it.
ELSEWHERE = {"FLAGS.redefine", "np.shape(tensors)"}
_DISTRIBUTIONS = {"NumPy": "numpy", "SciPy": "scipy", "pandas": "pandas",
                  "Pillow": "pillow", "Matplotlib": "matplotlib",
                  "scikit-learn": "scikit-learn", "setuptools": "setuptools"}


def _run(*words):
  environment = dict(os.environ, MPLBACKEND="Agg", PYTHONPATH=ROOT,
                     SETUPTOOLS_USE_DISTUTILS="stdlib")
  done = subprocess.run(
      [sys.executable, os.path.join(HERE, "repair_cases.py"), *words],
      env=environment, capture_output=True, text=True, timeout=300)
  assert done.returncode == 0, done.stderr
  return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def results():
  return {**_run(), **_run("repaired")}


# The library that a module belongs to. Repairs of Python's modules and of
# absl, which TensorFlow requires, need none.
_LIBRARIES = {"numpy": "numpy", "matplotlib": "matplotlib",
              "mpl_toolkits": "matplotlib", "scipy": "scipy",
              "sklearn": "sklearn", "pandas": "pandas", "PIL": "PIL"}


def _needs(row):
  """The libraries without which nothing can be said about `row`."""
  where = row.name if row.where == "builtins" else row.where
  needs = {_LIBRARIES.get(where.partition(".")[0])} - {None}
  return tuple(sorted(needs | ({"PIL"} if "Pillow" in row.what else set())))


GROUPS = sorted({_needs(row) for _, row in ROWS})
by_libraries = pytest.mark.parametrize(
    "libraries", GROUPS, ids=lambda names: "+".join(names) or "none")


def _rows(libraries):
  for library in libraries:
    pytest.importorskip(library)
  return [row for _, row in ROWS
          if _needs(row) == libraries and row.name not in ELSEWHERE]


def _numbers(text):
  return tuple(int(part) for part in re.findall(r"\d+", text)[:2])


def _is_needed(row):
  """Does this environment want the repair, by what the row itself says?"""
  if row.name.startswith("IPython"):
    return importlib.util.find_spec("IPython") is None
  found = re.search(r"(Python|TensorFlow|%s) (\d[\d.]*)"
                    % "|".join(_DISTRIBUTIONS), row.why)
  if found is None or found.group(1) == "TensorFlow":
    return True
  name, since = found.groups()
  installed = (sys.version_info[:2] if name == "Python" else
               _numbers(importlib.metadata.version(_DISTRIBUTIONS[name])))
  back = re.search(r"back in (\d[\d.]*)", row.why)
  if back and installed >= _numbers(back.group(1)):
    return False
  return installed >= _numbers(since)


@pytest.mark.spread(fast=3)
@by_libraries
def test_each_is_needed_where_its_row_says(results, libraries):
  wrong = [f"{row.name} ({row.why}): "
           f"{'works' if not results['bare'][row.name] else 'fails'} without"
           for row in _rows(libraries)
           if _is_needed(row) != bool(results["bare"][row.name])]
  assert not wrong, "\n".join(wrong)


@by_libraries
def test_each_restores_what_it_promises(results, libraries):
  failed = {row.name: results["repaired"][row.name]
            for row in _rows(libraries) if results["repaired"][row.name]}
  assert not failed


@by_libraries
def test_uninstall_takes_everything_back(results, libraries):
  differing = {row.name: results["undone"][row.name]
               for row in _rows(libraries)
               if bool(results["undone"][row.name])
               != bool(results["bare"][row.name])}
  assert not differing


def test_what_changes_meaning_is_said(results):
  said = "\n".join(results["said"])
  assert "a pickle can run code" in said and "--no-repair np.load" in said
  assert "pickled by Python 2" in said
  assert "drive.mount('/content/drive') skipped" in said
  assert not any(line.startswith("repair ") for line in results["said"])


@pytest.mark.parametrize("source, number, expected", [
    ("import google.colab", 1, False),
    ("try:\n  import google.colab\n  a = 1\nexcept: pass", 2, True),
    ("try:\n  a = 1\n\n  if a:\n    import google.colab\nexcept: 1", 5, True),
    ("try: import google.colab\nexcept: pass", 1, True),
    ("try:\n  a = 1\nexcept: pass\nimport google.colab", 4, False),
    ("try:\n  a = 1\nexcept:\n  import google.colab", 4, False),
    ("if a:\n  # try:\n  import google.colab", 3, False),
    ("def f():\n  try :\n    import google.colab", 3, True)])
def test_a_program_that_asks_for_colab_learns_that_there_is_none(
    source, number, expected):
  from tfcompat_rnn.repairs.modules import colab
  assert colab.is_guarded(source.split("\n"), number) is expected


def test_names_are_unique_and_every_case_has_a_row():
  names = [row.name for _, row in ROWS]
  assert len(names) == len(set(names))
  assert not set(repair_cases.CASES) - set(names)


def test_every_wrapper_and_module_has_a_program_of_its_own():
  bare = [row.name for _, row in ROWS
          if "make" in row.apply.__code__.co_freevars
          and row.name not in repair_cases.CASES]
  assert not bare


@pytest.mark.parametrize("off, name, expected", [
    (("np.float",), "np.float", True), (("np.*",), "np.float", True),
    (("numpy",), "np.float", True), (("np.int",), "np.float", False),
    (("python",), "np.float", False), ((), "np.float", False)])
def test_switching_off(off, name, expected):
  assert repairs.is_off("numpy", name, off) is expected


def test_unknown_names_are_told():
  assert repairs.unknown_names(["np.float", "np.flaot", "pandas", "ta*x"]) == [
      "np.flaot", "ta*x"]


def test_listing_has_every_row_and_marks_what_is_off():
  lines = repairs.listing(("np.float",)).splitlines()
  for _, row in ROWS:  # the longest name has a space after it, too
    assert any(line.startswith(f"  {row.name} ") for line in lines), row.name
  assert len(lines) == len(ROWS) + len(repairs.FAMILIES)
  assert [line.split()[0] for line in lines if line.endswith("[off]")] == [
      "np.float"]


_LIBRARY = """
import numpy as np
def ragged():
  return np.array([[1, 2], [3]])
"""


def test_ragged_arrays_stay_an_error_in_libraries_of_today(monkeypatch):
  # scikit-learn and others count on the ValueError.
  import types

  import numpy as np

  from tfcompat_rnn.repairs import numpy as table
  row = next(row for row in table.ROWS if row.name == "np.array(ragged)")
  with _patching.Stack() as patches:
    row.apply(patches, np, lambda text: None)
    today, old = types.ModuleType("sklearn.x"), types.ModuleType("mine")
    for module in (today, old):
      exec(_LIBRARY, vars(module))
    with pytest.raises(ValueError):
      today.ragged()
    assert old.ragged().shape == (2,)


_TENSORS = """
import numpy as np
def arrays(t):
  return [np.array([t, t]), np.asarray((t, t)), np.array([[t, t, t]] * 2)]
def shapes(t):
  return [np.shape([t, t]), np.shape([[t], [t]]), np.shape([[t], [t, t]])]
"""


def test_lists_of_tensors_are_arrays_of_objects(v1):
  # As under TensorFlow 1.15 with NumPy 1.18.
  import types

  import numpy as np

  from tfcompat_rnn.repairs import numpy as table
  names = ("np.array(ragged)", "np.asarray(ragged)", "np.shape(tensors)")
  x = v1.zeros([2, 3])
  today, old = types.ModuleType("sklearn.x"), types.ModuleType("mine")
  for module in (today, old):
    exec(_TENSORS, vars(module))
  with pytest.raises(NotImplementedError):
    old.shapes(x)
  with _patching.Stack() as patches:
    for row in table.ROWS:
      if row.name in names:
        row.apply(patches, np, lambda text: None)
    for function in (today.arrays, today.shapes):
      with pytest.raises(NotImplementedError):
        function(x)
    with pytest.raises(NotImplementedError):
      exec("np.array(x)", vars(old), {"x": x})
    assert old.shapes(x) == [(2,), (2, 1), (2,)]
    first, second, third = old.arrays(x)
    assert first.shape == second.shape == (2,) and third.shape == (2, 3)
    assert all(a.dtype == object for a in (first, second, third))
    assert first[0] is x and second[1] is x and third[1, 2] is x


def test_a_repair_that_fails_spoils_nothing(monkeypatch):
  def apply(patches, module, notify):
    raise RuntimeError("no such thing")
  row = repairs.Repair("x.y", "json", "x", "y", apply)
  monkeypatch.setattr(repairs, "rows", lambda: [("python", row)])
  said = []
  with _patching.Stack() as patches:
    repairs.install(patches, watch.Watch(patches).when_imported,
                    notify=said.append)
  assert said == ["repair x.y does not fit this json: "
                  "RuntimeError: no such thing"]


def test_a_module_that_was_found_can_be_loaded_after_the_repair_is_undone():
  row = _kinds.supply("old_module", lambda module: {"x": 3}, "it", "gone")
  with _patching.Stack() as patches:
    row.apply(patches, None, None)
    spec = importlib.util.find_spec("old_module")
  # As if another thread had closed the stack during the import.
  assert importlib.util.find_spec("old_module") is None
  module = importlib.util.module_from_spec(spec)
  spec.loader.exec_module(module)
  assert module.x == 3
