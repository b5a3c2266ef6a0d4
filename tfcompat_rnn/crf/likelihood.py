"""The log-likelihood, which training maximizes."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.crf import _arguments
from tfcompat_rnn.crf import normalizer
from tfcompat_rnn.crf import scores


def crf_log_likelihood(inputs, tag_indices, sequence_lengths,
                       transition_params=None):
  """The log-likelihood of one tag sequence for each row.

    log_likelihood, transitions = crf_log_likelihood(scores, tags, lengths)
    loss = tf.reduce_mean(-log_likelihood)

  Args:
    inputs: `[batch, time, tags]`, the unary scores. float32; unlike 1.15, this
      also accepts float16 and float64.
    tag_indices: `[batch, time]`, int32 or int64; the padding must have
      valid tags, too.
    sequence_lengths: `[batch]`, int32 or int64.
    transition_params: `[tags, tags]`, with the dtype of the inputs. If None,
      the variable "transitions" of the current scope, whose dtype and
      initializer are those of the scope. The number of tags must then be known.

  Returns:
    `(log_likelihood, transition_params)`: `[batch]`, with the dtype of the
    inputs and 0 for a sequence of length 0; and the matrix that was used.

  Raises:
    ArgumentError: if `inputs` does not have 3 dimensions or has no step,
      `tag_indices` not 2, if `transition_params` is for another number of
      tags, or if a new matrix is needed and the number of tags is unknown.
    ArgumentTypeError: if `tag_indices` are not integers.

  TF 1.15: `tf.contrib.crf.crf_log_likelihood`. Lafferty, McCallum and Pereira,
  "Conditional random fields", 2001.
  """
  inputs = _arguments.batch_of_scores("inputs", inputs)
  _arguments.require_steps("inputs", inputs)
  _arguments.check_tags(tag_indices)
  count = _arguments.size(inputs, 2)
  if transition_params is None:
    transition_params = _transitions(count)
  else:
    _arguments.check_transitions(transition_params, count)

  score = scores.crf_sequence_score(
      inputs, tag_indices, sequence_lengths, transition_params)
  log_norm = normalizer.crf_log_norm(
      inputs, sequence_lengths, transition_params)
  return score - log_norm, transition_params


def _transitions(count):
  try:
    return tf.get_variable("transitions", [count, count])
  except ValueError as error:
    if count is not None:
      raise
    raise _errors.ArgumentError(_errors.problem(
        "inputs", "have a known number of tags: Shape of a new variable "
        "(transitions) must be fully defined",
        "[batch, time, unknown]",
        "set its shape, or pass transition_params")) from error
