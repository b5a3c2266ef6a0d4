"""`tf.contrib.cudnn_rnn`: cuDNN's recurrent layers, on any device."""

from tfcompat_rnn.namespace.tables import Module
from tfcompat_rnn.namespace.tables import Row

_PUBLIC = (
    "CudnnCompatibleGRUCell", "CudnnCompatibleLSTMCell", "CudnnGRU",
    "CudnnGRUSaveable", "CudnnLSTM", "CudnnLSTMSaveable",
    "CudnnParamsFormatConverterGRU", "CudnnParamsFormatConverterLSTM",
    "CudnnParamsFormatConverterRelu", "CudnnParamsFormatConverterTanh",
    "CudnnRNNRelu", "CudnnRNNReluSaveable", "CudnnRNNTanh",
    "CudnnRNNTanhSaveable")
_LAYERS = ("CudnnGRU", "CudnnLSTM", "CudnnRNNRelu", "CudnnRNNTanh")
_CONSTANTS = (
    "CUDNN_GRU", "CUDNN_GRU_PARAMS_PER_LAYER", "CUDNN_INPUT_AUTO_MODE",
    "CUDNN_INPUT_LINEAR_MODE", "CUDNN_INPUT_SKIP_MODE", "CUDNN_LSTM",
    "CUDNN_LSTM_PARAMS_PER_LAYER", "CUDNN_RNN_BIDIRECTION", "CUDNN_RNN_RELU",
    "CUDNN_RNN_RELU_PARAMS_PER_LAYER", "CUDNN_RNN_TANH",
    "CUDNN_RNN_TANH_PARAMS_PER_LAYER", "CUDNN_RNN_UNIDIRECTION")
_FUNCTIONS = (
    "cudnn_gru", "cudnn_lstm", "cudnn_rnn_canonical_to_opaque_params",
    "cudnn_rnn_opaque_params_size", "cudnn_rnn_opaque_params_to_canonical",
    "cudnn_rnn_relu", "cudnn_rnn_tanh")

_LAYERS_PATH = "contrib.cudnn_rnn.python.layers"
_OPS_PATH = "contrib.cudnn_rnn.python.ops.cudnn_rnn_ops"

MODULES = [
    Module("contrib.cudnn_rnn"),
    Module("contrib.cudnn_rnn.python"),
    Module(_LAYERS_PATH),
    Module(f"{_LAYERS_PATH}.cudnn_rnn"),
    Module("contrib.cudnn_rnn.python.ops"),
    Module(_OPS_PATH),
]

ROWS = [
    *(Row(f"{module}.{name}", f"tfcompat_rnn.fused:{name}")
      for module in ("contrib.cudnn_rnn", _LAYERS_PATH) for name in _PUBLIC),
    *(Row(f"{_LAYERS_PATH}.cudnn_rnn.{name}", f"tfcompat_rnn.fused:{name}")
      for name in _LAYERS),
    *(Row(f"{module}.{name}", f"tfcompat_rnn.fused.network:{name}")
      for module in (f"{_LAYERS_PATH}.cudnn_rnn", _OPS_PATH)
      for name in _CONSTANTS),
    # In this module, classes of these names are models over an opaque vector.
    *(Row(f"{_OPS_PATH}.{name}", f"tfcompat_rnn.fused.cudnn_models:{name}")
      for name in _LAYERS),
    *(Row(f"{_OPS_PATH}.{name}", f"tfcompat_rnn.fused:{name}")
      for name in _PUBLIC if name not in _LAYERS),
    *(Row(f"{_OPS_PATH}.{name}", f"tfcompat_rnn.fused.converters:{name}")
      for name in ("CudnnParamsFormatConverter",
                   "CudnnParamsFormatConverterBasic")),
    Row(f"{_OPS_PATH}.CudnnOpaqueParamsSaveable",
        "tfcompat_rnn.fused.saveables:CudnnOpaqueParamsSaveable"),
    *(Row(f"{_OPS_PATH}.{name}", f"tfcompat_rnn.fused.cudnn_ops:{name}")
      for name in _FUNCTIONS),
    *(Row(f"{_OPS_PATH}.{name}", f"tfcompat_rnn.fused.network:{name}")
      for name in ("check_direction", "check_input_mode")),
]
