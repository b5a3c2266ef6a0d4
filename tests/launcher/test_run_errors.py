"""The message of an error of `Session.run` begins with the reason."""

import tensorflow as tf

from tfcompat_rnn import _patching
from tfcompat_rnn._tf import private
from tfcompat_rnn.launcher import run_errors

FED = "You must feed a value for placeholder tensor 'x'"


def test_the_reason_comes_before_the_calls():
  errors = private("error_interpolation")
  with tf.Graph().as_default() as graph:
    tf.compat.v1.placeholder(tf.float32, [3], name="x")
  tagged = FED + "\n\t [[{{node x}}]]"
  before = errors.interpolate_graph(tagged, graph)
  with _patching.Stack() as patches:
    run_errors.install(patches)
    after = errors.interpolate_graph(tagged, graph)
    plain = errors.interpolate_graph(FED, graph)
  assert after.split("\n")[0] == plain == FED
  assert "Node: 'x'" in after and "Graph execution error" not in after
  assert len(after) == len(before) - len("Graph execution error:\n")
  assert errors.interpolate_graph(tagged, graph) == before
