"""What real programs of the time use.

Counted in 161 public programs with recurrent networks: names that two or more
of them use (private imports: one or more), without sequence-to-sequence, CRF
and what such programs took from other libraries.
"""

USED = {
    'recurrent and contrib, two programs or more': """
        TensorArray contrib.cudnn_rnn.CudnnGRU contrib.cudnn_rnn.CudnnLSTM
        contrib.data.group_by_window contrib.distributions.Bernoulli
        contrib.distributions.Categorical contrib.framework.get_global_step
        contrib.framework.get_or_create_global_step
        contrib.framework.get_variables contrib.framework.list_variables
        contrib.framework.load_checkpoint
        contrib.framework.nest.map_structure contrib.layers.dropout
        contrib.layers.embed_sequence contrib.layers.fully_connected
        contrib.layers.linear contrib.layers.optimize_loss
        contrib.layers.python.layers.batch_norm
        contrib.layers.variance_scaling_initializer
        contrib.layers.xavier_initializer contrib.learn.Estimator
        contrib.learn.ModeKeys.EVAL contrib.learn.ModeKeys.INFER
        contrib.learn.ModeKeys.TRAIN contrib.learn.models.linear_regression
        contrib.learn.preprocessing.VocabularyProcessor contrib.learn.run_n
        contrib.legacy_seq2seq.rnn_decoder
        contrib.legacy_seq2seq.sequence_loss
        contrib.legacy_seq2seq.sequence_loss_by_example
        contrib.metrics.streaming_mean contrib.rnn.BasicLSTMCell
        contrib.rnn.BasicRNNCell contrib.rnn.DropoutWrapper
        contrib.rnn.GRUCell contrib.rnn.LSTMBlockCell contrib.rnn.LSTMCell
        contrib.rnn.LSTMStateTuple contrib.rnn.MultiRNNCell
        contrib.rnn.NASCell contrib.rnn.OutputProjectionWrapper
        contrib.rnn.RNNCell contrib.rnn.ResidualWrapper
        contrib.rnn.stack_bidirectional_dynamic_rnn
        contrib.rnn.static_bidirectional_rnn contrib.rnn.static_rnn
        contrib.seq2seq.sequence_loss contrib.slim.arg_scope
        contrib.slim.avg_pool2d contrib.slim.batch_norm contrib.slim.conv2d
        contrib.slim.dataset.Dataset
        contrib.slim.dataset_data_provider.DatasetDataProvider
        contrib.slim.dropout contrib.slim.flatten
        contrib.slim.fully_connected contrib.slim.get_or_create_global_step
        contrib.slim.get_variables_to_restore contrib.slim.l2_regularizer
        contrib.slim.learning.create_train_op contrib.slim.learning.train
        contrib.slim.max_pool2d contrib.slim.model_analyzer.analyze_vars
        contrib.slim.python.slim.nets.inception_v3.inception_v3_base
        contrib.tensorboard.plugins.projector.ProjectorConfig
        contrib.tensorboard.plugins.projector.visualize_embeddings
        contrib.tfprof.model_analyzer.print_model_analysis
        contrib.training.HParams nn.bidirectional_dynamic_rnn
        nn.ctc_beam_search_decoder nn.ctc_greedy_decoder nn.ctc_loss
        nn.dynamic_rnn nn.embedding_lookup nn.raw_rnn nn.rnn
        nn.rnn_cell.BasicLSTMCell nn.rnn_cell.BasicRNNCell
        nn.rnn_cell.DropoutWrapper nn.rnn_cell.GRUCell nn.rnn_cell.LSTMCell
        nn.rnn_cell.LSTMStateTuple nn.rnn_cell.MultiRNNCell
        nn.rnn_cell.RNNCell nn.rnn_cell.ResidualWrapper nn.rnn_cell._linear
        nn.sampled_softmax_loss nn.seq2seq.embedding_attention_seq2seq
        nn.seq2seq.model_with_buckets nn.static_rnn
        python.ops.control_flow_ops.while_loop python.ops.ctc_ops.ctc_loss
        python.ops.rnn.bidirectional_dynamic_rnn
        python.ops.rnn.bidirectional_rnn python.ops.rnn.dynamic_rnn
        python.ops.rnn_cell.DropoutWrapper python.ops.rnn_cell.GRUCell
        python.ops.rnn_cell.LSTMCell python.ops.tensor_array_ops.TensorArray
        reverse_sequence sequence_mask while_loop
    """,
    'private imports, one program or more': """
        contrib.distributions.python.ops.bernoulli
        contrib.distributions.python.ops.bernoulli.Bernoulli
        contrib.distributions.python.ops.categorical
        contrib.distributions.python.ops.categorical.Categorical
        contrib.framework.python.ops.arg_scope
        contrib.layers.python.layers.batch_norm
        contrib.layers.python.layers.layers
        contrib.layers.python.layers.utils
        contrib.learn.python.learn.estimators.run_config
        contrib.learn.python.learn.estimators.run_config.RunConfig
        contrib.learn.python.learn.learn_runner
        contrib.learn.python.learn.learn_runner.run
        contrib.learn.python.learn.metric_spec
        contrib.learn.python.learn.metric_spec.MetricSpec
        contrib.metrics.python.ops.confusion_matrix_ops
        contrib.rnn.python.ops.core_rnn_cell
        contrib.rnn.python.ops.core_rnn_cell._Linear
        contrib.rnn.python.ops.core_rnn_cell._linear
        contrib.rnn.python.ops.rnn
        contrib.rnn.python.ops.rnn.stack_bidirectional_dynamic_rnn
        contrib.rnn.python.ops.rnn_cell
        contrib.rnn.python.ops.rnn_cell.NTMCell
        contrib.rnn.python.ops.rnn_cell.PhasedLSTMCell
        contrib.slim.python.slim.data.data_decoder
        contrib.slim.python.slim.data.data_decoder.DataDecoder
        contrib.slim.python.slim.data.data_provider
        contrib.slim.python.slim.data.data_provider.DataProvider
        contrib.slim.python.slim.data.parallel_reader
        contrib.slim.python.slim.data.parallel_reader.parallel_read
        contrib.slim.python.slim.data.tfexample_decoder
        contrib.slim.python.slim.data.tfexample_decoder.Image
        contrib.slim.python.slim.data.tfexample_decoder.ItemHandlerCallback
        contrib.slim.python.slim.data.tfexample_decoder.TFExampleDecoder
        contrib.slim.python.slim.data.tfexample_decoder.Tensor
        contrib.slim.python.slim.nets.inception_v3.inception_v3_base
        contrib.tfprof.python.tools.tfprof.tfprof_logger
        contrib.tfprof.python.tools.tfprof.tfprof_logger._get_logged_ops
        contrib.tfprof.python.tools.tfprof.tfprof_logger._merge_default_with_oplog
        examples.tutorials.mnist python.client.device_lib
        python.client.device_lib.list_local_devices python.client.timeline
        python.client.timeline.Timeline python.debug
        python.debug.LocalCLIDebugWrapperSession python.debug.has_inf_or_nan
        python.eager.context python.eager.context.in_graph_mode
        python.framework.common_shapes
        python.framework.common_shapes.unknown_shape
        python.framework.constant_op python.framework.constant_op.constant
        python.framework.dtypes python.framework.dtypes.bool
        python.framework.dtypes.float32 python.framework.dtypes.int32
        python.framework.function python.framework.function.Defun
        python.framework.op_def_registry
        python.framework.op_def_registry.get_registered_ops
        python.framework.ops python.framework.ops.RegisterShape
        python.framework.ops.Tensor python.framework.ops.colocate_with
        python.framework.ops.convert_to_tensor
        python.framework.ops.name_scope
        python.framework.ops.reset_default_graph
        python.framework.tensor_shape
        python.framework.tensor_shape.TensorShape
        python.framework.tensor_shape.unknown_shape
        python.framework.tensor_util
        python.framework.tensor_util.constant_value
        python.grappler.tf_optimizer
        python.grappler.tf_optimizer.OptimizeGraph python.layers.base
        python.layers.base.InputSpec python.layers.base._Layer
        python.layers.core python.layers.core.Dense python.ops.array_ops
        python.ops.array_ops.concat python.ops.array_ops.gather
        python.ops.array_ops.gather_nd python.ops.array_ops.rank
        python.ops.array_ops.reshape python.ops.array_ops.scatter_nd
        python.ops.array_ops.shape python.ops.array_ops.size
        python.ops.array_ops.slice python.ops.array_ops.split
        python.ops.array_ops.tile python.ops.array_ops.transpose
        python.ops.array_ops.where python.ops.array_ops.zeros
        python.ops.array_ops.zeros_like python.ops.check_ops
        python.ops.clip_ops python.ops.clip_ops.clip_by_value
        python.ops.control_flow_ops python.ops.control_flow_ops.cond
        python.ops.control_flow_ops.group python.ops.control_flow_ops.merge
        python.ops.control_flow_ops.switch
        python.ops.control_flow_ops.while_loop python.ops.ctc_ops
        python.ops.ctc_ops.ctc_beam_search_decoder
        python.ops.ctc_ops.ctc_loss python.ops.embedding_ops
        python.ops.embedding_ops.embedding_lookup python.ops.gen_array_ops
        python.ops.gen_array_ops._concat_v2 python.ops.init_ops
        python.ops.init_ops.constant_initializer
        python.ops.init_ops.random_normal_initializer
        python.ops.init_ops.random_uniform_initializer
        python.ops.init_ops.variance_scaling_initializer
        python.ops.init_ops.zeros_initializer python.ops.lookup_ops
        python.ops.lookup_ops.index_table_from_file
        python.ops.lookup_ops.index_table_from_tensor
        python.ops.lookup_ops.index_to_string_table_from_file
        python.ops.lookup_ops.index_to_string_table_from_tensor
        python.ops.math_ops python.ops.math_ops.abs python.ops.math_ops.add
        python.ops.math_ops.argmax python.ops.math_ops.cast
        python.ops.math_ops.equal python.ops.math_ops.exp
        python.ops.math_ops.logical_not python.ops.math_ops.logical_or
        python.ops.math_ops.matmul python.ops.math_ops.maximum
        python.ops.math_ops.multiply python.ops.math_ops.range
        python.ops.math_ops.reduce_all python.ops.math_ops.reduce_sum
        python.ops.math_ops.sigmoid python.ops.math_ops.sign
        python.ops.math_ops.tanh python.ops.nn_ops
        python.ops.nn_ops.bias_add python.ops.nn_ops.conv2d
        python.ops.nn_ops.relu python.ops.nn_ops.softmax
        python.ops.partitioned_variables python.ops.random_ops
        python.ops.random_ops.random_uniform python.ops.rnn
        python.ops.rnn._maybe_tensor_shape_from_tensor
        python.ops.rnn.bidirectional_dynamic_rnn
        python.ops.rnn.bidirectional_rnn python.ops.rnn.dynamic_rnn
        python.ops.rnn_cell python.ops.rnn_cell.BasicLSTMCell
        python.ops.rnn_cell.DropoutWrapper python.ops.rnn_cell.GRUCell
        python.ops.rnn_cell.LSTMCell python.ops.rnn_cell.LSTMStateTuple
        python.ops.rnn_cell.MultiRNNCell python.ops.rnn_cell.RNNCell
        python.ops.rnn_cell.ResidualWrapper python.ops.rnn_cell._linear
        python.ops.rnn_cell_impl python.ops.rnn_cell_impl.LSTMStateTuple
        python.ops.rnn_cell_impl.LayerRNNCell
        python.ops.rnn_cell_impl.RNNCell
        python.ops.rnn_cell_impl._LayerRNNCell
        python.ops.rnn_cell_impl._concat
        python.ops.rnn_cell_impl._like_rnncell python.ops.state_ops
        python.ops.state_ops.assign python.ops.state_ops.assign_add
        python.ops.tensor_array_ops python.ops.tensor_array_ops.TensorArray
        python.ops.variable_scope python.ops.variable_scope.get_variable
        python.ops.variable_scope.get_variable_scope
        python.ops.variable_scope.variable_scope python.platform.app
        python.platform.flags python.platform.flags.DEFINE_bool
        python.platform.flags.DEFINE_boolean
        python.platform.flags.DEFINE_float
        python.platform.flags.DEFINE_integer
        python.platform.flags.DEFINE_string python.platform.flags.FLAGS
        python.platform.gfile python.platform.gfile.Exists
        python.platform.gfile.FastGFile python.platform.gfile.GFile
        python.platform.tf_logging python.platform.tf_logging.INFO
        python.platform.tf_logging.info
        python.platform.tf_logging.set_verbosity
        python.platform.tf_logging.warn
        python.training.basic_session_run_hooks
        python.training.basic_session_run_hooks.SecondOrStepTimer
        python.training.monitored_session
        python.training.monitored_session.ChiefSessionCreator
        python.training.monitored_session.MonitoredSession
        python.training.moving_averages
        python.training.moving_averages.weighted_moving_average
        python.training.optimizer python.training.optimizer.Optimizer
        python.training.session_manager
        python.training.session_manager._ready python.util.nest
        python.util.nest.assert_same_structure python.util.nest.flatten
        python.util.nest.is_sequence python.util.nest.map_structure
        python.util.nest.pack_sequence_as
    """,
    'other symbols, three programs or more': """
        AUTO_REUSE ConfigProto FIFOQueue FixedLenFeature
        FixedLenSequenceFeature GPUOptions Graph GraphDef
        GraphKeys.GLOBAL_STEP GraphKeys.GLOBAL_VARIABLES
        GraphKeys.LOCAL_VARIABLES GraphKeys.TRAINABLE_VARIABLES
        GraphKeys.UPDATE_OPS IndexedSlices InteractiveSession Print
        RandomShuffleQueue RunMetadata RunOptions.FULL_TRACE Session
        SparseTensor Summary Summary.Value TFRecordReader Tensor TensorShape
        TensorSpec VarLenFeature Variable __version__ __version__.split abs
        add add_n add_to_collection all_variables app.flags.DEFINE_bool
        app.flags.DEFINE_boolean app.flags.DEFINE_float
        app.flags.DEFINE_integer app.flags.DEFINE_string app.flags.FLAGS
        app.flags.FLAGS.__flags app.run argmax assert_equal
        assert_less_equal assign bool boolean_mask cast clip_by_global_norm
        clip_by_norm clip_by_value compat.as_bytes compat.as_str concat cond
        constant constant_initializer control_dependencies convert_to_tensor
        cos cumsum data.Dataset.from_tensor_slices data.Dataset.zip
        data.TFRecordDataset data.TextLineDataset decode_raw device
        disable_v2_behavior div edit_distance equal errors.OutOfRangeError
        estimator.ModeKeys.PREDICT estimator.ModeKeys.TRAIN
        examples.tutorials.mnist.input_data.read_data_sets exp expand_dims
        fill flags.DEFINE_bool flags.DEFINE_boolean flags.DEFINE_float
        flags.DEFINE_integer flags.DEFINE_string flags.FLAGS float16 float32
        float64 gather gather_nd get_collection get_collection_ref
        get_default_graph get_default_session get_variable
        get_variable_scope gfile.DeleteRecursively gfile.Exists
        gfile.FastGFile gfile.GFile gfile.Glob gfile.IsDirectory
        gfile.MakeDirs gfile.Open global_norm global_variables
        global_variables_initializer gradients greater greater_equal group
        identity image.random_brightness image.random_contrast
        image.random_flip_left_right image.random_hue
        image.random_saturation image.resize_images import_graph_def
        initialize_all_variables int32 int64 is_nan layers.Dense
        layers.batch_normalization layers.conv1d layers.dense layers.dropout
        less less_equal local_variables_initializer log logging logging.INFO
        logging.error logging.fatal logging.info logging.set_verbosity
        logging.warn logging.warning logical_and logical_not logical_or
        losses.add_loss losses.get_total_loss losses.mean_squared_error
        map_fn matmul maximum merge_all_summaries metrics.accuracy
        metrics.mean minimum mod multinomial multiply name_scope newaxis
        nn.bias_add nn.conv2d nn.dropout nn.elu nn.l2_loss nn.l2_normalize
        nn.log_softmax nn.max_pool nn.nce_loss nn.relu nn.sigmoid
        nn.sigmoid_cross_entropy_with_logits nn.softmax
        nn.softmax_cross_entropy_with_logits nn.softplus
        nn.sparse_softmax_cross_entropy_with_logits nn.tanh nn.top_k
        nn.xw_plus_b no_op not_equal one_hot ones ones_initializer ones_like
        pad parse_single_example parse_single_sequence_example placeholder
        placeholder_with_default pow py_func python_io.TFRecordWriter
        python_io.tf_record_iterator random_normal random_normal_initializer
        random_uniform random_uniform_initializer range reduce_all
        reduce_logsumexp reduce_max reduce_mean reduce_min reduce_sum
        reset_default_graph reshape reverse round scalar_summary scatter_nd
        set_random_seed shape sigmoid sign sin size slice
        sparse_tensor_to_dense split sqrt square squeeze stack stop_gradient
        strided_slice string string_split subtract summary.FileWriter
        summary.Summary summary.histogram summary.image summary.merge
        summary.merge_all summary.scalar summary.text tanh tensordot
        test.gpu_device_name tile to_float to_int32 to_int64
        train.AdadeltaOptimizer train.AdagradOptimizer train.AdamOptimizer
        train.BytesList train.Coordinator train.Example
        train.ExponentialMovingAverage train.Feature train.Features
        train.GradientDescentOptimizer train.Int64List
        train.LoggingTensorHook train.MomentumOptimizer
        train.NewCheckpointReader train.RMSPropOptimizer train.Saver
        train.Scaffold train.SummaryWriter train.Supervisor
        train.SyncReplicasOptimizer train.checkpoint_exists
        train.exponential_decay train.get_checkpoint_state
        train.get_global_step train.get_or_create_global_step
        train.global_step train.import_meta_graph train.latest_checkpoint
        train.replica_device_setter train.start_queue_runners
        train.string_input_producer trainable_variables transpose
        truncated_normal truncated_normal_initializer uint8 unstack
        variable_scope variables_initializer where zeros zeros_initializer
        zeros_like
    """,
}

# Names of older 1.x releases that a gap names too.
OLDER = frozenset("""
    contrib.coder contrib.gan
    contrib.layers.embedding_lookup_sparse_with_distributed_aggregation
    contrib.layers.scattered_embedding_lookup
    contrib.layers.scattered_embedding_lookup_sparse
    contrib.layers.sparse_feature_cross
    contrib.learn.estimators contrib.learn.experiment
    contrib.learn.metric_spec contrib.learn.ops.categorical_variable
    contrib.learn.ops.dnn contrib.learn.ops.embedding_lookup
    contrib.learn.ops.rnn_decoder contrib.learn.ops.rnn_seq2seq
    contrib.learn.ops.seq2seq_inputs contrib.learn.ops.sequence_classifier
    contrib.learn.ops.split_squeeze
    contrib.learn.preprocessing.CategoricalProcessor
    contrib.learn.python.learn.head
    """.split())

# What of the above is refused, and what the message must say.
_GONE = "already gone in TensorFlow 1.15"
REFUSED = {
    "contrib.tfprof.python.tools.tfprof.tfprof_logger."
    "_merge_default_with_oplog": "not in TensorFlow 1.15",
    "python.layers.base._Layer": _GONE,
    "python.ops.gen_array_ops._concat_v2": _GONE,
}
