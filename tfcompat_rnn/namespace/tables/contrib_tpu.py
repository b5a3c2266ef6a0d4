"""`tf.contrib.tpu`: what runs without a TPU, and graphs for one."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Row

_NAMES = "tfcompat_rnn.namespace.estimator.names:tpu__"
_PATH = "contrib.tpu.python.tpu"
_V1 = "tensorflow.compat.v1:tpu"

_ESTIMATORS = {
    "tpu_config": ("InputPipelineConfig", "RunConfig", "TPUConfig"),
    "tpu_estimator": ("TPUEstimator", "TPUEstimatorSpec"),
}
_GRAPHS = {
    "bfloat16": ("bfloat16_scope",),
    "tpu": ("batch_parallel", "core", "initialize_system",
            "outside_compilation", "replicate", "rewrite", "shard",
            "shutdown_system"),
    "tpu_optimizer": ("CrossShardOptimizer",),
}

ROWS = [
    *(Row(f"{prefix}.{name}", _NAMES + name)
      for module, names in _ESTIMATORS.items() for name in names
      for prefix in ("contrib.tpu", f"{_PATH}.{module}")),
    *(Row(f"{prefix}.{name}", f"{_V1}.{name}")
      for module, names in _GRAPHS.items() for name in names
      for prefix in ("contrib.tpu", f"{_PATH}.{module}")),
    Row("contrib.tpu.cross_replica_sum", f"{_V1}.cross_replica_sum"),
    Row("contrib.tpu.DeviceAssignment",
        f"{_V1}.experimental.DeviceAssignment"),
    Row("contrib.tpu.Topology", f"{_V1}.experimental.Topology"),
]

GAPS = [
    Gap("contrib.tpu.*", "this part of tf.contrib.tpu needs a TPU and is not "
        "supported", "use TPUEstimator with use_tpu=False, which computes the "
        "same on the CPU or GPU"),
]
