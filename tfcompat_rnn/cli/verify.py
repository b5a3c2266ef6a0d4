"""`tfcompat-rnn verify`: ways to build one computation, held to each other."""

import os
import sys

HELP = "check which ways to build a recurrent computation agree, which do not"

_EPILOG = """\
Each case is built in two ways with each cell, on the same weights and inputs.
Loss, outputs and states have to be equal; of the gradients the table says
what is expected and what was found.

exit codes: 0 all as expected; 1 something is not; 2 it could not be run.
"""


def add_arguments(parser):
  """The options of `verify`."""
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
      help="of weights, inputs and states (default float64)")
  parser.add_argument("--json", metavar="FILE", help="write the report there")
  parser.add_argument(
      "--plot", metavar="FILE",
      help="write a picture there (.png, .svg or .pdf; wants matplotlib)")
  parser.add_argument(
      "--details", action="store_true",
      help="behind the table, every tensor of the rows that are not as "
      "expected")
  parser.add_argument("--list", action="store_true",
                      help="list cases and cells, and stop")


def execute(arguments):
  """Runs the cases; returns 0, 1 or 2."""
  from tfcompat_rnn import _errors
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
    print(f"tfcompat-rnn verify: {error}", file=sys.stderr)
    return 2


def _check(arguments, cases, kinds):
  """Raises for what would make the run be in vain."""
  from tfcompat_rnn import _errors
  cases.find(arguments.case)
  kinds.find(arguments.cell)
  for option in ("json", "plot"):
    path = getattr(arguments, option)
    folder = path and os.path.dirname(os.path.abspath(path))
    if path and not os.path.isdir(folder):
      raise _errors.ArgumentError(_errors.problem(
          f"--{option}", "name a file in a folder that is there", path,
          f"make {folder} first"))
  if arguments.plot:
    from tfcompat_rnn import _figure
    from tfcompat_rnn.verify import picture
    _figure.require_matplotlib()
    picture.check_ending(arguments.plot)


def _run(arguments):
  from tfcompat_rnn.launcher import startup_messages
  startup_messages.silence()
  with startup_messages.quiet_stderr():
    from tfcompat_rnn import verify
    from tfcompat_rnn._tf import tf
  startup_messages.watch_first_session(tf)
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
  lines += ["", "cells (`all` for every one; + taken without --cell):"]
  lines += [f"{'+' if name in kinds.DEFAULT else ' '} {name}"
            for name in kinds.KINDS]
  return "\n".join(lines)
