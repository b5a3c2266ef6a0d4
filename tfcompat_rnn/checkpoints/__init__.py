"""TensorFlow 1.x checkpoints: read, explained, converted, written.

`open_checkpoint` reads one, `write_checkpoint` writes one. This room knows
tensors, variables and paths; it knows no cells.
"""

from tfcompat_rnn.checkpoints.reading import Checkpoint
from tfcompat_rnn.checkpoints.reading import open_checkpoint
from tfcompat_rnn.checkpoints.writing import write_checkpoint

__all__ = ["Checkpoint", "open_checkpoint", "write_checkpoint"]
