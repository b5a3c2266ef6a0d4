"""`init_from_checkpoint` and `warm_start` that find older names.

If TensorFlow misses a name in the checkpoint, the call is repeated with a
copy that has the variables under their names in 1.15 too. The initializers
read the copy whenever they run, so it stays until the process ends.
"""

import atexit
import os
import shutil
import tempfile

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import fallback
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.checkpoints import writing

_LINES = 10
_MISSING = "is not found in"


def _copy(path):
  """The prefix of a copy with newer names too, or None if it has no others."""
  checkpoint = reading.open_checkpoint(path)
  tensors, changes = matching.rename_keys(checkpoint)
  if not changes:
    return None
  for new, old, _ in changes[:_LINES]:
    fallback.notify(f"{path}: {' + '.join(old)} is also found under its name "
                    f"in 1.15, {new}")
  if len(changes) > _LINES:
    fallback.notify(f"{path}: and {len(changes) - _LINES} more older names")
  folder = tempfile.mkdtemp(prefix="tfcompat-initialize-")
  atexit.register(shutil.rmtree, folder, ignore_errors=True)
  return writing.write_checkpoint(
      os.path.join(folder, "model.ckpt"), {**checkpoint, **tensors})


def _with_older_names(call, path):
  """`call(path)`, or `call(copy)` if a name is missing."""
  try:
    return call(path)
  except ValueError as error:
    if _MISSING not in str(error):
      raise
    try:
      copy = _copy(tf.compat.as_str_any(os.fspath(path)))
    except (_errors.TfcompatError, TypeError):
      copy = None  # TensorFlow's own error says more
    if copy is None:
      raise
  return call(copy)


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
  """Initializes variables from a checkpoint, which may have older names.

  >>> tf.train.init_from_checkpoint("written_by_1.0/model.ckpt",
  ...                               {"encoder/": "encoder/"})

  Raises `ValueError` if the checkpoint does not have a name of the map.
  TF 1.15: `tf.train.init_from_checkpoint`.
  """
  _with_older_names(
      lambda path: tf.train.init_from_checkpoint(path, assignment_map),
      ckpt_dir_or_file)


def warm_start(ckpt_to_initialize_from, vars_to_warm_start=".*",
               var_name_to_vocab_info=None, var_name_to_prev_var_name=None):
  """Warm-starts variables from a checkpoint, which may have older names.

  Raises `ValueError` if the checkpoint does not have a variable.
  TF 1.15: `tf.train.warm_start`.
  """
  _with_older_names(
      lambda path: tf.train.warm_start(
          path, vars_to_warm_start, var_name_to_vocab_info,
          var_name_to_prev_var_name),
      ckpt_to_initialize_from)
