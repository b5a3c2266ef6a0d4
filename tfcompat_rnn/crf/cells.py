"""The recurrences of a linear-chain CRF, as cells for `dynamic_rnn`.

They have no variables. Like 1.15's, they override `__call__`, and `scope` is
ignored.
"""

import operator

from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import RNNCell
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.crf import _arguments


class _TransitionCell(RNNCell):
  """A cell over `[batch, tags]` that knows the transition matrix."""

  def __init__(self, transition_params):
    transition_params = _arguments.array("transition_params",
                                         transition_params)
    self._transition_params = tf.expand_dims(transition_params, 0)
    self._num_tags = _arguments.size(transition_params, 0)

  state_size = output_size = property(operator.attrgetter("_num_tags"))

  def _from_each_tag(self, state):
    """`[batch, tags, tags]`: [b, i, j] is that of going from tag i to j."""
    return tf.expand_dims(state, 2) + self._transition_params


class CrfForwardRnnCell(_TransitionCell):
  """The forward algorithm over the tags, in logarithms.

    cell = CrfForwardRnnCell(transitions)
    _, alphas = tf.nn.dynamic_rnn(cell, scores[:, 1:],
                                  initial_state=scores[:, 0])

  Args:
    transition_params: `[tags, tags]` floats.

  A step takes `inputs` and `state`, both `[batch, tags]` of the same dtype,
  and returns `(new_alphas, new_alphas)`, where

    new_alphas[j] = inputs[j] + log sum_i exp(state[i] + transitions[i, j])

  TF 1.15: `tf.contrib.crf.CrfForwardRnnCell`. Collins, "The forward-backward
  algorithm".
  """

  def __call__(self, inputs, state, scope=None):
    """One step: `(new_alphas, new_alphas)`; `scope` is ignored."""
    alphas = inputs + arithmetic.log_sum_exp(self._from_each_tag(state), [1])
    return alphas, alphas


class CrfDecodeForwardRnnCell(_TransitionCell):
  """The forward pass of the Viterbi algorithm.

    cell = CrfDecodeForwardRnnCell(transitions)
    came_from, best = cell(scores[:, 1], scores[:, 0])

  Args:
    transition_params: `[tags, tags]` floats.

  A step takes `inputs` and `state`, both `[batch, tags]` of the same dtype.
  It returns `(backpointers, new_state)`: the int32 tag before each tag on the
  best path to it (the lowest if there are several), and the score of that path.

  TF 1.15: `tf.contrib.crf.CrfDecodeForwardRnnCell`.
  """

  def __call__(self, inputs, state, scope=None):
    """One step: `(backpointers, new_state)`; `scope` is ignored."""
    paths = self._from_each_tag(state)
    best = inputs + tf.reduce_max(paths, [1])
    backpointers = tf.cast(tf.argmax(paths, 1), dtype=tf.int32)
    return backpointers, best


class CrfDecodeBackwardRnnCell(RNNCell):
  """The backward pass of the Viterbi algorithm: follows the backpointers.

    cell = CrfDecodeBackwardRnnCell(num_tags=5)
    tags, _ = tf.nn.dynamic_rnn(cell, reversed_backpointers,
                                initial_state=last_tags)

  Args:
    num_tags: how many tags there are.

  A step takes `inputs`, int32 backpointers `[batch, tags]`, and `state`,
  the int32 tag after them, `[batch, 1]`. It returns the tag before, twice.

  TF 1.15: `tf.contrib.crf.CrfDecodeBackwardRnnCell`.
  """

  # One tag, whatever their number.
  state_size = output_size = 1

  def __init__(self, num_tags):
    self._num_tags = num_tags

  def __call__(self, inputs, state, scope=None):
    """One step: `(new_tags, new_tags)`; `scope` is ignored."""
    tags = tf.squeeze(state, axis=[1])
    rows = tf.range(tf.shape(inputs)[0])
    before = tf.gather_nd(inputs, tf.stack([rows, tags], axis=1))
    before = tf.expand_dims(before, axis=-1)
    return before, before
