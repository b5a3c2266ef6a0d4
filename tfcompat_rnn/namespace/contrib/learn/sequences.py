"""Embedded symbols; inputs and losses of sequences as lists."""

import itertools

from tfcompat_rnn._tf import tf


def sequence_classifier(decoding, labels, sampling_decoding=None, name=None):
  """`(predictions [batch, time, classes], loss)` of lists of logits.

  TF 1.15: `tf.contrib.learn.ops.sequence_classifier`.
  """
  with tf.name_scope(name, "sequence_classifier", [decoding, labels]):
    def step(place, logits):
      loss = tf.nn.softmax_cross_entropy_with_logits(
          labels=labels[place], logits=logits,
          name=f"sequence_loss/xent_raw{place}")
      return loss, tf.nn.softmax(
          sampling_decoding[place] if sampling_decoding else logits)

    losses, predictions = zip(*map(step, itertools.count(), decoding))
    total = tf.add_n(losses, name="sequence_loss/xent")
    loss = tf.reduce_sum(total, name="sequence_loss")
    return tf.stack(predictions, axis=1), loss


def seq2seq_inputs(x, y, input_length, output_length, sentinel=None,
                   name=None):
  """Lists of encoder inputs, decoder inputs, and decoder outputs.

  The decoder's inputs begin with `sentinel` (None: zeros), its outputs end
  with it.

  TF 1.15: `tf.contrib.learn.ops.seq2seq_inputs`.
  """
  with tf.name_scope(name, "seq2seq_inputs", [x, y]):
    inputs, outputs = tf.unstack(x, axis=1), tf.unstack(y, axis=1)
    if sentinel is None:
      shape = outputs[0].get_shape()
      sentinel = tf.zeros(tf.stack([tf.shape(x)[0], shape[1]]))
      sentinel.set_shape(shape)
    return inputs, [sentinel, *outputs], [*outputs, sentinel]


def embedding_lookup(params, ids, name="embedding_lookup"):
  """The rows of `params` for `ids` of any rank: `[..., depth]`.

  TF 1.15: `tf.contrib.learn.ops.embedding_lookup`.
  """
  with tf.name_scope(name, "embedding_lookup", [params, ids]):
    params = tf.convert_to_tensor(params)
    ids = tf.convert_to_tensor(ids)
    shape = tf.shape(ids)
    count = tf.reduce_prod(shape, keepdims=True)
    rows = tf.nn.embedding_lookup(params, tf.reshape(ids, count), name=name)
    found = tf.reshape(rows, tf.concat([shape, [-1]], 0))
    found.set_shape(ids.shape.concatenate(params.shape[1:]))
    return found


def categorical_variable(tensor_in, n_classes, embedding_size, name):
  """Embeds the classes `tensor_in` `[...]`: `[..., embedding_size]`.

    words = categorical_variable(x, n_classes=1000, embedding_size=50,
                                 name="words")

  The variable is called `words/words_embeddings`. TF 1.15:
  `tf.contrib.learn.ops.categorical_variable`.
  """
  with tf.variable_scope(name):
    table = tf.get_variable(f"{name}_embeddings", [n_classes, embedding_size])
    return embedding_lookup(table, tensor_in)
