"""The graphs that graph_building.py builds: a program for TensorFlow 1.x.

TensorFlow 1.15 and the launcher of this package run the same text;
`_programs.py` says how it is asked.
"""

import gc
import json
import sys
import time

import tensorflow as tf

MARK = "graph-benchmark "
BATCH, DEPTH, UNITS, WORDS = 32, 64, 128, 1000


def static(steps):
  inputs = tf.placeholder(tf.float32, [BATCH, steps, DEPTH])
  outputs, _ = tf.nn.static_rnn(
      tf.nn.rnn_cell.BasicLSTMCell(UNITS), tf.unstack(inputs, axis=1),
      dtype=tf.float32)
  return tf.reduce_sum(tf.square(tf.stack(outputs)))


def stacked(layers):
  return tf.nn.rnn_cell.MultiRNNCell([
      tf.nn.rnn_cell.DropoutWrapper(tf.nn.rnn_cell.LSTMCell(UNITS), .8)
      for _ in range(layers)])


def attention(layers):
  """An encoder, and a decoder with attention that is trained."""
  seq2seq = tf.contrib.seq2seq
  source, target = [tf.placeholder(tf.int32, [None, None]) for _ in range(2)]
  read, wanted = [tf.placeholder(tf.int32, [None]) for _ in range(2)]
  embedding = tf.get_variable("embedding", [WORDS, UNITS])
  memory, state = tf.nn.dynamic_rnn(
      stacked(layers), tf.nn.embedding_lookup(embedding, source), read,
      dtype=tf.float32)
  cell = seq2seq.AttentionWrapper(
      stacked(layers), seq2seq.BahdanauAttention(UNITS, memory, read),
      attention_layer_size=UNITS)
  decoder = seq2seq.BasicDecoder(
      cell, seq2seq.TrainingHelper(
          tf.nn.embedding_lookup(embedding, target), wanted),
      cell.zero_state(tf.shape(source)[0], tf.float32).clone(
          cell_state=state),
      tf.layers.Dense(WORDS, use_bias=False))
  outputs, _, _ = seq2seq.dynamic_decode(decoder)
  return seq2seq.sequence_loss(
      outputs.rnn_output, target, tf.sequence_mask(wanted, dtype=tf.float32))


def build(function, size):
  """Processor seconds for the loss and for its gradients, and a count."""
  gc.collect()
  with tf.Graph().as_default() as graph:
    tf.set_random_seed(7)
    begun = time.process_time()
    loss = globals()[function](size)
    built = time.process_time()
    tf.gradients(loss, tf.trainable_variables())
    return {"graph": built - begun, "gradients": time.process_time() - built,
            "operations": len(graph.get_operations())}


def main():
  tf.logging.set_verbosity(tf.logging.ERROR)
  print(MARK + json.dumps("ready"), flush=True)
  for line in sys.stdin:
    _, arguments = json.loads(line)
    print(MARK + json.dumps(build(*arguments)), flush=True)


if __name__ == "__main__":
  main()
