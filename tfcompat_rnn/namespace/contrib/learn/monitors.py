"""Monitors: what looks on while an estimator trains."""

import numpy as np

from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn.monitor_bases import (
  BaseMonitor as BaseMonitor,
)
from tfcompat_rnn.namespace.contrib.learn.monitor_bases import EveryN as EveryN
from tfcompat_rnn.namespace.contrib.learn.monitor_bases import output
from tfcompat_rnn.namespace.contrib.learn.monitor_hooks import (
  RunHookAdapterForMonitors as RunHookAdapterForMonitors,
)
from tfcompat_rnn.namespace.contrib.learn.monitor_hooks import (
  replace_monitors_with_hooks as replace_monitors_with_hooks,
)
from tfcompat_rnn.namespace.contrib.learn.validation import (
  ValidationMonitor as ValidationMonitor,
)


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
    shown = (f"{tag} = {output(outputs, name)}"
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
          output(outputs, self._summary_op), step)
    return False

  def end(self, session=None):
    super().end(session)
    if self._summary_writer:
      self._summary_writer.flush()


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
    self._values[step] = output(outputs, self._var_name)


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
    diverged = bool(np.isnan(output(outputs, self._loss_tensor)))
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
