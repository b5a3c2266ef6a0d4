"""`tensorflow.python.estimator`: the modules of tensorflow-estimator."""

from tfcompat_rnn.namespace.tables import Gap
from tfcompat_rnn.namespace.tables import Module

MODULES = [
    Module("python.estimator", "tfcompat_rnn.namespace.estimator.paths"),
]

GAPS = [
    *(Gap(f"python.estimator.canned.{name}.*",
          "the boosted trees of TensorFlow 1.15 are not supported (their "
          "operations were removed from TensorFlow)",
          "use scikit-learn's gradient boosting")
      for name in ("boosted_trees", "boosted_trees_utils")),
]
