"""Golden cases of the decoders and helpers of `tf.contrib.seq2seq`.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

import collections

import numpy as np

from golden.registry import BOTH
from golden.registry import SINGLE
from golden.registry import case
from golden.registry import nn

VOCABULARY = 6


def seq2seq(b):
  return b.tf.contrib.seq2seq


def lengths(b, values=(3, 2)):
  return b.integers("lengths", list(values))


def dense(b, units=VOCABULARY, **options):
  return b.tf.layers.Dense(units, name="logits", **options)


def embedding(b, depth=None):
  return b.tf.get_variable(
      "embedding", [VOCABULARY, depth or b.depth], b.dtype)


def basic(b, helper, cell=None, layer=None, state=None):
  cell = cell or nn(b).GRUCell(b.units)
  state = b.state(cell.state_size) if state is None else state
  return seq2seq(b).BasicDecoder(cell, helper, state, layer)


def decode(b, decoder, **options):
  """Outputs, and the final state with the lengths."""
  options.setdefault("parallel_iterations", 1)
  outputs, state, ends = seq2seq(b).dynamic_decode(decoder, **options)
  return outputs, [state, ends]


@case("decoding")
def training(b):
  helper = seq2seq(b).TrainingHelper(b.sequence(), lengths(b))
  return decode(b, basic(b, helper, nn(b).LSTMCell(b.units), dense(b)))


@case("decoding", SINGLE)
def training_no_layer_list_lengths(b):
  helper = seq2seq(b).TrainingHelper(b.sequence(), [2, 3], name="mine")
  return decode(b, basic(b, helper))


@case("decoding", SINGLE)
def training_time_major_imputed(b):
  helper = seq2seq(b).TrainingHelper(
      b.sequence(time_major=True), lengths(b, (1, 3)), time_major=True)
  cell = nn(b).MultiRNNCell([nn(b).GRUCell(3), nn(b).LSTMCell(b.units)])
  return decode(b, basic(b, helper, cell, dense(b, use_bias=False)),
                output_time_major=True, impute_finished=True, swap_memory=True)


@case("decoding", BOTH)
def training_open_batch_imputed(b):
  helper = seq2seq(b).TrainingHelper(
      b.sequence(known=False), b.integers("lengths", [0, 3], shape=[None]))
  cell = nn(b).LSTMCell(b.units)
  state = cell.zero_state(helper.batch_size, b.dtype)
  return decode(b, basic(b, helper, cell, dense(b), state),
                impute_finished=True, scope="my_decoder")


@case("decoding", SINGLE)
def training_lengths_all_zero(b):
  helper = seq2seq(b).TrainingHelper(b.sequence(), lengths(b, (0, 0)))
  return decode(b, basic(b, helper))


@case("decoding", SINGLE)
def training_limited(b):
  helper = seq2seq(b).TrainingHelper(b.sequence(), lengths(b))
  return decode(b, basic(b, helper), maximum_iterations=2)


@case("decoding", SINGLE)
def training_limited_by_tensor(b):
  helper = seq2seq(b).TrainingHelper(b.sequence(), lengths(b))
  return decode(b, basic(b, helper), impute_finished=True,
                maximum_iterations=b.integers("limit", 2))


@case("decoding", SINGLE)
def training_limit_zero(b):
  helper = seq2seq(b).TrainingHelper(b.sequence(), lengths(b))
  return decode(b, basic(b, helper), maximum_iterations=0)


@case("decoding", SINGLE)
def training_spatial(b):
  """Inputs of rank 4, without a recurrent cell: each output is a frame."""
  class Frames(nn(b).RNNCell):
    state_size = b.tf.TensorShape([3, 2])
    output_size = b.tf.TensorShape([3, 2])

    def __call__(self, inputs, state, scope=None):
      return inputs + state, b.tf.tanh(inputs - state)

  helper = seq2seq(b).TrainingHelper(
      b.input("x", [2, 3, 3, 2]), lengths(b))
  cell = Frames()
  return decode(b, basic(b, helper, cell, state=b.input("s", [2, 3, 2])))


@case("decoding")
def greedy(b):
  helper = seq2seq(b).GreedyEmbeddingHelper(embedding(b), [1, 2], 5)
  return decode(b, basic(b, helper, nn(b).LSTMCell(b.units), dense(b)),
                maximum_iterations=4)


@case("decoding", SINGLE)
def greedy_function_open_batch(b):
  table = embedding(b)
  helper = seq2seq(b).GreedyEmbeddingHelper(
      lambda ids: b.tf.nn.embedding_lookup(table, ids),
      b.integers("start", [3, 0], shape=[None]), b.integers("end", 4))
  cell = nn(b).GRUCell(b.units)
  state = cell.zero_state(helper.batch_size, b.dtype)
  return decode(b, basic(b, helper, cell, dense(b), state),
                maximum_iterations=5, impute_finished=True)


@case("decoding", SINGLE)
def greedy_until_the_end(b):
  """Nothing limits the loop but the end tokens, after 2 and 3 steps."""
  plan = b.tf.one_hot([[1, 2, 5, 0], [3, 5, 0, 0]], VOCABULARY,
                      dtype=b.dtype)
  end = seq2seq(b).GreedyEmbeddingHelper(
      b.tf.one_hot(np.arange(VOCABULARY), VOCABULARY, dtype=b.dtype),
      [0, 0], 5)

  class Planned(nn(b).RNNCell):
    state_size = 1
    output_size = VOCABULARY

    def __call__(self, inputs, state, scope=None):
      step = b.tf.cast(state[0, 0], b.tf.int32)
      return plan[:, step] + 0.1 * inputs, state + 1

  return decode(b, basic(b, end, Planned(), state=b.tf.zeros([2, 1], b.dtype)))


@case("decoding", SINGLE)
def sampling(b):
  helper = seq2seq(b).SampleEmbeddingHelper(
      embedding(b), [1, 2], 5, softmax_temperature=0.5, seed=11)
  return decode(b, basic(b, helper, layer=dense(b)), maximum_iterations=4)


@case("decoding")
def sampling_no_temperature(b):
  helper = seq2seq(b).SampleEmbeddingHelper(embedding(b), [1, 2], 5, seed=2)
  return decode(b, basic(b, helper, layer=dense(b)), maximum_iterations=3)


@case("decoding", SINGLE)
def scheduled_embedding(b):
  helper = seq2seq(b).ScheduledEmbeddingTrainingHelper(
      b.sequence(), lengths(b), embedding(b), 0.5, seed=1, scheduling_seed=5)
  return decode(b, basic(b, helper, layer=dense(b)))


@case("decoding", SINGLE)
def scheduled_embedding_by_row(b):
  helper = seq2seq(b).ScheduledEmbeddingTrainingHelper(
      b.sequence(time_major=True), lengths(b), embedding(b),
      b.input("often", [], low=0.4, high=0.6), time_major=True, seed=1,
      scheduling_seed=4, name="mine")
  return decode(b, basic(b, helper, layer=dense(b)), impute_finished=True)


@case("decoding", SINGLE)
def scheduled_output(b):
  helper = seq2seq(b).ScheduledOutputTrainingHelper(
      b.sequence(), lengths(b), 0.5, seed=7)
  return decode(b, basic(b, helper, nn(b).GRUCell(b.depth)))


@case("decoding")
def scheduled_output_function_auxiliary(b):
  helper = seq2seq(b).ScheduledOutputTrainingHelper(
      b.sequence(), lengths(b), 0.5, seed=7,
      next_inputs_fn=b.tf.layers.Dense(b.depth, use_bias=False),
      auxiliary_inputs=b.sequence(3, name="more"))
  return decode(b, basic(b, helper))


@case("decoding", SINGLE)
def scheduled_output_auxiliary(b):
  helper = seq2seq(b).ScheduledOutputTrainingHelper(
      b.sequence(time_major=True), lengths(b), 0.6, seed=2, time_major=True,
      auxiliary_inputs=b.sequence(3, time_major=True, name="more"))
  return decode(b, basic(b, helper, nn(b).GRUCell(b.depth)))


@case("decoding", SINGLE)
def inference_of_frames(b):
  frame = dense(b, b.depth)
  helper = seq2seq(b).InferenceHelper(
      sample_fn=lambda outputs: frame(outputs), sample_shape=[b.depth],
      sample_dtype=b.dtype, start_inputs=b.input("go", [2, b.depth]),
      end_fn=lambda frames: frames[:, 0] > 0.6)
  return decode(b, basic(b, helper), maximum_iterations=3)


@case("decoding", SINGLE)
def inference_one_hot(b):
  helper = seq2seq(b).InferenceHelper(
      sample_fn=lambda outputs: b.tf.argmax(
          outputs, -1, output_type=b.tf.int32),
      sample_shape=[], sample_dtype=b.tf.int32,
      start_inputs=np.eye(VOCABULARY, dtype=b.dtype.as_numpy_dtype)[:2],
      end_fn=lambda ids: b.tf.equal(ids, 3),
      next_inputs_fn=lambda ids: b.tf.one_hot(ids, VOCABULARY, dtype=b.dtype))
  return decode(b, basic(b, helper, layer=dense(b)), maximum_iterations=3,
                impute_finished=True)


@case("decoding", SINGLE)
def custom(b):
  x = b.sequence()

  def feed(time, outputs, state, sample_ids):
    done = b.tf.tile([time >= 2], [2])
    following = b.tf.gather(x, b.tf.minimum(time + 1, 2), axis=1)
    return done, following + outputs[:, :b.depth], state

  helper = seq2seq(b).CustomHelper(
      lambda: (b.tf.tile([False], [2]), x[:, 0]),
      lambda time, outputs, state: b.tf.argmax(
          outputs, -1, output_type=b.tf.int32), feed)
  return decode(b, basic(b, helper))


@case("decoding", SINGLE)
def custom_shape_and_dtype(b):
  helper = seq2seq(b).CustomHelper(
      lambda: (b.tf.tile([False], [2]), b.input("x", [2, b.depth])),
      lambda time, outputs, state: outputs[:, :2],
      lambda time, outputs, state, sample_ids: (
          b.tf.equal([time, time + 1], 2),
          b.tf.concat([sample_ids, sample_ids], 1), state),
      sample_ids_shape=[2], sample_ids_dtype=b.dtype)
  return decode(b, basic(b, helper), output_time_major=True)


def tacotron_helper(b, frames, reduction):
  """A helper as the Tacotron programs wrote it."""
  tf = b.tf

  class Feed(seq2seq(b).Helper):

    def __init__(self):
      with tf.name_scope("TacoHelper"):
        self._batch_size = tf.shape(frames)[0]
        self._targets = frames[:, reduction - 1::reduction, :]
        self._lengths = tf.tile([tf.shape(self._targets)[1]],
                                [self._batch_size])

    @property
    def batch_size(self):
      return self._batch_size

    @property
    def sample_ids_shape(self):
      return tf.TensorShape([])

    @property
    def sample_ids_dtype(self):
      return tf.int32

    def initialize(self, name=None):
      return (tf.tile([False], [self._batch_size]),
              tf.tile([[0.0]], [self._batch_size, b.depth]))

    def sample(self, time, outputs, state, name=None):
      return tf.tile([0], [self._batch_size])

    def next_inputs(self, time, outputs, state, sample_ids, name=None):
      with tf.name_scope(name or "TacoNext"):
        finished = (time + 1 >= self._lengths)
        return finished, self._targets[:, time, :], state

  return Feed()


@case("decoding", SINGLE)
def tacotron(b):
  helper = tacotron_helper(b, b.input("frames", [2, 4, b.depth]), 2)
  cell = b.tf.contrib.rnn.OutputProjectionWrapper(
      nn(b).MultiRNNCell([
          nn(b).GRUCell(b.units),
          nn(b).ResidualWrapper(nn(b).GRUCell(b.units))]), 2 * b.depth)
  state = cell.zero_state(helper.batch_size, b.dtype)
  outputs, state = decode(
      b, basic(b, helper, cell, state=state), maximum_iterations=10)
  return b.tf.reshape(outputs.rnn_output, [2, -1, b.depth]), state


@case("decoding", SINGLE)
def training_helper_subclass(b):
  """Overrides the samples, and reads the attributes of its base class."""
  tf = b.tf

  class Quiet(seq2seq(b).TrainingHelper):

    def sample(self, time, outputs, name=None, **unused):
      return tf.tile([0], [self._batch_size])

    def next_inputs(self, time, outputs, state, name=None, **unused):
      following = time + 1
      finished = following >= self._sequence_length
      read = tf.cond(
          tf.reduce_all(finished), lambda: self._zero_inputs,
          lambda: self._input_tas.read(following))
      return finished, read + outputs[:, :b.depth], state

  return decode(b, basic(b, Quiet(b.sequence(), lengths(b))))


Pair = collections.namedtuple("Pair", "total extra")


def nested_decoder(b, own_finished=False, at_end=None):
  """A decoder without a cell: nested outputs, a TensorArray, a counter."""
  tf = b.tf

  class Nested(seq2seq(b).Decoder):

    @property
    def batch_size(self):
      return 2

    @property
    def output_size(self):
      return Pair(b.depth, (tf.TensorShape([2, 3]), tf.TensorShape([])))

    @property
    def output_dtype(self):
      return Pair(b.dtype, (b.dtype, tf.int32))

    @property
    def tracks_own_finished(self):
      return own_finished

    def initialize(self, name=None):
      record = tf.TensorArray(
          b.dtype, 0, dynamic_size=True, element_shape=[2])
      state = {"sum": b.input("s", [2, b.depth]), "count": tf.constant(0),
               "record": record}
      return tf.constant([False, False]), (b.input("x", [2, b.depth]),), state

    def step(self, time, inputs, state, name=None):
      total = state["sum"] + tf.sin(inputs[0])
      record = state["record"].write(time, total[:, 0])
      left = tf.reshape(tf.concat([total, total], 1)[:, :6], [2, 2, 3])
      finished = tf.equal([time, time], [1, 3])
      outputs = Pair(total, (left, tf.stack([time, state["count"]])))
      state = {"sum": total * 0.5, "count": state["count"] + 2,
               "record": record}
      return outputs, state, (inputs[0] * 1.5,), finished

    def finalize(self, outputs, final_state, sequence_lengths):
      if at_end is None:
        raise NotImplementedError
      return at_end(outputs, final_state, sequence_lengths)

  return Nested()


def without_arrays(outputs, state):
  """A session fetches no TensorArray; its flow depends on all writes."""
  return outputs, [state[0]["sum"], state[0]["count"],
                   state[0]["record"].stack(), state[1]]


@case("decoding")
def nested(b):
  return without_arrays(*decode(
      b, nested_decoder(b), impute_finished=True))


@case("decoding", SINGLE)
def nested_not_imputed_time_major(b):
  return without_arrays(*decode(
      b, nested_decoder(b), output_time_major=True))


@case("decoding", SINGLE)
def nested_tracks_own_finished(b):
  return without_arrays(*decode(
      b, nested_decoder(b, own_finished=True), impute_finished=True,
      maximum_iterations=5))


@case("decoding", SINGLE)
def nested_finalized(b):
  def at_end(outputs, state, lengths):
    # Outputs are time-major here.
    ends = b.tf.cast(lengths, b.dtype)
    return (Pair(outputs.total * ends[None, :, None], outputs.extra),
            state["sum"])

  return decode(b, nested_decoder(b, at_end=at_end))


@case("decoding", SINGLE)
def two_decoders_one_cell(b):
  """The usual pair: one trains, the other infers with its variables."""
  cell, layer, table = nn(b).LSTMCell(b.units), dense(b), embedding(b)
  start = b.state(cell.state_size)
  with b.tf.variable_scope("decode"):
    train = decode(b, basic(
        b, seq2seq(b).TrainingHelper(b.sequence(), lengths(b)), cell, layer,
        start))
  with b.tf.variable_scope("decode", reuse=True):
    infer = decode(b, basic(
        b, seq2seq(b).GreedyEmbeddingHelper(table, [0, 1], 5), cell, layer,
        start), maximum_iterations=3)
  return [train[0], infer[0]], [train[1], infer[1]]


@case("decoding", SINGLE)
def in_a_loop(b):
  """Inside a while_loop, variables are not cached."""
  tf = b.tf
  x, ends = b.sequence(), lengths(b)
  cell = nn(b).GRUCell(b.units)

  def body(step, state):
    helper = seq2seq(b).TrainingHelper(x, ends)
    _, (state, _) = decode(b, basic(b, helper, cell, state=state))
    return step + 1, state

  _, state = tf.while_loop(
      lambda step, state: step < 2, body,
      (tf.constant(0), b.input("s", [2, b.units])), parallel_iterations=1,
      back_prop=False)
  return state, []


def helper_module(b):
  try:
    from tensorflow.contrib.seq2seq.python.ops import helper
  except ImportError:
    helper = b.tf.contrib.seq2seq.python.ops.helper
  return helper


@case("decoding", SINGLE, gradients=False)
def draws(b):
  """The functions that draw, alone; op counts become the unseeded seeds."""
  module = helper_module(b)
  tf = b.tf
  logits = b.input("logits", [2, 3, VOCABULARY])
  flat = b.input("flat", [2, VOCABULARY])
  drawn = [
      module.bernoulli_sample(probs=[0.2, 0.8], seed=1),
      module.bernoulli_sample(probs=0.5, sample_shape=7, seed=2,
                              dtype=tf.bool),
      module.bernoulli_sample(logits=flat, sample_shape=[2, 3], seed=3),
      module.categorical_sample(flat, seed=4),
      module.categorical_sample(flat, sample_shape=[5], seed=5),
      module.categorical_sample(logits, sample_shape=(2, 2), seed=6,
                                dtype=tf.int64),
      module.categorical_sample(tf.cast(flat, tf.float64), seed=7),
  ]
  return drawn, []
