"""The loss of `tf.contrib.seq2seq`, for logits in one tensor over time."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import _weighted


def sequence_loss(logits, targets, weights, average_across_timesteps=True,
                  average_across_batch=True, sum_over_timesteps=False,
                  sum_over_batch=False, softmax_loss_function=None, name=None):
  """The weighted cross entropy of sequences.

    mask = tf.sequence_mask(lengths, max_time, dtype=tf.float32)
    loss = sequence_loss(logits, targets, mask)        # per symbol, scalar

  With weights w and cross entropies x, both `[batch, time]`, and sums over the
  axes that are reduced, this computes:

  * `average_across_...`: sum(w x) / sum(w)
  * `sum_over_...`: sum(w x) / number of weights that are not 0

  The result is 0 if the divisor is 0. At most one of the two can be chosen for
  each axis. If the choices for the two axes differ, only one axis is reduced:
  an average takes precedence over a sum, and the batch over the time.

  Args:
    logits: `[batch, time, classes]`.
    targets: `[batch, time]` integer class numbers.
    weights: `[batch, time]`, with the dtype of the logits.
    average_across_timesteps, average_across_batch, sum_over_timesteps,
      sum_over_batch: which axes to reduce, and how.
    softmax_loss_function: `(labels=, logits=) -> losses`, used instead of the
      sparse softmax cross entropy; it gets `[batch * time]` and `[batch *
      time, classes]`.
    name: a name scope, "sequence_loss" by default.

  Returns:
    A scalar, `[batch]`, `[time]` or `[batch, time]`.

  Raises:
    ArgumentError: if a rank is wrong, or if an average and a sum are both
      chosen for one axis.

  TensorFlow 1.15: `tf.contrib.seq2seq.sequence_loss`.
  """
  _require_rank("logits", logits, 3, "[batch, time, classes]")
  _require_rank("targets", targets, 2, "[batch, time]")
  _require_rank("weights", weights, 2, "[batch, time]")
  for axis, average, total in (
      ("timesteps", average_across_timesteps, sum_over_timesteps),
      ("batch", average_across_batch, sum_over_batch)):
    if average and total:
      raise _errors.ArgumentError(_errors.problem(
          f"sum_over_{axis}",
          f"not be True together with `average_across_{axis}`",
          "both", f"pass average_across_{axis}=False to get the sum"))

  with tf.name_scope(name, "sequence_loss", [logits, targets, weights]):
    classes = tf.shape(logits)[2]
    rows = tf.reshape(logits, [-1, classes])
    labels = tf.reshape(targets, [-1])
    losses = _weighted.cross_entropy(labels, rows, softmax_loss_function)
    losses *= tf.reshape(weights, [-1])
    if average_across_timesteps and average_across_batch:
      return _divided(losses, weights, None, _weight_sum)
    if sum_over_timesteps and sum_over_batch:
      return _divided(losses, weights, None, _weight_count)
    losses = tf.reshape(losses, tf.shape(logits)[0:2])
    if average_across_timesteps or average_across_batch:
      axis = [0] if average_across_batch else [1]
      return _divided(losses, weights, axis, _weight_sum)
    if sum_over_timesteps or sum_over_batch:
      axis = [0] if sum_over_batch else [1]
      return _divided(losses, weights, axis, _weight_count)
    return losses


class SequenceLoss:
  """`sequence_loss` as an object with the arguments of a Keras loss.

    loss = SequenceLoss()(targets, logits, weights)

  Args: those of `sequence_loss`, by default with sums over both axes.

  Calling it returns what `sequence_loss` returns, with `name` as name scope.

  TF 1.15: `tensorflow.contrib.seq2seq.python.ops.loss.SequenceLoss`, which
  was also a Keras loss; this one can be passed only to code that calls it.
  """

  _REDUCTIONS = ("average_across_timesteps", "average_across_batch",
                 "sum_over_timesteps", "sum_over_batch")

  def __init__(self, average_across_timesteps=False,
               average_across_batch=False, sum_over_timesteps=True,
               sum_over_batch=True, softmax_loss_function=None, name=None):
    given = (average_across_timesteps, average_across_batch,
             sum_over_timesteps, sum_over_batch)
    for attribute, value in zip(self._REDUCTIONS, given):
      setattr(self, attribute, value)
    self.softmax_loss_function = softmax_loss_function
    self.name = name

  def __call__(self, y_true, y_pred, sample_weight=None):
    # Read at each call: programs may have changed them.
    reductions = [getattr(self, attribute) for attribute in self._REDUCTIONS]
    return sequence_loss(
        y_pred, y_true, sample_weight, *reductions,
        self.softmax_loss_function, self.name)

  def call(self, y_true, y_pred):
    """Does nothing; `__call__` computes the loss."""


def _divided(losses, weights, axis, divisor):
  total = tf.reduce_sum(losses, axis=axis)
  return tf.div_no_nan(total, divisor(weights, axis, total.dtype))


def _weight_sum(weights, axis, dtype):
  del dtype  # the division reports a difference
  return tf.reduce_sum(weights, axis=axis)


def _weight_count(weights, axis, dtype):
  return tf.cast(tf.count_nonzero(weights, axis=axis), dtype)


def _require_rank(name, tensor, rank, form):
  shape = tensor.get_shape()
  # As in 1.15, len() raises ValueError if the rank is unknown.
  if len(shape) != rank:
    raise _errors.ArgumentError(_errors.problem(
        name, f"have {rank} dimensions, {form}", f"shape {shape}",
        "reshape it"))
