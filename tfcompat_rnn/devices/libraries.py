"""Checks whether the CUDA libraries that TensorFlow needs can be opened."""

import ctypes
import glob
import os
import re
import sys
import typing


class Library(typing.NamedTuple):
  """A library: its name without "lib", the wheel that provides it, its use.

  `version` is that of its soname in CUDA 12; None to take it from the build
  information.
  """
  stem: str
  wheel: str
  version: str | None
  use: str = ""  # "" if no GPU is used without it


# TensorFlow tries the first seven before it uses any GPU.
LIBRARIES = (
    Library("cudart", "cuda-runtime", "12"),
    Library("cublas", "cublas", "12"),
    Library("cublasLt", "cublas", "12"),
    Library("cufft", "cufft", "11"),
    Library("cusolver", "cusolver", "11"),
    Library("cusparse", "cusparse", "12"),
    Library("cudnn", "cudnn", None),
    Library("nccl", "nccl", "2", "for several GPUs"),
    Library("cupti", "cuda-cupti", "12", "for the profiler"),
)
# Opened by the libraries above, not by TensorFlow.
_BENEATH = {"nvJitLink": "nvjitlink", "nvrtc": "cuda-nvrtc",
            "curand": "curand"}
CUDA = 12  # the major version for which the table is valid

# Folders of an installed CUDA toolkit, where the loader may not look.
TOOLKITS = ("/usr/local/cuda*/lib64", "/usr/local/cuda*/extras/CUPTI/lib64",
            "/opt/cuda/lib64", "/usr/lib/wsl/lib")


def wanted(build):
  """(file name, wheel, use) of each library that this build opens.

  build: `tf.sysconfig.get_build_info()`. The list is empty for a build without
  CUDA and for a CUDA version that is not in the table.

  >>> wanted({"is_cuda_build": True, "cuda_version": "12.5.1",
  ...         "cudnn_version": "9"})[6]
  ('libcudnn.so.9', 'nvidia-cudnn-cu12', '')
  """
  if not build.get("is_cuda_build") or cuda_of(build)[:1] != (CUDA,):
    return []
  cudnn = str(build.get("cudnn_version") or "9").partition(".")[0]
  return [(f"lib{library.stem}.so.{library.version or cudnn}",
           wheel_of(library.stem), library.use) for library in LIBRARIES]


def cuda_of(build):
  """(12, 5, 1) of a build for CUDA 12.5.1; () if it does not say."""
  return tuple(int(part) for part in
               re.findall(r"\d+", str(build.get("cuda_version") or "")))


def wheel_of(name):
  """The wheel that provides a library, or "" if none is known.

  >>> wheel_of("libnvJitLink.so.12")
  'nvidia-nvjitlink-cu12'
  """
  stem = re.sub(r"^lib|\.so.*$|_[a-z_]+$", "", name)
  wheels = dict({row.stem: row.wheel for row in LIBRARIES}, **_BENEATH)
  return f"nvidia-{wheels[stem]}-cu{CUDA}" if stem in wheels else ""


def wheel_folders(path=None):
  """The folders with the libraries of wheels: site-packages/nvidia/*/lib."""
  folders = []
  for entry in sys.path if path is None else path:
    folders += sorted(glob.glob(os.path.join(glob.escape(entry), "nvidia",
                                             "*", "lib")))
  return folders


def try_opening(names, folders, load=ctypes.CDLL, toolkits=TOOLKITS):
  """Tries to open each of `names`; returns a list of dicts.

  Like TensorFlow's loader, it tries the name and then the folders of the
  wheels. `load(path)` raises OSError on failure. Each dict has `name`;
  `opened`, the path that worked, or ""; `error`; `missing`, the missing file,
  which may be another library that this one needs; `elsewhere`, another place
  where the file exists.
  """
  found = []
  for name in names:
    opened, error = "", ""
    tries = [name] + [os.path.join(folder, name) for folder in folders
                      if os.path.exists(os.path.join(folder, name))]
    for path in tries:
      try:
        load(path)
      except OSError as problem:
        # The error for the wheel says more than "no such file" for the name.
        error = str(problem)
      else:
        opened, error = path, ""
        break
    missing = ""
    if error:
      told = re.match(r"(\S+): cannot open shared object file", error)
      missing = os.path.basename(told[1]) if told else ""
    elsewhere = "" if opened else next(
        (path for pattern in toolkits
         for path in sorted(glob.glob(os.path.join(pattern, name)))), "")
    found.append({"name": name, "opened": opened, "error": error,
                  "missing": missing, "elsewhere": elsewhere})
  return found


def missing_in_log(text):
  """The libraries that TensorFlow's log reports as missing, in order."""
  names = re.findall(r"Could not load dynamic library '([^']+)'", text)
  return list(dict.fromkeys(names))
