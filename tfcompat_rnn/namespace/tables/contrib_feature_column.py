"""`tf.contrib.feature_column`: columns for recurrent networks."""

from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.estimator.sequence_columns"

ROWS = [
    Row(f"{prefix}.{name}", f"{_OURS}:{name}")
    for prefix in ("contrib.feature_column", "contrib.feature_column.python."
                   "feature_column.sequence_feature_column")
    for name in ("concatenate_context_input",
                 "sequence_categorical_column_with_hash_bucket",
                 "sequence_categorical_column_with_identity",
                 "sequence_categorical_column_with_vocabulary_file",
                 "sequence_categorical_column_with_vocabulary_list",
                 "sequence_input_layer", "sequence_numeric_column")
]
