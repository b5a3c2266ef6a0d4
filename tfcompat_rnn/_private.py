"""What this package uses of TensorFlow that TensorFlow does not publish.

Data only, for `_tf`, which does the looking up; importing this module imports
nothing. Every row says why no public name serves. `tests/test_tf.py` looks up
every row, so a row that a new TensorFlow breaks is found by name.
"""

import typing

NO_FALLBACK = object()


class Private(typing.NamedTuple):
  """One private module, or one symbol in it.

  fallback: what to use where it is missing; a string names a public symbol,
    "module:attribute".
  """
  module: str
  attribute: typing.Optional[str]
  reason: str
  fallback: object = NO_FALLBACK


class Attribute(typing.NamedTuple):
  """One private attribute of TensorFlow's objects.

  fallback: the value to use where the attribute is missing.
  """
  reason: str
  fallback: object = NO_FALLBACK


_NAMES = "tf.contrib or tensorflow.python.* of 1.15 had names from here"

_COLUMNS = ("the sequence columns of tf.contrib.feature_column are of 1.15's "
            "first kind, which TensorFlow does not export")

# name -> Private. Keep sorted by name.
PRIVATE = {
    "add_many_sparse_to_tensors_map": Private(
        "tensorflow.python.ops.sparse_ops", "_add_many_sparse_to_tensors_map",
        "sequence queues store sparse sequences; the operation is public, but "
        "not what finds its map again"),
    "array_ops": Private(
        "tensorflow.python.ops.array_ops", None,
        "seeds replace zeros, ones, split and the diagonals here"),
    "array_ops_stack": Private(
        "tensorflow.python.ops.array_ops_stack", None,
        "seeds: tf.unstack of a shape tells shape inference more than in "
        "1.15"),
    "assign_moving_average": Private(
        "tensorflow.python.training.moving_averages", "assign_moving_average",
        "weighted_resample averages a tensor; "
        "tf.train.ExponentialMovingAverage creates other variables"),
    "autograph": Private(
        "tensorflow", "__internal__.autograph",
        "model_rnn converts a model function as tf.function around it would"),
    "autograph_api": Private(
        "tensorflow.python.autograph.impl.api", None, _NAMES),
    "autograph_config": Private(
        "tensorflow.python.autograph.core.config", None,
        "AutoGraph leaves TensorFlow's functions as they are, and has no "
        "public way to add other packages to its list"),
    "autograph_converter": Private(
        "tensorflow.python.autograph.core.converter", None, _NAMES),
    "autotrackable": Private(
        "tensorflow.python.trackable.autotrackable", None, _NAMES),
    "backprop": Private(
        "tensorflow.python.eager.backprop", None, _NAMES),
    "basic_session_run_hooks": Private(
        "tensorflow.python.training.basic_session_run_hooks", None,
        "seeds: a hook calls Session.run more often than in 1.15"),
    "bijector_impl": Private(
        "tensorflow.python.ops.distributions.bijector_impl", None,
        "the base class of bijectors, which tf.distributions does not "
        "publish"),
    "check_ops": Private(
        "tensorflow.python.ops.check_ops", None,
        "seeds: some checks create other operations than in 1.15"),
    "checkpoint_objects": Private(
        "tensorflow.python.checkpoint.checkpoint", None, _NAMES),
    "checkpoint_ops": Private(
        "tensorflow.python.training.checkpoint_ops", None, _NAMES),
    "checkpoint_utils": Private(
        "tensorflow.python.training.checkpoint_utils", None, _NAMES),
    "clip_ops": Private(
        "tensorflow.python.ops.clip_ops", None,
        "seeds: clipping creates other operations than in 1.15"),
    "concrete_function": Private(
        "tensorflow.python.eager.polymorphic_function.concrete_function",
        "ConcreteFunction",
        "model_rnn traces a step once into a function that a v2 loop calls; "
        "tf.function would trace it twice if it creates variables"),
    "confusion_matrix": Private(
        "tensorflow.python.ops.confusion_matrix", None,
        "seeds: metrics create other operations than in 1.15"),
    "context": Private(
        "tensorflow.python.eager.context", None, _NAMES),
    "control_flow_ops": Private(
        "tensorflow.python.ops.control_flow_ops", None,
        "tf-slim looks for cond, case and while_loop here"),
    "control_flow_util": Private(
        "tensorflow.python.ops.control_flow_util", None,
        "decides which version of control flow a graph gets"),
    "core": Private(
        "tensorflow.core", None,
        "programs imported protocol buffers from tensorflow.core"),
    "current_control_dependencies": Private(
        "tensorflow.python.framework.ops",
        "Graph._current_control_dependencies",
        "an operation that was created once for several callers must not "
        "replace one that has to wait for its caller's control dependencies",
        fallback=lambda graph: ()),
    "data_flow_ops": Private(
        "tensorflow.python.ops.data_flow_ops", None, _NAMES),
    "data_nest": Private(
        "tensorflow.python.data.util.nest", None, _NAMES),
    "dataset_ops": Private(
        "tensorflow.python.data.ops.dataset_ops", None,
        "seeds replace the iterators of tf.data here"),
    "dataset_readers": Private(
        "tensorflow.python.data.ops.readers", None,
        "seeds: parallel_interleave makes its dataset here"),
    "debug": Private(
        "tensorflow.python.debug", None, _NAMES),
    "deprecation": Private(
        "tensorflow.python.util.deprecation", None, _NAMES),
    "distribute_lib": Private(
        "tensorflow.python.distribute.distribute_lib", None, _NAMES),
    "distributions_beta": Private(
        "tensorflow.python.ops.distributions.beta", None, _NAMES),
    "distributions_exponential": Private(
        "tensorflow.python.ops.distributions.exponential", None, _NAMES),
    "distributions_gamma": Private(
        "tensorflow.python.ops.distributions.gamma", None, _NAMES),
    "distributions_laplace": Private(
        "tensorflow.python.ops.distributions.laplace", None, _NAMES),
    "distributions_normal": Private(
        "tensorflow.python.ops.distributions.normal", None, _NAMES),
    "distributions_student_t": Private(
        "tensorflow.python.ops.distributions.student_t", None, _NAMES),
    "distributions_util": Private(
        "tensorflow.python.ops.distributions.util", None,
        "1.15's helpers of distributions, some of which "
        "tf.contrib.distributions published"),
    "eager_execute": Private(
        "tensorflow.python.eager.execute", None,
        "Graph.create_op does not tell a tf.GradientTape what it creates"),
    "eager_mode": Private(
        "tensorflow.python.eager.context", "eager_mode",
        "export --check runs a Keras layer in a program that has turned "
        "eager execution off"),
    "einsum_v1": Private(
        "tensorflow.python.ops.special_math_ops", "_einsum_v1",
        "seeds: 1.15's einsum, which TensorFlow keeps beside the new one"),
    "embedding_ops": Private(
        "tensorflow.python.ops.embedding_ops", None,
        "seeds replace embedding_lookup_sparse here"),
    "error_interpolation": Private(
        "tensorflow.python.framework.error_interpolation", None,
        "the message of a run's error begins with the reason, as in 1.15"),
    "events_writer": Private(
        "tensorflow.python.client._pywrap_events_writer", "EventsWriter",
        "pywrap_tensorflow.EventsWriter of 1.15"),
    "experimental_readers": Private(
        "tensorflow.python.data.experimental.ops.readers", None,
        "seeds: make_csv_dataset and its kin shuffle and repeat here"),
    "fc_categorical_column_with_hash_bucket": Private(
        "tensorflow.python.feature_column.feature_column",
        "_categorical_column_with_hash_bucket", _COLUMNS),
    "fc_categorical_column_with_identity": Private(
        "tensorflow.python.feature_column.feature_column",
        "_categorical_column_with_identity", _COLUMNS),
    "fc_categorical_column_with_vocabulary_file": Private(
        "tensorflow.python.feature_column.feature_column",
        "_categorical_column_with_vocabulary_file", _COLUMNS),
    "fc_categorical_column_with_vocabulary_list": Private(
        "tensorflow.python.feature_column.feature_column",
        "_categorical_column_with_vocabulary_list", _COLUMNS),
    "fc_lazy_builder": Private(
        "tensorflow.python.feature_column.feature_column",
        "_LazyBuilder", _COLUMNS),
    "fc_sequence_categorical_column": Private(
        "tensorflow.python.feature_column.feature_column",
        "_SequenceCategoricalColumn", _COLUMNS),
    "fc_sequence_dense_column": Private(
        "tensorflow.python.feature_column.feature_column",
        "_SequenceDenseColumn", _COLUMNS),
    "fc_sequence_length": Private(
        "tensorflow.python.feature_column.utils",
        "sequence_length_from_sparse_tensor", _COLUMNS),
    "feature_column_v1": Private(
        "tensorflow.python.feature_column.feature_column", None,
        "seeds: a column of identities checks its input, as in 1.15"),
    "feature_column_v2": Private(
        "tensorflow.python.feature_column.feature_column_v2", None,
        "seeds: a column of identities checks its input, as in 1.15"),
    "framework_ops": Private(
        "tensorflow.python.framework.ops", None,
        "seeds: operations are created, and gradients registered, here"),
    "ftrl": Private(
        "tensorflow.python.training.ftrl", None,
        "seeds: the optimizer creates other operations than in 1.15"),
    "func_graph": Private(
        "tensorflow.python.framework.func_graph", None,
        "model_rnn traces a step as tf.while_loop traces a v2 body, with the "
        "collections of the graph around it"),
    "function_type": Private(
        "tensorflow.core.function.polymorphism.function_type",
        "from_structured_signature",
        "a function made from a traced graph needs its type"),
    "functional_saver": Private(
        "tensorflow.python.checkpoint.functional_saver", None, _NAMES),
    "gen_audio_ops": Private(
        "tensorflow.python.ops.gen_audio_ops", None, _NAMES),
    "gen_training_ops": Private(
        "tensorflow.python.ops.gen_training_ops", None, _NAMES),
    "get_grad_source": Private(
        "tensorflow.python.ops.tensor_array_grad", "_GetGradSource",
        "seeds: tells which call of tf.gradients a tensor array of gradients "
        "belongs to"),
    "global_step_read": Private(
        "tensorflow.python.training.training_util",
        "_get_or_create_global_step_read",
        "1.15's estimators read the global step before the model was built"),
    "gradient_descent": Private(
        "tensorflow.python.training.gradient_descent", None,
        "seeds: the optimizer creates other operations than in 1.15"),
    "gradients_util": Private(
        "tensorflow.python.ops.gradients_util", None,
        "seeds: tf.gradients names its first operations as 1.15 did"),
    "graph_function": Private(
        "tensorflow.python.framework.ops", "Graph._get_function",
        "the placement report looks into the bodies of v2 loops, which are "
        "functions of the graph"),
    "identity_bijector": Private(
        "tensorflow.python.ops.distributions.identity_bijector", None,
        "the bijector of a TransformedDistribution without one"),
    "image_ops": Private(
        "tensorflow.python.ops.image_ops_impl", None,
        "seeds replace parts of tf.image here"),
    "indexed_slices": Private(
        "tensorflow.python.framework.indexed_slices", None, _NAMES),
    "init_ops": Private(
        "tensorflow.python.ops.init_ops", None, _NAMES),
    "iterator_ops": Private(
        "tensorflow.python.data.ops.iterator_ops", None,
        "seeds replace the initializers of iterators here"),
    "kernels": Private(
        "tensorflow.python.framework.kernels", None,
        "the placement report asks TensorFlow's registry which kernels "
        "exist"),
    "learning_rate_schedule": Private(
        "tensorflow.python.keras.optimizer_v2.learning_rate_schedule", None,
        "seeds: tf.train.polynomial_decay creates other operations than in "
        "1.15"),
    "legacy_backend": Private(
        "tensorflow.python.keras.backend", None,
        "tf.layers called with training=None read the learning phase that "
        "TensorFlow's own v1 layers read"),
    "legacy_backend_variables": Private(
        "tensorflow.python.keras.backend", "_get_variables",
        "a session of Keras initialized what tf.layers made, too"),
    "legacy_constraints": Private(
        "tensorflow.python.keras.constraints", None,
        "the constraint arguments of tf.layers.BatchNormalization are "
        "resolved as TensorFlow's own v1 layers resolve theirs"),
    "legacy_convolutional": Private(
        "tensorflow.python.keras.layers.convolutional", None,
        "seeds replace methods of the base classes of tf.layers' "
        "convolutions here"),
    "legacy_initializers": Private(
        "tensorflow.python.keras.initializers", None,
        "the initializer arguments of tf.layers.BatchNormalization are "
        "resolved as TensorFlow's own v1 layers resolve theirs"),
    "legacy_input_spec": Private(
        "tensorflow.python.layers.base", "InputSpec",
        "tf.layers.InputSpec is not exported under Keras 3"),
    "legacy_keras": Private(
        "tensorflow.python.keras", None,
        "tells a cell that is derived from TensorFlow's own copy of Keras"),
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
        "tf.layers is not exported under Keras 3; TensorFlow keeps the v1 "
        "layer classes here"),
    "legacy_regularizers": Private(
        "tensorflow.python.keras.regularizers", None,
        "the regularizer arguments of tf.layers.BatchNormalization are "
        "resolved as TensorFlow's own v1 layers resolve theirs"),
    "lite_python": Private("tensorflow.lite.python", None, _NAMES),
    "logging_ops": Private(
        "tensorflow.python.ops.logging_ops", None, _NAMES),
    "lookup_ops": Private(
        "tensorflow.python.ops.lookup_ops", None,
        "the tables and functions of tf.contrib.lookup are here; tf.lookup "
        "publishes a few of them"),
    "math_grad": Private(
        "tensorflow.python.ops.math_grad", None,
        "seeds: gradients create as many operations as in 1.15"),
    "math_ops": Private(
        "tensorflow.python.ops.math_ops", None,
        "seeds: functions create as many operations as in 1.15"),
    "maybe_colocate_with": Private(
        "tensorflow.python.ops.gradients_util", "_maybe_colocate_with",
        "seeds: the first gradients are placed as TensorFlow places them"),
    "meta_graph": Private(
        "tensorflow.python.framework.meta_graph", None, _NAMES),
    "metrics_impl": Private(
        "tensorflow.python.ops.metrics_impl", None,
        "seeds: its divisions have 1.15's names"),
    "nest": Private(
        "tensorflow.python.util.nest", None,
        "flatten_up_to is not in the public tf.nest"),
    "nn": Private(
        "tensorflow.python.ops.nn", None,
        "seeds replace swish here"),
    "nn_impl": Private(
        "tensorflow.python.ops.nn_impl", None,
        "seeds replace weighted_moments here"),
    "nn_ops": Private(
        "tensorflow.python.ops.nn_ops", None,
        "seeds replace dropout and convolution here"),
    "object_graph": Private(
        "tensorflow.core.protobuf.trackable_object_graph_pb2",
        "TrackableObjectGraph", _NAMES),
    "object_graph_view": Private(
        "tensorflow.python.checkpoint.graph_view", None, _NAMES),
    "op_def_library": Private(
        "tensorflow.python.framework.op_def_library", None,
        "seeds: the inputs of every operation pass through here"),
    "op_def_registry": Private(
        "tensorflow.python.framework.op_def_registry", None,
        "no public function gives the definition of an operation, which "
        "programs looked up with get_registered_ops()"),
    "parallel_for": Private(
        "tensorflow.python.ops.parallel_for.control_flow_ops", None, _NAMES),
    "parallel_gradients": Private(
        "tensorflow.python.ops.parallel_for.gradients", None, _NAMES),
    "parse_saved_model": Private(
        "tensorflow.python.saved_model.loader_impl", "parse_saved_model",
        "reads the signatures of a saved model without loading its graph"),
    "parsing_ops": Private(
        "tensorflow.python.ops.parsing_ops", None,
        "seeds replace the parsers of examples here"),
    "partitioned_variable": Private(
        "tensorflow.python.ops.variables", "PartitionedVariable",
        "tf.get_variable with a partitioner returns one; the class is not "
        "exported"),
    "profiler": Private(
        "tensorflow.python.profiler.model_analyzer", None,
        "tf.contrib.tfprof published its ALL_ADVICE; tf.profiler does not"),
    "public_v1": Private(
        "tensorflow._api.v2.compat.v1", None,
        "modules of tf.compat.v1 give this as their name"),
    "python": Private(
        "tensorflow.python", None,
        "programs imported private paths; what TensorFlow still has under a "
        "path of 1.15 is used from there"),
    "random_ops": Private(
        "tensorflow.python.ops.random_ops", None,
        "seeds replace random_uniform and random_gamma here"),
    "random_seed": Private(
        "tensorflow.python.framework.random_seed", None,
        "random operations get their seeds from this module; a get_seed that "
        "is replaced there must reach our dropout too, and tf.get_seed is "
        "bound at import", fallback="tensorflow.compat.v1:random"),
    "ref_variable": Private(
        "tensorflow.python.ops.ref_variable", None, _NAMES),
    "remove_squeezable_dimensions": Private(
        "tensorflow.python.ops.confusion_matrix",
        "remove_squeezable_dimensions",
        "tf.contrib.framework published it; tf does not"),
    "resource_variable_ops": Private(
        "tensorflow.python.ops.resource_variable_ops", None,
        "seeds: reading rows creates other operations than in 1.15"),
    "resource_variables_toggle": Private(
        "tensorflow.python.ops.resource_variables_toggle", None,
        "seeds: the default kind of variable is decided here"),
    "resources": Private(
        "tensorflow.python.ops.resources", None,
        "tf.contrib.learn.run_n initialized shared resources"),
    "restore_sparse_tensors": Private(
        "tensorflow.python.training.input", "_restore_sparse_tensors",
        "bucket queues sparse tensors as tf.train.batch does"),
    "rnn": Private(
        "tensorflow.python.ops.rnn", None, _NAMES),
    "rnn_cell_impl": Private(
        "tensorflow.python.ops.rnn_cell_impl", None,
        "bench: TensorFlow's own 1.x cells, which it no longer exports"),
    "saved_model_paths": Private(
        "tensorflow.python.saved_model.path_helpers", None, _NAMES),
    "saver": Private(
        "tensorflow.python.training.saver", None,
        "seeds: a sharded saver creates other operations than in 1.15"),
    "session": Private(
        "tensorflow.python.client.session", None,
        "seeds: all kinds of sessions take their configuration here"),
    "should_cache": Private(
        "tensorflow.python.ops.rnn", "_should_cache",
        "whether a loop may read a variable once for all steps; the loops of "
        "TensorFlow ask it"),
    "should_use_helper": Private(
        "tensorflow.python.util.tf_should_use", "_TFShouldUseHelper",
        "its notices while Python exits would bury the program's error"),
    "smart_cond": Private(
        "tensorflow.python.framework.smart_cond", None, _NAMES),
    "sparse_tensor": Private(
        "tensorflow.python.framework.sparse_tensor", None,
        "seeds replace how a dataset's sparse elements are unpacked"),
    "special_math_ops": Private(
        "tensorflow.python.ops.special_math_ops", None,
        "seeds replace einsum here"),
    "stack": Private(
        "tensorflow.python.framework.stack", None, _NAMES),
    "stateless_random_ops": Private(
        "tensorflow.python.ops.stateless_random_ops", None,
        "seeds replace those of tf.random.stateless_* that 1.15 had here"),
    "store_sparse_tensors": Private(
        "tensorflow.python.training.input", "_store_sparse_tensors",
        "bucket queues sparse tensors as tf.train.batch does"),
    "summary_ops_v2": Private(
        "tensorflow.python.ops.summary_ops_v2", None, _NAMES),
    "sync_replicas_optimizer": Private(
        "tensorflow.python.training.sync_replicas_optimizer", None,
        "seeds: the optimizer creates other operations than in 1.15"),
    "take_many_sparse_from_tensors_map": Private(
        "tensorflow.python.ops.sparse_ops",
        "_take_many_sparse_from_tensors_map",
        "sequence queues take sparse sequences out of the map in which "
        "add_many_sparse_to_tensors_map has put them"),
    "tensor_array_ops": Private(
        "tensorflow.python.ops.tensor_array_ops", None,
        "seeds replace methods of the graph's TensorArray here"),
    "tensor_bundle": Private(
        "tensorflow.core.protobuf.tensor_bundle_pb2", None,
        "the entries of a checkpoint's index, which is checked before "
        "TensorFlow's reader opens it"),
    "tensor_class": Private(
        "tensorflow", "Tensor",
        "seeds replace the slicing of a tensor here"),
    "tensor_getitem": Private(
        "tensorflow.python.ops.tensor_getitem_override", None,
        "seeds replace the slicing of a variable here"),
    "tensor_spec": Private(
        "tensorflow.python.framework.tensor_spec", None, _NAMES),
    "test_util": Private(
        "tensorflow.python.framework.test_util", None, _NAMES),
    "tfprof_logger": Private(
        "tensorflow.python.profiler.tfprof_logger", None, _NAMES),
    "trackable": Private(
        "tensorflow.python.trackable", None, _NAMES),
    "trackable_base": Private(
        "tensorflow.python.trackable.base", "Trackable",
        "cells can be saved with tf.train.Checkpoint; of its public "
        "relatives, tf.Module tracks every attribute, which 1.15's cells did "
        "not, and replaces lists by wrappers"),
    "transform_graph": Private(
        "tensorflow.python.util._pywrap_transform_graph", None,
        "tensorflow.tools.graph_transforms of 1.15; TensorFlow keeps the "
        "tool, but not its Python interface"),
    "v1_layers_core": Private(
        "tensorflow.python.layers.core", None,
        "tf-slim looks for dropout and flatten here"),
    "v1_layers_normalization": Private(
        "tensorflow.python.layers.normalization", None,
        "tf-slim looks for batch_normalization here"),
    "variable_def": Private(
        "tensorflow.core.framework.variable_pb2", "VariableDef",
        "checkpoints: a meta graph describes its variables with it; the "
        "class is not exported"),
    "variable_scope": Private(
        "tensorflow.python.ops.variable_scope", None,
        "seeds: get_variable applies regularizers here"),
    "weights_broadcast_ops": Private(
        "tensorflow.python.ops.weights_broadcast_ops", None,
        "Keras: losses broadcast their weights with it"),
}

_FTRL = ("seeds: 1.15's version of this method, which TensorFlow calls, uses "
         "them")
_CONTEXT = ("tells and sets which while_loop or cond the next operations "
            "belong to")

# "class.attribute" -> Attribute. Keep sorted by name.
ATTRIBUTES = {
    "AdagradOptimizer._learning_rate_tensor": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "AdamOptimizer._beta1": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "AdamOptimizer._beta1_t": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "AdamOptimizer._beta2_t": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "AdamOptimizer._epsilon_t": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "AdamOptimizer._get_beta_accumulators": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "AdamOptimizer._lr_t": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    **{f"BaseSession.{name}": Attribute(
        "seeds: a session whose loops draw random numbers is opened again "
        "with another configuration before its first run")
       for name in ("_config", "_session", "_target")},
    "Bijector._is_injective": Attribute(
        "whether a bijector has one inverse or several"),
    "Bijector._name_scope": Attribute(
        "operations of a bijector are named after it, as in 1.15"),
    "CheckpointSaverHook._steps_per_run": Attribute(
        "seeds: how many steps one call of Session.run makes"),
    "ConcreteFunction._call_flat": Attribute(
        "model_rnn calls a traced step with tensors that replace the ones it "
        "captured"),
    "DatasetV2._flat_structure": Attribute(
        "seeds: what an operation that takes a dataset must be told"),
    "DatasetV2._variant_tensor": Attribute(
        "seeds: the tensor that stands for a dataset"),
    "DatasetV2._variant_tensor_attr": Attribute(
        "seeds: an iterator is made of a copy of the pipeline"),
    "DefunGraph._captured": Attribute(
        "seeds: 1.15 chose the version of control flow by it"),
    "Distribution._expand_sample_shape_to_vector": Attribute(
        "TransformedDistribution replaces the method that calls it"),
    "Distribution._graph_parents": Attribute(
        "a distribution made of others passes on the tensors that those "
        "were made of"),
    "Distribution._name_scope": Attribute(
        "operations of a distribution are named after it, as in 1.15"),
    "Distribution._set_sample_static_shape": Attribute(
        "TransformedDistribution replaces the method that calls it"),
    **{f"FtrlOptimizer._{name}": Attribute(_FTRL) for name in (
        "accum_name", "adjusted_l2_regularization_strength_tensor",
        "initial_accumulator_value", "l1_regularization_strength",
        "l1_regularization_strength_tensor", "l2_regularization_strength",
        "l2_shrinkage_regularization_strength",
        "l2_shrinkage_regularization_strength_tensor", "learning_rate",
        "learning_rate_power", "learning_rate_power_tensor",
        "learning_rate_tensor", "linear_name")},
    "FtrlOptimizer._beta": Attribute(
        "seeds: 1.15's FtrlOptimizer had no beta", fallback=0),
    "GradLoopState._grad_sync": Attribute(
        "seeds: the trigger that the first value from the forward loop "
        "creates"),
    "GradientDescentOptimizer._learning_rate": Attribute(
        "seeds: 1.15 used the rate as it was given, not the tensor made "
        "from it"),
    "Graph._c_graph": Attribute(
        "seeds: a session is opened with the runtime's graph"),
    "Graph._collections": Attribute(
        "model_rnn traces a step with the collections of the graph around "
        "it"),
    "Graph._get_control_flow_context": Attribute(_CONTEXT),
    "Graph._gradient_override_map": Attribute(
        "executions and model_rnn: gradient_override_map around a loop holds "
        "for the step that is traced"),
    "Graph._set_control_flow_context": Attribute(_CONTEXT),
    "Layer._make_unique_name": Attribute(
        "tfe.Network: networks and layers of a graph are numbered together"),
    "Layer._non_trainable_weights": Attribute(
        "Keras: the variables of a 1.x cell belong to the layer around it"),
    "Layer._scope": Attribute(
        "1.15's BatchNormalization creates its statistics in this scope "
        "without the partitioner"),
    "Layer._stateful": Attribute(
        "Keras: whether a layer itself is stateful, not those inside it"),
    "Layer._trainable_weights": Attribute(
        "Keras: the variables of a 1.x cell belong to the layer around it"),
    "Operation._get_control_flow_context": Attribute(
        "seeds: whether a random operation is in a loop"),
    "Optimizer._create_non_slot_variable": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "Optimizer._get_non_slot_variable": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "Optimizer._get_or_make_slot": Attribute(
        "seeds: creates a slot from 1.15's constant"),
    "Optimizer._name": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "Optimizer._use_locking": Attribute(
        "optimizers of tf.contrib.opt are made of it"),
    "Optimizer._zeros_slot": Attribute(
        "seeds: creates a slot of zeros"),
    "SequenceDenseColumn._get_sequence_dense_tensor": Attribute(_COLUMNS),
    "SequenceDenseColumn._var_scope_name": Attribute(_COLUMNS),
    "SequenceDenseColumn._variable_shape": Attribute(_COLUMNS),
    "Trackable._add_variable_with_custom_getter": Attribute(
        "restores a variable from a checkpoint when a cell creates it"),
    "Trackable._track_trackable": Attribute(
        "cells and wrappers say what a checkpoint saves with them"),
    "Trackable._trackable_children": Attribute(
        "a copy of a cell tracks copies of what the cell tracks"),
    "Variable._graph_element": Attribute(
        "the tensor that a session fetches for a variable; reading it "
        "creates no operation", fallback=None),
    "Variable._save_slice_info": Attribute(
        "what part of a partitioned variable this one is: a saver stores it "
        "under the name of the whole", fallback=None),
}
