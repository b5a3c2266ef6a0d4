"""Gathers the facts in a separate process, because this can itself crash."""

import importlib.metadata
import json
import os
import subprocess
import sys

from tfcompat_rnn.devices import driver
from tfcompat_rnn.devices import libraries

VARIABLES = ("CUDA_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "CUDA_HOME",
             "TF_FORCE_GPU_ALLOW_GROWTH", "XLA_FLAGS")
DISTRIBUTIONS = ("tensorflow", "tensorflow-cpu", "tensorflow-rocm",
                 "tensorflow-intel", "tensorflow-macos")
_MARK = "tfcompat-rnn devices facts: "
_TIMEOUT = 180


def gather(timeout=_TIMEOUT):
  """All facts about this machine and this TensorFlow, as a dict.

  TensorFlow is imported in another process, whose log is searched for libraries
  that could not be opened. If the process dies, `crash` says how.
  """
  environment = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="0",
                     TF_CPP_VMODULE="dso_loader=1",
                     PYTHONPATH=os.pathsep.join(filter(None, sys.path)))
  try:
    done = subprocess.run(
        [sys.executable, "-m", __name__], env=environment, text=True,
        errors="replace", capture_output=True, timeout=timeout,
        stdin=subprocess.DEVNULL)
    found = [line for line in done.stdout.splitlines()
             if line.startswith(_MARK)]
    crash = ("" if found else _ending(done.returncode, done.stderr))
    log = done.stderr
  except subprocess.TimeoutExpired:
    found, log = [], ""
    crash = f"it had not finished after {timeout} seconds"
  facts = json.loads(found[-1][len(_MARK):]) if found else around()
  facts["crash"] = crash
  facts["log_missing"] = libraries.missing_in_log(log)
  return facts


def _ending(code, log):
  last = [line for line in log.splitlines() if line.strip()][-1:] or [""]
  how = f"died of signal {-code}" if code < 0 else f"ended with code {code}"
  return f"it {how}: {last[0].strip()[:300]}"


def around():
  """The facts that can be found without TensorFlow."""
  versions = {}
  for name in DISTRIBUTIONS:
    try:
      versions[name] = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
      pass
  return {
      "platform": sys.platform, "python": sys.version.split()[0],
      "distributions": versions, "tensorflow": "", "build": {}, "devices": [],
      "driver": driver.look(), "libraries": [],
      "environment": {name: os.environ[name] for name in VARIABLES
                      if name in os.environ},
  }


def inside():
  """The facts that need TensorFlow: build, devices, libraries."""
  facts = around()
  from tfcompat_rnn._tf import tf
  facts["tensorflow"] = tf.__version__
  facts["build"] = {key: list(value) if isinstance(value, (list, tuple))
                    else value for key, value in
                    tf.sysconfig.get_build_info().items()}
  for device in tf.config.list_physical_devices():
    if device.device_type in ("CPU", "GPU"):
      details = (tf.config.experimental.get_device_details(device)
                 if device.device_type == "GPU" else {})
      facts["devices"].append({
          "name": device.name.replace("/physical_device:", "/device:"),
          "type": device.device_type,
          "label": details.get("device_name", ""),
          "capability": list(details.get("compute_capability", ()))})
  rows = libraries.wanted(facts["build"])
  opened = libraries.try_opening([name for name, _, _ in rows],
                                 libraries.wheel_folders())
  facts["libraries"] = [dict(found, wheel=wheel, use=use) for found, (
      _, wheel, use) in zip(opened, rows)]
  return facts


if __name__ == "__main__":
  print(_MARK + json.dumps(inside()), flush=True)
