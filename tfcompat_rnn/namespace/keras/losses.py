"""Losses, metrics and optimizers."""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.keras import changes
from tfcompat_rnn.namespace.keras.changes import Change


def _compute_weighted_loss(original):
  def compute_weighted_loss(losses, sample_weight=None,
                            reduction="sum_over_batch_size", name=None):
    if not (tf.is_tensor(losses) or isinstance(losses, (int, float, list))):
      return original(losses, sample_weight, reduction, name)
    utils = changes.module("utils.losses_utils")
    if reduction == "auto":
      reduction = "sum_over_batch_size"
    utils.ReductionV2.validate(reduction)
    backend = changes.module("backend")
    with backend.name_scope(name or "weighted_loss"):
      losses = tf.convert_to_tensor(losses)
      dtype = losses.dtype
      if sample_weight is None:
        sample_weight = 1.0
      elif tf.is_tensor(sample_weight) or hasattr(sample_weight, "shape"):
        losses, _, sample_weight = utils.squeeze_or_expand_dimensions(
            losses, None, sample_weight)
      losses = tf.cast(losses, tf.float32)
      weights = _tf.private("weights_broadcast_ops").broadcast_weights(
          tf.cast(sample_weight, tf.float32), losses)
      losses = utils.reduce_weighted_loss(
          tf.multiply(losses, weights), reduction)
      return tf.cast(losses, dtype)
  return compute_weighted_loss


def _apply_valid_mask(original):
  del original

  def apply_valid_mask(losses, sw, mask, reduction):
    del losses, reduction
    # Today the weights of valid steps are raised so that the loss is their
    # mean; 1.15 took the mean over all steps, masked ones being 0.
    return sw if mask is None or sw is mask else sw * mask
  return apply_valid_mask


def _get_mask(original):
  del original
  return lambda y_p: None


def _losses_get(original):
  def get(identifier):
    if identifier == "cosine_proximity":
      return changes.module("losses").cosine_similarity
    return original(identifier)
  return get


def _cosine_similarity(original):
  del original

  def cosine_similarity(y_true, y_pred, axis=-1):
    # As a loss, it had no minus sign.
    y_true = tf.nn.l2_normalize(y_true, axis=axis)
    y_pred = tf.nn.l2_normalize(y_pred, axis=axis)
    return tf.reduce_sum(y_true * y_pred, axis=axis)
  return cosine_similarity


def _tensors(y_true, y_pred):
  """Both as tensors, and their ranks: (0, 1) if one is unknown."""
  y_pred, y_true = tf.convert_to_tensor(y_pred), tf.convert_to_tensor(y_true)
  ranks = y_true.shape.rank, y_pred.shape.rank
  return y_true, y_pred, (0, 1) if None in ranks else ranks


def _matches(original):
  del original

  def sparse_categorical_matches(y_true, y_pred):
    y_true, y_pred, ranks = _tensors(y_true, y_pred)
    if ranks[0] == ranks[1]:
      y_true = tf.squeeze(y_true, [-1])
    best = tf.cast(tf.argmax(y_pred, axis=-1), y_true.dtype)
    return tf.cast(tf.equal(y_true, best), changes.module("backend").floatx())
  return sparse_categorical_matches


def _top_k_matches(original):
  del original

  def sparse_top_k_categorical_matches(y_true, y_pred, k=5):
    y_true, y_pred, ranks = _tensors(y_true, y_pred)
    # One row for each prediction: the operation takes no more axes.
    if ranks[1] > 2:
      y_pred = tf.reshape(y_pred, [-1, y_pred.shape[-1]])
    if ranks[0] > 1:
      y_true = tf.reshape(y_true, [-1])
    if not y_true.dtype.is_integer:
      y_true = tf.cast(y_true, tf.int32)
    found = tf.nn.in_top_k(y_pred, y_true, k)
    return tf.cast(found, changes.module("backend").floatx())
  return sparse_top_k_categorical_matches


def _adagrad_from_config(original):
  def from_config(cls, config, custom_objects=None):
    # Also where the optimizer is given by its name.
    config = {"initial_accumulator_value": 0.0, **config}
    return original(cls, config, custom_objects=custom_objects)
  return from_config


def _aggregate(original):
  def aggregate_gradients(self, grads_and_vars):
    if tf.distribute.get_strategy().num_replicas_in_sync == 1:
      return list(grads_and_vars)
    return original(self, grads_and_vars)
  return aggregate_gradients


CHANGES = [
    Change("utils.losses_utils:apply_valid_mask", _apply_valid_mask,
           "masked steps counted in the mean of the loss"),
    Change("utils.losses_utils:get_mask", _get_mask,
           "losses and metrics that are called ignored the outputs' mask"),
    Change("utils.losses_utils:compute_weighted_loss", _compute_weighted_loss,
           "weights were broadcast by the operations of tf.losses"),
    Change("losses:get", _losses_get, "the loss cosine_proximity"),
    Change("losses:cosine_similarity", _cosine_similarity,
           "the loss was the similarity itself, not its negative"),
    Change("utils.metrics_utils:sparse_categorical_matches", _matches,
           "the shape of the labels was not kept"),
    Change("utils.metrics_utils:sparse_top_k_categorical_matches",
           _top_k_matches, "the shape of the labels was not kept"),
    Change("optimizers.legacy.adagrad:Adagrad.from_config",
           _adagrad_from_config,
           "the optimizer 'adagrad' began with zeros instead of 0.1"),
    Change("optimizers.legacy.optimizer_v2:OptimizerV2._aggregate_gradients",
           _aggregate, "gradients of one replica were used as they are"),
]
