"""What tensorflow-estimator 2.15 does otherwise than 1.15 did, restored.

Each change is a function of the module, applied once, when it is imported.
"""

import functools
import inspect

from tfcompat_rnn import _errors
from tfcompat_rnn import _patching
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import initializing

_patches = _patching.Stack()


def _warm_start_always(module):
  """1.15 warm-started although `model_dir` had a checkpoint.

  The checkpoint is restored afterwards, so only the operations count.
  """
  def make(original):
    @functools.wraps(original)
    def train(self, *args, **kwargs):
      settings = self._tfcompat_warm_start()
      if settings and tf.train.latest_checkpoint(self.model_dir):
        tf.logging.info("Warm-starting with WarmStartSettings: %s"
                        % (settings,))
        initializing.warm_start(*settings)
      return original(self, *args, **kwargs)
    return train
  base = module.Estimator  # the other class derives from it
  _patches.replace(base, "_tfcompat_warm_start",
                   lambda self: vars(self).get("_warm_start_settings"))
  _patches.wrap(base, "_train_with_estimator_spec", make)


def _export_only_if_better(module):
  """1.15's `BestExporter` compared the first result after a restart too."""
  def make(original):
    @functools.wraps(original)
    def init(self, *args, **kwargs):
      original(self, *args, **kwargs)
      vars(self)["_has_exported"] = True
    return init
  _patches.wrap(module.BestExporter, "__init__", make)


def _take_variables(module):
  """1.15 took a variable as a loss, a prediction or a metric's value."""
  def make(original):
    @functools.wraps(original)
    def check(value, *args):
      return (value if isinstance(value, tf.Variable)
              else original(value, *args))
    return check
  for name in ("_check_is_tensor", "_check_is_tensor_or_operation"):
    _patches.wrap(module, name, make)


def _refuse_tpus(module):
  """1.15 would look for a TPU when training begins."""
  def make(original):
    @functools.wraps(original)
    def init(self, *args, **kwargs):
      bound = inspect.signature(original).bind(self, *args, **kwargs)
      bound.apply_defaults()
      if bound.arguments["use_tpu"]:
        raise _errors.RefusedError(
            "TPUEstimator: a TPU is not supported, and `use_tpu` is True "
            "unless it is given; pass use_tpu=False to run the same model on "
            "the CPU or GPU")
      # Nothing here could load what it would export for TPUs.
      bound.arguments["export_to_tpu"] = False
      original(*bound.args, **bound.kwargs)
    return init
  _patches.wrap(module.TPUEstimator, "__init__", make)


def _refuse_strategies(module):
  """What 1.15's distribution strategies did to an estimator is not there."""
  def make(original):
    @functools.wraps(original)
    def check(config):
      for name in ("train_distribute", "eval_distribute",
                   "experimental_distribute"):
        value = vars(config).get("_" + name)
        if value:
          raise _errors.RefusedError(
              f"RunConfig: `{name}` must be None, got {value!r}; distribution "
              "strategies are not supported in estimators: leave it out, and "
              "the model trains on one device")
      return original(config)
    return check
  _patches.wrap(module, "_validate_properties", make)


_CHANGES = {
    "python.estimator.estimator": (_warm_start_always,),
    "python.estimator.exporter": (_export_only_if_better,),
    "python.estimator.model_fn": (_take_variables,),
    "python.estimator.run_config": (_refuse_strategies,),
    "python.estimator.tpu.tpu_estimator": (_refuse_tpus,),
}


def apply(short, module):
  """Restores 1.15's behaviour in the module `short` of the package."""
  for change in _CHANGES.get(short, ()):
    change(module)
