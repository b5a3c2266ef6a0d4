"""`tf.contrib.estimator`'s heads of one output.

They are those of the canned estimators, which tensorflow-estimator still has.
"""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.estimator import loading

_MEAN = tf.losses.Reduction.SUM_OVER_BATCH_SIZE


def _head(name):
  module = loading.module("python.estimator.canned.head")
  return loading.private_name(module, name)


def multi_class_head(n_classes, weight_column=None, label_vocabulary=None,
                     loss_reduction=_MEAN, loss_fn=None, name=None):
  """A head for one of more than two classes: softmax cross entropy.

  Its logits have the shape `[..., n_classes]`, its labels `[..., 1]` or
  `[batch]`. Raises `ValueError` for `n_classes` below 3.
  TF 1.15: `tf.contrib.estimator.multi_class_head`.
  """
  return _head("_multi_class_head_with_softmax_cross_entropy_loss")(
      n_classes=n_classes, weight_column=weight_column,
      label_vocabulary=label_vocabulary, loss_reduction=loss_reduction,
      loss_fn=loss_fn, name=name)


def binary_classification_head(weight_column=None, thresholds=None,
                               label_vocabulary=None, loss_reduction=_MEAN,
                               loss_fn=None, name=None):
  """A head for two classes: sigmoid cross entropy of one logit.

  TF 1.15: `tf.contrib.estimator.binary_classification_head`.
  """
  return _head("_binary_logistic_head_with_sigmoid_cross_entropy_loss")(
      weight_column=weight_column, thresholds=thresholds,
      label_vocabulary=label_vocabulary, loss_reduction=loss_reduction,
      loss_fn=loss_fn, name=name)


def regression_head(weight_column=None, label_dimension=1,
                    loss_reduction=_MEAN, loss_fn=None, inverse_link_fn=None,
                    name=None):
  """A head for numbers: mean squared error.

  TF 1.15: `tf.contrib.estimator.regression_head`.
  """
  return _head("_regression_head")(
      weight_column=weight_column, label_dimension=label_dimension,
      loss_reduction=loss_reduction, loss_fn=loss_fn,
      inverse_link_fn=inverse_link_fn, name=name)


def poisson_regression_head(weight_column=None, label_dimension=1,
                            loss_reduction=_MEAN, compute_full_loss=True,
                            name=None):
  """A head for counts: the logits are logarithms of their means.

  TF 1.15: `tf.contrib.estimator.poisson_regression_head`.
  """
  def loss(labels, logits):
    return tf.nn.log_poisson_loss(targets=labels, log_input=logits,
                                  compute_full_loss=compute_full_loss)
  return regression_head(weight_column, label_dimension, loss_reduction, loss,
                         tf.exp, name)


def logistic_regression_head(weight_column=None, loss_reduction=_MEAN,
                             name=None):
  """A head for numbers from 0 to 1: sigmoid cross entropy.

  TF 1.15: `tf.contrib.estimator.logistic_regression_head`.
  """
  def loss(labels, logits):
    labels = _head("_assert_range")(
        labels, n_classes=2,
        message="`labels` must lie between 0 and 1; scale them")
    return tf.nn.sigmoid_cross_entropy_with_logits(labels=labels,
                                                   logits=logits)
  return regression_head(weight_column, 1, loss_reduction, loss, tf.sigmoid,
                         name)
