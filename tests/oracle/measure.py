"""Builds one case, sets its variables, runs it once, records everything.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here: `tf` is
an argument. All numbers that enter a graph come from `numbers_for(name,
shape)`, so both sides start from the same values without a file of inputs.
"""

import zlib

import numpy as np

from oracle import graphs
from oracle import sessions


def numbers_for(name, shape, low=-0.7, high=0.7):
  """Uniform numbers that depend only on `name` and `shape`."""
  generator = np.random.RandomState(zlib.crc32(name.encode("utf-8")))
  return generator.uniform(low, high, size=shape)


class Bench(object):
  """What a case uses: the namespace, the dtype, and named feeds.

  `batch` rows, `time` steps, `depth` inputs, `units` outputs: all different,
  so that a transposed or swapped axis cannot pass.
  """
  batch, time, depth, units = 2, 3, 4, 5

  def __init__(self, tf, dtype):
    self.tf = tf
    self.dtype = getattr(tf, dtype)
    self.feeds = {}
    self.sources = []

  def input(self, name, shape, fed_shape=None, low=-0.7, high=0.7):
    """A float placeholder by which the case is differentiated."""
    tensor = self.tf.placeholder(self.dtype, shape, name=name)
    self.feeds[tensor] = numbers_for(name, fed_shape or shape, low, high)
    self.sources.append(tensor)
    return tensor

  def scalar(self, name, value):
    """A float placeholder, fed with `value`, without a gradient."""
    tensor = self.tf.placeholder(self.dtype, [], name=name)
    self.feeds[tensor] = value
    return tensor

  def integers(self, name, values, dtype="int32", shape=None):
    values = np.array(values)
    tensor = self.tf.placeholder(
        getattr(self.tf, dtype), shape or values.shape, name=name)
    self.feeds[tensor] = values
    return tensor

  def sequence(self, depth=None, time_major=False, known=True, name="x"):
    """`[batch, time, depth]`; with `known=False` batch and time are open."""
    depth = depth or self.depth
    shape = [self.batch, self.time, depth]
    if time_major:
      shape = [self.time, self.batch, depth]
    return self.input(name, shape if known else [None, None, depth], shape)

  def steps(self, depth=None, name="x"):
    """A list of `time` placeholders `[batch, depth]`."""
    shape = [self.batch, depth or self.depth]
    return [self.input("%s_%d" % (name, step), shape)
            for step in range(self.time)]

  def state(self, size, name="state", batch=None):
    """Placeholders in the structure of a cell's `state_size`."""
    def leaf(path, width):
      label = "_".join([name] + [part for part in path.split("/") if part])
      width = width.as_list() if hasattr(width, "as_list") else [int(width)]
      return self.input(label, [batch or self.batch] + width)
    return graphs.map_nest(leaf, size)


def _constant_value(tf, op):
  return tf.make_ndarray(op.get_attr("value"))


def distributions(tf, variables):
  """The start of each variable: see `_random_start`, or its constants."""
  facts = [_random_start(tf, variable) for variable in variables]
  constants = {variable.name: variable.initializer.inputs[1]
               for variable, fact in zip(variables, facts) if fact is None}
  if constants:
    with tf.Session(graph=variables[0].graph,
                    config=sessions.one_thread(tf, False)) as session:
      constants = session.run(constants)
  return [fact or {
      "op": "constant",
      "values": [float(number)
                 for number in np.unique(constants[variable.name])[:8]]}
          for variable, fact in zip(variables, facts)]


def _random_start(tf, variable):
  """The random op and its parameters, or None.

  The parameters are read from the constants next to it (`min`, `max`, `mean`,
  `stddev`), named as in 1.15.
  """
  seen, queue = [], [variable.initializer.inputs[1].op]
  while queue:
    op = queue.pop()
    if op not in seen:
      seen.append(op)
      queue.extend(tensor.op for tensor in op.inputs)
  types = {op.type for op in seen}
  for kind in ("RandomUniform", "TruncatedNormal", "RandomStandardNormal"):
    if kind in types:
      facts = {"op": kind}
      for op in seen:
        label = op.name.split("/")[-1]
        if op.type == "Const" and label in ("min", "max", "mean", "stddev"):
          facts[label] = float(_constant_value(tf, op))
        if op.type == kind:
          facts["seed"] = [int(op.get_attr("seed")), int(op.get_attr("seed2"))]
      if "Qr" in types:
        facts["op"] = "orthogonal"
      return facts
  return None


def _differentiate(tf, targets, sources):
  """Gradients of the sum of all `targets`, weighted by fixed numbers."""
  targets = [tensor for tensor in targets if tensor.dtype.is_floating]
  weights = []
  for place, tensor in enumerate(targets):
    label = "weight_%d" % place
    # For a target of open shape, the weights have the size of its last axis.
    shape = tensor.shape.as_list() if tensor.shape.ndims is not None else None
    if shape is not None and None not in shape:
      weights.append(tf.constant(numbers_for(label, shape), tensor.dtype))
    else:
      weights.append(tf.cos(tf.cast(tf.reshape(
          tf.range(tf.size(tensor)), tf.shape(tensor)), tensor.dtype)))
  return tf.gradients(targets, sources, grad_ys=weights)


def measure(tf, case, dtype, raising=False, rewritten=True):
  """Returns `(facts, arrays)`: what goes into the JSON and into the npz.

  For a case that raises, the result is `({"error": "ValueError", ...}, {})`;
  with `raising`, the error is raised. `rewritten`: see `sessions.one_thread`.
  """
  graph = tf.Graph()
  with graph.as_default():
    bench = Bench(tf, dtype)
    try:
      outputs, states = case.build(bench)
    except Exception as error:  # The error may be the point of the case.
      if raising:
        raise
      return {"error": type(error).__name__, "error_class": type(error)}, {}
    ops = graphs.operations(graph)
    variables = tf.global_variables()
    trainable = set(v.name for v in tf.trainable_variables())
    outputs, states = graphs.leaves(outputs), graphs.leaves(states)
    facts = {
        "variables": [
            {"name": v.name, "shape": v.shape.as_list(),
             "dtype": v.dtype.base_dtype.name,
             "trainable": v.name in trainable,
             "initializer": start}
            for v, start in zip(variables, distributions(tf, variables))],
        "outputs": [describe(tensor) for tensor in outputs],
        "states": [describe(tensor) for tensor in states],
        "ops": ops,
    }
    fetches = {}
    for place, tensor in enumerate(outputs):
      fetches["output/%d" % place] = tensor
    for place, tensor in enumerate(states):
      fetches["state/%d" % place] = tensor
    sources = variables + bench.sources
    gradients = (_differentiate(tf, outputs + states, sources)
                 if case.gradients and sources else [])
    facts["no_gradient"] = [
        source.name for source, gradient in zip(sources, gradients)
        if gradient is None]
    for source, gradient in zip(sources, gradients):
      if gradient is not None:
        fetches["gradient/" + source.name] = tf.convert_to_tensor(gradient)
    arrays = _run(tf, graph, variables, bench.feeds, fetches, rewritten)
  return facts, arrays


def _run(tf, graph, variables, feeds, fetches, rewritten):
  config = sessions.one_thread(tf, rewritten)
  with tf.Session(graph=graph, config=config) as session:
    set_variables(session, variables)
    return session.run(fetches, feeds)


def set_variables(session, variables):
  """Sets each variable to the numbers of its name; adds no op to the graph."""
  if variables:
    session.run([v.initializer for v in variables], {
        v.initializer.inputs[1]: numbers_for(v.name, v.shape.as_list())
        for v in variables})


def describe(tensor):
  """`rnn/transpose_1:0 float32 [2, 3, 5]`."""
  shape = tensor.shape
  shape = shape.as_list() if shape.ndims is not None else None
  return "%s %s %s" % (tensor.name, tensor.dtype.base_dtype.name, shape)
