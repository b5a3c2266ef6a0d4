"""Seed snippets of `tf.contrib.legacy_seq2seq`: two buckets, with training.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from seeds.registry import snippet

_SYMBOLS = dict(num_encoder_symbols=5, num_decoder_symbols=6, embedding_size=3)


def _symbols(tf, name):
  return [tf.placeholder(tf.int32, [None], name="%s%d" % (name, step))
          for step in range(3)]


def _train(tf, losses):
  variables = tf.trainable_variables()
  for loss in losses:
    gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.)
    tf.train.AdamOptimizer().apply_gradients(zip(gradients, variables))


def _buckets(tf, model, **options):
  answers = _symbols(tf, "answer")
  weights = [tf.ones_like(answer, tf.float32) for answer in answers]
  _, losses = tf.contrib.legacy_seq2seq.model_with_buckets(
      _symbols(tf, "question"), answers, answers, weights, [(1, 2), (3, 3)],
      model, **options)
  _train(tf, losses)


@snippet("a model of legacy_seq2seq with attention and dropout, in buckets")
def legacy_attention(tf):
  def cell():
    return tf.contrib.rnn.DropoutWrapper(
        tf.contrib.rnn.BasicLSTMCell(4), output_keep_prob=0.5)

  _buckets(tf, lambda x, y: (
      tf.contrib.legacy_seq2seq.embedding_attention_seq2seq(
          x, y, tf.contrib.rnn.MultiRNNCell([cell(), cell()]), **_SYMBOLS)))


@snippet("a model of legacy_seq2seq with sampled softmax, in buckets")
def legacy_sampled_softmax(tf):
  w = tf.get_variable("proj_w", [4, 6])
  b = tf.get_variable("proj_b", [6])

  def loss(labels, logits):
    return tf.nn.sampled_softmax_loss(
        tf.transpose(w), b, tf.reshape(labels, [-1, 1]), logits, 3, 6)

  _buckets(tf, lambda x, y: (
      tf.contrib.legacy_seq2seq.embedding_attention_seq2seq(
          x, y, tf.contrib.rnn.GRUCell(4), output_projection=(w, b),
          feed_previous=True, num_heads=2, initial_state_attention=True,
          **_SYMBOLS)), softmax_loss_function=loss)


@snippet("models of legacy_seq2seq with feed_previous as a tensor")
def legacy_either_way(tf):
  legacy = tf.contrib.legacy_seq2seq
  feed = tf.placeholder(tf.bool, [])
  _buckets(tf, lambda x, y: legacy.embedding_rnn_seq2seq(
      x, y, tf.contrib.rnn.BasicLSTMCell(4), feed_previous=feed, **_SYMBOLS))
  with tf.variable_scope("tied"):
    _buckets(tf, lambda x, y: legacy.embedding_tied_rnn_seq2seq(
        x, y, tf.contrib.rnn.GRUCell(4), 6, 3, feed_previous=feed),
             per_example_loss=True)


@snippet("legacy_seq2seq.one2many_rnn_seq2seq and basic_rnn_seq2seq")
def legacy_multitask(tf):
  legacy = tf.contrib.legacy_seq2seq
  inputs = {"a": _symbols(tf, "a"), "b": _symbols(tf, "b")}
  outputs, _ = legacy.one2many_rnn_seq2seq(
      _symbols(tf, "question"), inputs, tf.contrib.rnn.GRUCell(4),
      {name: tf.contrib.rnn.GRUCell(4) for name in sorted(inputs)}, 5,
      {"a": 5, "b": 6}, 3)
  _train(tf, [legacy.sequence_loss(
      outputs[name], inputs[name],
      [tf.ones_like(step, tf.float32) for step in inputs[name]])
              for name in sorted(inputs)])
  steps = [tf.placeholder(tf.float32, [None, 3]) for _ in range(3)]
  last, _ = legacy.basic_rnn_seq2seq(steps, steps, tf.contrib.rnn.GRUCell(4))
  _train(tf, [tf.reduce_sum(last[-1])])
