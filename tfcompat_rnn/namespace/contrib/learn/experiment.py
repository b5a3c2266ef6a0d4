"""`Experiment`: trains, evaluates and exports an estimator."""

import contextlib
import math
import os
import time

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn import configuration
from tfcompat_rnn.namespace.contrib.learn import estimator as estimators
from tfcompat_rnn.namespace.contrib.learn import exporting
from tfcompat_rnn.namespace.contrib.learn import metrics as metrics_lib
from tfcompat_rnn.namespace.contrib.learn import monitors


class _Listener(tf.train.CheckpointSaverListener):
  """Evaluates and exports each checkpoint."""

  def __init__(self, evaluate, export, model_dir):
    self._evaluate = evaluate
    self._export = export
    self._model_dir = model_dir
    self._path = None
    self.eval_result = None
    self.export_results = None

  def after_save(self, session, global_step_value):
    path = tf.train.latest_checkpoint(self._model_dir)
    if not path:
      tf.logging.warning("Skipping evaluation and export since model has not "
                         "been saved yet.")
    elif path == self._path:
      tf.logging.warning("Skipping evaluation due to same latest checkpoint "
                         "%s.", path)
    else:
      self._path = path
      self.eval_result = self._evaluate(name="intermediate_export",
                                        checkpoint_path=path)
      self.export_results = self._export(self.eval_result,
                                         checkpoint_path=path)


class Experiment:
  """An estimator with its inputs, and how long it trains.

  >>> experiment = tf.contrib.learn.Experiment(
  ...     estimator, train_input_fn, eval_input_fn, train_steps=1000)
  >>> tf.contrib.learn.learn_runner.run(
  ...     lambda output_dir: experiment, output_dir)

  `estimator` is a `tf.contrib.learn.Estimator` or a
  `tf.estimator.Estimator`; `eval_metrics` is for the former alone and
  `saving_listeners` for the latter. Raises ValueError if something does not
  fit.

  TF 1.15: `tf.contrib.learn.Experiment`.
  """

  def __init__(self, estimator, train_input_fn, eval_input_fn,
               eval_metrics=None, train_steps=None, eval_steps=100,
               train_monitors=None, eval_hooks=None,
               local_eval_frequency=None, eval_delay_secs=120,
               continuous_eval_throttle_secs=60, min_eval_frequency=None,
               delay_workers_by_global_step=False, export_strategies=None,
               train_steps_per_iteration=None, checkpoint_and_export=False,
               saving_listeners=None, check_interval_secs=5):
    is_ours = isinstance(estimator, estimators.Evaluable)
    if not is_ours:
      if not (hasattr(estimator, "train") and hasattr(estimator, "evaluate")):
        raise ValueError("`estimator` must implement "
                         "`tf.contrib.learn.Evaluable` or "
                         "`tf.estimator.Estimator`.")
      if eval_metrics is not None:
        raise ValueError(
            "`eval_metrics` must be `None` with `tf.estimator.Estimator`. Use "
            "`eval_metric_ops` in `tf.estimator.EstimatorSpec` instead.")
    elif not isinstance(estimator, estimators.Trainable):
      raise ValueError("`estimator` must implement "
                       "`tf.contrib.learn.Trainable`or "
                       "`tf.estimator.`Estimator`.")
    elif saving_listeners is not None:
      raise ValueError("`saving_listeners` must be `None` with "
                       "`tf.contrib.learn.Estimator`.")
    if train_steps_per_iteration is not None and not isinstance(
        train_steps_per_iteration, int):
      raise ValueError("`train_steps_per_iteration` must be an integer.")
    self._is_ours = is_ours
    self._estimator = estimator
    self._train_input_fn = train_input_fn
    self._eval_input_fn = eval_input_fn
    self._eval_metrics = eval_metrics
    self._train_steps = train_steps
    self._eval_steps = eval_steps
    self._local_eval_frequency = local_eval_frequency
    self._eval_delay_secs = eval_delay_secs
    self._continuous_eval_throttle_secs = continuous_eval_throttle_secs
    self._checkpoint_and_export = checkpoint_and_export
    self._saving_listeners = saving_listeners
    self._min_eval_frequency = (1 if min_eval_frequency is None
                                else min_eval_frequency)
    self._check_interval_secs = check_interval_secs
    self._delay_workers_by_global_step = delay_workers_by_global_step
    self._train_monitors = list(train_monitors or [])
    self._eval_hooks = list(eval_hooks or [])
    self._set_export_strategies(export_strategies)
    self._train_steps_per_iteration = train_steps_per_iteration

  @property
  def estimator(self):
    """The estimator."""
    return self._estimator

  @property
  def eval_metrics(self):
    """{name: metric}"""
    return self._eval_metrics

  @property
  def train_steps(self):
    """The step that training ends at, or None."""
    return self._train_steps

  @property
  def eval_steps(self):
    """How many batches an evaluation reads, or None for all."""
    return self._eval_steps

  def _set_export_strategies(self, values):
    if isinstance(values, exporting.ExportStrategy):
      values = [values]
    for value in values or []:
      if not isinstance(value, exporting.ExportStrategy):
        raise ValueError(
            "`export_strategies` must be an ExportStrategy, an iterable of "
            f"ExportStrategy, or `None`, found {value}.")
    self._export_strategies = tuple(values or ())

  def extend_train_hooks(self, additional_hooks):
    """Adds hooks or monitors for the training."""
    self._train_monitors.extend(additional_hooks)

  def reset_export_strategies(self, new_export_strategies=None):
    """Replaces the strategies; returns the former ones."""
    before = self._export_strategies
    self._set_export_strategies(new_export_strategies)
    return before

  def train(self, delay_secs=None):
    """Trains; a worker that is not the first waits before (5 s for each)."""
    config = self._estimator.config
    local = configuration.Environment.LOCAL
    if isinstance(config, configuration.RunConfig):
      if config.cluster_spec and config.master:
        if config.environment == local:
          tf.logging.warning(
              "ClusterSpec and master are provided, but environment is set to "
              "'local'. Set environment to 'cloud' if you intend to use the "
              "distributed runtime.")
        elif config.environment != configuration.Environment.GOOGLE:
          self._start_server()
    elif config.cluster_spec and config.master:
      raise ValueError(
          "For distributed runtime, Experiment class only works with "
          f"tf.contrib.learn.RunConfig for now, but provided {type(config)}")
    extra = []
    if delay_secs is None:
      task = config.task_id or 0
      delay_secs = min(60, task * 5)
      if self._delay_workers_by_global_step:
        extra.append(tf.train.GlobalStepWaiterHook(
            int(8000. * math.log(task + 1))))
        delay_secs = 0
    if delay_secs > 0:
      tf.logging.info("Waiting %d secs before starting training.",
                      delay_secs)
      time.sleep(delay_secs)
    return self._call_train(max_steps=self._train_steps,
                            hooks=self._train_monitors + extra)

  def evaluate(self, delay_secs=None, name=None):
    """Evaluates the last checkpoint, after `delay_secs` (None: 120)."""
    self._wait(self._eval_delay_secs if delay_secs is None else delay_secs)
    return self._call_evaluate(name=name or "one_pass")

  @staticmethod
  def _wait(seconds):
    if seconds:
      tf.logging.info("Waiting %f secs before starting eval.", seconds)
      time.sleep(seconds)

  def local_run(self):
    """`train_and_evaluate`, with `local_eval_frequency`."""
    with _changed(self, "_min_eval_frequency", self._local_eval_frequency):
      return self.train_and_evaluate()

  def train_and_evaluate(self):
    """Trains, evaluates during it and at its end, and exports.

    Returns (the results of the evaluation, [what each strategy exported]).
    """
    config = self._estimator.config
    exports = self._checkpoint_and_export and (
        config.save_checkpoints_secs or config.save_checkpoints_steps)
    added = []
    if exports:
      listener = _Listener(self._call_evaluate, self._maybe_export,
                           self._estimator.model_dir)
      added = [tf.train.CheckpointSaverHook(
          checkpoint_dir=self._estimator.model_dir,
          save_secs=config.save_checkpoints_secs,
          save_steps=config.save_checkpoints_steps, listeners=[listener])]
    elif self._min_eval_frequency:
      added = [monitors.ValidationMonitor(
          input_fn=self._eval_input_fn, eval_steps=self._eval_steps,
          metrics=self._eval_metrics, every_n_steps=self._min_eval_frequency,
          check_interval_secs=self._check_interval_secs, name=None,
          hooks=self._eval_hooks)]
    with _changed(self, "_train_monitors", self._train_monitors + added):
      self.train(delay_secs=0)
    if exports:
      return listener.eval_result, listener.export_results
    result = self._call_evaluate()
    return result, self._maybe_export(result)

  def test(self):
    """One step of training, one of evaluation, and an export."""
    self._call_train(steps=1, hooks=self._train_monitors)
    result = self._call_evaluate(steps=1, name="one_pass", hooks=None)
    self._maybe_export(result)
    return result

  def continuous_eval(self, delay_secs=None, throttle_delay_secs=None,
                      evaluate_checkpoint_only_once=True,
                      continuous_eval_predicate_fn=None, name="continuous"):
    """Evaluates each new checkpoint until training has ended."""
    self._evaluate_on(self._eval_input_fn, name, delay_secs,
                      throttle_delay_secs, evaluate_checkpoint_only_once,
                      continuous_eval_predicate_fn, True)

  def continuous_eval_on_train_data(
      self, delay_secs=None, throttle_delay_secs=None,
      continuous_eval_predicate_fn=None, name="continuous_on_train_data"):
    """Likewise, on the data of the training."""
    self._evaluate_on(self._train_input_fn, name, delay_secs,
                      throttle_delay_secs, True,
                      continuous_eval_predicate_fn, False)

  def _evaluate_on(self, input_fn, name, delay_secs, throttle_secs, only_once,
                   predicate, export):
    goes_on = _predicate(predicate)
    self._wait(self._eval_delay_secs if delay_secs is None else delay_secs)
    if throttle_secs is None:
      throttle_secs = self._continuous_eval_throttle_secs
    seen = result = None
    while goes_on(result, seen):
      if self._has_ended(result):
        tf.logging.info("Exiting continuous eval, global_step=%s >= "
                        "train_step=%s", result[tf.GraphKeys.GLOBAL_STEP],
                        self._train_steps)
        return
      start = time.time()
      path = tf.train.latest_checkpoint(self._estimator.model_dir)
      if not path or (only_once and path == seen):
        result = {}
      else:
        result = self._call_evaluate(input_fn=input_fn, name=name,
                                     checkpoint_path=path) or {}
        if export:
          self._maybe_export(result, checkpoint_path=path)
        seen = path
      time.sleep(max(0, throttle_secs - (time.time() - start)))

  def _has_ended(self, result):
    step = (result or {}).get(tf.GraphKeys.GLOBAL_STEP)
    return step and self._train_steps and step >= self._train_steps

  def continuous_train_and_eval(self, continuous_eval_predicate_fn=None):
    """Trains and evaluates in turn until `train_steps` are done."""
    goes_on = _predicate(continuous_eval_predicate_fn)
    exported = path = result = None
    steps = self._train_steps_per_iteration
    if steps is None:
      steps = (1000 if self._train_steps is None
               else int(self._train_steps / 10))
    while goes_on(result, path if result else None):
      if self._has_ended(result):
        tf.logging.info("Stop training model as max steps reached")
        break
      tf.logging.info("Training model for %s steps", steps)
      self._call_train(steps=steps, hooks=self._train_monitors)
      tf.logging.info("Evaluating model now.")
      path = tf.train.latest_checkpoint(self._estimator.model_dir)
      result = self._call_evaluate(name="one_pass", checkpoint_path=path)
      exported = self._maybe_export(result)
    return result, exported

  def _maybe_export(self, eval_result, checkpoint_path=None):
    base = os.path.join(tf.compat.as_bytes(self._estimator.model_dir),
                        b"export")
    return [strategy.export(
        self._estimator, os.path.join(base,
                                      tf.compat.as_bytes(strategy.name)),
        checkpoint_path=checkpoint_path, eval_result=eval_result)
            for strategy in self._export_strategies]

  def run_std_server(self):
    """Starts the server of this process and waits."""
    self._start_server().join()

  def _start_server(self):
    config = self._estimator.config
    if (not config.cluster_spec or not config.task_type or not config.master
        or config.task_id is None):
      raise ValueError(
          "Could not start server; be sure to specify cluster_spec, "
          "task_type, master, and task in RunConfig or set the TF_CONFIG "
          "environment variable.")
    server = tf.train.Server(
        config.cluster_spec, job_name=config.task_type,
        task_index=config.task_id, config=config.tf_config, start=False)
    server.start()
    return server

  def _call_train(self, steps=None, hooks=None, max_steps=None):
    hooks = monitors.replace_monitors_with_hooks(hooks, self._estimator)
    if self._is_ours:
      return self._estimator.fit(input_fn=self._train_input_fn, steps=steps,
                                 max_steps=max_steps, monitors=hooks)
    return self._estimator.train(
        input_fn=self._train_input_fn, steps=steps, max_steps=max_steps,
        hooks=hooks, saving_listeners=self._saving_listeners)

  def _call_evaluate(self, input_fn=None, steps=-1, name=None,
                     checkpoint_path=None, hooks=()):
    options = {"input_fn": input_fn or self._eval_input_fn,
               "steps": self._eval_steps if steps == -1 else steps,
               "name": name, "checkpoint_path": checkpoint_path,
               "hooks": self._eval_hooks if hooks == () else hooks}
    if self._is_ours:
      options["metrics"] = self._eval_metrics
    return self._estimator.evaluate(**options)


def _predicate(function):
  if function is None:
    return lambda result, path: True
  if not callable(function):
    raise ValueError("`continuous_eval_predicate_fn` must be a callable, or "
                     "None.")
  if "checkpoint_path" in metrics_lib.arguments_of(function):
    return lambda result, path: function(result, checkpoint_path=path)
  return lambda result, path: function(result)


@contextlib.contextmanager
def _changed(thing, name, value):
  before = getattr(thing, name)
  setattr(thing, name, value)
  try:
    yield
  finally:
    setattr(thing, name, before)
