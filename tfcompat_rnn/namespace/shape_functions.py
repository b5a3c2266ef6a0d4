"""`tensorflow.python.framework.common_shapes`: shapes of an op's outputs.

  @ops.RegisterShape("MyOp")
  def _my_op_shape(op):
    return common_shapes.unchanged_shape(op)

Shape functions of Python have had no effect since TensorFlow 1.0, where those
of the op library took over; programs still name them.
"""

from tfcompat_rnn._tf import tf


def has_fully_defined_shape(tensor):
  """Whether every dimension of `tensor` is known."""
  return tensor.shape.is_fully_defined()


def rank(tensor):
  """The rank of `tensor` as an int, or as a tensor if it is unknown."""
  known = tensor.shape.ndims
  return tf.rank(tensor) if known is None else known


def call_cpp_shape_fn(op, require_shape_fn=True):
  """The shapes that the op library has inferred for the outputs of `op`."""
  del require_shape_fn
  return [output.shape for output in op.outputs]


def no_outputs(unused_op):
  return []


def scalar_shape(unused_op):
  return [tf.TensorShape([])]


def unchanged_shape(op):
  """The shape of the first input."""
  return [op.inputs[0].shape]


def unchanged_shape_with_rank(rank):
  """A shape function: the first input's shape, which must have this rank."""
  return lambda op: [op.inputs[0].shape.with_rank(rank)]


def unchanged_shape_with_rank_at_least(rank):
  """The same with a smallest rank."""
  return lambda op: [op.inputs[0].shape.with_rank_at_least(rank)]


def unchanged_shape_with_rank_at_most(rank):
  """The same with a largest rank."""
  return lambda op: [op.inputs[0].shape.with_rank_at_most(rank)]
