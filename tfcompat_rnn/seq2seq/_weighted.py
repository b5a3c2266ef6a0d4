"""The cross entropy of one set of logits, shared by the sequence losses."""

import inspect

from tfcompat_rnn._tf import tf


def cross_entropy(labels, logits, softmax_loss_function):
  """Losses `[rows]`, from the sparse softmax or from the user's function.

  The user's function gets `labels` and `logits` as keyword arguments, as in
  1.15. 1.0 and 1.1 passed them by position; a function that names one of its
  two parameters after the labels (`labels, inputs`) still gets them.
  """
  function = (softmax_loss_function
              or tf.nn.sparse_softmax_cross_entropy_with_logits)
  place = _place_of_labels(function)
  if place is None:
    return function(labels=labels, logits=logits)
  return function(labels, logits) if place == 0 else function(logits, labels)


def _place_of_labels(function):
  """0 or 1 if only the names of the parameters tell; None for keywords."""
  try:
    signature = inspect.signature(function)
  except (TypeError, ValueError):
    return None
  try:
    signature.bind(labels=None, logits=None)
    return None
  except TypeError:
    pass
  names = [name for name, parameter in signature.parameters.items()
           if parameter.kind is parameter.POSITIONAL_OR_KEYWORD
           and parameter.default is parameter.empty]
  of_labels = [place for place, name in enumerate(names)
               if "label" in name.lower() or "target" in name.lower()]
  return of_labels[0] if len(names) == 2 and len(of_labels) == 1 else None
