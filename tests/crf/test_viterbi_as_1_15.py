"""`viterbi_decode` against TensorFlow 1.15.5: ties, dtypes, infinities."""

import os

import numpy as np
import pytest

from crf import generate
from crf import viterbi_cases
from oracle import files
from tfcompat_rnn import _errors
from tfcompat_rnn import crf

WANT = files.read_json(os.path.join(generate.DATA, generate.FILE))


def test_every_case_was_measured():
  assert sorted(WANT) == sorted(viterbi_cases.CASES)


@pytest.mark.parametrize("name", sorted(viterbi_cases.CASES))
def test_case(name):
  assert viterbi_cases.record(crf.viterbi_decode, name) == WANT[name]


def test_arguments_keep_their_values():
  scores, matrix = (part.copy() for part in viterbi_cases.CASES["float32"])
  crf.viterbi_decode(score=scores, transition_params=matrix)
  np.testing.assert_array_equal(scores, viterbi_cases.CASES["float32"][0])
  np.testing.assert_array_equal(matrix, viterbi_cases.CASES["float32"][1])


def test_scores_in_a_list():
  tags, score = crf.viterbi_decode([[1., 2.], [0., 5.]], [[0., 0.], [3., 1.]])
  assert (tags, score) == ([1, 1], 8)


def test_no_step():
  with pytest.raises(IndexError, match=r"`score` must have at least one step, "
                     r"got shape \(0, 3\): index 0 is out of bounds") as caught:
    crf.viterbi_decode(np.zeros([0, 3]), np.zeros([3, 3]))
  assert isinstance(caught.value, _errors.EmptySequenceError)
