"""The functions behind the pytest plugin's fixtures, for any test runner.

  with fresh_graph(seed=0) as graph, new_session(graph) as session:
    assert_same_gradients(loss_a, loss_b, feed_dict={x: data})

  recording = Recording("old.npz")       # of `tfcompat-rnn record`
  assert_matches_recording({"loss": loss}, recording, call=3)

The plugin (`tfcompat_rnn.pytest_plugin`) contains only hooks and fixtures.
Recordings need NumPy only: no name loads TensorFlow before it is used.
"""

import typing

from tfcompat_rnn import _lazy

if typing.TYPE_CHECKING:
  from tfcompat_rnn.testing.assertions import assert_same_gradients
  from tfcompat_rnn.testing.assertions import assert_same_outputs
  from tfcompat_rnn.testing.golden import GoldenFiles
  from tfcompat_rnn.testing.graphs import BEHAVIORS
  from tfcompat_rnn.testing.graphs import fresh_graph
  from tfcompat_rnn.testing.matching import MatchReport
  from tfcompat_rnn.testing.matching import RecordingDiffersError
  from tfcompat_rnn.testing.matching import assert_matches_recording
  from tfcompat_rnn.testing.recordings import Recording
  from tfcompat_rnn.testing.recordings import RecordingError
else:
  __getattr__, __dir__ = _lazy.attach(__name__, {
      "BEHAVIORS": "graphs", "GoldenFiles": "golden",
      "MatchReport": "matching", "Recording": "recordings",
      "RecordingDiffersError": "matching", "RecordingError": "recordings",
      "assert_matches_recording": "matching",
      "assert_same_gradients": "assertions",
      "assert_same_outputs": "assertions", "fresh_graph": "graphs"})

__all__ = ["BEHAVIORS", "GoldenFiles", "MatchReport", "Recording",
           "RecordingDiffersError", "RecordingError",
           "assert_matches_recording", "assert_same_gradients",
           "assert_same_outputs", "fresh_graph"]
