"""The examples of 0.8 and 0.12 run under the launcher, and say what is old."""

import os

import pytest

pytestmark = pytest.mark.slow

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


@pytest.mark.parametrize("name, steps, last", [
    ("char_rnn_0_8", "4", "'the "),
    ("bidirectional_0_12", "4", "step   3: loss 0."),
])
def test_example(name, steps, last, tmp_path, forked):
  done = forked.run(
      ["-m", "tfcompat_rnn", "run",
       os.path.join(ROOT, "examples", "before_1_0", name + ".py"),
       "--steps", steps], tmp_path, dict(os.environ, PYTHONPATH=ROOT))
  assert done.returncode == 0, done.stderr
  assert last in done.stdout.splitlines()[-1]
  lines = [line for line in done.stderr.splitlines()
           if line.startswith("tfcompat-rnn: this program uses names of")]
  assert len(lines) == 1
