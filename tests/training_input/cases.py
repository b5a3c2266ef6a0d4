"""The input of tf.contrib.training: all cases. Python 3.7 syntax."""

from training_input import cases_buckets  # noqa: F401  (registers its cases)
from training_input import cases_sampling  # noqa: F401
from training_input import cases_sequences  # noqa: F401
from training_input.registry import CASES  # noqa: F401
from training_input.registry import private  # noqa: F401
