"""Layers that compute otherwise, or of other operations, than in 1.15."""

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.keras import changes
from tfcompat_rnn.namespace.keras.changes import Addition
from tfcompat_rnn.namespace.keras.changes import Change


def _conv_build(original):
  def build(self, input_shape):
    original(self, input_shape)
    # 1.15 made a constant of the dilation when it built the layer; today one
    # is made in the call, and only if there is a dilation.
    if all(step == 1 for step in self.dilation_rate):
      _opcount.compensate(1)
  return build


def _flatten_call(original):
  del original

  def call(self, inputs):
    rank = inputs.shape.rank
    if self.data_format == "channels_first" and rank is not None and rank > 1:
      inputs = tf.transpose(inputs, perm=[0, *range(2, rank), 1])
    batch = inputs.shape[0]
    batch = getattr(batch, "value", batch)
    outputs = tf.reshape(inputs, (batch or tf.shape(inputs)[0], -1))
    outputs.set_shape(self.compute_output_shape(inputs.shape))
    return outputs
  return call


def _resize_images(original):
  def resize_images(x, height_factor, width_factor, data_format,
                    interpolation="nearest"):
    shape = x.shape.as_list()
    rows = 2 if data_format == "channels_first" else 1
    if all(shape[rows:rows + 2]):
      # 1.15 computed the size in the graph even where it was known.
      _opcount.compensate(4)
    return original(x, height_factor, width_factor, data_format,
                    interpolation)
  return resize_images


def _time_distributed_call(original):
  def call(self, inputs, training=None, mask=None):
    if (tf.is_tensor(inputs) and inputs.shape[0]
        and not self._always_use_reshape):
      # Step by step; the layer was called at masked steps too.
      mask = None
    return original(self, inputs, training=training, mask=mask)
  return call


def _time_distributed_mask(original):
  def compute_mask(self, inputs, mask=None):
    if tf.is_tensor(inputs):
      if inputs.shape[0]:
        return mask
      # 1.15 remembered the inputs that `call` had reshaped.
      _opcount.compensate(-2)
    return original(self, inputs, mask)
  return compute_mask


def _without_mask(original):
  def call(self, inputs, training=None, mask=None):
    del mask
    return original(self, inputs, training=training)
  return call


def _fused_batch_norm(original):
  def fused_batch_norm(self, inputs, mask, training):
    smart = changes.module("utils.control_flow_util")
    # Training reads both statistics today, and had two empty constants.
    if smart.constant_value(training) is None:
      _opcount.compensate(-2)
    return original(self, inputs, mask, training)
  return fused_batch_norm


def _apply_scores(original):
  def apply_scores(self, scores, value, scores_mask=None, training=None):
    if not self.dropout:
      # There was no dropout, and so no learning phase.
      training = False
    return original(self, scores, value, scores_mask, training)
  return apply_scores


def _not_fused(original):
  del original
  return lambda self, ndims: False


def _apply(self, inputs, *args, **kwargs):
  """The layer called on `inputs`. TF 1.15: `Layer.apply`."""
  return self(inputs, *args, **kwargs)


def _reachable(inputs, found):
  reach = changes.module("utils.tf_utils").get_reachable_from_inputs
  return reach(inputs, found)


def _all_inputs(layer):
  nodes = layer.inbound_nodes
  return [tensor for node in nodes
          for tensor in tf.nest.flatten(node.input_tensors)]


def _only_for(attribute, doc):
  def get(self, inputs):
    found = [one for one in getattr(self, attribute)
             if isinstance(one, tf.Operation) or tf.is_tensor(one)]
    if inputs is None:
      dependent = _reachable(_all_inputs(self), found)
      return [one for one in found if one not in dependent]
    dependent = _reachable(tf.nest.flatten(inputs), found)
    return [one for one in found if one in dependent]
  get.__doc__ = doc
  return get


def _add_update(original):
  def add_update(self, updates, inputs=None):
    del inputs  # 1.15 itself did not use them any more
    return original(self, updates)
  return add_update


_BATCH = "layers.normalization.batch_normalization:BatchNormalizationBase."
CHANGES = [
    Change("layers.convolutional.base_conv:Conv.build", _conv_build,
           "the dilation was a constant"),
    Change("layers.reshaping.flatten:Flatten.call", _flatten_call,
           "the batch size was taken from the graph"),
    Change("backend:resize_images", _resize_images,
           "the size was computed in the graph"),
    Change("layers.rnn.time_distributed:TimeDistributed.call",
           _time_distributed_call,
           "masked steps were computed where the batch size is known"),
    Change("layers.rnn.time_distributed:TimeDistributed.compute_mask",
           _time_distributed_mask,
           "the reshaped inputs were remembered, and the mask was kept where "
           "the batch size is known"),
    Change(_BATCH + "call", _without_mask,
           "masked steps counted in the statistics"),
    Change(_BATCH + "_fused_batch_norm", _fused_batch_norm,
           "training did not read the statistics"),
    Change("layers.attention.base_dense_attention:"
           "BaseDenseAttention._apply_scores", _apply_scores,
           "attention had no dropout"),
    Change("layers.normalization.layer_normalization:"
           "LayerNormalization._fused_can_be_used", _not_fused,
           "the moments were computed one by one"),
    Change("engine.base_layer_v1:Layer.add_update", _add_update,
           "it had an argument inputs"),
]
ADDITIONS = [
    Addition("engine.base_layer:Layer.apply", _apply, "removed in 2021"),
    Addition("engine.base_layer:Layer.get_updates_for", _only_for(
        "updates", "The updates that depend on `inputs`; None: on none."),
             "removed in 2021"),
    Addition("engine.base_layer:Layer.get_losses_for", _only_for(
        "losses", "The losses that depend on `inputs`; None: on none."),
             "removed in 2021"),
]
