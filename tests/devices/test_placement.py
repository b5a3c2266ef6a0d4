"""Every builder under tf.device("/gpu:0"); checks the graph without a GPU."""

import collections
import pathlib
import sys

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.devices import placement
from tfcompat_rnn.devices.placement import bodies
from tfcompat_rnn.devices.placement import kernels

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "state"))
import state_cells  # noqa: E402

pytestmark = pytest.mark.skipif(
    not kernels.has_gpu_kernels(),
    reason="this TensorFlow was built without kernels for GPUs")

ROWS, DEPTH, UNITS = 3, 4, 4
GPU = "/device:GPU:0"
SCALARS = "a loop counter, a size or a condition"


def stack():
  return cells.MultiRNNCell([cells.LSTMCell(UNITS), cells.GRUCell(UNITS)])


def sequence(rows=ROWS):
  return tf.placeholder(tf.float32, [rows, None, DEPTH], "x")


def fed():
  state = tfcompat_rnn.feedable_state(stack(), ROWS, tf.float32)
  return tfcompat_rnn.dynamic_rnn(stack(), sequence(), initial_state=state)


def kept():
  rnn = tfcompat_rnn.stateful_rnn(stack(), sequence(), batch_size=ROWS)
  return rnn.outputs, rnn.keep_state_op, rnn.zero_state_op


def kept_packed():
  state = tfcompat_rnn.PackedStateVariables(
      cells.MultiRNNCell([cells.LSTMCell(UNITS)] * 1), ROWS, tf.float32)
  outputs, last = tfcompat_rnn.dynamic_rnn(
      cells.MultiRNNCell([cells.LSTMCell(UNITS)]), sequence(),
      initial_state=state.initial_state)
  return outputs, state.keep(last)


def kept_at_step_zero():
  step = tf.placeholder_with_default(-1, [])
  state = tfcompat_rnn.StateVariables(stack(), ROWS, tf.float32)
  outputs, last = tfcompat_rnn.dynamic_rnn(
      stack(), sequence(), initial_state=tfcompat_rnn.reset_at_step_zero(
          step, state.initial_state))
  return outputs, state.keep(last)


def masked():
  mask = tf.placeholder(tf.bool, [ROWS, None])
  return tfcompat_rnn.stateful_rnn(
      stack(), sequence(), batch_size=ROWS, reset_mask=mask).outputs,


def modelled():
  first, second = cells.LSTMCell(UNITS), cells.GRUCell(UNITS)

  def step(inputs, states):
    low, state = first(inputs, states[0])
    high, other = second(low, states[1])
    gate = tf.sigmoid(tf.reduce_sum(high, 1, keepdims=True))
    return high + low, (state, other * gate)

  return tfcompat_rnn.model_rnn(step, sequence(), states=(
      first.zero_state(ROWS, tf.float32), second.zero_state(ROWS, tf.float32)))


def modelled_masked():
  return tfcompat_rnn.model_rnn(
      stack(), sequence(), reset_mask=tf.placeholder(tf.bool, [ROWS, None]),
      sequence_length=tf.placeholder(tf.int32, [ROWS]))


def self_fed():
  return tfcompat_rnn.self_feeding_rnn(
      stack(), tf.placeholder(tf.float32, [ROWS, DEPTH]), steps=6).outputs,


def both_ways():
  return tf.nn.bidirectional_dynamic_rnn(
      cells.LSTMCell(UNITS), cells.GRUCell(UNITS), sequence(),
      dtype=tf.float32)


def any_rows():
  return tfcompat_rnn.dynamic_rnn(stack(), sequence(None), dtype=tf.float32)


def ragged():
  return tfcompat_rnn.dynamic_rnn(
      stack(), sequence(), tf.placeholder(tf.int32, [ROWS]), dtype=tf.float32)


def dropped():
  return tfcompat_rnn.dynamic_rnn(
      cells.DropoutWrapper(stack(), 0.5, 0.5, 0.5), sequence(),
      dtype=tf.float32)


# builder -> what is copied at each step, except scalars and shapes: masks of
# lengths and, under control flow v1, the conditions of tf.where.
BUILDERS = {
    any_rows: (), both_ways: (), dropped: ("[3, 4]",), fed: (), kept: (),
    kept_at_step_zero: (), kept_packed: (), masked: ("[3]",),
    modelled: (), modelled_masked: ("[3]",), ragged: ("[3]",), self_fed: ()}
# Of the others, 1.x alone runs with the fast tests.
FAST_IN_2_X = (any_rows, kept, modelled, self_fed)


def trained(result):
  """Adds a training op for the result of a builder."""
  leaves = [leaf for leaf in tf.nest.flatten(result)
            if tf.is_tensor(leaf) and leaf.dtype.is_floating]
  loss = tf.add_n([tf.reduce_sum(leaf) for leaf in leaves])
  return tf.train.AdamOptimizer().minimize(loss)


@pytest.mark.spread(fast=3, slow=2)
@pytest.mark.parametrize("either, build", [
    pytest.param(behavior, build, id=f"{behavior}-{build.__name__}", marks=(
        () if behavior == "1.x" or build in FAST_IN_2_X else pytest.mark.slow))
    for behavior in ("1.x", "2.x") for build in BUILDERS], indirect=["either"])
def test_everything_is_on_the_device(either, build):
  with either.device("/gpu:0"):
    trained(build())
  report = placement.placement_report()
  assert report.passed, str(report)
  assert report.device == GPU
  floats = [row for row in report.operations if row.in_loop and row.floating]
  assert len(floats) > 20 and {row.device for row in floats} == {GPU}
  # Nothing of the loop runs on the host.
  assert not [row for row in report.without_kernel if row.in_loop], str(report)
  rows = [copy for copy in report.copies if copy.reason != SCALARS]
  assert {copy.dtype for copy in rows} <= {"bool"}
  assert {str(list(copy.shape)) for copy in rows} <= set(BUILDERS[build]), (
      str(report))


@pytest.mark.parametrize("build", [kept, kept_at_step_zero, kept_packed],
                         ids=lambda build: build.__name__)
def test_state_variables_lie_beside_the_loop(either, build):
  with either.device("/gpu:0"):
    result = build()
  states = [variable for variable in either.global_variables()
            if variable not in either.trainable_variables()]
  assert states
  graph = either.get_default_graph()
  for variable in states:
    assert variable.device == GPU, variable
  assigns = [operation for operation in graph.get_operations()
             if operation.type in ("Assign", "AssignVariableOp")]
  assert len(assigns) >= 2 * len(states), "initial values and new ones"
  for operation in assigns:
    assert operation.device == GPU, operation.name
    assert kernels.find_kernel(operation) is not None, operation.name
  copies = [operation for operation in graph.get_operations()
            if operation.type == "DeepCopy"]
  assert all(operation.device == GPU for operation in copies)
  del result


@pytest.mark.spread(slow=2)
@pytest.mark.parametrize("name", state_cells.some_fast(
    state_cells.KINDS, ("LSTMCell", "LSTMBlockCell")))
def test_every_cell(v1, name):
  kind = state_cells.KINDS[name]
  with v1.device("/gpu:0"):
    data = state_cells.draw_inputs(name, ROWS, 5, "float32")
    x = v1.placeholder(
        v1.int32 if kind.ids else v1.float32, data.shape, "x")
    trained(tfcompat_rnn.dynamic_rnn(
        kind.make(cells, v1, v1.float32), x, dtype=v1.float32))
  report = placement.placement_report()
  assert not report.unexplained, str(report)
  # These two choose their own devices.
  pinned = {"/device:CPU:0"} if name in (
      "DeviceWrapper", "EmbeddingWrapper") else set()
  assert {row.device for row in report.elsewhere} == pinned, str(report)
  # IDs are in an int32 array, which is on the host.
  kernelless = {row.type for row in report.without_kernel if row.in_loop}
  assert kernelless == ({"TensorArrayReadV3"} if kind.ids else set())
  assert all(copy.dtype in ("bool", "int32") or copy.shape == ()
             for copy in report.copies), str(report)


def test_a_layer_a_device(either):
  layers = [cells.DeviceWrapper(cells.LSTMCell(UNITS), f"/gpu:{number}")
            for number in range(2)]
  tfcompat_rnn.dynamic_rnn(
      cells.MultiRNNCell(layers), sequence(), dtype=either.float32)
  devices = collections.Counter()
  for operation, in_loop, _ in bodies.operations_of(either.get_default_graph()):
    if in_loop and operation.type == "MatMul":
      devices[operation.device] += 1
  assert devices == {"/device:GPU:0": 1, "/device:GPU:1": 1}
  names = {variable.op.name: variable.device
           for variable in either.trainable_variables()}
  assert names == {
      f"rnn/multi_rnn_cell/cell_{number}/lstm_cell/{part}":
          f"/device:GPU:{number}"
      for number in range(2) for part in ("kernel", "bias")}


@pytest.mark.parametrize("swap", [True, False])
def test_swap_memory_puts_the_stacks_on_the_host(v1, swap):
  with v1.device("/gpu:0"):
    outputs, _ = tfcompat_rnn.dynamic_rnn(
        cells.LSTMCell(UNITS), sequence(), dtype=v1.float32,
        swap_memory=swap)
    v1.gradients(outputs, v1.trainable_variables())
  pushes = [operation for operation in v1.get_default_graph().get_operations()
            if operation.type == "StackPushV2"]
  assert pushes
  assert {push.get_attr("swap_memory") for push in pushes} == {swap}


class TestReport:
  """The report detects what is wrong."""

  def test_a_float_on_the_host(self, v1):
    with v1.device("/gpu:0"):

      def step(inputs, states):
        with v1.device("/cpu:0"):
          return v1.tanh(inputs + states, name="strayed"), inputs

      tfcompat_rnn.model_rnn(step, sequence(),
                             states=v1.zeros([ROWS, DEPTH]))
    report = placement.placement_report()
    assert not report.passed
    assert {row.device for row in report.elsewhere} == {"/device:CPU:0"}
    assert "strayed" in str(report) and "Tanh on /device:CPU:0" in str(report)

  def test_no_device_is_not_the_device(self, v1):
    trained(any_rows())
    report = placement.placement_report()
    assert report.elsewhere and not report.passed
    assert "on no device" in str(report)

  def test_an_operation_without_a_kernel(self, v1):
    with v1.device("/gpu:0"):

      def step(inputs, states):
        told = v1.py_func(np.tanh, [inputs], v1.float32, name="told")
        told.set_shape(inputs.shape)
        return told + states, inputs

      tfcompat_rnn.model_rnn(step, sequence(),
                             states=v1.zeros([ROWS, DEPTH]))
    report = placement.placement_report()
    told = [row for row in report.operations if row.name.endswith("told")]
    assert [row.kernel for row in told] == [None]
    assert told[0] in report.unexplained and not report.passed
    floats = [copy for copy in report.copies if copy.dtype == "float32"]
    assert {copy.to_device for copy in floats} == {True, False}
    assert "no reason known" in str(report)

  def test_outside_the_loop_is_not_counted(self, v1):
    with v1.device("/gpu:0"):
      tfcompat_rnn.dynamic_rnn(
          cells.GRUCell(UNITS), sequence(), dtype=v1.float32)
    with v1.device("/cpu:0"):
      v1.tanh(v1.zeros([2]), name="outside")
    assert placement.placement_report().passed

  def test_nested_loops_and_their_ends(self, v1):
    def outer(i, total):
      inner = v1.while_loop(lambda j, _: j < 2, lambda j, sum_: (
          j + 1, v1.add(sum_, 1.0, name="inner")), (0, total))
      return i + 1, v1.add(inner[1], 2.0, name="outer")

    result = v1.while_loop(lambda i, _: i < 3, outer, (0, 0.0))[1]
    v1.negative(result, name="behind")
    within = {operation.name.split("/")[-1]: in_loop for operation, in_loop, _
              in bodies.operations_of(v1.get_default_graph())}
    assert within["inner"] and within["outer"] and not within["behind"]

  def test_restoring_has_its_reason(self, v1):
    with v1.device("/gpu:0"):
      any_rows()
      v1.train.Saver()
    report = placement.placement_report()
    assert report.passed, str(report)
    assert {row.type for row in report.without_kernel} >= {
        "SaveV2", "RestoreV2"}

  @pytest.mark.parametrize("device", ["/cpu:0", "gpu 0", "", None, 3])
  def test_bad_device(self, v1, device):
    with pytest.raises(ValueError, match="`device` must name a GPU"):
      placement.placement_report(device=device)

  def test_bad_graph(self, v1):
    with pytest.raises(_errors.ArgumentTypeError, match="`graph` must be"):
      placement.placement_report(v1.zeros([1]))

  def test_no_kernels_at_all(self, v1, monkeypatch):
    monkeypatch.setattr(kernels, "has_gpu_kernels", lambda: False)
    with pytest.raises(ValueError, match="without kernels for GPUs"):
      placement.placement_report()


def test_kernels_by_type(v1):
  a, b = v1.zeros([2, 2]), v1.zeros([2, 2], v1.int32)
  assert kernels.find_kernel(v1.matmul(a, a).op).device_type == "GPU"
  assert kernels.find_kernel(v1.as_string(a).op) is None
  # int32 is added in host memory.
  added = (b + b).op
  kernel = kernels.find_kernel(added)
  assert kernels.host_inputs(added, kernel) == [True, True]
  assert kernels.host_outputs(added, kernel) == [True]
  floats = (a + a).op
  assert kernels.host_inputs(floats, kernels.find_kernel(floats)) == [
      False, False]
