"""What our errors say for the cases of `errors`, where 1.15 said it otherwise.

The words stand up to where the advice begins.
"""

WORDS = {
    "sizes_of_buckets":
        "`batch_size` must have exactly num_buckets (2) elements, got "
        "[1, 2, 3]",
    "capacities_of_buckets":
        "`bucket_capacities` must have exactly num_buckets (2) elements, got "
        "[3, 4, 5]",
    "nothing_to_bucket": "`tensors` must have at least one tensor, got none",
    "unknown_rank":
        '`tensors` must have a known rank, got Tensor("x:0", dtype=int32)',
    "boundaries_number":
        "`bucket_boundaries` must be a list of integers, got 3",
    "boundaries_empty":
        "`bucket_boundaries` must have at least one element, got []",
    "boundaries_float":
        "`bucket_boundaries` must consist of integers, got [1, 2.5]",
    "boundaries_decreasing":
        "`bucket_boundaries` must be increasing, got [3, 2]",
    "capacity_below_batch":
        "`capacity` must be at least the batch size 32, or no batch is ever "
        "complete, got 10",
    "states_list": "`initial_states` must be a dictionary, got list",
    "states_empty":
        "`initial_states` must have at least one state, by which a segment "
        "waits for the one before it, got none",
    "state_number": "`initial_states` must have strings as keys, got 1",
    "state_colon": "`initial_states` must have no colon in a key, got 'a:b'",
    "sequences_list": "`sequences` must be a dictionary, got list",
    "context_list": "`context` must be a dictionary, got list",
    "sequences_empty": "`sequences` must have at least one tensor, got none",
    "sequence_number": "`sequences` must have strings as keys, got 1",
    "sequence_colon": "`sequences` must have no colon in a key, got 'a:b'",
    "context_number": "`context` must have strings as keys, got 1",
    "context_colon": "`context` must have no colon in a key, got 'a:b'",
    "state_shape":
        "`state s` must have a shape that is known in all dimensions, got "
        "(?,)",
    "context_shape":
        "`context c` must have a shape that is known in all dimensions, got "
        "(?,)",
    "sequence_shape":
        "`sequence x` must have a shape that is known besides the time, got "
        "(?, ?)",
    "length_dtype": "`length` must have dtype int32, got int64",
    "key_dtype": "`key` must have dtype string, got int32",
    "state_unknown":
        "`state_name` must be one of ['s'], got 't', a state that was not "
        "declared",
    "dimensions_number": "`dimensions` must be a list, got 0",
    "dimensions_twice":
        "`dimensions` must name each dimension once, got [0, 0]",
    "dimensions_of_list": "`value` must be a tensor, got [2]",
    "dimensions_sizes":
        "`expected_sizes` must have one size for each of [0], got [2, 3]",
    "dimensions_rank": "`x` must have the dimension 1, got the rank 1",
    "padding_unroll": "`num_unroll` must be an integer, got 1.5",
    "padding_list": "`sequences` must be a dictionary, got [1]",
    "padding_key": "`sequences` must have strings as keys, got 1",
    "feeds_differ":
        "`feed_fns` must have one function for each of `enqueue_ops`, got 0 "
        "for 1",
    "run_not_a_multiple":
        "[Tensor InputQueueingStateSaver/padded_length:0 should be a multiple "
        "of: 2, got 3; pass pad=True",
    "run_not_a_multiple_unpadded":
        "[Tensor x first dimension should be a multiple of: 2, got 3; pass "
        "pad=True",
    "run_not_a_multiple_sparse":
        "[SparseTensor x first dimension should be a multiple of: 2, got 3; "
        "pass pad=True",
    "run_capacity": "`capacity` must be at least `batch_size`",
    "run_lengths_differ":
        "[Dimension 0 of sorted_sequences_y must be 2, got the shape 4]",
    "run_length_too_long":
        "[`input_length` must fit into the sequences, got] [3] [for sequences "
        "of the length] [2]",
    "run_padding_lengths":
        "[`sequences` must all have the same length, got: 3 `sequences` must "
        "all have the same length, got: 2]",
    "run_state_rank":
        "[Rank of tensor InputQueueingStateSaver_SaveState/convert_s:0 must "
        "be 1, got the shape] [1 1]",
    "run_state_shape":
        "InputQueueingStateSaver_SaveState/rank_checked:0 must be 1, got 2]",
    "stratified_lengths":
        "`init_probs` must be as long as `target_probs`, got 3 and 2",
    "smoothing": "`smoothing_constant` must be positive, got 0",
    "run_share_of_absent_class":
        "`target_probs` must be 0 for a class that is not in the data",
}
