"""What CONTRIBUTING.md and CHANGELOG.md name exists."""

import configparser
import importlib
import pathlib
import re
import shlex

import pytest

import tfcompat_rnn

ROOT = pathlib.Path(__file__).parent.parent
PAGE = (ROOT / "CONTRIBUTING.md").read_text()
BLOCKS = re.findall(r"^```sh\n(.*?)^```$", PAGE, re.M | re.S)
PROSE = re.sub(r"^```.*?^```$", "", PAGE, flags=re.M | re.S)
# In code style, over at most one line break.
SPANS = [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", PROSE)]
ENDINGS = (".py", ".pyi", ".md", ".cfg", ".toml", ".ini", ".yaml")
MADE = re.compile(r"\.venv|^dist/")  # made by the commands of the page
PROGRAMS = ("mypy", "pip", "pre-commit", "pytest", "python", "ruff", "tox",
            "twine", "tfcompat-rnn")


def config(name):
  parser = configparser.ConfigParser(interpolation=None)
  parser.read(ROOT / name)
  return parser


def looks_like_path(text):
  return " " not in text and (
      text.endswith(ENDINGS) or re.fullmatch(r"[\w.*-]+/[\w.*/-]*", text))


def missing(path):
  """Whether no file matches `path`, from the root or the tables' folder.

  The package may be installed, and its sources not be here.
  """
  package = pathlib.Path(tfcompat_rnn.__file__).parent
  root = package.parent if path.startswith("tfcompat_rnn/") else ROOT
  folders = (root, package / "namespace" / "tables")
  return not any(any(folder.glob(path.rstrip("/"))) for folder in folders)


def commands():
  """Every command of the page as a list of words, without its environment."""
  lines = [line for block in BLOCKS for line in block.splitlines()]
  lines += [span for span in SPANS if span.partition(" ")[0] in PROGRAMS]
  for line in lines:
    words = shlex.split(line)
    if words[0] not in (".", "export") and not MADE.search(words[0]):
      yield words


def test_paths_exist():
  paths = [span for span in SPANS if looks_like_path(span)]
  assert len(paths) > 30
  assert [path for path in paths if missing(path)] == []


def test_a_path_that_is_gone_is_found():
  assert looks_like_path("tests/cells/gone.py")
  assert missing("tests/cells/gone.py")
  assert not missing("tests/golden/cases_*.py")


def test_links_lead_somewhere():
  for page in ("CONTRIBUTING.md", "CHANGELOG.md"):
    for target in re.findall(r"\]\(([^)]+)\)", (ROOT / page).read_text()):
      path = ROOT / target.partition("#")[0]
      assert target.startswith("https://") or path.exists(), (page, target)


def test_files_in_commands_exist():
  checked = 0
  for words in commands():
    for word in words[1:]:
      if looks_like_path(word) and not MADE.search(word) and "=" not in word:
        assert not missing(word), " ".join(words)
        checked += 1
  assert checked > 10


def test_programs_of_commands_are_known():
  for words in commands():
    assert words[0] in PROGRAMS + ("python3", "python3.7"), " ".join(words)


def test_extras_exist():
  extras = config("setup.cfg")["options.extras_require"]
  named = re.findall(r"'?\.\[([\w,]+)\]'?", PAGE)
  named += re.findall(r"the extra\s+`(\w+)`", PAGE)
  assert len(named) > 1
  for names in named:
    for name in names.split(","):
      assert name in extras, name


def test_tox_environments_exist():
  tox = config("tox.ini")
  environments = tox["tox"]["envlist"].split()
  named = re.findall(r"tox -e ([\w-]+)", PAGE)
  assert "golden" in named
  for name in named:
    assert name in environments or f"testenv:{name}" in tox, name


def test_tensorflow_1_15_is_installed_as_the_generators_install_it():
  source = (ROOT / "tests" / "oracle" / "reference.py").read_text()
  listed = re.search(r"^REQUIREMENTS = \[(.*?)\]", source, re.M | re.S).group(1)
  wanted = re.findall(r'"([^"]+)"', listed)
  assert len(wanted) > 1
  assert f"pip install {' '.join(repr(word) for word in wanted)}" in PAGE


def test_tools_of_the_page_come_with_the_extra():
  dev = config("setup.cfg")["options.extras_require"]["dev"]
  for tool in ("build", "mypy", "pre-commit", "ruff", "tox", "twine"):
    # A range: a new release of a tool must not make a commit of last year fail.
    assert re.search(rf"^{tool}>=[\d.]+,<[\d.]+$", dev, re.M), tool
    assert re.search(rf"(`|^|python -m ){tool}\b", PAGE, re.M), tool


def test_hooks_run_what_the_page_says():
  hooks = (ROOT / ".pre-commit-config.yaml").read_text()
  assert re.findall(r"^  - repo: (.*)$", hooks, re.M) == ["local"]
  assert re.findall(r"^        entry: (\S+)", hooks, re.M) == ["ruff", "mypy"]


def test_markers_exist():
  markers = config("setup.cfg")["tool:pytest"]["markers"]
  # `python -m` is followed by a module's name.
  named = re.findall(r'(?<!python)(?<!python3)(?<!python3\.7) -m '
                     r'(?:"not )?(\w+)', PAGE)
  assert named
  for marker in named:
    assert re.search(rf"^{marker}:", markers, re.M), marker


def test_subcommands_exist():
  from tfcompat_rnn import cli
  named = set(re.findall(r"tfcompat-rnn ([a-z][\w-]*)", PAGE))
  assert named <= set(cli.subcommands())


@pytest.mark.parametrize("module, name", [
    ("tfcompat_rnn._tf", "MINIMUM"), ("tfcompat_rnn._tf", "MAXIMUM"),
    ("tfcompat_rnn._private", "PRIVATE"), ("tfcompat_rnn._errors", "problem"),
    ("tfcompat_rnn._errors", "PrivateSymbolError"),
    ("tfcompat_rnn._errors", "UntestedTensorFlowWarning"),
    ("tfcompat_rnn", "_PUBLIC"), ("tfcompat_rnn.cells", "CELLS"),
    ("tfcompat_rnn.cells.base", "LayerRNNCell"),
    ("tfcompat_rnn.namespace.tables", "Row"),
    ("tfcompat_rnn.namespace.tables", "Gap"),
    ("tfcompat_rnn.seeds", "Restored"),
    ("tfcompat_rnn.seeds.products", "ROWS"),
    ("tfcompat_rnn.repairs._kinds", "restore"),
    ("tfcompat_rnn.repairs._kinds", "wrap"),
    ("tfcompat_rnn.repairs._kinds", "supply"),
    ("tfcompat_rnn.verify.kinds", "_ROWS"),
    ("tfcompat_rnn.verify.kinds", "LEFT_OUT"),
])
def test_names_exist(module, name):
  assert f"`{name}`" in " ".join(PAGE.split())
  assert hasattr(importlib.import_module(module), name)


def test_the_version_is_the_changelogs():
  log = (ROOT / "CHANGELOG.md").read_text()
  versions = re.findall(r"^## \[(.+?)\]", log, re.M)
  assert versions[0] == "Unreleased"
  assert versions[1] == tfcompat_rnn.__version__
  assert re.fullmatch(r"\d+\.\d+\.\d+", tfcompat_rnn.__version__)


def test_the_newest_tensorflow_is_the_one_of_setup_cfg():
  from tfcompat_rnn import _tf
  install = config("setup.cfg")["options"]["install_requires"]
  low, high = re.search(r"^tensorflow>=([\d.]+),<([\d.]+)$", install,
                        re.M).groups()
  assert _tf.version_tuple(low) == _tf.MINIMUM
  assert _tf.version_tuple(high) == (_tf.MAXIMUM[0], _tf.MAXIMUM[1] + 1)
