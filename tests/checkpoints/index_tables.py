"""Writes the index of a checkpoint with any entries, as TensorFlow would."""

import struct

from tfcompat_rnn.checkpoints import index_table


def write(entries):
  """The bytes of a table with `entries`, a list of (key, value) in order."""
  out = bytearray()
  data = _add(out, _block(entries))
  meta = _add(out, _block([]))
  index = _add(out, _block([(entries[-1][0] + b"\xff", data)]))
  footer = (meta + index).ljust(40, b"\0")
  return bytes(out) + footer + struct.pack("<Q", 0xdb4775248b80fb57)


def read(data):
  """The (key, value) pairs of a table that has one block of entries."""
  return list(index_table._entries(data))


def _varint(value):
  out = bytearray()
  while value > 127:
    out.append(value & 127 | 128)
    value >>= 7
  out.append(value)
  return bytes(out)


def _block(entries):
  body = b"".join(_varint(0) + _varint(len(key)) + _varint(len(value)) + key
                  + value for key, value in entries)
  return body + struct.pack("<II", 0, 1)


def _add(out, block):
  """Appends `block` to `out`; returns its handle."""
  handle = _varint(len(out)) + _varint(len(block))
  out += block + b"\0" + index_table.masked_checksum(block + b"\0")
  return handle
