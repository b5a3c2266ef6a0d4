"""TensorFlow 1.0: classification with static_rnn, dynamic_rnn and fused
wrappers, dropout given by position."""
import numpy as np
import tensorflow as tf
from tensorflow.contrib import rnn, layers
from tensorflow.contrib.rnn import static_rnn, static_bidirectional_rnn

n_steps, n_input, n_hidden, n_classes, batch_size = 6, 5, 7, 3, 4
tf.set_random_seed(2)
rng = np.random.RandomState(2)
x = tf.placeholder("float", [None, n_steps, n_input])
y = tf.placeholder("float", [None, n_classes])
init = tf.random_normal_initializer(0, 0.3, seed=9)


def RNN(x, kind):
    with tf.variable_scope(kind, initializer=init):
        weights = tf.get_variable(
            'out', [n_hidden * (2 if kind == 'bi' else 1), n_classes])
        biases = tf.get_variable('bias_out', [n_classes])
        steps = tf.unstack(x, n_steps, 1)
        if kind == 'static':
            cell = rnn.BasicLSTMCell(n_hidden, forget_bias=1.0)
            cell = rnn.DropoutWrapper(cell, 1.0, 1.0, 42)
            outputs, states = static_rnn(cell, steps, dtype=tf.float32)
        elif kind == 'bi':
            outputs, _, _ = static_bidirectional_rnn(
                rnn.GRUCell(n_hidden), rnn.GRUCell(n_hidden), steps,
                dtype=tf.float32)
        else:
            cell = rnn.OutputProjectionWrapper(
                rnn.LSTMCell(n_hidden, num_unit_shards=2, num_proj_shards=1),
                n_hidden)
            out, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
            outputs = tf.unstack(tf.transpose(out, [1, 0, 2]), n_steps)
        return tf.matmul(outputs[-1], weights) + biases


total = 0.
results = []
for kind in ('static', 'bi', 'dynamic'):
    pred = RNN(x, kind)
    cost = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(
        logits=pred, labels=y))
    results.append((kind, cost, tf.train.AdamOptimizer(0.01).minimize(cost)))
correct = tf.equal(tf.argmax(pred, 1), tf.argmax(y, 1))
accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))
# Deprecated arguments of the time.
norm = tf.reduce_sum(tf.square(pred), reduction_indices=[1], keep_dims=True)
unit = tf.nn.l2_normalize(pred, dim=1)
largest = tf.argmax(pred, dimension=1)

with tf.Session() as sess:
    sess.run(tf.global_variables_initializer())
    for step in range(3):
        bx = rng.randn(batch_size, n_steps, n_input)
        by = np.eye(n_classes)[rng.randint(0, n_classes, batch_size)]
        for kind, cost, op in results:
            c, _ = sess.run([cost, op], feed_dict={x: bx, y: by})
            print(kind, step, '{:.5f}'.format(c))
    print(np.round(sess.run(norm, {x: bx, y: by}), 4).tolist())
    print(np.round(sess.run(unit, {x: bx, y: by}), 4).tolist())
    print(sess.run([largest, accuracy], {x: bx, y: by}))
