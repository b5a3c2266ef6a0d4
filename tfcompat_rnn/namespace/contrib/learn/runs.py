"""Running tensors in a session of their own."""

import contextlib

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf


def run_feeds_iter(output_dict, feed_dicts, restore_checkpoint_path=None):
  """Yields the values of `output_dict` for each feed, in a new session.

  Variables are initialized, or restored from `restore_checkpoint_path`;
  queue runners are started. It calls `Session.run` as often as 1.15 did.
  Raises ArgumentError if there are no outputs or no feeds.

  TF 1.15: `tf.contrib.learn.graph_actions.run_feeds_iter`.
  """
  if not output_dict or not feed_dicts:
    raise _errors.ArgumentError(_errors.problem(
        "output_dict and feed_dicts", "not be empty",
        f"{output_dict}, {feed_dicts}", "pass {name: tensor} and feeds"))
  graph = next(iter(output_dict.values())).graph
  with graph.as_default(), tf.Session() as session:
    _initialize(session, restore_checkpoint_path)
    with _queue_runners(session):
      for feed in feed_dicts:
        yield session.run(output_dict, feed)


def _initialize(session, checkpoint_path):
  """Variables, resources and tables, each in a run of its own."""
  resources = _tf.private("resources")
  session.run(resources.initialize_resources([
      *resources.shared_resources(), *resources.local_resources()]))
  if checkpoint_path:
    tf.train.Saver().restore(session, checkpoint_path)
  first = () if checkpoint_path else (tf.global_variables_initializer,)
  for initializer in (*first, tf.local_variables_initializer,
                      tf.tables_initializer):
    session.run(initializer())


@contextlib.contextmanager
def _queue_runners(session):
  """Started, and ended with the block."""
  coordinator, threads = tf.train.Coordinator(), ()
  try:
    threads = tf.train.start_queue_runners(session, coord=coordinator)
    yield
  finally:
    coordinator.request_stop()
    coordinator.join(threads, stop_grace_period_secs=120)


def run_feeds(output_dict, feed_dicts, restore_checkpoint_path=None):
  """`run_feeds_iter` as a list.

  TF 1.15: `tf.contrib.learn.run_feeds`.
  """
  return list(run_feeds_iter(output_dict, feed_dicts,
                             restore_checkpoint_path))


def run_n(output_dict, feed_dict=None, restore_checkpoint_path=None, n=1):
  """Runs the tensors of `output_dict` `n` times in a new session.

  >>> tf.contrib.learn.run_n({"x": x}, n=2)
  [{'x': ...}, {'x': ...}]

  TF 1.15: `tf.contrib.learn.run_n`.
  """
  return run_feeds(output_dict, [feed_dict] * n, restore_checkpoint_path)


def infer(restore_checkpoint_path, output_dict, feed_dict=None):
  """The values of `output_dict` with the variables of a checkpoint.

  TF 1.15: `tf.contrib.learn.infer`.
  """
  return run_feeds(output_dict, [feed_dict], restore_checkpoint_path)[0]
