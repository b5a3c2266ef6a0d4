"""One small LSTM model, written out, with a place for each fault or rewrite.

`loss(tf, feeds, **changes)` builds it in the present scope (weights are
reused); the plain model has no changes. Faults change what is computed or
what is differentiated, rewrites change neither.
"""

import collections

from tests.gradients import variants_loops

BATCH, TIME, DEPTH, UNITS, PROJECTED = 2, 4, 3, 4, 3

Model = collections.namedtuple("Model", ["loss", "outputs", "final"])


def placeholders(tf, dtype="float64"):
  """x, initial c, initial h, lengths, target."""
  return dict(
      x=tf.placeholder(dtype, [BATCH, TIME, DEPTH], "x"),
      c=tf.placeholder(dtype, [BATCH, UNITS], "c"),
      h=tf.placeholder(dtype, [BATCH, PROJECTED], "h"),
      lengths=tf.placeholder("int32", [BATCH], "lengths"),
      target=tf.placeholder(dtype, [BATCH, TIME, PROJECTED], "target"))


def values(random):
  """A value for each of `placeholders`."""
  return dict(
      x=random.standard_normal([BATCH, TIME, DEPTH]),
      c=random.standard_normal([BATCH, UNITS]) * 0.5,
      h=random.standard_normal([BATCH, PROJECTED]) * 0.5,
      lengths=[TIME, TIME - 2],
      target=random.standard_normal([BATCH, TIME, PROJECTED]))


def weights(tf, dtype="float64"):
  uniform = tf.random_uniform_initializer(-0.8, 0.8, seed=7)
  with tf.variable_scope("weights", reuse=tf.AUTO_REUSE, dtype=dtype,
                         initializer=uniform):
    return dict(
        kernel=tf.get_variable("kernel", [DEPTH + PROJECTED, 4 * UNITS]),
        bias=tf.get_variable("bias", [4 * UNITS]),
        peephole=tf.get_variable("peephole", [UNITS]),
        projection=tf.get_variable("projection", [UNITS, PROJECTED]))


def build(tf, p, *, order="ijfo", forget_bias=1.0, peephole=1.0,
          fault=None, rewrite=None):
  """The model; `fault` and `rewrite` name one change each."""
  w = weights(tf, p["x"].dtype)
  if rewrite in variants_loops.WAYS:
    return finish(tf, p, *variants_loops.WAYS[rewrite](tf, p, w))
  c, h = p["c"], p["h"]
  kernel, bias = w["kernel"], w["bias"]
  outputs = []
  if fault == "initial state zeroed":
    c, h = tf.zeros_like(c), tf.zeros_like(h)
  if fault == "initial state cut":
    c, h = tf.stop_gradient(c), tf.stop_gradient(h)
  if rewrite == "inputs projected at once":
    parts = tf.reshape(tf.matmul(tf.reshape(p["x"], [-1, DEPTH]),
                                 kernel[:DEPTH]), [BATCH, TIME, 4 * UNITS])
  for t in range(TIME):
    x = p["x"][:, t]
    if fault == "input one step late":
      x = p["x"][:, max(t - 1, 0)]
    if fault == "rows swapped":
      x = p["x"][::-1, t]
    if fault == "gradient lost across a chunk" and t == TIME // 2:
      c, h = tf.stop_gradient(c), tf.stop_gradient(h)
    if fault == "state lost across a chunk" and t == TIME // 2:
      c, h = tf.zeros_like(c), tf.zeros_like(h)
    if rewrite == "two matmuls":
      z = tf.matmul(x, kernel[:DEPTH]) + tf.matmul(h, kernel[DEPTH:]) + bias
    elif rewrite == "inputs projected at once":
      z = parts[:, t] + (tf.matmul(h, kernel[DEPTH:]) + bias)
    elif rewrite == "four matrices":
      z = tf.concat([tf.matmul(tf.concat([x, h], 1), part) + own
                     for part, own in zip(tf.split(kernel, 4, axis=1),
                                          tf.split(bias, 4))], axis=1)
    elif rewrite == "bias as a column":
      ones = tf.ones([BATCH, 1], x.dtype)
      z = tf.matmul(tf.concat([x, h, ones], 1),
                    tf.concat([kernel, bias[None]], 0))
    elif rewrite == "transposed weights":
      z = tf.matmul(tf.concat([x, h], 1), tf.transpose(kernel),
                    transpose_b=True) + bias
    elif rewrite == "einsum":
      z = tf.einsum("bi,ij->bj", tf.concat([x, h], 1), kernel) + bias
    elif fault == "no bias":
      z = tf.matmul(tf.concat([x, h], 1), kernel)
    elif fault == "bias twice":
      z = tf.matmul(tf.concat([x, h], 1), kernel) + 2 * bias
    elif fault == "state before input":
      z = tf.matmul(tf.concat(
          [h, x], 1), kernel) + bias
    else:
      z = tf.nn.bias_add(tf.matmul(tf.concat([x, h], 1), kernel), bias)
    if fault == "weights cut":
      z = tf.nn.bias_add(tf.matmul(
          tf.concat([x, h], 1), tf.stop_gradient(kernel)), bias)
    if rewrite == "gates by slicing":
      gates = {name: z[:, n * UNITS:(n + 1) * UNITS]
               for n, name in enumerate(order)}
    elif rewrite == "gates by reshape":
      stacked = tf.reshape(z, [BATCH, 4, UNITS])
      gates = {name: stacked[:, n] for n, name in enumerate(order)}
    else:
      gates = dict(zip(order, tf.split(z, 4, axis=1)))
    i, j, f, o = (gates[name] for name in "ijfo")
    see = w["peephole"] * peephole
    if fault == "peephole cut":
      see = tf.stop_gradient(see)
    sigmoid, tanh = tf.sigmoid, tf.tanh
    if rewrite == "sigmoid by tanh":
      sigmoid = lambda value: 0.5 * tf.tanh(0.5 * value) + 0.5
    if rewrite == "sigmoid by exp":
      sigmoid = lambda value: 1 / (1 + tf.exp(-value))
    if rewrite == "tanh by sigmoid":
      tanh = lambda value: 2 * tf.sigmoid(2 * value) - 1
    if fault == "hard sigmoid":
      sigmoid = lambda value: tf.clip_by_value(0.25 * value + 0.5, 0, 1)
    j = tf.nn.relu(j) if fault == "other activation" else tanh(j)
    kept = sigmoid(f + forget_bias) * c
    added = sigmoid(i) * j
    if fault == "sign":
      new_c = kept - added
    elif fault == "coupled gates":
      new_c = kept + (1 - sigmoid(f + forget_bias)) * j
    elif rewrite == "sum reordered":
      new_c = tf.add_n([added, kept])
    else:
      new_c = kept + added
    if fault == "clip":
      new_c = tf.clip_by_value(new_c, -0.5, 0.5)
    if fault == "output cut":
      o = tf.stop_gradient(o)
    if fault == "peephole sees the old cell":
      o = sigmoid(o + see * c)
    else:
      o = sigmoid(o + see * new_c)
    m = o * (new_c if fault == "no last tanh" else tanh(new_c))
    new_h = tf.matmul(m, w["projection"])
    if fault == "double-counted projection":
      new_h = new_h + 0.5 * tf.matmul(
          m, w["projection"] - tf.stop_gradient(w["projection"]))
    if fault == "transposed state":
      new_h = tf.reverse(new_h, [1])
    out = new_h
    if fault != "no length mask":
      alive = (p["lengths"] >= t if fault == "mask one step long"
               else p["lengths"] > t)[:, None]
      if rewrite == "mask by multiplication":
        alive = tf.cast(alive, x.dtype)
        new_c = alive * new_c + (1 - alive) * c
        new_h = alive * new_h + (1 - alive) * h
        out = alive * out
      else:
        where = tf.where_v2
        new_c = where(alive, new_c, c)
        if fault != "state of finished rows goes on":
          new_h = where(alive, new_h, h)
        out = where(alive, out, tf.zeros_like(out))
    if rewrite == "identities":
      new_c, new_h = tf.identity(new_c), tf.identity(new_h)
    c, h = new_c, new_h
    outputs.append(out)
  if rewrite == "outputs concatenated":
    y = tf.transpose(tf.reshape(tf.concat(outputs, 0),
                                [TIME, BATCH, PROJECTED]), [1, 0, 2])
  elif fault == "outputs reshaped":
    y = tf.reshape(tf.stack(outputs), [BATCH, TIME, PROJECTED])
  else:
    y = tf.stack(outputs, axis=1)
  return finish(tf, p, y, c, h, fault, rewrite)


def finish(tf, p, y, c, h, fault=None, rewrite=None):
  """The loss of outputs and final state."""
  error = y - p["target"]
  if rewrite == "loss per step":
    total = tf.add_n([tf.reduce_sum(tf.square(error[:, t]))
                      for t in range(TIME)])
  elif rewrite == "loss by l2":
    total = 2 * tf.nn.l2_loss(error)
  elif fault == "loss without the last step":
    total = tf.reduce_sum(tf.square(error[:, :-1]))
  elif fault == "mean for sum":
    total = tf.reduce_mean(tf.square(error))
  else:
    total = tf.reduce_sum(tf.square(error))
  if rewrite == "loss in two halves":
    total = 0.5 * total + 0.5 * tf.reduce_sum(tf.squared_difference(
        y, p["target"]))
  # Each output is also drawn to what comes next, as it is: a target.
  ahead = y[:, 1:] if fault == "missing stop_gradient" else tf.stop_gradient(
      y[:, 1:])
  total += 0.3 * tf.reduce_sum(tf.squared_difference(y[:, :-1], ahead))
  # The final state counts too, so that no gradient is zero at the end.
  return Model(total + tf.reduce_sum(c) + tf.reduce_sum(h * h), y, (c, h))


FAULTS = [dict(fault=name) for name in (
    "initial state zeroed", "initial state cut", "input one step late",
    "rows swapped", "gradient lost across a chunk",
    "state lost across a chunk", "no bias", "bias twice",
    "state before input", "weights cut", "peephole cut", "hard sigmoid",
    "other activation", "sign", "coupled gates", "clip", "output cut",
    "peephole sees the old cell", "no last tanh",
    "double-counted projection", "transposed state", "no length mask",
    "mask one step long", "state of finished rows goes on",
    "outputs reshaped", "loss without the last step", "mean for sum",
    "missing stop_gradient")] + [
        dict(order="jifo"), dict(order="ifjo"), dict(order="ijof"),
        dict(forget_bias=0.9), dict(peephole=-1.0)]

# Those that leave the loss itself as it was: only gradients can tell.
SILENT = ("initial state cut", "gradient lost across a chunk", "weights cut",
          "peephole cut", "output cut", "double-counted projection",
          "missing stop_gradient")

REWRITES = [dict(rewrite=name) for name in (
    "two matmuls", "inputs projected at once", "bias as a column",
    "transposed weights", "einsum", "gates by slicing", "gates by reshape",
    "sigmoid by tanh", "sigmoid by exp", "tanh by sigmoid", "sum reordered",
    "mask by multiplication", "identities", "outputs concatenated",
    "loss per step", "loss by l2", "loss in two halves", "four matrices",
    *variants_loops.WAYS)]
