"""A character model as it was written for TensorFlow 0.8, early in 2016.

    tfcompat-rnn run examples/before_1_0/char_rnn_0_8.py

The state of the LSTM layers is one tensor that goes into the graph and comes
back as an array; `split` and `concat` take the axis first.
"""
from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow.python.ops import rnn_cell
from tensorflow.python.ops import seq2seq

tf.app.flags.DEFINE_integer("steps", 200, "training steps")
FLAGS = tf.app.flags.FLAGS

TEXT = "the quick brown fox jumps over the lazy dog. " * 40
BATCH, LENGTH, SIZE, LAYERS = 8, 15, 48, 2


class Model(object):
  def __init__(self, vocab_size, infer=False):
    batch, length = (1, 1) if infer else (BATCH, LENGTH)
    cell = rnn_cell.MultiRNNCell([rnn_cell.BasicLSTMCell(SIZE)] * LAYERS)
    self.input_data = tf.placeholder(tf.int32, [batch, length])
    self.targets = tf.placeholder(tf.int32, [batch, length])
    self.initial_state = cell.zero_state(batch, tf.float32)
    with tf.variable_scope("rnnlm"):
      softmax_w = tf.get_variable("softmax_w", [SIZE, vocab_size])
      softmax_b = tf.get_variable("softmax_b", [vocab_size])
      embedding = tf.get_variable("embedding", [vocab_size, SIZE])
      inputs = tf.split(
          1, length, tf.nn.embedding_lookup(embedding, self.input_data))
      inputs = [tf.squeeze(step, [1]) for step in inputs]
    outputs, last_state = seq2seq.rnn_decoder(
        inputs, self.initial_state, cell, scope="rnnlm")
    output = tf.reshape(tf.concat(1, outputs), [-1, SIZE])
    logits = tf.nn.xw_plus_b(output, softmax_w, softmax_b)
    self.probs = tf.nn.softmax(logits)
    loss = seq2seq.sequence_loss_by_example(
        [logits], [tf.reshape(self.targets, [-1])],
        [tf.ones([batch * length])], vocab_size)
    self.cost = tf.reduce_sum(loss) / batch / length
    self.final_state = last_state
    if infer:
      return
    variables = tf.trainable_variables()
    gradients, _ = tf.clip_by_global_norm(
        tf.gradients(self.cost, variables), 5.)
    self.train_op = tf.train.AdamOptimizer(0.01).apply_gradients(
        zip(gradients, variables))

  def sample(self, sess, chars, count, start="the "):
    state = self.initial_state.eval()
    text = start
    for at in range(len(start) - 1 + count):
      x = np.array([[chars.index(text[at])]])
      probs, state = sess.run(
          [self.probs, self.final_state],
          {self.input_data: x, self.initial_state: state})
      if at >= len(start) - 1:
        text += chars[int(np.argmax(probs[0]))]
    return text


def main(_):
  chars = sorted(set(TEXT))
  data = np.array([chars.index(char) for char in TEXT])
  tf.set_random_seed(1)
  with tf.variable_scope("model"):
    model = Model(len(chars))
  with tf.variable_scope("model", reuse=True):
    sampler = Model(len(chars), infer=True)
  rng = np.random.RandomState(1)
  with tf.Session() as sess:
    tf.initialize_all_variables().run()
    for step in range(FLAGS.steps):
      starts = rng.randint(0, len(data) - LENGTH - 1, BATCH)
      x = np.array([data[at:at + LENGTH] for at in starts])
      y = np.array([data[at + 1:at + LENGTH + 1] for at in starts])
      state = model.initial_state.eval()
      cost, _ = sess.run(
          [model.cost, model.train_op],
          {model.input_data: x, model.targets: y, model.initial_state: state})
      if step % 50 == 0 or step == FLAGS.steps - 1:
        print("step %3d: loss %.3f" % (step, cost))
    print(repr(sampler.sample(sess, chars, 40)))


if __name__ == "__main__":
  tf.app.run()
