"""The wheel and the source distribution have what they must, and no more.

`tox -e wheel` also runs the fast tests with them (tests/from_wheel.py).
"""

import configparser
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

import pytest

import tfcompat_rnn

ROOT = pathlib.Path(__file__).resolve().parents[1]
PACKAGE = pathlib.Path(tfcompat_rnn.__file__).resolve().parent
STEM = f"tfcompat_rnn-{tfcompat_rnn.__version__}"
INFO = f"{STEM}.dist-info/"
# What lies about in a clone that somebody works with.
LITTER = ("tfcompat_rnn/__pycache__/gone.cpython-311.pyc",
          "tfcompat_rnn/.ipynb_checkpoints/gone.json",
          "build/lib/tfcompat_rnn/gone.py", "tests/.pytest_cache/v/lastfailed",
          "tests/cli/__pycache__/gone.cpython-311.pyc", "figures/1.png",
          "docs/.ipynb_checkpoints/gone.md", ".tox/py311/gone.py",
          ".venv-numpy2/lib/gone.py", "dist/gone-0.1.tar.gz")

pytestmark = pytest.mark.slow


def tracked():
  """What git tracks, as paths from the root.

  In an unpacked sdist this is what it has, and the installed package if its
  own sources are gone.
  """
  done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=False,
                        capture_output=True, text=True)
  if (ROOT / ".git").exists() and done.returncode == 0:
    return sorted(filter(None, done.stdout.split("\0")))
  found = {path.relative_to(ROOT) for path in ROOT.rglob("*")
           if path.is_file()}
  found |= {path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*")
            if path.is_file()}
  return sorted(path.as_posix() for path in found if not ignored(path))


def ignored(path):
  """Whether a file is one of .gitignore, or made with the sdist."""
  return path.name == "PKG-INFO" or path.suffix == ".pyc" or any(
      part in ("build", "dist", "figures", "__pycache__")
      or part.startswith((".venv", ".tox", ".pytest_cache"))
      or part.endswith(".egg-info") for part in path.parts)


def build(kind, source, target):
  """Builds the `kind` ("sdist", "wheel") of `source` and returns its path."""
  target.mkdir()
  done = subprocess.run(
      [sys.executable, "-c", "import sys; from setuptools import build_meta; "
       f"build_meta.build_{kind}(sys.argv[1])", str(target)],
      cwd=source, check=False, capture_output=True, text=True)
  assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
  made, = target.iterdir()
  return made


@pytest.fixture(scope="module")
def built(tmp_path_factory):
  """`(sdist, wheel, folder of the wheel's files)`; the wheel is the sdist's."""
  folder = tmp_path_factory.mktemp("built")
  source = folder / "source"
  for name in tracked():
    beside = ROOT / name
    (source / name).parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(beside if beside.exists() else PACKAGE.parent / name,
                source / name)
  for name in LITTER:
    (source / name).parent.mkdir(parents=True, exist_ok=True)
    (source / name).write_text("litter")
  sdist = build("sdist", source, folder / "sdist")
  with tarfile.open(sdist) as archive:
    archive.extractall(folder, filter="data")
  wheel = build("wheel", folder / STEM, folder / "wheel")
  with zipfile.ZipFile(wheel) as archive:
    archive.extractall(folder / "site")
  return sdist, wheel, folder / "site"


def test_the_sdist_has_what_git_tracks(built):
  with tarfile.open(built[0]) as archive:
    names = {name.removeprefix(STEM + "/") for name in (
        one.name for one in archive if one.isfile())}
  made = {name for name in names - set(tracked())
          if name == "PKG-INFO" or name.startswith("tfcompat_rnn.egg-info/")}
  assert sorted(names - made) == tracked()


def test_the_wheel_has_the_package_and_its_metadata(built):
  assert built[1].name == f"{STEM}-py3-none-any.whl"
  with zipfile.ZipFile(built[1]) as archive:
    names = archive.namelist()
  package = [name for name in tracked() if name.startswith("tfcompat_rnn/")]
  assert {"tfcompat_rnn/py.typed", "tfcompat_rnn/__init__.pyi"} <= set(package)
  assert sorted(names) == sorted(package + [INFO + name for name in (
      "METADATA", "RECORD", "WHEEL", "entry_points.txt", "licenses/LICENSE",
      "top_level.txt")])


CODE = """
import importlib.metadata, json
one = importlib.metadata.distribution('tfcompat_rnn')
fields = {name: one.metadata.get_all(name) for name in one.metadata}
fields['body'] = one.metadata.get_payload()
fields['entries'] = [[entry.group, entry.name, entry.load().__module__ if
                      entry.group == 'console_scripts' else entry.value]
                     for entry in one.entry_points]
print(json.dumps(fields))
"""


def run(built, *words, cwd):
  """What Python prints for `words`, with the wheel before all else."""
  done = subprocess.run(
      [sys.executable, *words], cwd=cwd, check=False, capture_output=True,
      text=True, env=dict(os.environ, PYTHONPATH=str(built[2])))
  assert done.returncode == 0, done.stderr[-4000:]
  return done.stdout


def test_the_metadata(built, tmp_path):
  fields = json.loads(run(built, "-c", CODE, cwd=tmp_path))
  setup = configparser.ConfigParser(interpolation=None)
  setup.read(ROOT / "setup.cfg")
  assert fields["Version"] == [tfcompat_rnn.__version__]
  assert fields["License"] == ["Apache-2.0"]
  assert fields["License-File"] == ["LICENSE"]
  assert fields["Classifier"] == setup[
      "metadata"]["classifiers"].strip().splitlines()
  assert fields["Keywords"] == [",".join(
      setup["metadata"]["keywords"].strip().splitlines())]
  assert fields["Provides-Extra"] == list(setup["options.extras_require"])
  assert fields["Description-Content-Type"] == ["text/markdown"]
  readme = (ROOT / "README.md").read_text(encoding="utf-8")
  assert fields["body"].strip() == readme.strip()
  assert sorted(fields["entries"]) == [
      ["console_scripts", "tfcompat-rnn", "tfcompat_rnn.cli"],
      ["pytest11", "tfcompat_rnn", "tfcompat_rnn.pytest_plugin"]]


def test_the_wheel_alone_runs_a_program(built, tmp_path):
  said = run(built, "-m", "tfcompat_rnn", "--version", cwd=tmp_path)
  assert said.startswith(f"tfcompat-rnn {tfcompat_rnn.__version__}\n")
  assert "\nextras:\n" in said
  (tmp_path / "one_line.py").write_text(
      "import tensorflow as tf, tfcompat_rnn; "
      "print(tf.contrib.rnn.LSTMCell(3).state_size, tfcompat_rnn.__file__)\n")
  said = run(built, "-m", "tfcompat_rnn", "run", "one_line.py", cwd=tmp_path)
  assert said == ("LSTMStateTuple(c=3, h=3) "
                  f"{built[2] / 'tfcompat_rnn' / '__init__.py'}\n")
