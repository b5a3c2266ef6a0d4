"""Losses and the decoder. Run under 1.15 and under ours, line for line.

A case takes `tf`, `loss` (contrib.seq2seq) and `legacy`
(contrib.legacy_seq2seq) and returns `(result, by)`: what to fetch, and what
to differentiate by.
"""

import itertools

import numpy as np

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


def numbers(shape, step=7, dtype="float32"):
  count = int(np.prod(shape, dtype=int))
  return ((np.arange(count) * step % 11 - 5) / 4.0).reshape(shape).astype(
      dtype)


def block(tf, dtype="float32"):
  """Logits [2, 3, 4], targets and weights [2, 3]; one weight is 0."""
  return (tf.constant(numbers([2, 3, 4], dtype=dtype)),
          tf.constant([[0, 3, 1], [2, 2, 0]]),
          tf.constant(np.array([[1, .5, 2], [1, 1, 0]], dtype)))


def lists(tf):
  """The same as lists with one tensor a step."""
  return [tf.unstack(part, axis=1) for part in block(tf)]


def add_loss_case(timesteps, batch):
  def build(tf, loss, legacy):
    logits, targets, weights = block(tf)
    return loss.sequence_loss(
        logits, targets, weights,
        average_across_timesteps=timesteps == "average",
        sum_over_timesteps=timesteps == "sum",
        average_across_batch=batch == "average",
        sum_over_batch=batch == "sum"), [logits, weights]
  CASES["loss_time_%s_batch_%s" % (timesteps, batch)] = build


for pair in itertools.product(("average", "sum", "no"), repeat=2):
  add_loss_case(*pair)


@case
def loss_float64(tf, loss, legacy):
  logits, targets, weights = block(tf, "float64")
  return loss.sequence_loss(logits, targets, weights), [logits]


@case
def loss_no_weight_at_all(tf, loss, legacy):
  logits, targets, _ = block(tf)
  zeros = tf.zeros([2, 3])
  return tf.stack([
      loss.sequence_loss(logits, targets, zeros),
      loss.sequence_loss(logits, targets, zeros, False, False, True, True),
  ]), [logits]


@case
def loss_own_function_and_name(tf, loss, legacy):
  logits, targets, weights = block(tf)
  return loss.sequence_loss(
      logits, targets, weights, average_across_batch=False, name="mine",
      softmax_loss_function=lambda labels, logits: tf.reduce_sum(
          logits, 1) * tf.to_float(labels)), [logits, weights]


@case
def loss_open_shapes(tf, loss, legacy):
  logits, targets, weights = [
      tf.placeholder_with_default(part, [None] * len(part.shape))
      for part in block(tf)]
  return loss.sequence_loss(logits, targets, weights), [logits, weights]


@case
def by_example(tf, loss, legacy):
  logits, targets, weights = lists(tf)
  return legacy.sequence_loss_by_example(
      logits, targets, weights), logits + weights


@case
def by_example_sum_name(tf, loss, legacy):
  logits, targets, weights = lists(tf)
  return legacy.sequence_loss_by_example(
      logits, targets, weights, average_across_timesteps=False,
      name="mine"), logits


@case
def by_example_own_function(tf, loss, legacy):
  logits, targets, weights = lists(tf)
  return legacy.sequence_loss_by_example(
      logits, targets, weights,
      softmax_loss_function=lambda labels, logits: tf.reduce_sum(
          logits, 1) * tf.to_float(labels)), logits


@case
def by_example_as_the_character_models_do(tf, loss, legacy):
  logits, targets, _ = block(tf)
  return legacy.sequence_loss_by_example(
      [tf.reshape(logits, [-1, 4])], [tf.reshape(targets, [-1])],
      [tf.ones([6])]), [logits]


@case
def by_example_column_targets(tf, loss, legacy):
  logits, targets, weights = lists(tf)
  return legacy.sequence_loss_by_example(
      logits, [tf.expand_dims(t, 1) for t in targets], weights), logits


@case
def legacy_loss(tf, loss, legacy):
  logits, targets, weights = lists(tf)
  return legacy.sequence_loss(logits, targets, weights), logits + weights


@case
def legacy_loss_no_averages_name(tf, loss, legacy):
  logits, targets, weights = lists(tf)
  return legacy.sequence_loss(
      logits, targets, weights, average_across_timesteps=False,
      average_across_batch=False, name="mine"), logits


class Cell(object):
  """h' = tanh(x w + h v); output h'."""

  state_size = output_size = 4

  def __init__(self, tf):
    self.tf = tf

  def zero_state(self, batch_size, dtype):
    return self.tf.zeros([batch_size, 4], dtype)

  def __call__(self, inputs, state, scope=None):
    tf = self.tf
    with tf.variable_scope(scope or "cell"):
      w = tf.get_variable("w", initializer=numbers([4, 4], 3))
      v = tf.get_variable("v", initializer=numbers([4, 4], 5))
      state = tf.tanh(tf.matmul(inputs, w) + tf.matmul(state, v))
    return state, state


def decoder_inputs(tf):
  return tf.unstack(tf.constant(numbers([2, 3, 4])), axis=1)


@case
def decoder(tf, loss, legacy):
  xs, cell = decoder_inputs(tf), Cell(tf)
  return legacy.rnn_decoder(
      xs, cell.zero_state(2, tf.float32), cell), xs


@case
def decoder_scope_nonzero_state(tf, loss, legacy):
  xs, start = decoder_inputs(tf), tf.constant(numbers([2, 4], 2))
  return legacy.rnn_decoder(xs, start, Cell(tf), scope="rnnlm"), xs + [start]


@case
def decoder_feeding_back(tf, loss, legacy):
  xs, cell = decoder_inputs(tf), Cell(tf)

  def feed(previous, step):
    # Reuses what the character models make in front of the decoder.
    with tf.variable_scope("in", reuse=False):
      scale = tf.get_variable("scale", initializer=np.float32(0.5))
    return previous * scale * step

  with tf.variable_scope("lm/loop_function/in"):
    tf.get_variable("scale", initializer=np.float32(0.5))
  return legacy.rnn_decoder(
      xs, cell.zero_state(2, tf.float32), cell, loop_function=feed,
      scope="lm"), xs


@case
def decoder_twice_reused(tf, loss, legacy):
  xs, cell = decoder_inputs(tf), Cell(tf)
  with tf.variable_scope("model"):
    first = legacy.rnn_decoder(xs, cell.zero_state(2, tf.float32), cell)
  with tf.variable_scope("model", reuse=True):
    second = legacy.rnn_decoder(xs, first[1], cell)
  return (first, second), xs
