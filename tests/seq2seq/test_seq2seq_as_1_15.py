"""Each case of `seq2seq_cases` against TensorFlow 1.15.5, and the errors."""

import os

import numpy as np
import pytest

from oracle import files
from seq2seq import generate
from seq2seq import seq2seq_cases
from tfcompat_rnn import _errors

EXPECTED = files.read_json(os.path.join(generate.DATA, generate.FILE))


@pytest.fixture
def modules(v1):
  from tfcompat_rnn.seq2seq import legacy
  from tfcompat_rnn.seq2seq import loss
  return v1, loss, legacy


def test_every_case_was_measured():
  assert sorted(EXPECTED) == sorted(seq2seq_cases.CASES)


@pytest.mark.parametrize("name", sorted(seq2seq_cases.CASES))
def test_case(modules, name):
  expected = EXPECTED[name]
  got = generate.measure(*modules, seq2seq_cases.CASES[name])
  for what in ("ops", "names", "shapes", "variables"):
    assert got[what] == expected[what]
  tolerance = 1e-10 if "float64" in name else 1e-5
  for what in ("values", "gradients"):
    assert len(got[what]) == len(expected[what])
    for mine, theirs in zip(got[what], expected[what]):
      np.testing.assert_allclose(
          mine, theirs, rtol=tolerance, atol=tolerance / 10, err_msg=what)


def test_sequence_loss_by_mental_arithmetic(modules):
  tf, loss, _ = modules
  # Even logits over 4 classes: each symbol costs ln 4, whatever its weight.
  even = tf.zeros([2, 3, 4])
  targets = tf.zeros([2, 3], tf.int32)
  weights = tf.constant([[1., 1., 0.], [2., 0., 0.]])
  cost = loss.sequence_loss(even, targets, weights)
  per_word = loss.sequence_loss(
      even, targets, weights, average_across_timesteps=False,
      average_across_batch=False, sum_over_timesteps=True,
      sum_over_batch=True)
  with tf.Session() as session:
    cost, per_word = session.run([cost, per_word])
  assert cost == pytest.approx(np.log(4), rel=1e-6)
  assert per_word == pytest.approx(np.log(4) * 4 / 3, rel=1e-6)


@pytest.mark.parametrize("shapes, name", [
    (([6, 4], [2, 3], [2, 3]), "logits"),
    (([2, 3, 4], [6], [2, 3]), "targets"),
    (([2, 3, 4], [2, 3], [6]), "weights"),
])
def test_wrong_rank(modules, shapes, name):
  tf, loss, _ = modules
  logits, targets, weights = (tf.zeros(shape) for shape in shapes)
  with pytest.raises(ValueError, match=f"`{name}` must have") as caught:
    loss.sequence_loss(logits, tf.cast(targets, tf.int32), weights)
  assert isinstance(caught.value, _errors.ArgumentError)


@pytest.mark.parametrize("axis", ["timesteps", "batch"])
def test_average_and_sum_at_once(modules, axis):
  tf, loss, _ = modules
  logits, targets, weights = seq2seq_cases.block(tf)
  over = "sum_over_" + axis
  with pytest.raises(_errors.ArgumentError, match=over):
    loss.sequence_loss(logits, targets, weights, **{over: True})


def test_unknown_rank_is_a_value_error_as_in_1_15(modules):
  tf, loss, _ = modules
  with pytest.raises(ValueError):
    loss.sequence_loss(
        tf.placeholder(tf.float32), tf.zeros([2, 3], tf.int32),
        tf.zeros([2, 3]))


@pytest.mark.parametrize("function", [
    "sequence_loss", "sequence_loss_by_example"])
def test_lists_of_different_length(modules, function):
  tf, _, legacy = modules
  logits, targets, weights = seq2seq_cases.lists(tf)
  with pytest.raises(ValueError, match="3, 3 and 2") as caught:
    getattr(legacy, function)(logits, targets, weights[:2])
  assert isinstance(caught.value, _errors.ArgumentError)


def test_decoder_copies_a_state_read_from_a_reference_variable(modules):
  tf, _, legacy = modules
  state = tf.Variable(tf.zeros([2, 4]), trainable=False, use_resource=False)
  xs = seq2seq_cases.decoder_inputs(tf)
  legacy.rnn_decoder(xs, state, seq2seq_cases.Cell(tf))
  kinds = [op.type for op in tf.get_default_graph().get_operations()]
  assert kinds.count("DeepCopy") == 1


def test_signatures():
  import inspect

  from tfcompat_rnn.seq2seq import legacy
  from tfcompat_rnn.seq2seq import loss
  expected = {
      loss.sequence_loss: (
          "(logits, targets, weights, average_across_timesteps=True, "
          "average_across_batch=True, sum_over_timesteps=False, "
          "sum_over_batch=False, softmax_loss_function=None, name=None)"),
      legacy.rnn_decoder: (
          "(decoder_inputs, initial_state, cell, loop_function=None, "
          "scope=None)"),
      legacy.sequence_loss: (
          "(logits, targets, weights, average_across_timesteps=True, "
          "average_across_batch=True, softmax_loss_function=None, name=None)"),
      legacy.sequence_loss_by_example: (
          "(logits, targets, weights, average_across_timesteps=True, "
          "softmax_loss_function=None, name=None)"),
  }
  for function, signature in expected.items():
    assert str(inspect.signature(function)) == signature
