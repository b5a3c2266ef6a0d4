"""Compares examples/legacy under TensorFlow 1.15.5 and under the launcher.

  python tests/examples/compare_legacy.py --reference-python PYTHON \
      [--write docs/legacy_examples.md] [--keep DIR] [SCRIPT...]

With names of scripts, only their rows of the page are written.

PYTHON is an interpreter with TensorFlow 1.15.5, NumPy, Matplotlib and
scikit-learn (default: the environment variable TFCOMPAT_REFERENCE_PYTHON).
Each script runs, unmodified, from the values that 1.15.5 drew for the
variables: under 1.15.5 with one thread, with two, twice with one and each
initial value moved to the next float, and under the launcher with one thread.
Compared is every number that `Session.run` gave the script, and every number
that the script printed. Ends with exit code 1 if a verdict is not "same".
"""

import argparse
import dataclasses
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parents[2]
RUNNER = ROOT / "tests" / "forked_runs.py"
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

import legacy_scripts  # noqa: E402
from legacy_scripts import LEGACY  # noqa: E402
from tfcompat_rnn.compare import recorder  # noqa: E402
from tfcompat_rnn.compare import recording  # noqa: E402

FIRST_STEPS = 100
LOOK_AT_VARIABLES = "1,10,100"   # after so many training steps
NUDGES = (1, 2)         # seeds of the runs from neighbouring initial values
TOLERANCE = 1e-4

# Some 130 training steps, or as few as hold an epoch.
SHORT = {
    "bidirectional_tagger": ["--steps", "130"],
    "char_rnn": ["--num_epochs", "4", "-n", "20"],
    "chatbot": ["--steps", "130"],
    "creative_rnn": ["--steps", "130", "--length", "30"],
    "crf_tagger": ["--steps", "130"],
    "ctc_toy": ["--steps", "130"],
    "custom_cell": ["--steps", "130"],
    "deep_rnn_dropout": ["--steps", "130"],
    "encoder_decoder": ["--steps", "130"],
    "gru": ["--steps", "130"],
    "keras_mixed": ["--steps", "130"],
    "mnist_deep_lstm": ["--epochs", "6"],
    "mnist_rows": ["--epochs", "6"],
    "peepholes": ["--steps", "70"],
    "ptb_word_lm": ["--max_max_epoch", "4"],
    "spectrogram_decoder": ["--steps", "130"],
    "time_series_projection": ["--steps", "130"],
    "time_series_reshape": ["--steps", "130"],
    "translation": ["--steps", "130"],
    "word2vec": ["--steps", "130"],
}

_NUMBER = re.compile(r"(?<![\w.])[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")


@dataclasses.dataclass
class Run:
  """One recorded run: calls with their numbers, and what it printed."""
  meta: dict
  fetched: list      # per call: list of (name, array)
  printed: str


@dataclasses.dataclass
class Difference:
  """The largest relative differences between two runs."""
  calls: int = 0
  steps: int = 0
  tensors: int = 0
  first: float = 0.
  first_where: str = ""
  later: float = 0.
  later_where: str = ""
  weights: float = 0.
  printed: float = 0.
  printed_numbers: int = 0
  printed_equal: int = 0
  problems: list = dataclasses.field(default_factory=list)


def scripts():
  """Names of the scripts in examples/legacy for Python 3 and 1.15, sorted.

  `compare` converts those for Python 2; see tests/compare/test_python2.py.
  """
  return sorted(path.stem for path in LEGACY.glob("*.py")
                if path.stem not in (legacy_scripts.HELPERS
                                     | legacy_scripts.OLDER)
                and not path.stem.startswith("python2_"))


def job(name, folder, threads=1, initial=None, nudge=None, arguments=(),
        ours=False):
  """What forked_runs.py has to know to record `name` in `folder`."""
  (folder / "out").mkdir(parents=True, exist_ok=True)
  options = ["--threads", str(threads), "--whole", str(1 << 40),
             "--variables-at", LOOK_AT_VARIABLES, "-o", "record.npz"]
  if initial is not None:
    options += ["--initial", str(initial)]
  if nudge is not None:
    options += ["--nudge", str(nudge)]
  program = [str(LEGACY / f"{name}.py"),
             *legacy_scripts.arguments(name, digits="../../digits"), *arguments]
  return {"cwd": str(folder), "argv": (
      options + program if ours else
      [recorder.__file__] + options + program), "subcommand": "record"}


def record_all(command, jobs, base):
  """Runs all jobs under the interpreter of `command`."""
  (base / "jobs.json").write_text(json.dumps(jobs))
  environment = dict(os.environ, MPLBACKEND="Agg", TF_CPP_MIN_LOG_LEVEL="3",
                     PYTHONWARNINGS="ignore", PYTHONPATH=str(ROOT))
  subprocess.run(command + [str(base / "jobs.json")], env=environment,
                 check=True)
  for one in jobs:
    folder = pathlib.Path(one["cwd"])
    code = (folder / "code.txt").read_text()
    if code != "0":
      raise RuntimeError(f"{folder} ended with exit code {code}:\n" +
                         (folder / "stderr.txt").read_text()[-3000:])


def load(folder):
  """The Run that a recorder left in `folder`.

  Without the calls that initialise variables; behind a training step after
  which the recorder looked at the variables, those are counted as fetched.
  """
  read = recording.Recording(folder / "record.npz")
  initialising = {one.call for one in read.initial.values()}
  looks = {}
  for (_, step, name), one in sorted(read.looks.items(),
                                     key=lambda pair: pair[0]):
    looks.setdefault(step, []).append((name, _numbers(one.value)))
  calls, fetched, step = [], [], 0
  for call in read.calls():
    if call.number in initialising and not call.trains:
      continue
    calls.append({"step": step, "training": call.trains})
    step += call.trains
    fetched.append(
        [(item.name, _numbers(item.value))
         # The order of a signature's outputs is not the same in two processes.
         for item in sorted(call.fetched, key=lambda item: item.path)
         if not item.value.is_text] + (looks.get(step, []) if call.trains
                                       else []))
  meta = {"calls": calls, "problems": read.tail["problems"],
          "variables": [sorted(name for _, name, _ in read.initial)],
          "tensorflow": read.tail["tensorflow"],
          "real_tensorflow": read.tail["real_tensorflow"],
          "numpy": read.head["numpy"], "python": read.head["python"]}
  return Run(meta, fetched, (folder / "stdout.txt").read_text())


def _numbers(value):
  return value.array.astype(np.float64)


def relative(wanted, got):
  """Largest |wanted - got| over the largest |wanted|; 1 for other than 0."""
  if wanted.size == 0:
    return 0.
  gap = np.abs(wanted - got).max()
  if not np.isfinite(gap):
    return 0. if np.array_equal(wanted, got, equal_nan=True) else np.inf
  if gap == 0:
    return 0.
  return float(gap / (np.abs(wanted).max() or gap))


def difference(wanted, got):
  """Difference of two Runs of one script."""
  result = Difference(problems=list(got.meta["problems"]))
  names = wanted.meta["variables"], got.meta["variables"]
  if names[0] != names[1] and not result.problems:
    result.problems.append("other variables: %s against %s" % names)
  if len(wanted.fetched) != len(got.fetched):
    result.problems.append(f"{len(got.fetched)} calls of Session.run, "
                           f"{len(wanted.fetched)} in the reference")
  renamed = set()
  for call, (one, other, info) in enumerate(zip(
      wanted.fetched, got.fetched, wanted.meta["calls"])):
    result.calls += 1
    result.steps += info["training"]
    if [a.shape for _, a in one] != [a.shape for _, a in other]:
      result.problems.append(f"call {call} returned other shapes")
      continue
    for (name, a), (other_name, b) in zip(one, other):
      result.tensors += 1
      if name != other_name:
        renamed.add(f"{other_name} was {name}")
      gap = relative(a, b)
      where = f"{name}, step {info['step']}"
      if ":" not in name:          # a variable that the recorder looked at
        result.weights = max(result.weights, gap)
      elif info["step"] < FIRST_STEPS:
        if gap > result.first:
          result.first, result.first_where = gap, where
      elif gap > result.later:
        result.later, result.later_where = gap, where
  result.problems += sorted(renamed)
  _compare_printed(wanted.printed, got.printed, result)
  return result


def _compare_printed(wanted, got, result):
  shape = lambda text: re.sub(r"\s+", "", _NUMBER.sub("#", text))
  if shape(wanted) != shape(got):
    result.problems.append("it printed other words")
    return
  for one, other in zip(_NUMBER.findall(wanted), _NUMBER.findall(got)):
    result.printed_numbers += 1
    result.printed_equal += one == other
    result.printed = max(result.printed, relative(
        np.array(float(one)), np.array(float(other))))


def verdict(ours, threads, nudged):
  """"same", or what is not."""
  words = []
  if ours.problems:
    words.append("; ".join(ours.problems[:3]))
  if ours.first > TOLERANCE:
    words.append(f"differs by {ours.first:.0e} within {FIRST_STEPS} steps "
                 f"({ours.first_where})")
  if ours.weights > max(threads.weights, nudged.weights, TOLERANCE):
    words.append(f"weights differ by {ours.weights:.0e}")
  if ours.later > max(threads.later, nudged.later, TOLERANCE):
    words.append(f"later further apart than 1.15.5 from itself "
                 f"({ours.later_where})")
  return "; ".join(words) or "same"


def _figure(value):
  return "0" if value == 0 else f"{value:.0e}"


def record_scripts(names, base, reference_python, python, short, reuse):
  """Leaves the runs of each script in `base`/script/kind."""
  plain = [reference_python, str(RUNNER), "--plain"]
  arguments = SHORT if short else {}
  initial = {name: base / name / "reference" / "record.npz" for name in names}

  def jobs(kind, **options):
    return [job(name, base / name / kind, arguments=arguments.get(name, []),
                ours=kind == "ours",
                initial=None if kind == "reference" else initial[name],
                **options)
            for name in names
            if not (reuse and kind != "ours" and
                    (base / name / kind / "record.npz").exists())]

  record_all(plain, jobs("reference"), base)
  record_all([python, str(RUNNER)], jobs("ours"), base)
  record_all(plain, jobs("threads", threads=2) + [
      one for seed in NUDGES for one in jobs(f"nudged_{seed}", nudge=seed)],
             base)


def row(name, base):
  """The Row of `name`, from what `record_scripts` left."""
  reference, ours = (load(base / name / kind)
                     for kind in ("reference", "ours"))
  gap = lambda kind: difference(reference, load(base / name / kind))
  nudged = gap("nudged_1")
  for other in (gap(f"nudged_{seed}") for seed in NUDGES[1:]):
    for field in ("first", "later", "weights"):
      setattr(nudged, field, max(getattr(nudged, field),
                                 getattr(other, field)))
  return Row(name, difference(reference, ours), gap("threads"), nudged,
             reference, ours)


@dataclasses.dataclass
class Row:
  """What is known of one script."""
  name: str
  ours: Difference
  threads: Difference
  nudged: Difference
  reference_run: Run
  our_run: Run

  @property
  def verdict(self):
    return verdict(self.ours, self.threads, self.nudged)

  def line(self):
    """For the screen."""
    parts = [f"{title} {_figure(one.first)} / {_figure(one.later)} / "
             f"{_figure(one.weights)}"
             for title, one in (("ours", self.ours),
                                ("1 and 2 threads", self.threads),
                                ("nudged", self.nudged))]
    return (f"{self.name}: {self.ours.calls} calls, {self.ours.steps} steps; "
            f"first {FIRST_STEPS} / later / weights: {', '.join(parts)}; "
            f"printed {self.ours.printed_equal} of "
            f"{self.ours.printed_numbers} alike, "
            f"{_figure(self.ours.printed)}: {self.verdict}")

  def cells(self):
    """For the table."""
    later = self.ours.steps > FIRST_STEPS
    return [f"`{self.name}.py`",
            sum(map(len, self.reference_run.meta["variables"])),
            self.ours.calls, self.ours.steps, _figure(self.ours.first)] + [
                value if self.ours.steps else "-" for value in (
                    _figure(self.ours.weights),
                    _figure(max(self.threads.weights,
                                self.nudged.weights)))] + [
                _figure(one.later) if later else "-"
                for one in (self.ours, self.threads, self.nudged)] + [
                    self.ours.printed_numbers, self.ours.printed_equal,
                    _figure(self.ours.printed), self.verdict]


def main(argv=None):
  parser = argparse.ArgumentParser(
      description=__doc__.splitlines()[0])
  parser.add_argument("--reference-python", metavar="PYTHON",
                      default=os.environ.get("TFCOMPAT_REFERENCE_PYTHON"))
  parser.add_argument("--python", default=sys.executable)
  parser.add_argument("--write", metavar="FILE", type=pathlib.Path)
  parser.add_argument("--keep", metavar="DIR", type=pathlib.Path)
  parser.add_argument("--short", action="store_true",
                      help="some 130 training steps")
  parser.add_argument("--reuse", action="store_true",
                      help="take 1.15.5's runs that --keep has left in DIR")
  parser.add_argument("scripts", nargs="*", metavar="SCRIPT")
  options = parser.parse_args(argv)
  if not options.reference_python:
    parser.error("give --reference-python: an interpreter with TensorFlow "
                 "1.15.5")
  names = [pathlib.Path(name).stem for name in options.scripts] or scripts()
  with tempfile.TemporaryDirectory() as scratch:
    base = pathlib.Path(options.keep or scratch).resolve()
    base.mkdir(parents=True, exist_ok=True)
    # One set of images for all: where they came from is no part of it.
    subprocess.run([options.reference_python,
                    str(LEGACY / "make_digits.py"), str(base / "digits")],
                   check=True, stdout=subprocess.DEVNULL)
    record_scripts(names, base, options.reference_python, options.python,
                   options.short, options.reuse)
    rows = [row(name, base) for name in names]
    for one in rows:
      print(one.line())
    if options.write:
      old = options.write.read_text() if options.scripts else ""
      options.write.write_text(merged(old, rows) if old else document(rows))
  return int(any(one.verdict != "same" for one in rows))


_TITLES = ("script", "variables", "`Session.run` calls", "training steps",
           "first 100 steps", "weights, steps 1, 10, 100",
           "the same: 1.15.5 from itself", "later",
           "later: 1.15.5, 1 and 2 threads",
           "later: 1.15.5, initial values one bit off", "numbers printed",
           "of these alike", "printed: largest", "verdict")


def document(rows):
  """The page with the table."""
  versions = "TensorFlow {tensorflow}, NumPy {numpy}, Python {python}"
  ours = rows[0].our_run.meta
  text = [_HEAD.format(
      reference=versions.format(**rows[0].reference_run.meta),
      ours=versions.format(**dict(ours, tensorflow=_today(ours))))]
  text.append("| " + " | ".join(_TITLES) + " |\n")
  text.append("|---" + "|---:" * (len(_TITLES) - 2) + "|---|\n")
  text += ["| " + " | ".join(map(str, row.cells())) + " |\n" for row in rows]
  return "".join(text)


def merged(old, rows):
  """The page `old` with the rows of some scripts written again, or added.

  Raises ValueError if they were measured with other versions than the page.
  """
  new = document(rows)
  start = "| script |"
  heads = [text[:text.index(start)] for text in (old, new)]
  if heads[0] != heads[1]:
    raise ValueError("the page was measured with other versions, or has "
                     "another text; measure all scripts")
  lines = {}
  for text in (old, new):
    titles, line, *rest = text[text.index(start):].splitlines(True)
    lines.update((row.split("`")[1], row) for row in rest)
  return "".join([heads[0], titles, line] +
                 [lines[name] for name in sorted(lines)])


def _today(meta):
  return meta["real_tensorflow"]


_HEAD = """\
# The legacy examples, number for number

Every script of `examples/legacy/` ran unmodified under

- {reference}, and
- `tfcompat-rnn run` with {ours},

starting from the initial values that 1.15.5 drew. Each row compares all
numbers that `Session.run` returned to the script, and all numbers that the
script printed.

A difference is the largest |ours - 1.15.5's| in a tensor, divided by the
largest |1.15.5's| in it. The table shows the worst tensor of the worst step.

- Over the first 100 training steps, the difference must stay below 1e-4. The
  learning rates of the scripts are small enough that rounding alone stays below
  that limit; with larger ones, 1.15.5 drifts from itself as quickly as our
  results drift from it.
- After that, rounding grows from step to step in any implementation. The
  difference must not exceed the larger of 1e-4 and the difference between two
  runs of 1.15.5: either with one and with two threads, or with every initial
  value moved to the next float, up or down at random (the larger of two such
  runs). The second is needed because a script whose operations 1.15.5 does not
  divide among threads gives the same bits with one thread and with two: a 0 in
  that column, which no other implementation can match.
- The same limit applies to the trainable variables after 1, 10 and 100 steps,
  which the scripts do not look at: the gradient of a unit that hardly matters
  is hardly more than rounding, and Adam moves each weight by the same step,
  whatever the size of its gradient.

With two threads, 1.15.5 draws the dropout masks of the time steps of
`deep_rnn_dropout.py` in a different order.

    python tests/examples/compare_legacy.py --reference-python PYTHON \\
        --write docs/legacy_examples.md

"""

if __name__ == "__main__":
  sys.exit(main())
