"""Golden cases of beam search.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

import importlib

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import nn
from oracle import measure

SYMBOLS, END = 6, 2


def seq2seq(b):
  return b.tf.contrib.seq2seq


def private(b, module="beam_search_decoder"):
  return importlib.import_module(
      b.tf.__name__ + ".contrib.seq2seq.python.ops." + module)


def no_gradients(name, dtypes=SINGLE):
  """Registers a case whose outputs are integers, or do not depend on floats."""
  return case("beam", dtypes, gradients=False)(name)


def embedding(b, depth=4):
  return b.tf.get_variable("embedding", [SYMBOLS, depth], b.dtype)


def decode(b, decoder, steps=5, **options):
  """All that a search returns: the outputs, and state and lengths."""
  outputs, state, lengths = seq2seq(b).dynamic_decode(
      decoder, maximum_iterations=steps, **options)
  return outputs, [state, lengths]


def start(b, cell, width, tokens=(0, 1), known=True):
  """Start tokens, and a fed state for all beams."""
  tokens = b.integers("start", list(tokens), shape=None if known else [None])
  state = b.state(cell.state_size, batch=b.batch)
  return tokens, seq2seq(b).tile_batch(state, width)


# The tree.

def ids(b, name, shape, limit, low=0):
  numbers = measure.numbers_for(name, shape, low, limit)
  return b.integers(name, numbers.astype("int32"))


@no_gradients
def gather_tree_known(b):
  steps, parents = ids(b, "steps", [6, 2, 4], 9), ids(b, "of", [6, 2, 4], 4)
  tree = seq2seq(b).gather_tree
  return [tree(steps, parents, [6, 4], 3),
          tree(steps, parents, max_sequence_lengths=[9, 0], end_token=8,
               name="named"),
          tree(step_ids=steps, parent_ids=parents,
               max_sequence_lengths=[-1, 1], end_token=1)], []


@no_gradients
def gather_tree_open(b):
  tree = private(b, "beam_search_ops").gather_tree
  one = measure.numbers_for("one", [5, 3, 2], 0, 7).astype("int32")
  of = measure.numbers_for("of", [5, 3, 2], 0, 2).astype("int32")
  steps = b.integers("steps", one, shape=[None, None, 2])
  parents = b.integers("of", of, shape=[None, 3, None])
  lengths = b.integers("lengths", [5, 3, 4], shape=[None])
  end = b.integers("end", 5)
  return [tree(steps, parents, lengths, end)], []


@no_gradients
def gather_tree_parent_after_the_last(b):
  """The kernel let such parents pass and read the next entry in memory."""
  steps, parents = ids(b, "steps", [4, 2, 3], 9), ids(b, "of", [4, 2, 3], 4)
  return [seq2seq(b).gather_tree(steps, parents, [4, 4], 20)], []


@no_gradients
def gather_tree_empty(b):
  none = b.integers("none", [[[]]], shape=[1, 1, 0])
  return [seq2seq(b).gather_tree(none, none, [1], 0)], []


@no_gradients
def gather_tree_from_array(b):
  sort = private(b).gather_tree_from_array
  parents = ids(b, "of", [4, 2, 3], 3)
  lengths = b.integers("lengths", [[4, 2, 1], [3, 3, 0]], "int64")
  split = b.input("split", [4, 2, 3, 2])
  merged = b.input("merged", [None, None, 5], [4, 6, 5])
  flat = b.input("flat", [4, 2, 3])
  return [sort(split, parents, lengths), sort(merged, parents, lengths),
          sort(flat, parents, lengths)], []


@case("beam")
def tile_batch(b):
  tile = seq2seq(b).tile_batch
  known = b.input("known", [2, 3])
  open_batch = b.input("open", [None, 2, None], [3, 2, 4])
  vector = b.integers("vector", [4, 5, 6])
  state = nn(b).LSTMStateTuple(known, b.input("h", [2, 1]))
  return [tile(known, 3), tile((open_batch, [vector]), 2),
          tile(state, multiplier=2, name="mine")], []


# One step.

@case("beam")
def beam_search_step(b):
  """One beam is finished; states with and without beams."""
  logits = b.input("logits", [2, 3, SYMBOLS], low=-4, high=4)
  parts = b.input("cell", [2, 3, 4]), b.input("scalar", [])
  seq = seq2seq(b)
  state = seq.BeamSearchDecoderState(
      cell_state=parts, log_probs=b.input("log_probs", [2, 3]),
      finished=b.integers("done", [[0, 1, 0], [0, 0, 1]], "bool"),
      lengths=b.integers("lengths", [[2, 1, 2], [2, 2, 1]], "int64"),
      accumulated_attention_probs=())
  return private(b)._beam_search_step(
      time=b.integers("time", 2), logits=logits, next_cell_state=parts,
      beam_state=state, batch_size=b.tf.constant(2), beam_width=3,
      end_token=END, length_penalty_weight=0.0, coverage_penalty_weight=0.0)


@case("beam")
def beam_search_parts(b):
  module = private(b)
  probs = b.input("probs", [2, 3, SYMBOLS])
  done = b.integers("done", [[0, 1, 0], [1, 1, 0]], "bool")
  lengths = b.integers(
      "lengths", measure.numbers_for("lengths", [2, 3, SYMBOLS], 0, 9), "int64")
  where = b.integers("where", [[2, 0, 0], [1, 1, 2]])
  rows = b.tf.constant(2)
  return [module._mask_probs(probs, END, done),
          module._get_scores(probs, lengths, 0.0, 0.0, done, None),
          module._tensor_gather_helper(
              where, probs, rows, 3, [6, -1], name="mine"),
          module._maybe_tensor_gather_helper(
              where, b.input("log_probs", [2, 3]), rows, 3, [-1])], []


@case("beam", SINGLE)
def beam_search_coverage(b):
  attention = b.input("attention", [2, 3, 4], low=0)
  masked = attention * b.tf.constant([1., 1., 0., 0.])
  done = b.integers("done", [[0, 1, 0], [1, 1, 0]], "bool")
  lengths = b.integers("lengths", [[[3], [1], [3]], [[2], [1], [3]]], "int64")
  return [private(b)._length_penalty(lengths, 1.3), private(b)._get_scores(
      b.input("probs", [2, 3, SYMBOLS]), lengths, 1.0, 0.2, done, masked)], []


# Whole searches.

@no_gradients
def beam_search_basic(b):
  cell = nn(b).BasicLSTMCell(b.units)
  tokens, state = start(b, cell, 3)
  return decode(b, seq2seq(b).BeamSearchDecoder(
      cell, embedding(b), tokens, 1, state, 3,
      output_layer=b.tf.layers.Dense(SYMBOLS)))


# The length penalty is a float32 also for float64, so its last bits, which
# depend on the kernel, are those of a float32.

@no_gradients
def beam_search_open(b):
  """Unknown batch, an embedding function, no output layer, a length penalty."""
  cell = nn(b).MultiRNNCell([nn(b).GRUCell(3), nn(b).GRUCell(SYMBOLS)])
  tokens, state = start(b, cell, 4, known=False)
  table = embedding(b)
  return decode(b, seq2seq(b).BeamSearchDecoder(
      cell=cell, embedding=lambda i: b.tf.nn.embedding_lookup(table, i) * 3,
      start_tokens=tokens, end_token=b.integers("end", END),
      initial_state=state, beam_width=4, length_penalty_weight=1.5),
                output_time_major=True)


@no_gradients
def beam_search_one_beam(b):
  cell = nn(b).GRUCell(b.units)
  tokens, state = start(b, cell, 1)
  return decode(b, seq2seq(b).BeamSearchDecoder(
      cell, embedding(b), tokens, END, state, 1,
      output_layer=b.tf.layers.Dense(SYMBOLS, use_bias=False)), steps=6)


@no_gradients
def beam_search_ties(b):
  """All symbols cost the same at each step."""
  class Equal(nn(b).RNNCell):
    output_size = SYMBOLS
    state_size = SYMBOLS

    def call(self, inputs, state):
      return b.tf.zeros_like(state), state + 1

  return decode(b, seq2seq(b).BeamSearchDecoder(
      Equal(), embedding(b), b.integers("start", [0, 1]), END,
      b.tf.zeros([10, SYMBOLS]), 5), steps=4)


@no_gradients
def beam_search_more_beams_than_symbols(b):
  cell = nn(b).GRUCell(b.units)
  tokens, state = start(b, cell, 8)
  return decode(b, seq2seq(b).BeamSearchDecoder(
      cell, embedding(b), tokens, END, state, 8,
      output_layer=b.tf.layers.Dense(3)), parallel_iterations=1)


@case("beam", SINGLE)
def beam_search_imputed(b):
  """1.15 raises: `impute_finished` is for decoders of single sequences."""
  cell = nn(b).GRUCell(b.units)
  tokens, state = start(b, cell, 3)
  return decode(b, seq2seq(b).BeamSearchDecoder(
      cell, embedding(b), tokens, END, state, 3,
      output_layer=b.tf.layers.Dense(SYMBOLS)), impute_finished=True)


def attending(b, width, history, **options):
  """A cell with attention, and its state for all beams."""
  memory = b.input("memory", [None, None, 3], [2, 4, 3])
  tile = seq2seq(b).tile_batch
  mechanism = seq2seq(b).BahdanauAttention(
      4, tile(memory, width), tile(b.integers("memory_lengths", [4, 2]), width),
      dtype=b.dtype)
  cell = seq2seq(b).AttentionWrapper(
      nn(b).LSTMCell(b.units), mechanism, alignment_history=history, **options)
  rows = b.tf.shape(memory)[0]
  encoded = tile(b.state(nn(b).LSTMCell(b.units).state_size), width)
  state = cell.zero_state(rows * width, b.dtype).clone(cell_state=encoded)
  return cell, b.tf.fill([rows], 1), state


@no_gradients
def beam_search_attention(b):
  cell, tokens, state = attending(b, 3, history=True, attention_layer_size=4)
  return decode(b, seq2seq(b).BeamSearchDecoder(
      cell, embedding(b), tokens, 3, state, 3,
      output_layer=b.tf.layers.Dense(SYMBOLS), length_penalty_weight=1.0,
      coverage_penalty_weight=0.3), output_time_major=True)


@case("beam", ("float64",), gradients=False)
def beam_search_attention_double(b):
  with b.tf.variable_scope("model", dtype=b.dtype):
    cell, tokens, state = attending(b, 2, history=True)
    return decode(b, seq2seq(b).BeamSearchDecoder(
        cell, embedding(b), tokens, 3, state, 2,
        output_layer=b.tf.layers.Dense(SYMBOLS)))
