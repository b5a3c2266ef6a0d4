"""Measures decoding, attention and CRFs against TensorFlow 1.15 on a CPU.

  python benchmarks/seq2seq.py --reference-python python3.7
  python benchmarks/seq2seq.py --reference-python python3.7 beam --rounds 21
  python benchmarks/seq2seq.py --reference-python python3.7 \\
      --write docs/seq2seq.md --json times.json

The same program (`_seq2seq_models.py`) runs in three processes: with the
launcher of this package, with the launcher and TF_ENABLE_ONEDNN_OPTS=0, and
with TensorFlow 1.15. They take turns in alternating order; while one computes,
the others wait. Each ratio is computed within a round, so that other load on
the machine affects all of them; the table shows medians, and the middle half
of the ratios. A ratio below 1 means that this package is faster. All must
compute the same ids and losses.
"""

import collections
import importlib.metadata
import json
import os
import pathlib
import sys

import _programs
import _table
import numpy as np

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


def started(reference):
  """name -> `_programs.Side`."""
  launched = [sys.executable, "-m", "tfcompat_rnn", "run", str(PROGRAM)]
  sides = {"ours": _programs.Side(launched, MARK),
           "without oneDNN": _programs.Side(launched, MARK,
                                            TF_ENABLE_ONEDNN_OPTS="0"),
           "reference": _programs.Side([reference, str(PROGRAM)], MARK)}
  for side in sides.values():
    side.hear()
  return sides


def agree(ours, theirs):
  """The share of equal ids, or whether the losses are equal."""
  one, other = np.asarray(ours["values"]), np.asarray(theirs["values"])
  if one.shape != other.shape:
    return 0.
  if ours["compare"] == "ids":
    return float(np.mean(one == other))
  return float(np.allclose(one, other, rtol=1e-5, atol=1e-5))


def measure(sides, case, size, options):
  """What one case costs."""
  question = "build", case.function, size, case.arguments
  _programs.in_turn(sides, 0, *question)  # the first also imports modules
  builds = [_programs.in_turn(sides, number, *question)
            for number in range(options.builds)]
  first = _programs.in_turn(sides, 0, "start", options.threads)
  slowest = max(each["second"] for each in first.values())
  times = max(1, min(50, int(options.seconds / slowest)))
  _programs.in_turn(sides, 1, "run", times)
  runs = [_programs.in_turn(sides, number, "run", times)
          for number in range(options.rounds)]
  return {
      "case": case.name, "vocabulary": size["vocabulary"],
      "run": _programs.summary(runs), "build": _programs.summary(builds),
      "first run": _programs.summary([{name: each["first"]
                             for name, each in first.items()}]),
      "equal": min(agree(first[name], first["reference"]) for name in first)}


def rows(found):
  yield ("| | vocabulary | this package, ms | 1.15, ms | ratio | middle half "
         "| ratio without oneDNN | building: this package, ms | 1.15, ms "
         "| ratio |")
  yield "|---|---|---|---|---|---|---|---|---|---|"
  for row in found:
    run, build = row["run"], row["build"]
    ours = run["ours"]
    yield (f"| {row['case']} | {row['vocabulary'] or ''} "
           f"| {ours['ms']:.1f} | {run['reference']['ms']:.1f} "
           f"| {ours['ratio']:.2f} | {ours['low']:.2f} to {ours['high']:.2f} "
           f"| {run['without oneDNN']['ratio']:.2f} "
           f"| {build['ours']['ms']:.0f} | {build['reference']['ms']:.0f} "
           f"| {build['ours']['ratio']:.2f} |")


def chosen(options):
  """`(case, vocabulary)` of each row."""
  for case in CASES:
    if options.only and not any(part in case.name for part in options.only):
      continue
    for vocabulary in options.vocabulary if case.each else [0]:
      yield case, vocabulary


def parsed(argv=None):
  parser = _programs.parser(__doc__, rounds=11, seconds=.5)
  parser.add_argument("only", nargs="*", help="cases: part of a name")
  parser.add_argument("--builds", type=int, default=5,
                      help="rounds in which the graph is built")
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
  sides = started(options.reference_python)
  found = []
  try:
    size = {name: getattr(options, name) for name in SIZES}
    for case, vocabulary in chosen(options):
      row = measure(sides, case, dict(size, vocabulary=vocabulary), options)
      found.append(row)
      print(json.dumps(row), file=sys.stderr, flush=True)
  finally:
    for side in sides.values():
      side.close()
  version = importlib.metadata.version("tensorflow")
  lines = [
      f"TensorFlow {version}, {os.cpu_count()} cores of "
      f"{_table.processor()}, {options.rounds} rounds; "
      + ", ".join(f"{name} {value}" for name, value in size.items()) + ".",
      "", *rows(found)]
  print("\n".join(lines))
  if options.json:
    pathlib.Path(options.json).write_text(json.dumps(
        {"version": version, "sizes": size, "rows": found}, indent=1))
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
