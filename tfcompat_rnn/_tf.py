"""The one door to TensorFlow.

Every other module says `from tfcompat_rnn._tf import tf`. What TensorFlow
does not publish is looked up here and nowhere else: each row of `PRIVATE`
carries its reason, and a missing one raises `PrivateSymbolError` by name.
"""

import importlib
import re
import typing

import tensorflow as tf2
import tensorflow.compat.v1 as tf

from tfcompat_rnn import _errors

MINIMUM = (2, 16)
MAXIMUM = (2, 21)


def version_tuple(version):
  """`"2.21.0-rc1"` -> `(2, 21)`."""
  found = re.match(r"(\d+)\.(\d+)", version)
  return (int(found.group(1)), int(found.group(2))) if found else (0, 0)


def check_version(version=None):
  """Raises `UnsupportedTensorFlowError` below 2.16. Newer ones may work."""
  version = version or tf2.__version__
  if version_tuple(version) < MINIMUM:
    raise _errors.UnsupportedTensorFlowError(_errors.problem(
        "tensorflow", "be 2.16 to 2.21", version,
        "pip install 'tensorflow>=2.16,<2.22'"))
  return version


check_version()


class Private(typing.NamedTuple):
  """One private symbol: where it is, and why no public one serves."""
  module: str
  attribute: str
  reason: str
  fallback: object = None


# name -> Private. Keep sorted by name.
PRIVATE = {
    "array_ops": Private(
        "tensorflow.python.ops.array_ops", None,
        "seeds: zeros, ones, split and the diagonals are replaced here"),
    "check_ops": Private(
        "tensorflow.python.ops.check_ops", None,
        "seeds: some checks leave other operations than 1.15"),
    "clip_ops": Private(
        "tensorflow.python.ops.clip_ops", None,
        "seeds: clipping leaves other operations than 1.15"),
    "concrete_function": Private(
        "tensorflow.python.eager.polymorphic_function.concrete_function",
        "ConcreteFunction",
        "model_rnn traces a step once into a function that a v2 loop calls; "
        "tf.function would trace it twice where it makes variables"),
    "confusion_matrix": Private(
        "tensorflow.python.ops.confusion_matrix", None,
        "seeds: metrics leaves other operations than 1.15"),
    "control_flow_util": Private(
        "tensorflow.python.ops.control_flow_util", None,
        "seeds: which control flow a graph gets is decided here"),
    "current_control_dependencies": Private(
        "tensorflow.python.framework.ops",
        "Graph._current_control_dependencies",
        "an op built once for several callers must not stand in for one that "
        "is to wait for what its caller says", fallback=lambda graph: ()),
    "dataset_ops": Private(
        "tensorflow.python.data.ops.dataset_ops", None,
        "seeds: iterators of tf.data are replaced here"),
    "eager_mode": Private(
        "tensorflow.python.eager.context", "eager_mode",
        "export --check runs a Keras layer in a program that has ended eager "
        "execution"),
    "embedding_ops": Private(
        "tensorflow.python.ops.embedding_ops", None,
        "seeds: embedding_lookup_sparse is replaced here"),
    "framework_ops": Private(
        "tensorflow.python.framework.ops", None,
        "seeds: operations are made, and gradients registered, here"),
    "ftrl": Private(
        "tensorflow.python.training.ftrl", None,
        "seeds: the optimizer leaves other operations than 1.15"),
    "func_graph": Private(
        "tensorflow.python.framework.func_graph", None,
        "model_rnn traces a step as tf.while_loop traces a v2 body, with the "
        "collections of the graph around it"),
    "function_type": Private(
        "tensorflow.core.function.polymorphism.function_type",
        "from_structured_signature",
        "a function made of a traced graph wants its type"),
    "gradient_descent": Private(
        "tensorflow.python.training.gradient_descent", None,
        "seeds: the optimizer leaves other operations than 1.15"),
    "gradients_util": Private(
        "tensorflow.python.ops.gradients_util", None,
        "under the seeds of 1.15 tf.gradients names its first operations as "
        "1.15 did"),
    "graph_function": Private(
        "tensorflow.python.framework.ops", "Graph._get_function",
        "placement looks into the bodies of v2 loops, which are functions of "
        "the graph"),
    "image_ops": Private(
        "tensorflow.python.ops.image_ops_impl", None,
        "seeds: some of tf.image is replaced here"),
    "kernels": Private(
        "tensorflow.python.framework.kernels", None,
        "placement reads from TensorFlow's registry which kernels there are"),
    "learning_rate_schedule": Private(
        "tensorflow.python.keras.optimizer_v2.learning_rate_schedule", None,
        "seeds: tf.train.polynomial_decay leaves other operations than "
        "1.15"),
    "legacy_backend": Private(
        "tensorflow.python.keras.backend", None,
        "tf.layers called with training=None reads the learning phase that "
        "TensorFlow's own v1 layers read"),
    "legacy_constraints": Private(
        "tensorflow.python.keras.constraints", None,
        "the constraint arguments of tf.layers.BatchNormalization, resolved "
        "as the v1 layers beside it resolve theirs"),
    "legacy_convolutional": Private(
        "tensorflow.python.keras.layers.convolutional", None,
        "seeds: the bases of tf.layers' convolutions are replaced here"),
    "legacy_initializers": Private(
        "tensorflow.python.keras.initializers", None,
        "the initializer arguments of tf.layers.BatchNormalization, resolved "
        "as the v1 layers beside it resolve theirs"),
    "legacy_input_spec": Private(
        "tensorflow.python.layers.base", "InputSpec",
        "tf.layers.InputSpec is not exported under Keras 3"),
    "legacy_layer_base": Private(
        "tensorflow.python.layers.base", None,
        "tf.layers.Layer, InputSpec and tf.layers.experimental are not "
        "exported under Keras 3"),
    "legacy_layer_utils": Private(
        "tensorflow.python.layers.utils", None,
        "smart_cond and constant_value take bools, ints, variables and "
        "tensors alike; the public tf.cond does not"),
    "legacy_layers": Private(
        "tensorflow.python.layers.layers", None,
        "tf.layers is not exported under Keras 3; TensorFlow still carries "
        "the v1 layer classes here"),
    "legacy_regularizers": Private(
        "tensorflow.python.keras.regularizers", None,
        "the regularizer arguments of tf.layers.BatchNormalization, resolved "
        "as the v1 layers beside it resolve theirs"),
    "lookup_ops": Private(
        "tensorflow.python.ops.lookup_ops", None,
        "tf.contrib.lookup's tables and functions live here; tf.lookup "
        "publishes a few of them"),
    "math_grad": Private(
        "tensorflow.python.ops.math_grad", None,
        "under the seeds of 1.15 gradients leave as many operations behind "
        "as 1.15's did"),
    "math_ops": Private(
        "tensorflow.python.ops.math_ops", None,
        "under the seeds of 1.15 functions leave as many operations behind "
        "as 1.15's did"),
    "nest": Private(
        "tensorflow.python.util.nest", None,
        "flatten_up_to is not in the public tf.nest"),
    "nn": Private(
        "tensorflow.python.ops.nn", None,
        "seeds: swish is replaced here"),
    "nn_impl": Private(
        "tensorflow.python.ops.nn_impl", None,
        "seeds: weighted_moments is replaced here"),
    "nn_ops": Private(
        "tensorflow.python.ops.nn_ops", None,
        "seeds: dropout and convolution are replaced here"),
    "op_def_library": Private(
        "tensorflow.python.framework.op_def_library", None,
        "seeds: every operation's inputs pass here"),
    "op_def_registry": Private(
        "tensorflow.python.framework.op_def_registry", None,
        "programs asked get_registered_ops() for what is registered; no "
        "public function tells"),
    "parsing_ops": Private(
        "tensorflow.python.ops.parsing_ops", None,
        "seeds: the parsers of examples are replaced here"),
    "profiler": Private(
        "tensorflow.python.profiler.model_analyzer", None,
        "tf.contrib.tfprof published its ALL_ADVICE; tf.profiler does not"),
    "random_ops": Private(
        "tensorflow.python.ops.random_ops", None,
        "seeds: random_uniform and random_gamma are replaced here"),
    "random_seed": Private(
        "tensorflow.python.framework.random_seed", None,
        "random ops ask this module for their seeds; a get_seed that is "
        "repaired there must reach our dropout too, and tf.get_seed is "
        "bound at import", fallback=tf.random),
    "remove_squeezable_dimensions": Private(
        "tensorflow.python.ops.confusion_matrix",
        "remove_squeezable_dimensions",
        "tf.contrib.framework published it; tf does not"),
    "resource_variable_ops": Private(
        "tensorflow.python.ops.resource_variable_ops", None,
        "seeds: reading rows leaves other operations than 1.15"),
    "resource_variables_toggle": Private(
        "tensorflow.python.ops.resource_variables_toggle", None,
        "seeds: what kind of variable is the default is decided here"),
    "saver": Private(
        "tensorflow.python.training.saver", None,
        "seeds: a sharded saver leaves other operations than 1.15"),
    "special_math_ops": Private(
        "tensorflow.python.ops.special_math_ops", None,
        "seeds: einsum is replaced here, by 1.15's that lies beside it"),
    "stateless_random_ops": Private(
        "tensorflow.python.ops.stateless_random_ops", None,
        "seeds: what 1.15 had of tf.random.stateless_* is replaced here"),
    "sync_replicas_optimizer": Private(
        "tensorflow.python.training.sync_replicas_optimizer", None,
        "seeds: the optimizer leaves other operations than 1.15"),
    "tensor_array_grad": Private(
        "tensorflow.python.ops.tensor_array_grad", None,
        "which call of tf.gradients a gradient tensor array belongs to is "
        "told by a private function"),
    "tensor_array_ops": Private(
        "tensorflow.python.ops.tensor_array_ops", None,
        "seeds: the TensorArray of graphs is replaced here"),
    "tensor_class": Private(
        "tensorflow", "Tensor",
        "seeds: slicing a tensor is replaced here"),
    "tensor_getitem": Private(
        "tensorflow.python.ops.tensor_getitem_override", None,
        "seeds: slicing a variable is replaced here"),
    "variable_def": Private(
        "tensorflow.core.framework.variable_pb2", "VariableDef",
        "checkpoints: what a meta graph says of its variables; the class is "
        "not exported"),
    "variable_scope": Private(
        "tensorflow.python.ops.variable_scope", None,
        "seeds: get_variable applies regularizers here"),
}

_cache = {}


def private(name):
  """The private symbol (or module) of the row `name` in `PRIVATE`.

  Raises `PrivateSymbolError` if this TensorFlow has it no more and the row
  has no fallback.
  """
  if name not in _cache:
    row = PRIVATE[name]
    try:
      value = importlib.import_module(row.module)
      if row.attribute:
        for part in row.attribute.split("."):
          value = getattr(value, part)
    except (ImportError, AttributeError) as error:
      if row.fallback is None:
        where = row.module + (f".{row.attribute}" if row.attribute else "")
        raise _errors.PrivateSymbolError(
            f"TensorFlow {tf2.__version__} has no {where} ({row.reason}); "
            "use a TensorFlow from 2.16 to 2.21") from error
      value = row.fallback
    _cache[name] = value
  return _cache[name]


def real_module(name):
  """Imports the real module `name` (`tensorflow.python.…`) of today.

  For the namespace, whose work is to map old private paths to what is left of
  them. Raises ImportError as `import` does.
  """
  return importlib.import_module(name)
