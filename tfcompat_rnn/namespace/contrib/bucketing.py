"""`bucket` and `bucket_by_sequence_length`: batches of alike elements."""

import numbers

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf

_CLOSED = (tf.errors.OutOfRangeError, tf.errors.CancelledError)


def _as_tensor_list(tensors):
  if isinstance(tensors, dict):
    return [tensors[name] for name in sorted(tensors, key=str)]
  return tensors


def _as_original_type(original_tensors, tensor_list):
  if not isinstance(original_tensors, dict):
    return tensor_list
  if len(original_tensors) == 1:
    # A queue with one component returns a tensor, not a list of one. So, as in
    # 1.15, `bucket_by_sequence_length` returns a list of one tensor here.
    tensor_list = [tensor_list]
  return dict(zip(sorted(original_tensors, key=str), tensor_list))


def _validate_bucket(tensor_list):
  """`tensor_list` as tensors; raises ArgumentError if it is empty."""
  if not isinstance(tensor_list, (list, tuple)):
    raise _errors.ArgumentTypeError(_errors.problem(
        "tensors", "be a list or a dictionary",
        type(tensor_list).__name__, "pass [x] for a single tensor"))
  tensors = [tf.convert_to_tensor_or_sparse_tensor(tensor)
             if isinstance(tensor, (tf.SparseTensor, tf.SparseTensorValue))
             else tf.convert_to_tensor_or_indexed_slices(tensor)
             for tensor in tensor_list]
  if not tensors:
    raise _errors.ArgumentError(_errors.problem(
        "tensors", "have at least one tensor", "none",
        "pass the parts of an element"))
  return tensors


def _as_scalar_condition(keep_input):
  keep_input = tf.convert_to_tensor(keep_input)
  if keep_input.shape.rank != 0:
    raise _errors.ArgumentError(_errors.problem(
        "keep_input", "be a scalar of known rank (`keep_input` cannot be a "
        "vector)", keep_input.shape, "pass one bool per element"))
  return keep_input


def _per_bucket(argument, values, num_buckets):
  if len(values) != num_buckets:
    raise _errors.ArgumentError(_errors.problem(
        argument, f"have exactly num_buckets ({num_buckets}) elements", values,
        "pass one for each bucket, or a single number"))


def _sizes(batch_size, num_buckets):
  """(ints or tensors, whether there is one for each bucket)."""
  several = isinstance(batch_size, (list, tuple))
  if several:
    _per_bucket("batch_size", batch_size, num_buckets)
  return list(batch_size) if several else [batch_size] * num_buckets, several


def _static_or_tensor(size):
  tensor = tf.convert_to_tensor(size, dtype=tf.int32, name="batch_size")
  static = tf.get_static_value(tensor)
  return tensor if static is None else static


def _shapes_of(tensors, shapes):
  if shapes is not None:
    return shapes
  for tensor in tensors:
    if tensor.shape.rank is None:
      raise _errors.ArgumentError(_errors.problem(
          "tensors", "have a known rank", tensor,
          "pass `shapes`, or set the shape with set_shape"))
  return [tensor.shape for tensor in tensors]


def bucket(tensors, which_bucket, batch_size, num_buckets, num_threads=1,
           capacity=32, bucket_capacities=None, shapes=None,
           dynamic_pad=False, allow_smaller_final_batch=False,
           keep_input=True, shared_name=None, name=None):
  """Collects single elements into batches of one bucket each, with queues.

  >>> which, batch = tf.contrib.training.bucket(
  ...     [x], which_bucket=n // 10, batch_size=8, num_buckets=3,
  ...     dynamic_pad=True)

  `tensors` is a list or dictionary of tensors, dense or sparse: the parts of
  one element. `which_bucket` is an int32 scalar below `num_buckets`. Returns
  the bucket's number and the batch, in the form of `tensors`; with
  `dynamic_pad` unknown dimensions are zero-padded to the longest element of
  the batch. Needs `tf.train.start_queue_runners`. `batch_size` and
  `bucket_capacities` may be lists, with one value per bucket. Elements with
  `keep_input` False are dropped.

  Raises ArgumentError for lists of the wrong length or shapes of unknown rank,
  ArgumentTypeError if `tensors` is neither a list nor a dictionary.

  TF 1.15: `tf.contrib.training.bucket`.
  """
  sizes, one_for_each = _sizes(batch_size, num_buckets)
  capacities = ([capacity] * num_buckets if bucket_capacities is None
                else bucket_capacities)
  _per_bucket("bucket_capacities", capacities, num_buckets)
  parts = _as_tensor_list(tensors)
  with tf.name_scope(name, "bucket", parts):
    parts = _validate_bucket(parts)
    keep_input = _as_scalar_condition(keep_input)
    parts, sparse = private("store_sparse_tensors")(
        parts, enqueue_many=False, keep_input=keep_input)
    sizes = [_static_or_tensor(size) for size in sizes]
    dtypes = [part.dtype for part in parts]
    shapes = _shapes_of(parts, shapes)
    which_bucket = tf.convert_to_tensor(
        which_bucket, dtype=tf.int32, name="which_bucket")
    kind = tf.PaddingFIFOQueue if dynamic_pad else tf.FIFOQueue
    queues = [
        kind(capacity=capacities[i], dtypes=dtypes, shapes=shapes,
             shared_name=(None if shared_name is None
                          else f"{shared_name}_{i}"),
             name=f"bucket_queue_{i}") for i in range(num_buckets)]
    unknown = (allow_smaller_final_batch or one_for_each
               or isinstance(sizes[-1], tf.Tensor))
    rows = tf.TensorShape([None if unknown else sizes[-1]])
    # The number of rows can be unknown, which only a padding queue allows.
    top = tf.PaddingFIFOQueue(
        capacity=capacity, dtypes=[tf.int32] + dtypes,
        shapes=[tf.TensorShape([])] + [
            rows.concatenate(shape) for shape in queues[0].shapes],
        shared_name=shared_name, name="top_queue")
    enqueue = _enqueue_one(queues, parts, which_bucket, keep_input)
    _add_runner(queues[0], _fill(top, queues, sizes,
                                 allow_smaller_final_batch),
                top.close(), top.close(cancel_pending_enqueues=True))
    _add_runner(
        top, [enqueue] * num_threads,
        tf.group(*[queue.close() for queue in queues]),
        tf.group(*[queue.close(cancel_pending_enqueues=True)
                   for queue in queues]))
    # 1.15 reported the size of the top queue under the name of each bucket.
    for queue in queues:
      tf.summary.scalar(f"bucket/{queue.name}/size",
                        tf.cast(top.size(), tf.float32))
    tf.summary.scalar(f"bucket/{top.name}/fraction_of_{capacity}_full",
                      tf.cast(top.size(), tf.float32) * (1. / capacity))
    which, *batch = top.dequeue(name="dequeue_top")
    # As in 1.15: a single tensor is not in a list, even if passed in one.
    batch = private("restore_sparse_tensors")(
        batch[0] if len(batch) == 1 else batch, sparse)
    return which, _as_original_type(tensors, batch)


def _enqueue_one(queues, parts, which_bucket, keep_input):
  """The operation that puts an element into its bucket."""
  def into_its_queue():
    return tf.group(*[
        tf.cond(tf.equal(which_bucket, i),
                lambda queue=queue: queue.enqueue(parts), tf.no_op)
        for i, queue in enumerate(queues)], name="group_enqueues")

  return private("legacy_layer_utils").smart_cond(
      keep_input, into_its_queue, tf.no_op)


def _fill(top, queues, sizes, smaller):
  """The operations that move a batch from a bucket to the top queue."""
  fills = []
  for i, (queue, size) in enumerate(zip(queues, sizes)):
    number = tf.constant(i)
    read = queue.dequeue_up_to if smaller else queue.dequeue_many
    batch = read(size, name=f"read_bucket_{i}")
    batch = list(batch) if isinstance(batch, (list, tuple)) else [batch]
    fills.append(top.enqueue([number] + batch,
                             name=f"enqueue_from_bucket_{i}"))
  return fills


def _add_runner(queue, enqueues, close, cancel):
  tf.train.add_queue_runner(tf.train.QueueRunner(
      queue, enqueues, close_op=close, cancel_op=cancel,
      queue_closed_exception_types=_CLOSED))


def _require_boundaries(edges):
  def refuse(error, must, got):
    raise error(_errors.problem(
        "bucket_boundaries", must, got, "pass for example [10, 20]"))
  if not isinstance(edges, (list, tuple)):
    refuse(_errors.ArgumentTypeError, "be a list of integers", edges)
  if not edges:
    refuse(_errors.ArgumentError, "have at least one element", edges)
  if len(edges) == 1 and not isinstance(edges[0], numbers.Integral):
    refuse(_errors.ArgumentTypeError, "consist of integers", edges)
  for pair in zip(edges, edges[1:]):
    if not all(isinstance(edge, int) for edge in pair):
      refuse(_errors.ArgumentTypeError, "consist of integers", edges)
    if pair[0] >= pair[1]:
      refuse(_errors.ArgumentError, "be increasing", edges)


def bucket_by_sequence_length(
    input_length, tensors, batch_size, bucket_boundaries, num_threads=1,
    capacity=32, bucket_capacities=None, shapes=None, dynamic_pad=False,
    allow_smaller_final_batch=False, keep_input=True, shared_name=None,
    name=None):
  """`bucket` by length: below the first boundary, between two, and above.

  >>> lengths, batch = tf.contrib.training.bucket_by_sequence_length(
  ...     n, [x], batch_size=8, bucket_boundaries=[10, 20], dynamic_pad=True)

  Returns `(lengths [batch], batch)`. Raises ArgumentTypeError unless the
  boundaries are a list of ints, ArgumentError unless they increase.

  TF 1.15: `tf.contrib.training.bucket_by_sequence_length`.
  """
  parts = _as_tensor_list(tensors)
  _require_boundaries(bucket_boundaries)
  edges = list(bucket_boundaries)
  with tf.name_scope(name, "bucket_by_sequence_length",
                     [input_length] + parts):
    input_length = tf.convert_to_tensor(
        input_length, dtype=tf.int32, name="input_length")
    limits = np.iinfo(np.int32)
    inside = tf.logical_and(
        tf.less_equal([limits.min] + edges, input_length),
        tf.less(input_length, edges + [limits.max]))
    which = tf.cast(tf.reduce_min(tf.where_v2(inside)), tf.int32)
    if shapes is not None:
      shapes = [tf.TensorShape([])] + list(shapes)
    _, batch = bucket(
        [input_length] + parts, which, batch_size, len(edges) + 1,
        num_threads=num_threads, capacity=capacity,
        bucket_capacities=bucket_capacities, shapes=shapes,
        dynamic_pad=dynamic_pad,
        allow_smaller_final_batch=allow_smaller_final_batch,
        keep_input=keep_input, shared_name=shared_name)
    return batch[0], _as_original_type(tensors, batch[1:])
