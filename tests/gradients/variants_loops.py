"""The model of variants.py, taken through time in other ways.

`WAYS[name](tf, p, w)` gives (outputs [batch, time, …], c, h); all of them
compute what the loop that is written out computes.
"""

from tfcompat_rnn import cells
from tfcompat_rnn import loops


def step(tf, w, x, c, h):
  """One step, with the weights `w`: (new c, new h)."""
  z = tf.matmul(tf.concat([x, h], 1), w["kernel"]) + w["bias"]
  i, j, f, o = tf.split(z, 4, axis=1)
  c = tf.sigmoid(f + 1.0) * c + tf.sigmoid(i) * tf.tanh(j)
  m = tf.sigmoid(o + w["peephole"] * c) * tf.tanh(c)
  return c, tf.matmul(m, w["projection"])


def cell_of(tf, w):
  units, projected = w["projection"].shape.as_list()

  class Cell(cells.RNNCell):
    state_size = (units, projected)
    output_size = projected

    def call(self, inputs, state):
      c, h = step(tf, w, inputs, *state)
      return h, (c, h)
  return Cell()


def dynamic(tf, p, w):
  y, (c, h) = loops.dynamic_rnn(cell_of(tf, w), p["x"], p["lengths"],
                                initial_state=(p["c"], p["h"]))
  return y, c, h


def time_first(tf, p, w):
  y, (c, h) = loops.dynamic_rnn(
      cell_of(tf, w), tf.transpose(p["x"], [1, 0, 2]), p["lengths"],
      initial_state=(p["c"], p["h"]), time_major=True)
  return tf.transpose(y, [1, 0, 2]), c, h


def static(tf, p, w):
  y, (c, h) = loops.static_rnn(
      cell_of(tf, w), tf.unstack(p["x"], axis=1),
      initial_state=(p["c"], p["h"]), sequence_length=p["lengths"])
  return tf.stack(y, axis=1), c, h


def raw(tf, p, w):
  rows, time, depth = p["x"].shape.as_list()
  xs = tf.TensorArray(p["x"].dtype, time).unstack(
      tf.transpose(p["x"], [1, 0, 2]))

  def following(at, output, state, loop_state):
    done = tf.logical_or(at >= time, at >= p["lengths"])
    x = tf.cond(at >= time, lambda: tf.zeros([rows, depth], p["x"].dtype),
                lambda: xs.read(at))
    return done, x, (p["c"], p["h"]) if output is None else state, output, None

  y, (c, h), _ = loops.raw_rnn(cell_of(tf, w), following)
  y = tf.transpose(y.stack(), [1, 0, 2])
  # It stops where the longest row does, which here is the last step.
  y.set_shape([rows, time, None])
  return y, c, h


def masked(tf, p, w, at, c, h):
  new_c, new_h = step(tf, w, tf.gather(p["x"], at, axis=1), c, h)
  alive = (p["lengths"] > at)[:, None]
  where = tf.where_v2
  return (where(alive, new_c, c), where(alive, new_h, h),
          where(alive, new_h, tf.zeros_like(new_h)))


def by_hand(tf, p, w):
  time = p["x"].shape.as_list()[1]

  def body(at, c, h, ys):
    c, h, y = masked(tf, p, w, at, c, h)
    return at + 1, c, h, ys.write(at, y)

  _, c, h, ys = tf.while_loop(
      lambda at, *_: at < time, body,
      [0, p["c"], p["h"], tf.TensorArray(p["x"].dtype, time)])
  return tf.transpose(ys.stack(), [1, 0, 2]), c, h


def scan(tf, p, w):
  time = p["x"].shape.as_list()[1]
  c, h, y = tf.scan(
      lambda carried, at: masked(tf, p, w, at, *carried[:2]), tf.range(time),
      initializer=(p["c"], p["h"], p["h"]))
  return tf.transpose(y, [1, 0, 2]), c[-1], h[-1]


def model(tf, p, w, **options):
  def one(x, states):
    c, h = step(tf, w, x, *states)
    return h, (c, h)
  y, (c, h) = loops.model_rnn(one, p["x"], (p["c"], p["h"]), p["lengths"],
                              **options)
  return y, c, h


def chunks(tf, p, w):
  half = p["x"].shape.as_list()[1] // 2
  state, ys = (p["c"], p["h"]), []
  for number, x in enumerate(tf.split(p["x"], 2, axis=1)):
    y, state = loops.dynamic_rnn(
        cell_of(tf, w), x, tf.clip_by_value(p["lengths"] - half * number, 0,
                                            half), initial_state=state)
    ys.append(y)
  return (tf.concat(ys, axis=1), *state)


def padded(tf, p, w):
  x = tf.concat([p["x"], 7 * tf.ones_like(p["x"][:, :2])], axis=1)
  y, (c, h) = loops.dynamic_rnn(cell_of(tf, w), x, p["lengths"],
                                initial_state=(p["c"], p["h"]))
  return y[:, :-2], c, h


def row_by_row(tf, p, w):
  found = []
  for row in range(p["x"].shape.as_list()[0]):
    one = {key: p[key][row:row + 1] for key in ("x", "c", "h", "lengths")}
    found.append(dynamic(tf, one, w))
  return tuple(tf.concat(parts, axis=0) for parts in zip(*found))


def library_cell(tf, p, w):
  """LSTMCell itself, whose variables are handed to it."""
  zeros = tf.zeros_like(w["peephole"])
  own = {"kernel": w["kernel"], "bias": w["bias"],
         "projection/kernel": w["projection"], "w_o_diag": w["peephole"],
         "w_i_diag": zeros, "w_f_diag": zeros}
  with tf.variable_scope("library", custom_getter=lambda getter, name, *_, **k:
                         own[name.partition("lstm_cell/")[2]]):
    units, projected = w["projection"].shape.as_list()
    y, state = loops.dynamic_rnn(
        cells.LSTMCell(units, num_proj=projected, use_peepholes=True), p["x"],
        p["lengths"], cells.LSTMStateTuple(p["c"], p["h"]))
  return (y, *state)


WAYS = {
    "dynamic_rnn": dynamic, "dynamic_rnn, time first": time_first,
    "static_rnn": static, "raw_rnn": raw, "while_loop by hand": by_hand,
    "scan": scan, "model_rnn": model,
    "model_rnn that computes again": lambda *a: model(*a, recompute=True),
    "two chunks, state carried": chunks, "padded behind the lengths": padded,
    "row by row": row_by_row, "LSTMCell": library_cell}
