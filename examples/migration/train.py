"""Trains the character model, saves it, and lets it write a line.

    python train.py --epochs 4
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf

import data
import model

flags = tf.app.flags
flags.DEFINE_integer("epochs", 4, "how often to read the text")
flags.DEFINE_string("save_path", "model.ckpt", "where to save the weights")
flags.DEFINE_boolean("quantize", False, "train for 8-bit arithmetic")
FLAGS = flags.FLAGS

BATCH, STEPS = 8, 15


def run_epoch(session, net, reader, keep_prob):
  """The perplexity; the state of each batch is fed to the next."""
  losses = []
  state = session.run(net.initial_state)
  for inputs, targets in reader.batches():
    loss, state, _ = session.run(
        [net.loss, net.final_state, net.train_op],
        {net.inputs: inputs, net.targets: targets,
         net.initial_state: state, net.keep_prob: keep_prob})
    losses.append(loss)
  return np.exp(np.mean(losses))


def sample(session, net, reader, length=36, text="the "):
  state, char = session.run(net.initial_state), None
  for i in range(len(text) + length - 1):
    char = text[i]
    probs, state = session.run(
        [net.probs, net.final_state],
        {net.inputs: [[reader.numbers[char]]], net.initial_state: state})
    if i >= len(text) - 1:
      text += reader.chars[np.argmax(probs[0, 0])]
  return text


def main(_):
  tf.set_random_seed(11)
  reader = data.Reader(data.read_text(100), BATCH, STEPS)
  with tf.variable_scope("model"):
    net = model.CharModel(len(reader.chars), BATCH, STEPS)
  with tf.variable_scope("model", reuse=True):
    single = model.CharModel(len(reader.chars), 1, 1)
  if FLAGS.quantize:
    tf.contrib.quantize.create_training_graph()
  saver = tf.train.Saver()
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for epoch in range(FLAGS.epochs):
      print("epoch %d: perplexity %.2f" % (
          epoch + 1, run_epoch(session, net, reader, keep_prob=0.9)))
    saver.save(session, FLAGS.save_path)
    print(sample(session, single, reader))


if __name__ == "__main__":
  tf.app.run()
