"""Reads training rows from CSV files through queues, as before tf.data."""
from __future__ import print_function

import os
import tempfile

import numpy as np
import tensorflow as tf
import tensorflow.contrib.slim as slim

flags = tf.app.flags
flags.DEFINE_integer("epochs", 6, "how often to go over the files")
flags.DEFINE_integer("rows", 400, "rows in each of the three files")
flags.DEFINE_string("out", None, "folder for the CSV files")
FLAGS = flags.FLAGS

n_steps = 10
batch_size = 50


def write_files(folder):
  """A noisy wave a row; the label says whether it is fast or slow."""
  names = []
  for k in range(3):
    names.append(os.path.join(folder, "waves_%d.csv" % k))
    with open(names[-1], "w") as f:
      for _ in range(FLAGS.rows):
        label = np.random.randint(2)
        speed = np.random.uniform(0.9, 1.3) if label else np.random.uniform(
            0.4, 0.8)
        wave = np.sin(speed * np.arange(n_steps) + np.random.uniform(0, 6.3))
        wave += np.random.normal(scale=0.1, size=n_steps)
        f.write(",".join("%.5f" % v for v in wave) + ",%d\n" % label)
  return names


def read_rows(filename_queue):
  reader = tf.TextLineReader()
  _, line = reader.read(filename_queue)
  columns = tf.decode_csv(line, record_defaults=[[0.0]] * n_steps + [[0]])
  return tf.stack(columns[:n_steps]), columns[n_steps]


def main(_):
  tf.set_random_seed(42)
  np.random.seed(42)
  names = write_files(FLAGS.out or tempfile.mkdtemp())

  with tf.name_scope("input"):
    filename_queue = tf.train.string_input_producer(
        names, num_epochs=FLAGS.epochs, shuffle=True, seed=1)
    row, label = read_rows(filename_queue)
    rows, labels = tf.train.batch([row, label], batch_size=batch_size,
                                  capacity=500)

  inputs = tf.unstack(tf.expand_dims(rows, 2), n_steps, axis=1)
  cell = tf.contrib.rnn.GRUCell(24)
  outputs, state = tf.contrib.rnn.static_rnn(cell, inputs, dtype=tf.float32)
  logits = slim.fully_connected(state, 2, activation_fn=None, scope="logits")
  loss = slim.losses.sparse_softmax_cross_entropy(logits, labels)
  accuracy = tf.reduce_mean(tf.to_float(tf.nn.in_top_k(logits, labels, 1)))
  global_step = tf.train.get_or_create_global_step()
  train_op = tf.train.AdamOptimizer(0.01).minimize(loss,
                                                   global_step=global_step)

  with tf.Session() as sess:
    sess.run([tf.global_variables_initializer(),
              tf.local_variables_initializer()])
    coord = tf.train.Coordinator()
    threads = tf.train.start_queue_runners(sess=sess, coord=coord)
    try:
      while not coord.should_stop():
        _, step, loss_val, acc_val = sess.run([train_op, global_step, loss,
                                               accuracy])
        if step % 24 == 0:
          print("step %d loss %.5f accuracy %.3f" % (step, loss_val, acc_val))
    except tf.errors.OutOfRangeError:
      print("the files have been read %d times" % FLAGS.epochs)
    finally:
      coord.request_stop()
    coord.join(threads)
  print("all threads have stopped")


if __name__ == "__main__":
  tf.app.run()
