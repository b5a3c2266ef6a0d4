"""Names of operations that are 1.15.5's only with a row of ours."""

import pytest

from tfcompat_rnn import tf1


@pytest.fixture
def tf(v1):
  with tf1.seeds_of_1_15():
    yield tf1


def _names(tf, op_type):
  return [op.name for op in tf.get_default_graph().get_operations()
          if op.type == op_type]


def test_divisions_of_metrics(tf):
  tf.metrics.auc(tf.placeholder(tf.bool, [4]), tf.placeholder(tf.float32, [4]))
  assert _names(tf, "RealDiv") == [
      "auc/div", "auc/div_1", "auc/truediv", "auc/div_2", "auc/div_3",
      "auc/truediv_1"]
  tf.divide(tf.constant(1.), tf.constant(2.))
  assert _names(tf, "RealDiv")[-1] == "truediv"


def test_batch_norm_of_a_matrix(tf):
  x = tf.placeholder(tf.float32, [4, 3])
  y = tf.contrib.layers.batch_norm(x, is_training=False)
  assert [op.name for op in y.op.graph.get_operations()[-2:]] == [
      "BatchNorm/Shape", "BatchNorm/Reshape_1"]
  assert y.shape.as_list() == [4, 3]


@pytest.mark.parametrize("method", ["map", "map_with_legacy_function"])
def test_parallel_calls_as_an_int32_tensor(tf, method):
  calls = tf.constant(2)
  dataset = getattr(tf.data.Dataset.range(3), method)(
      lambda x: x + 1, num_parallel_calls=calls)
  iterator = dataset.make_initializable_iterator()
  tf.set_random_seed(3)
  drawn, value = tf.random_uniform([]), iterator.get_next()
  with tf.Session() as session:
    session.run(iterator.initializer)
    assert session.run(value) == 1
    # As in 1.15.5, which counted as many operations.
    assert session.run(drawn) == pytest.approx(0.74321246, abs=1e-7)
