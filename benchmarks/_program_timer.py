"""Runs a program and times the training steps that it is asked for.

  python _program_timer.py SKIP SCRIPT [ARGS...]

A training step is a call of `Session.run` that makes an optimizer change a
variable. After SKIP of them, the program waits until standard input has a line
of JSON, how many steps to run. It answers on standard output, with the seconds
of each, when it comes to the next step: what it does between steps is part of
its turn, but not of the time. What it prints goes to standard error.
benchmarks/programs.py starts it, with the launcher of this package and with
TensorFlow 1.15.
"""

import json
import os
import runpy
import sys
import threading
import time

import tensorflow as tf


def flat(fetches):
  if isinstance(fetches, dict):
    fetches = list(fetches.values())
  if isinstance(fetches, (list, tuple)):
    return [leaf for part in fetches for leaf in flat(part)]
  return [fetches]


def trains(fetch):
  """Whether what `fetch` needs contains an operation of an optimizer."""
  waiting, seen = [getattr(fetch, "op", fetch)], set()
  while waiting:
    op = waiting.pop()
    if op in seen or not isinstance(op, tf.Operation):
      continue
    seen.add(op)
    if "Apply" in op.type:  # ApplyAdam, SparseApplyAdagrad, ...
      return True
    waiting += [tensor.op for tensor in op.inputs] + list(op.control_inputs)
  return False


class Timer:
  """Replaces `Session.run`."""

  def __init__(self, skip, answers):
    self.left = skip
    self.answers = answers
    self.seconds = None
    self.wanted = 0
    self.known = {}

  def around(self, run):
    def timed(session, fetches, *args, **kwargs):
      if (threading.current_thread() is not threading.main_thread()
          or not self.trains(flat(fetches))):
        return run(session, fetches, *args, **kwargs)
      if self.left:
        self.left -= 1
        return run(session, fetches, *args, **kwargs)
      if self.wanted == 0:
        self.wait(session)
      begun = time.perf_counter()
      found = run(session, fetches, *args, **kwargs)
      self.seconds.append(time.perf_counter() - begun)
      self.wanted -= 1
      return found
    return timed

  def trains(self, leaves):
    names = tuple(str(getattr(leaf, "name", leaf)) for leaf in leaves)
    if names not in self.known:
      self.known[names] = any(map(trains, leaves))
    return self.known[names]

  def wait(self, session):
    self.say({"seconds": self.seconds, "version": tf.VERSION,
              "fast": any("fast_rnn" in op.name
                          for op in session.graph.get_operations())})
    line = sys.stdin.readline()
    if not line:
      os._exit(0)
    self.wanted, self.seconds = json.loads(line)[0], []

  def say(self, answer):
    self.answers.write(json.dumps(answer) + "\n")
    self.answers.flush()


def main():
  answers = os.fdopen(os.dup(1), "w")
  os.dup2(2, 1)
  timer = Timer(int(sys.argv[1]), answers)
  owner = next(kind for kind in tf.Session.__mro__ if "run" in vars(kind))
  owner.run = timer.around(owner.run)
  del sys.argv[:2]
  sys.path.insert(0, os.path.dirname(os.path.abspath(sys.argv[0])))
  try:
    runpy.run_path(sys.argv[0], run_name="__main__")
  except SystemExit:
    pass
  timer.say({"error": "the program ended before it was asked to"})


if __name__ == "__main__":
  main()
