"""Options that `record` and `compare` share; imports nothing.

They repeat those of `recorder.py`, which must stay self-contained and would
load NumPy just for `--help`. A test checks that the two stay the same.
"""

WHOLE = 64
MAX_SIZE = "2G"


def take_option(words, names):
  """(value, words without it) of the last `NAME VALUE` among `words`.

  >>> take_option(["s.py", "-o", "x.npz", "--n=1"], ("-o", "--output"))
  ('x.npz', ['s.py', '--n=1'])
  """
  for at in range(len(words) - 1, -1, -1):
    if words[at] in names and at + 1 < len(words):
      return words[at + 1], words[:at] + words[at + 2:]
    for name in names:
      if name.startswith("--") and words[at].startswith(name + "="):
        return words[at][len(name) + 1:], words[:at] + words[at + 1:]
  return None, words


def add_common(parser, with_initial=True):
  """The recorder's options; those that `compare` sets itself are left out."""
  parser.add_argument(
      "--steps", type=int, metavar="N",
      help="end the program after N calls of Session.run")
  parser.add_argument(
      "--seed", type=int, metavar="N",
      help="give each new graph this seed, and NumPy and Python, for "
      "programs that set none")
  parser.add_argument(
      "--threads", type=int, default=1 if with_initial else None,
      metavar="N",
      help="threads of each session (default 1: with more, TensorFlow does "
      "not reproduce itself; 0: leave it to the program)")
  parser.add_argument(
      "--parallel-iterations", type=int, default=1 if with_initial else None,
      metavar="N",
      help="iterations at a time of each loop that draws random numbers "
      "(default 1: with more, the order in which they draw is a matter of "
      "speed; 0: leave it to the program)")
  if with_initial:
    parser.add_argument(
        "--initial", metavar="FILE",
        help="load the variables of this recording after initialization")
    parser.add_argument(
        "--initial-names", metavar="FILE",
        help="with --initial: JSON with the names of variables that differ")
    parser.add_argument(
        "--nudge", type=int, metavar="SEED",
        help="with --initial: move each float to its next neighbor, up or "
        "down at random")
  parser.add_argument(
      "--variables-at", metavar="N[,N]", default="",
      help="also record the trainable variables after these numbers of "
      "training steps")
  parser.add_argument(
      "--gradients", action="store_true",
      help="also record the gradients that each training step applies")
  parser.add_argument(
      "--whole", type=int, default=WHOLE, metavar="N",
      help="store fetches and feeds of up to N elements in full instead of "
      f"as digest, summary and sample (default {WHOLE})")
  parser.add_argument(
      "--max-size", default=MAX_SIZE, metavar="SIZE",
      help="refuse a recording that unpacks to more bytes, such as 500M or "
      f"4G (default {MAX_SIZE})")


def of_recorder(arguments):
  """The words that pass the common options on to the recorder."""
  words = []
  for name in ("steps", "seed", "threads", "parallel_iterations", "initial",
               "initial_names", "nudge", "variables_at", "gradients", "whole",
               "max_size"):
    value = getattr(arguments, name, None)
    if value is True:
      words.append("--" + name)
    elif value is not None and value != "" and value is not False:
      words += ["--" + name.replace("_", "-"), str(value)]
  return words


def of_reference(arguments):
  """The words that only the reference's recorder takes.

  Our side gets these options through `run`.
  """
  return [word for word, given in (
      ("--resource-variables", arguments.resource_variables),
      ("--ordered-sets", arguments.ordered_sets)) if given]
