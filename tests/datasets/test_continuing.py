"""ContinuingBatches: each row continues where it ended, and resets mark where
it does not."""

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.datasets.continuing import ContinuingBatches

FOUR = [np.arange(0, 4), np.arange(10, 17), np.arange(20, 23),
        np.arange(30, 36)]


def dealt(*args, **kwargs):
  return list(ContinuingBatches(*args, **kwargs))


def test_one_sequence_is_cut_in_runs():
  first, second = dealt(np.arange(13), 2, 3)
  assert first.inputs.tolist() == [[0, 1, 2], [6, 7, 8]]
  assert first.targets.tolist() == [[1, 2, 3], [7, 8, 9]]
  assert second.inputs.tolist() == [[3, 4, 5], [9, 10, 11]]
  assert second.targets.tolist() == [[4, 5, 6], [10, 11, 12]]
  assert first.reset_mask.tolist() == [[True, False, False]] * 2
  assert not second.reset_mask.any()
  assert first.position.tolist() == [0, 1]
  assert second.position.tolist() == [1, 0]
  for batch in (first, second):
    assert batch.lengths.tolist() == [3, 3]
    assert batch.lengths.dtype == np.int32
    assert batch.mask.dtype == np.float32 and batch.mask.all()
    assert batch.sequence_ids.dtype == np.int64


def test_the_remainder_is_kept_or_dropped():
  # 11 pairs in two runs: 6 and 5
  kept = dealt(np.arange(12), 2, 4)
  assert [b.inputs.tolist() for b in kept] == [
      [[0, 1, 2, 3], [6, 7, 8, 9]], [[4, 5, 0, 0], [10, 0, 0, 0]]]
  assert [b.lengths.tolist() for b in kept] == [[4, 4], [2, 1]]
  assert kept[1].mask.tolist() == [[1, 1, 0, 0], [1, 0, 0, 0]]
  assert kept[1].sequence_ids.tolist() == [[0, 0, -1, -1], [0, -1, -1, -1]]
  assert kept[1].targets.tolist() == [[5, 6, 0, 0], [11, 0, 0, 0]]
  # runs of 5
  dropped = dealt(np.arange(12), 2, 4, drop_remainder=True)
  assert [b.inputs.tolist() for b in dropped] == [[[0, 1, 2, 3],
                                                   [5, 6, 7, 8]]]


def test_several_sequences_are_laid_in_rows():
  batches = dealt(FOUR, 2, 3)
  # row 0: 0-2 (3 pairs), then the third (2), then the fourth (5);
  # row 1: the second (6 pairs)
  assert [b.inputs.tolist() for b in batches] == [
      [[0, 1, 2], [10, 11, 12]], [[20, 21, 30], [13, 14, 15]],
      [[31, 32, 33], [0, 0, 0]], [[34, 0, 0], [0, 0, 0]]]
  assert [b.targets.tolist() for b in batches[:2]] == [
      [[1, 2, 3], [11, 12, 13]], [[21, 22, 31], [14, 15, 16]]]
  assert [b.reset_mask.tolist() for b in batches] == [
      [[True, False, False], [True, False, False]],
      [[True, False, True], [False] * 3],
      [[False] * 3] * 2, [[False] * 3] * 2]
  assert batches[1].sequence_ids.tolist() == [[2, 2, 3], [1, 1, 1]]
  assert [b.lengths.tolist() for b in batches] == [[3, 3], [3, 3], [3, 0],
                                                   [1, 0]]
  assert len(dealt(FOUR, 2, 3, drop_remainder=True)) == 2


def test_several_sequences_cut_in_runs():
  # 3 + 6 + 2 + 5 = 16 pairs, two runs of 8
  batches = dealt(FOUR, 2, 4, layout="cut")
  assert [b.inputs.tolist() for b in batches] == [
      [[0, 1, 2, 10], [15, 20, 21, 30]], [[11, 12, 13, 14],
                                          [31, 32, 33, 34]]]
  assert [b.reset_mask.tolist() for b in batches] == [
      [[True, False, False, True], [True, True, False, True]],
      [[False] * 4] * 2]


def test_aligned_sequences_begin_with_a_batch():
  batches = dealt(FOUR, 2, 4, align=True)
  assert [b.inputs.tolist() for b in batches] == [
      [[0, 1, 2, 0], [10, 11, 12, 13]], [[20, 21, 0, 0], [14, 15, 0, 0]],
      [[30, 31, 32, 33], [0] * 4], [[34, 0, 0, 0], [0] * 4]]
  assert [b.lengths.tolist() for b in batches] == [[3, 4], [2, 2], [4, 0],
                                                   [1, 0]]
  assert [b.reset_mask[:, 0].tolist() for b in batches] == [
      [True, True], [True, False], [True, False], [False, False]]
  assert not any(b.reset_mask[:, 1:].any() for b in batches)
  # 0, 4, 0 and 4 whole steps are left
  (only,) = dealt(FOUR, 2, 4, align=True, drop_remainder=True)
  assert only.inputs.tolist() == [[10, 11, 12, 13], [30, 31, 32, 33]]


def test_no_targets_and_own_targets():
  (plain,) = dealt(np.arange(8), 2, 4, targets=None)
  assert plain.inputs.tolist() == [[0, 1, 2, 3], [4, 5, 6, 7]]
  assert plain.targets is None
  own = [np.float32(part)[:, None] * 10 for part in FOUR]
  batches = dealt(FOUR, 2, 4, targets=own)
  first = batches[0]
  assert first.inputs.tolist() == [[0, 1, 2, 3], [10, 11, 12, 13]]
  assert first.targets[..., 0].tolist() == [[0, 10, 20, 30],
                                            [100, 110, 120, 130]]
  assert first.targets.shape == (2, 4, 1)
  assert first.targets.dtype == np.float32


def test_items_may_have_depth():
  series = np.arange(26, dtype=np.float64).reshape(13, 2)
  first, second = dealt(series, 2, 3)
  assert first.inputs.shape == (2, 3, 2) and first.inputs.dtype == np.float64
  np.testing.assert_array_equal(second.inputs, [series[3:6], series[9:12]])
  np.testing.assert_array_equal(second.targets, [series[4:7], series[10:13]])


@pytest.mark.parametrize("options", [
    {}, {"layout": "cut"}, {"align": True}, {"shuffle": True, "seed": 3},
    {"layout": "cut", "shuffle": True}])
def test_rows_put_together_are_the_sequences(options):
  """Each row, cut again at its resets, gives each sequence, or in runs a part
  of it, whole and in order."""
  random = np.random.RandomState(0)
  parts = [random.randint(0, 1000, size) for size in
           random.randint(2, 40, size=23)]
  batches = dealt(parts, 4, 5, **options)
  seen = {}
  for row in range(4):
    joined = {name: np.concatenate([getattr(b, name)[row] for b in batches])
              for name in ("inputs", "targets", "reset_mask", "sequence_ids")}
    data = joined["sequence_ids"] >= 0
    joined = {name: value[data] for name, value in joined.items()}
    starts = np.flatnonzero(joined["reset_mask"])
    assert starts[0] == 0
    for start, stop in zip(starts, list(starts[1:]) + [data.sum()]):
      ids = set(joined["sequence_ids"][start:stop].tolist())
      assert len(ids) == 1, "a new sequence without a reset"
      seen.setdefault(ids.pop(), []).append(
          (joined["inputs"][start:stop], joined["targets"][start:stop]))
  assert sorted(seen) == list(range(23))
  for which, pieces in seen.items():
    if options.get("layout") != "cut":
      assert len(pieces) == 1
    inputs, targets = (np.concatenate(side) for side in zip(*pieces))
    np.testing.assert_array_equal(inputs, parts[which][:-1])
    np.testing.assert_array_equal(targets, parts[which][1:])
  for before, after in zip(batches, batches[1:]):
    same = ~after.reset_mask[:, 0] & (after.lengths > 0)
    np.testing.assert_array_equal(before.targets[same, -1],
                                  after.inputs[same, 0])


def test_time_major_is_the_same_turned():
  series = [np.arange(2. * n).reshape(n, 2) for n in (5, 8, 4, 9)]
  plain = ContinuingBatches(series, 3, 4)
  turned = ContinuingBatches(series, 3, 4, time_major=True)
  assert plain.fingerprint == turned.fingerprint
  pairs = list(zip(plain, turned))
  assert len(pairs) == plain.batches_in() > 1
  for one, other in pairs:
    assert other.inputs.shape == (4, 3, 2) and other.mask.shape == (4, 3)
    for name in ("inputs", "targets", "reset_mask", "mask", "sequence_ids"):
      np.testing.assert_array_equal(getattr(one, name).swapaxes(0, 1),
                                    getattr(other, name))
    np.testing.assert_array_equal(one.lengths, other.lengths)
    np.testing.assert_array_equal(one.position, other.position)


def test_it_goes_on_from_a_position():
  options = dict(batch_size=3, steps=4, epochs=3, shuffle=True, seed=7)
  random = np.random.RandomState(1)
  parts = [random.randint(0, 99, size) for size in random.randint(5, 30, 17)]
  whole = ContinuingBatches(parts, **options)
  places, batches = [], []
  for batch in whole:
    batches.append(batch)
    places.append(whole.position)
  assert [place.tolist() for place in places] == [
      batch.position.tolist() for batch in batches]
  for done in (0, 1, 7, len(batches) - 2, len(batches) - 1):
    again = ContinuingBatches(parts, **options)
    again.position = places[done]
    rest = list(again)
    assert len(rest) == len(batches) - done - 1
    for one, other in zip(rest, batches[done + 1:]):
      for name in one._fields:
        np.testing.assert_array_equal(getattr(one, name),
                                      getattr(other, name))
    aside = whole.from_position(places[done])
    assert sum(1 for _ in aside) == len(rest)
  assert whole.position.tolist() == [3, 0]
  assert whole.position.dtype == np.int64


def test_epochs_differ_in_order_alone():
  batches = ContinuingBatches([np.arange(5) + 10 * i for i in range(8)], 2, 4,
                              epochs=None, shuffle=True, seed=1)
  epochs = [[next(batches).sequence_ids[:, 0].tolist() for _ in range(4)]
            for _ in range(3)]
  assert batches.position.tolist() == [3, 0]
  assert epochs[0] != epochs[1] != epochs[2]
  for epoch in epochs:
    assert sorted(np.ravel(epoch)) == list(range(8))
  other_seed = ContinuingBatches([np.arange(5)] * 8, 2, 4, shuffle=True,
                                 seed=2)
  assert [b.sequence_ids[:, 0].tolist() for b in other_seed] != epochs[0]
  # unshuffled epochs are alike, and begin with a reset
  plain = ContinuingBatches(np.arange(9), 2, 2, epochs=2)
  all_batches = list(plain)
  assert len(all_batches) == 4 and plain.batches_in() == 2
  np.testing.assert_array_equal(all_batches[0].inputs, all_batches[2].inputs)
  assert all_batches[2].reset_mask[:, 0].all()


def test_position_at_the_end_of_an_epoch_is_the_next_epoch():
  batches = ContinuingBatches(np.arange(9), 2, 2, epochs=2)
  batches.position = [0, 2]
  assert batches.position.tolist() == [1, 0]
  batches.position = [2, 0]
  assert list(batches) == []


def test_fingerprint_tells_data_and_settings_apart():
  base = ContinuingBatches(np.arange(20), 2, 3).fingerprint
  assert base == ContinuingBatches(np.arange(20), 2, 3, epochs=5).fingerprint
  changed = np.arange(20)
  changed[7] = 0
  others = [ContinuingBatches(changed, 2, 3), ContinuingBatches(
      np.arange(20), 2, 4), ContinuingBatches(np.arange(20), 3, 3),
            ContinuingBatches(np.arange(20), 2, 3, targets=None),
            ContinuingBatches(np.arange(20), 2, 3, drop_remainder=True),
            ContinuingBatches(np.arange(20), 2, 3, targets=changed),
            ContinuingBatches(np.arange(20), 2, 3, targets=np.arange(20))]
  prints = [base] + [batches.fingerprint for batches in others]
  assert len(set(prints)) == len(prints)


@pytest.mark.parametrize("arguments, options, error, words", [
    (("hello", 2, 3), {}, TypeError, "encode"),
    ((np.zeros((4, 10, 2)), 2, 3), {}, ValueError, r"list\(array\)"),
    (([], 2, 3), {}, ValueError, "at least one sequence"),
    (([[1, 2, 3], [4], [5, 6]], 2, 3), {}, ValueError,
     r"sequences\[1\].*at least 2 items"),
    (([np.zeros(3), np.zeros((3, 2))], 2, 3), {}, ValueError,
     r"sequences\[1\]"),
    (([np.zeros(3), np.zeros(3, np.float32)], 2, 3), {}, TypeError, "astype"),
    (([np.array(["a", "b"]), np.array(["c", "d"])], 2, 3), {}, TypeError,
     "numbers"),
    ((np.arange(9), 0, 3), {}, ValueError, "batch_size"),
    ((np.arange(9), 2, 2.5), {}, TypeError, "steps"),
    ((np.arange(9), 2, 3), {"epochs": 0}, ValueError, "epochs"),
    ((np.arange(9), 2, 3), {"targets": "last"}, ValueError, "targets"),
    ((np.arange(9), 2, 3), {"targets": np.arange(8)}, ValueError,
     r"8 for the 9 items of sequences\[0\]"),
    ((FOUR, 2, 3), {"targets": FOUR[:3]}, ValueError, "3 sequences for 4"),
    ((FOUR, 5, 3), {}, ValueError, "layout=\"cut\""),
    ((FOUR, 2, 3), {"layout": "stack"}, ValueError, "layout"),
    ((np.arange(9), 2, 3), {"align": True}, ValueError, "align"),
    ((np.arange(9), 2, 3), {"shuffle": True}, ValueError, "shuffle"),
    ((np.arange(9), 2, 5), {"drop_remainder": True}, ValueError,
     "fill one batch"),
])
def test_errors_say_what_to_do(arguments, options, error, words):
  with pytest.raises(error, match=words) as caught:
    ContinuingBatches(*arguments, **options)
  assert isinstance(caught.value, _errors.TfcompatError)


@pytest.mark.parametrize("position, words", [
    (3, "two whole numbers"), ([0.5, 1.], "two whole numbers"),
    ([-1, 0], "negative"), ([0, 3], "at most 2")])
def test_positions_are_checked(position, words):
  batches = ContinuingBatches(np.arange(9), 2, 2)
  with pytest.raises(_errors.ArgumentError, match=words):
    batches.position = position
  with pytest.raises(_errors.ArgumentError, match="before the end"):
    batches.at([1, 0])
