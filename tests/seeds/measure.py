"""Builds one snippet and notes which seeds its random operations got.

Runs unchanged on Python 3.7 with TensorFlow 1.15 and on ours: `tf` is handed
in.
"""

import numpy as np

from oracle import sessions
from oracle.graphs import digest

SEED = 42
LAST = "after"
SHOWN = 4


def operations(graph):
  """`name:Type` of each op, in order of creation."""
  return ["%s:%s" % (op.name, op.type) for op in graph.get_operations()]


def _constant(tf, tensor):
  if tensor.op.type != "Const":
    return None
  return int(tf.make_ndarray(tensor.op.get_attr("value")))


def _pair(tf, op):
  """`[seed, seed2]` of a random op, whether attributes or inputs; or None."""
  attributes = op.node_def.attr
  if "seed" in attributes and "seed2" in attributes:
    return [attributes["seed"].i, attributes["seed2"].i]
  names = [argument.name for argument in op.op_def.input_arg]
  if "seed" in names and "seed2" in names:  # datasets: two constants
    return [_constant(tf, op.inputs[names.index(name)])
            for name in ("seed", "seed2")]
  return None


def seeds(tf, graph):
  """`{op name: [seed, seed2]}` of every random op, and of those in functions.

  An op in a function is called `function:op` with the running number of the
  function among those that draw: 1.15 and 2.x number functions differently.
  """
  found = {}
  for op in graph.get_operations():
    pair = _pair(tf, op)
    if pair is not None:
      found[op.name] = pair
  drawing = 0
  for function in graph.as_graph_def().library.function:
    nodes = [node for node in function.node_def
             if "seed" in node.attr and "seed2" in node.attr]
    for node in nodes:
      found["function_%d:%s" % (drawing, node.name)] = [
          node.attr["seed"].i, node.attr["seed2"].i]
    drawing += bool(nodes)
  return found


def _value_facts(value, shown):
  """`[dtype, shape, digest of the bytes, first numbers]`."""
  value = np.asarray(value)
  if value.dtype.kind in "OSU":
    data = repr(value.tolist()).encode("utf-8")
    return ["string", list(value.shape), digest(data), []]
  data = np.ascontiguousarray(value).tobytes()
  # Exact in text: float32 becomes the double of the same value.
  return [value.dtype.name, list(value.shape), digest(data),
          [float(number) for number in value.ravel()[:shown]]]


def initial_values(tf, graph, shown=SHOWN, rewritten=True):
  """`{variable name: facts}` after all initializers ran, in one thread."""
  variables = tf.global_variables() + tf.local_variables()
  config = sessions.one_thread(tf, rewritten)
  with tf.Session(graph=graph, config=config) as session:
    session.run([variable.initializer for variable in variables])
    values = session.run(variables)
  return {variable.name: _value_facts(value, shown)
          for variable, value in zip(variables, values)}


def build(tf, snippet):
  """The finished graph of a snippet, and its op list.

  Last comes one random variable without a seed of its own: its op seed is
  the number of ops before it, so that no miscount can hide.
  """
  graph = tf.Graph()
  with graph.as_default():
    tf.set_random_seed(SEED)
    snippet.build(tf)
    tf.Variable(tf.random_normal([2, 3]), name=LAST)
    return graph, operations(graph)


def measure(tf, snippet, rewritten=True):
  """Facts about one snippet, as they stand in the golden file."""
  graph, ops = build(tf, snippet)
  shown = SHOWN if snippet.exact else None
  with graph.as_default():
    return {
        "count": len(ops),
        "ops": ops,
        "digest": digest("\n".join(ops).encode("utf-8")),
        "seeds": seeds(tf, graph),
        "values": initial_values(tf, graph, shown, rewritten),
    }
