"""Snapshots of streams on disk: whole or not there, and checked when read."""

import json
import os
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn.checkpoints.export import files
from tfcompat_rnn.state import _leaves

_FORMAT = "tfcompat_rnn streams 1"


class Snapshot(typing.NamedTuple):
  """Streams, the least recently used first, and their rows, leaf by leaf.

  `fresh` are the streams among them that have not been stepped yet.
  """
  label: str
  streams: list
  fresh: list
  paths: list
  arrays: list


def write(path, snapshot):
  """Writes `snapshot` to `path`; a reader sees the old file or the new one."""
  head = {
      "format": _FORMAT, "label": snapshot.label, "streams": snapshot.streams,
      "fresh": snapshot.fresh,
      "leaves": [[leaf, array.dtype.name, list(array.shape[1:])]
                 for leaf, array in zip(snapshot.paths, snapshot.arrays)]}
  arrays = {"head": _as_bytes(json.dumps(head).encode())}
  for number, array in enumerate(snapshot.arrays):
    # As bytes, because npz files do not know bfloat16.
    arrays[f"leaf_{number}"] = _as_bytes(array.tobytes())
  files.write_npz(path, arrays, overwrite=True, name="path")


def read(path, label, paths, dtypes, shapes):
  """The `Snapshot` at `path`, if it is one of a model with this state.

  Raises `MissingFileError` if there is none, and `CheckpointError` if it is
  damaged or belongs to another model.
  """
  path = os.fspath(path)
  if not os.path.exists(path):
    raise _errors.MissingFileError(_errors.problem(
        "path", "be an existing snapshot", path,
        "name the file that `snapshot` wrote"))
  try:
    stored = files.read_npz(path)
    head = json.loads(stored["head"].tobytes())
    known = head["format"] == _FORMAT
  except Exception as error:  # zipfile and NumPy raise many kinds of errors
    raise _unreadable(path, error) from error
  wanted = [[leaf, dtype.name, shape]
            for leaf, dtype, shape in zip(paths, dtypes, shapes)]
  if not known:
    raise _unreadable(path, f"its format is {head['format']!r}")
  _errors.require(
      head.get("leaves") == wanted, "path",
      f"be a snapshot of this model's state, {_pictured(wanted)}",
      f"{path} of {_pictured(head.get('leaves', []))}",
      "restore it with the model that wrote it", _errors.CheckpointError)
  _errors.require(
      head.get("label") == label, "path",
      f"be a snapshot with the label {label!r}",
      f"{path} with {head.get('label')!r}",
      "restore it with the model that wrote it", _errors.CheckpointError)
  try:
    streams, fresh = head["streams"], head["fresh"]
    if (len(set(streams)) != len(streams) or not set(fresh) <= set(streams)
        or any(type(name) not in (str, int) for name in streams)):
      raise ValueError("its streams are not distinct names")
    arrays = [
        np.frombuffer(stored[f"leaf_{number}"].tobytes(), dtype).reshape(
            [len(streams)] + shape)
        for number, (dtype, shape) in enumerate(zip(dtypes, shapes))]
  except Exception as error:
    raise _unreadable(path, error) from error
  return Snapshot(label, streams, fresh, paths, arrays)


def _as_bytes(data):
  return np.frombuffer(data, np.uint8)


def _pictured(leaves):
  return "; ".join(
      f"{_leaves.at(path)}: {dtype} {_leaves.shape_text(shape)}"
      for path, dtype, shape in leaves) or "nothing"


def _unreadable(path, why):
  return _errors.CheckpointError(_errors.problem(
      "path", "be a whole snapshot of a StreamingSession", f"{path} ({why})",
      "restore another snapshot, or begin with no stream"))
