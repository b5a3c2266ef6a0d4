"""`tensorflow.python.*`: private paths that older programs import.

Anything that TensorFlow still has under the same path is taken from there. The
rows are for names that were moved or removed, and for those that must be this
package's own (cells, loops, layers). TensorFlow 2.16, 2.18 and 2.21 were
compared with all modules of 1.15.5.
"""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_CELLS = (
    "BasicLSTMCell", "BasicRNNCell", "DeviceWrapper", "DropoutWrapper",
    "GRUCell", "LSTMCell", "LSTMStateTuple", "LayerRNNCell", "MultiRNNCell",
    "RNNCell", "ResidualWrapper")

_LOOPS = (
    "bidirectional_dynamic_rnn", "dynamic_rnn", "raw_rnn",
    "static_bidirectional_rnn", "static_rnn", "static_state_saving_rnn")

# Names that older versions had in rnn_cell_impl and that programs still import
# from there; 1.15 had moved them to contrib, renamed or removed them.
OLDER_CELL_NAMES = {
    "_Linear": "tfcompat_rnn.cells.linear:Linear",
    "_LayerRNNCell": "tfcompat_rnn.cells:LayerRNNCell",
    "_RNNCell": "tfcompat_rnn.cells:RNNCell",
    "_like_rnncell": "tfcompat_rnn.namespace.private_helpers:like_rnncell",
    **{name: f"tfcompat_rnn.cells:{name}"
       for name in ("EmbeddingWrapper", "InputProjectionWrapper",
                    "OutputProjectionWrapper")},
}

# 1.15 module -> names that only the public namespace still has.
_PUBLIC = {
    "framework.ops": {
        "IndexedSlices": "IndexedSlices",
        "Tensor": "Tensor",
        "convert_to_tensor_or_indexed_slices":
            "convert_to_tensor_or_indexed_slices",
        "register_tensor_conversion_function":
            "register_tensor_conversion_function",
        "enable_tensor_equality": "enable_tensor_equality",
        "disable_tensor_equality": "disable_tensor_equality"},
    "framework.config": {
        "get_virtual_device_configuration":
            "config.experimental.get_virtual_device_configuration",
        "set_virtual_device_configuration":
            "config.experimental.set_virtual_device_configuration"},
    "framework.graph_util_impl": {
        "convert_variables_to_constants":
            "graph_util.convert_variables_to_constants"},
    "framework.graph_util": {
        "convert_variables_to_constants":
            "graph_util.convert_variables_to_constants"},
    "data.ops.dataset_ops": {"Options": "data.Options"},
    "eager.context": {
        "VirtualDeviceConfiguration":
            "config.experimental.VirtualDeviceConfiguration"},
    "ops.array_ops": {"stack": "stack", "unstack": "unstack"},
    "ops.standard_ops": {
        name: name for name in ("is_variable_initialized", "random_crop",
                                "stack", "unstack")},
    "ops.control_flow_ops": {
        "Assert": "Assert", "case": "case", "cond": "cond",
        "switch_case": "switch_case", "while_loop": "while_loop"},
    "ops.math_ops": {"bincount_v1": "math.bincount"},
    "ops.nn": {
        "compute_average_loss": "nn.compute_average_loss",
        "scale_regularization_loss": "nn.scale_regularization_loss"},
    "ops.nn_impl": {
        "compute_average_loss": "nn.compute_average_loss",
        "scale_regularization_loss": "nn.scale_regularization_loss"},
    "ops.random_ops": {"random_crop": "image.random_crop"},
    "ops.variable_scope": {
        "disable_resource_variables": "disable_resource_variables",
        "enable_resource_variables": "enable_resource_variables",
        "resource_variables_enabled": "resource_variables_enabled"},
    "ops.variables": {
        "VariableV1": "Variable",
        "is_variable_initialized": "is_variable_initialized"},
    "pywrap_tensorflow": {
        "NewCheckpointReader": "train.NewCheckpointReader",
        "CheckpointReader": "train.NewCheckpointReader"},
    "training.saver": {
        "checkpoint_exists": "train.checkpoint_exists",
        "export_meta_graph": "train.export_meta_graph",
        "generate_checkpoint_state_proto":
            "train.generate_checkpoint_state_proto",
        "get_checkpoint_mtimes": "train.get_checkpoint_mtimes",
        "get_checkpoint_state": "train.get_checkpoint_state",
        "import_meta_graph": "train.import_meta_graph",
        "latest_checkpoint": "train.latest_checkpoint",
        "remove_checkpoint": "train.remove_checkpoint",
        "update_checkpoint_state": "train.update_checkpoint_state"},
}

# 1.15 path -> the present place of a private name.
_MOVED = {
    "data.util.nest.is_sequence": "private.data_nest:is_nested",
    "util.nest.is_sequence": "private.nest:is_nested",
    "framework.framework_lib.RegisterShape":
        "tfcompat_rnn.namespace.private_helpers:RegisterShape",
    "framework.ops.IndexedSlicesValue":
        "private.indexed_slices:IndexedSlicesValue",
    "framework.ops.default_session": "private.stack:default_session",
    "framework.ops.internal_convert_to_tensor_or_indexed_slices":
        "private.indexed_slices:internal_convert_to_tensor_or_indexed_slices",
    "framework.ops.internal_convert_n_to_tensor_or_indexed_slices":
        "private.indexed_slices:internal_convert_n_to_tensor_or_indexed_slices",
    "framework.ops.convert_n_to_tensor_or_indexed_slices":
        "private.indexed_slices:convert_n_to_tensor_or_indexed_slices",
    "ops.nn.l2_normalize_v2": "tensorflow.compat.v2:math.l2_normalize",
    "ops.nn_impl.l2_normalize_v2": "tensorflow.compat.v2:math.l2_normalize",
    "ops.parallel_for.for_loop": "private.parallel_for:for_loop",
    "ops.parallel_for.jacobian": "private.parallel_gradients:jacobian",
    "ops.parallel_for.batch_jacobian":
        "private.parallel_gradients:batch_jacobian",
    "ops.variables.default_variable_creator":
        "private.ref_variable:default_variable_creator",
    "debug.watch_graph_with_blacklists":
        "private.debug:watch_graph_with_denylists",
    "framework.common_shapes.unknown_shape":
        "tfcompat_rnn.namespace.private_helpers:unknown_shape",
    "framework.op_def_registry.get_registered_ops":
        "tfcompat_rnn.namespace.private_helpers:get_registered_ops",
    "framework.ops.RegisterShape":
        "tfcompat_rnn.namespace.private_helpers:RegisterShape",
    "framework.tensor_shape.scalar":
        "tfcompat_rnn.namespace.private_helpers:scalar",
    "framework.tensor_shape.vector":
        "tfcompat_rnn.namespace.private_helpers:vector",
    "framework.tensor_shape.matrix":
        "tfcompat_rnn.namespace.private_helpers:matrix",
    "ops.rnn._best_effort_input_batch_size":
        "private.rnn:_best_effort_input_batch_size",
    "ops.rnn._infer_state_dtype": "private.rnn:_infer_state_dtype",
    "ops.rnn._maybe_tensor_shape_from_tensor":
        "private.rnn:_maybe_tensor_shape_from_tensor",
    "ops.rnn._reverse_seq": "private.rnn:_reverse_seq",
    "ops.rnn._rnn_step": "private.rnn:_rnn_step",
    "ops.rnn._transpose_batch_time": "private.rnn:_transpose_batch_time",
    "ops.rnn._concat": "tfcompat_rnn.cells.base:concat_sizes",
    "ops.rnn_cell_impl._concat": "tfcompat_rnn.cells.base:concat_sizes",
    "ops.rnn_cell_impl._zero_state_tensors":
        "tfcompat_rnn.cells.base:zero_state_tensors",
    "ops.rnn_cell_impl._RNNCellWrapperV1":
        "tfcompat_rnn.cells.wrappers:_RNNCellWrapperV1",
    "ops.rnn_cell_impl._BIAS_VARIABLE_NAME":
        "tfcompat_rnn.namespace.private_helpers:BIAS_VARIABLE_NAME",
    "ops.rnn_cell_impl._WEIGHTS_VARIABLE_NAME":
        "tfcompat_rnn.namespace.private_helpers:WEIGHTS_VARIABLE_NAME",
    "ops.rnn_cell_impl._hasattr":
        "tfcompat_rnn.namespace.private_helpers:hasattr_quietly",
    "ops.variables.RefVariable": "private.ref_variable:RefVariable",
    "ops.variable_scope.default_variable_creator":
        "private.ref_variable:default_variable_creator",
}

# Second names of layer classes and functions.
_CONVOLUTIONS = {
    "Convolution1D": "Conv1D", "Convolution2D": "Conv2D",
    "Convolution2DTranspose": "Conv2DTranspose", "Convolution3D": "Conv3D",
    "Convolution3DTranspose": "Conv3DTranspose",
    "SeparableConvolution2D": "SeparableConv2D"}
_LAYER_NAMES = {
    "convolutional": {
        **_CONVOLUTIONS,
        "Deconv2D": "Conv2DTranspose", "Deconv3D": "Conv3DTranspose",
        "Deconvolution2D": "Conv2DTranspose",
        "Deconvolution3D": "Conv3DTranspose", "convolution1d": "conv1d",
        "convolution2d": "conv2d",
        "convolution2d_transpose": "conv2d_transpose",
        "convolution3d": "conv3d",
        "convolution3d_transpose": "conv3d_transpose",
        "deconv2d": "conv2d_transpose", "deconv3d": "conv3d_transpose",
        "deconvolution2d": "conv2d_transpose",
        "deconvolution3d": "conv3d_transpose",
        "separable_convolution2d": "separable_conv2d"},
    "core": {"FullyConnected": "Dense", "fully_connected": "dense"},
    "layers": _CONVOLUTIONS,
    "normalization": {"BatchNorm": "BatchNormalization",
                      "batch_norm": "batch_normalization"},
    "pooling": {"AvgPool2D": "AveragePooling2D", "MaxPool2D": "MaxPooling2D",
                "avg_pool2d": "average_pooling2d",
                "max_pool2d": "max_pooling2d"},
}

MODULES = [
    Module("python", "private.python"),
    Module("python.layers.base", "tfcompat_rnn.namespace.layers"),
    Module("python.layers.convolutional", "tfcompat_rnn.namespace.layers"),
    Module("python.layers.core", "tfcompat_rnn.namespace.layers"),
    Module("python.layers.layers", "tfcompat_rnn.namespace.layers"),
    Module("python.layers.normalization", "tfcompat_rnn.namespace.layers"),
    Module("python.layers.pooling", "tfcompat_rnn.namespace.layers"),
    *(Module(f"python.{package}.distribution_strategy_context",
             "private.distribute_lib")
      for package in ("distribute", "training")),
    Module("python.training.gen_training_ops",
           "private.gen_training_ops"),
    Module("python.training.training_ops",
           "private.gen_training_ops"),
    # Only rows: TensorFlow's remains of these must not mix with ours.
    Module("python.ops.rnn_cell"),
    Module("python.ops.rnn_cell_impl"),
    Module("python.ops.rnn"),
]

ALIASES = [
]

ROWS = [
    *(Row(f"python.ops.{module}.{name}", f"tfcompat_rnn.cells:{name}")
      for module in ("rnn_cell", "rnn_cell_impl") for name in _CELLS),
    *(Row(f"python.ops.{module}.{name}",
          f"tfcompat_rnn.namespace.private_helpers:{name}")
      for module in ("rnn_cell", "rnn_cell_impl")
      for name in ("assert_like_rnncell",
                   "ASSERT_LIKE_RNNCELL_ERROR_REGEXP")),
    *(Row(f"python.ops.{module}.{old}", new)
      for module in ("rnn_cell", "rnn_cell_impl")
      for old, new in OLDER_CELL_NAMES.items()),
    *(Row(f"python.ops.rnn.{name}", f"tfcompat_rnn.loops:{name}")
      for name in _LOOPS),
    *(Row(f"python.{module}.{name}", f"tensorflow.compat.v1:{public}")
      for module, names in _PUBLIC.items()
      for name, public in names.items()),
    *(Row(f"python.{old}", new) for old, new in _MOVED.items()),
    *(Row(f"python.ops.nn.{name}", f"tfcompat_rnn.loops:{name}")
      for name in _LOOPS),
    *(Row(f"python.layers.{module}.{old}",
          f"tfcompat_rnn.namespace.layers:{new}")
      for module, names in _LAYER_NAMES.items()
      for old, new in names.items()),
]


def _gone(old, successor):
  return Gap(f"python.{old}", "was already gone in TensorFlow 1.15",
             f"use {successor}")


GAPS = [
    _gone("ops.gen_array_ops._concat_v2", "gen_array_ops.concat_v2"),
    _gone("layers.base._Layer", "layers.base.Layer"),
    Gap("python.ops.rnn._dynamic_rnn_loop",
        "is an internal part of 1.15's dynamic_rnn",
        "call tf.nn.dynamic_rnn, or tf.nn.raw_rnn for a loop of your own"),
    Gap("python.pywrap_tensorflow_internal.*",
        "is a compiled internal module of 1.15",
        "use the public tf names, or tensorflow.python.pywrap_tensorflow "
        "for NewCheckpointReader"),
]
