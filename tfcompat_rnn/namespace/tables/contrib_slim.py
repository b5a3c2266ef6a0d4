"""`tf.contrib.slim`, `losses` and `metrics`: tf-slim's, in a repaired copy."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row
from tfcompat_rnn.namespace.tables import contrib_layers

_SLIM = "tfcompat_rnn.namespace.contrib.slim_copy"
_OURS = "tfcompat_rnn.namespace.contrib.embeddings"
_V1 = "tensorflow.compat.v1"

_NETS = ("alexnet", "inception", "inception_v1", "inception_v2",
         "inception_v3", "overfeat", "resnet_utils", "resnet_v1", "resnet_v2",
         "vgg")
_DATA = ("data_decoder", "data_provider", "dataset", "dataset_data_provider",
         "parallel_reader", "prefetch_queue", "tfexample_decoder")
_TOP = ("evaluation", "learning", "model_analyzer", "queues", "summaries")
_SETS = {"set_difference": "difference", "set_intersection": "intersection",
         "set_size": "size", "set_union": "union"}

MODULES = [
    Module("contrib.slim", _SLIM),
    Module("contrib.slim.losses", f"{_SLIM}.losses"),
    Module("contrib.slim.metrics", f"{_SLIM}.metrics"),
    Module("contrib.slim.nets", f"{_SLIM}.nets"),
    Module("contrib.slim.python"),
    Module("contrib.slim.python.slim", _SLIM),
    Module("contrib.slim.python.slim.data", f"{_SLIM}.data"),
    Module("contrib.slim.python.slim.nets", f"{_SLIM}.nets"),
    *(Module(f"{prefix}.{name}", f"{_SLIM}.nets.{name}")
      for prefix in ("contrib.slim.nets", "contrib.slim.python.slim.nets")
      for name in _NETS),
    *(Module(f"contrib.slim.{name}", f"{_SLIM}.data.{name}")
      for name in _DATA),
    *(Module(f"contrib.slim.python.slim.data.{name}", f"{_SLIM}.data.{name}")
      for name in _DATA),
    *(Module(f"{prefix}.{name}", f"{_SLIM}.{name}")
      for prefix in ("contrib.slim", "contrib.slim.python.slim")
      for name in _TOP),
    Module("contrib.losses", f"{_SLIM}.losses"),
    Module("contrib.losses.metric_learning",
           f"{_SLIM}.losses.metric_learning"),
    Module("contrib.losses.python"),
    Module("contrib.losses.python.losses", f"{_SLIM}.losses"),
    Module("contrib.losses.python.losses.loss_ops",
           f"{_SLIM}.losses.loss_ops"),
    Module("contrib.losses.python.metric_learning",
           f"{_SLIM}.losses.metric_learning"),
    Module("contrib.metrics", f"{_SLIM}.metrics"),
    Module("contrib.metrics.python"),
    Module("contrib.metrics.python.metrics", f"{_SLIM}.metrics"),
    Module("contrib.metrics.python.metrics.classification",
           f"{_SLIM}.metrics.classification"),
    Module("contrib.metrics.python.ops"),
    Module("contrib.metrics.python.ops.confusion_matrix_ops"),
    Module("contrib.metrics.python.ops.histogram_ops",
           f"{_SLIM}.metrics.histogram_ops"),
    Module("contrib.metrics.python.ops.metric_ops",
           f"{_SLIM}.metrics.metric_ops"),
]

ROWS = [
    *(Row(f"contrib.slim.{name}", f"{_OURS}:{name}")
      for name in contrib_layers.OUR_NAMES),
    *(Row(f"{prefix}.{old}", f"{_V1}:sets.{new}")
      for prefix in ("contrib.metrics", "contrib.slim.metrics")
      for old, new in _SETS.items()),
    *(Row(f"{prefix}.confusion_matrix",
          "tfcompat_rnn.namespace.contrib.framework:confusion_matrix")
      for prefix in ("contrib.metrics", "contrib.slim.metrics",
                     "contrib.metrics.python.ops.confusion_matrix_ops")),
]

GAPS = [
    *contrib_layers.column_gaps("contrib.slim"),
    Gap("contrib.slim.zero_initializer",
        "its op was part of TensorFlow 1.15's contrib library",
        "use tf.assign(ref, tf.zeros_like(ref))"),
]
