"""A sequence tagger with a CRF, in the style of tf_ner (2018)."""
from __future__ import print_function

import functools
import json
import os
import shutil

import numpy as np
import tensorflow as tf

WORDS = ["the", "cat", "dog", "Rome", "Paris", "sat", "in", "on", "Anna"]
TAGS = ["O", "B-LOC", "B-PER"]
KINDS = {"Rome": "B-LOC", "Paris": "B-LOC", "Anna": "B-PER"}


def generator_fn(count, seed):
  rng = np.random.RandomState(seed)
  for _ in range(count):
    size = rng.randint(2, 7)
    words = [WORDS[k] for k in rng.randint(0, len(WORDS), size)]
    if rng.rand() < 0.3:
      words[0] = "unknown"
    tags = [KINDS.get(word, "O").encode() for word in words]
    yield ([word.encode() for word in words], size), tags


def input_fn(count, seed, params=None, shuffle_and_repeat=False):
  params = params if params is not None else {}
  shapes = (([None], ()), [None])
  types = ((tf.string, tf.int32), tf.string)
  defaults = (("<pad>", 0), "O")
  dataset = tf.data.Dataset.from_generator(
      functools.partial(generator_fn, count, seed),
      output_shapes=shapes, output_types=types)
  if shuffle_and_repeat:
    dataset = dataset.repeat(params["epochs"])
  return (dataset.padded_batch(params.get("batch_size", 4), shapes, defaults)
          .prefetch(1))


def model_fn(features, labels, mode, params):
  if isinstance(features, dict):
    features = features["words"], features["nwords"]
  dropout = params["dropout"]
  words, nwords = features
  training = (mode == tf.estimator.ModeKeys.TRAIN)
  vocab_words = tf.contrib.lookup.index_table_from_file(
      params["words"], num_oov_buckets=params["num_oov_buckets"])
  with tf.gfile.Open(params["tags"]) as stream:
    indices = [k for k, tag in enumerate(stream) if tag.strip() != "O"]
    num_tags = len(indices) + 1
  word_ids = vocab_words.lookup(words)
  variable = tf.get_variable(
      "embeddings", [len(WORDS) + 1, params["dim"]], tf.float32,
      initializer=tf.random_normal_initializer(stddev=0.3))
  embeddings = tf.nn.embedding_lookup(variable, word_ids)
  embeddings = tf.layers.dropout(embeddings, rate=dropout, training=training)
  t = tf.transpose(embeddings, perm=[1, 0, 2])
  cell_fw = tf.contrib.rnn.LSTMBlockFusedCell(params["lstm_size"])
  cell_bw = tf.contrib.rnn.LSTMBlockFusedCell(params["lstm_size"])
  cell_bw = tf.contrib.rnn.TimeReversedFusedRNN(cell_bw)
  output_fw, _ = cell_fw(t, dtype=tf.float32, sequence_length=nwords)
  output_bw, _ = cell_bw(t, dtype=tf.float32, sequence_length=nwords)
  output = tf.concat([output_fw, output_bw], axis=-1)
  output = tf.transpose(output, perm=[1, 0, 2])
  output = tf.layers.dropout(output, rate=dropout, training=training)
  logits = tf.layers.dense(output, num_tags)
  crf_params = tf.get_variable("crf", [num_tags, num_tags], dtype=tf.float32)
  pred_ids, _ = tf.contrib.crf.crf_decode(logits, crf_params, nwords)
  if mode == tf.estimator.ModeKeys.PREDICT:
    reverse_vocab_tags = tf.contrib.lookup.index_to_string_table_from_file(
        params["tags"])
    pred_strings = reverse_vocab_tags.lookup(tf.to_int64(pred_ids))
    predictions = {"pred_ids": pred_ids, "tags": pred_strings}
    return tf.estimator.EstimatorSpec(mode, predictions=predictions)
  vocab_tags = tf.contrib.lookup.index_table_from_file(params["tags"])
  tags = vocab_tags.lookup(labels)
  log_likelihood, _ = tf.contrib.crf.crf_log_likelihood(
      logits, tags, nwords, crf_params)
  loss = tf.reduce_mean(-log_likelihood)
  weights = tf.sequence_mask(nwords)
  metrics = {
      "acc": tf.metrics.accuracy(tags, pred_ids, weights),
      "precision": tf.metrics.precision(
          tf.not_equal(tags, 0), tf.not_equal(pred_ids, 0), weights),
      "recall": tf.metrics.recall(
          tf.not_equal(tags, 0), tf.not_equal(pred_ids, 0), weights),
  }
  for metric_name, op in metrics.items():
    tf.summary.scalar(metric_name, op[1])
  if mode == tf.estimator.ModeKeys.EVAL:
    return tf.estimator.EstimatorSpec(
        mode, loss=loss, eval_metric_ops=metrics)
  train_op = tf.train.AdamOptimizer(0.03).minimize(
      loss, global_step=tf.train.get_or_create_global_step())
  return tf.estimator.EstimatorSpec(mode, loss=loss, train_op=train_op)


def serving_input_receiver_fn():
  words = tf.placeholder(dtype=tf.string, shape=[None, None], name="words")
  nwords = tf.placeholder(dtype=tf.int32, shape=[None], name="nwords")
  receiver_tensors = {"words": words, "nwords": nwords}
  return tf.estimator.export.ServingInputReceiver(
      receiver_tensors, receiver_tensors)


def main():
  folder = "tagger_files"
  shutil.rmtree(folder, ignore_errors=True)
  os.makedirs(folder)
  params = {"dim": 6, "dropout": 0.2, "num_oov_buckets": 1, "epochs": 5,
            "batch_size": 4, "lstm_size": 5,
            "words": os.path.join(folder, "words.txt"),
            "tags": os.path.join(folder, "tags.txt")}
  for name, lines in (("words", WORDS), ("tags", TAGS)):
    with open(params[name], "w") as stream:
      stream.write("".join(line + "\n" for line in lines))
  with open(os.path.join(folder, "params.json"), "w") as stream:
    json.dump(params, stream, indent=4, sort_keys=True)
  model_dir = os.path.join(folder, "model")
  train_inpf = functools.partial(input_fn, 16, 1, params,
                                 shuffle_and_repeat=True)
  eval_inpf = functools.partial(input_fn, 8, 2)
  cfg = tf.estimator.RunConfig(save_checkpoints_steps=6, tf_random_seed=4)
  estimator = tf.estimator.Estimator(model_fn, model_dir, cfg, params)
  if not os.path.isdir(estimator.eval_dir()):
    os.makedirs(estimator.eval_dir())
  make_hook = getattr(tf.contrib.estimator, "stop_if_no_increase_hook", None)
  hook = (make_hook or tf.estimator.experimental.stop_if_no_increase_hook)(
      estimator, "acc", max_steps_without_increase=12, min_steps=6,
      run_every_secs=None, run_every_steps=6)
  train_spec = tf.estimator.TrainSpec(input_fn=train_inpf, hooks=[hook])
  eval_spec = tf.estimator.EvalSpec(
      input_fn=eval_inpf, throttle_secs=0, start_delay_secs=0)
  tf.estimator.train_and_evaluate(estimator, train_spec, eval_spec)
  score = estimator.evaluate(eval_inpf, name="final")
  print(sorted(score), "%.4f" % score["loss"], score["global_step"])
  golds = generator_fn(8, 2)
  preds = estimator.predict(eval_inpf)
  for gold, pred in zip(golds, preds):
    (words, size), _ = gold
    print(b" ".join(words).decode(),
          b" ".join(pred["tags"][:size]).decode())
  exported = estimator.export_saved_model(
      os.path.join(folder, "saved"), serving_input_receiver_fn)
  served = os.path.join(folder, "served")
  os.rename(exported.decode(), served)
  predict_fn = tf.contrib.predictor.from_saved_model(served)
  predictions = predict_fn({"words": [["Anna", "sat", "in", "Rome"]],
                            "nwords": [4]})
  print(predictions["tags"])
  live = tf.contrib.predictor.from_estimator(
      estimator, serving_input_receiver_fn)
  print(live({"words": [["dog"]], "nwords": [1]})["tags"])
  shutil.rmtree(folder)


if __name__ == "__main__":
  tf.logging.set_verbosity(tf.logging.INFO)
  main()
