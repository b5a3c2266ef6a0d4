"""A word language model: LSTM layers, state carried on, decaying step size.

Train, Valid and Test models share their weights; each batch starts with the
final state of the batch before. Reads ptb.train.txt, ptb.valid.txt and
ptb.test.txt from --data_path; without it, a small generated text.
"""
from __future__ import division
from __future__ import print_function

import collections
import os
import time

import numpy as np
import tensorflow as tf

from make_text import make_words

flags = tf.flags
logging = tf.logging
flags.DEFINE_string("data_path", None, "folder of the ptb.*.txt files")
flags.DEFINE_integer("max_max_epoch", 6, "number of epochs")
flags.DEFINE_integer("words", 9000, "length of the generated text")
flags.DEFINE_string("save_path", None, "folder for checkpoints")
FLAGS = flags.FLAGS


class SmallConfig(object):
  init_scale = 0.1
  learning_rate = 0.5
  max_grad_norm = 5
  num_layers = 2
  num_steps = 10
  hidden_size = 64
  max_epoch = 4
  keep_prob = 0.9
  lr_decay = 0.5
  batch_size = 20


def read_words(filename):
  with tf.gfile.GFile(filename, "r") as f:
    return f.read().replace("\n", "<eos>").split()


def raw_data():
  if FLAGS.data_path:
    texts = [read_words(os.path.join(FLAGS.data_path, "ptb.%s.txt" % name))
             for name in ["train", "valid", "test"]]
  else:
    print("no --data_path: a generated text of %d words" % FLAGS.words)
    words = [w.replace(".", "<eos>") for w in make_words(FLAGS.words)]
    tenth = len(words) // 10
    texts = [words[2 * tenth:], words[:tenth], words[tenth:2 * tenth]]
  counter = collections.Counter(texts[0])
  pairs = sorted(counter.items(), key=lambda x: (-x[1], x[0]))
  word_to_id = {word: i for i, (word, _) in enumerate(pairs)}
  return [[word_to_id[w] for w in text if w in word_to_id]
          for text in texts] + [len(word_to_id)]


class PTBInput(object):
  """Batches of word codes, and the same one word later, from a queue."""

  def __init__(self, config, data, name=None):
    self.batch_size = batch_size = config.batch_size
    self.num_steps = num_steps = config.num_steps
    batch_len = len(data) // batch_size
    self.epoch_size = (batch_len - 1) // num_steps
    with tf.name_scope(name, "PTBInput"):
      data = np.reshape(data[:batch_size * batch_len], [batch_size, batch_len])
      data = tf.convert_to_tensor(data, name="data", dtype=tf.int32)
      i = tf.train.range_input_producer(self.epoch_size,
                                        shuffle=False).dequeue()
      x = tf.strided_slice(data, [0, i * num_steps],
                           [batch_size, (i + 1) * num_steps])
      x.set_shape([batch_size, num_steps])
      y = tf.strided_slice(data, [0, i * num_steps + 1],
                           [batch_size, (i + 1) * num_steps + 1])
      y.set_shape([batch_size, num_steps])
      self.input_data, self.targets = x, y


class PTBModel(object):

  def __init__(self, is_training, config, input_, vocab_size):
    self._input = input_
    size = config.hidden_size

    def lstm_cell(layer):
      cell = tf.contrib.rnn.BasicLSTMCell(
          size, forget_bias=0.0, state_is_tuple=True,
          reuse=not is_training)
      if is_training and config.keep_prob < 1:
        cell = tf.contrib.rnn.DropoutWrapper(
            cell, output_keep_prob=config.keep_prob, seed=10 + layer)
      return cell

    cell = tf.contrib.rnn.MultiRNNCell(
        [lstm_cell(layer) for layer in range(config.num_layers)],
        state_is_tuple=True)
    self._initial_state = cell.zero_state(input_.batch_size, tf.float32)

    with tf.device("/cpu:0"):
      embedding = tf.get_variable("embedding", [vocab_size, size])
      inputs = tf.nn.embedding_lookup(embedding, input_.input_data)
    if is_training and config.keep_prob < 1:
      inputs = tf.nn.dropout(inputs, config.keep_prob, seed=5)

    outputs = []
    state = self._initial_state
    with tf.variable_scope("RNN"):
      for time_step in range(input_.num_steps):
        if time_step > 0:
          tf.get_variable_scope().reuse_variables()
        (cell_output, state) = cell(inputs[:, time_step, :], state)
        outputs.append(cell_output)
    output = tf.reshape(tf.stack(axis=1, values=outputs), [-1, size])
    softmax_w = tf.get_variable("softmax_w", [size, vocab_size])
    softmax_b = tf.get_variable("softmax_b", [vocab_size])
    logits = tf.matmul(output, softmax_w) + softmax_b
    loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example(
        [logits], [tf.reshape(input_.targets, [-1])],
        [tf.ones([input_.batch_size * input_.num_steps], dtype=tf.float32)])
    self._cost = cost = tf.reduce_sum(loss) / input_.batch_size
    self._final_state = state
    if not is_training:
      return

    self._lr = tf.Variable(0.0, trainable=False)
    tvars = tf.trainable_variables()
    grads, _ = tf.clip_by_global_norm(tf.gradients(cost, tvars),
                                      config.max_grad_norm)
    optimizer = tf.train.GradientDescentOptimizer(self._lr)
    self._train_op = optimizer.apply_gradients(
        zip(grads, tvars),
        global_step=tf.contrib.framework.get_or_create_global_step())
    self._new_lr = tf.placeholder(tf.float32, shape=[],
                                  name="new_learning_rate")
    self._lr_update = tf.assign(self._lr, self._new_lr)

  def assign_lr(self, session, lr_value):
    session.run(self._lr_update, feed_dict={self._new_lr: lr_value})

  input = property(lambda self: self._input)
  initial_state = property(lambda self: self._initial_state)
  cost = property(lambda self: self._cost)
  final_state = property(lambda self: self._final_state)
  lr = property(lambda self: self._lr)
  train_op = property(lambda self: self._train_op)


def run_epoch(session, model, eval_op=None, verbose=False):
  start_time = time.time()
  costs = 0.0
  iters = 0
  state = session.run(model.initial_state)
  fetches = {"cost": model.cost, "final_state": model.final_state}
  if eval_op is not None:
    fetches["eval_op"] = eval_op
  for step in range(model.input.epoch_size):
    feed_dict = {}
    for i, (c, h) in enumerate(model.initial_state):
      feed_dict[c] = state[i].c
      feed_dict[h] = state[i].h
    vals = session.run(fetches, feed_dict)
    state = vals["final_state"]
    costs += vals["cost"]
    iters += model.input.num_steps
    if verbose and step % (model.input.epoch_size // 4) == 2:
      print("%.2f perplexity: %.3f" % (step / model.input.epoch_size,
                                       np.exp(costs / iters)))
  if verbose:
    logging.info("%.0f words a second", iters * model.input.batch_size /
                 (time.time() - start_time))
  return np.exp(costs / iters)


def main(_):
  train_data, valid_data, test_data, vocab_size = raw_data()
  config = SmallConfig()
  eval_config = SmallConfig()
  eval_config.batch_size = 1
  eval_config.num_steps = 20

  with tf.Graph().as_default():
    tf.set_random_seed(42)
    initializer = tf.random_uniform_initializer(-config.init_scale,
                                                config.init_scale)
    with tf.name_scope("Train"):
      train_input = PTBInput(config, train_data, name="TrainInput")
      with tf.variable_scope("Model", reuse=None, initializer=initializer):
        m = PTBModel(True, config, train_input, vocab_size)
      tf.summary.scalar("Training Loss", m.cost)
      tf.summary.scalar("Learning Rate", m.lr)
    with tf.name_scope("Valid"):
      valid_input = PTBInput(config, valid_data, name="ValidInput")
      with tf.variable_scope("Model", reuse=True, initializer=initializer):
        mvalid = PTBModel(False, config, valid_input, vocab_size)
    with tf.name_scope("Test"):
      test_input = PTBInput(eval_config, test_data, name="TestInput")
      with tf.variable_scope("Model", reuse=True, initializer=initializer):
        mtest = PTBModel(False, eval_config, test_input, vocab_size)

    sv = tf.train.Supervisor(logdir=FLAGS.save_path)
    with sv.managed_session() as session:
      for i in range(FLAGS.max_max_epoch):
        lr_decay = config.lr_decay ** max(i + 1 - config.max_epoch, 0.0)
        m.assign_lr(session, config.learning_rate * lr_decay)
        print("Epoch: %d Learning rate: %.3f" % (i + 1, session.run(m.lr)))
        train_perplexity = run_epoch(session, m, eval_op=m.train_op,
                                     verbose=True)
        print("Epoch: %d Train Perplexity: %.3f" % (i + 1, train_perplexity))
        valid_perplexity = run_epoch(session, mvalid)
        print("Epoch: %d Valid Perplexity: %.3f" % (i + 1, valid_perplexity))
      test_perplexity = run_epoch(session, mtest)
      print("Test Perplexity: %.3f" % test_perplexity)
      if FLAGS.save_path:
        sv.saver.save(session, os.path.join(FLAGS.save_path, "model"),
                      global_step=sv.global_step)
        print("Saved model to %s." % FLAGS.save_path)


if __name__ == "__main__":
  tf.app.run()
