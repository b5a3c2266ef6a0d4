"""Takes the steps of `model_rnn` in three ways that give the same numbers.

* In eager mode: a Python loop, with one stack for each output.
* In a graph with control flow v1: one `tf.while_loop` with one TensorArray for
  each output. The number of outputs and their dtypes are known only after the
  model has been called, and it is called in the body, where it is too late for
  the arrays to be loop variables. So the body creates the arrays outside the
  loop, and the loop variable is their *flow*: a number that each write passes
  on, and all that is needed to read an array and to differentiate it. One flow
  serves all arrays. Tracing the model before the loop instead would change the
  names and the seeds of its operations, and tracing it twice would create its
  variables twice.
* In a graph with control flow v2, each array is a loop variable, and their
  number must be known. So the model is traced into a function once (which is
  what v2 does to a body anyway), and the body calls it.
"""

import contextlib

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _model_function

_GET_CONTEXT = "Graph._get_control_flow_context"


def run(step, sequence, options):
  """Takes all steps; returns `(flat outputs, flat final states)`, time-major.
  """
  if not tf.executing_eagerly():
    return _in_graph(step, sequence, options)
  if not sequence.steps or options.recompute:
    # Without a step it is unknown what the model returns, and only a function
    # can be recomputed.
    return _model_function.call_eagerly(
        lambda: _in_graph(step, sequence, options))
  return _eagerly(step, sequence)


def _eagerly(step, sequence):
  columns = [tf.unstack(leaf) for leaf in sequence.leaves]
  masks = None if sequence.mask is None else tf.unstack(sequence.mask)
  states, rows = step.flat_states, []
  for t in range(sequence.steps):
    with contextlib.ExitStack() as stack:
      if t:
        stack.enter_context(
            tf.variable_creator_scope(_model_function.refuse_variables))
      outputs, states = step.take(
          t, [column[t] for column in columns],
          None if masks is None else masks[t], states)
    rows.append(outputs)
  return [tf.stack(column) for column in zip(*rows)], states


def _in_graph(step, sequence, options):
  steps = sequence.steps
  sure = isinstance(steps, int) and steps > 0
  leaves, mask, size = sequence.leaves, sequence.mask, steps
  if not sure:
    # One step is always taken, so that its results have a shape. If there
    # should have been none, they are cut off after the loop.
    leaves = [_one_step_at_least(leaf, steps) for leaf in leaves]
    mask = None if mask is None else _one_step_at_least(mask, steps)
    size = tf.maximum(steps, 1)
  loop = _Loop(step, leaves, mask, size, options)
  bound = size
  if sequence.lengths is not None:
    bound = tf.minimum(size, tf.maximum(1, tf.reduce_max(sequence.lengths)))
  outputs, states = (loop.over_functions if _is_v2() or options.recompute
                     else loop.over_flow)(bound)
  if not sure:
    outputs = [leaf[:steps] for leaf in outputs]
  if isinstance(steps, int):
    for leaf in outputs:
      if leaf.shape.rank is not None:
        leaf.set_shape([steps] + leaf.shape.as_list()[1:])
  if sure:
    return outputs, states
  taken = tf.greater(steps, 0)
  return outputs, [tf.where_v2(taken, new, old)
                   for new, old in zip(states, step.flat_states)]


class _Loop:
  """One `tf.while_loop`, with control flow v1 or v2."""

  def __init__(self, step, leaves, mask, size, options):
    self.step, self.size, self.options = step, size, options
    self.shapes = [leaf.shape[1:] for leaf in leaves]
    self.dtypes = [leaf.dtype.base_dtype for leaf in leaves]
    self.inputs = [self.array_of(leaf) for leaf in leaves]
    # Floats, because a GPU has no TensorArray of bools and would fetch each
    # value from the host.
    self.mask = (None if mask is None
                 else self.array_of(tf.cast(mask, tf.float32)))
    self.mask_shape = None if mask is None else mask.shape[1:]

  def array_of(self, leaf):
    return tf.TensorArray(
        leaf.dtype.base_dtype, size=self.size,
        element_shape=leaf.shape[1:]).unstack(leaf)

  def take(self, t, flat_states):
    inputs = [array.read(t) for array in self.inputs]
    for leaf, shape in zip(inputs, self.shapes):
      leaf.set_shape(shape)
    reset = None
    if self.mask is not None:
      reset = tf.cast(self.mask.read(t), tf.bool)
      reset.set_shape(self.mask_shape)
    return self.step.take(t, inputs, reset, flat_states)

  def over_flow(self, bound):
    """Control flow v1: the body creates the arrays outside the loop."""
    graph, arrays = tf.get_default_graph(), []
    outer = _tf.attribute(graph, _GET_CONTEXT)()

    def body(t, flow, flat_states):
      outputs, flat_states = self.take(t, flat_states)
      for leaf in outputs:
        with _in_context(graph, outer):
          array = tf.TensorArray(leaf.dtype.base_dtype, size=self.size,
                                 element_shape=leaf.shape)
        arrays.append(array)
        flow = _with_flow(array, flow).write(t, leaf).flow
      return t + 1, flow, flat_states

    first = (tf.constant(0, tf.int32, name="time"),
             tf.constant(0., tf.float32, name="flow"), self.step.flat_states)
    _, flow, flat_states = self.loop(body, first, bound)
    outputs = [_with_flow(array, flow).stack() for array in arrays]
    for leaf, array in zip(outputs, arrays):
      leaf.set_shape(tf.TensorShape([None]).concatenate(array.element_shape))
    return outputs, flat_states

  def over_functions(self, bound):
    """The model is traced before the loop, and the arrays are loop variables.
    """
    traced = _model_function.Traced(
        self.step, self.dtypes, self.shapes, self.options.recompute)
    self.step.call = traced
    shapes = [leaf.shape for leaf in traced.outputs]
    arrays = [tf.TensorArray(leaf.dtype.base_dtype, size=self.size,
                             element_shape=leaf.shape)
              for leaf in traced.outputs]

    def body(t, arrays, flat_states):
      outputs, flat_states = self.take(t, flat_states)
      arrays = [array.write(t, leaf) for array, leaf in zip(arrays, outputs)]
      return t + 1, arrays, flat_states

    first = (tf.constant(0, tf.int32, name="time"), arrays,
             self.step.flat_states)
    _, arrays, flat_states = self.loop(body, first, bound)
    outputs = [array.stack() for array in arrays]
    for leaf, shape in zip(outputs, shapes):
      leaf.set_shape(tf.TensorShape([None]).concatenate(shape))
    return outputs, flat_states

  def loop(self, body, first, bound):
    return tf.while_loop(
        lambda t, *unused: t < bound, body, first,
        parallel_iterations=self.options.parallel_iterations or 32,
        swap_memory=self.options.swap_memory, maximum_iterations=bound)


def _is_v2():
  return _tf.private("control_flow_util").EnableControlFlowV2(
      tf.get_default_graph())


def _with_flow(array, flow):
  """The same array with the flow `flow`."""
  return tf.TensorArray(array.dtype, handle=array.handle, flow=flow)


@contextlib.contextmanager
def _in_context(graph, context):
  """Operations created in this context belong to the loop around ours."""
  inside = _tf.attribute(graph, _GET_CONTEXT)()
  set_context = _tf.attribute(graph, "Graph._set_control_flow_context")
  set_context(context)
  try:
    yield
  finally:
    set_context(inside)


def _one_step_at_least(leaf, steps):
  """`leaf` `[time, ...]`, or one step of zeros if it has no steps."""
  def zeros():
    return tf.zeros(tf.concat([[1], tf.shape(leaf)[1:]], 0), leaf.dtype)

  if isinstance(steps, int):
    padded = zeros()
  else:
    padded = tf.cond(
        tf.greater(steps, 0), lambda: tf.identity(leaf), zeros)
  padded.set_shape(tf.TensorShape([None]).concatenate(leaf.shape[1:]))
  return padded
