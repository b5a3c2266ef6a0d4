"""Every code block of the pages about batches, growth and the examples runs
and prints what the page shows."""

import doctest
import os
import pathlib
import re
import shlex

import pytest

import docs_blocks

ROOT, DOCS = docs_blocks.ROOT, docs_blocks.DOCS

# what makes each command short enough for a test
SHORT = {
    "sine_wave.py": "--updates 16 --steps 10",
    "tracking.py": "--windows 40",
    "char_language_model.py": "--updates 20 --save-every 10 --write 30",
    "language_of_documents.py": "--updates 24 --documents 80",
    "several_devices.py": "--updates 4 --units 24 --rows 6",
}

# scripts of examples/legacy that the page shows
LEGACY = ("spectrogram_decoder.py", "translation.py")


def blocks(page, kind):
  """`(first line number, text)` of the page's blocks of one kind."""
  return [block[:2] for block in docs_blocks.Page(page).blocks(kind)]


def test_no_block_is_of_another_kind():
  for page in ("batches.md", "growth.md", "examples.md"):
    text = (DOCS / page).read_text()
    fences = re.findall(r"^```(.*)$", text, re.M)
    assert set(fences[::2]) <= {"python", "sh", "text"}, page
    assert set(fences[1::2]) <= {""}, page


def test_batches_page(tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  names, failed, tried = {}, [], 0
  for line, text in blocks("batches.md", "python"):
    test = doctest.DocTestParser().get_doctest(
        text, names, "batches.md", str(DOCS / "batches.md"), line)
    runner = doctest.DocTestRunner(verbose=False)
    runner.run(test, out=failed.append, clear_globs=False)
    names.update(test.globs)
    tried += runner.tries
  assert not failed, "".join(failed)
  assert tried > 15


def numberless(line):
  return re.sub(r"\s+", " ", re.sub(r"[\d.]+(e[-+]\d+)?", "#", line)).strip()


def test_growth_page(tmp_path, monkeypatch, capsys):
  monkeypatch.chdir(tmp_path)
  ((_, program),) = blocks("growth.md", "python")
  ((_, expected),) = blocks("growth.md", "text")
  path = tmp_path / "train.py"
  path.write_text(program)
  exec(compile(program, "train.py", "exec"), {"__name__": "__main__"})
  said = capsys.readouterr().out.strip().splitlines()
  # which ops an assignment is made of is TensorFlow's affair
  assert list(map(numberless, said[:4])) == list(
      map(numberless, expected.splitlines()[:4]))
  assert re.search(r"by train.py:10, ", said[2])
  assert "100 AssignVariableOp" in said[4] or "100 Assign" in said[4]


def commands():
  found = [text.strip() for _, text in blocks("examples.md", "sh")]
  assert sorted(pathlib.Path(shlex.split(command)[1]).name
                for command in found) == sorted(SHORT)
  return found


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("command", commands())
def test_examples_page(command, tmp_path, forked):
  """The command runs, quietly, and prints the lines on the page, but for the
  numbers in them."""
  python, script, *words = shlex.split(command)
  assert python == "python"
  name = pathlib.Path(script).name
  environment = {key: value for key, value in os.environ.items()
                 if not key.startswith("TF_")}
  process = forked.run(
      [str(ROOT / script), *words, *SHORT[name].split()], tmp_path,
      dict(environment, PYTHONPATH=str(ROOT)))
  assert process.returncode == 0, process.stderr
  assert process.stderr == ""
  said = set(map(numberless, process.stdout.splitlines()))
  page = [text for _, text in blocks("examples.md", "text")
          if f"{name[:-3]}.png" in text]
  assert len(page) == 1
  checked = 0
  for line in page[0].splitlines():
    # random text, omitted lines, and what depends on the amount of training
    if line.strip() == "..." or line.startswith(("    |", "With its state")):
      continue
    assert numberless(line) in said, line
    checked += bool(line.strip())
  assert checked > 8
  assert (tmp_path / f"{name[:-3]}.png").exists()


def test_pictures_are_there_and_small():
  text = (DOCS / "examples.md").read_text()
  shown = re.findall(r"!\[.+?\]\((.+?)\)", text)
  assert sorted(shown) == sorted(
      f"examples/{name[:-3]}.png" for name in (*SHORT, *LEGACY))
  for path in shown:
    data = (DOCS / path).read_bytes()
    assert data[:4] == b"\x89PNG" and len(data) < 100000
