"""Full beams from the ids that each step chose and the beams they came from.

1.15 had a kernel for this, `GatherTree`, which TensorFlow no longer has. Here
it consists of ordinary operations, which count as the one of 1.15.
"""

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seq2seq import _words

_NAMES = ("step_ids", "parent_ids", "max_sequence_lengths", "end_token")
_RANKS = (3, 3, 1, 0)
# The next step for a TensorArray whose elements have no beams.
NOT_SORTED = "set reorder_tensor_arrays=False to return it as it is"


def gather_tree(step_ids, parent_ids, max_sequence_lengths, end_token,
                name=None):
  """The symbols of each final beam, from its last step back to the first.

    beams = gather_tree(outputs.predicted_ids, outputs.parent_ids,
                        max_sequence_lengths=[7, 5], end_token=1)

  For each batch entry, beam k of the result ends with `step_ids[last, :, k]`,
  where `last` is the last of its `max_sequence_lengths` steps; the symbol
  before that is the one of beam `parent_ids[last, :, k]`, and so on. Whatever
  comes after the first `end_token`, or after the maximum length, is
  `end_token`.

  Args:
    step_ids: int32 `[time, batch, beam]`, the symbol that each beam chose.
    parent_ids: int32 `[time, batch, beam]`, the beam of the previous step that
      it continues.
    max_sequence_lengths: int32 `[batch]`.
    end_token: an int32 scalar.
    name: the name of the result, "GatherTree" by default.

  Returns:
    int32 `[time, batch, beam]`.

  Raises:
    ArgumentTypeError (TypeError): if a dtype is not int32.
    ArgumentError (ValueError): if the shapes do not fit.
    tf.errors.InvalidArgumentError: at run time, if the shapes do not fit or,
      on a CPU, if a parent is not a beam. On a GPU, the symbols that cannot be
      followed are -1 instead. As in 1.15, which one applies is a matter of the
      device; here, the device that is known when the graph is built.

  A parent that is equal to the number of beams reads the entry after the last
  beam in memory, as in 1.15.

  TensorFlow 1.15: `tf.contrib.seq2seq.gather_tree`.
  """
  with tf.name_scope(name, "GatherTree") as scope:
    tensors = _int32(step_ids, parent_ids, max_sequence_lengths, end_token)
    try:
      shape = _static_shape(tensors)
    except _errors.ArgumentError:
      # 1.15 counted an operation before it knew its shapes.
      _opcount.compensate(1)
      raise
    with _opcount.as_if(1):
      beams = _gather(tensors, scope)
    beams.set_shape(shape)
    return beams


def _int32(*values):
  """The inputs as tensors, made and named as 1.15 did for an op's inputs."""
  tensors = []
  for name, value in zip(_NAMES, values):
    # The first input has the dtype that it has; arrays given as the others
    # are converted.
    dtype = None if name == "step_ids" or tf.is_tensor(value) else tf.int32
    if value is None:
      raise _errors.ArgumentError(_words.problem(
          name, "be an int32 tensor", None, "pass a tensor",
          f"Tried to convert '{name}' to a tensor and failed. Error: None "
          "values not supported."))
    try:
      tensor = tf.convert_to_tensor(value, dtype, name=name)
    except TypeError as error:
      raise _errors.ArgumentTypeError(_words.problem(
          name, "be int32", repr(value), "pass whole numbers",
          f"Expected int32 passed to parameter '{name}' of op 'GatherTree'"
          )) from error
    if tensor.dtype.base_dtype != tf.int32:
      got = tensor.dtype.base_dtype.name
      raise _errors.ArgumentTypeError(_words.problem(
          name, "be int32", got, f"pass tf.cast({name}, tf.int32)",
          _dtype_words(name, got)))
    tensors.append(tensor)
  return tensors


def _dtype_words(name, got):
  if name == "step_ids":
    return (f"Value passed to parameter '{name}' has DataType {got} not in "
            "list of allowed values: int32")
  wanted = ("expected type of int32" if name == "max_sequence_lengths"
            else "type int32 of argument 'step_ids'")
  return (f"Input '{name}' of 'GatherTree' Op has type {got} that does not "
          f"match {wanted}.")


def _static_shape(tensors):
  """The shape of the beams as far as it is known."""
  for name, tensor, rank in zip(_NAMES, tensors, _RANKS):
    if tensor.shape.ndims not in (None, rank):
      raise _errors.ArgumentError(_words.problem(
          name, f"have rank {rank}", f"shape {tensor.shape}", "reshape it",
          f"Shape must be rank {rank} but is rank {tensor.shape.ndims} for "
          "'GatherTree'"))
  steps, parents, lengths = (tensor.shape.with_rank(rank)
                             for tensor, rank in zip(tensors, _RANKS[:3]))
  try:
    shape = steps.merge_with(parents)
  except ValueError as error:
    raise _errors.ArgumentError(_words.problem(
        "parent_ids", f"have the shape of step_ids, {steps}", parents,
        "pass the parent_ids of the same steps",
        "Dimension in both shapes must be equal, but are "
        f"{steps} and {parents}.")) from error
  batch = tf.TensorShape([shape[1]])
  if not batch.is_compatible_with(lengths):
    raise _errors.ArgumentError(_words.problem(
        "max_sequence_lengths", f"have one number per batch entry, {shape[1]}",
        lengths[0], "pass the lengths of the same batch",
        f"Dimensions must be equal, but are {shape[1]} and {lengths[0]}"))
  return shape.merge_with([None, batch.merge_with(lengths)[0], None])


def _gather(tensors, scope):
  """The beams; all of them together are the op `scope`."""
  with tf.control_dependencies(_runtime_checks(tensors)):
    steps, parents, lengths, end = (tf.identity(tensor) for tensor in tensors)
  strict = _on_cpu(steps.device)
  time, batch, width = sizes = tf.unstack(
      tf.slice(tf.shape(steps), [0], [3]), num=3)
  times = tf.reshape(tf.range(time), [-1, 1, 1])
  lengths = tf.reshape(lengths, [1, -1, 1])
  sources = _sources(parents, lengths, times, sizes)
  bad = tf.equal(sources, width + 1)
  if strict:
    check = tf.cond(
        tf.reduce_any(bad), lambda: _complain(parents, sources, bad, sizes),
        lambda: tf.constant(True))
    with tf.control_dependencies([check]):
      sources = tf.identity(sources)
  symbols = _at(steps, times, sources, sizes)
  if not strict:
    symbols = tf.where(bad, tf.fill(tf.shape(bad), -1), symbols)

  everywhere = tf.shape(steps)
  inside = tf.broadcast_to(times < lengths, everywhere)
  ends = tf.logical_and(inside, tf.equal(symbols, end))
  if not strict:
    # The GPU kernel left beams with a bad parent as they were.
    good = tf.logical_not(tf.reduce_any(bad, 0, keepdims=True))
    ends = tf.logical_and(ends, good)
  first_end = tf.reduce_min(
      tf.where(ends, tf.broadcast_to(times, everywhere),
               tf.fill(everywhere, time)), 0, keepdims=True)
  kept = tf.logical_and(inside, times <= first_end)
  return tf.where(kept, symbols, tf.fill(everywhere, end), name=scope)


def _sources(parents, lengths, times, sizes):
  """`[time, batch, beam]`: which beam of each step belongs to a final beam.

  Two steps back are the parent's parent, and functions can be composed in any
  grouping: after n rounds each step knows its ancestor 2 ** n steps away, so
  that 50 steps need 6 rounds. A function is a row of `width + 2` numbers, one
  for each beam, one for the entry in memory after the last beam, which 1.15
  did not refuse, and one for all that it did.
  """
  time, batch, width = sizes
  beams = tf.range(width + 2)
  same = tf.broadcast_to(beams, tf.stack([time, batch, width + 2]))
  parent = _at(parents, times + 1, tf.minimum(same, width), sizes)
  wrong = (parent < 0) | (parent > width) | tf.equal(same, width + 1)
  parent = tf.where(wrong, tf.fill(tf.shape(same), width + 1), parent)
  # The last step of a beam, and what is after it, stays where it is.
  moves = tf.broadcast_to(times < lengths - 1, tf.shape(same))
  moves = tf.logical_and(
      moves, tf.broadcast_to(times < time - 1, tf.shape(same)))
  step = tf.where(moves, parent, same)
  rows = tf.reshape(tf.range(time * batch) * (width + 2),
                    tf.stack([time, batch, 1]))

  def compose(distance, step):
    count = tf.minimum(distance, time)
    later = tf.concat([step[count:], same[:count]], 0)
    composed = tf.gather(tf.reshape(step, [-1]), rows + later)
    return distance * 2, composed

  _, sources = tf.while_loop(
      lambda distance, _: distance < time, compose,
      (tf.constant(1), step), back_prop=False,
      shape_invariants=(tf.TensorShape([]), tf.TensorShape([None] * 3)))
  return sources[:, :, :width]


def _at(values, times, beams, sizes):
  """`values[times, :, beams]`, where `beams` may go beyond the last beam."""
  _, batch, width = sizes
  batches = tf.reshape(tf.range(batch), [1, -1, 1])
  places = (times * batch + batches) * width + beams
  # One more value, so that there is a place to read in any case.
  padded = tf.concat([tf.reshape(values, [-1]), [0]], 0)
  return tf.gather(padded, tf.clip_by_value(places, 0, tf.size(values)))


def _on_cpu(device):
  """Whether 1.15 would have run its CPU kernel for an op on `device`."""
  kind = tf.DeviceSpec.from_string(device).device_type
  if kind not in (None, "GPU"):
    return True
  return not tf.config.list_physical_devices("GPU")


def _complain(parents, sources, bad, sizes):
  """Fails with the parent and place that 1.15's kernel names."""
  time, _, width = sizes
  # The kernel follows one beam after the other, each from its end.
  bad = tf.reshape(bad, tf.stack([time, -1]))
  beam = tf.argmax(tf.cast(tf.reduce_any(bad, 0), tf.int32), 0,
                   output_type=tf.int32)
  step = tf.reduce_max(tf.where(
      bad[:, beam], tf.range(time), tf.fill(tf.stack([time]), -1)))
  entry, place = beam // width, beam % width
  above = tf.minimum(sources[step + 1, entry, place], width)
  flat = tf.reshape(_at(parents, tf.reshape(step + 1, [1, 1, 1]),
                        tf.reshape(above, [1, 1, 1]), sizes), [-1])
  message = tf.strings.join(
      ["Saw invalid parent id ", tf.as_string(flat[entry]),
       " at (batch, time, beam) == (", tf.as_string(entry), ", ",
       tf.as_string(step), ", ", tf.as_string(place),
       "); `parent_ids` must name beams of the previous step"])
  failure = tf.raw_ops.Assert(condition=False, data=[message])
  with tf.control_dependencies([failure]):
    return tf.constant(True)


def _runtime_checks(tensors):
  """Operations that fail where the graph does not know that shapes fit."""
  steps, parents, lengths, _ = tensors
  checks = []

  def check(condition, message, *culprits):
    shapes = [tf.shape(tensor) for tensor in culprits]
    checks.append(tf.raw_ops.Assert(
        condition=condition, data=[message, *shapes]))

  # The shapes are in the memory of the host, and so is text.
  with tf.device("/cpu:0"):
    for name, tensor, rank, kind in zip(
        _NAMES, tensors, _RANKS, ("3-tensor", "3-tensor", "vector",
                                  "scalar")):
      if tensor.shape.ndims is None:
        check(tf.equal(tf.rank(tensor), rank),
              f"{name} must be a {kind}, saw shape: ", tensor)
    with tf.control_dependencies(list(checks)):
      if not (steps.shape.is_fully_defined()
              and parents.shape.is_fully_defined()):
        check(tf.reduce_all(tf.equal(tf.shape(steps), tf.shape(parents))),
              "step_ids.shape must match parent_ids.shape.  but shapes are: ",
              steps, parents)
      if not (steps.shape.ndims and steps.shape[1:2].is_fully_defined()
              and lengths.shape.is_fully_defined()):
        check(tf.equal(tf.shape(steps)[1], tf.size(lengths)),
              "batch size dimensions step_ids.shape[1] and "
              "max_sequence_lengths.shape[0] must match.  but shapes are: ",
              steps, lengths)
  return checks


def gather_tree_from_array(t, parent_ids, sequence_length):
  """Reorders what was written at each step, such as alignments, by beam.

    history = gather_tree_from_array(
        state.alignment_history.stack(), outputs.parent_ids, state.lengths)

  Args:
    t: a stacked TensorArray, `[time, batch, beam, ...]` or
      `[time, batch * beam, ...]`.
    parent_ids: int32 `[time, batch, beam]`, as in `gather_tree`.
    sequence_length: `[batch, beam]`. Later steps of a beam stay as they are.

  Returns:
    A tensor like `t` in which each beam has the rows of its ancestors.

  TensorFlow 1.15: `gather_tree_from_array` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  sizes = [parent_ids.shape.as_list()[axis] or tf.shape(parent_ids)[axis]
           for axis in range(3)]
  time, batch, width = sizes
  beams = tf.expand_dims(tf.expand_dims(tf.range(width), 0), 0)
  beams = tf.tile(beams, [time, batch, 1])
  longest = tf.cast(tf.reduce_max(sequence_length, axis=1), tf.int32)
  # No beam is the end, so that nothing is replaced by it within the lengths.
  sources = gather_tree(beams, parent_ids, longest, end_token=width + 1)
  inside = tf.transpose(
      tf.sequence_mask(sequence_length, maxlen=time), perm=[2, 0, 1])
  sources = tf.where(inside, x=sources, y=beams)

  times = tf.tile(
      tf.reshape(tf.range(time), [-1, 1, 1]), [1, batch, width])
  entries = tf.tile(
      tf.reshape(tf.range(batch), [-1, 1, 1]), [1, time, width])
  entries = tf.transpose(entries, perm=[1, 0, 2])
  places = tf.stack([times, entries, sources], -1)
  shape = tf.shape(t)
  rows = tf.reshape(t, [time, batch, width, -1])
  return tf.reshape(tf.gather_nd(rows, places), shape)


def check_static_batch_beam_maybe(shape, batch_size, beam_width):
  """False, with a warning, if no such shape has a batch of beams.

  TensorFlow 1.15: `_check_static_batch_beam_maybe` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  sizes = shape.as_list()
  if batch_size is None or sizes[0] is None:
    return True
  merged = sizes[0] == batch_size * beam_width
  split = (len(sizes) < 2 or sizes[1] is None
           or sizes[:2] == [batch_size, beam_width])
  if merged and split:
    return True
  tf.logging.warn(
      "the elements of a TensorArray in the cell state must have the shape "
      "%s, or its first two axes in one, to be sorted by beam, got shape %s; "
      "%s",
      tf.TensorShape([batch_size, beam_width, None]), shape, NOT_SORTED)
  return False


def check_batch_beam(t, batch_size, beam_width):
  """An operation that fails if the elements of `t` have no batch of beams.

  Args:
    t: a stacked TensorArray, `[time, batch * beam, ...]` or `[time, batch,
      beam, ...]`.
    batch_size, beam_width: scalars.

  TensorFlow 1.15: `_check_batch_beam` in
  `tensorflow.contrib.seq2seq.python.ops.beam_search_decoder`.
  """
  message = (
      f"the elements of TensorArray {t.name} must be [batch, beam, ...] or "
      f"[batch * beam, ...] to be sorted by beam; {NOT_SORTED}")
  sizes = tf.shape(t)
  fits = tf.equal(sizes[1], batch_size * beam_width)
  if t.shape.ndims != 2:
    fits = tf.logical_or(fits, tf.logical_and(
        tf.equal(sizes[1], batch_size), tf.equal(sizes[2], beam_width)))
  return tf.Assert(fits, [message])
