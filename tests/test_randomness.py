"""Importing draws nothing from the program's random generators."""

import logging
import os
import random
import subprocess
import sys

import numpy as np
import pytest

from tfcompat_rnn import _patching
from tfcompat_rnn import _randomness
from tfcompat_rnn import _tf
from tfcompat_rnn.launcher import watch


def test_generators_are_kept():
  random.seed(1)
  np.random.seed(1)
  wanted = random.Random(1).random(), np.random.RandomState(1).rand()
  with pytest.raises(ImportError), _randomness.kept():
    random.random()
    np.random.rand(3)
    raise ImportError
  assert (random.random(), np.random.rand()) == wanted


def test_a_watched_import_draws_nothing(tmp_path, monkeypatch):
  (tmp_path / "drawing_module.py").write_text(
      "import random; drawn = random.random()")
  monkeypatch.syspath_prepend(str(tmp_path))
  patches = _patching.Stack()
  watched = watch.Watch(patches)
  watched.around_import("drawing_module", _randomness.kept)
  random.seed(2)
  try:
    import drawing_module
  finally:
    patches.close()
    sys.modules.pop("drawing_module", None)
  assert drawing_module.drawn == random.random()


def test_the_level_of_the_logger_is_left_unset():
  logger = logging.getLogger("tensorflow")
  before = logger.level
  try:
    for level in (logging.NOTSET, logging.INFO):
      logger.setLevel(level)
      with _tf.quiet_logger():
        assert not logger.isEnabledFor(logging.WARNING)
      assert logger.level == level
  finally:
    logger.setLevel(before)


PROGRAM = """
import random
import numpy as np
random.seed(42)
np.random.seed(42)
import tensorflow as tf
print("%.6f %.6f" % (random.random(), np.random.rand()))
tf.train.Saver([tf.Variable(1.)])
tf.layers.dense(tf.ones([1, 2]), 3)
print("%.6f %.6f" % (random.random(), np.random.rand()))
def main(_):
  tf.logging.info("seen")
tf.app.run()
"""


@pytest.mark.slow
def test_a_program_draws_what_it_would_have_drawn(tmp_path):
  program = tmp_path / "program.py"
  program.write_text(PROGRAM)
  done = subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "run", str(program)],
      env=dict(os.environ, MPLBACKEND="Agg"), capture_output=True, text=True,
      timeout=300)
  assert done.stdout.splitlines() == ["0.639427 0.374540",
                                      "0.025011 0.950714"], done.stderr
  # `tf.app.run` raises the root logger to INFO.
  assert "INFO:tensorflow:seen" in done.stderr
