"""Cells: each is one step of a recurrent network, named as in TensorFlow 1.15.

Names are resolved on first use, so importing one cell loads no other.
"""

from tfcompat_rnn import _lazy

# class name -> module of this package
CELLS = {
    "AttentionCellWrapper": "attention",
    "BasicLSTMCell": "core",
    "BasicRNNCell": "core",
    "BidirectionalGridLSTMCell": "grid_lstm",
    "CFNCell": "minimal",
    "CompiledWrapper": "compiled",
    "Conv1DLSTMCell": "convolutional",
    "Conv2DLSTMCell": "convolutional",
    "Conv3DLSTMCell": "convolutional",
    "ConvLSTMCell": "convolutional",
    "CoupledInputForgetGateLSTMCell": "coupled",
    "CudnnCompatibleGRUCell": "cudnn_compatible",
    "CudnnCompatibleLSTMCell": "cudnn_compatible",
    "DeviceWrapper": "wrappers",
    "DropoutWrapper": "wrappers",
    "EmbeddingWrapper": "projection",
    "GLSTMCell": "grouped",
    "GRUBlockCell": "block",
    "GRUBlockCellV2": "block",
    "GRUCell": "core",
    "GridLSTMCell": "grid_lstm",
    "HighwayWrapper": "wrappers",
    "IndRNNCell": "independent",
    "IndyGRUCell": "independent",
    "IndyLSTMCell": "independent",
    "InputProjectionWrapper": "projection",
    "IntersectionRNNCell": "update_gate",
    "LSTMBlockCell": "block",
    "LSTMCell": "core",
    "LSTMStateTuple": "base",
    "LayerNormBasicLSTMCell": "normalized",
    "LayerNormLSTMCell": "reparameterized",
    "LayerRNNCell": "base",
    "MinimalRNNCell": "minimal",
    "MultiRNNCell": "multi",
    "NASCell": "gated",
    "NTMCell": "memory",
    "OutputProjectionWrapper": "projection",
    "PhasedLSTMCell": "phased",
    "RNNCell": "base",
    "ResidualWrapper": "wrappers",
    "SRUCell": "independent",
    "TimeFreqLSTMCell": "frequency",
    "UGRNNCell": "update_gate",
    "WeightNormLSTMCell": "reparameterized",
}

__all__ = sorted(CELLS)

__getattr__, __dir__ = _lazy.attach(__name__, CELLS)
