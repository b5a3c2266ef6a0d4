"""`tensorflow.tools.graph_transforms` and the writer of event files."""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf


def TransformGraph(input_graph_def, inputs, outputs, transforms):
  """A `tf.GraphDef` after the Graph Transform Tool.

  >>> TransformGraph(graph_def, ["x"], ["y"], ["strip_unused_nodes",
  ...                "fold_constants(ignore_errors=true)"])

  `inputs` and `outputs` are names of nodes. TensorFlow still has the tool, so
  all of its transforms are available. Raises a `tf.errors.OpError` if it does
  not know a transform.

  TF 1.15: `tensorflow.tools.graph_transforms.TransformGraph`.
  """
  tool = _tf.private("transform_graph")
  found = tool.TransformGraphWithStringInputs(
      input_graph_def.SerializeToString(),
      tf.compat.as_bytes(",".join(inputs)),
      tf.compat.as_bytes(",".join(outputs)),
      tf.compat.as_bytes(" ".join(transforms)))
  result = tf.GraphDef()
  result.ParseFromString(found)
  return result


class EventsWriter:
  """Writes events to `PREFIX.out.tfevents.TIME.HOST`.

  >>> writer = pywrap_tensorflow.EventsWriter(b"logs/events")
  >>> writer.WriteEvent(event_pb2.Event(step=1))
  >>> writer.Close()

  TF 1.15: `tensorflow.python.pywrap_tensorflow.EventsWriter`.
  """

  def __init__(self, file_prefix):
    self._writer = _tf.private("events_writer")(
        tf.compat.as_str_any(file_prefix))

  def InitWithSuffix(self, suffix):
    """Opens the file; its name ends with `suffix`."""
    return self._writer.InitWithSuffix(tf.compat.as_str_any(suffix))

  def FileName(self):
    """The name of the file, as bytes."""
    return tf.compat.as_bytes(self._writer.FileName())

  def WriteEvent(self, event):
    """Adds an event."""
    self._writer.WriteEvent(event)

  def Flush(self):
    """Writes everything to the file."""
    return self._writer.Flush()

  def Close(self):
    """Writes everything and closes the file."""
    return self._writer.Close()
