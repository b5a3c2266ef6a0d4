"""The op-level seed itself, what it counts, and the defaults of 1.x."""

from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored


def _get_seed(original):
  def get_seed(op_seed):
    graph = tf.get_default_graph()
    if graph.seed is not None and op_seed is None:
      op_seed = _opcount.count(graph)
    # With both known, TensorFlow 2's function does what 1.15's did.
    return original(op_seed)
  return get_seed


def _create_c_op(original):
  def create_c_op(graph, node_def, *args, **kwargs):
    if node_def.op == "LegacyParallelInterleaveDatasetV2":
      # Whether the order may differ was an input; it is an attribute now.
      with graph.as_default():
        tf.constant(False, name="sloppy")
    try:
      created = original(graph, node_def, *args, **kwargs)
    except Exception:
      # 1.15 counted an operation before it knew whether it could be created.
      _opcount.compensate(1, graph)
      raise
    return created
  return create_c_op


def _resource_variables_enabled(original):
  del original
  return lambda: False


def _control_flow_v2(original):
  del original

  def enabled(graph):
    # 1.15's rule with the switch off: only in functions of the new kind.
    return graph.building_function and not _tf.has_attribute(
        graph, "DefunGraph._captured")
  return enabled


ROWS = [
    Restored("random_seed:get_seed", _get_seed,
             "the op seed is the op count, not a counter of its own"),
    Restored("framework_ops:_create_c_op", _create_c_op,
             "operations that could not be made counted too, and "
             "parallel_interleave had one input more"),
    Restored("resource_variables_toggle:resource_variables_enabled",
             _resource_variables_enabled,
             "1.x makes reference variables by default", context_only=True),
    Restored("control_flow_util:EnableControlFlowV2", _control_flow_v2,
             "1.x builds control flow of the first version by default",
             context_only=True),
]
