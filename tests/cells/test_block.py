"""Block cells: numbers and gradients, against NumPy and the plain cells.

`golden` and `test_expected` compare them with 1.15, operation by operation.
"""

import textwrap

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import cells
from tfcompat_rnn.cells import LSTMStateTuple

BATCH, DEPTH, UNITS = 3, 4, 5


def sigmoid(x):
  return 1.0 / (1.0 + np.exp(-x))


def lstm_in_float64(v, forget_bias=1.0, clip=None):
  """`(c', h')`; `v` maps x, c, h and the variables to arrays."""
  joined = np.hstack([v["x"], v["h"]])
  i, j, f, o = np.split(joined @ v["kernel"] + v["bias"], 4, axis=1)
  f = f + forget_bias
  if "w_i_diag" in v:
    i, f = i + v["w_i_diag"] * v["c"], f + v["w_f_diag"] * v["c"]
  c = sigmoid(f) * v["c"] + sigmoid(i) * np.tanh(j)
  if clip:
    c = np.clip(c, -clip, clip)
  if "w_o_diag" in v:
    o = o + v["w_o_diag"] * c
  return c, sigmoid(o) * np.tanh(c)


def gru_in_float64(v):
  joined = np.hstack([v["x"], v["h"]])
  gates = sigmoid(joined @ v["gates/kernel"] + v["gates/bias"])
  r, u = np.split(gates, 2, axis=1)
  reset = np.hstack([v["x"], r * v["h"]])
  c = np.tanh(reset @ v["candidate/kernel"] + v["candidate/bias"])
  return (u * v["h"] + (1 - u) * c,)


def values_of(tf, cell, dtype):
  """Float64 arrays of inputs, state and variables, by name."""
  draw = np.random.RandomState(5)
  state = ("c", "h") if isinstance(cell.state_size, tuple) else ("h",)
  values = {"x": draw.uniform(-1, 1, (BATCH, DEPTH))}
  values.update((n, draw.uniform(-1, 1, (BATCH, UNITS))) for n in state)
  cell.build(tf.TensorShape([BATCH, DEPTH]))
  for variable in cell.weights:
    name = variable.op.name
    for prefix in ("gru_cell/", "lstm_cell/"):
      name = name[len(prefix):] if name.startswith(prefix) else name
    values[name] = draw.uniform(-1, 1, variable.shape.as_list())
  # Numbers that the cell's dtype represents exactly.
  return {name: value.astype(dtype).astype("float64")
          for name, value in values.items()}


def run(tf, cell, values, dtype="float32"):
  """`(outputs, gradients by name)` of one step with `values`.

  The output leaves are weighted by `weights_of` and summed.
  """
  fed = {name: tf.constant(values[name], dtype)
         for name in ("x", "c", "h") if name in values}
  state = (LSTMStateTuple(fed["c"], fed["h"]) if "c" in fed else fed["h"])
  _, new_state = cell(fed["x"], state)
  leaves = tf.nest.flatten(new_state)
  variables = cell.weights
  names = list(fed) + [n for n in values if n not in fed]
  gradients = tf.gradients(
      leaves, list(fed.values()) + variables,
      [tf.constant(w, dtype) for w in weights_of(leaves)])
  with tf.Session() as session:
    for variable, name in zip(variables, names[len(fed):]):
      variable.load(values[name], session)
    got, gradients = session.run([leaves, gradients])
  return got, dict(zip(names, gradients))


def weights_of(leaves):
  draw = np.random.RandomState(9)
  return [draw.uniform(-1, 1, (BATCH, UNITS)) for _ in leaves]


def differences(function, values, step=1e-5):
  """Gradients of the weighted sum of `function`, by central differences."""
  weights = weights_of(function(values))

  def total(name, value):
    found = function({**values, name: value})
    return sum(np.sum(w * leaf) for w, leaf in zip(weights, found))

  gradients = {}
  for name, value in values.items():
    gradient = np.zeros_like(value)
    for place in np.ndindex(*value.shape):
      moved = np.zeros_like(value)
      moved[place] = step
      gradient[place] = (
          total(name, value + moved) - total(name, value - moved)) / (2 * step)
    gradients[name] = gradient
  return gradients


OPTIONS = [dict(), dict(forget_bias=0.0), dict(forget_bias=-1.5),
           dict(use_peephole=True),
           dict(use_peephole=True, forget_bias=0.25)]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_lstm_is_the_formula_and_so_are_its_gradients(v1, options):
  cell = cells.LSTMBlockCell(UNITS, **options)
  values = values_of(v1, cell, "float32")
  bias = options.get("forget_bias", 1.0)
  expected = lstm_in_float64(values, bias)
  got, gradients = run(v1, cell, values)
  np.testing.assert_allclose(got[0], expected[0], rtol=0, atol=2e-6)
  np.testing.assert_allclose(got[1], expected[1], rtol=0, atol=2e-6)
  numeric = differences(lambda v: lstm_in_float64(v, bias), values)
  assert sorted(gradients) == sorted(numeric)
  for name in numeric:
    np.testing.assert_allclose(
        gradients[name], numeric[name], rtol=0, atol=5e-6, err_msg=name)


def test_gru_is_the_formula_and_so_are_its_gradients(v1):
  cell = cells.GRUBlockCellV2(UNITS)
  values = values_of(v1, cell, "float32")
  got, gradients = run(v1, cell, values)
  np.testing.assert_allclose(
      got[0], gru_in_float64(values)[0], rtol=0, atol=2e-6)
  numeric = differences(gru_in_float64, values)
  assert sorted(gradients) == sorted(numeric)
  for name in numeric:
    np.testing.assert_allclose(
        gradients[name], numeric[name], rtol=0, atol=5e-6, err_msg=name)


def test_lstm_in_half_precision(v1):
  cell = cells.LSTMBlockCell(UNITS, use_peephole=True, dtype=v1.float16)
  values = values_of(v1, cell, "float16")
  got, gradients = run(v1, cell, values, "float16")
  assert got[0].dtype == np.float16 == gradients["kernel"].dtype
  expected = lstm_in_float64(values)
  np.testing.assert_allclose(got[0], expected[0], rtol=0, atol=5e-3)
  np.testing.assert_allclose(got[1], expected[1], rtol=0, atol=5e-3)
  numeric = differences(lstm_in_float64, values)
  for name in numeric:
    np.testing.assert_allclose(
        gradients[name], numeric[name], rtol=0, atol=2e-2, err_msg=name)


def test_clip_holds_values_and_passes_gradients(v1):
  """As in 1.15; LSTMCell's gradient is zero where the memory is clipped."""
  cell = cells.LSTMBlockCell(UNITS, cell_clip=0.1)
  values = values_of(v1, cell, "float32")
  free, _ = lstm_in_float64(values)
  clipped, output = lstm_in_float64(values, clip=0.1)
  assert 0 < np.sum(free != clipped)
  got, gradients = run(v1, cell, values)
  np.testing.assert_allclose(got[0], clipped, rtol=0, atol=2e-6)
  np.testing.assert_allclose(got[1], output, rtol=0, atol=2e-6)

  def straight(v):
    # Clipping as a shift by a constant, so that its slope is one everywhere.
    c, _ = lstm_in_float64(v)
    c = c + (clipped - free)
    o = np.split(np.hstack([v["x"], v["h"]]) @ v["kernel"] + v["bias"], 4,
                 axis=1)[3]
    return c, sigmoid(o) * np.tanh(c)

  numeric = differences(straight, values)
  for name in numeric:
    np.testing.assert_allclose(
        gradients[name], numeric[name], rtol=0, atol=5e-6, err_msg=name)


@pytest.mark.parametrize("clip", [0, -1, -0.5, None])
def test_no_clip(v1, clip):
  cell = cells.LSTMBlockCell(UNITS, cell_clip=clip)
  values = values_of(v1, cell, "float32")
  got, _ = run(v1, cell, values)
  np.testing.assert_allclose(
      got[0], lstm_in_float64(values)[0], rtol=0, atol=2e-6)


PAIRS = {
    "basic": (lambda: cells.BasicLSTMCell(UNITS, name="lstm_cell"),
              lambda: cells.LSTMBlockCell(UNITS)),
    "forget bias": (lambda: cells.LSTMCell(UNITS, forget_bias=0.3),
                    lambda: cells.LSTMBlockCell(UNITS, forget_bias=0.3)),
    "peepholes": (lambda: cells.LSTMCell(UNITS, use_peepholes=True),
                  lambda: cells.LSTMBlockCell(UNITS, use_peephole=True)),
    "gru": (lambda: cells.GRUCell(UNITS),
            lambda: cells.GRUBlockCellV2(UNITS)),
}


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("pair", sorted(PAIRS))
@pytest.mark.parametrize("lengths", [None, [4, 0, 7]], ids=str)
def test_seven_steps_as_the_plain_cell_with_the_same_variables(
    v1, pair, lengths):
  tf = v1
  tf.set_random_seed(3)
  plain, block = (make() for make in PAIRS[pair])
  x = tf.constant(np.random.RandomState(1).randn(BATCH, 7, DEPTH), "float32")
  found = []
  for reuse, cell in ((False, plain), (True, block)):
    with tf.variable_scope("model", reuse=reuse,
                           initializer=tf.random_uniform_initializer(-1, 1)):
      output, state = tf.nn.dynamic_rnn(cell, x, lengths, dtype="float32")
    targets = [output] + tf.nest.flatten(state)
    found.append(targets + tf.gradients(
        [tf.reduce_sum(tf.sin(target)) for target in targets],
        [x] + tf.trainable_variables()))
  assert sorted(v.name for v in plain.weights) == sorted(
      v.name for v in block.weights)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    one, two = session.run(found)
  for a, b in zip(one, two):
    assert np.max(np.abs(a)) > 0.1
    np.testing.assert_allclose(
        b, a, rtol=0, atol=1e-5 * max(1, np.max(np.abs(a))))


def test_gradients_through_functional_loops(v1):
  """The loops of `tf.function`, and those of control flow v2."""
  tf, found = v1, []
  x = np.random.RandomState(1).randn(BATCH, 7, DEPTH)
  try:
    for switch in (tf.disable_control_flow_v2, tf.enable_control_flow_v2):
      switch()
      with tf.Graph().as_default() as graph:
        with tf.variable_scope("m", use_resource=True,
                               initializer=tf.constant_initializer(0.3)):
          output, _ = tf.nn.dynamic_rnn(
              cells.LSTMBlockCell(UNITS, use_peephole=True),
              tf.constant(x, "float32"), [7, 1, 4], dtype="float32")
        gradients = tf.gradients(output, tf.trainable_variables())
        with tf.Session() as session:
          session.run(tf.global_variables_initializer())
          found.append(session.run(gradients))
      loops = {op.type for op in graph.get_operations()}
      assert ("Enter" in loops) == (switch is tf.disable_control_flow_v2)
  finally:
    tf.disable_control_flow_v2()
  for one, two in zip(*found):
    assert np.max(np.abs(one)) > 0.1
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-5)


def test_clipped_lstm_steps_as_the_plain_one(v1):
  tf = v1
  x = tf.constant(np.random.RandomState(1).randn(BATCH, 7, DEPTH), "float32")
  init = tf.random_uniform_initializer(-1, 1, seed=4)
  with tf.variable_scope("model", initializer=init):
    one, _ = tf.nn.dynamic_rnn(
        cells.LSTMCell(UNITS, cell_clip=0.2), x, dtype="float32")
  with tf.variable_scope("model", reuse=True):
    two, state = tf.nn.dynamic_rnn(
        cells.LSTMBlockCell(UNITS, cell_clip=0.2), x, dtype="float32")
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    one, two, c = session.run([one, two, state.c])
  np.testing.assert_allclose(two, one, rtol=0, atol=1e-6)
  assert np.max(np.abs(c)) == np.float32(0.2)


def test_state_in_reference_variables_is_copied(v1):
  c, h = (v1.get_variable(name, [1, 2], use_resource=False) for name in "ch")
  copies = []
  for cell, state in ((cells.LSTMBlockCell(2), LSTMStateTuple(c, h)),
                      (cells.GRUBlockCell(2), h)):
    cell(v1.ones([1, 2]), state)
    operations = v1.get_default_graph().get_operations()
    copies.append(sum(op.type == "DeepCopy" for op in operations))
  assert copies == [2, 3]


@pytest.mark.parametrize("make,other", [
    (lambda: cells.LSTMBlockCell(2), "LSTMCell"),
    (lambda: cells.GRUBlockCell(2), "GRUCell")], ids=["lstm", "gru"])
def test_float64_names_the_cell_that_can(v1, make, other):
  cell = make()
  state = cell.zero_state(1, v1.float64)
  with pytest.raises(_errors.ArgumentTypeError, match=f"rnn_cell.{other}"):
    cell(v1.ones([1, 2], v1.float64), state)


def test_config_makes_the_same_cell(v1):
  cell = cells.LSTMBlockCell(
      3, forget_bias=0.5, cell_clip=2.0, use_peephole=True, name="mine")
  twin = cells.LSTMBlockCell.from_config(cell.get_config())
  assert twin.get_config() == cell.get_config()
  gru = cells.GRUBlockCellV2(3, name="mine")
  assert cells.GRUBlockCellV2.from_config(
      gru.get_config()).get_config() == gru.get_config()
  nas = cells.NASCell(3, num_proj=2, use_bias=True, name="mine")
  assert cells.NASCell.from_config(
      nas.get_config()).get_config() == nas.get_config()


# Where the gradients are registered.

def run_alone(forked, code):
  result = forked.run(["-c", textwrap.dedent(code)])
  assert result.returncode == 0, result.stderr
  return result.stdout.split()


def test_the_operation_itself_can_be_differentiated(v1):
  """Programs that call the kernel, and graphs saved with it."""
  import tfcompat_rnn.cells.block  # noqa: F401  (registers)
  c = v1.constant([[0.5]])
  zero = v1.zeros([1])
  step = v1.raw_ops.LSTMBlockCell(
      x=[[0.0]], cs_prev=c, h_prev=[[0.0]], w=v1.zeros([2, 4]), b=v1.zeros([4]),
      wci=zero, wcf=zero, wco=zero, forget_bias=0.0)
  gradient, = v1.gradients(step.cs, c)
  with v1.Session() as session:
    assert session.run(gradient).tolist() == [[0.5]]  # sigmoid(0)


def test_peepholes_that_nothing_else_reads(v1):
  """The gradient's kernel may write over them before it reads them."""
  import tfcompat_rnn.cells.block  # noqa: F401  (registers)
  draw = np.random.RandomState(0).randn
  shapes = [(2, 3), (2, 4), (2, 4), (7, 16), (4,), (4,), (4,), (16,)]
  tensors = [v1.placeholder(v1.float32, shape) for shape in shapes]
  feeds = {tensor: draw(*shape) for tensor, shape in zip(tensors, shapes)}
  results = []
  for computed in (False, True):
    given = list(tensors)
    if computed:
      given[4:7] = [1. * (peephole + 1.) - 1. for peephole in given[4:7]]
    outputs = v1.raw_ops.LSTMBlockCell(**dict(zip(
        ("x", "cs_prev", "h_prev", "w", "wci", "wcf", "wco", "b"), given)),
        use_peephole=True, cell_clip=-1.)
    results.append(v1.gradients(
        [outputs.h, v1.sin(outputs.cs)], [*tensors[:4], *given[4:]]))
  with v1.Session() as session:
    # One after the other: together they would read each other's tensors.
    right, found = (session.run(one, feeds) for one in results)
  for one, other in zip(right, found, strict=True):
    np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-5)


@pytest.mark.slow
def test_eager_gradients(forked):
  printed = run_alone(forked, """
      import numpy as np
      import tensorflow as tf
      from tfcompat_rnn import cells
      for make in (lambda: cells.LSTMBlockCell(2, use_peephole=True),
                   lambda: cells.GRUBlockCellV2(2)):
        cell = make()
        x = tf.ones([3, 4])
        with tf.GradientTape() as tape:
          tape.watch(x)
          state = cell.zero_state(3, tf.float32)
          for _ in range(2):
            output, state = cell(x, state)
        found = tape.gradient(output, [x] + cell.weights)
        print(all(g is not None and np.all(np.isfinite(g)) for g in found))
  """)
  assert printed == ["True", "True"]


@pytest.mark.slow
def test_a_gradient_that_was_there_before_stays_and_ours_is_used(forked):
  """Theirs is 7 for every input; ours, by hand, sigmoid(0) for the memory."""
  printed = run_alone(forked, """
      import tensorflow.compat.v1 as tf
      tf.disable_v2_behavior()

      @tf.RegisterGradient("LSTMBlockCell")
      def theirs(op, *unused_gradients):
        return [tf.ones_like(x) * 7 for x in op.inputs]

      from tfcompat_rnn import cells
      c, zero = tf.constant([[0.5]]), tf.zeros([1])
      with tf.variable_scope("a", initializer=tf.zeros_initializer()):
        cell = cells.LSTMBlockCell(1, forget_bias=0.0)
        _, (ours, _) = cell(tf.zeros([1, 1]), (c, tf.zeros([1, 1])))
      other = tf.raw_ops.LSTMBlockCell(
          x=[[0.0]], cs_prev=c, h_prev=[[0.0]], w=tf.zeros([2, 4]),
          b=tf.zeros([4]), wci=zero, wcf=zero, wco=zero)
      found = tf.gradients(ours, c) + tf.gradients(other.cs, c)
      with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        print(*[float(value[0, 0]) for value in session.run(found)])
  """)
  assert printed == ["0.5", "7.0"]


@pytest.mark.parametrize("peephole", [False, True])
def test_no_rows(v1, peephole):
  """TensorFlow's kernel refuses them by now; in 1.15 it did not."""
  tf = v1
  cell = cells.LSTMBlockCell(3, use_peephole=peephole)
  output, state = cell(tf.zeros([0, 2]), cell.zero_state(0, tf.float32))
  counted = _opcount.count()
  cell(tf.zeros([0, 2]), state)
  with tf.Graph().as_default():
    other = cells.LSTMBlockCell(3, use_peephole=peephole)
    state1 = other(tf.zeros([1, 2]), other.zero_state(1, tf.float32))[1]
    of_one = -_opcount.count()
    other(tf.zeros([1, 2]), state1)
    of_one += _opcount.count()
  assert _opcount.count() - counted == of_one
  gradients = tf.gradients(tf.reduce_sum(output), cell.trainable_variables)
  assert len(gradients) == (5 if peephole else 2)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    got, last, gradients = session.run([output, state, gradients])
  assert got.shape == last.c.shape == last.h.shape == (0, 3)
  for gradient in gradients:
    assert not np.any(gradient)


def test_no_rows_in_a_loop_of_any_number_of_rows(v1):
  """Numbers, gradients and counted operations of a batch that is known."""
  tf = v1
  values = np.random.RandomState(4).randn(3, 5, 2)

  def build(rows):
    with tf.Graph().as_default() as graph:
      inputs = tf.placeholder(tf.float32, [rows, 5, 2])
      cell = cells.LSTMBlockCell(3, use_peephole=True)
      with tf.variable_scope(
          "rnn", initializer=tf.constant_initializer(0.1)):
        start = tuple(tf.ones([tf.shape(inputs)[0] if rows is None else rows,
                               3]) for _ in "ch")
        before = _opcount.count()
        step = cell(inputs[:, 0], start)
        counts = [_opcount.count() - before]
      outputs, state = tf.nn.dynamic_rnn(
          cell, inputs, initial_state=cells.LSTMStateTuple(*start))
      before = _opcount.count()
      tf.gradients(tf.reduce_sum(step[0]), [*start, *cell.trainable_variables])
      counts.append(_opcount.count() - before)
      found = tf.gradients(tf.reduce_sum(outputs ** 2), [
          inputs, *start, *cell.trainable_variables])
      session = tf.Session()
      session.run(tf.global_variables_initializer())
    assert step[0].shape.as_list() == [rows, 3]
    run = (lambda values: session.run(
        [outputs, state, found], {inputs: values}))
    return run, counts, [operation.name for operation in graph.get_operations()
                         if operation.type == "LSTMBlockCell"]

  known, counts, names = build(3)
  unknown, counts_unknown, names_unknown = build(None)
  assert counts_unknown == counts
  assert names_unknown == names
  for got, wanted in zip(tf.nest.flatten(unknown(values)),
                         tf.nest.flatten(known(values))):
    np.testing.assert_array_equal(got, wanted)
  none, counts_none, names_none = build(0)
  assert (counts_none, names_none) == (counts, names)
  for run in (unknown, none):
    outputs, state, (by_inputs, by_c, by_h, *by_variables) = run(values[:0])
    assert outputs.shape == (0, 5, 3) and by_inputs.shape == (0, 5, 2)
    assert all(leaf.shape == (0, 3) for leaf in (*state, by_c, by_h))
    for gradient in by_variables:
      assert not np.any(gradient)
