"""TensorFlow 1.2: a cell written on private helpers, and a sequence tagger
fed by Dataset.from_tensor_slices."""
import numpy as np
import tensorflow as tf
from tensorflow.python.layers import base as base_layer
from tensorflow.python.ops import array_ops, math_ops, nn_ops
from tensorflow.python.ops import rnn_cell_impl
from tensorflow.python.ops import variable_scope as vs
from tensorflow.python.ops.rnn_cell_impl import _linear

RNNCell = rnn_cell_impl.RNNCell


class AttentiveGRU(RNNCell):
    """A GRU that attends to a fixed memory."""

    def __init__(self, num_units, memory, reuse=None):
        super(AttentiveGRU, self).__init__(_reuse=reuse)
        self._num_units = num_units
        self._memory = memory

    @property
    def state_size(self):
        return self._num_units

    @property
    def output_size(self):
        return self._num_units

    def call(self, inputs, state):
        with vs.variable_scope("query"):
            query = _linear([inputs, state], self._num_units, False)
        scores = math_ops.matmul(query, self._memory, transpose_b=True)
        context = math_ops.matmul(nn_ops.softmax(scores), self._memory)
        with vs.variable_scope("gates"):
            value = math_ops.sigmoid(_linear(
                [inputs, context, state], 2 * self._num_units, True,
                tf.constant_initializer(1.0)))
            r, u = array_ops.split(
                value=value, num_or_size_splits=2, axis=1)
        with vs.variable_scope("candidate"):
            c = math_ops.tanh(_linear(
                [inputs, context, r * state], self._num_units, True))
        new_h = u * state + (1 - u) * c
        return new_h, new_h


def main():
    tf.set_random_seed(4)
    random = np.random.RandomState(4)
    words = random.randint(0, 9, (12, 5)).astype(np.int64)
    tags = (words * 2 + 1) % 4
    lengths = random.randint(2, 6, 12).astype(np.int64)
    dataset = tf.contrib.data.Dataset.from_tensor_slices(
        (tf.constant(words), tf.constant(tags), tf.constant(lengths)))
    dataset = dataset.repeat(2).batch(4)
    iterator = tf.contrib.data.Iterator.from_structure(
        dataset.output_types, dataset.output_shapes)
    start = iterator.make_initializer(dataset)
    batch = dict(zip(["words", "tags", "lengths"],
                     iterator.get_next()))
    with tf.variable_scope("tagger", initializer=
                           tf.random_uniform_initializer(-.5, .5, seed=8)):
        embedding = tf.get_variable("embedding", [9, 6])
        memory = tf.get_variable("memory", [3, 6])
        cell = AttentiveGRU(6, memory)
        outputs, _ = tf.nn.dynamic_rnn(
            cell, tf.nn.embedding_lookup(embedding, batch["words"]),
            sequence_length=batch["lengths"], dtype=tf.float32)
        logits = tf.layers.dense(outputs, 4, name="scores")
        log_likelihood, transitions = tf.contrib.crf.crf_log_likelihood(
            logits, tf.cast(batch["tags"], tf.int32),
            tf.cast(batch["lengths"], tf.int32))
    loss = tf.reduce_mean(-log_likelihood)
    train = tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        sess.run(start)
        try:
            while True:
                value, _ = sess.run([loss, train])
                print("loss %.4f" % value)
        except tf.errors.OutOfRangeError:
            print("done")
        for v in tf.trainable_variables():
            print(v.name, v.get_shape().as_list())


if __name__ == "__main__":
    main()
