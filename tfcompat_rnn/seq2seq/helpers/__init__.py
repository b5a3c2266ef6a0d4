"""Helpers: what a `BasicDecoder` samples, and what it reads next.

`training` reads the inputs, `inference` feeds back what was sampled, and
`scheduled` does one or the other at random.
"""

from tfcompat_rnn.seq2seq.helpers.base import CustomHelper
from tfcompat_rnn.seq2seq.helpers.base import Helper
from tfcompat_rnn.seq2seq.helpers.inference import GreedyEmbeddingHelper
from tfcompat_rnn.seq2seq.helpers.inference import InferenceHelper
from tfcompat_rnn.seq2seq.helpers.inference import SampleEmbeddingHelper
from tfcompat_rnn.seq2seq.helpers.scheduled import (
    ScheduledEmbeddingTrainingHelper,
)
from tfcompat_rnn.seq2seq.helpers.scheduled import ScheduledOutputTrainingHelper
from tfcompat_rnn.seq2seq.helpers.training import TrainingHelper

__all__ = [
    "CustomHelper",
    "GreedyEmbeddingHelper",
    "Helper",
    "InferenceHelper",
    "SampleEmbeddingHelper",
    "ScheduledEmbeddingTrainingHelper",
    "ScheduledOutputTrainingHelper",
    "TrainingHelper",
]
