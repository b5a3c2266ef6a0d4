"""`tfcompat-rnn bench`: times a step of recurrent networks side by side."""

import os
import sys

HELP = "time recurrent networks: this package's executions and other libraries"

_EPILOG = """\
Each contestant is a process of its own. All have the same weights and inputs,
are compared with the plain loop first, and then take turns, so that other load
on the machine affects all of them; each ratio is of one round. Without --only,
everything that is installed takes part. docs/performance.md explains the
columns. Everything runs on the CPU.

exit codes: 0 all were timed; 1 one failed or computes something else; 2 it
could not run; 130 Ctrl-C ended it (the results so far are shown and written).
"""
_VARIABLE = "TFCOMPAT_REFERENCE_PYTHON"


def add_arguments(parser):
  """Adds the options of `bench`."""
  parser.epilog = _EPILOG
  parser.add_argument(
      "--cells", nargs="+", metavar="NAME",
      help="some of RNN, GRU, LSTM, LSTM3 (three layers), LSTM3+dropout "
      "(default: all but LSTM3)")
  parser.add_argument(
      "--sizes", nargs="+", metavar="BATCH,STEPS,UNITS",
      help="sizes, with as many inputs as units (default: 1,100,64 32,50,128 "
      "64,100,512 16,2000,128)")
  parser.add_argument(
      "--only", "--contestants", nargs="+", metavar="NAME",
      help="contestants that --list shows (default: all that are installed)")
  parser.add_argument(
      "--reference-python", metavar="PYTHON",
      help="an interpreter with TensorFlow 1.15, which then takes part; "
      f"default: the environment variable {_VARIABLE}")
  parser.add_argument("--forward-only", action="store_true",
                      help="time no backward pass")
  parser.add_argument("--rounds", type=int, default=11, metavar="N",
                      help="turns of each contestant (default 11)")
  parser.add_argument(
      "--seconds", type=float, default=.2, metavar="S",
      help="repeat a short step within a turn until the slowest contestant "
      "needs S seconds, but 50 times at most (default 0.2)")
  parser.add_argument("--warm-up", type=int, default=3, metavar="N",
                      help="steps before the rounds, after the first "
                      "(default 3)")
  parser.add_argument("--threads", type=int, default=0, metavar="N",
                      help="threads of each contestant (default: one for each "
                      "processor)")
  parser.add_argument(
      "--limit", type=float, default=900, metavar="S",
      help="give a contestant up that takes S seconds for one answer "
      "(default 900)")
  parser.add_argument("--json", metavar="FILE",
                      help="write everything, each round too, as JSON")
  parser.add_argument(
      "--picture", metavar="FILE",
      help="draw the times to this file (.png, .svg or .pdf; needs "
      "matplotlib)")
  parser.add_argument(
      "--write", metavar="PAGE",
      help="put the table into this Markdown page, between its marks")
  parser.add_argument("--list", action="store_true",
                      help="list cells and contestants, and exit")


def execute(arguments):
  """Measures and returns 0, 1, 2 or 130."""
  from tfcompat_rnn import _errors
  from tfcompat_rnn import _terminal
  try:
    if arguments.list:
      print(_listing())
      return 0
    options = _options(arguments)
    _check(arguments)
    report, stopped = _run(options)
    if report.rows or not stopped:
      print(report)
      _write(report, arguments)
    if stopped:
      print("tfcompat-rnn bench: stopped", file=sys.stderr)
      return 130  # as a shell reports SIGINT
    return report.exit_code
  except _errors.TfcompatError as error:
    _terminal.complain(error, "tfcompat-rnn bench: ")
    return 2


def _options(arguments):
  from tfcompat_rnn.bench import options
  from tfcompat_rnn.bench import tasks
  return options.Options(
      cells=tuple(arguments.cells or tasks.DEFAULT_CELLS),
      sizes=tuple(map(tasks.parse_size, arguments.sizes))
      if arguments.sizes else tasks.SIZES,
      only=tuple(arguments.only or ()), rounds=arguments.rounds,
      seconds=arguments.seconds, warm_up=arguments.warm_up,
      threads=arguments.threads, forward_only=arguments.forward_only,
      limit=arguments.limit,
      reference=arguments.reference_python or os.environ.get(_VARIABLE))


def _check(arguments):
  """Raises an error now for options that would fail only after the run."""
  from tfcompat_rnn import _errors
  for option in ("json", "picture"):
    path = getattr(arguments, option)
    folder = path and os.path.dirname(os.path.abspath(path))
    if path and not os.path.isdir(folder):
      raise _errors.ArgumentError(_errors.problem(
          f"--{option}", "name a file in an existing folder", path,
          f"make {folder} first"))
  if arguments.picture:
    from tfcompat_rnn import _figure
    from tfcompat_rnn.verify import picture
    _figure.require_matplotlib()
    picture.check_ending(arguments.picture)
  if arguments.write:
    from tfcompat_rnn.bench import report
    report.read_page(arguments.write)


def _run(options):
  """The report, and whether Ctrl-C ended the run; it then has what there is."""
  from tfcompat_rnn.bench import measuring
  from tfcompat_rnn.bench import progress
  from tfcompat_rnn.bench import report as report_lib
  report = report_lib.Report([], {}, options)
  try:
    with progress.bar(measuring.parts(options), sys.stderr) as shown:
      measuring.fill(report, shown)
  except KeyboardInterrupt:
    return report, True
  return report, False


def _write(report, arguments):
  if arguments.json:
    report.to_json(arguments.json)
  if arguments.picture:
    report.plot(arguments.picture)
  if arguments.write:
    report.write(arguments.write)


def _listing():
  from tfcompat_rnn.bench import contestants
  from tfcompat_rnn.bench import tasks
  known = contestants.everyone()
  width = max(map(len, [*known, *tasks.CELLS]))
  lines = ["cells (+ used without --cells):"]
  for name, cell in tasks.CELLS.items():
    text = f"{cell.layers} layer{'s' * (cell.layers > 1)} of {cell.kind}"
    if cell.keep < 1:
      text += f", each output kept with probability {cell.keep:g}"
    lines.append(f"{'+' if name in tasks.DEFAULT_CELLS else ' '} "
                 f"{name:{width}}  {text}")
  lines += ["", "contestants:"]
  lines += [f"  {name:{width}}  {one.title}" for name, one in known.items()]
  return "\n".join(lines)
