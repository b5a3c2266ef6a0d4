"""`FeedingQueueRunner`: a queue runner whose threads feed arrays."""

import threading
import weakref

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf


class FeedingQueueRunner(tf.train.QueueRunner):
  """A `tf.train.QueueRunner` that feeds what functions return.

  >>> runner = tf.contrib.training.FeedingQueueRunner(
  ...     queue, [queue.enqueue(x)], feed_fns=[lambda: {x: next(rows)}])
  >>> tf.train.add_queue_runner(runner)

  Args:
    queue, enqueue_ops, close_op, cancel_op: as in `tf.train.QueueRunner`.
    feed_fns: a function for each of `enqueue_ops` that returns the
      `feed_dict` of its next run; None feeds nothing.
    queue_closed_exception_types: the errors that mean that the queue was
      closed, OutOfRangeError and CancelledError by default.

  Raises ArgumentError if there are more or fewer functions than operations. A
  queue runner of this kind cannot be stored in a graph's proto: `to_proto`
  raises RefusedError, as 1.15 raised NotImplementedError.

  TF 1.15: `tf.contrib.training.FeedingQueueRunner`.
  """

  def __init__(self, queue=None, enqueue_ops=None, close_op=None,
               cancel_op=None, feed_fns=None,
               queue_closed_exception_types=None):
    super().__init__(
        queue, enqueue_ops, close_op, cancel_op,
        queue_closed_exception_types=queue_closed_exception_types or (
            tf.errors.OutOfRangeError, tf.errors.CancelledError))
    if feed_fns is None:
      feed_fns = [None] * len(enqueue_ops)
    elif len(feed_fns) != len(enqueue_ops):
      raise _errors.ArgumentError(_errors.problem(
          "feed_fns", "have one function for each of `enqueue_ops`",
          f"{len(feed_fns)} for {len(enqueue_ops)}",
          "pass None for an operation that needs no feed"))
    self._feed_fns = feed_fns
    self._lock = threading.Lock()
    self._runs_per_session = weakref.WeakKeyDictionary()

  def _run(self, sess, enqueue_op, feed_fn, coord=None):
    """Enqueues until the queue is closed or the coordinator stops."""
    if coord:
      coord.register_thread(threading.current_thread())
    stopped = coord.should_stop if coord else lambda: False
    feed = feed_fn or (lambda: None)
    closed = False
    try:
      while not stopped():
        sess.run(enqueue_op, feed_dict=feed())
    except (tf.errors.OutOfRangeError, tf.errors.CancelledError):
      closed = True
    except Exception as error:  # pylint: disable=broad-except
      if coord:
        coord.request_stop(error)
      else:
        tf.logging.error("A FeedingQueueRunner failed: %s", error)
        with self._lock:
          self.exceptions_raised.append(error)
        raise
    finally:
      with self._lock:
        self._runs_per_session[sess] -= 1
        last = closed and self._runs_per_session[sess] == 0
      if last:
        self._close(sess)

  def _close(self, sess):
    try:
      sess.run(self.close_op)
    except Exception as error:  # pylint: disable=broad-except
      # The session may be closed already.
      tf.logging.vlog(1, "Ignored exception: %s", error)

  def create_threads(self, sess, coord=None, daemon=False, start=False):
    """The threads that run the operations, one for each; [] if running.

    With a coordinator there is one more, which closes the queue when the
    coordinator stops.
    """
    with self._lock:
      if self._runs_per_session.get(sess, 0) > 0:
        return []
      self._runs_per_session[sess] = len(self.enqueue_ops)
      del self.exceptions_raised[:]
    calls = [(self._run, (sess, *one, coord))
             for one in zip(self.enqueue_ops, self._feed_fns)]
    if coord:
      calls.append((self._cancel_on_stop, (sess, coord)))
    threads = [
        threading.Thread(target=function, args=given, daemon=daemon or None)
        for function, given in calls]
    if start:
      for thread in threads:
        thread.start()
    return threads

  def _cancel_on_stop(self, sess, coord):
    coord.wait_for_stop()
    try:
      sess.run(self.cancel_op)
    except Exception as error:  # pylint: disable=broad-except
      # The session may be closed already.
      tf.logging.vlog(1, "Ignored exception: %s", error)

  def _init_from_proto(self, queue_runner_def, import_scope=None):
    raise self._refusal("initialization from")

  def to_proto(self, export_scope=None):
    raise self._refusal("serialization to")

  def _refusal(self, what):
    return _errors.RefusedError(
        f"{type(self).__name__} does not support {what} proto (it holds "
        "Python functions); add it to the graph again with "
        "tf.train.add_queue_runner")
