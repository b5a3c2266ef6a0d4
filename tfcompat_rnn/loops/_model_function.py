"""A model's step traced into a function, and computed again for gradients."""

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf


def call_eagerly(build):
  """What `build()` makes of tensors in a graph, as eager tensors."""
  return tf.function(build, autograph=False)()


def refuse_variables(next_creator, **kwargs):
  """A variable creator: there is nothing to be made after the first step."""
  del next_creator
  raise _errors.ArgumentError(_errors.problem(
      "model", "make its variables in the first step alone",
      f"the variable {kwargs.get('name') or 'Variable'!r} in the second",
      "make layers and variables in front of the loop; or call it within "
      "tf.function or tf.Graph(), where a step is traced once"))


class Traced:
  """`Step.call_model` as a function: traced here, once, and called later.

  Attributes:
    outputs: the tensors it returns as output, for their dtypes and shapes.
  """

  def __init__(self, step, dtypes, shapes, recompute):
    graph_lib = _tf.private("func_graph")
    outer = tf.get_default_graph()
    specs = [tf.TensorSpec(shape, dtype)
             for shape, dtype in zip(shapes, dtypes)]
    specs += [tf.TensorSpec(leaf.shape, leaf.dtype.base_dtype)
              for leaf in step.flat_states]
    count = len(shapes)
    sizes = []

    def flat_step(*flat):
      outputs, states = step.call_model(list(flat[:count]), list(flat[count:]))
      sizes.append(len(outputs))
      return list(outputs) + list(states)

    # As the body of a v2 loop: collections, and with them the scopes and the
    # variables, are those of the graph around it.
    graph = graph_lib.FuncGraph(
        "model_rnn_step",
        collections=getattr(outer, "_collections", None))
    graph_lib.func_graph_from_py_func(
        "model_rnn_step", flat_step, [], {}, signature=specs, func_graph=graph)
    self._function = _tf.private("concrete_function").from_func_graph(
        graph, _tf.private("function_type")(
            graph.structured_input_signature, graph.structured_outputs,
            graph.function_captures.capture_types), {})
    self._count = sizes[-1]
    self.outputs = graph.outputs[:self._count]
    self._states = graph.outputs[self._count:]

  def __call__(self, flat_inputs, flat_states):
    flat = self._function._call_flat(
        list(flat_inputs) + list(flat_states),
        self._function.captured_inputs)
    for leaf, inner in zip(flat, self.outputs + self._states):
      leaf.set_shape(inner.shape)
    return list(flat[:self._count]), list(flat[self._count:])
