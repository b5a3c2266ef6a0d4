"""Makes real copies of state that is read directly from reference variables.

The documented way to keep state between two `session.run` calls is a
`tf.Variable` as the initial state and an `assign` of the final state. With
reference variables, the default in 1.x, the loop reads the variable's own
buffer. The `assign` overwrites it while the backward pass still needs the old
value, and the gradients are silently wrong. A `DeepCopy` of each such leaf,
where the loop reads it, removes the race. `tf.identity` does not: it passes on
the same buffer.

  state = snapshot_state(state)   # other leaves remain the same objects
"""

import contextlib
import threading

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf

# Operations whose output may share the buffer of their inputs, and the inputs
# concerned (None: all). Each was tested on 1.15.5 and on 2.21: run the op on a
# reference variable, then `assign_add`, then check whether the op's output has
# changed. It had for every row here. Slicing ops share the buffer if the slice
# is one contiguous aligned run (leading axis), the others if they have nothing
# to do (a transpose that moves axes of size 1, a reduction over size 1, a tile
# by 1, a stack of one). An unnecessary copy costs little; a missing one means
# wrong gradients. ReverseV2 shares only after Grappler has replaced it. Found
# to copy: Gather(Nd|V2), ConcatV2, Roll, Cumsum, ReverseSequence, Dynamic*,
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
    # Control flow v2, which is lowered to Switch and Merge before it runs.
    "If": None,
    "StatelessIf": None,
    "Case": None,
    "StatelessCase": None,
    "PartitionedCall": None,
    "StatefulPartitionedCall": None,
}
# Output number i passes on input number i.
_SHARING_ONE_TO_ONE = ("IdentityN", "While", "StatelessWhile")
_REFERENCE_VARIABLES = ("Variable", "VariableV2", "TemporaryVariable")

# DeepCopy has GPU kernels for these dtypes. It has none for bool and complex,
# and int32 is in host memory even on a GPU.
_GPU_DTYPES = (tf.bfloat16, tf.float16, tf.float32, tf.float64)

_switch = {"enabled": True, "taken": False}
_callbacks = []
_thread = threading.local()


def set_enabled(enabled_now):
  """Turns the copies on or off for graphs built from now on.

  Off is the behavior of 1.15, including wrong gradients. Returns the previous
  value.
  """
  before = _switch["enabled"]
  _switch["enabled"] = bool(enabled_now)
  return before


def enabled():
  """Whether `snapshot_state` copies."""
  return _switch["enabled"]


def on_first(callback):
  """Calls `callback()` once, when this process makes its first snapshot.

  Returns a function that cancels this.
  """
  _callbacks.append(callback)
  return lambda: _callbacks.remove(callback)


@contextlib.contextmanager
def trusted_arguments():
  """Treats arguments of a v2 loop body as already copied in the block.

  The loops of this package use it because they make their snapshots before the
  loop, and a function body cannot see where its arguments come from.
  """
  before = getattr(_thread, "trusted", False)
  _thread.trusted = True
  try:
    yield
  finally:
    _thread.trusted = before


def snapshot_state(state):
  """`state` with a copy of each leaf read directly from a reference variable.

  Works on any structure (tensors, tuples, namedtuples, lists, dicts). Leaves
  that need no copy remain the same objects; if no leaf needs one, so does the
  whole structure. Resource variables need no copy: they copy when written.
  """
  if not _switch["enabled"]:
    return state
  leaves = tf.nest.flatten(state)
  copies = [_copy(leaf) if _wants_copy(leaf) else leaf for leaf in leaves]
  if all(new is old for new, old in zip(copies, leaves)):
    return state
  return tf.nest.pack_sequence_as(state, copies)


def reads_reference(value):
  """Whether `value` may be in the buffer of a reference variable."""
  tensor = _as_tensor(value)
  if tensor is None:
    return False
  # Loops make the backward traversal cyclic, hence the set.
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
          # Names are unique only within a graph.
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
  """The graph tensor of a leaf, or None if there is none to trace."""
  if isinstance(value, tf.Variable):
    if hasattr(value, "handle"):
      return None  # a resource variable
    return tf.convert_to_tensor(value)  # its `read`, which already exists
  return value if _is_graph_tensor(value) else None


def _outer_tensor(placeholder):
  """The tensor that a function body's `placeholder` captures, or None."""
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
  """A copy of `leaf` in separate memory, whatever it is read from."""
  tensor = tf.convert_to_tensor(leaf)
  graph = tf.get_default_graph()
  dtype = tensor.dtype.base_dtype
  # The copy belongs on the device of the state, whatever device scope is open
  # here. Without a GPU kernel, or across a function boundary, leave it to the
  # placer, because requiring the GPU of the open scope would be an error.
  place = (graph.colocate_with(tensor.op, ignore_existing=True)
           if dtype in _GPU_DTYPES and tensor.graph is graph
           else graph.device(None))
  # DeepCopy has no gradient of its own. The override is an attribute of the
  # operation, so it is exported with the graph.
  # 1.15 had no such operation, so it must not change the seeds of later ops.
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
