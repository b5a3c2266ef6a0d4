"""Programs of TensorFlow 1.0 to 1.2 print what those releases printed."""

import json
import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PROGRAMS = sorted(name[:-3] for name in os.listdir(
    os.path.join(HERE, "programs")) if name.endswith(".py"))


@pytest.fixture(scope="module")
def printed(tmp_path_factory):
  environment = {name: value for name, value in os.environ.items()
                 if not name.startswith("TFCOMPAT_")}
  done = subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "run",
       os.path.join(HERE, "driver.py")], text=True, capture_output=True,
      env=dict(environment, PYTHONPATH=ROOT),
      cwd=tmp_path_factory.mktemp("releases_1x"))
  assert done.returncode == 0, done.stderr
  return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", PROGRAMS)
def test_same_as_its_release(printed, name):
  path = os.path.join(HERE, "expected", name + ".txt")
  with open(path, encoding="utf-8") as stream:
    assert printed[name][0] == stream.read()


@pytest.mark.parametrize("name", PROGRAMS)
def test_one_notice_says_what_is_old(printed, name):
  notice = printed[name][1]
  assert notice.startswith("this program uses names of TensorFlow before 1.15")
  assert "--api" in notice
