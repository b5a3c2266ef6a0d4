"""`tf.contrib.layers`: tf-slim's (a repaired copy), and what it lacks."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_SLIM = "tfcompat_rnn.namespace.contrib.slim_copy"
_OURS = "tfcompat_rnn.namespace.contrib.embeddings"

SLIM_NAMES = (
    "GDN", "OPTIMIZER_CLS_NAMES", "OPTIMIZER_SUMMARIES", "RevBlock",
    "apply_regularization", "avg_pool2d", "avg_pool3d", "batch_norm",
    "bias_add", "conv1d", "conv2d", "conv2d_in_plane", "conv2d_transpose",
    "conv3d", "conv3d_transpose", "convolution", "convolution1d",
    "convolution2d", "convolution2d_in_plane", "convolution2d_transpose",
    "convolution3d", "convolution3d_transpose", "dense_to_sparse", "dropout",
    "elu", "flatten", "fully_connected", "gdn", "group_norm",
    "images_to_sequence", "instance_norm", "l1_l2_regularizer",
    "l1_regularizer", "l2_regularizer", "layer_norm",
    "legacy_fully_connected", "legacy_linear", "legacy_relu", "linear",
    "max_pool2d", "max_pool3d", "maxout", "one_hot_encoding",
    "optimize_loss", "recompute_grad", "relu", "relu6", "repeat",
    "rev_block", "scale_gradient", "separable_conv2d",
    "separable_convolution2d", "sequence_to_images", "softmax",
    "spatial_softmax", "stack", "sum_regularizer", "summaries",
    "summarize_activation", "summarize_activations", "summarize_collection",
    "summarize_tensor", "summarize_tensors", "unit_norm",
    "variance_scaling_initializer", "xavier_initializer",
    "xavier_initializer_conv2d")

OUR_NAMES = (
    "bow_encoder", "embed_sequence", "embedding_lookup_unique",
    "safe_embedding_lookup_sparse")

# Feature columns of contrib: other classes than tf.feature_column's.
COLUMNS = {
    "bucketized_column": "tf.feature_column.bucketized_column",
    "check_feature_columns": "",
    "create_feature_spec_for_parsing":
        "tf.feature_column.make_parse_example_spec",
    "crossed_column": "tf.feature_column.crossed_column",
    "embedding_column": "tf.feature_column.embedding_column",
    "feature_column": "tf.feature_column",
    "infer_real_valued_columns": "tf.feature_column.numeric_column",
    "input_from_feature_columns": "tf.feature_column.input_layer",
    "joint_weighted_sum_from_feature_columns":
        "tf.feature_column.linear_model",
    "make_place_holder_tensors_for_base_features":
        "tf.feature_column.make_parse_example_spec",
    "multi_class_target": "",
    "one_hot_column": "tf.feature_column.indicator_column",
    "parse_feature_columns_from_examples": "tf.parse_example",
    "parse_feature_columns_from_sequence_examples":
        "tf.parse_single_sequence_example",
    "real_valued_column": "tf.feature_column.numeric_column",
    "regression_target": "",
    "scattered_embedding_column": "tf.feature_column.embedding_column",
    "sequence_input_from_feature_columns": "tf.feature_column.input_layer",
    "shared_embedding_columns": "tf.feature_column.shared_embedding_columns",
    "sparse_column_with_hash_bucket":
        "tf.feature_column.categorical_column_with_hash_bucket",
    "sparse_column_with_integerized_feature":
        "tf.feature_column.categorical_column_with_identity",
    "sparse_column_with_keys":
        "tf.feature_column.categorical_column_with_vocabulary_list",
    "sparse_column_with_vocabulary_file":
        "tf.feature_column.categorical_column_with_vocabulary_file",
    "transform_features": "tf.feature_column.input_layer",
    "weighted_sparse_column":
        "tf.feature_column.weighted_categorical_column",
    "weighted_sum_from_feature_columns": "tf.feature_column.linear_model",
}
HASHED = (
    "SPARSE_FEATURE_CROSS_DEFAULT_HASH_KEY",
    "embedding_lookup_sparse_with_distributed_aggregation",
    "scattered_embedding_lookup", "scattered_embedding_lookup_sparse",
    "sparse_feature_cross")

_COLUMN_REASON = (
    "the feature columns of tf.contrib.layers (for tf.contrib.learn's "
    "estimators) are not supported")
_HASH_REASON = (
    "feature hashing needs an op of TensorFlow 1.15's contrib library that no "
    "later build contains")


def column_gaps(prefix):
  """Gap rows for the feature columns under `prefix`."""
  for name, successor in COLUMNS.items():
    yield Gap(f"{prefix}.{name}", _COLUMN_REASON,
              f"use its successor, {successor}" if successor else
              "read the features with tf.parse_example and feed tensors")
  for name in HASHED:
    yield Gap(f"{prefix}.{name}", _HASH_REASON,
              "hash with tf.string_to_hash_bucket_fast and look the bucket "
              "up with tf.nn.embedding_lookup")


MODULES = [
    Module("contrib.layers"),
    Module("contrib.layers.python"),
    Module("contrib.layers.python.layers", f"{_SLIM}.layers"),
    Module("contrib.layers.python.layers.embedding_ops", _OURS),
    Module("contrib.layers.python.layers.encoders", _OURS),
    *(Module(f"contrib.layers.python.layers.{name}",
             f"{_SLIM}.layers.{name}")
      for name in ("initializers", "layers", "normalization", "optimizers",
                   "regularizers", "rev_block_lib", "summaries", "utils")),
    Module("contrib.layers.python.ops"),
    Module("contrib.layers.python.ops.bucketization_op",
           f"{_SLIM}.layers.bucketization_op"),
    Module("contrib.layers.python.ops.sparse_ops",
           f"{_SLIM}.layers.sparse_ops"),
    Module("contrib.layers.summaries", f"{_SLIM}.layers.summaries"),
    Module("contrib.layers.utils", f"{_SLIM}.layers.utils"),
]

ROWS = [
    *(Row(f"contrib.layers.{name}", f"{_SLIM}.layers:{name}")
      for name in SLIM_NAMES if name != "summaries"),
    *(Row(f"contrib.layers.{name}", f"{_OURS}:{name}")
      for name in OUR_NAMES),
    *(Row(f"contrib.layers.python.layers.{name}", f"{_OURS}:{name}")
      for name in OUR_NAMES),
]

GAPS = [
    *column_gaps("contrib.layers"),
    *column_gaps("contrib.layers.python.layers"),
    Gap("contrib.layers.feature_column.*", _COLUMN_REASON,
        "use their successors in tf.feature_column"),
    Gap("contrib.layers.python.layers.feature_column.*", _COLUMN_REASON,
        "use their successors in tf.feature_column"),
    Gap("contrib.layers.python.layers.feature_column_ops.*", _COLUMN_REASON,
        "use their successors in tf.feature_column"),
    Gap("contrib.layers.python.layers.target_column.*", _COLUMN_REASON,
        "compute the loss with tf.losses"),
]
