"""A word model as the PTB tutorial of 0.6 had it: tensorflow.models.rnn."""
import numpy as np
import tensorflow as tf
from tensorflow.models.rnn import rnn_cell
from tensorflow.models.rnn import seq2seq
from tensorflow.models.rnn.ptb import reader


class PTBModel(object):

  def __init__(self, is_training, config):
    self.batch_size = batch_size = config.batch_size
    self.num_steps = num_steps = config.num_steps
    size = config.hidden_size
    vocab_size = config.vocab_size

    self._input_data = tf.placeholder(tf.int32, [batch_size, num_steps])
    self._targets = tf.placeholder(tf.int32, [batch_size, num_steps])

    lstm_cell = rnn_cell.BasicLSTMCell(size, forget_bias=0.0)
    if is_training and config.keep_prob < 1:
      lstm_cell = rnn_cell.DropoutWrapper(
          lstm_cell, output_keep_prob=config.keep_prob)
    cell = rnn_cell.MultiRNNCell([lstm_cell] * config.num_layers)

    self._initial_state = cell.zero_state(batch_size, tf.float32)

    with tf.device("/cpu:0"):
      embedding = tf.get_variable("embedding", [vocab_size, size])
      inputs = tf.split(
          1, num_steps, tf.nn.embedding_lookup(embedding, self._input_data))
      inputs = [tf.squeeze(input_, [1]) for input_ in inputs]

    outputs = []
    states = []
    state = self._initial_state
    with tf.variable_scope("RNN"):
      for time_step, input_ in enumerate(inputs):
        if time_step > 0:
          tf.get_variable_scope().reuse_variables()
        (cell_output, state) = cell(input_, state)
        outputs.append(cell_output)
        states.append(state)

    output = tf.reshape(tf.concat(1, outputs), [-1, size])
    logits = tf.nn.xw_plus_b(output,
                             tf.get_variable("softmax_w", [size, vocab_size]),
                             tf.get_variable("softmax_b", [vocab_size]))
    loss = seq2seq.sequence_loss_by_example([logits],
                                            [tf.reshape(self._targets, [-1])],
                                            [tf.ones([batch_size * num_steps])],
                                            vocab_size)
    self._cost = cost = tf.reduce_sum(loss) / batch_size
    self._final_state = states[-1]

    if not is_training:
      return

    self._lr = tf.Variable(0.0, trainable=False)
    tvars = tf.trainable_variables()
    grads, _ = tf.clip_by_global_norm(tf.gradients(cost, tvars),
                                      config.max_grad_norm)
    optimizer = tf.train.GradientDescentOptimizer(self._lr)
    self._train_op = optimizer.apply_gradients(zip(grads, tvars))

  def assign_lr(self, session, lr_value):
    session.run(tf.assign(self._lr, lr_value))


class Config(object):
  init_scale = 0.1
  learning_rate = 1.0
  max_grad_norm = 5
  num_layers = 2
  num_steps = 4
  hidden_size = 8
  keep_prob = 1.0
  batch_size = 3
  vocab_size = 12


def run_epoch(session, m, data, eval_op):
  costs = 0.0
  iters = 0
  state = m._initial_state.eval()
  for step, (x, y) in enumerate(reader.ptb_iterator(data, m.batch_size,
                                                    m.num_steps)):
    cost, state, _ = session.run([m._cost, m._final_state, eval_op],
                                 {m._input_data: x,
                                  m._targets: y,
                                  m._initial_state: state})
    costs += cost
    iters += m.num_steps
  return np.exp(costs / iters), state.shape


rng = np.random.RandomState(1)
data = [int(w) for w in rng.randint(0, 12, 100)]
with tf.Graph().as_default(), tf.Session() as session:
  initializer = tf.random_uniform_initializer(-0.1, 0.1)
  with tf.variable_scope("model", reuse=None, initializer=initializer):
    m = PTBModel(is_training=True, config=Config())
  with tf.variable_scope("model", reuse=True, initializer=initializer):
    mvalid = PTBModel(is_training=False, config=Config())
  tf.initialize_all_variables().run()
  for v in tf.trainable_variables():
    session.run(v.assign(rng.uniform(-.4, .4, v.get_shape().as_list())))
  for i in range(3):
    m.assign_lr(session, 0.5)
    print("Epoch: %d Train Perplexity: %.4f %s" % ((i + 1,) + run_epoch(
        session, m, data, m._train_op)))
  print("Valid Perplexity: %.4f %s" % run_epoch(
      session, mvalid, data, tf.no_op()))
