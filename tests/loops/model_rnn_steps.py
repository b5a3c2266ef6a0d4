"""A step with a gate across two layers, and the loop it stands for by hand."""

import numpy as np

from tfcompat_rnn import cells

UNITS = 4


def draws(rows=3, steps=5):
  """Inputs, lengths and a reset mask."""
  draw = np.random.RandomState(0)
  data = {"x": draw.randn(rows, steps, 2),
          "ids": draw.randint(0, 9, [rows, steps]).astype(np.int32)}
  lengths = np.array([steps, 2, steps - 1] * rows, np.int32)[:rows]
  return data, lengths, draw.rand(rows, steps) < .3


class GatedStack:
  """Two cells; the lower one gates the upper, and skips over it.

  Inputs and outputs are dicts, and so is the state: it holds a counter that
  has no rows. `traced` counts the calls.
  """

  def __init__(self, tf, gate=None):
    self.tf, self.gate, self.traced = tf, gate, 0
    self.lower = cells.LSTMCell(UNITS, dtype=tf.float64)
    self.upper = cells.GRUCell(UNITS, dtype=tf.float64)

  def __call__(self, inputs, states):
    tf = self.tf
    self.traced += 1
    (low, high), count = states["cells"], states["count"]
    a, low = self.lower(inputs["x"], low)
    gate = self.gate
    if gate is None:
      gate = tf.get_variable("gate", [UNITS, UNITS], tf.float64)
    g = tf.sigmoid(tf.matmul(a, gate))
    b, high = self.upper(g * a, high)
    outputs = {"y": (a + b, g), "count": count, "ids": inputs["ids"]}
    return outputs, {"cells": (low, high), "count": count + 1}

  def first_states(self, rows=3):
    draw, tf = np.random.RandomState(3), self.tf
    leaf = lambda: tf.constant(.5 * draw.randn(rows, UNITS))
    return {"cells": (cells.LSTMStateTuple(leaf(), leaf()), leaf()),
            "count": tf.constant(0)}


def by_hand(tf, step, data, states, lengths=None, mask=None):
  """What `model_rnn` documents as its loop, written out."""
  def rows(chosen, there, elsewhere):
    return tf.nest.map_structure(
        lambda a, b: b if b.shape.rank == 0 else tf.where(chosen, a, b),
        there, elsewhere)

  zeros = lambda nest: tf.nest.map_structure(tf.zeros_like, nest)
  made = []
  for t in range(data["x"].shape[1]):
    before = states
    if mask is not None:
      states = rows(mask[:, t], zeros(states), states)
    output, states = step({key: data[key][:, t] for key in data}, states)
    if lengths is not None:
      over = t >= lengths
      output = rows(over, zeros(output), output)
      states = rows(over, before, states)
    made.append(output)
  stack = lambda *leaves: tf.stack(leaves, 1 if leaves[0].shape.rank else 0)
  return tf.nest.map_structure(stack, *made), states


def losses(tf, outputs, states):
  """All of it, one output alone, and the state alone."""
  floats = [leaf for leaf in tf.nest.flatten([outputs["y"], states])
            if leaf.dtype.is_floating]
  return {
      "all": tf.add_n([(i + 1) * tf.reduce_sum(tf.sin(leaf + i))
                       for i, leaf in enumerate(floats)]),
      "one output": tf.reduce_sum(outputs["y"][0] ** 2),
      "state": tf.reduce_sum(states["cells"][1] ** 2)}
