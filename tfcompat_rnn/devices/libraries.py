"""CUDA's libraries: which ones this TensorFlow opens, and can it?"""

import ctypes
import glob
import os
import re
import sys
import typing


class Library(typing.NamedTuple):
  """One library: its name without "lib", the wheel that brings it, what for.

  `version` is its soname's in CUDA 12; None: the build information tells.
  """
  stem: str
  wheel: str
  version: str | None
  use: str = ""  # "" where no GPU is used without it


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
# Not opened by TensorFlow but by those above.
_BENEATH = {"nvJitLink": "nvjitlink", "nvrtc": "cuda-nvrtc",
            "curand": "curand"}
CUDA = 12  # the major version that the table is about

# Where an installed CUDA toolkit lies, whose libraries the loader may not
# know of.
TOOLKITS = ("/usr/local/cuda*/lib64", "/usr/local/cuda*/extras/CUPTI/lib64",
            "/opt/cuda/lib64", "/usr/lib/wsl/lib")


def wanted(build):
  """(file name, wheel, use) of each library that this build opens.

  build: `tf.sysconfig.get_build_info()`. Empty for a build without CUDA and
  for a CUDA that the table does not know.

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
  """The wheel that brings a library, or "" if we know none.

  >>> wheel_of("libnvJitLink.so.12")
  'nvidia-nvjitlink-cu12'
  """
  stem = re.sub(r"^lib|\.so.*$|_[a-z_]+$", "", name)
  wheels = dict({row.stem: row.wheel for row in LIBRARIES}, **_BENEATH)
  return f"nvidia-{wheels[stem]}-cu{CUDA}" if stem in wheels else ""


def wheel_folders(path=None):
  """Where the wheels put their libraries: site-packages/nvidia/*/lib."""
  folders = []
  for entry in sys.path if path is None else path:
    folders += sorted(glob.glob(os.path.join(glob.escape(entry), "nvidia",
                                             "*", "lib")))
  return folders


def try_opening(names, folders, load=ctypes.CDLL, toolkits=TOOLKITS):
  """What becomes of opening each of `names`: a list of dicts.

  As TensorFlow's loader does: by name, then in the folders of the wheels.
  `load(path)` raises OSError where it fails. In each dict: `name`; `opened`,
  the path that served, or ""; `error`; `missing`, the file that is not there,
  which may be one that the library needs in turn; `elsewhere`, where the file
  lies nevertheless.
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
        # The wheel's own error tells more than «no such file» of the name.
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
  """Names that TensorFlow's own log says it could not open, in order."""
  names = re.findall(r"Could not load dynamic library '([^']+)'", text)
  return list(dict.fromkeys(names))
