"""`learn_runner`: runs an `Experiment` on the machine that it is for."""

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import require as _require
from tfcompat_rnn.namespace.contrib import hparams as hparams_lib
from tfcompat_rnn.namespace.contrib.learn import configuration
from tfcompat_rnn.namespace.contrib.learn import experiment as experiments


class _ConfigurationError(_errors.TfcompatError, RuntimeError):
  """The experiment's estimator has another configuration."""


def _experiment_with(experiment_fn, run_config, hparams):
  for name, value, kind in (("run_config", run_config, configuration.RunConfig),
                            ("hparams", hparams, hparams_lib.HParams)):
    _require(value is None or isinstance(value, kind), name,
             f"be a tf.contrib {kind.__name__}", type(value).__name__,
             "make it one")
  _require(run_config.model_dir, "run_config", "have a `model_dir`", None,
           "set the folder for the checkpoints")
  # The function may change the configuration: it has to be noted before.
  wanted = run_config.uid()
  experiment = _checked(experiment_fn(run_config, hparams))
  config = experiment.estimator.config
  used = config.uid() if hasattr(config, "uid") else type(config).__name__
  if used != wanted:
    raise _ConfigurationError(_errors.problem(
        "experiment_fn", f"give its estimator the `run_config`, {wanted}", used,
        "pass it as `config` of the estimator"))
  return experiment


def _checked(experiment):
  if not isinstance(experiment, experiments.Experiment):
    raise _errors.ArgumentTypeError(_errors.problem(
        "experiment_fn", "return an Experiment", type(experiment).__name__,
        "return the one that it builds"))
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
  _require((output_dir is None) is not (run_config is None), "output_dir",
           "be given, or `run_config` instead of it",
           "neither" if output_dir is None else "both", "pass one of them")
  if not callable(experiment_fn):
    raise _errors.ArgumentTypeError(_errors.problem(
        "experiment_fn", "be a function", repr(experiment_fn),
        "pass one that returns an Experiment"))
  if run_config is None:
    _require(output_dir, "output_dir", "be a folder", repr(output_dir),
             "pass one for the checkpoints")
    _require(hparams is None, "hparams", "be None where there is `output_dir`",
             hparams, "pass a `run_config`")
    experiment = _checked(experiment_fn(output_dir=output_dir))
  else:
    experiment = _experiment_with(experiment_fn, run_config, hparams)
  return _task(experiment, schedule or _default_schedule(
      run_config or experiment.estimator.config))()


def _task(experiment, schedule):
  """The method of the experiment."""
  task = getattr(experiment, schedule, None)
  if not callable(task):
    known = [name for name in dir(experiment) if not name.startswith("_")
             and callable(getattr(experiment, name))]
    kind = _errors.ArgumentError if task is None else _errors.ArgumentTypeError
    raise kind(_errors.problem(
        "schedule", "be a method of the experiment", repr(schedule),
        f"pass one of {', '.join(known)}"))
  return task


_SCHEDULES = {configuration.TaskType.MASTER: "train_and_evaluate",
              configuration.TaskType.WORKER: "train",
              configuration.TaskType.PS: "run_std_server"}


def _default_schedule(config):
  cluster, kind = config.cluster_spec, config.task_type
  jobs = cluster.as_dict().values() if cluster else ()
  if sum(map(len, jobs)) <= 1:
    return "train_and_evaluate"
  _require(kind in _SCHEDULES, "schedule",
           "be given in a cluster unless the task is a "
           + ", ".join(_SCHEDULES), kind, "pass the method to call")
  return _SCHEDULES[kind]
