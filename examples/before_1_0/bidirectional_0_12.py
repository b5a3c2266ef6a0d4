"""A bidirectional LSTM as it was written for TensorFlow 0.12, late in 2016.

    tfcompat-rnn run examples/before_1_0/bidirectional_0_12.py

States are tuples by now, but `tf.pack`, `tf.mul`, `tf.scalar_summary` and
losses with the logits first are still there. The task: does the first number
of a sequence come again later?
"""
from __future__ import print_function

import tempfile

import numpy as np
import tensorflow as tf

tf.app.flags.DEFINE_integer("steps", 200, "training steps")
tf.app.flags.DEFINE_string("logdir", "", "folder for summaries")
FLAGS = tf.app.flags.FLAGS

BATCH, LENGTH, NUMBERS, SIZE = 32, 6, 4, 24


def batch(rng):
  x = rng.randint(0, NUMBERS, [BATCH, LENGTH])
  return x, (x[:, 1:] == x[:, :1]).any(1).astype(np.int32)


def main(_):
  tf.set_random_seed(2)
  rng = np.random.RandomState(2)
  x = tf.placeholder(tf.int32, [BATCH, LENGTH])
  y = tf.placeholder(tf.int32, [BATCH])
  steps = tf.unpack(tf.one_hot(x, NUMBERS), axis=1)
  forward = tf.nn.rnn_cell.LSTMCell(SIZE, state_is_tuple=True)
  backward = tf.nn.rnn_cell.LSTMCell(SIZE, state_is_tuple=True)
  outputs, state_fw, state_bw = tf.nn.bidirectional_rnn(
      forward, backward, steps, dtype=tf.float32)
  features = tf.concat(1, [
      outputs[-1], tf.mul(state_fw.h, state_bw.h),
      tf.reduce_max(tf.pack(outputs), 0)])
  w = tf.get_variable("w", [5 * SIZE, 2])
  b = tf.get_variable("b", [2], initializer=tf.constant_initializer(0.))
  logits = tf.nn.xw_plus_b(features, w, b)
  loss = tf.reduce_mean(
      tf.nn.sparse_softmax_cross_entropy_with_logits(logits, y))
  correct = tf.equal(tf.to_int32(tf.argmax(logits, 1)), y)
  accuracy = tf.reduce_mean(tf.select(
      correct, tf.ones([BATCH]), tf.zeros([BATCH])))
  tf.scalar_summary("loss", loss)
  tf.scalar_summary("accuracy", accuracy)
  summaries = tf.merge_all_summaries()
  train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
  with tf.Session() as sess:
    writer = tf.train.SummaryWriter(
        FLAGS.logdir or tempfile.mkdtemp(), sess.graph)
    sess.run(tf.global_variables_initializer())
    for step in range(FLAGS.steps):
      xs, ys = batch(rng)
      _, value, right, text = sess.run(
          [train_op, loss, accuracy, summaries], {x: xs, y: ys})
      writer.add_summary(text, step)
      if step % 50 == 0 or step == FLAGS.steps - 1:
        print("step %3d: loss %.3f, accuracy %.2f" % (step, value, right))
    writer.close()


if __name__ == "__main__":
  tf.app.run()
