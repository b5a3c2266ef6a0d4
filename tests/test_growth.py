"""report_graph_growth names the ops made during training, and their lines."""

import re

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import growth
from tfcompat_rnn import report_graph_growth
from tfcompat_rnn._tf import tf

SCRIPT = '''\
import tensorflow.compat.v1 as tf
import tfcompat_rnn
from tfcompat_rnn import cells

def evaluate(session, output):
  return session.run(tf.reduce_mean(output))        # line 6

with tf.Graph().as_default(), tf.Session() as session:
  x = tf.ones([2, 3, 4])
  state = tf.get_variable("state", [2, 5], initializer=tf.zeros_initializer())
  output, last = tfcompat_rnn.dynamic_rnn(
      cells.GRUCell(5), x, initial_state=state)
  keep = tf.assign(state, last)
  session.run(tf.global_variables_initializer())
  with tfcompat_rnn.report_graph_growth(error=raises):
    for _ in range(3):
      value, _ = session.run([last, keep])
      session.run(state.assign(value))              # line 18
      evaluate(session, output)
print("end")
'''


def run(tmp_path, raises):
  path = tmp_path / "growing.py"
  path.write_text(SCRIPT)
  exec(compile(SCRIPT, str(path), "exec"), {"raises": raises})
  return str(path)


@pytest.mark.parametrize("resource", [True, False])
def test_a_growing_script_is_told_its_lines(tmp_path, capsys, resource):
  before = tf.resource_variables_enabled()
  (tf.enable_resource_variables if resource
   else tf.disable_resource_variables)()
  try:
    path = run(tmp_path, raises=False)
  finally:
    (tf.enable_resource_variables if before
     else tf.disable_resource_variables)()
  said = capsys.readouterr()
  assert said.out == "end\n"
  # line 6: a mean and its axes; line 18: a value and an assignment
  found = re.findall(r"(\d+) ops by (.*):(\d+), in (\S+)\n +(.*)\n +(.*)",
                     said.err)
  assert {row[1:4] for row in found} == {(path, "6", "evaluate"),
                                         (path, "18", "<module>")}
  by_line = {row[2]: row for row in found}
  code, types = by_line["6"][4:]
  assert code == "return session.run(tf.reduce_mean(output))        # line 6"
  assert re.search(r"\b3 Mean\b", types)
  assert by_line["18"][4].startswith("session.run(state.assign(value))")
  assert re.search(r"\b3 AssignVariableOp\b" if resource
                   else r"\b3 Assign\b", by_line["18"][5])
  total = sum(int(row[0]) for row in found)
  assert f"the graph grew by {total} ops" in said.err
  assert "made by 2 lines of the program" in said.err
  assert all(int(row[0]) % 3 == 0 for row in found)


def test_it_can_raise_instead(tmp_path, capsys):
  with pytest.raises(RuntimeError, match="the graph grew by .*made by 2"):
    run(tmp_path, raises=True)
  said = capsys.readouterr()
  assert said.out == said.err == ""


def grow(times):
  for _ in range(times):
    tf.constant(1.)


def test_between_two_points():
  with tf.Graph().as_default() as graph:
    grow(2)
    watched = report_graph_growth()
    assert watched.count == 0 and watched.lines == [] and watched.ops == []
    assert str(watched) == "the graph did not grow: 2 ops"
    watched.check()
    grow(3)
    assert watched.count == 3
    assert [op.type for op in watched.ops] == ["Const"] * 3
    (line,) = watched.lines
    assert line.filename == __file__
    assert (line.function, line.code) == ("grow", "tf.constant(1.)")
    assert (line.count, line.types) == (3, (("Const", 3),))
    with pytest.raises(growth.GraphGrewError, match="by 3 ops, from 2 to 5"):
      watched.check()
    watched.stop()
    grow(1)
    assert watched.count == 3
  assert not graph.finalized
  assert issubclass(growth.GraphGrewError, _errors.TfcompatError)


def test_the_block_reports_or_raises():
  said = []
  with tf.Graph().as_default() as graph:
    with report_graph_growth(graph, out=said.append):
      pass
    assert said == []
    with report_graph_growth(graph, out=said.append) as watched:
      grow(1)
    assert said == [str(watched)]
    assert "made by 1 line of the program" in said[0]
    with pytest.raises(growth.GraphGrewError):
      with report_graph_growth(graph, error=True, out=said.append):
        grow(1)
    assert len(said) == 1
    with pytest.raises(KeyError):  # what went wrong inside goes first
      with report_graph_growth(graph, error=True, out=None):
        grow(1)
        raise KeyError("inside")


def test_ops_of_our_builders_count_for_the_line_that_calls_them():
  from tfcompat_rnn import cells
  from tfcompat_rnn import dynamic_rnn
  with tf.Graph().as_default():
    watched = report_graph_growth()
    with tf.variable_scope("a"):
      dynamic_rnn(cells.GRUCell(2), tf.zeros([1, 2, 3]), dtype=tf.float32)
    assert {line.filename for line in watched.lines} == {__file__}
    assert len(watched.lines) == 1 and watched.count > 20


def test_only_graphs_are_watched():
  with tf.Graph().as_default(), tf.Session() as session:
    with pytest.raises(TypeError, match="pass session.graph"):
      report_graph_growth(session)
  with pytest.raises(_errors.ArgumentTypeError, match="be a graph"):
    report_graph_growth("graph")
