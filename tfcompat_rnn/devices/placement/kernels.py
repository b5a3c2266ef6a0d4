"""Looks up an operation's kernel for a device in TensorFlow's registry.

The registry is part of the installed TensorFlow. Linux wheels contain the GPU
kernels whether or not there is a GPU, so all of this works without one.
"""

import typing

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf

# TensorFlow keeps these in host memory whatever the kernel says.
_ALWAYS_ON_HOST = (tf.string, tf.resource)

_registered: dict[str, typing.Any] = {}


class Kernel(typing.NamedTuple):
  """The properties of a kernel that matter for placement."""
  device_type: str
  host_arguments: frozenset   # names of the op's arguments in host memory


def find_kernel(operation, device_type="GPU"):
  """The kernel that `operation` would use on `device_type`, or None.

  A kernel registered for every device ("DEFAULT") is used if there is none for
  the device type.
  """
  for wanted in (device_type, "DEFAULT"):
    for kernel in _kernels(operation.type):
      if kernel.device_type == wanted and _fits(kernel, operation):
        return Kernel(wanted, frozenset(kernel.host_memory_arg))
  return None


def has_gpu_kernels():
  """Whether this TensorFlow contains kernels for GPUs at all.

  Builds for macOS and Windows do not, nor does tensorflow-cpu.
  """
  return any(kernel.device_type == "GPU" for kernel in _kernels("MatMul"))


def host_inputs(operation, kernel):
  """For each input, whether it would be read from host memory."""
  return _on_host(operation, kernel, operation.op_def.input_arg,
                  [tensor.dtype for tensor in operation.inputs])


def host_outputs(operation, kernel):
  """For each output, whether it would be written to host memory."""
  return _on_host(operation, kernel, operation.op_def.output_arg,
                  [tensor.dtype for tensor in operation.outputs])


def _kernels(op_type):
  if op_type not in _registered:
    registry = _tf.private("kernels")
    _registered[op_type] = list(
        registry.get_registered_kernels_for_op(op_type).kernel)
  return _registered[op_type]


def _fits(kernel, operation):
  """Whether `kernel` supports the types of `operation`."""
  for constraint in kernel.constraint:
    allowed = set(constraint.allowed_values.list.type)
    value = operation.get_attr(constraint.name)
    values = value if isinstance(value, (list, tuple)) else [value]
    if any(tf.as_dtype(one).as_datatype_enum not in allowed
           for one in values):
      return False
  return True


def _on_host(operation, kernel, arguments, dtypes):
  if kernel is None:
    return [True] * len(dtypes)
  places = []
  for argument in arguments:
    count = 1
    if argument.number_attr:
      count = operation.get_attr(argument.number_attr)
    elif argument.type_list_attr:
      count = len(operation.get_attr(argument.type_list_attr))
    places += [argument.name in kernel.host_arguments] * count
  return [place or dtype.base_dtype in _ALWAYS_ON_HOST
          for place, dtype in zip(places, dtypes)]
