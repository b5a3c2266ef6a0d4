"""Beam search, apart from what the golden cases measure.

Where a text or number is not mental arithmetic, TensorFlow 1.15.5 gave it.
"""

import itertools
import logging

import numpy as np
import pytest

from tfcompat_rnn import _opcount
from tfcompat_rnn import cells
from tfcompat_rnn.devices.placement import kernels
from tfcompat_rnn.seq2seq import beam_search
from tfcompat_rnn.seq2seq import beam_step
from tfcompat_rnn.seq2seq import beam_tree
from tfcompat_rnn.seq2seq import decoders

STEPS = np.array([[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]], [[-1, -1, -1]]],
                 np.int32)
PARENTS = np.array([[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]], [[-1, -1, -1]]],
                   np.int32)
BAD = np.array([[[0, 0, 0]], [[0, -1, 1]], [[2, 1, 2]], [[-1, -1, -1]]],
               np.int32)


@pytest.fixture
def tf(v1):
  return v1


def run(tf, fetches, feeds=None):
  with tf.Session() as session:
    return session.run(fetches, feeds)


def opened(tf, array, rank=None):
  """An int32 tensor of unknown shape, or of known rank only."""
  return tf.placeholder_with_default(
      np.array(array, np.int32), None if rank is None else [None] * rank)


# gather_tree

def followed(steps, parents, lengths, end):
  """`gather_tree` with loops; all parents are beams."""
  beams = np.full_like(steps, end)
  for entry, beam in itertools.product(*map(range, steps.shape[1:])):
    last = min(lengths[entry], len(steps)) - 1
    place = beam
    for step in range(last, -1, -1):
      beams[step, entry, beam] = steps[step, entry, place]
      place = parents[step, entry, place]
    ends = np.flatnonzero(beams[:, entry, beam] == end)
    if ends.size:
      beams[ends[0]:, entry, beam] = end
  return beams


@pytest.mark.parametrize("time", [
    1, 9, *(pytest.param(time, marks=pytest.mark.slow) for time in (2, 3, 8))])
def test_beams_are_followed_over_any_number_of_steps(tf, time):
  random = np.random.RandomState(time)
  steps = random.randint(0, 7, [time, 4, 3]).astype(np.int32)
  parents = random.randint(0, 3, [time, 4, 3]).astype(np.int32)
  lengths = [0, 1, time, time + 2]
  beams = beam_tree.gather_tree(opened(tf, steps), parents, lengths, 5)
  np.testing.assert_array_equal(
      run(tf, beams), followed(steps, parents, lengths, 5))


@pytest.mark.slow
@pytest.mark.parametrize("parent, where, length", [
    (-1, "(0, 0, 1)", 3), (9, "(0, 0, 1)", 3), (None, "(0, 2, 0)", 9)])
def test_a_bad_parent_is_named_as_in_1_15(either, parent, where, length):
  tf = either
  parents = PARENTS.copy()
  if parent is not None:
    parents[1, 0, 1] = parent
  beams = beam_tree.gather_tree(STEPS, parents, [length], 10)
  with pytest.raises(tf.errors.InvalidArgumentError) as error:
    run(tf, beams)
  assert (f"Saw invalid parent id {parent or -1} at (batch, time, beam) == "
          f"{where}") in str(error.value)


def test_on_a_gpu_a_bad_parent_gives_minus_one(tf, monkeypatch):
  monkeypatch.setattr(beam_tree, "_on_cpu", lambda device: False)
  beams = beam_tree.gather_tree(STEPS, BAD, [3], 10)
  np.testing.assert_array_equal(
      run(tf, beams)[:, 0], [[2, -1, 2], [6, 5, 6], [7, 8, 9], [10, 10, 10]])


@pytest.mark.slow
def test_all_of_gather_tree_has_kernels_for_gpus(tf, monkeypatch):
  monkeypatch.setattr(beam_tree, "_on_cpu", lambda device: False)
  if not kernels.has_gpu_kernels():
    return  # the packages for macOS and Windows
  beam_tree.gather_tree(*(
      opened(tf, array) for array in (STEPS, BAD, [3], 10)))
  beam_step._top_k(tf.placeholder(tf.float32, [None, None]), 3, 600, 3)
  without = {op.name for op in tf.get_default_graph().get_operations()
             if kernels.find_kernel(op) is None}
  # The texts of the checks of shapes, which are placed on the CPU.
  assert without and all(
      "Assert" in name and "/data" in name for name in without)


def test_the_device_decides_about_bad_parents(monkeypatch):
  from tfcompat_rnn._tf import tf
  for gpus in ([], ["one"]):
    monkeypatch.setattr(
        tf.config, "list_physical_devices", lambda kind, found=gpus: found)
    assert beam_tree._on_cpu("/job:worker/device:CPU:0")
    assert beam_tree._on_cpu("") == beam_tree._on_cpu("/gpu:0") == (not gpus)


@pytest.mark.parametrize("shapes, words", [
    (([4, 3], [4, 1, 3], [1], []), "Shape must be rank 3 but is rank 2"),
    (([4, 1, 3], [4, 1, 3], [], []), "Shape must be rank 1 but is rank 0"),
    (([4, 1, 3], [2, 1, 3], [1], []), "must be equal"),
    (([4, 1, 3], [4, 1, 3], [2], []), "must be equal, but are 1 and 2"),
    (([4, 1, 3], [4, 1, 3], [1], [1]), "Shape must be rank 0 but is rank 1")])
def test_gather_tree_refuses_shapes(tf, shapes, words):
  inputs = [tf.placeholder(tf.int32, shape) for shape in shapes]
  before = _opcount.count()
  with pytest.raises(ValueError, match=words):
    beam_tree.gather_tree(*inputs)
  assert _opcount.count() == before + 1


@pytest.mark.slow
def test_gather_tree_refuses_shapes_at_run_time(tf):
  steps, parents, lengths = (opened(tf, array)
                             for array in (STEPS, PARENTS, [3]))
  beams = beam_tree.gather_tree(steps, parents, lengths, 10)
  assert beams.shape.as_list() == [None] * 3
  with tf.Session() as session:
    for feeds, words in (
        ({steps: STEPS[0]}, "step_ids must be a 3-tensor"),
        ({parents: PARENTS[:2]}, "step_ids.shape must match parent_ids.shape"),
        ({lengths: [3, 3]}, "batch size dimensions step_ids.shape")):
      with pytest.raises(tf.errors.InvalidArgumentError, match=words):
        session.run(beams, feeds)


def test_gather_tree_refuses_dtypes(tf):
  int64 = tf.constant(1, tf.int64)
  for inputs, words in (
      ((STEPS.astype(float), PARENTS, [3], 1), "parameter 'step_ids' has"),
      ((STEPS, PARENTS, [3], int64), "Input 'end_token' of 'GatherTree' Op"),
      ((STEPS, PARENTS, tf.fill([1], int64), 1), "'max_sequence_lengths' of"),
      ((STEPS, PARENTS, [3.5], 1), "to parameter 'max_sequence_lengths'")):
    with pytest.raises(TypeError, match=words):
      beam_tree.gather_tree(*inputs)
  with pytest.raises(ValueError, match="None values not supported"):
    beam_tree.gather_tree(STEPS, PARENTS, None, 1)
  arrays = PARENTS.astype(np.int64), np.array([3]), np.int64(1)
  assert beam_tree.gather_tree(STEPS, *arrays).dtype == tf.int32


# One step.

@pytest.mark.parametrize("classes", [512, 600])
@pytest.mark.parametrize("width", [1, 4])
def test_the_best_of_many_are_those_of_top_k(tf, classes, width):
  """Also among equal numbers, and if only some are finite."""
  random = np.random.RandomState(classes + width)
  rows = np.round(random.randn(5, classes * width), 1)
  rows[1] = 0
  rows[2, 3:] = -np.inf
  rows[3] = -np.inf
  rows[4, -width:] = rows[4, 0] = 9
  rows = tf.constant(rows)
  before = _opcount.count()
  faster = beam_step._top_k(rows, width, classes, tf.constant(width))
  assert _opcount.count() == before + 2
  for got, want in zip(*run(tf, [faster, tf.nn.top_k(rows, width)])):
    np.testing.assert_array_equal(got, want)


def test_nan_among_many_is_no_error(tf):
  rows = tf.constant(np.full([1, 600], np.nan))
  _, places = run(tf, beam_step._top_k(rows, 1, 600, tf.constant(1)))
  assert 0 <= places[0, 0] < 600


def test_the_penalties_need_what_they_are_computed_of(tf):
  scores, done = tf.zeros([1, 2, 3]), tf.zeros([1, 2], tf.bool)
  lengths = tf.zeros([1, 2, 3])
  for weight, words in (([1., 2.], r"must be a scalar, got shape \(2,\); "),
                        (0.5, "must be a tensor where there is a coverage "
                         "penalty, got None; ")):
    with pytest.raises(ValueError, match=words):
      beam_step.get_scores(scores, lengths, 0.0, weight, done, None)
  with pytest.raises(ValueError,
                     match="must be 0.0 for a cell without attention, got 1"):
    beam_step.get_attention_probs((scores,), 1.0)
  assert beam_step.get_attention_probs(scores, 0.0) is None
  assert beam_step.length_penalty(lengths, 0.0) == 1.0
  with pytest.raises(ValueError):
    beam_step.length_penalty(lengths, [1., 2.])


# The decoder.

class Chain:
  """A cell whose output depends on its last two inputs only."""

  def __init__(self, tf, logits):
    self._tf = tf
    self._logits = logits
    self.state_size, self.output_size = 1, logits.shape[-1]

  def zero_state(self, batch_size, dtype):
    return self._tf.zeros([batch_size, 1], dtype)

  def __call__(self, inputs, state):
    places = self._tf.cast(self._tf.concat([state, inputs], 1), self._tf.int32)
    return self._tf.gather_nd(self._logits, places), inputs


@pytest.mark.slow
def test_enough_beams_find_the_best_sequences(either):
  """Of all that end within three steps, or are three steps long."""
  tf = either
  symbols, end, steps = 3, 2, 3
  logits = np.random.RandomState(3).uniform(-2, 2, [3, 3, 3])
  log_probs = logits - np.log(np.exp(logits).sum(-1, keepdims=True))
  found = []
  for sequence in itertools.product(range(symbols), repeat=steps):
    total, before, now = 0.0, 0, 1
    for symbol in sequence:
      if now != end or before == now == 1:
        total += log_probs[before, now, symbol]
      elif symbol != end:
        total = -np.inf
      before, now = now, symbol
    found.append((-total, sequence))
  found = [pair for pair in sorted(found) if np.isfinite(pair[0])]

  cell = Chain(tf, tf.constant(logits))
  decoder = beam_search.BeamSearchDecoder(
      cell, lambda ids: tf.cast(tf.expand_dims(ids, 2), tf.float64), [1], end,
      cell.zero_state(20, tf.float64), 20)
  outputs, state, _ = decoders.dynamic_decode(decoder, maximum_iterations=steps)
  assert isinstance(outputs, beam_search.FinalBeamSearchDecoderOutput)
  assert isinstance(outputs.beam_search_decoder_output,
                    beam_search.BeamSearchDecoderOutput)
  ids, scores = run(tf, [outputs.predicted_ids, state.log_probs])
  count = min(len(found), 10)
  assert ids[0].T[:count].tolist() == [list(s) for _, s in found[:count]]
  np.testing.assert_allclose(-scores[0, :count], [t for t, _ in found[:count]])


class Recorder(cells.GRUCell):
  """A GRU that keeps its outputs of all steps in a TensorArray."""

  def __init__(self, tf, units):
    super().__init__(units)
    self._shape = tf.TensorShape([])

  @property
  def state_size(self):
    return (super().state_size, self._shape, self._shape)

  def __call__(self, inputs, state, scope=None):
    output, new = super().__call__(inputs, state[0], scope=scope)
    return output, (new, state[1] + 1, state[2].write(state[1], output))


def recorded(tf, start, **options):
  """A search for 4 steps: the decoder, its outputs and its last state."""
  array = tf.TensorArray(tf.float32, 0, dynamic_size=True,
                         clear_after_read=False)
  decoder = beam_search.BeamSearchDecoder(
      Recorder(tf, 4), tf.one_hot(range(4), 4), start, 3,
      (tf.ones([6, 4]), tf.constant(0), array), 3, **options)
  # Seeds of their own: the weights must not depend on other tests.
  initializer = tf.random_uniform_initializer(-1., 1., seed=4)
  with tf.variable_scope(None, "search", initializer=initializer):
    outputs, state, _ = decoders.dynamic_decode(
        decoder, maximum_iterations=4, output_time_major=True)
  return decoder, outputs.beam_search_decoder_output, state


@pytest.mark.slow
def test_a_tensor_array_in_the_state_is_sorted_by_beam(tf):
  tf.set_random_seed(1)  # with others, all beams end before the fourth step
  decoder, steps, state = recorded(
      tf, opened(tf, [0, 1], rank=1), reorder_tensor_arrays=False)
  whole = state.cell_state[2]
  sorted_array = decoder._maybe_sort_array_beams(
      whole, steps.parent_ids, state.lengths)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    raw, got, parents, lengths = session.run(
        [whole.stack(), sorted_array, steps.parent_ids, state.lengths])
  assert parents.any() and len(parents) == 4
  raw = raw.reshape([4, 2, 3, 4])
  want = raw.copy()
  for entry, beam in itertools.product(range(2), range(3)):
    place = beam
    for step in range(lengths[entry].max() - 1, -1, -1):
      if step < lengths[entry, beam]:
        want[step, entry, beam] = raw[step, entry, place]
      place = parents[step, entry, place]
  np.testing.assert_array_equal(got, want.reshape([4, 6, 4]))

  _, _, state = recorded(tf, opened(tf, [0, 1], rank=1))
  assert state.cell_state[2].shape.as_list()[-1] == 4


@pytest.mark.slow
def test_an_array_that_has_no_beams_stays_as_it_is(tf, caplog):
  """`[batch * beam, depth]` with a known batch had none in 1.15 either."""
  logger = logging.getLogger("tensorflow")
  logger.addHandler(caplog.handler)
  try:
    # Another test may have made the logger quieter.
    with caplog.at_level(logging.WARNING, "tensorflow"):
      _, _, state = recorded(tf, [0, 1])
  finally:
    logger.removeHandler(caplog.handler)
  assert isinstance(state.cell_state[2], tf.TensorArray)
  assert "reorder_tensor_arrays=False" in caplog.text


@pytest.mark.parametrize("shape, fits", [
    ([None, 4], True), ([15], True), ([15, None], True), ([16, None], False),
    ([3, 5, None], False), ([3, 5], False), ([15, 7], False)])
def test_static_shapes_of_arrays_are_judged_as_in_1_15(tf, shape, fits):
  check = beam_tree.check_static_batch_beam_maybe
  assert check(tf.TensorShape(shape), 3, 5) == fits
  assert check(tf.TensorShape(shape), None, 5)


def test_shapes_of_arrays_are_checked_at_run_time(tf):
  for shape, fits in (([8, 4, 5, 2], True), ([8, 20, 2], True),
                      ([8, 21, 2], False), ([8, 4, 6, 2], False)):
    array = tf.placeholder_with_default(np.zeros(shape), [None] * len(shape))
    check = beam_tree.check_batch_beam(array, tf.constant(4), 5)
    if fits:
      run(tf, check)
    else:
      with pytest.raises(tf.errors.InvalidArgumentError,
                         match=r"must be \[batch, beam, ...\] or \[batch \* "
                         r"beam, ...\] to be sorted by beam; set reorder"):
        run(tf, check)


def arguments(tf, **changed):
  return {"cell": cells.GRUCell(4), "embedding": tf.zeros([9, 4]),
          "start_tokens": [0, 1], "end_token": 2,
          "initial_state": tf.zeros([6, 4]), "beam_width": 3, **changed}


@pytest.mark.parametrize("name, value, kind, words", [
    ("cell", 3, TypeError, "is not an RNNCell"),
    ("output_layer", len, TypeError, "`output_layer` must be a Layer, such "
     "as those of tf.layers, got <class 'builtin_function_or_method'>; "),
    ("output_layer", dict, TypeError, "got the class dict; "),
    ("start_tokens", 1, ValueError, "`start_tokens` must be a vector, got "
     r"shape \(\); pass for example tf.fill"),
    ("end_token", [1], ValueError, "`end_token` must be a scalar, got shape"),
    ("initial_state", np.zeros([2, 4], np.float32), ValueError,
     "apply tile_batch"),
    ("initial_state", np.zeros([6, 5], np.float32), ValueError,
     r"`initial_state` must consist of tensors \[batch \* beam_width, depth\]")
])
def test_arguments_are_checked(tf, name, value, kind, words):
  if name == "initial_state":
    value = tf.constant(value)
  with pytest.raises(kind, match=words):
    beam_search.BeamSearchDecoder(**arguments(tf, **{name: value}))


def test_a_state_of_unknown_rank_is_refused(tf):
  with pytest.raises(ValueError, match="`initial_state` must consist of "
                     "tensors of known rank, got Tensor"):
    beam_search.BeamSearchDecoder(**arguments(
        tf, initial_state=tf.placeholder(tf.float32)))
  for tensor in (tf.placeholder(tf.float32), tf.constant(1)):
    with pytest.raises(ValueError, match="statically known rank"):
      beam_search.tile_batch(tensor, 2)


def test_a_subclass_reaches_what_it_did_in_1_15(tf):
  class Louder(beam_search.BeamSearchDecoder):
    """Adds a symbol to each embedding, and keeps the tokens."""

    def __init__(self, *args, **options):
      super().__init__(*args, **options)
      self.tokens = self._start_tokens
      self._embedding_fn = lambda ids: tf.one_hot(ids + 1, 4)
      self._start_inputs = self._embedding_fn(self._start_tokens)

    def initialize(self, name=None):
      finished, inputs, state = super().initialize(name)
      return finished, inputs * 2.0, state

  decoder = Louder(**arguments(tf))
  assert {"_cell", "_end_token", "_finished", "_initial_cell_state",
          "_batch_size", "_beam_width", "_length_penalty_weight",
          "_coverage_penalty_weight", "_output_layer",
          "_reorder_tensor_arrays"} <= set(vars(decoder))
  merged = decoder._merge_batch_beams(tf.zeros([2, 3, 7]), 7)
  assert merged.shape.as_list() == [6, 7]
  assert decoder._split_batch_beams(
      merged, tf.constant([7])).shape.as_list() == [2, 3, 7]
  assert decoder.tracks_own_finished
  assert [size.as_list() for size in decoder.output_size] == [[3]] * 3
  assert decoder.output_dtype == (tf.float32, tf.int32, tf.int32)
  _, inputs, state = decoder.initialize()
  tokens, inputs, log_probs = run(
      tf, [decoder.tokens, inputs, state.log_probs])
  assert tokens.tolist() == [[0] * 3, [1] * 3]
  assert inputs[1, 0].tolist() == [0, 0, 2, 0]
  assert log_probs[0].tolist() == [0, -np.inf, -np.inf]
