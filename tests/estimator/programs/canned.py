"""Canned estimators with feature columns, as in the tutorials of 2017."""
from __future__ import print_function

import shutil
import tempfile

import numpy as np
import tensorflow as tf

fc = tf.feature_column


def frame(count, seed):
  rng = np.random.RandomState(seed)
  return {
      "age": rng.randint(18, 80, count).astype(np.float64),
      "hours": rng.rand(count) * 40,
      "job": np.array(["clerk", "farmer", "nurse"])[rng.randint(0, 3, count)],
  }, (rng.rand(count) > 0.5).astype(int)


def input_fn(seed, epochs=1):
  x, y = frame(24, seed)
  return tf.estimator.inputs.numpy_input_fn(
      x, y, batch_size=6, num_epochs=epochs, shuffle=False)


def show(title, estimator):
  estimator.train(input_fn(0, None), steps=5)
  result = estimator.evaluate(input_fn(1))
  print(title, ["%s=%.4f" % (key, result[key]) for key in sorted(result)])
  answers = list(estimator.predict(input_fn(2)))
  print([sorted(answers[0])], len(answers))
  print(estimator.get_variable_names())


def main():
  folder = tempfile.mkdtemp()
  age = fc.numeric_column("age", normalizer_fn=lambda x: (x - 40.) / 20.)
  buckets = fc.bucketized_column(fc.numeric_column("hours"), [10., 20., 30.])
  job = fc.categorical_column_with_vocabulary_list(
      "job", ["clerk", "farmer", "nurse"])
  crossed = fc.crossed_column([buckets, "job"], hash_bucket_size=20)
  deep = [age, fc.indicator_column(job), fc.embedding_column(job, 2)]

  def config(seed):
    return tf.estimator.RunConfig(tf_random_seed=seed)
  show("linear", tf.estimator.LinearClassifier(
      [age, job, crossed], folder + "/linear", config=config(1)))
  show("dnn", tf.estimator.DNNClassifier(
      [6, 4], deep, folder + "/dnn", dropout=0.1, config=config(2),
      optimizer=tf.train.AdamOptimizer(0.01)))
  show("both", tf.estimator.DNNLinearCombinedClassifier(
      folder + "/both", linear_feature_columns=[crossed],
      dnn_feature_columns=deep, dnn_hidden_units=[5], config=config(3)))
  show("regression", tf.estimator.DNNRegressor(
      [4], deep, folder + "/regression", config=config(4)))
  show("baseline", tf.estimator.BaselineClassifier(
      folder + "/baseline", config=config(5)))
  spec = fc.make_parse_example_spec([age, job])
  print(sorted(spec))
  shutil.rmtree(folder)


if __name__ == "__main__":
  main()
