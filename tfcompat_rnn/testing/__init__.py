"""The functions behind the pytest plugin's fixtures, for any test runner.

  with fresh_graph(seed=0) as graph, new_session(graph) as session:
    assert_same_gradients(loss_a, loss_b, feed_dict={x: data})

The plugin (`tfcompat_rnn.pytest_plugin`) contains only hooks and fixtures.
"""

from tfcompat_rnn.testing.assertions import assert_same_gradients
from tfcompat_rnn.testing.assertions import assert_same_outputs
from tfcompat_rnn.testing.golden import GoldenFiles
from tfcompat_rnn.testing.graphs import BEHAVIORS
from tfcompat_rnn.testing.graphs import fresh_graph

__all__ = ["BEHAVIORS", "GoldenFiles", "assert_same_gradients",
           "assert_same_outputs", "fresh_graph"]
