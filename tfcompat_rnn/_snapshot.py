"""A real copy of state that is read straight from a reference variable.

The documented way to keep state between two `session.run` calls is a
`tf.Variable` as initial state and an `assign` of the final state. With
reference variables, the default of 1.x, the loop reads the variable's own
buffer; the `assign` overwrites it while the backward pass still wants the old
value, and the gradients come out wrong without a word. A `DeepCopy` of each
such leaf where the loop reads it ends the race. `tf.identity` does not: it
hands on the same buffer.

  state = snapshot_state(state)   # other leaves stay the same objects
"""

import contextlib
import threading

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf

# Operations whose output may be their input's own buffer, and which inputs
# those are (None: all). Each was tried on 1.15.5 and on 2.21: run the op on a
# reference variable, then `assign_add`, then look whether the op's output has
# changed. It had for every row here. Slicing ops share where the slice is one
# contiguous aligned run (leading axis), the others where they have nothing to
# do (a transpose that moves axes of size 1, a reduction over size 1, a tile
# by 1, a stack of one). A copy too many costs little; a missed one, wrong
# gradients. ReverseV2 shares only after Grappler has replaced it. Found to
# copy: Gather(Nd|V2), ConcatV2, Roll, Cumsum, ReverseSequence, Dynamic*,
# arithmetic, Maximum, Relu, Select, Snapshot, DeepCopy.
_SHARING = {
    "AddN": None,
    "All": (0,),
    "Any": (0,),
    "Bitcast": (0,),
    "BroadcastTo": (0,),
    "Cast": (0,),
    "CheckNumerics": (0,),
    "Einsum": None,
    "EnsureShape": (0,),
    "Enter": (0,),
    "Exit": (0,),
    "ExpandDims": (0,),
    "Identity": (0,),
    "MatrixBandPart": (0,),
    "Max": (0,),
    "Mean": (0,),
    "Merge": None,
    "Min": (0,),
    "MirrorPad": (0,),
    "NextIteration": (0,),
    "Pack": None,
    "Pad": (0,),
    "PadV2": (0,),
    "PlaceholderWithDefault": (0,),
    "PreventGradient": (0,),
    "Print": (0,),
    "PrintV2": (0,),
    "Prod": (0,),
    "RandomShuffle": (0,),
    "Reshape": (0,),
    "ReverseV2": (0,),
    "Slice": (0,),
    "SpaceToBatchND": (0,),
    "BatchToSpaceND": (0,),
    "Split": (1,),
    "SplitV": (0,),
    "Squeeze": (0,),
    "StopGradient": (0,),
    "StridedSlice": (0,),
    "Sum": (0,),
    "Switch": (0,),
    "Tile": (0,),
    "Transpose": (0,),
    "Unpack": (0,),
    # Control flow v2; it is lowered to Switch and Merge before it runs.
    "If": None,
    "StatelessIf": None,
    "Case": None,
    "StatelessCase": None,
    "PartitionedCall": None,
    "StatefulPartitionedCall": None,
}
# Output number i hands on input number i.
_SHARING_ONE_TO_ONE = ("IdentityN", "While", "StatelessWhile")
_REFERENCE_VARIABLES = ("Variable", "VariableV2", "TemporaryVariable")

# DeepCopy has GPU kernels for these; for bool and complex it has none, and
# int32 lives in host memory even there.
_GPU_DTYPES = (tf.bfloat16, tf.float16, tf.float32, tf.float64)

_switch = {"enabled": True, "taken": False}
_callbacks = []
_thread = threading.local()


def set_enabled(enabled_now):
  """Turns the copies on or off for graphs built from now on.

  Off is what 1.15 did, wrong gradients included. Returns the value before.
  """
  before = _switch["enabled"]
  _switch["enabled"] = bool(enabled_now)
  return before


def enabled():
  """Whether `snapshot_state` copies."""
  return _switch["enabled"]


def on_first(callback):
  """Calls `callback()` once, when this process takes its first snapshot.

  Returns a function that takes this back.
  """
  _callbacks.append(callback)
  return lambda: _callbacks.remove(callback)


@contextlib.contextmanager
def trusted_arguments():
  """Within, the arguments of a v2 loop body count as copied already.

  Our loops say so: they have taken their snapshots in front of the loop, and
  a function body cannot see where its arguments come from.
  """
  before = getattr(_thread, "trusted", False)
  _thread.trusted = True
  try:
    yield
  finally:
    _thread.trusted = before


def snapshot_state(state):
  """`state` with a copy of each leaf read straight from a reference variable.

  Works on any nest (tensors, tuples, namedtuples, lists, dicts). Leaves that
  need no copy stay the same objects, and where none does, so does the nest.
  Resource variables need none: they copy when they are written.
  """
  if not _switch["enabled"]:
    return state
  leaves = tf.nest.flatten(state)
  copies = [_copy(leaf) if _wants_copy(leaf) else leaf for leaf in leaves]
  if all(new is old for new, old in zip(copies, leaves)):
    return state
  return tf.nest.pack_sequence_as(state, copies)


def reads_reference(value):
  """Whether `value` may lie in the buffer of a reference variable."""
  tensor = _as_tensor(value)
  if tensor is None:
    return False
  # Loops make the way back a graph with cycles: hence the set.
  pending, seen = [tensor], set()
  while pending:
    tensor = pending.pop()
    if tensor.dtype != tensor.dtype.base_dtype:
      return True  # a reference itself: the variable, or what assign returns
    if tensor.name in seen:
      continue
    seen.add(tensor.name)
    op = tensor.op
    if op.type in _REFERENCE_VARIABLES:
      return True
    if op.type in _SHARING:
      numbers = _SHARING[op.type]
      inputs = op.inputs
      pending.extend(
          inputs if numbers is None else [inputs[n] for n in numbers])
    elif op.type in _SHARING_ONE_TO_ONE:
      pending.append(op.inputs[tensor.value_index])
    elif op.type == "Placeholder" and op.graph.building_function:
      outer = _outer_tensor(tensor)
      if outer is not None:
        if _is_graph_tensor(outer):
          # Names are unique in one graph only.
          return reads_reference(outer)
      elif (not getattr(_thread, "trusted", False)
            and _has_reference_variables(op.graph)):
        return True
  return False


def _wants_copy(leaf):
  if tf.executing_eagerly():
    return False  # there are no reference variables
  return reads_reference(leaf)


def _is_graph_tensor(value):
  return (tf.is_tensor(value) and hasattr(value, "value_index")
          and not hasattr(value, "numpy"))


def _as_tensor(value):
  """The graph tensor behind a leaf, or None if there is none to trace."""
  if isinstance(value, tf.Variable):
    if hasattr(value, "handle"):
      return None  # a resource variable
    return tf.convert_to_tensor(value)  # its `read`, which exists already
  return value if _is_graph_tensor(value) else None


def _outer_tensor(placeholder):
  """What a function body's captured `placeholder` stands for, or None."""
  for outer, inner in getattr(placeholder.graph, "captures", ()):
    if inner is placeholder:
      return outer
  return None


def _has_reference_variables(graph):
  while getattr(graph, "outer_graph", None) is not None:
    graph = graph.outer_graph
  for key in (tf.GraphKeys.GLOBAL_VARIABLES, tf.GraphKeys.LOCAL_VARIABLES,
              tf.GraphKeys.TRAINABLE_VARIABLES):
    for variable in graph.get_collection_ref(key):
      if isinstance(variable, tf.Variable) and not hasattr(variable, "handle"):
        return True
  return False


def _copy(leaf):
  copy = copy_of(leaf)
  _announce()
  return copy


def copy_of(leaf):
  """A copy of `leaf` in memory of its own, whatever it is read from."""
  tensor = tf.convert_to_tensor(leaf)
  graph = tf.get_default_graph()
  dtype = tensor.dtype.base_dtype
  # A copy belongs where the state lies, whatever device scope is open here.
  # Without a GPU kernel, or across a function's border, it is left to the
  # placer: a GPU demanded by the open scope would be an error.
  place = (graph.colocate_with(tensor.op, ignore_existing=True)
           if dtype in _GPU_DTYPES and tensor.graph is graph
           else graph.device(None))
  # DeepCopy has no gradient of its own. The override is an attribute of the
  # operation, so it travels with the graph when that is exported.
  # 1.15 made no such operation: it must not move the seeds behind it.
  with _opcount.uncounted(graph), place, graph.gradient_override_map(
      {"DeepCopy": "Identity"}):
    copy = tf.raw_ops.DeepCopy(x=tensor, name="state_snapshot")
  copy.set_shape(tensor.shape)
  return copy


def _announce():
  if _switch["taken"]:
    return
  _switch["taken"] = True
  for callback in _callbacks:
    callback()
