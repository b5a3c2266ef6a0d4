"""Writes checkpoints in such a way that an incomplete one is never seen.

Everything is written next to the target under another name, read back and
compared, and only then renamed: the data first and the index last, because
there is no checkpoint without an index. At each moment, the name has the old
checkpoint or the new one.
"""

import contextlib
import glob
import os
import shutil
import tempfile
import time

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import index_table
from tfcompat_rnn.checkpoints import reading

try:
  import fcntl
except ImportError:  # Windows
  fcntl = None

_DATA = ".data-00000-of-00001"
_LONGEST_WAIT = 60.  # seconds for another writer to rename two files


def write_checkpoint(prefix, tensors, overwrite=False, source=None):
  """Writes `tensors` (key -> array) as a V2 checkpoint; returns `prefix`.

      write_checkpoint("new/model.ckpt", {"w": np.zeros([2, 3], "f4")})

  The files are `prefix.index` and `prefix.data-00000-of-00001`, as written by
  `tf.train.Saver.save` of TF 1.15, which can restore them. An existing
  checkpoint with that prefix, V2 or V1, is replaced only if `overwrite` is
  True; whatever is no file of a checkpoint is never removed. The checkpoint at
  the prefix `source` is never replaced. Of several processes that write the
  same prefix, each writes its whole checkpoint or raises.

  Raises `CheckpointError` if the target exists or is the source, if there are
  no tensors, or if a key or the dtype of an array is none that a checkpoint can
  have, and
  `CheckpointWriteError` if writing fails (no such folder, no permission, disk
  full). After an error, everything is as it was before.
  """
  prefix = os.fspath(prefix)
  check_target(prefix, overwrite, source)
  check_keys(tensors)
  keys = sorted(tensors)
  folder, name = os.path.split(prefix)
  folder = folder or os.curdir
  made = None
  try:
    made = tempfile.mkdtemp(prefix=f".{name}.", suffix=".writing", dir=folder)
    scratch = os.path.join(made, "checkpoint")
    _save(scratch, keys, tensors)
    for suffix in (_DATA, ".index"):
      _flush(scratch + suffix)
    _compare(scratch, keys, tensors)
    with _alone_in(folder):
      # Another writer may have been faster.
      check_target(prefix, overwrite, source)
      _move(scratch, prefix)
    _flush(folder)
  except (OSError, tf.errors.OpError) as error:
    if isinstance(error, _errors.TfcompatError):
      raise
    raise _errors.CheckpointWriteError(_errors.problem(
        "prefix", "be where a checkpoint can be written",
        f"{prefix} ({_reason(error)})",
        "check the folder, its permissions and the free space on its disk; "
        "nothing was left there")) from error
  finally:
    if made:
      shutil.rmtree(made, ignore_errors=True)
  return prefix


def check_keys(keys):
  """Raises `CheckpointError` if a checkpoint cannot have these keys."""
  if not keys:
    raise _errors.CheckpointError(_errors.problem(
        "tensors", "contain at least one tensor", "none",
        "a checkpoint without tensors cannot be restored"))
  for key in keys:
    # TensorFlow's own entries are "" and what begins with a null character.
    if not isinstance(key, str) or key[:1] in ("", "\0") or not _is_utf8(key):
      raise _errors.CheckpointError(_errors.problem(
          "tensors", "have names of variables as keys", ascii(key),
          "give it another name"))


def _is_utf8(text):
  try:
    text.encode("utf-8")
  except UnicodeEncodeError:
    return False
  return True


def check_target(prefix, overwrite=False, source=None):
  """Raises `CheckpointError` if `prefix` must not be written."""
  prefix = os.fspath(prefix)
  if "\0" in prefix or not _is_utf8(prefix):
    raise _errors.CheckpointError(_errors.problem(
        "prefix", "be UTF-8 without null characters, which TensorFlow needs",
        ascii(prefix), "name another target"))
  if not os.path.basename(prefix):
    raise _errors.CheckpointError(_errors.problem(
        "prefix", "end in a name", repr(prefix), f"use {prefix}model.ckpt"))
  if source is not None and (
      os.path.realpath(prefix) == os.path.realpath(source)
      or any(os.path.exists(source + end) and os.path.exists(prefix + end)
             and os.path.samefile(source + end, prefix + end)
             for end in ("", ".index", _DATA))):
    raise _errors.CheckpointError(_errors.problem(
        "prefix", "differ from the checkpoint that is read", prefix,
        "name another target; the source is never modified"))
  there = _files_of(prefix)
  if there and not overwrite:
    raise _errors.CheckpointError(_errors.problem(
        "prefix", "name no existing checkpoint", f"{there[0]}",
        "name another one, or allow overwriting"))
  others = [name for name in there
            if os.path.exists(name) and not os.path.isfile(name)]
  if others:
    what = "a folder" if os.path.isdir(others[0]) else "what is no file"
    raise _errors.CheckpointError(_errors.problem(
        "prefix", f"not share its name with {what}, which is never removed",
        others[0], "name another target"))


@contextlib.contextmanager
def _alone_in(folder):
  """While in this context, no other process is, for the same `folder`.

  The lock is the operating system's and belongs to the open folder: nothing is
  left behind if the process is killed.
  """
  if fcntl is None:
    yield
    return
  handle = os.open(folder, os.O_RDONLY)
  try:
    end = time.monotonic() + _LONGEST_WAIT
    while True:
      try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        break
      except BlockingIOError:
        if time.monotonic() > end:
          raise OSError(
              "another process has been writing there for a minute") from None
        time.sleep(.02)
      except OSError:
        break  # a file system without locks
    yield
  finally:
    os.close(handle)


def _files_of(prefix):
  """The names that a checkpoint at `prefix` has, its index first."""
  digits = "[0-9]" * 5
  names = [prefix + ".index"] * os.path.lexists(prefix + ".index") + sorted(
      glob.glob(f"{glob.escape(prefix)}.data-{digits}-of-{digits}"))
  return names or [prefix] * _is_v1(prefix)


def _is_v1(path):
  """Whether `path` is a checkpoint in V1 format, not just any file."""
  try:
    return os.path.isfile(path) and reading.open_checkpoint(path).format == "V1"
  except _errors.TfcompatError:
    return False


def _save(scratch, keys, tensors):
  """Writes the files with TensorFlow's own operation."""
  with tf.Graph().as_default():
    values = []
    feed = {}
    for key in keys:
      value = np.asarray(tensors[key])
      try:
        dtype = tf.as_dtype(
            tf.string if value.dtype.kind in "OSU" else value.dtype)
      except TypeError as error:
        raise _errors.CheckpointError(_errors.problem(
            f"tensors[{key!r}]", "have a dtype that TensorFlow supports",
            value.dtype, "cast it")) from error
      holder = tf.placeholder(dtype, value.shape)
      values.append(holder)
      feed[holder] = value
    save = tf.raw_ops.SaveV2(
        prefix=scratch, tensor_names=keys, shape_and_slices=[""] * len(keys),
        tensors=values)
    with tf.Session(config=reading.cpu_alone()) as session:
      session.run(save, feed)


def _compare(scratch, keys, tensors):
  """Reads the files back and compares before they get their names."""
  written = reading.open_checkpoint(scratch)
  for key in keys:
    wanted = np.asarray(tensors[key])
    got = written[key]
    if wanted.dtype.kind in "OSU":
      same = got.shape == wanted.shape and all(
          tf.compat.as_bytes(a) == b
          for a, b in zip(wanted.ravel().tolist(), got.ravel().tolist()))
    else:
      same = (got.dtype == wanted.dtype and got.shape == wanted.shape
              and got.tobytes() == wanted.tobytes())
    if not same:
      raise OSError(f"{key} was not read back as it was written")


def _move(scratch, prefix):
  """Gives the files their names, and undoes this if it fails halfway.

  An existing checkpoint may need a file with the name of the new data until
  its index is replaced. Then the new data have another name first, that of one
  of several shards.
  """
  aside = os.path.join(os.path.dirname(scratch), "old")
  os.mkdir(aside)
  kept = {name: os.path.join(aside, os.path.basename(name))
          for name in _files_of(prefix)}
  for name, copy in kept.items():
    _also_named(name, copy)
  data, index = prefix + _DATA, prefix + ".index"
  shards = _as_shards(scratch, kept) if data in kept else []
  for_now = [prefix + name[len(scratch):] for name in shards]
  with contextlib.ExitStack() as undo:
    placed = set()

    def place(source, name):
      os.replace(source, name)
      if name in placed:
        return
      placed.add(name)
      if name in kept:
        undo.callback(os.replace, kept[name], name)
      else:
        undo.callback(_remove, name)

    if shards:
      for source, name in zip(shards, for_now):
        place(source, name)
      place(scratch + ".index of shards", index)
    place(scratch + _DATA, data)
    place(scratch + ".index", index)
    for name in [*kept, *for_now]:
      if name not in (data, index):
        os.unlink(name)
        if name in kept:
          undo.callback(os.rename, kept[name], name)
    undo.pop_all()


def _as_shards(scratch, kept):
  """The data once more, as the first of several shards; the others are empty.

  Returns the names of the shards, of which none is among those `kept`; their
  index is beside them.
  """
  taken = {name[-5:] for name in kept}
  count = next(n for n in range(2, 100) if f"{n:05d}" not in taken)
  first, *rest = [f"{scratch}.data-{number:05d}-of-{count:05d}"
                  for number in range(count)]
  _also_named(scratch + _DATA, first)
  with open(scratch + ".index", "rb") as file:
    index = index_table.with_shards(file.read(), count)
  for name, content in [*((name, b"") for name in rest),
                        (scratch + ".index of shards", index)]:
    with open(name, "wb") as file:
      file.write(content)
    _flush(name)
  return [first, *rest]


def _remove(name):
  with contextlib.suppress(FileNotFoundError):
    os.unlink(name)


def _also_named(name, copy):
  try:
    os.link(name, copy)
  except OSError:  # a file system without links, or somebody else's file
    shutil.copy2(name, copy)


def _flush(name):
  """Flushes what was written to the file or folder `name` to disk."""
  handle = os.open(name, os.O_RDONLY)
  try:
    os.fsync(handle)
  finally:
    os.close(handle)


def _reason(error):
  if isinstance(error, OSError) and error.strerror:
    return error.strerror
  return reading.shortened(error)
