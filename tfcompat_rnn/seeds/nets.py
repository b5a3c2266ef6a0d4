"""tf.nn and tf.image, where the number of operations has changed."""

import numbers

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _more_by(n):
  """The current function, as if it had created `n` more operations."""
  def make(original):
    def call(*args, **kwargs):
      result = original(*args, **kwargs)
      _opcount.compensate(n)
      return result
    return call
  return make


def _crop_to_bounding_box(original):
  def crop_to_bounding_box(image, offset_height, offset_width, target_height,
                           target_width):
    result = original(image, offset_height, offset_width, target_height,
                      target_width)
    # The end of the slice was [-1, height, width, -1], one constant where the
    # sizes are numbers; TensorFlow 2 looks up the first and the last size.
    numbers_only = all(isinstance(size, numbers.Integral)
                       for size in (target_height, target_width))
    _opcount.compensate(-12 if numbers_only else -8)
    return result
  return crop_to_bounding_box


def _check_image(original):
  def check(image, require_static=True):
    shape = image.shape
    if (require_static or shape.rank is None or shape.rank < 3
        or shape.is_fully_defined()):
      return original(image, require_static)
    # TensorFlow 2 omits the batch size, by slicing the shape.
    return [
        tf.assert_positive(tf.shape(image),
                           ["all sizes of the image must be positive"]),
        tf.assert_greater_equal(
            tf.rank(image), 3, message="the image must have rank 3 or more"),
    ]
  return check


def _sparse_placeholder(original):
  def sparse_placeholder(*args, **kwargs):
    result = original(*args, **kwargs)
    if result.dense_shape.op.type == "PlaceholderWithDefault":
      _opcount.compensate(-1)  # in 1.15 the shape was the constant itself
    return result
  return sparse_placeholder


def _one_hot(original):
  def one_hot(indices, depth, on_value=None, off_value=None, axis=None,
              dtype=None, name=None):
    given = [value for value in (on_value, off_value) if value is not None]
    if not given:
      return original(indices, depth, on_value, off_value, axis, dtype, name)
    with tf.name_scope(name, "one_hot", [
        indices, depth, on_value, off_value, axis, dtype]) as scope:
      # 1.15 converted the values to tensors to get their dtypes, and then
      # passed on the values themselves.
      kinds = {tf.convert_to_tensor(value).dtype.base_dtype
               for value in given}
      dtype = kinds.pop() if dtype is None else tf.as_dtype(dtype)
      if kinds - {dtype}:
        raise TypeError(
            f"on_value and off_value must be of one dtype, {dtype.name}; got "
            f"{sorted(kind.name for kind in kinds)}; convert them first")
      if on_value is None:
        on_value = tf.convert_to_tensor(1, dtype, name="on_value")
      if off_value is None:
        off_value = tf.convert_to_tensor(0, dtype, name="off_value")
      return tf.raw_ops.OneHot(
          indices=indices, depth=depth, on_value=on_value,
          off_value=off_value, axis=-1 if axis is None else axis, name=scope)
  return one_hot


ROWS = [
    Restored("array_ops:one_hot", _one_hot,
             "1.15 made constants of the values twice"),
    Restored("array_ops:sparse_placeholder", _sparse_placeholder,
             "today's makes the shape of the placeholder feedable"),
    Restored("image_ops:_CheckAtLeast3DImage", _check_image,
             "1.15 asserted that the size of the batch is positive"),
    Restored("image_ops:crop_to_bounding_box", _crop_to_bounding_box,
             "today's looks up two sizes"),
    Restored("image_ops:per_image_standardization", _more_by(1),
             "1.15 ended in an identity"),
    Restored("nn:swish", _more_by(-2), "today's has a beta"),
    Restored("nn_impl:weighted_moments", _more_by(1),
             "1.15 multiplied twice by one reciprocal"),
    Restored("stateless_random_ops:stateless_random_uniform", _more_by(-2),
             "today's asks for a key, a counter and an algorithm"),
    Restored("stateless_random_ops:stateless_random_normal", _more_by(-2),
             "today's asks for a key, a counter and an algorithm"),
    Restored("stateless_random_ops:stateless_truncated_normal", _more_by(-2),
             "today's asks for a key, a counter and an algorithm"),
]
