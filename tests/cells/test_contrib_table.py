"""Every public name of contrib.rnn, grid_rnn, recurrent and cudnn_rnn works.

A row fails unless the name exists with 1.15's signature and members and makes
1.15's variables.
"""

import inspect
import os
import re

import pytest

from cells import contrib_table
from cells import make_contrib_page


@pytest.fixture(scope="module")
def tf():
  from tfcompat_rnn._tf import tf as v1
  v1.disable_v2_behavior()
  from tfcompat_rnn import tf1
  return tf1


def _told(signature):
  """`(self, a, b=1, **kw)` -> [("a", ""), ("b", "1"), ("**kw", "")]."""
  parts = [part.strip() for part in signature.strip("()").split(",")]
  return [tuple(part.partition("=")[::2]) for part in parts
          if part not in ("self", "_cls", "", "*")]


def _text(default):
  if callable(default) and not isinstance(default, type):
    return f"<{default.__name__}>"
  if type(default).__name__ == "DType":
    return f"tf.{default.name}"
  return repr(default)


def _had(thing):
  if isinstance(thing, type):
    maker = thing.__new__ if hasattr(thing, "_fields") else thing.__init__
    parameters = list(inspect.signature(maker).parameters.values())[1:]
  else:
    parameters = list(inspect.signature(thing).parameters.values())
  stars = {inspect.Parameter.VAR_POSITIONAL: "*",
           inspect.Parameter.VAR_KEYWORD: "**"}
  return [(stars.get(p.kind, "") + p.name,
           "" if p.default is p.empty else _text(p.default))
          for p in parameters]


@pytest.mark.parametrize("namespace, name", contrib_table.ROWS)
def test_name_is_there_with_1_15s_signature_and_members(tf, namespace, name):
  row = contrib_table.SYMBOLS[namespace][name]
  thing = contrib_table.find(tf, namespace, name)
  assert isinstance(thing, type) == (row["kind"] == "class")
  assert _had(thing) == _told(row["signature"])
  missing = [member for member in row.get("has", ())
             if not hasattr(thing, member)]
  assert missing == []


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("label", sorted(contrib_table.VARIABLES))
def test_variables_are_1_15s(tf, label):
  row = contrib_table.VARIABLES[label]
  with tf.Graph().as_default():
    built = contrib_table.build(tf, label, row["how"])
    trainable = {v.name for v in tf.trainable_variables()}
    got = [[v.op.name, v.shape.as_list() if v.shape.ndims is not None
            else None, v.dtype.base_dtype.name, v.name in trainable]
           for v in tf.global_variables()]
  want = contrib_table.variables_of(
      label, bool(tf.config.experimental.list_physical_devices("GPU")))
  if label.startswith("cudnn "):
    got, want = sorted(got), sorted(want)  # the saveable had a different order
  assert [one[0] for one in got] == [one[0] for one in want]
  for mine, theirs in zip(got, want):
    # An opaque cuDNN variable has no shape before it is run.
    assert [mine[place] for place, fact in enumerate(theirs)
            if fact is not None] == [
                fact for fact in theirs if fact is not None]
  for size in ("output_size", "state_size"):
    if size in row:
      assert str(getattr(built, size)) == row[size]


@pytest.mark.parametrize("namespace, name", contrib_table.ROWS)
def test_a_test_shows_it(namespace, name):
  assert contrib_table.evidence(name), f"no test mentions {name}"


def test_the_page_is_as_the_tables_are():
  with open(make_contrib_page.PAGE) as stream:
    assert stream.read() == make_contrib_page.page(), (
        "run python tests/cells/make_contrib_page.py")


def test_every_file_that_the_page_names_is_there():
  with open(make_contrib_page.PAGE) as stream:
    named = set(re.findall(r"`tests/([\w/.]+)`", stream.read()))
  assert named
  assert [name for name in sorted(named) if not os.path.exists(
      os.path.join(contrib_table.TESTS, name))] == []


def test_a_wrong_signature_would_be_seen():
  def static_rnn(cell, inputs, initial_state=None, dtype=1.0):
    """Not like the one in 1.15."""
  row = contrib_table.SYMBOLS["tf.contrib.rnn"]["static_rnn"]
  assert _had(static_rnn)[:3] == _told(row["signature"])[:3]
  assert _had(static_rnn) != _told(row["signature"])
