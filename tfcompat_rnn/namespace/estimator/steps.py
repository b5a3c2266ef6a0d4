"""`StepsExporter`: saved models at steps of the program's choice."""

import os

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.estimator import loading

_STEP = tf.GraphKeys.GLOBAL_STEP


def _steps_in(pattern):
  """The steps that the event files of `pattern` speak of, in order."""
  return sorted({
      event.step for path in tf.gfile.Glob(pattern)
      for event in tf.train.summary_iterator(path)})


def _report(due, now):
  """Logs what was exported at step `now`; `due` are the wanted steps."""
  *missed, last = due
  if missed:
    tf.logging.warn(
        "StepsExporter: no export for the steps %s, since the next evaluation "
        "was at step %d.", missed, now)
  if last == now:
    tf.logging.info("StepsExporter: exported at step %d.", now)
  else:
    tf.logging.warn(
        "StepsExporter: exported at step %d, the first evaluation after step "
        "%d.", now, last)


def _make_class():
  exporter = loading.module("python.estimator.exporter")

  class StepsExporter(exporter.Exporter):
    """Exports at the first evaluation at or after each of these steps.

    >>> exporter = StepsExporter(
    ...     [100, 1000], serving_input_receiver_fn=serving_input_receiver_fn)
    >>> tf.estimator.EvalSpec(input_fn, exporters=exporter)

    All exports are kept. Raises `ValueError` if no step is a positive
    integer.
    TF 1.15:
    `tensorflow.contrib.estimator.python.estimator.exporter.StepsExporter`.
    """

    def __init__(self, steps_to_keep, name="steps_exporter",
                 serving_input_receiver_fn=None,
                 event_file_pattern="eval/*.tfevents.*", assets_extra=None,
                 as_text=False):
      self._saved_model_exporter = loading.private_name(
          exporter, "_SavedModelExporter")(
              name, serving_input_receiver_fn, assets_extra, as_text)
      self._event_file_pattern = event_file_pattern
      self._model_dir = None
      kept = [step for step in steps_to_keep
              if isinstance(step, int) and step > 0]
      if not kept:
        raise ValueError(
            "`steps_to_keep` list must have at least one positive integer")
      if kept != steps_to_keep:
        tf.logging.warn(
            "StepsExporter: only positive integers are steps, so it exports "
            "at %s.", kept)
      self._steps_to_keep = sorted(kept)

    @property
    def name(self):
      return self._saved_model_exporter.name

    def export(self, estimator, export_path, checkpoint_path, eval_result,
               is_the_final_export):
      if not eval_result or _STEP not in eval_result:
        raise _errors.ArgumentError(_errors.problem(
            "eval_result", f"have the key {_STEP!r}", f"{eval_result}",
            "pass what `estimator.evaluate` returned"))
      self._forget_evaluated(estimator.model_dir)
      now = eval_result[_STEP]
      due = [step for step in self._steps_to_keep if step <= now]
      if not due:
        return None
      result = self._saved_model_exporter.export(
          estimator, export_path, checkpoint_path, eval_result,
          is_the_final_export)
      del self._steps_to_keep[:len(due)]
      _report(due, now)
      return result

    def _forget_evaluated(self, folder):
      """After a restart, drops the steps up to the last evaluation."""
      if not self._event_file_pattern or folder == self._model_dir:
        return
      self._model_dir = folder
      evaluated = _steps_in(os.path.join(folder, self._event_file_pattern))
      if evaluated:
        self._steps_to_keep = [step for step in self._steps_to_keep
                               if step > evaluated[-1]]

  StepsExporter.__qualname__ = StepsExporter.__name__
  return StepsExporter


_classes = {}


def __getattr__(name):
  """The class: its base is loaded with tensorflow-estimator."""
  if name != "StepsExporter":
    raise AttributeError(name)
  if not _classes:
    _classes[name] = _make_class()
  return _classes[name]
