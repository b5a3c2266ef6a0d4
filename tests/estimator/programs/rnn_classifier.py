"""Canned recurrent estimators of contrib, with sequence columns (2018)."""
from __future__ import print_function

import shutil
import tempfile

import numpy as np
import tensorflow as tf

fc = tf.feature_column


def input_fn(count=16, batch=4, epochs=2, labels="class"):
  rng = np.random.RandomState(3)
  tokens, scores, sizes, classes = [], [], [], []
  for _ in range(count):
    size = rng.randint(1, 6)
    ids = rng.randint(0, 12, size)
    tokens.append(ids)
    scores.append(rng.rand(size).astype(np.float32))
    sizes.append([float(size)])
    classes.append([int(ids[-1] % 3)])

  def generator():
    for row in range(count):
      yield tokens[row], scores[row], sizes[row], classes[row]
  data = tf.data.Dataset.from_generator(
      generator, (tf.int64, tf.float32, tf.float32, tf.int64),
      ([None], [None], [1], [1]))
  data = data.repeat(epochs).padded_batch(
      batch, ([None], [None], [1], [1]),
      (np.int64(-1), np.float32(-1), np.float32(0), np.int64(0)))
  ids, values, size, label = data.make_one_shot_iterator().get_next()

  def sparse(dense):
    where = tf.where(tf.greater_equal(dense, tf.zeros_like(dense)))
    return tf.SparseTensor(where, tf.gather_nd(dense, where),
                           tf.shape(dense, out_type=tf.int64))
  features = {"tokens": sparse(ids), "score": sparse(values), "size": size}
  return features, (label if labels == "class" else tf.to_float(label))


def columns():
  tokens = tf.contrib.feature_column.sequence_categorical_column_with_identity(
      "tokens", num_buckets=12)
  return [fc.embedding_column(tokens, dimension=4),
          tf.contrib.feature_column.sequence_numeric_column("score")]


def main():
  folder = tempfile.mkdtemp()
  classifier = tf.contrib.estimator.RNNClassifier(
      sequence_feature_columns=columns(),
      context_feature_columns=[fc.numeric_column("size")],
      num_units=[5, 4], cell_type="lstm", n_classes=3,
      model_dir=folder + "/classifier",
      config=tf.estimator.RunConfig(tf_random_seed=5, log_step_count_steps=2))
  classifier.train(input_fn)
  result = classifier.evaluate(input_fn, steps=3)
  print(sorted(result), "%.4f" % result["average_loss"])
  for answer in classifier.predict(lambda: input_fn(4, 2, 1)):
    print(answer["class_ids"], answer["classes"],
          ["%.3f" % p for p in answer["probabilities"]])
  print(classifier.get_variable_names())

  def rnn_cell_fn(mode):
    cells = [tf.contrib.rnn.GRUCell(size) for size in [4, 3]]
    if mode == tf.estimator.ModeKeys.TRAIN:
      cells = [tf.contrib.rnn.DropoutWrapper(cell, input_keep_prob=0.7)
               for cell in cells[:1]] + cells[1:]
    return tf.contrib.rnn.MultiRNNCell(cells)
  regressor = tf.contrib.estimator.RNNEstimator(
      head=tf.contrib.estimator.regression_head(),
      sequence_feature_columns=columns(), rnn_cell_fn=rnn_cell_fn,
      optimizer=tf.contrib.estimator.clip_gradients_by_norm(
          tf.train.AdamOptimizer(0.02), 1.0),
      model_dir=folder + "/regressor",
      config=tf.estimator.RunConfig(tf_random_seed=6))
  regressor = tf.contrib.estimator.add_metrics(
      regressor, lambda labels, predictions: {
          "mae": tf.metrics.mean_absolute_error(
              labels, predictions["predictions"])})
  regressor = tf.contrib.estimator.forward_features(regressor, "size")
  regressor.train(lambda: input_fn(labels="number"), steps=3)
  print(sorted(regressor.evaluate(lambda: input_fn(labels="number"))))
  for answer in regressor.predict(lambda: input_fn(4, 2, 1)):
    print("%.4f" % answer["predictions"][0], answer["size"])
  shutil.rmtree(folder)


if __name__ == "__main__":
  main()
