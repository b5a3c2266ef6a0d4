"""`tf.contrib.opt`: optimizers."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_OURS = "tfcompat_rnn.namespace.contrib.opt"
_OLD = "contrib.opt"
_PATH = "contrib.opt.python.training"

# Module of ours -> {module of 1.15: names}.
_NAMES = {
    "adam": {
        "adamax": ("AdaMaxOptimizer",),
        "lazy_adam_optimizer": ("LazyAdamOptimizer",),
        "nadam_optimizer": ("NadamOptimizer",)},
    "decay": {
        "weight_decay_optimizers": (
            "AdamWOptimizer", "DecoupledWeightDecayExtension",
            "MomentumWOptimizer", "extend_with_decoupled_weight_decay")},
    "rates": {
        "lars_optimizer": ("LARSOptimizer",),
        "reg_adagrad_optimizer": ("RegAdagradOptimizer",)},
    "sign": {
        "addsign": ("AddSignOptimizer",),
        "powersign": ("PowerSignOptimizer",)},
    "wrappers": {
        "moving_average_optimizer": ("MovingAverageOptimizer",),
        "multitask_optimizer_wrapper": (
            "MultitaskOptimizerWrapper", "clip_gradients_by_global_norm"),
        "variable_clipping_optimizer": ("VariableClippingOptimizer",)},
}
_DECAYS = ("get_cosine_decay_fn", "get_linear_decay_fn",
           "get_restart_decay_fn")

MODULES = [Module(_OLD)]

ROWS = [
    *(Row(f"{_OLD}.{name}", f"{_OURS}.{ours}:{name}")
      for ours, modules in _NAMES.items()
      for names in modules.values() for name in names),
    *(Row(f"{_PATH}.{module}.{name}", f"{_OURS}.{ours}:{name}")
      for ours, modules in _NAMES.items()
      for module, names in modules.items() for name in names),
    *(Row(f"{_PATH}.sign_decay.{name}", f"{_OURS}.sign:{name}")
      for name in _DECAYS),
]

_WITHOUT_WORKERS = (
    "optimizers for asynchronous workers are not supported",
    "train synchronously with tf.train.SyncReplicasOptimizer, or run this "
    "part under TensorFlow 1.15")
_SCIPY = (
    "optimizers outside the graph are not supported",
    "fetch the loss and tf.gradients in a function and call "
    "scipy.optimize.minimize with it")

GAPS = [
    *(Gap(f"{_OLD}.{name}", *_WITHOUT_WORKERS) for name in (
        "AGNCustomGetter", "AGNOptimizer", "AdamGSOptimizer",
        "DropStaleGradientOptimizer", "ElasticAverageCustomGetter",
        "ElasticAverageOptimizer", "LazyAdamGSOptimizer",
        "ModelAverageCustomGetter", "ModelAverageOptimizer")),
    *(Gap(f"{_OLD}.{name}", *_SCIPY) for name in (
        "ExternalOptimizerInterface", "ScipyOptimizerInterface")),
    Gap(_OLD + ".*", "this optimizer is not supported",
        "use tf.train.AdamOptimizer or another optimizer of tf.train, or run "
        "this part under TensorFlow 1.15"),
]
