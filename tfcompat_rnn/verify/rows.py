"""What one case of `verify` found with one cell."""

import typing

EQUAL, DIFFERENT, UNCLEAR = "equal", "different", "unclear"
ERROR, SKIPPED = "error", "skipped"


class Row(typing.NamedTuple):
  """One case with one cell.

  expected: "equal" or "different": of the gradients. Loss, outputs and states
    have to be equal in either case.
  found: "equal" (within the tolerance), "different" (the gradients, and by
    more than rounding can do), "unclear" (between the two), "error" (it
    raised), "skipped".
  loss, outputs, states, gradients: the largest absolute difference, None
    where there is nothing to compare; `..._rel` the same as a part of the
    largest element of the tensor in question.
  note: what to know of it, or which tensor is not as it should be.
  report: the `GradientReport` of all tensors, None where it raised.
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
