"""A seeded LSTM with dropout and Adam; runs under 1.15.5 and under ours.

`generate.py` writes what 1.15.5 gives to data/training.json.gz. The cell is
written by hand; the second model is built after the optimizer of the first,
in the same graph. Python 3.7 syntax,
TensorFlow 1.15 names.
"""

import numpy as np

STEPS, DEPTH, UNITS, BATCH = 6, 3, 8, 4


def build(tf):
  """`(x, y, loss, train op)`; everything in the default graph."""
  class Cell(tf.nn.rnn_cell.RNNCell):
    state_size = tf.nn.rnn_cell.LSTMStateTuple(UNITS, UNITS)
    output_size = UNITS

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or "hand_written"):
        c, h = state
        w = tf.get_variable("w", [DEPTH + UNITS, 4 * UNITS],
                            initializer=tf.truncated_normal_initializer(
                                stddev=0.3))
        b = tf.get_variable("b", [4 * UNITS],
                            initializer=tf.zeros_initializer())
        gates = tf.nn.bias_add(tf.matmul(tf.concat([inputs, h], 1), w), b)
        i, j, f, o = tf.split(gates, 4, axis=1)
        c = tf.sigmoid(f + 1.0) * c + tf.sigmoid(i) * tf.tanh(j)
        h = tf.sigmoid(o) * tf.tanh(c)
        return h, tf.nn.rnn_cell.LSTMStateTuple(c, h)

  tf.set_random_seed(42)
  x = tf.placeholder(tf.float32, [None, STEPS, DEPTH], name="x")
  y = tf.placeholder(tf.float32, [None, 1], name="y")
  outputs, _ = tf.nn.dynamic_rnn(Cell(), x, dtype=tf.float32)
  last = tf.nn.dropout(outputs[:, -1], keep_prob=0.8)
  v = tf.Variable(tf.random_uniform([UNITS, 1]), name="v")
  loss = tf.reduce_mean(tf.square(tf.matmul(last, v) - y), name="loss")
  optimizer = tf.train.AdamOptimizer(0.01)
  pairs = optimizer.compute_gradients(loss)
  gradients, _ = tf.clip_by_global_norm([pair[0] for pair in pairs], 1.0)
  train = optimizer.apply_gradients(
      zip(gradients, [pair[1] for pair in pairs]))
  # A second random model, behind the gradients and the optimizer.
  with tf.variable_scope("second"):
    tf.layers.dense(outputs, 5, name="dense")
    tf.get_variable("table", [6, 2])
  return x, y, loss, train


def run(tf, steps):
  """Initial values of all variables, and the loss of each step."""
  with tf.Graph().as_default():
    x, y, loss, train = build(tf)
    random = np.random.RandomState(1)
    config = tf.ConfigProto(intra_op_parallelism_threads=1,
                            inter_op_parallelism_threads=1,
                            use_per_session_threads=True)
    with tf.Session(config=config) as session:
      session.run(tf.global_variables_initializer())
      values = {
          variable.op.name: session.run(variable).astype(float).ravel()
          .tolist() for variable in tf.trainable_variables()}
      losses = []
      for _ in range(steps):
        data = random.rand(BATCH, STEPS, DEPTH).astype(np.float32)
        feed = {x: data, y: data.sum(axis=(1, 2))[:, None] / 9}
        losses.append(float(session.run([loss, train], feed)[0]))
  return {"values": values, "losses": losses}
