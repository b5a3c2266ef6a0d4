"""Writes the index of a checkpoint with any entries, as TensorFlow would."""

import struct

from tfcompat_rnn.checkpoints import tables


def write(entries, restarts=(0,), after=b"", compressed=False):
  """The bytes of a table with `entries`, a list of (key, value) in order.

  `restarts` are the places where a reader may begin, and `after` is what
  stands after the last entry.
  """
  out = bytearray()
  data = _add(out, _block(entries, restarts, after), compressed)
  meta = _add(out, _block([]))
  index = _add(out, _block([(entries[-1][0] + b"\xff", data)]), compressed)
  footer = (meta + index).ljust(40, b"\0")
  return bytes(out) + footer + struct.pack("<Q", 0xdb4775248b80fb57)


def read(data):
  """The (key, value) pairs of a table that has one block of entries."""
  return list(tables.entries(data))


def _varint(value):
  out = bytearray()
  while value > 127:
    out.append(value & 127 | 128)
    value >>= 7
  out.append(value)
  return bytes(out)


def _block(entries, restarts=(0,), after=b""):
  body = b"".join(_varint(0) + _varint(len(key)) + _varint(len(value)) + key
                  + value for key, value in entries) + after
  return body + struct.pack(f"<{len(restarts) + 1}I", *restarts, len(restarts))


def _compressed(data):
  """`data` in Snappy's format: bytes, and references to what was there."""
  out, at = bytearray(_varint(len(data))), 0
  while at < len(data):
    length = next((length for length in (64, 11, 4)
                   if data.find(data[at:at + length], 0, at) >= 0
                   and at + length <= len(data)), 0)
    back = at - data.find(data[at:at + length], 0, at)
    if length == 64:
      out += bytes([63 << 2 | 2]) + struct.pack("<H", back)
    elif length == 11 and back < 2048:
      out += bytes([7 << 2 | 1 | back >> 8 << 5, back & 255])
    elif length:
      out += bytes([length - 1 << 2 | 3]) + struct.pack("<I", back)
    else:
      length = 1
      # Sizes of long texts stand in up to four bytes of their own.
      out += [b"\0", b"\xf0\0", b"\xf4\0\0"][at % 3] + data[at:at + 1]
    at += length
  return bytes(out)


def _add(out, block, compressed=False):
  """Appends `block` to `out`; returns its handle."""
  if compressed:
    block = _compressed(block)
  handle = _varint(len(out)) + _varint(len(block))
  kind = bytes([compressed])
  out += block + kind + tables.masked_checksum(block + kind)
  return handle
