"""The executions of a loop: the same numbers as the plain loop, or a reason.

Each case builds one network in two graphs, once in the plain loop and once in
another execution, with the same seeds. In float64 outputs, states and
gradients agree to rounding.
"""

import logging

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import functions
from tfcompat_rnn.fused.recurrence import rnn
from tfcompat_rnn.fused.recurrence import rows
from tfcompat_rnn.fused.recurrence import spans

TIME, BATCH, DEPTH, UNITS = 5, 3, 4, 6
LENGTHS = [5, 2, 0]
LOG = "tfcompat_rnn.fused.recurrence.rnn"

# name -> cell, given the dtype
CELLS = {
    "BasicRNN": lambda _: cells.BasicRNNCell(UNITS),
    "BasicLSTM": lambda _: cells.BasicLSTMCell(UNITS),
    "BasicLSTM, one tensor": lambda _: cells.BasicLSTMCell(
        UNITS, state_is_tuple=False),
    "LSTM": lambda _: cells.LSTMCell(UNITS),
    "LSTM, one tensor": lambda _: cells.LSTMCell(UNITS, state_is_tuple=False),
    "LSTM, all options": lambda _: cells.LSTMCell(
        UNITS, use_peepholes=True, cell_clip=.5, num_proj=3, proj_clip=.4,
        num_unit_shards=2),
    "GRU": lambda _: cells.GRUCell(UNITS),
    "LayerNormBasicLSTM": lambda _: cells.LayerNormBasicLSTMCell(UNITS),
    "IndRNN": lambda _: cells.IndRNNCell(UNITS),
    "IndyLSTM": lambda _: cells.IndyLSTMCell(UNITS),
    "IndyGRU": lambda _: cells.IndyGRUCell(UNITS),
    "SRU": lambda _: cells.SRUCell(UNITS),
    "NAS": lambda _: cells.NASCell(UNITS),
    "UGRNN": lambda _: cells.UGRNNCell(UNITS),
    "coupled gates": lambda _: cells.CoupledInputForgetGateLSTMCell(UNITS),
    "intersection": lambda _: cells.IntersectionRNNCell(DEPTH),
    "projections": lambda _: cells.OutputProjectionWrapper(
        cells.InputProjectionWrapper(cells.GRUCell(UNITS), 5), 2),
    "residual": lambda _: cells.ResidualWrapper(cells.GRUCell(DEPTH)),
    "device": lambda _: cells.DeviceWrapper(cells.GRUCell(UNITS), "/cpu:0"),
    "layers": lambda _: cells.MultiRNNCell([
        cells.LSTMCell(UNITS), cells.GRUCell(5), cells.BasicRNNCell(4)]),
    "dropout": lambda _: cells.MultiRNNCell([
        cells.DropoutWrapper(
            cells.LSTMCell(UNITS), input_keep_prob=.7, output_keep_prob=.5,
            state_keep_prob=.8, seed=3),
        cells.DropoutWrapper(cells.GRUCell(5), output_keep_prob=.5)]),
    "variational dropout": lambda dtype: cells.DropoutWrapper(
        cells.LSTMCell(UNITS), input_keep_prob=.7, output_keep_prob=.5,
        state_keep_prob=.8, variational_recurrent=True, input_size=DEPTH,
        dtype=dtype, seed=3),
}
QUICK = {("graph", "LSTM"), ("xla", "GRU")}


# These draw with seeds of the graph. `test_every_cell` has the others.
ALONE = [name for name in CELLS if "dropout" in name]


def cases():
  for execution in ("graph", "xla"):
    for name in ("LSTM", "GRU", *ALONE):
      yield pytest.param(
          execution, name, marks=() if (execution, name) in QUICK
          else pytest.mark.slow)


def numbers(tf, execution, make, dtype="float64", lengths=None, known=True,
            time_major=False, initial=False, recompute=False):
  """Outputs, states, gradients, and what the graph is like afterwards."""
  dtype = tf.as_dtype(dtype)
  draw = np.random.RandomState(0).randn
  with tf.Graph().as_default() as graph:
    tf.set_random_seed(3)
    values = draw(BATCH, TIME, DEPTH).astype(dtype.as_numpy_dtype)
    x = tf.constant(values.swapaxes(0, 1) if time_major else values)
    if not known:
      x = tf.placeholder_with_default(x, [None, None, DEPTH])
    cell = make(dtype)
    state = None
    if initial:
      state = tf.nest.map_structure(
          lambda leaf: tf.constant(draw(*leaf.shape.as_list()), dtype),
          cell.zero_state(BATCH, dtype))
    shared = {"sequence_length": lengths, "initial_state": state,
              "dtype": dtype, "time_major": time_major}
    init = tf.random_uniform_initializer(-.5, .5, seed=1)
    with tf.variable_scope("model", initializer=init):
      if execution == "loop":
        # One step at a time, so that random operations draw in order.
        found = loops.dynamic_rnn(cell, x, parallel_iterations=1, **shared)
      else:
        found = rnn.dynamic_rnn(cell, x, execution=execution,
                                recompute=recompute, **shared)
    count = _opcount.count()
    later = tf.random_uniform([3])
    leaves = tf.nest.flatten(found)
    variables = tf.trainable_variables()
    sources = [x, *variables]
    if state is not None:
      sources += tf.nest.flatten(state)
    grads = tf.gradients(
        [tf.reduce_sum(tf.sin(leaf + place))
         for place, leaf in enumerate(leaves)], sources)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      results = session.run([*leaves, *grads, later])
    return results, {
        "count": count, "variables": [one.name for one in variables],
        "shapes": [leaf.shape.as_list() for leaf in leaves],
        "structure": tf.nest.map_structure(lambda _: 0, found),
        "is compiled": any(operation.name.startswith("fast_rnn/")
                           for operation in graph.get_operations()),
        "calls": sum(operation.type.endswith("PartitionedCall")
                     and operation.name.startswith("fast_rnn/")
                     for operation in graph.get_operations())}


def assert_same(tf, execution, make, tolerance=1e-10, parts=None, **options):
  plain, told = numbers(tf, "loop", make, **{**options, "recompute": False})
  fast, facts = numbers(tf, execution, make, **options)
  assert facts.pop("is compiled") and not told.pop("is compiled")
  calls = facts.pop("calls")
  assert calls % (parts or 1) == 0 and told.pop("calls") == 0
  assert parts is None or calls
  assert facts == told
  for one, two in zip(plain, fast, strict=True):
    scale = max(1., np.abs(one).max(initial=0))
    np.testing.assert_allclose(two, one, rtol=0, atol=tolerance * scale)


@pytest.mark.spread(fast=2, slow=2)
@pytest.mark.parametrize("execution, name", list(cases()))
def test_same_numbers(v1, execution, name):
  """An unknown batch, and rows that end early or at once."""
  assert_same(v1, execution, CELLS[name], lengths=LENGTHS, known=False)


@pytest.mark.spread(slow=2)
class TwoStatesInAProduct(cells.RNNCell):
  """Joins both leaves of its state with the inputs, as users' cells do."""
  state_size, output_size = (UNITS, 2), UNITS

  def call(self, inputs, state):
    kernel = tf.get_variable(
        "kernel", [DEPTH + UNITS + 2, UNITS + 2], inputs.dtype)
    new = tf.tanh(tf.matmul(tf.concat([inputs, *state], 1), kernel))
    return new[:, :UNITS], tuple(tf.split(new, [UNITS, 2], 1))


def test_states_that_are_joined_in_a_product(v1):
  assert_same(v1, "graph", lambda _: TwoStatesInAProduct(), lengths=LENGTHS,
              known=False)


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("execution, name, recompute", [
    ("graph", "LSTM, all options", True),
    ("graph", "layers", False), ("xla", "layers", False), ("xla", "GRU", True),
    ("xla", "dropout", True)])
def test_known_sizes_and_a_given_state(v1, execution, name, recompute):
  assert_same(v1, execution, CELLS[name], time_major=True, initial=True,
              recompute=recompute)


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("name", ["LSTM", *ALONE])
def test_a_batch_in_two_parts(v1, monkeypatch, name):
  monkeypatch.setattr(rows, "parts", lambda _: 2)
  assert_same(v1, "xla", CELLS[name], lengths=LENGTHS, parts=2)


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("name", ["GRU", "dropout"])
def test_more_parts_than_rows(v1, monkeypatch, name):
  """As in a batch of one, where the graph does not know how many there are."""
  monkeypatch.setattr(rows, "parts", lambda _: 5)
  assert_same(v1, "xla", CELLS[name], lengths=LENGTHS, known=False, parts=5)


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("name, recompute", [
    ("LSTM, all options", True), ("layers", False), ("dropout", False)])
def test_a_batch_in_two_parts_by_time_and_with_a_given_state(
    v1, monkeypatch, name, recompute):
  monkeypatch.setattr(rows, "parts", lambda _: 2)
  assert_same(v1, "xla", CELLS[name], time_major=True, initial=True,
              recompute=recompute, parts=2)


@pytest.mark.parametrize("execution, name", [
    ("graph", "LSTM"),
    pytest.param("graph", "GRU", marks=pytest.mark.slow),
    pytest.param("xla", "LSTM", marks=pytest.mark.slow),
    pytest.param("xla", "BasicRNN", marks=pytest.mark.slow)])
def test_float32(v1, execution, name):
  assert_same(v1, execution, CELLS[name], 1e-5, dtype="float32",
              lengths=LENGTHS)


class Delay:
  """The output is the input of two steps ago; nothing needs a loop."""

  state_size = (DEPTH, DEPTH)
  output_size = DEPTH

  def zero_state(self, batch, dtype):
    from tfcompat_rnn._tf import tf
    return tuple(tf.zeros([batch, DEPTH], dtype) for _ in range(2))

  def __call__(self, inputs, state, scope=None):
    return state[1] * 2, (inputs, state[0])


class Swap(Delay):
  """Two leaves that change places, and one that is only read."""

  state_size = (DEPTH, DEPTH, DEPTH)

  def zero_state(self, batch, dtype):
    from tfcompat_rnn._tf import tf
    return tuple(tf.ones([batch, DEPTH], dtype) * (place + 1)
                 for place in range(3))

  def __call__(self, inputs, state, scope=None):
    one, two, kept = state
    return one - two * inputs, (two, one * kept, kept)


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=str)
@pytest.mark.parametrize("cell", [Delay, Swap])
def test_cells_whose_leaves_depend_on_each_other_in_other_ways(
    v1, cell, lengths):
  assert_same(v1, "graph", lambda _: cell(), lengths=lengths)


def test_a_delay_needs_no_loop(v1):
  x = v1.constant(np.arange(24.).reshape(2, 3, 4))
  outputs, (last, before) = rnn.dynamic_rnn(
      Delay(), x, dtype=v1.float64, execution="graph")
  made = [operation.type for operation
          in v1.get_default_graph().get_operations()
          if operation.name.startswith("fast_rnn/")]
  assert "ConcatV2" in made
  assert not [kind for kind in made if "Call" in kind or "While" in kind]
  with v1.Session() as session:
    outputs, last, before, x = session.run([outputs, last, before, x])
  np.testing.assert_array_equal(outputs[:, 2], 2 * x[:, 0])
  np.testing.assert_array_equal(outputs[:, :2], 0)
  np.testing.assert_array_equal(last, x[:, 2])
  np.testing.assert_array_equal(before, x[:, 1])


@pytest.mark.slow
@pytest.mark.parametrize("execution, lengths", [
    ("graph", LENGTHS), ("xla", LENGTHS), ("graph", None)])
def test_both_directions(v1, execution, lengths):
  values = np.random.RandomState(0).randn(BATCH, TIME, DEPTH)

  def both(build, **options):
    with v1.Graph().as_default():
      v1.set_random_seed(3)
      x = v1.constant(values)
      forward, backward = cells.LSTMCell(UNITS), cells.DropoutWrapper(
          cells.GRUCell(UNITS), .5, .5, seed=2)
      found = v1.nest.flatten(build(
          forward, backward, x, sequence_length=lengths, dtype=v1.float64,
          **options))
      grads = v1.gradients(
          [v1.reduce_sum(v1.square(leaf)) for leaf in found],
          [x, *v1.trainable_variables()])
      with v1.Session() as session:
        session.run(v1.global_variables_initializer())
        return session.run([*found, *grads])

  plain = both(loops.bidirectional_dynamic_rnn, parallel_iterations=1)
  fast = both(rnn.bidirectional_dynamic_rnn, execution=execution)
  for one, two in zip(plain, fast, strict=True):
    np.testing.assert_allclose(two, one, atol=1e-10)


class Told(cells.RNNCell):
  """A cell with an effect in every step."""

  state_size = output_size = DEPTH

  def call(self, inputs, state):
    from tfcompat_rnn._tf import tf
    new = tf.tanh(inputs + tf.py_func(np.sin, [state], state.dtype))
    new.set_shape(state.shape)
    return new, new


def test_what_cannot_be_compiled_runs_in_the_plain_loop(v1, caplog):
  x = v1.constant(np.random.RandomState(0).randn(BATCH, TIME, DEPTH))
  with caplog.at_level(logging.INFO, logger=LOG):
    outputs, _ = rnn.dynamic_rnn(
        Told(), x, dtype=v1.float64, execution="xla")
  line, = [record.getMessage() for record in caplog.records
           if record.name == LOG]
  assert "runs in the plain loop" in line and "PyFunc" in line
  expected, state = [], np.zeros([BATCH, DEPTH])
  with v1.Session() as session:
    outputs, x = session.run([outputs, x])
  for step in x.swapaxes(0, 1):
    state = np.tanh(step + np.sin(state))
    expected.append(state)
  np.testing.assert_allclose(outputs.swapaxes(0, 1), expected, rtol=1e-12)


class Once(Told):
  """A cell that can be called only once."""

  called = False

  def call(self, inputs, state):
    if self.called:
      raise KeyError("used up")
    self.called = True
    return inputs + state, inputs + state


@pytest.mark.parametrize("cell, steps, reason", [
    (Once, TIME, "called a second time it raises KeyError: 'used up'"),
    (cells.BasicRNNCell, 0, "there is nothing to compute")])
def test_the_plain_loop_has_the_last_word(v1, caplog, cell, steps, reason):
  x = v1.ones([BATCH, steps, DEPTH])
  cell = cell() if cell is Once else cell(DEPTH)
  with caplog.at_level(logging.INFO, logger=LOG):
    outputs, _ = rnn.dynamic_rnn(cell, x, dtype=v1.float32, execution="graph")
  assert outputs.name == "rnn/transpose_1:0"
  line, = [record.getMessage() for record in caplog.records
           if record.name == LOG]
  assert line.endswith(reason)


def test_what_xla_may_not_know_runs_without_it(v1, caplog):
  def make(_):
    return cells.LSTMBlockCell(UNITS)

  with caplog.at_level(logging.INFO, logger=LOG):
    assert_same(v1, "xla", make, 1e-5, dtype="float32")
  line, = [record.getMessage() for record in caplog.records
           if record.name == LOG]
  assert 'execution="graph"' in line and "LSTMBlockCell" in line


def test_another_execution_is_refused(v1):
  with pytest.raises(_errors.ArgumentError, match="`execution` must be one of "
                     "loop, graph, xla, block, cudnn, auto, got 'fast'"):
    rnn.dynamic_rnn(cells.GRUCell(2), v1.zeros([1, 2, 3]), dtype=v1.float32,
                    execution="fast")


@pytest.mark.parametrize("execution", ["graph", "xla"])
def test_gradients_of_gradients_are_refused(v1, execution):
  x = v1.constant(np.ones([BATCH, TIME, DEPTH]))
  outputs, _ = rnn.dynamic_rnn(cells.GRUCell(UNITS), x, dtype=v1.float64,
                               execution=execution)
  grad, = v1.gradients(outputs, x)
  with pytest.raises(_errors.RefusedError, match='`execution` must be "loop"'):
    v1.gradients(grad, x)


@pytest.mark.slow
def test_auto_compiles_what_runs_often(v1, monkeypatch):
  """A session counts the runs of each length by itself."""
  monkeypatch.setattr(functions, "RUNS", 2)
  asked = []
  chosen = functions.chosen

  def told(run, execution):
    function = chosen(run, execution)

    def call(few, *tensors):
      asked.append(few)
      return function(few, *tensors)

    return call

  monkeypatch.setattr(functions, "chosen", told)
  x = v1.placeholder(v1.float64, [None, None, DEPTH])
  plain, _ = loops.dynamic_rnn(cells.GRUCell(UNITS), x, dtype=v1.float64)
  v1.get_variable_scope().reuse_variables()
  outputs, _ = rnn.dynamic_rnn(
      cells.GRUCell(UNITS), x, dtype=v1.float64, execution="auto")
  assert {few.name for few in asked} == {asked[0].name}
  kinds = _compiling(v1.get_default_graph())
  assert kinds == {"plain", "compiled"}
  draw = np.random.RandomState(0).randn
  for _ in range(2):
    with v1.Session() as session:
      session.run(v1.global_variables_initializer())
      found = []
      # 3 and 5 steps run in a loop of 8, 9 steps in one of 16.
      for steps in (3, 5, 9, 5, 9, 9):
        one, two, few = session.run(
            [plain, outputs, asked[0]], {x: draw(BATCH, steps, DEPTH)})
        np.testing.assert_allclose(two, one, rtol=0, atol=1e-12)
        found.append(bool(few))
    assert found == [True, True, True, False, True, False]


def _compiling(graph):
  """Whether functions that XLA has to compile are called, and other ones."""
  found = set()
  for function in graph.as_graph_def().library.function:
    for node in function.node_def:
      if "PartitionedCall" in node.op:
        found.add("compiled" if node.attr["_XlaMustCompile"].b else "plain")
  return found


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("execution, recompute", [
    ("graph", False), ("graph", True), ("auto", False), ("auto", True)])
def test_many_lengths_in_one_session(v1, monkeypatch, execution, recompute):
  """The same numbers for each, and the same draws after rows that end early."""
  monkeypatch.setattr(spans, "_SEGMENT", 4)
  monkeypatch.setattr(functions, "RUNS", 1)
  monkeypatch.setattr(rows, "parts", lambda _: 1)
  x = v1.placeholder(v1.float64, [None, None, DEPTH])
  lengths = v1.placeholder(v1.int32, [None])
  init = v1.random_uniform_initializer(-.5, .5, seed=1)
  results = []
  for build, options in (
      (loops.dynamic_rnn, {"parallel_iterations": 1}),
      (rnn.dynamic_rnn, {"execution": execution, "recompute": recompute})):
    v1.set_random_seed(3)
    with v1.variable_scope("model", initializer=init, reuse=bool(results)):
      found = v1.nest.flatten(build(
          cells.MultiRNNCell([cells.DropoutWrapper(
              cell(UNITS), .7, .5, seed=3)
                              for cell in (cells.LSTMCell, cells.GRUCell)]),
          x, lengths, dtype=v1.float64, **options))
    grads = v1.gradients(
        [v1.reduce_sum(v1.sin(leaf + place))
         for place, leaf in enumerate(found)], [x, *v1.trainable_variables()])
    results.append([*found, *grads])
  random = np.random.RandomState(0)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for steps, most in ((5, 5), (9, 6), (1, 0), (8, 8), (9, 9), (5, 5)):
      plain, fast = session.run(results, {
          x: random.randn(BATCH, steps, DEPTH),
          lengths: random.randint(0, most + 1, BATCH)})
      for one, two in zip(plain, fast, strict=True):
        np.testing.assert_allclose(two, one, rtol=0, atol=1e-10)


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("execution, recompute", [
    ("graph", False), ("graph", True), ("xla", False), ("xla", True),
    ("auto", False)])
def test_several_gradients_also_after_a_session_has_run(
    v1, execution, recompute):
  """As programs with two optimizers take them, or summaries of gradients."""
  x = v1.constant(np.random.RandomState(0).randn(BATCH, TIME, DEPTH))
  plain, _ = loops.dynamic_rnn(
      cells.GRUCell(UNITS), x, LENGTHS, dtype=v1.float64)
  v1.get_variable_scope().reuse_variables()
  fast, _ = rnn.dynamic_rnn(
      cells.GRUCell(UNITS), x, LENGTHS, dtype=v1.float64, execution=execution,
      recompute=recompute)
  sources = [x, *v1.trainable_variables()]
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for function in (v1.identity, v1.sin, v1.cos):
      one, two = session.run([
          [outputs, *v1.gradients(v1.reduce_sum(function(outputs)), sources)]
          for outputs in (plain, fast)])
      for right, got in zip(one, two, strict=True):
        np.testing.assert_allclose(got, right, rtol=0, atol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("inside", ["while", "cond"])
def test_within_the_control_flow_of_a_program(v1, inside):
  """The gradient of a loop that runs several times, or not always."""
  x = v1.constant(np.random.RandomState(0).randn(BATCH, TIME, UNITS))
  results = []
  for build, options in ((loops.dynamic_rnn, {}),
                         (rnn.dynamic_rnn, {"execution": "graph"})):
    cell = cells.GRUCell(UNITS)

    def layer(inputs):
      return build(cell, inputs, dtype=v1.float64, **options)[0]

    with v1.variable_scope("model", reuse=bool(results)):
      layer(x)
      v1.get_variable_scope().reuse_variables()
      if inside == "while":
        _, outputs = v1.while_loop(
            lambda turn, _: turn < 3,
            lambda turn, inputs: (turn + 1, layer(inputs)), (0, x))
      else:
        outputs = v1.cond(v1.reduce_sum(x) > -1e3, lambda: layer(x), lambda: x)
    results.append([outputs, *v1.gradients(
        v1.reduce_sum(v1.sin(outputs)), [x, *v1.trainable_variables()])])
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for right, got in zip(*session.run(results), strict=True):
      np.testing.assert_allclose(got, right, rtol=0, atol=1e-12)


@pytest.mark.spread(fast=2, slow=2)
@pytest.mark.parametrize("execution", [
    "graph", pytest.param("xla", marks=pytest.mark.slow)])
@pytest.mark.parametrize("recompute", [False, True])
def test_no_step_at_all(v1, execution, recompute):
  """The outputs are empty, and the state stays the first one."""
  x = v1.placeholder(v1.float64, [None, None, DEPTH])
  first = v1.placeholder(v1.float64, [None, UNITS])
  cell = cells.DropoutWrapper(cells.GRUCell(UNITS), .5, .5, seed=1)
  outputs, state = rnn.dynamic_rnn(
      cell, x, initial_state=first, execution=execution, recompute=recompute)
  grad, = v1.gradients(v1.reduce_sum(state) + v1.reduce_sum(outputs), first)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    begin = np.random.RandomState(0).randn(BATCH, UNITS)
    outputs, state, grad = session.run(
        [outputs, state, grad],
        {x: np.zeros([BATCH, 0, DEPTH]), first: begin})
  assert outputs.shape == (BATCH, 0, UNITS)
  np.testing.assert_array_equal(state, begin)
  np.testing.assert_array_equal(grad, 1)


class Direction(cells.RNNCell):
  """Its output has no gradient where it is zero, nor a value."""

  state_size = output_size = DEPTH

  def call(self, inputs, state):
    from tfcompat_rnn._tf import tf
    width = tf.get_variable("width", [DEPTH], state.dtype)
    length = tf.sqrt(tf.reduce_sum(tf.square(inputs * width), 1,
                                   keepdims=True))
    new = state + inputs * width / length
    return new / tf.sqrt(tf.reduce_sum(tf.square(new), 1, keepdims=True)), new


@pytest.mark.slow
@pytest.mark.parametrize("recompute", [False, True])
def test_what_is_added_to_a_length_spoils_no_gradient(v1, recompute):
  x = v1.placeholder(v1.float64, [None, None, DEPTH])
  results = []
  for build, options in ((loops.dynamic_rnn, {}), (rnn.dynamic_rnn, {
      "execution": "xla", "recompute": recompute})):
    v1.set_random_seed(3)
    cell = cells.MultiRNNCell([Direction(), Direction()])
    with v1.variable_scope("model", reuse=bool(results)):
      outputs, _ = build(cell, x, dtype=v1.float64, **options)
    results.append([outputs, *v1.gradients(
        v1.reduce_sum(v1.sin(outputs)), [x, *v1.trainable_variables()])])
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    plain, fast = session.run(
        results, {x: np.random.RandomState(0).randn(BATCH, 5, DEPTH)})
  for one, two in zip(plain, fast, strict=True):
    assert np.isfinite(one).all()
    np.testing.assert_allclose(two, one, rtol=0, atol=1e-10)


def test_the_default_execution(v1):
  before = rnn.set_default_execution("graph")
  try:
    assert before == "loop"
    outputs, _ = rnn.dynamic_rnn(
        cells.GRUCell(UNITS), v1.zeros([1, 2, 3]), dtype=v1.float32)
    assert outputs.name.startswith("fast_rnn/")
    with pytest.raises(_errors.ArgumentError, match="`execution` must be one"):
      rnn.set_default_execution("fast")
  finally:
    assert rnn.set_default_execution(before) == "graph"
  outputs, _ = rnn.dynamic_rnn(
      cells.GRUCell(UNITS), v1.zeros([1, 2, 3]), dtype=v1.float32, scope="two")
  assert outputs.name == "two/transpose_1:0"


def test_the_plain_loop_keeps_its_names(v1):
  """A program may fetch tensors of the loop by name."""
  x = v1.constant(np.random.RandomState(0).randn(BATCH, TIME, DEPTH))
  outputs, _ = rnn.dynamic_rnn(cells.GRUCell(UNITS), x, dtype=v1.float64,
                               execution="graph")
  assert outputs.name != "rnn/transpose_1:0"
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    one, two = session.run([outputs, "rnn/transpose_1:0"])
  np.testing.assert_allclose(one, two, rtol=1e-12)


@pytest.mark.slow
@pytest.mark.parametrize("execution", ["graph", "xla"])
def test_an_update_does_not_change_the_gradients_of_its_run(v1, execution):
  """Reference variables are written where others may still read them."""
  x = v1.constant(np.random.RandomState(0).randn(32, 20, 128), v1.float32)
  outputs, _ = rnn.dynamic_rnn(
      cells.MultiRNNCell([cells.LSTMCell(128) for _ in range(3)]), x,
      dtype=v1.float32, execution=execution)
  variables = v1.trainable_variables()
  assert not any(hasattr(variable, "handle") for variable in variables)
  # Not gated, unlike those of an optimizer.
  grads = v1.gradients(v1.reduce_sum(v1.square(outputs)), variables)
  updates = [variable.assign_sub(.01 * grad)
             for variable, grad in zip(variables, grads)]
  start = v1.global_variables_initializer()
  wrong = 0
  config = v1.ConfigProto(
      inter_op_parallelism_threads=16, use_per_session_threads=True)
  with v1.Session(config=config) as session:
    for _ in range(40):
      session.run(start)
      right = session.run(grads)
      got, _ = session.run([grads, updates])
      wrong += any(np.abs(one - two).max() > 1e-4 * np.abs(one).max()
                   for one, two in zip(right, got))
  assert wrong == 0
