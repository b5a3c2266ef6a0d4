"""Functions whose arguments changed between 1.15 and TensorFlow 2.

All public functions of 1.15.5 were compared with `tf.compat.v1` of 2.21. Only
`top_k`, whose `name` has moved, and the cross entropies matter: 1.15 refused
positional arguments, because their order had changed in TensorFlow 1.0;
TensorFlow 2 would silently exchange labels and logits in an old call.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


def _check_named(function, sentinel, labels, logits):
  if sentinel is not None:
    raise _errors.ArgumentError(_errors.problem(
        function, "be called with named arguments (labels=..., logits=...)",
        "positional ones", "name them: before TensorFlow 1.0 the order was "
        f"logits, labels: {function}(labels=labels, logits=logits)"))
  if labels is None or logits is None:
    raise _errors.ArgumentError(_errors.problem(
        function, "get both labels and logits",
        f"labels={labels!r}, logits={logits!r}", "pass both by name"))


def softmax_cross_entropy_with_logits(_sentinel=None, labels=None,
                                      logits=None, dim=-1, name=None,
                                      axis=None):
  """Softmax cross entropy without a gradient with respect to `labels`.

  >>> tf.nn.softmax_cross_entropy_with_logits(labels=y, logits=x)  # [batch]

  Raises `ArgumentError` (a ValueError) for positional arguments, as 1.15
  did. TF 1.15: `tf.nn.softmax_cross_entropy_with_logits`.
  """
  _check_named("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
  return tf.nn.softmax_cross_entropy_with_logits(
      labels=labels, logits=logits, dim=dim, name=name, axis=axis)


def sparse_softmax_cross_entropy_with_logits(_sentinel=None, labels=None,
                                             logits=None, name=None):
  """Softmax cross entropy with integer labels; arguments by name only.

  Raises `ArgumentError` (a ValueError) for positional arguments. TF 1.15:
  `tf.nn.sparse_softmax_cross_entropy_with_logits`.
  """
  _check_named("sparse_softmax_cross_entropy_with_logits", _sentinel, labels,
               logits)
  return tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=labels, logits=logits, name=name)


def sigmoid_cross_entropy_with_logits(_sentinel=None, labels=None,
                                      logits=None, name=None):
  """Sigmoid cross entropy, elementwise; arguments by name only.

  Raises `ArgumentError` (a ValueError) for positional arguments. TF 1.15:
  `tf.nn.sigmoid_cross_entropy_with_logits`.
  """
  _check_named("sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
  return tf.nn.sigmoid_cross_entropy_with_logits(
      labels=labels, logits=logits, name=name)


def top_k(input, k=1, sorted=True, name=None):  # 1.15's names
  """The `k` largest entries of the last axis: `(values, indices)`.

  >>> values, indices = tf.nn.top_k(x, 2)

  TF 1.15: `tf.nn.top_k`.
  """
  return tf.nn.top_k(input, k, sorted, name=name)
