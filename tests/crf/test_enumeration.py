"""Every function against the enumeration of all tag sequences in NumPy."""

import itertools

import numpy as np
import pytest

from tfcompat_rnn import crf
from tfcompat_rnn.gradients import check_gradients

STEPS, TAGS = 4, 3
LENGTHS = [0, 1, 2, 3, 4]
RTOL = {"float16": 1e-2, "float32": 1e-5, "float64": 1e-11}


def numbers(seed, shape):
  return np.random.RandomState(seed).uniform(-2, 2, shape)


SCORES = numbers(1, [len(LENGTHS), STEPS, TAGS])
MATRIX = numbers(2, [TAGS, TAGS])
GIVEN = np.random.RandomState(3).randint(TAGS, size=SCORES.shape[:2])
ALLOWED = numbers(4, SCORES.shape) > -0.5
ALLOWED[np.arange(len(LENGTHS))[:, None], np.arange(STEPS), GIVEN] = True


def score_of(row, tags):
  return (sum(SCORES[row, step, tag] for step, tag in enumerate(tags))
          + sum(MATRIX[pair] for pair in zip(tags, tags[1:])))


def sequences(row, allowed=None):
  """All `(tags, score)` of the length of the row."""
  length = LENGTHS[row]
  for tags in itertools.product(range(TAGS), repeat=length):
    if allowed is None or all(allowed[row, range(length), tags]):
      yield tags, score_of(row, tags)


def log_sum(values):
  return np.logaddexp.reduce([value for _, value in values])


ROWS = range(len(LENGTHS))
EXPECTED = {
    "unary": [sum(SCORES[row, range(LENGTHS[row]), GIVEN[row, :LENGTHS[row]]])
              for row in ROWS],
    "binary": [sum(MATRIX[pair] for pair in zip(
        GIVEN[row, :LENGTHS[row]], GIVEN[row, 1:LENGTHS[row]]))
               for row in ROWS],
    "score": [score_of(row, tuple(GIVEN[row, :LENGTHS[row]]))
              for row in ROWS],
    "norm": [log_sum(sequences(row)) for row in ROWS],
    "multitag": [log_sum(sequences(row, ALLOWED)) for row in ROWS],
}
EXPECTED["likelihood"] = np.subtract(EXPECTED["score"], EXPECTED["norm"])
BEST = [max(sequences(row), key=lambda pair: pair[1]) for row in ROWS]


def computed(tf, dtype, integers, known):
  """Everything that the functions compute, in one session."""
  def fed(array, kind):
    array = np.asarray(array, kind)
    open_shape = [None] * (array.ndim - 1) + [TAGS if array.ndim == 3 else None]
    return tf.placeholder_with_default(
        array, array.shape if known else open_shape)

  scores, tags = fed(SCORES, dtype), fed(GIVEN, integers)
  lengths, matrix = fed(LENGTHS, integers), tf.constant(MATRIX, dtype)
  results = {
      "unary": crf.crf_unary_score(tags, lengths, scores),
      "binary": crf.crf_binary_score(tags, lengths, matrix),
      "score": crf.crf_sequence_score(scores, tags, lengths, matrix),
      "multitag": crf.crf_multitag_sequence_score(
          scores, fed(ALLOWED, "bool"), lengths, matrix),
      "norm": crf.crf_log_norm(scores, lengths, matrix),
      "likelihood": crf.crf_log_likelihood(scores, tags, lengths, matrix)[0],
      "decode": crf.crf_decode(scores, matrix, lengths),
  }
  with tf.Session() as session:
    return session.run(results)


@pytest.mark.parametrize("dtype, integers, known", [
    pytest.param("float64", "int32", False),
    pytest.param("float32", "int64", True, marks=pytest.mark.slow),
    pytest.param("float32", "int64", False, marks=pytest.mark.slow),
    pytest.param("float16", "int32", True, marks=pytest.mark.slow),
])
def test_all_sequences_were_tried(v1, dtype, integers, known):
  results = computed(v1, dtype, integers, known)
  tags, best = results.pop("decode")
  for name, values in results.items():
    assert values.dtype == dtype
    np.testing.assert_allclose(values, EXPECTED[name], rtol=RTOL[dtype],
                               atol=RTOL[dtype], err_msg=name)
  assert tags.dtype == np.int32 and best.dtype == dtype
  for row, (path, score) in enumerate(BEST):
    if path:  # 1.15 decoded the first step of an empty sequence
      assert tuple(tags[row]) == path + (0,) * (STEPS - len(path))
      np.testing.assert_allclose(best[row], score, rtol=RTOL[dtype])
  assert tags[0].tolist() == [SCORES[0, 0].argmax(), 0, 0, 0]


def test_gradients(v1):
  """Numerically; and the gradient is what was seen minus what is expected."""
  scores = v1.placeholder_with_default(SCORES, [None, None, TAGS])
  lengths = v1.placeholder_with_default(LENGTHS, [None])
  matrix = v1.get_variable("transitions", initializer=MATRIX)
  tags = v1.placeholder_with_default(GIVEN, [None, None])
  likelihood, _ = crf.crf_log_likelihood(scores, tags, lengths, matrix)
  report = check_gradients(likelihood, [matrix], inputs=[scores])
  assert report.passed, report

  slope, matrix_slope = v1.gradients(likelihood, [scores, matrix])
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    slope, matrix_slope = session.run([slope, matrix_slope])
  expected, in_matrix = np.zeros_like(SCORES), np.zeros_like(MATRIX)
  for row in ROWS:
    given = tuple(GIVEN[row, :LENGTHS[row]])
    for tags, score in sequences(row):
      weight = (tags == given) - np.exp(score - EXPECTED["norm"][row])
      expected[row, range(len(tags)), tags] += weight
      for pair in zip(tags, tags[1:]):
        in_matrix[pair] += weight
  np.testing.assert_allclose(slope, expected, atol=1e-11)
  np.testing.assert_allclose(matrix_slope, in_matrix, atol=1e-11)


def test_viterbi_and_crf_decode_agree(v1):
  tags, score = crf.crf_decode(
      v1.constant(SCORES), v1.constant(MATRIX), v1.constant(LENGTHS))
  with v1.Session() as session:
    tags, score = session.run([tags, score])
  for row in ROWS[1:]:
    mine = crf.viterbi_decode(SCORES[row, :LENGTHS[row]], MATRIX)
    assert mine[0] == tags[row, :LENGTHS[row]].tolist()
    assert mine[1] == pytest.approx(score[row], rel=1e-12)
