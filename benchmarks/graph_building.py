"""Measures how long graphs take to build, against TensorFlow 1.15.

  python benchmarks/graph_building.py --reference-python python3.7
  python benchmarks/graph_building.py --reference-python python3.7 \\
      --rounds 5 --steps 50 --json times.json

The same program (`_graph_models.py`) runs in three processes: with the
launcher of this package, with the launcher and `--seeds native`, which shows
what 1.15's seeds cost, and with TensorFlow 1.15. They take turns in alternating
order. Times are processor time, because one thread builds a graph. Each ratio
is computed within a round; the table shows medians, and the middle half of the
ratios. A ratio below 1 means that this package is faster.
"""

import pathlib
import sys

import _programs
import _table

PROGRAM = pathlib.Path(__file__).with_name("_graph_models.py")
MARK = "graph-benchmark "


def started(reference):
  """name -> `_programs.Side`."""
  launched = [sys.executable, "-m", "tfcompat_rnn", "run"]
  commands = {"ours": [*launched, str(PROGRAM)],
              "native seeds": [*launched, "--seeds", "native", str(PROGRAM)],
              "reference": [reference, str(PROGRAM)]}
  sides = {name: _programs.Side(command, MARK)
           for name, command in commands.items()}
  for side in sides.values():
    side.hear()
  return sides


def measure(sides, function, size, rounds):
  """What building one graph costs."""
  question = "build", function, size
  _programs.in_turn(sides, 0, *question)  # the first also imports modules
  answers = [_programs.in_turn(sides, number, *question)
             for number in range(rounds)]
  return {"operations": {name: answer["operations"]
                         for name, answer in answers[0].items()},
          **{part: _programs.summary([
              {name: answer[part] for name, answer in each.items()}
              for each in answers]) for part in ("graph", "gradients")}}


def rows(found):
  yield ("| | | operations | this package, ms | 1.15, ms | ratio | middle half "
         "| ratio with `--seeds native` |")
  yield "|---|---|---|---|---|---|---|---|"
  for name, row in found.items():
    for part in ("graph", "gradients"):
      ours = row[part]["ours"]
      yield (f"| {name} | {part} | {row['operations']['ours']} "
             f"| {ours['ms']:.0f} | {row[part]['reference']['ms']:.0f} "
             f"| {ours['ratio']:.2f} | {ours['low']:.2f} to {ours['high']:.2f} "
             f"| {row[part]['native seeds']['ratio']:.2f} |")


def parsed(argv=None):
  parser = _programs.parser(__doc__, rounds=11)
  parser.add_argument("--steps", type=int, default=200,
                      help="steps of `static_rnn`")
  parser.add_argument("--layers", type=int, default=3,
                      help="layers of the encoder and of the decoder")
  parser.add_argument("--json", metavar="FILE")
  return parser.parse_args(argv)


def main(argv=None):
  options = parsed(argv)
  sides = started(options.reference_python)
  try:
    found = {
        f"`static_rnn`, {options.steps} steps": measure(
            sides, "static", options.steps, options.rounds),
        f"attention, {options.layers} layers": measure(
            sides, "attention", options.layers, options.rounds)}
  finally:
    for side in sides.values():
      side.close()
  _table.report(found, rows(found), options.rounds, options.json)
  return found


if __name__ == "__main__":
  main()
