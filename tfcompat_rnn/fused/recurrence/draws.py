"""The random numbers of all steps, drawn as the plain loop draws them.

A random operation with a seed gives another sequence when it draws all steps
at once. So a small loop draws them step by step, with the operations' own
seeds, and everything that is computed from them is computed at once.
"""

from __future__ import annotations

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused.recurrence import spans
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import streams

_SEEDS = ("seed", "seed2")
# In the name of every operation that makes a variable's initial value.
_INITIALIZER = "/Initializer/"


def draw_all(nodes, made, count, lengths, takes_a_step, constant):
  """`{node: [time, ...]}` for the random `nodes` of a step.

  `made` are the operations of the plain step, whose seeds are taken; `count`
  is the number of steps, and `constant` builds constants. With `lengths`, the
  plain loop ends with the longest row and draws no more, but one step is taken
  if there is one, or if `takes_a_step`. Raises `CannotCompile` if the
  operations do not match.
  """
  if not nodes:
    return {}
  # Initializers draw outside the loop. In control flow v2, what is inside is in
  # a graph of its own.
  outside = tf.get_default_graph()
  _take_seeds(nodes, [
      operation for operation in made
      if operation.graph is not outside or _tf.attribute(
          operation, "Operation._get_control_flow_context")()])
  drawn = tf.maximum(count, 1) if takes_a_step else count
  if lengths is not None:
    drawn = tf.minimum(drawn, tf.maximum(tf.reduce_max(lengths), 1))
  return {node: _drawn(node, [constant(value) for value in node.inputs], count,
                       drawn) for node in nodes}


def _drawn(node, inputs, count, drawn):
  """`[count, ...]`: what `node` draws in each of the first `drawn` steps.

  Each node has a loop of its own: what needs only the first need not wait for
  the others.
  """
  dtype = node.outputs[0].dtype

  def draw(time, array):
    value, = streams.build(node.type, inputs, node.attributes, [dtype])
    return time + 1, array.write(time, value)

  _, array = tf.while_loop(
      lambda time, _: time < drawn, draw,
      (tf.constant(0), tf.TensorArray(dtype, size=drawn)),
      parallel_iterations=1, back_prop=False)
  # An array in which nothing was written has no shape.
  stacked = tf.cond(
      drawn > 0, array.stack, lambda: tf.zeros(
          tf.concat([[0], inputs[0]], 0), dtype), strict=True)
  found = spans.extended(stacked[:count], count, 0)
  found.set_shape(
      tf.TensorShape([None]).concatenate(node.outputs[0].shape))
  return found


def draw_each(nodes, made, lengths, constant):
  """`{node: [time, ...]}` where each step has operations of its own.

  `made` are the operations of each step. With `lengths`, a step after the end
  of all rows draws nothing, as in an unrolled loop. Otherwise as `draw_all`.
  """
  if not nodes:
    return {}
  inputs = [[constant(value) for value in node.inputs] for node in nodes]
  longest = None if lengths is None else tf.reduce_max(lengths)
  drawn = {node: [] for node in nodes}
  for time, operations in enumerate(made):
    _take_seeds(nodes, [operation for operation in operations
                        if _INITIALIZER not in operation.name])

    def draw():
      return [streams.build(node.type, given, node.attributes,
                            [node.outputs[0].dtype])[0]
              for node, given in zip(nodes, inputs)]

    def nothing():
      return [tf.zeros(given[0], node.outputs[0].dtype)
              for node, given in zip(nodes, inputs)]

    fresh = (draw() if longest is None
             else tf.cond(time < longest, draw, nothing, strict=True))
    for node, value in zip(nodes, fresh):
      drawn[node].append(value)
  found = {node: tf.stack(values) for node, values in drawn.items()}
  for node, stacked in found.items():
    stacked.set_shape(
        tf.TensorShape([len(made)]).concatenate(node.outputs[0].shape))
  return found


def _take_seeds(nodes, operations):
  """Gives `nodes` the seeds of the operations that draw in the plain step."""
  originals = [operation for operation in operations
               if operation.type in steps.RANDOM]
  if [operation.type for operation in originals] != [
      node.type for node in nodes]:
    raise steps.CannotCompile(
        "it draws otherwise each time it is called")
  for node, operation in zip(nodes, originals):
    for name in _SEEDS:
      node.attributes[name] = tf.AttrValue(i=operation.get_attr(name))
