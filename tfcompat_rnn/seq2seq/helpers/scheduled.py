"""Helpers that read the inputs or feed back the outputs, at random."""

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import decoders
from tfcompat_rnn.seq2seq.helpers import inference
from tfcompat_rnn.seq2seq.helpers import sampling
from tfcompat_rnn.seq2seq.helpers import training


def _probability(value):
  """`sampling_probability` as a tensor of rank 0 or 1."""
  probability = tf.convert_to_tensor(value, name="sampling_probability")
  shape = probability.get_shape()
  if shape.rank not in (0, 1):
    raise _errors.ArgumentError(_errors.problem(
        "sampling_probability", "be a scalar, or a vector with one per row",
        f"shape {shape}", "pass for example 0.25"))
  return probability


def _positions(condition):
  """The int32 `[n, rank]` positions where `condition` is True."""
  return tf.cast(tf.where(condition), tf.int32)


def _after(outputs):
  """A context for draws that must wait for the outputs of their step.

  The choice depends on nothing that the loop computes, and the steps of a loop
  run in parallel. Current TensorFlow starts the last steps first; 1.15 went
  through them in order. The control dependencies are no operations.
  """
  return tf.control_dependencies(
      [leaf for leaf in _nest.flatten_state(outputs) if tf.is_tensor(leaf)])


def _merged(here, values, there, others, shape):
  """`values` at the positions `here`, and `others` at `there`."""
  return (tf.scatter_nd(indices=here, updates=values, shape=shape)
          + tf.scatter_nd(indices=there, updates=others, shape=shape))


class ScheduledEmbeddingTrainingHelper(training.TrainingHelper):
  """Replaces inputs by embeddings of symbols that are drawn from the outputs.

    helper = ScheduledEmbeddingTrainingHelper(
        embedded_targets, target_lengths, embedding, sampling_probability=0.25)

  The samples are the symbols that were drawn, and -1 in rows that read the
  input.

  Args:
    inputs, sequence_length, time_major: as in `TrainingHelper`.
    embedding: `[vocabulary, depth]`, or a function of int32 symbols `[n]`.
    sampling_probability: how often a row uses its output: a float scalar, or
      `[batch]`.
    seed: the op-level seed of the symbols.
    scheduling_seed: the op-level seed of the choice between the two.
    name: a name scope, "ScheduledEmbeddingSamplingWrapper" by default.

  Raises:
    ArgumentError: if `sampling_probability` is neither a scalar nor a vector,
      or `sequence_length` is not a vector.

  TF 1.15: `tf.contrib.seq2seq.ScheduledEmbeddingTrainingHelper`. Bengio et
  al., "Scheduled sampling for sequence prediction with recurrent neural
  networks", 2015.
  """

  def __init__(self, inputs, sequence_length, embedding, sampling_probability,
               time_major=False, seed=None, scheduling_seed=None, name=None):
    with tf.name_scope(name, "ScheduledEmbeddingSamplingWrapper",
                       [embedding, sampling_probability]):
      self._embedding_fn = inference.embedding_function(embedding)
      self._sampling_probability = _probability(sampling_probability)
      self._seed = seed
      self._scheduling_seed = scheduling_seed
      super().__init__(
          inputs=inputs, sequence_length=sequence_length,
          time_major=time_major, name=name)

  def sample(self, time, outputs, state, name=None):
    with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperSample",
                       [time, outputs, state]):
      with _after(outputs):
        use_output = sampling.bernoulli_sample(
            probs=self._sampling_probability, dtype=tf.bool,
            sample_shape=self.batch_size, seed=self._scheduling_seed)
      return tf.where(
          use_output,
          sampling.categorical_sample(logits=outputs, seed=self._seed),
          tf.fill([self.batch_size], -1))

  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    with tf.name_scope(name, "ScheduledEmbeddingTrainingHelperNextInputs",
                       [time, outputs, state, sample_ids]):
      finished, base_inputs, state = super().next_inputs(
          time=time, outputs=outputs, state=state, sample_ids=sample_ids,
          name=name)

      def sampled():
        here = _positions(sample_ids > -1)
        there = _positions(sample_ids <= -1)
        symbols = tf.gather_nd(sample_ids, here)
        others = tf.gather_nd(base_inputs, there)
        embedded = self._embedding_fn(symbols)
        return _merged(here, embedded, there, others, tf.shape(base_inputs))

      inputs = tf.cond(
          tf.reduce_all(finished), lambda: base_inputs, sampled)
      return finished, inputs, state


class ScheduledOutputTrainingHelper(training.TrainingHelper):
  """Replaces inputs by the outputs themselves, for regression.

    helper = ScheduledOutputTrainingHelper(
        frames, lengths, sampling_probability=0.25,
        next_inputs_fn=lambda outputs: outputs[:, -80:])

  The samples are int32: 1 in rows that use their output, 0 in the others.

  Args:
    inputs, sequence_length, time_major: as in `TrainingHelper`.
    sampling_probability: how often a row uses its output: a float scalar, or
      `[batch]`.
    seed: the op-level seed of the choice.
    next_inputs_fn: `(outputs) -> inputs`, applied to the rows of the outputs
      that are used (a layer is also a function). By default they are used as
      they are.
    auxiliary_inputs: a tensor like `inputs`, possibly of another depth, that
      is concatenated to what each step reads, in either case.
    name: a name scope, "ScheduledOutputTrainingHelper" by default.

  Raises:
    ArgumentError: if `sampling_probability` is neither a scalar nor a vector,
      or `sequence_length` is not a vector.

  TF 1.15: `tf.contrib.seq2seq.ScheduledOutputTrainingHelper`. Bengio et al.,
  2015 (see `ScheduledEmbeddingTrainingHelper`).
  """

  def __init__(self, inputs, sequence_length, sampling_probability,
               time_major=False, seed=None, next_inputs_fn=None,
               auxiliary_inputs=None, name=None):
    with tf.name_scope(name, "ScheduledOutputTrainingHelper",
                       [inputs, auxiliary_inputs, sampling_probability]):
      self._sampling_probability = _probability(sampling_probability)
      all_inputs = inputs
      self._auxiliary_input_tas = None
      if auxiliary_inputs is not None:
        inputs = tf.convert_to_tensor(inputs, name="inputs")
        auxiliary_inputs = tf.convert_to_tensor(
            auxiliary_inputs, name="auxiliary_inputs")
        all_inputs = _concatenated(inputs, auxiliary_inputs)
        if not time_major:
          auxiliary_inputs = _nest.map_state(
              decoders._transpose_batch_time, auxiliary_inputs)
        self._auxiliary_input_tas = _nest.map_state(
            training._unstack_ta, auxiliary_inputs)
      self._seed = seed
      self._next_inputs_fn = next_inputs_fn
      super().__init__(
          inputs=all_inputs, sequence_length=sequence_length,
          time_major=time_major, name=name)

  def sample(self, time, outputs, state, name=None):
    with tf.name_scope(name, "ScheduledOutputTrainingHelperSample",
                       [time, outputs, state]), _after(outputs):
      return sampling.bernoulli_sample(
          probs=self._sampling_probability, sample_shape=self.batch_size,
          seed=self._seed)

  def next_inputs(self, time, outputs, state, sample_ids, name=None):
    with tf.name_scope(name, "ScheduledOutputTrainingHelperNextInputs",
                       [time, outputs, state, sample_ids]):
      finished, base_inputs, state = super().next_inputs(
          time=time, outputs=outputs, state=state, sample_ids=sample_ids,
          name=name)
      use_output = tf.cast(sample_ids, tf.bool)

      def sampled():
        if self._next_inputs_fn is None:
          return tf.where(use_output, self._with_auxiliary(outputs, time),
                          base_inputs)
        here = _positions(use_output)
        there = _positions(tf.logical_not(use_output))
        used = tf.gather_nd(outputs, here)
        others = tf.gather_nd(base_inputs, there)
        made = self._with_auxiliary(self._next_inputs_fn(used), time, here)
        return _merged(here, made, there, others, tf.shape(base_inputs))

      all_finished = tf.reduce_all(finished)
      none_used = tf.logical_not(tf.reduce_any(use_output))
      inputs = tf.cond(
          tf.logical_or(all_finished, none_used), lambda: base_inputs, sampled)
      return finished, inputs, state

  def _with_auxiliary(self, outputs, time, positions=None):
    """`outputs` and the auxiliary inputs of the next step, for those rows."""
    if self._auxiliary_input_tas is None:
      return outputs
    next_time = time + 1
    auxiliary = _nest.map_state(
        lambda array: array.read(next_time), self._auxiliary_input_tas)
    if positions is not None:
      auxiliary = tf.gather_nd(auxiliary, positions)
    return _concatenated(outputs, auxiliary)


def _concatenated(inputs, auxiliary):
  return _nest.map_state(
      lambda one, other: tf.concat((one, other), -1), inputs, auxiliary)
