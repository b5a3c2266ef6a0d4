"""Where an old program's operations run.

  choose_device(patches, "/gpu:1")         # before TensorFlow is imported
  install(patches, tf, options, notify)    # after

TensorFlow 1.15 refused an operation that was pinned to a missing GPU. Here it
runs on the CPU, and one line says so.
"""

import os
import re

from tfcompat_rnn import _errors

VISIBLE = "CUDA_VISIBLE_DEVICES"
_CHOSEN = "TFCOMPAT_RNN_DEVICE"  # tells a child that its parent has chosen

_GPU = re.compile(r"gpu(?::(\d+|\*))?(?=$|/)", re.IGNORECASE)


def parse_device(text):
  """("gpu", 1) of "/gpu:1", "gpu:1" or "/device:GPU:1"; ("cpu", 0) of "/cpu:0".

  Raises `ArgumentError` for anything else.
  """
  found = re.fullmatch(r"/?(?:device:)?(cpu|gpu)(?::(\d+))?", text.strip(),
                       re.IGNORECASE)
  kind, number = (found[1].lower(), int(found[2] or 0)) if found else ("", 0)
  if not kind or (kind == "cpu" and number):
    raise _errors.ArgumentError(_errors.problem(
        "device", "be /gpu:N or /cpu:0", repr(text),
        "`tfcompat-rnn devices` lists those that are there"))
  return kind, number


def choose_device(patches, device, environment=os.environ):
  """Lets TensorFlow see this one device, as /gpu:0 if it is a GPU.

  By CUDA_VISIBLE_DEVICES, which counts for every session, thread and child,
  and changes no graph. Among the GPUs that the variable leaves already, if it
  is set. Nothing if `device` is None. Raises `LauncherError` if it leaves too
  few.
  """
  if device is None:
    return
  kind, number = parse_device(device)
  before = environment.get(VISIBLE)
  if environment.get(_CHOSEN) == f"{kind}:{number}={before}":
    return  # by the process that started this one
  if kind == "cpu":
    chosen = "-1"
  else:
    left = [str(number)] if before is None else [
        part.strip() for part in before.split(",") if part.strip()]
    at = 0 if before is None else number
    if at >= len(left) or left[at].startswith("-"):
      raise _missing(f"/gpu:{number}", f"{VISIBLE}={before} leaves "
                     f"{len([part for part in left if part[0] != '-'])} GPU(s)")
    chosen = left[at]
  patches.replace(environment, VISIBLE, chosen, item=True)
  patches.replace(environment, _CHOSEN, f"{kind}:{number}={chosen}", item=True)


def _missing(device, why):
  error = _errors.LauncherError(
      f"--device {device}: there is no such GPU ({why}); `tfcompat-rnn "
      "devices` tells what TensorFlow sees")
  error.exit_code = 2
  return error


def install(patches, tf, options, notify):
  """Gives every session the device options of the command line.

  `options` has `device`, `memory_growth` and `memory_fraction`. What the
  program sets for a session itself takes precedence. `notify` prints a line.
  Raises `LauncherError` if the chosen GPU does not exist.
  """
  state = _Placement(tf, options, notify)
  if options.device is not None:
    kind, number = parse_device(options.device)
    if kind == "gpu" and not state.gpus():
      raise _missing(f"/gpu:{number}", "TensorFlow sees no GPU by that number")
  for owner in (tf.Session, tf.InteractiveSession):
    patches.wrap(owner, "__init__", state.around_session)
  patches.wrap(tf.Graph, "device", state.around_device)


def gpu_numbers(device):
  """The numbers of the GPUs that the device string `device` names.

  >>> gpu_numbers("/job:worker/device:GPU:1"), gpu_numbers("/cpu:0")
  ([1], [])
  """
  return [0 if number in ("", "*") else int(number)
          for number in _GPU.findall(device)]


class _Placement:
  """What is known so far about GPUs and the operations pinned to them."""

  def __init__(self, tf, options, notify):
    self.tf = tf
    self.options = options
    self.notify = notify
    self.count = None
    self.said = False
    self.started = False  # a session
    self.noted = set()    # numbers of GPUs that tf.device named

  def gpus(self):
    """How many GPUs TensorFlow sees. Asked once, at the first session."""
    if self.count is None:
      self.count = len(self.tf.config.list_physical_devices("GPU"))
    return self.count

  def around_session(self, original):
    def started(session, target="", graph=None, config=None):
      if not target:  # else its server knows what devices there are
        config = self.adjusted(graph, config)
      original(session, target, graph, config)
      if config is not None and config.log_device_placement and not target:
        self.print_mapping(session)
    return started

  def around_device(self, original):
    def device(graph, device_name_or_function):
      spec = device_name_or_function
      if spec is not None and not callable(spec):
        text = spec if isinstance(spec, str) else spec.to_string()
        self.noted.update(gpu_numbers(text))
        if self.started:
          self.tell(self.noted)
      return original(graph, device_name_or_function)
    return device

  def adjusted(self, graph, config):
    """A copy of `config` with the options that the program does not set."""
    changed = self.tf.ConfigProto()
    if config is not None:
      changed.CopyFrom(config)
    options, gpu = self.options, changed.gpu_options
    if options.memory_growth:
      gpu.allow_growth = True
    if options.memory_fraction and not gpu.per_process_gpu_memory_fraction:
      gpu.per_process_gpu_memory_fraction = options.memory_fraction
    pinned = self.noted | self.pinned_in(graph)
    if not self.gpus() or any(number >= self.gpus() for number in pinned):
      changed.allow_soft_placement = True
    self.started = True
    self.tell(pinned)
    return changed if changed != self.tf.ConfigProto() else config

  def pinned_in(self, graph):
    """Numbers of the GPUs that operations of the graph are pinned to."""
    graph = graph or self.tf.get_default_graph()
    devices = {operation.device for operation in graph.get_operations()}
    return {number for device in devices for number in gpu_numbers(device)}

  def tell(self, pinned):
    missing = sorted(number for number in pinned if number >= self.gpus())
    if not missing or self.said:
      return
    self.said = True
    names = ", ".join(f"/gpu:{number}" for number in missing)
    sees = f"{self.gpus()} GPU(s)" if self.gpus() else "no GPU"
    where = "where they can" if self.gpus() else "on the CPU"
    why = ("by request" if self.options.device == "/cpu:0" else
           "`tfcompat-rnn devices` tells why")
    self.notify(f"the program pins operations to {names}, and TensorFlow sees "
             f"{sees}: they run {where} ({why})")

  def print_mapping(self, session):
    """Prints what 1.15 printed first if device placement is logged."""
    devices = [device.name for device in session.list_devices()
               if device.device_type == "GPU"]
    if not devices:
      print("Device mapping: no known devices.", flush=True)
      return
    print("Device mapping:")
    physical = self.tf.config.list_physical_devices("GPU")
    for number, (name, gpu) in enumerate(zip(devices, physical)):
      details = self.tf.config.experimental.get_device_details(gpu)
      capability = ".".join(map(str, details.get("compute_capability", ())))
      print(f"{name} -> device: {number}, name: "
            f"{details.get('device_name', 'unknown')}, compute capability: "
            f"{capability or 'unknown'}", flush=True)
