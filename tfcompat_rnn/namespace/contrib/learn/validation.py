"""The monitor that evaluates while an estimator trains."""

import copy
import time
import typing

import numpy as np

from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn import monitor_bases


class _Best(typing.NamedTuple):
  """The best evaluation so far."""

  step: typing.Any = None
  value: typing.Any = None
  metrics: typing.Any = None


class ValidationMonitor(monitor_bases.EveryN):
  """Evaluates each new checkpoint, and stops if it gets no better.

  >>> tf.contrib.learn.monitors.ValidationMonitor(
  ...     x, y, every_n_steps=50, early_stopping_rounds=200)

  Raises ValueError if there is neither `x` nor `input_fn`.

  TF 1.15: `tf.contrib.learn.monitors.ValidationMonitor`.
  """

  def __init__(self, x=None, y=None, input_fn=None, batch_size=None,
               eval_steps=None, every_n_steps=100, metrics=None, hooks=None,
               early_stopping_rounds=None, early_stopping_metric="loss",
               early_stopping_metric_minimize=True, name=None,
               check_interval_secs=5):
    # No step is active only because it is one of the first.
    super().__init__(every_n_steps, first_n_steps=-1)
    _require(x is not None or input_fn is not None, "x",
             "be the data to evaluate with, unless `input_fn` makes them",
             None, "pass either")
    self.x, self.y, self.input_fn = x, y, input_fn
    self.batch_size, self.eval_steps = batch_size, eval_steps
    self.metrics, self.hooks, self.name = metrics, hooks, name
    self.early_stopping_rounds = early_stopping_rounds
    self.early_stopping_metric = early_stopping_metric
    self.early_stopping_metric_minimize = early_stopping_metric_minimize
    self._early_stopped = False
    self._best = _Best()
    # The last checkpoint and the step in which it was there; when one was
    # looked for.
    self._latest = None, None
    self._checked_at = None
    self._check_interval_secs = check_interval_secs

  early_stopped = property(lambda self: self._early_stopped,
                           doc="Whether it has stopped the training.")
  best_step = property(lambda self: self._best.step,
                       doc="The step with the best value.")
  best_value = property(lambda self: self._best.value, doc="The best value.")
  best_metrics = property(lambda self: self._best.metrics,
                          doc="All metrics of the best step.")

  def _evaluate(self):
    own = {name: getattr(self, name)
           for name in ("x", "y", "batch_size", "metrics")}
    if not hasattr(self._estimator, "fit"):  # a tf.estimator.Estimator
      given = [name for name, value in own.items() if value is not None]
      _require(not given, "estimator",
               "be one of tf.contrib.learn to be evaluated with "
               + ", ".join(f"`{name}`" for name in given),
               "a tf.estimator.Estimator",
               "leave the arguments at None and pass `input_fn`")
      own = {}
    return self._estimator.evaluate(
        steps=self.eval_steps, name=self.name, hooks=self.hooks,
        input_fn=self.input_fn, **own)

  def _reason_to_wait(self, step):
    """Why nothing is evaluated in this step; None if something is."""
    now, interval = time.time(), self._check_interval_secs
    if None not in (self._checked_at, interval):
      if now - self._checked_at <= interval:
        return f"checkpoints are looked for every {interval} seconds"
    self._checked_at = now
    path = tf.train.latest_checkpoint(self._estimator.model_dir)
    if path is None:
      return "there is no checkpoint yet"
    known, seen_at = self._latest
    if path == known:
      return f"{path} is still the checkpoint of step {seen_at}"
    self._latest = path, step
    return None

  def every_n_step_end(self, step, outputs):
    _require(self._estimator is not None, "estimator",
             "be known before a step ends", None, "call `set_estimator` first")
    reason = self._reason_to_wait(step)
    if reason:
      tf.logging.debug("No evaluation at step %d: %s.", step, reason)
      return False
    found = self._evaluate()
    tf.logging.info("Validation (step %d): %s", step, ", ".join(
        f"{name} = {value}" for name, value in found.items()))
    stop = (self.early_stopping_rounds is not None
            and self._is_too_long_ago(step, found))
    self._early_stopped |= stop
    return stop

  def _is_too_long_ago(self, step, found):
    """Whether the best value is `early_stopping_rounds` old."""
    metric = self.early_stopping_metric
    _require(metric in found, "early_stopping_metric",
             f"be one of {sorted(found)}", repr(metric),
             "name a metric that the evaluation computes")
    better = np.less if self.early_stopping_metric_minimize else np.greater
    if self._best.value is None or better(found[metric], self._best.value):
      self._best = _Best(step, found[metric], copy.deepcopy(found))
    if step < self._best.step + self.early_stopping_rounds:
      return False
    tf.logging.info("Stopping. Best step: %s with %s = %s.", self._best.step,
                    metric, self._best.value)
    return True
