"""`tf.contrib.eager`: names that later releases moved to core.

Older libraries (Sonnet 1) import it, most of them only for `defun`.
"""

from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_CORE = {
    "Checkpoint": "train.Checkpoint",
    "GradientTape": "GradientTape",
    "TensorSpec": "TensorSpec",
    "custom_gradient": "custom_gradient",
    "defun": "function",
    "executing_eagerly": "executing_eagerly",
    "function": "function",
    "in_eager_mode": "executing_eagerly",
    "make_template": "make_template",
    "py_func": "py_function",
}

_BACKPROP = {
    "gradients_function": "gradients_function",
    "implicit_gradients": "implicit_grad",
    "implicit_value_and_gradients": "implicit_val_and_grad",
    "value_and_gradients_function": "val_and_grad_function",
}

MODULES = [
    Module("contrib.eager"),
    Module("contrib.eager.python"),
]

ALIASES = [
    Alias("contrib.eager.python.tfe", "contrib.eager"),
]

ROWS = [
    *(Row(f"contrib.eager.{old}", f"tensorflow.compat.v1:{new}")
      for old, new in _CORE.items()),
    *(Row(f"contrib.eager.{old}", f"private.backprop:{new}")
      for old, new in _BACKPROP.items()),
    Row("contrib.eager.Variable",
        "private.resource_variable_ops:ResourceVariable"),
    Row("contrib.eager.enable_eager_execution",
        "tfcompat_rnn.namespace.behavior:enable_eager_execution"),
    Row("contrib.eager.num_gpus", "private.context:num_gpus"),
]

GAPS = [
    Gap("contrib.eager.*",
        "was in TensorFlow 1.15 (tf.contrib.eager: eager execution helpers) "
        "and is not supported here",
        "use tf.GradientTape and tf.train.Checkpoint"),
]
