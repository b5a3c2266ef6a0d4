"""What a golden case is, and the table of all of them.

A case is a function that takes a `measure.Bench` and returns `(outputs,
states)`, which `measure` processes. The cases are in `cases_*.py`.
"""

import collections
import contextlib
import functools
import os
import zlib

from oracle import store

Case = collections.namedtuple("Case", "name family build dtypes gradients")
CASES = collections.OrderedDict()
BOTH = ("float32", "float64")
SINGLE = ("float32",)
DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


@functools.lru_cache(maxsize=None)
def committed(family):
  """`{case/dtype: (facts, arrays)}` that TensorFlow 1.15.5 computed."""
  return store.read(family, DATA)


def register(name, family, build, dtypes=BOTH, gradients=True):
  if name in CASES:
    raise ValueError("two cases are called " + name)
  CASES[name] = Case(name, family, build, dtypes, gradients)


def case(family, dtypes=BOTH, gradients=True):
  """Registers the decorated function by its name."""
  def decorate(build):
    register(build.__name__, family, build, dtypes, gradients)
    return build
  return decorate


def each_loop(name, family, make, depth=None, gradients=True, scoped=False,
              ids=False, dtypes=BOTH):
  """One cell in `dynamic_rnn` and `static_rnn` (state fed), and from zeros.

  `make(bench)` returns the cell. With `scoped`, the loop is in a variable scope
  of the bench's dtype, which wrappers that make variables without a dtype need
  for float64. With `ids`, the inputs are integers.
  """
  def scope(bench):
    if scoped:
      return bench.tf.variable_scope("model", dtype=bench.dtype)
    return contextlib.nullcontext()

  def sequence(bench):
    if ids:
      return bench.integers("x", [[[1], [3], [0]], [[2], [3], [5]]])
    return bench.sequence(depth)

  def dynamic(bench):
    cell = make(bench)
    with scope(bench):
      return bench.tf.nn.dynamic_rnn(
          cell, sequence(bench), initial_state=bench.state(cell.state_size),
          parallel_iterations=1)

  def static(bench):
    cell = make(bench)
    if ids:
      steps = [bench.integers("x_%d" % step, [[step], [5 - step]])
               for step in range(bench.time)]
    else:
      steps = bench.steps(depth)
    with scope(bench):
      return bench.tf.nn.static_rnn(
          cell, steps, initial_state=bench.state(cell.state_size))

  def from_zeros(bench):
    cell = make(bench)
    lengths = bench.integers("lengths", [2, 3])
    with scope(bench):
      return bench.tf.nn.dynamic_rnn(
          cell, sequence(bench), sequence_length=lengths, dtype=bench.dtype,
          parallel_iterations=1)

  register(name + "-dynamic", family, dynamic, dtypes, gradients)
  register(name + "-static", family, static, dtypes, gradients)
  register(name + "-zeros", family, from_zeros, SINGLE, gradients)


# The cases of each kind that are never left out.
_PLAIN = ("basic_rnn", "basic_lstm", "lstm", "lstm_all", "gru", "multi_mixed",
          "dropout_all", "residual", "highway", "attention", "embedding",
          "input_projection", "output_projection", "device")
# For the cells that only contrib had, the most comprehensive cases; their
# variants, and the other loop and dtype, run with the slow tests.
_FULL = ("coupled_all", "ugrnn", "intersection_options", "sru", "ind_rnn",
         "indy_gru", "indy_lstm", "glstm_all", "phased_options", "conv2d",
         "cfn_all", "grid_lstm_all", "layer_norm_lstm_all", "minimal_all",
         "time_freq_all", "weight_norm_all")
_FULL_GRIDS = ("grid1_rnn", "grid2_lstm_tied", "grid3_lstm_half", "grid_own")
_FULL_FUSED = ("fused_lstm_all-open", "fused_lstm_clip-from_state",
               "fused_lstm_both_ways", "adapted_dynamic_reversed_lengths",
               "cudnn_gru_cell-static", "cudnn_lstm_two_ways-lengths")
# Of the sequence libraries, only these run with the fast tests: of the decoders
# a training and an inference loop, and the draws.
_FULL_SEQUENCES = {
    "attention_wrapper": ("attention_clone_open",),
    "beam": ("gather_tree_known", "beam_search_basic"),
    "crf": ("crf_training_open", "crf_decode_open"),
    "legacy_seq2seq": (
        "embedding_rnn_fed", "attention_decoder_all", "buckets_of_one_cell"),
    "decoding": ("training_open_batch_imputed", "nested", "draws"),
}
# Variants of cells of which a comprehensive case runs with the fast tests.
VARIANTS = frozenset("""
    attention_joined-dynamic attention_lstm-dynamic attention_of_multi-dynamic
    attention_sizes-dynamic basic_lstm_forget_bias-dynamic
    basic_lstm_joined-dynamic basic_lstm_no_forget_bias-dynamic
    basic_lstm_relu-dynamic basic_rnn_named_activation-dynamic
    basic_rnn_relu-dynamic bidirectional_dynamic_stacks
    bidirectional_dynamic_time_major bidirectional_static_lengths
    block_gru_cell_size-dynamic block_gru_open_rows
    block_lstm_clip-dynamic block_lstm_clip_of_zero-dynamic
    block_lstm_dropped-dynamic block_lstm_forget_bias-dynamic
    block_lstm_multi-dynamic block_lstm_no_forget_bias-dynamic
    block_lstm_open_rows block_lstm_peephole-dynamic dropout_fed-dynamic
    dropout_filter-dynamic dropout_gru-dynamic dropout_input-dynamic
    dropout_none-dynamic dropout_of_multi-dynamic dropout_output-dynamic
    dropout_state-dynamic dropout_variational_output-dynamic
    dynamic_lengths_int64 dynamic_open_shape_dtype embedding_initializer-dynamic
    glstm_open_rows grid2_rnn_half-dynamic grid3_lstm_half-dynamic grid_both
    grid_both_higher grid_both_lower grid_lstm_blocks grid_lstm_coupled
    grid_lstm_coupled_peepholes grid_lstm_multi grid_lstm_one_tensor
    grid_lstm_one_tensor_blocks grid_lstm_open_rows grid_lstm_peepholes
    grid_lstm_shared grid_lstm_shared_peepholes grid_open_rows grid_stacked
    gru_initializers-dynamic gru_relu-dynamic highway_uncoupled-dynamic
    input_projection_activation-dynamic layer_norm_fed-dynamic
    layer_norm_keeps_all-dynamic layer_norm_multi-dynamic
    layer_norm_off_dropped-dynamic lstm_activation-dynamic
    lstm_all_joined-dynamic lstm_all_shards-dynamic lstm_clip-dynamic
    lstm_initializer-dynamic lstm_joined-dynamic lstm_named_activation-dynamic
    lstm_no_forget_bias-dynamic lstm_orthogonal-dynamic lstm_peepholes-dynamic
    lstm_projection-dynamic lstm_projection_clip-dynamic
    lstm_unit_shards-dynamic multi-dynamic multi_highway-dynamic
    multi_joined-dynamic multi_projected-dynamic multi_repeated-dynamic
    multi_wrapped-dynamic nas-dynamic nas_bias-dynamic nas_multi-dynamic
    nas_projection-dynamic ntm_goes_on ntm_one_row ntm_output_like_input
    output_projection_activation-dynamic residual_of_dropout-dynamic
    scope_regularizer_bidirectional scope_regularizer_static
    scope_regularizer_wrapper stack_bidirectional_dynamic_states
    stack_bidirectional stack_bidirectional_states static_lengths_dtype
    time_freq_windows
""".split())
_FULL_FAMILIES = ("coupled", "update_gate", "independent", "grouped",
                  "compiled", "phased", "convolutional", "frequency",
                  "layer_norm_lstm", "memory", "minimal", "weight_norm")


def is_slow(name, dtype):
  """Whether a case runs with the slow tests only.

  The fast tests cover both loops and both dtypes: each cell runs in
  `dynamic_rnn` in float64, and the plain ones also in `static_rnn` in float32.
  A case without a loop of its own runs in one dtype, the last.
  """
  case_ = CASES[name]
  if name in VARIANTS:
    return True
  cell, _, loop = name.rpartition("-")
  if case_.family == "document":  # the most comprehensive of its four cells
    return loop != "lstm_peephole" or dtype != "float64"
  if case_.family in _FULL_SEQUENCES:
    return (name not in _FULL_SEQUENCES[case_.family]
            or dtype != case_.dtypes[-1])
  if case_.family == "fused":
    return name not in _FULL_FUSED
  if case_.family == "grid_rnn" and loop == "one_step":
    return cell not in _FULL_GRIDS
  if case_.family in _FULL_FAMILIES and loop in ("dynamic", "static", "zeros"):
    return not (cell in _FULL and loop == "dynamic"
                and dtype == case_.dtypes[-1])
  if loop == "dynamic":
    return dtype != case_.dtypes[-1]
  if loop == "static":
    return cell not in _PLAIN or dtype != "float32"
  return loop == "zeros" or dtype != case_.dtypes[-1]


def tier(name, dtype):
  """"fast", "slow", or "exhaustive" for the other dtype of a case."""
  if not is_slow(name, dtype):
    return "fast"
  dtypes = CASES[name].dtypes
  fast = [one for one in dtypes if not is_slow(name, one)]
  # Some in float32, some in float64, and always the same.
  chosen = fast or [dtypes[zlib.crc32(name.encode()) % len(dtypes)]]
  return "slow" if dtype in chosen else "exhaustive"


def is_rewritten(name, dtype):
  """Whether TensorFlow may rewrite the graph of a case, as it does by default.

  Of the fast tests, it may rewrite those of the plain cells; for all this would
  take a third of their time. In the other tests it may always.
  """
  return (name.rpartition("-")[0] in _PLAIN
          or tier(name, dtype) != "fast")


def nn(bench):
  return bench.tf.nn.rnn_cell


def contrib(bench):
  return bench.tf.contrib.rnn
