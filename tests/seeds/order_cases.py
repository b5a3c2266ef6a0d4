"""Programs whose numbers depend on what comes first. Python 3.7 syntax.

`SHUFFLES` are pipelines: in which order their elements come. `LOOPS` are
models with random operations in a loop: what the first calls return.
"""

import collections

import numpy as np

CALLS = 3


def _range(tf, n=6):
  return tf.data.Dataset.range(n)


def _options(tf, **choices):
  options = tf.data.Options()
  for name, value in choices.items():
    setattr(options.experimental_optimization, name, value)
  return options


SHUFFLES = collections.OrderedDict([
    ("default", lambda tf: _range(tf).shuffle(10, seed=5).repeat(3)),
    ("small buffer", lambda tf: _range(tf).shuffle(3, seed=5).repeat(4)),
    ("buffer of one", lambda tf: _range(tf).shuffle(1, seed=5).repeat(2)),
    ("as large as the input",
     lambda tf: _range(tf).shuffle(6, seed=5).repeat(3)),
    ("seed of the graph", lambda tf: _range(tf).shuffle(4).repeat(3)),
    ("once", lambda tf: _range(tf).shuffle(4, seed=5).repeat(1)),
    ("not reshuffled", lambda tf: _range(tf).shuffle(
        4, seed=5, reshuffle_each_iteration=False).repeat(2)),
    ("batches after it", lambda tf: _range(tf).shuffle(
        4, seed=5).repeat(3).map(lambda x: x * 10).batch(4).prefetch(1)),
    ("map between", lambda tf: _range(tf).shuffle(
        4, seed=5).map(lambda x: x).repeat(2)),
    ("prefetch between", lambda tf: _range(tf).shuffle(
        3, seed=5).prefetch(2).repeat(2)),
    ("nothing between", lambda tf: _range(tf).shuffle(
        3, seed=5).take(-1).repeat(2)),
    ("two", lambda tf: _range(tf).shuffle(4, seed=5).repeat(2).shuffle(
        3, seed=2).repeat(2)),
    ("in flat_map", lambda tf: _range(tf, 3).flat_map(
        lambda k: _range(tf, 4).shuffle(4, seed=5).repeat(2))),
    ("in interleave", lambda tf: _range(tf, 3).interleave(
        lambda k: _range(tf, 4).map(lambda x: x + 10 * k).shuffle(
            4, seed=5).repeat(2), cycle_length=2)),
    ("padded batches", lambda tf: tf.data.Dataset.from_generator(
        lambda: ([i] * (i % 3 + 1) for i in range(5)), tf.int32,
        [None]).shuffle(3, seed=1).repeat(2).padded_batch(2, [None])),
    ("shuffle_and_repeat", lambda tf: _range(tf).apply(
        tf.data.experimental.shuffle_and_repeat(3, 2, seed=5))),
    ("off", lambda tf: _range(tf).shuffle(4, seed=5).repeat(2).with_options(
        _options(tf, shuffle_and_repeat_fusion=False))),
    ("no defaults", lambda tf: _range(tf).shuffle(
        4, seed=5).repeat(2).with_options(
            _options(tf, apply_default_optimizations=False))),
    ("no defaults, but on", lambda tf: _range(tf).shuffle(
        4, seed=5).repeat(2).with_options(_options(
            tf, apply_default_optimizations=False,
            shuffle_and_repeat_fusion=True))),
    ("empty", lambda tf: _range(tf, 0).shuffle(4, seed=5).repeat()),
    ("no end", lambda tf: _range(tf).shuffle(4, seed=5).repeat()),
])


def measure_shuffle(tf, name, most=26):
  """The elements, twice from the beginning, and what is drawn after it."""
  tf.reset_default_graph()
  tf.set_random_seed(77)
  iterator = SHUFFLES[name](tf).make_initializable_iterator()
  following = iterator.get_next()
  after = tf.random_uniform([])
  found = []
  with tf.Session() as session:
    for _ in range(2):
      session.run(iterator.initializer)
      try:
        for _ in range(most):
          found.append(np.asarray(session.run(following)).tolist())
      except tf.errors.OutOfRangeError:
        found.append("end")
    return {"elements": found, "after": float(session.run(after))}


def _rnn(tf, batch, layers=1, lengths=False, **keep):
  x = tf.placeholder(tf.float32, [batch, 6, 3])
  def cell():
    return tf.nn.rnn_cell.DropoutWrapper(
        tf.nn.rnn_cell.BasicLSTMCell(4), **keep)
  stack = cell() if layers == 1 else tf.nn.rnn_cell.MultiRNNCell(
      [cell() for _ in range(layers)])
  outputs, _ = tf.nn.dynamic_rnn(
      stack, x, [6, 4, 6, 5] if lengths else None, dtype=tf.float32)
  gradients = tf.gradients(tf.reduce_sum(outputs), tf.trainable_variables())
  return [outputs] + gradients, {
      x: np.linspace(-1, 1, 72).reshape(4, 6, 3).astype("f")}


def _arrays(tf, body, steps=7):
  _, array = tf.while_loop(
      lambda t, _: t < steps, lambda t, array: (t + 1, body(t, array)),
      [0, tf.TensorArray(tf.float32, steps)])
  return [array.stack()], {}


def _nested(tf):
  def outer(t, array):
    _, inner = tf.while_loop(
        lambda u, _: u < 3,
        lambda u, rows: (u + 1, rows.write(u, tf.random_uniform([3]))),
        [0, tf.TensorArray(tf.float32, 3)])
    return array.write(t, inner.stack() + tf.random_uniform([]))
  return _arrays(tf, outer, 4)


def _conditional(tf):
  return _arrays(tf, lambda t, array: array.write(t, tf.cond(
      tf.equal(t % 2, 0), lambda: tf.random_uniform([3]),
      lambda: tf.zeros([3]))))


def _decoder(tf, kind):
  seq2seq = tf.contrib.seq2seq
  embedding = tf.get_variable("embedding", [7, 4])
  inputs = tf.nn.embedding_lookup(
      embedding, tf.constant([[1, 2, 3, 4], [2, 3, 4, 5], [3, 4, 5, 6]]))
  cell = tf.nn.rnn_cell.DropoutWrapper(
      tf.nn.rnn_cell.GRUCell(6), output_keep_prob=.6)
  helper = {
      "training": lambda: seq2seq.TrainingHelper(inputs, [4, 4, 3]),
      "scheduled": lambda: seq2seq.ScheduledEmbeddingTrainingHelper(
          inputs, [4, 4, 3], embedding, .5),
      "sample": lambda: seq2seq.SampleEmbeddingHelper(
          embedding, [1, 1, 1], 0)}[kind]()
  decoder = seq2seq.BasicDecoder(
      cell, helper, cell.zero_state(3, tf.float32), tf.layers.Dense(7))
  outputs, _, _ = seq2seq.dynamic_decode(decoder, maximum_iterations=6)
  return [outputs.rnn_output, outputs.sample_id], {}


LOOPS = collections.OrderedDict([
    ("output known", lambda tf: _rnn(tf, 4, output_keep_prob=.5)),
    ("output unknown", lambda tf: _rnn(tf, None, output_keep_prob=.5)),
    ("input known", lambda tf: _rnn(tf, 4, input_keep_prob=.5)),
    ("state known", lambda tf: _rnn(tf, 4, state_keep_prob=.5)),
    ("layers known", lambda tf: _rnn(tf, 4, 2, output_keep_prob=.5)),
    ("lengths known", lambda tf: _rnn(
        tf, 4, lengths=True, output_keep_prob=.5)),
    ("everything unknown", lambda tf: _rnn(
        tf, None, 2, input_keep_prob=.7, state_keep_prob=.6,
        output_keep_prob=.5)),
    ("uniform", lambda tf: _arrays(
        tf, lambda t, array: array.write(t, tf.random_uniform([4])))),
    ("two", lambda tf: _arrays(tf, lambda t, array: array.write(
        t, tf.random_uniform([4]) + tf.random_normal([4])))),
    ("nested", _nested), ("conditional", _conditional),
    ("map_fn", lambda tf: ([tf.map_fn(
        lambda e: e + tf.random_uniform([5]), tf.zeros([6]),
        dtype=tf.float32)], {})),
    ("decoder", lambda tf: _decoder(tf, "training")),
    ("scheduled sampling", lambda tf: _decoder(tf, "scheduled")),
    ("sampling", lambda tf: _decoder(tf, "sample")),
])


def measure_loop(tf, name):
  """What the first calls return."""
  tf.reset_default_graph()
  tf.set_random_seed(3)
  fetches, feeds = LOOPS[name](tf)
  config = tf.ConfigProto(intra_op_parallelism_threads=1,
                          inter_op_parallelism_threads=1,
                          use_per_session_threads=True)
  with tf.Session(config=config) as session:
    session.run(tf.global_variables_initializer())
    return [[np.asarray(value).astype(float).round(9).tolist()
             for value in session.run(fetches, feeds)]
            for _ in range(CALLS)]
