"""The rows of the table: what is compared with what, and what is expected.

Loads no TensorFlow: a case names its function, and that is looked up when it
runs.
"""

import importlib
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn.verify import rows as rows_lib

EQUAL, DIFFERENT = rows_lib.EQUAL, rows_lib.DIFFERENT


class Case(typing.NamedTuple):
  """One comparison.

  name, title: what `--case` takes, and what the table says besides.
  expected: whether the gradients are to be found "equal" or "different".
  run: "module.function" of this package. With `against` it is a way of
    building (see `ways`), and so is `against`. Else a function that takes a
    `Setting` and returns `(Result, Result, labels)`, and perhaps a note.
  needs: of which cells it can be said: "" for all, "numbers" for those whose
    inputs are numbers, "block", "fused" and "cudnn" for those with such a
    twin,
    "race" for those of which it is known whether it shows.
  """
  name: str
  title: str
  expected: str
  run: str
  against: str = ""
  needs: str = ""


CASES = [
    Case("0", "complete pass, against steps written out", EQUAL,
         "ways.complete_pass", "ways.written_out"),
    Case("1", "two stateful passes, against 0", DIFFERENT,
         "ways.two_passes", "ways.complete_pass"),
    Case("2", "two passes within a loop, against 0", DIFFERENT,
         "ways.two_passes_in_a_loop", "ways.complete_pass"),
    Case("2-1", "two passes within a loop, against 1", EQUAL,
         "ways.two_passes_in_a_loop", "ways.two_passes"),
    Case("3", "single pass by model_rnn, against 0", EQUAL,
         "ways.single_pass", "ways.complete_pass"),
    Case("4", "stacked, against steps written out", EQUAL,
         "ways.stacked", "ways.stacked_written_out"),
    Case("5", "stacked, upper by model_rnn, against 4", EQUAL,
         "ways.stacked_single_pass", "ways.stacked"),
    Case("5-one", "stacked in one model_rnn, against 4", EQUAL,
         "ways.stacked_in_one_pass", "ways.stacked"),
    Case("numeric", "0, against finite differences", EQUAL,
         "numeric.compared"),
    Case("static", "static_rnn, against 0", EQUAL,
         "ways.static", "ways.complete_pass"),
    Case("time-major", "dynamic_rnn time-major, against 0", EQUAL,
         "ways.time_major", "ways.complete_pass"),
    Case("time-major-model", "model_rnn time-major, against 0", EQUAL,
         "ways.time_major_single_pass", "ways.complete_pass"),
    Case("chunked", "three runs, state in variables, against 0 cut", EQUAL,
         "windows.in_variables"),
    Case("chunked-fed", "three runs, state fed, against 0 cut", EQUAL,
         "windows.fed"),
    Case("feedback", "self-feeding in graph, against session", EQUAL,
         "feeding.graph_or_session", needs="numbers"),
    Case("keep-documented", "assign beside gradients, as documented",
         DIFFERENT, "keeping.documented", needs="race"),
    Case("keep", "stateful_rnn beside gradients", EQUAL, "keeping.ours"),
    Case("block", "one kernel a step, against 0", EQUAL,
         "fast.compare_block", needs="block"),
    Case("fused", "one kernel for all steps, against 0", EQUAL,
         "fast.compare_one_kernel", needs="fused"),
    Case("cudnn", "cuDNN's layer, against a cell of its equations", EQUAL,
         "fast.compare_cudnn", needs="cudnn"),
    Case("recompute", "model_rnn(recompute=True), against 0", EQUAL,
         "ways.recomputed", "ways.complete_pass"),
]
# What is in float32 whatever is asked for: there are no other kernels.
SINGLE = ("block", "fused", "cudnn")
NAMES = [case.name for case in CASES]


def find(names=None):
  """The cases that `names` name, in the order of the table; None: all.

  Raises `ArgumentError` for a name that is not there.
  """
  if isinstance(names, str):
    names = [names]
  if names is None:
    return list(CASES)
  names = [str(name) for name in names]
  unknown = [name for name in names if name not in NAMES]
  if unknown or not names:
    raise _errors.ArgumentError(_errors.problem(
        "case", "be one of " + ", ".join(NAMES),
        ", ".join(map(repr, unknown)) or "none", "name one of them"))
  return [case for case in CASES if case.name in names]


def look_up(path):
  """The function that "module.function" names."""
  module, name = path.split(".")
  return getattr(
      importlib.import_module(f"tfcompat_rnn.verify.{module}"), name)


def applies(case, kind):
  """Whether `case` can be said of `kind`."""
  if case.needs == "numbers":
    return not kind.symbols
  if case.needs == "race":
    return kind.race is not None
  if case.needs in SINGLE:
    return kind.name in look_up(f"fast.{case.needs.upper()}")
  return True


def expected(case, kind):
  """What is to be found with this cell."""
  if case.needs == "race" and not kind.race:
    return EQUAL
  return case.expected
