"""The layers of `tf.contrib.cudnn_rnn` against the graphs that 1.15.5 made."""

import pathlib

import pytest

from fused import cudnn_cases
from oracle import files
from oracle import graphs
from seeds import ours
from seeds import verdicts

WANT = files.read_json(
    pathlib.Path(__file__).parent / "data" / "cudnn.json.gz")
# The graphs that are compared in the fast tests.
PLAIN = ("CudnnLSTM 2 bidirectional", "CudnnGRU 1 unidirectional",
         "CudnnRNNTanh 1 unidirectional", "reused", "lengths")
CASES = [pytest.param(name, marks=[] if name in PLAIN else pytest.mark.slow)
         for name in cudnn_cases.CASES]


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def measure(tf, name, **options):
  from tfcompat_rnn import _opcount
  from tfcompat_rnn import fused
  with fused.cudnn_options(**options):
    return cudnn_cases.facts(tf, cudnn_cases.CASES[name], _opcount.count)


def test_every_case_has_its_entry_and_no_other_is_there():
  assert set(WANT) == set(cudnn_cases.CASES)


@pytest.mark.parametrize("name", CASES)
def test_canonical_variables_stand_for_what_1_15_made(tf, name):
  """Except for the opaque vector, which our checkpoints do not contain."""
  want = dict(WANT[name], ops=None)
  want["keys"] = [key for key in want["keys"]
                  if not key.endswith("/opaque_kernel")]
  got = dict(measure(tf, name, kernels="portable"), ops=None)
  assert got == want


@pytest.mark.parametrize("name", CASES)
def test_an_opaque_variable_is_1_15s(tf, name):
  want = dict(WANT[name], ops=None)
  got = dict(measure(tf, name, kernels="portable", variables="opaque"),
             ops=None)
  assert got == want


@pytest.mark.parametrize("name", CASES)
def test_with_cudnn_the_graph_is_1_15s_op_for_op(tf, name):
  """Built without a GPU: names, types and devices of all operations."""
  want = dict(WANT[name])
  got = measure(tf, name, kernels="cudnn", variables="opaque")
  ops, wanted = (
      [verdicts.modern(op) for op in graphs.lengthen(facts.pop("ops"))]
      for facts in (got, want))
  assert ops == wanted
  assert got == want


def test_a_miscount_is_seen(tf):
  from tfcompat_rnn import _opcount
  case = cudnn_cases.CASES["named"]
  got = cudnn_cases.facts(tf, case, lambda: _opcount.count() + 1)
  assert got["count"] != WANT["named"]["count"]
