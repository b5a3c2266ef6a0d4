"""After an error, TensorFlow's notices about unused results stay away."""

import subprocess
import sys

import pytest

MODEL = """
import tensorflow as tf

arrays = [tf.TensorArray(tf.float32, 4).write(0, 1.) for _ in range(3)]
tf.TensorArray(tf.float32, 4).write(0, 1.)  # reported at once

class Net:
  check = tf.Assert(tf.placeholder(tf.bool), [1])

Net.array = tf.TensorArray(tf.float32, 4).write(0, 1.)
"""


@pytest.mark.slow
def test_only_what_is_unused_while_the_program_runs_is_reported(tmp_path):
  (tmp_path / "model.py").write_text(MODEL)
  program = tmp_path / "program.py"
  program.write_text("import model\nraise ValueError('the error')\n")
  done = subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "run", str(program)],
      capture_output=True, text=True, check=False)
  assert done.returncode == 1
  assert done.stderr.count("Object was never used") == 1
  assert "Exception ignored" not in done.stderr
  assert done.stderr.splitlines()[-1] == "ValueError: the error"
