"""docs/gallery.md names every example, and shows every picture; how it is
written. `benchmarks/gallery.py` measures it."""

import re
import shutil

import pytest

import docs_blocks

PAGE = docs_blocks.Page("gallery.md")


@pytest.fixture(scope="module")
def gallery():
  with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(str(docs_blocks.ROOT / "benchmarks"))
    import gallery
  return gallery


def test_each_example_has_a_row(gallery, capsys):
  """If this fails: benchmarks/gallery.py --write docs/gallery.md NAME."""
  assert gallery.check(PAGE.path) == []
  assert not gallery.main(["--check", str(PAGE.path)])
  assert "a row for each" in capsys.readouterr().out


def test_rows_are_whole(gallery):
  for name, line in gallery.old_rows(PAGE.text).items():
    cells = line.strip("| ").split(" | ")
    assert len(cells) == len(gallery.HEAD), line
    assert cells[1] == gallery.description(name)
    assert (gallery.EXAMPLES / name).exists()
    if gallery.is_old(name) and not re.search("cannot run it|lacks it", line):
      assert re.search(r"\| \d+ \| \S+ \| \d+ of \d+ \| (equal|diff)", line)


def test_helpers_are_not_examples(gallery):
  for name in gallery.HELPERS:
    assert (gallery.EXAMPLES / name).exists(), name


def test_pictures_are_there_and_small(gallery):
  shown = re.findall(r"!\[.+?\]\((.+?)\)", PAGE.text)
  assert len(shown) == len(set(shown)) > 20
  for path in shown:
    assert (docs_blocks.DOCS / path).read_bytes()[:4] == b"\x89PNG"
  ours = {f"gallery/{path.name}": path for path in gallery.PICTURES.iterdir()}
  assert set(ours) == {path for path in shown if path.startswith("gallery/")}
  assert all(path.stat().st_size < gallery.BYTES for path in ours.values())


def test_only_the_named_rows_are_written(gallery, tmp_path):
  page = tmp_path / "gallery.md"
  shutil.copy(PAGE.path, page)
  cells = ["[`legacy/gru.py`](../examples/legacy/gru.py)", "x", "1", "0",
           "2 of 2", "equal", "step: 1.00 (1.00 to 1.00)"]
  gallery.write(page, [gallery.Entry("legacy/gru.py", cells, None)])
  old, new = map(gallery.old_rows, (PAGE.text, page.read_text()))
  assert list(new) == list(old)
  assert [name for name in old if old[name] != new[name]] == ["legacy/gru.py"]
  assert new["legacy/gru.py"] == "| " + " | ".join(cells) + " |"
  sections = gallery.old_sections(PAGE.text)
  assert sections.pop("legacy/gru.py")
  assert gallery.old_sections(page.read_text()) == sections
  page.write_text(page.read_text().replace("`legacy/gru.py`", "`gone.py`"))
  assert gallery.check(page) == ["no row: legacy/gru.py",
                                 "no example: gone.py"]


def report(verdict, relative, first=None, explanation=None):
  return {"verdict": verdict, "calls": 9, "first": first and {"call": first},
          "explanation": explanation, "initial": {"identical": 3, "both": 4},
          "fetches": [{"largest": {"relative": 0.}},
                      {"largest": {"relative": relative}}]}


@pytest.mark.parametrize("found, cells", [
    (report("equal", 0.), ["9", "0", "3 of 4", "equal"]),
    (report("equal", 2e-7), ["9", "2e-07", "3 of 4", "equal"]),
    (report("different", .5, 3, "the model computes something different"),
     ["9", "5e-01", "3 of 4", "different from call 3 on"]),
    (report("different", 3e-5, 7, "this is the rounding of kernels"),
     ["9", "3e-05", "3 of 4", "equal up to call 6, then rounding grows"]),
    (report("different", "inf", 1, None),
     ["9", "inf", "3 of 4", "different from call 1 on"]),
    ("NameError: x", ["-", "-", "-", "1.15.5 cannot run it: `NameError: x`"]),
    ("ModuleNotFoundError: No module named 'tensorflow.a'",
     ["-", "-", "-", "1.15.5 cannot run it: `ModuleNotFoundError: No module "
      "named 'tensorflow.a'`"]),
    ("ModuleNotFoundError: No module named 'b'",
     ["-", "-", "-", "not measured, the reference lacks it: "
      "`ModuleNotFoundError: No module named 'b'`"]),
])
def test_a_report_in_a_row(gallery, found, cells):
  assert gallery.compared_cells(found) == cells
