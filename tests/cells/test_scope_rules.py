"""The scope rules, one by one; `test_expected` has whole programs."""

import gc
import weakref

import pytest

from tfcompat_rnn import _scope
from tfcompat_rnn import cells


@pytest.mark.parametrize("name,expected", [
    ("BasicLSTMCell", "basic_lstm_cell"), ("GRUCell", "gru_cell"),
    ("MultiRNNCell", "multi_rnn_cell"), ("Conv1DLSTMCell", "conv1dlstm_cell"),
    ("MyGRUCell2", "my_gru_cell2"), ("XA1Bb", "x_a1bb"),
    ("_Private", "private__private"), ("lower", "lower"), ("X", "x"),
    ("Snake_Case", "snake__case"),
])
def test_snake_case(name, expected):
  """As TensorFlow 1.15 spelled them; see class_names_as_scopes."""
  assert _scope.snake_case(name) == expected


def test_unique_names_count_per_graph(v1):
  assert [_scope.unique_name("gru") for _ in range(2)] == ["gru_1", "gru_2"]
  assert _scope.unique_name("lstm") == "lstm_1"
  with v1.Graph().as_default():
    assert _scope.unique_name("gru") == "gru_1"
  assert _scope.unique_name("gru") == "gru_3"


def test_counts_do_not_keep_a_graph_alive(v1):
  graph = v1.Graph()
  with graph.as_default():
    _scope.unique_name("gru")
  gone = weakref.ref(graph)
  del graph
  gc.collect()
  assert gone() is None


def test_capture_makes_a_default_name_unique(v1):
  names = [_scope.capture(None, "cell", reuse=None).name for _ in range(2)]
  assert names == ["cell", "cell_1"]


def test_capture_on_reuse_takes_the_name_as_it_is(v1):
  names = [_scope.capture(None, "cell", reuse).name
           for reuse in (None, True, v1.AUTO_REUSE)]
  assert names == ["cell", "cell", "cell"]


def test_a_given_scope_wins(v1):
  assert _scope.capture("mine", "cell", reuse=None).name == "mine"
  with v1.variable_scope("outer") as outer:
    assert _scope.capture("mine", "cell", reuse=True).name == "outer/mine"
  assert _scope.capture(outer, "cell", reuse=None).name == "outer"


def test_reopen_from_anywhere(v1):
  with v1.variable_scope("a"):
    captured = _scope.capture(None, "cell", reuse=None)
  with v1.variable_scope("b"), _scope.reopen(captured, None) as scope:
    assert v1.get_variable("w", []).name == "a/cell/w:0"
    with _scope.op_names(scope):
      assert v1.constant(1, name="one").name == "a/cell/one:0"
    assert v1.constant(1, name="one").name == "b/one:0"


def test_regularizer_runs_once_and_outside_of_the_loop(v1):
  runs = []

  def squares(variable):
    runs.append(variable.op.name)
    return v1.nn.l2_loss(variable)

  x = v1.placeholder(v1.float32, [2, 3, 4])
  with v1.variable_scope("model", regularizer=squares):
    cell = cells.MultiRNNCell([cells.BasicRNNCell(4), cells.GRUCell(4)])
    v1.nn.dynamic_rnn(cell, x, dtype=v1.float32)
    cell(x[:, 0], cell.zero_state(2, v1.float32))
  assert runs == [weight.op.name for weight in cell.weights]
  losses = v1.losses.get_regularization_losses()
  assert [loss.op.name for loss in losses] == [
      name + "/Regularizer/L2Loss" for name in runs]
  with v1.Session() as session:
    for weight in cell.weights:
      weight.load([[2.0] * 4] * 8 if weight.shape.as_list() == [8, 4]
                  else session.run(v1.zeros(weight.shape)), session)
    # The basic cell's kernel and the candidate's: 32 * 4 / 2 each.
    assert session.run(v1.losses.get_regularization_loss()) == 128.0


def test_lifted_keeps_none(v1):
  assert _scope.lifted(None) is None
  one = _scope.lifted(v1.nn.l2_loss)
  assert _scope.lifted(one) is one
