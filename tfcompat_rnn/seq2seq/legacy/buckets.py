"""One model at several lengths of input and output."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq.legacy import losses as losses_lib


def model_with_buckets(encoder_inputs, decoder_inputs, targets, weights,
                       buckets, seq2seq, softmax_loss_function=None,
                       per_example_loss=False, name=None):
  """Builds one model per bucket; all use the variables of the first.

    outputs, losses = model_with_buckets(
        encoder_inputs, decoder_inputs, targets, weights, [(5, 10), (20, 25)],
        lambda x, y: embedding_rnn_seq2seq(x, y, GRUCell(64), 500, 500, 32))

  Args:
    encoder_inputs, decoder_inputs: lists with one tensor per step, which
      `seq2seq` gets the first ones of.
    targets: a list of `[batch]` integer class numbers.
    weights: a list of `[batch]` weights, with the dtype of the outputs.
    buckets: a list of pairs (number of encoder steps, number of decoder
      steps), the longest last.
    seq2seq: `(encoder_inputs, decoder_inputs) -> (outputs, state)`. Build the
      cell in it, or copy it with copy.deepcopy: a cell that has been called in
      one bucket cannot be copied for the encoder of the next.
    softmax_loss_function: as for `sequence_loss`.
    per_example_loss: True for one loss per row.
    name: a name scope, "model_with_buckets" by default.

  Returns:
    `(outputs, losses)`: lists with the outputs of each bucket, as `seq2seq`
    returned them, and the loss of each, a scalar or `[batch]`.

  Raises:
    ArgumentError: (ValueError) if `encoder_inputs`, `targets` or `weights` is
      shorter than the last bucket.

  TF 1.15: `tf.contrib.legacy_seq2seq.model_with_buckets`.
  """
  last = buckets[-1]
  for argument, given, needed in (
      ("encoder_inputs", encoder_inputs, last[0]),
      ("targets", targets, last[1]), ("weights", weights, last[1])):
    if len(given) < needed:
      raise _errors.ArgumentError(_errors.problem(
          argument, f"have at least the {needed} steps of the last bucket",
          len(given), "pass more steps, or a smaller bucket"))
  loss_function = (losses_lib.sequence_loss_by_example if per_example_loss
                   else losses_lib.sequence_loss)
  outputs, losses = [], []
  with tf.name_scope(name, "model_with_buckets",
                     encoder_inputs + decoder_inputs + targets + weights):
    for number, bucket in enumerate(buckets):
      encoder_steps, decoder_steps = bucket[0], bucket[1]
      with tf.variable_scope(
          tf.get_variable_scope(), reuse=True if number else None):
        bucket_outputs, _ = seq2seq(
            encoder_inputs[:encoder_steps], decoder_inputs[:decoder_steps])
        outputs.append(bucket_outputs)
        losses.append(loss_function(
            bucket_outputs, targets[:decoder_steps], weights[:decoder_steps],
            softmax_loss_function=softmax_loss_function))
  return outputs, losses
