"""Models that TensorFlow 0.12, 1.0, 1.1 and ours can build, whatever the names.

Runs unchanged on Python 3.6 with those and on ours: `tf` is handed in. The
numbers of the checkpoints come with them; `feeds` are the same everywhere.
"""

import collections

import numpy as np

BATCH, TIME, DEPTH, UNITS = 2, 3, 4, 5

Model = collections.namedtuple("Model", "build since")
MODELS = collections.OrderedDict()


def model(since=(0, 12)):
  def decorate(build):
    MODELS[build.__name__] = Model(build, since)
    return build
  return decorate


def names(version):
  """The models that TensorFlow `version`, such as "1.0.1", can build."""
  numbers = tuple(int(part) for part in version.split(".")[:2])
  return [name for name in MODELS if MODELS[name].since <= numbers]


def find(tf, name):
  """The cell class `name`, wherever this release keeps it."""
  for module in (tf.contrib.rnn, tf.nn.rnn_cell if hasattr(
      tf.nn, "rnn_cell") else None):
    if hasattr(module, name):
      return getattr(module, name)
  raise KeyError(name)


def numbers(seed, shape):
  return np.random.RandomState(seed).uniform(-1, 1, shape)


def sequence(tf, feeds, time_major=False):
  shape = [TIME, BATCH, DEPTH] if time_major else [BATCH, TIME, DEPTH]
  x = tf.placeholder(tf.float32, shape, name="x")
  feeds[x] = numbers(1, shape)
  return x


def run(tf, cell, x):
  return tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)


@model()
def basic_rnn(tf, feeds):
  return run(tf, find(tf, "BasicRNNCell")(UNITS), sequence(tf, feeds))


@model()
def basic_lstm_stack(tf, feeds):
  cell = find(tf, "MultiRNNCell")(
      [find(tf, "BasicLSTMCell")(units, state_is_tuple=True)
       for units in (UNITS, 3)], state_is_tuple=True)
  with tf.variable_scope("encoder"):
    return run(tf, cell, sequence(tf, feeds))


@model()
def lstm_peepholes_projection(tf, feeds):
  return run(tf, find(tf, "LSTMCell")(
      UNITS, use_peepholes=True, num_proj=3, cell_clip=0.8,
      state_is_tuple=True), sequence(tf, feeds))


@model()
def lstm_in_shards(tf, feeds):
  """W_0, W_1, W_2 in 0.12; parts of one variable since."""
  return run(tf, find(tf, "LSTMCell")(
      UNITS, num_proj=4, num_unit_shards=3, num_proj_shards=2,
      state_is_tuple=True), sequence(tf, feeds))


@model()
def bidirectional(tf, feeds):
  lengths = tf.placeholder(tf.int64, [BATCH], name="lengths")
  feeds[lengths] = [2, 3]
  return tf.nn.bidirectional_dynamic_rnn(
      find(tf, "GRUCell")(UNITS),
      find(tf, "LSTMCell")(3, state_is_tuple=True), sequence(tf, feeds),
      sequence_length=lengths, dtype=tf.float32)


@model()
def projections(tf, feeds):
  """The wrapped stack stood beside its wrappers, up to 1.1."""
  stack = find(tf, "MultiRNNCell")(
      [find(tf, "BasicLSTMCell")(UNITS, state_is_tuple=True),
       find(tf, "GRUCell")(3)], state_is_tuple=True)
  return run(tf, find(tf, "OutputProjectionWrapper")(
      find(tf, "InputProjectionWrapper")(stack, 6), 2), sequence(tf, feeds))


@model()
def embedding(tf, feeds):
  x = tf.placeholder(tf.int32, [BATCH, TIME, 1], name="symbols")
  feeds[x] = np.arange(BATCH * TIME).reshape(BATCH, TIME, 1) % 5
  return run(tf, find(tf, "EmbeddingWrapper")(
      find(tf, "GRUCell")(UNITS), 5, 4), x)


@model()
def attention(tf, feeds):
  return run(tf, find(tf, "AttentionCellWrapper")(
      find(tf, "BasicLSTMCell")(UNITS, state_is_tuple=True), 2,
      state_is_tuple=True), sequence(tf, feeds))


@model()
def lstm_block(tf, feeds):
  return run(tf, find(tf, "LSTMBlockCell")(UNITS, use_peephole=True),
             sequence(tf, feeds))


@model()
def lstm_block_fused(tf, feeds):
  return find(tf, "LSTMBlockFusedCell")(UNITS)(
      sequence(tf, feeds, time_major=True), dtype=tf.float32)


@model()
def gru_block(tf, feeds):
  return run(tf, find(tf, "GRUBlockCell")(UNITS), sequence(tf, feeds))


@model()
def layer_norm_lstm(tf, feeds):
  return run(tf, find(tf, "LayerNormBasicLSTMCell")(UNITS),
             sequence(tf, feeds))


@model()
def coupled(tf, feeds):
  return run(tf, find(tf, "CoupledInputForgetGateLSTMCell")(
      UNITS, use_peepholes=True, num_proj=3, state_is_tuple=True),
             sequence(tf, feeds))


@model(since=(1, 1))
def nas(tf, feeds):
  return run(tf, find(tf, "NASCell")(UNITS, 3, True), sequence(tf, feeds))


@model()
def own_scope(tf, feeds):
  """Scopes that a program names; its loss is kept as a moving average."""
  with tf.variable_scope("model"):
    return tf.nn.dynamic_rnn(
        find(tf, "GRUCell")(UNITS), sequence(tf, feeds), dtype=tf.float32,
        scope="reader")


Built = collections.namedtuple("Built", "feeds fetches train")


def leaves(nest):
  if isinstance(nest, (list, tuple)):
    return [leaf for part in nest for leaf in leaves(part)]
  return [nest]


def build(tf, name):
  """The model in the current graph, with Adam and moving averages."""
  feeds = collections.OrderedDict()
  fetches = leaves(MODELS[name].build(tf, feeds))
  loss = tf.add_n([tf.reduce_sum(tf.square(tensor)) for tensor in fetches])
  optimizer = tf.train.AdamOptimizer(0.01)
  if name == "lstm_in_shards":
    # In a scope, slots of variables in parts get keys that hang on the length
    # of the scope's name (`weights/s/part_0/Adam`), up to 1.15.
    step = optimizer.minimize(loss)
  else:
    with tf.variable_scope("training"):
      step = optimizer.minimize(loss)
  average = tf.train.ExponentialMovingAverage(0.9)
  with tf.control_dependencies([step]):
    train = average.apply(tf.trainable_variables())
  return Built(feeds, fetches, train)


def compute(session, built):
  """Outputs and states, now and after a step of training."""
  result = {}
  for when in ("before", "after"):
    for place, value in enumerate(session.run(built.fetches, built.feeds)):
      result["%s_%d" % (when, place)] = value
    session.run(built.train, built.feeds)
  return result
