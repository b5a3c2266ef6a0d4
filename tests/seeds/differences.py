"""Snippets that are not equal op for op, each with its reason.

The test compares for equality: a row fails if its snippet becomes better just
as it does if it becomes worse, so no row can go stale.
"""

import typing

from seeds import verdicts


class Row(typing.NamedTuple):
  """`snippets` (names separated by spaces) get `verdict` because of `reason`.

  `versions` are versions of TensorFlow, such as ("2.16",); () means all.
  """
  verdict: str
  snippets: str
  reason: str
  versions: tuple = ()


ROWS = [
    Row(verdicts.EQUAL,
        "dynamic_rnn_state_variables dynamic_rnn_packed_state "
        "static_state_saving_rnn hidden_state_variable state_by_cond "
        "attention_two_mechanisms",
        "the copy of state read from reference variables; its operations do "
        "not count"),
    Row(verdicts.EQUAL,
        "state_variables_of_zero_state",
        "the copy of state read from reference variables, and the flow that "
        "the gradient of a TensorArray's write keeps in a loop; neither "
        "counts"),
    Row(verdicts.EQUAL,
        "adam_lstm adam_peepholes adam_gru adam_basic_rnn adam_lengths "
        "adam_multi_dropout adam_bidirectional clipped_training "
        "gradients_of_scan second_lstm time_series_projection "
        "time_series_reshape deep_dropout sine_double "
        "layers_from_zero_state encoder_decoder tagger text_attention "
        "forecaster custom_cells gradients_loop_arrays gradients_raw_rnn "
        "gradients_block_cells gradients_projected_lstm "
        "gradients_wrapped_cells gradients_resource_rnn "
        "gradients_partitioned_rnn gradients_double_rnn gradients_stacked "
        "conv_lstm_stack indy_stack crf_trained_open crf_reshaped "
        "decode_training "
        "decode_training_time_major decode_scheduled_embedding "
        "decode_scheduled_output decode_scheduled_plain decode_after_encoder "
        "attention_translation attention_monotonic attention_recursive",
        "the gradient of a TensorArray's write keeps the flow of each step "
        "of the loop, which 1.15's did not; it does not count"),
    Row(verdicts.EQUAL,
        "beam_search beam_search_open beam_search_attention gather_tree",
        "TensorFlow no longer has the operation GatherTree; those that "
        "compute the same count as one"),
    Row(verdicts.EQUAL, "legacy_sampled_softmax",
        "tf.transpose names the tensor that it makes of a sparse gradient "
        "transpose/a; in 1.15 that was transpose/x"),
    Row(verdicts.EQUAL, "beam_search_many_symbols",
        "the operations that compute GatherTree, and those that find the best "
        "of many symbols faster than top_k, count as one each"),
    Row(verdicts.EQUAL, "dataset_shuffle_one_shot",
        "the operations that shuffle and repeat as 1.15's one dataset did do "
        "not count"),
    Row(verdicts.EQUAL, "dataset_rejection",
        "rejection_resample maps, zips and converts its distributions in a "
        "different order, with the same number of operations"),
    Row(verdicts.EQUAL, "dataset_interleave",
        "whether the order of parallel_interleave may differ is an attribute "
        "today; the constant that stands for it is made after the sizes of "
        "its buffers"),
    Row(verdicts.EQUAL, "functional_loops functional_loops_ends",
        "the operations of the loop are in the graph, where 1.15 called a "
        "function; the loop counts as 1.15's call, after the variables"),
    Row(verdicts.EQUAL, "safe_embedding_lookup_sparse",
        "the shape of a sparse placeholder can be fed, which needs one more "
        "operation; it does not count"),
    Row(verdicts.EQUAL, "fused_lstm_lengths fused_both_ways",
        "the number of steps is held within the inputs, because the kernel "
        "ends the process otherwise; these operations do not count"),
    Row(verdicts.EQUAL, "lstm_block_cell fused_lstm fused_lstm_trained "
        "cudnn_lstm_cells",
        "a batch that may have no rows gets one, or no steps, because the "
        "kernels of the LSTM refuse it or leave it without a gradient; these "
        "operations do not count"),
    Row(verdicts.EQUAL, "confusion_matrix",
        "tf.confusion_matrix scatters into a new tensor instead of into "
        "zeros; these are counted"),
    Row(verdicts.EQUAL, "gradients_matrices",
        "the gradient of tf.cholesky gives one operation a longer name"),
    Row(verdicts.EQUAL, "sync_replicas",
        "tf.train.SyncReplicasOptimizer no longer creates a queue that only "
        "1.15's constructor needed; it is counted"),
    Row(verdicts.SEEDS, "short_time_fourier",
        "tf.signal.frame was rewritten and creates seven operations fewer; "
        "random operations after it get a different seed"),
    Row(verdicts.SEEDS, "fourier cosine_transform",
        "Fourier transforms of real numbers pass their length as one more "
        "constant; not restored, because no recurrent program was found that "
        "draws after one"),
    Row(verdicts.SEEDS, "matrix_functions",
        "the series of tf.linalg.expm is a loop with 27 more operations; "
        "not restored"),
    Row(verdicts.SEEDS, "swish",
        "tf.nn.swish has had a factor beta since TensorFlow 2, with a custom "
        "gradient; not restored"),
    Row(verdicts.SEEDS, "gradients_of_decompositions",
        "the gradient of tf.self_adjoint_eig guards against equal "
        "eigenvalues, with additional operations; not restored"),
    Row(verdicts.SEEDS, "gradients_of_rare_reductions",
        "tf.reduce_euclidean_norm and Bessel functions have different "
        "gradients, which reduce by axes; not restored"),
    Row(verdicts.SEEDS, "flipped_open_images",
        "an image of unknown rank can now be a batch, which is checked in "
        "the graph; not restored"),
    Row(verdicts.SEEDS, "statistics",
        "tf.nn.sufficient_statistics asks for the rank first, which is one "
        "more operation; not restored"),
    Row(verdicts.SEEDS, "streaming_concat",
        "a slice by a tensor packs its bounds, where slicing by plain "
        "numbers created constants; one more operation"),
    Row(verdicts.SEEDS, "sparse_functions",
        "tf.sparse_transpose reverses the axes in Python if they are known, "
        "which is six operations fewer; not restored"),
    Row(verdicts.SEEDS, "sets_and_rolls",
        "tf.repeat broadcasts its counts with seven more operations; not "
        "restored"),
    Row(verdicts.EQUAL, "histograms",
        "tf.bincount and tf.histogram_fixed_width compute sizes in a "
        "different order, with the same number of operations"),
    Row(verdicts.EQUAL, "flipped_images",
        "the remainder in tf.image.rot90 has a different name"),
    Row(verdicts.EQUAL, "gradients_of_least_squares",
        "the gradient of a triangular solve gives one operation a longer "
        "name"),
    Row(verdicts.EQUAL, "saturate_cast",
        "the gradient of tf.atan2 reduces to the shapes of its inputs; this "
        "is not counted"),
    Row(verdicts.EQUAL, "images",
        "tf.image.per_image_standardization omits an Identity; it is "
        "counted"),
    Row(verdicts.EQUAL, "stateless_random",
        "stateless random ops get their key and counter from a separate "
        "operation; the draws are the same"),
    Row(verdicts.EQUAL, "sequence_example",
        "tf.parse_single_sequence_example uses ParseSequenceExampleV2, whose "
        "keys are separate constants; they do not count"),
    Row(verdicts.EQUAL, "queue_input",
        "tf.parse_single_example uses ParseExampleV2, and the gradient of a "
        "TensorArray's write keeps the flow of each step of the loop; "
        "neither counts"),
]


def rows_of(name, rows=None):
  """All rows about one snippet."""
  return [row for row in (ROWS if rows is None else rows)
          if name in row.snippets.split()]


def expected(name, version, rows=None):
  """`(verdict, reason)` of a snippet under a version of TensorFlow."""
  for row in rows_of(name, rows):
    if not row.versions or version in row.versions:
      return row.verdict, row.reason
  return verdicts.OPS, ""
