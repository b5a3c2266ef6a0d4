"""Sequence to sequence: attention in training, a beam in PREDICT (2018)."""
from __future__ import print_function

import shutil
import tempfile

import numpy as np
import tensorflow as tf

START, END, VOCAB = 1, 2, 12


def input_fn(count, batch, epochs, seed):
  rng = np.random.RandomState(seed)
  source = rng.randint(3, VOCAB, [count, 5])
  lengths = rng.randint(2, 6, count)
  for row, size in enumerate(lengths):
    source[row, size:] = 0
  target = np.full([count, 6], END)
  for row, size in enumerate(lengths):
    target[row, :size] = source[row, :size][::-1]
  features = {"source": source.astype(np.int32),
              "source_length": lengths.astype(np.int32)}
  return tf.estimator.inputs.numpy_input_fn(
      features, target.astype(np.int32), batch_size=batch, num_epochs=epochs,
      shuffle=False)


def model_fn(features, labels, mode, params):
  source, length = features["source"], features["source_length"]
  batch = tf.shape(source)[0]
  table = tf.get_variable("embedding", [VOCAB, params.units])
  encoded, state = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.GRUCell(params.units),
      tf.nn.embedding_lookup(table, source), sequence_length=length,
      dtype=tf.float32, scope="encoder")
  predicting = mode == tf.estimator.ModeKeys.PREDICT
  if predicting:
    encoded = tf.contrib.seq2seq.tile_batch(encoded, params.beam)
    state = tf.contrib.seq2seq.tile_batch(state, params.beam)
    length = tf.contrib.seq2seq.tile_batch(length, params.beam)
  output_layer = tf.layers.Dense(VOCAB, use_bias=False, name="output")
  with tf.variable_scope("decoder"):
    attention = tf.contrib.seq2seq.BahdanauAttention(
        params.units, encoded, memory_sequence_length=length)
    cell = tf.contrib.seq2seq.AttentionWrapper(
        tf.nn.rnn_cell.GRUCell(params.units), attention,
        attention_layer_size=params.units)
    if predicting:
      initial = cell.zero_state(batch * params.beam, tf.float32).clone(
          cell_state=state)
      decoder = tf.contrib.seq2seq.BeamSearchDecoder(
          cell, table, tf.fill([batch], START), END, initial, params.beam,
          output_layer=output_layer)
      outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(
          decoder, maximum_iterations=8)
      return tf.estimator.EstimatorSpec(
          mode, predictions={"best": outputs.predicted_ids[:, :, 0]})
    initial = cell.zero_state(batch, tf.float32).clone(cell_state=state)
    shifted = tf.concat([tf.fill([batch, 1], START), labels[:, :-1]], 1)
    steps = tf.fill([batch], tf.shape(labels)[1])
    helper = tf.contrib.seq2seq.TrainingHelper(
        tf.nn.embedding_lookup(table, shifted), steps)
    decoder = tf.contrib.seq2seq.BasicDecoder(
        cell, helper, initial, output_layer=output_layer)
    outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(decoder)
  weights = tf.ones_like(labels, tf.float32)
  loss = tf.contrib.seq2seq.sequence_loss(
      outputs.rnn_output, labels, weights)
  if mode == tf.estimator.ModeKeys.EVAL:
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, eval_metric_ops={
            "accuracy": tf.metrics.accuracy(labels, outputs.sample_id)})
  optimizer = tf.train.AdamOptimizer(params.learning_rate)
  gradients, variables = zip(*optimizer.compute_gradients(loss))
  gradients, _ = tf.clip_by_global_norm(gradients, 5.0)
  train_op = optimizer.apply_gradients(
      zip(gradients, variables), global_step=tf.train.get_global_step())
  logging = tf.train.LoggingTensorHook(
      {"perplexity": tf.exp(loss, name="perplexity")}, every_n_iter=3)
  return tf.estimator.EstimatorSpec(
      mode, loss=loss, train_op=train_op, training_hooks=[logging])


def main():
  folder = tempfile.mkdtemp()
  params = tf.contrib.training.HParams(
      units=6, beam=3, learning_rate=0.02)
  params.parse("units=8")
  estimator = tf.estimator.Estimator(
      model_fn, folder, tf.estimator.RunConfig(tf_random_seed=9), params)
  estimator.train(input_fn(16, 4, None, 0), steps=6)
  estimator.train(input_fn(16, 4, None, 0), max_steps=10)
  result = estimator.evaluate(input_fn(8, 4, 1, 1))
  print(sorted(result), result["global_step"], "%.4f" % result["loss"])
  for answer in estimator.predict(input_fn(4, 2, 1, 2)):
    print(answer["best"].tolist())
  shutil.rmtree(folder)


if __name__ == "__main__":
  tf.logging.set_verbosity(tf.logging.INFO)
  main()
