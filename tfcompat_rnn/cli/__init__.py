"""The command line `tfcompat-rnn SUBCOMMAND ...`, one module per subcommand.

The module of a subcommand has `HELP` (one line), `add_arguments(parser)` and
`execute(arguments)`, which returns the exit code. It may also have
`split(argv, parser)`, which divides the words after the subcommand's name into
words for the parser and all others; `execute` gets the others as
`arguments.rest`. Subcommands are discovered by listing this package, and only
the one that is needed is imported. Nothing here loads TensorFlow.
"""

import argparse
import importlib
import os
import pkgutil
import sys

import tfcompat_rnn
from tfcompat_rnn import _errors

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


def _top_parser():
  parser = argparse.ArgumentParser(
      prog=PROGRAM, description=tfcompat_rnn.__doc__.splitlines()[0],
      formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("--version", action="version",
                      version=f"{PROGRAM} {tfcompat_rnn.__version__}")
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
  if not argv or argv[0].startswith("-"):
    parser = _top_parser()
    if not argv or argv[0] in ("-h", "--help"):
      parser.epilog = _overview()
    if not argv:
      parser.print_help(sys.stderr)
      return 2
    parser.parse_args(argv[:1])
    parser.error(f"unknown option {argv[0]}")
  name, words = argv[0], argv[1:]
  if name not in subcommands():
    _top_parser().error(
        f"there is no subcommand {name!r}; there are: "
        f"{', '.join(subcommands())}. To run a program: {PROGRAM} run "
        f"{name}")
  module = load(name)
  parser = argparse.ArgumentParser(
      prog=f"{PROGRAM} {name}", description=module.HELP, allow_abbrev=False,
      formatter_class=argparse.RawDescriptionHelpFormatter)
  module.add_arguments(parser)
  rest = []
  if hasattr(module, "split"):
    words, rest = module.split(words, parser)
  _refuse_empty(words, parser)
  arguments = parser.parse_args(words)
  arguments.rest = rest
  arguments.parser = parser
  try:
    code = module.execute(arguments)
    if not rest:  # what a program leaves unprinted is its own
      sys.stdout.flush()
    return code
  except BrokenPipeError:
    if rest:
      raise
    # `tfcompat-rnn ... | head`: nobody wants the rest. Python flushes standard
    # output once more at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 141  # as a shell reports SIGPIPE
  except _errors.LauncherError as error:
    print(f"{PROGRAM}: {error}", file=sys.stderr)
    return getattr(error, "exit_code", 1)


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
