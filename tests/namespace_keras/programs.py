"""Runs the programs in programs/ and notes what they print. Python 3.7 syntax.

All run in one process, each in a fresh graph, a fresh Keras session and an
empty folder: loading TensorFlow and Keras takes most of the time.
"""

import contextlib
import io
import os
import random
import re
import tempfile

import numpy as np

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "programs")
# Those that the slow tests always run; all run where 1.15.5 is at hand.
QUICK = ("crf_tagger", "custom_layers", "known_batch", "masked_tagger",
         "session_loop", "stateful", "text_tools")
_NUMBER = re.compile(r"[-+]?\d+\.\d+(?:[eE][-+]?\d+)?")
_TIME = re.compile(r" - \d+m?s - ")


def names():
  return sorted(name[:-3] for name in os.listdir(HERE)
                if name.endswith(".py"))


def run(tf, name):
  """The lines that the program prints."""
  path = os.path.join(HERE, name + ".py")
  tf.reset_default_graph()
  tf.keras.backend.clear_session()
  random.seed(0)
  np.random.seed(0)
  output, before = io.StringIO(), os.getcwd()
  with open(path) as stream:
    code = compile(stream.read(), path, "exec")
  with tempfile.TemporaryDirectory() as folder:
    os.chdir(folder)
    try:
      with contextlib.redirect_stdout(output):
        exec(code, {"__name__": "__main__", "__file__": path})
    finally:
      os.chdir(before)
  return [_TIME.sub(" - ", line.rstrip())
          for line in output.getvalue().splitlines()]


def words(lines):
  """The text of the lines without their numbers with a decimal point."""
  return [_NUMBER.sub("#", line) for line in lines]


def numbers(lines):
  return [float(found) for line in lines for found in _NUMBER.findall(line)]
