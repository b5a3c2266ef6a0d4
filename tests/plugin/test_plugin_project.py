"""A separate project in which this package is only installed.

Its files are those of docs/pytest_plugin.md, so the code that users copy is
tested.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

import tfcompat_rnn

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "pytest_plugin.md").read_text()
FILES = dict(re.findall(
    r"^<!-- file: (\S+) -->\n```\w*\n(.*?)^```$", PAGE, re.M | re.S))
OUTPUTS = dict(re.findall(
    r"^<!-- output: (\S+) -->\n```\w*\n(.*?)^```$", PAGE, re.M | re.S))

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
  """A folder with the package as installed, including its metadata."""
  pytest.importorskip("setuptools")
  source = tmp_path_factory.mktemp("source")
  for name in ("setup.cfg", "pyproject.toml", "README.md", "LICENSE"):
    shutil.copy(ROOT / name, source)
  package = pathlib.Path(tfcompat_rnn.__file__).parent
  shutil.copytree(package, source / "tfcompat_rnn",
                  ignore=shutil.ignore_patterns("__pycache__"))
  target = tmp_path_factory.mktemp("site")
  subprocess.run(
      [sys.executable, "-c", "import setuptools; setuptools.setup()", "-q",
       "build", "--build-lib", str(target), "install_egg_info",
       "--install-dir", str(target)], cwd=source, check=True,
      capture_output=True, text=True)
  shutil.rmtree(source)
  assert list(target.glob("tfcompat_rnn-*.egg-info/entry_points.txt"))
  return target


@pytest.fixture
def project(tmp_path, site):
  """Runs pytest in a project made of the page's files."""
  for name, text in FILES.items():
    (tmp_path / name).write_text(text)
  (tmp_path / "pyproject.toml").write_text(
      '[project]\nname = "users-project"\nversion = "1"\n'
      '[tool.pytest.ini_options]\naddopts = "--strict-markers"\n')
  environment = {name: value for name, value in os.environ.items()
                 if not name.startswith(("PYTEST", "TFCOMPAT"))}
  environment.update(PYTHONPATH=str(site), COLUMNS="150")

  def run(*words):
    done = subprocess.run([sys.executable, "-m", "pytest", *words],
                          cwd=tmp_path, env=environment, text=True,
                          capture_output=True)
    assert not done.stderr, done.stderr
    return done.stdout
  return run


def counts(printed):
  return {word: int(number) for number, word in re.findall(
      r"(\d+) (passed|failed|skipped|errors?)", printed.splitlines()[-1])}


def test_files_of_the_page():
  assert FILES.keys() == {"model.py", "test_model.py", "test_cut.py"}
  assert OUTPUTS.keys() == {"test_cut.py"}


def test_the_users_tests(project, site, tmp_path):
  printed = project("test_model.py", "-rs", "--trace-config")
  # Found by its entry point, in what is installed.
  assert re.search(r"PLUGIN registered: <module 'tfcompat_rnn.pytest_plugin' "
                   rf"from '{re.escape(str(site))}", printed), printed
  found = counts(printed)
  assert found.pop("skipped", 0) + found["passed"] == 4, printed
  assert found["failed"] == 1
  assert "there is no golden file" in printed
  assert "--tfcompat-write-golden" in printed
  printed = project("test_model.py", "--tfcompat-write-golden")
  assert "golden files written" in printed
  assert (tmp_path / "golden" / "test_model" /
          "test_predicts_what_it_did.npz").exists()
  printed = project("test_model.py", "-rs")
  found = counts(printed)
  assert found.pop("skipped", 0) + found.pop("passed") == 5, printed
  assert not found
  if "skipped" in printed:
    assert "skipped without a GPU: 1 test(s)" in printed


def test_what_a_failure_prints(project):
  printed = project("test_cut.py")
  assert counts(printed) == {"failed": 1}
  lines = [line.rstrip() for line in printed.splitlines()]
  start = next(number for number, line in enumerate(lines)
               if "gradients: " in line)
  promised = OUTPUTS["test_cut.py"].rstrip().splitlines()
  # All except digits that may be rounded differently on another processor.
  assert ([_digits_cut(line) for line in lines[start:start + len(promised)]]
          == [_digits_cut(line) for line in promised]), "\n".join(lines[start:])


def _digits_cut(line):
  return re.sub(r"\s+", " ", re.sub(r"-?\d\S*(e[-+]\d+)?", "#", line))
