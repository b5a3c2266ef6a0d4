"""Files are replaced in one step, or stay as they were."""

import os
import stat
import threading

import pytest

from tfcompat_rnn import _writing


@pytest.fixture
def path(tmp_path):
  found = tmp_path / "one.txt"
  found.write_bytes(b"old")
  return found


def test_it_is_written_next_to_its_place(path):
  with _writing.replacing(path, synced=True) as file:
    file.write(b"new")
    assert path.read_bytes() == b"old"
    assert os.path.dirname(file.name) == str(path.parent)
  assert path.read_bytes() == b"new"
  assert list(path.parent.iterdir()) == [path]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_after_an_error_it_is_as_it_was(path, error):
  with pytest.raises(error), _writing.replacing(path) as file:
    file.write(b"new")
    raise error
  assert path.read_bytes() == b"old"
  assert list(path.parent.iterdir()) == [path]


def test_an_error_at_the_last_step(path, monkeypatch):
  def fail(old, new):
    raise OSError(28, "No space left on device")
  monkeypatch.setattr(os, "replace", fail)
  with pytest.raises(OSError, match="No space"):
    _writing.write_whole(path, b"new")
  assert path.read_bytes() == b"old"
  assert list(path.parent.iterdir()) == [path]


def test_links_and_permissions(path):
  path.chmod(0o640)
  link = path.parent / "link"
  link.symlink_to("one.txt")
  _writing.write_whole(link, b"new", in_place=True)
  assert link.is_symlink() and path.read_bytes() == b"new"
  assert stat.S_IMODE(path.stat().st_mode) == 0o640
  _writing.write_whole(link, b"newer")
  assert not link.is_symlink() and path.read_bytes() == b"new"
  mask = os.umask(0)
  os.umask(mask)
  assert stat.S_IMODE(link.stat().st_mode) == 0o666 & ~mask


def test_a_pipe_is_written_itself(tmp_path):
  pipe = tmp_path / "pipe"
  os.mkfifo(pipe)
  found = []
  thread = threading.Thread(target=lambda: found.append(pipe.read_bytes()))
  thread.start()
  _writing.write_whole(pipe, b"data")
  thread.join()
  assert found == [b"data"] and list(tmp_path.iterdir()) == [pipe]


def test_a_folder_that_is_not_there(tmp_path):
  with pytest.raises(FileNotFoundError):
    _writing.write_whole(tmp_path / "no" / "one.txt", b"")
