"""`resample_at_rate` and `weighted_resample`: rows drawn again at random."""

from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf


def _repeat_range(counts, name=None):
  """Each number below `len(counts)` as often as `counts` says.

  >>> _repeat_range([2, 0, 1])      # [0, 0, 2]
  """
  with tf.name_scope(name, "repeat_range", [counts]) as scope:
    counts = tf.convert_to_tensor(counts, name="counts")
    size = tf.shape(counts)[0]
    parts = tf.TensorArray(dtype=tf.int32, size=size, infer_shape=False)
    parts, written = tf.while_loop(
        lambda _, i: i < size,
        lambda parts, i: (parts.write(i, tf.fill(counts[i:i + 1], i)), i + 1),
        loop_vars=[parts, 0])
    # An empty array cannot be concatenated.
    return tf.cond(written > 0, parts.concat,
                   lambda: tf.zeros(shape=[0], dtype=tf.int32), name=scope)


def resample_at_rate(inputs, rates, scope=None, seed=None, back_prop=False):
  """Draws rows again: row i occurs `rates[i]` times on average.

  >>> [x2, y2] = tf.contrib.training.resample_at_rate([x, y], [3., .5])

  `inputs` is a list of tensors `[batch, ...]`, `rates` is float `[batch]`. How
  often a row occurs has a Poisson distribution, drawn with `seed`. The copies
  of a row are next to each other. Without `back_prop`, no gradient reaches
  the rates.

  TF 1.15: `tf.contrib.training.resample_at_rate`.
  """
  with tf.name_scope(scope, "resample_at_rate", list(inputs) + [rates]):
    rates = tf.convert_to_tensor(rates, name="rates")
    counts = tf.cast(
        tf.random_poisson(rates, (), rates.dtype, seed=seed), tf.int32)
    indices = _repeat_range(counts)
    if not back_prop:
      indices = tf.stop_gradient(indices)
    return [tf.gather(part, indices) for part in inputs]


def weighted_resample(inputs, weights, overall_rate, scope=None,
                      mean_decay=0.999, seed=None):
  """Draws rows again, in proportion to their weights.

  >>> [x2], rates = tf.contrib.training.weighted_resample(
  ...     [x], weights, overall_rate=.5)

  `inputs` is a list of tensors `[batch, ...]`, `weights` is float `[batch]`.
  Over many batches a row is drawn `overall_rate` times on average, one with
  twice the mean weight twice as often. The mean is a moving average with the
  decay `mean_decay`, in local variables (`tf.local_variables_initializer`).

  Returns `(rows, rates)`, where `rates` has the rate of each row drawn.

  TF 1.15: `tf.contrib.training.weighted_resample`.
  """
  with tf.name_scope(scope, "weighted_resample", inputs) as name_scope:
    with tf.variable_scope(scope, "estimate_mean", inputs):
      estimate = tf.get_local_variable(
          "estimated_mean", initializer=tf.cast(0, weights.dtype),
          dtype=weights.dtype)
      mean = private("assign_moving_average")(
          estimate, tf.reduce_mean(weights), mean_decay)
    rates = weights * overall_rate / mean
    rates, *rows = resample_at_rate(
        [rates] + inputs, rates, scope=name_scope, seed=seed, back_prop=False)
    return rows, rates
