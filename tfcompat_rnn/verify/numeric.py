"""Compares the gradients of the complete pass with finite differences."""

from tfcompat_rnn import gradients
from tfcompat_rnn.verify import ways


def compared(s):
  """A `GradientReport` of analytic and numeric gradients."""
  outputs, _ = s.build(ways.complete_pass)
  used = s.result(ways.complete_pass).variables
  variables = [variable for variable in s.graph.get_collection("variables")
               if variable.op.name in used]
  return gradients.check_gradients(
      s.loss(outputs), variables, feed_dict=s.feeds, session=s.session,
      inputs=s.x, states=s.state, dtype=s.dtype.name)
