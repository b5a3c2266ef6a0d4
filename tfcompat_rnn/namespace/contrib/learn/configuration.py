"""`RunConfig`: how and where an estimator runs."""

import json
import os

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.estimator import names


class Environment:
  """Where a program runs. TF 1.15: `run_config.Environment`."""
  CLOUD = "cloud"
  GOOGLE = "google"
  LOCAL = "local"


class TaskType:
  """What a process does. TF 1.15: `tf.contrib.learn.TaskType`."""
  MASTER = "master"
  PS = "ps"
  WORKER = "worker"


def _tf_config():
  return json.loads(os.environ.get("TF_CONFIG") or "{}")


class ClusterConfig:
  """The cluster that the variable `TF_CONFIG` of the environment describes.

  TF 1.15: `tensorflow.contrib.learn.python.learn.estimators.run_config`.
  """

  def __init__(self, master=None, evaluation_master=None):
    config = _tf_config()
    self._task_type = config.get("task", {}).get("type")
    self._task_id = self.get_task_id()
    self._cluster_spec = tf.train.ClusterSpec(config.get("cluster", {}))
    jobs = self._cluster_spec.as_dict()
    self._master = self._find_master() if master is None else master
    self._num_ps_replicas = len(jobs.get("ps", []))
    self._num_worker_replicas = len(jobs.get("worker", [])) + len(
        jobs.get("master", []))
    self._environment = config.get("environment", Environment.LOCAL)
    first = self._task_id == 0
    if self._task_type is None:
      self._is_chief = first
    elif self._environment == Environment.CLOUD:
      self._is_chief = first and self._task_type == TaskType.MASTER
    else:
      self._is_chief = first and self._task_type == TaskType.WORKER
    self._evaluation_master = evaluation_master or ""

  def _find_master(self):
    spec, kind, place = self._cluster_spec, self._task_type, self._task_id
    jobs = spec.jobs
    if not jobs or (len(jobs) == 1 and len(spec.job_tasks(jobs[0])) == 1):
      return ""
    if not kind:
      return ""
    note = ("\n\nNote that these values may be coming from the TF_CONFIG "
            "environment variable.")
    if kind not in jobs:
      raise ValueError(f"{kind} is not a valid task_type in the "
                       f"cluster_spec:\n{spec}{note}")
    addresses = spec.job_tasks(kind)
    if not 0 <= place < len(addresses):
      raise ValueError(f"{place} is not a valid task_id for task_type {kind} "
                       f"in the cluster_spec:\n{spec}{note}")
    return "grpc://" + addresses[place]

  @property
  def cluster_spec(self):
    """A `tf.train.ClusterSpec`."""
    return self._cluster_spec

  @property
  def environment(self):
    """One of `Environment`."""
    return self._environment

  @property
  def evaluation_master(self):
    """The address for evaluations."""
    return self._evaluation_master

  @property
  def is_chief(self):
    """Whether this process initializes and saves the variables."""
    return self._is_chief

  @property
  def master(self):
    """The address of the server of this process."""
    return self._master

  @property
  def num_ps_replicas(self):
    """The number of parameter servers."""
    return self._num_ps_replicas

  @property
  def num_worker_replicas(self):
    """The number of workers."""
    return self._num_worker_replicas

  @property
  def task_id(self):
    """The number of this process among those of its kind."""
    return self._task_id

  @property
  def task_type(self):
    """One of `TaskType`, or None."""
    return self._task_type

  @staticmethod
  def get_task_id():
    """The number in `TF_CONFIG`, or 0."""
    return int(_tf_config().get("task", {}).get("index") or 0)


_Core = getattr(names, names.row_name("estimator.RunConfig"))
_CHANGEABLE = ("tf_random_seed", "save_summary_steps",
               "save_checkpoints_steps", "save_checkpoints_secs",
               "session_config", "keep_checkpoint_max",
               "keep_checkpoint_every_n_hours", "log_step_count_steps")


class RunConfig(ClusterConfig, _Core):
  """How an estimator runs: seed, checkpoints, summaries, session.

  >>> tf.contrib.learn.RunConfig(tf_random_seed=1, save_checkpoints_steps=100,
  ...                            model_dir="logs")

  It works for `tf.estimator.Estimator` too.

  TF 1.15: `tf.contrib.learn.RunConfig`.
  """

  _USE_DEFAULT = 0

  def __init__(self, master=None, num_cores=0, log_device_placement=False,
               gpu_memory_fraction=1, tf_random_seed=None,
               save_summary_steps=100, save_checkpoints_secs=_USE_DEFAULT,
               save_checkpoints_steps=None, keep_checkpoint_max=5,
               keep_checkpoint_every_n_hours=10000, log_step_count_steps=100,
               protocol=None, evaluation_master="", model_dir=None,
               session_config=None, session_creation_timeout_secs=7200):
    ClusterConfig.__init__(self, master=master,
                           evaluation_master=evaluation_master)
    self._train_distribute = None
    self._eval_distribute = None
    self._experimental_max_worker_delay_secs = None
    self._device_fn = None
    self._tf_config = tf.ConfigProto(
        log_device_placement=log_device_placement,
        inter_op_parallelism_threads=num_cores,
        intra_op_parallelism_threads=num_cores,
        gpu_options=tf.GPUOptions(
            per_process_gpu_memory_fraction=gpu_memory_fraction))
    self._tf_random_seed = tf_random_seed
    self._save_summary_steps = save_summary_steps
    self._save_checkpoints_secs = save_checkpoints_secs
    self._log_step_count_steps = log_step_count_steps
    self._protocol = protocol
    self._session_config = session_config
    if save_checkpoints_secs == RunConfig._USE_DEFAULT:
      self._save_checkpoints_secs = (600 if save_checkpoints_steps is None
                                     else None)
    self._save_checkpoints_steps = save_checkpoints_steps
    self._keep_checkpoint_max = keep_checkpoint_max
    self._keep_checkpoint_every_n_hours = keep_checkpoint_every_n_hours
    self._model_dir = _model_dir(model_dir)
    self._session_creation_timeout_secs = session_creation_timeout_secs
    # What only the newer class has.
    self._checkpoint_save_graph_def = True
    self._service = None
    self._global_id_in_cluster = None

  def uid(self, whitelist=None):
    """A text that differs if the configurations do.

    Of what `whitelist` names (None: seed, checkpoints, summaries, session) a
    change does not count.
    """
    ignored = {"_" + name for name in (
        _CHANGEABLE if whitelist is None else whitelist)}
    state = {name: value for name, value in sorted(vars(self).items())
             if name not in ignored and not name.startswith("__")}
    if "_cluster_spec" in state:
      state["_cluster_spec"] = dict(
          sorted(state["_cluster_spec"].as_dict().items()))
    return ", ".join(f"{name}={value!r}" for name, value in state.items())

  @property
  def tf_config(self):
    """The `tf.ConfigProto` of a server."""
    return self._tf_config


def _model_dir(model_dir):
  configured = _tf_config().get("model_dir")
  if configured is not None:
    if model_dir is not None and configured != model_dir:
      raise ValueError(
          "`model_dir` provided in RunConfig construct, if set, must have the "
          f"same value as the model_dir in TF_CONFIG. model_dir: {model_dir}\n"
          f'TF_CONFIG["model_dir"]: {configured}.\n')
    tf.logging.info("Using model_dir in TF_CONFIG: %s", configured)
  return model_dir or configured
