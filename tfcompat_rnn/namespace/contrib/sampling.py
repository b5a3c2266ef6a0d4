"""`rejection_sample` and `stratified_sample`: batches by chance, in queues."""

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf


def _with_checks(checks, tensor):
  return private("control_flow_ops").with_dependencies(checks, tensor)


def _as_tensors(values):
  if not isinstance(values, (list, tuple)):
    raise _errors.ArgumentTypeError(_errors.problem(
        "tensors", "be a list (values must be a sequence)",
        type(values).__name__, "pass [x] for a single tensor"))
  return [tf.convert_to_tensor_or_indexed_slices(value) for value in values]


def rejection_sample(tensors, accept_prob_fn, batch_size, queue_threads=1,
                     enqueue_many=False, prebatch_capacity=16,
                     prebatch_threads=1, runtime_checks=False, name=None):
  """Batches of elements, each accepted with a probability of its own.

  >>> [xs, ys] = tf.contrib.training.rejection_sample(
  ...     [x, y], lambda parts: tf.sigmoid(parts[0]), batch_size=16)

  Args:
    tensors: list of tensors, the parts of one element; with `enqueue_many`, of
      several, `[n, ...]`.
    accept_prob_fn: maps the parts of one element to a float scalar from 0 to
      1.
    batch_size: int.
    queue_threads: how many threads collect the batch.
    enqueue_many: whether `tensors` has a batch dimension.
    prebatch_capacity, prebatch_threads: of the queue that takes batches apart.
    runtime_checks: whether probabilities outside of 0 to 1 are errors.
    name: variable scope of the operations.

  Returns a list of tensors `[batch_size, ...]`.

  Raises ArgumentTypeError if `tensors` is not a list, ValueError if the batch
  dimension is missing or differs.

  TF 1.15: `tf.contrib.training.rejection_sample`.
  """
  with tf.variable_scope(name, "rejection_sample", tensors):
    parts = _as_tensors(tensors)
    if enqueue_many:
      parts = _taken_apart(_verify_data_inputs(parts), prebatch_threads,
                           prebatch_capacity)
    chance = accept_prob_fn(parts)
    if runtime_checks:
      chance = tf.identity(_with_checks(
          [tf.assert_less_equal(0.0, chance),
           tf.assert_less_equal(chance, 1.0)], chance),
                           name="prob_with_checks")
    batch = tf.train.maybe_batch(
        parts, keep_input=tf.random_uniform([]) < chance,
        batch_size=batch_size, num_threads=queue_threads)
    # A queue with one component returns a tensor.
    return [batch] if isinstance(batch, tf.Tensor) else batch


def _taken_apart(parts, threads, capacity):
  """The parts of one element at a time, from a queue."""
  batch = tf.train.batch(
      parts, batch_size=1, num_threads=threads, capacity=capacity,
      enqueue_many=True)
  # As in 1.15, a queue with one component returns a tensor, which is iterated
  # over: its rows are the elements.
  return [tf.squeeze(part, [0]) for part in batch]


def stratified_sample(tensors, labels, target_probs, batch_size,
                      init_probs=None, enqueue_many=False, queue_capacity=16,
                      threads_per_queue=1, name=None):
  """Batches in which the classes have given shares; drops elements for it.

  >>> [xs], ys = tf.contrib.training.stratified_sample(
  ...     [x], label, target_probs=[.5, .5], batch_size=16)

  Args:
    tensors: list of tensors, the parts of one element; with `enqueue_many`, of
      several, `[n, ...]`.
    labels: int scalar, the element's class; with `enqueue_many`, `[n]`.
    target_probs: float `[classes]`, the shares in the batches.
    batch_size: int.
    init_probs: float `[classes]`, the shares in the data; None to estimate
      them, in a variable.
    enqueue_many: whether `tensors` and `labels` have a batch dimension.
    queue_capacity, threads_per_queue: of the queues.
    name: name scope of the operations.

  Returns `(list of tensors [batch_size, ...], labels [batch_size])`.

  Raises ArgumentTypeError if `tensors` is not a list, ValueError if shapes do
  not fit, InvalidArgumentError at run time if shares do not add up to 1, a
  label is not a class, or a class is wanted that the data does not have.

  TF 1.15: `tf.contrib.training.stratified_sample`.
  """
  with tf.name_scope(name, "stratified_sample", list(tensors) + [labels]):
    parts = _as_tensors(tensors)
    labels = tf.convert_to_tensor(labels)
    target_probs = tf.convert_to_tensor(target_probs, dtype=tf.float32)
    if not enqueue_many:
      parts = [tf.expand_dims(part, 0) for part in parts]
      labels = tf.expand_dims(labels, 0)
    if init_probs is None:
      init_probs = _estimate_data_distribution(labels, _number_of(target_probs))
    init_probs = tf.convert_to_tensor(init_probs, dtype=tf.float32)
    parts, labels, (init_probs, target_probs) = _verify_input(
        parts, labels, [init_probs, target_probs])
    obtainable = tf.Assert(
        tf.reduce_all(tf.logical_or(
            tf.not_equal(init_probs, 0), tf.equal(target_probs, 0))),
        ["`target_probs` must be 0 for a class that is not in the data; of the "
         "data and wanted: ", init_probs, target_probs])
    init_probs = _with_checks([obtainable], init_probs)
    accepted = _reported(
        _calculate_acceptance_probabilities(init_probs, target_probs),
        init_probs)
    *parts, label = _taken_apart(
        parts + [labels], threads_per_queue, queue_capacity)
    chance = tf.gather(accepted, label)
    *batch, labels = tf.train.maybe_batch(
        parts + [label], keep_input=tf.random_uniform([]) < chance,
        batch_size=batch_size, num_threads=threads_per_queue)
    return batch, labels


def _reported(accepted, init_probs):
  """`accepted`, printed if more than half of the elements are rejected."""
  rejected = tf.reduce_sum((1 - accepted) * init_probs)
  return tf.cond(
      tf.less(rejected, .5), lambda: accepted,
      lambda: tf.Print(
          accepted, [accepted], first_n=10,
          message="More than half of the elements are dropped; each class is "
          "accepted with the probability "))


def _estimate_data_distribution(labels, num_classes, smoothing_constant=10):
  """The shares of the classes so far, float32 `[num_classes]`.

  Each class starts with a count of `smoothing_constant`; raises ArgumentError
  unless that is positive.
  """
  if smoothing_constant <= 0:
    raise _errors.ArgumentError(_errors.problem(
        "smoothing_constant", "be positive", smoothing_constant,
        "pass the count that each class starts with"))
  counts = tf.Variable(
      initial_value=[smoothing_constant] * num_classes, trainable=False,
      name="class_count", dtype=tf.int64)
  counts = counts.assign_add(tf.reduce_sum(
      tf.one_hot(labels, num_classes, dtype=tf.int64), 0))
  # A copy: another thread may change the variable during the division.
  counts = counts + 0
  return tf.cast(tf.truediv(counts, tf.reduce_sum(counts)), tf.float32)


def _verify_data_inputs(tensor_list):
  """Raises ValueError unless all tensors have the same batch dimension."""
  for tensor in tensor_list:
    _require_rows(tensor, tensor_list[0])
  return tensor_list


def _require_rows(tensor, like):
  shape = tensor.get_shape().with_rank_at_least(1)
  tf.compat.dimension_at_index(shape, 0).assert_is_compatible_with(
      tf.compat.dimension_at_index(like.get_shape(), 0))


def _verify_input(tensor_list, labels, probs_list):
  """`(tensor_list, labels, probs_list)` with their checks.

  Raises ValueError if a shape is wrong or the shares are of several lengths.
  """
  checked = [_checked_shares(probs) for probs in probs_list]
  lengths = [probs.get_shape().num_elements() for probs in checked]
  if len(set(lengths)) > 1:
    raise _errors.ArgumentError(_errors.problem(
        "init_probs", "be as long as `target_probs`",
        " and ".join(map(str, lengths)), "pass one share for each class"))
  labels.get_shape().assert_has_rank(1)
  for tensor in tensor_list:
    _require_rows(tensor, labels)
  rows = tf.shape(labels)[0]
  some = tf.assert_positive(rows)
  labels = _with_checks([some], labels)
  tensor_list = [
      _with_checks([some, tf.assert_equal(tf.shape(tensor)[0], rows)], tensor)
      for tensor in tensor_list]
  labels = _with_checks([
      tf.assert_integer(labels), tf.assert_non_negative(labels),
      tf.assert_less(labels, tf.cast(lengths[0], labels.dtype))], labels)
  return tensor_list, labels, checked


def _number_of(probs):
  """The number of classes, which has to be known."""
  shape = probs.get_shape()
  shape.assert_is_fully_defined()
  return shape.num_elements()


def _checked_shares(probs):
  """`probs`, checked to be shares: not negative, with the sum 1."""
  _number_of(probs)
  probs.get_shape().assert_has_rank(1)
  tolerance = 1e-6
  total = tf.reduce_sum(probs)
  return _with_checks([
      tf.assert_non_negative(probs), tf.assert_less(total, 1.0 + tolerance),
      tf.assert_less(1.0 - tolerance, total)], probs)


def _calculate_acceptance_probabilities(init_probs, target_probs):
  """How likely an element of each class is accepted, float `[classes]`.

  A class with the share p in the data and the wanted share t is accepted in
  proportion to t / p. The largest is 1, so that few elements are dropped; a
  class that neither occurs nor is wanted gets 0.
  """
  ratio = target_probs / init_probs
  ratio = tf.where_v2(tf.is_nan(ratio), tf.zeros_like(ratio), ratio)
  return ratio / tf.reduce_max(ratio)
