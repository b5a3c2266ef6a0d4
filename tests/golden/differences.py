"""Where our forward graph differs from 1.15's, row by row, with the reason.

`explained(ops)` turns 1.15's list of operations into the one that today's
TensorFlow must give. The test compares for equality, so nothing that is not
in this table can differ in silence.
"""

import re
import typing


class Row(typing.NamedTuple):
  """1.15's `name:Type` that matches `pattern` is today's `today`.

  `today` may refer to groups of the pattern; None says that the op is gone.
  """
  pattern: str
  today: typing.Optional[str]
  reason: str


ROWS = [
    Row(r"((?:.*/)?dropout(?:_\d+)?/random_uniform"
        r"|random_uniform(?:_\d+)?):Add(@.*)?", r"\1:Add\2",
        "no difference: our DropoutWrapper draws with 1.15's own operations, "
        "in the loop and (variational) before it. Stands above the next row"),
    Row(r"(.*):Add(@.*)?", r"\1:AddV2\2",
        "tf.add makes AddV2 since TensorFlow 2.0; the numbers are the same. "
        "It adds up the parts of every random initializer, too"),
    Row(r".+/TensorArrayStack/TensorArraySizeV3:TensorArraySizeV3(@.*)?",
        None,
        "stacking an array of fixed size takes the size it was made with, "
        "and asks the array itself (as in 1.15) only if it can grow: the "
        "arrays of dynamic_rnn are fixed, those of raw_rnn grow"),
    Row(r"(?:.*/)?zeros(?:_\d+)?/(?:mul(?:_\d+)?(?:/y)?:(?:Mul|Const)"
        r"|Less(?:/y)?:(?:Less|Const))(@.*)?", None,
        "tf.zeros asked whether a shape that it gets as tensors is small and "
        "did nothing with the answer (1.15's seeds count them again)"),
    Row(r"((?:.*/)?ones_like(?:_\d+)?/Shape):Const(@.*)?",
        r"\1/shape_as_tensor:Const\2",
        "tf.ones_like names the shape that it knows so today"),
]


def explained(ops, rows=None):
  """1.15's `ops` as today's TensorFlow must give them, and the rows used."""
  today, used = [], set()
  for op in ops:
    for row in ROWS if rows is None else rows:
      found = re.fullmatch(row.pattern, op)
      if found:
        used.add(row)
        op = None if row.today is None else found.expand(row.today)
        break
    if op is not None:
      today.append(op)
  return today, used
