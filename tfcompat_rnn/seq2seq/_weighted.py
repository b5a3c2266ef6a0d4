"""What the sequence losses share: the cross entropy of one set of logits."""

from tfcompat_rnn._tf import tf


def cross_entropy(labels, logits, softmax_loss_function):
  """`[rows]` losses, by the sparse softmax or by the user's function.

  The user's function is called with the names `labels` and `logits`, as 1.15
  did.
  """
  function = (softmax_loss_function
              or tf.nn.sparse_softmax_cross_entropy_with_logits)
  return function(labels=labels, logits=logits)
