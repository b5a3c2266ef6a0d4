"""Models whose checkpoints real TensorFlow 1.x wrote, cells of every kind.

Runs unchanged on Python 3.6 with TensorFlow 1.4, on Python 3.7 with 1.15 and
on ours: `tf` is handed in. A model gives its outputs and final states from
the feeds it makes; a loss over them and Adam follow, so that a checkpoint
holds slots as well.
"""

import collections

from oracle import graphs
from oracle import measure

BATCH, TIME, DEPTH, UNITS = 2, 3, 4, 5

# `since`: the first release that has every cell of the model.
Model = collections.namedtuple("Model", "name build since")
MODELS = collections.OrderedDict()


def model(since=(1, 4)):
  def decorate(build):
    MODELS[build.__name__] = Model(build.__name__, build, since)
    return build
  return decorate


def names(version):
  """The models that TensorFlow `version`, such as "1.4.1", can build."""
  numbers = tuple(int(part) for part in version.split(".")[:2])
  return [name for name in MODELS if MODELS[name].since <= numbers]


def sequence(tf, feeds, depth=DEPTH, time_major=False):
  shape = [TIME, BATCH, depth] if time_major else [BATCH, TIME, depth]
  x = tf.placeholder(tf.float32, shape, name="x")
  feeds[x] = measure.numbers_for("x", shape)
  return x


def lengths(tf, feeds):
  tensor = tf.placeholder(tf.int32, [BATCH], name="lengths")
  feeds[tensor] = [2, 3]
  return tensor


@model()
def basic_rnn(tf, feeds):
  cell = tf.nn.rnn_cell.BasicRNNCell(UNITS)
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def gru(tf, feeds):
  cell = tf.nn.rnn_cell.GRUCell(UNITS)
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32,
                           sequence_length=lengths(tf, feeds))


@model()
def lstm_peepholes_projection(tf, feeds):
  cell = tf.nn.rnn_cell.LSTMCell(
      UNITS, use_peepholes=True, num_proj=3, cell_clip=0.8, proj_clip=0.5)
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def lstm_in_shards(tf, feeds):
  """Variables in parts: the checkpoint holds slices of a whole."""
  cell = tf.nn.rnn_cell.LSTMCell(
      UNITS, num_proj=4, num_unit_shards=3, num_proj_shards=2)
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def basic_lstm_stack(tf, feeds):
  cell = tf.nn.rnn_cell.MultiRNNCell(
      [tf.nn.rnn_cell.BasicLSTMCell(units) for units in (UNITS, 3)])
  with tf.variable_scope("encoder"):
    return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def lstm_block(tf, feeds):
  cell = tf.contrib.rnn.LSTMBlockCell(UNITS, use_peephole=True)
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def lstm_block_fused(tf, feeds):
  cell = tf.contrib.rnn.LSTMBlockFusedCell(UNITS, use_peephole=True)
  return cell(sequence(tf, feeds, time_major=True), dtype=tf.float32,
              sequence_length=lengths(tf, feeds))


@model()
def gru_block(tf, feeds):
  """Both names of its variables: static, one after the other."""
  steps = tf.unstack(sequence(tf, feeds), axis=1)
  with tf.variable_scope("first"):
    hidden, one = tf.nn.static_rnn(
        tf.contrib.rnn.GRUBlockCell(UNITS), steps, dtype=tf.float32)
  with tf.variable_scope("second"):
    outputs, two = tf.nn.static_rnn(
        tf.contrib.rnn.GRUBlockCellV2(UNITS), hidden, dtype=tf.float32)
  return outputs, (one, two)


@model()
def layer_norm_lstm(tf, feeds):
  cell = tf.contrib.rnn.LayerNormBasicLSTMCell(UNITS)
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def nas(tf, feeds):
  cell = tf.contrib.rnn.NASCell(UNITS, 3, True)  # with biases
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def bidirectional(tf, feeds):
  return tf.nn.bidirectional_dynamic_rnn(
      tf.nn.rnn_cell.GRUCell(UNITS), tf.nn.rnn_cell.LSTMCell(3),
      sequence(tf, feeds), sequence_length=lengths(tf, feeds),
      dtype=tf.float32)


@model()
def attention(tf, feeds):
  cell = tf.contrib.rnn.AttentionCellWrapper(
      tf.nn.rnn_cell.BasicLSTMCell(UNITS), 2, state_is_tuple=True)
  cell = tf.contrib.rnn.OutputProjectionWrapper(cell, 3)
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def wrappers(tf, feeds):
  """Residual, dropout fed with 1, highway and both projections."""
  keep = tf.placeholder(tf.float32, [], name="keep")
  feeds[keep] = 1.0
  rnn_cell = tf.nn.rnn_cell
  cell = rnn_cell.MultiRNNCell([
      tf.contrib.rnn.InputProjectionWrapper(rnn_cell.GRUCell(UNITS), UNITS),
      rnn_cell.DropoutWrapper(
          rnn_cell.ResidualWrapper(rnn_cell.BasicLSTMCell(UNITS)),
          input_keep_prob=keep, output_keep_prob=keep),
      tf.contrib.rnn.HighwayWrapper(rnn_cell.GRUCell(UNITS))])
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def gates_of_contrib(tf, feeds):
  """Cells of contrib one upon another, each with names of its own."""
  cell = tf.nn.rnn_cell.MultiRNNCell([
      tf.contrib.rnn.UGRNNCell(UNITS),
      tf.contrib.rnn.CoupledInputForgetGateLSTMCell(6, use_peepholes=True),
      tf.contrib.rnn.GLSTMCell(6, number_of_groups=1),
      tf.contrib.rnn.IntersectionRNNCell(6)])
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model()
def convolutional_lstm(tf, feeds):
  x = tf.placeholder(tf.float32, [BATCH, TIME, 4, 4, 2], name="x")
  feeds[x] = measure.numbers_for("x", x.shape.as_list())
  cell = tf.contrib.rnn.ConvLSTMCell(2, [4, 4, 2], 3, [3, 3])
  return tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)


@model()
def grid_lstm(tf, feeds):
  cell = tf.contrib.rnn.GridLSTMCell(
      UNITS, feature_size=2, frequency_skip=2, num_frequency_blocks=[2],
      use_peepholes=True)
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


@model(since=(1, 8))
def cudnn_compatible(tf, feeds):
  """What a bidirectional CudnnLSTM and a CudnnGRU save, on the CPU."""
  cudnn_rnn = tf.contrib.cudnn_rnn
  x = sequence(tf, feeds)
  with tf.variable_scope("cudnn_lstm"):
    hidden, _, _ = tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
        [cudnn_rnn.CudnnCompatibleLSTMCell(UNITS) for _ in range(2)],
        [cudnn_rnn.CudnnCompatibleLSTMCell(UNITS) for _ in range(2)],
        x, dtype=tf.float32)
  with tf.variable_scope("cudnn_gru"):
    return tf.nn.dynamic_rnn(
        tf.nn.rnn_cell.MultiRNNCell(
            [cudnn_rnn.CudnnCompatibleGRUCell(3) for _ in range(2)]),
        hidden, dtype=tf.float32)


@model(since=(1, 13))
def independent(tf, feeds):
  cell = tf.nn.rnn_cell.MultiRNNCell([
      tf.contrib.rnn.IndRNNCell(UNITS), tf.contrib.rnn.IndyGRUCell(UNITS),
      tf.contrib.rnn.IndyLSTMCell(UNITS), tf.contrib.rnn.SRUCell(UNITS)])
  return tf.nn.dynamic_rnn(cell, sequence(tf, feeds), dtype=tf.float32)


Built = collections.namedtuple(
    "Built", "feeds fetches loss train variables")


def build(tf, name):
  """The model in the current graph, ready to run."""
  feeds = collections.OrderedDict()
  result = MODELS[name].build(tf, feeds)
  fetches = graphs.leaves(result)
  # An uneven weight for each number, so that none can stand for another.
  loss = tf.add_n([
      tf.reduce_sum(tensor * tf.constant(
          measure.numbers_for("weight_%d" % place, tensor.shape.as_list()),
          tf.float32))
      for place, tensor in enumerate(_shaped(tf, fetches))])
  train = tf.train.AdamOptimizer(0.01).minimize(loss, name="train")
  return Built(feeds, fetches, loss, train, tf.global_variables())


def _shaped(tf, fetches):
  """States of a loop with lengths do not always know their batch."""
  shaped = []
  for tensor in fetches:
    shape = tensor.shape.as_list()
    if None in shape:
      tensor = tf.reshape(tensor, [BATCH] + shape[1:])
    shaped.append(tensor)
  return shaped


def compute(session, built):
  """Outputs and states as `{"0": array, ...}`, and the losses of 3 steps."""
  values = session.run(built.fetches, built.feeds)
  numbers = {str(place): value for place, value in enumerate(values)}
  losses = []
  for _ in range(3):
    losses.append(session.run(built.loss, built.feeds))
    session.run(built.train, built.feeds)
  numbers["losses"] = losses
  return numbers
