"""`Experiment`: trains, evaluates and exports an estimator."""

import contextlib
import math
import os
import time

from tfcompat_rnn._errors import require as _require
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn import configuration
from tfcompat_rnn.namespace.contrib.learn import estimator as estimators
from tfcompat_rnn.namespace.contrib.learn import exporting
from tfcompat_rnn.namespace.contrib.learn import metrics as metrics_lib
from tfcompat_rnn.namespace.contrib.learn import monitors


class _Listener(tf.train.CheckpointSaverListener):
  """Evaluates and exports each checkpoint."""

  eval_result = export_results = _path = None

  def __init__(self, evaluate, export, model_dir):
    self._evaluate, self._export = evaluate, export
    self._model_dir = model_dir

  def after_save(self, session, global_step_value):
    path = tf.train.latest_checkpoint(self._model_dir)
    if not path or path == self._path:
      tf.logging.warning("Nothing to evaluate or export at step %s: the last "
                         "checkpoint is %s.", global_step_value, path)
      return
    self._path = path
    self.eval_result = self._evaluate(name="intermediate_export",
                                      checkpoint_path=path)
    self.export_results = self._export(self.eval_result, checkpoint_path=path)


def _check_estimator(estimator, is_ours, eval_metrics, saving_listeners):
  """Raises ValueError unless it can train and takes the other arguments."""
  if is_ours:
    trains = isinstance(estimator, estimators.Trainable)
    kind, name, value = ("tf.contrib.learn.Estimator", "saving_listeners",
                         saving_listeners)
    instead = "use hooks or monitors"
  else:
    trains = hasattr(estimator, "train") and hasattr(estimator, "evaluate")
    kind, name, value = "tf.estimator.Estimator", "eval_metrics", eval_metrics
    instead = "return eval_metric_ops in the tf.estimator.EstimatorSpec"
  _require(trains, "estimator", "train and evaluate",
           type(estimator).__name__, "pass a tf.contrib.learn.Estimator or a "
           "tf.estimator.Estimator")
  _require(value is None, name, f"be None with a {kind}", value, instead)


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
    self._is_ours = isinstance(estimator, estimators.Evaluable)
    _check_estimator(estimator, self._is_ours, eval_metrics, saving_listeners)
    _require(isinstance(train_steps_per_iteration, int | None),
             "train_steps_per_iteration", "be an integer or None",
             repr(train_steps_per_iteration), "pass a number of steps")
    self._estimator = estimator
    self._train_input_fn, self._eval_input_fn = train_input_fn, eval_input_fn
    # Training.
    self._train_steps = train_steps
    self._train_steps_per_iteration = train_steps_per_iteration
    self._train_monitors = [*(train_monitors or ())]
    self._saving_listeners = saving_listeners
    self._delay_workers_by_global_step = delay_workers_by_global_step
    # Evaluation, and when.
    self._eval_steps, self._eval_metrics = eval_steps, eval_metrics
    self._eval_hooks = [*(eval_hooks or ())]
    self._eval_delay_secs = eval_delay_secs
    self._continuous_eval_throttle_secs = continuous_eval_throttle_secs
    self._check_interval_secs = check_interval_secs
    self._local_eval_frequency = local_eval_frequency
    self._min_eval_frequency = (
        min_eval_frequency if min_eval_frequency is not None else 1)
    # Exports.
    self._checkpoint_and_export = checkpoint_and_export
    self._set_export_strategies(export_strategies)

  estimator = property(lambda self: self._estimator, doc="The estimator.")
  eval_metrics = property(lambda self: self._eval_metrics,
                          doc="{name: metric}")
  train_steps = property(lambda self: self._train_steps,
                         doc="The step that training ends at, or None.")
  eval_steps = property(
      lambda self: self._eval_steps,
      doc="How many batches an evaluation reads, or None for all.")

  def _set_export_strategies(self, values):
    kind = exporting.ExportStrategy
    found = (values,) if isinstance(values, kind) else tuple(values or ())
    for one in found:
      _require(isinstance(one, kind), "export_strategies",
               "be one ExportStrategy, several or None", one,
               "make each with tf.contrib.learn.make_export_strategy")
    self._export_strategies = found

  def reset_export_strategies(self, new_export_strategies=None):
    """Replaces the strategies; returns the former ones."""
    before = self._export_strategies
    self._set_export_strategies(new_export_strategies)
    return before

  def extend_train_hooks(self, additional_hooks):
    """Adds hooks or monitors for the training."""
    self._train_monitors += additional_hooks

  def train(self, delay_secs=None):
    """Trains; a worker that is not the first waits before (5 s for each)."""
    config = self._estimator.config
    if config.cluster_spec and config.master:
      self._join_cluster(config)
    place, waits = config.task_id or 0, []
    if delay_secs is None and self._delay_workers_by_global_step:
      delay_secs = 0
      waits = [tf.train.GlobalStepWaiterHook(int(8000. * math.log(place + 1)))]
    elif delay_secs is None:
      delay_secs = min(60, place * 5)
    self._wait(delay_secs, "training")
    return self._call_train(max_steps=self._train_steps,
                            hooks=self._train_monitors + waits)

  def _join_cluster(self, config):
    """Starts this task's server, unless the environment says otherwise."""
    _require(isinstance(config, configuration.RunConfig), "config",
             "be a tf.contrib.learn.RunConfig to train in a cluster",
             type(config).__name__, "make it one")
    kinds = configuration.Environment
    if config.environment == kinds.LOCAL:
      tf.logging.warning("There are a cluster_spec and a master, and yet the "
                         "environment is 'local': no server is started. The "
                         "environment of a cluster is 'cloud'.")
    elif config.environment != kinds.GOOGLE:
      self._start_server()

  def evaluate(self, delay_secs=None, name=None):
    """Evaluates the last checkpoint, after `delay_secs` (None: 120)."""
    self._wait(self._eval_delay_secs if delay_secs is None else delay_secs,
               "evaluation")
    return self._call_evaluate(name=name or "one_pass")

  @staticmethod
  def _wait(seconds, before):
    if seconds > 0:
      tf.logging.info("%s begins in %s seconds.", before.capitalize(), seconds)
      time.sleep(seconds)

  def local_run(self):
    """`train_and_evaluate`, with `local_eval_frequency`."""
    with _changed(self, "_min_eval_frequency", self._local_eval_frequency):
      return self.train_and_evaluate()

  def train_and_evaluate(self):
    """Trains, evaluates during it and at its end, and exports.

    Returns (the results of the evaluation, [what each strategy exported]).
    """
    model_dir, config = self._estimator.model_dir, self._estimator.config
    every = {"save_secs": config.save_checkpoints_secs,
             "save_steps": config.save_checkpoints_steps}
    listener, added = None, []
    if self._checkpoint_and_export and any(every.values()):
      listener = _Listener(self._call_evaluate, self._maybe_export, model_dir)
      added = [tf.train.CheckpointSaverHook(model_dir, listeners=[listener],
                                            **every)]
    elif self._min_eval_frequency:
      added = [monitors.ValidationMonitor(
          input_fn=self._eval_input_fn, hooks=self._eval_hooks,
          eval_steps=self._eval_steps, metrics=self._eval_metrics,
          every_n_steps=self._min_eval_frequency,
          check_interval_secs=self._check_interval_secs)]
    with _changed(self, "_train_monitors", self._train_monitors + added):
      self.train(delay_secs=0)
    if listener is not None:
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
    self._wait(self._eval_delay_secs if delay_secs is None else delay_secs,
               "evaluation")
    if throttle_secs is None:
      throttle_secs = self._continuous_eval_throttle_secs
    seen = result = None
    while goes_on(result, seen):
      if self._has_ended(result):
        tf.logging.info("Training has ended at step %s: nothing more is to be "
                        "evaluated.", self._train_steps)
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
        tf.logging.info("Step %s, the last one, is done.", self._train_steps)
        break
      tf.logging.info("%s steps of training.", steps)
      self._call_train(steps=steps, hooks=self._train_monitors)
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
    missing = [name for name in ("cluster_spec", "task_type", "master")
               if not getattr(config, name)]
    _require(not missing and config.task_id is not None, "config",
             "say which server of which cluster this process is",
             f"no {' and no '.join(missing or ['task_id'])}",
             "set the variable TF_CONFIG of the environment")
    # It starts at once.
    return tf.train.Server(config.cluster_spec, config.task_type,
                           config.task_id, config=config.tf_config)

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
  _require(callable(function), "continuous_eval_predicate_fn",
           "be a function or None", repr(function),
           "pass one of the results of an evaluation")
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
