"""`execution="block"`: the plain loop's numbers from the LSTM's kernel."""

import logging

import numpy as np
import pytest

import tfcompat_rnn
from tests.fused import test_executions as executions
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import rnn

TIME, BATCH, DEPTH, UNITS = (
    executions.TIME, executions.BATCH, executions.DEPTH, executions.UNITS)
LENGTHS = executions.LENGTHS
LOG = executions.LOG

# name -> cell, given the dtype
CELLS = {
    "BasicLSTM": lambda _: cells.BasicLSTMCell(UNITS, forget_bias=.3),
    "LSTM": lambda _: cells.LSTMCell(UNITS, num_unit_shards=2),
    "peepholes": lambda _: cells.LSTMCell(
        UNITS, use_peepholes=True, forget_bias=2.,
        activation=lambda x: tf.tanh(x)),
    "block cell": lambda _: cells.LSTMBlockCell(
        UNITS, use_peephole=True, cell_clip=.2),
    "compatible cell": lambda _: cells.CudnnCompatibleLSTMCell(UNITS),
    "layers": lambda _: cells.MultiRNNCell([
        cells.DropoutWrapper(
            cells.LSTMCell(UNITS), input_keep_prob=.7, output_keep_prob=.5,
            seed=3),
        cells.ResidualWrapper(cells.DeviceWrapper(
            cells.BasicLSTMCell(UNITS), "/cpu:0")),
        cells.DropoutWrapper(
            cells.LSTMCell(5), output_keep_prob=.8,
            variational_recurrent=True, input_size=UNITS,
            dtype=tf.float32)]),
    "projections": lambda _: cells.OutputProjectionWrapper(
        cells.InputProjectionWrapper(cells.LSTMCell(UNITS), 5), 2),
}
QUICK = {"peepholes"}


@pytest.fixture
def same(v1, caplog):
  """Checks that a network has the plain loop's numbers and is a kernel."""
  caplog.set_level(logging.INFO, logger=LOG)

  def check(make, tolerance=2e-5, dtype="float32", **options):
    executions.assert_same(v1, "block", make, tolerance, dtype=dtype, **options)
    assert not caplog.messages

  return check


def kernels(graph):
  return [operation.name for operation in graph.get_operations()
          if operation.type == "BlockLSTM"]


@pytest.mark.parametrize("name", [
    name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
    for name in CELLS])
def test_same_numbers(same, name):
  """An unknown batch, and rows that end early or at once."""
  same(CELLS[name],
                         lengths=LENGTHS, known=False)


@pytest.mark.slow
@pytest.mark.parametrize("either", ["2.x"], indirect=True)
def test_control_flow_of_2_x(either, caplog):
  """Dropout draws the same numbers there, too."""
  with caplog.at_level(logging.INFO, logger=LOG):
    executions.assert_same(either, "block", CELLS["layers"], 2e-5,
                           dtype="float32", lengths=LENGTHS)
  assert not caplog.messages


@pytest.mark.slow
@pytest.mark.parametrize("name", ["peepholes", "layers"])
def test_known_sizes_and_a_given_state(same, name):
  same(CELLS[name],
                         time_major=True, initial=True)


def test_no_row_has_a_step(same):
  same(CELLS["LSTM"],
                         lengths=[0] * BATCH, initial=True)


@pytest.mark.slow
def test_float16(same):
  same(CELLS["peepholes"], 1e-2,
                         dtype="float16", lengths=LENGTHS)


class Taps(cells.RNNCell):
  """An LSTM; its output has both of its states, before and after the step."""

  def __init__(self):
    super().__init__()
    self.lstm = cells.LSTMCell(UNITS)

  state_size = property(lambda self: self.lstm.state_size)
  output_size = 4 * UNITS

  def call(self, inputs, state):
    _, new = self.lstm(inputs, tuple(state))
    return tf.concat([*state, new.c, new.h], 1), new


@pytest.mark.parametrize("lengths", [
    LENGTHS, pytest.param(None, marks=pytest.mark.slow)], ids=str)
def test_the_states_of_all_steps(same, lengths):
  same(lambda _: Taps(),
                         lengths=lengths, initial=True)


def test_one_kernel_for_each_layer(v1):
  x = v1.zeros([BATCH, TIME, DEPTH])
  outputs, _ = rnn.dynamic_rnn(
      CELLS["layers"](None), x, dtype=v1.float32, execution="block")
  assert len(kernels(outputs.graph)) == 3
  made = [operation for operation in outputs.graph.get_operations()
          if operation.name.startswith("fast_rnn/")]
  assert not [operation for operation in made if "Call" in operation.type]
  assert not [operation for operation in made if operation.type == "Sigmoid"]


@pytest.mark.slow
def test_both_directions_and_the_other_loops(v1):
  x = v1.constant(np.random.RandomState(0).randn(BATCH, TIME, DEPTH), "float32")
  steps = v1.unstack(x, axis=1)

  def model():
    cell = cells.LSTMCell(UNITS)

    def step(inputs, states):
      output, states = cell(inputs, states)
      head = v1.get_variable("head", [UNITS, 3])
      return v1.matmul(output, head), states

    return step

  first = cells.LSTMStateTuple(*(v1.ones([BATCH, UNITS]),) * 2)
  makers = {
      "both": lambda run, **options: run.bidirectional_dynamic_rnn(
          cells.LSTMCell(UNITS), cells.BasicLSTMCell(UNITS), x, LENGTHS,
          dtype=v1.float32, scope="both", **options),
      "static": lambda run, **options: run.static_rnn(
          cells.LSTMCell(UNITS), steps, dtype=v1.float32,
          sequence_length=LENGTHS, scope="static", **options),
      "model": lambda run, **options: run.model_rnn(
          model(), x, first, LENGTHS, scope="model", **options),
  }
  pairs = []
  for make in makers.values():
    plain = make(loops)
    found = len(kernels(x.graph))
    with v1.variable_scope("", reuse=True):
      pairs.append((plain, make(fused, execution="block")))
    assert len(kernels(x.graph)) > found
  pairs = [[v1.nest.flatten(results) for results in pair] for pair in pairs]
  grads = [[v1.gradients([v1.reduce_sum(v1.square(leaf)) for leaf in leaves], x)
            for leaves in pair] for pair in pairs]
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for one, two in session.run([*pairs, *grads]):
      for plain, fast in zip(one, two, strict=True):
        np.testing.assert_allclose(fast, plain, atol=1e-5)


def test_state_that_is_kept(v1):
  x = v1.constant(np.random.RandomState(0).randn(2, TIME, DEPTH), "float32")
  results = [tfcompat_rnn.stateful_rnn(
      cells.LSTMCell(UNITS), x, batch_size=2, scope="rnn", name=execution,
      execution=execution) for execution in ("loop",)]
  with v1.variable_scope("", reuse=True):
    results.append(tfcompat_rnn.stateful_rnn(
        cells.LSTMCell(UNITS), x, batch_size=2, scope="rnn", name="block",
        execution="block"))
  assert kernels(x.graph)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for _ in range(2):
      plain, fast = session.run([results[0].outputs, results[1].outputs])
      np.testing.assert_allclose(fast, plain, atol=1e-5)
      session.run([results[0].keep_state_op, results[1].keep_state_op])


class Forgetful(Taps):
  """It changes the state before the LSTM reads it."""

  output_size = UNITS

  def call(self, inputs, state):
    c, h = state
    return self.lstm(inputs, cells.LSTMStateTuple(.5 * c, h))


class Twice(Forgetful):
  """It calls the LSTM twice, for its output and for its state."""

  def call(self, inputs, state):
    return self.lstm(2. * inputs, state)[0], self.lstm(inputs, state)[1]


class Keeps(Forgetful):
  """It keeps the h that it was given."""

  def call(self, inputs, state):
    output, new = self.lstm(inputs, state)
    return output, cells.LSTMStateTuple(new.c, state.h)


class Still(Forgetful):
  """Its LSTM has the same input in every step."""

  def call(self, inputs, state):
    return self.lstm(tf.ones([BATCH, 2]), state)


class Own(cells.LSTMCell):
  """An LSTM with a step of its own."""

  def call(self, inputs, state):
    return super().call(2. * inputs, state)


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("make, reason", [
    (lambda: cells.LSTMCell(UNITS, num_proj=3), "it has a projection"),
    (lambda: cells.LSTMCell(UNITS, cell_clip=1.),
     "lets gradients through where cell_clip clips"),
    (lambda: cells.LSTMCell(UNITS, activation=lambda x: tf.tanh(2. * x)),
     "its activation is not tanh"),
    (lambda: cells.LSTMCell(UNITS, forget_bias=tf.constant(1.)),
     "its forget bias is not a number"),
    (lambda: cells.BasicLSTMCell(UNITS, state_is_tuple=False),
     "its state is one tensor"),
    (lambda: cells.GRUCell(UNITS), "of the GRU computes a single step"),
    (lambda: cells.GRUBlockCellV2(UNITS), "of the GRU computes a single step"),
    (lambda: cells.BasicRNNCell(UNITS), "block kernel is that of the LSTM"),
    (lambda: cells.NASCell(UNITS), "computed by another layer"),
    (lambda: Own(UNITS), "computed by another layer"),
    (Forgetful, "is changed between two steps"),
    (Twice, "is not a loop of its own"),
    (Keeps, "it keeps a part of a layer's state"),
    (Still, "its input is the same in every step"),
    (lambda: cells.DropoutWrapper(
        cells.LSTMCell(UNITS), state_keep_prob=.5, seed=1),
     "its state is also computed by")])
def test_what_the_kernel_does_not_compute(v1, caplog, make, reason):
  with caplog.at_level(logging.INFO, logger=LOG):
    outputs, _ = rnn.dynamic_rnn(
        make(), v1.zeros([BATCH, TIME, DEPTH]), dtype=v1.float32,
        execution="block")
  assert outputs.name == "rnn/transpose_1:0"
  line, = [record.getMessage() for record in caplog.records
           if record.name == LOG]
  assert "runs in the plain loop" in line and reason in line


def test_other_dtypes(v1, caplog):
  with caplog.at_level(logging.INFO, logger=LOG):
    rnn.dynamic_rnn(
        cells.LSTMCell(UNITS), v1.zeros([BATCH, TIME, DEPTH], v1.float64),
        dtype=v1.float64, execution="block")
  assert "TensorFlow's block kernel has no form for float64" in caplog.text


@pytest.mark.parametrize("execution", ["graph", "block"])
def test_the_losses_of_a_layer_are_kept_once(v1, execution):
  """The step is built a second time, in a graph of its own."""
  x = v1.zeros([BATCH, TIME, DEPTH])
  cell = cells.LSTMCell(
      UNITS, activity_regularizer=lambda x: v1.reduce_sum(v1.square(x)))
  rnn.dynamic_rnn(cell, x, dtype=v1.float32, execution=execution)
  assert len(cell.losses) == 3  # of the output, c and h
  assert all(loss.graph is x.graph for loss in cell.losses)


def test_gradients_of_gradients_are_refused(v1):
  x = v1.ones([BATCH, TIME, DEPTH])
  outputs, _ = rnn.dynamic_rnn(
      cells.LSTMCell(UNITS), x, dtype=v1.float32, execution="block")
  grad, = v1.gradients(outputs, x)
  with pytest.raises(_errors.RefusedError, match='`execution` must be "loop"'):
    v1.gradients(grad, x)
