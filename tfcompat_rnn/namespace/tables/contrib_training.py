"""`tf.contrib.training`, `lookup` and `data`."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.contrib"
_SLIM = "tfcompat_rnn.namespace.contrib.slim_copy"
_V1 = "tensorflow.compat.v1"
_LOOKUP = "private.lookup_ops"
_DATA = "tensorflow.compat.v1:data.experimental"

_TRAINING = {
    "hparams": ("HParams", "parse_values"),
    "placement": ("GreedyLoadBalancingStrategy", "RandomStrategy",
                  "byte_size_load_fn"),
    "bucketing": ("bucket", "bucket_by_sequence_length"),
    "feeding_queues": ("FeedingQueueRunner",),
    "sequence_batches": ("batch_sequences_with_states",),
    "sequence_queues": ("NextQueuedSequenceBatch",
                        "SequenceQueueingStateSaver"),
    "resampling": ("resample_at_rate", "weighted_resample"),
    "sampling": ("rejection_sample", "stratified_sample"),
}
# What programs and tests reach for in sequence_queueing_state_saver, beyond
# the module with batch_sequences_with_states.
_SEQUENCES = {
    "sequence_checks": (
        "_SequenceInputWrapper", "_check_dimensions", "_check_multiple_of",
        "_check_rank", "_check_shape", "_prepare_sequence_inputs"),
    "sequence_queues": ("NextQueuedSequenceBatch",
                        "SequenceQueueingStateSaver"),
    "sparse_sequences": (
        "_SPARSE_CONTEXT_PREFIX_KEY", "_deconstruct_sparse_tensor_seq",
        "_move_sparse_tensor_in_context", "_move_sparse_tensor_out_context",
        "_reconstruct_sparse_tensor_seq", "_restore_sparse",
        "_store_sparse"),
}
_SAVER_MODULE = (
    "contrib.training.python.training.sequence_queueing_state_saver")
_SLIM_TRAINING = {
    "training": ("add_gradients_summaries", "clip_gradient_norms",
                 "clip_gradient_norms_fn", "create_train_op",
                 "multiply_gradients", "train"),
    "evaluation": ("StopAfterNEvalsHook", "SummaryAtEndHook",
                   "checkpoints_iterator", "evaluate_once",
                   "evaluate_repeatedly", "get_or_create_eval_step",
                   "wait_for_new_checkpoint"),
}
_LOOKUP_MOVED = {name: name for name in (
    "FastHashSpec", "HasherSpec", "IdTableWithHashBuckets",
    "InitializableLookupTableBase", "KeyValueTensorInitializer",
    "LookupInterface", "MutableHashTable", "StrongHashSpec",
    "TableInitializerBase", "TextFileIdTableInitializer", "TextFileIndex",
    "TextFileInitializer", "TextFileStringTableInitializer",
    "index_table_from_file", "index_to_string_table_from_file")}
_LOOKUP_MOVED["MutableDenseHashTable"] = "DenseHashTable"
_LOOKUP_OURS = (
    "HashTable", "index_table_from_tensor", "index_to_string",
    "index_to_string_table_from_tensor", "string_to_index",
    "string_to_index_table_from_file", "string_to_index_table_from_tensor")
_DATA_MOVED = (
    "AUTOTUNE", "Counter", "CsvDataset", "Optional", "RandomDataset",
    "Reducer", "SqlDataset", "TFRecordWriter", "bucket_by_sequence_length",
    "choose_from_datasets", "copy_to_device", "dense_to_sparse_batch",
    "enumerate_dataset", "get_next_as_optional", "get_single_element",
    "group_by_reducer", "group_by_window", "ignore_errors",
    "make_batched_features_dataset", "make_csv_dataset",
    "make_saveable_from_iterator", "map_and_batch", "parallel_interleave",
    "parse_example_dataset", "prefetch_to_device", "rejection_resample",
    "sample_from_datasets", "scan", "shuffle_and_repeat", "unbatch",
    "unique")
_DATA_OURS = (
    "batch_and_drop_remainder", "padded_batch_and_drop_remainder",
    "read_batch_features", "reduce_dataset", "sliding_window_batch",
    "sloppy_interleave")

MODULES = [
    Module("contrib.training"),
    Module("contrib.training.python.training.hparam", f"{_OURS}.hparams"),
    *(Module(f"contrib.training.python.training.{old}", f"{_OURS}.{new}")
      for old, new in (
          ("bucket_ops", "bucketing"), ("device_setter", "placement"),
          ("feeding_queue_runner", "feeding_queues"),
          ("resample", "resampling"), ("sampling_ops", "sampling"),
          ("sequence_queueing_state_saver", "sequence_batches"))),
    Module("contrib.training.python.training.training",
           f"{_SLIM}.training.training"),
    Module("contrib.training.python.training.evaluation",
           f"{_SLIM}.training.evaluation"),
    Module("contrib.lookup"),
    Module("contrib.lookup.lookup_ops"),
    Module("contrib.data"),
    Module("contrib.data.python.ops"),
]

ROWS = [
    *(Row(f"contrib.training.{name}", f"{_OURS}.{module}:{name}")
      for module, names in _TRAINING.items() for name in names),
    *(Row(f"{_SAVER_MODULE}.{name}", f"{_OURS}.{module}:{name}")
      for module, names in _SEQUENCES.items() for name in names),
    *(Row(f"contrib.training.{name}", f"{_SLIM}.training.{module}:{name}")
      for module, names in _SLIM_TRAINING.items() for name in names),
    *(Row(f"{prefix}.{old}", f"{_LOOKUP}:{new}")
      for prefix in ("contrib.lookup", "contrib.lookup.lookup_ops")
      for old, new in _LOOKUP_MOVED.items()),
    *(Row(f"{prefix}.{name}", f"{_OURS}.lookup:{name}")
      for prefix in ("contrib.lookup", "contrib.lookup.lookup_ops")
      for name in _LOOKUP_OURS),
    *(Row(f"contrib.data.{name}", f"{_DATA}.{name}") for name in _DATA_MOVED),
    *(Row(f"contrib.data.{name}", f"{_OURS}.data:{name}")
      for name in _DATA_OURS),
]

GAPS = [
    Gap("contrib.training.python.training.tuner.*",
        "was in TensorFlow 1.15 as the interface of tuners that were not part "
        "of it, and is not supported here",
        "derive your class from object, and search with keras_tuner or a loop"),
    Gap("contrib.data.CheckpointInputPipelineHook",
        "this hook for estimators is not supported",
        "save the iterator with tf.contrib.data.make_saveable_from_iterator"),
    Gap("contrib.data.LMDBDataset",
        "its op was part of TensorFlow 1.15's contrib library",
        "read with tf.data.Dataset.from_generator and the lmdb package"),
    Gap("contrib.data.assert_element_shape",
        "this check of tf.contrib.data is not supported",
        "use dataset.map with tf.ensure_shape"),
]
