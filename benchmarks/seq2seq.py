"""Measures decoding, attention and CRFs against TensorFlow 1.15 on a CPU.

  python benchmarks/seq2seq.py --reference-python python3.7
  python benchmarks/seq2seq.py --reference-python python3.7 beam --rounds 21
  python benchmarks/seq2seq.py --reference-python python3.7 \\
      --write docs/seq2seq.md --json times.json

Two processes, TensorFlow 1.15 and the launcher of this package, run the same
program (`_seq2seq_models.py`) in alternating order. While one computes, the
other waits. Each ratio is computed within a round, so that other load on the
machine affects both; the table shows medians, and the middle half of the
ratios. A ratio below 1 means that this package is faster. Both must compute
the same ids and losses.
"""

import argparse
import collections
import json
import os
import pathlib
import statistics
import subprocess
import sys

import numpy as np

import _table

PROGRAM = pathlib.Path(__file__).with_name("_seq2seq_models.py")
MARK = "seq2seq-benchmark "

# What to measure: a function of the program, its arguments, and whether there
# is a row for each vocabulary.
Case = collections.namedtuple("Case", "name function arguments each")
CASES = [
    Case("greedy, no attention", "greedy", [None], True),
    Case("greedy, Bahdanau", "greedy", ["Bahdanau"], True),
    Case("greedy, Luong", "greedy", ["Luong"], True),
    Case("sampling, Luong", "sampling", ["Luong"], True),
    Case("beam 1, Luong", "beam", ["Luong", 1], True),
    Case("beam 4, Luong", "beam", ["Luong", 4], True),
    Case("beam 4, Bahdanau", "beam", ["Bahdanau", 4], True),
    Case("beam 10, Luong", "beam", ["Luong", 10], True),
    Case("training step, Bahdanau", "training", ["Bahdanau"], True),
    Case("training step, Luong", "training", ["Luong"], True),
    Case("training step, legacy", "legacy", [], True),
    Case("CRF, training step", "likelihood", [], False),
    Case("CRF, decoding", "best_tags", [], False),
]
SIZES = {
    "batch": (8, "sentences"), "units": (128, "units of a cell"),
    "source": (20, "steps of the encoder"),
    "steps": (50, "steps of the decoder"),
    "bucket": (10, "steps of the legacy model"),
    "sentences": (32, "sentences for the CRF"),
    "words": (50, "words of a sentence for the CRF"),
    "tags": (20, "tags of the CRF"),
}


class Side:
  """A process that builds and runs models when told to."""

  def __init__(self, command):
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3",
                       PYTHONWARNINGS="ignore")
    self.process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=environment)

  def hear(self):
    for line in self.process.stdout:
      if line.startswith(MARK):
        return json.loads(line[len(MARK):])
    raise SystemExit(f"{self.process.args[0]} ended with exit code "
                     f"{self.process.wait()}; see the error above")

  def ask(self, name, *arguments):
    print(json.dumps([name, arguments]), file=self.process.stdin, flush=True)
    return self.hear()

  def close(self):
    self.process.stdin.close()
    self.process.stdout.close()
    self.process.wait()


def commands(reference):
  return [[sys.executable, "-m", "tfcompat_rnn", "run", str(PROGRAM)],
          [reference, str(PROGRAM)]]


def in_turn(sides, number, function):
  """`function` of both sides; which goes first alternates."""
  found = {}
  for place in (0, 1) if number % 2 else (1, 0):
    found[place] = function(sides[place])
  return found[0], found[1]


def agree(ours, theirs):
  """The share of equal ids, or whether the losses are equal."""
  one, other = np.asarray(ours["values"]), np.asarray(theirs["values"])
  if one.shape != other.shape:
    return 0.
  if ours["compare"] == "ids":
    return float(np.mean(one == other))
  return float(np.allclose(one, other, rtol=1e-5, atol=1e-5))


def measure(sides, case, size, options):
  """Times of one case in milliseconds, and their ratios."""
  def build(side):
    return side.ask("build", case.function, size, case.arguments)

  in_turn(sides, 0, build)  # the first also imports modules
  builds = [in_turn(sides, number, build) for number in range(options.builds)]
  first = in_turn(sides, 0, lambda side: side.ask("start", options.threads))
  slower = max(each["second"] for each in first)
  times = max(1, min(50, int(options.seconds / slower)))
  in_turn(sides, 1, lambda side: side.ask("run", times))
  runs = [in_turn(sides, number, lambda side: side.ask("run", times))
          for number in range(options.rounds)]

  def summary(pairs):
    ours, theirs = (statistics.median(each) * 1e3 for each in zip(*pairs))
    low, ratio, high = np.percentile(
        [one / other for one, other in pairs], [25, 50, 75])
    return {"ours": ours, "reference": theirs, "ratio": ratio, "low": low,
            "high": high}

  return {"case": case.name, "vocabulary": size["vocabulary"],
          "run": summary(runs), "build": summary(builds),
          "first run": summary([[each["first"] for each in first]]),
          "equal": agree(*first)}


def rows(found):
  yield ("| | vocabulary | this package, ms | 1.15, ms | ratio | middle half "
         "| building: this package, ms | 1.15, ms | ratio |")
  yield "|---|---|---|---|---|---|---|---|---|"
  for row in found:
    run, build = row["run"], row["build"]
    yield (f"| {row['case']} | {row['vocabulary'] or ''} "
           f"| {run['ours']:.1f} | {run['reference']:.1f} "
           f"| {run['ratio']:.2f} | {run['low']:.2f} to {run['high']:.2f} "
           f"| {build['ours']:.0f} | {build['reference']:.0f} "
           f"| {build['ratio']:.2f} |")


def chosen(options):
  """`(case, vocabulary)` of each row."""
  for case in CASES:
    if options.only and not any(part in case.name for part in options.only):
      continue
    for vocabulary in options.vocabulary if case.each else [0]:
      yield case, vocabulary


def parsed(argv=None):
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
  parser.add_argument("only", nargs="*", help="cases: part of a name")
  parser.add_argument("--reference-python", required=True,
                      help="a Python with TensorFlow 1.15")
  parser.add_argument("--rounds", type=int, default=11)
  parser.add_argument("--builds", type=int, default=5,
                      help="rounds in which the graph is built")
  parser.add_argument("--seconds", type=float, default=.5,
                      help="repeat short runs for this long in each round")
  parser.add_argument("--threads", type=int, default=0,
                      help="threads of a session; 0: one for each core")
  parser.add_argument("--vocabulary", type=int, nargs="+",
                      default=[100, 30000])
  for name, (value, text) in SIZES.items():
    parser.add_argument(f"--{name}", type=int, default=value, help=text)
  parser.add_argument("--json", metavar="FILE")
  parser.add_argument("--write", metavar="PAGE")
  return parser.parse_args(argv)


def main(argv=None):
  options = parsed(argv)
  sides = [Side(command) for command in commands(options.reference_python)]
  found = []
  try:
    for side in sides:
      side.hear()
    versions = [side.ask("version") for side in sides]
    size = {name: getattr(options, name) for name in SIZES}
    for case, vocabulary in chosen(options):
      row = measure(sides, case, dict(size, vocabulary=vocabulary), options)
      found.append(row)
      print(json.dumps(row), file=sys.stderr, flush=True)
  finally:
    for side in sides:
      side.close()
  lines = [
      f"TensorFlow {versions[0]} against {versions[1]}, {os.cpu_count()} "
      f"cores of {_table.processor()}, {options.rounds} rounds; "
      + ", ".join(f"{name} {value}" for name, value in size.items()) + ".",
      "", *rows(found)]
  print("\n".join(lines))
  if options.json:
    pathlib.Path(options.json).write_text(json.dumps(
        {"versions": versions, "sizes": size, "rows": found}, indent=1))
  if options.write:
    _table.write(options.write, lines)
  different = [f"{row['case']}, {row['vocabulary']}: {row['equal']:.3f}"
               for row in found if row["equal"] < 1]
  if different:
    raise SystemExit("not the same results (the share that is equal): "
                     + "; ".join(different))
  return found


if __name__ == "__main__":
  main()
