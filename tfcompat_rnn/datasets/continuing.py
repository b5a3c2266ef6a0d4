"""Batches in which each row continues the same row of the previous batch.

Truncated backpropagation splits long sequences into windows of a few steps and
carries the state from window to window. This is correct only if each row of a
batch continues the same row of the previous batch, and if the state is reset
where it does not. `ContinuingBatches` supplies such batches with a reset mask.
The next batch depends only on the position, so a run that was killed resumes
with the batch it would have had.
"""

from __future__ import annotations

import bisect
import collections
import typing
import zlib

import numpy as np
import numpy.typing as npt

from tfcompat_rnn import _errors

ContinuingBatch = collections.namedtuple("ContinuingBatch", [
    "inputs", "targets", "reset_mask", "lengths", "mask", "sequence_ids",
    "position"])
ContinuingBatch.__doc__ = """One batch; `[time, batch]` with `time_major`.

inputs: `[batch, time]` or `[batch, time, depth]`, in the sequences' dtype;
  zeros after the end of a row.
targets: same as `inputs`; None if there are no targets.
reset_mask: bool `[batch, time]`; True at t: reset the state before step t.
lengths: int32 `[batch]`, the number of steps with data, for `sequence_length`;
  they come first in the row.
mask: float32 `[batch, time]`, 1 for those steps and 0 after them, to weight the
  loss.
sequence_ids: int64 `[batch, time]`, the sequence that each step belongs to; -1
  if there is none.
position: int64 `[2]`, where to continue after this batch.
"""

# A part of one sequence in a row: items start to stop are placed from `at` on.
_Piece = collections.namedtuple("_Piece", ["at", "sequence", "start", "stop"])


def _as_sequences(sequences, name):
  """A list of arrays `[time, ...]`, and whether it was a single sequence."""
  if isinstance(sequences, (str, bytes)):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be numbers", "text",
        "encode it: datasets.text.Vocabulary(text).encode(text)"))
  if not isinstance(sequences, np.ndarray):
    sequences = list(sequences)
    if not sequences:
      raise _errors.ArgumentError(_errors.problem(
          name, "hold at least one sequence", "an empty list",
          "pass the data"))
    if any(np.ndim(part) for part in sequences):
      return [np.asarray(part) for part in sequences], False
    sequences = np.asarray(sequences)
  if sequences.ndim not in (1, 2):
    raise _errors.ArgumentError(_errors.problem(
        name, "be one sequence `[time]` or `[time, depth]`, or a list of "
        "sequences", f"an array of shape {sequences.shape}",
        "pass list(array) if each of its rows is a sequence, [array] if it "
        "is one"))
  return [sequences], True


def _check_alike(arrays, name):
  """Checks that arrays are numeric, with the same dtype and item shape."""
  for i, array in enumerate(arrays):
    if array.dtype.kind not in "biufc":
      raise _errors.ArgumentTypeError(_errors.problem(
          f"{name}[{i}]", "be numbers", f"dtype {array.dtype}",
          "encode text as IDs first"))
    if array.ndim == 0 or array.shape[1:] != arrays[0].shape[1:]:
      raise _errors.ArgumentError(_errors.problem(
          f"{name}[{i}]", f"be [time] + {list(arrays[0].shape[1:])} like "
          f"{name}[0] is", f"shape {array.shape}",
          "give every sequence items of one shape"))
    if array.dtype != arrays[0].dtype:
      raise _errors.ArgumentTypeError(_errors.problem(
          f"{name}[{i}]", f"be {arrays[0].dtype} like {name}[0]",
          array.dtype, "convert them with astype"))


def _check_whole(name, value, least):
  if isinstance(value, bool) or not isinstance(value, (int, np.integer)):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a whole number", repr(value), f"pass {least} or more"))
  if value < least:
    raise _errors.ArgumentError(_errors.problem(
        name, f"be at least {least}", value, f"pass {least} or more"))
  return int(value)


class ContinuingBatches:
  """Splits long sequences so that each row continues in the next batch.

  >>> batches = ContinuingBatches(np.arange(13), batch_size=2, steps=3)
  >>> for batch in batches:
  ...   print(batch.inputs.tolist(), batch.targets.tolist())
  [[0, 1, 2], [6, 7, 8]] [[1, 2, 3], [7, 8, 9]]
  [[3, 4, 5], [9, 10, 11]] [[4, 5, 6], [10, 11, 12]]

  sequences: one array, `[time]` or `[time, depth]`, or a list of such arrays
    of different lengths.
  batch_size, steps: each batch is `[batch_size, steps]`.
  targets: `"next"`, the item that follows (the last item of a sequence is
    then a target only); an array, or a list of them, with one target for
    each item; or None.
  layout: `"cut"` joins all sequences end to end and splits the result into
    `batch_size` runs of equal length, as the PTB reader does with its single
    sequence; `"rows"` puts each sequence whole into the first row that becomes
    free. By default one sequence is cut, and several are packed into rows.
  align: with rows, whether each sequence begins at the start of a batch, so
    that resets happen only in column 0 and never inside the loop.
  epochs: how many times to go through the sequences; None to repeat forever.
  shuffle: whether to take the sequences in another order in each epoch. The
    order depends only on `seed` and the number of the epoch.
  drop_remainder: whether to leave out the last batches of an epoch, in which
    some row would have steps without data (with `align`, also the end of each
    sequence). Otherwise nothing is dropped: see `lengths` and `mask`.
  time_major: whether batches are `[time, batch]` instead of `[batch, time]`.

  Iterating yields `ContinuingBatch`es starting at `position`. `reset_mask` is
  True wherever a step does not follow the previous step of its row: at the
  start of a sequence, and in the first step of an epoch.

  Raises ArgumentError for values that do not fit, including a sequence too
  short for one step and fewer sequences than rows; ArgumentTypeError for text,
  or for sequences of mixed dtypes.
  """

  def __init__(
      self, sequences: npt.ArrayLike | typing.Sequence[npt.ArrayLike],
      batch_size: int, steps: int, *,
      targets: (typing.Literal["next"] | npt.ArrayLike
                | typing.Sequence[npt.ArrayLike] | None) = "next",
      layout: typing.Literal["cut", "rows"] | None = None, align: bool = False,
      epochs: int | None = 1, shuffle: bool = False, seed: int = 0,
      drop_remainder: bool = False, time_major: bool = False) -> None:
    self._inputs, alone = _as_sequences(sequences, "sequences")
    _check_alike(self._inputs, "sequences")
    self.batch_size = _check_whole("batch_size", batch_size, 1)
    self.steps = _check_whole("steps", steps, 1)
    self.epochs = None if epochs is None else _check_whole("epochs", epochs, 1)
    self.seed = _check_whole("seed", seed, 0)
    self._shuffle = bool(shuffle)
    self._drop = bool(drop_remainder)
    self.time_major = bool(time_major)
    self._take_targets(targets)
    self._lengths = [len(part) - self._shift for part in self._inputs]
    self._check_lengths()
    self._take_layout(layout, alone, align)
    self._rows_of: dict[int, typing.Any] = {}
    self._fingerprint: int | None = None
    self._position: tuple[int, ...] = (0, 0)
    self.batches_in(0)

  def _take_targets(self, targets):
    self._shift, self._targets = 0, None
    if isinstance(targets, str):
      if targets != "next":
        raise _errors.ArgumentError(_errors.problem(
            "targets", "be \"next\", one target for each item, or None",
            repr(targets), "pass one of these"))
      self._shift = 1
      self._targets = [part[1:] for part in self._inputs]
    elif targets is not None:
      self._targets, _ = _as_sequences(targets, "targets")
      _check_alike(self._targets, "targets")
      ours = [len(part) for part in self._inputs]
      theirs = [len(part) for part in self._targets]
      if ours != theirs:
        where = next((i for i, pair in enumerate(zip(ours, theirs))
                      if pair[0] != pair[1]), None)
        got = (f"{len(theirs)} sequences for {len(ours)}" if where is None
               else f"{theirs[where]} for the {ours[where]} items of "
               f"sequences[{where}]")
        raise _errors.ArgumentError(_errors.problem(
            "targets", "hold one target for each item", got,
            "pair each sequence with its targets"))

  def _check_lengths(self):
    short = [i for i, length in enumerate(self._lengths) if length < 1]
    if short:
      least = 1 + self._shift
      more = f" (and {len(short) - 1} more)" if len(short) > 1 else ""
      raise _errors.ArgumentError(_errors.problem(
          f"sequences[{short[0]}]{more}", f"hold at least {least} "
          f"item{'s' if least > 1 else ''}",
          len(self._inputs[short[0]]), "leave such sequences out"))

  def _take_layout(self, layout, alone, align):
    several = len(self._inputs) > 1
    self.layout = layout or ("rows" if several else "cut")
    if self.layout not in ("cut", "rows"):
      raise _errors.ArgumentError(_errors.problem(
          "layout", "be \"cut\" or \"rows\"", repr(layout),
          "pass one of these"))
    self.align = bool(align)
    if self.align and self.layout == "cut":
      raise _errors.ArgumentError(_errors.problem(
          "align", "be False if sequences are cut into runs", align,
          "pass layout=\"rows\""))
    if self._shuffle and not several:
      raise _errors.ArgumentError(_errors.problem(
          "shuffle", "be False for a single sequence", True,
          "pass a list of sequences, such as the documents of the text"))
    if self.layout == "rows" and len(self._inputs) < self.batch_size:
      raise _errors.ArgumentError(_errors.problem(
          "sequences", f"be at least as many as the {self.batch_size} rows "
          "they are packed into", len(self._inputs),
          "pass layout=\"cut\", or a smaller batch_size"))

  # -- the layout of an epoch -----------------------------------------------

  def _order(self, epoch):
    if not self._shuffle:
      return range(len(self._inputs))
    return np.random.RandomState([self.seed, epoch]).permutation(
        len(self._inputs))

  def _in_rows(self, order):
    """Puts each sequence into the first row that becomes free."""
    rows = [[] for _ in range(self.batch_size)]
    free = [0] * self.batch_size
    for sequence in order:
      row = free.index(min(free))
      length = self._lengths[sequence]
      if self.align and self._drop:
        length -= length % self.steps
      if length:
        rows[row].append(_Piece(free[row], int(sequence), 0, length))
      free[row] += (-(-length // self.steps) * self.steps if self.align
                    else length)
    return rows, free

  def _in_runs(self, order):
    """Cuts the joined sequences into runs; earlier runs may be one longer."""
    total = sum(self._lengths)
    short, longer = divmod(total, self.batch_size)
    wanted = [short + (row < longer and not self._drop)
              for row in range(self.batch_size)]
    rows, start, left = [], 0, iter(order)
    sequence = next(left)
    for length in wanted:
      row, at = [], 0
      while at < length:
        if start == self._lengths[sequence]:
          sequence, start = next(left), 0
        stop = min(start + length - at, self._lengths[sequence])
        row.append(_Piece(at, int(sequence), start, stop))
        at, start = at + stop - start, stop
      rows.append(row)
    return rows, wanted

  def _lay_out(self, epoch):
    """`(rows of pieces, number of batches)` of one epoch."""
    key = epoch if self._shuffle else 0
    if key not in self._rows_of:
      lay = self._in_runs if self.layout == "cut" else self._in_rows
      rows, ends = lay(self._order(epoch))
      steps = min(ends) if self._drop else max(ends) + self.steps - 1
      count = steps // self.steps
      if not count:
        raise _errors.ArgumentError(_errors.problem(
            "sequences", f"fill one batch of {self.batch_size} rows and "
            f"{self.steps} steps", f"rows of {min(ends)} to {max(ends)} "
            f"steps in epoch {epoch}",
            "pass drop_remainder=False, fewer rows or fewer steps"))
      if len(self._rows_of) > 3:  # iterators may be an epoch apart
        self._rows_of.clear()
      self._rows_of[key] = rows, count
    return self._rows_of[key]

  def batches_in(self, epoch: int = 0) -> int:
    """The number of batches in `epoch` (they differ only with `shuffle`)."""
    return self._lay_out(_check_whole("epoch", epoch, 0))[1]

  # -- one batch ------------------------------------------------------------

  def at(self, position: npt.ArrayLike) -> ContinuingBatch:
    """The batch at `position`, independent of the iterator.

    Raises ArgumentError if `position` is beyond the end.
    """
    epoch, number = self._checked(position)
    if self.epochs is not None and epoch >= self.epochs:
      raise _errors.ArgumentError(_errors.problem(
          "position", f"be before the end, [{self.epochs}, 0]",
          [epoch, number], "pass more epochs"))
    rows, count = self._lay_out(epoch)
    shape = (self.batch_size, self.steps)

    def blank(parts):
      return np.zeros(shape + parts[0].shape[1:], parts[0].dtype)

    inputs = blank(self._inputs)
    targets = None if self._targets is None else blank(self._targets)
    reset_mask = np.zeros(shape, bool)
    sequence_ids = np.full(shape, -1, np.int64)
    begin, end = number * self.steps, (number + 1) * self.steps
    for row, pieces in enumerate(rows):
      first = bisect.bisect_right(pieces, begin, key=lambda p: p.at) - 1
      for place in range(max(first, 0), len(pieces)):
        piece = pieces[place]
        if piece.at >= end:
          break
        low = max(begin, piece.at)
        high = min(end, piece.at + piece.stop - piece.start)
        if low >= high:
          continue
        into = slice(low - begin, high - begin)
        moved = piece.start - piece.at
        out_of = slice(low + moved, high + moved)
        inputs[row, into] = self._inputs[piece.sequence][out_of]
        if targets is not None:
          targets[row, into] = self._targets[piece.sequence][out_of]
        sequence_ids[row, into] = piece.sequence
        reset_mask[row, into.start] = low == piece.at
    mask = sequence_ids >= 0
    after = (epoch, number + 1) if number + 1 < count else (epoch + 1, 0)

    def turned(array):
      if array is None or not self.time_major:
        return array
      return np.ascontiguousarray(array.swapaxes(0, 1))

    return ContinuingBatch(
        turned(inputs), turned(targets), turned(reset_mask),
        mask.sum(axis=1, dtype=np.int32), turned(mask.astype(np.float32)),
        turned(sequence_ids), np.array(after, np.int64))

  def __iter__(self) -> typing.Iterator[ContinuingBatch]:
    return self

  def __next__(self) -> ContinuingBatch:
    if self.epochs is not None and self._position[0] >= self.epochs:
      raise StopIteration
    batch = self.at(self._position)
    self._position = tuple(int(part) for part in batch.position)
    return batch

  def from_position(
      self, position: npt.ArrayLike) -> typing.Iterator[ContinuingBatch]:
    """Yields the batches from `position` to the end, without moving `self`."""
    place = self._checked(position)
    while self.epochs is None or place[0] < self.epochs:
      batch = self.at(place)
      place = tuple(int(part) for part in batch.position)
      yield batch

  # -- the position ---------------------------------------------------------

  def _checked(self, position):
    """`(epoch, batch)` as ints; one batch past an epoch is the next epoch."""
    array = np.asarray(position)
    if array.shape != (2,) or array.dtype.kind not in "iu":
      raise _errors.ArgumentError(_errors.problem(
          "position", "be two whole numbers, [epoch, batch]", repr(position),
          "set a value read from .position"))
    epoch, number = (int(part) for part in array)
    if epoch < 0 or number < 0:
      raise _errors.ArgumentError(_errors.problem(
          "position", "not be negative", [epoch, number],
          "set a value read from .position"))
    if number == 0 and self.epochs is not None and epoch == self.epochs:
      return epoch, 0
    count = self.batches_in(epoch)
    if number > count:
      raise _errors.ArgumentError(_errors.problem(
          "position", f"be at most {count} batches into epoch {epoch}",
          [epoch, number], "set a value read from .position with the same "
          "data, batch_size and steps"))
    return (epoch + 1, 0) if number == count else (epoch, number)

  @property
  def position(self) -> np.ndarray:
    """int64 `[2]`: the next epoch and the next batch within it.

    Set it to an earlier value to continue from there. Nothing else has to be
    saved.
    """
    return np.array(self._position, np.int64)

  @position.setter
  def position(self, position: npt.ArrayLike) -> None:
    self._position = self._checked(position)

  @property
  def fingerprint(self) -> int:
    """A hash of the data and settings; positions are valid for equal ones."""
    if self._fingerprint is None:
      settings = (self.batch_size, self.steps, self.layout, self.align,
                  self._shuffle and self.seed, self._shuffle, self._drop,
                  self._shift, self._lengths, self.item, self.target_item)
      checksum = zlib.crc32(repr(settings).encode())
      own_targets = [] if self._shift else self._targets or []
      for part in self._inputs + own_targets:
        data: typing.Any = np.ascontiguousarray(part).view(np.uint8)
        checksum = zlib.crc32(data, checksum)
      self._fingerprint = checksum
    return self._fingerprint

  # -- shapes and dtypes, for the tf.data form ------------------------------

  @property
  def item(self) -> tuple[np.dtype, tuple[int, ...]]:
    """`(dtype, shape)` of one item of the inputs."""
    return self._inputs[0].dtype, self._inputs[0].shape[1:]

  @property
  def target_item(self) -> tuple[np.dtype, tuple[int, ...]] | None:
    """`(dtype, shape)` of one target, or None."""
    if self._targets is None:
      return None
    return self._targets[0].dtype, self._targets[0].shape[1:]
