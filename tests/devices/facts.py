"""Facts about simulated machines."""

import copy

BUILD = {"is_cuda_build": True, "is_rocm_build": False,
         "cuda_version": "12.5.1", "cudnn_version": "9",
         "cuda_compute_capabilities": ["sm_60", "sm_70", "sm_80", "sm_89",
                                       "compute_90"]}
NO_FILE = "{}: cannot open shared object file: No such file or directory"
DRIVER = {"opened": "libcuda.so.1", "error": "", "code": 0,
          "version": [12, 6], "cards": 1, "module": "NVRM version: 560",
          "gpus": [{"name": "NVIDIA A100", "capability": [8, 0]}],
          "nodes": ["/dev/nvidia0"], "smi": "/usr/bin/nvidia-smi",
          "wsl": False}
NO_DRIVER = {"opened": "", "error": NO_FILE.format("libcuda.so.1"),
             "code": None, "version": None, "cards": 0, "module": "",
             "gpus": [], "nodes": [], "smi": "", "wsl": False}
CPU = {"name": "/device:CPU:0", "type": "CPU", "label": "", "capability": []}
GPU = {"name": "/device:GPU:0", "type": "GPU", "label": "NVIDIA A100",
       "capability": [8, 0]}


def libraries(missing=(), **changed):
  """Rows as from `probe`; those named in `missing` do not exist."""
  from tfcompat_rnn.devices import libraries as lib
  rows = []
  for name, wheel, use in lib.wanted(BUILD):
    gone = name in missing
    rows.append({"name": name, "wheel": wheel, "use": use, "elsewhere": "",
                 "opened": "" if gone else name,
                 "error": NO_FILE.format(name) if gone else "",
                 "missing": name if gone else "", **changed.get(name, {})})
  return rows


def facts(**changed):
  """A machine with one GPU that TensorFlow uses, with some changes."""
  made = {
      "platform": "linux", "python": "3.11.7", "tensorflow": "2.21.0",
      "distributions": {"tensorflow": "2.21.0"}, "build": dict(BUILD),
      "devices": [CPU, GPU], "driver": dict(DRIVER), "environment": {},
      "libraries": libraries(), "log_missing": [], "crash": ""}
  made.update(changed)
  return copy.deepcopy(made)
