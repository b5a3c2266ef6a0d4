"""Names of TensorFlow 1.0 to 1.14, and what is said of those not supported."""

import numpy as np
import pytest

import tfcompat_rnn.tf1 as tf
from tfcompat_rnn.namespace import missing
from tfcompat_rnn.namespace import names
from tfcompat_rnn.namespace.releases import datasets

pytestmark = pytest.mark.filterwarnings(
    "ignore::tfcompat_rnn.namespace.releases.notice.OldReleaseWarning")


@pytest.mark.parametrize("old,span", [
    ("contrib.data.TextLineDataset", ("1.2", "1.6")),
    ("contrib.seq2seq.prepare_attention", ("1.0", "1.0")),
    ("contrib.rnn.core_rnn_cell", ("1.0", "1.1")),
    ("python.eager.context.in_graph_mode", ("1.4", "1.6")),
    ("nn.dynamic_rnn", None),
    ("nonsense", None),
])
def test_the_releases_of_a_name(old, span):
  assert names.older(old) == span


@pytest.mark.parametrize("old,text", [
    ("contrib.nccl", "was in TensorFlow 1.0 to 1.12, gone by 1.15, and is not "
                     "supported; run this part under TensorFlow 1.12"),
    ("contrib.kfac.python", "run this part under TensorFlow 1.10"),
    ("contrib.distributions.NormalWithSoftplusSigma",
     "run this part under TensorFlow 1.0"),
    ("layers.Input", "1.15 had tensorflow.keras.Input"),
    ("nonsense", "was not in TensorFlow 1.15; check the spelling"),
])
def test_what_is_said_of_a_name(old, text):
  assert text in missing.message(old)


def _elements(dataset):
  following = dataset.make_initializable_iterator()
  element, found = following.get_next(), []
  with tf.Session() as session:
    session.run(following.initializer)
    while True:
      try:
        found.append(session.run(element))
      except tf.errors.OutOfRangeError:
        return found


@pytest.mark.slow
def test_datasets_of_1_2():
  tf.disable_v2_behavior()
  with tf.Graph().as_default():
    numbers = tf.contrib.data.Dataset.range(6)
    assert isinstance(numbers, tf.contrib.data.Dataset)
    assert isinstance(numbers, tf.data.Dataset)
    doubled = numbers.map(
        lambda x: 2 * x, num_threads=2, output_buffer_size=3)
    assert type(doubled) is datasets.Dataset
    assert _elements(doubled) == [0, 2, 4, 6, 8, 10]
    # Printed by TensorFlow 1.2.1, 1.3.0 and 1.4.1.
    windows = _elements(numbers.group_by_window(
        key_func=lambda x: x % 2, reduce_func=lambda key, window:
        window.map(lambda x: x, num_threads=1).batch(2), window_size=2))
    assert [list(w) for w in windows] == [[0, 2], [1, 3], [4], [5]]
    assert _elements(tf.contrib.data.Dataset.zip(
        (tf.contrib.data.Dataset.range(2),
         tf.contrib.data.Dataset.range(3, 5)))) == [(0, 3), (1, 4)]
    sparse = _elements(tf.contrib.data.Dataset.range(3).map(
        lambda x: tf.ones([2], tf.int32)).dense_to_sparse_batch(2, [4]))
    assert sparse[0].dense_shape.tolist() == [2, 4]
    assert sparse[0].indices.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1]]
    with pytest.raises(ValueError, match="leave out num_threads"):
      numbers.map(lambda x: x, num_threads=1, num_parallel_calls=1)


@pytest.mark.slow
def test_shuffles_of_1_2_repeat_their_order():
  from tfcompat_rnn.namespace import releases
  tf.disable_v2_behavior()
  before = releases.set_api("1.2")
  try:
    with tf.Graph().as_default():
      found = _elements(tf.contrib.data.Dataset.range(6).shuffle(
          6, seed=1).repeat(3))
  finally:
    releases.set_api(before)
  # As TensorFlow 1.2.1 and 1.3.0; 1.4.1 had another order each time.
  assert found[:6] == found[6:12] == found[12:]
  assert sorted(found[:6]) == list(range(6))


@pytest.mark.slow
def test_cudnn_models_of_1_2(tmp_path):
  tf.disable_v2_behavior()
  with tf.Graph().as_default():
    random = np.random.RandomState(0)
    model = tf.contrib.cudnn_rnn.CudnnLSTM(1, 3, 2)
    layer = tf.contrib.cudnn_rnn.CudnnLSTM(1, 3)
    assert not hasattr(layer, "params_size")
    params = tf.get_variable("params", initializer=tf.random_uniform(
        [model.params_size()], seed=1), validate_shape=False)
    saveable = tf.contrib.cudnn_rnn.RNNParamsSaveable(
        model.params_to_canonical, model.canonical_to_params, [params])
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, saveable)
    inputs = tf.constant(random.randn(4, 2, 2), tf.float32)
    zeros = tf.zeros([1, 2, 3])
    outputs, _, _ = model(is_training=False, input_data=inputs,
                          input_h=zeros, input_c=zeros, params=params)
    saver = tf.train.Saver([saveable])
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      first = session.run(outputs)
      path = saver.save(session, str(tmp_path / "model"))
      session.run(tf.assign(params, tf.zeros_like(params)))
      assert not np.allclose(session.run(outputs), first)
      saver.restore(session, path)
      np.testing.assert_array_equal(session.run(outputs), first)
