"""Reads, explains, converts and writes TensorFlow 1.x checkpoints.

`open_checkpoint` reads a checkpoint and `write_checkpoint` writes one. This
package works with tensors, variables and paths; it imports no cells.
"""

from tfcompat_rnn.checkpoints.reading import Checkpoint
from tfcompat_rnn.checkpoints.reading import open_checkpoint
from tfcompat_rnn.checkpoints.writing import write_checkpoint

__all__ = ["Checkpoint", "open_checkpoint", "write_checkpoint"]
