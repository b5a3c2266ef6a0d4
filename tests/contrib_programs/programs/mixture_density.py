"""Handwriting-like synthesis with an LSTM and a mixture density network."""
from __future__ import print_function

import numpy as np
import tensorflow as tf
import tensorflow.contrib.distributions as tfd

tf.set_random_seed(7)
np.random.seed(7)

batch_size, time_steps, n_mixtures = 8, 10, 3


def strokes(n):
    t = np.linspace(0, 4 * np.pi, time_steps + 1)[None, :]
    phase = np.random.uniform(0, 2 * np.pi, size=(n, 1))
    xy = np.stack([np.cos(t + phase), np.sin(2 * t + phase)], axis=2)
    return np.diff(xy, axis=1).astype(np.float32)


x = tf.placeholder(tf.float32, [None, time_steps, 2], name='x')
y = tf.placeholder(tf.float32, [None, time_steps, 2], name='y')

cell = tf.nn.rnn_cell.LSTMCell(16, initializer=tf.orthogonal_initializer())
outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
flat = tf.reshape(outputs, [-1, 16])
target = tf.reshape(y, [-1, 2])

params = tf.layers.dense(flat, n_mixtures * 5, name='mdn')
logits, mu, log_sigma = tf.split(
    params, [n_mixtures, 2 * n_mixtures, 2 * n_mixtures], axis=1)
mus = tf.split(mu, n_mixtures, axis=1)
sigmas = tf.split(tf.exp(log_sigma), n_mixtures, axis=1)

mixture = tfd.Mixture(
    cat=tfd.Categorical(logits=logits),
    components=[tfd.MultivariateNormalDiag(loc=m, scale_diag=s)
                for m, s in zip(mus, sigmas)])
loss = -tf.reduce_mean(mixture.log_prob(target))
train_op = tf.train.AdamOptimizer(0.01).minimize(loss)
sample = mixture.sample()

prior = tfd.MultivariateNormalDiag(tf.zeros([2]), tf.ones([2]))
posterior = tfd.MultivariateNormalDiag(mus[0], sigmas[0])
kl = tf.reduce_mean(tfd.kl_divergence(posterior, prior))

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(10):
        data = strokes(batch_size)
        feed = {x: data[:, :], y: np.roll(data, -1, axis=1)}
        _, value, divergence = sess.run([train_op, loss, kl], feed)
        print('step %d loss %.4f kl %.4f' % (step, value, divergence))
    drawn = sess.run(sample, feed)
    print('sample', drawn.shape, np.round(drawn[0], 3))
