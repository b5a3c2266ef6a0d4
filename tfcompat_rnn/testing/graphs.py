"""A fresh graph for a test, which restores all switches afterwards."""

from __future__ import annotations

import contextlib
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf

BEHAVIORS = ("1.x", "2.x", "process")


@contextlib.contextmanager
def fresh_graph(
    seed: int | None = 0,
    behavior: typing.Literal["1.x", "2.x", "process"] = "1.x"
) -> typing.Iterator[types.Graph]:
  """A new `tf.Graph` as the default graph, with a graph-level seed.

    with fresh_graph() as graph:
      ...

  seed: for `tf.set_random_seed`; None for no seed.
  behavior: the behavior while the graph is open. "1.x": variables are reference
    variables, loops and conditions use control flow v1, and dimensions are
    `tf.Dimension`, as in TensorFlow 1.15. "2.x": resource variables, control
    flow v2, and dimensions are ints. "process": whatever the process uses.
    Every switch is restored afterwards.

  Raises `ArgumentError` for another behavior.
  """
  if behavior not in BEHAVIORS:
    raise _errors.ArgumentError(_errors.problem(
        "behavior", f"be one of {', '.join(BEHAVIORS)}", repr(behavior),
        "choose one of them"))
  with contextlib.ExitStack() as stack:
    if behavior != "process":
      stack.enter_context(_behavior(behavior == "2.x"))
    graph = stack.enter_context(tf.Graph().as_default())
    if seed is not None:
      tf.set_random_seed(seed)
    yield graph


def _switches():
  """(whether TensorFlow 2's is on, turn it on, turn it off) per switch."""
  return (
      (tf.resource_variables_enabled, tf.enable_resource_variables,
       tf.disable_resource_variables),
      (tf.control_flow_v2_enabled, tf.enable_control_flow_v2,
       tf.disable_control_flow_v2),
      (_plain_dimensions, tf.enable_v2_tensorshape,
       tf.disable_v2_tensorshape),
  )


def _plain_dimensions():
  return not isinstance(tf.TensorShape([1])[0], tf.Dimension)


@contextlib.contextmanager
def _behavior(v2):
  # tf.disable_v2_behavior() would also disable eager execution permanently.
  back = []
  try:
    # One of the switches warns about reference variables.
    with _tf.quiet_logger():
      for is_v2, enable, disable in _switches():
        if is_v2() != v2:
          back.append(disable if v2 else enable)
          (enable if v2 else disable)()
    yield
  finally:
    # One of the switches warns about reference variables.
    with _tf.quiet_logger():
      for switch in reversed(back):
        switch()
