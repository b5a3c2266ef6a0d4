"""`execution="cudnn"`: cuDNN's graph over the variables of ordinary cells.

Without a GPU the graph is built, and its numbers are tested with the kernel
replaced by the portable one, on the vector that cuDNN would get.
"""

import logging

import numpy as np
import pytest

from tests.fused import test_executions as executions
from tests.fused.test_cudnn_choice import a_gpu
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused import converters
from tfcompat_rnn.fused import cudnn_ops
from tfcompat_rnn.fused import network as networks
from tfcompat_rnn.fused.recurrence import rnn

TIME, BATCH, DEPTH, UNITS = (
    executions.TIME, executions.BATCH, executions.DEPTH, executions.UNITS)
LENGTHS = executions.LENGTHS
LOG = executions.LOG

# name -> cell, given the dtype
CELLS = {
    "LSTM": lambda _: cells.LSTMCell(UNITS, forget_bias=.3, num_unit_shards=2),
    "compatible GRU": lambda _: cells.CudnnCompatibleGRUCell(UNITS),
    "RNN": lambda _: cells.BasicRNNCell(UNITS),
    "layers": lambda _: cells.MultiRNNCell([
        cells.DropoutWrapper(
            cells.BasicLSTMCell(UNITS), input_keep_prob=.7,
            output_keep_prob=.5, seed=3),
        cells.ResidualWrapper(cells.BasicRNNCell(UNITS, activation="relu"))]),
}
QUICK = {"compatible GRU"}


@pytest.fixture
def asked(monkeypatch):
  """cuDNN is asked for; the calls and parameters that its kernel gets."""
  real, found = cudnn_ops.run_network, []

  def run(network, call, inputs, h, c, params=None, parameters=None):
    assert call.on_gpu and params is None
    found.append((network, call, parameters))
    portable = cudnn_ops.Call(
        call.is_training, call.sequence_lengths, on_gpu=False)
    return real(network, portable, inputs, h, c,
                cudnn_ops.opaque_of(network, parameters))

  monkeypatch.setattr(cudnn_ops, "run_network", run)
  with fused.cudnn_options(kernels="cudnn"):
    yield found


@pytest.mark.parametrize("name", [
    name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
    for name in CELLS])
def test_same_numbers(v1, asked, caplog, name):
  """An unknown batch, and rows that end early or at once."""
  with caplog.at_level(logging.INFO, logger=LOG):
    executions.assert_same(
        v1, "cudnn", CELLS[name], lengths=LENGTHS, known=False)
  assert asked and not caplog.messages


@pytest.mark.parametrize("name", [
    "compatible GRU", pytest.param("layers", marks=pytest.mark.slow)])
def test_known_sizes_and_a_given_state(v1, asked, name):
  executions.assert_same(
      v1, "cudnn", CELLS[name], time_major=True, initial=True)
  assert [call.sequence_lengths for _, call, _ in asked] == [None] * (
      1 + (name == "layers"))


def test_both_directions(v1, asked):
  x = v1.constant(np.random.RandomState(0).randn(BATCH, TIME, DEPTH))
  forward, backward = cells.LSTMCell(UNITS), cells.BasicRNNCell(3)
  plain = loops.bidirectional_dynamic_rnn(
      forward, backward, x, LENGTHS, dtype=v1.float64)
  with v1.variable_scope("", reuse=True):
    fast = fused.bidirectional_dynamic_rnn(
        forward, backward, x, LENGTHS, dtype=v1.float64, execution="cudnn")
  assert len(asked) == 2
  pair = [v1.nest.flatten(results) for results in (plain, fast)]
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for one, two in zip(*session.run(pair), strict=True):
      np.testing.assert_allclose(two, one, atol=1e-12)


@pytest.mark.parametrize("name", CELLS)
def test_weights_there_and_back(v1, asked, name):
  """The kernel's vector, as the cells' variables again."""
  x = v1.ones([BATCH, TIME, DEPTH])
  rnn.dynamic_rnn(CELLS[name](None), x, dtype=v1.float32, execution="cudnn")
  back = []
  for network, _, parameters in asked:
    vector = cudnn_ops.opaque_of(network, parameters)
    assert vector.shape.as_list() == [network.params_size()]
    weights, biases = converters.converter_of(network).to_cells(
        *networks.cut(network, vector))
    back += [*weights, *biases]
  kept = [one for _, _, (parameters,) in asked for one in parameters]
  variables = [v1.convert_to_tensor(one) for one in v1.trainable_variables()]
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    back, kept, variables = session.run([back, kept, variables])
  for one, two in zip(back, kept, strict=True):
    np.testing.assert_array_equal(one, two)
  if name == "LSTM":
    np.testing.assert_array_equal(np.concatenate(variables[:2]), kept[0])
    forget = np.repeat([0, 0, np.float32(.3), 0], UNITS)
    np.testing.assert_array_equal(variables[2] + forget, kept[1])


@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=str)
def test_the_graph_on_a_gpu(v1, lengths):
  x = v1.ones([BATCH, TIME, DEPTH])
  with fused.cudnn_options(kernels="cudnn"):
    outputs, state = rnn.dynamic_rnn(
        CELLS["layers"](None), x, lengths, dtype=v1.float32,
        execution="cudnn")
  grads = v1.gradients([outputs, *v1.nest.flatten(state)],
                       [x, *v1.trainable_variables()])
  assert None not in grads
  made = [operation for operation in x.graph.get_operations()
          if operation.type.startswith("CudnnRNN")]
  kind = "CudnnRNN" if lengths is None else "CudnnRNNV3"
  back = kind.replace("RNN", "RNNBackprop", 1)
  assert [operation.type for operation in made] == [kind, kind, back, back]
  assert [operation.get_attr("rnn_mode") for operation in made[:2]] == [
      b"lstm", b"rnn_relu"]
  assert all(operation.get_attr("is_training") for operation in made[:2])
  if lengths is not None:
    # cuDNN refuses rows without any step.
    config = v1.ConfigProto(
        graph_options=v1.GraphOptions(place_pruned_graph=True))
    with v1.Session(config=config) as session:
      assert session.run(made[0].inputs[4]).tolist() == [5, 2, 1]
  with pytest.raises(_errors.RefusedError, match='`execution` must be "loop"'):
    v1.gradients(grads[0], x)


class Taps(cells.RNNCell):
  """An LSTM whose output is its memory."""

  def __init__(self):
    super().__init__()
    self.lstm = cells.LSTMCell(UNITS)

  state_size = property(lambda self: self.lstm.state_size)
  output_size = UNITS

  def call(self, inputs, state):
    _, new = self.lstm(inputs, state)
    return new.c, new


@pytest.mark.parametrize("make, reason", [
    (lambda: cells.LSTMCell(UNITS, use_peepholes=True), "has no peepholes"),
    (lambda: cells.LSTMBlockCell(UNITS, cell_clip=1.), "has no cell_clip"),
    (lambda: cells.LSTMCell(UNITS, num_proj=3), "it has a projection"),
    (lambda: cells.GRUCell(UNITS), "applies the reset gate after the product"),
    (lambda: cells.BasicRNNCell(UNITS, activation=tf.sigmoid),
     "its activation is not tanh or relu"),
    (Taps, "cuDNN does not tell the c of every step")])
def test_what_cudnn_does_not_compute(v1, caplog, make, reason):
  with caplog.at_level(logging.INFO, logger=LOG):
    with fused.cudnn_options(kernels="cudnn"):
      outputs, _ = rnn.dynamic_rnn(
          make(), v1.zeros([BATCH, TIME, DEPTH]), dtype=v1.float32,
          execution="cudnn")
  assert outputs.name == "rnn/transpose_1:0"
  line, = [record.getMessage() for record in caplog.records
           if record.name == LOG]
  assert "runs in the plain loop" in line and reason in line


@pytest.mark.parametrize("seen, kernels, reason", [
    (False, None, "TensorFlow sees no GPU"),
    (True, "portable", "cudnn_options chooses the portable kernels")])
def test_without_cudnn(v1, caplog, monkeypatch, seen, kernels, reason):
  a_gpu(monkeypatch, seen)
  with caplog.at_level(logging.INFO, logger=LOG):
    with fused.cudnn_options(kernels=kernels):
      outputs, _ = rnn.dynamic_rnn(
          cells.LSTMCell(UNITS), v1.zeros([BATCH, TIME, DEPTH]),
          dtype=v1.float32, execution="cudnn")
  assert outputs.name == "rnn/transpose_1:0"
  assert reason in caplog.text


@pytest.mark.gpu
@pytest.mark.parametrize("lengths", [None, LENGTHS], ids=str)
@pytest.mark.parametrize("dtype, tolerance", [
    ("float64", 1e-9), ("float32", 2e-3)])  # products may be in TF32
@pytest.mark.parametrize("name", CELLS)
def test_same_numbers_on_a_gpu(v1, caplog, name, dtype, tolerance, lengths):
  with caplog.at_level(logging.INFO, logger=LOG):
    executions.assert_same(v1, "cudnn", CELLS[name], tolerance, dtype=dtype,
                           lengths=lengths, initial=True)
  assert not caplog.messages
