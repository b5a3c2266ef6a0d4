"""What the functions of this package ask of their arguments.

Arrays are not converted to tensors here: 1.15 converted them where it used
them, once for each use, and each conversion is an operation that counts.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf


def array(name, value):
  """`value`, if it has a dtype and a shape; a tensor of it otherwise."""
  if hasattr(value, "dtype") and hasattr(value, "shape"):
    return value
  return tf.convert_to_tensor(value, name=name)


def batch_of_scores(name, value):
  """`value` as `array` returns it, `[batch, time, tags]`."""
  value = array(name, value)
  shape = tf.TensorShape(value.shape)
  if shape.rank not in (None, 3):
    raise _errors.ArgumentError(_errors.problem(
        name, "have 3 dimensions, [batch, time, tags]", f"shape {shape}",
        "reshape it"))
  return value


def require_steps(name, scores):
  """Refuses scores `[batch, time, tags]` that are known to have no step."""
  shape = tf.TensorShape(scores.shape)
  if shape.rank == 3 and tf.compat.dimension_value(shape[1]) == 0:
    raise _errors.ArgumentError(_errors.problem(
        name, "have at least one step, [batch, time, tags]", f"shape {shape}",
        "pad them to one step, and pass lengths of 0"))


def check_tags(tags):
  """Refuses tags that are not `[batch, time]` integers, as far as is known."""
  if not (hasattr(tags, "dtype") and hasattr(tags, "shape")):
    return
  shape = tf.TensorShape(tags.shape)
  if shape.rank not in (None, 2):
    raise _errors.ArgumentError(_errors.problem(
        "tag_indices", "have 2 dimensions, [batch, time]", f"shape {shape}",
        "pass the numbers of the tags; tf.argmax(tags, axis=2) makes them of "
        "one-hot vectors"))
  if not integer_dtype(tags).is_integer:
    raise _errors.ArgumentTypeError(_errors.problem(
        "tag_indices", "be integers", integer_dtype(tags).name,
        "pass tf.cast(tag_indices, tf.int32)"))


def check_transitions(transitions, tags):
  """Refuses a matrix whose known sizes do not fit the number of tags."""
  shape = tf.TensorShape(getattr(transitions, "shape", None))
  if tags is None or shape.rank is None:
    return
  if shape.rank != 2 or any(tf.compat.dimension_value(side)
                            not in (None, 1, tags) for side in shape):
    raise _errors.ArgumentError(_errors.problem(
        "transition_params", f"be [tags, tags], [{tags}, {tags}]",
        f"shape {shape}", "pass one row and one column for each tag of the "
        "inputs"))


def integer_dtype(value):
  """The dtype of `value`, also of a variable."""
  return tf.as_dtype(value.dtype).base_dtype


def float_dtype(value):
  """The dtype of `value` if that is a floating-point one, otherwise float32.

  Where this is used, 1.15 always used float32, and raised TypeError for
  float16 and float64.
  """
  dtype = tf.as_dtype(getattr(value, "dtype", tf.float32)).base_dtype
  return dtype if dtype.is_floating else tf.float32


def size(value, axis):
  """The size of one axis as an int, or None if it is unknown."""
  return tf.compat.dimension_value(value.shape[axis])


def one_step_or_more(values, one, more):
  """`one()` if `values` `[batch, time, tags]` has one step, else `more()`.

  If the number of steps is known, only that branch is built; otherwise both
  are, in a `tf.cond`.
  """
  # As in 1.15, the comparison is an operation in either case.
  steps = size(values, 1) or tf.shape(values)[1]
  return _tf.private("smart_cond").smart_cond(
      pred=tf.equal(steps, 1), true_fn=one, false_fn=more)


def remaining_lengths(lengths):
  """`lengths` without the first step, and not below 0."""
  lengths = array("sequence_lengths", lengths)
  zero = tf.constant(0, dtype=integer_dtype(lengths))
  return tf.maximum(zero, lengths - 1)


def zero_where_empty(lengths, values):
  """`values` `[batch]`, but 0 in rows without a step."""
  return tf.where(tf.less_equal(lengths, 0), tf.zeros_like(values), values)
