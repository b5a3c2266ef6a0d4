"""`tf.layers.Dropout` and `Flatten` with TensorFlow 1.15's operations.

The layers that TensorFlow still has compute the same (dropout drops the same
elements), but with other operations.
"""

from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import _dropout
from tfcompat_rnn.namespace.layers.unconverted import leave_unconverted

_utils = private("legacy_layer_utils")


class Dropout(private("legacy_layers").Dropout):
  """In training, zeroes `rate` of the elements and scales up the others.

  >>> y = tf.layers.Dropout(0.4)(x, training=is_training)

  `training` is a bool or a scalar bool tensor, False by default.
  `noise_shape` has a 1 for each dimension along which elements are dropped
  together.

  TF 1.15: `tf.layers.Dropout`.
  """

  @leave_unconverted
  def call(self, inputs, training=False):
    if training is None:
      training = private("legacy_backend").learning_phase()
    return _utils.smart_cond(
        training,
        lambda: _dropout.dropout_1_15(
            inputs, noise_shape=self._noise_shape_of(inputs), seed=self.seed,
            rate=self.rate),
        lambda: tf.identity(inputs))

  def _noise_shape_of(self, inputs):
    """`noise_shape` with the input's sizes in place of None."""
    if self.noise_shape is None:
      return None
    sizes = tf.shape(inputs)
    return tf.convert_to_tensor([
        sizes[place] if size is None else size
        for place, size in enumerate(self.noise_shape)])


def dropout(inputs, rate=0.5, noise_shape=None, seed=None, training=False,
            name=None):
  """`Dropout(rate, noise_shape, seed, name)(inputs, training=training)`.

  >>> y = tf.layers.dropout(x, rate=0.4, training=is_training)

  TF 1.15: `tf.layers.dropout`.
  """
  return Dropout(rate, noise_shape, seed, name=name)(inputs,
                                                     training=training)


class Flatten(private("legacy_layers").Flatten):
  """Merges all dimensions after the first: `[batch, ...]` -> 2-D.

  >>> y = tf.layers.Flatten()(x)

  With `data_format="channels_first"` the channels are moved last first of
  all. A vector becomes `[batch, 1]`.

  TF 1.15: `tf.layers.Flatten`.
  """

  @leave_unconverted
  def call(self, inputs):
    rank = inputs.shape.rank
    if self.data_format == "channels_first" and rank and rank > 1:
      inputs = tf.transpose(inputs, perm=[0, *range(2, rank), 1])
    rows = tf.dimension_value(inputs.shape[0])
    outputs = tf.reshape(
        inputs, (tf.shape(inputs)[0] if not rows else rows, -1))
    if not tf.executing_eagerly():
      outputs.set_shape(self.compute_output_shape(inputs.shape))
    return outputs


def flatten(inputs, name=None, data_format="channels_last"):
  """`Flatten(data_format, name)(inputs)`.

  >>> y = tf.layers.flatten(x)

  TF 1.15: `tf.layers.flatten`.
  """
  return Flatten(name=name, data_format=data_format)(inputs)
