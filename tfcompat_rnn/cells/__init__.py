"""Cells: one step of a recurrent network each, under their 1.15 class names.

Names are resolved on first use, so that importing one cell loads no other.
"""

import importlib

# class name -> module of this package
CELLS = {
    "AttentionCellWrapper": "attention",
    "BasicLSTMCell": "core",
    "BasicRNNCell": "core",
    "DeviceWrapper": "wrappers",
    "DropoutWrapper": "wrappers",
    "EmbeddingWrapper": "projection",
    "GRUBlockCell": "block",
    "GRUBlockCellV2": "block",
    "GRUCell": "core",
    "HighwayWrapper": "wrappers",
    "InputProjectionWrapper": "projection",
    "LSTMBlockCell": "block",
    "LSTMCell": "core",
    "LSTMStateTuple": "base",
    "LayerNormBasicLSTMCell": "normalized",
    "LayerRNNCell": "base",
    "MultiRNNCell": "multi",
    "NASCell": "gated",
    "OutputProjectionWrapper": "projection",
    "RNNCell": "base",
    "ResidualWrapper": "wrappers",
}

__all__ = sorted(CELLS)


def __getattr__(name):
  if name not in CELLS:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
  value = getattr(
      importlib.import_module(f"{__name__}.{CELLS[name]}"), name)
  globals()[name] = value
  return value


def __dir__():
  return sorted(set(globals()) | set(CELLS))
