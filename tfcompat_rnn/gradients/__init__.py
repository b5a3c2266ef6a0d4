"""Checks that two ways of building a recurrent computation agree.

  report = compare_gradients(loss_a, loss_b)   # one graph, or two
  report.passed, print(report)
  compare_outputs(outputs_a, outputs_b)        # values, not gradients
  check_gradients(loss)                        # against finite differences

This package works on tensors, variables and sessions, and does not depend on
cells.
"""

from tfcompat_rnn.gradients.comparison import compare_gradients
from tfcompat_rnn.gradients.comparison import compare_values
from tfcompat_rnn.gradients.numeric import check_gradients
from tfcompat_rnn.gradients.outputs import compare_outputs
from tfcompat_rnn.gradients.report import GradientReport
from tfcompat_rnn.gradients.report import GradientsDifferError

__all__ = ["GradientReport", "GradientsDifferError", "check_gradients",
           "compare_gradients", "compare_outputs", "compare_values"]
