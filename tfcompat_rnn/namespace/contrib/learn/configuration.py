"""`RunConfig`: how and where an estimator runs."""

import json
import operator
import os

from tfcompat_rnn._errors import require as _require
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


_CORRECT = "correct the variable TF_CONFIG of the environment"


def _read_only(name, meaning):
  return property(operator.attrgetter("_" + name), doc=meaning)


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
    _require(kind in jobs, "task_type", f"be one of the jobs of {spec}",
             repr(kind), _CORRECT)
    addresses = spec.job_tasks(kind)
    _require(0 <= place < len(addresses), "task_id",
             f"be less than {len(addresses)}, the tasks of {kind}", place,
             _CORRECT)
    return "grpc://" + addresses[place]

  cluster_spec = _read_only("cluster_spec", "A `tf.train.ClusterSpec`.")
  environment = _read_only("environment", "One of `Environment`.")
  evaluation_master = _read_only("evaluation_master",
                                 "The address for evaluations.")
  is_chief = _read_only(
      "is_chief",
      "Whether this process initializes and saves the variables.")
  master = _read_only("master", "The address of the server of this process.")
  num_ps_replicas = _read_only("num_ps_replicas",
                               "The number of parameter servers.")
  num_worker_replicas = _read_only("num_worker_replicas",
                                   "The number of workers.")
  task_id = _read_only("task_id",
                       "The number of this process among those of its kind.")
  task_type = _read_only("task_type", "One of `TaskType`, or None.")

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
    ClusterConfig.__init__(self, master, evaluation_master)
    if save_checkpoints_secs == self._USE_DEFAULT:
      save_checkpoints_secs = 600 if save_checkpoints_steps is None else None
    memory = tf.GPUOptions(per_process_gpu_memory_fraction=gpu_memory_fraction)
    self._tf_config = tf.ConfigProto(
        gpu_options=memory, log_device_placement=log_device_placement,
        inter_op_parallelism_threads=num_cores,
        intra_op_parallelism_threads=num_cores)
    # By these names tf.estimator's class has them. The last row is what only
    # the newer class knows.
    vars(self).update(
        _tf_random_seed=tf_random_seed, _model_dir=_model_dir(model_dir),
        _save_checkpoints_secs=save_checkpoints_secs,
        _save_checkpoints_steps=save_checkpoints_steps,
        _save_summary_steps=save_summary_steps,
        _keep_checkpoint_max=keep_checkpoint_max,
        _keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
        _log_step_count_steps=log_step_count_steps, _protocol=protocol,
        _session_config=session_config, _device_fn=None,
        _session_creation_timeout_secs=session_creation_timeout_secs,
        _train_distribute=None, _eval_distribute=None,
        _experimental_max_worker_delay_secs=None,
        _checkpoint_save_graph_def=True, _service=None,
        _global_id_in_cluster=None)

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

  tf_config = _read_only("tf_config", "The `tf.ConfigProto` of a server.")


def _model_dir(model_dir):
  configured = _tf_config().get("model_dir")
  if configured is None:
    return model_dir
  _require(model_dir in (None, configured), "model_dir",
           f"be that of the variable TF_CONFIG, {configured!r}",
           repr(model_dir), "leave out one of them")
  tf.logging.info("Using model_dir in TF_CONFIG: %s", configured)
  return model_dir or configured
