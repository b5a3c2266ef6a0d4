"""`tf.layers.experimental`: Keras-style variable handling for v1 layers."""

from tfcompat_rnn._tf import private

keras_style_scope = private("legacy_layer_base").keras_style_scope
set_keras_style = private("legacy_layer_base").set_keras_style

__all__ = ["keras_style_scope", "set_keras_style"]
