"""`tfcompat-rnn devices`: shows the devices that TensorFlow sees."""

import os
import sys

HELP = "show what TensorFlow sees, why a GPU is not used, and try each device"

_EPILOG = """\
exit codes: 0 no problem was found (a machine without a GPU is not a problem);
1 a device failed its trial, or TensorFlow crashed; 2 wrong usage; 3 there is a
GPU that TensorFlow does not use, or --require-gpu was given and there is none.
"""


def add_arguments(parser):
  """Adds the options of `devices`."""
  parser.epilog = _EPILOG
  parser.add_argument("--steps", type=int, default=5, metavar="N",
                      help="train for this many steps (default %(default)s; "
                      "0: do not train)")
  parser.add_argument("--require-gpu", action="store_true",
                      help="exit with code 3 if TensorFlow uses no GPU")
  parser.add_argument("--json", metavar="FILE",
                      help="write all facts, findings and trials to this file")


def execute(arguments):
  """Prints the report and returns the exit code."""
  if arguments.steps < 0:
    arguments.parser.error(f"--steps must not be negative, got "
                           f"{arguments.steps}")
  if arguments.json and not os.path.isdir(
      os.path.dirname(os.path.abspath(arguments.json))):
    arguments.parser.error(f"--json: there is no folder for {arguments.json}; "
                           "make it first")
  from tfcompat_rnn import _patching
  from tfcompat_rnn.launcher import startup_messages
  patches = _patching.Stack()  # never closed: lasts as long as the process
  startup_messages.silence(patches)
  print("examining the devices, and training a small LSTM ..."
        if arguments.steps else "examining the devices ...", file=sys.stderr,
        flush=True)
  with startup_messages.quiet_stderr():
    from tfcompat_rnn.devices import command
    report = command.examine(arguments.steps, arguments.require_gpu)
  print(report)
  if arguments.json:
    report.write_json(arguments.json)
  return report.exit_code
