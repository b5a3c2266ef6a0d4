"""`Estimator`: a model function, trained and evaluated in sessions."""

import copy
import os
import tempfile

import numpy as np

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib.learn import configuration
from tfcompat_rnn.namespace.contrib.learn import evaluating
from tfcompat_rnn.namespace.contrib.learn import exporting
from tfcompat_rnn.namespace.contrib.learn import feeding
from tfcompat_rnn.namespace.contrib.learn import metrics as metrics_lib
from tfcompat_rnn.namespace.contrib.learn import modes
from tfcompat_rnn.namespace.contrib.learn import monitors as monitors_lib
from tfcompat_rnn.namespace.contrib.learn import parameters
from tfcompat_rnn.namespace.contrib.learn import signatures


class NotFittedError(ValueError, AttributeError):
  """An estimator has no checkpoint yet. TF 1.15: `NotFittedError`."""


class Evaluable:
  """What can be evaluated. TF 1.15: `tf.contrib.learn.Evaluable`."""


class Trainable:
  """What can be trained. TF 1.15: `tf.contrib.learn.Trainable`."""


def _check_inputs(x, y, input_fn, feed_fn, batch_size):
  if input_fn is None:
    if x is None:
      raise ValueError("Either x or input_fn must be provided.")
    if isinstance(x, tf.Tensor) or isinstance(y, tf.Tensor):
      raise ValueError("Inputs cannot be tensors. Please provide input_fn.")
    if feed_fn is not None:
      raise ValueError("Can not provide both feed_fn and x or y.")
  else:
    if x is not None or y is not None:
      raise ValueError("Can not provide both input_fn and x or y.")
    if batch_size is not None:
      raise ValueError("Can not provide both input_fn and batch_size.")


def _inputs(x, y, input_fn, feed_fn, batch_size, shuffle=False, epochs=1):
  """(a function that creates the input, a function that feeds it)"""
  _check_inputs(x, y, input_fn, feed_fn, batch_size)
  if input_fn is not None:
    return input_fn, feed_fn
  feeder = feeding.setup_train_data_feeder(
      x, y, n_classes=None, batch_size=batch_size, shuffle=shuffle,
      epochs=epochs)
  return feeder.input_builder, feeder.get_feed_dict_fn()


class BaseEstimator(parameters.Parameters, Evaluable, Trainable):
  """What estimators have in common; derived classes say what is computed.

  TF 1.15: `tf.contrib.learn.BaseEstimator`.
  """

  def __init__(self, model_dir=None, config=None):
    if config is None:
      config = configuration.RunConfig()
      tf.logging.info("Using default config.")
    self._config = config
    self._session_config = config.session_config
    if self._session_config is None:
      self._session_config = tf.ConfigProto(allow_soft_placement=True)
    if (model_dir is not None and config.model_dir is not None
        and model_dir != config.model_dir):
      raise ValueError(
          "model_dir are set both in constructor and RunConfig, but with "
          f"different values. In constructor: '{model_dir}', in RunConfig: "
          f"'{config.model_dir}' ")
    self._model_dir = model_dir or config.model_dir
    if self._model_dir is None:
      self._model_dir = tempfile.mkdtemp()
      tf.logging.warning("Using temporary folder as model directory: %s",
                         self._model_dir)
    if config.model_dir is None:
      self._config = config.replace(model_dir=self._model_dir)
    tf.logging.info("Using config: %s", str(vars(self._config)))
    self._device_fn = _device_setter(self._config)
    self._features_info = None
    self._labels_info = None
    self._graph = None

  @property
  def config(self):
    """A copy of the configuration."""
    return copy.deepcopy(self._config)

  @property
  def model_dir(self):
    """The folder with the checkpoints."""
    return self._model_dir

  @property
  def model_fn(self):
    """The model function, with arguments features, labels, mode, config."""
    def model_fn(features, labels, mode, config):
      return self._call_model_fn(features, labels, mode, config=config)
    return model_fn

  def fit(self, x=None, y=None, input_fn=None, steps=None, batch_size=None,
          monitors=None, max_steps=None):
    """Trains `steps` further steps, or up to step `max_steps`.

    Input is `x` and `y` (arrays, data frames, iterators) or what `input_fn`
    returns: features and labels. Raises ValueError if both or none are given.
    Returns the estimator.
    """
    if steps is not None and max_steps is not None:
      raise ValueError("Can not provide both steps and max_steps.")
    _check_inputs(x, y, input_fn, None, batch_size)
    if x is not None:
      SKCompat(self).fit(x, y, batch_size, steps, max_steps, monitors)
      return self
    if max_steps is not None and self._global_step() >= max_steps:
      tf.logging.info("Skipping training since max_steps has already saved.")
      return self
    hooks = monitors_lib.replace_monitors_with_hooks(monitors, self)
    if steps is not None or max_steps is not None:
      hooks.append(tf.train.StopAtStepHook(steps, max_steps))
    loss = self._train_model(input_fn, hooks)
    tf.logging.info("Loss for final step: %s.", loss)
    return self

  def _global_step(self):
    """The step of the last checkpoint, or -1."""
    try:
      return tf.train.load_variable(self._model_dir,
                                    tf.GraphKeys.GLOBAL_STEP)
    except (ValueError, tf.errors.OpError):
      return -1

  def partial_fit(self, x=None, y=None, input_fn=None, steps=1,
                  batch_size=None, monitors=None):
    """`fit`, one step if nothing else is said."""
    tf.logging.warning(
        "The current implementation of partial_fit is not optimized for use "
        "in a loop. Consider using fit() instead.")
    return self.fit(x=x, y=y, input_fn=input_fn, steps=steps,
                    batch_size=batch_size, monitors=monitors)

  def evaluate(self, x=None, y=None, input_fn=None, feed_fn=None,
               batch_size=None, steps=None, metrics=None, name=None,
               checkpoint_path=None, hooks=None, log_progress=True):
    """{metric: value} for the last checkpoint or `checkpoint_path`.

    `metrics` is `{name: MetricSpec}`. Raises NotFittedError if there is no
    checkpoint, and ValueError if `metrics` is no dict.
    """
    _check_inputs(x, y, input_fn, feed_fn, batch_size)
    if x is not None:
      return SKCompat(self).score(x, y, batch_size, steps, metrics, name)
    return self._evaluate(input_fn, feed_fn, steps, metrics, name,
                          checkpoint_path, hooks, log_progress)

  def _evaluate(self, input_fn, feed_fn, steps, metrics, name,
                checkpoint_path=None, hooks=None, log_progress=True):
    if metrics is not None and not isinstance(metrics, dict):
      raise ValueError(
          f"Metrics argument should be None or dict. Got {metrics}.")
    results, step = self._evaluate_model(
        input_fn=input_fn, feed_fn=feed_fn, steps=steps, metrics=metrics,
        name=name, checkpoint_path=checkpoint_path, hooks=hooks,
        log_progress=log_progress)
    results.update({"global_step": step})
    return results

  def predict(self, x=None, input_fn=None, batch_size=None, outputs=None,
              as_iterable=True, iterate_batches=False):
    """The predictions, one sample (or batch) after the other.

    `outputs` are the keys that are wanted. With `as_iterable=False` the
    predictions of one run, or of all of `x`. Raises NotFittedError if there
    is no checkpoint.
    """
    _check_inputs(x, None, input_fn, None, batch_size)
    if x is not None and not as_iterable:
      return SKCompat(self).predict(x, batch_size)
    input_fn, feed_fn = _inputs(x, None, input_fn, None, batch_size)
    return self._infer_model(input_fn=input_fn, feed_fn=feed_fn,
                             outputs=outputs, as_iterable=as_iterable,
                             iterate_batches=iterate_batches)

  def get_variable_value(self, name):
    """The value of a variable in the last checkpoint."""
    return tf.train.load_variable(self.model_dir, name)

  def get_variable_names(self):
    """The names of the variables in the last checkpoint."""
    return [name for name, _ in tf.train.list_variables(self.model_dir)]

  def _train_model(self, input_fn, hooks):
    self._graph = tf.Graph()
    config = self._config
    with self._graph.as_default() as graph, graph.device(self._device_fn):
      tf.set_random_seed(config.tf_random_seed)
      step = tf.train.create_global_step(graph)
      features, labels = input_fn()
      self._note_signatures(features, labels)
      _tf.private("global_step_read")()
      ops = self._get_train_ops(features, labels)
      tf.add_to_collection(tf.GraphKeys.LOSSES, ops.loss)
      all_hooks = list(hooks) + [
          tf.train.NanTensorHook(ops.loss),
          tf.train.LoggingTensorHook({"loss": ops.loss, "step": step},
                                     every_n_iter=100)]
      scaffold = ops.scaffold or tf.train.Scaffold()
      if not (scaffold.saver or tf.get_collection(tf.GraphKeys.SAVERS)):
        tf.add_to_collection(tf.GraphKeys.SAVERS, tf.train.Saver(
            sharded=True, max_to_keep=config.keep_checkpoint_max,
            keep_checkpoint_every_n_hours=(
                config.keep_checkpoint_every_n_hours),
            defer_build=True, save_relative_paths=True))
      chief_hooks = []
      if ((config.save_checkpoints_secs or config.save_checkpoints_steps)
          and not any(isinstance(hook, tf.train.CheckpointSaverHook)
                      for hook in all_hooks + list(ops.training_hooks)
                      + list(ops.training_chief_hooks))):
        chief_hooks = [tf.train.CheckpointSaverHook(
            self._model_dir, save_secs=config.save_checkpoints_secs,
            save_steps=config.save_checkpoints_steps, scaffold=scaffold)]
      with tf.train.MonitoredTrainingSession(
          master=config.master, is_chief=config.is_chief,
          checkpoint_dir=self._model_dir, scaffold=scaffold,
          hooks=all_hooks + list(ops.training_hooks),
          chief_only_hooks=chief_hooks + list(ops.training_chief_hooks),
          save_checkpoint_secs=0,
          save_summaries_steps=config.save_summary_steps,
          max_wait_secs=config.session_creation_timeout_secs,
          config=self._session_config) as session:
        loss = None
        while not session.should_stop():
          _, loss = session.run([ops.train_op, ops.loss])
      return loss

  def _note_signatures(self, features, labels):
    """Remembers what input looks like; raises ValueError if it changes."""
    self._features_info = signatures.check(
        "Features", features, self._features_info)
    if labels is not None:
      self._labels_info = signatures.check(
          "Labels", labels, self._labels_info)

  def _checkpoint(self, path=None):
    path = path or tf.train.latest_checkpoint(self._model_dir)
    if not path:
      raise NotFittedError(
          f"Couldn't find trained model at {self._model_dir}.")
    return path

  def _evaluate_model(self, input_fn, steps, feed_fn=None, metrics=None,
                      name="", checkpoint_path=None, hooks=None,
                      log_progress=True):
    checkpoint_path = self._checkpoint(checkpoint_path)
    folder = os.path.join(self._model_dir,
                          "eval" if not name else "eval_" + name)
    with tf.Graph().as_default() as graph:
      tf.set_random_seed(self._config.tf_random_seed)
      step = tf.train.create_global_step(graph)
      features, labels = input_fn()
      self._note_signatures(features, labels)
      ops = self._get_eval_ops(features, labels, metrics)
      hooks = list(hooks or [])
      if feed_fn:
        hooks.append(tf.train.FeedFnHook(feed_fn))
      return evaluating.evaluate(
          ops, step, steps, checkpoint_path, folder, hooks,
          self._config.evaluation_master, self._session_config, log_progress)

  def _infer_model(self, input_fn, feed_fn=None, outputs=None,
                   as_iterable=True, iterate_batches=False):
    checkpoint_path = self._checkpoint()
    with tf.Graph().as_default() as graph:
      tf.set_random_seed(self._config.tf_random_seed)
      tf.train.create_global_step(graph)
      features = input_fn()
      if isinstance(features, (list, tuple)):
        features = features[0]
      ops = self._get_predict_ops(features)
      predictions = evaluating.wanted(ops.predictions, outputs)
      session = tf.train.MonitoredSession(
          session_creator=tf.train.ChiefSessionCreator(
              checkpoint_filename_with_path=checkpoint_path,
              scaffold=ops.scaffold, config=self._session_config))
      if as_iterable:
        return evaluating.predictions_of(session, predictions, feed_fn,
                                         iterate_batches)
      with session:
        if not session.should_stop():
          return session.run(predictions, feed_fn() if feed_fn else None)

  def _get_train_ops(self, features, labels):
    raise NotImplementedError("_get_train_ops not implemented")

  def _get_eval_ops(self, features, labels, metrics):
    raise NotImplementedError("_get_eval_ops not implemented in "
                              "BaseEstimator")

  def _get_predict_ops(self, features):
    raise NotImplementedError("_get_predict_ops not implemented")

  def _call_model_fn(self, features, labels, mode, metrics=None, config=None):
    raise NotImplementedError("_call_model_fn not implemented")


class Estimator(BaseEstimator):
  """A model function with its checkpoints.

  >>> def model_fn(features, labels, mode, params):
  ...   predictions = tf.layers.dense(features, 1)
  ...   loss = tf.losses.mean_squared_error(labels, predictions)
  ...   train_op = tf.contrib.layers.optimize_loss(
  ...       loss, tf.train.get_global_step(), params["rate"], "Adam")
  ...   return predictions, loss, train_op
  >>> estimator = tf.contrib.learn.Estimator(model_fn, params={"rate": .1})
  >>> estimator.fit(input_fn=input_fn, steps=100)

  `model_fn` takes features, labels and any of `mode`, `params`, `config`,
  `model_dir`; it returns (predictions, loss, train_op) or a `ModelFnOps`.
  Raises ValueError if it takes no `params` and some are given.

  TF 1.15: `tf.contrib.learn.Estimator`.
  """

  def __init__(self, model_fn=None, model_dir=None, config=None, params=None,
               feature_engineering_fn=None):
    super().__init__(model_dir=model_dir, config=config)
    if model_fn is not None:
      takes = metrics_lib.arguments_of(model_fn)
      if params is not None and "params" not in takes:
        raise ValueError(
            f"Estimator's model_fn ({model_fn}) does not have a params "
            f"argument, but params ({params}) were passed to the Estimator's "
            "constructor.")
      if params is None and "params" in takes:
        tf.logging.warning(
            "Estimator's model_fn (%s) includes params argument, but params "
            "are not passed to Estimator.", model_fn)
    self._model_fn = model_fn
    self.params = params
    self._feature_engineering_fn = feature_engineering_fn or (
        lambda features, labels: (features, labels))

  def _call_model_fn(self, features, labels, mode, metrics=None,
                     config=None):
    features, labels = self._feature_engineering_fn(features, labels)
    takes = metrics_lib.arguments_of(self._model_fn)
    known = {"mode": lambda: mode, "params": lambda: self.params,
             "config": lambda: config or self.config,
             "model_dir": lambda: self.model_dir}
    result = self._model_fn(features, labels, **{
        name: value() for name, value in known.items() if name in takes})
    if not isinstance(result, modes.ModelFnOps):
      if len(result) != 3:
        raise ValueError("Unrecognized value returned by model_fn, please "
                         "return ModelFnOps.")
      result = modes.ModelFnOps(mode=mode, predictions=result[0],
                                loss=result[1], train_op=result[2])
    if metrics:
      result.eval_metric_ops.update(metrics_lib.add_metrics(
          metrics, features, labels, result.predictions))
    return result

  def _get_train_ops(self, features, labels):
    return self._call_model_fn(features, labels, modes.ModeKeys.TRAIN)

  def _get_eval_ops(self, features, labels, metrics):
    ops = self._call_model_fn(features, labels, modes.ModeKeys.EVAL, metrics)
    if modes.MetricKey.LOSS not in ops.eval_metric_ops:
      ops.eval_metric_ops[modes.MetricKey.LOSS] = tf.metrics.mean(ops.loss)
    return ops

  def _get_predict_ops(self, features):
    labels = signatures.create_placeholders_from_signatures(
        self._labels_info)
    return self._call_model_fn(features, labels, modes.ModeKeys.INFER)

  def export_savedmodel(self, export_dir_base, serving_input_fn,
                        default_output_alternative_key=None,
                        assets_extra=None, as_text=False,
                        checkpoint_path=None, graph_rewrite_specs=None,
                        strip_default_attrs=False):
    """Writes a saved model for serving; returns its folder.

    `serving_input_fn` returns an `InputFnOps`. Raises ValueError if it is
    missing or if `graph_rewrite_specs` has transforms.
    """
    if serving_input_fn is None:
      raise ValueError("serving_input_fn must be defined.")
    if graph_rewrite_specs and (len(graph_rewrite_specs) > 1
                                or graph_rewrite_specs[0][1]):
      raise ValueError(
          "`graph_rewrite_specs` must have no transforms, got "
          f"{graph_rewrite_specs}; transform the saved model afterwards with "
          "tensorflow.tools.graph_transforms.TransformGraph")
    return exporting.export(
        self, export_dir_base, serving_input_fn,
        default_output_alternative_key, assets_extra, as_text,
        self._checkpoint(checkpoint_path), strip_default_attrs)


class SKCompat(parameters.Parameters):
  """An estimator with the methods of scikit-learn's.

  >>> classifier = tf.contrib.learn.SKCompat(estimator)
  >>> classifier.fit(x, y, batch_size=32, steps=100)

  TF 1.15: `tf.contrib.learn.SKCompat`.
  """

  def __init__(self, estimator):
    self._estimator = estimator

  def fit(self, x, y, batch_size=128, steps=None, max_steps=None,
          monitors=None):
    """Trains on batches of `x` and `y`, shuffled."""
    input_fn, feed_fn = _inputs(x, y, None, None, batch_size, shuffle=True,
                                epochs=None)
    hooks = [tf.train.FeedFnHook(feed_fn)] if feed_fn else []
    self._estimator.fit(input_fn=input_fn, steps=steps, max_steps=max_steps,
                        monitors=hooks + list(monitors or []))
    return self

  def score(self, x, y, batch_size=128, steps=None, metrics=None, name=None):
    """{metric: value} of `x` and `y`."""
    input_fn, feed_fn = _inputs(x, y, None, None, batch_size)
    return self._estimator._evaluate(input_fn, feed_fn, steps, metrics, name)

  def predict(self, x, batch_size=128, outputs=None):
    """The predictions of all of `x`, as one array or a dict of arrays."""
    input_fn, feed_fn = _inputs(x, None, None, None, batch_size)
    results = list(self._estimator._infer_model(
        input_fn=input_fn, feed_fn=feed_fn, outputs=outputs,
        as_iterable=True, iterate_batches=True))
    if not isinstance(results[0], dict):
      return np.concatenate(results, axis=0)
    return {key: np.concatenate([result[key] for result in results], axis=0)
            for key in results[0]}


_ON_SERVERS = ("Variable", "VariableV2", "AutoReloadVariable",
               "MutableHashTable", "MutableHashTableV2",
               "MutableHashTableOfTensors", "MutableHashTableOfTensorsV2",
               "MutableDenseHashTable", "MutableDenseHashTableV2",
               "VarHandleOp")


def _device_setter(config):
  if config.num_ps_replicas <= 0:
    return None
  worker = ("/job:worker" if not config.task_type else
            f"/job:{config.task_type}/task:{config.task_id}")
  return tf.train.replica_device_setter(
      ps_tasks=config.num_ps_replicas, worker_device=worker,
      merge_devices=True, ps_ops=list(_ON_SERVERS),
      cluster=config.cluster_spec)
