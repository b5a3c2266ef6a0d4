"""Checks and changes the index of a checkpoint, without TensorFlow's reader.

TensorFlow takes the dtypes of an index on trust, and some versions its shapes
as well: a dtype that no stored tensor has, a negative dimension, or more
elements than an int64 can count may end the process without an exception.

An index is a table of sorted keys: blocks of entries, a block that lists the
blocks, and a footer that says where that one is. Each key but the first, "",
has a `BundleEntryProto`; the first one has a `BundleHeaderProto`.
"""

import functools
import struct

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf

_FOOTER = 48
_MAGIC = 0xdb4775248b80fb57
_MOST_DIMENSIONS = 254
_MOST_ELEMENTS = 2 ** 63 - 1


class _OtherFormat(Exception):
  """The file is not a table that can be read here."""


def check_index(path):
  """Raises `CheckpointError` if an entry has an impossible shape or dtype.

  A file that is not a table at all, or whose blocks are compressed, is left to
  TensorFlow's reader, which reports it.
  """
  try:
    with open(path, "rb") as file:
      data = file.read()
  except OSError as error:  # another process may just replace it
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "be readable", f"{path} ({error.strerror})",
        "check the file, its permissions and its disk")) from error
  proto = private("tensor_bundle").BundleEntryProto
  try:
    entries = list(_entries(data))
  except (_OtherFormat, IndexError, struct.error):
    return
  for key, value in entries:
    if not key:
      continue  # the header
    entry = proto()
    try:
      entry.ParseFromString(value)
    except Exception:  # TensorFlow's reader reports it
      continue
    trouble = _trouble(entry)
    if trouble:
      raise _errors.CheckpointError(_errors.problem(
          "checkpoint", "have possible shapes and dtypes",
          f"{path}, key {key.decode('utf-8', 'backslashreplace')!r}: {trouble}",
          "copy it again from where it was saved"))


def with_shards(data, count):
  """The index `data` of a checkpoint in one shard, for `count` shards.

  All tensors stay in the first one, and where they are: the others are empty.

  Raises ValueError if `data` is not as TensorFlow writes it.
  """
  try:
    (offset, size), = list(_places(data))[:1]
    at = offset
    for _ in range(2):  # how much of the key is shared, and how much is not
      length, at = _varint(data, at)
      if length:
        raise _OtherFormat
    length, at = _varint(data, at)
    header = private("tensor_bundle").BundleHeaderProto.FromString(
        data[at:at + length])
    header.num_shards = count
    new = header.SerializeToString()
    if len(new) != length or data[offset + size] != 0:
      raise _OtherFormat
  except (_OtherFormat, IndexError, struct.error) as error:
    raise ValueError("the index has another format") from error
  block = data[offset:at] + new + data[at + length:offset + size + 1]
  return (data[:offset] + block + masked_checksum(block)
          + data[offset + size + 5:])


def masked_checksum(data):
  """The checksum of a block and its type, as the table has it behind them."""
  table, value = _remainders(), 0xffffffff
  for byte in data:
    value = value >> 8 ^ table[(value ^ byte) & 255]
  value ^= 0xffffffff
  return struct.pack("<I", ((value >> 15 | value << 17 & 0xffffffff)
                            + 0xa282ead8) & 0xffffffff)


@functools.lru_cache(maxsize=None)
def _remainders():
  """Of each byte, by the polynomial of CRC-32C."""
  found = []
  for value in range(256):
    for _ in range(8):
      value = value >> 1 ^ (0x82f63b78 if value & 1 else 0)
    found.append(value)
  return found


def _trouble(entry):
  """What is wrong with an entry, or None."""
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
  return None


def _entries(data):
  """Yields (key, value) of each entry of the table `data`."""
  for place in _places(data):
    yield from _block(data, place)


def _places(data):
  """Yields where each block of entries is."""
  if len(data) < _FOOTER:
    raise _OtherFormat
  footer = data[-_FOOTER:]
  if struct.unpack("<Q", footer[-8:])[0] != _MAGIC:
    raise _OtherFormat
  _, at = _handle(footer, 0)       # of a block that is always empty
  place, _ = _handle(footer, at)
  for _, value in _block(data, place):
    yield _handle(value, 0)[0]


def _handle(data, at):
  """The `(offset, size)` of a block, and where the handle ends."""
  offset, at = _varint(data, at)
  size, at = _varint(data, at)
  return (offset, size), at


def _block(data, place):
  """Yields the entries of a block; each key may begin like the last one."""
  offset, size = place
  block = data[offset:offset + size]
  if len(block) != size or size < 4 or data[offset + size] != 0:
    raise _OtherFormat
  restarts, = struct.unpack("<I", block[-4:])
  end = size - 4 * (restarts + 1)
  at, key = 0, b""
  while at < end:
    shared, at = _varint(block, at)
    fresh, at = _varint(block, at)
    length, at = _varint(block, at)
    if at + fresh + length > end or shared > len(key):
      raise _OtherFormat
    key = key[:shared] + block[at:at + fresh]
    at += fresh
    yield key, block[at:at + length]
    at += length


def _varint(data, at):
  value = shift = 0
  while True:
    byte = data[at]
    at += 1
    value |= (byte & 127) << shift
    if byte < 128:
      return value, at
    shift += 7
    if shift > 63:
      raise _OtherFormat
