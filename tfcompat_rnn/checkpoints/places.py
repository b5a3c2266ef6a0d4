"""Finds a checkpoint on disk from whatever path the user gives."""

import glob
import os
import re
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal
from tfcompat_rnn._tf import tf

_V2_PART = re.compile(r"\.(index|meta|data-\d{5}-of-\d{5})$")
_V1_SHARD = re.compile(r"-(\d{5}|\?{5})-of-(\d{5})$")


class Place(typing.NamedTuple):
  """A checkpoint on disk: its prefix, format and files."""
  prefix: str
  format: str  # "V1" or "V2"
  files: tuple  # the table files: the index of V2, all files of V1


def find(path):
  """The `Place` of the checkpoint that `path` names.

  `path` is a prefix (`model.ckpt-100`), one of the files whose names start
  with it (`.index`, `.meta`, `.data-00000-of-00001`), a file or a shard in V1
  format, or a folder with a `checkpoint` file, which names its latest
  checkpoint.

  Raises `MissingFileError` if there is no checkpoint, and `CheckpointError`
  if it is incomplete or ambiguous.
  """
  path = os.fspath(path)
  if os.path.isdir(path):
    if not os.path.exists(path + ".index"):
      return _find_latest(path)
  elif os.path.basename(path) == "checkpoint" and os.path.isfile(path):
    return _find_latest(os.path.dirname(path) or os.curdir)
  found = _find_prefix(path)
  if found:
    return found
  if _V2_PART.search(path):
    prefix = _V2_PART.sub("", path)
    found = _find_prefix(prefix)
    if found:
      return found
    if os.path.exists(path):
      raise _errors.CheckpointError(_errors.problem(
          "checkpoint", "be whole", f"{path} without {prefix}.index",
          "copy the .index file, and every .data-… file, to this folder"))
  raise _errors.MissingFileError(_errors.problem(
      "checkpoint", "name a checkpoint: a prefix such as model.ckpt-100, one "
      "of its files, or the folder with its `checkpoint` file", path,
      _neighbors(path)))


def _find_prefix(prefix):
  if os.path.lexists(prefix + ".index"):
    return Place(prefix, "V2", (prefix + ".index",))
  if _V2_PART.search(prefix):
    return None  # the name of a V2 shard looks much like that of a V1 shard
  if os.path.isfile(prefix):
    shard = _V1_SHARD.search(prefix)
    if not shard:
      return Place(prefix, "V1", (prefix,))
    return _shards_of_v1(prefix[:shard.start()], shard.group(2))
  shard = _V1_SHARD.search(prefix)
  if shard:
    return _shards_of_v1(prefix[:shard.start()], shard.group(2))
  counts = sorted({match.group(2) for match in map(
      _V1_SHARD.search, glob.glob(
          f"{glob.escape(prefix)}-[0-9][0-9][0-9][0-9][0-9]-of-"
          "[0-9][0-9][0-9][0-9][0-9]")) if match})
  if len(counts) > 1:
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "be one checkpoint",
        f"{prefix} with shards of {' and of '.join(counts)}",
        f"name one of them, such as {prefix}-00000-of-{counts[-1]}"))
  return _shards_of_v1(prefix, counts[0]) if counts else None


def _shards_of_v1(prefix, count):
  files = tuple(f"{prefix}-{number:05d}-of-{count}"
                for number in range(int(count)))
  there = [name for name in files if os.path.isfile(name)]
  if not there:
    return None
  if len(there) < len(files):
    lost = sorted(set(files).difference(there))
    more = f" and {len(lost) - 5} more" if len(lost) > 5 else ""
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", f"have its {len(files)} shards",
        f"no {', '.join(lost[:5])}{more}",
        "copy the missing shards to this folder"))
  return Place(f"{prefix}-?????-of-{count}", "V1", files)


def _find_latest(folder):
  """The latest checkpoint according to the file `checkpoint` in `folder`."""
  note = os.path.join(folder, "checkpoint")
  if not os.path.isfile(note):
    raise _errors.MissingFileError(_errors.problem(
        "checkpoint", "be a folder with a file `checkpoint`, or a prefix",
        f"{folder} without that file", _neighbors(folder + os.sep)))
  try:
    state = tf.train.get_checkpoint_state(folder)
  except Exception as error:  # protobuf's, TensorFlow's or Python's
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "name the latest checkpoint",
        f"a file {note} that cannot be read ({_first_line(error)})",
        "name the prefix itself")) from error
  if state is None or not state.model_checkpoint_path:
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "name the latest checkpoint",
        f"a file {note} that names none", "name the prefix itself"))
  # the folder may have been moved since the file was written
  told = state.model_checkpoint_path
  here = os.path.join(folder, os.path.basename(told))
  for prefix in (told, here):
    found = _find_prefix(prefix)
    if found:
      return found
  raise _errors.MissingFileError(_errors.problem(
      "checkpoint", "exist", f"{note}, which names {_terminal.abridged(told)}",
      _neighbors(here)))


def _neighbors(path):
  """The next step after a wrong path: what there is in that folder."""
  folder = os.path.dirname(path) or os.curdir
  if not os.path.isdir(folder):
    return f"there is no folder {folder}"
  try:
    names = sorted(os.listdir(folder))
  except OSError as error:
    return f"the folder {folder} cannot be read ({error.strerror})"
  prefixes = sorted({_V2_PART.sub("", name) for name in names
                     if name.endswith(".index")})
  if not prefixes:
    return f"{folder} contains no *.index file"
  shown = ", ".join(prefixes[:5]) + (", …" if len(prefixes) > 5 else "")
  return f"{folder} contains {shown}"


def _first_line(error):
  return str(error).strip().splitlines()[0] if str(error).strip() else (
      type(error).__name__)
