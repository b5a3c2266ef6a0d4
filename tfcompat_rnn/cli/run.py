"""`tfcompat-rnn run`: a TensorFlow 1.x program, as it stands."""

HELP = "run a TensorFlow 1.x script, module or notebook, unmodified"

_USAGE = """%(prog)s [options] SCRIPT [ARGS...]
       %(prog)s [options] -m MODULE [ARGS...]
       %(prog)s [options] NOTEBOOK.ipynb"""

_EPILOG = """\
Options come before SCRIPT; what follows SCRIPT belongs to the program.
`-` as SCRIPT reads the program from standard input.

exit codes: the program's own; 1 after an exception in it or a syntax error,
2 if there is no such program or the usage is wrong.
"""


def add_arguments(parser):
  """The options of `run`."""
  parser.usage = _USAGE
  parser.epilog = _EPILOG
  parser.add_argument(
      "--figures", metavar="DIR",
      help="save each figure that the program shows as PNG in DIR (without "
      "this option that happens in ./figures, and only if there is no "
      "display)")
  parser.add_argument(
      "--no-snapshot", dest="snapshot", action="store_false",
      help="read state straight from reference variables, as 1.15 did "
      "(gradients can then be wrong where the program assigns the state)")
  parser.add_argument(
      "--resource-variables", action="store_true",
      help="make every variable a resource variable (names such as "
      "w/read:0 change)")
  parser.add_argument(
      "--repeated-cells", choices=("copy", "share"), default="share",
      help="MultiRNNCell([cell] * n): `share` is 1.15's behaviour (default), "
      "`copy` makes n layers, as before TensorFlow 1.2")
  parser.add_argument(
      "--seeds", choices=("1.15", "native"), default="1.15",
      help="`1.15` (default): a graph-level seed draws what it drew in "
      "TensorFlow 1.15; `native`: what it draws in TensorFlow 2")
  parser.add_argument(
      "--device", metavar="DEVICE",
      help="for programs that say nothing of devices: /gpu:N is the one GPU "
      "that TensorFlow sees, as its /gpu:0; /cpu:0 as --cpu-only")
  parser.add_argument(
      "--cpu-only", action="store_true", help="TensorFlow sees no GPU")
  parser.add_argument(
      "--memory-growth", action="store_true",
      help="take GPU memory as it is needed, not all of it at once")
  parser.add_argument(
      "--memory-fraction", type=float, metavar="F",
      help="take at most this share of each GPU's memory, unless the program "
      "says how much")
  parser.add_argument(
      "--verbose", action="store_true",
      help="show TensorFlow's start-up messages and deprecation warnings")
  parser.add_argument(
      "--no-repair", metavar="NAME[,NAME]", action="append", default=[],
      help="switch repairs off: a name, a pattern (np.*) or a family (numpy)")
  parser.add_argument(
      "--list-repairs", action="store_true",
      help="list the repairs for the age of the code, and stop")


def split(words, parser):
  """([options of ours], [program and its words]).

  Stops at the first word that is not one of our options, so that
  `run train.py --verbose` gives `--verbose` to train.py.
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
  """Runs the program; returns 0, or lets its exception pass."""
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
        "--list-repairs shows their names")
  device = _device_of(arguments)
  from tfcompat_rnn.launcher import launcher
  options = launcher.Options(
      figures=arguments.figures, snapshot=arguments.snapshot,
      resource_variables=arguments.resource_variables,
      repeated_cells=arguments.repeated_cells, seeds=arguments.seeds,
      verbose=arguments.verbose, no_repair=tuple(off), device=device,
      memory_growth=arguments.memory_growth,
      memory_fraction=arguments.memory_fraction)
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
    arguments.parser.error("--cpu-only and --device exclude each other")
  return f"/{kind}:{number}"
