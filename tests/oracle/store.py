"""Cases in two files: `FAMILY.json.gz` (facts and operations) and `.npz`.

In the `.npz` each case is one flat array; `layout` among its facts says what
lies in it and in which shape. Python 3.7 syntax.
"""

import os

import numpy as np

from oracle import files
from oracle import graphs


def key(name, dtype):
  return name + "/" + dtype


def pack(arrays):
  """`{name: array}` -> `(layout, flat)`.

  If the dtypes differ (integers beside floats), the layout has the dtype of
  each array that is not `flat`'s.
  """
  names = sorted(arrays)
  if not names:
    return [], None
  flat = np.concatenate([np.ravel(arrays[name]) for name in names])
  layout = []
  for name in names:
    array = np.asarray(arrays[name])
    entry = [name, list(array.shape)]
    layout.append(entry if array.dtype == flat.dtype
                  else entry + [array.dtype.name])
  return layout, flat


def unpack(layout, flat):
  arrays, start = {}, 0
  for name, shape, *dtype in layout:
    size = int(np.prod(shape, dtype=int))
    array = flat[start:start + size].reshape(shape)
    arrays[name] = array.astype(dtype[0]) if dtype else array
    start += size
  return arrays


def _twin(name):
  """The float32 case beside a float64 one: it makes the same graph."""
  return name.rsplit("/", 1)[0] + "/float32"


def write(family, results, folder):
  """`results`: `{case/dtype: (facts, arrays)}` of one family."""
  facts, flat, ops = {}, {}, {}
  for name in results:
    fact, arrays = results[name]
    fact = dict(fact)
    fact.pop("error_class", None)
    ops[name] = fact.pop("ops", None)
    # Only an exception to the rule is written twice.
    if ops[name] is not None and (
        name == _twin(name) or ops[name] != ops.get(_twin(name))):
      fact["ops"] = graphs.shorten(ops[name])
    fact["layout"], packed = pack(arrays)
    if packed is not None:
      flat[name] = packed
    facts[name] = fact
  files.write_json(os.path.join(folder, family + ".json.gz"), facts)
  np.savez_compressed(os.path.join(folder, family + ".npz"), **flat)


def read(family, folder):
  """What `write` was given; the `ops` of a float64 case are float32's."""
  facts = files.read_json(os.path.join(folder, family + ".json.gz"))
  results = {}
  with np.load(os.path.join(folder, family + ".npz"),
               allow_pickle=False) as flat:
    for name in facts:
      fact = dict(facts[name])
      layout = fact.pop("layout")
      if "error" not in fact:
        lines = fact.get("ops")
        fact["ops"] = graphs.lengthen(
            facts[_twin(name)]["ops"] if lines is None else lines)
      arrays = unpack(layout, flat[name]) if layout else {}
      results[name] = (fact, arrays)
  return results
