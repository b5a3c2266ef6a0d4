"""Names, numbers and operations, compared with those of TensorFlow 1.15.5.

The fixture `pair` builds and runs each case once for all its tests.
"""

import builtins
import collections
import contextlib
import difflib

import numpy as np
import pytest

from golden import cases
from golden import differences
from golden import registry
from oracle import graphs
from oracle import measure
from oracle import store

# Allowed difference, relative to the largest magnitude in the same array.
TOLERANCE = {"float32": 1e-5, "float64": 1e-10}

Pair = collections.namedtuple("Pair", "name family dtype want got")
committed = registry.committed


def _parameters():
  for case in cases.CASES.values():
    for dtype in case.dtypes:
      tier = registry.tier(case.name, dtype)
      marks = [] if tier == "fast" else [getattr(pytest.mark, tier)]
      yield pytest.param(
          (case, dtype), id=store.key(case.name, dtype), marks=marks)


def namespace():
  """The 1.15-shaped namespace, in 1.x behaviour."""
  from tfcompat_rnn._tf import tf
  tf.disable_v2_behavior()
  from tfcompat_rnn import tf1
  return tf1


@pytest.fixture(scope="module", params=list(_parameters()))
def pair(request):
  case, dtype = request.param
  want = committed(case.family)[store.key(case.name, dtype)]
  tf1 = namespace()
  seeds = (tf1.seeds_of_1_15() if case.family in differences.SEEDED_FAMILIES
           else contextlib.nullcontext())
  with seeds:
    got = measure.measure(
        tf1, case, dtype, raising="error" not in want[0],
        rewritten=registry.is_rewritten(case.name, dtype))
  return Pair(case.name, case.family, dtype, want, got)


@pytest.mark.spread(fast=4, slow=4)
def test_variables_outputs_and_states_have_1_15_names(pair):
  want, got = pair.want[0], pair.got[0]
  if "error" in want:
    kind = getattr(builtins, want["error"])
    assert issubclass(got["error_class"], kind)
    return
  assert ([(v["name"], v["shape"], v["dtype"], v["trainable"])
           for v in got["variables"]]
          == [(v["name"], v["shape"], v["dtype"], v["trainable"])
              for v in want["variables"]])
  assert got["outputs"] == want["outputs"]
  assert got["states"] == want["states"]
  assert got["no_gradient"] == want["no_gradient"]


@pytest.mark.spread(fast=4, slow=3)
def test_variables_start_from_1_15_distributions(pair):
  want, got = pair.want[0], pair.got[0]
  if "error" not in want:
    assert ([(v["name"], v["initializer"]) for v in got["variables"]]
            == [(v["name"], v["initializer"]) for v in want["variables"]])


def far_apart(want, got, dtype):
  """Lines that name the arrays that differ by more than the tolerance."""
  lines = []
  for name in sorted(set(want) | set(got)):
    if name not in want or name not in got:
      lines.append(f"{name}: only {'in 1.15' if name in want else 'ours'}")
      continue
    x, y = want[name], got[name]
    if x.shape != y.shape or x.dtype != y.dtype:
      lines.append(f"{name}: {y.dtype} {y.shape}, 1.15 had "
                   f"{x.dtype} {x.shape}")
    elif x.dtype.kind not in "fc":
      if not np.array_equal(x, y):
        lines.append(f"{name}: {y.tolist()}, 1.15 had {x.tolist()}")
    elif x.size:
      infinite = np.isinf(x)
      if not np.array_equal(x[infinite], y[infinite]):
        lines.append(f"{name}: infinite where 1.15 is not, or the opposite")
      x, y = np.where(infinite, 0, x), np.where(infinite, 0, y)
      allowed = TOLERANCE[dtype] * np.max(np.abs(x))
      gap = np.max(np.abs(x - y))
      if not gap <= allowed:  # so that a NaN fails
        lines.append(f"{name}: {gap:.3g} apart, allowed {allowed:.3g}")
  return lines


@pytest.mark.spread(fast=4, slow=3)
def test_outputs_states_and_gradients_are_1_15s(pair):
  assert far_apart(pair.want[1], pair.got[1], pair.dtype) == []


@pytest.mark.spread(fast=4, slow=3)
def test_operations_are_1_15s_but_for_the_table(pair):
  if "error" in pair.want[0]:
    return
  want, _ = differences.explained(
      pair.want[0]["ops"], differences.rows_of(pair.family))
  got = differences.counted(pair.got[0]["ops"])
  assert got == want, "\n" + "\n".join(difflib.unified_diff(
      want, got, "1.15, explained", "ours", lineterm="", n=1))


# Tests of the comparison itself.

def test_every_case_has_its_golden_entry_and_no_other_is_there():
  wanted = {store.key(case.name, dtype)
            for case in cases.CASES.values() for dtype in case.dtypes}
  assert wanted == {
      name for family in cases.FAMILIES for name in committed(family)}


def test_every_variant_is_a_case():
  assert registry.VARIANTS <= set(cases.CASES)


def test_every_row_of_differences_explains_something():
  used = set()
  for family in cases.FAMILIES:
    for facts, _ in committed(family).values():
      used |= differences.explained(
          facts.get("ops", []), differences.rows_of(family))[1]
  assert used == {*differences.ROWS, *differences.SEEDED_ROWS}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_a_changed_number_is_seen(dtype):
  _, arrays = committed("core")[store.key("lstm_all-dynamic", dtype)]
  assert far_apart(arrays, arrays, dtype) == []
  for name in arrays:
    spoiled = dict(arrays)
    spoiled[name] = arrays[name].copy()
    largest = np.max(np.abs(arrays[name]))
    spoiled[name].flat[-1] += 3 * TOLERANCE[dtype] * largest
    assert len(far_apart(arrays, spoiled, dtype)) == 1
    spoiled[name].flat[-1] = np.nan
    assert len(far_apart(arrays, spoiled, dtype)) == 1


def test_a_changed_operation_is_seen():
  facts, _ = committed("core")[store.key("gru-static", "float32")]
  today, _ = differences.explained(facts["ops"])
  assert today != facts["ops"]
  for place in (0, len(today) // 2, len(today) - 1):
    assert differences.explained(
        facts["ops"][:place] + facts["ops"][place + 1:])[0] != today


def test_operations_are_stored_without_loss():
  ops = ["a:Const", "a/b:Add", "a/b/c:Mul@/device:CPU:0", "a/b:x", "d:Pack"]
  assert graphs.lengthen(graphs.shorten(ops)) == ops
  assert graphs.shorten(ops)[2] == "1 b/c:Mul@/device:CPU:0"


def test_arrays_of_several_dtypes_are_stored_without_loss():
  arrays = {"a": np.array([1.5, 0.1], np.float32),
            "b": np.array([[3], [-1]], np.int32), "c": np.array(True)}
  layout, flat = store.pack(arrays)
  assert flat.dtype == np.float64 and layout[1] == ["b", [2, 1], "int32"]
  again = store.unpack(layout, flat)
  for name, array in arrays.items():
    assert again[name].dtype == array.dtype
    np.testing.assert_array_equal(again[name], array)


def test_arrays_are_stored_without_loss():
  arrays = {"b": np.arange(6.0).reshape(2, 3), "a": np.float64(7.5)}
  layout, flat = store.pack(arrays)
  again = store.unpack(layout, flat)
  assert sorted(again) == ["a", "b"]
  assert again["a"] == 7.5 and again["a"].shape == ()
  np.testing.assert_array_equal(again["b"], arrays["b"])
