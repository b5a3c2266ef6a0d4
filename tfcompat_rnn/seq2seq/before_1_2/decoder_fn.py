"""TensorFlow 1.0's decoder functions without attention."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


def simple_decoder_fn_train(encoder_state, name=None):
  """A decoder function for `dynamic_rnn_decoder` that reads the targets.

    decoder_fn = simple_decoder_fn_train(encoder_state)

  Args:
    encoder_state: the first state of the decoder.
    name: a name scope, "simple_decoder_fn_train" by default.

  TF 1.0: `tf.contrib.seq2seq.simple_decoder_fn_train`, gone in 1.1.
  """
  default = "simple_decoder_fn_train"
  with tf.name_scope(name, default, tf.nest.flatten(encoder_state)):
    pass

  def decoder_fn(time, cell_state, cell_input, cell_output, context_state):
    del time
    with tf.name_scope(name, default):
      state = encoder_state if cell_state is None else cell_state
      return None, state, cell_input, cell_output, context_state

  return decoder_fn


def simple_decoder_fn_inference(output_fn, encoder_state, embeddings,
                                start_of_sequence_id, end_of_sequence_id,
                                maximum_length, num_decoder_symbols,
                                dtype=tf.int32, name=None):
  """A decoder function that reads the most likely symbol of the step before.

    decoder_fn = simple_decoder_fn_inference(
        output_fn, encoder_state, embeddings, start_of_sequence_id=1,
        end_of_sequence_id=2, maximum_length=20, num_decoder_symbols=100)
    logits, state, _ = dynamic_rnn_decoder(cell, decoder_fn)

  Args:
    output_fn: `cell output -> logits [batch, num_decoder_symbols]`; None if
      the cell itself gives logits.
    encoder_state: the first state of the decoder.
    embeddings: `[num_decoder_symbols, depth]`.
    start_of_sequence_id: the first symbol that is read.
    end_of_sequence_id: the symbol after which a row is done.
    maximum_length: all rows are done after `maximum_length + 1` steps.
    num_decoder_symbols: the number of symbols.
    dtype: of the symbols.
    name: a name scope, "simple_decoder_fn_inference" by default.

  The function raises ArgumentError if the decoder has `inputs`.

  TF 1.0: `tf.contrib.seq2seq.simple_decoder_fn_inference`, gone in 1.1.
  """
  greedy = Greedy(
      "simple_decoder_fn_inference", name, output_fn, encoder_state,
      embeddings, start_of_sequence_id, end_of_sequence_id, maximum_length,
      num_decoder_symbols, dtype)

  def decoder_fn(time, cell_state, cell_input, cell_output, context_state):
    with greedy.scope():
      greedy.check_no_inputs(cell_input)
      if cell_output is None:
        ids, done, cell_state, emitted = greedy.start()
      else:
        emitted = greedy.output_fn(cell_output)
        ids, done = greedy.choose(emitted)
      next_input = greedy.embed(ids)
      done = greedy.stop(time, done)
      return done, cell_state, next_input, emitted, context_state

  return decoder_fn


class Greedy:
  """What both inference functions share: the most likely symbol is read."""

  def __init__(self, default, name, output_fn, encoder_state, embeddings,
               start_of_sequence_id, end_of_sequence_id, maximum_length,
               num_decoder_symbols, dtype):
    self._default, self._name = default, name
    self._embeddings, self._state = embeddings, encoder_state
    self._dtype = dtype
    self.output_fn = output_fn or (lambda x: x)
    with tf.name_scope(name, default, tf.nest.flatten(encoder_state)):
      self._start = tf.convert_to_tensor(start_of_sequence_id, dtype)
      self._end = tf.convert_to_tensor(end_of_sequence_id, dtype)
      self._limit = tf.convert_to_tensor(maximum_length, dtype)
      symbols = tf.convert_to_tensor(num_decoder_symbols, dtype)
      known = tf.get_static_value(symbols)
      self._symbols = symbols if known is None else int(known)
      first = tf.nest.flatten(encoder_state)[0]
      batch = tf.dimension_value(first.shape[0])
      self._batch = tf.shape(first)[0] if batch is None else batch

  def scope(self):
    return tf.name_scope(self._name, self._default)

  def check_no_inputs(self, cell_input):
    if cell_input is not None:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", "be None in inference", cell_input,
          "call dynamic_rnn_decoder without inputs (TensorFlow 1.0: Expected "
          "cell_input to be None)"))

  def start(self):
    """`(ids, done, state, what the first step emits)` before the first step.

    What is emitted has no batch dimension: it describes the output.
    """
    ids = tf.ones([self._batch], dtype=self._dtype) * self._start
    done = tf.zeros([self._batch], dtype=tf.bool)
    return ids, done, self._state, tf.zeros([self._symbols], tf.float32)

  def choose(self, logits):
    """`(ids, done)`."""
    ids = tf.cast(tf.argmax(logits, 1), dtype=self._dtype)
    return ids, tf.equal(ids, self._end)

  def embed(self, ids):
    return tf.gather(self._embeddings, ids)

  def stop(self, time, done):
    """`done`, and all rows once `time` is above the maximum."""
    return tf.cond(
        tf.greater(tf.cast(time, self._limit.dtype), self._limit),
        lambda: tf.ones([self._batch], dtype=tf.bool), lambda: done)
