"""Checks and changes the index of a checkpoint, without TensorFlow's reader.

TensorFlow takes much of an index on trust: an entry that cannot be parsed, a
dtype that no stored tensor has, a negative dimension, more elements than an
int64 can count, or one part of a variable given twice may end the process
without an exception.

An index is a table of sorted keys. Each but the first, "", has a
`BundleEntryProto`; the first one has a `BundleHeaderProto`.
"""

import re

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import tables

_MOST_DIMENSIONS = 254
_MOST_ELEMENTS = 2 ** 63 - 1
_PART, _END = b"\0", b"\0\1"  # around the name in the key of a part


class EntryError(_errors.CheckpointError, tf.errors.DataLossError):
  """An entry of an index is one that no checkpoint has."""

  def __init__(self, message):
    tf.errors.DataLossError.__init__(self, None, None, message)


def check_index(path):
  """Raises `EntryError` if an entry is impossible, or out of its order.

  Raises another `CheckpointError` if the table is damaged otherwise. A file
  that is not a table at all is left to TensorFlow's reader, which reports it.
  So are wrong checksums.
  """
  try:
    with open(path, "rb") as file:
      data = file.read()
  except OSError as error:  # another process may just replace it
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "be readable", f"{path} ({error.strerror})",
        "check the file, its permissions and its disk")) from error
  if not tables.is_table(data):
    return
  last, parts = None, {}
  try:
    # Each is checked before the next is parsed: TensorFlow's reader, too, would
    # see those before the place where the table is damaged.
    for key, value in tables.entries(data):
      trouble = ("a key that is not after the one before it"
                 if last is not None and key <= last
                 else _trouble(key, value, parts))
      if trouble:
        shown = _terminal.abridged(key.decode("utf-8", "backslashreplace"))
        raise EntryError(_errors.problem(
            "checkpoint", "have an index of possible entries",
            f"{path}, key {shown!r}: {trouble}",
            "copy it again from where it was saved"))
      last = key
  except (tables.DamagedError, IndexError) as error:
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "be whole", f"{path}, which is damaged",
        "copy it again from where it was saved")) from error


def with_shards(data, count):
  """The index `data` of a checkpoint in one shard, for `count` shards.

  All tensors stay in the first one, and where they are: the others are empty.

  Raises ValueError if `data` is not as TensorFlow writes it.
  """
  try:
    (offset, size), = list(tables.places(data))[:1]
    at = offset
    for _ in range(2):  # how much of the key is shared, and how much is not
      length, at = tables.varint(data, at)
      if length:
        raise tables.DamagedError
    length, at = tables.varint(data, at)
    header = private("tensor_bundle").BundleHeaderProto.FromString(
        data[at:at + length])
    header.num_shards = count
    new = header.SerializeToString()
    if len(new) != length or data[offset + size] != 0:
      raise tables.DamagedError
  except (tables.DamagedError, IndexError) as error:
    raise ValueError("the index has another format") from error
  block = data[offset:at] + new + data[at + length:offset + size + 1]
  return (data[:offset] + block + tables.masked_checksum(block)
          + data[offset + size + 5:])


def _trouble(key, value, parts):
  """What is wrong with an entry, or None.

  `parts` collects the (dtype, shape) of the keys of parts, which come first.
  """
  if not key:
    return None  # the header, which TensorFlow's reader checks
  entry = private("tensor_bundle").BundleEntryProto()
  try:
    entry.ParseFromString(value)
  except Exception:  # which class depends on the implementation of protobuf
    return "an entry that cannot be parsed"
  dims = [dim.size for dim in entry.shape.dim]
  if len(dims) > _MOST_DIMENSIONS:
    return f"{len(dims)} dimensions"
  if entry.shape.unknown_rank:
    return "an unknown shape"
  if any(size < 0 for size in dims):
    return f"shape {dims}"
  count = 1
  for size in dims:
    count *= size
  if count > _MOST_ELEMENTS:
    return f"shape {dims}, which has too many elements"
  try:
    dtype = tf.as_dtype(entry.dtype)
  except TypeError:
    return f"dtype number {entry.dtype}"
  if dtype.base_dtype != dtype:
    return f"dtype {dtype.name}, of a reference"
  if not entry.slices and dtype.size and entry.size != count * dtype.size:
    return f"{entry.size} bytes of {dtype.name} for shape {dims}"
  if key.startswith(_PART):
    parts[key] = dtype, dims
  return _trouble_of_parts(key, entry.slices, dtype, dims, parts)


def _trouble_of_parts(key, slices, dtype, dims, parts):
  """What is wrong with the parts of the variable `key`, or None."""
  seen = set()
  for part in slices:
    # An extent without a length is all of a dimension.
    bounds = [(extent.start, extent.length if extent.HasField("length") else -1)
              for extent in part.extent]
    if len(bounds) != len(dims) or not all(
        start >= 0 <= length and start + length <= size
        or (start, length) == (0, -1)
        for (start, length), size in zip(bounds, dims)):
      return f"a part that is not inside of shape {dims}"
    name = _key_of_part(key, bounds)
    sizes = [size if length < 0 else length
             for (_, length), size in zip(bounds, dims)]
    if parts.get(name, (dtype, sizes)) != (dtype, sizes):
      return "a part that has another shape or dtype"
    if name in seen:
      return "one part twice"
    seen.add(name)
  return None


def _key_of_part(key, bounds):
  """The key of the part of the variable `key` with these (start, length).

  Keys are sorted as bytes. So texts have an end that sorts before all letters,
  and numbers begin with how long they are.
  """
  escapes = {b"\0": b"\0\xff", b"\xff": b"\xff\0"}
  name = re.sub(rb"[\x00\xff]", lambda found: escapes[found[0]], key)
  rank = bytes([1, len(bounds)]) if bounds else b"\0"
  return _PART + name + _END + rank + b"".join(
      _sortable(number) for pair in bounds for number in pair)


def _sortable(number):
  """A number of at least -1, after as many 1 bits as it has bytes, and a 0."""
  size = 1
  while number >= 1 << 7 * size - 1:
    size += 1
  ones = (1 << size) - 1 << 7 * size
  return (number % (1 << 8 * size) ^ ones).to_bytes(size, "big")
