"""`tf.contrib.eager`: names that later releases moved to core.

Older libraries (Sonnet 1) import it, most of them only for `defun`.
"""

from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_CORE = {
    "Checkpoint": "train.Checkpoint",
    "run": "app.run",
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

_CONTEXT = (
    "ASYNC", "DEVICE_PLACEMENT_EXPLICIT", "DEVICE_PLACEMENT_SILENT",
    "DEVICE_PLACEMENT_WARN", "SYNC", "async_clear_error", "async_wait",
    "execution_mode", "num_gpus", "set_execution_mode", "set_server_def")

_EAGER = "tfcompat_rnn.namespace.contrib.eager"
_SAVER = ("Saver", "get_optimizer_variables", "restore_variables_on_create")
_NETWORK = "tfcompat_rnn.namespace.contrib.network"
_NETWORKS = {
    "Network": _NETWORK + "s",
    "Sequential": _NETWORK + "s",
    "restore_network_checkpoint": _NETWORK + "_checkpoints",
    "save_network_checkpoint": _NETWORK + "_checkpoints",
}
_METRICS = (
    "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "Mean", "Metric",
    "SparseAccuracy")

_BACKPROP = {
    "gradients_function": "gradients_function",
    "implicit_gradients": "implicit_grad",
    "implicit_value_and_gradients": "implicit_val_and_grad",
    "value_and_gradients_function": "val_and_grad_function",
}

MODULES = [
    Module("contrib.eager"),
    Module("contrib.eager.python"),
    Module("contrib.eager.python.metrics_impl", _EAGER + "_metrics"),
]

ALIASES = [
    Alias("contrib.eager.python.tfe", "contrib.eager"),
    Alias("contrib.eager.metrics", "contrib.eager.python.metrics"),
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
    *(Row(f"contrib.eager.{name}", f"private.context:{name}")
      for name in _CONTEXT),
    *(Row(f"contrib.eager.{name}", f"{_EAGER}:{name}")
      for name in ("Iterator", "list_devices", *_SAVER)),
    *(Row(f"contrib.eager.{name}", f"{target}:{name}")
      for name, target in _NETWORKS.items()),
    *(Row(f"contrib.eager.python.network.{name}", f"{target}:{name}")
      for name, target in _NETWORKS.items()),
    Row("contrib.eager.python.datasets.Iterator", f"{_EAGER}:Iterator"),
    *(Row(f"contrib.eager.python.saver.{name}", f"{_EAGER}:{name}")
      for name in _SAVER),
    *(Row(f"contrib.eager.python.metrics.{name}", f"{_EAGER}_metrics:{name}")
      for name in _METRICS),
    Row("contrib.eager.EagerVariableStore",
        "private.variable_scope:EagerVariableStore"),
    Row("contrib.eager.Checkpointable",
        "private.trackable:autotrackable.AutoTrackable"),
    Row("contrib.eager.run_test_in_graph_and_eager_modes",
        "private.test_util:run_in_graph_and_eager_modes"),
    Row("contrib.eager.run_all_tests_in_graph_and_eager_modes",
        "private.test_util:run_all_in_graph_and_eager_modes"),
]

GAPS = [
    Gap("contrib.eager.*",
        "was in TensorFlow 1.15 (tf.contrib.eager: eager execution helpers) "
        "and is not supported here",
        "use tf.GradientTape and tf.train.Checkpoint"),
]
