"""The copy of the current folder that each side works in."""

import os
import types

import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.compare import command
from tfcompat_rnn.compare import folders


def write(path, content="x"):
  path.parent.mkdir(parents=True, exist_ok=True)
  path.write_text(content)
  return path


@pytest.fixture
def project(tmp_path):
  base = tmp_path / "up" / "project"
  write(base / "train.py", "import beside")
  write(base / "data" / "small.txt", "small")
  write(base / "save" / "checkpoint", "old")
  write(base / "venv" / "pyvenv.cfg")
  write(base / ".git" / "config")
  write(base / "pk" / "__pycache__" / "x.pyc")
  write(tmp_path / "up" / "beside" / "text.txt", "neighbour")
  os.symlink(tmp_path / "up" / "beside", base / "link")
  os.symlink("loop", base / "loop")
  return base


def test_what_is_written_stays_in_the_copy(project, tmp_path):
  inner = folders.mirror(project, tmp_path / "copy")
  assert (inner / "data" / "small.txt").read_text() == "small"
  (inner / "save" / "checkpoint").write_text("new")
  (inner / "data" / "more.txt").write_text("more")
  (inner / "out.txt").write_text("out")
  assert (project / "save" / "checkpoint").read_text() == "old"
  assert sorted(os.listdir(project / "data")) == ["small.txt"]
  assert not (project / "out.txt").exists()


def test_neighbours_and_links_are_found(project, tmp_path):
  inner = folders.mirror(project, tmp_path / "copy")
  assert (inner / ".." / "beside" / "text.txt").read_text() == "neighbour"
  assert (inner / "link" / "text.txt").read_text() == "neighbour"
  assert (inner / "venv").is_symlink() and (inner / ".git").is_symlink()
  assert not (inner / "pk" / "__pycache__").exists()


def test_large_files_are_linked(project, tmp_path, monkeypatch):
  monkeypatch.setattr(folders, "LARGEST_COPY", 4)
  inner = folders.mirror(project, tmp_path / "copy")
  assert (inner / "data" / "small.txt").is_symlink()
  assert not (inner / "save" / "checkpoint").is_symlink()
  monkeypatch.setattr(folders, "LARGEST_COPY", 100)
  monkeypatch.setattr(folders, "LARGEST_TOTAL", 4)
  inner = folders.mirror(project, tmp_path / "second")
  assert (inner / "data" / "small.txt").is_symlink()


def test_a_copy_within_the_folder_does_not_copy_itself(project):
  inner = folders.mirror(project, project / "kept")
  assert (inner / "train.py").exists()
  assert not (inner / "kept").exists()


def test_too_many_files(project, tmp_path, monkeypatch):
  monkeypatch.setattr(folders, "MOST_FILES", 3)
  with pytest.raises(_errors.LauncherError, match="--in-place"):
    folders.mirror(project, tmp_path / "copy")
  assert folders.state(project) is None


def test_the_script_is_the_copys_if_it_lies_in_the_folder(project):
  assert folders.script_word("train.py", project) == "train.py"
  assert folders.script_word("./pk/../train.py", project) == "train.py"
  assert folders.script_word(str(project / "train.py"), project) == "train.py"
  assert folders.script_word("../beside/s.py", project) == str(
      project.parent.resolve() / "beside" / "s.py")


def test_what_a_run_has_left(project):
  before = folders.state(project)
  write(project / "model.ckpt.index")
  write(project / "save" / "checkpoint", "another")
  assert folders.changed(before, folders.state(project)) == [
      "model.ckpt.index", os.path.join("save", "checkpoint")]
  assert folders.changed(None, before) == []


def test_folders_above_are_found_up_to_the_root_of_the_project(tmp_path):
  root = tmp_path / "home" / "project"
  write(root / "setup.py")
  write(root / "data" / "a.txt", "data")
  write(root / "src" / "common" / "b.txt", "common")
  write(tmp_path / "home" / "other" / "c.txt", "other")
  write(tmp_path / "far" / "d.txt")
  source = root / "src" / "models" / "lm"
  write(source / "train.py")
  inner = folders.mirror(source, tmp_path / "copy")
  for name, text in (("../../../data/a.txt", "data"),
                     ("../../common/b.txt", "common"),
                     ("../../../../other/c.txt", "other")):
    assert (inner / name).read_text() == text
  assert not (inner / "../../../../../far").exists()


def test_without_a_mark_three_folders_above_are_found(tmp_path):
  source = tmp_path / "a" / "b" / "c" / "d"
  write(source / "train.py")
  write(tmp_path / "a" / "data.txt", "data")
  inner = folders.mirror(source, tmp_path / "copy")
  assert (inner / "../../../data.txt").read_text() == "data"


def test_what_is_written_above_the_copy_is_noticed(tmp_path):
  root = tmp_path / "project"
  write(root / "setup.py")
  write(root / "data" / "a.txt")
  source = root / "src"
  write(source / "train.py")
  inner = folders.mirror(source, tmp_path / "copy")
  outside = folders.Outside(inner, source)
  (inner / "here.txt").write_text("x")
  assert outside.changed() == []
  (inner / "../data/new.txt").write_text("x")
  assert outside.changed() == [str(root / "data" / "new.txt")]


def test_a_package_of_the_current_folder_gets_advice(
    tmp_path, monkeypatch, capsys):
  write(tmp_path / "models_here" / "a.py")
  monkeypatch.chdir(tmp_path)
  job = types.SimpleNamespace(arguments=types.SimpleNamespace(in_place=True))
  error = "ModuleNotFoundError: No module named '{}'"
  command._Comparison._hint(job, error.format("models_here"))
  assert "run it with PYTHONPATH=." in capsys.readouterr().err
  command._Comparison._hint(job, error.format("elsewhere"))
  assert not capsys.readouterr().err
