"""report_graph_growth names the ops made during training, and their lines."""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import growth
from tfcompat_rnn import report_graph_growth
from tfcompat_rnn._tf import tf

SCRIPT = '''\
import os
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import sys
import tensorflow.compat.v1 as tf
import tfcompat_rnn
from tfcompat_rnn import cells

def evaluate(session, output):
  return session.run(tf.reduce_mean(output))        # line 9

with tf.Graph().as_default(), tf.Session() as session:
  x = tf.ones([2, 3, 4])
  state = tf.get_variable("state", [2, 5], initializer=tf.zeros_initializer())
  output, last = tfcompat_rnn.dynamic_rnn(
      cells.GRUCell(5), x, initial_state=state)
  keep = tf.assign(state, last)
  session.run(tf.global_variables_initializer())
  with tfcompat_rnn.report_graph_growth(error="--error" in sys.argv):
    for _ in range(3):
      value, _ = session.run([last, keep])
      session.run(state.assign(value))              # line 21
      evaluate(session, output)
print("end")
'''


def run(tmp_path, *arguments):
  path = tmp_path / "growing.py"
  path.write_text(SCRIPT)
  root = pathlib.Path(__file__).parent.parent
  return path, subprocess.run(
      [sys.executable, str(path), *arguments], capture_output=True, text=True,
      env={**os.environ, "PYTHONPATH": str(root)})


@pytest.fixture(scope="module")
def reported(tmp_path_factory):
  return run(tmp_path_factory.mktemp("growing"))


def test_a_growing_script_is_told_its_lines(reported):
  path, process = reported
  assert process.returncode == 0, process.stderr
  assert process.stdout == "end\n"
  # line 9: a mean and its axes; line 21: a value and an assignment
  found = re.findall(r"(\d+) ops by (.*):(\d+), in (\S+)\n +(.*)\n +(.*)",
                     process.stderr)
  assert {row[1:4] for row in found} == {(str(path), "9", "evaluate"),
                                         (str(path), "21", "<module>")}
  by_line = {row[2]: row for row in found}
  code, types = by_line["9"][4:]
  assert code == "return session.run(tf.reduce_mean(output))        # line 9"
  assert re.search(r"\b3 Mean\b", types)
  assert by_line["21"][4].startswith("session.run(state.assign(value))")
  assert re.search(r"\b3 Assign", by_line["21"][5])
  total = sum(int(row[0]) for row in found)
  assert f"the graph grew by {total} ops" in process.stderr
  assert "made by 2 lines of the program" in process.stderr
  assert all(int(row[0]) % 3 == 0 for row in found)


@pytest.mark.slow
def test_it_can_raise_instead(tmp_path):
  _, process = run(tmp_path, "--error")
  assert process.returncode == 1
  assert "GraphGrewError: the graph grew by" in process.stderr
  assert "end" not in process.stdout


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
