"""Decoders and helpers of tf.contrib.seq2seq."""

from seeds.registry import snippet


def _targets(tf, depth=4):
  return tf.placeholder(tf.float32, [None, None, depth])


def _lengths(tf):
  return tf.placeholder(tf.int32, [None])


def _decode(tf, helper, units=5, layer=True, batch=None, **options):
  cell = tf.nn.rnn_cell.LSTMCell(units)
  layer = tf.layers.Dense(7) if layer else None
  decoder = tf.contrib.seq2seq.BasicDecoder(
      cell, helper,
      cell.zero_state(batch or helper.batch_size, tf.float32), layer)
  return tf.contrib.seq2seq.dynamic_decode(decoder, **options)


@snippet("dynamic_decode with a TrainingHelper, and Adam")
def decode_training(tf):
  lengths = _lengths(tf)
  outputs, _, _ = _decode(
      tf, tf.contrib.seq2seq.TrainingHelper(_targets(tf), lengths),
      impute_finished=True, maximum_iterations=tf.reduce_max(lengths))
  loss = tf.contrib.seq2seq.sequence_loss(
      outputs.rnn_output, tf.placeholder(tf.int32, [None, None]),
      tf.sequence_mask(lengths, dtype=tf.float32))
  tf.train.AdamOptimizer().minimize(loss)


@snippet("dynamic_decode with a TrainingHelper, time-major, clipped gradients")
def decode_training_time_major(tf):
  helper = tf.contrib.seq2seq.TrainingHelper(
      tf.placeholder(tf.float32, [6, 2, 4]), [3, 6], time_major=True)
  outputs, state, _ = _decode(tf, helper, output_time_major=True)
  variables = tf.trainable_variables()
  loss = tf.reduce_mean(outputs.rnn_output) + tf.reduce_sum(state.h)
  gradients, _ = tf.clip_by_global_norm(tf.gradients(loss, variables), 5.0)
  tf.train.GradientDescentOptimizer(0.1).apply_gradients(
      zip(gradients, variables))


@snippet("dynamic_decode with a GreedyEmbeddingHelper")
def decode_greedy(tf):
  table = tf.get_variable("embedding", [7, 4])
  start = tf.fill([tf.placeholder(tf.int32, [])], 1)
  _decode(tf, tf.contrib.seq2seq.GreedyEmbeddingHelper(table, start, 2),
          maximum_iterations=20)


@snippet("dynamic_decode with a SampleEmbeddingHelper")
def decode_sampling(tf):
  table = tf.get_variable("embedding", [7, 4])
  _decode(tf, tf.contrib.seq2seq.SampleEmbeddingHelper(
      table, [1, 1], 2, softmax_temperature=0.5), maximum_iterations=20)


@snippet("dynamic_decode with a ScheduledEmbeddingTrainingHelper, gradients")
def decode_scheduled_embedding(tf):
  table = tf.get_variable("embedding", [7, 4])
  helper = tf.contrib.seq2seq.ScheduledEmbeddingTrainingHelper(
      _targets(tf), _lengths(tf), table, 0.25)
  outputs, _, _ = _decode(tf, helper)
  tf.gradients(tf.reduce_sum(outputs.rnn_output), tf.trainable_variables())


@snippet("dynamic_decode with a ScheduledOutputTrainingHelper, gradients")
def decode_scheduled_output(tf):
  helper = tf.contrib.seq2seq.ScheduledOutputTrainingHelper(
      _targets(tf), _lengths(tf), tf.placeholder(tf.float32, []),
      next_inputs_fn=tf.layers.Dense(4), auxiliary_inputs=_targets(tf, 3))
  outputs, _, _ = _decode(tf, helper)
  tf.gradients(tf.reduce_sum(outputs.rnn_output), tf.trainable_variables())


@snippet("dynamic_decode with a ScheduledOutputTrainingHelper, plain")
def decode_scheduled_plain(tf):
  helper = tf.contrib.seq2seq.ScheduledOutputTrainingHelper(
      tf.placeholder(tf.float32, [2, 6, 5]), [6, 4], 0.5)
  outputs, _, _ = _decode(tf, helper, layer=False)
  tf.gradients(tf.reduce_sum(outputs.rnn_output), tf.trainable_variables())


@snippet("dynamic_decode with an InferenceHelper that feeds back frames")
def decode_frames(tf):
  frame = tf.layers.Dense(4)
  helper = tf.contrib.seq2seq.InferenceHelper(
      sample_fn=lambda outputs: frame(outputs), sample_shape=[4],
      sample_dtype=tf.float32, start_inputs=tf.zeros([2, 4]),
      end_fn=lambda frames: tf.reduce_all(frames < 0.1, axis=1))
  _decode(tf, helper, layer=False, maximum_iterations=9)


@snippet("dynamic_decode with a CustomHelper that draws")
def decode_custom(tf):
  table = tf.get_variable("embedding", [7, 4])
  helper = tf.contrib.seq2seq.CustomHelper(
      lambda: (tf.tile([False], [3]),
               tf.nn.embedding_lookup(table, [1, 2, 3])),
      lambda time, outputs, state: tf.multinomial(
          outputs, 1, output_dtype=tf.int32)[:, 0],
      lambda time, outputs, state, sample_ids: (
          tf.equal(sample_ids, 2), tf.nn.embedding_lookup(table, sample_ids),
          state))
  _decode(tf, helper, batch=3, maximum_iterations=tf.constant(8),
          impute_finished=True)


@snippet("dynamic_decode after an encoder, in a loss with dropout")
def decode_after_encoder(tf):
  _, state = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.LSTMCell(5), _targets(tf), dtype=tf.float32)
  cell = tf.nn.rnn_cell.DropoutWrapper(
      tf.nn.rnn_cell.LSTMCell(5), input_keep_prob=0.5)
  helper = tf.contrib.seq2seq.TrainingHelper(_targets(tf), _lengths(tf))
  outputs, _, _ = tf.contrib.seq2seq.dynamic_decode(
      tf.contrib.seq2seq.BasicDecoder(cell, helper, state, tf.layers.Dense(
          7, kernel_initializer=tf.truncated_normal_initializer(stddev=0.1))))
  tf.gradients(tf.reduce_sum(outputs.rnn_output), tf.trainable_variables())
