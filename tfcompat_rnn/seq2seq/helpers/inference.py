"""Helpers that feed back what was sampled."""

import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq.helpers import base
from tfcompat_rnn.seq2seq.helpers import sampling


def embedding_function(embedding):
  """`embedding` itself if it is a function, otherwise a look-up in it."""
  if callable(embedding):
    return embedding
  return lambda ids: tf.nn.embedding_lookup(embedding, ids)


class _FeedingBack(base.Helper):
  """Starts all rows with `_start_inputs`; a subclass sets `_batch_size`, too.
  """

  batch_size = property(operator.attrgetter("_batch_size"))

  def initialize(self, name=None):
    return tf.tile([False], [self._batch_size]), self._start_inputs


class GreedyEmbeddingHelper(_FeedingBack):
  """Feeds back the embedding of the symbol with the largest output.

    helper = GreedyEmbeddingHelper(embedding, tf.fill([batch], start), end)

  Args:
    embedding: `[vocabulary, depth]` (or a list of such partitions), or a
      function of int32 `[batch]` symbols that returns the next inputs.
    start_tokens: int32 `[batch]`.
    end_token: int32 scalar. A row that samples it has finished.

  Raises:
    ArgumentError: if the rank of `start_tokens` is not 1, or that of
      `end_token` not 0.
    ArgumentTypeError: in the loop, if the outputs of the decoder are not one
      tensor.

  TF 1.15: `tf.contrib.seq2seq.GreedyEmbeddingHelper`.
  """

  def __init__(self, embedding, start_tokens, end_token):
    self._embedding_fn = embedding_function(embedding)
    self._start_tokens = tf.convert_to_tensor(
        start_tokens, dtype=tf.int32, name="start_tokens")
    self._end_token = tf.convert_to_tensor(
        end_token, dtype=tf.int32, name="end_token")
    if self._start_tokens.get_shape().rank != 1:
      raise _errors.ArgumentError(_errors.problem(
          "start_tokens", "be a vector, one symbol per row",
          f"shape {self._start_tokens.get_shape()}",
          "pass for example tf.fill([batch_size], start_token)"))
    self._batch_size = tf.size(start_tokens)
    if self._end_token.get_shape().rank != 0:
      raise _errors.ArgumentError(_errors.problem(
          "end_token", "be a scalar, one symbol for all rows",
          f"shape {self._end_token.get_shape()}", "pass an int"))
    self._start_inputs = self._embedding_fn(self._start_tokens)

  @property
  def sample_ids_shape(self):
    return tf.TensorShape([])

  @property
  def sample_ids_dtype(self):
    return tf.int32

  def sample(self, time, outputs, state, name=None):
    del time, state, name
    _require_one_tensor(outputs)
    return tf.argmax(outputs, axis=-1, output_type=tf.int32)

  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    del time, outputs, name
    finished = tf.equal(sample_ids, self._end_token)
    # Saves the embedding of symbols that nobody will read.
    inputs = tf.cond(
        tf.reduce_all(finished), lambda: self._start_inputs,
        lambda: self._embedding_fn(sample_ids))
    return finished, inputs, state


class SampleEmbeddingHelper(GreedyEmbeddingHelper):
  """Feeds back the embedding of a symbol drawn with the softmax of the output.

    helper = SampleEmbeddingHelper(embedding, tf.fill([batch], start), end,
                                   softmax_temperature=0.7, seed=1)

  Args:
    embedding, start_tokens, end_token: as in `GreedyEmbeddingHelper`.
    softmax_temperature: what the outputs are divided by, a positive number or
      scalar, 1 by default. Smaller values draw the likely symbols more often.
    seed: the op-level seed of the draw.

  Raises: as `GreedyEmbeddingHelper`.

  TF 1.15: `tf.contrib.seq2seq.SampleEmbeddingHelper`.
  """

  def __init__(self, embedding, start_tokens, end_token,
               softmax_temperature=None, seed=None):
    super().__init__(embedding, start_tokens, end_token)
    self._softmax_temperature = softmax_temperature
    self._seed = seed

  def sample(self, time, outputs, state, name=None):
    del time, state, name
    _require_one_tensor(outputs)
    logits = (outputs if self._softmax_temperature is None
              else outputs / self._softmax_temperature)
    return sampling.categorical_sample(logits=logits, seed=self._seed)


def _require_one_tensor(outputs):
  if not isinstance(outputs, tf.Tensor):
    raise _errors.ArgumentTypeError(_errors.problem(
        "outputs", "be a single Tensor, [batch, vocabulary]", type(outputs),
        "use a cell or an output_layer with one output"))


class InferenceHelper(_FeedingBack):
  """Feeds back what a function makes of the outputs, of any shape and dtype.

    helper = InferenceHelper(
        sample_fn=lambda outputs: outputs, sample_shape=[80],
        sample_dtype=tf.float32, start_inputs=tf.zeros([2, 80]),
        end_fn=lambda frames: tf.reduce_all(frames < 0.2, axis=1))

  Args:
    sample_fn: `(outputs) -> sample_ids`.
    sample_shape: the shape of `sample_ids` without the batch.
    sample_dtype: their dtype.
    start_inputs: `[batch, ...]`, the inputs of the first step.
    end_fn: `(sample_ids) -> bool [batch]`, the rows that have finished.
    next_inputs_fn: `(sample_ids) -> next inputs`; by default, the samples are
      the next inputs.

  TF 1.15: `tf.contrib.seq2seq.InferenceHelper`.
  """

  def __init__(self, sample_fn, sample_shape, sample_dtype, start_inputs,
               end_fn, next_inputs_fn=None):
    self._sample_fn = sample_fn
    self._end_fn = end_fn
    self._sample_shape = tf.TensorShape(sample_shape)
    self._sample_dtype = sample_dtype
    self._next_inputs_fn = next_inputs_fn
    self._batch_size = tf.shape(start_inputs)[0]
    self._start_inputs = tf.convert_to_tensor(
        start_inputs, name="start_inputs")

  sample_ids_shape = property(operator.attrgetter("_sample_shape"))
  sample_ids_dtype = property(operator.attrgetter("_sample_dtype"))

  def sample(self, time, outputs, state, name=None):
    del time, state, name
    return self._sample_fn(outputs)

  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    del time, outputs, name
    inputs = (sample_ids if self._next_inputs_fn is None
              else self._next_inputs_fn(sample_ids))
    return self._end_fn(sample_ids), inputs, state
