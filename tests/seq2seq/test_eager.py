"""What 1.15 also ran after `tf.enable_eager_execution()`."""

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn.seq2seq import beam_search
from tfcompat_rnn.seq2seq import beam_tree
from tfcompat_rnn.seq2seq import decoders


@pytest.fixture
def eager(v1):
  """As after `tf.enable_eager_execution()`."""
  from tensorflow.python.eager import context
  with context.eager_mode():
    yield v1


def test_gather_tree_runs_eagerly(eager):
  steps = [[[1, 2, 3]], [[4, 5, 6]], [[7, 8, 9]]]
  parents = [[[0, 0, 0]], [[0, 1, 1]], [[2, 1, 2]]]
  beams = beam_tree.gather_tree(
      eager.constant(steps), eager.constant(parents), [3], 10)
  # The last beams continue beams 2, 1, 2, which continue 1, 1, 1.
  assert beams.numpy().tolist() == [[[2, 2, 2]], [[6, 5, 6]], [[7, 8, 9]]]
  sorted_rows = beam_tree.gather_tree_from_array(
      eager.constant(steps), eager.constant(parents),
      eager.constant([[3, 3, 3]]))
  assert sorted_rows.numpy().tolist() == beams.numpy().tolist()
  with pytest.raises(eager.errors.InvalidArgumentError,
                     match=r"Saw invalid parent id 9 at \(batch, time, beam\) "
                     r"== \(0, 0, 1\)"):
    beam_tree.gather_tree(
        eager.constant(steps), eager.constant([[[0, 0, 0]], [[0, 9, 1]],
                                               [[2, 1, 2]]]), [3], 10)


def test_a_beam_search_runs_eagerly(eager):
  batch, width, words = 2, 3, 4

  class Same(cells.RNNCell):
    """Always prefers the symbols 3, 2, 1, 0 in this order."""
    state_size = output_size = words

    def call(self, inputs, state):
      del inputs
      return state, state

  logits = eager.constant(
      np.tile(np.float32([0., 1., 2., 3.]), [batch * width, 1]))
  outputs, state, _ = decoders.dynamic_decode(
      beam_search.BeamSearchDecoder(
          Same(), eager.zeros([words, 2]), [1] * batch, 0, logits, width),
      maximum_iterations=2)
  assert outputs.predicted_ids.numpy()[0].T.tolist() == [[3, 3], [3, 2], [2, 3]]
  assert state.lengths.numpy().tolist() == [[2] * width] * batch
