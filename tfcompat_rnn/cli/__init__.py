"""`tfcompat-rnn SUBCOMMAND ...`: one module of this package a subcommand.

A subcommand's module has `HELP` (one line), `add_arguments(parser)` and
`execute(arguments)`, which returns the exit code. If it has
`split(argv, parser)`, that divides the words after the subcommand's name into
(words for the parser, words for somebody else); `execute` finds the latter as
`arguments.rest`. Modules are found by looking, and only the one asked for is
imported; nothing here loads TensorFlow.
"""

import argparse
import importlib
import pkgutil
import sys

import tfcompat_rnn
from tfcompat_rnn import _errors

PROGRAM = "tfcompat-rnn"


def subcommands():
  """Names of all subcommands, sorted.

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
                      help=f"one of those below; `{PROGRAM} SUBCOMMAND "
                      "--help` tells more")
  return parser


def main(argv=None):
  """Runs the subcommand that `argv` names; returns its exit code.

  `argv` is `sys.argv[1:]` if None. Wrong usage ends with exit code 2, an
  error of ours with one line on stderr and its `exit_code` (1 if it has
  none). What a program under `run` raises is not touched.
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
  arguments = parser.parse_args(words)
  arguments.rest = rest
  arguments.parser = parser
  try:
    return module.execute(arguments)
  except _errors.LauncherError as error:
    print(f"{PROGRAM}: {error}", file=sys.stderr)
    return getattr(error, "exit_code", 1)
