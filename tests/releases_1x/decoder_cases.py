"""Encoders with the decoders of TensorFlow 1.0 and 1.1.

They run under those releases, which wrote `data/decoders.json`, and here.
Python 3.6 syntax.
"""

import numpy as np

_BATCH, _STEPS, _SYMBOLS, _DEPTH, _UNITS = 3, 4, 7, 3, 4
_START, _END, _LONGEST = 1, 2, 6

# (attention or None, cell) in 1.0; (mechanism, normalize, output_attention)
# in 1.1.
CASES = {
    "1.0": [(None, "LSTMCell"), (None, "MultiRNNCell"),
            ("luong", "BasicLSTMCell"), ("bahdanau", "GRUCell"),
            ("bahdanau", "MultiRNNCell")],
    "1.1": [("Luong", False, False), ("Luong", True, True),
            ("Bahdanau", False, True), ("Bahdanau", True, False)],
}


def _make_cell(tf, kind):
  rnn = tf.contrib.rnn
  if kind == "MultiRNNCell":
    return rnn.MultiRNNCell([rnn.GRUCell(_UNITS), rnn.GRUCell(_UNITS)])
  return getattr(rnn, kind)(_UNITS)


class _Batch(object):
  """Placeholders, embedded, with the values to feed."""

  def __init__(self, tf):
    random = np.random.RandomState(9)
    self.feed = {}

    def fed(value, shape=(None, None)):
      tensor = tf.placeholder(tf.int32, shape)
      self.feed[tensor] = value
      return tensor

    def symbols(steps):
      return random.randint(0, _SYMBOLS, (_BATCH, steps))

    self.embedding = tf.get_variable("embedding", [_SYMBOLS, _DEPTH])
    self.source = tf.nn.embedding_lookup(self.embedding, fed(symbols(5)))
    self.inputs = tf.nn.embedding_lookup(self.embedding, fed(symbols(_STEPS)))
    self.targets = fed(symbols(_STEPS))
    self.source_length = fed([5, 3, 4], [None])
    self.length = fed([4, 2, 3], [None])


def decode_1_0(tf, attention, kind):
  batch, seq2seq = _Batch(tf), tf.contrib.seq2seq
  outputs, state = tf.nn.dynamic_rnn(
      _make_cell(tf, kind), batch.source, batch.source_length,
      dtype=tf.float32)
  greedy = (batch.embedding, _START, _END, _LONGEST, _SYMBOLS)
  with tf.variable_scope("decoder") as scope:

    def output_fn(x):
      return tf.contrib.layers.linear(x, _SYMBOLS, scope=scope)

    cell = _make_cell(tf, kind)
    if attention:
      parts = seq2seq.prepare_attention(outputs, attention, _UNITS)
      train = seq2seq.attention_decoder_fn_train(state, *parts)
    else:
      train = seq2seq.simple_decoder_fn_train(state)
    outputs_train, _, _ = seq2seq.dynamic_rnn_decoder(
        cell, train, inputs=batch.inputs, sequence_length=batch.length,
        scope=scope)
    logits = output_fn(outputs_train)
    scope.reuse_variables()
    if attention:
      parts = seq2seq.prepare_attention(
          outputs, attention, _UNITS, reuse=True)
      infer = seq2seq.attention_decoder_fn_inference(
          output_fn, state, *(parts + greedy))
    else:
      infer = seq2seq.simple_decoder_fn_inference(output_fn, state, *greedy)
    inferred, _, _ = seq2seq.dynamic_rnn_decoder(cell, infer, scope=scope)
  return batch, logits, inferred


def decode_1_1(tf, mechanism, normalize, output_attention):
  from tensorflow.python.layers.core import Dense
  batch, seq2seq = _Batch(tf), tf.contrib.seq2seq
  outputs, state = tf.nn.dynamic_rnn(
      _make_cell(tf, "GRUCell"), batch.source, batch.source_length,
      dtype=tf.float32)
  attention = getattr(seq2seq, mechanism + "Attention")(
      _UNITS, outputs, batch.source_length, normalize=normalize)
  cell = seq2seq.DynamicAttentionWrapper(
      _make_cell(tf, "GRUCell"), attention, _UNITS,
      output_attention=output_attention)
  first = seq2seq.DynamicAttentionWrapperState(state, tf.zeros_like(state))
  project = Dense(_SYMBOLS, name="project")
  with tf.variable_scope("decode"):
    outputs, _ = seq2seq.dynamic_decode(seq2seq.BasicDecoder(
        cell, seq2seq.TrainingHelper(batch.inputs, batch.length), first,
        output_layer=project))
  with tf.variable_scope("decode", reuse=True):
    inferred, _ = seq2seq.dynamic_decode(seq2seq.BasicDecoder(
        cell, seq2seq.GreedyEmbeddingHelper(
            batch.embedding, tf.fill([_BATCH], _START), _END), first,
        output_layer=project), maximum_iterations=_LONGEST)
  return batch, outputs.rnn_output, inferred.rnn_output


def renamed(name):
  """A variable's name of 1.0 and 1.1 as it is from 1.2 on."""
  name = name.replace("decode/decoder/project/", "project/")
  for cell in ("gates", "candidate", "lstm_cell"):
    name = name.replace(cell + "/weights", cell + "/kernel")
    name = name.replace(cell + "/biases", cell + "/bias")
  return name


def run(tf, release, case):
  """{names, losses of four training steps, logits, inferred logits}."""
  tf.reset_default_graph()
  decode = decode_1_0 if release == "1.0" else decode_1_1
  batch, logits, inferred = decode(tf, *case)
  loss = tf.contrib.seq2seq.sequence_loss(
      logits, batch.targets, tf.sequence_mask(batch.length, dtype=tf.float32))
  step = tf.train.GradientDescentOptimizer(.5).minimize(loss)
  variables = sorted(tf.trainable_variables(), key=lambda v: renamed(v.name))
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for number, variable in enumerate(variables):
      shape = variable.get_shape().as_list()
      if shape:
        random = np.random.RandomState(number)
        session.run(variable.assign(random.uniform(-.5, .5, shape)))
    losses = [float(session.run([loss, step], batch.feed)[0])
              for _ in range(4)]
    values = session.run([logits, inferred], batch.feed)
  return {"names": [renamed(v.name) for v in variables], "losses": losses,
          "logits": values[0].tolist(), "inferred": values[1].tolist()}


def key(release, case):
  return " ".join([release] + [str(part) for part in case])
