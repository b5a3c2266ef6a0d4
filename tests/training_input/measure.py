"""Builds a case, notes its graph, and runs it until its queues are empty.

Runs unchanged on Python 3.7 with TensorFlow 1.15, and on ours.
"""

import json

import numpy as np

from oracle import graphs
from training_input import cases


def plain(value):
  """`[dtype, shape, numbers]` of an array; floats are exact in text."""
  value = np.asarray(value)
  if value.dtype.kind in "OS":
    return ["string", list(value.shape),
            [part.decode("utf-8") for part in value.ravel().tolist()]]
  return [value.dtype.name, list(value.shape), value.ravel().tolist()]


def runs(tf, fetches, saver, most):
  """What comes out, run by run."""
  config = tf.ConfigProto(
      intra_op_parallelism_threads=1, inter_op_parallelism_threads=4)
  options = tf.RunOptions(timeout_in_ms=20000)
  close = saver.close() if saver else None
  found = []
  with tf.Session(config=config) as session:
    session.run([tf.global_variables_initializer(),
                 tf.local_variables_initializer()])
    coordinator, threads = tf.train.Coordinator(), []
    for runner in tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS):
      if saver is None or runner.queue is not saver:
        threads += runner.create_threads(
            session, coordinator, daemon=True, start=True)
    if saver:
      while _goes_on(tf, session, saver.prefetch_op, options):
        pass
      session.run(close)
    try:
      for _ in range(most):
        found.append({name: plain(value) for name, value in session.run(
            fetches, options=options).items()})
    except tf.errors.OutOfRangeError:
      pass
    coordinator.request_stop()
    coordinator.join(threads, stop_grace_period_secs=20)
  return found


def _goes_on(tf, session, op, options):
  try:
    session.run(op, options=options)
  except tf.errors.OutOfRangeError:
    return False
  return True


def measure(tf, name):
  """Facts about one case, as they stand in the golden file."""
  with tf.Graph().as_default() as graph:
    tf.set_random_seed(7)
    case = cases.CASES[name]
    fetches = case.build(tf)
    saver = fetches.pop("saver", None)
    ops = ["%s:%s" % (op.name, op.type) for op in graph.get_operations()]
    drawn = tf.random_uniform([2])
    runners = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
    facts = {
        "ops": graphs.shorten(ops),
        "shapes": {key: value.get_shape().as_list()
                   if value.get_shape().ndims is not None else None
                   for key, value in fetches.items()},
        "names": {key: value.name for key, value in fetches.items()},
        "runners": [[runner.name, [op.name for op in runner.enqueue_ops],
                     getattr(runner.close_op, "name", None),
                     getattr(runner.cancel_op, "name", None)]
                    for runner in runners],
        "summaries": [part.name for part in tf.get_collection(
            tf.GraphKeys.SUMMARIES)],
        "variables": [variable.name for variable in
                      tf.global_variables() + tf.local_variables()],
    }
    with tf.Session() as session:
      facts["drawn"] = session.run(drawn).tolist()
    facts["runs"] = (
        runs(tf, fetches, saver, case.runs) if case.runs else [])
    if name.startswith(("bucket", "by_length")):
      # Each bucket has a thread of its own, so any may come first.
      facts["runs"].sort(key=lambda run: json.dumps(run, sort_keys=True))
  return facts


def error_of(tf, build):
  """(error, its class's name, its message)."""
  sqss = cases.private(tf, "sequence_queueing_state_saver")
  with tf.Graph().as_default():
    try:
      build(tf, sqss)
    except Exception as error:  # which one is the question
      text = getattr(error, "message", None) or (
          error.args[0] if error.args else "")
      return error, type(error).__name__, str(text)
  return None, "", ""
