"""Where our forward graph differs from 1.15's, row by row, with the reason.

`explained(ops)` turns 1.15's list of operations into the one that today's
TensorFlow must give; the test compares for equality, so nothing that is not
in this table can differ.
"""

import re
import typing


class Row(typing.NamedTuple):
  """`pattern` (of 1.15's `name:Type`) becomes `today`; None: it is gone."""
  pattern: str
  today: typing.Optional[str]
  reason: str


ROWS = []
