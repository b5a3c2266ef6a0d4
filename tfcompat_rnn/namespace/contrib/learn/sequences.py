"""Inputs and losses of sequences as lists."""

from tfcompat_rnn._tf import tf


def sequence_classifier(decoding, labels, sampling_decoding=None, name=None):
  """`(predictions [batch, time, classes], loss)` of lists of logits.

  TF 1.15: `tf.contrib.learn.ops.sequence_classifier`.
  """
  with tf.name_scope(name, "sequence_classifier", [decoding, labels]):
    predictions, losses = [], []
    for place, logits in enumerate(decoding):
      losses.append(tf.nn.softmax_cross_entropy_with_logits(
          labels=labels[place], logits=logits,
          name=f"sequence_loss/xent_raw{place}"))
      predictions.append(tf.nn.softmax(
          sampling_decoding[place] if sampling_decoding else logits))
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
    in_x = tf.unstack(x, axis=1)
    y = tf.unstack(y, axis=1)
    if sentinel is None:
      sentinel = tf.zeros(tf.stack([tf.shape(x)[0], y[0].get_shape()[1]]))
      sentinel.set_shape(y[0].get_shape())
    return in_x, [sentinel] + y, y + [sentinel]
