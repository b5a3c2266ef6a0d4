"""`RNNCell` as a base class: attributes, snapshots, other ways to execute."""

import copy
import textwrap

import numpy as np
import pytest

from tfcompat_rnn import _snapshot
from tfcompat_rnn import cells


def snapshots(tf):
  return [op.name for op in tf.get_default_graph().get_operations()
          if op.type == "DeepCopy"]


class Bare(cells.RNNCell):
  """Never calls `super().__init__()`."""

  def __init__(self):
    self.calls = 0

  state_size = output_size = 2

  def call(self, inputs, state):
    self.calls += 1
    return state, state + inputs


def test_every_attribute_is_there_without_init(v1):
  cell = Bare()
  assert cell.weights == [] == cell.losses == cell.updates
  assert (cell.built, cell.trainable, cell.dtype) == (False, True, None)
  assert cell.name == "bare_1"
  with pytest.raises(ValueError, match="first call"):
    cell.scope_name
  _, state = cell(v1.ones([1, 2]), cell.zero_state(1, v1.float32))
  assert (cell.calls, cell.built, cell.dtype) == (1, True, "float32")
  assert cell.scope_name == "bare"
  with v1.Session() as session:
    assert session.run(state).tolist() == [[1.0, 1.0]]


def test_lists_are_not_shared_between_cells(v1):
  first, second = Bare(), Bare()
  first._trainable_weights.append("w")
  first.add_loss(v1.constant(1.0))
  assert second._trainable_weights == [] and second.losses == []


def test_a_plain_attribute_may_have_any_name(v1):
  """1.15's cells did not track their attributes."""
  cell = Bare()
  cell.inner = cells.GRUCell(3)
  cell.table = {"a": v1.get_variable("w", [1])}
  assert cell.weights == []


def test_deepcopy_without_init(v1):
  cell = Bare()
  cell.calls = 5
  twin = copy.deepcopy(cell)
  assert twin.calls == 5 and twin is not cell


def test_deepcopy_after_the_first_call_says_why(v1):
  cell = cells.GRUCell(2)
  cell(v1.ones([1, 2]), cell.zero_state(1, v1.float32))
  with pytest.raises(TypeError, match="copied before its first call"):
    copy.deepcopy(cell)


@pytest.mark.parametrize("make", [
    lambda: cells.BasicLSTMCell(2), lambda: cells.LSTMCell(2),
    lambda: cells.MultiRNNCell([cells.BasicLSTMCell(2)]), ])
def test_state_read_from_reference_variables_is_copied(v1, make):
  cell = make()
  state = v1.nest.map_structure(
      lambda size: v1.Variable(np.zeros([1, size], np.float32)),
      cell.state_size)
  cell(v1.ones([1, 2]), state)
  assert len(snapshots(v1)) == 2  # c and h, once each


def test_no_copy_of_computed_state_or_when_switched_off(v1):
  cell = cells.GRUCell(2)
  cell(v1.ones([1, 2]), cell.zero_state(1, v1.float32))
  state = v1.Variable(np.zeros([1, 2], np.float32))
  before = _snapshot.set_enabled(False)
  try:
    cell(v1.ones([1, 2]), state)
  finally:
    _snapshot.set_enabled(before)
  assert snapshots(v1) == []
  cell(v1.ones([1, 2]), state)
  assert len(snapshots(v1)) == 1


def test_keep_state_gradients_are_right(v1):
  """The final state is assigned in the same run as the gradients.

  With all weights 1 and input 0, the state is tanh(h0) and its derivative by
  the bias is 1 - tanh(h0)^2, where h0 is the value before the assign.
  """
  cell = cells.BasicRNNCell(1)
  kept = v1.Variable([[0.5]], trainable=False)
  _, state = cell(v1.zeros([1, 1]), kept)
  bias = cell.weights[1]
  gradient, = v1.gradients(state, [bias])
  assign = kept.assign(state)
  with v1.Session() as session:
    for _ in range(50):
      kept.load([[0.5]], session)
      cell.weights[0].load([[1.0], [1.0]], session)
      bias.load([0.0], session)
      got, _ = session.run([gradient, assign])
      assert got[0] == pytest.approx(1.0 - np.tanh(0.5) ** 2, rel=1e-6)


def test_zero_state_of_a_nest(v1):
  class Nested(cells.RNNCell):
    state_size = (1, {"b": v1.TensorShape([2, 3]), "a": 4})
    output_size = 1

  rows = v1.placeholder(v1.int32, [])
  state = Nested().zero_state(rows, v1.float64)
  with v1.Session() as session:
    one, table = session.run(state, {rows: 5})
  assert one.shape == (5, 1) and one.dtype == np.float64
  assert table["a"].shape == (5, 4) and table["b"].shape == (5, 2, 3)
  assert not one.any() and not table["b"].any()


def test_training_argument_is_dropped_or_passed(v1):
  class Trains(cells.LayerRNNCell):
    state_size = output_size = 1

    def call(self, inputs, state, training=False):
      return inputs + float(training), state

  x, zero = v1.zeros([1, 1]), v1.zeros([1, 1])
  output, _ = Trains()(x, zero, training=True)
  gru = cells.GRUCell(1)
  gru(x, zero, training=True)
  with v1.Session() as session:
    assert session.run(output).tolist() == [[1.0]]


def run_python(forked, text):
  done = forked.run(["-c", textwrap.dedent(text)])
  assert done.returncode == 0, done.stderr[-3000:]
  return done.stdout.split()


@pytest.mark.slow
def test_in_a_tensorflow_2_process(forked):
  """An explicit graph, eager execution and tf.function; v2 behavior is on."""
  assert run_python(forked, """
    import tensorflow as tf2
    import tensorflow.compat.v1 as tf
    from tfcompat_rnn import cells

    class Mine(cells.RNNCell):
      state_size = output_size = 3
      def call(self, inputs, state):
        return state, state + inputs * tf.get_variable("w", [3])

    def names(cell):
      return ",".join(w.name for w in cell.trainable_weights)

    with tf.Graph().as_default(), tf.Session() as session:
      cell = cells.MultiRNNCell([Mine(), cells.GRUCell(2)])
      outputs, _ = tf.nn.dynamic_rnn(cell, tf.ones([1, 2, 3]),
                                     dtype=tf.float32)
      step, _ = cell(tf.ones([1, 3]), cell.zero_state(1, tf.float32))
      gradients = tf.gradients(outputs, cell.trainable_weights)
      session.run(tf.global_variables_initializer())
      session.run([outputs, step] + gradients[:-1])
      print(names(cell))

    cell = cells.BasicLSTMCell(2)
    state = cell.zero_state(1, tf.float32)
    with tf2.GradientTape() as tape:
      for _ in range(2):
        output, state = cell(tf2.ones([1, 3]), state)
      loss = tf2.reduce_sum(output)
    assert None not in tape.gradient(loss, cell.trainable_weights)
    cell.set_weights([[[0.0] * 8] * 5, [0.0] * 8])
    assert not cell.get_weights()[0].any()
    print(names(cell))

    cell = cells.GRUCell(2)
    step = tf2.function(lambda x: cell(x, cell.zero_state(1, tf.float32))[0])
    step(tf2.ones([1, 3])), step(tf2.zeros([1, 3]))
    print(len(cell.weights))
  """) == [
      ",".join("rnn/multi_rnn_cell/" + name for name in (
          "cell_0/mine/w:0", "cell_1/gru_cell/gates/kernel:0",
          "cell_1/gru_cell/gates/bias:0",
          "cell_1/gru_cell/candidate/kernel:0",
          "cell_1/gru_cell/candidate/bias:0")),
      "basic_lstm_cell/kernel:0,basic_lstm_cell/bias:0", "4"]


def test_the_table_of_cells_holds():
  """Each row names the module of the package that has the class."""
  for name in cells.CELLS:
    assert getattr(cells, name).__name__ == name
  with pytest.raises(AttributeError, match="NoSuchCell"):
    cells.NoSuchCell


def test_variables_of_either_kind_are_known(either):
  """compat.v1's Variable is not the class of resource variables."""
  cell = cells.LSTMCell(2)
  cell.of_its_graph = either.get_variable("mine", [3])
  assert copy.deepcopy(cell).of_its_graph is cell.of_its_graph
  cell(either.zeros([1, 4]), cell.zero_state(1, either.float32))
  assert "of_its_graph" in vars(cell)
  cell.forget_variables()
  assert "of_its_graph" not in vars(cell)
