"""`tfcompat-rnn verify`: compares several ways to build one computation."""

import os
import sys

HELP = "check which ways to build a recurrent computation agree"

_EPILOG = """\
Each case is built in two ways with each cell, with the same weights and inputs.
Loss, outputs and states must be equal; for the gradients, the table shows what
is expected and what was found.

exit codes: 0 everything is as expected; 1 something is not; 2 it could not run.
"""


def add_arguments(parser):
  """Adds the options of `verify`."""
  parser.epilog = _EPILOG
  parser.add_argument(
      "--cell", action="append", metavar="NAME",
      help="one of the cells that --list shows, or `all`; may be repeated "
      "(default: BasicRNN, GRU, LSTM, LSTM+peepholes)")
  parser.add_argument(
      "--case", action="append", metavar="NAME",
      help="one of the cases that --list shows; may be repeated (default: "
      "all)")
  parser.add_argument(
      "--dtype", choices=("float32", "float64"), default="float64",
      help="the dtype of weights, inputs and states (default float64)")
  parser.add_argument("--json", metavar="FILE",
                      help="write the report to this file as JSON")
  parser.add_argument(
      "--plot", metavar="FILE",
      help="write a plot to this file (.png, .svg or .pdf; needs matplotlib)")
  parser.add_argument(
      "--details", action="store_true",
      help="after the table, print every tensor of the rows that are not as "
      "expected")
  parser.add_argument("--list", action="store_true",
                      help="list the cases and cells, and exit")


def execute(arguments):
  """Runs the cases and returns 0, 1 or 2."""
  from tfcompat_rnn import _errors
  from tfcompat_rnn import _terminal
  from tfcompat_rnn.verify import cases
  from tfcompat_rnn.verify import kinds
  if arguments.list:
    print(_listing(cases, kinds))
    return 0
  try:
    _check(arguments, cases, kinds)
    report = _run(arguments)
    print(report)
    if arguments.details and report.failures:
      print("\n" + report.details())
    if arguments.json:
      report.to_json(arguments.json)
    if arguments.plot:
      report.plot(arguments.plot)
    return report.exit_code
  except _errors.TfcompatError as error:
    _terminal.complain(error, "tfcompat-rnn verify: ")
    return 2


def _check(arguments, cases, kinds):
  """Raises an error now for options that would fail only after the run."""
  from tfcompat_rnn import _errors
  cases.find(arguments.case)
  kinds.find(arguments.cell)
  for option in ("json", "plot"):
    path = getattr(arguments, option)
    folder = path and os.path.dirname(os.path.abspath(path))
    if path and not os.path.isdir(folder):
      raise _errors.ArgumentError(_errors.problem(
          f"--{option}", "name a file in an existing folder", path,
          f"make {folder} first"))
  if arguments.plot:
    from tfcompat_rnn import _figure
    from tfcompat_rnn.verify import picture
    _figure.require_matplotlib()
    picture.check_ending(arguments.plot)


def _run(arguments):
  from tfcompat_rnn import _patching
  from tfcompat_rnn.launcher import startup_messages
  patches = _patching.Stack()  # never closed: lasts as long as the process
  startup_messages.silence(patches)
  with startup_messages.quiet_stderr():
    from tfcompat_rnn import verify
    from tfcompat_rnn._tf import tf
  startup_messages.watch_first_session(patches, tf)
  live = sys.stderr.isatty()
  report = verify.run_cases(
      arguments.case, arguments.cell, arguments.dtype,
      progress=_show if live else None)
  if live:
    print("\r\x1b[K", end="", file=sys.stderr, flush=True)
  return report


def _show(done, total, text):
  print(f"\r\x1b[K{done} of {total}: {text}", end="", file=sys.stderr,
        flush=True)


def _listing(cases, kinds):
  width = max(map(len, [*cases.NAMES, *kinds.KINDS]))
  lines = ["cases:"]
  lines += [f"  {case.name:{width}}  {case.title} (expected "
            f"{case.expected})" for case in cases.CASES]
  lines += ["", "cells (`all` for every one; + used without --cell):"]
  lines += [f"{'+' if name in kinds.DEFAULT else ' '} {name}"
            for name in kinds.KINDS]
  return "\n".join(lines)
