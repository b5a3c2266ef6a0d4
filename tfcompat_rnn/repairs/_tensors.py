"""NumPy arrays of symbolic tensors, which NumPy made before 1.19.

  np.array([x, y])       # two tensors of a graph: an array of objects
"""

from tfcompat_rnn.repairs import _kinds


def array(error, value):
  """Returns the tensors in a list as an object array, or raises `error`.

  `error` is what NumPy raised on `value`.
  """
  import numpy
  if (not isinstance(value, (list, tuple))
      or "symbolic tf.Tensor" not in str(error)
      or not _kinds.caller_is_old()):
    raise error
  shape, level = [len(value)], list(value)
  while all(isinstance(item, (list, tuple)) for item in level):
    lengths = {len(item) for item in level}
    if len(lengths) > 1:
      break
    shape += lengths
    level = [part for item in level for part in item]
  # One at a time: NumPy would ask each tensor for its values.
  result = numpy.empty(len(level), dtype=object)
  for at, item in enumerate(level):
    result[at] = item
  return result.reshape(shape)


def make_shape(original, notify):
  """`np.shape` for lists of tensors too."""
  def shape(a):
    try:
      return original(a)
    except NotImplementedError as error:
      return array(error, a).shape
  return shape
