"""`tfcompat-rnn --version`: what is installed, told from metadata alone."""

import importlib
import importlib.metadata
import platform
import sys

# Loaded before the tests take the path to everything else away.
import packaging.requirements  # noqa: F401
import packaging.utils  # noqa: F401
import pytest

import tfcompat_rnn
from tfcompat_rnn import cli
from tfcompat_rnn.cli import _version

FIRST = f"tfcompat-rnn {tfcompat_rnn.__version__}"
PYTHON = f"Python {platform.python_version()}"
OURS = """Provides-Extra: draw
Provides-Extra: gpu
Provides-Extra: old
Requires-Dist: tensorflow<2.22,>=2.16
Requires-Dist: NumPy<2.3,>=1.26
Requires-Dist: fast_lib; python_version < "3"
Requires-Dist: plot-lib>=3; extra == "draw"
Requires-Dist: bar; extra == "draw"
Requires-Dist: tensorflow[cuda]; extra == "gpu"
Requires-Dist: numpy<2; python_version < "3" and extra == "old"
"""
TENSORFLOW = """Requires-Dist: numpy
Requires-Dist: cuda-lib>=12; extra == "cuda"
"""
MANY = "".join(f'Requires-Dist: lib{n}; extra == "many"\n' for n in range(6))


def install(folder, name, version, fields=""):
  """Metadata as an installed distribution has it."""
  info = folder / f"{name}-{version}.dist-info"
  info.mkdir()
  (info / "METADATA").write_text(
      f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{fields}")


@pytest.fixture
def site(monkeypatch, tmp_path):
  """A folder that has everything this interpreter finds."""
  monkeypatch.setattr(sys, "path", [str(tmp_path)])
  importlib.invalidate_caches()
  yield tmp_path
  monkeypatch.undo()
  importlib.invalidate_caches()


def test_all_that_is_needed_is_there(site):
  install(site, "tfcompat_rnn", tfcompat_rnn.__version__, OURS)
  install(site, "tensorflow", "2.21.0", TENSORFLOW)
  install(site, "numpy", "1.26.4")
  install(site, "Plot_Lib", "3.1")
  install(site, "bar", "1.0")
  install(site, "cuda_lib", "12.1")
  assert _version.report().splitlines() == [
      FIRST, "TensorFlow 2.21.0", "NumPy 1.26.4", PYTHON, "", "extras:",
      "  draw  found: plot-lib 3.1, bar 1.0",
      "  gpu   found: tensorflow 2.21.0, cuda-lib 12.1",
      "  old   needs nothing with this Python"]


def test_what_is_missing_or_of_another_version(site):
  install(site, "tfcompat_rnn", tfcompat_rnn.__version__, OURS)
  install(site, "tensorflow", "2.30.0", TENSORFLOW)
  install(site, "plot.lib", "2.9")
  assert _version.report().splitlines() == [
      FIRST, "TensorFlow 2.30.0 (tested: <2.22,>=2.16)",
      "NumPy is not installed (needed: <2.3,>=1.26)", PYTHON, "", "extras:",
      "  draw  missing: plot-lib>=3 (got 2.9), bar; "
      "pip install 'tfcompat_rnn[draw]'",
      "  gpu   missing: cuda-lib>=12; pip install 'tfcompat_rnn[gpu]'",
      "  old   needs nothing with this Python"]


def test_a_long_list_is_cut(site):
  install(site, "tfcompat_rnn", tfcompat_rnn.__version__,
          "Provides-Extra: many\n" + MANY)
  missing = "  many  missing: lib0, lib1, lib2, lib3, 2 more; pip"
  assert _version.report().splitlines()[-1].startswith(missing)


def test_tensorflow_under_another_name(site):
  """As `tensorflow-cpu` and the builds of hardware's makers install it."""
  install(site, "tfcompat_rnn", tfcompat_rnn.__version__, OURS)
  install(site, "tensorflow_cpu", "2.20.0")
  (site / "tensorflow_cpu-2.20.0.dist-info" / "top_level.txt").write_text(
      "tensorflow\n")
  lines = _version.report().splitlines()
  assert lines[1] == "TensorFlow 2.20.0 (tensorflow_cpu)"
  assert lines[7].startswith("  gpu   missing: tensorflow[cuda];")


def test_nothing_is_installed(site, monkeypatch):
  lines = _version.report().splitlines()
  assert lines == [
      FIRST, "TensorFlow is not installed", "NumPy is not installed", PYTHON,
      "", "extras: unknown, because tfcompat_rnn itself is not installed; run "
      "`pip install .` in its folder"]
  install(site, "tfcompat_rnn", "0.0.1", OURS)
  assert _version.report().splitlines()[4:] == [
      "", "extras: unknown, because the installed tfcompat_rnn is version "
      "0.0.1, and another one runs; run `pip install .` in its folder"]
  monkeypatch.setitem(sys.modules, "packaging.requirements", None)
  assert _version.report().splitlines()[4:] == [
      "", "extras: unknown without `packaging`; run `pip install packaging`"]


def test_the_environment_of_the_tests(capsys):
  """Every extra of setup.cfg has a line; those that tests need are found."""
  with pytest.raises(SystemExit) as end:
    cli.main(["--version"])
  assert end.value.code == 0
  head, _, table = capsys.readouterr().out.partition("\nextras:\n")
  assert head.splitlines() == [
      FIRST, f"TensorFlow {importlib.metadata.version('tensorflow')}",
      f"NumPy {importlib.metadata.version('numpy')}", PYTHON]
  found = {line.split()[0]: line for line in table.splitlines()}
  assert list(found) == importlib.metadata.metadata(
      "tfcompat_rnn").get_all("Provides-Extra")
  assert " found: pytest " in found["test"] and " found: " in found["python2"]
