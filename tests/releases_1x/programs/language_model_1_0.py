"""TensorFlow 1.0: a language model with cells of core_rnn_cell_impl."""
from __future__ import absolute_import
from __future__ import division
from __future__ import print_function

import numpy as np
import tensorflow as tf
from tensorflow.contrib.rnn.python.ops import core_rnn
from tensorflow.contrib.rnn.python.ops import core_rnn_cell
from tensorflow.contrib.rnn.python.ops.core_rnn_cell_impl import _linear
from tensorflow.contrib.rnn import RNNCell
from tensorflow.python.ops import variable_scope as vs

flags = tf.flags
flags.DEFINE_integer("batch_size", 4, "rows")
flags.DEFINE_integer("num_steps", 6, "steps")
FLAGS = flags.FLAGS


class GatedCell(RNNCell):
    """A cell with one gate."""

    def __init__(self, num_units, input_size=None, activation=tf.tanh):
        self._num_units = num_units
        self._activation = activation

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def __call__(self, inputs, state, scope=None):
        with vs.variable_scope(scope or "gated_cell"):
            with vs.variable_scope("gate"):
                gate = tf.sigmoid(
                    _linear([inputs, state], self._num_units, True, 1.0))
            with vs.variable_scope("candidate"):
                c = self._activation(
                    _linear([inputs, state], self._num_units, True))
            new_h = gate * state + (1 - gate) * c
        return new_h, new_h


class Model(object):
    def __init__(self, cell, is_training, vocab_size=11, size=8):
        batch_size, num_steps = FLAGS.batch_size, FLAGS.num_steps
        self.input_data = tf.placeholder(tf.int32, [batch_size, num_steps])
        self.targets = tf.placeholder(tf.int32, [batch_size, num_steps])
        if is_training:
            cell = core_rnn_cell.DropoutWrapper(cell, output_keep_prob=1.0)
        self.initial_state = cell.zero_state(batch_size, tf.float32)
        embedding = tf.get_variable("embedding", [vocab_size, size])
        inputs = tf.nn.embedding_lookup(embedding, self.input_data)
        inputs = [tf.squeeze(x, [1]) for x in tf.split(inputs, num_steps, 1)]
        outputs, state = core_rnn.static_rnn(
            cell, inputs, initial_state=self.initial_state)
        output = tf.reshape(tf.concat(outputs, 1), [-1, size])
        softmax_w = tf.get_variable("softmax_w", [size, vocab_size])
        softmax_b = tf.get_variable("softmax_b", [vocab_size])
        logits = tf.matmul(output, softmax_w) + softmax_b
        loss = tf.contrib.legacy_seq2seq.sequence_loss_by_example(
            [logits], [tf.reshape(self.targets, [-1])],
            [tf.ones([batch_size * num_steps])])
        self.cost = tf.reduce_sum(loss) / batch_size
        self.final_state = state
        if not is_training:
            return
        tvars = tf.trainable_variables()
        grads, _ = tf.clip_by_global_norm(tf.gradients(self.cost, tvars), 5)
        optimizer = tf.train.GradientDescentOptimizer(0.5)
        self.train_op = optimizer.apply_gradients(zip(grads, tvars))


def make_cell(kind, size=8):
    if kind == "stack":
        # The same object twice: before TensorFlow 1.1 each layer got
        # variables of its own.
        return core_rnn_cell.MultiRNNCell(
            [core_rnn_cell.BasicLSTMCell(size, forget_bias=0.0)] * 2,
            state_is_tuple=True)
    if kind == "gated":
        return GatedCell(size)
    return core_rnn_cell.LSTMCell(size, num_proj=size, use_peepholes=True)


def main(_):
    data = np.random.RandomState(0).randint(0, 11, 200)
    for kind in ("stack", "gated", "peepholes"):
        tf.reset_default_graph()
        tf.set_random_seed(3)
        initializer = tf.random_uniform_initializer(-0.3, 0.3, seed=4)
        with tf.variable_scope("model", initializer=initializer):
            m = Model(make_cell(kind), True)
        with tf.variable_scope("model", reuse=True):
            mtest = Model(make_cell(kind), False)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            state = session.run(m.initial_state)
            for step in range(4):
                start = step * FLAGS.num_steps
                x = np.stack([data[start + i * 40:start + i * 40 + 7]
                              for i in range(FLAGS.batch_size)])
                cost, state, _ = session.run(
                    [m.cost, m.final_state, m.train_op],
                    {m.input_data: x[:, :-1], m.targets: x[:, 1:],
                     m.initial_state: state})
                print("%s step %d perplexity %.3f" % (
                    kind, step, np.exp(cost / FLAGS.num_steps)))
            print("test cost %.4f" % session.run(
                mtest.cost, {mtest.input_data: x[:, :-1],
                             mtest.targets: x[:, 1:]}))
            print(len(tf.trainable_variables()), "variables")


if __name__ == "__main__":
    tf.app.run()
