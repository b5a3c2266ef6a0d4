"""Parsing of Example protocol buffers: how their keys are passed."""

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _length(op, name):
  """The number of keys in the input `name` of `op`, a single constant."""
  names = [argument.name for argument in op.op_def.input_arg]
  return tf.dimension_value(op.inputs[names.index(name)].shape[0])


def _made(graph, before, op_type):
  return [op for op in graph.get_operations()[before:] if op.type == op_type]


def _parse_example(original):
  def parse_example(serialized, names, params, name):
    graph = tf.get_default_graph()
    before = graph.num_operations()
    single = tf.convert_to_tensor(serialized).shape.rank == 0
    result = original(serialized, names, params, name)
    for op in _made(graph, before, "ParseExampleV2"):
      # TensorFlow 2: names, and the keys in three constants. In 1.15 the keys
      # were attributes of a single example's operation, and one constant each
      # beside the names for a batch.
      keys = 0 if single else 1 + _length(op, "sparse_keys") + _length(
          op, "dense_keys")
      _opcount.compensate(keys - 4, graph)
    return result
  return parse_example


def _parse_single_sequence_example(original):
  def parse_sequence(*args, **kwargs):
    graph = tf.get_default_graph()
    before = graph.num_operations()
    result = original(*args, **kwargs)
    for op in _made(graph, before, "ParseSequenceExampleV2"):
      # TensorFlow 2 has eight constants, 1.15 two and one for each key.
      keys = sum(_length(op, f"{part}_{kind}_keys")
                 for part in ("context", "feature_list")
                 for kind in ("sparse", "dense"))
      _opcount.compensate(2 + keys - 8, graph)
    return result
  return parse_sequence


ROWS = [
    Restored("parsing_ops:_parse_example_raw", _parse_example,
             "the keys were constants of their own, or attributes"),
    Restored("parsing_ops:_parse_single_sequence_example_raw",
             _parse_single_sequence_example,
             "the keys were constants of their own"),
]
