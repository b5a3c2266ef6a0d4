"""`tf.contrib.checkpoint`: objects that a checkpoint can save."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_MOVED = {
    "CheckpointManager": "tensorflow.compat.v1:train.CheckpointManager",
    "Checkpointable": "private.trackable:autotrackable.AutoTrackable",
    "CheckpointableBase": "private.trackable:base.Trackable",
    "CheckpointableObjectGraph": "private.object_graph",
    "List": "private.trackable:data_structures.List",
    "Mapping": "private.trackable:data_structures.Mapping",
    "NoDependency": "private.trackable:data_structures.NoDependency",
    "PythonStateWrapper": "private.trackable:python_state.PythonState",
    "UniqueNameTracker":
        "tfcompat_rnn.namespace.contrib.checkpoint:UniqueNameTracker",
    **{name: f"private.checkpoint_objects:{name}"
       for name in ("capture_dependencies", "list_objects",
                    "object_metadata")},
}

MODULES = [
    Module("contrib.checkpoint"),
    Module("contrib.checkpoint.python"),
]

ROWS = [
    *(Row(f"contrib.checkpoint.{old}", new) for old, new in _MOVED.items()),
    Row("contrib.checkpoint.python.containers.UniqueNameTracker",
        _MOVED["UniqueNameTracker"]),
]

GAPS = [
    *(Gap(f"contrib.checkpoint.{name}",
          f"was in TensorFlow 1.15 ({what}) and is not supported here", step)
      for name, what, step in (
          ("NumpyState", "NumPy arrays in a checkpoint",
           "keep them in tf.Variable"),
          ("dot_graph_from_checkpoint", "a picture of a checkpoint",
           "use tf.train.list_variables"),
          ("split_dependency", "one operation that saves for several objects",
           "use tf.train.Saver"))),
]
