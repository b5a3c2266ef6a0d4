"""The repair policy of docs/launcher.md, checked against setup.cfg."""

import configparser
import os
import re
import sys

import pytest

from tfcompat_rnn import repairs
from tfcompat_rnn.launcher import failure

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))
_SETUP = configparser.ConfigParser()
_SETUP.read(os.path.join(ROOT, "setup.cfg"))

_NAMES = {"NumPy": "numpy", "SciPy": "scipy", "pandas": "pandas",
          "Pillow": "pillow", "Matplotlib": "matplotlib",
          "scikit-learn": "scikit-learn", "setuptools": "setuptools"}
_VERSION = re.compile(r"(Python|TensorFlow|%s) (\d[\d.]*)" % "|".join(_NAMES))
_BACK = re.compile(r"back in (\d[\d.]*)")

# Faults that no version number describes.
_WITHOUT_VERSION = {
    "IPython": "may be installed or not",
    "IPython.display": "may be installed or not",
    **{name: "only Colab has it" for name in (
        "google.colab", "google.colab.auth", "google.colab.drive",
        "google.colab.files", "google.colab.output", "google.colab.patches")},
}


def _numbers(text):
  return tuple(int(part) for part in re.findall(r"\d+", text))


def _ranges():
  """{library: (lowest version or (), first version above it or None)}."""
  options = _SETUP["options"]
  extras = _SETUP["options.extras_require"]
  lines = options["install_requires"].split("\n") + [
      line for extra in ("plot", "test") for line in extras[extra].split("\n")]
  found = {}
  for line in filter(None, lines):
    name, limits = re.match(r"([\w-]+)(.*)", line).groups()
    low = re.search(r">=([\d.]+)", limits)
    high = re.search(r"<([\d.]+)", limits)
    found[name] = (_numbers(low.group(1)) if low else (),
                   _numbers(high.group(1)) if high else None)
  pythons = [_numbers(line) for line in re.findall(
      r":: (3\.\d+)", _SETUP["metadata"]["classifiers"])]
  # The version after the last one that the classifiers name.
  found["Python"] = (_numbers(options["python_requires"]),
                     (3, max(pythons)[1] + 1))
  return found


RANGES = _ranges()


def can_have_the_fault(why):
  """Whether a supported version can have the fault that `why` describes."""
  name, since = _VERSION.search(why).groups()
  if name == "TensorFlow":
    # Old programs knew it; every TensorFlow 2 has it.
    return _numbers(since) < (2,)
  low, high = RANGES[_NAMES.get(name, name)]
  back = _BACK.search(why)
  return ((high is None or _numbers(since) < high)
          and (back is None or low < _numbers(back.group(1))))


def test_supported_versions_can_have_the_fault_of_each_row():
  wrong = [f"{row.name}: {row.why}" for _, row in repairs.rows()
           if _VERSION.search(row.why) and not can_have_the_fault(row.why)]
  assert not wrong, "no version that setup.cfg allows needs\n" + "\n".join(
      wrong)


def test_each_row_names_the_version_that_has_its_fault():
  without = {row.name for _, row in repairs.rows()
             if not _VERSION.search(row.why)}
  assert without == set(_WITHOUT_VERSION)


@pytest.mark.parametrize("line", [
    line for _, _, line in failure._OF_AGE if line and _VERSION.search(line)])
def test_hints_speak_of_supported_versions(line):
  for name, since in _VERSION.findall(line):
    assert can_have_the_fault(f"{name} {since}"), line


@pytest.mark.parametrize("why, expected", [
    ("removed in NumPy 1.24", True),
    ("an error since NumPy 2.2", True),
    ("an error since NumPy 2.3", False),
    ("removed in NumPy 1.24, back in 2.0", True),
    ("removed in NumPy 1.16, back in 1.20", False),
    ("removed in Python 3.9", True),
    ("removed in Python 3.13", True),
    ("removed in Python 3.14", False),
    ("removed in SciPy 1.14", True),
    ("removed in SciPy 2.0", False),
    ("removed in pandas 3.0", True),
    ("removed in TensorFlow 1.5", True),
])
def test_the_check_itself(why, expected):
  assert can_have_the_fault(why) is expected


def test_the_extra_numpy1_is_what_readme_and_the_hints_promise():
  requirement, = _SETUP["options.extras_require"]["numpy1"].split("\n")[1:]
  limits, marker = requirement.split("; ")
  assert limits == f"numpy>={'.'.join(map(str, RANGES['numpy'][0]))},<2"
  assert marker == 'python_version < "3.13"'
  assert (failure._NUMPY1 is not None) == (sys.version_info < (3, 13))
  with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
    commands = re.findall(
        r"^python3 -m venv .*pip install (?:--no-compile )?'\.\[(.*?)\]'",
        file.read(), re.MULTILINE)
  assert len(commands) == 2
  assert all("numpy1" in extras.split(",") for extras in commands)
