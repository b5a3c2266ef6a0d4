"""From facts to findings: each machine gets its reason and next step."""

import ctypes

import pytest

from tests.devices import facts as machines
from tfcompat_rnn.devices import capability
from tfcompat_rnn.devices import diagnosis
from tfcompat_rnn.devices import driver
from tfcompat_rnn.devices import libraries
from tfcompat_rnn.devices import report

INSTALL = "pip install 'tensorflow[and-cuda]==2.21.0'"
CPU_BUILD = {"is_cuda_build": False, "is_rocm_build": False}


def of(driver_changes=(), **changed):
  made = machines.facts(**changed)
  made["driver"].update(driver_changes)
  return made


def unused(driver_changes=(), **changed):
  return of(driver_changes, devices=[machines.CPU], **changed)


# name -> (facts, names of the findings, words, exit code)
MACHINES = {
    "all is well": (of(), [], [], 0),
    "no gpu": (unused(driver=machines.NO_DRIVER), ["no-gpu"],
               ["no NVIDIA GPU and no driver", "docker run --gpus all"], 0),
    "no gpu, no libraries": (
        unused(driver=machines.NO_DRIVER, libraries=machines.libraries(
            ["libcudnn.so.9"])), ["no-gpu", "libraries"], [INSTALL], 0),
    "no gpu in wsl": (
        unused(driver=dict(machines.NO_DRIVER, wsl=True)), ["no-gpu"],
        ["driver for Windows"], 0),
    "a card without a driver": (
        unused(driver=dict(machines.NO_DRIVER, cards=1)), ["no-driver"],
        ["an NVIDIA card but no driver for it: libcuda.so.1"], 3),
    "a driver without its library": (
        unused(driver=dict(machines.NO_DRIVER, cards=1, smi="/bin/smi")),
        ["no-driver"], ["its library could not be opened"], 3),
    "the driver does not start": (
        unused(dict(code=803, gpus=[])), ["driver-start"],
        ["cuInit returned 803", "restart the machine"], 3),
    "an unknown code": (unused(dict(code=77, gpus=[])), ["driver-start"],
                        ["returned 77 (see cuda.h)"], 3),
    "hidden": (unused(dict(code=100, gpus=[]),
                      environment={"CUDA_VISIBLE_DEVICES": "-1"}),
               ["hidden"], ["CUDA_VISIBLE_DEVICES='-1'", "unset CUDA"], 3),
    "hidden, as some drivers say": (
        unused(dict(gpus=[]), environment={"CUDA_VISIBLE_DEVICES": ""}),
        ["hidden"], ["CUDA_VISIBLE_DEVICES=''"], 3),
    "an old driver": (unused(dict(version=[11, 4])), ["old-driver"],
                      ["CUDA up to 11.4", "for CUDA 12.5.1"], 3),
    "a driver off the path": (
        unused(dict(opened="/usr/lib/wsl/lib/libcuda.so.1", wsl=True)),
        ["driver-path"], ["export LD_LIBRARY_PATH=/usr/lib/wsl/lib$"], 3),
    "two libraries missing": (
        unused(libraries=machines.libraries(["libcudnn.so.9",
                                             "libcusolver.so.11"])),
        ["libraries"],
        ["2 of CUDA's libraries could not be opened",
         "libcudnn.so.9: not found; nvidia-cudnn-cu12 provides it",
         "libcusolver.so.11: not found; nvidia-cusolver-cu12 provides it",
         f"{INSTALL}  # with nvidia-cudnn-cu12, nvidia-cusolver-cu12"], 3),
    "a library's own need": (
        unused(libraries=machines.libraries(["libcusparse.so.12"], **{
            "libcusparse.so.12": dict(
                missing="libnvJitLink.so.12", opened="",
                error=machines.NO_FILE.format("libnvJitLink.so.12"))})),
        ["libraries"],
        ["libcusparse.so.12: it needs libnvJitLink.so.12, which was not "
         "found; nvidia-nvjitlink-cu12 provides it",
         "# with nvidia-nvjitlink-cu12"], 3),
    "a broken library": (
        unused(libraries=machines.libraries(["libcudnn.so.9"], **{
            "libcudnn.so.9": dict(missing="", error="file too short")})),
        ["libraries"], ["libcudnn.so.9: file too short"], 3),
    "a toolkit that the loader does not know": (
        unused(libraries=machines.libraries(["libcufft.so.11"], **{
            "libcufft.so.11": dict(
                elsewhere="/usr/local/cuda-12.5/lib64/libcufft.so.11")})),
        ["libraries"],
        ["it is at /usr/local/cuda-12.5/lib64/libcufft.so.11",
         "export LD_LIBRARY_PATH=/usr/local/cuda-12.5/lib64$"], 3),
    "what only TensorFlow missed": (
        unused(log_missing=["libnvinfer.so.8", "libnvidia-ml.so.1",
                            "libcublas.so.12", "libstrange.so.1"]),
        ["libraries"],
        ["2 of CUDA's", "libcublas.so.12: TensorFlow says",
         "nvidia-cublas-cu12 provides it", "libstrange.so.1: TensorFlow says"],
        3),
    "only for several gpus": (
        of(libraries=machines.libraries(["libnccl.so.2"])),
        ["optional-libraries"], ["libnccl.so.2 (for several GPUs)"], 0),
    "a gpu too old": (
        unused(dict(gpus=[{"name": "Tesla K80", "capability": [3, 7]}])),
        ["too-old"], ["Tesla K80: compute capability 3.7 is older"], 3),
    "a gpu too new": (
        unused(dict(gpus=[{"name": "RTX", "capability": [12, 0]}]),
               build=dict(machines.BUILD, cuda_compute_capabilities=[
                   "sm_80"])),
        ["too-new"], ["RTX: compute capability 12.0 is newer", "sm_80"], 3),
    "a new gpu that works": (
        of(devices=[machines.CPU, dict(machines.GPU, capability=[12, 0])]),
        ["compiles"], ["the driver compiles its code at the first use"], 0),
    "a cpu build beside a gpu": (
        unused(build=CPU_BUILD, libraries=[], tensorflow="2.18.1",
               distributions={"tensorflow-cpu": "2.18.1"}), ["cpu-build"],
        ["(tensorflow-cpu 2.18.1) is built without CUDA",
         "pip uninstall -y tensorflow-cpu",
         "pip install 'tensorflow[and-cuda]==2.18.1'"], 3),
    "a cpu build alone": (
        unused(driver=machines.NO_DRIVER, build=CPU_BUILD, libraries=[]),
        ["cpu-build", "no-gpu"], ["built without CUDA"], 0),
    "windows": (
        unused(driver=machines.NO_DRIVER, build=CPU_BUILD, libraries=[],
               platform="win32"), ["cpu-build", "no-gpu"], ["WSL2"], 0),
    "rocm": (unused(driver=machines.NO_DRIVER, libraries=[], build={
        "is_cuda_build": False, "is_rocm_build": True}), ["rocm", "no-gpu"],
             ["AMD's ROCm"], 0),
    "nobody knows": (unused(), ["unknown"],
                     ["lists no GPU", "TF_CPP_VMODULE=gpu_device=3"], 3),
    "a crash": (
        unused(dict(), crash="it died of signal 11: ", build={},
               libraries=[], tensorflow=""), ["crash"],
        ["died of signal 11", "TensorFlow did not start"], 1),
}


@pytest.mark.parametrize("name", MACHINES)
def test_machines(name):
  facts, names, words, exit_code = MACHINES[name]
  findings = diagnosis.explain(facts)
  assert [finding.name for finding in findings] == names
  made = report.Report(facts, findings)
  for word in words:
    assert word in str(made), str(made)
  assert made.exit_code == exit_code
  assert any(finding.blocks for finding in findings) is (exit_code != 0)
  assert ("Why a GPU is not used" in str(made)) is (exit_code != 0)


def test_a_gpu_is_required():
  facts, *_ = MACHINES["no gpu"]
  assert report.Report(facts, [], gpu_required=True).exit_code == 3
  assert report.Report(MACHINES["all is well"][0], [],
                       gpu_required=True).exit_code == 0


@pytest.mark.parametrize("number, built_for, verdict", [
    ((8, 6), ["sm_80", "compute_90"], "ok"),
    ((8, 0), ["sm_80"], "ok"), ((8, 9), ["sm_80"], "ok"),
    ((7, 5), ["sm_70", "compute_90"], "ok"),
    ((9, 0), ["sm_80", "compute_90"], "ok"),
    ((9, 0), ["sm_80", "sm_90a"], "ok"),
    ((12, 0), ["sm_80", "compute_90"], "compiles"),
    ((7, 5), ["sm_80", "compute_70"], "ok"),
    ((8, 0), ["sm_60", "compute_70"], "compiles"),
    ((10, 0), ["sm_100"], "ok"), ((12, 1), ["compute_120"], "ok"),
    ((3, 5), ["sm_60", "compute_90"], "too old"),
    ((6, 0), ["sm_61", "compute_90"], "too old"),
    ((9, 0), ["sm_60", "sm_80"], "too new"),
    ((9, 0), [], "unknown"), ((9, 0), None, "unknown")])
def test_capability(number, built_for, verdict):
  assert capability.judge(number, built_for)[0] == verdict


def test_libraries_of_a_build():
  names = [name for name, _, _ in libraries.wanted(machines.BUILD)]
  assert names == [
      "libcudart.so.12", "libcublas.so.12", "libcublasLt.so.12",
      "libcufft.so.11", "libcusolver.so.11", "libcusparse.so.12",
      "libcudnn.so.9", "libnccl.so.2", "libcupti.so.12"]
  older = dict(machines.BUILD, cudnn_version="8")
  assert "libcudnn.so.8" in [row[0] for row in libraries.wanted(older)]
  assert libraries.wanted(CPU_BUILD) == []
  assert libraries.wanted(dict(machines.BUILD, cuda_version="13.0")) == []


def test_every_wheel_is_one_that_tensorflow_names():
  import importlib.metadata
  for name in ("tensorflow", "tensorflow-cpu"):
    try:
      lines = importlib.metadata.requires(name)
      break
    except importlib.metadata.PackageNotFoundError:
      continue
  named = {line.split(" ")[0].split("<")[0].split("=")[0].split(">")[0]
           for line in lines if "nvidia" in line}
  wheels = {libraries.wheel_of(row.stem) for row in libraries.LIBRARIES} | {
      libraries.wheel_of(stem) for stem in libraries._BENEATH}
  assert named and wheels <= named


class Loader:
  """Opens the given libraries; the rest is missing or fails with a reason."""

  def __init__(self, *there, **errors):
    self.there, self.errors, self.asked = there, errors, []

  def __call__(self, path):
    self.asked.append(path)
    if path not in self.there:
      raise OSError(self.errors.get(path.rpartition("/")[2].partition(".")[0],
                                    machines.NO_FILE.format(path)))


def test_opening(tmp_path):
  wheel = tmp_path / "nvidia" / "cudnn" / "lib"
  wheel.mkdir(parents=True)
  toolkit = tmp_path / "cuda-12" / "lib64"
  toolkit.mkdir(parents=True)
  for folder, name in ((wheel, "libcudnn.so.9"), (wheel, "libcusparse.so.12"),
                       (toolkit, "libcufft.so.11")):
    (folder / name).touch()
  folders = libraries.wheel_folders([str(tmp_path), "/nowhere"])
  assert folders == [str(wheel)]
  load = Loader("libcudart.so.12", str(wheel / "libcudnn.so.9"),
                libcusparse=machines.NO_FILE.format("libnvJitLink.so.12"))
  rows = {row["name"]: row for row in libraries.try_opening(
      ["libcudart.so.12", "libcudnn.so.9", "libcusparse.so.12",
       "libcufft.so.11"], folders, load, [str(tmp_path / "cuda*/lib64")])}
  assert rows["libcudart.so.12"]["opened"] == "libcudart.so.12"
  assert rows["libcudnn.so.9"]["opened"] == str(wheel / "libcudnn.so.9")
  assert not rows["libcudnn.so.9"]["error"]
  assert rows["libcusparse.so.12"]["missing"] == "libnvJitLink.so.12"
  assert rows["libcufft.so.11"]["missing"] == "libcufft.so.11"
  assert rows["libcufft.so.11"]["elsewhere"] == str(
      toolkit / "libcufft.so.11")
  assert load.asked.count("libcudart.so.12") == 1


def test_log():
  assert libraries.missing_in_log(
      "I0000 dso_loader.cc:144] Could not load dynamic library "
      "'libcudnn.so.9'; dlerror: libcudnn.so.9: cannot open\nother line\n"
      "W dso_loader.cc:1] Could not load dynamic library 'libcufft.so.11'; "
      "x\nI Could not load dynamic library 'libcudnn.so.9'; again") == [
          "libcudnn.so.9", "libcufft.so.11"]


class FakeDriver:
  """libcuda with two GPUs."""

  def __init__(self, code=0):
    self.code = code

  def cuInit(self, flags):
    return self.code

  def cuDriverGetVersion(self, out):
    out._obj.value = 12040
    return 0

  def cuDeviceGetCount(self, out):
    out._obj.value = 2
    return 0

  def cuDeviceGet(self, out, ordinal):
    out._obj.value = ordinal
    return 0

  def cuDeviceGetName(self, buffer, size, device):
    ctypes.memmove(buffer, b"GPU %d\0" % device.value, 6)
    return 0

  def cuDeviceGetAttribute(self, out, attribute, device):
    out._obj.value = {75: 8, 76: 6}[attribute] + device.value
    return 0


def test_driver(tmp_path):
  def write(name, text):
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)

  write("proc/version", "Linux version 5.15-microsoft-standard-WSL2\n")
  write("proc/driver/nvidia/version", "NVRM version: 550\nmore\n")
  for slot, vendor, kind in (("01", "0x10de", "0x030000"),
                             ("02", "0x10de", "0x040300"),
                             ("03", "0x8086", "0x030000")):
    write(f"sys/bus/pci/devices/{slot}/vendor", vendor + "\n")
    write(f"sys/bus/pci/devices/{slot}/class", kind + "\n")
  write("dev/nvidia0", "")
  write("dev/nvidiactl", "")
  found = driver.look(lambda path: FakeDriver(), str(tmp_path),
                      lambda name: f"/bin/{name}")
  assert found == {
      "opened": "libcuda.so.1", "error": "", "code": 0, "version": [12, 4],
      "gpus": [{"name": "GPU 0", "capability": [8, 6]},
               {"name": "GPU 1", "capability": [9, 7]}],
      "cards": 1, "module": "NVRM version: 550",
      "nodes": [str(tmp_path / "dev/nvidia0")], "smi": "/bin/nvidia-smi",
      "wsl": True}
  found = driver.look(lambda path: FakeDriver(100), str(tmp_path))
  assert found["code"] == 100 and found["gpus"] == []


def test_no_driver(tmp_path):
  load = Loader()
  found = driver.look(load, str(tmp_path), lambda name: None)
  assert found == dict(machines.NO_DRIVER)
  assert load.asked == ["libcuda.so.1", driver.WSL_LIBRARY]
