"""Which tests are fast, slow, or exhaustive.

A test is fast unless it is marked otherwise. `-m slow` runs the slow ones. The
exhaustive ones repeat what a fast or a slow test does in more variants: another
dtype, more runs, the rest of a product of options. They are left out unless
`-m` asks for them; `tox -e exhaustive` runs them.

`@pytest.mark.spread(fast=3)` lets one in three of a test's parameters be fast
and makes the others slow. `@pytest.mark.spread(slow=4)` lets one in four of
those that are slow stay so and makes the others exhaustive. A checksum of the
parameters chooses, so that the same ones are chosen everywhere, and at least
one always is.
"""

import collections
import math
import zlib

import pytest

TIERS = ("fast", "slow", "exhaustive")
MARK = "exhaustive"


def tier(item):
  """The tier of a collected test."""
  for name in reversed(TIERS):
    if item.get_closest_marker(name):
      return name
  return "fast"


def _families(items):
  """The collected tests with the mark `spread`, by function."""
  found = collections.defaultdict(list)
  for item in items:
    if item.get_closest_marker("spread"):
      found[item.nodeid.partition("[")[0]].append(item)
  return found


def _checksum(item, tier_name):
  """Of the parameters alone: tests of one fixture must choose alike."""
  parameters = item.nodeid.partition("[")[2]
  return zlib.crc32(f"{tier_name} {parameters}".encode()), parameters


def spread(items):
  """Marks the collected tests as their mark `spread` says."""
  for function, family in _families(items).items():
    shares = family[0].get_closest_marker("spread").kwargs
    if not shares or set(shares) - set(TIERS[:2]):
      raise pytest.UsageError(
          f"{function}: `spread` takes fast=N or slow=N or both, got {shares}")
    for name, below in zip(TIERS, TIERS[1:]):
      if name in shares:
        here = sorted((item for item in family if tier(item) == name),
                      key=lambda item: _checksum(item, name))
        for item in here[math.ceil(len(here) / shares[name]):]:
          item.add_marker(below)


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(config, items):
  spread(items)
  if MARK in config.option.markexpr:
    return
  left_out = [item for item in items if item.get_closest_marker(MARK)]
  if left_out:
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if not item.get_closest_marker(MARK)]
