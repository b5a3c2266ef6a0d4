"""Runs a program and times the training steps that it is asked for.

  python _program_timer.py SKIP SCRIPT [ARGS...]

A training step is a call of `Session.run` that fetches an operation. After
SKIP of them, the program waits until standard input has a line of JSON, how
many steps to run, and answers on standard output with the seconds of each.
What the program prints goes to standard error. benchmarks/programs.py starts
it with the launcher of this package, and with TensorFlow 1.15.
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


class Timer:
  """Replaces `Session.run`."""

  def __init__(self, skip, answers):
    self.left = skip
    self.answers = answers
    self.seconds = None
    self.wanted = 0

  def around(self, run):
    def timed(session, fetches, *args, **kwargs):
      if (threading.current_thread() is not threading.main_thread()
          or not any(isinstance(leaf, tf.Operation)
                     for leaf in flat(fetches))):
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
