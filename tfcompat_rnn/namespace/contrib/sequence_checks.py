"""Run-time checks of the inputs of a sequence queue.

The operations and their names are 1.15's; so are the few words in the texts
that old programs look for, such as "should be a multiple of".
"""

import collections
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


def message(*parts):
  """One string tensor; tensors and numbers in `parts` are printed.

  A function among them creates its tensor in its turn, as in 1.15.
  """
  return tf.string_join([
      part if isinstance(part, str)
      else tf.as_string(part() if callable(part) else part)
      for part in parts])


def _after(checks, value, name):
  with tf.control_dependencies(checks()):
    return tf.identity(value, name=name)


def _static(number):
  """`number` as NumPy value if it is a constant tensor, else unchanged."""
  if isinstance(number, tf.Tensor):
    known = tf.get_static_value(number)
    return number if known is None else known
  return number


def multiple_and_positive(value, remainder, multiple_of, what):
  """The assertion that `value` is a positive multiple of `multiple_of`.

  The caller computes the remainder: 1.15 did so by two differently named
  operations. `what` is the first half of the message.
  """
  return tf.Assert(
      tf.logical_and(tf.equal(remainder, 0), tf.not_equal(value, 0)),
      [message(f"{what} should be a multiple of: ", multiple_of,
               ", got ", value, "; pass pad=True, which fills it up")])


def _check_multiple_of(value, multiple_of):
  """`value`, checked at run time to be a positive multiple of another."""
  assert isinstance(value, tf.Tensor)
  return _after(lambda: [multiple_and_positive(
      value, tf.mod(value, multiple_of), multiple_of, f"Tensor {value.name}")],
                value, "multiple_of_checked")


def _narrowed(value, given, shape, what):
  """Merges the static shape of `value` with what is known now."""
  try:
    value.set_shape(shape(value.get_shape()))
  except ValueError as error:
    raise _errors.ArgumentError(
        f"{what} check failed for {given.name}: {error}; pass a value of the "
        "declared shape") from error
  return value


def _check_rank(value, expected_rank):
  """`value`, checked to have a rank: now if it is known, and at run time.

  Raises ArgumentError if the static rank differs.
  """
  assert isinstance(value, tf.Tensor)
  checked = _after(lambda: [tf.Assert(
      tf.equal(expected_rank, tf.rank(value)),
      [message(f"Rank of tensor {value.name} must be ", expected_rank,
               ", got the shape"), tf.shape(value)])],
                   value, "rank_checked")
  expected_rank = _static(expected_rank)
  if isinstance(expected_rank, tf.Tensor):
    return checked
  return _narrowed(checked, value,
                   lambda shape: shape.with_rank(int(expected_rank)), "Rank")


def _check_shape(value, expected_shape):
  """`value`, checked to have a shape: now if it is known, and at run time.

  `expected_shape` is a list, a TensorShape or a vector. Raises ArgumentError
  if the static shape differs.
  """
  assert isinstance(value, tf.Tensor)
  if isinstance(expected_shape, tf.TensorShape):
    expected_shape = expected_shape.as_list()
  expected_shape = _static(expected_shape)
  dynamic = isinstance(expected_shape, tf.Tensor)
  if dynamic:
    value = _check_rank(value, tf.size(expected_shape))
  else:
    expected_shape = [int(size) for size in expected_shape]
    value = _check_rank(value, len(expected_shape))
  checked = _after(lambda: [tf.Assert(
      tf.reduce_all(tf.equal(expected_shape, tf.shape(value))),
      [message(f"Shape of tensor {value.name} must be ", expected_shape,
               ", got ", lambda: tf.shape(value))])],
                   value, "shape_checked")
  if dynamic:
    return checked
  return _narrowed(checked, value,
                   lambda shape: shape.merge_with(expected_shape), "Shape")


def _require_dimensions(value, dimensions, sizes, label):
  """Raises if the static shape of `value` cannot have these `sizes`."""
  if len(dimensions) != len(sizes):
    raise _errors.ArgumentError(_errors.problem(
        "expected_sizes", f"have one size for each of {dimensions}", sizes,
        "pass as many sizes as dimensions"))
  shape = value.get_shape()
  if shape.rank is None:
    return
  if shape.rank <= max(dimensions):
    raise _errors.ArgumentError(_errors.problem(
        label, f"have the dimension {max(dimensions)}",
        f"the rank {shape.rank}", "pass a tensor of a higher rank"))
  known = shape.as_list()
  for dimension, size in zip(dimensions, sizes):
    if not isinstance(size, tf.Tensor):
      known[dimension] = size
  try:
    value.set_shape(shape.merge_with(known))
  except ValueError as error:
    raise _errors.ArgumentError(
        f"Dimensions check failed for {label}: {error}; pass a tensor of "
        "that shape") from error


def _check_dimensions(value, dimensions, expected_sizes, debug_prefix):
  """`value`, checked to have `expected_sizes` along some `dimensions`.

  The sizes are ints and int32 scalars, or one vector. Raises
  ArgumentTypeError for arguments of another type, and ArgumentError for
  dimensions that repeat or do not fit the static shape.
  """
  if not isinstance(dimensions, (list, tuple)):
    raise _errors.ArgumentTypeError(_errors.problem(
        "dimensions", "be a list", dimensions, "pass for example [0]"))
  if len(set(dimensions)) != len(dimensions):
    raise _errors.ArgumentError(_errors.problem(
        "dimensions", "name each dimension once", dimensions,
        "leave the second one out"))
  if not isinstance(value, tf.Tensor):
    raise _errors.ArgumentTypeError(_errors.problem(
        "value", "be a tensor", value, "convert it with tf.convert_to_tensor"))
  if not isinstance(expected_sizes, tf.Tensor):
    _require_dimensions(value, dimensions, expected_sizes, debug_prefix)
  return _after(lambda: [tf.Assert(
      tf.equal(size, tf.shape(value)[dimension]),
      [message(f"Dimension {dimension} of {debug_prefix} must be ", size,
               ", got the shape ", lambda: tf.shape(value))])
                         for dimension, size in zip(
                             dimensions, expected_sizes)],
                value, f"dims_checked_{debug_prefix}")


def require_label(argument, label):
  """Raises unless `label` is a string without a colon."""
  if not isinstance(label, str):
    raise _errors.ArgumentTypeError(_errors.problem(
        argument, "have strings as keys", repr(label), "rename it"))
  if ":" in label:
    raise _errors.ArgumentError(_errors.problem(
        argument, "have no colon in a key", repr(label), "rename it"))


class _SequenceInputWrapper(object):
  """One example as tensors: `length`, `key`, `sequences` and `context`.

  Raises ArgumentTypeError unless the latter two are dictionaries with string
  keys, and ArgumentError if there is no sequence or a key contains a colon.
  """

  def __init__(self, length, key, sequences, context):
    length = tf.convert_to_tensor(length, name="length")
    key = tf.convert_to_tensor(key, name="key")
    for argument, value in (("sequences", sequences), ("context", context)):
      if not isinstance(value, dict):
        raise _errors.ArgumentTypeError(_errors.problem(
            argument, "be a dictionary", type(value).__name__,
            "pass {name: tensor}"))
    if not sequences:
      raise _errors.ArgumentError(_errors.problem(
          "sequences", "have at least one tensor", "none",
          "pass {name: tensor}"))
    for argument, value in (("sequences", sequences), ("context", context)):
      for label in value:
        require_label(argument, label)
    self._length = length
    self._key = key
    self._sequences = _as_tensors(sequences, "sequence")
    self._context = _as_tensors(context, "context")

  length, key, sequences, context = (
      property(operator.attrgetter(what))
      for what in ("_length", "_key", "_sequences", "_context"))


def _as_tensors(values, prefix):
  return {label: tf.convert_to_tensor(value, name=f"{prefix}_{label}")
          for label, value in values.items()}


def _sorted(values):
  return collections.OrderedDict(sorted(values.items()))


def _require_shapes(kind, values, time_major=False):
  """Raises unless all shapes (after the time axis) are fully defined."""
  for label, value in values.items():
    shape = value.get_shape()
    if not (shape[1:] if time_major else shape).is_fully_defined():
      known = "besides the time" if time_major else "in all dimensions"
      raise _errors.ArgumentError(_errors.problem(
          f"{kind} {label}", f"have a shape that is known {known}", shape,
          "set it with set_shape"))


def _prepare_sequence_inputs(inputs, states):
  """`(length, key, states, sequences, context)`, checked and sorted by name.

  Raises ArgumentError if a shape is unknown, ArgumentTypeError if the length
  is not int32 or the key not a string.
  """
  states = _as_tensors(states, "state")
  _require_shapes("state", states)
  _require_shapes("context", inputs.context)
  _require_shapes("sequence", inputs.sequences, time_major=True)
  sequences, context = _sorted(inputs.sequences), _sorted(inputs.context)
  states = _sorted(states)
  length = _check_rank(inputs.length, 0)
  key = _check_rank(inputs.key, 0)
  for argument, value, dtype in (("length", length, tf.int32),
                                 ("key", key, tf.string)):
    if value.dtype != dtype:
      raise _errors.ArgumentTypeError(_errors.problem(
          argument, f"have dtype {dtype.name}", value.dtype.name, "cast it"))
  return length, key, states, sequences, context
