"""Cross entropies of sequences given as lists, one tensor per step."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import _weighted

# Avoids a division by 0 for a row whose weights are all 0.
_LITTLE = 1e-12


def sequence_loss_by_example(logits, targets, weights,
                             average_across_timesteps=True,
                             softmax_loss_function=None, name=None):
  """The weighted cross entropy of sequences, one number per row.

    loss = sequence_loss_by_example([logits], [tf.reshape(targets, [-1])],
                                    [tf.ones([batch * steps])])

  Args:
    logits: a list with one `[batch, classes]` per step.
    targets: a list of `[batch]` integer class numbers.
    weights: a list of `[batch]` weights, with the dtype of the logits.
    average_across_timesteps: whether to divide by the sum of the weights (plus
      1e-12).
    softmax_loss_function: `(labels=, logits=) -> losses`, used instead of the
      sparse softmax cross entropy.
    name: a name scope, "sequence_loss_by_example" by default.

  Returns:
    `[batch]`: the log-perplexity of each row.

  Raises:
    ArgumentError: if the three lists differ in length, or are empty.

  TensorFlow 1.15: `tf.contrib.legacy_seq2seq.sequence_loss_by_example`.
  """
  if not len(logits):
    raise _errors.ArgumentError(_errors.problem(
        "logits", "have at least one step", "none", "pass one tensor a step"))
  if not len(logits) == len(targets) == len(weights):
    raise _errors.ArgumentError(_errors.problem(
        "logits", "have the same length as targets and weights",
        f"{len(logits)}, {len(targets)} and {len(weights)}",
        "pass three lists with one tensor per step"))
  with tf.name_scope(name, "sequence_loss_by_example",
                     logits + targets + weights):
    losses = []
    for step_logits, labels, weight in zip(logits, targets, weights):
      if softmax_loss_function is None:
        # Scalars count as one row.
        labels = tf.reshape(labels, [-1])
      loss = _weighted.cross_entropy(
          labels, step_logits, softmax_loss_function)
      losses.append(loss * weight)
    total = tf.add_n(losses)
    if average_across_timesteps:
      weight_sum = tf.add_n(weights)
      weight_sum += _LITTLE
      total /= weight_sum
  return total


def sequence_loss(logits, targets, weights, average_across_timesteps=True,
                  average_across_batch=True, softmax_loss_function=None,
                  name=None):
  """The weighted cross entropy of sequences, summed over the rows.

    loss = sequence_loss(logits, targets, weights)

  Args:
    logits, targets, weights, average_across_timesteps,
      softmax_loss_function: as in `sequence_loss_by_example`.
    average_across_batch: whether to divide the sum by the number of rows.
    name: a name scope, "sequence_loss" by default.

  Returns:
    A scalar.

  Raises:
    ArgumentError: if the three lists differ in length, or are empty.

  TensorFlow 1.15: `tf.contrib.legacy_seq2seq.sequence_loss`.
  """
  with tf.name_scope(name, "sequence_loss", logits + targets + weights):
    total = tf.reduce_sum(sequence_loss_by_example(
        logits, targets, weights,
        average_across_timesteps=average_across_timesteps,
        softmax_loss_function=softmax_loss_function))
    if average_across_batch:
      rows = tf.shape(targets[0])[0]
      total /= tf.cast(rows, total.dtype)
    return total
