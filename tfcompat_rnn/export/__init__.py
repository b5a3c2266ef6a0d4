"""Models for programs without this package: SavedModels, frozen graphs, ONNX.

`export_model` writes the model of a session, `tfcompat-rnn export-model` one
from a checkpoint and a graph.
"""

from tfcompat_rnn.export.exporting import Exported
from tfcompat_rnn.export.exporting import export_model
from tfcompat_rnn.export.signatures import Signature

__all__ = ["Exported", "Signature", "export_model"]
