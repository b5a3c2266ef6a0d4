"""docs/migration.md: every command and every program on it, and what it prints.

A console block is `$ command` lines and what they print on standard output; all
of them run in one folder, in order. A Python block runs by itself and prints
what follows `# ->` in it. If a text block follows a Python block, that is what
the program prints in TensorFlow 1.15.5, in today's TensorFlow, and under the
launcher.
"""

import os
import pathlib
import re
import shlex
import shutil
import subprocess

import pytest

import docs_blocks
from oracle import reference

PAGE = docs_blocks.Page("migration.md")
DATA = pathlib.Path(__file__).parent / "data"
PLACES = ("TensorFlow 1.15.5", "TensorFlow 2.21", "tfcompat-rnn run")
PLAIN = "import tensorflow.compat.v1 as tf; tf.disable_v2_behavior()"

CONSOLE = [line for block in PAGE.blocks("console")
           for line in re.split(r"^\$ ", block.code, flags=re.M)[1:]]
# Title of the section -> program.
QUESTIONS, CHANGES = {}, {}
for heading, body in re.findall(
    r"^### (.*?)\n(.*?)(?=^##|\Z)", PAGE.text, re.M | re.S):
  for found in re.finditer(
      r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```)?", body, re.M | re.S):
    if found[2] is None:
      QUESTIONS[heading] = found[1]
    else:
      CHANGES[heading] = found[1], found[2]


def measured(text):
  """The lines, sorted, without what depends on the machine.

  That is what runs here, by how much roundings differ, and which differs most.
  """
  text = re.sub(r"^(ours|reference): +TensorFlow 2.*?;", r"\1:;", text,
                flags=re.M)
  text = re.sub(r"^(\S.*\S +\d+) +\S+ +\S+ +(\S+)$", r"\1 \2", text,
                flags=re.M)
  text = re.sub(r"(, \d+ bit-identical; |, )largest relative difference .*",
                "", text)
  text = re.sub(r"\b[\d.]+e-\d\d\b", "#", text)
  return sorted(re.sub(r"  +", " ", line) for line in text.splitlines()
                if not line.startswith("note: files outside"))


@pytest.fixture
def folder(tmp_path):
  shutil.copytree(docs_blocks.ROOT / "examples" / "migration",
                  tmp_path / "old",
                  ignore=shutil.ignore_patterns("__pycache__"))
  shutil.copy(DATA / "old.npz", tmp_path)
  return tmp_path


def edit(folder):
  """Does to a copy of the program what the diff on the page says."""
  shutil.copytree(folder / "old", folder / "new",
                  ignore=shutil.ignore_patterns("__pycache__"))
  (block,) = PAGE.codes("diff")
  name, *lines = block.splitlines()
  path = folder / name.removeprefix("--- ")
  text = path.read_text()
  for line in lines:
    assert line.startswith("-") and text.count(line[1:] + "\n") == 1
    text = text.replace(line[1:] + "\n", "")
  path.write_text(text)


def runs(forked, words, folder):
  """Exit code, and what a command of the page prints."""
  program = {"tfcompat-rnn": ["-m", "tfcompat_rnn"], "python": []}[words[0]]
  environment = dict(os.environ, PYTHONPATH=str(docs_blocks.ROOT),
                     PYTHONDONTWRITEBYTECODE="1")
  # `compare` of two programs would run the old one there.
  environment.pop(reference.VARIABLE, None)
  done = forked.run([*program, *words[1:]], folder, environment, timeout=500)
  return done, done.stdout


@pytest.mark.slow
def test_the_commands(forked, folder):
  for part in CONSOLE:
    command, _, expected = part.partition("\n")
    words = shlex.split(command)
    if words[1:] == ["upgrade", "new"]:
      edit(folder)
    done, printed = runs(forked, words, folder)
    assert done.returncode == (words[1] == "inspect"), done.stderr[-3000:]
    assert measured(printed.strip()) == measured(expected.strip()), command


@pytest.mark.slow
@pytest.mark.parametrize("heading", QUESTIONS)
def test_the_answers(forked, tmp_path, heading):
  code = QUESTIONS[heading]
  done = forked.run(["-c", code], tmp_path,
                    dict(os.environ, PYTHONPATH=str(docs_blocks.ROOT)))
  assert done.returncode == 0, done.stderr[-3000:]
  expected = docs_blocks.promised(code)
  assert expected and done.stdout.splitlines() == expected


def shown(text):
  """Place -> what the program prints there."""
  found = {}
  for line in text.splitlines():
    place = next(place for place in PLACES if line.startswith(place + " "))
    found[place] = line.removeprefix(place).strip()
  assert tuple(found) == PLACES
  return found


@pytest.mark.slow
@pytest.mark.parametrize("heading", CHANGES)
def test_what_changed(forked, tmp_path, heading):
  """Today's TensorFlow and the launcher; 1.15.5 is `test_in_1_15`."""
  code, text = CHANGES[heading]
  assert code.count("import tensorflow as tf\n") == 1
  environment = dict(os.environ, PYTHONPATH=str(docs_blocks.ROOT))
  (tmp_path / "now.py").write_text(
      code.replace("import tensorflow as tf", PLAIN))
  (tmp_path / "old.py").write_text(code)
  got = [forked.run(words, tmp_path, environment) for words in (
      ["now.py"], ["-m", "tfcompat_rnn", "run", "old.py"])]
  assert [one.returncode for one in got] == [0, 0], got
  wanted = shown(text)
  assert [one.stdout.strip() for one in got] == [
      wanted[place] for place in PLACES[1:]]


def with_1_15(words, folder):
  python = os.environ.get(reference.VARIABLE)
  if not python:
    pytest.skip(f"{reference.VARIABLE} names no Python with TensorFlow 1.15")
  done = subprocess.run([python, *words], cwd=folder, text=True,
                        env=reference.environment(), capture_output=True)
  assert done.returncode == 0, done.stderr[-3000:]
  return done.stdout.strip()


@pytest.mark.oracle
@pytest.mark.slow
@pytest.mark.parametrize("heading", CHANGES)
def test_in_1_15(tmp_path, heading):
  code, text = CHANGES[heading]
  (tmp_path / "old.py").write_text(code)
  assert with_1_15(["old.py"], tmp_path) == shown(text)[PLACES[0]]


@pytest.mark.oracle
@pytest.mark.slow
def test_the_program_in_1_15(folder):
  """It prints what it prints under the launcher."""
  said = next(part for part in CONSOLE if "run old/train.py" in part)
  assert with_1_15(["old/train.py"], folder) == (
      said.partition("\n")[2].strip())


def test_the_page_is_whole():
  assert len(QUESTIONS) == 9 and len(CHANGES) == 5
  for code in PAGE.codes("sh"):
    assert all(line.split()[0] in ("cp", "tfcompat-rnn", "python3.7")
               for line in code.splitlines())
  assert PAGE.check_links() > 3


@pytest.mark.parametrize("heading", CHANGES)
def test_the_launcher_is_with_1_15(heading):
  """Where they differ, 1.15 itself was wrong, and the text says so."""
  found = shown(CHANGES[heading][1])
  same = found["tfcompat-rnn run"] == found["TensorFlow 1.15.5"]
  assert same == ("through a kept state" not in heading)
  assert (found["TensorFlow 2.21"] == found["TensorFlow 1.15.5"]) != same
