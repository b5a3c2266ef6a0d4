"""The loop of `self_feeding_rnn` as one operation that XLA has compiled.

All steps, with the choice and the way back to the input, are in one function.
XLA compiles it when it first runs with a shape. The plain loop is built before
it, so that variables, names and seeds are those of the plain loop.
"""

from __future__ import annotations

import logging

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _scope
from tfcompat_rnn import _snapshot
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.feedback import _loop
from tfcompat_rnn.feedback import choice as choice_lib
from tfcompat_rnn.fused.recurrence import step as steps
from tfcompat_rnn.fused.recurrence import xla

_logger = logging.getLogger("tfcompat_rnn.feedback")
# What a loop may consist of: operations that XLA has, that draw only from
# numbers of the program, and that leave nothing behind.
_KNOWN = xla.COMPILED | frozenset({
    "Bitcast", "BitwiseAnd", "BitwiseOr", "BroadcastArgs", "EnsureShape",
    "Gather", "GatherNd", "Identity", "IdentityN", "If", "LeftShift",
    "NoOp", "PartitionedCall", "Placeholder", "ReadVariableOp",
    "ResourceGather", "RightShift", "Snapshot", "StatefulPartitionedCall",
    "StatelessIf", "StatelessRandomUniformFullIntV2", "StatelessWhile",
    "TensorListElementShape", "TensorListGetItem", "TensorListReserve",
    "TensorListSetItem", "TensorListStack", "TopKV2", "While"})


def feed_back(plan, state, own_input, names, name):
  """The `FedBack` of the compiled loop; None where the plain one has to do.

  `names` are the counts of default names before the plain loop was built, and
  `name` is that of the cell.
  """
  try:
    loop = _Called(plan, state, own_input, names)
  except steps.CannotCompile as reason:
    _logger.info("%s runs in the plain loop: %s", name, reason)
    return None
  return loop.result(*loop.run())


class _Inside(_loop.Loop):
  """The loop inside the function; also emits whether its numbers were sound."""

  def emitted_dtypes(self):
    return [*super().emitted_dtypes(), tf.bool]

  def step(self, t, finished, lengths, flat_input, flat_state, arrays):
    with choice_lib.compiled() as conditions:
      *rest, written = super().step(
          t, finished, lengths, flat_input, flat_state, arrays[:-1])
    sound = tf.reduce_all(tf.stack(conditions)) if conditions else True
    return (*rest, [*written, arrays[-1].write(t, sound)])


class _Called(_loop.Loop):
  """A call of the compiled loop.

  Raises `CannotCompile` where the loop cannot be called a second time or XLA
  might not compile it.
  """

  def __init__(self, plan, state, own_input, names):
    super().__init__(plan, state, own_input)
    if not isinstance(plan.limit, int):
      raise steps.CannotCompile(
          "the number of its steps is known only when it runs")
    if plan.limit < 1:
      raise steps.CannotCompile("there is nothing to compute")
    self._given = [*_nest.flatten_state(own_input),
                   *_nest.flatten_state(state)]
    if not all(tf.is_tensor(leaf) for leaf in self._given):
      raise steps.CannotCompile("its state has a TensorArray")
    self._structure = own_input, state
    self._function = tf2.function(
        self._steps, autograph=False, jit_compile=True)
    scope = tf.get_variable_scope()
    specs = [tf.TensorSpec(leaf.shape, leaf.dtype) for leaf in self._given]
    try:
      with _scope.default_names(names), tf.variable_scope(
          scope, auxiliary_name_scope=False), _snapshot.trusted_arguments():
        traced = self._function.get_concrete_function(*specs)
    except Exception as error:
      # Whatever the program's own functions raise, they have run once.
      raise steps.CannotCompile(
          "called a second time it raises "
          f"{type(error).__name__}: {error}") from error
    _require_known(traced.graph.as_graph_def())

  def _steps(self, *given):
    own_input, state = self._structure
    count = len(_nest.flatten_state(own_input))
    # Variables have been created by the plain loop.
    loop = _Inside(
        self.plan._replace(reuse=True),
        _nest.pack_state(state, given[count:]),
        _nest.pack_state(own_input, given[:count]))
    *rest, arrays = loop.run()
    self.structure = loop.structure
    return [*rest, [array.stack() for array in arrays]]

  def run(self):
    *rest, flat_input, flat_state, stacks = self._function(*self._given)
    *stacks, sound = _without_gradients([*flat_input, *flat_state, *stacks])
    check = choice_lib.require_numbers(tf.reduce_all(sound[:rest[0]]))
    with tf.control_dependencies(check):
      leaves = [tf.identity(leaf) for leaf in stacks]
    ends = []
    for leaf, like in zip(leaves, self._given):
      leaf.set_shape(like.shape)
      ends.append(leaf)
    count = len(flat_input)
    return (*rest, ends[:count], ends[count:], leaves[len(ends):])

  def stacked(self, arrays, taken, emitted):
    if not isinstance(emitted, int):
      return [array[:emitted] for array in arrays]
    return arrays


def _require_known(graph):
  nodes = [*graph.node, *(
      node for function in graph.library.function
      for node in function.node_def)]
  for node in nodes:
    if node.op in steps.RANDOM:
      raise steps.CannotCompile(
          f"its step draws with {node.op}, which would draw otherwise when "
          "compiled")
    if node.op not in _KNOWN:
      raise steps.CannotCompile(f"its step has the operation {node.op}")


def _without_gradients(tensors):
  """`tensors`, of which no gradient can be taken."""

  @tf.custom_gradient
  def kept(*tensors):
    def gradient(*_, variables=None):
      raise _errors.RefusedError(problem(
          "execution", 'be "loop" where gradients are needed', '"xla"',
          "build this loop with execution=\"loop\" to train through it"))

    return [tf.identity(tensor) for tensor in tensors], gradient

  return kept(*tensors)
