"""Golden cases of `tf.contrib.crf`.

The rows have all lengths from 0 to the number of steps. In 1.15, all but the
decoding and the cells was for float32 only.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

import numpy as np

from golden.registry import BOTH
from golden.registry import SINGLE
from golden.registry import case
from golden.registry import register
from oracle import measure

TAGS = 5
TAG_ROWS = [[2, 0, 4], [1, 1, 3], [4, 2, 2], [0, 3, 1]]
LENGTHS = [0, 1, 2, 3]


class Batch(object):
  """The arguments of one call, with 1 or 3 steps, and known or open sizes."""

  def __init__(self, b, steps=3, known=True, integers="int32",
               lengths_of="int32"):
    rows = len(LENGTHS)
    shape = [rows, steps, TAGS]
    self.scores = b.input(
        "scores", shape if known else [None, None, TAGS], shape, -3, 3)
    self.matrix = b.input("matrix", [TAGS, TAGS], low=-2, high=2)
    self.tags = b.integers(
        "tags", np.array(TAG_ROWS)[:, :steps], integers,
        None if known else [None, None])
    self.lengths = b.integers(
        "lengths", np.minimum(LENGTHS, steps), lengths_of,
        None if known else [None])
    allowed = measure.numbers_for("allowed", shape) > 0
    allowed[:, :, 1] = True  # at least one tag
    self.allowed = b.tf.placeholder(
        b.tf.bool, shape if known else [None, None, TAGS], name="allowed")
    b.feeds[self.allowed] = allowed


VARIANTS = {
    "known": {},
    "open": {"known": False},
    "open_one_step": {"known": False, "steps": 1},
    "one_step": {"steps": 1},
    "int64": {"integers": "int64", "lengths_of": "int64"},
    "int64_open": {"integers": "int64", "lengths_of": "int64",
                   "known": False},
    "int64_lengths_one_step": {"lengths_of": "int64", "steps": 1},
    "int64_tags_one_step": {"integers": "int64", "steps": 1},
}


def training(options):
  def build(b):
    batch = Batch(b, **options)
    likelihood, transitions = b.tf.contrib.crf.crf_log_likelihood(
        batch.scores, batch.tags, batch.lengths)
    loss = b.tf.reduce_mean(-likelihood)
    return [likelihood, loss], [transitions]
  return build


def scoring(options):
  def build(b):
    crf, batch = b.tf.contrib.crf, Batch(b, **options)
    results = [
        crf.crf_sequence_score(
            inputs=batch.scores, tag_indices=batch.tags,
            sequence_lengths=batch.lengths, transition_params=batch.matrix),
        crf.crf_log_norm(
            inputs=batch.scores, sequence_lengths=batch.lengths,
            transition_params=batch.matrix),
        crf.crf_unary_score(
            tag_indices=batch.tags, sequence_lengths=batch.lengths,
            inputs=batch.scores),
        crf.crf_binary_score(
            tag_indices=batch.tags, sequence_lengths=batch.lengths,
            transition_params=batch.matrix),
        crf.crf_log_likelihood(
            batch.scores, batch.tags, batch.lengths, batch.matrix)[0]]
    return results, []
  return build


def several_tags(options):
  def build(b):
    batch = Batch(b, **options)
    return b.tf.contrib.crf.crf_multitag_sequence_score(
        inputs=batch.scores, tag_bitmap=batch.allowed,
        sequence_lengths=batch.lengths, transition_params=batch.matrix), []
  return build


def decoding(options):
  def build(b):
    batch = Batch(b, **options)
    return b.tf.contrib.crf.crf_decode(
        potentials=batch.scores, transition_params=batch.matrix,
        sequence_length=batch.lengths), []
  return build


for _name in sorted(VARIANTS):
  _options = VARIANTS[_name]
  register("crf_training_" + _name, "crf", training(_options), SINGLE)
  register("crf_scoring_" + _name, "crf", scoring(_options), SINGLE)
  # Where nothing is allowed, or minus infinity is subtracted from itself,
  # gradients are NaN.
  register("crf_multitag_" + _name, "crf", several_tags(_options), SINGLE,
           gradients=False)
  register("crf_decode_" + _name, "crf", decoding(_options), BOTH)


@case("crf", SINGLE)
def crf_training_in_scopes(b):
  """Two in one graph: the names of the second, and reused variables."""
  tf, batch = b.tf, Batch(b)
  results = []
  for scope, reuse in (("model", None), ("model", True), ("other", None)):
    with tf.variable_scope(scope, reuse=reuse):
      results += tf.contrib.crf.crf_log_likelihood(
          inputs=batch.scores, tag_indices=batch.tags,
          sequence_lengths=batch.lengths)
  with tf.name_scope("decoding"):
    results += tf.contrib.crf.crf_decode(
        batch.scores, results[1], batch.lengths)
  return results, []


@case("crf", SINGLE)
def crf_training_initializer(b):
  with b.tf.variable_scope(
      "crf", initializer=b.tf.random_normal_initializer(0, 0.1, seed=3)):
    batch = Batch(b)
    return b.tf.contrib.crf.crf_log_likelihood(
        batch.scores, batch.tags, batch.lengths), []


@case("crf", SINGLE)
def crf_arrays(b):
  """NumPy arrays are converted where they are used; tags had to be tensors."""
  crf = b.tf.contrib.crf
  scores = measure.numbers_for("scores", [4, 3, TAGS]).astype("float32")
  tags = b.tf.constant(TAG_ROWS)
  lengths = np.array(LENGTHS, "int32")
  matrix = b.input("matrix", [TAGS, TAGS])
  results = list(crf.crf_log_likelihood(scores, tags, lengths, matrix))
  results += crf.crf_decode(scores, matrix, lengths)
  return results, []


@case("crf", SINGLE)
def crf_lengths_in_lists(b):
  """These functions took lists for what they only passed on."""
  crf, batch = b.tf.contrib.crf, Batch(b)
  return [crf.crf_sequence_score(
      batch.scores, batch.tags, LENGTHS, batch.matrix),
          crf.crf_unary_score(batch.tags, LENGTHS, batch.scores),
          crf.crf_binary_score(TAG_ROWS, LENGTHS, batch.matrix)], []


def _cell_inputs(b):
  return (b.input("x", [b.batch, b.units]), b.state(b.units),
          b.input("matrix", [b.units, b.units]))


@case("crf")
def crf_forward_cell(b):
  x, state, matrix = _cell_inputs(b)
  cell = b.tf.contrib.crf.CrfForwardRnnCell(transition_params=matrix)
  return cell(x, state)


@case("crf")
def crf_forward_cell_loop(b):
  """All alphas, from zeros, in the dtype of the loop."""
  matrix = b.input("matrix", [b.units, b.units])
  return b.tf.nn.dynamic_rnn(
      b.tf.contrib.crf.CrfForwardRnnCell(matrix), b.sequence(b.units),
      sequence_length=b.integers("lengths", [2, 3]), dtype=b.dtype)


@case("crf")
def crf_forward_cell_static_loop(b):
  matrix = b.input("matrix", [b.units, b.units])
  return b.tf.nn.static_rnn(
      b.tf.contrib.crf.CrfForwardRnnCell(matrix), b.steps(b.units),
      initial_state=b.state(b.units))


@case("crf")
def crf_decode_forward_cell(b):
  x, state, matrix = _cell_inputs(b)
  cell = b.tf.contrib.crf.CrfDecodeForwardRnnCell(transition_params=matrix)
  return cell(x, state)


@case("crf", SINGLE)
def crf_decode_backward_cell(b):
  cell = b.tf.contrib.crf.CrfDecodeBackwardRnnCell(num_tags=4)
  pointers = b.integers("pointers", [[3, 1, 0, 2], [1, 2, 2, 0]])
  return cell(pointers, b.integers("tags", [[3], [1]]))
