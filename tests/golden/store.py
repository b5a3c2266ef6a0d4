"""The golden files: `data/FAMILY.json` (facts), `.ops.json`, `.npz`.

One line a case in the two text files, so that a difference reads well. In an
`.npz` each case is one flat array; the JSON's `layout` says what lies in it
and in which shape. Runs on Python 3.7 as well.
"""

import json
import os

import numpy as np

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")


def key(name, dtype):
  return name + "/" + dtype


def pack(arrays):
  """`{name: array}` -> `(layout, flat)`; all arrays have one dtype."""
  layout = [[name, list(np.shape(arrays[name]))] for name in sorted(arrays)]
  if not layout:
    return layout, None
  return layout, np.concatenate(
      [np.ravel(arrays[name]) for name, _ in layout])


def unpack(layout, flat):
  arrays, start = {}, 0
  for name, shape in layout:
    size = int(np.prod(shape, dtype=int))
    arrays[name] = flat[start:start + size].reshape(shape)
    start += size
  return arrays


def shorten(ops):
  """Each op with the part that its predecessor shares replaced by a count.

  `rnn/while/add:Add` after `rnn/while/Less:Less` is `2 add:Add`: the first
  two path components are those of the line before.
  """
  lines, before = [], []
  for op in ops:
    path = op.split("/")
    shared = 0
    while (shared < min(len(path), len(before)) - 1
           and path[shared] == before[shared]):
      shared += 1
    lines.append("%d %s" % (shared, "/".join(path[shared:])))
    before = path
  return lines


def lengthen(lines):
  ops, before = [], []
  for line in lines:
    shared, _, rest = line.partition(" ")
    before = before[:int(shared)] + rest.split("/")
    ops.append("/".join(before))
  return ops


def write(family, results, folder=DATA):
  """`results`: `{case/dtype: (facts, arrays)}` of one family."""
  if not os.path.isdir(folder):
    os.makedirs(folder)
  facts, ops, flat = {}, {}, {}
  for name in results:
    fact, arrays = results[name]
    fact = dict(fact)
    mine = fact.pop("ops", None)
    fact.pop("error_class", None)
    # float64 makes the same graph; only an exception is written twice.
    twin = ops.get(name.rsplit("/", 1)[0] + "/float32")
    if mine is not None and mine != twin:
      ops[name] = mine
    fact["layout"], packed = pack(arrays)
    if packed is not None:
      flat[name] = packed
    facts[name] = fact
  path = os.path.join(folder, family)
  _write_lines(path + ".json", {
      name: json.dumps(facts[name], sort_keys=True) for name in facts})
  _write_lines(path + ".ops.json", {
      name: json.dumps(shorten(ops[name]), separators=(",", ":"))
      for name in ops})
  np.savez_compressed(path + ".npz", **flat)


def _write_lines(path, entries):
  with open(path, "w") as stream:
    stream.write("{\n" + ",\n".join(
        "%s: %s" % (json.dumps(name), entries[name])
        for name in entries) + "\n}\n")


def read(family, folder=DATA):
  """What `write` was given; an `ops` of a float64 case is float32's."""
  path = os.path.join(folder, family)
  with open(path + ".json") as stream:
    facts = json.load(stream)
  with open(path + ".ops.json") as stream:
    ops = json.load(stream)
  results = {}
  with np.load(path + ".npz", allow_pickle=False) as flat:
    for name in facts:
      fact = dict(facts[name])
      layout = fact.pop("layout")
      twin = name.rsplit("/", 1)[0] + "/float32"
      if "error" not in fact:
        fact["ops"] = lengthen(ops[name] if name in ops else ops[twin])
      arrays = unpack(layout, flat[name]) if layout else {}
      results[name] = (fact, arrays)
  return results
