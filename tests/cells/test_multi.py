"""`MultiRNNCell([cell] * n)`: shared as in 1.15, or copied as before 1.2."""

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn.cells import multi


@pytest.fixture
def copying():
  before = multi.set_repeated_cells("copy")
  yield
  multi.set_repeated_cells(before)


def _names(tf):
  return [v.name for v in tf.trainable_variables()]


def _run(tf, cell, depth=4):
  x = tf.placeholder(tf.float32, [2, 3, depth])
  return tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)


LAYERS = ["rnn/multi_rnn_cell/cell_%d/basic_lstm_cell/%s:0" % (layer, part)
          for layer in range(3) for part in ("kernel", "bias")]


def test_share_is_the_default():
  assert multi.repeated_cells() == "share"


def test_share_makes_one_set(v1):
  _run(v1, cells.MultiRNNCell([cells.BasicLSTMCell(5)] * 3), depth=5)
  assert _names(v1) == LAYERS[:2]


def test_share_that_cannot_fit_names_the_remedy(v1):
  cell = cells.MultiRNNCell([cells.BasicLSTMCell(5)] * 3)
  with pytest.raises(ValueError) as caught:
    _run(v1, cell)
  message = str(caught.value)
  assert "one object per layer" in message
  assert "[make_cell() for _ in range(n)]" in message
  assert "--repeated-cells copy" in message
  assert "BasicLSTMCell" in message


def test_share_through_wrappers_names_the_remedy(v1):
  inner = cells.BasicLSTMCell(5)
  wrapped = [cells.DropoutWrapper(inner, output_keep_prob=0.5)
             for _ in range(2)]
  with pytest.raises(ValueError, match="--repeated-cells copy"):
    _run(v1, cells.MultiRNNCell(wrapped))


def test_other_errors_pass_unchanged(v1):
  """The failure of a cell that is used once is not blamed on repetition."""
  cell = cells.MultiRNNCell([cells.GRUCell(5), cells.GRUCell(5)])
  with pytest.raises(ValueError) as caught:
    cell(v1.placeholder(v1.float32, [2, None]),
         cell.zero_state(2, v1.float32))
  assert "repeated" not in str(caught.value)


def test_copy_makes_n_layers(v1, copying):
  _run(v1, cells.MultiRNNCell([cells.BasicLSTMCell(5)] * 3))
  assert _names(v1) == LAYERS
  shapes = [v.shape.as_list() for v in v1.trainable_variables()]
  assert shapes == [[9, 20], [20], [10, 20], [20], [10, 20], [20]]


def test_copy_of_wrappers(v1, copying):
  inner = cells.BasicLSTMCell(5)
  keep = v1.placeholder_with_default(1.0, [])
  wrapper = cells.DropoutWrapper(inner, output_keep_prob=keep)
  cell = cells.MultiRNNCell([wrapper] * 3)
  _run(v1, cell)
  assert _names(v1) == LAYERS
  kept = [one._output_keep_prob for one in cell._cells]
  assert kept[0] is kept[1] is kept[2]


def test_copy_of_wrappers_around_one_cell(v1, copying):
  inner = cells.BasicLSTMCell(5)
  _run(v1, cells.MultiRNNCell(
      [cells.DropoutWrapper(inner, 0.9) for _ in range(3)]))
  assert _names(v1) == LAYERS


def test_copy_leaves_distinct_cells_alone(v1, copying):
  mine = [cells.GRUCell(3), cells.GRUCell(2)]
  assert cells.MultiRNNCell(mine)._cells == mine


def test_copy_of_a_built_cell_starts_anew(v1, copying):
  cell = cells.BasicLSTMCell(5)
  with v1.variable_scope("before"):
    cell(v1.ones([2, 4]), cell.zero_state(2, v1.float32))
  stack = cells.MultiRNNCell([cell] * 2)
  stack(v1.ones([2, 4]), stack.zero_state(2, v1.float32))
  assert _names(v1) == [
      "before/basic_lstm_cell/kernel:0", "before/basic_lstm_cell/bias:0",
      "multi_rnn_cell/cell_1/basic_lstm_cell/kernel:0",
      "multi_rnn_cell/cell_1/basic_lstm_cell/bias:0"]


@pytest.mark.parametrize("make", [
    lambda: cells.UGRNNCell(4),
    lambda: cells.IntersectionRNNCell(4, num_in_proj=4),
    lambda: cells.GLSTMCell(4, number_of_groups=2, num_proj=2)],
    ids=["UGRNNCell", "IntersectionRNNCell", "GLSTMCell"])
def test_copy_of_a_built_cell_makes_its_linear_maps_anew(v1, make):
  cell = make()
  x = v1.ones([2, 6])
  with v1.variable_scope("before"):
    cell(x, cell.zero_state(2, v1.float32))
  ours = v1.global_variables()
  twin = multi.unbuilt_copy(cell)
  with v1.variable_scope("after"):
    twin(x, twin.zero_state(2, v1.float32))
  theirs = v1.global_variables()[len(ours):]
  assert [v.op.name.replace("before", "after", 1) for v in ours] == [
      v.op.name for v in theirs]
  # The first cell still has its own variables.
  with v1.variable_scope("before", reuse=True):
    cell(x, cell.zero_state(2, v1.float32))
  assert len(v1.global_variables()) == 2 * len(ours)


def test_copy_computes_like_separate_cells(v1, copying):
  """The same initial values in each layer give the same outputs."""
  x = np.arange(8, dtype=np.float32).reshape([2, 4]) / 8
  results = []
  for make in (lambda: [cells.GRUCell(4)] * 2,
               lambda: [cells.GRUCell(4) for _ in range(2)]):
    graph = v1.Graph()
    with graph.as_default(), v1.Session() as session:
      v1.set_random_seed(7)
      cell = cells.MultiRNNCell(make())
      output, _ = cell(v1.constant(x), cell.zero_state(2, v1.float32))
      session.run(v1.global_variables_initializer())
      weights = cell.trainable_weights
      assert len(weights) == 8
      for number, weight in enumerate(weights):
        weight.load(np.full(weight.shape.as_list(), 0.1 * number), session)
      results.append(session.run(output))
  np.testing.assert_array_equal(results[0], results[1])


def test_unknown_meaning():
  with pytest.raises(ValueError, match='"share" or "copy"'):
    multi.set_repeated_cells("clone")
  assert multi.repeated_cells() == "share"


@pytest.mark.parametrize("make", [
    lambda: [cells.BasicLSTMCell, cells.BasicLSTMCell],
    lambda: [cells.GRUCell(3), cells.BasicLSTMCell]])
def test_classes_in_place_of_cells(v1, make):
  with pytest.raises(TypeError, match=r"BasicLSTMCell\(num_units\)"):
    cells.MultiRNNCell(make())


def test_list_within_list(v1):
  with pytest.raises(TypeError, match="one cell"):
    cells.MultiRNNCell([[cells.GRUCell(3)]])


def test_state_of_other_length(v1):
  cell = cells.MultiRNNCell([cells.GRUCell(3), cells.GRUCell(2)])
  with pytest.raises(ValueError, match="tuple of 2"):
    cell(v1.ones([2, 4]), (v1.zeros([2, 3]),))


def test_copy_of_a_cell_that_cannot_be_copied(v1, copying):
  cell = cells.BasicLSTMCell(5)
  cell.table = {"memory": v1.ones([2])}  # a tensor that is hard to find
  with pytest.raises(TypeError, match="can be copied.*make_cell"):
    cells.MultiRNNCell([cell] * 2)


def test_copy_of_a_duck(v1, copying):
  class Duck:
    """No base class; its variables are in the scope of the call."""
    output_size = state_size = 3

    def zero_state(self, batch_size, dtype):
      return v1.zeros([batch_size, 3], dtype)

    def __call__(self, inputs, state, scope=None):
      return inputs, state + v1.get_variable("w", [3])

  cell = cells.MultiRNNCell([Duck()] * 2)
  assert cell._cells[0] is not cell._cells[1]
  cell(v1.ones([2, 3]), cell.zero_state(2, v1.float32))
  assert _names(v1) == [f"multi_rnn_cell/cell_{n}/w:0" for n in range(2)]


def test_weights_of_a_duck_are_listed_if_it_lists_them(v1):
  class Duck:
    output_size = state_size = 3
    trainable_weights = ["w"]
    non_trainable_weights = []

    def __call__(self, inputs, state, scope=None):
      return inputs, state

  assert cells.MultiRNNCell([Duck()]).trainable_weights == ["w"]
