"""`tf.contrib.seq2seq.BeamSearchDecoder`, and tiling for it."""

import collections

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import checks
from tfcompat_rnn.seq2seq import _words
from tfcompat_rnn.seq2seq import basic_decoder
from tfcompat_rnn.seq2seq import beam_step
from tfcompat_rnn.seq2seq import beam_tree
from tfcompat_rnn.seq2seq import decoders
from tfcompat_rnn.seq2seq.beam_step import BeamSearchDecoderOutput
from tfcompat_rnn.seq2seq.beam_step import BeamSearchDecoderState
from tfcompat_rnn.seq2seq.helpers import inference

_TILE = ("apply tile_batch to it, or create it with batch_size=batch * "
         "beam_width")


class FinalBeamSearchDecoderOutput(collections.namedtuple(
    "FinalBeamSearchDecoderOutput",
    "predicted_ids beam_search_decoder_output")):
  """What a whole beam search found.

  predicted_ids: int32 `[batch, time, beam]` (`[time, batch, beam]` with
    `output_time_major`), the symbols of each beam, the best beam first.
  beam_search_decoder_output: a `BeamSearchDecoderOutput` of all steps.

  TensorFlow 1.15: `tf.contrib.seq2seq.FinalBeamSearchDecoderOutput`.
  """


def tile_batch(t, multiplier, name=None):
  """Repeats each row of one or more tensors, for a search with several beams.

    memory = tile_batch(encoder_outputs, beam_width)
    state = tile_batch(encoder_state, beam_width)

  The rows a, b become a, a, b, b; `tf.tile` would make them a, b, a, b.

  Args:
    t: a tensor `[batch, ...]`, or a nested structure of them.
    multiplier: an int.
    name: a name scope, "tile_batch" by default.

  Returns:
    The same structure of tensors `[batch * multiplier, ...]`.

  Raises:
    ArgumentError: if the rank of a tensor is unknown or 0.

  TensorFlow 1.15: `tf.contrib.seq2seq.tile_batch`.
  """
  leaves = _nest.flatten_state(t)
  with tf.name_scope(name, "tile_batch", leaves + [multiplier]):
    return _nest.map_state(lambda leaf: tile_one(leaf, multiplier), t)


def tile_one(t, multiplier):
  """`tile_batch` of one tensor.

  TensorFlow 1.15: `_tile_batch` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  t = tf.convert_to_tensor(t, name="t")
  sizes = tf.shape(t)
  rank = t.shape.ndims
  if not rank:
    raise _errors.ArgumentError(_errors.problem(
        "t", "have statically known rank, at least 1", f"shape {t.shape}",
        "set it: t.set_shape([None, depth])"))
  batch = t.shape.as_list()[0]
  tiled = tf.tile(tf.expand_dims(t, 1), [1, multiplier] + [1] * (rank - 1))
  tiled = tf.reshape(
      tiled, tf.concat(([sizes[0] * multiplier], sizes[1:]), 0))
  rows = tf.TensorShape([None if batch is None else batch * multiplier])
  tiled.set_shape(rows.concatenate(t.shape[1:]))
  return tiled


class BeamSearchDecoderMixin:
  """Beam search over any cell, apart from where it starts.

  A class that has this one first and a kind of decoder after it among its
  bases sets `_start_tokens`, `_start_inputs`, `_end_token`, `_batch_size` and
  `_embedding_fn`.

  TensorFlow 1.15: `BeamSearchDecoderMixin` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """

  def __init__(self, cell, beam_width, output_layer=None,
               length_penalty_weight=0.0, coverage_penalty_weight=0.0,
               reorder_tensor_arrays=True, **kwargs):
    checks.check_cell("cell", cell)
    basic_decoder.check_output_layer(output_layer)
    self._cell = cell
    self._output_layer = output_layer
    self._reorder_tensor_arrays = reorder_tensor_arrays
    self._start_tokens = None
    self._end_token = None
    self._batch_size = None
    self._beam_width = beam_width
    self._length_penalty_weight = length_penalty_weight
    self._coverage_penalty_weight = coverage_penalty_weight
    super().__init__(**kwargs)

  @property
  def batch_size(self):
    """A scalar tensor, the number of sequences (not of beams)."""
    return self._batch_size

  @property
  def tracks_own_finished(self):
    """True: beams change places, so only this decoder knows which is done."""
    return True

  @property
  def output_size(self):
    """The shapes of one step's `BeamSearchDecoderOutput`, without batch."""
    return BeamSearchDecoderOutput(
        *(tf.TensorShape([self._beam_width]) for _ in range(3)))

  def _rnn_output_size(self):
    return basic_decoder.output_size_of(self._cell, self._output_layer)

  def step(self, time, inputs, state, name=None):
    """One step of the search; `dynamic_decode` calls it.

    Args:
      time: int32 scalar, the step, from 0.
      inputs: `[batch, beam, depth]`, or a nested structure of tensors.
      state: a `BeamSearchDecoderState`.
      name: a name scope, "BeamSearchDecoderStep" by default.

    Returns:
      `(BeamSearchDecoderOutput, BeamSearchDecoderState, next inputs,
      finished)`, the last one bool `[batch, beam]`.
    """
    with tf.name_scope(name, "BeamSearchDecoderStep", (time, inputs, state)):
      rows = _nest.map_state(
          lambda leaf: self._merge_batch_beams(leaf, s=leaf.shape[2:]),
          inputs)
      cell_state = _nest.map_state(
          self._maybe_merge_batch_beams, state.cell_state,
          self._cell.state_size)
      logits, cell_state = self._cell(rows, cell_state)
      logits = _nest.map_state(
          lambda leaf: self._split_batch_beams(leaf, leaf.shape[1:]), logits)
      cell_state = _nest.map_state(
          self._maybe_split_batch_beams, cell_state, self._cell.state_size)
      if self._output_layer is not None:
        logits = self._output_layer(logits)

      output, next_state = beam_step.beam_search_step(
          time=time, logits=logits, next_cell_state=cell_state,
          beam_state=state, batch_size=self._batch_size,
          beam_width=self._beam_width, end_token=self._end_token,
          length_penalty_weight=self._length_penalty_weight,
          coverage_penalty_weight=self._coverage_penalty_weight)
      finished = next_state.finished
      next_inputs = tf.cond(
          tf.reduce_all(finished), lambda: self._start_inputs,
          lambda: self._embedding_fn(output.predicted_ids))
    return output, next_state, next_inputs, finished

  def finalize(self, outputs, final_state, sequence_lengths):
    """Follows each beam back to its start; `dynamic_decode` calls it.

    Args:
      outputs: a `BeamSearchDecoderOutput` of all steps, time first.
      final_state: the last `BeamSearchDecoderState`.
      sequence_lengths: not used; the lengths are in `final_state`.

    Returns:
      `(FinalBeamSearchDecoderOutput, final state)`. With
      `reorder_tensor_arrays`, each TensorArray in the final state is a tensor
      whose rows are those of the final beams.
    """
    del sequence_lengths
    longest = tf.cast(tf.reduce_max(final_state.lengths, axis=1), tf.int32)
    beams = beam_tree.gather_tree(
        outputs.predicted_ids, outputs.parent_ids,
        max_sequence_lengths=longest, end_token=self._end_token)
    if self._reorder_tensor_arrays:
      final_state = final_state._replace(cell_state=_nest.map_state(
          lambda leaf: self._maybe_sort_array_beams(
              leaf, outputs.parent_ids, final_state.lengths),
          final_state.cell_state))
    return FinalBeamSearchDecoderOutput(
        predicted_ids=beams, beam_search_decoder_output=outputs), final_state

  def _merge_batch_beams(self, t, s=None):
    """`[batch, beam] + s` -> `[batch * beam] + s`."""
    depth = _depth_shape(s)
    sizes = tf.shape(t)
    batch = tf.get_static_value(self._batch_size)
    merged = tf.reshape(t, tf.concat(
        ([self._batch_size * self._beam_width], sizes[2:]), 0))
    rows = tf.TensorShape([None if batch is None
                           else batch * self._beam_width])
    merged.set_shape(rows.concatenate(depth))
    return merged

  def _split_batch_beams(self, t, s=None):
    """`[batch * beam] + s` -> `[batch, beam] + s`.

    Raises `ArgumentError` (ValueError) if the result cannot have that shape.
    """
    depth = _depth_shape(s)
    sizes = tf.shape(t)
    shape = tf.concat(([self._batch_size, self._beam_width], sizes[1:]), 0)
    try:
      parts = tf.reshape(t, shape)
    except ValueError as error:
      raise _errors.ArgumentError(_words.problem(
          "initial_state", f"have beam_width={self._beam_width} rows for each "
          "start token", f"shape {t.shape}", _TILE, str(error))) from error
    batch = tf.get_static_value(self._batch_size)
    expected = tf.TensorShape([batch, self._beam_width]).concatenate(depth)
    if not parts.shape.is_compatible_with(expected):
      raise _errors.ArgumentError(_errors.problem(
          "initial_state", "consist of tensors [batch * beam_width, depth], "
          f"which become {expected}", parts.shape, _TILE))
    parts.set_shape(expected)
    return parts

  def _maybe_split_batch_beams(self, t, s):
    """`_split_batch_beams`, except for scalars and TensorArrays."""
    if isinstance(t, tf.TensorArray):
      return t
    beam_step.check_ndims(t)
    return self._split_batch_beams(t, s) if t.shape.ndims >= 1 else t

  def _maybe_merge_batch_beams(self, t, s):
    """`_merge_batch_beams`, except for scalars, vectors and TensorArrays."""
    if isinstance(t, tf.TensorArray):
      return t
    beam_step.check_ndims(t)
    return self._merge_batch_beams(t, s) if t.shape.ndims >= 2 else t

  def _maybe_sort_array_beams(self, t, parent_ids, sequence_length):
    """A TensorArray stacked, with the rows of each beam's ancestors.

    Other values, and arrays whose elements have no beams, are returned as
    they are.
    """
    if not isinstance(t, tf.TensorArray):
      return t
    if not t.element_shape.ndims:
      tf.logging.warn(
          "the TensorArray %s in the cell state must have elements of known "
          "rank, at least 1, to be sorted by beam, got shape %s; %s",
          t.handle.name, t.element_shape, beam_tree.NOT_SORTED)
      return t
    if not beam_tree.check_static_batch_beam_maybe(
        t.element_shape, tf.get_static_value(self._batch_size),
        self._beam_width):
      return t
    stacked = t.stack()
    with tf.control_dependencies([beam_tree.check_batch_beam(
        stacked, self._batch_size, self._beam_width)]):
      return beam_tree.gather_tree_from_array(
          stacked, parent_ids, sequence_length)


def _depth_shape(s):
  return tf.TensorShape(tf.get_static_value(s) if tf.is_tensor(s) else s)


class BeamSearchDecoder(BeamSearchDecoderMixin, decoders.Decoder):
  """Searches for the most probable sequences with several beams.

    cell_state = tile_batch(encoder_state, beam_width)
    decoder = BeamSearchDecoder(
        cell, embedding, start_tokens=tf.fill([batch], 1), end_token=2,
        initial_state=cell_state, beam_width=5,
        output_layer=tf.layers.Dense(vocabulary_size))
    outputs, state, lengths = dynamic_decode(decoder, maximum_iterations=50)
    best = outputs.predicted_ids[:, :, 0]

  With an `AttentionWrapper`, memory, its lengths and the encoder's state are
  tiled by `tile_batch`, the wrapper's `zero_state` is made for `batch *
  beam_width` rows, and its `clone(cell_state=...)` is the initial state.

  Args:
    cell: an RNNCell.
    embedding: a function from ids `[batch, beam]` to inputs, or the `params`
      of `tf.nn.embedding_lookup`.
    start_tokens: int32 `[batch]`.
    end_token: int32 scalar.
    initial_state: the cell's state for `batch * beam_width` rows.
    beam_width: an int.
    output_layer: a layer that makes logits of the cell's outputs, or None.
    length_penalty_weight: the exponent of the length penalty; 0.0 for none.
    coverage_penalty_weight: the weight of the coverage penalty; 0.0 for none.
    reorder_tensor_arrays: whether TensorArrays in the cell's state, such as
      `alignment_history`, are stacked and sorted by beam at the end.

  Raises:
    ArgumentTypeError: if `cell` is no cell or `output_layer` no layer.
    ArgumentError: if `start_tokens` has another rank than 1, `end_token` than
      0, or if the initial state does not have the rows of all beams.

  TensorFlow 1.15: `tf.contrib.seq2seq.BeamSearchDecoder`. Penalties:
  https://arxiv.org/abs/1609.08144.
  """

  def __init__(self, cell, embedding, start_tokens, end_token, initial_state,
               beam_width, output_layer=None, length_penalty_weight=0.0,
               coverage_penalty_weight=0.0, reorder_tensor_arrays=True):
    super().__init__(
        cell, beam_width, output_layer=output_layer,
        length_penalty_weight=length_penalty_weight,
        coverage_penalty_weight=coverage_penalty_weight,
        reorder_tensor_arrays=reorder_tensor_arrays)
    self._embedding_fn = inference.embedding_function(embedding)
    self._start_tokens = _int32(
        "start_tokens", start_tokens, 1, "a vector",
        "pass for example tf.fill([batch_size], start_token)")
    self._end_token = _int32(
        "end_token", end_token, 0, "a scalar",
        "pass one token, the same for all rows")

    self._batch_size = tf.size(start_tokens)
    self._initial_cell_state = _nest.map_state(
        self._maybe_split_batch_beams, initial_state, self._cell.state_size)
    self._start_tokens = tf.tile(
        tf.expand_dims(self._start_tokens, 1), [1, self._beam_width])
    self._start_inputs = self._embedding_fn(self._start_tokens)
    # At first all beams are the same, so only the first one is followed.
    self._finished = tf.one_hot(
        tf.zeros([self._batch_size], dtype=tf.int32), depth=self._beam_width,
        on_value=False, off_value=True, dtype=tf.bool)

  @property
  def output_dtype(self):
    """The dtypes of a `BeamSearchDecoderOutput`: the state's, and int32."""
    dtype = self._state_dtype()
    return BeamSearchDecoderOutput(
        scores=_nest.map_state(lambda _: dtype, self._rnn_output_size()),
        predicted_ids=tf.int32, parent_ids=tf.int32)

  def _state_dtype(self):
    return _nest.flatten_state(self._initial_cell_state)[0].dtype

  def initialize(self, name=None):
    """`(finished, first inputs, first BeamSearchDecoderState)`."""
    del name
    dtype = self._state_dtype()
    log_probs = tf.one_hot(
        tf.zeros([self._batch_size], dtype=tf.int32), depth=self._beam_width,
        on_value=tf.convert_to_tensor(0.0, dtype=dtype),
        off_value=tf.convert_to_tensor(-np.inf, dtype=dtype), dtype=dtype)
    attention = beam_step.get_attention_probs(
        self._initial_cell_state, self._coverage_penalty_weight)
    state = BeamSearchDecoderState(
        cell_state=self._initial_cell_state, log_probs=log_probs,
        finished=self._finished,
        lengths=tf.zeros([self._batch_size, self._beam_width],
                         dtype=tf.int64),
        accumulated_attention_probs=() if attention is None else attention)
    return self._finished, self._start_inputs, state


def _int32(name, value, rank, form, next_step):
  tensor = tf.convert_to_tensor(value, dtype=tf.int32, name=name)
  if tensor.shape.ndims != rank:
    raise _errors.ArgumentError(_errors.problem(
        name, f"be {form}", f"shape {tensor.shape}", next_step))
  return tensor
