"""An LSTM written out in gates, with saved state, as in a course of 2016."""
import numpy as np
import tensorflow as tf

batch_size, num_unrollings, num_nodes, vocabulary_size = 4, 3, 5, 6
rng = np.random.RandomState(8)


def normal(*shape):
  return rng.normal(size=shape).astype(np.float32) * 0.1


graph = tf.Graph()
with graph.as_default():
  gates = []
  for _ in range(4):
    gates.append((tf.Variable(normal(vocabulary_size, num_nodes)),
                  tf.Variable(normal(num_nodes, num_nodes)),
                  tf.Variable(tf.zeros([1, num_nodes]))))
  saved_output = tf.Variable(tf.zeros([batch_size, num_nodes]),
                             trainable=False)
  saved_state = tf.Variable(tf.zeros([batch_size, num_nodes]),
                            trainable=False)
  w = tf.Variable(normal(num_nodes, vocabulary_size))
  b = tf.Variable(tf.zeros([vocabulary_size]))

  def lstm_cell(i, o, state):
    parts = [tf.matmul(i, x) + tf.matmul(o, m) + bias for x, m, bias in gates]
    input_gate = tf.sigmoid(parts[0])
    forget_gate = tf.sigmoid(parts[1])
    state = tf.mul(forget_gate, state) + tf.mul(
        input_gate, tf.tanh(parts[2]))
    return tf.sigmoid(parts[3]) * tf.tanh(state), state

  train_data = [tf.placeholder(tf.float32, shape=[batch_size, vocabulary_size])
                for _ in range(num_unrollings + 1)]
  outputs = []
  output, state = saved_output, saved_state
  for i in train_data[:num_unrollings]:
    output, state = lstm_cell(i, output, state)
    outputs.append(output)
  with tf.control_dependencies([saved_output.assign(output),
                                saved_state.assign(state)]):
    logits = tf.nn.xw_plus_b(tf.concat(0, outputs), w, b)
    loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(
        logits, tf.concat(0, train_data[1:])))
  global_step = tf.Variable(0)
  learning_rate = tf.train.exponential_decay(
      10.0, global_step, 5000, 0.1, staircase=True)
  optimizer = tf.train.GradientDescentOptimizer(learning_rate)
  gradients, v = zip(*optimizer.compute_gradients(loss))
  gradients, _ = tf.clip_by_global_norm(gradients, 1.25)
  optimizer = optimizer.apply_gradients(zip(gradients, v),
                                        global_step=global_step)
  train_prediction = tf.nn.softmax(logits)

with tf.Session(graph=graph) as session:
  tf.initialize_all_variables().run()
  for step in range(3):
    feed = {data: np.eye(vocabulary_size)[rng.randint(0, vocabulary_size, 4)]
            for data in train_data}
    _, value, p = session.run([optimizer, loss, train_prediction],
                              feed_dict=feed)
    print("%.5f %.5f" % (value, p[:, 0].sum()))
