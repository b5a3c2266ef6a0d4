"""log Z, the logarithm of the summed exponentials of all scores."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.crf import _arguments
from tfcompat_rnn.crf import cells
from tfcompat_rnn.loops import dynamic_rnn


def crf_log_norm(inputs, sequence_lengths, transition_params):
  """The normalizer log Z of each sequence, by the forward algorithm.

    log_norm = crf_log_norm(scores, lengths, transitions)      # [batch]

  Args:
    inputs: `[batch, time, tags]`, the unary scores. float32; unlike 1.15, this
      also accepts float16 and float64.
    sequence_lengths: `[batch]`, int32 or int64.
    transition_params: `[tags, tags]`, with the dtype of the inputs.

  Returns:
    `[batch]`, with the dtype of the inputs; 0 for a sequence of length 0.

  Raises:
    ArgumentError: if `inputs` does not have 3 dimensions or has no step.

  TF 1.15: `tf.contrib.crf.crf_log_norm`. Lafferty, McCallum and Pereira,
  "Conditional random fields", 2001.
  """
  inputs = _arguments.batch_of_scores("inputs", inputs)
  _arguments.require_steps("inputs", inputs)
  first = tf.squeeze(tf.slice(inputs, [0, 0, 0], [-1, 1, -1]), [1])

  def one_step():
    return _arguments.zero_where_empty(
        sequence_lengths, arithmetic.log_sum_exp(first, [1]))

  def more_steps():
    rest = tf.slice(inputs, [0, 1, 0], [-1, -1, -1])
    cell = cells.CrfForwardRnnCell(transition_params)
    _, alphas = dynamic_rnn(
        cell=cell, inputs=rest,
        sequence_length=_arguments.remaining_lengths(sequence_lengths),
        initial_state=first, dtype=_arguments.float_dtype(inputs))
    return _arguments.zero_where_empty(
        sequence_lengths, arithmetic.log_sum_exp(alphas, [1]))

  return _arguments.one_step_or_more(inputs, one_step, more_steps)
