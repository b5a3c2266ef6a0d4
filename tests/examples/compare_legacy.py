"""Compares examples/legacy under TensorFlow 1.15.5 and under the launcher.

  python tests/examples/compare_legacy.py --reference-python PYTHON \
      [--write docs/legacy_examples.md] [--keep DIR] [SCRIPT...]

PYTHON is an interpreter with TensorFlow 1.15.5, NumPy, Matplotlib and
scikit-learn (default: the environment variable TFCOMPAT_REFERENCE_PYTHON).
Each script runs, unmodified, three times: under 1.15.5 with one thread, under
1.15.5 with two, and under the launcher with one thread, starting from the
values that 1.15.5 drew for the variables. Compared is every number that
`Session.run` gave the script, and every number that the script printed.
Ends with exit code 1 if a verdict is not "same".
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
LEGACY = ROOT / "examples" / "legacy"
RECORDER = pathlib.Path(__file__).with_name("record_legacy.py")

FIRST_STEPS = 100
TOLERANCE = 1e-4

# Helpers that the scripts import; not scripts to compare.
HELPERS = ("make_digits", "make_text")
ARGUMENTS = {
    "creative_rnn": ["--out", "out"],
    "deep_rnn_dropout": ["--out", "out"],
    "mnist_deep_lstm": ["--data", "../digits"],
    "mnist_rows": ["--data", "../digits"],
    "peepholes": ["--out", "out"],
    "queue_input": ["--out", "out"],
    "time_series_projection": ["--out", "out"],
    "time_series_reshape": ["--out", "out"],
    "word2vec": ["--out", "out"],
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
  printed: float = 0.
  printed_numbers: int = 0
  printed_equal: int = 0
  problems: list = dataclasses.field(default_factory=list)


def scripts():
  """Names of the scripts in examples/legacy, sorted."""
  return sorted(path.stem for path in LEGACY.glob("*.py")
                if path.stem not in HELPERS)


def record(command, name, folder, threads, initial=None):
  """Runs `name` in `folder` under the interpreter `command`; its Run."""
  folder.mkdir(parents=True)
  (folder / "out").mkdir()
  options = ["--threads", str(threads)]
  if initial is not None:
    options += ["--initial", str(initial)]
  environment = dict(os.environ, MPLBACKEND="Agg", TF_CPP_MIN_LOG_LEVEL="3",
                     PYTHONWARNINGS="ignore",
                     PYTHONPATH=os.pathsep.join(
                         [str(ROOT)] if command[-1] == "run" else []))
  result = subprocess.run(
      command + [str(RECORDER), "record.npz"] + options
      + [str(LEGACY / f"{name}.py")] + ARGUMENTS.get(name, []),
      cwd=folder, env=environment, stdout=subprocess.PIPE,
      stderr=subprocess.PIPE, universal_newlines=True, check=False)
  (folder / "stdout.txt").write_text(result.stdout)
  (folder / "stderr.txt").write_text(result.stderr)
  if result.returncode:
    raise RuntimeError(f"{name} ended with exit code {result.returncode} "
                       f"under {' '.join(command)}:\n{result.stderr[-3000:]}")
  return load(folder)


def load(folder):
  """The Run that `record` left in `folder`."""
  with np.load(folder / "record.npz") as saved:
    meta = json.loads(str(saved["meta"]))
    numbers = saved["numbers"]
  fetched, at = [], 0
  for call in meta["calls"]:
    part = []
    for name, _, shape in call["fetched"]:
      size = int(np.prod(shape, dtype=np.int64))
      part.append((name, numbers[at:at + size].reshape(shape)))
      at += size
    fetched.append(part)
  return Run(meta, fetched, (folder / "stdout.txt").read_text())


def relative(wanted, got):
  """Largest |wanted - got| over the largest |wanted|."""
  if wanted.size == 0:
    return 0.
  gap = np.abs(wanted - got).max()
  if not np.isfinite(gap):
    return 0. if np.array_equal(wanted, got, equal_nan=True) else np.inf
  return float(gap / np.abs(wanted).max()) if gap else 0.


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
      if info["step"] < FIRST_STEPS:
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


def verdict(ours, bound):
  """"same", or what is not."""
  words = []
  if ours.problems:
    words.append("; ".join(ours.problems[:3]))
  if ours.first > TOLERANCE:
    words.append(f"differs by {ours.first:.0e} within {FIRST_STEPS} steps "
                 f"({ours.first_where})")
  if ours.later > max(bound.later, TOLERANCE):
    words.append(f"later further apart than two 1.15.5 runs "
                 f"({ours.later_where})")
  return "; ".join(words) or "same"


def _figure(value):
  return "0" if value == 0 else f"{value:.0e}"


def compare(name, reference_python, python, folder):
  """(Difference of ours, Difference between two 1.15.5 runs, Runs)."""
  one = record([reference_python], name, folder / "reference_1", 1)
  two = record([reference_python], name, folder / "reference_2", 2,
               initial=folder / "reference_1" / "record.npz")
  ours = record([python, "-m", "tfcompat_rnn", "run"], name, folder / "ours",
                1, initial=folder / "reference_1" / "record.npz")
  return difference(one, ours), difference(one, two), (one, ours)


def main(argv=None):
  parser = argparse.ArgumentParser(
      description=__doc__.splitlines()[0])
  parser.add_argument("--reference-python", metavar="PYTHON",
                      default=os.environ.get("TFCOMPAT_REFERENCE_PYTHON"))
  parser.add_argument("--python", default=sys.executable)
  parser.add_argument("--write", metavar="FILE", type=pathlib.Path)
  parser.add_argument("--keep", metavar="DIR", type=pathlib.Path)
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
                   check=True)
    rows, versions, bad = [], {}, 0
    for name in names:
      ours, bound, runs = compare(name, options.reference_python,
                                  options.python, base / name)
      word = verdict(ours, bound)
      bad += word != "same"
      versions = {"reference": runs[0].meta, "ours": runs[1].meta}
      rows.append((name, ours, bound, word, runs[0]))
      print(f"{name:24} {ours.calls} calls, {ours.steps} training steps: "
            f"first {FIRST_STEPS} {_figure(ours.first)}, later "
            f"{_figure(ours.later)} (1.15.5 against itself "
            f"{_figure(bound.first)}, {_figure(bound.later)}), printed "
            f"{ours.printed_equal}/{ours.printed_numbers} alike, "
            f"{_figure(ours.printed)}: {word}", flush=True)
  if options.write:
    options.write.write_text(document(rows, versions))
  return 1 if bad else 0


def document(rows, versions):
  """The Markdown table."""
  from_text = "TensorFlow {tensorflow}, NumPy {numpy}, Python {python}"
  text = [_HEAD.format(
      tolerance="1e-4", steps=FIRST_STEPS,
      reference=from_text.format(**versions["reference"]),
      ours=_ours_versions(versions["ours"]))]
  text.append("| script | variables equal | `Session.run` calls | training "
              "steps | first 100 steps | later | later, 1.15.5 with 1 and 2 "
              "threads | printed numbers, alike | printed, largest | verdict |"
              "\n|---|---:|---:|---:|---:|---:|---:|---:|---:|---|\n")
  for name, ours, bound, word, reference in rows:
    variables = sum(map(len, reference.meta["variables"]))
    has_later = ours.steps > FIRST_STEPS
    text.append(
        f"| `{name}.py` | {variables} | {ours.calls} | {ours.steps} | "
        f"{_figure(ours.first)} | {_figure(ours.later) if has_later else '-'}"
        f" | {_figure(bound.later) if has_later else '-'} | "
        f"{ours.printed_numbers}, {ours.printed_equal} | "
        f"{_figure(ours.printed)} | {word} |\n")
  return "".join(text)


def _ours_versions(meta):
  return f"NumPy {meta['numpy']}, Python {meta['python']}"


_HEAD = ""

if __name__ == "__main__":
  sys.exit(main())
