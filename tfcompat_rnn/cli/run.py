"""`tfcompat-rnn run`: runs a TensorFlow 1.x program unmodified."""

import argparse

HELP = "run a TensorFlow 1.x script, module or notebook, unmodified"
IN_PROCESS = True

_USAGE = """%(prog)s [options] SCRIPT [ARGS...]
       %(prog)s [options] -m MODULE [ARGS...]
       %(prog)s [options] NOTEBOOK.ipynb"""

_EPILOG = """\
Options come before SCRIPT; everything after SCRIPT belongs to the program.
`-` as SCRIPT reads the program from standard input.

exit codes: the program's own; 1 after an uncaught exception or a syntax
error; 2 if the program does not exist or the command line is wrong.
"""


def add_arguments(parser):
  """Adds the options of `run`."""
  parser.usage = _USAGE
  parser.epilog = _EPILOG
  parser.add_argument(
      "--figures", metavar="DIR",
      help="save each figure that the program shows as a PNG file in DIR "
      "(without this option, figures are saved in ./figures, and only if "
      "there is no display)")
  parser.add_argument(
      "--no-snapshot", dest="snapshot", action="store_false",
      help="read state directly from reference variables, as 1.15 did "
      "(gradients can then be wrong if the program assigns the state)")
  parser.add_argument(
      "--resource-variables", action="store_true",
      help="make every variable a resource variable (names such as "
      "w/read:0 change)")
  parser.add_argument(
      "--repeated-cells", choices=("copy", "share"), default="share",
      help="MultiRNNCell([cell] * n): `share` does what 1.15 did (default), "
      "`copy` makes n separate layers, as before TensorFlow 1.2")
  parser.add_argument(
      "--seeds", choices=("1.15", "native"), default="1.15",
      help="what a graph-level seed draws: `1.15` (default), the same as in "
      "TensorFlow 1.15; `native`, the same as in TensorFlow 2")
  parser.add_argument(
      "--fast", action="store_true",
      help="run tf.nn.dynamic_rnn, static_rnn and their kin otherwise than "
      "1.15 did: compiled by XLA where the number of steps is known; the "
      "numbers agree within rounding (see docs/fused.md)")
  parser.add_argument(
      "--api", metavar="RELEASE", type=_release,
      help="the release of TensorFlow that the program was written for, such "
      "as 0.8, where its calls alone do not tell (see docs/releases.md)")
  parser.add_argument(
      "--device", metavar="DEVICE",
      help="for programs that do not choose a device: /gpu:N makes this the "
      "only GPU that TensorFlow sees, as its /gpu:0; /cpu:0 is the same as "
      "--cpu-only")
  parser.add_argument(
      "--cpu-only", action="store_true", help="hide all GPUs from TensorFlow")
  parser.add_argument(
      "--memory-growth", action="store_true",
      help="allocate GPU memory as it is needed instead of all at once")
  parser.add_argument(
      "--memory-fraction", type=float, metavar="F",
      help="allocate at most this fraction of each GPU's memory, unless the "
      "program sets a limit")
  parser.add_argument(
      "--verbose", action="store_true",
      help="show TensorFlow's startup messages and deprecation warnings")
  parser.add_argument(
      "--no-repair", metavar="NAME[,NAME]", action="append", default=[],
      help="turn repairs off: a name, a pattern (np.*) or a family (numpy)")
  parser.add_argument(
      "--python2", action="store_true", default=None,
      help="run the program as Python 2 did, converting its modules as they "
      "are imported (without this option, if one of them has syntax of "
      "Python 2)")
  parser.add_argument(
      "--no-python2", dest="python2", action="store_false", default=None,
      help="never convert; run every module as Python 3")
  parser.add_argument(
      "--show-conversion", action="store_true",
      help="print what the conversion from Python 2 changes in each file")
  parser.add_argument(
      "--ordered-sets", action="store_true",
      help="make the sets of the program's own modules iterate in sorted "
      "order, so that `list(set(text))` is the same in every Python")
  parser.add_argument(
      "--list-repairs", action="store_true",
      help="list the repairs for old code, and exit")


def _release(text):
  from tfcompat_rnn.namespace.releases import version
  try:
    version.parse(text)
  except ValueError as error:
    raise argparse.ArgumentTypeError(str(error)) from None
  return text


def split(words, parser):
  """Divides `words` into our options, and the program with its arguments.

  Stops at the first word that is not one of our options, so that
  `run train.py --verbose` passes `--verbose` to train.py.
  """
  takes_value = {option for action in parser._actions
                 for option in action.option_strings if action.nargs is None}
  at = 0
  while at < len(words):
    word = words[at]
    if word == "--":
      return words[:at], words[at + 1:]
    if not word.startswith("-") or word == "-" or word.startswith("-m"):
      break
    at += 2 if word in takes_value else 1
  return words[:at], words[at:]


def execute(arguments):
  """Runs the program and returns 0; its exceptions pass through."""
  from tfcompat_rnn import repairs
  off = [name.strip() for names in arguments.no_repair
         for name in names.split(",") if name.strip()]
  if arguments.list_repairs:
    print(repairs.listing(off))
    return 0
  program = arguments.rest
  as_module = bool(program) and program[0].startswith("-m")
  if as_module:
    joined = program[0][2:]
    program = ([joined] if joined else []) + program[1:]
  if not program:
    arguments.parser.error(
        "name the module after -m" if as_module else
        "name the SCRIPT, the NOTEBOOK.ipynb or `-m MODULE` to run")
  unknown = repairs.unknown_names(off)
  if unknown:
    arguments.parser.error(
        f"there is no repair {', '.join(map(repr, unknown))}; "
        "--list-repairs shows the names")
  device = _device_of(arguments)
  from tfcompat_rnn.launcher import launcher
  options = launcher.Options(
      figures=arguments.figures, snapshot=arguments.snapshot,
      resource_variables=arguments.resource_variables,
      repeated_cells=arguments.repeated_cells, seeds=arguments.seeds,
      fast=arguments.fast,
      verbose=arguments.verbose, no_repair=tuple(off), device=device,
      memory_growth=arguments.memory_growth, api=arguments.api,
      memory_fraction=arguments.memory_fraction,
      python2=arguments.python2 or (True if arguments.show_conversion
                                    else arguments.python2),
      show_conversion=arguments.show_conversion,
      ordered_sets=arguments.ordered_sets)
  return launcher.launch(program, options, as_module=as_module)


def _device_of(arguments):
  """The device that the options choose, or None."""
  fraction = arguments.memory_fraction
  if fraction is not None and not 0 < fraction <= 1:
    arguments.parser.error(f"--memory-fraction must be above 0 and at most 1, "
                           f"got {fraction:g}")
  if not arguments.device:
    return "/cpu:0" if arguments.cpu_only else None
  from tfcompat_rnn.launcher import device_options
  try:
    kind, number = device_options.parse_device(arguments.device)
  except ValueError as error:
    arguments.parser.error(f"--device: {error}")
  if arguments.cpu_only and kind != "cpu":
    arguments.parser.error("--cpu-only and --device cannot be used together")
  return f"/{kind}:{number}"
