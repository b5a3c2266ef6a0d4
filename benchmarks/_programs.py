"""Programs that answer in turn, shared by the benchmarks with a reference.

A program reads one command, the JSON of a name and arguments, from each line of
its input, and answers each with one line that begins with its mark.
"""

import argparse
import json
import os
import statistics
import subprocess

import numpy as np


class Side:
  """A process that builds and runs models when told to."""

  def __init__(self, command, mark, **settings):
    environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3",
                       PYTHONWARNINGS="ignore", **settings)
    self.mark = mark
    self.process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env=environment)

  def hear(self):
    for line in self.process.stdout:
      if line.startswith(self.mark):
        return json.loads(line[len(self.mark):])
    raise SystemExit(f"{self.process.args[0]} ended with exit code "
                     f"{self.process.wait()}; see the error above")

  def ask(self, name, *arguments):
    print(json.dumps([name, arguments]), file=self.process.stdin, flush=True)
    return self.hear()

  def close(self):
    self.process.stdin.close()
    self.process.stdout.close()
    self.process.wait()


def parser(doc, rounds, seconds=None, needed=True, other=""):
  """The options of every benchmark with a reference; `doc` describes it.

  `other`: what the reference has to have besides TensorFlow 1.15.
  """
  found = argparse.ArgumentParser(
      description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
  found.add_argument("--reference-python", required=needed,
                     help=f"a Python with TensorFlow 1.15{other}")
  found.add_argument("--rounds", type=int, default=rounds)
  if seconds:
    found.add_argument("--seconds", type=float, default=seconds,
                       help="repeat short steps for this long in each turn")
  return found


def in_turn(sides, number, *question):
  """The answers of all sides; every other time in reverse order."""
  names = list(sides)
  return {name: sides[name].ask(*question)
          for name in (names if number % 2 else names[::-1])}


def summary(rounds, base="reference"):
  """name -> milliseconds, and the quartiles of the ratio to `base`."""
  found = {}
  for name in rounds[0]:
    low, ratio, high = np.percentile(
        [one[name] / one[base] for one in rounds], [25, 50, 75])
    found[name] = {
        "ms": statistics.median(one[name] for one in rounds) * 1e3,
        "ratio": ratio, "low": low, "high": high}
  return found
