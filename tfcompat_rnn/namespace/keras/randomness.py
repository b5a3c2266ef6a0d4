"""Random operations: 1.15's seeds, some of which came from NumPy.

Where a layer had no seed, `K.dropout`, `K.random_normal` and others took one
from NumPy's generator, and so did the masks of recurrent layers and the noise
layers; the layer `Dropout` did not.
"""

import numbers

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.keras import changes
from tfcompat_rnn.namespace.keras.changes import Change


def _dropout_mask(original):
  del original

  def generate_dropout_mask(generator, ones, rate, training=None, count=1):
    del generator
    backend = changes.module("backend")
    # 1.15 made three operations of these ones.
    _opcount.compensate(2)

    def one():
      return backend.in_train_phase(
          lambda: backend.dropout(ones, rate), ones, training=training)
    return [one() for _ in range(count)] if count > 1 else one()
  return generate_dropout_mask


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
      kwargs.pop("nonce", None)
      return getattr(changes.module("backend"), name)(
          shape, *args, seed=self._seed, **kwargs)
    return draw
  return make


CHANGES = [
    Change("layers.regularization.dropout:Dropout.call", _dropout_layer,
           "a rate of 0 was treated like any other"),
    Change("layers.rnn.dropout_rnn_cell_mixin:_generate_dropout_mask",
           _dropout_mask, "the seeds of the masks came from NumPy"),
    Change("backend:RandomGenerator.dropout", _dropout,
           "a layer used its seed in each call"),
    *(Change(f"backend:RandomGenerator.{name}", _from_backend(name),
             "noise without a seed got one from NumPy")
      for name in ("random_normal", "random_uniform", "truncated_normal")),
]
