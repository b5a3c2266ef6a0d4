"""A new graph with the signatures alone: inputs, weights, outputs.

Nothing in it writes a variable, trains, saves or keeps a state. Operations on
reference variables become the plain ones, devices are forgotten, and every
tensor that a caller passes is a placeholder.
"""

import typing

from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.export import nodes as graph_nodes
from tfcompat_rnn.export import originals

# What an operation becomes where no variable has a reference.
_PLAIN = {"DeepCopy": "Identity", "RefIdentity": "Identity",
          "RefEnter": "Enter", "RefExit": "Exit", "RefMerge": "Merge",
          "RefSwitch": "Switch", "RefNextIteration": "NextIteration"}


class Built(typing.NamedTuple):
  """A graph to be written, in a session in which its weights are loaded.

  `inputs` and `outputs`: signature -> name -> tensor. `state`: signature ->
  the names that are inputs and outputs. `fill`: signature -> what
  `examples.find_fill` says.
  """
  session: typing.Any
  inputs: dict
  outputs: dict
  state: dict
  fill: dict


def build(source, plans, specs, weights, squeezed, fill):
  """Builds the signatures `plans` in one new graph; returns `Built`.

  Arguments:
    source: the `Source`.
    plans: list of `Plan`.
    specs: signature -> name of an input -> `tf.TensorSpec`.
    weights: variable -> array.
    squeezed: signature -> name of an output -> the axis that is taken away.
    fill: signature -> 0, 1 or None, for `Built`.
  """
  graph = tf.Graph()
  with graph.as_default():
    variables = {name: _variable(name, value, source.trainable)
                 for name, value in weights.items()}
    inputs, outputs = {}, {}
    for plan in plans:
      inputs[plan.name], outputs[plan.name] = _build_signature(
          source, plan, specs[plan.name], variables, squeezed[plan.name])
  session = tf.Session(graph=graph, config=reading.cpu_alone())
  for name, value in weights.items():
    start = variables[name].initializer
    session.run(start, {start.inputs[1]: value})
  return Built(session, inputs, outputs,
               {plan.name: plan.state for plan in plans}, fill)


def _variable(name, value, trainable):
  dtype = tf.as_dtype(value.dtype) if value.dtype.kind not in "OSU" else (
      tf.string)
  return tf.Variable(
      lambda: tf.zeros(value.shape, dtype), name=name, dtype=dtype,
      trainable=name in trainable, use_resource=True)


def _build_signature(source, plan, specs, variables, squeezed):
  """`(inputs, outputs)` of a plan: name -> tensor."""
  nodes = source.nodes
  inputs, replaced = {}, {}
  for key, tensors in plan.inputs.items():
    holder = tf.placeholder(specs[key].dtype, specs[key].shape,
                            f"{plan.name}/inputs/{key}")
    inputs[key] = value = holder
    if key in plan.one_step:
      value = tf.expand_dims(holder, plan.one_step[key])
    replaced.update({tensor: value for tensor in tensors})
  for tensor, value in plan.constants.items():
    replaced[tensor] = tf.constant(value)
  for name in plan.weights:
    resource = nodes.by_name[name].op == graph_nodes.RESOURCE
    replaced[name + ":0"] = (variables[name].handle if resource
                             else variables[name].read_value())
  behind = [name for name in plan.used if name not in plan.weights]
  read = {graph_nodes.tensor_name(text) for name in behind
          for text in nodes.by_name[name].input}
  found = originals.import_graph(
      nodes.subgraph(behind, _plain), name=plan.name,
      input_map={name: tensor for name, tensor in replaced.items()
                 if name in read},
      return_elements=[tensor for tensor in plan.outputs.values()
                       if tensor not in replaced])
  found = iter(found)
  outputs = {}
  for key, tensor in plan.outputs.items():
    value = replaced[tensor] if tensor in replaced else next(found)
    if key in squeezed:
      value = tf.squeeze(value, [squeezed[key]])
    if key in plan.state:
      value.set_shape(inputs[key].shape)  # the loop forgets it
    outputs[key] = tf.identity(value, f"{plan.name}/outputs/{key}")
  return inputs, outputs


def _plain(node):
  """Makes a node independent of references, devices and placement."""
  node.op = _PLAIN.get(node.op, node.op)
  node.device = ""
  for name in ("_class", "_output_shapes"):
    node.attr.pop(name, None)
