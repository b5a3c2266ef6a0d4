"""Faster ways to run the same networks: same variables, same numbers.

Names are resolved on first use, so that importing one loads no other.
"""

from tfcompat_rnn import _lazy

# name -> module of this package, or of `tfcompat_rnn.cells`
NAMES = {
    "CudnnCompatibleGRUCell": ".cells",
    "CudnnCompatibleLSTMCell": ".cells",
    "CudnnGRU": "cudnn_layers",
    "CudnnGRUSaveable": "saveables",
    "CudnnLSTM": "cudnn_layers",
    "CudnnLSTMSaveable": "saveables",
    "CudnnParamsFormatConverterGRU": "converters",
    "CudnnParamsFormatConverterLSTM": "converters",
    "CudnnParamsFormatConverterRelu": "converters",
    "CudnnParamsFormatConverterTanh": "converters",
    "CudnnRNNRelu": "cudnn_layers",
    "CudnnRNNReluSaveable": "saveables",
    "CudnnRNNTanh": "cudnn_layers",
    "CudnnRNNTanhSaveable": "saveables",
    "FusedRNNCell": "adaptors",
    "FusedRNNCellAdaptor": "adaptors",
    "LSTMBlockFusedCell": "lstm",
    "LSTMBlockWrapper": "lstm",
    "TimeReversedFusedRNN": "adaptors",
    "bidirectional_dynamic_rnn": "recurrence.rnn",
    "cudnn_options": "choice",
    "dynamic_rnn": "recurrence.rnn",
    "model_rnn": "recurrence.model",
    "set_default_execution": "recurrence.rnn",
    "stack_bidirectional_dynamic_rnn": "recurrence.stacked",
    "stack_bidirectional_rnn": "recurrence.stacked",
    "static_bidirectional_rnn": "recurrence.static",
    "static_rnn": "recurrence.static",
    "static_state_saving_rnn": "recurrence.static",
}

__all__ = sorted(NAMES)

__getattr__, __dir__ = _lazy.attach(__name__, NAMES)
