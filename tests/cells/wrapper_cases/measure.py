"""Runs one case and records what can be compared.

Works on Python 3.7 with TensorFlow 1.15.5, and on current versions.
"""

import collections
import types

import numpy as np

CASE_MODULES = ("attention", "dropout", "projection", "wrappers")


def kit_1_15():
  """The objects that a case uses, from TensorFlow 1.15."""
  import tensorflow as tf
  from tensorflow.contrib.rnn.python.ops import core_rnn_cell
  tf.logging.set_verbosity("ERROR")
  return types.SimpleNamespace(
      tf=tf, rnn=tf.contrib.rnn, dropout=tf.nn.dropout,
      dynamic_rnn=tf.nn.dynamic_rnn, static_rnn=tf.nn.static_rnn,
      linear=core_rnn_cell._linear, Linear=core_rnn_cell._Linear)


def kit_today():
  """The same objects, from this package."""
  from tfcompat_rnn import cells
  from tfcompat_rnn import loops
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.cells import _dropout
  from tfcompat_rnn.cells import linear
  tf.disable_v2_behavior()
  tf.logging.set_verbosity("ERROR")
  return types.SimpleNamespace(
      tf=tf, rnn=cells, dropout=_dropout.dropout_1_15,
      dynamic_rnn=loops.dynamic_rnn, static_rnn=loops.static_rnn,
      linear=linear._linear, Linear=linear._Linear)


def wave(*shape, **options):
  """Numbers in (-1, 1), without a random generator."""
  count = int(np.prod(shape))
  phase = options.get("phase", 0.3)
  return np.sin(phase + 0.7 * np.arange(count)).reshape(shape).astype(
      options.get("dtype", "float32"))


def attempt(function):
  """What `function` returns, or the built-in exception that it raises."""
  try:
    return plain(function())
  except Exception as error:  # the class is the fact
    return {"raises": [c.__name__ for c in type(error).__mro__
                       if c.__module__ in ("builtins", "exceptions")
                       or "tensorflow" in c.__module__]}


def plain(value):
  """`value` for JSON; tensors, variables and cells by their names."""
  if isinstance(value, dict):
    return {str(key): plain(part) for key, part in sorted(value.items())}
  if isinstance(value, (list, tuple)):
    return [plain(part) for part in value]
  if isinstance(value, np.ndarray):
    return value.tolist()
  if isinstance(value, (bool, int, float, str, type(None))):
    return value
  if isinstance(value, np.generic):
    return value.item()
  if hasattr(value, "as_list"):
    return value.as_list()
  if hasattr(value, "as_datatype_enum"):
    return value.name
  if hasattr(value, "name") and hasattr(value, "dtype"):
    return [type(value).__name__ if "Cell" in type(value).__name__
            else "tensor", value.name]
  return type(value).__name__


def describe_ops(graph, tf):
  """One line for each operation: name, type, device, seeds, small constants."""
  lines = []
  for op in graph.get_operations():
    kind = op.type
    if op.name.endswith("TensorArrayStack/TensorArraySizeV3"):
      continue  # TensorFlow 2's stack knows the size without this op
    if "/Initializer/" in op.name or "lstm_cell/Add" in op.name:
      # Today TensorFlow's own initializers and tf.add make AddV2.
      kind = kind.replace("AddV2", "Add")
    line = "{} {}".format(op.name, kind)
    if op.device:
      line += " @" + op.device
    if kind == "RandomUniform" and op.get_attr("seed2"):
      line += " seed2={}".format(op.get_attr("seed2"))
    if kind == "Const":
      content = tf.make_ndarray(op.get_attr("value"))
      if content.size <= 4:
        line += " = {}".format(
            np.asarray(content).astype("float64").round(6).tolist()
            if content.dtype.kind in "fiu" else content.tolist())
    lines.append(line)
  return lines


def describe_variables(tf):
  trainable = set(tf.trainable_variables())
  return [[v.op.name, v.shape.as_list(), v.dtype.base_dtype.name,
           v in trainable] for v in tf.global_variables()]


def fill_variables(session, tf):
  """Sets each variable to values that depend only on its name and shape."""
  values = {}
  for variable in tf.global_variables():
    shape = variable.shape.as_list()
    values[variable.initializer] = 0.6 * wave(
        *shape, phase=len(variable.op.name),
        dtype=variable.dtype.base_dtype.as_numpy_dtype)
  session.run(list(values), {
      assign.inputs[1]: value for assign, value in values.items()})


def run_case(case, kit):
  """(facts for JSON, arrays) of one case.

  A case returns a dict: "fetch" has tensors to compute, "loss" a tensor to
  differentiate by all trainable variables and by those in "wrt"; everything
  else is a fact. If `case.ops` is False, the operations are left out.
  """
  tf = kit.tf
  with tf.Graph().as_default() as graph:
    result = collections.OrderedDict(case(kit))
    fetch = result.pop("fetch", {})
    loss = result.pop("loss", None)
    wrt = result.pop("wrt", [])
    facts = {"variables": describe_variables(tf)}
    facts.update({key: plain(value) for key, value in result.items()})
    if getattr(case, "ops", True):
      facts["ops"] = describe_ops(graph, tf)
    arrays = {}
    if fetch:
      tensors = {}
      for key, value in fetch.items():
        for position, leaf in enumerate(tf.nest.flatten(value)):
          tensors["{}/{}".format(key, position)] = leaf
      if loss is not None:
        targets = tf.trainable_variables() + list(wrt)
        for position, (target, gradient) in enumerate(
            zip(targets, tf.gradients(loss, targets))):
          if gradient is None:
            facts.setdefault("no gradient", []).append(target.op.name)
          else:
            tensors["gradient/{}".format(position)] = tf.convert_to_tensor(
                gradient)
      with tf.Session() as session:
        fill_variables(session, tf)
        arrays = session.run(tensors)
  return facts, arrays


def without_ops(case):
  """Marks a case that does many things in one graph, some with errors."""
  case.ops = False
  return case
