"""Traces a model's step into a function, and recomputes it for gradients."""

import weakref

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

# Stateful operations that may nevertheless run twice in a step: they read
# variables, print, or hold only what they have created themselves.
_TWICE = frozenset((
    "Assert", "CheckNumericsV2", "EmptyTensorMap", "If", "PartitionedCall",
    "Print", "PrintV2", "ReadVariableOp", "ResourceGather",
    "ResourceGatherNd", "StatefulPartitionedCall", "StackPopV2",
    "StackPushV2", "StackV2", "TensorArrayCloseV3", "TensorArrayConcatV3",
    "TensorArrayGatherV3", "TensorArrayGradV3", "TensorArrayReadV3",
    "TensorArrayScatterV3", "TensorArraySizeV3", "TensorArraySplitV3",
    "TensorArrayV3", "TensorArrayWriteV3", "VarHandleOp",
    "VarIsInitializedOp", "VariableShape", "While"))
_GRADIENT = "TfcompatRnnRecompute"
_CALL = "ConcreteFunction._call_flat"

# function name -> Traced; graphs keep the values alive.
_recomputed: weakref.WeakValueDictionary = weakref.WeakValueDictionary()


def call_eagerly(build):
  """The results of `build()`, run in a graph, as eager tensors."""
  return tf.function(build, autograph=False)()


def refuse_variables(next_creator, **kwargs):
  """A variable creator that refuses, for all steps after the first."""
  del next_creator
  raise _errors.ArgumentError(_errors.problem(
      "model", "create its variables only in the first step",
      f"the variable {kwargs.get('name') or 'Variable'!r} in the second",
      "create layers and variables before the loop, or call it inside "
      "tf.function or tf.Graph(), where a step is traced once"))


class Traced:
  """`Step.call_model` as a function, traced once here and called later.

  With `recompute`, the gradients of a call come from a second function, which
  starts by calling this one again, so nothing of the step itself is kept.

  Attributes:
    outputs: the tensors that it returns as output, for dtypes and shapes.
  """

  def __init__(self, step, dtypes, shapes, recompute):
    self._outer = tf.get_default_graph()
    count, sizes = len(shapes), []
    # As the plain loop: one of control flow v2 is in a graph of its own.
    overridden = {} if tf.control_flow_v2_enabled() else _tf.attribute(
        self._outer, "Graph._gradient_override_map")

    def flat_step(*flat):
      with tf.get_default_graph().gradient_override_map(overridden):
        outputs, states = step.call_model(
            list(flat[:count]), list(flat[count:]))
      sizes.append(len(outputs))
      return list(outputs) + list(states)

    specs = [tf.TensorSpec(shape, dtype)
             for shape, dtype in zip(shapes, dtypes)]
    specs += [tf.TensorSpec(leaf.shape, leaf.dtype.base_dtype)
              for leaf in step.flat_states]
    self._function = _function_of(
        "model_rnn_step", flat_step, specs, self._outer)
    self._returned = self._function.graph.outputs
    self._count = sizes[-1]
    self.outputs = self._returned[:self._count]
    self._backward = None
    self._recompute = recompute
    if recompute:
      _require_twice(self._function)
      _require_resources(self._function)
      _recomputed[tf.compat.as_str(self._function.name)] = self
      kept = getattr(self._outer, "_tfcompat_rnn_recomputed", [])
      self._outer._tfcompat_rnn_recomputed = kept + [self]

  def __call__(self, flat_inputs, flat_states):
    arguments = list(flat_inputs) + list(flat_states)
    captured = list(self._function.captured_inputs)
    if self._recompute:
      flat = self._call_without_intermediates(arguments + captured)
    else:
      flat = _tf.attribute(self._function, _CALL)(arguments, captured)
    for leaf, inner in zip(flat, self._returned):
      leaf.set_shape(inner.shape)
    return list(flat[:self._count]), list(flat[self._count:])

  def _call_without_intermediates(self, arguments):
    stateful = any(op.op_def is not None and op.op_def.is_stateful
                   for op in self._function.graph.get_operations())
    call = (tf.raw_ops.StatefulPartitionedCall if stateful
            else tf.raw_ops.PartitionedCall)
    with tf.get_default_graph().gradient_override_map({
        "PartitionedCall": _GRADIENT, "StatefulPartitionedCall": _GRADIENT}):
      return call(args=arguments, f=self._function,
                  Tout=[leaf.dtype for leaf in self._returned])

  def gradients(self, arguments, gradients):
    """The gradients with respect to the `arguments` of a call, in order."""
    if self._backward is None:
      with self._outer.as_default():
        self._backward = _Backward(self._function, self._outer)
    return self._backward(list(arguments), gradients)


class _Backward:
  """A function that calls another one again and differentiates it."""

  def __init__(self, function, outer):
    self._captured = function.captured_inputs
    inner = function.graph.inputs
    self._count = len(inner) - len(self._captured)
    self._told = [number for number, leaf in enumerate(function.graph.outputs)
                  if _is_trainable(leaf)]
    self._found = []  # numbers of the arguments that have a gradient

    def backward(*flat):
      arguments = list(flat[:self._count])
      returned = _tf.attribute(function, _CALL)(arguments, self._captured)
      graph = tf.get_default_graph()
      everything = arguments + [graph.capture(t) for t in self._captured]
      wanted = [number for number, leaf in enumerate(everything)
                if _is_trainable(leaf) or leaf.dtype == tf.resource]
      found = tf.gradients(
          [returned[number] for number in self._told],
          [everything[number] for number in wanted],
          grad_ys=list(flat[self._count:])) if self._told else []
      pairs = [(number, tf.convert_to_tensor(one))
               for number, one in zip(wanted, found) if one is not None]
      # A loop adds the gradients of all steps, and must know their shape; that
      # of a table of which a few rows are read does not have one.
      for number, one in pairs:
        one.set_shape(_shape_of(
            ([None] * self._count + self._captured)[number]))
      self._found = [number for number, _ in pairs]
      return [one for _, one in pairs]

    specs = [tf.TensorSpec(leaf.shape, leaf.dtype)
             for leaf in inner[:self._count]]
    specs += [tf.TensorSpec(function.graph.outputs[number].shape,
                            function.graph.outputs[number].dtype)
              for number in self._told]
    self._function = _function_of(
        "model_rnn_step_gradient", backward, specs, outer)

  def __call__(self, arguments, gradients):
    told = [tf.convert_to_tensor(gradients[number]) for number in self._told]
    # The captures of the step are passed in from the call, not taken from the
    # surrounding graph, because there may be a loop in between.
    here = {id(outside): arguments[self._count + number]
            for number, outside in enumerate(self._captured)}
    captured = [here[id(outside)]
                for outside in self._function.captured_inputs]
    found = _tf.attribute(self._function, _CALL)(
        arguments[:self._count] + told, captured) or []
    given = [None] * len(arguments)
    for number, one, inner in zip(
        self._found, found, self._function.graph.outputs):
      one.set_shape(inner.shape)
      given[number] = one
    return given


@tf.RegisterGradient(_GRADIENT)
def _gradient_of_call(op, *gradients):
  name = tf.compat.as_str(op.get_attr("f").name)
  traced = _recomputed.get(name)
  if traced is None:
    raise _errors.RefusedError(_errors.problem(
        "recompute", "be differentiated in the process that built the loop",
        f"{op.name}, which calls {name}",
        "call model_rnn again instead of importing its graph"))
  return traced.gradients(op.inputs, gradients)


def _function_of(name, flat_function, specs, outer):
  """Traces `flat_function` (tensors to a list of tensors) into a function.

  As with the body of a v2 loop, the collections, and with them the scopes and
  the variables, are those of the surrounding graph.
  """
  lib = _tf.private("func_graph")
  graph = lib.FuncGraph(name, collections=_tf.attribute(
      outer, "Graph._collections"))
  lib.func_graph_from_py_func(
      name, flat_function, [], {}, signature=specs, func_graph=graph)
  kind = _tf.private("function_type")(
      graph.structured_input_signature, graph.structured_outputs,
      graph.function_captures.capture_types)
  return _tf.private("concrete_function").from_func_graph(graph, kind, {})


def _shape_of(captured):
  """What is known of the shape of a variable, if that is what was captured."""
  handle = captured if tf.is_symbolic_tensor(captured) else None
  if handle is None or handle.op.type != "VarHandleOp":
    return tf.TensorShape(None)
  return tf.TensorShape(handle.op.get_attr("shape"))


def _is_trainable(leaf):
  dtype = leaf.dtype.base_dtype
  return dtype.is_floating or dtype.is_complex


def _require_twice(function):
  """Raises `RefusedError` if recomputing would not give the same result."""
  graph = function.graph
  found = [(op.name, op.type, op.op_def.is_stateful)
           for op in graph.get_operations()]
  for inner in graph.as_graph_def().library.function:
    found.extend((node.name, node.op, _is_stateful(node.op))
                 for node in inner.node_def)
  others = sorted({f"{kind} ({name})" for name, kind, stateful in found
                   if stateful and kind not in _TWICE})
  if others:
    raise _errors.RefusedError(_errors.problem(
        "recompute", "be False if a step draws random numbers or changes "
        "variables, because recomputing would not give the same result",
        ", ".join(others[:4]),
        "use stateless random operations (tf.random.stateless_uniform), and "
        "keep what changes in the state"))


def _is_stateful(kind):
  definition = _tf.private("op_def_registry").get(kind)
  return definition is not None and definition.is_stateful


def _require_resources(function):
  """Raises `RefusedError` for a step that reads reference variables."""
  references = [leaf.name for leaf in function.captured_inputs
                if leaf.dtype != leaf.dtype.base_dtype]
  if references:
    raise _errors.RefusedError(_errors.problem(
        "recompute", "be False if a step reads reference variables",
        ", ".join(references[:4]),
        "call tf.enable_resource_variables() before the variables are "
        "created, or open tf.variable_scope(..., use_resource=True)"))
