"""Functions of tensors: compiled by XLA or not, or only when it pays."""

from __future__ import annotations

import functools

from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2

# After so many runs of a shape in a session, "auto" compiles: compiling takes
# as long as some tens to some hundreds of runs.
RUNS = 32


def function(run, xla):
  """`run`, a function of tensors, as one of TensorFlow; `xla` compiles it."""
  return tf2.function(run, autograph=False, jit_compile=True if xla else None)


def chosen(run, execution):
  """`f(few, *tensors)` for `run(xla, *tensors)`, as `execution` says.

  `few` is for "auto": whether it ran so few times that it is not compiled.
  """
  plain, compiled = (
      function(functools.partial(run, xla), xla) for xla in (False, True))
  if execution != "auto":
    only = compiled if execution == "xla" else plain
    return lambda few, *tensors: only(*tensors)

  def choose(few, *tensors):
    return tf.cond(few, lambda: plain(*tensors), lambda: compiled(*tensors))

  return function(choose, xla=False)


def few_runs(sizes):
  """Whether the shapes that `sizes` stand for ran at most `RUNS` times.

  `sizes` are scalar tensors. Each session counts by itself.
  """
  name = tf.get_default_graph().unique_name("runs")

  def count(*sizes):
    # Made by the run that first asks; nothing has to initialize it.
    table = tf.raw_ops.MutableHashTableV2(
        key_dtype=tf.string, value_dtype=tf.int64, shared_name=name)
    key = tf.strings.join([tf.as_string(size) for size in sizes], ",")
    before = tf.raw_ops.LookupTableFindV2(
        table_handle=table, keys=key, default_value=tf.constant(0, tf.int64))
    tf.raw_ops.LookupTableInsertV2(
        table_handle=table, keys=key, values=before + 1)
    return before < RUNS

  with tf.device("/device:CPU:0"):
    return function(count, xla=False)(*sizes)
