"""`tf.layers` of TensorFlow 1.15, all 37 names; works with Keras 3 installed.

TensorFlow still has most v1 layer classes as private ones, and they compute
what 1.15 computed; batch normalization, dropout and flatten are implemented
here.

>>> from tfcompat_rnn.namespace import layers
>>> y = layers.dense(x, 5, name="out")      # out/kernel, out/bias
"""

from tfcompat_rnn._tf import private
from tfcompat_rnn.namespace.layers import experimental as experimental
from tfcompat_rnn.namespace.layers.core import Dropout as Dropout
from tfcompat_rnn.namespace.layers.core import Flatten as Flatten
from tfcompat_rnn.namespace.layers.core import dropout as dropout
from tfcompat_rnn.namespace.layers.core import flatten as flatten
from tfcompat_rnn.namespace.layers.normalization import (
  BatchNormalization as BatchNormalization,
)
from tfcompat_rnn.namespace.layers.normalization import (
  batch_normalization as batch_normalization,
)

_BUNDLED = (
    "AveragePooling1D", "AveragePooling2D", "AveragePooling3D", "Conv1D",
    "Conv2D", "Conv2DTranspose", "Conv3D", "Conv3DTranspose", "Dense",
    "Layer", "MaxPooling1D", "MaxPooling2D", "MaxPooling3D",
    "SeparableConv1D", "SeparableConv2D",
    "average_pooling1d", "average_pooling2d", "average_pooling3d", "conv1d",
    "conv2d", "conv2d_transpose", "conv3d", "conv3d_transpose", "dense",
    "max_pooling1d", "max_pooling2d", "max_pooling3d",
    "separable_conv1d", "separable_conv2d")

for _name in _BUNDLED:
  globals()[_name] = getattr(private("legacy_layers"), _name)
InputSpec = private("legacy_input_spec")

__all__ = sorted(
    _BUNDLED + ("BatchNormalization", "Dropout", "Flatten", "InputSpec",
                "batch_normalization", "dropout", "experimental", "flatten"))
