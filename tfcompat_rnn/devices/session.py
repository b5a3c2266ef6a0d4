"""Graph-mode sessions and their device options.

  with new_session(graph, memory_growth=True) as session:
    session.run(...)
  session_config(memory_fraction=0.4, visible_devices=[0])   # for others
"""

from __future__ import annotations

import numbers
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf

_WHY = "`tfcompat-rnn devices` shows what TensorFlow sees, and why"


def session_config(
    *, memory_growth: bool | None = None, memory_fraction: float | None = None,
    visible_devices: int | str | typing.Sequence[int | str] | None = None,
    soft_placement: bool | None = True, intra_threads: int | None = None,
    inter_threads: int | None = None, log_device_placement: bool | None = None,
    base: types.ConfigProto | None = None) -> types.ConfigProto:
  """Builds a `tf.ConfigProto` from keyword arguments.

    tf.Session(config=session_config(memory_growth=True))

  memory_growth: True to take GPU memory as it is needed, not all of it at once.
  memory_fraction: the maximum fraction of each GPU's memory, in (0, 1].
  visible_devices: which GPUs to use: a number, a list of numbers, or a string
    such as "0,2". [] uses none. They are numbered as TensorFlow numbers them,
    after CUDA_VISIBLE_DEVICES, and become /gpu:0, /gpu:1, ... in this order.
  soft_placement: whether an operation that cannot run on its device runs on
    another one. True by default here, but False in `tf.ConfigProto()`.
  intra_threads, inter_threads: the number of threads within one operation, and
    for running operations in parallel.
  log_device_placement: whether to print where each operation runs.
  base: a ConfigProto to start from; it is copied. Arguments that are None keep
    its values.

  Memory and visible devices apply to the whole process: TensorFlow takes them
  from its first session. So it takes `inter_threads`, except for sessions with
  `use_per_session_threads` (in `base`), which have threads of their own.

  TensorFlow 1.15: `tf.ConfigProto`, `tf.GPUOptions`.

  Raises `ArgumentError` or `ArgumentTypeError` for an invalid value, and for a
  GPU that does not exist.
  """
  if base is not None and not isinstance(base, tf.ConfigProto):
    raise _errors.ArgumentTypeError(_errors.problem(
        "base", "be a tf.ConfigProto", repr(base),
        "pass tf.ConfigProto(...), or nothing"))
  config = tf.ConfigProto()
  if base is not None:
    config.CopyFrom(base)
  gpu = config.gpu_options
  if memory_growth is not None:
    gpu.allow_growth = _flag("memory_growth", memory_growth)
  if memory_fraction is not None:
    gpu.per_process_gpu_memory_fraction = _fraction(memory_fraction)
  if visible_devices is not None:
    numbers_ = _visible(visible_devices)
    if numbers_:
      gpu.visible_device_list = ",".join(map(str, numbers_))
    else:
      config.device_count["GPU"] = 0
  if soft_placement is not None:
    config.allow_soft_placement = _flag("soft_placement", soft_placement)
  if intra_threads is not None:
    config.intra_op_parallelism_threads = _threads(
        "intra_threads", intra_threads)
  if inter_threads is not None:
    config.inter_op_parallelism_threads = _threads(
        "inter_threads", inter_threads)
  if log_device_placement is not None:
    config.log_device_placement = _flag(
        "log_device_placement", log_device_placement)
  return config


def new_session(graph: types.Graph | None = None, *,
                config: types.ConfigProto | None = None, target: str = "",
                **options: typing.Any) -> types.Session:
  """A graph-mode session; close it or use it in a `with` statement.

    with new_session(memory_growth=True) as session:
      session.run(tf.global_variables_initializer())

  graph: a `tf.Graph`; by default the default graph.
  config: a `tf.ConfigProto`, used unchanged unless there are options.
  target: the address of a `tf.train.Server`; "" for this process.
  options: those of `session_config`, applied to `config`.

  Raises `ArgumentError` in eager mode if no graph is given, because such a
  session would have nothing to run.
  """
  if graph is None and tf.executing_eagerly():
    raise _errors.ArgumentError(_errors.problem(
        "graph", "be given while TensorFlow executes eagerly", None,
        "build in `with tf.Graph().as_default() as graph:` and pass it"))
  if config is None or options:
    config = session_config(base=config, **options)
  return tf.Session(target, graph=graph, config=config)


def _flag(name, value):
  if not isinstance(value, bool):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be True, False or None", repr(value), "pass a bool"))
  return value


def _fraction(value):
  if isinstance(value, bool) or not isinstance(value, numbers.Real):
    raise _errors.ArgumentTypeError(_errors.problem(
        "memory_fraction", "be a number", repr(value),
        "pass a fraction of the GPU's memory, such as 0.4"))
  if not 0 < value <= 1:
    hint = f"{value / 100:g}" if 1 < value <= 100 else "such as 0.4"
    raise _errors.ArgumentError(_errors.problem(
        "memory_fraction", "be above 0 and at most 1", value,
        f"pass a fraction of the GPU's memory, {hint}"))
  return float(value)


def _threads(name, value):
  if isinstance(value, bool) or not isinstance(value, numbers.Integral):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a number of threads", repr(value), "pass an int"))
  if value < 1:
    raise _errors.ArgumentError(_errors.problem(
        name, "be at least 1", value,
        "leave it out to use one thread per core"))
  return int(value)


def _visible(devices):
  """The numbers of the requested GPUs; raises if one does not exist."""
  if isinstance(devices, str):
    parts = [part.strip() for part in devices.split(",") if part.strip()]
  elif isinstance(devices, numbers.Integral):
    parts = [devices]
  else:
    parts = list(devices)
  wanted = [_device_number(part) for part in parts]
  if len(set(wanted)) < len(wanted):
    raise _errors.ArgumentError(_errors.problem(
        "visible_devices", "name each GPU only once", repr(devices),
        "remove the duplicates"))
  there = len(tf.config.list_physical_devices("GPU")) if wanted else 0
  missing = [number for number in wanted if number >= there]
  if missing:
    have = (f"{there} ({', '.join(f'GPU {n}' for n in range(there))})"
            if there else "no GPU")
    raise _errors.ArgumentError(_errors.problem(
        "visible_devices", "name GPUs that TensorFlow sees",
        f"{', '.join(map(str, missing))} although it sees {have}", _WHY))
  return wanted


def _device_number(part):
  text = str(part).lower().rpartition(":")
  if isinstance(part, bool) or not text[2].isdigit() or (
      text[0] and text[0].lstrip("/").rpartition(":")[2] not in (
          "gpu", "device:gpu")):
    raise _errors.ArgumentError(_errors.problem(
        "visible_devices", "hold numbers of GPUs", repr(part),
        "pass 0, [0, 2] or '0,2'"))
  return int(text[2])
