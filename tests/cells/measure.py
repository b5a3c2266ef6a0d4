"""Runs one case in TensorFlow 1.15 or here, and records the facts.

This file runs unchanged on Python 3.7. A case is a function of a `Bench`. What
it returns (names, numbers, text) is compared, together with every variable and
every operation of the graph, or the type of the error raised.
"""

import collections
import json
import os
import re

from oracle import files
from oracle import graphs

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
BUILTIN_ERRORS = (
    TypeError, ValueError, NotImplementedError, AttributeError, RuntimeError)


class Bench(object):
  """What a case uses: `tf`, and `rnn`, the module of cells."""

  def __init__(self, tf, rnn, layers):
    self.tf = tf
    self.rnn = rnn
    self.layers = layers  # tf.layers

  def x(self, depth=4, batch=2, dtype=None, name=None):
    return self.tf.placeholder(
        dtype or self.tf.float32, [batch, depth], name=name)

  def state(self, size, batch=2, dtype=None):
    """Placeholders shaped like a cell's state."""
    if hasattr(size, "_fields"):
      return type(size)(*[self.state(part, batch, dtype) for part in size])
    if isinstance(size, (list, tuple)):
      return type(size)([self.state(part, batch, dtype) for part in size])
    return self.x(size, batch, dtype)

  def step(self, cell, depth=4, dtype=None, **kwargs):
    return cell(self.x(depth, dtype=dtype),
                self.state(cell.state_size, dtype=dtype), **kwargs)


def names(things):
  return [thing.name for thing in things]


class Registry(object):
  """The cases of one file, in order; `digest` says whether ops are hashed."""

  def __init__(self, family, digest=False):
    self.family = family
    self.digest = digest
    self.cases = collections.OrderedDict()

  def __call__(self, function):
    assert function.__name__ not in self.cases, function.__name__
    self.cases[function.__name__] = function
    return function


# 2.x knows the static size of a TensorArray and makes no op for it.
_SIZE_OF_STACK = "TensorArrayStack/TensorArraySizeV3:TensorArraySizeV3"


def comparable(ops):
  """The ops, without differences that are due to TensorFlow 2 itself.

  There, `tf.add` makes an AddV2 with the name that Add had.
  """
  return [re.sub(":AddV2$", ":Add", op) for op in ops
          if not op.endswith(_SIZE_OF_STACK)]


def measure(bench, case, digest=False):
  """The facts of one case, as JSON values."""
  graph = bench.tf.Graph()
  with graph.as_default():
    try:
      said = case(bench)
    except Exception as error:
      return {"error": error_name(error), "message": str(error)[:200]}
    trainable = set(names(bench.tf.trainable_variables()))
    facts = {
        "says": said,
        "variables": [
            "%s %s %s%s" % (
                v.name, v.shape.as_list(), v.dtype.base_dtype.name,
                "" if v.name in trainable else " fixed")
            for v in bench.tf.global_variables()],
    }
    ops = comparable(["%s:%s" % (op.name, op.type)
                      for op in graph.get_operations()])
    if digest:
      text = "\n".join(ops).encode("utf-8")
      facts["ops"] = [len(ops), graphs.digest(text)]
    else:
      facts["ops"] = graphs.shorten(ops)
  return json.loads(json.dumps(facts))


def error_name(error):
  """The built-in exception that `except` clauses of 2017 would name."""
  for kind in BUILTIN_ERRORS:
    if isinstance(error, kind):
      return kind.__name__
  return type(error).__name__


def facts_of(registry, bench):
  """`{case: facts}` of one file of cases."""
  found = collections.OrderedDict()
  for name in registry.cases:
    found[name] = measure(bench, registry.cases[name], registry.digest)
    found[name].pop("message", None)
  return found


def read(family):
  """What TensorFlow 1.15.5 answered to the cases of one file."""
  return files.read_json(os.path.join(DATA, family + ".json.gz"))
