"""Layers that know their batch size, decoding with CTC, one session."""

import numpy as np
import tensorflow as tf

K = tf.keras.backend
layers = tf.keras.layers
tf.set_random_seed(2)
rng = np.random.RandomState(2)

# Bidirectional keeps no state, whatever its layers do.
model = tf.keras.Sequential([layers.Bidirectional(
    layers.LSTM(3, stateful=True), batch_input_shape=(2, 4, 2))])
x = rng.rand(2, 4, 2)
model.compile('sgd', 'mse')
print(model.stateful, model.layers[0].stateful)
for step in range(2):
  print('%.5f' % model.predict(x, batch_size=2).sum())
model.fit(x, np.ones([2, 6]), batch_size=2, verbose=0)
print('%.5f' % model.predict(x, batch_size=2).sum())
model.reset_states()
print('%.5f' % model.predict(x, batch_size=2).sum())
model.layers[0].reset_states()
print('%.5f' % model.predict(x, batch_size=2).sum())


class Shift(layers.Layer):

  def call(self, inputs):
    return inputs + 1.


# A layer of the program's own is called step by step, at masked steps too.
inputs = layers.Input(batch_shape=(2, 3, 1))
shifted = layers.TimeDistributed(Shift())(layers.Masking()(inputs))
model = tf.keras.Model(inputs, shifted)
print(model.predict(np.array([[[1.], [0.], [2.]], [[0.], [0.], [1.]]]),
                    batch_size=2).tolist())

# As wide as the longest sequence.
scores = np.zeros([2, 6, 4], 'float32') + .1
for row, path in enumerate(([0, 0, 3, 1, 3, 3], [2, 3, 3, 3, 3, 3])):
  scores[row, range(6), path] = .7
decoded, log = K.ctc_decode(scores, [6, 6])
print(K.get_value(decoded[0]).tolist(), K.get_value(log).round(4).tolist())
decoded, log = K.ctc_decode(scores, [6, 3], greedy=False, beam_width=4,
                            top_paths=2)
print([K.get_value(path).tolist() for path in decoded])
print(K.get_value(log).round(4).tolist())

# A vector chooses rows.
a, b = K.constant(np.arange(6.).reshape(3, 2)), K.zeros((3, 2))
print(K.get_value(K.switch(K.constant([1, 0, 1]), a, b)).tolist())
print(K.get_value(K.switch(K.constant([[1], [0], [1]]), a, b)).tolist())

# Cells and tf.layers are initialized by the session of Keras.
tf.reset_default_graph()
K.clear_session()
tf.set_random_seed(2)
hidden, _ = tf.nn.dynamic_rnn(
    tf.nn.rnn_cell.LSTMCell(3), tf.ones([2, 4, 2]), dtype=tf.float32)
out = tf.layers.dense(hidden, 1)
alone = tf.get_variable('alone', [2])
session = K.get_session()
print('%.5f' % session.run(out).sum())
try:
  session.run(alone)
except tf.errors.FailedPreconditionError:
  print('alone is not initialized')
