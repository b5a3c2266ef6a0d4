"""`tf.contrib.tensorboard.plugins.projector`: embeddings for TensorBoard.

TensorFlow no longer includes TensorBoard, which is not needed to write the
files that it reads.
"""

import os

from google.protobuf import text_format

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.namespace.contrib import protos

EmbeddingInfo = protos.projector["EmbeddingInfo"]
ProjectorConfig = protos.projector["ProjectorConfig"]
SpriteMetadata = protos.projector["SpriteMetadata"]

__all__ = ["EmbeddingInfo", "ProjectorConfig", "SpriteMetadata",
           "visualize_embeddings"]


def visualize_embeddings(summary_writer, config):
  """Writes `config` as projector_config.pbtxt into the folder of the events.

  >>> config = projector.ProjectorConfig()
  >>> embedding = config.embeddings.add()
  >>> embedding.tensor_name = "embedding"
  >>> projector.visualize_embeddings(tf.summary.FileWriter("log"), config)

  `summary_writer` is a `FileWriter`, or the log directory itself. Raises
  ArgumentError if the writer has no directory.

  TF 1.15: `tf.contrib.tensorboard.plugins.projector.visualize_embeddings`.
  """
  folder = summary_writer
  if not isinstance(folder, (str, bytes, os.PathLike)):
    folder = summary_writer.get_logdir()
  if folder is None:
    raise _errors.ArgumentError(_errors.problem(
        "summary_writer", "have a log directory", None,
        "create it with tf.summary.FileWriter(directory)"))
  folder = os.fsdecode(folder)
  path = os.path.join(folder, "projector_config.pbtxt")
  with tf.gfile.GFile(path, "w") as file:
    file.write(text_format.MessageToString(config))
