"""Shows the operations of a snippet in 1.15 and here, side by side.

    python tests/seeds/diff.py adam_lstm             # 1.15's as committed
    python tests/seeds/diff.py adam_lstm --all       # equal lines as well
    python tests/seeds/diff.py my_graph.py --reference-python PATH

Instead of a snippet's name it takes a file with a function `build(tf)` of
TensorFlow 1.15 code; 1.15's side then comes from the Python that is named in
--reference-python or TFCOMPAT_REFERENCE_PYTHON. Exit code 1 where the lists
differ. A line is `number seed2 name:Type`.
"""

import argparse
import difflib
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
# The package of this checkout, and the tests' folder.
sys.path[:0] = [os.path.dirname(HERE), os.path.dirname(os.path.dirname(HERE))]

from oracle import reference  # noqa: E402
from seeds import generate  # noqa: E402
from seeds import measure  # noqa: E402
from seeds import registry  # noqa: E402
from seeds import verdicts  # noqa: E402

WIDTH = 60


def parse(argv):
  parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
  parser.add_argument("snippet", help="a snippet's name, or a Python file "
                      "with a function build(tf)")
  parser.add_argument("--reference-python", metavar="PATH",
                      help="a Python 3.7 that has TensorFlow 1.15")
  parser.add_argument("--all", action="store_true",
                      help="show equal lines as well")
  parser.add_argument("--width", type=int, default=WIDTH,
                      help="of a column (default: %(default)s)")
  # How the reference side is asked for.
  parser.add_argument("--measure", action="store_true",
                      help=argparse.SUPPRESS)
  return parser.parse_args(argv)


def find(name):
  """The snippet of that name, or one made of a file."""
  if name.endswith(".py"):
    found = {"__name__": "snippet", "__file__": name}
    with open(name) as stream:
      exec(compile(stream.read(), name, "exec"), found)
    return registry.Snippet("build", name, "file", found["build"], True)
  from seeds import snippets
  if name not in snippets.SNIPPETS:
    close = difflib.get_close_matches(name, snippets.SNIPPETS)
    sys.exit("no snippet is called %s%s" % (
        name, "; did you mean %s?" % ", ".join(close) if close else ""))
  return snippets.SNIPPETS[name]


def measured(tf, snippet):
  """`{"ops": [...], "seeds": {...}}` of a graph built with `tf`."""
  graph, ops = measure.build(tf, snippet)
  return {"ops": ops, "seeds": measure.seeds(tf, graph)}


def of_reference(options):
  """1.15's side: from its own Python, or from the committed files."""
  named = options.reference_python or os.environ.get(reference.VARIABLE)
  if not named and not options.snippet.endswith(".py"):
    find(options.snippet)
    return {"ops": generate.read_ops()[options.snippet],
            "seeds": generate.read(generate.SNIPPETS)[
                options.snippet]["seeds"]}
  python = reference.find(named)
  output = subprocess.check_output(
      [python, os.path.abspath(__file__), options.snippet, "--measure"],
      env=reference.environment())
  return json.loads(output.decode("utf-8").strip().split("\n")[-1])


def of_ours(options):
  from seeds import ours
  with ours.seeded() as tf:
    return measured(tf, find(options.snippet))


def _seeds(facts):
  """The seeds of each op, or None, in the order of the list."""
  return [facts["seeds"].get(op.rpartition(":")[0]) for op in facts["ops"]]


def _lines(facts):
  return ["%4d %5s %s" % (place, pair[1] if pair else "", op)
          for place, (op, pair) in enumerate(zip(facts["ops"],
                                                 _seeds(facts)))]


def side_by_side(one, two, show_all=False, width=WIDTH):
  """Lines of text: 1.15's ops on the left, ours on the right.

  Between them stands `=`, `<` (only 1.15 has it), `>` (only we have it) or
  `~` (another name, type or seed in its place).
  """
  left, right = _lines(one), _lines(two)
  keys = [[verdicts.modern(op) for op in side["ops"]] for side in (one, two)]
  seeds = [_seeds(one), _seeds(two)]
  row = "%%-%ds %%s %%s" % width
  out = []
  matcher = difflib.SequenceMatcher(None, keys[0], keys[1], autojunk=False)
  for kind, a, b, c, d in matcher.get_opcodes():
    for step in range(max(b - a, d - c)):
      i, j = a + step, c + step
      first = left[i] if i < b else ""
      second = right[j] if j < d else ""
      if kind == "equal":
        mark = "=" if seeds[0][i] == seeds[1][j] else "~"
      else:
        mark = "~" if first and second else "<" if first else ">"
      if mark != "=" or show_all:
        out.append((row % (first, mark, second)).rstrip())
  return out


def main(argv=None):
  options = parse(sys.argv[1:] if argv is None else argv)
  if options.measure:
    import tensorflow as tf
    tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.FATAL)
    print(json.dumps(measured(tf, find(options.snippet))))
    return 0
  try:
    one = of_reference(options)
  except reference.NoReferenceError as error:
    print(error, file=sys.stderr)
    return 2
  two = of_ours(options)
  print("1.15: %d operations, here: %d" % (len(one["ops"]), len(two["ops"])))
  for line in side_by_side(one, two, options.all, options.width):
    print(line)
  same = not side_by_side(one, two)
  if same:
    print("the same operations, with the same seeds")
  return 0 if same else 1


if __name__ == "__main__":
  sys.exit(main())
