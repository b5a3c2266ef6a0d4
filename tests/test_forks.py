"""Programs that `forked` runs end and print as they do in a new interpreter."""

import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

PROGRAM = """
import os, sys
print(__name__, sys.argv[1:], input(), sorted(os.environ)[:1], os.getcwd())
print("said", file=sys.stderr)
if sys.argv[1:] == ["error"]:
  raise ValueError("the error")
sys.exit(int(sys.argv[1]) if len(sys.argv) > 1 else "no")
"""


@pytest.mark.parametrize("words", [
    ["-c", PROGRAM, "3"], ["-c", PROGRAM], ["program.py", "259"],
    ["program.py", "error"], ["-m", "program", "0"], ["-c", "import beside"]])
def test_as_python_does(forked, tmp_path, words):
  (tmp_path / "program.py").write_text(PROGRAM)
  (tmp_path / "beside.py").write_text("import program")
  environment = {"A": "b", "PYTHONPATH": str(tmp_path)}
  expected = subprocess.run(
      [sys.executable, *words], capture_output=True, text=True, cwd=tmp_path,
      env=environment, input="line\n")
  done = forked.run(words, tmp_path, environment, "line\n")
  assert expected.stderr.startswith("said\n")
  assert (done.returncode, done.stdout, done.stderr) == (
      expected.returncode, expected.stdout, expected.stderr)


def test_a_signal(forked):
  done = forked.run(["-c", "import os\nos.kill(os.getpid(), 9)"])
  assert done.returncode == -9


def test_programs_side_by_side(forked):
  programs = [forked.start(["-c", "print(input(), flush=True)"]), forked.start(
      ["-c", "import time\nprint('on', flush=True)\ntime.sleep(100)"])]
  programs[1].wait_for("on")
  assert programs[0].wait() == 1 and "EOFError" in programs[0].stderr
  assert programs[1].code is None
  programs[1].signal(9)
  assert programs[1].wait() == programs[1].code == -9
  with pytest.raises(AssertionError, match="off.*exit code -9.*\n.*on"):
    programs[1].wait_for("off")


def test_nothing_waits_for_ever(forked):
  with pytest.raises(RuntimeError, match="ran longer than 1 seconds"):
    forked.run(["-c", "import time\ntime.sleep(60)"], timeout=1)
  with pytest.raises(RuntimeError, match="the process that forks ended"):
    forked.run(["-c", "import os\nos.kill(os.getppid(), 9)"])
  assert forked.run(["-c", "print('again')"]).stdout == "again\n"
