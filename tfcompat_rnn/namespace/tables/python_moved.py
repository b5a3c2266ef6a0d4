"""More of `tensorflow.python.*`: modules and names that TensorFlow has moved.

Programs import them to save objects, to write cells of their own, and in their
tests.
"""

from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

# TensorFlow 1.9 to 1.13 called this package checkpointable.
_TRACKING = ("training.checkpointable", "training.tracking")

_V1 = "tensorflow.compat.v1"
_V2 = "tensorflow.compat.v2"

_COMMON_SHAPES = (
    "call_cpp_shape_fn", "has_fully_defined_shape", "no_outputs", "rank",
    "scalar_shape", "unchanged_shape", "unchanged_shape_with_rank",
    "unchanged_shape_with_rank_at_least", "unchanged_shape_with_rank_at_most")

# Path in 1.15 -> present place.
_MOVED = {
    "autograph.ConversionOptions":
        "private.autograph_converter:ConversionOptions",
    "autograph.Feature": f"{_V1}:autograph.experimental.Feature",
    "autograph.convert": "private.autograph_api:convert",
    "autograph.converted_call": "private.autograph_api:converted_call",
    "autograph.do_not_convert":
        f"{_V1}:autograph.experimental.do_not_convert",
    "autograph.set_loop_options":
        f"{_V1}:autograph.experimental.set_loop_options",
    "autograph.to_code": f"{_V1}:autograph.to_code",
    "autograph.to_graph": f"{_V1}:autograph.to_graph",
    "eager.context.list_devices":
        "tfcompat_rnn.namespace.contrib.eager:list_devices",
    "eager.function.defun": f"{_V1}:function",
    "framework.ops.convert_to_tensor_v2": f"{_V2}:convert_to_tensor",
    "layers.base.keras_style_scope":
        "private.legacy_layer_base:keras_style_scope",
    "layers.base.set_keras_style": "private.legacy_layer_base:set_keras_style",
    "ops.control_flow_ops.case_v2": f"{_V2}:case",
    "ops.control_flow_ops.cond_for_tf_v2": f"{_V2}:cond",
    "ops.control_flow_ops.while_loop_v2": f"{_V2}:while_loop",
    "ops.rnn._should_cache": "private.should_cache",
    "ops.rnn_cell_impl._LSTMStateTuple": "tfcompat_rnn.cells:LSTMStateTuple",
    "ops.rnn_cell_impl._check_rnn_cell_input_dtypes":
        "tfcompat_rnn.namespace.private_helpers:check_input_dtypes",
    "ops.rnn_cell_impl._check_supported_dtypes":
        "tfcompat_rnn.namespace.private_helpers:check_supported_dtype",
    "ops.variable_scope.variable": f"{_V1}:Variable",
    "util.compat_internal.path_to_str": f"{_V1}:compat.path_to_str",
    **{f"ops.rnn_cell_wrapper_impl.{name}Base": f"tfcompat_rnn.cells:{name}"
       for name in ("DeviceWrapper", "DropoutWrapper", "ResidualWrapper")},
    **{f"framework.common_shapes.{name}":
       f"tfcompat_rnn.namespace.shape_functions:{name}"
       for name in _COMMON_SHAPES},
    **{f"saved_model.utils_impl.{name}": f"private.saved_model_paths:{name}"
       for name in ("get_assets_dir", "get_or_create_assets_dir",
                    "get_or_create_variables_dir", "get_variables_dir",
                    "get_variables_path")},
}

# {module: {name: present name}} in the package of both names.
_OF_TRACKING = {
    "base": {"Checkpointable": "base.Trackable",
             "CheckpointableBase": "base.Trackable",
             "CheckpointableReference": "base.TrackableReference"},
    "tracking": {"AutoCheckpointable": "autotrackable.AutoTrackable",
                 "Checkpointable": "autotrackable.AutoTrackable",
                 "CapturableResource": "resource.CapturableResource",
                 "ResourceTracker": "resource.ResourceTracker",
                 "TrackableAsset": "asset.Asset",
                 "TrackableResource": "resource.TrackableResource",
                 "resource_tracker_scope": "resource.resource_tracker_scope"},
}

MODULES = [
    *(Module(f"python.{package}", "private.trackable")
      for package in _TRACKING),
    *(Module(f"python.{package}.{old}", f"private.{new}")
      for package in _TRACKING
      for old, new in (("graph_view", "object_graph_view"),
                       ("tracking", "autotrackable"),
                       ("util", "checkpoint_objects"))),
    Module("python.ops.rnn_cell_wrapper_impl"),
    Module("python.platform.parameterized", "absl.testing.parameterized"),
    Module("python.training.distribute", "private.distribute_lib"),
    Module("python.training.saving.functional_saver",
           "private.functional_saver"),
]

ROWS = [
    *(Row(f"python.{old}", new) for old, new in _MOVED.items()),
    *(Row(f"python.{package}.{module}.{old}", f"private.trackable:{new}")
      for package in _TRACKING
      for module, names in _OF_TRACKING.items()
      for old, new in names.items()),
    Row("python.training.checkpointable.util.CheckpointableSaver",
        "private.checkpoint_objects:TrackableSaver"),
]
