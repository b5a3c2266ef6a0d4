"""Lists where our forward graph differs from 1.15's, and why.

`explained(ops)` turns 1.15's list of operations into the one expected from
today's TensorFlow. The test compares for equality, so a difference that is not
in this table cannot go unnoticed.
"""

import re
import typing


class Row(typing.NamedTuple):
  """A `name:Type` of 1.15 that matches `pattern` is `today` now.

  `today` may refer to groups of the pattern; None means that the op is gone.
  """
  pattern: str
  today: typing.Optional[str]
  reason: str


ROWS = [
    Row(r"((?:.*/)?dropout(?:_\d+)?/random_uniform"
        r"|random_uniform(?:_\d+)?):Add(@.*)?", r"\1:Add\2",
        "no difference: our DropoutWrapper draws with 1.15's own operations, "
        "in the loop and (variational) before it. Must precede the next row"),
    Row(r"(.*):Add(@.*)?", r"\1:AddV2\2",
        "tf.add has created AddV2 since TensorFlow 2.0; the numbers are the "
        "same. It also adds up the parts of every random initializer"),
    Row(r"(?!(?:.*/)?\w*decoder/Tensor).+/TensorArrayStack/TensorArraySizeV3:"
        r"TensorArraySizeV3(@.*)?", None,
        "stacking an array of fixed size uses the size that it was created "
        "with, and asks the array itself (as 1.15 did) only if it can grow: "
        "the arrays of dynamic_rnn are fixed, those of raw_rnn and "
        "dynamic_decode grow"),
    Row(r"(?:.*/)?zeros(?:_\d+)?/(?:mul(?:_\d+)?(?:/y)?:(?:Mul|Const)"
        r"|Less(?:/y)?:(?:Less|Const))(@.*)?", None,
        "tf.zeros checked whether a shape given as tensors is small, and did "
        "nothing with the answer (with 1.15's seeds, these ops count again)"),
    Row(r"((?:.*/)?ones_like(?:_\d+)?/Shape):Const(@.*)?",
        r"\1/shape_as_tensor:Const\2",
        "the name that tf.ones_like gives to a known shape today"),
    Row(r"((?:.*/)?GatherTree(?:_\d+)?|named):GatherTree(@.*)?",
        r"\1:Select\2",
        "TensorFlow no longer has this op; the last of those that compute the "
        "same has its name (with 1.15's seeds, all of them count as one)"),
]

# Built with 1.15's seeds in force, under which many functions create 1.15's
# operations: these rows are all that is left.
SEEDED_FAMILIES = ("attention_wrapper", "beam")
SEEDED_ROWS = [
    Row(r"((?:.*/)?(?:random_(?:uniform|normal)(?:_\d+)?"
        r"|basic_lstm_cell/Add(?:_1)?)):Add(@.*)?", r"\1:Add\2",
        "no difference: initializers and this cell use 1.15's own operation. "
        "Must precede the next row"),
    *(row for row in ROWS
      if row.pattern.startswith("(.*):Add") or ":GatherTree" in row.pattern),
]

# The ops that are ours only, and count for nothing with 1.15's seeds.
_INSIDE = re.compile(
    r"(?:.*/)?(?:GatherTree(?:_\d+)?|named)/"
    r"(?!(?:step_ids|parent_ids|max_sequence_lengths|end_token):Const)"
    # The kernel's number of steps, without which it would end the process.
    r"|(?:.*/)?within_inputs(?:_\d+)?/"
    # For the kernels of the LSTM, where the batch may have no rows.
    r"|(?:.*/)?(?:any|some|given)_rows(?:_\d+)?/")


def rows_of(family):
  """The rows that explain the graphs of `family`."""
  return SEEDED_ROWS if family in SEEDED_FAMILIES else ROWS


def counted(ops):
  """Our `ops` without those that take the place of one op of 1.15."""
  return [op for op in ops if not _INSIDE.match(op)]


def explained(ops, rows=None):
  """1.15's `ops` as expected from today's TensorFlow, and the rows used."""
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
