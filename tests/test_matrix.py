"""tests/matrix.py: what it runs, keeps and writes."""

import json
import pathlib

import pytest

import matrix

NAMES = ["py312-tf216", "py313-tf221"]
VERSIONS = {"tensorflow": "2.16.2", "python": "3.12.1", "numpy": "1.26.4",
            "tf_keras": "2.16.0"}
REPORT = """<testsuites><testsuite>
<testcase classname="tests.a.test_x" name="test_one" />
<testcase classname="tests.a.test_x" name="test_two"><skipped /></testcase>
<testcase classname="tests.a.test_x" name="test_three[1]"><failure /></testcase>
<testcase classname="tests.a.test_x" name="test_four"><error /></testcase>
</testsuite></testsuites>
"""


@pytest.fixture
def runs(monkeypatch, tmp_path):
  """What is run, as (environment, paths); the outcomes are to be given."""
  found, outcomes = [], {}
  monkeypatch.setattr(matrix, "environments", lambda: NAMES)
  monkeypatch.setattr(matrix, "pieces", lambda: {
      "tests": ["tests/test_a.py"], "tests/cells": ["tests/cells"]})
  monkeypatch.setattr(matrix, "interpreter", lambda name, folder: name)
  monkeypatch.setattr(matrix, "versions", lambda python: VERSIONS)

  def run_piece(python, paths):
    found.append((python, *paths))
    failures = outcomes.get(paths[0], [])
    if failures is KeyboardInterrupt:
      raise failures
    return dict(passed=5, skipped=1, failed=len(failures), failures=failures,
                seconds=90)

  monkeypatch.setattr(matrix, "run_piece", run_piece)

  def run(*words, **given):
    found.clear()
    outcomes.clear()
    outcomes.update({paths.replace("_", "/"): value
                     for paths, value in given.items()})
    code = matrix.main(["--results", str(tmp_path / "deep" / "r.json"),
                        *map(str, words)])
    return code, list(found)

  return run


def test_every_supported_tensorflow_has_an_environment():
  from tfcompat_rnn import _tf
  (major, oldest), (_, newest) = _tf.MINIMUM, _tf.MAXIMUM
  named = matrix.environments()
  assert {name.split("-")[1] for name in named} == {
      f"tf{major}{minor}" for minor in range(oldest, newest + 1)}
  assert "golden" not in named


def test_every_test_module_is_in_one_piece():
  paths = [path for piece in matrix.pieces().values() for path in piece]
  assert len(paths) == len(set(paths))
  root = pathlib.Path(matrix.ROOT)
  for module in (root / "tests").rglob("test_*.py"):
    name = module.relative_to(root).as_posix()
    assert sum(name == path or name.startswith(f"{path}/")
               for path in paths) == 1, name


def test_a_report_is_counted(tmp_path):
  (tmp_path / "r.xml").write_text(REPORT)
  assert matrix.counted(tmp_path / "r.xml") == dict(
      passed=1, skipped=1, failed=2, failures=[
          "tests.a.test_x::test_three[1]", "tests.a.test_x::test_four"])


def test_a_stopped_run_goes_on_and_failures_are_run_again(runs):
  with pytest.raises(KeyboardInterrupt):
    runs(tests_cells=KeyboardInterrupt)
  code, found = runs(tests_cells=["tests.cells::test_x"])
  assert code == 1
  assert found == [(NAMES[0], "tests/cells"), (NAMES[1], "tests/test_a.py"),
                   (NAMES[1], "tests/cells")]
  code, found = runs()
  assert code == 0
  assert found == [(name, "tests/cells") for name in NAMES]
  assert runs() == (0, [])
  assert runs("--again", "--pieces", "tests", "--", NAMES[1]) == (
      0, [(NAMES[1], "tests/test_a.py")])


def test_the_table_of_the_page(runs, tmp_path):
  page = tmp_path / "page.md"
  page.write_text(f"Before\n{matrix.BEGIN}\nstale\n{matrix.END}\nAfter\n")
  runs(NAMES[0], "--write", page, tests_cells=["tests.cells::test_x"])
  text = page.read_text()
  assert text.startswith(f"Before\n{matrix.BEGIN}\n| environment | ")
  assert text.endswith(f"{matrix.END}\nAfter\n") and "stale" not in text
  assert ("| `py312-tf216` | 2.16.2 | 3.12.1 | 1.26.4 | 2.16.0 | 10 | 2 | 1 "
          "| 3 |\n") in text
  assert "* `py312-tf216`: `tests.cells::test_x`\n" in text
  assert "* `py313-tf221`: 2 of 2 folders were not run\n" in text
  kept = json.loads((tmp_path / "deep" / "r.json").read_text())
  assert list(kept) == [NAMES[0]]
  with pytest.raises(SystemExit, match="has no lines"):
    page.write_text("no marks")
    runs("--no-run", "--write", page)


@pytest.mark.parametrize("words", [["py27-tf216"], ["--pieces", "tests/no"]])
def test_what_does_not_exist(runs, words, capsys):
  with pytest.raises(SystemExit):
    runs(*words)
  assert "there are" in capsys.readouterr().err


def test_a_process_that_ends_is_a_failure(tmp_path, monkeypatch):
  monkeypatch.setattr(matrix, "ROOT", tmp_path)
  fake = tmp_path / "python"
  fake.write_text("#!/bin/sh\nexit 134\n")
  fake.chmod(0o755)
  outcome = matrix.run_piece(fake, ["tests/a"])
  assert outcome["failures"] == ["tests/a: pytest ended with code 134"]
  assert (outcome["passed"], outcome["failed"]) == (0, 1)
