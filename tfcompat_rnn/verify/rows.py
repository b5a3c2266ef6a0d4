"""The result of one case of `verify` with one cell."""

import typing

EQUAL, DIFFERENT, UNCLEAR = "equal", "different", "unclear"
ERROR, SKIPPED = "error", "skipped"


class Row(typing.NamedTuple):
  """One case with one cell.

  expected: "equal" or "different", for the gradients. Loss, outputs and states
    must be equal in either case.
  found: "equal" (within the tolerance), "different" (the gradients differ by
    more than rounding errors), "unclear" (in between), "error" (an error was
    raised), or "skipped".
  loss, outputs, states, gradients: the largest absolute difference, or None if
    there is nothing to compare; `..._rel` is the same relative to the largest
    element of the tensor.
  note: a remark, or which tensor is not as expected.
  report: the `GradientReport` of all tensors, or None if an error was raised.
  """
  case: str
  title: str
  cell: str
  dtype: str
  expected: str
  found: str
  passed: bool
  loss: typing.Optional[float] = None
  outputs: typing.Optional[float] = None
  outputs_rel: typing.Optional[float] = None
  states: typing.Optional[float] = None
  states_rel: typing.Optional[float] = None
  gradients: typing.Optional[float] = None
  gradients_rel: typing.Optional[float] = None
  rtol: typing.Optional[float] = None
  note: str = ""
  report: object = None

  @property
  def verdict(self):
    """"ok", "WRONG", "ERROR" or "skipped"."""
    if self.found in (ERROR, SKIPPED):
      return {ERROR: "ERROR", SKIPPED: SKIPPED}[self.found]
    return "ok" if self.passed else "WRONG"
