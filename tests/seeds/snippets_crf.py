"""`tf.contrib.crf`."""

from seeds.registry import snippet


def _arguments(tf, batch=2, steps=4, tags=3, integers="int32"):
  integers = getattr(tf, integers)
  return (tf.placeholder(tf.float32, [batch, steps, tags]),
          tf.placeholder(integers, [batch, steps]),
          tf.placeholder(integers, [batch]))


def _train(tf, likelihood, optimizer):
  optimizer.minimize(tf.reduce_mean(-likelihood))


@snippet("tf.contrib.crf.crf_log_likelihood")
def crf_log_likelihood(tf):
  tf.contrib.crf.crf_log_likelihood(*_arguments(tf))


@snippet("crf_log_likelihood with unknown sizes")
def crf_log_likelihood_open(tf):
  tf.contrib.crf.crf_log_likelihood(*_arguments(tf, None, None))


@snippet("crf_log_likelihood of one step")
def crf_log_likelihood_one_step(tf):
  tf.contrib.crf.crf_log_likelihood(*_arguments(tf, steps=1))


@snippet("crf_log_likelihood with int64, trained by SGD")
def crf_trained(tf):
  likelihood, _ = tf.contrib.crf.crf_log_likelihood(
      *_arguments(tf, integers="int64"))
  _train(tf, likelihood, tf.train.GradientDescentOptimizer(0.1))


@snippet("crf_log_likelihood with unknown sizes, trained by Adam")
def crf_trained_open(tf):
  scores, tags, lengths = _arguments(tf, None, None)
  likelihood, _ = tf.contrib.crf.crf_log_likelihood(
      tf.layers.dense(scores, 3), tags, lengths)
  _train(tf, likelihood, tf.train.AdamOptimizer())


@snippet("crf_log_likelihood with an unknown batch size, trained by Adam")
def crf_trained_open_batch(tf):
  scores, tags, lengths = _arguments(tf, None)
  likelihood, _ = tf.contrib.crf.crf_log_likelihood(scores, tags, lengths)
  _train(tf, likelihood, tf.train.AdamOptimizer())


@snippet("crf_log_likelihood of reshaped logits with constant lengths")
def crf_reshaped(tf):
  # The number of steps was unknown to 1.15 after this tf.reshape.
  inputs, tags, _ = _arguments(tf, None)
  outputs, _ = tf.nn.dynamic_rnn(
      tf.nn.rnn_cell.GRUCell(5), inputs, dtype=tf.float32)
  steps = tf.shape(outputs)[1]
  logits = tf.layers.dense(tf.reshape(outputs, [-1, 5]), 3)
  likelihood, matrix = tf.contrib.crf.crf_log_likelihood(
      tf.reshape(logits, [-1, steps, 3]),
      tf.placeholder(tf.int32, [None, None]), tf.constant([4, 2]))
  tf.contrib.crf.crf_decode(inputs, matrix, tf.constant([4, 2]))
  _train(tf, likelihood, tf.train.GradientDescentOptimizer(0.1))


@snippet("tf.contrib.crf.crf_decode")
def crf_decode(tf):
  scores, _, lengths = _arguments(tf)
  matrix = tf.get_variable("transitions", [3, 3])
  tf.contrib.crf.crf_decode(scores, matrix, lengths)


@snippet("crf_decode with unknown sizes")
def crf_decode_open(tf):
  scores, _, lengths = _arguments(tf, None, None)
  tf.contrib.crf.crf_decode(scores, tf.zeros([3, 3]), lengths)


@snippet("crf_multitag_sequence_score with unknown sizes")
def crf_multitag(tf):
  scores, _, lengths = _arguments(tf, None, None)
  tf.contrib.crf.crf_multitag_sequence_score(
      scores, tf.placeholder(tf.bool, [None, None, 3]), lengths,
      tf.zeros([3, 3]))


@snippet("crf_unary_score, crf_binary_score, crf_log_norm of int64")
def crf_parts(tf):
  crf = tf.contrib.crf
  scores, tags, lengths = _arguments(tf, integers="int64")
  matrix = tf.zeros([3, 3])
  crf.crf_unary_score(tags, lengths, scores)
  crf.crf_binary_score(tags, lengths, matrix)
  crf.crf_log_norm(scores, lengths, matrix)


@snippet("tf.reduce_logsumexp of a list")
def logsumexp_of_a_list(tf):
  x = tf.placeholder(tf.float32, [3])
  tf.reduce_logsumexp([x, x + 1.0, 2.0 * x])
