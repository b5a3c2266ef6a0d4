"""Runs a case in any TensorFlow that speaks 1.x and records what it did.

Written for Python 3.7 too: `generate.py` runs it under TensorFlow 1.15, the
tests under ours. A case is a function of `tf`
that builds a small graph and returns its output tensors.
"""

import zlib

import numpy as np


def values_for(name, shape, dtype):
  """The same values for the same variable name, in every process."""
  draw = np.random.RandomState(zlib.crc32(name.encode()) & 0xffffffff)
  return draw.uniform(0.2, 0.9, size=shape).astype(dtype)


def _fill(variables, session):
  values = {}
  for variable in variables:
    dtype = variable.dtype.base_dtype
    if dtype.is_floating:
      shape = variable.get_shape().as_list()
      values[variable.initializer] = values_for(
          variable.op.name, shape, dtype.as_numpy_dtype)
  session.run(list(values), {
      assign.inputs[1]: value for assign, value in values.items()})


def run_case(tf, case):
  """Builds and runs `case`; returns a dict of plain lists and arrays.

  `outputs`: values with the trainable variables filled by name; `gradients`:
  of half the outputs' squared sum, for each trainable variable; `moved`: the
  other float variables after the update ops ran once.
  """
  graph = tf.Graph()
  with graph.as_default():
    tf.set_random_seed(1)
    outputs = [part for part in case(tf)]
    built = [(op.name, op.type) for op in graph.get_operations()]
    trainable = tf.trainable_variables()
    moved = [part for part in tf.global_variables() + tf.local_variables()
             if part not in trainable and part.dtype.base_dtype.is_floating]
    updates = tf.get_collection(tf.GraphKeys.UPDATE_OPS)
    losses = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    tensors = [part for part in outputs if isinstance(part, tf.Tensor)]
    floats = [part for part in tensors if part.dtype.is_floating]
    gradients = []
    if trainable and floats:
      loss = tf.add_n([tf.reduce_sum(tf.cast(part, tf.float64) ** 2) / 2
                       for part in floats])
      gradients = [
          (variable.op.name, tf.convert_to_tensor(slope))
          for variable, slope in zip(
              trainable, tf.gradients(loss, trainable)) if slope is not None]
    record = {
        "ops": built,
        "names": [getattr(part, "name", None) for part in outputs],
        "variables": [(part.op.name, part.get_shape().as_list(),
                       part in trainable) for part in tf.global_variables()],
        "updates": [part.name for part in updates],
        "losses": [part.name for part in losses],
    }
    with tf.Session(graph=graph) as session:
      session.run([tf.global_variables_initializer(),
                   tf.local_variables_initializer(),
                   tf.tables_initializer()])
      _fill(trainable, session)
      outputs, slopes, losses = session.run([outputs, dict(gradients), losses])
      session.run(updates)
      moved = session.run({part.op.name: part for part in moved})
  record["outputs"] = outputs
  record["gradients"] = slopes
  record["moved"] = moved
  record["loss_values"] = losses
  return record
