"""Monitors: what looks on while an estimator trains."""

import copy
import inspect
import time

import numpy as np

from tfcompat_rnn._tf import tf


class BaseMonitor:
  """The base class of monitors: `step_begin` names tensors, `step_end` gets
  their values and says whether to stop.

  TF 1.15: `tf.contrib.learn.monitors.BaseMonitor`.
  """

  def __init__(self):
    self._begun = False
    self._current_epoch = None
    self._current_step = None
    self._max_steps = None
    self._estimator = None

  @property
  def run_on_all_workers(self):
    """Whether workers other than the chief run it too."""
    return False

  def set_estimator(self, estimator):
    """Says which estimator trains."""
    if estimator is None:
      raise ValueError("Missing estimator.")
    self._estimator = estimator

  def begin(self, max_steps=None):
    """Before the first step."""
    if self._begun:
      raise ValueError("begin called twice without end.")
    self._max_steps = max_steps
    self._begun = True

  def end(self, session=None):
    """After the last step."""
    if not self._begun:
      raise ValueError("end called without begin.")
    self._max_steps = None
    self._begun = False

  def epoch_begin(self, epoch):
    """Before an epoch."""
    if self._current_epoch is not None:
      raise ValueError("epoch_begin called twice without epoch_end.")
    if epoch < 0:
      raise ValueError(f"Invalid epoch {epoch}.")
    self._current_epoch = epoch

  def epoch_end(self, epoch):
    """After an epoch."""
    if self._current_epoch != epoch:
      raise ValueError(
          f"epoch_end expected {self._current_epoch} but got {epoch}.")
    self._current_epoch = None

  def step_begin(self, step):
    """Before a step; returns tensors or names of what to fetch."""
    if step < 0 or (self._max_steps is not None and step > self._max_steps):
      raise ValueError(f"Invalid step {step}.")
    self._current_step = step
    return []

  def step_end(self, step, output):
    """After a step, with `{what was asked for: value}`; True stops."""
    if self._current_step != step:
      raise ValueError(
          f"step_end expected {self._current_step} but got {step}.")
    self._current_step = None
    return False

  def post_step(self, step, session):
    """After `step_end` of all monitors."""


def _output(outputs, request):
  return outputs[request] if request in outputs else outputs[request.name]


class EveryN(BaseMonitor):
  """A monitor that does something every `every_n_steps` steps.

  Derived classes have `every_n_step_begin`, `every_n_step_end` and
  `every_n_post_step`.

  TF 1.15: `tf.contrib.learn.monitors.EveryN`.
  """

  def __init__(self, every_n_steps=100, first_n_steps=1):
    super().__init__()
    self._every_n_steps = every_n_steps
    self._first_n_steps = first_n_steps
    self._last_successful_step = None
    self._last_active_step = 0
    self._is_active = False

  def every_n_step_begin(self, step):
    """What to fetch."""
    return []

  def every_n_step_end(self, step, outputs):
    """Gets the values; True stops."""
    return False

  def every_n_post_step(self, step, session):
    """After the step, and after the last one."""

  def step_begin(self, step):
    super().step_begin(step)
    self._is_active = (
        step <= self._first_n_steps
        or step >= self._every_n_steps + self._last_active_step
        or step == self._max_steps)
    return self.every_n_step_begin(step) if self._is_active else []

  def step_end(self, step, output):
    super().step_end(step, output)
    return self.every_n_step_end(step, output) if self._is_active else False

  def post_step(self, step, session):
    super().post_step(step, session)
    if self._is_active:
      self.every_n_post_step(step, session)
      self._last_active_step = step
    self._last_successful_step = step

  def end(self, session=None):
    super().end(session=session)
    if self._last_successful_step != self._last_active_step:
      self.every_n_post_step(self._last_successful_step, session)


class StopAtStep(BaseMonitor):
  """Stops after `num_steps` further steps, or at step `last_step`.

  TF 1.15: `tf.contrib.learn.monitors.StopAtStep`.
  """

  def __init__(self, num_steps=None, last_step=None):
    super().__init__()
    if num_steps is None and last_step is None:
      raise ValueError("One of num_steps or last_step must be specified.")
    if num_steps is not None and last_step is not None:
      raise ValueError("Only one of num_steps or last_step can be specified.")
    self._num_steps = num_steps
    self._last_step = last_step

  @property
  def run_on_all_workers(self):
    """True."""
    return True

  def step_begin(self, step):
    super().step_begin(step)
    if self._last_step is None:
      self._last_step = step + self._num_steps - 1
    return []

  def step_end(self, step, output):
    super().step_end(step, output)
    return step >= self._last_step


class PrintTensor(EveryN):
  """Logs the values of tensors: a list of names or `{tag: name}`.

  TF 1.15: `tf.contrib.learn.monitors.PrintTensor`.
  """

  def __init__(self, tensor_names, every_n=100, first_n=1):
    super().__init__(every_n, first_n)
    if not isinstance(tensor_names, dict):
      tensor_names = {name: name for name in tensor_names}
    self._tensor_names = tensor_names

  def every_n_step_begin(self, step):
    super().every_n_step_begin(step)
    return list(self._tensor_names.values())

  def every_n_step_end(self, step, outputs):
    super().every_n_step_end(step, outputs)
    shown = [f"{tag} = {_output(outputs, name)}"
             for tag, name in self._tensor_names.items() if name in outputs]
    tf.logging.info("Step %d: %s", step, ", ".join(shown))


class LoggingTrainable(EveryN):
  """Logs the values of the trainable variables.

  TF 1.15: `tf.contrib.learn.monitors.LoggingTrainable`.
  """

  def __init__(self, scope=None, every_n=100, first_n=1):
    super().__init__(every_n, first_n)
    self._scope = scope
    self._names = {}

  def every_n_step_begin(self, step):
    super().every_n_step_begin(step)
    self._names = {var.name: var.value().name
                   for var in tf.trainable_variables(self._scope)}
    return list(self._names.values())

  def every_n_step_end(self, step, outputs):
    super().every_n_step_end(step, outputs)
    shown = [f"{tag} = {_output(outputs, name)}"
             for tag, name in self._names.items() if name in outputs]
    tf.logging.info("Logging Trainable: Step %d: %s", step, ", ".join(shown))


class SummarySaver(EveryN):
  """Saves summaries.

  TF 1.15: `tf.contrib.learn.monitors.SummarySaver`.
  """

  def __init__(self, summary_op, save_steps=100, output_dir=None,
               summary_writer=None, scaffold=None):
    super().__init__(every_n_steps=save_steps)
    self._summary_op = summary_op
    self._summary_writer = summary_writer
    if summary_writer is None and output_dir:
      self._summary_writer = tf.summary.FileWriter(output_dir)
    self._scaffold = scaffold

  def set_estimator(self, estimator):
    super().set_estimator(estimator)
    if self._summary_writer is None:
      self._summary_writer = tf.summary.FileWriter(estimator.model_dir)

  def every_n_step_begin(self, step):
    super().every_n_step_begin(step)
    if self._summary_op is None and self._scaffold is not None:
      self._summary_op = self._scaffold.summary_op
    return [] if self._summary_op is None else [self._summary_op]

  def every_n_step_end(self, step, outputs):
    super().every_n_step_end(step, outputs)
    if self._summary_op is not None and self._summary_writer:
      self._summary_writer.add_summary(_output(outputs, self._summary_op),
                                       step)
    return False

  def end(self, session=None):
    super().end(session=session)
    if self._summary_writer:
      self._summary_writer.flush()


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
    super().__init__(every_n_steps=every_n_steps, first_n_steps=-1)
    if x is None and input_fn is None:
      raise ValueError("Either x or input_fn should be provided.")
    self.x = x
    self.y = y
    self.input_fn = input_fn
    self.batch_size = batch_size
    self.eval_steps = eval_steps
    self.metrics = metrics
    self.hooks = hooks
    self.early_stopping_rounds = early_stopping_rounds
    self.early_stopping_metric = early_stopping_metric
    self.early_stopping_metric_minimize = early_stopping_metric_minimize
    self.name = name
    self._best_step = None
    self._best_value = None
    self._best_metrics = None
    self._early_stopped = False
    self._latest_path = None
    self._latest_path_step = None
    self._checked_at = None
    self._check_interval_secs = check_interval_secs

  @property
  def early_stopped(self):
    """Whether it has stopped the training."""
    return self._early_stopped

  @property
  def best_step(self):
    """The step with the best value."""
    return self._best_step

  @property
  def best_value(self):
    """The best value."""
    return self._best_value

  @property
  def best_metrics(self):
    """All metrics of the best step."""
    return self._best_metrics

  def _evaluate(self):
    if not hasattr(self._estimator, "fit"):  # a tf.estimator.Estimator
      if any(one is not None for one in (self.x, self.y, self.batch_size,
                                         self.metrics)):
        raise ValueError(
            "tf.estimator.Estimator does not support following arguments: x, "
            "y, batch_size, metrics. Should set as `None` in "
            "ValidationMonitor")
      return self._estimator.evaluate(
          input_fn=self.input_fn, steps=self.eval_steps, hooks=self.hooks,
          name=self.name)
    return self._estimator.evaluate(
        x=self.x, y=self.y, input_fn=self.input_fn,
        batch_size=self.batch_size, steps=self.eval_steps,
        metrics=self.metrics, hooks=self.hooks, name=self.name)

  def _has_new_checkpoint(self, step):
    now = time.time()
    if (self._check_interval_secs is not None and self._checked_at is not None
        and now - self._checked_at <= self._check_interval_secs):
      tf.logging.debug(
          "Skipping evaluation since less than %d seconds have passed since "
          "last check for a new checkpoint.", self._check_interval_secs)
      return False
    self._checked_at = now
    path = tf.train.latest_checkpoint(self._estimator.model_dir)
    if path is None:
      tf.logging.debug("Skipping evaluation since model has not been saved "
                       "yet at step %d.", step)
      return False
    if path == self._latest_path:
      tf.logging.debug(
          "Skipping evaluation due to same checkpoint %s for step %d as for "
          "step %d.", path, step, self._latest_path_step)
      return False
    self._latest_path = path
    self._latest_path_step = step
    return True

  def every_n_step_end(self, step, outputs):
    super().every_n_step_end(step, outputs)
    if self._estimator is None:
      raise ValueError("Missing call to set_estimator.")
    if not self._has_new_checkpoint(step):
      return False
    found = self._evaluate()
    tf.logging.info("Validation (step %d): %s", step, ", ".join(
        f"{name} = {value}" for name, value in found.items()))
    if self.early_stopping_rounds is None:
      return False
    if self.early_stopping_metric not in found:
      raise ValueError(f"Metric {self.early_stopping_metric} missing from "
                       f"outputs {set(found)}.")
    value = found[self.early_stopping_metric]
    best = self._best_value
    if best is None or (value < best if self.early_stopping_metric_minimize
                        else value > best):
      self._best_value = value
      self._best_metrics = copy.deepcopy(found)
      self._best_step = step
    if step - self._best_step < self.early_stopping_rounds:
      return False
    tf.logging.info("Stopping. Best step: %s with %s = %s.", self._best_step,
                    self.early_stopping_metric, self._best_value)
    self._early_stopped = True
    return True


class CaptureVariable(EveryN):
  """Keeps the values of a variable, `{step: value}`.

  TF 1.15: `tf.contrib.learn.monitors.CaptureVariable`.
  """

  def __init__(self, var_name, every_n=100, first_n=1):
    super().__init__(every_n, first_n)
    self._var_name = var_name
    self._values = {}

  @property
  def values(self):
    """{step: value}"""
    return self._values

  def every_n_step_begin(self, step):
    super().every_n_step_begin(step)
    return [self._var_name]

  def every_n_step_end(self, step, outputs):
    super().every_n_step_end(step, outputs)
    self._values[step] = _output(outputs, self._var_name)


class NanLoss(EveryN):
  """Stops, or raises, if the loss is not a number.

  TF 1.15: `tf.contrib.learn.monitors.NanLoss`.
  """

  def __init__(self, loss_tensor, every_n_steps=100, fail_on_nan_loss=True):
    super().__init__(every_n_steps=every_n_steps)
    self._loss_tensor = loss_tensor
    self._fail_on_nan_loss = fail_on_nan_loss

  def every_n_step_begin(self, step):
    super().every_n_step_begin(step)
    return [self._loss_tensor]

  def every_n_step_end(self, step, outputs):
    super().every_n_step_end(step, outputs)
    if not np.isnan(_output(outputs, self._loss_tensor)):
      return False
    message = "Model diverged with loss = NaN."
    if self._fail_on_nan_loss:
      tf.logging.error(message)
      raise tf.train.NanLossDuringTrainingError
    tf.logging.warning(message)
    return True


def get_default_monitors(loss_op=None, summary_op=None,
                         save_summary_steps=100, output_dir=None,
                         summary_writer=None):
  """Monitors that log the loss and save summaries.

  TF 1.15: `tf.contrib.learn.monitors.get_default_monitors`.
  """
  monitors = []
  if loss_op is not None:
    monitors.append(PrintTensor(tensor_names={"loss": loss_op.name}))
  if summary_op is not None:
    monitors.append(SummarySaver(
        summary_op, save_steps=save_summary_steps, output_dir=output_dir,
        summary_writer=summary_writer))
  return monitors


class RunHookAdapterForMonitors(tf.train.SessionRunHook):
  """Monitors as a hook.

  TF 1.15: `tf.contrib.learn.monitors.RunHookAdapterForMonitors`.
  """

  def __init__(self, monitors):
    self._monitors = monitors
    self._last_step = None

  def begin(self):
    self._last_step = None
    self._global_step = tf.train.get_global_step()
    for monitor in self._monitors:
      monitor.begin(max_steps=None)

  def before_run(self, run_context):
    if self._last_step is None:
      self._last_step = run_context.session.run(self._global_step) + 1
    wanted = {}
    for monitor in self._monitors:
      requests = monitor.step_begin(self._last_step)
      if requests:
        if not isinstance(requests, list):
          raise ValueError("Monitor.step_begin should return a list.")
        wanted.update((request, _element(request)) for request in requests)
    fetches = {"step": self._global_step}
    if wanted:
      fetches["monitors"] = wanted
    return tf.train.SessionRunArgs(fetches)

  def after_run(self, run_context, run_values):
    found = run_values.results.get("monitors", {})
    for monitor in self._monitors:
      if monitor.step_end(self._last_step, found):
        run_context.request_stop()
    for monitor in self._monitors:
      monitor.post_step(self._last_step, run_context.session)
    self._last_step = run_values.results["step"] + 1

  def end(self, session):
    self._last_step = None
    for monitor in self._monitors:
      if "session" in inspect.signature(monitor.end).parameters:
        monitor.end(session=session)
      else:
        monitor.end()


def replace_monitors_with_hooks(monitors_or_hooks, estimator):
  """A list of hooks, the last one of which calls the monitors.

  TF 1.15: `tf.contrib.learn.monitors.replace_monitors_with_hooks`.
  """
  found = list(monitors_or_hooks or [])
  hooks = [one for one in found if isinstance(one, tf.train.SessionRunHook)]
  monitors = [one for one in found
              if not isinstance(one, tf.train.SessionRunHook)]
  if not estimator.config.is_chief:
    monitors = [one for one in monitors if one.run_on_all_workers]
  for monitor in monitors:
    monitor.set_estimator(estimator)
  if monitors:
    hooks.append(RunHookAdapterForMonitors(monitors))
  return hooks


def _element(request):
  """The tensor or operation that a monitor asked for."""
  graph = tf.get_default_graph()
  if not isinstance(request, str):
    if getattr(request, "graph", None) is not graph:
      raise ValueError(f"Passed {request} should have graph attribute that "
                       f"is equal to current graph {graph}.")
    return request
  if ":" in request:
    return graph.as_graph_element(request)
  element = graph.as_graph_element(request + ":0")
  if len(element.op.outputs) > 1:
    raise ValueError(f"Name {request} is ambiguous, as this `Operation` has "
                     "multiple outputs (at least 2).")
  return element
