"""TensorFlow 1.2: lines of text in buckets by length, with tf.contrib.data.

The network learns the last character of a line from the rest of it. In
TensorFlow 1.2 the datasets were in tf.contrib.data, and their functions ran on
`num_threads` threads.
"""
from __future__ import print_function

import argparse
import os

import tensorflow as tf

parser = argparse.ArgumentParser()
parser.add_argument("--epochs", type=int, default=30)
parser.add_argument("--out", default=".")
args = parser.parse_args()
tf.set_random_seed(1)

# The last character is the first one, as often as the line is long.
LINES = [c * n + d * n + c for c in "abcd" for d in "abcd"
         for n in range(1, 5)]
path = os.path.join(args.out, "lines.txt")
with open(path, "w") as lines:
    lines.write("\n".join(LINES) + "\n")


def parse(line):
    symbols = tf.decode_raw(line, tf.uint8)
    symbols = tf.to_int32(symbols) - ord("a")
    return symbols[:-1], symbols[-1], tf.size(symbols) - 1


def pad(unused_key, lines):
    return lines.padded_batch(8, padded_shapes=([None], [], []))


dataset = tf.contrib.data.TextLineDataset(path)
dataset = dataset.map(parse, num_threads=2, output_buffer_size=64)
dataset = dataset.filter(lambda symbols, last, length: length > 0)
dataset = dataset.shuffle(64, seed=3)
dataset = dataset.group_by_window(
    key_func=lambda symbols, last, length: tf.to_int64(length // 4),
    reduce_func=pad, window_size=8)
iterator = dataset.make_initializable_iterator()
symbols, last, length = iterator.get_next()

cell = tf.contrib.rnn.GRUCell(24)
_, state = tf.nn.dynamic_rnn(
    cell, tf.one_hot(symbols, 4), sequence_length=length, dtype=tf.float32)
logits = tf.layers.dense(state, 4)
loss = tf.losses.sparse_softmax_cross_entropy(last, logits)
train = tf.train.AdamOptimizer(0.01).minimize(loss)
correct = tf.reduce_sum(tf.to_int32(
    tf.equal(tf.to_int32(tf.argmax(logits, 1)), last)))

with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for epoch in range(args.epochs):
        session.run(iterator.initializer)
        total, right, batches = 0., 0, 0
        while True:
            try:
                value, count, _ = session.run([loss, correct, train])
            except tf.errors.OutOfRangeError:
                break
            total, right, batches = total + value, right + count, batches + 1
        print("epoch {} loss {:.4f} right {} of {}".format(
            epoch, total / batches, right, len(LINES)))
