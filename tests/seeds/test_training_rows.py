"""A random variable after training code has the op seed it had in 1.15.5.

And what is restored for that still computes what it did.
"""

import numpy as np
import pytest

from seeds import generate
from seeds import training_cases as cases
from tfcompat_rnn import seeds
from tfcompat_rnn._tf import tf

WANT = {key: value
        for key, value in generate.read(generate.GRADIENTS).items()
        if key in cases.CASES}
SLOW = frozenset(["two_models"])


@pytest.fixture(scope="module")
def seeded():
  from tfcompat_rnn.namespace import behavior
  behavior.disable_v2_behavior()
  from tfcompat_rnn import tf1
  verbosity = tf.logging.get_verbosity()
  # The checks that the cases make are used by nothing, and reported.
  tf.logging.set_verbosity(tf.logging.FATAL)
  with seeds.seeds_of_1_15():
    yield tf1
  tf.logging.set_verbosity(verbosity)


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("name", [
    pytest.param(name, marks=[pytest.mark.slow] if name in SLOW else [])
    for name in sorted(cases.CASES)])
def test_variable_after_has_its_seed(seeded, name):
  assert cases.measure(seeded, name) == WANT[name]


def _run(build, feed=None):
  """What the tensors of `build()` come to, in a graph of their own."""
  with tf.Graph().as_default(), tf.Session() as session:
    fetches = build()
    session.run([tf.global_variables_initializer(),
                 tf.local_variables_initializer()])
    return session.run(fetches, feed)


def _trained(optimizer, steps=3, resource=False, rows=False):
  """Values of a variable and of all slots after some steps."""
  with tf.Graph().as_default(), tf.Session() as session:
    w = tf.get_variable("w", initializer=[[0.5, -1.0], [2.0, 1.0]],
                        use_resource=resource)
    used = tf.nn.embedding_lookup(w, [1, 1]) if rows else w
    train = optimizer().minimize(tf.reduce_sum(tf.square(used) + used))
    session.run(tf.global_variables_initializer())
    for _ in range(steps):
      session.run(train)
    return session.run({v.op.name: v for v in tf.global_variables()})


@pytest.mark.parametrize("rows", [False, True])
@pytest.mark.parametrize("name", ["ftrl", "ftrl_shrunk", "gradient_descent"])
def test_optimizers_train_as_today(seeded, name, rows):
  def optimizer():
    return cases.OPTIMIZERS[name](tf)
  for resource in (False, True):
    ours = _trained(optimizer, resource=resource, rows=rows)
    with _native():
      today = _trained(optimizer, resource=resource, rows=rows)
    assert set(ours) == set(today)
    for key in ours:
      np.testing.assert_allclose(ours[key], today[key], rtol=1e-6)


class _native:
  """Without the seeds of 1.15, inside of the context of this file."""

  def __enter__(self):
    self._token = seeds._in_context.set(False)

  def __exit__(self, *unused):
    seeds._in_context.reset(self._token)


def test_ftrl_takes_beta(seeded):
  # 1.15 had no such argument; today's function serves it.
  def optimizer():
    return tf.train.FtrlOptimizer(0.1, beta=1.0)
  ours = _trained(optimizer)
  with _native():
    today = _trained(optimizer)
  for key in ours:
    np.testing.assert_allclose(ours[key], today[key], rtol=1e-6)


def test_clip_by_global_norm_scales(seeded):
  # The norm of (3, 4) and (12, 0) is 13.
  def build():
    slices = tf.IndexedSlices(tf.constant([[12.0, 0.0]]), tf.constant([1]),
                              tf.constant([2, 2]))
    clipped, norm = tf.clip_by_global_norm(
        [tf.constant([3.0, 4.0]), None, slices], 6.5)
    assert clipped[1] is None
    assert isinstance(clipped[2], tf.IndexedSlices)
    return clipped[0], clipped[2].values, clipped[2].indices, norm
  first, second, indices, norm = _run(build)
  np.testing.assert_allclose(first, [1.5, 2.0])
  np.testing.assert_allclose(second, [[6.0, 0.0]])
  assert indices.tolist() == [1] and norm == 13.0


def test_clip_by_global_norm_of_infinity_is_nan(seeded):
  clipped = _run(lambda: tf.clip_by_global_norm(
      [tf.constant([np.inf, 1.0])], 1.0)[0][0])
  assert np.isnan(clipped).all()


def test_clip_by_global_norm_below_the_norm_changes_nothing(seeded):
  clipped = _run(lambda: tf.clip_by_global_norm(
      [tf.constant([0.3, 0.4])], 5.0)[0][0])
  np.testing.assert_allclose(clipped, [0.3, 0.4])


def test_clip_by_global_norm_wants_a_sequence(seeded):
  with tf.Graph().as_default(), pytest.raises(TypeError, match="sequence"):
    tf.clip_by_global_norm(tf.constant([1.0]), 1.0)


def test_clip_by_norm(seeded):
  clipped, row, zero = _run(lambda: (
      tf.clip_by_norm(tf.constant([3.0, 4.0]), 2.5),
      tf.clip_by_norm(tf.constant([[3.0, 4.0], [0.6, 0.8]]), 2.5, axes=[1]),
      tf.clip_by_norm(tf.constant([0.0, 0.0]), tf.constant(1.0))))
  np.testing.assert_allclose(clipped, [1.5, 2.0])
  np.testing.assert_allclose(row, [[1.5, 2.0], [0.6, 0.8]])
  assert zero.tolist() == [0.0, 0.0]


@pytest.mark.parametrize("step, cycle, want", [
    (0, False, 1.0), (5, False, 0.5), (20, False, 0.0),
    (0, True, 1.0), (5, True, 0.5), (15, True, 0.25), (10, True, 0.0)])
def test_polynomial_decay(seeded, step, cycle, want):
  rate = _run(lambda: tf.train.polynomial_decay(
      1.0, tf.constant(step), 10, end_learning_rate=0.0, cycle=cycle))
  np.testing.assert_allclose(rate, want, atol=1e-7)


def test_accumulate_n(seeded):
  total = _run(lambda: tf.accumulate_n(
      [tf.constant([1.0, 2.0]), tf.constant([10.0, 20.0])]))
  assert total.tolist() == [11.0, 22.0]
  with tf.Graph().as_default(), pytest.raises(ValueError):
    tf.accumulate_n([tf.constant([1.0]), tf.constant([1])])
  with tf.Graph().as_default(), pytest.raises(ValueError):
    tf.accumulate_n([])


def test_monotonic(seeded):
  rises, stays, falls, short = _run(lambda: [
      (tf.is_non_decreasing(x), tf.is_strictly_increasing(x))
      for x in ([1, 2, 4], [1, 2, 2], [3, 1, 2], [7])])
  assert rises == (True, True) and short == (True, True)
  assert stays == (True, False) and falls == (False, False)


def test_confusion_matrix(seeded):
  matrix = _run(lambda: tf.confusion_matrix([0, 1, 1], [0, 0, 1],
                                            weights=[1, 2, 5]))
  assert matrix.tolist() == [[1, 0], [2, 5]]


def test_sharded_saver_restores(seeded, tmp_path):
  with tf.Graph().as_default(), tf.Session() as session:
    w = tf.get_variable("w", initializer=[1.0, 2.0])
    saver = tf.train.Saver(sharded=True)
    session.run(w.initializer)
    path = saver.save(session, str(tmp_path / "model"))
    session.run(w.assign([0.0, 0.0]))
    saver.restore(session, path)
    assert session.run(w).tolist() == [1.0, 2.0]


@pytest.mark.parametrize("combiner, want", [
    ("sum", [[2.0, 0.0], [14.0, 3.0]]),
    ("mean", [[2.0, 0.0], [14.0 / 4, 3.0 / 4]]),
    ("sqrtn", [[2.0, 0.0], [14.0 / 10 ** 0.5, 3.0 / 10 ** 0.5]])])
def test_lookup_by_sparse_ids(seeded, combiner, want):
  # Rows (2, 0) and (4, 1); the second entry has row 0 once, row 1 thrice.
  def build():
    table = tf.get_variable("t", initializer=[[2.0, 0.0], [4.0, 1.0]])
    ids = tf.SparseTensor([[0, 0], [1, 0], [1, 1]],
                          tf.constant([0, 0, 1], tf.int64), [2, 2])
    weights = tf.SparseTensor(ids.indices, [1.0, 1.0, 3.0], [2, 2])
    return tf.nn.embedding_lookup_sparse(table, ids, weights,
                                         combiner=combiner)
  np.testing.assert_allclose(_run(build), want, rtol=1e-6)


def test_lookup_by_sparse_ids_without_weights(seeded):
  def build():
    table = tf.get_variable("t", initializer=[[2.0, 0.0], [4.0, 1.0]])
    ids = tf.SparseTensor([[0, 0], [1, 0], [1, 1]],
                          tf.constant([0, 0, 1], tf.int64), [2, 2])
    means = tf.nn.embedding_lookup_sparse(table, ids, None, combiner="mean")
    slope, = tf.gradients(means[1, 0], table)
    assert isinstance(slope, tf.IndexedSlices)
    return means, tf.convert_to_tensor(slope)
  means, slope = _run(build)
  assert means.tolist() == [[2.0, 0.0], [3.0, 0.5]]
  assert slope.tolist() == [[0.5, 0.0], [0.5, 0.0]]


def test_lookup_by_sparse_ids_says_what_is_wrong(seeded):
  with tf.Graph().as_default():
    ids = tf.SparseTensor([[0, 0]], tf.constant([0], tf.int64), [1, 1])
    with pytest.raises(ValueError, match="combiner"):
      tf.nn.embedding_lookup_sparse(tf.zeros([2, 2]), ids, None,
                                    combiner="product")
    with pytest.raises(TypeError, match="SparseTensor"):
      tf.nn.embedding_lookup_sparse(tf.zeros([2, 2]), [0], None)


def test_reduction_of_scalars_and_variables(seeded):
  def build():
    v = tf.get_variable("v", initializer=[[1.0, 2.0], [3.0, 6.0]])
    return (tf.reduce_mean(v), tf.reduce_sum(tf.constant(2.0)),
            tf.reduce_max(v, axis=0), tf.reduce_sum([1, 2, 3]))
  mean, scalar, columns, total = _run(build)
  assert (mean, scalar, total) == (3.0, 2.0, 6)
  assert columns.tolist() == [3.0, 6.0]


def test_resource_rows_are_copies(seeded):
  def build():
    v = tf.get_variable("v", initializer=[[1.0], [2.0]], use_resource=True)
    rows = tf.gather(v, [1, 0])
    assert rows.op.type == "Identity"
    return rows
  assert _run(build).tolist() == [[2.0], [1.0]]
