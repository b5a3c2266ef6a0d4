"""Draws cases with hypothesis until the time is over, and reduces the first
counterexample."""

import time
import typing

import hypothesis
from hypothesis import strategies as st

from tfcompat_rnn.checkpoints import reading

# Seconds for reducing a counterexample.
reducing = 30.


class Found(typing.NamedTuple):
  """A counterexample: what is wrong, and the case as Python expressions.

  `first`: when the first one was found, in `time.monotonic()`.
  """
  problem: str
  call: str
  first: float = None


class _OutOfTime(BaseException):
  """Passes through hypothesis, which catches exceptions."""


def search(seed, seconds, draw, check, most=10 ** 6, fixed=False,
           beginning=None):
  """Checks cases until there is a counterexample or the time is over.

  Arguments:
    seed: int.
    seconds: float.
    draw: a function of hypothesis' `draw` that returns the arguments of
      `check`, a tuple.
    check: raises an exception for a counterexample.
    most: the largest number of cases.
    fixed: whether the cases are those of every run with this seed. If not,
      time decides how many there are.
    beginning: called with the text of each case before it is checked.

  Returns:
    `(count, found)`: the number of cases, and a `Found` or None.
  """
  end = time.monotonic() + seconds
  state = {"count": 0, "found": None, "end": end, "over": False}

  @hypothesis.seed(seed)
  @hypothesis.settings(
      max_examples=most, deadline=None, database=None, print_blob=False,
      report_multiple_bugs=False,
      phases=[hypothesis.Phase.generate, hypothesis.Phase.shrink],
      suppress_health_check=list(hypothesis.HealthCheck))
  @hypothesis.given(st.data())
  def run(data):
    if not fixed and time.monotonic() > state["end"]:
      state["over"] = True
      raise _OutOfTime
    case = draw(data.draw)
    text = ", ".join(map(repr, case))
    if beginning is not None:
      beginning(text)
    state["count"] += state["found"] is None
    try:
      check(*case)
    except Exception as error:
      if state["found"] is None:
        state["end"] = time.monotonic() + reducing
        state["first"] = time.monotonic()
      found = Found(told(error), text, state["first"])
      if state["found"] is None or len(text) <= len(state["found"].call):
        state["found"] = found
      raise
  try:
    run()
  except _OutOfTime:
    pass
  except Exception:
    # Hypothesis may complain that a case did not end twice in the same way.
    if state["found"] is None and not state["over"]:
      raise
  return state["count"], state["found"]


def told(error):
  """One line for an exception."""
  return f"{type(error).__name__}: {reading.shortened(error)}"
