"""`behave_as_1_15()`: what the launcher does, for a plain Python program."""

import os
import pathlib

import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn.launcher import preparation
from tfcompat_rnn.launcher import startup_messages

ROOT = pathlib.Path(__file__).parents[2]
# What it prints depends on the seeds, on 1.x behavior, on a repair, on an
# import that was not upgraded, and on the release that its source shows.
PROGRAM = """
import importlib
import numpy as np
import {module} as tf
tf.set_random_seed(42)
x = tf.random_uniform([2])
tf.zeros([2, 2])
y = tf.random_uniform([2])
print(tf.Session().run([x, y]), np.float, tf.Dimension(3).value)
print(importlib.import_module("tensorflow") is tf)
parts = tf.split(1, 2, tf.zeros([2, 4]))
print(parts[0].shape)
"""


@pytest.fixture
def run(forked, tmp_path):
  def run_program(*words):
    environment = dict(os.environ, PYTHONPATH=os.pathsep.join(filter(None, [
        str(ROOT), os.environ.get("PYTHONPATH")])))
    done = forked.run(words, tmp_path, environment)
    assert done.returncode == 0, done.stderr
    return done
  return run_program


def test_a_plain_program_does_as_under_the_launcher(run, tmp_path):
  old, new = tmp_path / "old.py", tmp_path / "new.py"
  old.write_text(PROGRAM.format(module="tensorflow"))
  new.write_text("import tfcompat_rnn\ntfcompat_rnn.behave_as_1_15()\n"
                 + PROGRAM.format(module="tfcompat_rnn.tf1"))
  wanted = run("-m", "tfcompat_rnn", "run", str(old))
  plain = run(str(new))
  launched = run("-m", "tfcompat_rnn", "run", str(new))
  assert "True\n(2, 2)" in wanted.stdout and "class 'float'" in wanted.stdout
  assert plain.stdout == launched.stdout == wanted.stdout
  # Processes that have TensorFlow from the start show what it says then; up to
  # TensorFlow 2.20, with the time.
  said = [[line for line in done.stderr.splitlines()
           if not startup_messages.is_noise(line.encode())]
          for done in (plain, wanted)]
  assert said[0] == said[1] and "tf.split(" in plain.stderr


def test_the_first_call_decides():
  patches = preparation.prepare(preparation.Options(seeds="native"))
  try:
    tfcompat_rnn.behave_as_1_15(seeds="1.15")
    assert preparation._current == [patches]
  finally:
    preparation.restore()


@pytest.mark.parametrize("options, text", [
    ({"device": "/cpu:0"}, "`options` must be among api, fast, .*got device"),
    ({"seeds": 1.15}, "`seeds` must be '1.15' or 'native', got 1.15"),
    ({"repeated_cells": "both"}, "`repeated_cells` must be 'share' or 'copy'"),
    ({"no_repair": "np.flot"}, "`no_repair` must name repairs, got"),
    ({"api": "7.0"}, "7.0"),
])
def test_wrong_options(options, text):
  kind = ValueError if "api" in options else _errors.ArgumentError
  with pytest.raises(kind, match=text):
    tfcompat_rnn.behave_as_1_15(**options)
  assert preparation._current == []
