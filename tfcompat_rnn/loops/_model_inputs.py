"""Prepares the sequences for `model_rnn`: checked and time-major."""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _inner


class Sequence:
  """Nested inputs with lengths and a reset mask, with the time axis first.

  Attributes:
    structure: the structure of `inputs`.
    leaves: tensors `[time, batch, ...]`.
    paths: the position of each leaf in the structure.
    steps: the number of time steps, an int if it is known, else a tensor.
    lengths: int32 `[batch]` or None.
    mask: bool `[time, batch]` or None.
  """

  def __init__(self, inputs, lengths, mask, time_major, least_rank):
    self.time_axis = 0 if time_major else 1
    inputs = _nest.map_state(tf.convert_to_tensor, inputs)
    self.structure = inputs
    self.paths = _nest.state_paths(inputs)
    leaves = _nest.flatten_state(inputs)
    if not leaves:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", "contain at least one tensor", repr(inputs),
          "pass one, because it determines the number of steps"))
    if least_rank > 2:
      _checks.require_shapes(inputs, time_major)
    self._require_ranks(leaves, lengths is not None or mask is not None)
    batch = _inner.batch_of(inputs, 1 - self.time_axis)
    self._require_one_batch(leaves, batch)
    known = self._known_steps(leaves)
    _checks.require_lengths(lengths, batch)
    mask = self._ready_mask(mask, batch, known)
    self._first, self._batch = leaves[0], batch
    self.steps = known
    if known is None:
      self.steps = tf.shape(leaves[0])[self.time_axis]
      leaves = self._with_one_time(leaves)
    self.lengths = self._ready_lengths(lengths, batch)
    if mask is not None and not mask.shape.is_fully_defined():
      mask = self._mask_that_fits(mask)
    if not time_major:
      leaves = [swapped(leaf) for leaf in leaves]
      mask = None if mask is None else swapped(mask)
    self.leaves, self.mask = leaves, mask

  def rows(self):
    """The batch size, an int if it is known, else a scalar tensor."""
    if self._batch is not None:
      return self._batch
    return tf.shape(self._first)[1 - self.time_axis]

  def floating(self):
    """The default dtype of a state: that of the first floating input."""
    for leaf in self.leaves:
      if leaf.dtype.is_floating or leaf.dtype.is_complex:
        return leaf.dtype.base_dtype
    return tf.float32

  def _name(self, number):
    path = self.paths[number]
    return f"inputs[{path}]" if path else "inputs"

  def _form(self):
    return "[batch, time, ...]" if self.time_axis else "[time, batch, ...]"

  def _require_ranks(self, leaves, masked):
    least = 2 if self.time_axis or masked else 1
    for number, leaf in enumerate(leaves):
      rank = leaf.shape.rank
      if rank is None:
        raise _errors.ArgumentError(_errors.problem(
            self._name(number), f"have a known rank: {self._form()}",
            "an unknown shape",
            "set it: inputs.set_shape([None, None, depth])"))
      if rank < least:
        raise _errors.ArgumentError(_errors.problem(
            self._name(number), f"be {self._form()}", f"shape {leaf.shape}",
            "add the missing axes with tf.expand_dims"))

  def _require_one_batch(self, leaves, batch):
    axis = 1 - self.time_axis
    for number, leaf in enumerate(leaves):
      dims = leaf.shape.as_list()
      if len(dims) > axis and dims[axis] not in (None, batch):
        raise _errors.ArgumentError(_errors.problem(
            self._name(number), f"have the batch of the other inputs, {batch}",
            f"{dims[axis]} rows, shape {leaf.shape}",
            "check the order of the axes, and time_major"))

  def _known_steps(self, leaves):
    known = None
    for number, leaf in enumerate(leaves):
      steps = leaf.shape.as_list()[self.time_axis]
      if known is None:
        known, who = steps, number
      elif steps not in (None, known):
        raise _errors.ArgumentError(_errors.problem(
            self._name(number), f"have as many time steps as "
            f"{self._name(who)}, {known}", f"{steps}, shape {leaf.shape}",
            "cut the longer one, or pad the shorter and pass "
            "sequence_length"))
    return known

  def _with_one_time(self, leaves):
    """`leaves`, with a check at run time that their lengths are the same."""
    checked = leaves[:1]
    for number, leaf in enumerate(leaves[1:], 1):
      steps = tf.shape(leaf)[self.time_axis]
      agree = tf.debugging.assert_equal(
          steps, self.steps, message=f"{self._name(number)} must have as many "
          f"time steps as {self._name(0)}")
      checked.append(_after(agree, leaf))
    return checked

  def _ready_lengths(self, lengths, batch):
    if lengths is None:
      return None
    lengths = tf.cast(tf.convert_to_tensor(lengths), tf.int32)
    if lengths.shape.rank is None or lengths.shape.as_list()[0] is None or (
        batch is None):
      agree = tf.debugging.assert_equal(
          tf.shape(lengths), tf.expand_dims(self.rows(), 0),
          message="sequence_length must have one length per row")
      lengths = _after(agree, lengths)
    return lengths

  def _ready_mask(self, mask, batch, steps):
    if mask is None:
      return None
    form = "[batch, time]" if self.time_axis else "[time, batch]"
    if not tf.is_tensor(mask) and not isinstance(mask, tf2.Variable):
      mask = np.asarray(mask)
    if tf.as_dtype(mask.dtype).base_dtype != tf.bool:
      raise _errors.ArgumentTypeError(_errors.problem(
          "reset_mask", f"be bool {form}",
          tf.as_dtype(mask.dtype).base_dtype.name,
          "compare it: tf.not_equal(mask, 0)"))
    mask = tf.convert_to_tensor(mask)
    wanted = [batch, steps] if self.time_axis else [steps, batch]
    if not mask.shape.is_compatible_with(wanted):
      raise _errors.ArgumentError(_errors.problem(
          "reset_mask", f"be {form} like the inputs, "
          f"{tf.TensorShape(wanted)}", f"shape {mask.shape}",
          "check the order of its axes"))
    return mask

  def _mask_that_fits(self, mask):
    sizes = [self.rows(), self.steps]
    agree = tf.debugging.assert_equal(
        tf.shape(mask), tf.stack(sizes if self.time_axis else sizes[::-1]),
        message="reset_mask must have the batch size and the time steps of "
        "the inputs")
    mask = _after(agree, mask)
    mask.set_shape([None, None])
    return mask


def _after(check, tensor):
  """`tensor`, once `check` has run (in eager mode, it has already)."""
  if check is None:
    return tensor
  with tf.control_dependencies([check]):
    return tf.identity(tensor)


def swapped(leaf):
  """`leaf` with its first two axes swapped."""
  rank = leaf.shape.rank
  if rank is None:
    order = tf.concat([[1, 0], tf.range(2, tf.rank(leaf))], 0)
  elif rank < 2:
    return leaf
  else:
    order = [1, 0] + list(range(2, rank))
  return tf.transpose(leaf, order)
