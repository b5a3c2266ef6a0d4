"""Checks the NVIDIA driver: is it installed, does it start, which GPUs?"""

import ctypes
import glob
import os
import shutil

LIBRARY = "libcuda.so.1"
WSL_LIBRARY = "/usr/lib/wsl/lib/libcuda.so.1"
_NVIDIA = "0x10de"  # PCI vendor

# The return codes of cuInit, in words.
CODES = {
    3: "the driver has not been initialized",
    34: "the library is a stub, not a driver",
    100: "no usable GPU",
    101: "the device number is not valid",
    802: "the system is not ready yet (the fabric manager of a multi-GPU "
         "board is not running)",
    803: "the kernel driver and its libraries have different versions: "
         "restart the machine after an update of the driver",
    804: "this GPU does not support libraries newer than its kernel driver",
    999: "unknown error; restarting the machine or reloading the module "
         "nvidia_uvm often helps",
}


def look(load=ctypes.CDLL, root="/", which=shutil.which):
  """Facts about the driver as a dict; uses no GPU memory.

  `opened`: the path of its library or ""; `error`: why it could not be opened;
  `code`: the return code of starting it (0 is success); `version`: [12, 4], the
  newest CUDA version it supports; `gpus`: name and compute capability of each
  GPU it reports; `cards`: the number of NVIDIA cards on the machine's buses;
  `module`: the kernel module's line; `nodes`: device files; `smi`: the path of
  nvidia-smi; `wsl`: whether this is WSL.
  """
  def files(pattern):
    return sorted(glob.glob(os.path.join(root, pattern)))

  facts = {
      "opened": "", "error": "", "code": None, "version": None, "gpus": [],
      "cards": max(len(files("proc/driver/nvidia/gpus/*")),
                   _cards(files("sys/bus/pci/devices/*"))),
      "module": _first_line(os.path.join(root, "proc/driver/nvidia/version")),
      "nodes": files("dev/nvidia[0-9]*"),
      "smi": which("nvidia-smi") or "",
      "wsl": "microsoft" in _first_line(
          os.path.join(root, "proc/version")).lower(),
  }
  for path in (LIBRARY, WSL_LIBRARY):
    try:
      library = load(path)
    except OSError as problem:
      facts["error"] = facts["error"] or str(problem)
      continue
    facts["opened"] = path
    _ask(library, facts)
    break
  return facts


def _cards(devices):
  count = 0
  for device in devices:
    # Class 0x03: display controllers; the same card has an audio device too.
    if (_first_line(os.path.join(device, "vendor")) == _NVIDIA
        and _first_line(os.path.join(device, "class")).startswith("0x03")):
      count += 1
  return count


def _first_line(path):
  try:
    with open(path, encoding="utf-8", errors="replace") as file:
      return file.readline().strip()
  except OSError:
    return ""


def _ask(library, facts):
  number = ctypes.c_int()
  facts["code"] = int(library.cuInit(0))
  if library.cuDriverGetVersion(ctypes.byref(number)) == 0:
    facts["version"] = [number.value // 1000, number.value % 1000 // 10]
  if facts["code"] or library.cuDeviceGetCount(ctypes.byref(number)):
    return
  for ordinal in range(number.value):
    device, value = ctypes.c_int(), ctypes.c_int()
    if library.cuDeviceGet(ctypes.byref(device), ordinal):
      continue
    name = ctypes.create_string_buffer(256)
    library.cuDeviceGetName(name, len(name), device)
    capability = []
    for attribute in (75, 76):  # compute capability, major and minor
      library.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
      capability.append(value.value)
    facts["gpus"].append({"name": name.value.decode("utf-8", "replace"),
                          "capability": capability})
