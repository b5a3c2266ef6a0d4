"""Loops that take many steps: those of `tf.nn` and `tf.contrib`, `model_rnn`.
"""

from tfcompat_rnn.loops.dynamic import bidirectional_dynamic_rnn
from tfcompat_rnn.loops.dynamic import dynamic_rnn
from tfcompat_rnn.loops.functional import bidirectional_functional_rnn
from tfcompat_rnn.loops.functional import functional_rnn
from tfcompat_rnn.loops.model import model_rnn
from tfcompat_rnn.loops.raw import raw_rnn
from tfcompat_rnn.loops.recurrent import Recurrent
from tfcompat_rnn.loops.stacked import stack_bidirectional_dynamic_rnn
from tfcompat_rnn.loops.stacked import stack_bidirectional_rnn
from tfcompat_rnn.loops.static import static_bidirectional_rnn
from tfcompat_rnn.loops.static import static_rnn
from tfcompat_rnn.loops.static import static_state_saving_rnn

__all__ = [
    "Recurrent",
    "bidirectional_dynamic_rnn",
    "bidirectional_functional_rnn",
    "dynamic_rnn",
    "functional_rnn",
    "model_rnn",
    "raw_rnn",
    "stack_bidirectional_dynamic_rnn",
    "stack_bidirectional_rnn",
    "static_bidirectional_rnn",
    "static_rnn",
    "static_state_saving_rnn",
]
