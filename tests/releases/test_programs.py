"""Programs of TensorFlow 0.6 to 1.2 print what those releases printed.

Programs of 0.x are in `programs`; what TensorFlow 0.12.1 printed for them is in
`expected`. Those of 1.0 to 1.2 are in `../releases_1x`.
"""

import json
import os
import pathlib

import pytest

pytestmark = pytest.mark.slow

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
PROGRAMS = [
    pytest.param((folder, path.stem), id=path.stem)
    for folder in ("releases", "releases_1x")
    for path in sorted((HERE.parent / folder / "programs").glob("*.py"))]


class Printed(dict):
  """{folder: {program: (text, notice)}}; each folder runs when asked for."""

  def __init__(self, base, forked):
    super().__init__()
    self.base = base
    self.forked = forked

  def __missing__(self, folder):
    environment = {name: value for name, value in os.environ.items()
                   if not name.startswith("TFCOMPAT_")}
    cwd = self.base / folder
    cwd.mkdir()
    done = self.forked.run(
        ["-m", "tfcompat_rnn", "run", HERE / "driver.py",
         HERE.parent / folder / "programs"], cwd,
        dict(environment, PYTHONPATH=str(ROOT)))
    assert done.returncode == 0, done.stderr
    self[folder] = json.loads(done.stdout.splitlines()[-1])
    return self[folder]


@pytest.fixture(scope="module")
def printed(tmp_path_factory, forked):
  return Printed(tmp_path_factory.mktemp("releases"), forked)


@pytest.mark.parametrize("program", PROGRAMS)
def test_same_as_its_release(printed, program):
  folder, name = program
  path = HERE.parent / folder / "expected" / f"{name}.txt"
  assert printed[folder][name][0] == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("program", PROGRAMS)
def test_one_notice_says_what_is_old(printed, program):
  folder, name = program
  notice = printed[folder][name][1]
  if name == "labelling_0_9":  # nothing in it is old; it runs with --api 0.9
    assert notice is None
    return
  releases = "0.x (" if folder == "releases" else "before 1.15"
  assert notice.startswith(
      f"this program uses names of TensorFlow {releases}")
  assert "--api" in notice
