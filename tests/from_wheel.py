"""Builds, checks and installs the wheel, and runs the tests against it.

  python tests/from_wheel.py FOLDER [WORDS FOR PYTEST...]

`tox -e wheel` does this in an environment of its own, which needs `build` and
`twine`; the wheel comes into the environment of the Python that runs this. The
tests are those of the source distribution, which is unpacked in FOLDER without
the package: whatever they use of it is what the wheel has installed.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tarfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Those of the test command in README.md.
EXTRAS = "test,numpy1"


def run(*words, cwd=None):
  print("+", *words, flush=True)
  environment = {name: value for name, value in os.environ.items()
                 if name != "PYTHONPATH"}
  subprocess.run([sys.executable, *map(str, words)], cwd=cwd, check=True,
                 env=environment)


def build(folder):
  """The wheel and the sdist, made in `folder` and checked."""
  run("-m", "build", "--outdir", folder, ROOT)
  wheel, = folder.glob("*.whl")
  sdist, = folder.glob("*.tar.gz")
  run("-m", "twine", "check", "--strict", wheel, sdist)
  return wheel, sdist


def unpack(sdist, folder):
  """The folder of the sdist's files, without the package."""
  with tarfile.open(sdist) as archive:
    archive.extractall(folder, filter="data")
  tests, = folder.iterdir()
  for package in tests.glob("tfcompat_rnn*"):
    shutil.rmtree(package)
  return tests


def main(folder, *words):
  folder = pathlib.Path(folder).resolve()
  for before in (folder / "dist", folder / "tests"):
    shutil.rmtree(before, ignore_errors=True)
  wheel, sdist = build(folder / "dist")
  # Another build of the same version would count as installed already.
  run("-m", "pip", "install", "-q", f"{wheel}[{EXTRAS}]")
  run("-m", "pip", "install", "-q", "--force-reinstall", "--no-deps", wheel)
  tests = unpack(sdist, folder / "tests")
  run("-c", "import pathlib, sysconfig, tfcompat_rnn as ours\n"
      "site = pathlib.Path(sysconfig.get_path('purelib'))\n"
      "found = pathlib.Path(ours.__file__).parent\n"
      "assert found.parent.samefile(site), found", cwd=tests)
  try:
    run("-m", "pytest", *words, cwd=tests)
  except subprocess.CalledProcessError as failed:
    return failed.returncode
  return 0


if __name__ == "__main__":
  if len(sys.argv) < 2:
    sys.exit(__doc__)
  sys.exit(main(*sys.argv[1:]))
