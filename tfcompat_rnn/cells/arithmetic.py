"""Steps that several cells share, with TensorFlow 1.15's operations in order.

Everywhere in this package the order of operations is part of the result:
programs fetch tensors by name (`mul_1`, `add_3`), and TensorFlow 1.15 derived
the seed of a random operation from the number of operations before it. Where
an expression looks oddly arranged, 1.15 arranged it so.
"""

from tfcompat_rnn._tf import tf


def split(tensor, count, axis):
  """`tensor` in `count` equal parts along `axis`."""
  # 1.15's tf.split also left its count in the graph, as a constant that
  # nothing reads. It is made here so that later operations keep 1.15's names
  # and numbers. The split itself is made directly, because the emulation of
  # 1.15's seeds makes tf.split add that constant too.
  tf.constant(count)
  return tf.raw_ops.Split(axis=axis, value=tensor, num_split=count,
                          name="split")


def affine(parts, kernel, bias):
  """`[parts...] kernel + bias`, for parts `[batch, depth]`."""
  return tf.nn.bias_add(tf.matmul(tf.concat(parts, 1), kernel), bias)


def log_sum_exp(values, axis=None, keepdims=False, name=None):
  """`tf.reduce_logsumexp` of floats, with 1.15's operations and names."""
  with tf.name_scope(name, "ReduceLogSumExp", [values]):
    values = tf.convert_to_tensor(values)
    top = tf.reduce_max(values, axis=axis, keepdims=True)
    finite = tf.raw_ops.Select(condition=tf.is_finite(top), x=top,
                               y=tf.zeros_like(top))
    top = tf.stop_gradient(finite)
    powers = tf.exp(tf.subtract(values, top, name="Sub"))
    result = tf.log(tf.reduce_sum(powers, axis, keepdims=keepdims))
    if not keepdims:
      top = tf.reshape(top, tf.shape(result))
    return tf.add(result, top)


def clip(tensor, limit):
  """`tensor` clipped to `[-limit, limit]`; as it is if `limit` is None."""
  if limit is None:
    return tensor
  return tf.clip_by_value(tensor, -limit, limit)


def basic_lstm(c, gates, forget_bias, activation):
  """`(c', h')` from `c` and the logits `(i, j, f, o)`.

    c' = c * sigmoid(f + forget_bias) + sigmoid(i) * activation(j)
    h' = activation(c') * sigmoid(o)

  The step of `BasicLSTMCell`. Two of the products have their factors the
  other way round in `peephole_lstm`, as they had in 1.15.
  """
  i, j, f, o = gates
  forget_bias = tf.constant(forget_bias, dtype=f.dtype)
  kept = tf.multiply(c, tf.sigmoid(tf.add(f, forget_bias)))
  written = tf.multiply(tf.sigmoid(i), activation(j))
  new_c = tf.add(kept, written)
  new_h = tf.multiply(activation(new_c), tf.sigmoid(o))
  return new_c, new_h


def peephole_lstm(c, gates, forget_bias, activation, peepholes=None,
                  cell_clip=None, normalize=None):
  """`(c', h')` from `c` and the logits `(i, j, f, o)`.

    c' = sigmoid(f + forget_bias [+ w_f * c]) * c
         + sigmoid(i [+ w_i * c]) * activation(j)  [normalized, clipped]
    h' = sigmoid(o [+ w_o * c']) * activation(c')

  The step of `LSTMCell`; `peepholes` is `(w_f, w_i, w_o)` or None.
  """
  i, j, f, o = gates
  f = f + forget_bias
  if peepholes:
    w_f, w_i, w_o = peepholes
    f = f + w_f * c
  kept = tf.sigmoid(f) * c
  # As in 1.15, the forget gate is complete before the input gate's peephole
  # is added.
  if peepholes:
    i = i + w_i * c
  new_c = kept + tf.sigmoid(i) * activation(j)
  if normalize is not None:
    new_c = normalize(new_c)
  new_c = clip(new_c, cell_clip)
  # The output gate sees the new memory, so its peephole comes last.
  if peepholes:
    o = o + w_o * new_c
  return new_c, tf.sigmoid(o) * activation(new_c)
