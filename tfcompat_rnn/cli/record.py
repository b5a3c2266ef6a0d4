"""`tfcompat-rnn record`: runs a program and records what it computes."""

from tfcompat_rnn.cli import run

HELP = "run a program and record what it computes in a file, for `compare`"
IN_PROCESS = True

_USAGE = """%(prog)s [options] SCRIPT [ARGS...] -o FILE.npz
       %(prog)s [options] -m MODULE [ARGS...] -o FILE.npz
       %(prog)s --reference-python PYTHON [options] SCRIPT [ARGS...] -o \
FILE.npz
       %(prog)s --print-recorder > recorder.py"""

_EPILOG = """\
Options come before SCRIPT; everything after SCRIPT belongs to the program,
except `-o FILE.npz`, which may come before or after it.

On a machine where this package cannot be installed (Python 3.5 to 3.7 with
TensorFlow 1.4 to 1.15), copy the recorder to it and run it by itself:
  tfcompat-rnn record --print-recorder > recorder.py
  python3.7 recorder.py SCRIPT [ARGS...] -o FILE.npz

exit codes: the program's own; 2 if it cannot be recorded.
"""
_OUTPUT = ("-o", "--output")


def add_arguments(parser):
  """Adds the options of `record`: its own and those of `run`."""
  from tfcompat_rnn.compare import options
  run.add_arguments(parser)
  options.add_common(parser)
  parser.usage = _USAGE
  parser.epilog = _EPILOG
  parser.add_argument("-o", "--output", metavar="FILE.npz",
                      help="the recording to write")
  parser.add_argument(
      "--reference-python", metavar="PYTHON",
      help="record under this interpreter, which has TensorFlow 1.4 to 1.15, "
      "instead of under this one")
  parser.add_argument(
      "--reference-path", metavar="DIR[:DIR]",
      help="PYTHONPATH under the reference, in place of that of this "
      "environment")
  parser.add_argument(
      "--no-launcher", action="store_true",
      help="run the program as `python SCRIPT` does; for programs that import "
      "tfcompat_rnn or tf.compat.v1 themselves")
  parser.add_argument(
      "--print-recorder", action="store_true",
      help="print the recorder, one file that runs by itself, and exit")


def split(words, parser):
  """Splits as `run` does, but `-o FILE` may also come after SCRIPT."""
  from tfcompat_rnn.compare import options
  words, rest = run.split(words, parser)
  if options.take_option(words, _OUTPUT)[0] is None:
    found, rest = options.take_option(rest, _OUTPUT)
    if found is not None:
      words = words + ["-o", found]
  return words, rest


def execute(arguments):
  """Runs and records the program and returns its exit code."""
  from tfcompat_rnn.compare import sides
  if arguments.print_recorder:
    print(sides.recorder_source(), end="")
    return 0
  if not arguments.rest:
    arguments.parser.error("name the SCRIPT, the NOTEBOOK.ipynb or "
                           "`-m MODULE` to record")
  if not arguments.output:
    arguments.parser.error("name the file for the recording with "
                           "`-o FILE.npz`")
  if arguments.reference_python:
    return sides.record_there(arguments)
  from tfcompat_rnn.compare import here
  if arguments.no_launcher:
    return here.record_plainly(arguments)
  return here.record(arguments, lambda: run.execute(arguments))
