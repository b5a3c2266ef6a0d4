"""A classifier in the style of BERT's run_classifier.py (2018)."""
from __future__ import print_function

import collections
import os
import shutil
import tempfile

import numpy as np
import tensorflow as tf

flags = tf.flags
FLAGS = flags.FLAGS
flags.DEFINE_bool("use_tpu", False, "Whether to use TPU or GPU/CPU.")
flags.DEFINE_integer("train_batch_size", 4, "Total batch size for training.")
flags.DEFINE_integer("eval_batch_size", 4, "Total batch size for eval.")
flags.DEFINE_float("learning_rate", 5e-3, "The initial learning rate.")
flags.DEFINE_integer("num_tpu_cores", 8, "Only used if `use_tpu` is True.")
tf.flags.DEFINE_string("master", None, "[Optional] TensorFlow master URL.")

SEQ_LENGTH = 6


def write_examples(path, count, seed):
  rng = np.random.RandomState(seed)
  writer = tf.python_io.TFRecordWriter(path)
  for _ in range(count):
    ids = rng.randint(1, 20, SEQ_LENGTH)
    features = collections.OrderedDict()
    features["input_ids"] = tf.train.Feature(
        int64_list=tf.train.Int64List(value=list(ids)))
    features["label_ids"] = tf.train.Feature(
        int64_list=tf.train.Int64List(value=[int(ids[0] % 2)]))
    writer.write(tf.train.Example(features=tf.train.Features(
        feature=features)).SerializeToString())
  writer.close()


def file_based_input_fn_builder(input_file, is_training, drop_remainder):
  name_to_features = {
      "input_ids": tf.FixedLenFeature([SEQ_LENGTH], tf.int64),
      "label_ids": tf.FixedLenFeature([], tf.int64),
  }

  def _decode_record(record, name_to_features):
    example = tf.parse_single_example(record, name_to_features)
    for name in list(example.keys()):
      t = example[name]
      if t.dtype == tf.int64:
        t = tf.to_int32(t)
      example[name] = t
    return example

  def input_fn(params):
    d = tf.data.TFRecordDataset(input_file)
    if is_training:
      d = d.repeat()
    return d.apply(tf.contrib.data.map_and_batch(
        lambda record: _decode_record(record, name_to_features),
        batch_size=params["batch_size"], drop_remainder=drop_remainder))
  return input_fn


def model_fn_builder(learning_rate, num_train_steps, use_tpu, init_checkpoint):
  def model_fn(features, labels, mode, params):
    tf.logging.info("*** Features ***")
    for name in sorted(features.keys()):
      tf.logging.info("  name = %s, shape = %s" % (name, features[name].shape))
    is_training = (mode == tf.estimator.ModeKeys.TRAIN)
    with tf.variable_scope("bert"):
      with tf.variable_scope("embeddings"):
        table = tf.get_variable(
            "word_embeddings", [20, 8],
            initializer=tf.truncated_normal_initializer(stddev=0.02))
        hidden = tf.nn.embedding_lookup(table, features["input_ids"])
        hidden = tf.contrib.layers.layer_norm(
            inputs=hidden, begin_norm_axis=-1, begin_params_axis=-1)
      with tf.variable_scope("pooler"):
        pooled = tf.layers.dense(
            tf.squeeze(hidden[:, 0:1, :], axis=1), 8, activation=tf.tanh,
            kernel_initializer=tf.truncated_normal_initializer(stddev=0.02))
    if is_training:
      pooled = tf.nn.dropout(pooled, keep_prob=0.9)
    output_weights = tf.get_variable(
        "output_weights", [2, 8],
        initializer=tf.truncated_normal_initializer(stddev=0.02))
    output_bias = tf.get_variable(
        "output_bias", [2], initializer=tf.zeros_initializer())
    logits = tf.nn.bias_add(
        tf.matmul(pooled, output_weights, transpose_b=True), output_bias)
    probabilities = tf.nn.softmax(logits, axis=-1)
    log_probs = tf.nn.log_softmax(logits, axis=-1)
    one_hot = tf.one_hot(features["label_ids"], depth=2, dtype=tf.float32)
    per_example_loss = -tf.reduce_sum(one_hot * log_probs, axis=-1)
    total_loss = tf.reduce_mean(per_example_loss)

    tvars = tf.trainable_variables()
    scaffold_fn = None
    if init_checkpoint:
      assignment = {v.op.name: v.op.name for v in tvars
                    if v.op.name.startswith("bert/")}
      if use_tpu:
        def tpu_scaffold():
          tf.train.init_from_checkpoint(init_checkpoint, assignment)
          return tf.train.Scaffold()
        scaffold_fn = tpu_scaffold
      else:
        tf.train.init_from_checkpoint(init_checkpoint, assignment)
    if mode == tf.estimator.ModeKeys.TRAIN:
      global_step = tf.train.get_or_create_global_step()
      rate = tf.train.polynomial_decay(
          tf.constant(value=learning_rate, shape=[], dtype=tf.float32),
          global_step, num_train_steps, end_learning_rate=0.0, power=1.0,
          cycle=False)
      optimizer = tf.train.AdamOptimizer(rate)
      if use_tpu:
        optimizer = tf.contrib.tpu.CrossShardOptimizer(optimizer)
      grads = tf.gradients(total_loss, tvars)
      (grads, _) = tf.clip_by_global_norm(grads, clip_norm=1.0)
      train_op = optimizer.apply_gradients(
          zip(grads, tvars), global_step=global_step)

      def host_call_fn(step, loss):
        return [tf.identity(step[0]), tf.identity(loss[0])]
      return tf.contrib.tpu.TPUEstimatorSpec(
          mode=mode, loss=total_loss, train_op=train_op,
          host_call=(host_call_fn, [tf.reshape(global_step, [1]),
                                    tf.reshape(total_loss, [1])]),
          scaffold_fn=scaffold_fn)
    if mode == tf.estimator.ModeKeys.EVAL:
      def metric_fn(per_example_loss, label_ids, logits):
        predictions = tf.argmax(logits, axis=-1, output_type=tf.int32)
        return {
            "eval_accuracy": tf.metrics.accuracy(
                labels=label_ids, predictions=predictions),
            "eval_loss": tf.metrics.mean(values=per_example_loss)}
      return tf.contrib.tpu.TPUEstimatorSpec(
          mode=mode, loss=total_loss,
          eval_metrics=(metric_fn,
                        [per_example_loss, features["label_ids"], logits]),
          scaffold_fn=scaffold_fn)
    return tf.contrib.tpu.TPUEstimatorSpec(
        mode=mode, predictions={"probabilities": probabilities},
        scaffold_fn=scaffold_fn)
  return model_fn


def make_estimator(model_dir, steps, init_checkpoint=None):
  is_per_host = tf.contrib.tpu.InputPipelineConfig.PER_HOST_V2
  run_config = tf.contrib.tpu.RunConfig(
      cluster=None, master=FLAGS.master, model_dir=model_dir,
      save_checkpoints_steps=10, tf_random_seed=7,
      tpu_config=tf.contrib.tpu.TPUConfig(
          iterations_per_loop=1000, num_shards=FLAGS.num_tpu_cores,
          per_host_input_for_training=is_per_host))
  return tf.contrib.tpu.TPUEstimator(
      use_tpu=FLAGS.use_tpu,
      model_fn=model_fn_builder(
          FLAGS.learning_rate, steps, FLAGS.use_tpu, init_checkpoint),
      config=run_config, train_batch_size=FLAGS.train_batch_size,
      eval_batch_size=FLAGS.eval_batch_size, predict_batch_size=4)


def main(_):
  tf.logging.set_verbosity(tf.logging.INFO)
  folder = tempfile.mkdtemp()
  train_file = os.path.join(folder, "train.tf_record")
  eval_file = os.path.join(folder, "eval.tf_record")
  write_examples(train_file, 32, 0)
  write_examples(eval_file, 12, 1)
  first = os.path.join(folder, "first")
  estimator = make_estimator(first, 30)
  estimator.train(input_fn=file_based_input_fn_builder(
      train_file, is_training=True, drop_remainder=True), max_steps=30)
  result = estimator.evaluate(input_fn=file_based_input_fn_builder(
      eval_file, is_training=False, drop_remainder=False), steps=None)
  for key in sorted(result.keys()):
    print("%s = %.4f" % (key, result[key]))
  predictions = estimator.predict(input_fn=file_based_input_fn_builder(
      eval_file, is_training=False, drop_remainder=False))
  for prediction in predictions:
    print(" ".join("%.4f" % p for p in prediction["probabilities"]))
  second = make_estimator(
      os.path.join(folder, "second"), 20, tf.train.latest_checkpoint(first))
  second.train(input_fn=file_based_input_fn_builder(
      train_file, is_training=True, drop_remainder=True), max_steps=5)
  print(second.get_variable_value("bert/embeddings/word_embeddings").sum() > -9)
  shutil.rmtree(folder)


if __name__ == "__main__":
  tf.app.run()
