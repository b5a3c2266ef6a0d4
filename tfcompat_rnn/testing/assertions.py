"""Assertions that print a report when they fail."""

from __future__ import annotations

import typing

from tfcompat_rnn import _typing as types
from tfcompat_rnn import gradients


def assert_same_gradients(
    loss_a: types.Tensor, loss_b: types.Tensor,
    variables: typing.Sequence[types.Variable] | None = None,
    feed_dict: types.Feeds | None = None, session: types.Session | None = None,
    **options: typing.Any) -> gradients.GradientReport:
  """Fails with the report unless both losses have the same gradients.

    assert_same_gradients(loss_static, loss_dynamic, feed_dict={x: data},
                          inputs=x, states=initial_state)

  Arguments are those of `tfcompat_rnn.compare_gradients`. Returns the
  `GradientReport`. Raises `GradientsDifferError`, an AssertionError.
  """
  __tracebackhide__ = True  # pytest shows the caller's line
  return _passed(gradients.compare_gradients(
      loss_a, loss_b, variables, feed_dict, session, **options))


def assert_same_outputs(outputs_a: types.Nested, outputs_b: types.Nested,
                        feed_dict: types.Feeds | None = None,
                        session: types.Session | None = None,
                        **options: typing.Any) -> gradients.GradientReport:
  """Fails with the report unless both structures have the same values.

    assert_same_outputs(final_a, final_b, feed_dict={x: data})
    assert_same_outputs(outputs, numpy_array, feed_dict={x: data}, rtol=1e-3)

  Leaves are tensors, variables, arrays or numbers; arguments are those of
  `tfcompat_rnn.gradients.compare_outputs`. Returns the `GradientReport`.
  """
  __tracebackhide__ = True
  return _passed(gradients.compare_outputs(
      outputs_a, outputs_b, feed_dict, session, **options))


def _passed(report):
  __tracebackhide__ = True
  if not report.passed:
    raise gradients.GradientsDifferError(str(report))
  return report
