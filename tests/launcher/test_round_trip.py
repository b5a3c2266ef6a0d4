"""After `restore` a process is as it was before `prepare`.

The round trips are made in `round_trip.py`, each chain of them in a process of
its own.
"""

import json
import os
import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))


def run(function, folder):
  environment = {name: value for name, value in os.environ.items()
                 if not name.startswith(("TF_", "TFCOMPAT_", "DISPLAY"))}
  done = subprocess.run(
      [sys.executable, os.path.join(HERE, "round_trip.py"), function],
      env=dict(environment, PYTHONPATH=ROOT), cwd=folder, text=True,
      capture_output=True)
  assert done.returncode == 0, done.stderr
  return json.loads(done.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def early(tmp_path_factory):
  return run("early", tmp_path_factory.mktemp("early"))


@pytest.fixture(scope="module")
def late(tmp_path_factory):
  return run("late", tmp_path_factory.mktemp("late"))


def without_id(place):
  """Classes of one name have a number, which another process does not know."""
  return re.sub(r" \d+'", "'", place)


def assert_children_followed(trips):
  assert len(trips) > 5
  # One while it is prepared, one after `restore`.
  assert [trip["children"] for trip in trips] == [[True, False]] * len(trips)


def test_nothing_is_left_where_all_was_imported_before(early):
  assert [trip["differences"] for trip in early["trips"]] == [
      {}] * len(early["trips"])
  assert_children_followed(early["trips"])


def test_nothing_is_left_of_what_was_done_as_modules_were_imported(
    early, late):
  # Importing TensorFlow and the others leaves its own traces the first time.
  first, *others = late["trips"]
  its_own = set(map(without_id, early["imports"]))
  left = {place: text for place, text in first["differences"].items()
          if without_id(place) not in its_own}
  assert left == {}
  assert [trip["differences"] for trip in others] == [{}] * len(others)
  assert_children_followed(late["trips"])


def assert_each_undo_matters(dropped):
  for found in dropped:
    assert found["count"] > 0
    assert found["invisible"] == []
    assert found["left"] == []


def test_each_undo_is_missed_when_it_is_dropped(early):
  assert early["dropped"][0]["count"] > 50
  assert_each_undo_matters(early["dropped"])


@pytest.mark.exhaustive
def test_each_undo_of_all_repairs_is_missed_when_it_is_dropped(tmp_path):
  dropped = run("drop_all", tmp_path)["dropped"]
  assert dropped[0]["count"] > 400
  assert_each_undo_matters(dropped)


@pytest.mark.exhaustive
def test_each_undo_of_the_seeds_changes_something(tmp_path):
  dropped = run("seeds_undone", tmp_path)["dropped"]
  assert dropped[0]["count"] > 200
  assert dropped[0]["bound meanwhile"]
  assert_each_undo_matters(dropped)
