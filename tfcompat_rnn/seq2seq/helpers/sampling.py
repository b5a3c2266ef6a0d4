"""Random draws of the helpers, with the operations of TensorFlow 1.15.

The seed of an operation is the number of operations before it, so what draws
is built as in 1.15, one operation after another.
"""

from tfcompat_rnn._tf import tf


def _call_sampler(sample_n_fn, sample_shape, name=None):
  """`sample_n_fn(n)`, `[n, ...]`, in the form `sample_shape + [...]`."""
  with tf.name_scope(name, "call_sampler", values=[sample_shape]):
    sample_shape = tf.convert_to_tensor(
        sample_shape, dtype=tf.int32, name="sample_shape")
    # 1 in front of the shape of a scalar, which makes it that of a vector.
    missing = tf.cast(tf.equal(tf.rank(sample_shape), 0), tf.int32)
    sample_shape = tf.reshape(sample_shape, tf.pad(
        tf.shape(sample_shape), paddings=[[missing, 0]], constant_values=1))
    samples = sample_n_fn(tf.reduce_prod(sample_shape))
    rest = tf.shape(samples)[1:]
    return tf.reshape(samples, tf.concat([sample_shape, rest], 0))


def bernoulli_sample(probs=None, logits=None, dtype=tf.int32,
                     sample_shape=(), seed=None):
  """1 with the probability `probs` (or the sigmoid of `logits`), otherwise 0.

  Example: `bernoulli_sample(probs=0.25, dtype=tf.bool, sample_shape=[8])`

  Returns `sample_shape` + the shape of `probs`, in `dtype`. If both are given,
  `probs` takes precedence.

  TF 1.15: `tensorflow.contrib.seq2seq.python.ops.helper.bernoulli_sample`.
  """
  if probs is None:
    probs = tf.sigmoid(logits, name="probs")
  else:
    probs = tf.convert_to_tensor(probs, name="probs")
  batch_shape = tf.shape(probs)

  def draw(n):
    # With these limits, TensorFlow makes 1.15's seven operations; for integers
    # it refuses any, as in 1.15.
    limits = {} if probs.dtype.is_integer else {"minval": 0., "maxval": 1.}
    uniform = tf.random_uniform(
        tf.concat([[n], batch_shape], 0), seed=seed, dtype=probs.dtype,
        **limits)
    return tf.cast(tf.less(uniform, probs), dtype)

  return _call_sampler(draw, sample_shape)


def categorical_sample(logits, dtype=tf.int32, sample_shape=(), seed=None):
  """A class number with the probability softmax(`logits`).

  Example: `categorical_sample(tf.zeros([8, 100]))` -> int32 `[8]`

  `logits` is `[batch..., classes]`. Returns `sample_shape + [batch...]`, in
  `dtype`.

  TF 1.15: `tensorflow.contrib.seq2seq.python.ops.helper.categorical_sample`.
  """
  logits = tf.convert_to_tensor(logits, name="logits")
  classes = tf.shape(logits)[-1]
  batch_shape = tf.shape(logits)[:-1]

  def draw(n):
    rows = (logits if logits.shape.rank == 2
            else tf.reshape(logits, [-1, classes]))
    drawn = tf.random.categorical(
        rows, n, seed=seed, name="multinomial",
        dtype=tf.int64 if logits.dtype.size > 4 else tf.int32)
    drawn = tf.reshape(
        tf.transpose(drawn), tf.concat([[n], batch_shape], 0))
    return tf.cast(drawn, dtype)

  return _call_sampler(draw, sample_shape)
