"""A character model of early 2016: states in one tensor, fed back as arrays."""
import numpy as np
import tensorflow as tf
from tensorflow.python.ops import rnn_cell
from tensorflow.python.ops import seq2seq


class Model():
  def __init__(self, rnn_size, num_layers, batch_size, seq_length, vocab_size,
               infer=False):
    if infer:
      batch_size = 1
      seq_length = 1
    self.cell = cell = rnn_cell.MultiRNNCell(
        [rnn_cell.BasicLSTMCell(rnn_size)] * num_layers)
    self.input_data = tf.placeholder(tf.int32, [batch_size, seq_length])
    self.targets = tf.placeholder(tf.int32, [batch_size, seq_length])
    self.initial_state = cell.zero_state(batch_size, tf.float32)

    with tf.variable_scope('rnnlm'):
      softmax_w = tf.get_variable("softmax_w", [rnn_size, vocab_size])
      softmax_b = tf.get_variable("softmax_b", [vocab_size])
      with tf.device("/cpu:0"):
        embedding = tf.get_variable("embedding", [vocab_size, rnn_size])
        inputs = tf.split(1, seq_length, tf.nn.embedding_lookup(
            embedding, self.input_data))
        inputs = [tf.squeeze(input_, [1]) for input_ in inputs]

    def loop(prev, _):
      prev = tf.matmul(prev, softmax_w) + softmax_b
      prev_symbol = tf.stop_gradient(tf.argmax(prev, 1))
      return tf.nn.embedding_lookup(embedding, prev_symbol)

    outputs, last_state = seq2seq.rnn_decoder(
        inputs, self.initial_state, cell,
        loop_function=loop if infer else None, scope='rnnlm')
    output = tf.reshape(tf.concat(1, outputs), [-1, rnn_size])
    self.logits = tf.matmul(output, softmax_w) + softmax_b
    self.probs = tf.nn.softmax(self.logits)
    loss = seq2seq.sequence_loss_by_example(
        [self.logits], [tf.reshape(self.targets, [-1])],
        [tf.ones([batch_size * seq_length])], vocab_size)
    self.cost = tf.reduce_sum(loss) / batch_size / seq_length
    self.final_state = last_state
    self.lr = tf.Variable(0.0, trainable=False)
    tvars = tf.trainable_variables()
    grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, tvars), 5.)
    optimizer = tf.train.GradientDescentOptimizer(self.lr)
    self.train_op = optimizer.apply_gradients(zip(grads, tvars))


rng = np.random.RandomState(5)
text = rng.randint(0, 7, 61)
model = Model(6, 2, 2, 5, 7)
with tf.Session() as sess:
  tf.initialize_all_variables().run()
  for v in tf.trainable_variables():
    sess.run(tf.assign(v, rng.uniform(-.3, .3, v.get_shape().as_list())))
  sess.run(tf.assign(model.lr, 0.5))
  for epoch in range(2):
    state = model.initial_state.eval()
    for b in range(6):
      x = np.reshape(text[b * 10:b * 10 + 10], [2, 5])
      y = np.reshape(text[b * 10 + 1:b * 10 + 11], [2, 5])
      feed = {model.input_data: x, model.targets: y,
              model.initial_state: state}
      loss, state, _ = sess.run(
          [model.cost, model.final_state, model.train_op], feed)
    print("%.5f" % loss, state.shape, "%.5f" % state.sum())
