"""Measures what releases from 0.12 to 1.15 call variables: data/names.json.

    python make_names.py FILE.json            # with the TensorFlow at hand
    python make_names.py --join A.json B.json ... > data/names.json

Python 3.6 syntax; runs with TensorFlow 0.12, 1.0, 1.1, 1.2, 1.4 and 1.15.
"""

import collections
import json
import sys

BATCH, TIME, DEPTH = 2, 4, 3
CASES = collections.OrderedDict()


def case(build):
  CASES[build.__name__] = build
  return build


class Kit(object):
  """The names of this release that the cases need."""

  def __init__(self, tf):
    self.tf = tf
    self.old = tf.__version__.startswith("0.")

  def __getattr__(self, name):
    tf = self.tf
    for module in (tf.nn.rnn_cell if self.old else tf.contrib.rnn,
                   tf.contrib.rnn):
      if hasattr(module, name):
        return getattr(module, name)
    raise AttributeError(name)

  def floats(self, *shape):
    return self.tf.placeholder(self.tf.float32, shape)

  def steps(self, count=2):
    return [self.floats(BATCH, DEPTH) for _ in range(count)]

  def lstm(self, units=3):
    return self.BasicLSTMCell(units, state_is_tuple=True)

  def stack(self, *cells):
    return self.MultiRNNCell(list(cells), state_is_tuple=True)

  def run(self, cell, x=None, **kwargs):
    return self.tf.nn.dynamic_rnn(
        cell, self.floats(BATCH, TIME, DEPTH) if x is None else x,
        dtype=self.tf.float32, **kwargs)

  def static(self, cell):
    loop = self.tf.nn.rnn if self.old else self.tf.contrib.rnn.static_rnn
    return loop(cell, self.steps(), dtype=self.tf.float32)

  def seq2seq(self):
    return (self.tf.nn.seq2seq if hasattr(self.tf.nn, "seq2seq")
            else self.tf.contrib.legacy_seq2seq)


@case
def basic_rnn(k):
  k.run(k.BasicRNNCell(3))


@case
def gru(k):
  k.run(k.GRUCell(3))


@case
def basic_lstm(k):
  k.run(k.lstm())


@case
def basic_lstm_static(k):
  k.static(k.lstm())


@case
def lstm(k):
  k.run(k.LSTMCell(3, use_peepholes=True, num_proj=2, state_is_tuple=True))


@case
def lstm_shards(k):
  k.run(k.LSTMCell(4, num_proj=4, num_unit_shards=2, num_proj_shards=2,
                   state_is_tuple=True))


@case
def lstm_part(k):
  k.tf.get_variable_scope().set_partitioner(k.tf.fixed_size_partitioner(2))
  k.run(k.LSTMCell(4, num_proj=4, state_is_tuple=True))


@case
def multi(k):
  k.run(k.stack(k.lstm(), k.lstm()))


@case
def multi_gru_static(k):
  k.static(k.stack(k.GRUCell(3), k.GRUCell(3)))


@case
def bidi(k):
  k.tf.nn.bidirectional_dynamic_rnn(
      k.lstm(), k.lstm(), k.floats(BATCH, TIME, DEPTH), dtype=k.tf.float32,
      sequence_length=k.tf.constant([4, 4], k.tf.int64))


@case
def bidi_static(k):
  loop = (k.tf.nn.bidirectional_rnn if k.old
          else k.tf.contrib.rnn.static_bidirectional_rnn)
  loop(k.lstm(), k.lstm(), k.steps(), dtype=k.tf.float32)


@case
def stack_bidi(k):
  k.tf.contrib.rnn.stack_bidirectional_dynamic_rnn(
      [k.lstm(), k.lstm()], [k.lstm(), k.lstm()],
      k.floats(BATCH, TIME, DEPTH), dtype=k.tf.float32)


@case
def emb(k):
  k.run(k.EmbeddingWrapper(k.lstm(), 5, 4),
        k.tf.placeholder(k.tf.int32, [BATCH, TIME, 1]))


@case
def outproj(k):
  k.run(k.OutputProjectionWrapper(k.lstm(), 2))


@case
def inproj(k):
  k.run(k.InputProjectionWrapper(k.lstm(), 2))


@case
def nest(k):
  k.run(k.OutputProjectionWrapper(k.InputProjectionWrapper(
      k.stack(k.lstm(), k.GRUCell(3)), 4), 2))


@case
def attention(k):
  k.run(k.AttentionCellWrapper(k.lstm(), 2, state_is_tuple=True))


@case
def attmulti(k):
  k.run(k.stack(*[k.AttentionCellWrapper(k.lstm(), 2, state_is_tuple=True)
                  for _ in range(2)]))


@case
def residual(k):
  k.run(k.ResidualWrapper(k.lstm()))


@case
def lstm_block(k):
  k.run(k.LSTMBlockCell(3))


@case
def lstm_block_peep(k):
  k.run(k.LSTMBlockCell(3, use_peephole=True))


@case
def gru_block(k):
  k.run(k.GRUBlockCell(3))


@case
def fused(k):
  k.LSTMBlockFusedCell(3)(k.floats(TIME, BATCH, DEPTH), dtype=k.tf.float32)


@case
def fusedp(k):
  k.LSTMBlockFusedCell(3, use_peephole=True)(
      k.floats(TIME, BATCH, DEPTH), dtype=k.tf.float32)


@case
def coupled(k):
  k.run(k.CoupledInputForgetGateLSTMCell(
      3, use_peepholes=True, num_proj=2, state_is_tuple=True))


@case
def tfreq(k):
  k.TimeFreqLSTMCell(3, use_peepholes=True, feature_size=2, frequency_skip=1)(
      k.floats(BATCH, DEPTH), k.tf.zeros([BATCH, 12]))


@case
def grid(k):
  k.run(k.GridLSTMCell(3, use_peepholes=True, feature_size=2,
                       frequency_skip=1, num_frequency_blocks=[2]))


@case
def bidi_grid(k):
  k.run(k.BidirectionalGridLSTMCell(3, feature_size=2, frequency_skip=1,
                                    num_frequency_blocks=[2]))


@case
def layernorm(k):
  k.run(k.LayerNormBasicLSTMCell(3))


@case
def nas(k):
  k.run(k.NASCell(3, 2, True))


@case
def ugrnn(k):
  k.run(k.UGRNNCell(3))


@case
def intersection(k):
  k.run(k.IntersectionRNNCell(3))


@case
def phased(k):
  k.run(k.PhasedLSTMCell(3, use_peepholes=True),
        (k.floats(BATCH, TIME, 1), k.floats(BATCH, TIME, DEPTH)))


@case
def glstm(k):
  k.run(k.GLSTMCell(4, number_of_groups=2), k.floats(BATCH, TIME, 4))


@case
def conv(k):
  k.run(k.ConvLSTMCell(1, [4, 1], 2, [3]), k.floats(BATCH, TIME, 4, 1))


def _symbols(k):
  return [k.tf.placeholder(k.tf.int32, [BATCH]) for _ in range(2)]


@case
def s2s_emb(k):
  k.seq2seq().embedding_rnn_seq2seq(
      _symbols(k), _symbols(k), k.lstm(), 5, 6, 4)


@case
def s2s_att(k):
  k.seq2seq().embedding_attention_seq2seq(
      _symbols(k), _symbols(k), k.lstm(), 5, 6, 4)


@case
def attdec(k):
  k.seq2seq().attention_decoder(
      k.steps(), k.lstm().zero_state(BATCH, k.tf.float32),
      k.floats(BATCH, TIME, DEPTH), k.lstm())


def _attending(k, kind):
  seq2seq = k.tf.contrib.seq2seq
  mechanism = getattr(seq2seq, kind)(3, k.floats(BATCH, TIME, DEPTH))
  if hasattr(seq2seq, "AttentionWrapper"):
    return seq2seq.AttentionWrapper(
        k.lstm(), mechanism, attention_layer_size=3)
  return seq2seq.DynamicAttentionWrapper(
      k.lstm(), mechanism, attention_size=3)


@case
def att_b(k):
  k.run(_attending(k, "BahdanauAttention"))


@case
def att_l(k):
  k.run(_attending(k, "LuongAttention"))


@case
def dec(k):
  from tensorflow.python.layers import core
  seq2seq = k.tf.contrib.seq2seq
  cell = _attending(k, "BahdanauAttention")
  seq2seq.dynamic_decode(seq2seq.BasicDecoder(
      cell, seq2seq.TrainingHelper(k.floats(BATCH, TIME, DEPTH), [4, 4]),
      cell.zero_state(dtype=k.tf.float32, batch_size=BATCH), core.Dense(5)))


@case
def layers(k):
  tools = k.tf.contrib.layers
  x = tools.fully_connected(k.floats(BATCH, DEPTH), 4,
                            normalizer_fn=tools.batch_norm)
  tools.fully_connected(x, 4)
  tools.layer_norm(x)
  tools.embed_sequence(k.tf.placeholder(k.tf.int32, [BATCH, 3]), 5, 6)
  tools.conv2d(k.floats(BATCH, 8, 8, 3), 4, 3)


@case
def tflayers(k):
  k.tf.layers.dense(k.floats(BATCH, DEPTH), 4)
  k.tf.layers.conv2d(k.floats(BATCH, 8, 8, 3), 4, 3)


@case
def user(k):
  with k.tf.variable_scope("rnnlm"):
    k.run(k.lstm(), scope="mine")


@case
def adam(k):
  outputs, _ = k.run(k.lstm())
  k.tf.train.AdamOptimizer().minimize(k.tf.reduce_sum(outputs))


@case
def adamscope(k):
  with k.tf.variable_scope("model"):
    outputs, _ = k.run(k.lstm())
    k.tf.train.MomentumOptimizer(.1, .9).minimize(k.tf.reduce_sum(outputs))
    k.tf.train.ExponentialMovingAverage(.9).apply(
        k.tf.trainable_variables())


@case
def bn(k):
  with k.tf.variable_scope("model"):
    k.run(k.lstm())
    k.tf.train.AdamOptimizer().minimize(
        k.tf.reduce_sum(k.tf.trainable_variables()[0]))


@case
def opts(k):
  train = k.tf.train
  k.run(k.lstm())
  weights = k.tf.trainable_variables()[0]
  loss = k.tf.reduce_sum(weights)
  second = ({"momentum": .1} if k.old else {"centered": True})
  for optimizer in (train.RMSPropOptimizer(.1),
                    train.RMSPropOptimizer(.1, **second),
                    train.AdagradOptimizer(.1), train.AdadeltaOptimizer(.1),
                    train.FtrlOptimizer(.1)):
    optimizer.minimize(loss)
  k.tf.Variable(0, name="global_step", trainable=False)
  train.ExponentialMovingAverage(.9).apply([loss, weights])


def measure():
  """{"version": ..., "cases": {case: [[name, shape], ...]}}."""
  import tensorflow as tf
  cases = {}
  for name, build in CASES.items():
    with tf.Graph().as_default():
      try:
        build(Kit(tf))
      except Exception as error:  # this release does not have it
        sys.stderr.write("%s: %r\n" % (name, error))
        continue
      cases[name] = [[variable.op.name, variable.get_shape().as_list()]
                     for variable in tf.global_variables()]
  return {"version": tf.__version__, "cases": cases}


def join(files):
  """The page of data; a release that says what one before it said names it."""
  measured = []
  for name in files:
    with open(name) as file:
      measured.append(json.load(file))
  measured.sort(key=lambda one: [int(part) for part in
                                 one["version"].split(".")])
  lines = []
  for name in sorted(CASES):
    known, last = [], None
    for one in measured:
      if name not in one["cases"]:
        continue
      names = one["cases"][name]
      same = last is not None and names == last[1]
      known.append('"%s": %s' % (one["version"], json.dumps(
          last[0] if same else names, separators=(",", ":"))))
      if not same:
        last = one["version"], names
    if len(known) > 1:
      lines.append('"%s": {\n%s\n}' % (name, ",\n".join(known)))
  return "{\n%s\n}\n" % ",\n".join(lines)


if __name__ == "__main__":
  if sys.argv[1] == "--join":
    sys.stdout.write(join(sys.argv[2:]))
  else:
    with open(sys.argv[1], "w") as result:
      json.dump(measure(), result)
