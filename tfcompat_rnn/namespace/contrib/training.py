"""`tf.contrib.training`: placement strategies and bucketing queues."""

import hashlib

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf

_CLOSED = (tf.errors.OutOfRangeError, tf.errors.CancelledError)


class RandomStrategy(object):
  """Spreads ops over parameter servers by a hash of their names.

  >>> tf.train.replica_device_setter(2, ps_strategy=RandomStrategy(2))

  TF 1.15: `tf.contrib.training.RandomStrategy`.
  """

  def __init__(self, num_ps_tasks, seed=0):
    self._num_tasks = num_ps_tasks
    self._seed = seed

  def __call__(self, op):
    text = f"{op.name}_{self._seed}".encode("utf-8")
    return int(int(hashlib.md5(text).hexdigest(), 16) % self._num_tasks)


class GreedyLoadBalancingStrategy(object):
  """Puts each op on the parameter server with the smallest load so far.

  `load_fn` maps an op to its load, for example `byte_size_load_fn`.

  TF 1.15: `tf.contrib.training.GreedyLoadBalancingStrategy`.
  """

  def __init__(self, num_tasks, load_fn):
    self._measure = load_fn
    self._held = [0.0] * num_tasks

  def __call__(self, op):
    lightest = self._held.index(min(self._held))
    self._held[lightest] += self._measure(op)
    return lightest


def byte_size_load_fn(op):
  """The size in bytes of the output of a variable's `op`.

  Raises ArgumentError if it does not have exactly one output, and ValueError
  if the shape is unknown.

  TF 1.15: `tf.contrib.training.byte_size_load_fn`.
  """
  if len(op.outputs) != 1:
    raise _errors.ArgumentError(_errors.problem(
        "op", "have one output", f"{len(op.outputs)} ({op.name})",
        "pass the op of a variable"))
  shape = op.outputs[0].get_shape()
  if not shape.is_fully_defined():
    # The output's shape is set only after the variable's op has been placed.
    shape = tf.TensorShape(op.get_attr("shape"))
  shape.assert_is_fully_defined()
  return shape.num_elements() * op.outputs[0].dtype.size


def _names_and_tensors(tensors):
  if isinstance(tensors, dict):
    names = sorted(tensors, key=str)
    return names, [tf.convert_to_tensor(tensors[name]) for name in names]
  parts = tensors if isinstance(tensors, (list, tuple)) else [tensors]
  if any(isinstance(part, tf.SparseTensor) for part in parts):
    raise _errors.RefusedError(
        "tf.contrib.training.bucket: sparse tensors are not supported; "
        "tf.serialize_sparse them, and tf.deserialize_many_sparse the batch")
  return None, [tf.convert_to_tensor(part) for part in parts]


def bucket(tensors, which_bucket, batch_size, num_buckets, num_threads=1,
           capacity=32, bucket_capacities=None, shapes=None,
           dynamic_pad=False, allow_smaller_final_batch=False,
           keep_input=True, shared_name=None, name=None):
  """Collects single elements into batches of one bucket each, with queues.

  >>> which, batch = tf.contrib.training.bucket(
  ...     [x], which_bucket=n // 10, batch_size=8, num_buckets=3,
  ...     dynamic_pad=True)

  `tensors` is a list or dictionary of tensors, the parts of one element;
  `which_bucket` is an int32 scalar below `num_buckets`. Returns the bucket's
  number and the batch, in the form of `tensors`; with `dynamic_pad` unknown
  dimensions are zero-padded to the longest element of the batch. Needs
  `tf.train.start_queue_runners`. `batch_size` and `bucket_capacities` may be
  lists, with one value per bucket. Elements with `keep_input` False are
  dropped.

  Raises ArgumentError for lists of the wrong length, RefusedError for sparse
  tensors.

  TF 1.15: `tf.contrib.training.bucket`.
  """
  sizes = (list(batch_size) if isinstance(batch_size, (list, tuple))
           else [batch_size] * num_buckets)
  capacities = bucket_capacities or [capacity] * num_buckets
  for argument, values in (("batch_size", sizes),
                           ("bucket_capacities", capacities)):
    if len(values) != num_buckets:
      raise _errors.ArgumentError(_errors.problem(
          argument, f"have num_buckets={num_buckets} elements", values,
          "pass one for each bucket, or a single number"))
  names, parts = _names_and_tensors(tensors)
  with tf.name_scope(name, "bucket", parts):
    sizes = [tf.convert_to_tensor(size, dtype=tf.int32, name="batch_size")
             for size in sizes]
    known = [tf.get_static_value(size) for size in sizes]
    sizes = [size if value is None else int(value)
             for size, value in zip(sizes, known)]
    shapes = ([tf.TensorShape(shape) for shape in shapes] if shapes
              else [part.get_shape() for part in parts])
    types = [part.dtype for part in parts]
    which_bucket = tf.convert_to_tensor(which_bucket, dtype=tf.int32,
                                        name="which_bucket")
    kind = tf.PaddingFIFOQueue if dynamic_pad else tf.FIFOQueue
    queues = [
        kind(capacity=capacities[i], dtypes=types, shapes=shapes,
             shared_name=f"{shared_name}_{i}" if shared_name else None,
             name=f"bucket_queue_{i}") for i in range(num_buckets)]
    one_size = not isinstance(batch_size, (list, tuple)) and (
        not allow_smaller_final_batch) and known[-1] is not None
    rows = tf.TensorShape([sizes[-1] if one_size else None])
    top = tf.PaddingFIFOQueue(
        capacity=capacity, dtypes=[tf.int32] + types,
        shapes=[tf.TensorShape([])] + [rows.concatenate(shape)
                                       for shape in shapes],
        shared_name=shared_name, name="top_queue")
    enqueue = _enqueue_one(queues, parts, which_bucket, keep_input)
    fill = []
    for i, queue in enumerate(queues):
      read = (queue.dequeue_up_to if allow_smaller_final_batch
              else queue.dequeue_many)
      batch = read(sizes[i], name=f"read_bucket_{i}")
      batch = list(batch) if isinstance(batch, (list, tuple)) else [batch]
      fill.append(top.enqueue([tf.constant(i)] + batch,
                              name=f"enqueue_from_bucket_{i}"))
    _add_runner(queues[0], fill, [top])
    _add_runner(top, [enqueue] * num_threads, queues)
    for queue in queues:
      tf.summary.scalar(f"bucket/{queue.name}/size",
                        tf.cast(top.size(), tf.float32))
    tf.summary.scalar(f"bucket/{top.name}/fraction_of_{capacity}_full",
                      tf.cast(top.size(), tf.float32) * (1. / capacity))
    found = top.dequeue(name="dequeue_top")
  which, batch = found[0], list(found[1:])
  if names is not None:
    return which, dict(zip(names, batch))
  # As in 1.15: a single tensor is not in a list, even if it was passed in one.
  return which, batch[0] if len(batch) == 1 else batch


def _enqueue_one(queues, parts, which_bucket, keep_input):
  def into_its_queue():
    return tf.group(*[
        tf.cond(tf.equal(which_bucket, i),
                lambda queue=queue: queue.enqueue(parts), tf.no_op)
        for i, queue in enumerate(queues)], name="group_enqueues")

  if keep_input is True:
    return into_its_queue()
  return tf.cond(tf.convert_to_tensor(keep_input, dtype=tf.bool),
                 into_its_queue, tf.no_op)


def _add_runner(queue, enqueues, closes):
  tf.train.add_queue_runner(tf.train.QueueRunner(
      queue, enqueues,
      close_op=tf.group(*[part.close() for part in closes]),
      cancel_op=tf.group(*[part.close(cancel_pending_enqueues=True)
                           for part in closes]),
      queue_closed_exception_types=_CLOSED))


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
  if not isinstance(bucket_boundaries, (list, tuple)) or not all(
      isinstance(edge, int) for edge in bucket_boundaries):
    raise _errors.ArgumentTypeError(_errors.problem(
        "bucket_boundaries", "be a list of ints", bucket_boundaries,
        "pass for example [10, 20]"))
  edges = list(bucket_boundaries)
  if not edges or edges != sorted(set(edges)):
    raise _errors.ArgumentError(_errors.problem(
        "bucket_boundaries", "be increasing and not empty", edges,
        "sort them"))
  names, parts = _names_and_tensors(tensors)
  with tf.name_scope(name, "bucket_by_sequence_length",
                     [input_length] + parts) as scope:
    input_length = tf.convert_to_tensor(input_length, dtype=tf.int32,
                                        name="input_length")
    limits = np.iinfo(np.int32)
    inside = tf.logical_and(
        tf.less_equal([limits.min] + edges, input_length),
        tf.less(input_length, edges + [limits.max]))
    which = tf.cast(tf.reduce_min(tf.where(inside)), tf.int32)
    if shapes is not None:
      shapes = [tf.TensorShape([])] + list(shapes)
    _, batch = bucket(
        [input_length] + parts, which, batch_size, len(edges) + 1,
        num_threads=num_threads, capacity=capacity,
        bucket_capacities=bucket_capacities, shapes=shapes,
        dynamic_pad=dynamic_pad,
        allow_smaller_final_batch=allow_smaller_final_batch,
        keep_input=keep_input, shared_name=shared_name, name=scope)
  lengths, rest = batch[0], batch[1:]
  if names is None:
    return lengths, rest
  # As in 1.15: the only value of a dictionary is a list of one tensor.
  return lengths, dict(zip(names, [rest] if len(names) == 1 else rest))
