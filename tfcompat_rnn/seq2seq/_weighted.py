"""The cross entropy of one set of logits, shared by the sequence losses."""

from tfcompat_rnn._tf import tf


def cross_entropy(labels, logits, softmax_loss_function):
  """Losses `[rows]`, from the sparse softmax or from the user's function.

  The user's function gets `labels` and `logits` as keyword arguments, as in
  1.15.
  """
  function = (softmax_loss_function
              or tf.nn.sparse_softmax_cross_entropy_with_logits)
  return function(labels=labels, logits=logits)
