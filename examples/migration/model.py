"""A character model: two LSTM layers whose state is fed and fetched."""
import tensorflow as tf
from tensorflow.contrib import rnn
from tensorflow.contrib import seq2seq


class CharModel(object):

  def __init__(self, vocab_size, batch_size, num_steps, size=24, num_layers=2,
               learning_rate=0.01, max_grad_norm=5.0):
    self.inputs = tf.placeholder(tf.int32, [batch_size, num_steps])
    self.targets = tf.placeholder(tf.int32, [batch_size, num_steps])
    self.keep_prob = tf.placeholder_with_default(1.0, [], "keep_prob")

    with tf.device("/cpu:0"):
      embedding = tf.get_variable("embedding", [vocab_size, size])
      inputs = tf.nn.embedding_lookup(embedding, self.inputs)
    inputs = tf.nn.dropout(inputs, self.keep_prob)

    cell = rnn.MultiRNNCell(
        [rnn.BasicLSTMCell(size) for _ in range(num_layers)])
    self.initial_state = cell.zero_state(batch_size, tf.float32)
    outputs, self.final_state = tf.nn.dynamic_rnn(
        cell, inputs, initial_state=self.initial_state)
    logits = tf.layers.dense(outputs, vocab_size, name="softmax")
    self.probs = tf.nn.softmax(logits)
    self.loss = seq2seq.sequence_loss(
        logits, self.targets, tf.ones([batch_size, num_steps]))

    optimizer = tf.train.AdamOptimizer(learning_rate)
    grads, tvars = zip(*optimizer.compute_gradients(self.loss))
    grads, _ = tf.clip_by_global_norm(grads, max_grad_norm)
    self.train_op = optimizer.apply_gradients(zip(grads, tvars))
