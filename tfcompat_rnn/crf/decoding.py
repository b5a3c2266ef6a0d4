"""The best tag sequence, in the graph."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.crf import _arguments
from tfcompat_rnn.crf import cells
from tfcompat_rnn.loops import dynamic_rnn


def crf_decode(potentials, transition_params, sequence_length):
  """The tag sequence with the highest score of each row, and that score.

    tags, score = crf_decode(scores, transitions, lengths)

  Args:
    potentials: `[batch, time, tags]`, the unary scores: float16, float32 or
      float64.
    transition_params: `[tags, tags]`, with the dtype of the potentials.
    sequence_length: `[batch]`, int32 or int64.

  Returns:
    `(decode_tags, best_score)`: int32 `[batch, time]`, and `[batch]` with the
    dtype of the potentials. Of equal scores, the lowest tag is taken, from the
    last step backwards. In the padding of a row, `decode_tags` is 0. For a
    sequence of length 0, as in 1.15, the first step is decoded all the same.
    If there is only one step, `sequence_length` is not looked at.

  Raises:
    ArgumentError: if `potentials` does not have 3 dimensions or has no step, or
      if `transition_params` is needed and does not fit them.

  TF 1.15: `tf.contrib.crf.crf_decode`. Viterbi, "Error bounds for
  convolutional codes", 1967.
  """
  potentials = _arguments.batch_of_scores("potentials", potentials)
  _arguments.require_steps("potentials", potentials)

  def one_step():
    scores = tf.squeeze(potentials, [1])
    tags = tf.expand_dims(tf.argmax(scores, axis=1), 1)
    best = tf.reduce_max(scores, axis=1)
    return tf.cast(tags, dtype=tf.int32), best

  def more_steps():
    _arguments.check_transitions(
        transition_params, tf.dimension_value(potentials.shape[2]))
    forward = cells.CrfDecodeForwardRnnCell(transition_params)
    first = tf.slice(potentials, [0, 0, 0], [-1, 1, -1])
    first = tf.squeeze(first, axis=[1])
    rest = tf.slice(potentials, [0, 1, 0], [-1, -1, -1])
    remaining = _arguments.remaining_lengths(sequence_length)
    came_from, scores = _walk(forward, rest, remaining, first)
    came_from = tf.reverse_sequence(came_from, remaining, seq_axis=1)

    backward = cells.CrfDecodeBackwardRnnCell(_arguments.size(potentials, 2))
    last = tf.cast(tf.argmax(scores, axis=1), dtype=tf.int32)
    last = tf.expand_dims(last, axis=-1)
    earlier, _ = _walk(backward, came_from, remaining, last)
    tags = tf.concat([last, tf.squeeze(earlier, axis=[2])], axis=1)
    tags = tf.reverse_sequence(tags, sequence_length, seq_axis=1)
    return tags, tf.reduce_max(scores, axis=1)

  return _arguments.one_step_or_more(potentials, one_step, more_steps)


def _walk(cell, inputs, lengths, start):
  """Runs `cell` over the steps from the state `start`."""
  return dynamic_rnn(cell, inputs, sequence_length=lengths,
                     initial_state=start, dtype=tf.int32)
