"""The layers and models compared with cuDNN's equations in NumPy.

The equations use cuDNN's own parameters: a matrix and a bias for each gate and
side. The numbers of 1.15.5, from its compatible cells, are in `golden`.
"""

import numpy as np
import pytest

from golden import cases
from golden import registry
from golden import test_golden
from oracle import measure
from oracle import store
from tfcompat_rnn import fused
from tfcompat_rnn.fused import cudnn_models
from tfcompat_rnn.fused import network as networks

LAYERS = {"lstm": "CudnnLSTM", "gru": "CudnnGRU", "rnn_tanh": "CudnnRNNTanh",
          "rnn_relu": "CudnnRNNRelu"}
WAYS = ("unidirectional", "bidirectional")


def sigmoid(x):
  return 1 / (1 + np.exp(-x))


def step(mode, weights, biases, x, h, c):
  """One step from cuDNN's manual: `(h', c')`."""
  gates = len(weights) // 2
  by_x = [x @ weights[g].T + biases[g] for g in range(gates)]
  by_h = [h @ weights[g].T + biases[g] for g in range(gates, 2 * gates)]
  if mode == "lstm":
    i, f, j, o = (one + two for one, two in zip(by_x, by_h))
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(j)
    return sigmoid(o) * np.tanh(c), c
  if mode == "gru":
    r, u = (sigmoid(by_x[g] + by_h[g]) for g in range(2))
    candidate = np.tanh(by_x[2] + r * by_h[2])
    return (1 - u) * candidate + u * h, c
  total = by_x[0] + by_h[0]
  return (np.tanh(total) if mode == "rnn_tanh" else np.maximum(total, 0)), c


def run(network, weights, biases, x, h, c, lengths):
  """`(outputs, h, c)` of a whole network, row by row and step by step."""
  time, batch, _ = x.shape
  h, c = h.copy(), c.copy()
  each = 2 * network.num_gates
  place = 0
  for _ in range(network.num_layers):
    ways = []
    for way in range(network.num_dirs):
      mine = slice(place * each, (place + 1) * each)
      outputs = np.zeros([time, batch, network.num_units])
      for row in range(batch):
        steps = range(lengths[row])
        for t in reversed(steps) if way else steps:
          h[place, row], c[place, row] = step(
              network.rnn_mode, weights[mine], biases[mine], x[t, row],
              h[place, row], c[place, row])
          outputs[t, row] = h[place, row]
      ways.append(outputs)
      place += 1
    x = np.concatenate(ways, 2)
  return x, h, c


TIME, BATCH, DEPTH, UNITS = 4, 3, 2, 5
LENGTHS = [4, 1, 3]


class Numbers:
  """A network, with numbers for all of its inputs."""

  def __init__(self, mode, ways, layers=2):
    self.network = networks.Network(
        mode, layers, UNITS, DEPTH, direction=ways)
    draw = np.random.RandomState(3)
    places = layers * self.network.num_dirs
    self.weights = [draw.uniform(-.8, .8, shape)
                    for shape in self.network.all_weight_shapes()]
    self.biases = [draw.uniform(-.8, .8, shape)
                   for shape in self.network.all_bias_shapes()]
    self.x = draw.uniform(-1, 1, [TIME, BATCH, DEPTH])
    self.h = draw.uniform(-1, 1, [places, BATCH, UNITS])
    self.c = draw.uniform(-1, 1, [places, BATCH, UNITS])
    self.opaque = np.concatenate(
        [part.ravel() for part in self.weights + self.biases])

  def expected(self, lengths=None):
    return run(self.network, self.weights, self.biases, self.x, self.h,
               self.c, lengths or [TIME] * BATCH)

  def states(self, tf, dtype):
    states = ((self.h, self.c) if self.network.rnn_mode == "lstm"
              else (self.h,))
    return tuple(tf.constant(state, dtype) for state in states)

  def layer(self, dtype, variables="canonical", **more):
    """The layer with these numbers as initial values of its parameters."""
    with fused.cudnn_options(kernels="portable", variables=variables):
      values = iter(self.weights + self.biases)

      def next_value(shape, dtype=None):
        value = next(values)
        assert list(value.shape) == list(shape)
        from tfcompat_rnn._tf import tf
        return tf.constant(value, dtype)

      return getattr(fused, LAYERS[self.network.rnn_mode])(
          self.network.num_layers, UNITS, direction=self.network.direction,
          dtype=dtype, kernel_initializer=next_value,
          bias_initializer=next_value, **more)


def close(got, want, dtype):
  tolerance = {"float64": 1e-12, "float32": 2e-6, "float16": 1e-2}[dtype]
  np.testing.assert_allclose(got, want, rtol=0, atol=tolerance)


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("dtype, variables, lengths, time_major", [
    ("float64", "canonical", LENGTHS, True),
    pytest.param("float32", "canonical", None, True, marks=pytest.mark.slow),
    pytest.param("float32", "opaque", LENGTHS, False, marks=pytest.mark.slow),
    pytest.param("float16", "canonical", None, False, marks=pytest.mark.slow),
])
@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("mode", sorted(LAYERS))
def test_layers_are_cudnns_equations(v1, mode, ways, dtype, variables,
                                     lengths, time_major):
  tf = v1
  numbers = Numbers(mode, ways)
  layer = numbers.layer(tf.as_dtype(dtype), variables)

  def turned(tensor):
    return tensor if time_major else tf.transpose(tensor, [1, 0, 2])

  outputs, states = layer(
      turned(tf.constant(numbers.x, dtype)),
      tuple(turned(state) for state in numbers.states(tf, dtype)),
      sequence_lengths=lengths, time_major=time_major)
  fetches = [turned(tensor) for tensor in (outputs, *states)]
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    got = session.run(fetches)
  for one, two in zip(got, numbers.expected(lengths)):
    assert one.dtype == dtype
    close(one, two, dtype)


@pytest.mark.parametrize("ways", WAYS)
@pytest.mark.parametrize("mode", [
    "lstm", *(pytest.param(mode, marks=pytest.mark.slow)
              for mode in ("gru", "rnn_tanh", "rnn_relu"))])
def test_models_over_an_opaque_vector(v1, mode, ways):
  """The models from before the layers; the vector has cuDNN's layout."""
  tf = v1
  numbers = Numbers(mode, ways)
  model = getattr(cudnn_models, LAYERS[mode])(2, UNITS, DEPTH, direction=ways)
  params = tf.constant(numbers.opaque, "float32")
  states = numbers.states(tf, "float32")
  results = model(tf.constant(numbers.x, "float32"), *states, params)
  weights, biases = model.params_to_canonical(params)
  again = model.canonical_to_params(weights, biases)
  gradients = tf.gradients(results[0], params)
  with tf.Session() as session:
    got, size, weights, again, gradients = session.run(
        [results, model.params_size(), weights, again, gradients])
  for one, two in zip(got, numbers.expected()):
    close(one, two, "float32")
  assert size == len(numbers.opaque)
  np.testing.assert_array_equal(again, numbers.opaque.astype("float32"))
  np.testing.assert_array_equal(
      weights[-1], numbers.weights[-1].astype("float32"))
  assert gradients[0].shape == again.shape
  # relu may be off for a whole unit, nothing else is.
  assert np.mean(gradients[0] != 0) > (.5 if mode == "rnn_relu" else .999)


def test_an_lstm_with_projection(v1):
  """`num_proj`, which only ops and models support."""
  tf = v1
  network = networks.Network("lstm", 1, UNITS, DEPTH, num_proj=3)
  draw = np.random.RandomState(4)
  shapes = network.all_weight_shapes()
  assert shapes[-1] == (3, UNITS)
  weights = [draw.uniform(-1, 1, shape) for shape in shapes]
  biases = [draw.uniform(-1, 1, shape) for shape in network.all_bias_shapes()]
  x = draw.uniform(-1, 1, [TIME, BATCH, DEPTH])
  h, c = np.zeros([BATCH, 3]), np.zeros([BATCH, UNITS])
  expected = []
  for t in range(TIME):
    h, c = step("lstm", weights[:8], biases, x[t], h, c)
    h = h @ weights[8].T
    expected.append(h)
  model = cudnn_models.CudnnLSTM(
      1, UNITS, DEPTH, dtype=tf.float64, num_proj=3)
  opaque = tf.constant(np.concatenate([p.ravel() for p in weights + biases]))
  outputs, last_h, last_c = model(
      tf.constant(x), tf.zeros([1, BATCH, 3], tf.float64),
      tf.zeros([1, BATCH, UNITS], tf.float64), opaque)
  converter = fused.CudnnParamsFormatConverterLSTM(1, UNITS, DEPTH, num_proj=3)
  kernels, sums, projections = converter.opaque_to_tf_canonical(opaque)
  again = converter.tf_canonical_to_opaque(kernels + sums, projections)
  kernels_again, sums_again, _ = converter.opaque_to_tf_canonical(again)
  with tf.Session() as session:
    got = session.run([outputs, last_h[0], last_c[0]])
    one, two = session.run([kernels + sums, kernels_again + sums_again])
  for part, whole in zip(got, (expected, h, c)):
    close(part, whole, "float64")
  for part, whole in zip(one, two):
    close(part, whole, "float64")


# Compared with the stacks of compatible cells that 1.15.5 ran.

def _layer_case(name, mode, ways, lengths):
  """A golden case of 1.15's cells, built by our layer: same names."""
  def build(b):
    more = {}
    cell_state = (b.units, b.units) if mode == "lstm" else b.units

    def fed_states(label):
      if mode == "lstm":
        from tfcompat_rnn.cells import LSTMStateTuple
        return b.state(LSTMStateTuple(*cell_state), label)
      return b.state(cell_state, label)

    # Placeholders in the order in which 1.15's case makes them.
    if lengths:
      more["sequence_lengths"] = b.integers("lengths", lengths)
    with b.tf.name_scope("cudnn_" + mode):
      x = b.sequence(time_major=True)
      if ways == "unidirectional":
        states = [fed_states("state_%d" % layer) for layer in range(2)]
      else:
        forth, back = ([fed_states("%s_%d" % (way, layer))
                        for layer in range(2)] for way in ("fw", "bw"))
        states = [state for pair in zip(forth, back) for state in pair]
    parts = ([[s.h for s in states], [s.c for s in states]]
             if mode == "lstm" else [states])
    layer = getattr(fused, LAYERS[mode])(
        2, b.units, direction=ways, dtype=b.dtype)
    with b.tf.variable_scope("cudnn_" + mode):
      layer.build(x.shape)
    outputs, finals = layer(
        x, tuple(b.tf.stack(part) for part in parts), **more)
    leaves = [b.tf.unstack(final) for final in finals]
    by_place = (list(zip(leaves[1], leaves[0])) if mode == "lstm"
                else leaves[0])
    if ways == "bidirectional":
      by_place = [by_place[::2], by_place[1::2]]
    return outputs, by_place
  return registry.Case(name, "fused", build, ("float32",), True)


def _golden():
  for mode in sorted(LAYERS):
    for ways in WAYS:
      for lengths in (None, [3, 1]):
        fast = mode == "lstm" or (ways, mode, lengths) == (
            WAYS[0], "gru", [3, 1])
        yield pytest.param(mode, ways, lengths,
                           marks=[] if fast else pytest.mark.slow)


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("mode, ways, lengths", list(_golden()))
def test_layers_are_what_1_15_5s_cells_computed(mode, ways, lengths):
  """Outputs, states, and gradients by variables of the same names."""
  name = "cudnn_%s_%s%s" % (
      mode, "one_way" if ways == "unidirectional" else "two_ways",
      "-lengths" if lengths else "")
  for dtype in cases.CASES[name].dtypes:
    facts, want = test_golden.committed("fused")[store.key(name, dtype)]
    found, got = measure.measure(
        test_golden.namespace(), _layer_case(name, mode, ways, lengths),
        dtype, raising=True)
    assert ({v["name"]: v["shape"] for v in found["variables"]}
            == {v["name"]: v["shape"] for v in facts["variables"]})
    assert len(want) >= 8
    assert test_golden.far_apart(want, got, dtype) == []
