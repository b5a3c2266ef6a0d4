"""The original graph, run on given inputs: what an exported model must equal.

Only what the outputs need is imported, with its own operations and variables,
and a state that is kept in variables is written into them first.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.export import nodes as graph_nodes
from tfcompat_rnn.export import refusals


class Original:
  """The graph of one `Plan` in a session of its own.

      with Original(source, plan, weights) as original:
        outputs = original.run({"x": x, "state_c": c})

  Attributes:
    inputs: name -> `tf.TensorSpec` of what a caller passes.
    outputs: name -> the tensor.
  """

  def __init__(self, source, plan, weights):
    self._plan = plan
    nodes = source.nodes
    used = nodes.needed(list(plan.outputs.values())
                        + [tensor for tensors in plan.inputs.values()
                           for tensor in tensors])
    self._graph = tf.Graph()
    with self._graph.as_default():
      import_graph(nodes.subgraph(used, _anywhere))
      self._assigns = {name: _assign(self._graph, name)
                       for name in used
                       if name in plan.kept or name in weights}
      self.outputs = {name: self._tensor("outputs", tensor)
                      for name, tensor in plan.outputs.items()}
    self.inputs = {key: self._spec(key, source) for key in plan.inputs}
    for key, spec in self.inputs.items():
      refusals.check_tensor("inputs", key, spec)
    for key, tensor in self.outputs.items():
      refusals.check_tensor("outputs", key, tensor)
    self._session = tf.Session(graph=self._graph, config=reading.cpu_alone())
    for name in self._assigns:
      if name in weights:
        self._write(name, weights[name])

  def __enter__(self):
    return self

  def __exit__(self, *error):
    self._session.close()

  def _spec(self, key, source):
    """The shape and dtype of an input."""
    first = self._plan.inputs[key][0]
    tensor = self._tensor("inputs", first)
    shape = tensor.shape
    if source.shape_of is not None:
      shape = shape.merge_with(source.shape_of(first))
    return tf.TensorSpec(shape, tensor.dtype.base_dtype, key)

  def _tensor(self, argument, name):
    """The tensor `name`, whose operation is known to exist."""
    operation = self._graph.get_operation_by_name(graph_nodes.node_name(name))
    count = len(operation.outputs)
    number = name.partition(":")[2]
    _errors.require(
        number.isdigit() and int(number) < count, argument,
        "name a tensor of the graph",
        f"{name!r}, and {operation.name} ({operation.type}) has {count}",
        f"use {operation.name}:0" if count else "name what it depends on")
    return operation.outputs[int(number)]

  def _write(self, name, value):
    operation, holder = self._assigns[name]
    self._session.run(operation, {holder: value})

  def run(self, arrays):
    """Name of an output -> array, for `arrays`: name of an input -> array.

    Raises what TensorFlow raises if the inputs do not fit.
    """
    feeds = dict(self._plan.constants)
    variables = {key: name for name, key in self._plan.kept.items()}
    for key, array in arrays.items():
      if key in variables:
        self._write(variables[key], array)
      else:
        feeds.update({tensor: array for tensor in self._plan.inputs[key]})
    return self._session.run(self.outputs, feeds)


def _anywhere(node):
  """Lets a node run on this machine."""
  node.device = ""
  node.attr.pop("_class", None)


def import_graph(graph_def, **arguments):
  """Imports `graph_def`; `RefusedError` if TensorFlow cannot.

  The message names what it has no operation for.
  """
  arguments.setdefault("name", "")
  try:
    return tf.import_graph_def(graph_def, **arguments)
  except (ValueError, tf.errors.OpError) as error:
    raise _errors.RefusedError(_errors.problem(
        "graph", "consist of what this TensorFlow can run",
        reading.shortened(error),
        "build the graph again with `tfcompat-rnn run`, or export the script"
    )) from None


def _assign(graph, name):
  """`(operation, placeholder)` that write the variable `name`."""
  variable = graph.get_operation_by_name(name)
  dtype = tf.as_dtype(variable.get_attr("dtype"))
  holder = tf.placeholder(dtype)
  if variable.type == graph_nodes.RESOURCE:
    return tf.raw_ops.AssignVariableOp(
        resource=variable.outputs[0], value=holder), holder
  return tf.raw_ops.Assign(ref=variable.outputs[0], value=holder,
                           validate_shape=False).op, holder
