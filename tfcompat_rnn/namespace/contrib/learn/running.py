"""`learn_runner`: runs an `Experiment` on the machine that it is for."""

from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib import hparams as hparams_lib
from tfcompat_rnn.namespace.contrib.learn import configuration
from tfcompat_rnn.namespace.contrib.learn import experiment as experiments


def _experiment_with(experiment_fn, run_config, hparams):
  if not isinstance(run_config, configuration.RunConfig):
    raise ValueError(
        "`run_config` must be `tf.contrib.learn.RunConfig` instance")
  if not run_config.model_dir:
    raise ValueError(
        "Must specify a model directory `model_dir` in `run_config`.")
  if hparams is not None and not isinstance(hparams, hparams_lib.HParams):
    raise ValueError("`hparams` must be `HParams` instance")
  expected = run_config.uid()
  experiment = _checked(experiment_fn(run_config, hparams))
  config = experiment.estimator.config
  if not hasattr(config, "uid"):
    raise RuntimeError(
        "Pass `run_config` argument of the `experiment_fn` to the Estimator "
        "in Experiment. It is likely a different `RunConfig` is passed to "
        "`Estimator` or the `config` constructor argument in `Estimator` is "
        "not set.")
  if config.uid() != expected:
    raise RuntimeError(
        "`RunConfig` instance is expected to be used by the `Estimator` "
        f"inside the `Experiment`. expected {expected}, but got "
        f"{config.uid()}")
  return experiment


def _checked(experiment):
  if not isinstance(experiment, experiments.Experiment):
    raise TypeError("Experiment builder did not return an Experiment "
                    f"instance, got {type(experiment)} instead.")
  return experiment


def run(experiment_fn, output_dir=None, schedule=None, run_config=None,
        hparams=None):
  """Runs `schedule`, a method of the experiment.

  >>> tf.contrib.learn.learn_runner.run(experiment_fn, "logs")

  `experiment_fn(output_dir)`, or `experiment_fn(run_config, hparams)` if
  there is a `run_config`, returns the `Experiment`. Without a cluster the
  schedule is "train_and_evaluate". Raises ValueError or TypeError if the
  arguments do not fit together.

  TF 1.15: `tf.contrib.learn.learn_runner.run`.
  """
  if output_dir is not None and run_config is not None:
    raise ValueError("Cannot provide both `output_dir` and `run_config`")
  if output_dir is None and run_config is None:
    raise ValueError("Must set value for `output_dir` or `run_config`")
  if not callable(experiment_fn):
    raise TypeError(f'Experiment builder "{experiment_fn}" is not callable.')
  if run_config is not None:
    experiment = _experiment_with(experiment_fn, run_config, hparams)
  else:
    if not output_dir:
      raise ValueError("Must specify an output directory")
    if hparams is not None:
      raise ValueError("Must set `hparams` as None for `experiment_fn` with "
                       "`output_dir`.")
    experiment = _checked(experiment_fn(output_dir=output_dir))
  config = run_config or experiment.estimator.config
  return _run(experiment, schedule or _default_schedule(config))


def _run(experiment, schedule):
  task = getattr(experiment, schedule, None)
  if not callable(task):
    tf.logging.error("Allowed values for this experiment are: %s", [
        name for name in dir(experiment) if not name.startswith("_")
        and callable(getattr(experiment, name))])
    if task is None:
      raise ValueError(f"Schedule references non-existent task {schedule}")
    raise TypeError(f"Schedule references non-callable member {schedule}")
  return task()


def _default_schedule(config):
  spec = config.cluster_spec
  tasks = sum(len(spec.job_tasks(job)) for job in spec.jobs) if spec else 0
  if tasks <= 1:
    return "train_and_evaluate"
  if not config.task_type:
    raise ValueError("Must specify a schedule")
  schedules = {configuration.TaskType.MASTER: "train_and_evaluate",
               configuration.TaskType.PS: "run_std_server",
               configuration.TaskType.WORKER: "train"}
  if config.task_type not in schedules:
    raise ValueError(
        f"No default schedule for task type: {config.task_type}")
  return schedules[config.task_type]
