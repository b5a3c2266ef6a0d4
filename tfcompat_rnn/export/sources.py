"""Where the graph and the weights of a model come from."""

import re
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.checkpoints import wanted
from tfcompat_rnn.export import nodes as graph_nodes
from tfcompat_rnn.state import variables as state_variables


class Source(typing.NamedTuple):
  """A graph and the values of its variables.

  Attributes:
    nodes: its `Nodes`.
    read: a function: names of variables -> {name: array}.
    trainable: the names of the variables that are trained.
    kept: the names of the variables that are known to keep a state.
    shape_of: a function: tensor -> its static shape, where the graph knows
      more than its operations; or None.
  """
  nodes: graph_nodes.Nodes
  read: typing.Callable
  trainable: frozenset
  kept: frozenset
  shape_of: typing.Optional[typing.Callable] = None


def of_session(session):
  """The graph of `session` and the present values of its variables."""
  graph = session.graph

  def read(names):
    return _read_in(session, names)

  with graph.as_default():
    return Source(
        graph_nodes.Nodes(graph.as_graph_def()), read,
        frozenset(_names(tf.trainable_variables())),
        frozenset(_names(tf.get_collection(state_variables.STATE_VARIABLES))),
        lambda name: graph.get_tensor_by_name(name).shape)


def _names(variables):
  return [variable.op.name for variable in variables]


def _read_in(session, names):
  fetches = {name: _reading(session.graph, name) for name in names}
  try:
    return session.run(fetches) if fetches else {}
  except tf.errors.FailedPreconditionError as error:
    raise _errors.ArgumentError(_errors.problem(
        "session", "have initialized variables", reading.shortened(error),
        "run the initializer, or restore a checkpoint, before the export"
    )) from None


def _reading(graph, name):
  """A tensor with the value of the variable `name`; adds nothing to `graph`."""
  variable = graph.get_operation_by_name(name)
  if variable.type != graph_nodes.RESOURCE:
    return variable.outputs[0]
  reads = [reader for reader in variable.outputs[0].consumers()
           if reader.type == "ReadVariableOp"]
  _errors.require(
      bool(reads), "graph", "read each of its variables outside of loops",
      f"{name}, which only loops and functions read",
      "create it with tf.get_variable or tf.Variable")
  return reads[0].outputs[0]


def of_files(graph_file, checkpoint, keys):
  """The graph in `graph_file` and the values in an open `Checkpoint`.

  The graph is a `.meta`, a `.pb` or a `.pbtxt`. `keys` are the `Wanted` keys
  that it restores; they may have older names in the checkpoint.

  Raises `MissingFileError` or `CheckpointError` if there is no graph, and
  `read` of the result the latter if a variable is not in the checkpoint.
  """
  meta = wanted.read_proto(graph_file)
  nodes = graph_nodes.Nodes(meta.graph_def)

  def read(names):
    _require_whole(nodes, keys, names)
    return _read_from(checkpoint, keys, names)

  return Source(
      nodes, read,
      frozenset(_collected(meta, tf.GraphKeys.TRAINABLE_VARIABLES)),
      frozenset(_collected(meta, state_variables.STATE_VARIABLES)))


def _collected(meta, key):
  """The names of the variables in a collection of a meta graph."""
  if key not in meta.collection_def:
    return []
  values = meta.collection_def[key]
  told = [wanted.variable_def(data) for data in values.bytes_list.value]
  return ([graph_nodes.node_name(one.variable_name) for one in told if one]
          + [graph_nodes.node_name(name) for name in values.node_list.value])


def _require_whole(nodes, keys, names):
  """Raises `RefusedError` for a part of a partitioned variable."""
  shapes = {item.variable: item.shape for item in keys}
  for name in names:
    shape = tf.TensorShape(nodes.by_name[name].attr["shape"].shape)
    whole = shapes.get(name)
    if re.search(r"/part_\d+$", name) and (
        whole is None or not shape.is_compatible_with(whole)):
      raise _errors.RefusedError(_errors.problem(
          "graph", "have whole variables to be exported from a checkpoint",
          f"{name}, a part of one", "restore it in a session, and pass that "
          "to `export_model`"))


def _read_from(checkpoint, keys, names):
  # all keys take part, because an older name may fit several of them
  found = {match.wanted.variable: match
           for match in matching.match_keys(keys, checkpoint).matches}
  trouble = [f"{found[name].wanted.key}: {found[name].problem}"
             for name in names if name in found and found[name].problem]
  trouble.extend(f"{name}: the graph's saver does not restore it"
                 for name in names if name not in found)
  if trouble:
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "have the variables that the outputs need",
        f"{checkpoint.prefix} without {'; '.join(trouble[:4])}"
        + (f" and {len(trouble) - 4} more" if len(trouble) > 4 else ""),
        "`tfcompat-rnn checkpoint explain` shows what it has"))
  return {name: found[name].read(checkpoint) for name in names}
