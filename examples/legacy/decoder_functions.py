"""TensorFlow 1.0: an encoder and decoder functions with attention.

The network learns to copy short sequences of symbols. In TensorFlow 1.0 a
decoder was a function that said what each step reads and emits.
"""
from __future__ import print_function

import argparse

import numpy as np
import tensorflow as tf
from tensorflow.contrib import seq2seq
from tensorflow.contrib.rnn import LSTMCell, LSTMStateTuple

PAD, EOS = 0, 1
VOCABULARY, DEPTH, UNITS, BATCH = 10, 10, 16, 50

parser = argparse.ArgumentParser()
parser.add_argument("--steps", type=int, default=2000)
args = parser.parse_args()
tf.set_random_seed(1)
random = np.random.RandomState(1)

# Time comes first in all of these.
source = tf.placeholder(tf.int32, [None, None])
source_length = tf.placeholder(tf.int32, [None])
target = tf.placeholder(tf.int32, [None, None])
target_length = tf.placeholder(tf.int32, [None])

embedding = tf.get_variable("embedding", [VOCABULARY, DEPTH])

with tf.variable_scope("encoder"):
    (outputs_fw, outputs_bw), (fw, bw) = tf.nn.bidirectional_dynamic_rnn(
        LSTMCell(UNITS), LSTMCell(UNITS),
        tf.nn.embedding_lookup(embedding, source), source_length,
        dtype=tf.float32, time_major=True)
    outputs = tf.transpose(tf.concat([outputs_fw, outputs_bw], 2), [1, 0, 2])
    state = LSTMStateTuple(tf.concat([fw.c, bw.c], 1),
                           tf.concat([fw.h, bw.h], 1))

with tf.variable_scope("decoder") as scope:
    cell = LSTMCell(2 * UNITS)

    def output_fn(x):
        return tf.contrib.layers.linear(x, VOCABULARY, scope=scope)

    attention = seq2seq.prepare_attention(outputs, "bahdanau", 2 * UNITS)
    train_fn = seq2seq.attention_decoder_fn_train(state, *attention)
    begin = EOS * tf.ones([1, tf.shape(target)[1]], tf.int32)
    decoder_inputs = tf.concat([begin, target[:-1]], 0)
    decoded, _, _ = seq2seq.dynamic_rnn_decoder(
        cell, train_fn, tf.nn.embedding_lookup(embedding, decoder_inputs),
        target_length, time_major=True, scope=scope)
    logits = output_fn(decoded)

    scope.reuse_variables()
    keys, values, score_fn, construct_fn = attention
    inference_fn = seq2seq.attention_decoder_fn_inference(
        output_fn, state, keys, values, score_fn, construct_fn, embedding,
        EOS, EOS, tf.reduce_max(source_length) + 3, VOCABULARY)
    inferred, _, _ = seq2seq.dynamic_rnn_decoder(
        cell, inference_fn, time_major=True, scope=scope)
    prediction = tf.argmax(inferred, 2)

loss = seq2seq.sequence_loss(
    tf.transpose(logits, [1, 0, 2]), tf.transpose(target),
    tf.sequence_mask(target_length, dtype=tf.float32))
train = tf.train.AdamOptimizer(0.01).minimize(loss)


def batch():
    """Sequences of 3 to 6 symbols, and the same followed by EOS."""
    lengths = random.randint(3, 7, BATCH)
    rows = np.zeros([7, BATCH], np.int32)
    ends = np.zeros([7, BATCH], np.int32)
    for i, length in enumerate(lengths):
        rows[:length, i] = ends[:length, i] = random.randint(
            2, VOCABULARY, length)
        ends[length, i] = EOS
    return {source: rows, source_length: lengths, target: ends,
            target_length: lengths + 1}


with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(args.steps):
        feed = batch()
        value, _ = session.run([loss, train], feed)
        if step % 50 == 0 or step == args.steps - 1:
            print("step {} loss {:.4f}".format(step, value))
    found = session.run(prediction, feed)
    right = sum(list(found[:n, i]) == list(feed[target][:n, i])
                for i, n in enumerate(feed[source_length]))
    print("{} of {} copied".format(right, BATCH))
