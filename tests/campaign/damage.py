"""Damaged files: the same values, or one line of the package's own kind."""

import collections
import functools
import json
import pathlib
import shutil
import tempfile
import zipfile

import numpy as np
from hypothesis import strategies as st

from tests.compare import test_schema
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import checkpoints
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints.export import files
from tfcompat_rnn.compare import recorder
from tfcompat_rnn.compare import recording
from tfcompat_rnn.launcher import notebook_file
from tfcompat_rnn.streaming import StreamingSession

_FORMS = pathlib.Path(__file__).parents[1] / "checkpoints" / "data" / "forms"
_OURS = (_errors.TfcompatError, recorder.RecordingError)
tried = collections.Counter()


def _same(left, right):
  return (left.dtype == right.dtype and left.shape == right.shape
          and (left.tolist() == right.tolist() if left.dtype == object
               else left.tobytes() == right.tobytes()))


# Each kind: how its files are made in a folder, and what is read from it.
def _make_checkpoint(form):
  return lambda folder: shutil.copytree(
      _FORMS / form, folder, dirs_exist_ok=True)


def _read_checkpoint(folder):
  found = checkpoints.open_checkpoint(folder / "model.ckpt-3")
  read, refused = {}, None
  for key in found:  # what is whole can be read beside what is not
    try:
      read[key] = found[key]
    except _OURS as error:
      refused = error
  if refused is not None:
    raise refused
  return read


def _make_recording(folder):
  test_schema.write(folder / "r.npz")


def _read_recording(folder):
  read = recording.Recording(folder / "r.npz")
  parts = [*read.calls(), *read.initial.values(), *read.looks.values(),
           *read.final.values()]
  return {"all": np.array(repr(parts))}


_BOOK = {
    "nbformat": 4, "nbformat_minor": 2,
    "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
    "cells": [
        {"cell_type": "markdown", "metadata": {}, "source": ["# A title"]},
        {"cell_type": "code", "metadata": {"tags": ["raises-exception"]},
         "execution_count": 1, "outputs": [],
         "source": ["x = 1\n", "print(x)"]}]}


def _make_notebook(folder):
  (folder / "book.ipynb").write_text(json.dumps(_BOOK))


def _read_notebook(folder):
  book = notebook_file.read(str(folder / "book.ipynb"))
  return {"cells": np.array(repr(book))}


@functools.lru_cache(maxsize=1)
def _serving():
  with tf.Graph().as_default():
    tf.set_random_seed(3)
    streams = StreamingSession(
        cells.LSTMCell(3), tf.TensorSpec([None, 2], tf.float32), 3)
  for name in ("a", 7, "b"):
    streams.open(name)
  streams.step([(7, [1, 2]), ("a", [3, 4])])
  return streams


def _make_snapshot(folder):
  _serving().snapshot(folder / "streams")


def _read_snapshot(folder):
  streams = _serving()
  streams.restore(folder / "streams")
  found = {"names": np.array(repr(streams.streams))}
  for name in streams.streams:
    for number, leaf in enumerate(tf.nest.flatten(streams.state(name))):
      found[f"{name}/{number}"] = leaf
  return found


def _make_weights(folder):
  files.write_npz(folder / "weights.npz", {
      "w": np.arange(6.).reshape(2, 3), "step": np.array(3)})


def _read_weights(folder):
  return files.read_npz(folder / "weights.npz")


# name: (make, read, whether a checksum covers what is read)
FILES = {
    "v2": (_make_checkpoint("v2"), _read_checkpoint, True),
    "v2 in shards": (_make_checkpoint("v2s"), _read_checkpoint, True),
    "v1": (_make_checkpoint("v1"), _read_checkpoint, True),
    "v1 in shards": (_make_checkpoint("v1s"), _read_checkpoint, True),
    "recording": (_make_recording, _read_recording, True),
    "snapshot": (_make_snapshot, _read_snapshot, True),
    "weights": (_make_weights, _read_weights, True),
    "notebook": (_make_notebook, _read_notebook, False),
}


@functools.lru_cache(maxsize=None)
def _right(kind):
  """The names and contents of the files, and what is read from them."""
  make, read, _ = FILES[kind]
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    make(folder)
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())
            if path.name != "checkpoint"}, read(folder)


@st.composite
def damages(draw):
  """`(kind, number of the file, mutations)`. Places are shares of the size."""
  kind = draw(st.sampled_from(sorted(FILES)))
  share = st.integers(0, 999)
  return kind, draw(st.integers(0, 3)), draw(st.lists(st.one_of(
      st.tuples(st.just("flip"), share, st.integers(1, 255)),
      st.tuples(st.just("cut"), share),
      st.tuples(st.just("zeros"), share, st.integers(1, 64)),
      st.tuples(st.just("insert"), share, st.binary(min_size=1, max_size=9)),
      st.tuples(st.just("drop"), share, st.integers(1, 9)),
      st.tuples(st.just("copy"), share, share, st.integers(1, 64)),
      st.tuples(st.just("text"), share, st.sampled_from(
          [b"null", b"-1", b"[]", b"{}", b'"', b"1e999", b"\xff", b"9" * 30])),
      st.tuples(st.sampled_from(["absent", "folder", "empty", "link"])),
      st.tuples(st.just("entry"), share, st.integers(0, 9))),
      min_size=1, max_size=3))


def _mutated(data, mutation):
  kind, *rest = mutation
  at = len(data) * rest[0] // 1000 if rest else 0
  if kind == "flip":
    if not data:
      return data
    return data[:at] + bytes([data[at] ^ rest[1]]) + data[at + 1:]
  if kind == "cut":
    return data[:at]
  if kind == "zeros":
    return data[:at] + bytes(len(data[at:at + rest[1]])) + data[at + rest[1]:]
  if kind == "insert":
    return data[:at] + rest[1] + data[at:]
  if kind == "drop":
    return data[:at] + data[at + rest[1]:]
  if kind == "copy":
    other = len(data) * rest[1] // 1000
    part = data[other:other + rest[2]]
    return data[:at] + part + data[at + len(part):]
  if kind == "text":
    return data[:at] + rest[1] + data[at + len(rest[1]):]
  return data


def _apply(path, mutation):
  """Damages the file at `path`."""
  kind = mutation[0]
  if not path.is_file() or path.is_symlink():
    return
  if kind in ("absent", "folder", "link"):
    path.unlink()
    if kind == "folder":
      path.mkdir()
    elif kind == "link":
      path.symlink_to(path.name)  # to itself
  elif kind == "entry" and path.suffix in (".npz", "") and (
      zipfile.is_zipfile(path)):
    _change_entry(path, *mutation[1:])
  else:
    path.write_bytes(b"" if kind == "empty"
                     else _mutated(path.read_bytes(), mutation))


def _change_entry(path, share, number):
  """Changes a byte inside an archive, whose checksums are right again.

  Nothing can tell that from another file: it may be read as other values.
  """
  try:
    with zipfile.ZipFile(path) as old:
      entries = {name: old.read(name) for name in old.namelist()}
  except Exception:  # it is damaged already
    return
  if not entries:
    return
  name = sorted(entries)[number % len(entries)]
  entries[name] = _mutated(entries[name], ("flip", share, 1 + number))
  with zipfile.ZipFile(path, "w") as new:
    for name, content in entries.items():
      new.writestr(name, content)


def check(kind, number, mutations):
  """Damages a file. Raises AssertionError unless it is refused in one line,
  or has the same values."""
  contents, right = _right(kind)
  _, read, summed = FILES[kind]
  name = sorted(contents)[number % len(contents)]
  with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    for other, data in contents.items():
      (folder / other).write_bytes(data)
    for mutation in mutations:
      _apply(folder / name, tuple(mutation))
    # With its checksums renewed it is another file, not a damaged one.
    summed = summed and not any(one[0] == "entry" for one in mutations)
    try:
      got = read(folder)
    except _OURS as error:
      text = str(error)
      assert "\n" not in text, f"more than one line: {text!r}"
      assert len(text) < 1500, f"a line of {len(text)} characters"
      tried[f"refused {kind}"] += 1
      return
    tried[f"read {kind}"] += 1
    if summed:
      assert sorted(got) == sorted(right), f"other names: {sorted(got)}"
      for key in right:
        assert _same(np.asarray(got[key]), np.asarray(right[key])), (
            f"{key} was read as other values")


def forget():
  if _serving.cache_info().currsize:
    _serving().shut_down()
    _serving.cache_clear()
  _right.cache_clear()
