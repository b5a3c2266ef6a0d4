"""The models that the tests of this folder build, and expected results."""

import contextlib

import numpy as np
import pytest


@contextlib.contextmanager
def behaviour(tf, name):
  """A graph under "1.x", "1.x, control flow v2" or "2.x" behavior.

  As far as it can be switched within a process; the rest is in
  test_feedback_processes.py.
  """
  tf.disable_v2_behavior()
  if name != "1.x":
    tf.enable_control_flow_v2()
  if name == "2.x":
    tf.enable_resource_variables()
    tf.enable_v2_tensorshape()
  try:
    with tf.Graph().as_default() as graph:
      graph.seed = 11
      yield graph
  finally:
    tf.disable_v2_tensorshape()
    tf.disable_resource_variables()
    tf.disable_control_flow_v2()


BEHAVIOURS = ("1.x", "1.x, control flow v2", "2.x")
behaviours = pytest.mark.parametrize("name", [
    "1.x", pytest.param("1.x, control flow v2", marks=pytest.mark.slow),
    "2.x"])


def unrolled(tf, cell, first, state, steps, processing=None, choice=None,
             next_input=None):
  """The loop in Python: one copy of the ops for each step."""
  outputs, choices, inputs = [], [], first
  for t in range(steps):
    with tf.variable_scope("rnn", reuse=tf.AUTO_REUSE):
      output, state = cell(inputs, state)
    if processing is not None:
      output = processing(output)
    outputs.append(output)
    inputs = output
    if choice is not None:
      inputs = choice(output, t)
      choices.append(inputs)
    if next_input is not None:
      inputs = next_input(inputs)
  chosen = tf.stack(choices, 1) if choices else None
  return tf.stack(outputs, 1), state, chosen


def numbers(shape, dtype="float32", seed=0):
  """Reproducible random numbers."""
  return np.random.RandomState(seed).standard_normal(shape).astype(dtype)


def matrix(tf, name, shape, dtype=None, scale=1.0):
  """A variable that is found again when requested again."""
  dtype = dtype or tf.float32
  return tf.get_variable(
      name, dtype=dtype, initializer=scale * numbers(
          shape, dtype.as_numpy_dtype, seed=len(name)))


@contextlib.contextmanager
def session(tf, threads=0):
  """A session with initialized variables."""
  config = tf.ConfigProto(
      intra_op_parallelism_threads=threads,
      inter_op_parallelism_threads=threads)
  with tf.Session(config=config) as made:
    made.run([tf.global_variables_initializer(),
              tf.local_variables_initializer()])
    yield made
