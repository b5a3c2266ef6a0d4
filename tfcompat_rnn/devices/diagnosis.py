"""Explains why a GPU is not used: findings, each with the next steps."""

import typing

from tfcompat_rnn.devices import capability
from tfcompat_rnn.devices import driver as driver_lib
from tfcompat_rnn.devices import libraries


class Finding(typing.NamedTuple):
  """One finding.

  name: an identifier for programs. text: for people. steps: what to do, in
  order. blocks: whether it prevents a GPU from being used.
  """
  name: str
  text: str
  steps: tuple = ()
  blocks: bool = True


def explain(facts):
  """The findings for the facts of `probe.gather()`, root causes first."""
  findings = []
  if facts.get("crash"):
    findings.append(Finding(
        "crash", "TensorFlow died while looking for devices: "
        f"{facts['crash']}", ("python -c 'import tensorflow'  # what does it "
                              "say?", "nvidia-smi"), True))
  used = [device for device in facts["devices"] if device["type"] == "GPU"]
  findings += (_build(facts) + _driver(facts, used) + _libraries(facts, used)
               + _capabilities(facts, used))
  if (there(facts) and not used
      and not any(finding.blocks for finding in findings)):
    findings.append(Finding(
        "unknown", "the driver, the libraries and the build look right, but "
        "TensorFlow lists no GPU",
        ("TF_CPP_MIN_LOG_LEVEL=0 TF_CPP_VMODULE=gpu_device=3,dso_loader=3 "
         "python -c 'import tensorflow as tf; "
         "print(tf.config.list_physical_devices())'",)))
  return findings


def there(facts):
  """The number of GPUs of the machine, according to the driver or buses."""
  driver = facts["driver"]
  return max(driver["cards"], len(driver["gpus"]),
             len(driver["nodes"]),
             sum(device["type"] == "GPU" for device in facts["devices"]))


def install_command(facts):
  """The command that installs CUDA's libraries for this TensorFlow version."""
  version = facts["tensorflow"] or next(iter(facts["distributions"].values()),
                                        "")
  return f"pip install 'tensorflow[and-cuda]=={version}'" if version else (
      "pip install 'tensorflow[and-cuda]'")


def _build(facts):
  build = facts["build"]
  if not build or build.get("is_cuda_build"):
    return []
  if build.get("is_rocm_build"):
    return [Finding(
        "rocm", "this TensorFlow is built for AMD's ROCm; only CUDA is "
        "checked here", ("rocminfo",), False)]
  names = ", ".join(f"{name} {version}" for name, version in
                    facts["distributions"].items()) or facts["tensorflow"]
  if facts["platform"] == "win32":
    steps = ("wsl --install  # TensorFlow has had no GPU support on native "
             "Windows since 2.11; then, in WSL2:", install_command(facts))
  elif facts["platform"] == "darwin":
    steps = ()
  else:
    unwanted = [name for name in facts["distributions"] if name != "tensorflow"]
    steps = (*[f"pip uninstall -y {name}" for name in unwanted],
             install_command(facts))
  return [Finding(
      "cpu-build", f"this TensorFlow ({names}) is built without CUDA, so it "
      "cannot use an NVIDIA GPU", steps, there(facts) > 0)]


def _driver(facts, used):
  driver = facts["driver"]
  if not driver["opened"]:
    if not there(facts):
      return [Finding(
          "no-gpu", "no NVIDIA GPU and no driver were found on this machine "
          f"({driver['error'] or 'no ' + driver_lib.LIBRARY})",
          ("wsl --update  # on Windows, with NVIDIA's driver for Windows, "
           "which supports WSL too" if driver["wsl"] else
           "lspci | grep -i nvidia  # is there a card at all? In a "
           "container: docker run --gpus all ...",), False)]
    if driver["smi"] or driver["module"] or driver["nodes"]:
      text = ("the NVIDIA driver is installed, but its library could not be "
              f"opened: {driver['error']}")
    else:
      text = ("there is an NVIDIA card but no driver for it: "
              f"{driver['error']}")
    return [Finding("no-driver", text, (
        "sudo ubuntu-drivers install  # or your system's own package, then "
        "restart; in a container: docker run --gpus all ...",
        "nvidia-smi  # lists the GPU when the driver works"))]
  found = []
  if driver["opened"] != driver_lib.LIBRARY and not used:
    found.append(Finding(
        "driver-path", f"{driver['opened']} exists, but the loader does not "
        "find it by its name", (
            f"export LD_LIBRARY_PATH={driver['opened'].rpartition('/')[0]}"
            "${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}",)))
  hidden = facts["environment"].get("CUDA_VISIBLE_DEVICES")
  if driver["code"]:
    if driver["code"] == 100 and hidden is not None:
      return found + [_hidden(hidden)]
    words = driver_lib.CODES.get(driver["code"], "see cuda.h")
    found.append(Finding(
        "driver-start", "the NVIDIA driver does not start: cuInit returned "
        f"{driver['code']} ({words})", ("nvidia-smi",)))
  elif not driver["gpus"] and hidden is not None:
    found.append(_hidden(hidden))
  elif not driver["gpus"]:
    found.append(Finding(
        "no-gpu", "the NVIDIA driver runs but reports no GPU", ("nvidia-smi",),
        there(facts) > 0))
  build = libraries.cuda_of(facts["build"])
  if driver["version"] and build and driver["version"][0] < build[0]:
    text = ".".join(map(str, driver["version"]))
    found.append(Finding(
        "old-driver", f"the NVIDIA driver supports CUDA up to {text}, but "
        f"this TensorFlow is built for CUDA {'.'.join(map(str, build))}", (
            "sudo ubuntu-drivers install  # or your system's own package: "
            f"one for CUDA {build[0]} or newer, then restart",)))
  return found


def _hidden(value):
  return Finding(
      "hidden", f"CUDA_VISIBLE_DEVICES={value!r} hides every GPU from "
      "TensorFlow", ("unset CUDA_VISIBLE_DEVICES",))


def _libraries(facts, used):
  """The required libraries that could not be opened, by name."""
  rows = facts["libraries"]
  failed = [row for row in rows if not row["opened"]]
  told = [name for name in facts["log_missing"]
          # The driver's own are checked separately; TensorRT is not needed.
          if not name.startswith(("libcuda.", "libnvidia-", "libnvinfer"))
          and name not in {row["name"] for row in failed}]
  needed = [row for row in failed if not row["use"]]
  wheels = sorted({_wheel(row) for row in failed}
                  | {libraries.wheel_of(name) for name in told})
  if not needed and not told:
    if not failed or not used:
      return []
    return [Finding(
        "optional-libraries", "these could not be opened: " + ", ".join(
            f"{row['name']} ({row['use']})" for row in failed),
        (install_command(facts),), False)]
  lines = [_line(row) for row in needed]
  lines += [f"{name}: TensorFlow says that it could not open it"
            + _brought(libraries.wheel_of(name)) for name in told]
  steps = [install_command(facts) + _with(wheels)]
  steps += [f"export LD_LIBRARY_PATH={row['elsewhere'].rpartition('/')[0]}"
            "${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}  # to use the toolkit "
            "there" for row in needed if row["elsewhere"]][:1]
  # Without a GPU they are not needed.
  blocks = there(facts) > 0 and not used
  return [Finding(
      "libraries", f"{len(lines)} of CUDA's libraries could not be opened:"
      + "".join(f"\n  {line}" for line in lines), tuple(steps), blocks)]


def _wheel(row):
  return (libraries.wheel_of(row["missing"]) if row["missing"] else "") or (
      row["wheel"])


def _brought(wheel):
  return f"; {wheel} provides it" if wheel else ""


def _with(wheels):
  known = [wheel for wheel in wheels if wheel]
  return f"  # with {', '.join(known)}" if known else ""


def _line(row):
  if row["missing"] and row["missing"] != row["name"]:
    return (f"{row['name']}: it needs {row['missing']}, which was not found"
            f"{_brought(libraries.wheel_of(row['missing']))}")
  if row["missing"] and row["elsewhere"]:
    return (f"{row['name']}: it is at {row['elsewhere']}, where the loader "
            "does not look")
  if row["missing"]:
    return f"{row['name']}: not found{_brought(row['wheel'])}"
  return f"{row['name']}: {row['error']}{_brought(row['wheel'])}"


def _capabilities(facts, used):
  """Findings for GPUs too old or too new for the code in this build."""
  gpus = ([{"name": device["label"] or device["name"],
            "capability": device["capability"]} for device in used]
          or facts["driver"]["gpus"])
  found = []
  for gpu in gpus:
    if not gpu["capability"]:
      continue
    verdict, words = capability.judge(
        gpu["capability"], facts["build"].get("cuda_compute_capabilities"))
    if verdict == "compiles":
      found.append(Finding("compiles", f"{gpu['name']}: {words}", (), False))
    elif verdict in ("too old", "too new"):
      other = ("an older TensorFlow, or one built from source for it"
               if verdict == "too old" else "a newer TensorFlow")
      found.append(Finding(
          verdict.replace(" ", "-"), f"{gpu['name']}: {words}",
          (f"# {other}; or do not use the GPU: tfcompat-rnn run --cpu-only "
           "SCRIPT",)))
  return found
