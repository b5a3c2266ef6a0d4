"""What needs a session of its own: training, evaluation, queues, files."""

import os
import pathlib

import numpy as np
import pytest

from namespace import generate
from namespace import nets
from oracle import files
from tfcompat_rnn import _errors


@pytest.fixture
def tf(v1):
  import tfcompat_rnn.tf1
  return tfcompat_rnn.tf1


def line(tf, slim):
  """A model that must learn y = 2x + 1."""
  x = tf.constant(np.linspace(-1, 1, 16, dtype="float32")[:, None])
  y = slim.fully_connected(x, 1, activation_fn=None, scope="line",
                           weights_initializer=tf.zeros_initializer())
  tf.losses.mean_squared_error(2. * x + 1., y)
  return y


@pytest.mark.slow
def test_slim_trains_saves_and_evaluates(tf, tmp_path):
  slim = tf.contrib.slim
  line(tf, slim)
  loss = tf.losses.get_total_loss()
  train = slim.learning.create_train_op(
      loss, tf.train.GradientDescentOptimizer(0.5))
  final = slim.learning.train(
      train, str(tmp_path), number_of_steps=60, log_every_n_steps=50,
      save_summaries_secs=None, trace_every_n_steps=None)
  assert final < 1e-4
  names = sorted(name for name, _ in tf.train.list_variables(str(tmp_path)))
  assert names == ["global_step", "line/biases", "line/weights"]
  with tf.Graph().as_default():
    y = line(tf, slim)
    values, updates = slim.metrics.aggregate_metric_map(
        {"mean": slim.metrics.streaming_mean(y)})
    found = slim.evaluation.evaluate_once(
        master="", checkpoint_path=tf.train.latest_checkpoint(str(tmp_path)),
        logdir=str(tmp_path / "eval"), num_evals=1,
        eval_op=list(updates.values()), final_op=values["mean"])
  assert abs(found - 1.0) < 1e-2


@pytest.mark.slow
def test_assign_from_checkpoint(tf, tmp_path):
  slim = tf.contrib.slim
  slim.model_variable("old/w", initializer=tf.constant([1., 2.]))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    path = tf.train.Saver().save(session, str(tmp_path / "m"))
  with tf.Graph().as_default(), tf.Session() as session:
    w = slim.variable("new/w", shape=[2])
    other = slim.variable("other", shape=[2])
    restore = slim.assign_from_checkpoint_fn(
        path, {"old/w": w, "absent": other}, ignore_missing_vars=True)
    restore(session)
    assert session.run(w).tolist() == [1., 2.]
    operation, feed = slim.assign_from_checkpoint(path, {"old/w": w})
    session.run(operation, feed)
    reader = tf.contrib.framework.load_checkpoint(path)
    assert reader.get_tensor("old/w").tolist() == [1., 2.]
    assert tf.contrib.framework.list_variables(path) == [("old/w", [2])]


def test_contrib_training_train(tf, tmp_path):
  w = tf.get_variable("w", initializer=4.0)
  tf.train.create_global_step()
  train = tf.contrib.training.create_train_op(
      w * w, tf.train.GradientDescentOptimizer(0.1))
  loss = tf.contrib.training.train(
      train, str(tmp_path), hooks=[tf.train.StopAtStepHook(num_steps=3)],
      save_summaries_steps=None)
  assert loss > 0
  value = tf.train.load_variable(str(tmp_path), "w")
  assert value == pytest.approx(4.0 * 0.8 ** 3, rel=1e-5)


def test_dataset_provider_and_decoder(tf, tmp_path):
  slim = tf.contrib.slim
  path = str(tmp_path / "rows.tfrecord")
  with tf.python_io.TFRecordWriter(path) as writer:
    for number in range(4):
      writer.write(tf.train.Example(features=tf.train.Features(feature={
          "label": tf.train.Feature(
              int64_list=tf.train.Int64List(value=[number])),
          "row": tf.train.Feature(
              float_list=tf.train.FloatList(value=[number, 2. * number])),
      })).SerializeToString())
  decoder = slim.tfexample_decoder.TFExampleDecoder(
      {"label": tf.FixedLenFeature([], tf.int64),
       "row": tf.FixedLenFeature([2], tf.float32)},
      {"label": slim.tfexample_decoder.Tensor("label"),
       "row": slim.tfexample_decoder.Tensor("row")})
  dataset = slim.dataset.Dataset(
      data_sources=path, reader=tf.TFRecordReader, decoder=decoder,
      num_samples=4, items_to_descriptions={})
  provider = slim.dataset_data_provider.DatasetDataProvider(
      dataset, shuffle=False, num_epochs=1)
  label, row = provider.get(["label", "row"])
  assert provider.num_samples() == 4
  with tf.Session() as session:
    session.run([tf.global_variables_initializer(),
                 tf.local_variables_initializer()])
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    found = [session.run([label, row]) for _ in range(4)]
    coordinator.request_stop()
    coordinator.join(threads)
  assert [int(number) for number, _ in found] == [0, 1, 2, 3]
  assert found[3][1].tolist() == [3., 6.]


def _run_queue(tf, fetches, count):
  with tf.Session() as session:
    session.run([tf.global_variables_initializer(),
                 tf.local_variables_initializer()])
    coordinator = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(session, coordinator)
    found = [session.run(fetches) for _ in range(count)]
    coordinator.request_stop()
    coordinator.join(threads, ignore_live_threads=True)
  return found


def test_bucket_by_sequence_length(tf):
  length = tf.train.range_input_producer(
      6, num_epochs=1, shuffle=False).dequeue()
  row = tf.fill([length], length)
  lengths, batch = tf.contrib.training.bucket_by_sequence_length(
      length, [row], batch_size=2, bucket_boundaries=[2, 4],
      dynamic_pad=True)
  assert isinstance(batch, list) and len(batch) == 1
  found = _run_queue(tf, [lengths, batch[0]], 3)
  by_length = sorted((n.tolist(), rows.tolist()) for n, rows in found)
  assert by_length == [
      ([0, 1], [[0], [1]]), ([2, 3], [[2, 2, 0], [3, 3, 3]]),
      ([4, 5], [[4, 4, 4, 4, 0], [5, 5, 5, 5, 5]])]


def test_bucket(tf):
  number = tf.train.range_input_producer(
      8, num_epochs=1, shuffle=False).dequeue()
  which, batch = tf.contrib.training.bucket(
      {"n": number, "twice": number * 2}, which_bucket=number % 2,
      batch_size=2, num_buckets=2, keep_input=number > 3)
  found = _run_queue(tf, [which, batch], 2)
  rows = {int(place): part for place, part in found}
  assert rows[0]["n"].tolist() == [4, 6]
  assert rows[1]["twice"].tolist() == [10, 14]


def test_bucket_refuses(tf):
  training = tf.contrib.training
  with pytest.raises(ValueError, match="batch_size"):
    training.bucket([tf.constant(1)], 0, [1, 2, 3], 2)
  with pytest.raises(TypeError, match="bucket_boundaries"):
    training.bucket_by_sequence_length(1, [tf.constant(1)], 2, [1.5])
  with pytest.raises(ValueError, match="increasing"):
    training.bucket_by_sequence_length(1, [tf.constant(1)], 2, [3, 2])
  with pytest.raises(ValueError, match="keep_input"):
    training.bucket([tf.constant(1)], 0, 2, 2, keep_input=[True, False])


def test_placement_strategies(tf):
  training = tf.contrib.training
  with tf.device(tf.train.replica_device_setter(
      2, ps_strategy=training.GreedyLoadBalancingStrategy(
          2, training.byte_size_load_fn))):
    big = tf.get_variable("big", [100])
    small = [tf.get_variable(name, [3]) for name in "abc"]
  assert big.device == "/job:ps/task:0"
  assert {part.device for part in small} == {"/job:ps/task:1"}
  # 1.15's md5 of "<name>_<seed>": measured.
  assert [training.RandomStrategy(7)(part.op) for part in small] == [
      3, 3, 0]


def test_projector(tf, tmp_path):
  projector = tf.contrib.tensorboard.plugins.projector
  config = projector.ProjectorConfig()
  embedding = config.embeddings.add()
  embedding.tensor_name = "embedding:0"
  embedding.metadata_path = "meta.tsv"
  embedding.sprite.single_image_dim.extend([28, 28])
  writer = tf.summary.FileWriter(str(tmp_path))
  projector.visualize_embeddings(writer, config)
  writer.close()
  assert (tmp_path / "projector_config.pbtxt").read_text() == (
      'embeddings {\n  tensor_name: "embedding:0"\n'
      '  metadata_path: "meta.tsv"\n  sprite {\n'
      '    single_image_dim: 28\n    single_image_dim: 28\n  }\n}\n')
  with pytest.raises(AttributeError):
    embedding.no_such_field = 1


def test_run_n(tf):
  w = tf.get_variable("w", initializer=1.0)
  assert tf.contrib.learn.run_n({"w": w + 1.}, n=2) == [{"w": 2.}, {"w": 2.}]
  fed = tf.placeholder(tf.float32, [])
  assert tf.contrib.learn.run_feeds(
      {"y": fed * 2.}, [{fed: 1.}, {fed: 2.}]) == [{"y": 2.}, {"y": 4.}]
  with pytest.raises(ValueError, match="output_dict"):
    tf.contrib.learn.run_n({}, n=1)


def test_mode_keys(tf):
  keys = tf.contrib.learn.ModeKeys
  assert (keys.TRAIN, keys.EVAL, keys.INFER) == ("train", "eval", "infer")
  keys.validate("eval")
  with pytest.raises(ValueError):
    keys.validate("predict")


def test_analyze_vars_and_model_analyzer(tf, capsys):
  tf.get_variable("w", [3, 4])
  tf.get_variable("b", [4])
  total, size = tf.contrib.slim.model_analyzer.analyze_vars(
      tf.trainable_variables(), print_info=True)
  assert (total, size) == (16, 64)
  assert "w:0 (float32_ref 3x4) [12, bytes: 48]" in capsys.readouterr().out
  analyzer = tf.contrib.tfprof.model_analyzer
  stats = analyzer.print_model_analysis(
      tf.get_default_graph(), tfprof_options={
          **analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS, "output": "none"})
  assert stats.total_parameters == 16


def test_dropout_statistics(tf):
  x = tf.ones([200, 50])
  kept = tf.layers.dropout(x, 0.25, training=True, seed=1)
  flag = tf.placeholder(tf.bool, [])
  other = tf.contrib.layers.dropout(x, 0.75, is_training=flag, seed=1)
  with tf.Session() as session:
    values = session.run(kept)
    assert set(np.unique(values).round(5)) == {
        np.float32(0.), np.float32(4 / 3).round(5)}
    assert values.astype(bool).mean() == pytest.approx(0.75, abs=0.02)
    assert session.run(other, {flag: False}).min() == 1.
    assert session.run(other, {flag: True}).astype(bool).mean() == (
        pytest.approx(0.75, abs=0.02))


@pytest.mark.slow
def test_slim_networks_have_the_names_of_1_15(tf):
  from tfcompat_rnn.tf1.contrib.slim import nets as slim_nets
  found = nets.describe(tf, slim_nets)
  expected = files.read_json(os.path.join(generate.DATA, "nets.json.gz"))
  for name, parts in expected.items():
    for kind, names in parts.items():
      assert found[name][kind] == names, (name, kind)


def test_layer_errors(tf):
  x = tf.zeros([2, 3])
  tf.layers.dense(x, 4, name="d")
  with pytest.raises(ValueError, match="already exists"):
    tf.layers.dense(x, 4, name="d")
  with pytest.raises(ValueError, match="does not exist"):
    tf.layers.dense(x, 4, name="new", reuse=True)
  with pytest.raises(ValueError):
    tf.layers.dense(tf.placeholder(tf.float32, [2, None]), 4)
  with pytest.raises(ValueError):
    tf.layers.conv2d(x, 2, 3)


@pytest.mark.parametrize("kwargs,error,match", [
    (dict(axis=(1,)), TypeError, "axis"),
    (dict(axis=5), ValueError, "axis"),
    (dict(axis=[1, -1]), ValueError, "axis"),
    (dict(renorm=True, renorm_clipping={"max": 1}), ValueError, "clipping"),
    (dict(virtual_batch_size=0), ValueError, "virtual_batch_size"),
    (dict(virtual_batch_size=2, axis=0), ValueError, "axis"),
    (dict(virtual_batch_size=2, adjustment=lambda s: (1., 0.)), ValueError,
     "adjustment"),
])
def test_normalization_errors(tf, kwargs, error, match):
  with pytest.raises(error, match=match) as caught:
    tf.layers.batch_normalization(tf.zeros([4, 3]), training=True, **kwargs)
  assert isinstance(caught.value, _errors.TfcompatError)


def test_normalization_needs_rank_and_depth(tf):
  with pytest.raises(ValueError, match="rank"):
    tf.layers.batch_normalization(tf.placeholder(tf.float32))
  with pytest.raises(ValueError, match="size along axis"):
    tf.layers.batch_normalization(tf.placeholder(tf.float32, [2, None]))


def test_embedding_errors(tf):
  layers = tf.contrib.layers
  ids = tf.constant([[1, 2]])
  with pytest.raises(ValueError, match="vocab_size"):
    layers.embed_sequence(ids)
  with pytest.raises(ValueError, match="vocab_size"):
    layers.bow_encoder(ids, 0, 3)
  with pytest.raises(TypeError, match="dense"):
    layers.bow_encoder(tf.SparseTensor([[0, 0]], [1], [1, 1]), 5, 3,
                       sparse_lookup=False)


@pytest.mark.parametrize("name,step", [
    ("contrib.learn.DynamicRnnEstimator", "write a model_fn"),
    ("contrib.layers.real_valued_column", "tf.feature_column.numeric_column"),
    ("contrib.opt.ScipyOptimizerInterface", "tf.gradients"),
    ("contrib.framework.zero_initializer", "tf.zeros_like"),
])
def test_refusals_tell_the_next_step(tf, name, step):
  value = tf
  with pytest.raises(AttributeError, match=step) as caught:
    for part in name.split("."):
      value = getattr(value, part)
  assert isinstance(caught.value, _errors.MissingSymbolError)
  assert name.rpartition(".")[2] in str(caught.value) or "opt" in name


@pytest.mark.slow
def test_tf_slim_and_tensorflow_are_not_touched(forked):
  """Others in the process see tf-slim and TensorFlow as they are."""
  code = """
import sys
import tfcompat_rnn.tf1 as tf
from tfcompat_rnn._tf import tf as v1
v1.disable_v2_behavior()
before = {name: dict(vars(module)) for name, module in sys.modules.items()
          if name in ("tensorflow.python.framework.ops",
                      "tensorflow.python.ops.array_ops",
                      "tensorflow.python.ops.control_flow_ops")}
with tf.Graph().as_default():
  tf.contrib.slim.batch_norm(tf.zeros([2, 3]))
assert not any(name.split(".")[0] in ("tf_slim", "tf_keras")
               for name in sys.modules)
for name, old in before.items():
  new = {key: value for key, value in vars(sys.modules[name]).items()}
  assert set(new) == set(old), set(new) ^ set(old)
import tf_slim
original = sys.modules["tf_slim.layers.layers"]
copy = sys.modules["tfcompat_rnn.namespace.contrib.slim_copy.layers.layers"]
assert original is not copy
assert original.ops is sys.modules["tensorflow.python.framework.ops"]
assert original.fully_connected is not copy.fully_connected
"""
  root = str(pathlib.Path(__file__).parents[2])
  done = forked.run(["-c", code], root, {**os.environ, "PYTHONPATH": root})
  assert done.returncode == 0, done.stderr


def test_the_walk_back_from_an_operation(v1):
  from tfcompat_rnn.tf1.contrib.graph_editor import get_backward_walk_ops

  import tfcompat_rnn.tf1 as tf
  a, b, c = (tf.constant(1.0, name=name) for name in "abc")
  with tf.control_dependencies([c]):
    x = tf.add(a, b, name="x")
  y = tf.multiply(x, a, name="y")
  tf.negative(y, name="z")

  def names(*args, **kwargs):
    return [op.name for op in get_backward_walk_ops(*args, **kwargs)]

  assert names(y.op) == ["y", "x", "a", "b"]
  assert names([y], inclusive=False, control_inputs=True) == [
      "x", "a", "b", "c"]
  assert names(y, stop_at_ts=[x]) == ["y", "a"]
  assert names(y, within_ops=[y.op, x.op, b.op]) == ["y", "x", "b"]
  assert names(y, within_ops_fn=lambda op: op.name != "x") == ["y", "a"]
  with pytest.raises(ValueError, match="`within_ops`, got y outside"):
    names(y, within_ops=[x.op])
