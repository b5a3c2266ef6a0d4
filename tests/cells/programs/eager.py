"""Eager execution of 1.x: prints what TensorFlow 1.15 prints.

Written as programs of its time were; `generate.py` runs it with 1.15.5.
"""

import numpy as np
import tensorflow as tf

tf.enable_eager_execution()
tf.logging.set_verbosity(tf.logging.ERROR)
tfe = tf.contrib.eager
R = tf.nn.rnn_cell


def t(tag, f):
  tf.set_random_seed(7)
  try:
    print(tag, f())
  except Exception as e:
    print(tag, "ERR", type(e).__name__, str(e).split("\n")[0][:150])


def r(x):
  if isinstance(x, (list, tuple)):
    return [r(i) for i in x]
  return np.round(x.numpy() if hasattr(x, "numpy") else np.array(x), 4).tolist()


ones = tf.constant_initializer(0.1)


def sc(f):
  with tf.variable_scope("s", initializer=ones, reuse=tf.AUTO_REUSE):
    return f()


def step():
  c = R.LSTMCell(2, initializer=ones)
  o, s = c(tf.ones([1, 3]), c.zero_state(1, tf.float32))
  return (
    r(o),
    r(s.c),
    [v.name for v in c.variables],
    type(c.variables[0]).__name__,
  )


t("step", step)


def rnd():
  c = R.GRUCell(2)
  o, s = c(tf.ones([1, 3]), c.zero_state(1, tf.float32))
  return r(o), r(c.variables[0])[0]


t("random", rnd)


def dyn():
  c = R.MultiRNNCell(
    [R.LSTMCell(2, initializer=ones), R.GRUCell(2, kernel_initializer=ones)]
  )
  o, s = tf.nn.dynamic_rnn(
    c, tf.ones([2, 3, 3]), sequence_length=[3, 1], dtype=tf.float32
  )
  return r(o), [v.name for v in c.variables]


t("dynamic", dyn)


def stat():
  c = R.LSTMCell(2, initializer=ones)
  o, s = tf.nn.static_rnn(c, [tf.ones([1, 3])] * 2, dtype=tf.float32)
  return r(o), [v.name for v in c.variables]


t("static", stat)


def bi():
  o, s = tf.nn.bidirectional_dynamic_rnn(
    R.GRUCell(2, kernel_initializer=ones),
    R.GRUCell(2, kernel_initializer=ones),
    tf.ones([1, 2, 3]),
    dtype=tf.float32,
  )
  return r(o[0])


t("bidirectional", bi)


def tape():
  c = R.LSTMCell(2, initializer=ones)
  with tf.GradientTape() as g:
    o, s = tf.nn.dynamic_rnn(c, tf.ones([2, 3, 3]), dtype=tf.float32)
    l = tf.reduce_sum(o)
  return [r(x)[0] for x in g.gradient(l, c.trainable_variables)]


t("tape", tape)


def impl():
  c = R.LSTMCell(2, initializer=ones)

  def loss(x):
    o, s = tf.nn.dynamic_rnn(c, x, dtype=tf.float32)
    return tf.reduce_sum(o)

  out = []
  opt = tf.train.GradientDescentOptimizer(0.1)
  for i in range(3):
    gv = tfe.implicit_gradients(loss)(tf.ones([2, 3, 3]))
    opt.apply_gradients(gv)
    out.append(r(loss(tf.ones([2, 3, 3]))))
  v, gv = tfe.implicit_value_and_gradients(loss)(tf.ones([2, 3, 3]))
  return out, r(v), [n.name for _, n in gv]


t("implicit", impl)


def mini():
  c = R.GRUCell(2, kernel_initializer=ones)
  d = tf.layers.Dense(1, kernel_initializer=ones)

  def loss():
    o, s = tf.nn.dynamic_rnn(c, tf.ones([2, 3, 3]), dtype=tf.float32)
    return tf.reduce_mean(tf.square(d(o) - 1.0))

  opt = tf.train.AdamOptimizer(0.1)
  gs = tf.train.get_or_create_global_step()
  for i in range(3):
    opt.minimize(loss, global_step=gs)
  return (
    r(loss()),
    int(gs.numpy()),
    [v.name for v in d.variables],
    [v.name for v in opt.variables()][:3],
  )


t("minimize", mini)


def ds():
  out = []
  for x in tf.data.Dataset.range(5).batch(2):
    out.append(r(x))
  for x in tfe.Iterator(tf.data.Dataset.range(3)):
    out.append(int(x))
  it = tf.data.Dataset.range(3).make_one_shot_iterator()
  out.append(int(it.get_next()))
  for i, x in enumerate(
    tfe.Iterator(tf.data.Dataset.from_tensor_slices([1.0, 2.0]))
  ):
    out.append((i, float(x)))
  return out


t("dataset", ds)


def var():
  v = tfe.Variable(1.0, name="v")
  v.assign_add(2.0)
  return r(v), v.name, type(v).__name__


t("variable", var)


def store():
  s = tfe.EagerVariableStore()
  for i in range(2):
    with s.as_default():
      x = tf.layers.dense(
        tf.ones([1, 2]), 2, kernel_initializer=ones, name="l1"
      )
      with tf.variable_scope("rnn", reuse=tf.AUTO_REUSE):
        o, _ = tf.nn.dynamic_rnn(
          R.GRUCell(2, kernel_initializer=ones),
          tf.ones([1, 2, 2]),
          dtype=tf.float32,
        )
  return (
    sorted(v.name for v in s.variables()),
    len(s.trainable_variables()),
    len(s.non_trainable_variables()),
  )


t("store", store)


def ck():
  import os
  import tempfile

  d = tempfile.mkdtemp()
  c = R.LSTMCell(2)
  c(tf.ones([1, 3]), c.zero_state(1, tf.float32))
  p = tfe.Checkpoint(cell=c).save(os.path.join(d, "a"))
  c2 = R.LSTMCell(2)
  st = tfe.Checkpoint(cell=c2).restore(p)
  c2(tf.ones([1, 3]), c2.zero_state(1, tf.float32))
  st.assert_consumed()
  return bool(np.all(c.variables[0].numpy() == c2.variables[0].numpy())), [
    n for n, _ in tf.train.list_variables(p)
  ]


t("checkpoint", ck)


def saver():
  import os
  import tempfile

  d = tempfile.mkdtemp()
  c = R.LSTMCell(2)
  c(tf.ones([1, 3]), c.zero_state(1, tf.float32))
  s = tfe.Saver(c.variables)
  p = s.save(os.path.join(d, "a"), global_step=3)
  old = c.variables[0].numpy()
  c.variables[0].assign_add(tf.ones_like(c.variables[0]))
  s.restore(p)
  c2 = R.LSTMCell(2, name="second")
  first = c.variables[0].name.split("/")[0]
  with tfe.restore_variables_on_create(p, lambda n: n.replace("second", first)):
    c2(tf.ones([1, 3]), c2.zero_state(1, tf.float32))
  return (
    bool(np.all(c.variables[0].numpy() == old)),
    bool(np.all(c2.variables[0].numpy() == old)),
    [n for n, _ in tf.train.list_variables(p)],
    os.path.basename(p),
  )


t("saver", saver)


def s2s():
  S = tf.contrib.seq2seq
  c = R.GRUCell(2, kernel_initializer=ones)
  a = S.BahdanauAttention(2, tf.ones([1, 3, 4]))
  w = S.AttentionWrapper(c, a, attention_layer_size=2)
  h = S.TrainingHelper(tf.ones([1, 2, 3]), [2])
  d = S.BasicDecoder(
    w,
    h,
    w.zero_state(1, tf.float32),
    output_layer=tf.layers.Dense(2, kernel_initializer=ones),
  )
  o, s, l = S.dynamic_decode(d)
  return o.rnn_output.shape.as_list(), r(l), r(o.rnn_output) if 0 else ""


t("seq2seq", lambda: sc(s2s))


def metr():
  m = tfe.metrics.Mean()
  m(1.0)
  m(3.0)
  a = tfe.metrics.Accuracy()
  a([1, 2], [1, 1])
  return r(m.result()), r(a.result())


t("metrics", metr)


def gf():
  return [
    r(x) for x in tfe.gradients_function(lambda x, y: x * x * y)(2.0, 3.0)
  ], [r(x) for x in tfe.value_and_gradients_function(lambda x: x * x)(2.0)[1]]


t("gradfn", gf)


def misc():
  return (
    tfe.num_gpus(),
    tfe.executing_eagerly(),
    tfe.in_eager_mode(),
    r(tfe.py_func(lambda x: x + 1, [1.0], tf.float32)),
    tfe.async_wait(),
    tfe.async_clear_error(),
    tfe.ASYNC,
    tfe.SYNC,
    int(tfe.DEVICE_PLACEMENT_SILENT),
  )


t("misc", misc)


def seeds():
  tf.set_random_seed(3)
  a = r(tf.random_uniform([2]))
  b = r(tf.random_normal([1], seed=4))
  tf.set_random_seed(3)
  return a, b, r(tf.random_uniform([2])) == a


t("seeds", seeds)


def drop():
  c = R.DropoutWrapper(
    R.GRUCell(2, kernel_initializer=ones), output_keep_prob=0.5, seed=3
  )
  o, _ = tf.nn.dynamic_rnn(c, tf.ones([1, 3, 2]), dtype=tf.float32)
  return r(o)


t("dropout", drop)


def user():
  class C(R.RNNCell):
    state_size = output_size = 2

    def call(self, x, s):
      w = tf.get_variable("w", [3, 2], initializer=ones)
      if tf.reduce_sum(x) > 0:
        return tf.matmul(x, w) + s, s + 1
      return s, s

  c = C()
  o, _ = tf.nn.dynamic_rnn(c, tf.ones([1, 3, 3]), dtype=tf.float32)
  return r(o), [v.name for v in c.variables]


t("user", user)


def emb():
  e = tf.get_variable("e", [5, 2], initializer=ones)
  return r(tf.nn.embedding_lookup(e, [1, 2]))


t("embedding", emb)


def layersf():
  x = tf.layers.dense(tf.ones([1, 2]), 2, kernel_initializer=ones)
  return r(tf.layers.batch_normalization(x)), r(
    tf.layers.dropout(x, training=False)
  )


t("layers", layersf)


def contrib():
  C = tf.contrib.rnn
  out = []
  for k in (
    lambda: C.LSTMBlockCell(2),
    lambda: C.LayerNormBasicLSTMCell(2),
    lambda: C.NASCell(2),
    lambda: C.UGRNNCell(2),
    lambda: C.GRUBlockCellV2(2),
    lambda: C.AttentionCellWrapper(R.GRUCell(2), 2),
  ):
    c = k()
    o, _ = c(tf.ones([1, 3]), c.zero_state(1, tf.float32))
    out.append([list(o.shape), len(c.variables)])
  return out


t("contrib", lambda: sc(contrib))


def wl():
  return r(tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])), r(
    tf.cond(tf.constant(True), lambda: 1.0, lambda: 2.0)
  )


t("while", wl)
t("placeholder", lambda: tf.placeholder(tf.float32))
t(
  "raw_rnn",
  lambda: r(
    tf.nn.raw_rnn(
      R.GRUCell(2, kernel_initializer=ones),
      lambda time, o, s, l: (
        time >= 2,
        tf.ones([1, 3]),
        tf.zeros([1, 2]) if s is None else s,
        o,
        None,
      ),
    )[0].stack()
  ),
)


def block():
  from tensorflow.contrib.rnn.python.ops import lstm_ops

  w, b = (
    tf.reshape(tf.linspace(-1.0, 1.0, 40), [5, 8]),
    tf.linspace(-0.5, 0.5, 8),
  )
  every = lstm_ops._block_lstm(
    tf.constant(2, tf.int64),
    [tf.ones([1, 3])] * 2,
    w,
    b,
    tf.zeros([1, 2]),
    tf.zeros([1, 2]),
    *[tf.zeros([2])] * 3,
    cell_clip=0.4,
  )
  one = lstm_ops._lstm_block_cell(
    tf.ones([1, 3]), tf.zeros([1, 2]), tf.ones([1, 2]), w, b, forget_bias=0.5
  )
  return [r(part) for part in every], [r(part) for part in one]


t("block", block)


def convert():
  import os
  import tempfile

  from tensorflow.contrib.rnn.python.tools import checkpoint_convert

  d = tempfile.mkdtemp()
  names = list(checkpoint_convert.RNN_NAME_REPLACEMENTS) + [
    "rnn/basic_lstm_cell/weights/Adam",
    "dense/weights",
  ]
  with tf.Graph().as_default(), tf.Session() as session:
    variables = {name: tf.Variable([1.0], name="v") for name in names}
    session.run(tf.global_variables_initializer())
    tf.train.Saver(variables).save(session, os.path.join(d, "old"))
  new, renamed = checkpoint_convert.convert_names(
    os.path.join(d, "old"), os.path.join(d, "new")
  )
  return (
    sorted(renamed.items()),
    sorted(new),
    tf.train.list_variables(os.path.join(d, "new"))
    == [(name, [1]) for name in sorted(new)],
  )


t("convert", convert)


def tracker():
  from tensorflow.contrib import checkpoint

  slots = checkpoint.UniqueNameTracker()
  for name in ("x", "y", "x", "x_1", "x"):
    slots.track(tfe.Variable(1.0), name)
  root = checkpoint.Checkpointable()
  root.items = checkpoint.List([tfe.Variable(2.0)])
  root.plain = checkpoint.NoDependency([1])
  return (
    [d.name for d in slots._checkpoint_dependencies],
    [d.name for d in root._checkpoint_dependencies],
    type(root.plain).__name__,
  )


t("tracker", tracker)
