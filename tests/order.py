"""Runs the files that take longest first.

Two workers then end at about the same time: what is left for the end is
short. With `--dist loadfile` a file is run by one worker, so that what it
computes once for all its tests is computed once.
"""

import pathlib

TESTS = pathlib.Path(__file__).resolve().parent

# Longest first. A file that is not here comes afterwards.
LONGEST = ()


def place(path):
  """Where a file stands: its place among the longest, or after them."""
  try:
    name = path.relative_to(TESTS).as_posix()
  except ValueError:  # of a project that a test made
    return len(LONGEST)
  return LONGEST.index(name) if name in LONGEST else len(LONGEST)


def pytest_configure(config):
  # xdist would sort files by their number of tests.
  if hasattr(config.option, "loadscopereorder"):
    config.option.loadscopereorder = False


def pytest_collection_modifyitems(items):
  items.sort(key=lambda item: place(item.path))
