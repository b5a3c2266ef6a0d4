"""Measures the training step of whole programs, with and without --fast.

  python benchmarks/programs.py --reference-python python3.7
  python benchmarks/programs.py --reference-python python3.7 ptb --rounds 21
  python benchmarks/programs.py --reference-python python3.7 \\
      --write docs/performance.md --json programs.json

Each program runs in three processes: with `tfcompat-rnn run`, with
`tfcompat-rnn run --fast`, and with TensorFlow 1.15. The time of a step is that
of the program's own `Session.run`; `_program_timer.py` takes it. The processes
take turns of a few steps; while one computes, the others wait. Each ratio is
computed within a round, so that other load on the machine affects all of them;
the table shows medians, and the middle half of the ratios. A ratio below 1
means that the first one is faster.

The programs are those of examples/legacy, in a copy of that folder. Where a row
says so, a size in the program is replaced with that of the published model.
"""

import collections
import contextlib
import importlib.metadata
import json
import os
import pathlib
import re
import shutil
import statistics
import sys
import tempfile

import _programs
import _table

from tfcompat_rnn.bench import options as options_lib
from tfcompat_rnn.bench import process
from tfcompat_rnn.bench import report
from tfcompat_rnn.compare import sides

HERE = pathlib.Path(__file__).resolve().parent
EXAMPLES = HERE.parent / "examples" / "legacy"
TIMER = HERE / "_program_timer.py"
RATIOS = [("run", "1.15"), ("run --fast", "1.15"), ("run --fast", "run")]
CONTESTANTS = ("run", "run --fast", "1.15")
LIMIT = 600  # seconds for one answer

# title: what the table says; arguments: of the program, without the number of
# its steps; edits: old -> new text of its source.
Program = collections.namedtuple(
    "Program", "name script title arguments edits")
PROGRAMS = [
    Program("char", "char_rnn.py",
            "character model, LSTM 2 x 128, 50 steps in legacy_seq2seq",
            ["--rnn_size", "128", "--seq_length", "50", "--batch_size", "50"],
            {}),
    Program("ptb", "ptb_word_lm.py",
            "PTB small, LSTM 2 x 200, 20 steps in a Python loop",
            ["--words", "60000"],
            {"num_steps = 10": "num_steps = 20",
             "hidden_size = 64": "hidden_size = 200",
             "keep_prob = 0.9": "keep_prob = 1.0"}),
    Program("encoder", "encoder_decoder.py",
            "encoder and decoder, two dynamic_rnn", [], {}),
    Program("translation", "translation.py",
            "translation, bidirectional GRU encoder, attention decoder", [],
            {}),
    Program("dropout", "deep_rnn_dropout.py",
            "three RNN layers with dropout, dynamic_rnn", [], {}),
    Program("creative", "creative_rnn.py",
            "creative RNN: time series, dynamic_rnn", [], {}),
    Program("projection", "time_series_projection.py",
            "time series with OutputProjectionWrapper, dynamic_rnn", [], {}),
    Program("mnist", "mnist_deep_lstm.py",
            "rows of digits, three LSTM layers, dynamic_rnn", [], {}),
    Program("gru", "gru.py", "GRU, dynamic_rnn", [], {}),
    Program("tagger", "bidirectional_tagger.py",
            "tagger, bidirectional_dynamic_rnn with lengths", [], {}),
]


def copy_examples(folder, programs, examples=EXAMPLES):
  """Copies the programs, edited, and the modules beside them."""
  shutil.copytree(examples, folder, dirs_exist_ok=True)
  for program in programs:
    path = folder / program.script
    text = path.read_text()
    for old, new in program.edits.items():
      assert text.count(old) == 1, f"{program.script}: {old}"
      text = text.replace(old, new)
    path.write_text(text)


def endless(script):
  """Arguments for more steps than a measurement takes; [] without such."""
  found = re.search(r'"(?:--)?(steps|epochs|num_epochs|max_max_epoch)"',
                    script.read_text(encoding="utf-8"))
  return [f"--{found[1]}", "100000"] if found else []


def commands(program, reference, skip):
  """side -> the command that runs it."""
  words = [str(TIMER), str(skip), program.script, *program.arguments]
  ours = [sys.executable, "-m", "tfcompat_rnn", "run"]
  return {"run": [*ours, *words], "run --fast": [*ours, "--fast", *words],
          "1.15": [reference, *words]}


def measure(program, options, folder, examples=EXAMPLES,
            contestants=CONTESTANTS):
  """What a program of the folder costs: a row for `lines` and JSON."""
  program = program._replace(arguments=[
      *program.arguments, *endless(examples / program.script)])
  threads = options_lib.processors()
  with contextlib.ExitStack() as stack:
    started = {}
    for name, command in commands(
        program, options.reference_python, options.skip).items():
      if name not in contestants:
        continue
      own = folder / name.replace(" ", "")
      own.mkdir(exist_ok=True)
      copy_examples(own, [program], examples)
      environment = process.environment(threads, ours=name != "1.15")
      started[name] = stack.enter_context(
          process.Process(command, environment, own))
    first = {name: side.hear(LIMIT) for name, side in started.items()}
    slowest = max(
        statistics.median(side.ask(LIMIT, 3)["seconds"])
        for side in started.values())
    times = max(1, min(50, int(options.seconds / slowest)))
    rounds = []
    for number in range(options.rounds):
      names = list(started)
      rounds.append({
          name: statistics.median(started[name].ask(LIMIT, times)["seconds"])
          for name in (names if number % 2 else names[::-1])})
  return {
      "program": program.name, "title": program.title, "rounds": rounds,
      "fast": any(one["fast"] for one in first.values()),
      # Under the launcher, a program is told 1.15's.
      "versions": {"ours": importlib.metadata.version("tensorflow"),
                   "1.15": first["1.15"]["version"]},
      "ms": {name: statistics.median(one[name] for one in rounds) * 1e3
             for name in started},
      "ratios": {f"{one} / {other}": report.quartiles(
          [each[one] / each[other] for each in rounds])
                 for one, other in RATIOS if {one, other} <= set(started)}}


def lines(rows):
  """The table in Markdown."""
  yield ("| program | run, ms | run --fast, ms | 1.15, ms | "
         + " | ".join(f"{one} / {other}" for one, other in RATIOS) + " |")
  yield "|" + "---|" * 7
  for row in rows:
    if "failed" in row:
      yield f"| {row['title']} | {row['failed']} |" + " |" * 5
      continue
    title = row["title"] + ("" if row["fast"] else " (no loop for --fast)")
    yield " | ".join([
        f"| {title}", *(f"{row['ms'][name]:.1f}"
                        for name in ("run", "run --fast", "1.15")),
        *("{:.2f} ({:.2f} to {:.2f})".format(*ratio)
          for ratio in row["ratios"].values())]) + " |"


def parsed(argv=None):
  parser = _programs.parser(__doc__, rounds=15, seconds=.2)
  parser.add_argument(
      "only", nargs="*",
      help="programs: " + ", ".join(program.name for program in PROGRAMS))
  parser.add_argument("--skip", type=int, default=40,
                      help="training steps before the measurement")
  parser.add_argument("--json", metavar="FILE")
  parser.add_argument("--write", metavar="PAGE")
  options = parser.parse_args(argv)
  unknown = set(options.only) - {program.name for program in PROGRAMS}
  if unknown:
    parser.error(f"there is no program {', '.join(sorted(unknown))}")
  sides.check_python(options.reference_python)
  return options


def main(argv=None):
  options = parsed(argv)
  rows = []
  for program in PROGRAMS:
    if options.only and program.name not in options.only:
      continue
    with tempfile.TemporaryDirectory() as folder:
      try:
        rows.append(measure(program, options, pathlib.Path(folder)))
      except process.WorkerError as error:
        rows.append({"program": program.name, "title": program.title,
                     "failed": str(error)})
    print(json.dumps({key: value for key, value in rows[-1].items()
                      if key != "rounds"}), file=sys.stderr, flush=True)
  versions = next((row["versions"] for row in rows if "versions" in row), {})
  found = [
      f"TensorFlow {versions.get('ours')} and {versions.get('1.15')}, "
      f"{os.cpu_count()} cores of {_table.processor()}, {options.rounds} "
      "rounds.", "", *lines(rows)]
  print("\n".join(found))
  if options.json:
    pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n")
  if options.write:
    _table.write(options.write, found)
  return rows


if __name__ == "__main__":
  main()
