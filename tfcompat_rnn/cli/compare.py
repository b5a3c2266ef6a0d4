"""`tfcompat-rnn compare`: runs a program under TensorFlow 1.x and here."""

import os

from tfcompat_rnn import _terminal
from tfcompat_rnn.cli import run

HELP = "run a program under TensorFlow 1.x and here, and compare all numbers"

_USAGE = """%(prog)s [options] SCRIPT [ARGS...] --reference-python PYTHON
       %(prog)s [options] OLD.py NEW.py [ARGS...] [--reference-python PYTHON]
       %(prog)s [options] -m MODULE [ARGS...] --reference-python PYTHON
       %(prog)s [options] SCRIPT [ARGS...] --against FILE.npz
       %(prog)s [options] OURS.npz --against FILE.npz"""

_EPILOG = """\
Options come before SCRIPT, or after `--reference-python PYTHON` or `--against
FILE.npz`. Either of these two may come before SCRIPT or end the program's
arguments; everything in between belongs to the program. If neither is given,
the environment variable TFCOMPAT_REFERENCE_PYTHON names the interpreter.

Two scripts are two programs: OLD.py runs under the reference, or here if none
is given, and NEW.py here. Options come before OLD.py, except for `--variables
FILE`, which may also come last. With --one-program, the second script is an
argument of the first.

exit codes: 0 the runs are equal; 1 they differ; 2 a side could not run.
"""
_VARIABLE = "TFCOMPAT_REFERENCE_PYTHON"
_EITHER = ("--reference-python", "--against")


def add_arguments(parser):
  """Adds the options of `compare`: its own and those of `run`."""
  from tfcompat_rnn.compare import options
  run.add_arguments(parser)
  options.add_common(parser, with_initial=False)
  parser.usage = _USAGE
  parser.epilog = _EPILOG
  parser.add_argument(
      "--reference-python", metavar="PYTHON",
      help="an interpreter with TensorFlow 1.4 to 1.15")
  parser.add_argument(
      "--reference-path", metavar="DIR[:DIR]",
      help="PYTHONPATH under the reference, in place of that of this "
      "environment")
  parser.add_argument(
      "--against", metavar="FILE.npz",
      help="compare with this recording; no old interpreter is needed")
  parser.add_argument(
      "--initial-values", choices=("own", "reference"), default="own",
      help="`reference`: after initialization, load the values of the "
      "reference's variables into ours by name, for programs without a seed")
  parser.add_argument(
      "--variables", metavar="FILE",
      help="JSON with the names of variables and feeds that differ between two "
      "programs; written if there is no such file, for editing")
  parser.add_argument(
      "--one-program", action="store_true",
      help="a second script is an argument of the first")
  parser.add_argument(
      "--rtol", type=float, default=1e-5, metavar="R",
      help="tolerance for the largest difference in a tensor, relative to "
      "its largest absolute value (default 1e-5)")
  parser.add_argument(
      "--atol", type=float, default=1e-8, metavar="A",
      help="absolute tolerance, added to the relative one (default 1e-8)")
  parser.add_argument(
      "--weights-rtol", type=float, default=1e-2, metavar="R",
      help="replaces --rtol for variables after training (default 1e-2)")
  parser.add_argument("--json", metavar="FILE",
                      help="write the report to this file as JSON")
  parser.add_argument("--html", metavar="FILE",
                      help="write a page with plots of the scalar fetches")
  parser.add_argument(
      "--in-place", action="store_true",
      help="run both sides in the current folder, one after the other, "
      "instead of each in a copy of it")
  parser.add_argument(
      "--keep", metavar="DIR",
      help="keep both recordings, what the sides printed, and the files that "
      "they wrote in DIR")


def split(words, parser):
  """Splits as `run` does, but the reference may also come after SCRIPT.

  There it ends the program's arguments, and options of `compare` follow.
  """
  words, rest = run.split(words, parser)
  if rest and rest[0].endswith(".npz"):
    return words + rest[1:], rest[:1]  # no program, no arguments of one
  words, rest = _take_after(words, rest)
  if not any(_is_reference(word) for word in words):
    ends = [at for at, word in enumerate(rest) if _is_reference(word)]
    if ends:
      words, rest = words + rest[ends[-1]:], rest[:ends[-1]]
      known = parser._option_string_actions
      for word in rest[1:]:
        if word.partition("=")[0] in known and word.startswith("--"):
          _terminal.complain(
              f"{word} comes after {rest[0]} and is passed to it; for compare, "
              f"put it before {rest[0]} or at the end")
  return words, rest


def is_script(word):
  """Does the word name an existing script or notebook?"""
  return word.endswith((".py", ".ipynb")) and os.path.isfile(word)


def _take_after(words, rest):
  """Nothing ends the arguments of OLD.py and NEW.py but `--variables FILE`."""
  if rest[-2:-1] == ["--variables"] and len(rest) > 3 and (
      "--one-program" not in words) and all(map(is_script, rest[:2])):
    return words + rest[-2:], rest[:-2]
  return words, rest


def _is_reference(word):
  return word.partition("=")[0] in _EITHER


def execute(arguments):
  """Compares and returns 0, 1 or 2."""
  if not arguments.rest:
    arguments.parser.error("name the SCRIPT, the NOTEBOOK.ipynb or "
                           "`-m MODULE` to compare")
  if arguments.reference_python and arguments.against:
    arguments.parser.error("--reference-python and --against cannot be used "
                           "together; give one of them")
  arguments.new = None
  if len(arguments.rest) > 1 and not (
      arguments.against or arguments.one_program) and all(
          map(is_script, arguments.rest[:2])):
    arguments.new = arguments.rest[1:]
    arguments.rest = arguments.rest[:1] + arguments.rest[2:]
  if not arguments.against:
    arguments.reference_python = (arguments.reference_python
                                  or os.environ.get(_VARIABLE))
    if not arguments.reference_python and not arguments.new:
      arguments.parser.error(
          "name the reference, before or after the SCRIPT: "
          "`--reference-python PYTHON`, an interpreter with TensorFlow 1.x, "
          "or `--against FILE.npz`, a recording made with one (`tfcompat-rnn "
          "record --help` explains how)")
  if arguments.rest[0].endswith(".npz") and not arguments.against:
    arguments.parser.error(f"{arguments.rest[0]} is a recording; name "
                           "another to compare it with: --against FILE.npz")
  if not (arguments.rtol >= 0 and arguments.atol >= 0
          and arguments.weights_rtol >= 0):
    arguments.parser.error("--rtol, --atol and --weights-rtol must not be "
                           "negative")
  from tfcompat_rnn.compare import command
  return command.compare(
      arguments, command.words_of(run.add_arguments, arguments))
