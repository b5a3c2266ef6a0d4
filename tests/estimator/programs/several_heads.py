"""One recurrent network with several heads, placed by replicate_model_fn."""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.contrib.estimator.python.estimator import exporter

estimators = tf.contrib.estimator


def net(features, units):
  _, state = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.GRUCell(6), features["x"], dtype=tf.float32)
  return tf.layers.dense(state, units, name="logits")


def model_fn(features, labels, mode, params):
  head = estimators.multi_head([
      estimators.multi_class_head(3, name="kind"),
      estimators.multi_label_head(
          4, name="labels", thresholds=[0.45], weight_column="w",
          classes_for_class_based_metrics=[2]),
      estimators.regression_head(label_dimension=2, name="xy")],
                               head_weights=params["weights"])

  def train_op_fn(loss):
    optimizer = estimators.TowerOptimizer(tf.train.AdamOptimizer(0.02))
    return optimizer.minimize(loss, global_step=tf.train.get_global_step())
  spec = head.create_estimator_spec(
      features=features, mode=mode, labels=labels, train_op_fn=train_op_fn,
      logits=net(features, head.logits_dimension))
  # Its seed is the number of operations so far.
  noise = tf.random_uniform([], name="noise")
  print(mode, noise.graph.get_operation_by_name(
      "noise/RandomUniform").get_attr("seed2"))
  return spec


def input_fn():
  rng = np.random.RandomState(0)
  x = rng.randn(16, 5, 2).astype(np.float32)
  features = {"x": x, "w": rng.rand(16, 1).astype(np.float32)}
  labels = {"kind": rng.randint(0, 3, 16), "labels": rng.randint(0, 2, [16, 4]),
            "xy": x[:, 0]}
  return tf.data.Dataset.from_tensor_slices((features, labels)).batch(8)


def serving_input_fn():
  x = tf.placeholder(tf.float32, [None, None, 2])
  return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})


def show(numbers):
  for key in sorted(numbers):
    print(key, "%.4f" % numbers[key])


def several(folder):
  estimator = tf.estimator.Estimator(
      estimators.replicate_model_fn(
          model_fn, tf.losses.Reduction.SUM_BY_NONZERO_WEIGHTS,
          devices=["/cpu:0"]),
      folder, tf.estimator.RunConfig(tf_random_seed=3),
      {"weights": [1.0, 0.5, 2.0]})
  estimator.train(lambda: input_fn().repeat(), steps=6)
  show(estimator.evaluate(input_fn))
  answer = next(estimator.predict(input_fn))
  for key in sorted(answer):
    if answer[key].dtype.kind == "f":
      print(key, " ".join("%.4f" % number for number in answer[key]))
  steps = exporter.StepsExporter(
      [3, 4, 9], serving_input_receiver_fn=serving_input_fn,
      event_file_pattern=None)
  path = steps.export(estimator, os.path.join(folder, "out"), None,
                      {"global_step": 6}, False)
  print(steps.export(estimator, os.path.join(folder, "out"), None,
                     {"global_step": 8}, False))
  predict = tf.contrib.predictor.from_saved_model(path, "predict")
  served = predict({"x": np.ones([2, 3, 2], np.float32)})
  print([(key, served[key].shape) for key in sorted(served)])


def sparse_labels(words):
  head = estimators.multi_label_head(
      3, label_vocabulary=["a", "b", "c"] if words else None,
      classes_for_class_based_metrics=["b"] if words else [1],
      loss_reduction=tf.losses.Reduction.SUM)
  labels = tf.SparseTensor(
      [[0, 0], [0, 1], [1, 0]],
      ["b", "c", "a"] if words else np.array([1, 2, 0], np.int64), [2, 2])
  tf.train.create_global_step()
  scale = tf.get_variable("scale", [], initializer=tf.ones_initializer())
  logits = tf.constant([[1., -1., .5], [.3, .2, -.1]]) * scale
  train = head.create_estimator_spec(
      {}, "train", logits, labels,
      optimizer=tf.train.GradientDescentOptimizer(0.1))
  metrics = head.create_estimator_spec(
      {}, "eval", logits, labels).eval_metric_ops
  with tf.Session() as session:
    session.run([tf.global_variables_initializer(),
                 tf.local_variables_initializer(), tf.tables_initializer()])
    session.run([update for _, update in metrics.values()])
    print("%.4f" % session.run(train.loss))
    show(session.run({key: value for key, (value, _) in metrics.items()}))
    session.run(train.train_op)
    print("%.4f" % session.run(scale))


def refused():
  head = estimators.regression_head(name="a")
  for wrong in (
      lambda: estimators.multi_label_head(1),
      lambda: estimators.multi_label_head(3, thresholds=[1.0]),
      lambda: estimators.multi_label_head(3, label_vocabulary=["a"]),
      lambda: estimators.multi_label_head(
          3, classes_for_class_based_metrics=["a"]),
      lambda: estimators.multi_label_head(
          3, classes_for_class_based_metrics=[3]),
      lambda: estimators.multi_label_head(3, loss_reduction="none"),
      lambda: estimators.multi_head([]),
      lambda: estimators.multi_head([estimators.regression_head()]),
      lambda: estimators.multi_head([head], [1., 2.]),
      lambda: exporter.StepsExporter([0, -1]),
      lambda: estimators.replicate_model_fn(
          model_fn, tf.losses.Reduction.NONE)):
    try:
      print(wrong())
    except ValueError as error:
      print(str(error).split("<")[0])


def older(folder):
  def old_model_fn(features, labels, mode):
    y = tf.layers.dense(features["x"], 1)
    loss = train = None
    if mode != tf.contrib.learn.ModeKeys.INFER:
      loss = tf.losses.mean_squared_error(labels, y)
      train = tf.train.GradientDescentOptimizer(0.1).minimize(
          loss, tf.contrib.framework.get_global_step())
    return tf.contrib.learn.ModelFnOps(mode, {"y": y}, loss, train)

  def serving():
    x = tf.placeholder(tf.float32, [None, 3])
    return tf.contrib.learn.InputFnOps({"x": x}, None, {"x": x})
  estimator = tf.contrib.learn.Estimator(
      old_model_fn, config=tf.contrib.learn.RunConfig(
          tf_random_seed=1, model_dir=folder))
  estimator.fit(
      input_fn=lambda: ({"x": tf.ones([4, 3])}, tf.ones([4, 1])), steps=3)
  predict = tf.contrib.predictor.from_contrib_estimator(estimator, serving)
  print("%.4f" % predict({"x": [[1., 2., 3.]]})["y"][0, 0])
  try:
    tf.contrib.predictor.from_contrib_estimator(
        tf.estimator.Estimator(model_fn, folder, params={}), serving)
  except TypeError as error:
    print(error)


def main(_):
  base = tempfile.mkdtemp()
  several(os.path.join(base, "several"))
  for words in (False, True):
    with tf.Graph().as_default():
      sparse_labels(words)
  refused()
  older(os.path.join(base, "older"))
  shutil.rmtree(base)


if __name__ == "__main__":
  tf.app.run()
