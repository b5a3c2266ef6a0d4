"""Reports where a graph's operations would run on a machine with a GPU."""

from __future__ import annotations

import collections
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.devices.placement import bodies
from tfcompat_rnn.devices.placement import kernels

# Operations without a GPU kernel: op type, or (prefix of op types, dtype) ->
# reason; "*" stands for every type. The tests hold every builder to this table.
REASONS = {
    ("*", "string"): "text lives in the host's memory",
    ("TensorArray", "bool"): "a GPU has no arrays of bools",
    ("TensorArray", "int32"): "a GPU has no arrays of int32",
    "MergeV2Checkpoints": "reads and writes files",
    "RestoreV2": "reads and writes files",
    "SaveV2": "reads and writes files",
    "ShardedFilename": "makes text",
}

# Why something must be copied between host and device at each step.
_SCALAR = "a loop counter, a size or a condition"
_FLOW = "the order of an array that is on the host"
_IDS = "ids are int32, which a GPU keeps on the host"
_LOOKUPS = ("Gather", "GatherV2", "OneHot")
_TILED = "the gradient of tf.tile reorders its multiples on the device"
_TILING = (("Pack", "Transpose"), ("Transpose", "Reshape"))
_STACKED = ("loops of control flow v1 keep bools for the gradient on the host: "
            "which side tf.where took")
_STACKS = ("StackPopV2", "StackPushV2")
_LENGTHS = ("the step is compared with int32 lengths on the host; one bool per "
            "row is copied to the device, as in TensorFlow 1.15")


class Operation(typing.NamedTuple):
  """One operation and its placement."""
  name: str
  type: str
  device: str       # as in the graph; "" if it names none
  in_loop: bool
  floating: bool    # whether it reads or writes floating-point numbers
  kernel: object    # "GPU", "DEFAULT", or None if there is none
  reason: object    # why there is none; None if unknown


class Copy(typing.NamedTuple):
  """A tensor that is copied between host and device at each step."""
  source: str
  target: str
  types: tuple      # of the two operations
  dtype: str
  shape: tuple      # None for an unknown size; None if the rank is unknown
  to_device: bool
  reason: object    # why it must be copied; None if unknown


class PlacementReport:
  """The result of `placement_report`; `str()` of it is a table.

  Attributes:
    device: the requested device, `"/device:GPU:0"`.
    operations: a list with an `Operation` for every operation.
    copies: a list with a `Copy` for everything that is copied between host and
      device inside loops.
  """

  def __init__(self, device: str, operations: list[Operation],
               copies: list[Copy]) -> None:
    self.device = device
    self.operations = operations
    self.copies = copies

  @property
  def elsewhere(self) -> list[Operation]:
    """Operations on floats in loops that are not placed on the device."""
    return [row for row in self.operations
            if row.in_loop and row.floating and row.device != self.device]

  @property
  def without_kernel(self) -> list[Operation]:
    """Operations without a kernel for the device, which run on the host."""
    return [row for row in self.operations if row.kernel is None]

  @property
  def unexplained(self) -> list[Operation | Copy]:
    """What runs on the host, or is copied at each step, without known reason.

    Empty for every builder of this package.
    """
    return ([row for row in self.without_kernel if row.reason is None]
            + [row for row in self.copies if row.reason is None])

  @property
  def passed(self) -> bool:
    """Whether all floats in loops are on the device, and the rest explained."""
    return not self.elsewhere and not self.unexplained

  def __str__(self) -> str:
    looping = sum(row.in_loop for row in self.operations)
    lines = [f"{len(self.operations)} operations, {looping} of them in loops; "
             f"device: {self.device}"]
    lines += _section(
        "operations on floats in loops that are placed elsewhere",
        ((f"{row.type} on {row.device or 'no device'}", row.name)
         for row in self.elsewhere))
    lines += _section(
        "no kernel on the device",
        ((f"{row.type}: {row.reason or 'no reason known'}", row.name)
         for row in self.without_kernel))
    lines += _section(
        "copied between host and device at each step",
        ((f"{row.dtype} {_size(row.shape)} to the "
          f"{'device' if row.to_device else 'host'}: "
          f"{row.reason or 'no reason known'}", f"{row.source} -> {row.target}")
         for row in self.copies))
    return "\n".join(lines)


def placement_report(graph: types.Graph | None = None,
                     device: str = "/gpu:0") -> PlacementReport:
  """Reports where each operation of a graph would run; works without a GPU.

    with tf.device("/gpu:0"):
      outputs, state = tfcompat_rnn.dynamic_rnn(cell, x, dtype=tf.float32)
    report = tfcompat_rnn.placement_report()
    print(report); report.passed

  For each op, it reads the device that the graph names, and looks up kernels
  for the op's types in TensorFlow's registry. An operation without a GPU kernel
  runs on the host. If one operation writes to host memory and another reads
  from device memory, the tensor is copied at every step of a loop. Functions
  that the graph calls are included.

  Args:
    graph: a `tf.Graph`, by default the default graph.
    device: the GPU on which the model was placed.

  Returns a `PlacementReport`.

  Raises:
    TypeError: `graph` is not a graph.
    ValueError: `device` is not a GPU, or this TensorFlow has no GPU kernels
      (macOS, Windows, tensorflow-cpu).
  """
  graph = tf.get_default_graph() if graph is None else graph
  if not isinstance(graph, tf.Graph):
    raise _errors.ArgumentTypeError(problem(
        "graph", "be a tf.Graph", type(graph).__name__,
        "pass tensor.graph, or leave it out for the default graph"))
  name = _device(device)
  if not kernels.has_gpu_kernels():
    raise _errors.ArgumentError(
        "this TensorFlow was built without kernels for GPUs; use the Linux "
        "build of `pip install tensorflow` (not tensorflow-cpu)")
  found = bodies.operations_of(graph)
  chosen = {operation: kernels.find_kernel(operation)
            for operation, _, _ in found}
  operations, copies = [], []
  for operation, in_loop, device in found:
    operations.append(
        _operation(operation, in_loop, device, chosen[operation]))
    # A tensor that enters a loop is copied once, not at each step.
    if in_loop and operation.type not in bodies.ENTER:
      copies += _copies(operation, chosen)
  return PlacementReport(name, operations, copies)


def _device(device):
  try:
    spec = tf.DeviceSpec.from_string(device)
  except (ValueError, AttributeError, TypeError):
    spec = None
  if spec is None or spec.device_type != "GPU":
    raise _errors.ArgumentError(problem(
        "device", "name a GPU", repr(device), "pass device='/gpu:0'"))
  return spec.replace(device_index=spec.device_index or 0).to_string()


def _operation(operation, in_loop, device, kernel):
  dtypes = [tensor.dtype.base_dtype
            for tensor in [*operation.inputs, *operation.outputs]]
  if _is_argument(operation):
    # The argument of a function is where its caller left it.
    kernel, device = kernels.Kernel("DEFAULT", frozenset()), None
  else:
    device = operation.device or _device_of_resource(operation) or device
  return Operation(
      operation.name, operation.type, _canonical(device), in_loop,
      device is not None and any(dtype.is_floating for dtype in dtypes),
      kernel and kernel.device_type,
      None if kernel else _reason(operation, dtypes))


def _device_of_resource(operation):
  """The device of the variable that `operation` reads, where it runs; or ""."""
  for tensor in operation.inputs:
    while tensor is not None and tensor.dtype == tf.resource:
      source = tensor.op
      if source.device:
        return source.device
      if _is_argument(source):
        tensor = next((outer for outer, inner in source.graph.captures
                       if inner is tensor), None)
      else:
        tensor = source.inputs[0] if source.inputs else None
  return ""


def _canonical(device):
  """A device name in the form `/device:GPU:0`."""
  if not device:
    return ""
  spec = tf.DeviceSpec.from_string(device)
  if spec.device_type and spec.device_index is None:
    spec = spec.replace(device_index=0)
  return spec.to_string()


def _reason(operation, dtypes):
  names = {dtype.name for dtype in dtypes}
  if operation.type.startswith("TensorArray"):
    names.add(_element(operation))
  for key, reason in REASONS.items():
    if isinstance(key, tuple) and key[1] in names and (
        key[0] == "*" or operation.type.startswith(key[0])):
      return reason
  return REASONS.get(operation.type)


def _element(operation):
  """The dtype of the elements that a TensorArray operation handles."""
  for attribute in ("dtype", "T"):
    try:
      return operation.get_attr(attribute).name
    except ValueError:
      pass
  return None


def _is_argument(operation):
  """Whether it is the argument of a function, such as a loop body or branch."""
  return (operation.type == "Placeholder"
          and any(operation.outputs[0] is argument
                  for argument in getattr(operation.graph, "inputs", ())))


def _copies(operation, chosen):
  reads = kernels.host_inputs(operation, chosen[operation])
  for tensor, on_host in zip(operation.inputs, reads):
    source = tensor.op
    if _is_argument(source):
      # Carried from step to step like the output of an Identity.
      left_on_host = tensor.dtype in (tf.int32, tf.resource, tf.string)
    else:
      left_on_host = kernels.host_outputs(
          source, chosen[source])[tensor.value_index]
    if left_on_host != on_host:
      shape = tensor.shape
      yield Copy(source.name, operation.name, (source.type, operation.type),
                 tensor.dtype.base_dtype.name,
                 None if shape.ndims is None else tuple(shape.as_list()),
                 left_on_host, _copy_reason(source, operation, tensor))


def _copy_reason(source, operation, tensor):
  dtype, rank = tensor.dtype.base_dtype, tensor.shape.ndims
  types = (source.type, operation.type)
  if dtype in (tf.bool, tf.int32) and rank == 0:
    return _SCALAR
  if rank == 0 and any(one.startswith("TensorArray") for one in types):
    return _FLOW
  if dtype == tf.int32:
    if any("TensorList" in one for one in types):
      return _SCALAR
    if operation.type in _LOOKUPS:
      return _IDS
    if types in _TILING:
      return _TILED
  if dtype == tf.bool:
    if rank == 1 and source.type == "GreaterEqual":
      return _LENGTHS
    if any(one in _STACKS for one in types):
      return _STACKED
  return None


def _section(title, pairs):
  """`title`, then a line for each distinct first item, with its places."""
  groups = collections.defaultdict(list)
  for what, where in pairs:
    groups[what].append(where)
  if not groups:
    return [f"{title}: none"]
  lines = [f"{title}:"]
  for what, places in groups.items():
    more = f", and {len(places) - 1} more" if len(places) > 1 else ""
    lines.append(f"  {what}\n    {places[0]}{more}")
  return lines


def _size(shape):
  if shape is None:
    return "of unknown rank"
  return "[" + ", ".join("?" if n is None else str(n) for n in shape) + "]"
