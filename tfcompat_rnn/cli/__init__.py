"""The command line `tfcompat-rnn SUBCOMMAND ...`, one module per subcommand.

The module of a subcommand has `HELP` (one line), `add_arguments(parser)` and
`execute(arguments)`, which returns the exit code. It may also have
`split(argv, parser)`, which divides the words after the subcommand's name into
words for the parser and all others; `execute` gets the others as
`arguments.rest`. A module with `IN_PROCESS = True` runs these as a program in
this process: what that prints is left alone. Subcommands are discovered by
listing this package, and only the one that is needed is imported. Nothing here
loads TensorFlow.
"""

import argparse
import importlib
import pkgutil
import sys

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal

PROGRAM = "tfcompat-rnn"


def subcommands():
  """The names of all subcommands, sorted.

  >>> "run" in subcommands()
  True
  """
  return sorted(module.name.replace("_", "-")
                for module in pkgutil.iter_modules(__path__)
                if not module.name.startswith("_"))


def load(name):
  """The module of subcommand `name`."""
  return importlib.import_module(f"{__name__}.{name.replace('-', '_')}")


def _overview():
  lines = [f"{name:12}{load(name).HELP}" for name in subcommands()]
  return "subcommands:\n  " + "\n  ".join(lines)


class _Parser(argparse.ArgumentParser):
  """A parser whose messages cannot control the terminal."""

  def error(self, message):
    super().error(_terminal.printable(message))


class _ShowVersion(argparse.Action):
  """Prints what is installed, found when it is asked for, and ends."""

  def __call__(self, parser, namespace, values, option_string=None):
    from tfcompat_rnn.cli import _version
    print(_version.report())
    parser.exit()


def _top_parser(epilog=None):
  parser = _Parser(
      prog=PROGRAM, description=tfcompat_rnn.__doc__.splitlines()[0],
      epilog=epilog,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument(
      "--version", action=_ShowVersion, nargs=0,
      help="show the versions of this package, TensorFlow, NumPy and Python, "
      "and which extras are installed")
  parser.add_argument("subcommand", metavar="SUBCOMMAND",
                      help=f"one of those below; for details, run `{PROGRAM} "
                      "SUBCOMMAND --help`")
  return parser


def main(argv=None):
  """Runs the subcommand that `argv` names and returns its exit code.

  `argv` defaults to `sys.argv[1:]`. Wrong usage exits with code 2. A
  LauncherError prints one line on stderr and returns its `exit_code` (1 if it
  has none). Exceptions of a program under `run` pass through.
  """
  argv = list(sys.argv[1:] if argv is None else argv)
  try:
    with _terminal.guarded_output():
      if not argv:
        _top_parser(_overview()).print_help(sys.stderr)
        return 2
      module, arguments = _parse(argv)
      if not _is_program_here(module, arguments):
        return module.execute(arguments)
    # From here on, standard output is the program's own.
    return module.execute(arguments)
  except _terminal.UnwritableError as error:
    reason = error.__cause__
    if isinstance(reason, BrokenPipeError):
      # `tfcompat-rnn ... | head`: nobody wants the rest.
      return 141  # as a shell reports SIGPIPE
    _terminal.complain(_errors.problem(
        "stdout", "be writable", reason.strerror or reason,
        "check where the output goes, and the free space there"))
    return 2
  except _errors.LauncherError as error:
    _terminal.complain(error)
    return getattr(error, "exit_code", 1)


def _is_program_here(module, arguments):
  """Whether `execute` runs a program in this process."""
  return bool(arguments.rest) and getattr(module, "IN_PROCESS", False)


def _parse(argv):
  """`(module, arguments)` of the subcommand that `argv` names."""
  if argv[0].startswith("-"):
    parser = _top_parser(_overview() if argv[0] in ("-h", "--help") else None)
    parser.parse_args(argv[:1])
    parser.error(f"unknown option {argv[0]}")
  name, words = argv[0], argv[1:]
  if name not in subcommands():
    _top_parser().error(
        f"there is no subcommand {name!r}; there are: "
        f"{', '.join(subcommands())}. To run a program: {PROGRAM} run "
        f"{name}")
  module = load(name)
  parser = _Parser(
      prog=f"{PROGRAM} {name}", description=module.HELP, allow_abbrev=False,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  module.add_arguments(parser)
  rest = []
  if hasattr(module, "split"):
    words, rest = module.split(words, parser)
  # the program's name, but not its arguments, which may be empty
  named = rest[:2] if rest[:1] == ["-m"] else rest[:1]
  _refuse_empty(words + named, parser)
  arguments = parser.parse_args(words)
  arguments.rest = rest
  arguments.parser = parser
  return module, arguments


def _refuse_empty(words, parser):
  """Ends with exit code 2 if a word is empty, as an unset variable makes it."""
  for place, word in enumerate(words):
    option, mark, value = word.partition("=")
    if word == "":
      before = words[place - 1] if place else ""
      option = before if before.startswith("-") else "an argument"
    elif not (word.startswith("--") and mark and not value):
      continue
    parser.error(f"{option} must not be empty; is a variable of the shell "
                 "unset?")
