"""Buckets. Python 3.7 syntax."""

from training_input.registry import case
from training_input.registry import numbers
from training_input.registry import row
from training_input.registry import sparse
from training_input.registry import with_first


@case()
def bucket_list(tf):
  n = numbers(tf, 10)
  which, batch = tf.contrib.training.bucket(
      [n, row(tf, n)], n % 2, 2, 2, dynamic_pad=True)
  return with_first("which", which, batch)


@case()
def bucket_one(tf):
  n = numbers(tf, 6)
  which, batch = tf.contrib.training.bucket([n], n // 3, 3, 2)
  return {"which": which, "batch": batch}


@case()
def bucket_dictionary(tf):
  n = numbers(tf, 10)
  which, batch = tf.contrib.training.bucket(
      {"n": n, "twice": n * 2}, which_bucket=n % 2, batch_size=2,
      num_buckets=2, keep_input=n > 3, name="named")
  return with_first("which", which, batch)


@case()
def bucket_dictionary_of_one(tf):
  n = numbers(tf, 4)
  which, batch = tf.contrib.training.bucket(
      {"n": n}, n % 2, 2, 2, keep_input=tf.constant(True))
  return with_first("which", which, batch)


@case()
def bucket_sparse(tf):
  n = numbers(tf, 8)
  which, batch = tf.contrib.training.bucket(
      [n, sparse(tf, n)], n % 2, 2, 2)
  return with_first("which", which, batch)


@case()
def bucket_sparse_one(tf):
  n = numbers(tf, 4)
  which, batch = tf.contrib.training.bucket([sparse(tf, n)], 0, 2, 1)
  return with_first("which", which, batch)


@case()
def bucket_sparse_filtered(tf):
  n = numbers(tf, 8)
  which, batch = tf.contrib.training.bucket(
      {"s": sparse(tf, n), "n": n}, n % 2, 2, 2, keep_input=n > 3)
  return with_first("which", which, batch)


@case()
def bucket_sizes(tf):
  n = numbers(tf, 10)
  which, batch = tf.contrib.training.bucket(
      [n], tf.cast(n > 3, tf.int32), [4, 2], 2, bucket_capacities=[8, 4],
      shared_name="shared")
  return {"which": which, "batch": batch}


@case()
def bucket_size_tensor(tf):
  n = numbers(tf, 6)
  which, batch = tf.contrib.training.bucket(
      [n, n], 0, tf.placeholder_with_default(3, []), 1, capacity=7)
  return with_first("which", which, batch)


@case()
def bucket_rest(tf):
  n = numbers(tf, 5)
  which, batch = tf.contrib.training.bucket(
      [n, tf.as_string(n)], 0, 2, 1, shapes=[[], []],
      allow_smaller_final_batch=True)
  return with_first("which", which, batch)


@case(runs=0)
def bucket_dropped(tf):
  n = numbers(tf, 5)
  tf.contrib.training.bucket([n], 0, 2, 1, keep_input=False)
  return {}  # There is nothing to wait for.


@case()
def by_length(tf):
  n = numbers(tf, 8)
  lengths, batch = tf.contrib.training.bucket_by_sequence_length(
      n, [row(tf, n)], 2, [2, 4], dynamic_pad=True)
  return with_first("lengths", lengths, batch)


@case()
def by_length_dictionary(tf):
  n = numbers(tf, 8)
  lengths, batch = tf.contrib.training.bucket_by_sequence_length(
      n, {"x": row(tf, n), "s": sparse(tf, n)}, [2, 1], (4,),
      num_threads=1, capacity=20, bucket_capacities=[6, 8],
      dynamic_pad=True, allow_smaller_final_batch=True, keep_input=n > 0,
      shared_name="lengths", name="named")
  return with_first("lengths", lengths, batch)


@case()
def by_length_shapes(tf):
  n = numbers(tf, 6)
  lengths, batch = tf.contrib.training.bucket_by_sequence_length(
      n, {"only": tf.stack([n, n])}, 2, [3], shapes=[[2]])
  return with_first("lengths", lengths, batch["only"])
