"""Faster ways to run the same networks: same variables, same numbers.

Names are resolved on first use, so that importing one loads no other.
"""

import importlib

# name -> module of this package, or a path from tfcompat_rnn on
NAMES = {
    "CudnnCompatibleGRUCell": "cells",
    "CudnnCompatibleLSTMCell": "cells",
    "CudnnGRU": "fused.cudnn_layers",
    "CudnnGRUSaveable": "fused.saveables",
    "CudnnLSTM": "fused.cudnn_layers",
    "CudnnLSTMSaveable": "fused.saveables",
    "CudnnParamsFormatConverterGRU": "fused.converters",
    "CudnnParamsFormatConverterLSTM": "fused.converters",
    "CudnnParamsFormatConverterRelu": "fused.converters",
    "CudnnParamsFormatConverterTanh": "fused.converters",
    "CudnnRNNRelu": "fused.cudnn_layers",
    "CudnnRNNReluSaveable": "fused.saveables",
    "CudnnRNNTanh": "fused.cudnn_layers",
    "CudnnRNNTanhSaveable": "fused.saveables",
    "FusedRNNCell": "fused.adaptors",
    "FusedRNNCellAdaptor": "fused.adaptors",
    "LSTMBlockFusedCell": "fused.lstm",
    "LSTMBlockWrapper": "fused.lstm",
    "TimeReversedFusedRNN": "fused.adaptors",
    "cudnn_options": "fused.choice",
}

__all__ = sorted(NAMES)


def __getattr__(name):
  if name not in NAMES:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
  value = getattr(
      importlib.import_module(f"tfcompat_rnn.{NAMES[name]}"), name)
  globals()[name] = value
  return value


def __dir__():
  return sorted(set(globals()) | set(NAMES))
