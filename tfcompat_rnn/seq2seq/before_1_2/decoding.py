"""`dynamic_rnn_decoder`: TensorFlow 1.0's loop over a decoder function."""

from tfcompat_rnn import _errors
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf


def dynamic_rnn_decoder(cell, decoder_fn, inputs=None, sequence_length=None,
                        parallel_iterations=None, swap_memory=False,
                        time_major=False, scope=None, name=None):
  """Decodes with `cell`; `decoder_fn` says what each step reads and emits.

    decoder_fn = simple_decoder_fn_train(encoder_state)
    outputs, state, _ = dynamic_rnn_decoder(
        cell, decoder_fn, inputs=embedded, sequence_length=lengths)

  Args:
    cell: an RNNCell.
    decoder_fn: `(time, cell_state, cell_input, cell_output, context_state) ->
      (done, next_state, next_input, emit_output, next_context_state)`.
      `cell_state` and `cell_output` are None before the first step,
      `cell_input` is None if there are no `inputs`. `done` is None where
      `sequence_length` decides.
    inputs: `[batch, time, depth]` in training, None in inference.
    sequence_length: integers, `[batch]`; the length of `inputs` by default.
    parallel_iterations: how many steps may run at the same time (default 32).
    swap_memory: whether to keep what the backward pass needs in host memory.
    time_major: whether `inputs` and outputs are `[time, batch, depth]`.
    scope: a name or variable scope, "rnn" by default.
    name: a name scope, "dynamic_rnn_decoder" by default.

  Returns:
    `(outputs, final_state, final_context_state)`; outputs are
    `[batch, time, depth of emit_output]`.

  Raises ArgumentError if `inputs` has no depth that is known, or has fewer
  than three dimensions.

  TF 1.0: `tf.contrib.seq2seq.dynamic_rnn_decoder`, gone in 1.1.
  """
  with tf.name_scope(name, "dynamic_rnn_decoder",
                     [inputs, sequence_length]):
    source = None
    if inputs is not None:
      source = _Inputs(inputs, time_major)
      if sequence_length is None:
        sequence_length = source.all_steps()

    def loop_fn(time, cell_output, cell_state, loop_state):
      done, context = None, None
      if cell_state is not None:
        done, context = (loop_state if isinstance(loop_state, tuple)
                         else (loop_state, None))
      cell_input = None
      if source is not None:
        cell_input = (source.first() if cell_state is None
                      else source.read(time, done))
      done, state, cell_input, emitted, context = decoder_fn(
          time, cell_state, cell_input, cell_output, context)
      if done is None:
        done = time >= tf.cast(sequence_length, time.dtype)
      return (done, cell_input, state, emitted,
              done if context is None else (done, context))

    outputs, state, loop_state = loops.raw_rnn(
        cell, loop_fn, parallel_iterations=parallel_iterations,
        swap_memory=swap_memory, scope=scope)
    outputs = outputs.stack()
    if not time_major:
      outputs = tf.transpose(outputs, perm=[1, 0, 2])
    context = loop_state[1] if isinstance(loop_state, tuple) else None
    return outputs, state, context


class _Inputs:
  """The inputs of the decoder, step by step."""

  def __init__(self, inputs, time_major):
    inputs = tf.convert_to_tensor(inputs)
    if inputs.shape.rank is not None and inputs.shape.rank != 3:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", "have three dimensions, [batch, time, depth]",
          f"shape {inputs.shape}", "embed the symbols first"))
    if not time_major:
      inputs = tf.transpose(inputs, perm=[1, 0, 2])
    dims = [tf.dimension_value(inputs.shape[i]) for i in range(3)]
    self.steps, self.batch, self.depth = dims
    if self.depth is None:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", "have a known depth", f"shape {inputs.shape}",
          "call inputs.set_shape([None, None, depth])"))
    self.tensor = inputs
    self.dtype = inputs.dtype
    if self.steps is None:
      self.steps = tf.shape(inputs)[0]
    self.array = tf.TensorArray(self.dtype, size=self.steps).unstack(inputs)

  def all_steps(self):
    batch = self.batch
    return tf.fill([tf.shape(self.tensor)[1] if batch is None else batch],
                   self.steps)

  def first(self):
    return self.array.read(0)

  def read(self, time, done):
    batch = tf.shape(done)[0] if self.batch is None else self.batch
    return tf.cond(
        tf.equal(time, self.steps),
        lambda: tf.zeros([batch, self.depth], dtype=self.dtype),
        lambda: self.array.read(time))
