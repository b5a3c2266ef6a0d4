"""What the functions accept and refuse, and what they make of it."""

import inspect

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import crf


def arguments(tf, steps=3):
  return (tf.placeholder(tf.float32, [2, steps, 4]),
          tf.placeholder(tf.int32, [2, steps]),
          tf.placeholder(tf.int32, [2]))


def test_signatures_are_1_15s():
  expected = {
      crf.crf_binary_score: "(tag_indices, sequence_lengths, "
                            "transition_params)",
      crf.crf_decode: "(potentials, transition_params, sequence_length)",
      crf.crf_log_likelihood: "(inputs, tag_indices, sequence_lengths, "
                              "transition_params=None)",
      crf.crf_log_norm: "(inputs, sequence_lengths, transition_params)",
      crf.crf_multitag_sequence_score: "(inputs, tag_bitmap, "
                                       "sequence_lengths, transition_params)",
      crf.crf_sequence_score: "(inputs, tag_indices, sequence_lengths, "
                              "transition_params)",
      crf.crf_unary_score: "(tag_indices, sequence_lengths, inputs)",
      crf.viterbi_decode: "(score, transition_params)",
      crf.CrfForwardRnnCell: "(transition_params)",
      crf.CrfDecodeForwardRnnCell: "(transition_params)",
      crf.CrfDecodeBackwardRnnCell: "(num_tags)",
  }
  assert {getattr(crf, name) for name in crf.__all__} == set(expected)
  for function, signature in expected.items():
    assert str(inspect.signature(function)) == signature


@pytest.mark.parametrize("call", [
    lambda wrong, tags, lengths, matrix: crf.crf_log_likelihood(
        wrong, tags, lengths),
    lambda wrong, tags, lengths, matrix: crf.crf_sequence_score(
        wrong, tags, lengths, matrix),
    lambda wrong, tags, lengths, matrix: crf.crf_log_norm(
        wrong, lengths, matrix),
    lambda wrong, tags, lengths, matrix: crf.crf_decode(
        wrong, matrix, lengths),
])
def test_wrong_rank(v1, call):
  _, tags, lengths = arguments(v1)
  with pytest.raises(ValueError, match="must have 3 dimensions") as caught:
    call(v1.zeros([2, 3]), tags, lengths, v1.zeros([4, 4]))
  assert isinstance(caught.value, _errors.ArgumentError)


def test_no_steps(v1):
  scores, tags, lengths = arguments(v1, steps=0)
  matrix = v1.zeros([4, 4])
  for call in (lambda: crf.crf_log_likelihood(scores, tags, lengths),
               lambda: crf.crf_log_norm(scores, lengths, matrix),
               lambda: crf.crf_decode(scores, matrix, lengths)):
    with pytest.raises(_errors.ArgumentError, match=(
        r"` must have at least one step, .* got shape \(2, 0, 4\)")):
      call()


def test_unknown_number_of_tags(v1):
  _, tags, lengths = arguments(v1)
  with pytest.raises(_errors.ArgumentError, match="`inputs` must have .*Shape "
                     r"of a new variable \(transitions\) must be fully"):
    crf.crf_log_likelihood(
        v1.placeholder(v1.float32, [2, 3, None]), tags, lengths)


def test_the_matrix_is_in_the_scope_and_can_be_shared(v1):
  scores, tags, lengths = arguments(v1)
  with v1.variable_scope("crf", initializer=v1.zeros_initializer()):
    _, first = crf.crf_log_likelihood(scores, tags, lengths)
  with v1.variable_scope("crf", reuse=True):
    _, second = crf.crf_log_likelihood(scores, tags, lengths)
  assert first is second
  assert [v.name for v in v1.trainable_variables()] == ["crf/transitions:0"]


@pytest.mark.parametrize("steps", [
    1, pytest.param(3, marks=pytest.mark.slow)])
def test_lists_and_arrays(v1, steps):
  """1.15 accepted them in some places only."""
  scores = np.random.RandomState(0).rand(2, steps, 4).astype("float32")
  tags, lengths, matrix = [[1] * steps, [2] * steps], [1, steps], np.eye(4)
  matrix = matrix.astype("float32")
  as_lists = crf.crf_log_likelihood(
      scores.tolist(), tags, lengths, matrix.tolist())[0]
  as_arrays = crf.crf_log_likelihood(
      scores, np.array(tags), np.array(lengths), matrix)[0]
  as_tensors = crf.crf_log_likelihood(*map(
      v1.constant, (scores, tags, lengths, matrix)))[0]
  decoded = [crf.crf_decode(scores.tolist(), matrix.tolist(), lengths),
             crf.crf_decode(*map(v1.constant, (scores, matrix, lengths)))]
  with v1.Session() as session:
    one, two, three, decoded = session.run(
        [as_lists, as_arrays, as_tensors, decoded])
  np.testing.assert_allclose(one, three, rtol=1e-6)
  np.testing.assert_allclose(two, three, rtol=1e-6)
  for mine, theirs in zip(*decoded):
    np.testing.assert_array_equal(mine, theirs)


def test_only_one_branch_is_built_if_the_number_of_steps_is_known(v1):
  for steps in (1, 3):
    with v1.Graph().as_default() as graph:
      crf.crf_log_likelihood(*arguments(v1, steps))
      kinds = {op.type for op in graph.get_operations()}
      assert ("LoopCond" in kinds) == (steps == 3)
      assert "Merge" not in kinds or steps == 3


def test_a_matrix_of_another_size_is_no_fault_of_the_scores(v1):
  scores, lengths = v1.zeros([2, 3, 4]), [3, 2]
  for shape in ([3, 3], [4, 5], [4]):
    with pytest.raises(ValueError, match=r"`transition_params` must be .tags"):
      crf.crf_decode(scores, v1.zeros(shape), lengths)
  # One step needs none.
  tags, _ = crf.crf_decode(scores[:, :1], v1.zeros([3, 3]), lengths)
  assert tags.shape.as_list() == [2, 1]


def test_subclass_of_a_cell(v1):
  class Scaled(crf.CrfForwardRnnCell):

    def __init__(self, matrix):
      super().__init__(matrix)
      self._transition_params *= 2.0

  cell = Scaled(v1.zeros([4, 4]))
  assert cell.state_size == cell.output_size == cell._num_tags == 4
  assert cell._transition_params.shape.as_list() == [1, 4, 4]
  assert crf.CrfDecodeBackwardRnnCell(4).state_size == 1
  alphas, _ = cell(v1.ones([2, 4]), cell.zero_state(2, v1.float32))
  with v1.Session() as session:
    np.testing.assert_allclose(session.run(alphas), 1 + np.log(4), rtol=1e-6)


@pytest.mark.slow
def test_control_flow_v2_and_resource_variables(either):
  """One step or three, of an unknown number, decided at run time."""
  tf = either
  scores = tf.placeholder(tf.float32, [None, None, 4])
  tags = tf.placeholder(tf.int32, [None, None])
  lengths = tf.placeholder(tf.int32, [None])
  with tf.variable_scope("", initializer=tf.zeros_initializer()):
    likelihood, matrix = crf.crf_log_likelihood(scores, tags, lengths)
  slope = tf.gradients(likelihood, [scores])[0]
  decoded = crf.crf_decode(scores, matrix, lengths)[0]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for steps in (1, 3):
      found, slopes, best = session.run([likelihood, slope, decoded], {
          scores: np.zeros([2, steps, 4]), lengths: [1, steps],
          tags: np.full([2, steps], 2)})
      # 4 tags that are equally likely at each step
      np.testing.assert_allclose(
          found, -np.log(4) * np.array([1, steps]), rtol=1e-6)
      np.testing.assert_allclose(slopes[:, 0], [[-.25, -.25, .75, -.25]] * 2,
                                 rtol=1e-6)
      assert best.tolist() == [[0] * steps] * 2


def test_viterbi_decode_refuses_tensors_and_batches(v1):
  with pytest.raises(_errors.ArgumentTypeError, match="got a tensor, .*run"):
    crf.viterbi_decode(v1.zeros([3, 4]), np.zeros([4, 4]))
  with pytest.raises(_errors.ArgumentError,
                     match=r"got shape \(2, 3, 4\); .*for each sequence"):
    crf.viterbi_decode(np.zeros([2, 3, 4]), np.zeros([4, 4]))


@pytest.mark.parametrize("name, value, kind, words", [
    ("tag_indices", np.zeros([2, 3, 4], np.int32), _errors.ArgumentError,
     r"2 dimensions, .*got shape \(2, 3, 4\); .*argmax"),
    ("tag_indices", np.zeros([2, 3], np.float32), _errors.ArgumentTypeError,
     "integers, got float32"),
    ("transition_params", np.zeros([5, 5], np.float32), _errors.ArgumentError,
     r"\[4, 4\], got shape \(5, 5\)")])
def test_the_likelihood_names_what_does_not_fit(v1, name, value, kind, words):
  inputs, tags, lengths = arguments(v1)
  given = {"inputs": inputs, "tag_indices": tags, "sequence_lengths": lengths,
           name: v1.constant(value)}
  with pytest.raises(kind, match=f"^`{name}` must .*{words}"):
    crf.crf_log_likelihood(**given)
