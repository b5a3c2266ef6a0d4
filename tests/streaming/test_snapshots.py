"""A snapshot is whole or not there, and no other file is taken for one."""

import json
import os
import stat

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints.export import files
from tfcompat_rnn.streaming import StreamingSession

FLOATS = tf.TensorSpec([None, 2], tf.float32)


def session(capacity=4, **more):
  cell = cells.MultiRNNCell([cells.LSTMCell(2), cells.GRUCell(1)])
  return StreamingSession(cell, FLOATS, capacity, **more)


def everything(streams):
  return streams.streams, [
      tf.nest.flatten(streams.state(name)) for name in streams.streams]


def same(left, right):
  assert left[0] == right[0]
  for one, other in zip(left[1], right[1]):
    for a, b in zip(one, other):
      np.testing.assert_array_equal(a, b)


@pytest.fixture(scope="module")
def serving():
  with session() as streams:
    yield streams


@pytest.fixture
def streams(serving):
  """Three streams, of which one has not been stepped."""
  for stream in serving.streams:
    serving.close(stream)
  for stream in ("a", 7, "\u00e9\ud800"):
    serving.open(stream)
  serving.step([(7, [1, 2]), ("a", [3, 4])])
  return serving


def test_another_session_restores_it(streams, tmp_path):
  path = tmp_path / "streams"
  streams.snapshot(path)
  wanted = everything(streams)
  assert stat.S_IMODE(os.stat(path).st_mode) & 0o400
  with session(3, batch_sizes=[2]) as other:
    other.open("gone")
    other.restore(path)
    same(everything(other), wanted)
    # Those who have not been stepped begin with the initial state, the order
    # of use is kept, and rows are free as before.
    assert other.open("new") == "\u00e9\ud800"
    assert other.streams == [7, "a", "new"]
  with session(2) as small:
    small.open("kept")
    with pytest.raises(ValueError, match="at most 2 streams, got .* of 3"):
      small.restore(path)
    assert small.streams == ["kept"]


def test_no_stream_is_a_snapshot_as_well(streams, tmp_path):
  for stream in streams.streams:
    streams.close(stream)
  streams.snapshot(tmp_path / "none")
  streams.open("a")
  streams.restore(tmp_path / "none")
  assert len(streams) == 0


def test_what_a_closed_stream_left_is_not_written(streams, tmp_path):
  streams.close("a")
  streams.open("next")
  streams.snapshot(tmp_path / "a")
  stored = files.read_npz(tmp_path / "a")
  head = json.loads(stored["head"].tobytes())
  assert head["streams"][-1] == "next" and "next" in head["fresh"]
  rows = np.frombuffer(stored["leaf_0"].tobytes(), np.float32).reshape(3, 2)
  assert rows[head["streams"].index(7)].all() and not rows[-1].any()


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_crash_while_writing_leaves_the_last_one(
    streams, tmp_path, monkeypatch, step):
  """As a kill between writing and renaming does, nothing more is run."""
  path = tmp_path / "streams"
  streams.snapshot(path)
  wanted = everything(streams)

  class Killed(BaseException):
    pass

  def killed(*arguments):
    raise Killed
  with monkeypatch.context() as patch:
    patch.setattr(os, step, killed)
    patch.setattr(os, "unlink", lambda path: None)  # nobody cleans up
    streams.step([("a", [5, 5])])
    with pytest.raises(Killed):
      streams.snapshot(path)
  (left,) = tmp_path.glob(".streams.*.writing")
  assert left.stat().st_size > 0
  with session() as other:
    other.restore(path)
    same(everything(other), wanted)
  streams.snapshot(path)  # the lock is free again
  streams.restore(path)


def test_a_full_disk_leaves_the_last_one(streams, tmp_path, monkeypatch):
  path = tmp_path / "streams"
  streams.snapshot(path)
  before = path.read_bytes()

  def full(*arguments):
    raise OSError(28, "No space left on device")
  with monkeypatch.context() as patch:
    patch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="`path` must be where a file can be "
                       "written, got .*No space left"):
      streams.snapshot(path)
  assert path.read_bytes() == before and os.listdir(tmp_path) == ["streams"]


def test_damage_is_found(streams, tmp_path):
  """Any damaged byte is refused, or does not matter."""
  path, bad = tmp_path / "streams", tmp_path / "bad"
  streams.snapshot(path)
  data, wanted = path.read_bytes(), everything(streams)
  streams.step([("a", [1, 1])])
  now = everything(streams)
  damaged = [data[:size] for size in range(0, len(data), 61)]
  for place in np.random.RandomState(0).randint(len(data), size=150):
    damaged.append(data[:place] + bytes([data[place] ^ 0x5a])
                   + data[place + 1:])
  refused = 0
  for one in damaged:
    bad.write_bytes(one)
    try:
      streams.restore(bad)
    except _errors.CheckpointError as error:
      refused += 1
      assert str(error).startswith("`path` must be a")
      if refused % 40 == 1:
        same(everything(streams), now)
    else:  # such as the time in the archive's index
      same(everything(streams), wanted)
      streams.step([("a", [1, 1])])
  assert refused > len(damaged) * .7


def stored_head(path, **changes):
  stored = files.read_npz(path)
  head = {**json.loads(stored["head"].tobytes()), **changes}
  return {**stored, "head": np.frombuffer(
      json.dumps(head).encode(), np.uint8)}


FOREIGN = {
    "text": lambda path: b"a diary",
    "other arrays": lambda path: {"weights": np.zeros(3)},
    "another format": lambda path: stored_head(path, format="streams 99"),
    "a name twice": lambda path: stored_head(path, streams=["a", "a", 7]),
    "no name": lambda path: stored_head(path, streams=["a", None, 7],
                                        fresh=[]),
    "a list as name": lambda path: stored_head(path, streams=[[1], 2, 3]),
    "more names": lambda path: stored_head(path, streams=list("abcd"),
                                           fresh=[]),
    "a head that is a list": lambda path: {
        "head": np.frombuffer(b"[]", np.uint8)},
}


@pytest.mark.parametrize("name", FOREIGN)
def test_other_files_are_refused(streams, tmp_path, name):
  path = tmp_path / "streams"
  streams.snapshot(path)
  made = FOREIGN[name](path)
  if isinstance(made, bytes):
    path.write_bytes(made)
  else:
    files.write_npz(path, made, overwrite=True)
  before = everything(streams)
  with pytest.raises(_errors.CheckpointError,
                     match="be a whole snapshot of a StreamingSession, got "):
    streams.restore(path)
  same(everything(streams), before)


def test_another_model_is_refused(streams, tmp_path):
  path = tmp_path / "streams"
  streams.snapshot(path)
  with StreamingSession(cells.GRUCell(2), FLOATS, 4) as other:
    with pytest.raises(_errors.CheckpointError, match=(
        r'model\'s state, "the state": float32 \[2\]|'
        r"model's state, the state: float32 \[2\], got .*"
        r'"0/c": float32 \[2\]; "0/h"')):
      other.restore(path)
  with session(label="model-200") as other:
    with pytest.raises(_errors.CheckpointError,
                       match="the label 'model-200', got .* with ''"):
      other.restore(path)
    other.snapshot(path)
    other.restore(path)
