"""TensorArrays, in which all dynamic loops stack their outputs."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _size(original):
  del original

  def size(self, name=None):
    # TensorFlow 2 remembers a given size; 1.15 always asked.
    return tf.raw_ops.TensorArraySizeV3(
        handle=self.handle, flow_in=self.flow, name=name)
  return size


def _stack(original):
  del original

  def stack(self, name=None):
    with tf.get_default_graph().colocate_with(self.handle.op):
      with tf.name_scope(name, "TensorArrayStack", [self.handle]):
        return self.gather(tf.range(0, self.size()), name=name)
  return stack


def _concat(original):
  del original

  def concat(self, name=None):
    # TensorFlow 2 also asks for the size, to infer the first dimension.
    shape = self.element_shape
    value, _ = tf.raw_ops.TensorArrayConcatV3(
        handle=self.handle, flow_in=self.flow, dtype=self.dtype, name=name,
        element_shape_except0=shape[1:])
    if shape.rank is not None:
      value.set_shape([None] + shape.as_list()[1:])
    return value
  return concat


ROWS = [
    Restored("tensor_array_ops:_GraphTensorArray.size", _size,
             "1.15 made an operation for it, wherever the size came from"),
    Restored("tensor_array_ops:_GraphTensorArray.stack", _stack,
             "today's takes the static size from the tensor it was given"),
    Restored("tensor_array_ops:_GraphTensorArray.concat", _concat,
             "today's asks for the size as well"),
]
