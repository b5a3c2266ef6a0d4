"""`tf.contrib.legacy_seq2seq`: sequences as lists with one tensor per step."""

from tfcompat_rnn import _errors
from tfcompat_rnn import _snapshot
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import _weighted

# Avoids a division by 0 for a row whose weights are all 0.
_LITTLE = 1e-12


def rnn_decoder(decoder_inputs, initial_state, cell, loop_function=None,
                scope=None):
  """Runs `cell` over a list, optionally feeding outputs back as inputs.

    outputs, state = rnn_decoder(inputs, cell.zero_state(b, tf.float32), cell)

  Args:
    decoder_inputs: a list with one `[batch, depth]` per step. With
      `loop_function`, only the first one is read, and the others just give the
      number of steps.
    initial_state: a structure like `cell.state_size`. A leaf read from a
      reference variable is copied first (see `_snapshot`).
    cell: an RNNCell.
    loop_function: `(previous_output, step) -> next_input`, called from the
      second step on, in the scope "loop_function" with its variables reused.
    scope: a name or variable scope, "rnn_decoder" by default.

  Returns:
    `(outputs, state)`: a list with one `[batch, output_size]` per step, and
    the final state.

  TensorFlow 1.15: `tf.contrib.legacy_seq2seq.rnn_decoder`.
  """
  state = _snapshot.snapshot_state(initial_state)
  outputs = []
  with tf.variable_scope(scope or "rnn_decoder"):
    for step, step_input in enumerate(decoder_inputs):
      if step > 0:
        if loop_function is not None:
          with tf.variable_scope("loop_function", reuse=True):
            step_input = loop_function(outputs[-1], step)
        tf.get_variable_scope().reuse_variables()
      output, state = cell(step_input, state)
      outputs.append(output)
  return outputs, state


def sequence_loss_by_example(logits, targets, weights,
                             average_across_timesteps=True,
                             softmax_loss_function=None, name=None):
  """The weighted cross entropy of sequences, one number per row.

    loss = sequence_loss_by_example([logits], [tf.reshape(targets, [-1])],
                                    [tf.ones([batch * steps])])

  Args:
    logits: a list with one `[batch, classes]` per step.
    targets: a list of `[batch]` integer class numbers.
    weights: a list of `[batch]` weights, with the dtype of the logits.
    average_across_timesteps: whether to divide by the sum of the weights (plus
      1e-12).
    softmax_loss_function: `(labels=, logits=) -> losses`, used instead of the
      sparse softmax cross entropy.
    name: a name scope, "sequence_loss_by_example" by default.

  Returns:
    `[batch]`: the log-perplexity of each row.

  Raises:
    ArgumentError: if the three lists differ in length.

  TensorFlow 1.15: `tf.contrib.legacy_seq2seq.sequence_loss_by_example`.
  """
  if not len(logits) == len(targets) == len(weights):
    raise _errors.ArgumentError(_errors.problem(
        "logits", "have the same length as targets and weights",
        f"{len(logits)}, {len(targets)} and {len(weights)}",
        "pass three lists with one tensor per step"))
  with tf.name_scope(name, "sequence_loss_by_example",
                     logits + targets + weights):
    losses = []
    for step_logits, labels, weight in zip(logits, targets, weights):
      if softmax_loss_function is None:
        # Scalars count as one row.
        labels = tf.reshape(labels, [-1])
      loss = _weighted.cross_entropy(
          labels, step_logits, softmax_loss_function)
      losses.append(loss * weight)
    total = tf.add_n(losses)
    if average_across_timesteps:
      weight_sum = tf.add_n(weights)
      weight_sum += _LITTLE
      total /= weight_sum
  return total


def sequence_loss(logits, targets, weights, average_across_timesteps=True,
                  average_across_batch=True, softmax_loss_function=None,
                  name=None):
  """The weighted cross entropy of sequences, summed over the rows.

    loss = sequence_loss(logits, targets, weights)

  Args:
    logits, targets, weights, average_across_timesteps,
      softmax_loss_function: as in `sequence_loss_by_example`.
    average_across_batch: whether to divide the sum by the number of rows.
    name: a name scope, "sequence_loss" by default.

  Returns:
    A scalar.

  Raises:
    ArgumentError: if the three lists differ in length.

  TensorFlow 1.15: `tf.contrib.legacy_seq2seq.sequence_loss`.
  """
  with tf.name_scope(name, "sequence_loss", logits + targets + weights):
    total = tf.reduce_sum(sequence_loss_by_example(
        logits, targets, weights,
        average_across_timesteps=average_across_timesteps,
        softmax_loss_function=softmax_loss_function))
    if average_across_batch:
      rows = tf.shape(targets[0])[0]
      total /= tf.cast(rows, total.dtype)
    return total
