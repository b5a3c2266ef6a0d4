"""A `Saver.restore` that finds variables under older names.

If every key is in the checkpoint, it does what TensorFlow does. If some are
not, those that the table in `naming` finds are restored from a copy under the
graph's names, and each is reported; no operation is added to the graph. If a
key is ambiguous or not found, the error is TensorFlow's, with the reason
added.

It also refuses what TensorFlow accepts: restoring an array of the wrong shape
into a resource variable, which would go on with wrong shapes, and an index with
entries that may end the process.
"""

import contextlib
import os
import shutil
import tempfile

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import explain
from tfcompat_rnn.checkpoints import index_table
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.checkpoints import wanted
from tfcompat_rnn.checkpoints import writing

_LINES = 10
_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
_restore = tf.train.Saver.restore


class ShapeError(_errors.CheckpointError, tf.errors.InvalidArgumentError):
  """An array in a checkpoint does not have the shape of its variable."""

  def __init__(self, message):
    tf.errors.InvalidArgumentError.__init__(self, None, None, message)


class _AnySaver(type):
  """Lets programs see a single saver class, whoever created the saver."""

  def __instancecheck__(cls, instance):
    if cls.__dict__.get("_stands_for_all"):
      return isinstance(instance, tf.train.Saver)
    return super().__instancecheck__(instance)

  def __subclasscheck__(cls, subclass):
    if cls.__dict__.get("_stands_for_all"):
      return issubclass(subclass, tf.train.Saver)
    return super().__subclasscheck__(subclass)


class Saver(tf.train.Saver, metaclass=_AnySaver):
  """`tf.train.Saver` of TF 1.15, whose `restore` also finds older names.

      saver = tf1.train.Saver()
      saver.restore(session, "written_by_0.12/model.ckpt")

  If the checkpoint does not contain a key, `restore` looks for it under the
  names that older releases used, and reports on stderr what it found.

  Raises what `tf.train.Saver` raises, and `ShapeError` (a `CheckpointError`
  and an `InvalidArgumentError`) if a resource variable would get an array of
  the wrong shape.
  """

  _stands_for_all = True

  def restore(self, sess, save_path):
    """Restores the variables; see `tf.train.Saver.restore`."""
    return restore(self, sess, save_path)


def install(patches):
  """Makes every saver find older names until `patches` is closed."""
  def restore_by_older_names(self, sess, save_path):
    return restore(self, sess, save_path)

  patches.wrap(tf.train.Saver, "restore",
               lambda original: restore_by_older_names)


def restore(saver, session, save_path):
  """`saver.restore(session, save_path)`, using older names if needed."""
  plan, checkpoint = _plan(saver, session, save_path)
  if plan is None:
    return _restore(saver, session, save_path)
  if plan.problems:
    try:
      return _restore(saver, session, save_path)
    except tf.errors.NotFoundError as error:
      raise type(error)(error.node_def, error.op, (
          f"{error.message}\n\n{_told(plan, checkpoint)}")) from error
  with _converted(plan, checkpoint, session) as prefix:
    _notify(plan, save_path)
    return _restore(saver, session, prefix)


def _plan(saver, session, save_path):
  """(plan, checkpoint), or (None, None) if TensorFlow needs no help."""
  nothing = None, None
  if (save_path is None or saver.saver_def is None
      or not getattr(session, "graph", None)):
    return nothing
  try:
    checkpoint = reading.open_checkpoint(_as_text(save_path))
    keys = wanted.of_saver(saver.saver_def, session.graph)
  except index_table.EntryError:
    raise  # TensorFlow might end the process
  except (_errors.TfcompatError, KeyError, ValueError, IndexError,
          TypeError):
    return nothing  # TensorFlow raises the same error as in 1.15
  if checkpoint.prefix != _as_text(save_path):
    return nothing  # 1.15 accepts only the prefix, no folder and no file
  if _OBJECT_GRAPH in checkpoint:
    return nothing
  plan = matching.match_keys(keys, checkpoint)
  _refuse_other_shapes(plan, checkpoint)
  if all(match.by_name for match in plan.matches):
    return nothing
  return plan, checkpoint


def _as_text(save_path):
  return tf.compat.as_str_any(os.fspath(save_path))


def _refuse_other_shapes(plan, checkpoint):
  wrong = [match for match in plan.problems
           if match.kind == "shape" and match.by_name
           and match.wanted.resource]
  if wrong:
    raise ShapeError(_errors.problem(
        "save_path", "hold arrays with the shapes of the variables",
        f"{checkpoint.prefix}: " + "; ".join(
            f"{match.wanted.key} {matching.show(checkpoint.shapes[key])} for "
            f"a variable {matching.show(match.wanted.shape)}"
            for match in wrong[:_LINES] for key in match.old)
        + (", …" if len(wrong) > _LINES else ""),
        "build the graph with the sizes used when the checkpoint was "
        "written"))


@contextlib.contextmanager
def _converted(plan, checkpoint, session):
  """The prefix of a temporary copy under the graph's names."""
  beside = None
  if getattr(session, "sess_str", ""):  # other machines must see it too
    beside = os.path.dirname(os.path.abspath(checkpoint.prefix))
  folder = tempfile.mkdtemp(prefix=".tfcompat-restore-", dir=beside)
  try:
    yield writing.write_checkpoint(
        os.path.join(folder, os.path.basename(checkpoint.prefix).replace(
            "?", "_")), _Values(plan, checkpoint))
  finally:
    shutil.rmtree(folder, ignore_errors=True)


class _Values(dict):
  """Key of the graph -> array, read on access."""

  def __init__(self, plan, checkpoint):
    super().__init__((match.wanted.key, match) for match in plan.matches)
    self._checkpoint = checkpoint

  def __getitem__(self, key):
    return super().__getitem__(key).read(self._checkpoint)


def _notify(plan, save_path):
  for match in plan.mapped[:_LINES]:
    notify(f"{_as_text(save_path)}: {match.wanted.key} is restored from "
        f"{' + '.join(match.old)} ({explain.origin(match)})")
  more = len(plan.mapped) - _LINES
  if more > 0:
    notify(f"{_as_text(save_path)}: and {more} more from older names "
           "(`tfcompat-rnn checkpoint explain` lists them)")


def notify(text):
  """Prints one line on standard error."""
  _terminal.complain(text)


def _told(plan, checkpoint):
  """Why the checkpoint was not restored with older names."""
  lines = [f"{match.wanted.key}: {match.problem}"
           for match in plan.problems[:_LINES]]
  more = len(plan.problems) - _LINES
  if more > 0:
    lines.append(f"and {more} more")
  return "\n  ".join(
      [f"{checkpoint.prefix} was also searched for older names:"] + lines
      + ["`tfcompat-rnn checkpoint explain` gives details."])
