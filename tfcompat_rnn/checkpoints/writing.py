"""Writing checkpoints so that nobody ever sees half of one.

Everything is written beside the target under another name, read back and
compared, and only then renamed: the data first, the index last, for without
an index there is no checkpoint.
"""

import contextlib
import glob
import os
import shutil
import tempfile

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import reading

_DATA = ".data-00000-of-00001"


def write_checkpoint(prefix, tensors, overwrite=False, source=None):
  """Writes `tensors` (key -> array) as a V2 checkpoint; returns `prefix`.

      write_checkpoint("new/model.ckpt", {"w": np.zeros([2, 3], "f4")})

  The files are `prefix.index` and `prefix.data-00000-of-00001`, as
  `Saver.save` of TF 1.15 writes them and reads them. An existing checkpoint
  of that prefix stays as it is unless `overwrite`; the checkpoint at the
  prefix `source` stays as it is in any case.

  Raises `CheckpointError` if the target exists or is the source, or an array
  is of a dtype that a checkpoint cannot hold; `CheckpointWriteError` if
  writing fails (no folder, no permission, disk full). Then everything is as
  it was before.
  """
  prefix = os.fspath(prefix)
  check_target(prefix, overwrite, source)
  keys = sorted(tensors)
  if not keys:
    raise _errors.CheckpointError(_errors.problem(
        "tensors", "hold at least one tensor", "none",
        "a checkpoint without tensors cannot be restored"))
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
    _move(scratch, prefix)
    _flush(folder)
  except (OSError, tf.errors.OpError) as error:
    if isinstance(error, _errors.TfcompatError):
      raise
    raise _errors.CheckpointWriteError(_errors.problem(
        "prefix", "be where a checkpoint can be written",
        f"{prefix} ({_reason(error)})",
        "look at the folder, its permissions and the room on its disk; "
        "nothing was left there")) from error
  finally:
    if made:
      shutil.rmtree(made, ignore_errors=True)
  return prefix


def check_target(prefix, overwrite=False, source=None):
  """Raises `CheckpointError` if nothing may be written at `prefix`."""
  prefix = os.fspath(prefix)
  if not os.path.basename(prefix):
    raise _errors.CheckpointError(_errors.problem(
        "prefix", "end in a name", repr(prefix), f"say {prefix}model.ckpt"))
  if source is not None and (
      os.path.realpath(prefix) == os.path.realpath(source)
      or any(os.path.exists(source + end) and os.path.exists(prefix + end)
             and os.path.samefile(source + end, prefix + end)
             for end in ("", ".index", _DATA))):
    raise _errors.CheckpointError(_errors.problem(
        "prefix", "differ from the checkpoint that is read", prefix,
        "name another target; the source is never touched"))
  there = [name for name in [prefix + ".index"] + _data_files(prefix)
           if os.path.lexists(name)]
  if there and not overwrite:
    raise _errors.CheckpointError(_errors.problem(
        "prefix", "name no existing checkpoint", f"{there[0]}",
        "name another one, or ask for overwriting"))


def _data_files(prefix):
  digits = "[0-9]" * 5
  return sorted(glob.glob(f"{glob.escape(prefix)}.data-{digits}-of-{digits}"))


def _save(scratch, keys, tensors):
  """TensorFlow's own operation writes the files."""
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
            f"tensors[{key!r}]", "be of a dtype that TensorFlow has",
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
  """What was written is read again before it gets its name."""
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
      raise OSError(f"what was read back of {key} is not what was written")


def _move(scratch, prefix):
  """Gives the files their names; undone if that fails half-way.

  An index that is there goes first and comes back last, so that it never
  stands beside data that are not its own.
  """
  folder = os.path.dirname(scratch)
  old = [name for name in [prefix + ".index"] + _data_files(prefix)
         if os.path.lexists(name)]
  with contextlib.ExitStack() as undo:
    for number, name in enumerate(old):
      aside = os.path.join(folder, f"old-{number}")
      os.rename(name, aside)
      undo.callback(os.rename, aside, name)
    for suffix in (_DATA, ".index"):
      os.rename(scratch + suffix, prefix + suffix)
      undo.callback(os.unlink, prefix + suffix)
    undo.pop_all()


def _flush(name):
  """Has the disk hold what was written to the file or folder `name`."""
  handle = os.open(name, os.O_RDONLY)
  try:
    os.fsync(handle)
  finally:
    os.close(handle)


def _reason(error):
  if isinstance(error, OSError) and error.strerror:
    return error.strerror
  return " ".join(str(getattr(error, "message", None) or error).split())[:300]
