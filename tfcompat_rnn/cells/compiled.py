"""CompiledWrapper: a cell whose step XLA compiles."""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import forwarding


def _draws_nothing(node):
  """Whether the op of a `NodeDef` is stateless, so that XLA may compile it."""
  definition = _tf.private("op_def_registry").get(node.op)
  return not (definition is not None and definition.is_stateful)


class CompiledWrapper(forwarding.WeightForwardingCell):
  """Marks every operation of a cell's step for compilation by XLA.

  >>> cell = CompiledWrapper(LSTMCell(64))

  The operations of the step get the attributes `_XlaCompile`, `_XlaScope` and
  `_XlaSeparateCompiledGradients`, as in 1.15. TensorFlow then compiles them
  in clusters where it can, on GPU and CPU, and runs them as usual where it
  cannot. Names, variables and arithmetic are those of the wrapped cell, but
  XLA may sum in a different order, so the last bits may differ.

  Args:
    cell: a cell.
    compile_stateful: True to compile stateful operations as well: variables,
      and random numbers (for which XLA draws different values).

  Raises TypeError if `cell` is not a cell; RuntimeError in eager execution.

  TF 1.15: `tf.contrib.rnn.CompiledWrapper`.
  """

  def __init__(self, cell, compile_stateful=False):
    super().__init__(cell)
    self._compile_stateful = compile_stateful

  def __call__(self, inputs, state, scope=None):
    """One step of the wrapped cell; `scope` goes to that cell."""
    compiled = True if self._compile_stateful else _draws_nothing
    with tf.xla.experimental.jit_scope(compile_ops=compiled):
      return self._cell(inputs, state, scope=scope)
