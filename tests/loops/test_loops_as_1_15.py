"""Each case of `loop_cases`: what TensorFlow 1.15.5 built and computed."""

import json
import pathlib

import numpy as np
import pytest

from loops import loop_cases
from loops import measure
from oracle import files
from oracle import graphs

EXPECTED = files.read_json(
    pathlib.Path(__file__).parent / "data" / measure.FILE)


def without_array_sizes(ops):
  """The one difference: 1.15 asks a TensorArray for its size, stacking it.

  Today's TensorArray remembers the tensor that it was made with: one op less
  for each stack, and the op that read the size reads that tensor instead.
  """
  sizes = {name for name, kind, _ in ops if kind == "TensorArraySizeV3"
           and name.split("/")[-2].startswith("TensorArrayStack")}
  return [[name, kind,
           ["(size)" if i.split(":")[0] in sizes else i for i in inputs]]
          for name, kind, inputs in ops if name not in sizes]


@pytest.fixture(scope="module")
def records():
  """Each case is built and run once for all the tests below."""
  import tfcompat_rnn.loops
  from tfcompat_rnn._tf import tf
  tf.disable_v2_behavior()
  made = {}

  def record(name):
    if name not in made:
      with tf.Graph().as_default():
        bench = loop_cases.Bench(tf, tfcompat_rnn.loops)
        made[name] = measure.measure(tf, bench, loop_cases.CASES[name])
    return made[name]

  return record


def test_every_case_was_measured():
  assert sorted(EXPECTED) == sorted(loop_cases.CASES)


@pytest.mark.spread(fast=4)
@pytest.mark.parametrize("name", sorted(loop_cases.CASES))
def test_case(records, name):
  expected, got = EXPECTED[name], records(name)
  got = json.loads(json.dumps(got))  # tuples are lists there
  assert got["result"] == expected["result"]  # structure and tensor names
  assert got["shapes"] == expected["shapes"]
  assert got["variables"] == expected["variables"]
  tolerance = 1e-10 if "float64" in name else 1e-5
  for what in ("values", "gradients"):
    assert len(got[what]) == len(expected[what])
    for mine, theirs in zip(got[what], expected[what]):
      np.testing.assert_allclose(
          mine, theirs, rtol=tolerance, atol=tolerance / 10, err_msg=what)


@pytest.mark.spread(fast=4)
@pytest.mark.parametrize("name", sorted(loop_cases.CASES))
def test_ops_and_edges(records, name):
  expected = without_array_sizes(
      graphs.lengthen_edges(EXPECTED[name]["ops"]))
  got = without_array_sizes(graphs.lengthen_edges(records(name)["ops"]))
  assert [op[:2] for op in got] == [op[:2] for op in expected]
  different = [(mine, theirs) for mine, theirs in zip(got, expected)
               if mine != theirs and "(size)" not in theirs[2]]
  assert not different
