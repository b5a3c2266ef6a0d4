"""Monitors: what looks on while an estimator trains."""

import copy
import inspect
import time
import typing

import numpy as np

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn.checks import require as _require


class BaseMonitor:
  """The base class of monitors: `step_begin` names tensors, `step_end` gets
  their values and says whether to stop.

  TF 1.15: `tf.contrib.learn.monitors.BaseMonitor`.
  """

  # The estimator that trains, and how far it is: an epoch and a step are open
  # between the two calls that frame them.
  _estimator = None
  _begun = False
  _max_steps = None
  _current_epoch = None
  _current_step = None

  @property
  def run_on_all_workers(self):
    """Whether workers other than the chief run it too."""
    return False

  def set_estimator(self, estimator):
    """Says which estimator trains."""
    _require(estimator is not None, "estimator", "be an estimator", None,
             "pass the one that trains")
    self._estimator = estimator

  def begin(self, max_steps=None):
    """Before the first step."""
    _require(not self._begun, "begin", "be called once for a training",
             "a second call", "call `end` in between")
    self._begun, self._max_steps = True, max_steps

  def end(self, session=None):
    """After the last step."""
    _require(self._begun, "end", "close what `begin` has opened",
             "no call of `begin`", "call that first")
    self._begun, self._max_steps = False, None

  def epoch_begin(self, epoch):
    """Before an epoch."""
    _require(self._current_epoch is None, "epoch_begin",
             "be called when no epoch is open",
             f"a call during epoch {self._current_epoch}",
             "call `epoch_end` first")
    _require(epoch >= 0, "epoch", "be a number from 0 on", epoch,
             "count the epochs from 0")
    self._current_epoch = epoch

  def epoch_end(self, epoch):
    """After an epoch."""
    self._close("epoch", epoch)

  def step_begin(self, step):
    """Before a step; returns tensors or names of what to fetch."""
    limit = float("inf") if self._max_steps is None else self._max_steps
    _require(0 <= step <= limit, "step",
             f"be from 0 to `max_steps`, here {self._max_steps}", step,
             "pass the global step")
    self._current_step = step
    return []

  def step_end(self, step, output):
    """After a step, with `{what was asked for: value}`; True stops."""
    self._close("step", step)
    return False

  def post_step(self, step, session):
    """After `step_end` of all monitors."""

  def _close(self, kind, number):
    current = "_current_" + kind
    begun = getattr(self, current)
    _require(number == begun, kind, f"be {begun}, the one that has begun",
             number, f"call `{kind}_begin` and `{kind}_end` with one number")
    setattr(self, current, None)


def _output(outputs, request):
  return outputs[request if request in outputs else request.name]


class EveryN(BaseMonitor):
  """A monitor that does something every `every_n_steps` steps.

  Derived classes have `every_n_step_begin`, `every_n_step_end` and
  `every_n_post_step`.

  TF 1.15: `tf.contrib.learn.monitors.EveryN`.
  """

  # Whether it acts in this step, the last one in which it did, and the last
  # one there was.
  _is_active = False
  _last_active_step = 0
  _last_successful_step = None

  def __init__(self, every_n_steps=100, first_n_steps=1):
    super().__init__()
    self._first_n_steps = first_n_steps
    self._every_n_steps = every_n_steps

  def step_begin(self, step):
    requests = super().step_begin(step)
    due = self._last_active_step + self._every_n_steps
    self._is_active = (step == self._max_steps
                       or not self._first_n_steps < step < due)
    return self.every_n_step_begin(step) if self._is_active else requests

  def every_n_step_begin(self, step):
    """What to fetch."""
    return []

  def step_end(self, step, output):
    stop = super().step_end(step, output)
    return self.every_n_step_end(step, output) if self._is_active else stop

  def every_n_step_end(self, step, outputs):
    """Gets the values; True stops."""
    return False

  def post_step(self, step, session):
    super().post_step(step, session)
    if self._is_active:
      self.every_n_post_step(step, session)
    self._last_successful_step = step
    if self._is_active:
      self._last_active_step = step

  def every_n_post_step(self, step, session):
    """After the step, and after the last one."""

  def end(self, session=None):
    super().end(session)
    last = self._last_successful_step
    if last != self._last_active_step:
      self.every_n_post_step(last, session)


class StopAtStep(BaseMonitor):
  """Stops after `num_steps` further steps, or at step `last_step`.

  TF 1.15: `tf.contrib.learn.monitors.StopAtStep`.
  """

  def __init__(self, num_steps=None, last_step=None):
    super().__init__()
    given = [one for one in (num_steps, last_step) if one is not None]
    _require(len(given) == 1, "num_steps",
             "be given, or `last_step` instead of it",
             "both" if given else "neither", "pass one of them")
    self._num_steps, self._last_step = num_steps, last_step

  @property
  def run_on_all_workers(self):
    """True."""
    return True

  def step_begin(self, step):
    found = super().step_begin(step)
    if self._last_step is None:  # This step is the first one.
      self._last_step = step - 1 + self._num_steps
    return found

  def step_end(self, step, output):
    return super().step_end(step, output) or self._last_step <= step


class _TensorLog(EveryN):
  """Logs the values of the tensors that `_tagged` names."""

  _title = ""
  _names = {}

  def _tagged(self):
    """{tag: name of the tensor}"""
    raise NotImplementedError

  def every_n_step_begin(self, step):
    self._names = self._tagged()
    return list(self._names.values())

  def every_n_step_end(self, step, outputs):
    shown = (f"{tag} = {_output(outputs, name)}"
             for tag, name in self._names.items() if name in outputs)
    tf.logging.info("%sStep %d: %s", self._title, step, ", ".join(shown))


class PrintTensor(_TensorLog):
  """Logs the values of tensors: a list of names or `{tag: name}`.

  TF 1.15: `tf.contrib.learn.monitors.PrintTensor`.
  """

  def __init__(self, tensor_names, every_n=100, first_n=1):
    super().__init__(every_n, first_n)
    self._tensor_names = (
        tensor_names if isinstance(tensor_names, dict)
        else {name: name for name in tensor_names})

  def _tagged(self):
    return self._tensor_names


class LoggingTrainable(_TensorLog):
  """Logs the values of the trainable variables.

  TF 1.15: `tf.contrib.learn.monitors.LoggingTrainable`.
  """

  _title = "Logging Trainable: "

  def __init__(self, scope=None, every_n=100, first_n=1):
    super().__init__(every_n, first_n)
    self._scope = scope

  def _tagged(self):
    return {variable.name: variable.value().name
            for variable in tf.trainable_variables(self._scope)}


class SummarySaver(EveryN):
  """Saves summaries.

  TF 1.15: `tf.contrib.learn.monitors.SummarySaver`.
  """

  def __init__(self, summary_op, save_steps=100, output_dir=None,
               summary_writer=None, scaffold=None):
    super().__init__(save_steps)
    self._scaffold = scaffold
    self._summary_op = summary_op
    self._summary_writer = summary_writer
    if output_dir:
      self._write_to(output_dir)

  def _write_to(self, directory):
    if self._summary_writer is None:
      self._summary_writer = tf.summary.FileWriter(directory)

  def set_estimator(self, estimator):
    super().set_estimator(estimator)
    self._write_to(estimator.model_dir)

  def every_n_step_begin(self, step):
    if self._scaffold is not None and self._summary_op is None:
      self._summary_op = self._scaffold.summary_op
    return [one for one in [self._summary_op] if one is not None]

  def every_n_step_end(self, step, outputs):
    if self._summary_writer and self._summary_op is not None:
      self._summary_writer.add_summary(
          _output(outputs, self._summary_op), step)
    return False

  def end(self, session=None):
    super().end(session)
    if self._summary_writer:
      self._summary_writer.flush()


class _Best(typing.NamedTuple):
  """The best evaluation so far."""

  step: typing.Any = None
  value: typing.Any = None
  metrics: typing.Any = None


class ValidationMonitor(EveryN):
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


class CaptureVariable(EveryN):
  """Keeps the values of a variable, `{step: value}`.

  TF 1.15: `tf.contrib.learn.monitors.CaptureVariable`.
  """

  def __init__(self, var_name, every_n=100, first_n=1):
    super().__init__(every_n, first_n)
    self._values = {}
    self._var_name = var_name

  values = property(lambda self: self._values, doc="{step: value}")

  def every_n_step_begin(self, step):
    return [self._var_name]

  def every_n_step_end(self, step, outputs):
    self._values[step] = _output(outputs, self._var_name)


class NanLoss(EveryN):
  """Stops, or raises, if the loss is not a number.

  TF 1.15: `tf.contrib.learn.monitors.NanLoss`.
  """

  def __init__(self, loss_tensor, every_n_steps=100, fail_on_nan_loss=True):
    super().__init__(every_n_steps)
    self._fail_on_nan_loss = fail_on_nan_loss
    self._loss_tensor = loss_tensor

  def every_n_step_begin(self, step):
    return [self._loss_tensor]

  def every_n_step_end(self, step, outputs):
    diverged = bool(np.isnan(_output(outputs, self._loss_tensor)))
    if diverged:
      fail = self._fail_on_nan_loss
      tf.logging.log(tf.logging.ERROR if fail else tf.logging.WARN,
                     "The loss is not a number at step %d.", step)
      if fail:
        raise tf.train.NanLossDuringTrainingError
    return diverged


def get_default_monitors(loss_op=None, summary_op=None,
                         save_summary_steps=100, output_dir=None,
                         summary_writer=None):
  """Monitors that log the loss and save summaries.

  TF 1.15: `tf.contrib.learn.monitors.get_default_monitors`.
  """
  logs = [] if loss_op is None else [PrintTensor({"loss": loss_op.name})]
  saves = [] if summary_op is None else [
      SummarySaver(summary_op, save_summary_steps, output_dir, summary_writer)]
  return logs + saves


class RunHookAdapterForMonitors(tf.train.SessionRunHook):
  """Monitors as a hook.

  TF 1.15: `tf.contrib.learn.monitors.RunHookAdapterForMonitors`.
  """

  def __init__(self, monitors):
    self._monitors = monitors
    self._step = None

  def begin(self):
    self._step = None
    self._global_step = tf.train.get_global_step()
    for monitor in self._monitors:
      monitor.begin(max_steps=None)

  def before_run(self, run_context):
    if self._step is None:
      self._step = 1 + run_context.session.run(self._global_step)
    wanted = {}
    for monitor in self._monitors:
      requests = monitor.step_begin(self._step) or []
      _require(isinstance(requests, list), "step_begin",
               "return a list of tensors or names", type(requests).__name__,
               f"correct it in {type(monitor).__name__}")
      wanted.update(zip(requests, map(_element, requests), strict=True))
    return tf.train.SessionRunArgs(
        {"step": self._global_step, **({"monitors": wanted} if wanted else {})})

  def after_run(self, run_context, run_values):
    results = run_values.results
    # Every monitor sees the values, also when one of them wants to stop.
    if any([monitor.step_end(self._step, results.get("monitors", {}))
            for monitor in self._monitors]):
      run_context.request_stop()
    for monitor in self._monitors:
      monitor.post_step(self._step, run_context.session)
    self._step = 1 + results["step"]

  def end(self, session):
    self._step = None
    for monitor in self._monitors:
      takes_session = "session" in inspect.signature(monitor.end).parameters
      monitor.end(**({"session": session} if takes_session else {}))


def replace_monitors_with_hooks(monitors_or_hooks, estimator):
  """A list of hooks, the last one of which calls the monitors.

  TF 1.15: `tf.contrib.learn.monitors.replace_monitors_with_hooks`.
  """
  hooks, monitors = [], []
  for one in monitors_or_hooks or []:
    if isinstance(one, tf.train.SessionRunHook):
      hooks.append(one)
    elif estimator.config.is_chief or one.run_on_all_workers:
      monitors.append(one)
  for monitor in monitors:
    monitor.set_estimator(estimator)
  return hooks + ([RunHookAdapterForMonitors(monitors)] if monitors else [])


def _element(request):
  """The tensor or operation that a monitor asked for."""
  graph = tf.get_default_graph()
  if not isinstance(request, str):
    _require(getattr(request, "graph", None) is graph, "step_begin",
             "ask for tensors and operations of the graph that is trained",
             request, "ask for one by its name, or build it in this graph")
    return request
  names_output = ":" in request
  element = graph.as_graph_element(request if names_output else request + ":0")
  _require(names_output or len(element.op.outputs) == 1, "step_begin",
           "say which output of an operation it asks for", repr(request),
           f"write {request}:0, for example")
  return element
