"""The best tag sequence, in NumPy."""

import collections

import numpy as np

from tfcompat_rnn import _errors


def viterbi_decode(score, transition_params):
  """The tag sequence with the highest score, and that score.

    scores, transitions = session.run([scores, transitions], feed)
    tags, score = viterbi_decode(scores[0][:length], transitions)

  As in 1.15, each step is rounded to the dtype of `score`: towards zero if the
  scores are integers and the transitions are not. Of equal scores, the lowest
  tag is taken, from the last step backwards.

  Args:
    score: `[time, tags]`, an array.
    transition_params: `[tags, tags]`, an array.

  Returns:
    `(viterbi, viterbi_score)`: a list of `time` NumPy integers (the last is an
    int64, the others are int32), and a number with the dtype of `score`.

  Raises:
    EmptySequenceError: an IndexError, if there is no step.
    ArgumentTypeError: if `score` is a tensor.
    ArgumentError: if `score` has more than two dimensions.

  TF 1.15: `tf.contrib.crf.viterbi_decode`. Viterbi, "Error bounds for
  convolutional codes", 1967.
  """
  scores = _matrix(score)
  if not len(scores):
    raise _errors.EmptySequenceError(_errors.problem(
        "score", "have at least one step", f"shape {scores.shape}: index 0 is "
        "out of bounds for axis 0 with size 0",
        "leave out sequences of length 0"))
  best, steps_back = scores[0], []
  for row in scores[1:]:
    # From each tag (rows) to each tag (columns); 1.15 let one column do for
    # all of them.
    paths = np.expand_dims(best, 1) + transition_params
    before, total = (np.broadcast_to(of_tags, row.shape) for of_tags in (
        paths.argmax(axis=0), row + paths.max(axis=0)))
    steps_back.append(before.astype(np.int32))
    best = total.astype(scores.dtype)

  tags = collections.deque([np.argmax(best)])
  while steps_back:
    tags.appendleft(steps_back.pop()[tags[0]])
  return list(tags), np.max(best)


def _matrix(score):
  """Zeros for the best scores, if `score` can be `[time, tags]`."""
  if hasattr(score, "get_shape"):
    raise _errors.ArgumentTypeError(_errors.problem(
        "score", "be an array, [time, tags]", f"a tensor, {score.name}",
        "get its value from session.run, or call crf_decode, which makes "
        "operations"))
  if np.ndim(score) > 2:
    raise _errors.ArgumentError(_errors.problem(
        "score", "be an array, [time, tags]", f"shape {np.shape(score)}",
        "call viterbi_decode for each sequence, or crf_decode for a batch"))
  return np.asarray(score)
