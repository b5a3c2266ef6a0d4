"""Decoders and helpers, apart from what the golden cases measure."""

import inspect

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import _snapshot
from tfcompat_rnn import cells
from tfcompat_rnn import gradients
from tfcompat_rnn import loops
from tfcompat_rnn.seq2seq import attention
from tfcompat_rnn.seq2seq import basic_decoder
from tfcompat_rnn.seq2seq import decoders
from tfcompat_rnn.seq2seq import helpers
from tfcompat_rnn.seq2seq.helpers import sampling

BATCH, STEPS, DEPTH, UNITS, WORDS = 2, 3, 4, 5, 6
LENGTHS = [3, 1]


def numbers(*shape, seed=7, dtype=np.float32):
  return np.random.RandomState(seed).uniform(-1, 1, shape).astype(dtype)


def dense(units=WORDS):
  from tfcompat_rnn import tf1
  return tf1.layers.Dense(units)


def trained(tf, state=None, dtype=np.float32, **options):
  """`dynamic_decode` of a GRU that reads its inputs."""
  helper = helpers.TrainingHelper(
      tf.constant(numbers(BATCH, STEPS, DEPTH, dtype=dtype)), LENGTHS)
  cell = cells.GRUCell(UNITS)
  if state is None:
    state = cell.zero_state(BATCH, dtype)
  return decoders.dynamic_decode(
      basic_decoder.BasicDecoder(cell, helper, state), **options)


class Counter(decoders.Decoder):
  """Returns 0, 1, 2, ... in each row; the rows finish after 2 and 4 steps."""

  def __init__(self, tf, state=None):
    self._tf = tf
    self._state = tf.zeros([BATCH], tf.int32) if state is None else state
    self.finalized = None

  @property
  def batch_size(self):
    return BATCH

  @property
  def output_size(self):
    return self._tf.TensorShape([])

  @property
  def output_dtype(self):
    return self._tf.int32

  def initialize(self, name=None):
    return self._tf.zeros([BATCH], self._tf.bool), self._state, self._state

  def step(self, time, inputs, state, name=None):
    finished = self._tf.equal(state, [1, 3])
    return state, state + 1, inputs, finished


def run(tf, fetches):
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    return session.run(fetches)


def test_counter_by_mental_arithmetic(v1):
  plain = decoders.dynamic_decode(Counter(v1))
  imputed = decoders.dynamic_decode(
      Counter(v1), impute_finished=True, output_time_major=True)
  limited = decoders.dynamic_decode(Counter(v1), maximum_iterations=3)
  plain, imputed, limited = run(v1, [plain, imputed, limited])
  assert plain[0].tolist() == [[0, 1, 2, 3]] * 2
  assert plain[1].tolist() == [4, 4]
  assert plain[2].tolist() == [2, 4]
  # Once a row has finished, its outputs are 0 and its state stays.
  assert imputed[0].tolist() == [[0, 0], [1, 1], [0, 2], [0, 3]]
  assert imputed[1].tolist() == [2, 4]
  assert limited[0].tolist() == [[0, 1, 2]] * 2
  assert limited[2].tolist() == [2, 3]


def test_batch_size_is_read_as_often_as_in_1_15(v1):
  """A property that creates operations counts for the seeds."""
  class Reads(Counter):
    count = 0
    output_size = (v1.TensorShape([]), 1, v1.TensorShape([1]))
    output_dtype = (v1.int32,) * 3

    @property
    def batch_size(self):
      self.count += 1
      return BATCH

    def step(self, time, inputs, state, name=None):
      output, state, inputs, finished = super().step(time, inputs, state)
      column = v1.expand_dims(output, 1)
      return (output, column, column), state, inputs, finished

  decoder = Reads(v1)
  decoders.dynamic_decode(decoder)
  # Once for the zero outputs, and once for each TensorArray.
  assert decoder.count == 4


@pytest.mark.slow
def test_the_same_with_either_control_flow(either):
  tf = either
  outputs, state, lengths = trained(tf, impute_finished=True)
  with tf.variable_scope("decoder", reuse=True):
    direct, last = loops.dynamic_rnn(
        cells.GRUCell(UNITS, name="gru_cell"),
        tf.constant(numbers(BATCH, STEPS, DEPTH)), LENGTHS, dtype=tf.float32,
        scope=tf.get_variable_scope())
  slopes = [tf.gradients(tf.reduce_sum(value), tf.trainable_variables())
            for value in (outputs.rnn_output, direct)]
  got, want, lengths, ids = run(tf, [
      [outputs.rnn_output, state, *slopes[0]], [direct, last, *slopes[1]],
      lengths, outputs.sample_id])
  for mine, theirs in zip(got, want):
    np.testing.assert_allclose(mine, theirs, rtol=1e-5, atol=1e-6)
  assert lengths.tolist() == LENGTHS
  assert ids[1].tolist() == [np.argmax(got[0][1, 0]), 0, 0]


@pytest.mark.slow
def test_gradients_against_differences(v1):
  x = v1.constant(numbers(BATCH, STEPS, DEPTH, dtype=np.float64))
  start = v1.constant(numbers(BATCH, UNITS, seed=1, dtype=np.float64))
  outputs, last, _ = decoders.dynamic_decode(
      basic_decoder.BasicDecoder(
          cells.LSTMCell(UNITS), helpers.TrainingHelper(x, [3, 2]),
          cells.LSTMStateTuple(start, start), dense()), impute_finished=True)
  loss = v1.reduce_sum(v1.tanh(outputs.rnn_output)) + v1.reduce_sum(last.c)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    report = gradients.check_gradients(
        loss, session=session, inputs=x, states=start)
  assert report.passed, report


def test_a_state_read_from_a_reference_variable_is_copied(v1):
  state = v1.get_variable("state", [BATCH, UNITS], trainable=False,
                          initializer=v1.zeros_initializer())
  before = _opcount.count()
  trained(v1, state=v1.zeros([BATCH, UNITS]))
  plain = _opcount.count() - before
  graph = v1.get_default_graph()
  assert not [op for op in graph.get_operations() if op.type == "DeepCopy"]
  with v1.variable_scope("second"):
    before = _opcount.count()
    trained(v1, state=state)
    # zeros() is one operation; the copy does not count.
    assert _opcount.count() - before == plain - 1
  copies = [op for op in graph.get_operations() if op.type == "DeepCopy"]
  assert [op.inputs[0].op.name for op in copies] == ["state/read"]


@pytest.mark.slow
def test_assigning_the_final_state_leaves_the_gradients_right(v1):
  """Without the copy, the assign overwrites what backpropagation reads."""
  state = v1.get_variable("state", [4, 4], trainable=False,
                          initializer=v1.zeros_initializer())
  helper = helpers.TrainingHelper(
      v1.constant(numbers(4, 6, 5)), [6, 6, 6, 6])
  outputs, final, _ = decoders.dynamic_decode(
      basic_decoder.BasicDecoder(cells.GRUCell(4), helper, state))
  loss = v1.reduce_mean(v1.square(outputs.rnn_output - 0.5))
  slopes = v1.gradients(loss, v1.trainable_variables())
  keep = state.assign(final)
  start = numbers(4, 4, seed=3)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for _ in range(20):
      state.load(start, session)
      want = session.run(slopes)
      state.load(start, session)
      got, _ = session.run([slopes, keep])
      for mine, theirs in zip(got, want):
        np.testing.assert_array_equal(mine, theirs)


def test_copies_can_be_turned_off(v1):
  state = v1.get_variable("state", [BATCH, UNITS], trainable=False)
  before = _snapshot.set_enabled(False)
  try:
    trained(v1, state=state)
  finally:
    _snapshot.set_enabled(before)
  graph = v1.get_default_graph()
  assert not [op for op in graph.get_operations() if op.type == "DeepCopy"]


def test_the_regularization_loss_is_outside_the_loop(v1):
  class OwnCell(cells.RNNCell):
    """Makes its variable in the scope of the loop, as users' cells do."""
    state_size = output_size = DEPTH

    def __call__(self, inputs, state, scope=None):
      scale = v1.get_variable("scale", initializer=2.0)
      return inputs * scale, state

  helper = helpers.TrainingHelper(
      v1.constant(numbers(BATCH, STEPS, DEPTH)), LENGTHS)
  with v1.variable_scope("model", regularizer=lambda x: 3.0 * x):
    decoders.dynamic_decode(basic_decoder.BasicDecoder(
        OwnCell(), helper, v1.zeros([BATCH, DEPTH])))
  loss, = v1.get_collection(v1.GraphKeys.REGULARIZATION_LOSSES)
  assert loss.name == "model/decoder/scale/Regularizer/mul:0"
  assert run(v1, loss) == 6.0


def test_finalize_and_own_finished(v1):
  class Finalized(Counter):

    def finalize(self, outputs, final_state, sequence_lengths):
      assert outputs.shape.as_list() == [None, BATCH]  # time-major
      return outputs * 10, (final_state, sequence_lengths)

  class Own(Counter):
    tracks_own_finished = True

  finalized, own = run(v1, [
      decoders.dynamic_decode(Finalized(v1)),
      decoders.dynamic_decode(Own(v1), maximum_iterations=6)])
  assert finalized[0].tolist() == [[0, 10, 20, 30]] * 2
  assert [part.tolist() for part in finalized[1]] == [[4, 4], [2, 4]]
  # Both rows never finish at the same step, so that only the limit ends it.
  assert own[0].tolist() == [[0, 1, 2, 3, 4, 5]] * 2
  # A row that is not finished counts on.
  assert own[2].tolist() == [6, 6]


def test_other_structures_than_before_are_refused(v1):
  class Wrong(Counter):
    """Returns a list as the state, or a pair as the output."""

    def __init__(self, wrong):
      super().__init__(v1, [v1.zeros([BATCH], v1.int32)])
      self._wrong = wrong

    def step(self, time, inputs, state, name=None):
      number, = state
      return ((number, number) if self._wrong == "outputs" else number,
              (number,) if self._wrong == "state" else state,
              number if self._wrong == "inputs" else inputs,
              v1.equal(number, 3))

  for what, kind, words in (
      ("state", TypeError, "two namedtuples|sequence type|same type"),
      ("outputs", ValueError, "don't have the same nested structure"),
      ("inputs", ValueError, "don't have the same nested structure")):
    with pytest.raises(kind, match=words) as caught:
      decoders.dynamic_decode(Wrong(what))
    assert isinstance(caught.value, _errors.TfcompatError)
    assert str(caught.value).startswith(f"`decoder.step's {what}` must ")


@pytest.mark.slow
def test_inside_xla(v1):
  x = v1.constant(numbers(BATCH, STEPS, DEPTH))

  def decoded(**options):
    def outputs(inputs):
      cell = cells.GRUCell(UNITS)
      return decoders.dynamic_decode(
          basic_decoder.BasicDecoder(
              cell, helpers.TrainingHelper(inputs, LENGTHS),
              cell.zero_state(BATCH, v1.float32)),
          scope="decode", **options)[0].rnn_output
    return outputs

  with v1.variable_scope("model", reuse=v1.AUTO_REUSE, use_resource=True):
    with pytest.raises(
        _errors.ArgumentError, match="`maximum_iterations` must be given "
        "inside a function compiled by XLA, got None"):
      v1.xla.experimental.compile(decoded(), [x])
    compiled, = v1.xla.experimental.compile(
        decoded(maximum_iterations=STEPS), [x])
    plain = decoded()(x)
  plain, compiled = run(v1, [plain, compiled])
  np.testing.assert_allclose(compiled, plain, rtol=1e-5, atol=1e-6)


WRONG = {
    "decoder": (
        TypeError, "must be a Decoder, got <class 'object'>; subclass",
        lambda tf: decoders.dynamic_decode(object())),
    "maximum_iterations": (
        ValueError, r"must be a scalar, .* got shape \(1,\); pass one number",
        lambda tf: decoders.dynamic_decode(
            Counter(tf), maximum_iterations=[3])),
    "helper": (
        TypeError, "must be a Helper, got <class 'object'>; pass for",
        lambda tf: basic_decoder.BasicDecoder(
            cells.GRUCell(3), object(), None)),
    "output_layer": (
        TypeError, "must be a Layer, such as those of .* got <class 'func",
        lambda tf: basic_decoder.BasicDecoder(
            cells.GRUCell(3), feed_nothing(tf), None, lambda x: x)),
    "output_layer, a class": (
        TypeError, "must be a Layer, .* got the class dict; pass for",
        lambda tf: basic_decoder.BasicDecoder(
            cells.GRUCell(3), feed_nothing(tf), None, dict)),
    "cell": (
        TypeError, "is not an RNNCell",
        lambda tf: basic_decoder.BasicDecoder(object(), None, None)),
    "sequence_length": (
        ValueError, "must be a vector with one length per row, "
        r"got shape \(2, 1\); pass",
        lambda tf: helpers.TrainingHelper(tf.zeros([2, 3, 4]), [[1], [2]])),
    "inputs": (
        ValueError, r"must have a step, .* got shape \(2, 0, 4\); pass",
        lambda tf: helpers.TrainingHelper(tf.zeros([2, 0, 4]), [0, 0])),
    "sequence_length, int64": (
        TypeError, r"int32, got int64; pass tf.cast.* Input 'y' of 'Equal' Op "
        "has type int64 that does not match type int32 of argument 'x'.",
        lambda tf: helpers.TrainingHelper(
            tf.zeros([2, 3, 4]), np.array([1, 2], np.int64)).initialize()),
    "start_tokens": (
        ValueError, r"must be a vector, one symbol per row, got shape \(\); ",
        lambda tf: helpers.GreedyEmbeddingHelper(tf.zeros([3, 2]), 1, 0)),
    "end_token": (
        ValueError, r"must be a scalar, .* got shape \(1,\); pass an int",
        lambda tf: helpers.GreedyEmbeddingHelper(tf.zeros([3, 2]), [1], [0])),
    "sampling_probability": (
        ValueError, "must be a scalar, or a vector with one per row, "
        r"got shape \(1, 1\); ",
        lambda tf: helpers.ScheduledOutputTrainingHelper(
            tf.zeros([2, 3, 4]), [1, 2], [[0.5]])),
    "outputs": (
        TypeError, r"must be a single Tensor, \[batch, vocabulary\], got <cl",
        lambda tf: helpers.GreedyEmbeddingHelper(
            tf.zeros([3, 2]), [1], 0).sample(0, [tf.zeros([1, 3])], None)),
    "batch_size": (
        ValueError, "must be read after `initialize`, .* call helper.init",
        lambda tf: feed_nothing(tf).batch_size),
}


def feed_nothing(tf):
  return helpers.CustomHelper(
      lambda: (tf.tile([False], [2]), tf.zeros([2, 3])), None, None)


@pytest.mark.parametrize("argument", sorted(WRONG))
def test_errors_name_the_argument_and_the_next_step(v1, argument):
  kind, words, call = WRONG[argument]
  with pytest.raises(kind, match=words) as caught:
    call(v1)
  assert isinstance(caught.value, _errors.TfcompatError)
  assert str(caught.value).startswith(f"`{argument.split(',')[0]}` ")


def test_layers_and_cells_of_keras_3_are_refused(v1):
  body = {"__module__": "keras.src.layers", "__call__": lambda *_: None,
          "compute_output_shape": lambda *_: None, "state_size": 3,
          "output_size": 3, "get_initial_state": lambda *_: None}
  layer = type("Dense", (), body)()
  with pytest.raises(TypeError, match="got a Dense of Keras 3; pass for"):
    basic_decoder.BasicDecoder(
        cells.GRUCell(3), feed_nothing(v1), None, layer)
  with pytest.raises(TypeError, match="Keras 3; pass a cell of .*not an RNN"):
    attention.AttentionWrapper(layer, None)


def test_subclasses_must_define_everything():
  class Half(helpers.Helper):
    batch_size = sample_ids_shape = 1

    def initialize(self, name=None):
      return None

  with pytest.raises(TypeError, match="abstract"):
    Half()
  with pytest.raises(TypeError, match="abstract"):
    decoders.Decoder()

  class Bare(decoders.Decoder):

    def initialize(self, name=None):
      return None

    def step(self, time, inputs, state, name=None):
      return None

  bare = Bare()
  assert bare.tracks_own_finished is False
  for name in ("batch_size", "output_size", "output_dtype"):
    with pytest.raises(NotImplementedError):
      getattr(bare, name)
  with pytest.raises(NotImplementedError):
    bare.finalize(None, None, None)


def test_attributes_that_subclasses_use(v1):
  x = v1.zeros([BATCH, STEPS, DEPTH])
  training = helpers.TrainingHelper(x, LENGTHS)
  assert training.inputs is training._inputs
  assert training.sequence_length is training._sequence_length
  assert training._zero_inputs.shape.as_list() == [BATCH, DEPTH]
  assert isinstance(training._input_tas, v1.TensorArray)
  greedy = helpers.SampleEmbeddingHelper(lambda ids: x[:, 0], [0, 1], 2, 0.5)
  assert greedy._start_inputs.shape.as_list() == [BATCH, DEPTH]
  assert greedy._softmax_temperature == 0.5 and greedy._seed is None
  assert {"_embedding_fn", "_start_tokens", "_end_token",
          "_batch_size"} <= set(vars(greedy))
  scheduled = helpers.ScheduledOutputTrainingHelper(
      x, LENGTHS, 0.5, auxiliary_inputs=x)
  assert {"_sampling_probability", "_auxiliary_input_tas", "_seed",
          "_next_inputs_fn", "_input_tas"} <= set(vars(scheduled))
  decoder = basic_decoder.BasicDecoder(
      cells.GRUCell(3), training, v1.zeros([BATCH, 3]), dense())
  assert {"_cell", "_helper", "_initial_state", "_output_layer"} == set(
      vars(decoder))
  assert decoder._rnn_output_size().as_list() == [WORDS]
  # 1.15's tests compare a size with an int.
  assert decoder.output_size == basic_decoder.BasicDecoderOutput(
      WORDS, v1.TensorShape([]))
  assert decoder.output_dtype == basic_decoder.BasicDecoderOutput(
      v1.float32, v1.int32)


def test_what_a_custom_helper_may_do(v1):
  class Own(helpers.CustomHelper):

    def __init__(self):
      super().__init__(lambda: [v1.constant([False, True]), v1.zeros([2, 3])],
                       None, None)
      self._scope = "a name of the program"

  helper = Own()
  # A tuple, to which decoders append a state.
  finished, inputs, state = helper.initialize() + ("state",)
  assert finished.name == "OwnInitialize/Const:0"
  assert inputs.shape.as_list() == [2, 3] and state == "state"
  with v1.Session() as session:
    assert session.run(helper.batch_size) == 2


@pytest.mark.parametrize("with_embedding", [
    False, pytest.param(True, marks=pytest.mark.slow)])
def test_scheduled_draws_follow_the_order_of_the_steps(v1, with_embedding):
  """However many steps may run at the same time (see `_after`)."""
  x = numbers(BATCH, 8, UNITS)

  def used(**options):
    lengths = [8, 6]
    helper = (
        helpers.ScheduledEmbeddingTrainingHelper(
            x, lengths, numbers(UNITS, UNITS), 0.5, seed=1, scheduling_seed=3)
        if with_embedding else
        helpers.ScheduledOutputTrainingHelper(x, lengths, 0.5, seed=3))
    cell = cells.BasicRNNCell(UNITS)
    return decoders.dynamic_decode(basic_decoder.BasicDecoder(
        cell, helper, cell.zero_state(BATCH, v1.float32)), scope="decode",
        **options)[0].sample_id

  v1.set_random_seed(3)
  with v1.variable_scope("model", reuse=v1.AUTO_REUSE):
    one, many = used(parallel_iterations=1), used()
  config = v1.ConfigProto(
      intra_op_parallelism_threads=1, inter_op_parallelism_threads=1,
      use_per_session_threads=True)
  with v1.Session(config=config) as session:
    session.run(v1.global_variables_initializer())
    for _ in range(4):
      want, got = session.run(one), session.run(many)
      assert got.tolist() == want.tolist()


def test_draws_have_the_right_frequencies(v1):
  logits = v1.log([[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]])
  ids = sampling.categorical_sample(logits, sample_shape=[4000], seed=1)
  heads = sampling.bernoulli_sample(
      probs=[0.2, 0.9], sample_shape=[4000], seed=2)
  assert ids.dtype == heads.dtype == v1.int32
  ids, heads = run(v1, [ids, heads])
  assert ids.shape == heads.shape == (4000, 2)
  shares = [np.bincount(ids[:, row], minlength=3) / 4000 for row in (0, 1)]
  np.testing.assert_allclose(
      shares, [[0.1, 0.2, 0.7], [0.5, 0.25, 0.25]], atol=0.03)
  np.testing.assert_allclose(heads.mean(0), [0.2, 0.9], atol=0.03)


def test_transposing_leaves_vectors_alone_and_accepts_an_unknown_rank(v1):
  vector = v1.zeros([3])
  assert decoders._transpose_batch_time(vector) is vector
  known = decoders._transpose_batch_time(v1.zeros([2, 3, 4]))
  assert known.shape.as_list() == [3, 2, 4]
  anything = v1.placeholder_with_default(numbers(2, 3, 4), None)
  swapped = decoders._transpose_batch_time(anything)
  assert swapped.shape.rank is None
  assert run(v1, swapped).shape == (3, 2, 4)


def test_signatures():
  """As `inspect` prints them in 1.15.5."""
  expected = {
      decoders.dynamic_decode: (
          "(decoder, output_time_major=False, impute_finished=False, "
          "maximum_iterations=None, parallel_iterations=32, "
          "swap_memory=False, scope=None, **kwargs)"),
      basic_decoder.BasicDecoder: (
          "(cell, helper, initial_state, output_layer=None)"),
      helpers.TrainingHelper: (
          "(inputs, sequence_length, time_major=False, name=None)"),
      helpers.ScheduledEmbeddingTrainingHelper: (
          "(inputs, sequence_length, embedding, sampling_probability, "
          "time_major=False, seed=None, scheduling_seed=None, name=None)"),
      helpers.ScheduledOutputTrainingHelper: (
          "(inputs, sequence_length, sampling_probability, "
          "time_major=False, seed=None, next_inputs_fn=None, "
          "auxiliary_inputs=None, name=None)"),
      helpers.GreedyEmbeddingHelper: "(embedding, start_tokens, end_token)",
      helpers.SampleEmbeddingHelper: (
          "(embedding, start_tokens, end_token, softmax_temperature=None, "
          "seed=None)"),
      helpers.InferenceHelper: (
          "(sample_fn, sample_shape, sample_dtype, start_inputs, end_fn, "
          "next_inputs_fn=None)"),
      helpers.CustomHelper: (
          "(initialize_fn, sample_fn, next_inputs_fn, "
          "sample_ids_shape=None, sample_ids_dtype=None)"),
      sampling.bernoulli_sample: (
          "(probs=None, logits=None, dtype=tf.int32, sample_shape=(), "
          "seed=None)"),
      sampling.categorical_sample: (
          "(logits, dtype=tf.int32, sample_shape=(), seed=None)"),
  }
  for function, signature in expected.items():
    assert str(inspect.signature(function)) == signature


def test_the_keras_classes_are_refused_by_name(v1):
  from tfcompat_rnn import tf1
  ops = tf1.contrib.seq2seq.python.ops
  for find, step in (
      (lambda: ops.decoder.BaseDecoder, "subclass tf.contrib.seq2seq.Decoder"),
      (lambda: ops.basic_decoder.BasicDecoderV2,
       "use tf.contrib.seq2seq.BasicDecoder"),
      (lambda: ops.basic_decoder.sampler_py,
       "use tf.contrib.seq2seq's helpers"),
      (lambda: ops.sampler, "use tf.contrib.seq2seq's helpers")):
    with pytest.raises(_errors.MissingSymbolError, match=step):
      find()
  assert ops.basic_decoder.helper_py.TrainingHelper is helpers.TrainingHelper
  assert ops.helper.decoder.Decoder is decoders.Decoder
