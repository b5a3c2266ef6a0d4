"""The cases: what is compared with what, and the expected result.

This module does not load TensorFlow: a case names its function, which is looked
up when the case runs.
"""

import importlib
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn.verify import rows as rows_lib

EQUAL, DIFFERENT = rows_lib.EQUAL, rows_lib.DIFFERENT


class Case(typing.NamedTuple):
  """One comparison.

  name, title: the name for `--case`, and the description shown in the table.
  expected: whether the gradients must be "equal" or "different".
  run: "module.function" in this package. With `against`, both are ways of
    building (see `ways`). Otherwise a function that takes a `Setting` and
    returns `(Result, Result, labels)`, and optionally a note.
  needs: the cells to which it applies: "" for all; "numbers" for those whose
    inputs are numbers; "block", "fused" and "cudnn" for those with such a
    counterpart; "race" for those for which it is known whether the race occurs.
  """
  name: str
  title: str
  expected: str
  run: str
  against: str = ""
  needs: str = ""


CASES = [
    Case("0", "complete pass, against unrolled steps", EQUAL,
         "ways.complete_pass", "ways.written_out"),
    Case("1", "two stateful passes, against 0", DIFFERENT,
         "ways.two_passes", "ways.complete_pass"),
    Case("2", "two passes within a loop, against 0", DIFFERENT,
         "ways.two_passes_in_a_loop", "ways.complete_pass"),
    Case("2-1", "two passes within a loop, against 1", EQUAL,
         "ways.two_passes_in_a_loop", "ways.two_passes"),
    Case("3", "single pass by model_rnn, against 0", EQUAL,
         "ways.single_pass", "ways.complete_pass"),
    Case("4", "stacked, against unrolled steps", EQUAL,
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
    Case("keep-documented", "assign and gradients in one run, as documented",
         DIFFERENT, "keeping.documented", needs="race"),
    Case("keep", "stateful_rnn and gradients in one run", EQUAL,
         "keeping.ours"),
    Case("block", "one kernel per step, against 0", EQUAL,
         "fast.compare_block", needs="block"),
    Case("fused", "one kernel for all steps, against 0", EQUAL,
         "fast.compare_one_kernel", needs="fused"),
    Case("cudnn", "cuDNN's layer, against a cell of its equations", EQUAL,
         "fast.compare_cudnn", needs="cudnn"),
    Case("recompute", "model_rnn(recompute=True), against 0", EQUAL,
         "ways.recomputed", "ways.complete_pass"),
    Case("graph", 'dynamic_rnn(execution="graph"), against 0', EQUAL,
         "executions.graph"),
    Case("graph-static", 'static_rnn(execution="graph"), against 0', EQUAL,
         "executions.graph_static"),
    Case("graph-both", 'both directions in "graph", against the loop', EQUAL,
         "executions.graph_both"),
    Case("graph-model", 'model_rnn in "graph", recomputed, against 0', EQUAL,
         "executions.graph_model"),
    Case("graph-chunked", 'three runs in "graph", against 0 cut', EQUAL,
         "executions.graph_chunked"),
    Case("graph-keep", 'keep, with stateful_rnn in "graph"', EQUAL,
         "executions.graph_keep"),
    Case("xla", 'dynamic_rnn(execution="xla"), against 0', EQUAL,
         "executions.xla"),
]
# These always run in float32, because there are no other kernels.
SINGLE = ("block", "fused", "cudnn")
NAMES = [case.name for case in CASES]


def find(names=None):
  """The cases with these names, in the order of the table; None for all.

  Raises `ArgumentError` for an unknown name.
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
        ", ".join(map(repr, unknown)) or "none", "pass one of them"))
  return [case for case in CASES if case.name in names]


def look_up(path):
  """The function with the name "module.function"."""
  module, name = path.split(".")
  return getattr(
      importlib.import_module(f"tfcompat_rnn.verify.{module}"), name)


def applies(case, kind):
  """Whether `case` applies to `kind`."""
  if case.needs == "numbers":
    return not kind.symbols
  if case.needs == "race":
    return kind.race is not None
  if case.needs in SINGLE:
    return kind.name in look_up(f"fast.{case.needs.upper()}")
  return True


def expected(case, kind):
  """The expected result with this cell."""
  if case.needs == "race" and not kind.race:
    return EQUAL
  return case.expected
