"""Greedy, temperature, top-k: what they choose and how the draws depend."""

import feedback_models as models
import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import choice


def run(logits, choose, step=0, **feeds):
  """The ids for an array of logits."""
  with tf.Graph().as_default():
    ids = choose(tf.constant(logits), step)
    with tf.Session() as session:
      return session.run(ids)


def draws_of(seed, step, rows):
  with tf.Graph().as_default():
    numbers = choice.uniform(seed, step, rows)
    with tf.Session() as session:
      return session.run(numbers)


def by_hand(logits, draws, temperature=1.0, k=None):
  """The same choice in NumPy, row by row, by a loop over the symbols."""
  ids = []
  for row, draw in zip(np.asarray(logits, np.float64), draws):
    order = np.argsort(-row, kind="stable")[:k] if k else np.arange(len(row))
    weights = np.exp((row[order] - row.max()) / temperature)
    goal, total = draw * weights.sum(), 0.0
    for place, weight in zip(order, weights):
      total += weight
      if total > goal:
        ids.append(place)
        break
  return np.array(ids)


def test_greedy_takes_the_first_of_the_largest(v1):
  logits = np.float32([[1, 3, 2], [5, 5, 5], [-1, -3, -1], [-np.inf, 0, 0]])
  ids = run(logits, choice.greedy())
  assert ids.dtype == np.int32
  assert ids.tolist() == [1, 0, 0, 1]


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("seed", [0, 7, -3, 2**40])
@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("k", [None, 1, 4])
def test_draws_follow_the_distribution_function(v1, seed, temperature, k):
  logits = models.numbers([50, 9], seed=2) * 2
  choose = (choice.temperature(temperature, seed) if k is None
            else choice.top_k(k, temperature, seed))
  ids = run(logits, choose, step=5)
  expected = by_hand(logits, draws_of(seed, 5, 50), temperature, k)
  assert ids.tolist() == expected.tolist()
  if k == 1:
    assert ids.tolist() == logits.argmax(axis=1).tolist()


def test_frequencies_are_those_of_the_softmax(v1):
  logits = np.float32([2.0, 0.0, 1.0, -1.0])
  rows = 20000
  ids = run(np.tile(logits, [rows, 1]), choice.temperature(0.7, seed=1))
  counts = np.bincount(ids, minlength=4)
  expected = np.exp(logits / 0.7) / np.exp(logits / 0.7).sum() * rows
  # 99.9 % of chi-squared with 3 degrees of freedom lie below 16.27.
  assert ((counts - expected) ** 2 / expected).sum() < 16.27
  best = run(np.tile(logits, [rows, 1]), choice.top_k(2, 0.7, seed=2))
  counts = np.bincount(best, minlength=4)
  assert counts[1] == counts[3] == 0
  pair = expected[[0, 2]] / expected[[0, 2]].sum() * rows
  # 99.9 % with 1 degree: 10.83.
  assert ((counts[[0, 2]] - pair) ** 2 / pair).sum() < 10.83


def test_draws_depend_on_seed_step_and_row_alone(v1):
  five = draws_of(3, 4, 5)
  np.testing.assert_array_equal(draws_of(3, 4, 2), five[:2])
  assert len(set(five)) == 5
  assert not set(five) & set(draws_of(3, 5, 5))
  assert not set(five) & set(draws_of(4, 4, 5))
  assert not set(five) & set(draws_of(-3, 4, 5))
  assert ((five >= 0) & (five < 1)).all()
  many = draws_of(1, 1, 10000)
  # The mean of n uniform numbers has deviation 1 / sqrt(12 n) = 0.0029.
  assert abs(many.mean() - 0.5) < 0.012


def test_the_same_draws_on_every_supported_tensorflow(v1):
  # As TensorFlow 2.16.2 and 2.21.0 gave them.
  np.testing.assert_array_equal(
      draws_of(7, 3, 3).round(8), [0.85440488, 0.77906209, 0.44564088])


def test_what_has_no_weight_is_never_chosen(v1):
  logits = np.full([3000, 6], -np.inf, np.float32)
  logits[:, 2] = 0
  logits[:, 4] = -200
  assert set(run(logits, choice.temperature(1.0, seed=0))) == {2}
  assert set(run(logits, choice.top_k(6, 1.0, seed=0))) == {2}


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_logits_of_any_floating_dtype(v1, dtype):
  logits = np.array([[0, 50, 0], [50, 0, 0]], dtype)
  for choose in (choice.greedy(), choice.temperature(0.5, 1),
                 choice.top_k(2, 0.5, 1)):
    assert run(logits, choose).tolist() == [1, 0]


def test_temperature_one_a_row(v1):
  logits = np.tile(np.float32([0.0, 1.0]), [4000, 1])
  degrees = np.where(np.arange(4000) % 2, 0.05, 50.0)
  ids = run(logits, lambda logits, step: choice.temperature(
      tf.constant(degrees), seed=5)(logits, step))
  assert ids[1::2].mean() == 1.0
  # softmax([0, 1] / 50) = 0.495, 0.505; deviation 0.011 over 2000 rows.
  assert abs(ids[::2].mean() - 0.505) < 0.045


@pytest.mark.parametrize("bad", [
    [np.nan, 0.0], [np.inf, 0.0], [-np.inf, -np.inf]])
def test_what_is_no_number_is_an_error_when_it_is_run(v1, bad):
  logits = np.float32([[0, 1], bad])
  for choose in (choice.greedy(), choice.temperature(1.0, 0),
                 choice.top_k(1, 1.0, 0)):
    if choose.is_greedy and np.inf in bad:
      assert run(logits, choose).tolist() == [1, 0]
      continue
    with pytest.raises(tf.errors.InvalidArgumentError, match="`logits` must"):
      run(logits, choose)


def test_without_a_seed_each_run_draws_anew(v1):
  logits = tf.zeros([30, 1000])
  ids = choice.temperature(1.0)(logits, 0)
  with tf.Session() as session:
    assert session.run(ids).tolist() != session.run(ids).tolist()


def test_prepared_ops_take_step_seed_and_temperature(v1):
  logits = models.numbers([6, 2, 11], seed=3)
  prepared = choice.top_k(5, 0.9, seed=4).prepare(tf.constant(logits))
  with tf.Session() as session:
    for step, seed, temperature in ((0, 4, 0.9), (3, 4, 0.9), (3, 8, 0.2)):
      got = session.run(prepared.ids, {
          prepared.step: step, prepared.seed: seed,
          prepared.temperature: temperature})
      alone = run(logits[:, -1], choice.top_k(5, temperature, seed), step)
      assert got.tolist() == alone.tolist()
    assert session.run(prepared.ids).tolist() == run(
        logits[:, -1], choice.top_k(5, 0.9, 4)).tolist()
  swapped = choice.greedy().prepare(
      tf.constant(logits.swapaxes(0, 1)), time_major=True)
  with tf.Session() as session:
    assert session.run(swapped.ids).tolist() == logits[:, -1].argmax(
        1).tolist()


def test_no_gradient_comes_through_a_choice(v1):
  logits = tf.constant([[0.0, 1.0]])
  ids = tf.cast(choice.temperature(1.0, 0)(logits, 0), tf.float32)
  assert tf.gradients(ids, logits) == [None]


@pytest.mark.parametrize("make, kind, said", [
    (lambda: choice.temperature(0.0), _errors.ArgumentError,
     "`temperature` must be above 0 and finite, got 0.0"),
    (lambda: choice.temperature("hot"), _errors.ArgumentTypeError,
     "`temperature` must be a number"),
    (lambda: choice.temperature(float("inf")), _errors.ArgumentError,
     "`temperature` must"),
    (lambda: choice.top_k(0), _errors.ArgumentError, "`k` must be at least 1"),
    (lambda: choice.top_k(2.5), _errors.ArgumentTypeError, "`k` must be a wh"),
    (lambda: choice.top_k(5, seed=2**70), _errors.ArgumentError,
     "`seed` must fit in 64 bits"),
    (lambda: choice.temperature(1.0, seed=1.5), _errors.ArgumentTypeError,
     "`seed` must be a whole number"),
    (lambda: choice.top_k(5)(tf.zeros([2, 4]), 0), _errors.ArgumentError,
     "`k` must be at most 4"),
    (lambda: choice.greedy()(tf.zeros([2, 1, 4]), 0), _errors.ArgumentError,
     r"`logits` must be \[batch, symbols\]"),
    (lambda: choice.greedy()(tf.zeros([2, 4], tf.int32), 0),
     _errors.ArgumentTypeError, "`logits` must be floating"),
    (lambda: choice.greedy().replaced(seed=3), _errors.ArgumentError,
     "`choice` must draw"),
])
def test_refusals(v1, make, kind, said):
  with pytest.raises(kind, match=said):
    make()


def test_what_a_choice_looks_like():
  assert repr(choice.greedy()) == "greedy()"
  assert repr(choice.temperature(0.5, 3)) == "temperature(0.5, seed=3)"
  assert repr(choice.top_k(4, 0.5)) == "top_k(4, 0.5, seed=None)"
