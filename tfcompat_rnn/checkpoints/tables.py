"""The tables that the index of a checkpoint is, read without TensorFlow.

A table has sorted keys: blocks of entries, a block that lists the blocks, and a
footer that says where that one is. Blocks may be compressed.
"""

import functools
import struct

_FOOTER = 48
_MAGIC = struct.pack("<Q", 0xdb4775248b80fb57)


class DamagedError(Exception):
  """The data are not a table that can be read."""


def is_table(data):
  """Whether `data` ends as a table does."""
  return len(data) >= _FOOTER and data[-8:] == _MAGIC


def entries(data):
  """Yields (key, value) of each entry of the table `data`.

  Raises `DamagedError` or IndexError at the place where it is damaged.
  """
  for place in places(data):
    yield from _block(data, place)


def places(data):
  """Yields the `(offset, size)` of each block of entries."""
  footer = data[-_FOOTER:]
  _, at = _handle(footer, 0)       # of a block that is always empty
  place, _ = _handle(footer, at)
  for _, value in _block(data, place):
    yield _handle(value, 0)[0]


def _handle(data, at):
  """The `(offset, size)` of a block, and where the handle ends."""
  offset, at = varint(data, at)
  size, at = varint(data, at)
  return (offset, size), at


def _block(data, place):
  """Yields the entries of a block; each key may begin like the last one."""
  offset, size = place
  block = data[offset:offset + size]
  if len(block) != size or data[offset + size] not in (0, 1):
    raise DamagedError
  if data[offset + size]:
    block = _uncompressed(block)
  if len(block) < 4:
    raise DamagedError
  restarts, = struct.unpack("<I", block[-4:])
  end = len(block) - 4 * (restarts + 1)
  if not restarts or end < 0:
    raise DamagedError
  at, key, starts = 0, b"", {0}
  while at < end:
    begin = at
    shared, at = varint(block, at)
    fresh, at = varint(block, at)
    length, at = varint(block, at)
    if at + fresh + length > end or shared > len(key):
      raise DamagedError
    if not shared:
      starts.add(begin)
    key = key[:shared] + block[at:at + fresh]
    at += fresh
    yield key, block[at:at + length]
    at += length
  # TensorFlow's reader may begin at any of these places, with an empty key.
  if not starts.issuperset(struct.unpack(f"<{restarts}I", block[end:-4])):
    raise DamagedError


def varint(data, at):
  """The number at a place of `data`, and the place after it."""
  value = shift = 0
  while True:
    byte = data[at]
    at += 1
    value |= (byte & 127) << shift
    if byte < 128:
      return value, at
    shift += 7
    if shift > 63:
      raise DamagedError


def _uncompressed(data):
  """What `data` is, which Snappy compressed.

  It begins with the size. Then there are texts, and references to what is
  there already; the two lowest bits of a byte tell which of them follows.
  """
  size, at = varint(data, 0)
  out = bytearray()
  while at < len(data):
    tag, at = data[at], at + 1
    if tag & 3 == 0:
      length, more = (tag >> 2) + 1, max(0, (tag >> 2) - 59)
      if more:
        length = int.from_bytes(data[at:at + more], "little") + 1
      at += more
      part, at = data[at:at + length], at + length
      out += part
      if len(part) < length:
        raise DamagedError
    else:
      length, more = (tag >> 2) + 1, tag & 3
      back = int.from_bytes(data[at:at + more], "little")
      if more == 1:
        length, back = (tag >> 2 & 7) + 4, back | tag >> 5 << 8
      elif more == 3:
        more = 4
        back = int.from_bytes(data[at:at + more], "little")
      at += more
      if not 0 < back <= len(out):
        raise DamagedError
      for _ in range(length):
        out.append(out[-back])
    if len(out) > size:
      raise DamagedError
  return bytes(out)


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
