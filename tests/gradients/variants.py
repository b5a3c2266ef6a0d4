"""One LSTM (peephole on the output gate, projection) in many variants.

`build(tf, placeholders, **changes)` builds it in the current variable scope
(weights are shared); without changes it is the plain model. Faults change
what is computed or what is differentiated; rewrites change neither.

The plain model is `Steps`, a method for each part of it. `FAULT_PARTS` and
`REWRITE_PARTS` are tables: each variant replaces a method or two.
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


class Steps(object):
  """The plain model, written out over the time steps."""

  def __init__(self, tf, p, order="ijfo", forget_bias=1.0, peephole=1.0):
    self.tf = tf
    self.p = p
    self.w = weights(tf, p["x"].dtype)
    self.order = order  # of the gates in the kernel
    self.forget_bias = forget_bias
    self.peephole = peephole

  # Through time.

  def run(self):
    """(outputs [batch, time, ...], c, h)."""
    c, h = self.initial(self.p["c"], self.p["h"])
    outputs = []
    for t in range(TIME):
      c, h = self.before_step(t, c, h)
      new_c, new_h = self.step(t, c, h)
      new_c, new_h, output = self.mask(t, new_c, new_h, c, h)
      c, h = self.after_step(new_c, new_h)
      outputs.append(output)
    return self.collect(outputs), c, h

  def initial(self, c, h):
    return c, h

  def before_step(self, t, c, h):
    return c, h

  def after_step(self, c, h):
    return c, h

  def input(self, t):
    return self.p["x"][:, t]

  def collect(self, outputs):
    return self.tf.stack(outputs, axis=1)

  # One step.

  def step(self, t, c, h):
    gates = self.gates(self.preactivations(t, self.input(t), h))
    j = self.candidate(gates["j"])
    forget = self.sigmoid(gates["f"] + self.forget_bias)
    new_c = self.new_cell(forget * c, self.sigmoid(gates["i"]) * j, forget, j)
    o = self.output_gate(gates["o"])
    o = self.sigmoid(o + self.peephole_weights() * self.seen(c, new_c))
    return new_c, self.project(self.output(o, new_c))

  def kernel(self):
    return self.w["kernel"]

  def preactivations(self, t, x, h):
    tf = self.tf
    return tf.nn.bias_add(
        tf.matmul(tf.concat([x, h], 1), self.kernel()), self.w["bias"])

  def gates(self, z):
    """{letter: one gate before its activation}."""
    return dict(zip(self.order, self.tf.split(z, 4, axis=1)))

  def sigmoid(self, value):
    return self.tf.sigmoid(value)

  def tanh(self, value):
    return self.tf.tanh(value)

  def candidate(self, j):
    return self.tanh(j)

  def new_cell(self, kept, added, forget, j):
    return kept + added

  def output_gate(self, o):
    return o

  def peephole_weights(self):
    return self.w["peephole"] * self.peephole

  def seen(self, c, new_c):
    """What the peephole looks at."""
    return new_c

  def output(self, o, new_c):
    return o * self.tanh(new_c)

  def project(self, m):
    return self.tf.matmul(m, self.w["projection"])

  # Rows that have ended.

  def alive(self, t):
    return (self.p["lengths"] > t)[:, None]

  def mask(self, t, new_c, new_h, c, h):
    """(c, h, output): a row that has ended keeps its state, outputs zero."""
    where, alive = self.tf.where_v2, self.alive(t)
    return (where(alive, new_c, c), where(alive, new_h, h),
            where(alive, new_h, self.tf.zeros_like(new_h)))

  # The loss.

  def loss(self, y, c, h):
    tf = self.tf
    total = self.squares(y, y - self.p["target"])
    # Each output is also drawn to what comes next, as it is: a target.
    total += 0.3 * tf.reduce_sum(
        tf.squared_difference(y[:, :-1], self.ahead(y[:, 1:])))
    # The final state counts too, so that no gradient is zero at the end.
    return total + tf.reduce_sum(c) + tf.reduce_sum(h * h)

  def squares(self, y, error):
    return self.tf.reduce_sum(self.tf.square(error))

  def ahead(self, y):
    return self.tf.stop_gradient(y)


def build(tf, p, *, fault=None, rewrite=None, **options):
  """The model; `fault` and `rewrite` name one change each."""
  parts = dict(FAULT_PARTS[fault] if fault else {})
  parts.update(REWRITE_PARTS[rewrite] if rewrite else {})
  steps = type("Variant", (Steps,), parts)(tf, p, **options)
  y, c, h = steps.run()
  return Model(steps.loss(y, c, h), y, (c, h))


# --- faults ------------------------------------------------------------------

def zeroed(m, *states):
  return tuple(m.tf.zeros_like(state) for state in states)


def cut(m, *states):
  return tuple(m.tf.stop_gradient(state) for state in states)


def in_the_middle(change):
  """Changes the state where one chunk of the sequence ends."""
  return lambda m, t, c, h: change(m, c, h) if t == TIME // 2 else (c, h)


def product(m, x, h):
  return m.tf.matmul(m.tf.concat([x, h], 1), m.kernel())


def state_before_input(m, t, x, h):
  return product(m, h, x) + m.w["bias"]


def hard_sigmoid(m, value):
  return m.tf.clip_by_value(0.25 * value + 0.5, 0, 1)


def clipped(m, kept, added, forget, j):
  return m.tf.clip_by_value(kept + added, -0.5, 0.5)


def double_counted(m, value):
  w, tf = m.w["projection"], m.tf
  return tf.matmul(value, w) + 0.5 * tf.matmul(
      value, w - tf.stop_gradient(w))


def transposed(m, value):
  return m.tf.reverse(m.tf.matmul(value, m.w["projection"]), [1])


def finished_rows_go_on(m, t, new_c, new_h, c, h):
  where, alive = m.tf.where_v2, m.alive(t)
  return (where(alive, new_c, c), new_h,
          where(alive, new_h, m.tf.zeros_like(new_h)))


def reshaped(m, outputs):
  return m.tf.reshape(m.tf.stack(outputs), [BATCH, TIME, PROJECTED])


FAULT_PARTS = {
    "initial state zeroed": dict(initial=zeroed),
    "initial state cut": dict(initial=cut),
    "input one step late": dict(
        input=lambda m, t: m.p["x"][:, max(t - 1, 0)]),
    "rows swapped": dict(input=lambda m, t: m.p["x"][::-1, t]),
    "gradient lost across a chunk": dict(before_step=in_the_middle(cut)),
    "state lost across a chunk": dict(before_step=in_the_middle(zeroed)),
    "no bias": dict(preactivations=lambda m, t, x, h: product(m, x, h)),
    "bias twice": dict(
        preactivations=lambda m, t, x, h: product(m, x, h)
        + 2 * m.w["bias"]),
    "state before input": dict(preactivations=state_before_input),
    "weights cut": dict(
        kernel=lambda m: m.tf.stop_gradient(m.w["kernel"])),
    "peephole cut": dict(peephole_weights=lambda m: m.tf.stop_gradient(
        m.w["peephole"] * m.peephole)),
    "hard sigmoid": dict(sigmoid=hard_sigmoid),
    "other activation": dict(candidate=lambda m, j: m.tf.nn.relu(j)),
    "sign": dict(new_cell=lambda m, kept, added, forget, j: kept - added),
    "coupled gates": dict(
        new_cell=lambda m, kept, added, forget, j: kept + (1 - forget) * j),
    "clip": dict(new_cell=clipped),
    "output cut": dict(output_gate=lambda m, o: m.tf.stop_gradient(o)),
    "peephole sees the old cell": dict(seen=lambda m, c, new_c: c),
    "no last tanh": dict(output=lambda m, o, new_c: o * new_c),
    "double-counted projection": dict(project=double_counted),
    "transposed state": dict(project=transposed),
    "no length mask": dict(
        mask=lambda m, t, new_c, new_h, c, h: (new_c, new_h, new_h)),
    "mask one step long": dict(
        alive=lambda m, t: (m.p["lengths"] >= t)[:, None]),
    "state of finished rows goes on": dict(mask=finished_rows_go_on),
    "outputs reshaped": dict(collect=reshaped),
    "loss without the last step": dict(
        squares=lambda m, y, error: m.tf.reduce_sum(
            m.tf.square(error[:, :-1]))),
    "mean for sum": dict(
        squares=lambda m, y, error: m.tf.reduce_mean(m.tf.square(error))),
    "missing stop_gradient": dict(ahead=lambda m, y: y),
}

FAULTS = [dict(fault=name) for name in FAULT_PARTS] + [
    dict(order="jifo"), dict(order="ifjo"), dict(order="ijof"),
    dict(forget_bias=0.9), dict(peephole=-1.0)]

# Those that leave the loss itself as it was: only gradients can tell.
SILENT = ("initial state cut", "gradient lost across a chunk", "weights cut",
          "peephole cut", "output cut", "double-counted projection",
          "missing stop_gradient")


# --- rewrites ----------------------------------------------------------------

def two_matmuls(m, t, x, h):
  kernel, tf = m.w["kernel"], m.tf
  return (tf.matmul(x, kernel[:DEPTH]) + tf.matmul(h, kernel[DEPTH:])
          + m.w["bias"])


def inputs_at_once(m, t, x, h):
  kernel, tf = m.w["kernel"], m.tf
  if t == 0:
    rows = tf.reshape(m.p["x"], [-1, DEPTH])
    m.projected = tf.reshape(
        tf.matmul(rows, kernel[:DEPTH]), [BATCH, TIME, 4 * UNITS])
  return m.projected[:, t] + (tf.matmul(h, kernel[DEPTH:]) + m.w["bias"])


def four_matrices(m, t, x, h):
  tf = m.tf
  parts = zip(tf.split(m.w["kernel"], 4, axis=1), tf.split(m.w["bias"], 4))
  return tf.concat([tf.matmul(tf.concat([x, h], 1), part) + bias
                    for part, bias in parts], axis=1)


def bias_as_a_column(m, t, x, h):
  tf = m.tf
  ones = tf.ones([BATCH, 1], x.dtype)
  return tf.matmul(tf.concat([x, h, ones], 1),
                   tf.concat([m.w["kernel"], m.w["bias"][None]], 0))


def transposed_weights(m, t, x, h):
  tf = m.tf
  return tf.matmul(tf.concat([x, h], 1), tf.transpose(m.w["kernel"]),
                   transpose_b=True) + m.w["bias"]


def einsum(m, t, x, h):
  tf = m.tf
  return tf.einsum(
      "bi,ij->bj", tf.concat([x, h], 1), m.w["kernel"]) + m.w["bias"]


def gates_by_slicing(m, z):
  return {name: z[:, n * UNITS:(n + 1) * UNITS]
          for n, name in enumerate(m.order)}


def gates_by_reshape(m, z):
  stacked = m.tf.reshape(z, [BATCH, 4, UNITS])
  return {name: stacked[:, n] for n, name in enumerate(m.order)}


def mask_by_multiplication(m, t, new_c, new_h, c, h):
  alive = m.tf.cast(m.alive(t), new_h.dtype)
  return (alive * new_c + (1 - alive) * c, alive * new_h + (1 - alive) * h,
          alive * new_h)


def concatenated(m, outputs):
  tf = m.tf
  return tf.transpose(tf.reshape(
      tf.concat(outputs, 0), [TIME, BATCH, PROJECTED]), [1, 0, 2])


def loss_per_step(m, y, error):
  tf = m.tf
  return tf.add_n([tf.reduce_sum(tf.square(error[:, t]))
                   for t in range(TIME)])


def loss_in_halves(m, y, error):
  tf = m.tf
  return 0.5 * tf.reduce_sum(tf.square(error)) + 0.5 * tf.reduce_sum(
      tf.squared_difference(y, m.p["target"]))


REWRITE_PARTS = {
    "two matmuls": dict(preactivations=two_matmuls),
    "inputs projected at once": dict(preactivations=inputs_at_once),
    "bias as a column": dict(preactivations=bias_as_a_column),
    "transposed weights": dict(preactivations=transposed_weights),
    "einsum": dict(preactivations=einsum),
    "gates by slicing": dict(gates=gates_by_slicing),
    "gates by reshape": dict(gates=gates_by_reshape),
    "sigmoid by tanh": dict(
        sigmoid=lambda m, value: 0.5 * m.tf.tanh(0.5 * value) + 0.5),
    "sigmoid by exp": dict(
        sigmoid=lambda m, value: 1 / (1 + m.tf.exp(-value))),
    "tanh by sigmoid": dict(
        tanh=lambda m, value: 2 * m.tf.sigmoid(2 * value) - 1),
    "sum reordered": dict(
        new_cell=lambda m, kept, added, forget, j: m.tf.add_n([added, kept])),
    "mask by multiplication": dict(mask=mask_by_multiplication),
    "identities": dict(after_step=lambda m, c, h: (
        m.tf.identity(c), m.tf.identity(h))),
    "outputs concatenated": dict(collect=concatenated),
    "loss per step": dict(squares=loss_per_step),
    "loss by l2": dict(
        squares=lambda m, y, error: 2 * m.tf.nn.l2_loss(error)),
    "loss in two halves": dict(squares=loss_in_halves),
    "four matrices": dict(preactivations=four_matrices),
}


def taken_by(way):
  """The whole way through time replaced by one of `variants_loops`."""
  return dict(run=lambda m: way(m.tf, m.p, m.w))


REWRITE_PARTS.update(
    (name, taken_by(way)) for name, way in variants_loops.WAYS.items())
REWRITES = [dict(rewrite=name) for name in REWRITE_PARTS]
