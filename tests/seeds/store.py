"""The golden files: `data/FAMILY.json` (a line a snippet), `data/ops.json.gz`.

The op lists are long and only wanted to explain a difference, so they are
packed; their digest stands in the readable file. Runs on Python 3.7 as well.
"""

import gzip
import json
import os

from golden.store import lengthen
from golden.store import shorten

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
OPS = "ops.json.gz"


def write(families, folder=DATA):
  """`families`: `{family: {snippet name: facts of harness.measure}}`."""
  if not os.path.isdir(folder):
    os.makedirs(folder)
  ops = {}
  for family in families:
    lines = []
    for name, facts in families[family].items():
      facts = dict(facts)
      ops[name] = shorten(facts.pop("ops"))
      lines.append("%s: %s" % (json.dumps(name), json.dumps(
          facts, sort_keys=True, separators=(",", ":"))))
    with open(os.path.join(folder, family + ".json"), "w") as stream:
      stream.write("{\n" + ",\n".join(lines) + "\n}\n")
  with open(os.path.join(folder, OPS), "wb") as stream:
    # No time nor file name in it: the same lists make the same file.
    with gzip.GzipFile("", "wb", fileobj=stream, mtime=0) as packed:
      packed.write(json.dumps(
          ops, sort_keys=True, separators=(",", ":")).encode("utf-8"))


def read(folder=DATA):
  """`{snippet name: facts}`, without the op lists."""
  found = {}
  for name in sorted(os.listdir(folder)):
    if name.endswith(".json"):
      with open(os.path.join(folder, name)) as stream:
        found.update(json.load(stream))
  return found


def read_ops(folder=DATA):
  """`{snippet name: [name:Type, ...]}`."""
  with gzip.open(os.path.join(folder, OPS), "rb") as stream:
    ops = json.loads(stream.read().decode("utf-8"))
  return {name: lengthen(ops[name]) for name in ops}
