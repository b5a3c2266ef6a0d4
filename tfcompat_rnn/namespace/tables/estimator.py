"""`tf.estimator`, from the package tensorflow-estimator."""

from tfcompat_rnn.namespace.estimator import names
from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Row

_NAMES = "tfcompat_rnn.namespace.estimator.names"

# tf.estimator also exported the hooks of tf.train under its own name.
_HOOKS = (
    "CheckpointSaverHook", "CheckpointSaverListener", "FeedFnHook",
    "FinalOpsHook", "GlobalStepWaiterHook", "LoggingTensorHook",
    "NanLossDuringTrainingError", "NanTensorHook", "ProfilerHook",
    "SecondOrStepTimer", "SessionRunArgs", "SessionRunContext",
    "SessionRunHook", "SessionRunValues", "StepCounterHook",
    "StopAtStepHook", "SummarySaverHook", "VocabInfo")

ROWS = [
    *(Row(f"estimator.{name}", f"tensorflow.compat.v1:train.{name}")
      for name in _HOOKS),
    *(Row(old, f"{_NAMES}:{names.row_name(old)}")
      for old, _, _ in names.places()),
    Row("estimator.tpu.experimental.EmbeddingConfigSpec",
        "tfcompat_rnn.namespace.estimator.tpu:EmbeddingConfigSpec"),
]

GAPS = [
    *(Gap(f"estimator.{name}",
          "the boosted trees of TensorFlow 1.15 are not supported (their "
          "operations were removed from TensorFlow)",
          "use scikit-learn's gradient boosting")
      for name in ("BoostedTreesClassifier", "BoostedTreesEstimator",
                   "BoostedTreesRegressor")),
]
