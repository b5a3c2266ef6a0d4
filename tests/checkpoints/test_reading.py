"""Reading by key: both formats, shards, parts, and whatever a user names."""

import os
import pathlib
import shutil

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import checkpoints
from tfcompat_rnn.checkpoints import reading

FORMS = pathlib.Path(__file__).parent / "data" / "forms"
NAMES = ("v1", "v1s", "v2", "v2s")


@pytest.fixture(params=NAMES)
def form(request):
  return request.param


def test_every_form_holds_the_same(form):
  checkpoint = checkpoints.open_checkpoint(FORMS / form)
  assert checkpoint.format == form[:2].upper()
  assert checkpoint.shapes == {"b": (2,), "h": (2,), "part": (5, 4),
                               "s": (2,), "step": (), "w": (2, 3)}
  assert {key: dtype.name for key, dtype in checkpoint.dtypes.items()} == {
      "b": "bool", "h": "float16", "part": "float32", "s": "object",
      "step": "int64", "w": "float32"}
  np.testing.assert_array_equal(checkpoint["w"], [[0, 1, 2], [3, 4, 5]])
  np.testing.assert_array_equal(checkpoint["s"], [b"a", b"bc"])
  np.testing.assert_array_equal(checkpoint["b"], [True, False])
  np.testing.assert_array_equal(checkpoint["h"], [1, 2])
  assert checkpoint["step"] == 7 and checkpoint["step"].dtype == np.int64


def test_a_variable_in_parts_is_whole(form):
  np.testing.assert_array_equal(
      checkpoints.open_checkpoint(FORMS / form)["part"],
      np.load(FORMS / "part.npy"))


def test_it_is_a_mapping():
  checkpoint = checkpoints.open_checkpoint(FORMS / "v2")
  assert list(checkpoint) == sorted(checkpoint.shapes)
  assert len(checkpoint) == 6 and "w" in checkpoint and "x" not in checkpoint
  assert "6 tensors" in repr(checkpoint)
  with pytest.raises(KeyError, match="nothing"):
    checkpoint["nothing"]
  assert checkpoint.get("nothing") is None


@pytest.mark.parametrize("path, prefix", [
    ("v2/model.ckpt-3", "v2/model.ckpt-3"),
    ("v2/model.ckpt-3.index", "v2/model.ckpt-3"),
    ("v2/model.ckpt-3.data-00000-of-00001", "v2/model.ckpt-3"),
    ("v2/model.ckpt-3.meta", "v2/model.ckpt-3"),
    ("v2", "v2/model.ckpt-3"),
    ("v2/checkpoint", "v2/model.ckpt-3"),
    ("v2s/model.ckpt-3.data-00002-of-00003", "v2s/model.ckpt-3"),
    ("v1/model.ckpt-3", "v1/model.ckpt-3"),
    ("v1/model.ckpt-3.meta", "v1/model.ckpt-3"),
    ("v1s/model.ckpt-3", "v1s/model.ckpt-3-?????-of-00003"),
    ("v1s/model.ckpt-3-00001-of-00003", "v1s/model.ckpt-3-?????-of-00003"),
    ("v1s/model.ckpt-3-?????-of-00003", "v1s/model.ckpt-3-?????-of-00003"),
    ("v1s", "v1s/model.ckpt-3-?????-of-00003"),
])
def test_what_may_be_named(path, prefix):
  checkpoint = checkpoints.open_checkpoint(FORMS / path)
  assert checkpoint.prefix == str(FORMS / prefix)
  assert len(checkpoint) == 6


def test_a_name_without_a_folder(monkeypatch):
  monkeypatch.chdir(FORMS / "v2")
  for name in ("model.ckpt-3", "checkpoint", "."):
    assert len(checkpoints.open_checkpoint(name)) == 6


def test_a_folder_that_was_moved(tmp_path):
  shutil.copytree(FORMS / "v2", tmp_path / "v2")
  (tmp_path / "v2" / "checkpoint").write_text(
      'model_checkpoint_path: "/gone/long/ago/model.ckpt-3"\n')
  assert checkpoints.open_checkpoint(tmp_path / "v2").prefix == str(
      tmp_path / "v2" / "model.ckpt-3")


def problem_of(path, kind):
  with pytest.raises(kind) as caught:
    checkpoint = checkpoints.open_checkpoint(path)
    for key in checkpoint:
      checkpoint[key]
  text = str(caught.value)
  assert text.startswith("`checkpoint` must ") and "; " in text
  assert "\n" not in text and len(text) < 2000
  assert isinstance(caught.value, _errors.TfcompatError)
  return text


def test_nothing_there_says_what_is(tmp_path):
  text = problem_of(FORMS / "v2" / "model.ckpt-4", FileNotFoundError)
  assert "contains model.ckpt-3" in text
  assert "contains no *.index file" in problem_of(tmp_path / "x",
                                                  FileNotFoundError)
  assert "there is no folder" in problem_of(tmp_path / "a" / "b",
                                            FileNotFoundError)


def test_a_folder_without_the_file_checkpoint(tmp_path):
  for name in ("a", "b"):
    shutil.copy(FORMS / "v2" / "model.ckpt-3.index",
                tmp_path / f"{name}.index")
  text = problem_of(tmp_path, FileNotFoundError)
  assert "contains a, b" in text
  (tmp_path / "a\nb.index").touch()
  assert r"contains a, a\nb, b" in problem_of(tmp_path, FileNotFoundError)


@pytest.mark.parametrize("content, kind, words", [
    ("", _errors.CheckpointError, "latest"),
    ("what\x00\xff is this", _errors.CheckpointError, "names none"),
    ('model_checkpoint_path: "gone"', FileNotFoundError, "names"),
    (f'model_checkpoint_path: "{"x" * 99999}\\n"', FileNotFoundError, "xxx"),
])
def test_a_file_checkpoint_that_leads_nowhere(tmp_path, content, kind, words):
  (tmp_path / "checkpoint").write_text(content)
  assert words in problem_of(tmp_path, kind)


@pytest.mark.parametrize("content", [b"", b"x", b"\x80\x04\x95pickle." * 40,
                                     b"PK\x03\x04" + b"\0" * 400])
@pytest.mark.parametrize("name", ["model.ckpt", "model.ckpt.index"])
def test_another_file_is_no_checkpoint(tmp_path, name, content):
  (tmp_path / name).write_bytes(content)
  problem_of(tmp_path / "model.ckpt", _errors.CheckpointError)


def test_data_without_an_index(tmp_path):
  name = "model.ckpt-3.data-00000-of-00001"
  shutil.copy(FORMS / "v2" / name, tmp_path)
  assert "model.ckpt-3.index" in problem_of(tmp_path / name,
                                            _errors.CheckpointError)


def test_a_folder_in_place_of_the_index(tmp_path):
  (tmp_path / "model.ckpt.index").mkdir()
  assert "the folder" in problem_of(tmp_path / "model.ckpt",
                                    _errors.CheckpointError)


def test_a_pipe_is_not_waited_for(tmp_path):
  os.mkfifo(tmp_path / "m.index")
  assert "is none" in problem_of(tmp_path / "m", _errors.CheckpointError)


def test_a_folder_in_place_of_the_data(tmp_path):
  shutil.copytree(FORMS / "v2", tmp_path / "v2")
  data = tmp_path / "v2" / "model.ckpt-3.data-00000-of-00001"
  data.unlink()
  data.mkdir()
  problem_of(tmp_path / "v2", _errors.CheckpointError)


@pytest.mark.parametrize("number", range(3))
def test_a_missing_shard_is_named(tmp_path, number):
  for name, file in (("v2s", f"model.ckpt-3.data-{number:05d}-of-00003"),
                     ("v1s", f"model.ckpt-3-{number:05d}-of-00003")):
    shutil.copytree(FORMS / name, tmp_path / name)
    (tmp_path / name / file).unlink()
    assert file in problem_of(tmp_path / name, _errors.CheckpointError)


def test_not_all_missing_shards_are_named(tmp_path):
  (tmp_path / "m-00000-of-99999").touch()
  assert "m-00005-of-99999 and 99993 more" in problem_of(
      tmp_path / "m", _errors.CheckpointError)


def test_two_sets_of_shards(tmp_path):
  shutil.copytree(FORMS / "v1s", tmp_path / "v1s")
  (tmp_path / "v1s" / "model.ckpt-3-00000-of-00002").write_bytes(b"x")
  assert "00002 and of 00003" in problem_of(
      tmp_path / "v1s" / "model.ckpt-3", _errors.CheckpointError)


def test_no_permission(tmp_path, monkeypatch):
  """Planted, since nothing is forbidden to root."""
  def refuse(name, mode):
    raise PermissionError(13, "Permission denied", name)
  monkeypatch.setattr(reading, "open", refuse, raising=False)
  assert "Permission denied" in problem_of(FORMS / "v2",
                                           _errors.CheckpointError)


def test_a_file_that_may_not_be_read(tmp_path):
  shutil.copytree(FORMS / "v2", tmp_path / "v2")
  index = tmp_path / "v2" / "model.ckpt-3.index"
  index.chmod(0)
  try:
    index.read_bytes()
    pytest.skip("this user may read everything")
  except PermissionError:
    assert "Permission denied" in problem_of(tmp_path / "v2",
                                             _errors.CheckpointError)


def test_a_link_that_leads_nowhere(tmp_path):
  (tmp_path / "model.ckpt.index").symlink_to(tmp_path / "gone")
  assert "No such file" in problem_of(tmp_path / "model.ckpt",
                                      _errors.CheckpointError)
