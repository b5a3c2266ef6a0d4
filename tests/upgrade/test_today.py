"""The names that `upgrade` writes stand for what a run puts back."""

import functools
import importlib

import numpy
import pytest

from tfcompat_rnn import _patching
from tfcompat_rnn import repairs

ROWS = sorted((name, row.today) for name, row in repairs.restored().items()
              if row.today)


def value_of(name):
  module, *rest = name.split(".")
  found = importlib.import_module(module)
  for part in rest:
    if not hasattr(found, part):
      importlib.import_module(f"{found.__name__}.{part}")
    found = getattr(found, part)
  return found


@pytest.mark.parametrize("name, today", ROWS)
def test_it_is_the_same_thing(name, today):
  row = repairs.restored()[name]
  module = importlib.import_module(row.where)
  with _patching.Stack() as patches:
    row.apply(patches, module, print)
    old = functools.reduce(getattr, row.attribute.split("."), module)
  new = value_of(today)
  if old is new:
    return
  # NumPy 1.25 and 1.26 have functions of the old names that call today's.
  assert module is numpy and numpy.__version__.startswith("1.2")
  array = numpy.array([[1.5, 0.], [2.25, -3.]])
  with pytest.warns(DeprecationWarning, match="deprecated as of NumPy 1.25"):
    numpy.testing.assert_array_equal(old(array), new(array))


def test_there_are_rows_of_each_library():
  assert {"numpy", "collections", "base64"} <= {
      name.partition(".")[0] for name, _ in ROWS}
  assert len(ROWS) > 40
