"""Random operations: 1.15's seeds, some of which came from NumPy.

Where a layer had no seed, `K.dropout`, `K.random_normal` and others took one
from NumPy's generator, and so did the masks of recurrent layers and the noise
layers; the layer `Dropout` did not.
"""

import numbers

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.keras import changes
from tfcompat_rnn.namespace.keras.changes import Change


def _masks_of(attribute):
  def make(original):
    del original

    def create_masks(self, inputs, training, count=1):
      backend = changes.module("backend")
      ones, rate = tf.ones_like(inputs), getattr(self, attribute)

      def one():
        return backend.in_train_phase(
            lambda: backend.dropout(ones, rate), ones, training=training)
      return [one() for _ in range(count)] if count > 1 else one()
    return create_masks
  return make


def _dropout(original):
  del original

  def dropout(self, inputs, rate, noise_shape=None):
    # Today the seed is another one at each call of the layer.
    return tf.nn.dropout(inputs, rate=rate, noise_shape=noise_shape,
                         seed=self._seed)
  return dropout


def _dropout_layer(original):
  def call(self, inputs, training=None):
    if not isinstance(self.rate, numbers.Real) or self.rate:
      return original(self, inputs, training=training)
    # Today a rate of 0 never asks whether this is training.
    if training is None:
      training = changes.module("backend").learning_phase()

    def dropped():
      self._get_noise_shape(inputs)
      return inputs
    return changes.module("utils.control_flow_util").smart_cond(
        training, dropped, lambda: tf.identity(inputs))
  return call


def _from_backend(name):
  def make(original):
    del original

    def draw(self, shape, *args, **kwargs):
      # A fifth argument would be `nonce`, which 1.15 did not have.
      kwargs.pop("nonce", None)
      return getattr(changes.module("backend"), name)(
          shape, *args[:3], seed=self._seed, **kwargs)
    return draw
  return make


CHANGES = [
    Change("layers.regularization.dropout:Dropout.call", _dropout_layer,
           "a rate of 0 was treated like any other"),
    *(Change("layers.rnn.dropout_rnn_cell_mixin:DropoutRNNCellMixin."
             f"_create_{kind}_mask", _masks_of(kind),
             "the seeds of the masks came from NumPy")
      for kind in ("dropout", "recurrent_dropout")),
    Change("backend:RandomGenerator.dropout", _dropout,
           "a layer used its seed in each call"),
    *(Change(f"backend:RandomGenerator.{name}", _from_backend(name),
             "noise without a seed got one from NumPy")
      for name in ("random_normal", "random_uniform", "truncated_normal")),
]
