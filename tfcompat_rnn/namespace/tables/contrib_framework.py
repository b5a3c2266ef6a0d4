"""`tf.contrib.framework`: argument scopes, variables, checkpoints."""

from tfcompat_rnn.namespace.tables import Alias
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_SLIM = "tfcompat_rnn.namespace.contrib.slim_copy"
_OURS = "tfcompat_rnn.namespace.contrib.framework"
_V1 = "tensorflow.compat.v1"

ARG_SCOPE = (
    "add_arg_scope", "arg_scope", "arg_scoped_arguments", "current_arg_scope",
    "has_arg_scope")
VARIABLES = (
    "VariableDeviceChooser", "add_model_variable", "assert_global_step",
    "assert_or_get_global_step", "assign_from_checkpoint",
    "assign_from_checkpoint_fn", "assign_from_values",
    "assign_from_values_fn", "create_global_step", "filter_variables",
    "get_global_step", "get_local_variables", "get_model_variables",
    "get_or_create_global_step", "get_trainable_variables",
    "get_unique_variable", "get_variable_full_name", "get_variables",
    "get_variables_by_name", "get_variables_by_suffix",
    "get_variables_to_restore", "global_variable", "local_variable",
    "model_variable", "variable")
OURS = (
    "assert_scalar_int", "get_name_scope", "get_placeholders", "py_func",
    "reduce_sum_n", "remove_squeezable_dimensions", "with_same_shape",
    "with_shape")

# name -> its present place
MOVED = {
    "BoundedTensorSpec": "private.tensor_spec:BoundedTensorSpec",
    "RecordInput": "private.data_flow_ops:RecordInput",
    "TensorSpec": f"{_V1}:TensorSpec",
    "argsort": f"{_V1}:argsort",
    "assert_same_float_dtype": f"{_V1}:debugging.assert_same_float_dtype",
    "assert_scalar": f"{_V1}:assert_scalar",
    "convert_to_tensor_or_sparse_tensor":
        f"{_V1}:convert_to_tensor_or_sparse_tensor",
    "convolutional_delta_orthogonal":
        "private.init_ops:convolutional_delta_orthogonal",
    "convolutional_orthogonal_1d":
        "private.init_ops:convolutional_orthogonal_1d",
    "convolutional_orthogonal_2d":
        "private.init_ops:convolutional_orthogonal_2d",
    "convolutional_orthogonal_3d":
        "private.init_ops:convolutional_orthogonal_3d",
    "deprecated": "private.deprecation:deprecated",
    "deprecated_arg_values": "private.deprecation:deprecated_arg_values",
    "deprecated_args": "private.deprecation:deprecated_args",
    "get_graph_from_inputs": "private.framework_ops:_get_graph_from_inputs",
    "is_tensor": f"{_V1}:is_tensor",
    "load_and_remap_matrix_initializer":
        "private.checkpoint_ops:_load_and_remap_matrix_initializer",
    "load_embedding_initializer":
        "private.checkpoint_ops:_load_embedding_initializer",
    "prepend_name_scope": "private.framework_ops:prepend_name_scope",
    "smart_case": "private.smart_cond:smart_case",
    "smart_cond": "private.smart_cond:smart_cond",
    "smart_constant_value": "private.smart_cond:smart_constant_value",
    "sort": f"{_V1}:sort",
    "strip_name_scope": "private.framework_ops:strip_name_scope",
}

# The readers of checkpoints, whose first argument has another name today.
READERS = ("init_from_checkpoint", "list_variables", "load_checkpoint",
           "load_variable")
_OPS = "contrib.framework.python.ops"
_CHECKPOINTS = "contrib.framework.python.framework.checkpoint_utils"

MODULES = [
    Module("contrib.framework"),
    Module("contrib.framework.python"),
    Module("contrib.framework.python.framework"),
    Module(_CHECKPOINTS, "private.checkpoint_utils"),
    Module("contrib.framework.python.framework.tensor_util", _OURS),
    Module(_OPS),
    Module(f"{_OPS}.arg_scope", f"{_SLIM}.ops.arg_scope"),
    Module(f"{_OPS}.audio_ops"),
    Module(f"{_OPS}.checkpoint_ops"),
    Module(f"{_OPS}.ops"),
    Module(f"{_OPS}.script_ops"),
    Module(f"{_OPS}.sort_ops"),
    Module(f"{_OPS}.variables", f"{_SLIM}.ops.variables"),
]

# Modules of 1.15 -> names.
_MODULES = {
    "checkpoint_ops": ("load_and_remap_matrix_initializer",
                       "load_embedding_initializer"),
    "ops": ("get_graph_from_inputs", "get_name_scope"),
    "script_ops": ("py_func",),
    "sort_ops": ("argsort", "sort"),
}

ALIASES = [
    Alias("contrib.framework.nest", "python.util.nest"),
    Alias("contrib.framework.python.framework.nest", "python.util.nest"),
]

ROWS = [
    Row(f"{prefix}.{name}", new)
    for prefix in ("contrib.framework", _OPS,
                   "contrib.framework.python.framework")
    for name, new in (
        *((name, f"{_SLIM}.ops.arg_scope:{name}") for name in ARG_SCOPE),
        *((name, f"{_SLIM}.ops.variables:{name}") for name in VARIABLES),
        *((name, f"{_OURS}:{name}") for name in (*OURS, *READERS)),
        *MOVED.items())
] + [Row(f"{_CHECKPOINTS}.{name}", f"{_OURS}:{name}") for name in READERS
     ] + [Row(f"{_OPS}.{module}.{name}", MOVED.get(name, f"{_OURS}:{name}"))
          for module, names in _MODULES.items() for name in names
          ] + [Row(f"{_OPS}.audio_ops.{name}", f"private.gen_audio_ops:{name}")
               for name in ("audio_spectrogram", "decode_wav", "encode_wav",
                            "mfcc")]

GAPS = [
    Gap("contrib.framework.fuse_op",
        "graph fusion for the Hexagon experiments is not supported",
        "edit the nodes of the GraphDef directly"),
    Gap("contrib.framework.load_linear_multiclass_bias_initializer",
        "a loader for canned linear estimators is not supported",
        "read the values with tf.train.load_variable and use "
        "tf.constant_initializer"),
    Gap("contrib.framework.load_variable_slot_initializer",
        "a loader for canned linear estimators is not supported",
        "read the values with tf.train.load_variable and use "
        "tf.constant_initializer"),
    Gap("contrib.framework.zero_initializer",
        "its op was part of TensorFlow 1.15's contrib library",
        "use tf.assign(ref, tf.zeros_like(ref))"),
]
