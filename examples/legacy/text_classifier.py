"""A text classifier of 2018: dynamic_rnn in a model_fn, tf.data, exporters."""
from __future__ import print_function

import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

flags = tf.app.flags
flags.DEFINE_integer("units", 6, "size of the LSTM")
flags.DEFINE_float("keep_prob", 0.8, "dropout keep probability")
FLAGS = flags.FLAGS


def model_fn(features, labels, mode, params):
  with tf.variable_scope("embed"):
    table = tf.get_variable(
        "table", [params.vocab, 5],
        initializer=tf.random_uniform_initializer(-0.5, 0.5))
    x = tf.nn.embedding_lookup(table, features["tokens"])
  if mode == tf.estimator.ModeKeys.TRAIN:
    x = tf.nn.dropout(x, keep_prob=params.keep_prob)
  fw = tf.contrib.rnn.LSTMCell(params.units)
  bw = tf.contrib.rnn.GRUCell(params.units)
  outputs, (state_fw, state_bw) = tf.nn.bidirectional_dynamic_rnn(
      fw, bw, x, sequence_length=features["length"], dtype=tf.float32)
  state = tf.concat([state_fw.h, state_bw], axis=-1)
  logits = tf.layers.dense(state, params.classes, name="logits")
  predictions = {"class": tf.argmax(logits, axis=-1),
                 "probabilities": tf.nn.softmax(logits, name="softmax")}
  if mode == tf.estimator.ModeKeys.PREDICT:
    return tf.estimator.EstimatorSpec(
        mode, predictions=predictions,
        export_outputs={
            "serving_default": tf.estimator.export.PredictOutput(predictions),
            "classify": tf.estimator.export.ClassificationOutput(
                scores=predictions["probabilities"])})
  loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=labels, logits=logits))
  accuracy = tf.metrics.accuracy(labels, predictions["class"], name="acc_op")
  tf.summary.scalar("accuracy", accuracy[1])
  if mode == tf.estimator.ModeKeys.EVAL:
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, eval_metric_ops={
            "accuracy": accuracy,
            "per_class": tf.metrics.mean_per_class_accuracy(
                labels, predictions["class"], params.classes)})
  train_op = tf.contrib.layers.optimize_loss(
      loss, tf.train.get_global_step(), learning_rate=0.01, optimizer="Adam",
      clip_gradients=5.0, summaries=["loss", "gradient_norm"],
      learning_rate_decay_fn=lambda rate, step: tf.train.exponential_decay(
          rate, step, 10, 0.9))
  return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def sentences(count, seed):
  rng = np.random.RandomState(seed)
  length = rng.randint(2, 9, count)
  tokens = np.zeros([count, 8], np.int64)
  for row, size in enumerate(length):
    tokens[row, :size] = rng.randint(1, 30, size)
  return {"tokens": tokens, "length": length}, tokens[:, 0] % 3


def input_fn(count, seed, epochs, batch):
  features, labels = sentences(count, seed)
  data = tf.data.Dataset.from_tensor_slices((features, labels))
  return data.repeat(epochs).batch(batch).prefetch(1)


def serving_input_fn():
  tokens = tf.placeholder(tf.int64, [None, None], name="tokens")
  length = tf.placeholder(tf.int64, [None], name="length")
  receiver = {"tokens": tokens, "length": length}
  return tf.estimator.export.ServingInputReceiver(receiver, receiver)


def main(_):
  folder = tempfile.mkdtemp()
  params = tf.contrib.training.HParams(
      vocab=30, classes=3, units=FLAGS.units, keep_prob=FLAGS.keep_prob)
  config = tf.estimator.RunConfig(
      model_dir=folder, tf_random_seed=11, save_summary_steps=4,
      save_checkpoints_steps=8, log_step_count_steps=4, keep_checkpoint_max=2)
  estimator = tf.estimator.Estimator(model_fn, config=config, params=params)
  exporters = [
      tf.estimator.BestExporter(
          "best", serving_input_receiver_fn=serving_input_fn,
          exports_to_keep=1),
      tf.estimator.LatestExporter("latest", serving_input_fn),
      tf.estimator.FinalExporter("final", serving_input_fn)]
  metrics, exports = tf.estimator.train_and_evaluate(
      estimator,
      tf.estimator.TrainSpec(lambda: input_fn(64, 0, None, 8), max_steps=24),
      tf.estimator.EvalSpec(lambda: input_fn(24, 1, 1, 8), steps=None,
                            exporters=exporters, start_delay_secs=0,
                            throttle_secs=0))
  print(sorted(metrics), "%.4f %.4f" % (metrics["loss"], metrics["accuracy"]))
  print(sorted(os.listdir(os.path.join(folder, "export"))),
        [export is not None for export in exports])
  for name in estimator.get_variable_names():
    value = estimator.get_variable_value(name)
    print(name, np.shape(value), "%.4f" % np.sum(value))
  print(sorted(name for name in os.listdir(folder)
               if not name.startswith("events")))
  answers = list(estimator.predict(lambda: input_fn(4, 2, 1, 2)))
  print([int(answer["class"]) for answer in answers])
  exported = estimator.export_savedmodel(
      os.path.join(folder, "served"), serving_input_fn,
      strip_default_attrs=True)
  predict = tf.contrib.predictor.from_saved_model(
      exported, signature_def_key="serving_default")
  features, _ = sentences(4, 2)
  served = predict(features)
  print(sorted(served), served["class"].tolist())
  print(np.allclose(served["probabilities"],
                    [answer["probabilities"] for answer in answers], 1e-5))
  tags = set()
  for name in sorted(os.listdir(folder)):
    if name.startswith("events"):
      for event in tf.train.summary_iterator(os.path.join(folder, name)):
        tags.update(value.tag for value in event.summary.value)
  print(sorted(tags))
  shutil.rmtree(folder)


if __name__ == "__main__":
  tf.logging.set_verbosity(tf.logging.INFO)
  tf.app.run()
