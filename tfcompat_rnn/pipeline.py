"""Continuing batches in the graph: as a `tf.data` dataset, with a position.

`continuing_dataset` supplies the batches of a `ContinuingBatches` through
`tf.data`. `SavedPosition` keeps the position in a variable, so that
`tf.train.Saver` saves it with the model.
"""

from __future__ import annotations

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.datasets.continuing import ContinuingBatch
from tfcompat_rnn.datasets.continuing import ContinuingBatches


def _checked(batches):
  if not isinstance(batches, ContinuingBatches):
    raise _errors.ArgumentTypeError(_errors.problem(
        "batches", "be a ContinuingBatches", type(batches).__name__,
        "create one from your sequences"))
  return batches


def continuing_dataset(batches: ContinuingBatches,
                       start: types.TensorLike | None = None) -> types.Dataset:
  """A `tf.data.Dataset` of the batches of `batches`.

  >>> saved = SavedPosition(batches)
  >>> dataset = continuing_dataset(batches, start=saved.start).prefetch(2)
  >>> iterator = tf.data.make_initializable_iterator(dataset)
  >>> batch = iterator.get_next()                # a ContinuingBatch of tensors
  >>> keep = saved.keep(batch.position)          # run it with the train op

  start: int64 `[2]`, array or tensor: the position of the first batch, read
    when the iterator is initialized. By default the current position of
    `batches`.
  Each element has its own `position`, the one after it, so the kept position is
  correct however many batches are prefetched. The position of `batches` itself
  does not change. Shapes are static; `targets` is None if there are none.

  Raises ArgumentTypeError if `batches` is not a ContinuingBatches.
  """
  _checked(batches)
  if start is None:
    start = batches.position
  start = tf.convert_to_tensor(start, tf.int64, name="start")
  rows = (batches.batch_size,)
  lead = ((batches.steps,) + rows if batches.time_major
          else rows + (batches.steps,))
  specs = {
      "inputs": (batches.item[0], lead + batches.item[1]),
      "reset_mask": (np.bool_, lead), "lengths": (np.int32, rows),
      "mask": (np.float32, lead), "sequence_ids": (np.int64, lead),
      "position": (np.int64, (2,))}
  if batches.target_item is not None:
    specs["targets"] = (batches.target_item[0], lead + batches.target_item[1])
  names = sorted(specs)

  def deal(position):
    for batch in batches.from_position(position):
      yield tuple(getattr(batch, name) for name in names)

  signature = tuple(
      tf.TensorSpec(specs[name][1], specs[name][0]) for name in names)
  dataset = tf.data.Dataset.from_generator(
      deal, args=(start,), output_signature=signature)
  missing = dict.fromkeys(ContinuingBatch._fields)
  return dataset.map(
      lambda *parts: ContinuingBatch(**{**missing, **dict(zip(names, parts))}))


class SavedPosition:
  """The position of a `ContinuingBatches`, in a variable of the graph.

  >>> saved = SavedPosition(batches)
  >>> session.run([train_op, state.keep_op, saved.keep_op],
  ...             {x: batch.inputs, saved.fed: batch.position})
  >>> saver.save(session, "model")
  ... # in the next process
  >>> saver.restore(session, tf.train.latest_checkpoint("."))
  >>> saved.recall(session)              # continues with the next batch

  The variable is a non-trainable global variable, int64 `[3]`: epoch, batch,
  and a fingerprint of data and settings. All ops are built here; later calls
  add none, so the graph may be finalized.

  variable: the variable.
  fed, keep_op: an int64 placeholder `[2]`, and the op that keeps the value fed
    to it. Run it with the train op, so that the position in a checkpoint
    matches the weights.
  start: int64 `[2]`, the position read from the variable.

  Raises ArgumentTypeError if `batches` is not a ContinuingBatches.
  """

  def __init__(self, batches: ContinuingBatches,
               name: str = "input_position") -> None:
    self._batches = _checked(batches)
    with tf.variable_scope(name):
      first = np.append(batches.position, batches.fingerprint)
      self.variable = tf.get_variable(
          "position", trainable=False, dtype=tf.int64,
          initializer=tf.constant(first, tf.int64))
      self.fed = tf.placeholder(tf.int64, [2], name="fed")
      self.start = tf.identity(self.variable[:2], name="start")
      self.keep_op = self.keep(self.fed, name="keep")

  def keep(self, position: types.TensorLike,
           name: str | None = None) -> types.Operation:
    """An op that keeps `position`, int64 `[2]`, such as `batch.position`."""
    mark = tf.constant([self._batches.fingerprint], tf.int64)
    return tf.assign(self.variable, tf.concat([position, mark], 0),
                     name=name).op

  def store(self, session: types.Session,
            position: types.TensorLike | None = None) -> None:
    """Writes the batches' position (or `position`) to the variable."""
    if position is None:
      position = self._batches.position
    session.run(self.keep_op, {self.fed: position})

  def recall(self, session: types.Session) -> np.ndarray:
    """Sets the batches to the variable's position, and returns it.

    Raises ArgumentError if the checkpoint was made with other data or another
    batch size, number of steps, layout or seed.
    """
    *position, mark = (int(part) for part in session.run(self.variable))
    if mark != self._batches.fingerprint:
      raise _errors.ArgumentError(_errors.problem(
          "batches", "have the same data and settings as when the position "
          "was saved", f"fingerprint "
          f"{self._batches.fingerprint}, saved {mark}",
          "use the same ones, or start at position [0, 0] with a zero state"))
    self._batches.position = position
    return self._batches.position
