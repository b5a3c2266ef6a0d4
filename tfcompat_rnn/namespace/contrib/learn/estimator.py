"""`Estimator`: a model function, trained and evaluated in sessions."""

import contextlib
import copy
import os
import tempfile

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn._errors import require as _require
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
  """Raises ValueError unless the input comes from one place alone."""
  if input_fn is None:
    _require(x is not None, "x", "be given, or `input_fn` instead of it",
             "neither", "pass one of them")
    tensors = [one for one in (x, y) if isinstance(one, tf.Tensor)]
    _require(not tensors, "x", "and `y` be arrays, data frames or iterators",
             tensors, "return tensors from an `input_fn`")
    source, others = "x", {"feed_fn": feed_fn}
  else:
    source, others = "input_fn", {"x": x, "y": y, "batch_size": batch_size}
  for name, value in others.items():
    _require(value is None, name, f"be None where there is `{source}`",
             type(value).__name__, "pass one of the two")


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
      tf.logging.info("The configuration is the default one.")
      config = configuration.RunConfig()
    folders = [one for one in (model_dir, config.model_dir) if one is not None]
    _require(len(set(folders)) < 2, "model_dir",
             "be the `model_dir` of `config`", " and ".join(
                 map(repr, folders)), "leave one of them out")
    folder = model_dir or config.model_dir
    if folder is None:
      folder = tempfile.mkdtemp()
      tf.logging.warning("Checkpoints go to the temporary folder %s.", folder)
    if config.model_dir is None:
      config = config.replace(model_dir=folder)
    tf.logging.info("Using config: %s", vars(config))
    self._model_dir, self._config = folder, config
    self._session_config = (
        config.session_config if config.session_config is not None
        else tf.ConfigProto(allow_soft_placement=True))
    self._device_fn = _device_setter(config)
    # The graph of the last training, and what its input looked like.
    self._graph = self._features_info = self._labels_info = None

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
    return lambda features, labels, mode, config: self._call_model_fn(
        features, labels, mode, config=config)

  def fit(self, x=None, y=None, input_fn=None, steps=None, batch_size=None,
          monitors=None, max_steps=None):
    """Trains `steps` further steps, or up to step `max_steps`.

    Input is `x` and `y` (arrays, data frames, iterators) or what `input_fn`
    returns: features and labels. Raises ValueError if both or none are given.
    Returns the estimator.
    """
    _require(steps is None or max_steps is None, "steps",
             "be None where there is `max_steps`", steps,
             "pass the further steps or the last one")
    _check_inputs(x, y, input_fn, None, batch_size)
    if x is not None:
      SKCompat(self).fit(x, y, monitors=monitors, batch_size=batch_size,
                         steps=steps, max_steps=max_steps)
    elif max_steps is not None and self._global_step() >= max_steps:
      tf.logging.info("The checkpoint is of step %s or later; no training.",
                      max_steps)
    else:
      hooks = monitors_lib.replace_monitors_with_hooks(monitors, self)
      if (steps, max_steps) != (None, None):
        hooks.append(tf.train.StopAtStepHook(steps, max_steps))
      tf.logging.info("Loss for final step: %s.",
                      self._train_model(input_fn, hooks))
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
    tf.logging.warning("`partial_fit` builds the model anew each time; a loop "
                       "over it is slower than one `fit`.")
    return self.fit(x, y, input_fn=input_fn, steps=steps, monitors=monitors,
                    batch_size=batch_size)

  def evaluate(self, x=None, y=None, input_fn=None, feed_fn=None,
               batch_size=None, steps=None, metrics=None, name=None,
               checkpoint_path=None, hooks=None, log_progress=True):
    """{metric: value} for the last checkpoint or `checkpoint_path`.

    `metrics` is `{name: MetricSpec}`. Raises NotFittedError if there is no
    checkpoint, and ValueError if `metrics` is no dict.
    """
    _check_inputs(x, y, input_fn, feed_fn, batch_size)
    if x is None:
      return self._evaluate(input_fn, feed_fn, steps, metrics, name,
                            checkpoint_path, hooks, log_progress)
    return SKCompat(self).score(x, y, name=name, metrics=metrics, steps=steps,
                                batch_size=batch_size)

  def _evaluate(self, input_fn, feed_fn, steps, metrics, name,
                checkpoint_path=None, hooks=None, log_progress=True):
    _require(metrics is None or isinstance(metrics, dict), "metrics",
             "be {name: MetricSpec} or None", metrics, "pass a dict")
    results, step = self._evaluate_model(
        input_fn=input_fn, feed_fn=feed_fn, steps=steps, metrics=metrics,
        name=name, checkpoint_path=checkpoint_path, hooks=hooks,
        log_progress=log_progress)
    return {**results, "global_step": step}

  def predict(self, x=None, input_fn=None, batch_size=None, outputs=None,
              as_iterable=True, iterate_batches=False):
    """The predictions, one sample (or batch) after the other.

    `outputs` are the keys that are wanted. With `as_iterable=False` the
    predictions of one run, or of all of `x`. Raises NotFittedError if there
    is no checkpoint.
    """
    _check_inputs(x, None, input_fn, None, batch_size)
    if as_iterable or x is None:
      make_input, feed = _inputs(x, None, input_fn, None, batch_size)
      return self._infer_model(make_input, feed, outputs, as_iterable,
                               iterate_batches)
    return SKCompat(self).predict(x, batch_size)

  def get_variable_value(self, name):
    """The value of a variable in the last checkpoint."""
    return tf.train.load_variable(self.model_dir, name)

  def get_variable_names(self):
    """The names of the variables in the last checkpoint."""
    return [name for name, _ in tf.train.list_variables(self.model_dir)]

  @contextlib.contextmanager
  def _seeded_graph(self, device=None):
    """A new graph with the configured seed, as default; (graph, its step)."""
    graph = tf.Graph()
    with graph.as_default(), graph.device(device):
      tf.set_random_seed(self._config.tf_random_seed)
      yield graph, tf.train.create_global_step(graph)

  def _train_model(self, input_fn, hooks):
    config, loss = self._config, None
    with self._seeded_graph(self._device_fn) as (self._graph, step):
      inputs = self._read(input_fn)
      _tf.private("global_step_read")()
      ops = self._get_train_ops(*inputs)
      tf.add_to_collection(tf.GraphKeys.LOSSES, ops.loss)
      watched = {"loss": ops.loss, "step": step}
      hooks = [*hooks, tf.train.NanTensorHook(ops.loss),
               tf.train.LoggingTensorHook(watched, every_n_iter=100),
               *ops.training_hooks]
      scaffold = ops.scaffold or tf.train.Scaffold()
      self._add_saver(scaffold)
      chief_hooks = list(ops.training_chief_hooks)
      chief_hooks[:0] = self._checkpoint_hooks(hooks + chief_hooks, scaffold)
      with tf.train.MonitoredTrainingSession(
          config.master, config.is_chief, self._model_dir, scaffold, hooks,
          chief_hooks, save_checkpoint_secs=0, config=self._session_config,
          save_summaries_steps=config.save_summary_steps,
          max_wait_secs=config.session_creation_timeout_secs) as session:
        while not session.should_stop():
          loss = session.run((ops.train_op, ops.loss))[1]
    return loss

  def _add_saver(self, scaffold):
    """A saver as it is configured, unless the model has its own."""
    if scaffold.saver or tf.get_collection(tf.GraphKeys.SAVERS):
      return
    hours = self._config.keep_checkpoint_every_n_hours
    tf.add_to_collection(tf.GraphKeys.SAVERS, tf.train.Saver(
        defer_build=True, sharded=True, save_relative_paths=True,
        keep_checkpoint_every_n_hours=hours,
        max_to_keep=self._config.keep_checkpoint_max))

  def _checkpoint_hooks(self, present, scaffold):
    """[a hook that saves], or [] if none should or one of `present` does."""
    every = {"save_secs": self._config.save_checkpoints_secs,
             "save_steps": self._config.save_checkpoints_steps}
    kind = tf.train.CheckpointSaverHook
    if not any(every.values()) or any(isinstance(one, kind)
                                      for one in present):
      return []
    return [kind(self._model_dir, scaffold=scaffold, **every)]

  def _read(self, input_fn):
    """(features, labels), which look as they did before."""
    features, labels = input_fn()
    self._note_signatures(features, labels)
    return features, labels

  def _note_signatures(self, features, labels):
    """Remembers what input looks like; raises ValueError if it changes."""
    self._features_info = signatures.check(
        "Features", features, self._features_info)
    if labels is not None:
      self._labels_info = signatures.check(
          "Labels", labels, self._labels_info)

  def _checkpoint(self, path=None):
    found = path or tf.train.latest_checkpoint(self._model_dir)
    if not found:
      raise NotFittedError(_errors.problem(
          "model_dir", "contain a checkpoint", f"{self._model_dir!r} with none",
          "call `fit` first"))
    return found

  def _evaluate_model(self, input_fn, steps, feed_fn=None, metrics=None,
                      name="", checkpoint_path=None, hooks=None,
                      log_progress=True):
    path = self._checkpoint(checkpoint_path)
    folder = "eval_" + name if name else "eval"
    feeds = [tf.train.FeedFnHook(feed_fn)] if feed_fn else []
    with self._seeded_graph() as (_, step):
      ops = self._get_eval_ops(*self._read(input_fn), metrics)
      return evaluating.evaluate(
          ops, step, steps, path, os.path.join(self._model_dir, folder),
          list(hooks or []) + feeds, self._config.evaluation_master,
          self._session_config, log_progress)

  def _infer_model(self, input_fn, feed_fn=None, outputs=None,
                   as_iterable=True, iterate_batches=False):
    path = self._checkpoint()
    with self._seeded_graph():
      read = input_fn()
      ops = self._get_predict_ops(
          read[0] if isinstance(read, (list, tuple)) else read)
      predictions = evaluating.wanted(ops.predictions, outputs)
      session = tf.train.MonitoredSession(tf.train.ChiefSessionCreator(
          ops.scaffold, config=self._session_config,
          checkpoint_filename_with_path=path))
      batches = evaluating.predictions_of(
          session, predictions, feed_fn, iterate_batches or not as_iterable)
      if as_iterable:
        return batches
      with contextlib.closing(batches):
        return next(batches, None)

  def _get_train_ops(self, features, labels):
    raise _missing("_get_train_ops")

  def _get_eval_ops(self, features, labels, metrics):
    raise _missing("_get_eval_ops")

  def _get_predict_ops(self, features):
    raise _missing("_get_predict_ops")

  def _call_model_fn(self, features, labels, mode, metrics=None, config=None):
    raise _missing("_call_model_fn")


def _missing(name):
  return NotImplementedError(_errors.problem(
      name, "be defined by the derived class", "only that of BaseEstimator",
      "define it, or derive from Estimator"))


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
    super().__init__(model_dir, config)
    self._model_fn, self.params = model_fn, params
    self._feature_engineering_fn = feature_engineering_fn or (
        lambda features, labels: (features, labels))
    if model_fn is not None:
      takes = "params" in metrics_lib.arguments_of(model_fn)
      _require(takes or params is None, "params",
               f"be None if {model_fn} has no argument of that name", params,
               "give it one")
      if takes and params is None:
        tf.logging.warning("%s takes `params`, and there are none: it gets "
                           "None.", model_fn)

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
      _require(len(result) == 3, "model_fn",
               "return a ModelFnOps, or predictions, loss and train_op",
               f"{len(result)} values", "return a ModelFnOps")
      result = modes.ModelFnOps(mode, *result)
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
    _require(serving_input_fn is not None, "serving_input_fn",
             "be a function that returns an InputFnOps", None, "pass one")
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
    make_input, feed = _inputs(x, y, None, None, batch_size, shuffle=True,
                               epochs=None)
    feeds = [tf.train.FeedFnHook(feed)] if feed else []
    self._estimator.fit(input_fn=make_input, monitors=[*feeds, *(
        monitors or [])], steps=steps, max_steps=max_steps)
    return self

  def score(self, x, y, batch_size=128, steps=None, metrics=None, name=None):
    """{metric: value} of `x` and `y`."""
    return self._estimator._evaluate(
        *_inputs(x, y, None, None, batch_size), steps, metrics, name)

  def predict(self, x, batch_size=128, outputs=None):
    """The predictions of all of `x`, as one array or a dict of arrays."""
    batches = [*self._estimator._infer_model(
        *_inputs(x, None, None, None, batch_size), outputs,
        iterate_batches=True)]
    if isinstance(batches[0], dict):
      return {key: np.concatenate([batch[key] for batch in batches])
              for key in batches[0]}
    return np.concatenate(batches)


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
