"""A character model: train on a text, save, restore for one step, sample."""
from __future__ import print_function

import argparse
import os
import pickle
import tempfile

import numpy as np
import tensorflow as tf
from tensorflow.contrib import legacy_seq2seq
from tensorflow.contrib import rnn

from make_text import make_words


class Model(object):

  def __init__(self, args, vocab_size, training=True):
    batch_size = args.batch_size if training else 1
    seq_length = args.seq_length if training else 1
    kinds = {"rnn": rnn.BasicRNNCell, "gru": rnn.GRUCell,
             "lstm": rnn.BasicLSTMCell}
    cell_fn = kinds[args.model]
    self.cell = cell = rnn.MultiRNNCell(
        [cell_fn(args.rnn_size) for _ in range(args.num_layers)],
        state_is_tuple=True)

    self.input_data = tf.placeholder(tf.int32, [batch_size, seq_length])
    self.targets = tf.placeholder(tf.int32, [batch_size, seq_length])
    self.initial_state = cell.zero_state(batch_size, tf.float32)

    with tf.variable_scope("rnnlm"):
      softmax_w = tf.get_variable("softmax_w", [args.rnn_size, vocab_size])
      softmax_b = tf.get_variable("softmax_b", [vocab_size])
    embedding = tf.get_variable("embedding", [vocab_size, args.rnn_size])
    inputs = tf.split(tf.nn.embedding_lookup(embedding, self.input_data),
                      seq_length, 1)
    inputs = [tf.squeeze(input_, [1]) for input_ in inputs]

    def loop(prev, _):
      prev = tf.matmul(prev, softmax_w) + softmax_b
      prev_symbol = tf.stop_gradient(tf.argmax(prev, 1))
      return tf.nn.embedding_lookup(embedding, prev_symbol)

    outputs, last_state = legacy_seq2seq.rnn_decoder(
        inputs, self.initial_state, cell,
        loop_function=loop if not training else None, scope="rnnlm")
    output = tf.reshape(tf.concat(outputs, 1), [-1, args.rnn_size])
    self.logits = tf.matmul(output, softmax_w) + softmax_b
    self.probs = tf.nn.softmax(self.logits)
    loss = legacy_seq2seq.sequence_loss_by_example(
        [self.logits], [tf.reshape(self.targets, [-1])],
        [tf.ones([batch_size * seq_length])])
    self.cost = tf.reduce_sum(loss) / batch_size / seq_length
    self.final_state = last_state
    self.lr = tf.Variable(0.0, trainable=False)
    tvars = tf.trainable_variables()
    grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, tvars),
                                      args.grad_clip)
    optimizer = tf.train.AdamOptimizer(self.lr)
    self.train_op = optimizer.apply_gradients(zip(grads, tvars))

  def sample(self, sess, chars, vocab, num, prime):
    rnd = np.random.RandomState(42)
    state = sess.run(self.cell.zero_state(1, tf.float32))
    for char in prime[:-1]:
      [state] = sess.run([self.final_state],
                         {self.input_data: [[vocab[char]]],
                          self.initial_state: state})
    text, char = prime, prime[-1]
    for _ in range(num):
      probs, state = sess.run([self.probs, self.final_state],
                              {self.input_data: [[vocab[char]]],
                               self.initial_state: state})
      cumulative = np.cumsum(probs[0])
      char = chars[int(np.searchsorted(cumulative,
                                       rnd.rand() * cumulative[-1]))]
      text += char
    return text


def batches(tensor, args):
  num = len(tensor) // (args.batch_size * args.seq_length)
  xdata = tensor[:num * args.batch_size * args.seq_length]
  ydata = np.copy(xdata)
  ydata[:-1], ydata[-1] = xdata[1:], xdata[0]
  return list(zip(np.split(xdata.reshape(args.batch_size, -1), num, 1),
                  np.split(ydata.reshape(args.batch_size, -1), num, 1)))


def train(args, text):
  chars = sorted(set(text))
  vocab = dict(zip(chars, range(len(chars))))
  with open(os.path.join(args.save_dir, "chars_vocab.pkl"), "wb") as f:
    pickle.dump((chars, vocab), f, protocol=2)
  data = batches(np.array([vocab[c] for c in text]), args)
  print("%d characters, %d different, %d batches" % (len(text), len(chars),
                                                     len(data)))
  tf.set_random_seed(42)
  model = Model(args, len(chars))
  with tf.Session() as sess:
    tf.global_variables_initializer().run()
    saver = tf.train.Saver(tf.global_variables())
    step = 0
    for epoch in range(args.num_epochs):
      sess.run(tf.assign(model.lr,
                         args.learning_rate * (args.decay_rate ** epoch)))
      state = sess.run(model.initial_state)
      for x, y in data:
        feed = {model.input_data: x, model.targets: y}
        for i, (c, h) in enumerate(model.initial_state):
          feed[c] = state[i].c
          feed[h] = state[i].h
        train_loss, state, _ = sess.run(
            [model.cost, model.final_state, model.train_op], feed)
        if step % 20 == 0:
          print("step %d epoch %d train_loss = %.4f" % (step, epoch,
                                                        train_loss))
        step += 1
    print("step %d train_loss = %.4f" % (step - 1, train_loss))
    saver.save(sess, os.path.join(args.save_dir, "model.ckpt"),
               global_step=step)


def sample(args):
  with open(os.path.join(args.save_dir, "chars_vocab.pkl"), "rb") as f:
    chars, vocab = pickle.load(f)
  model = Model(args, len(chars), training=False)
  with tf.Session() as sess:
    saver = tf.train.Saver(tf.global_variables())
    ckpt = tf.train.get_checkpoint_state(args.save_dir)
    saver.restore(sess, ckpt.model_checkpoint_path)
    return model.sample(sess, chars, vocab, args.n, args.prime)


def main():
  parser = argparse.ArgumentParser()
  parser.add_argument("--data", help="text file; else a generated text")
  parser.add_argument("--save_dir", default=None, help="for checkpoints")
  parser.add_argument("--model", default="lstm", help="rnn, gru or lstm")
  parser.add_argument("--rnn_size", type=int, default=64)
  parser.add_argument("--num_layers", type=int, default=2)
  parser.add_argument("--batch_size", type=int, default=32)
  parser.add_argument("--seq_length", type=int, default=25)
  parser.add_argument("--num_epochs", type=int, default=10)
  parser.add_argument("--grad_clip", type=float, default=5.)
  parser.add_argument("--learning_rate", type=float, default=0.002)
  parser.add_argument("--decay_rate", type=float, default=0.95)
  parser.add_argument("-n", type=int, default=200, help="length of sample")
  parser.add_argument("--prime", default="the ")
  args = parser.parse_args()
  args.save_dir = args.save_dir or tempfile.mkdtemp()
  if args.data:
    text = open(args.data).read()
  else:
    text = " ".join(make_words(6000))
  train(args, text)
  tf.reset_default_graph()
  print(sample(args))


if __name__ == "__main__":
  main()
