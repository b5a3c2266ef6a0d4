"""JSON and arrays in compressed files. Python 3.7 syntax.

Neither times nor file names go into a file, so that the same contents always
make the same bytes and a generator that runs again changes nothing.
"""

import gzip
import json
import os

import numpy as np


def write_json(path, contents):
  """Writes a dict of cases to `path`, a `.json.gz`, with one line a case.

  `zcat` and `diff` then show what changed. Cases keep their order.
  """
  lines = ["%s:%s" % (json.dumps(name), json.dumps(
      contents[name], sort_keys=True, separators=(",", ":")))
           for name in contents]
  write_bytes(path, ("{\n" + ",\n".join(lines) + "\n}\n").encode("utf-8"))


def read_json(path):
  return json.loads(read_bytes(path).decode("utf-8"))


def write_bytes(path, data):
  """Writes `data` to `path`, a `.gz`."""
  _make_folder(path)
  with open(path, "wb") as stream:
    with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
      packed.write(data)


def read_bytes(path):
  with gzip.open(path, "rb") as stream:
    return stream.read()


def write_arrays(path, arrays):
  """Writes `{name: array}` to `path`, a `.npz`.

  All arrays of one dtype lie end to end in one array: the members of an
  archive cost more than the few numbers that most of them hold.
  """
  layout, flat = [], {}
  for name in sorted(arrays):
    array = np.asarray(arrays[name])
    layout.append([name, array.dtype.str, list(array.shape)])
    flat.setdefault(array.dtype.str, []).append(array.ravel())
  text = json.dumps(layout, separators=(",", ":")).encode("utf-8")
  members = {"dtype %s" % dtype.replace("|", "="): np.concatenate(parts)
             for dtype, parts in flat.items()}
  _make_folder(path)
  np.savez_compressed(
      path, layout=np.frombuffer(text, dtype=np.uint8), **members)


def read_arrays(path):
  """What `write_arrays` was given."""
  with np.load(path, allow_pickle=False) as stored:
    layout = json.loads(stored["layout"].tobytes().decode("utf-8"))
    flat = {name: stored[name] for name in stored.files}
  arrays, start = {}, {}
  for name, dtype, shape in layout:
    member = "dtype %s" % dtype.replace("|", "=")
    size = int(np.prod(shape, dtype=int))
    begin = start.get(member, 0)
    arrays[name] = flat[member][begin:begin + size].reshape(shape)
    start[member] = begin + size
  return arrays


def _make_folder(path):
  folder = os.path.dirname(os.path.abspath(path))
  if not os.path.isdir(folder):
    os.makedirs(folder)
