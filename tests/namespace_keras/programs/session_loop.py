"""Keras layers on placeholders beside dynamic_rnn, trained by tf.train."""

import numpy as np
import tensorflow as tf
from tensorflow.keras import backend as K

tf.set_random_seed(11)
rng = np.random.RandomState(11)
sess = tf.Session()
K.set_session(sess)

x = tf.placeholder(tf.float32, [None, 5, 3])
y = tf.placeholder(tf.float32, [None, 2])
drop = tf.keras.layers.Dropout(0.4)
hidden = tf.keras.layers.Dense(4, activation='relu',
                               kernel_regularizer='l2')(x)
hidden = drop(hidden)
cell = tf.nn.rnn_cell.MultiRNNCell(
    [tf.nn.rnn_cell.GRUCell(4), tf.keras.layers.LSTMCell(3)])
outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.GRUCell(4), hidden,
                               dtype=tf.float32)
keras_cell = tf.keras.layers.LSTMCell(3)
outputs2, state = tf.nn.dynamic_rnn(keras_cell, hidden, dtype=tf.float32,
                                    scope='second')
steps, _ = tf.nn.static_rnn(tf.keras.layers.GRUCell(2),
                            tf.unstack(hidden, axis=1), dtype=tf.float32,
                            scope='third')
outputs3 = tf.keras.layers.RNN(
    tf.nn.rnn_cell.BasicLSTMCell(3), return_sequences=True)(hidden)
joined = tf.concat([outputs[:, -1], state[0], steps[-1], outputs3[:, -1]], 1)
joined = tf.keras.layers.BatchNormalization()(joined)
logits = tf.layers.dense(joined, 2)
loss = tf.reduce_mean(tf.keras.losses.mean_squared_error(y, logits))
train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
sess.run(tf.global_variables_initializer())
for step in range(5):
  feed = {x: rng.rand(4, 5, 3), y: rng.rand(4, 2), K.learning_phase(): 1}
  print('%.5f' % sess.run([loss, train_op], feed)[0])
print('%.5f' % sess.run(loss, {x: rng.rand(4, 5, 3), y: rng.rand(4, 2),
                               K.learning_phase(): 0}))
print([v.name for v in tf.global_variables()])

model = tf.keras.Sequential([
    tf.keras.layers.GRU(3, input_shape=(5, 3)), tf.keras.layers.Dense(2)])
model.compile(tf.train.AdamOptimizer(0.01), 'mse')
for _ in range(3):
  print('%.5f' % model.train_on_batch(rng.rand(4, 5, 3), rng.rand(4, 2)))
print('%.5f' % sess.run(model.output, {model.input: rng.rand(1, 5, 3)})[0, 0])
