"""`tfcompat-rnn devices`: the trial, the page, the JSON, the exit code."""

import json
import os
import shutil
import subprocess
import sys

import numpy as np
import pytest

from tests.devices import facts as machines
from tfcompat_rnn import cli
from tfcompat_rnn.devices import command
from tfcompat_rnn.devices import probe
from tfcompat_rnn.devices import trial

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__))))


def test_training_on_the_cpu():
  numbers, gradients = trial.train("/cpu:0", steps=3)
  double, reference = trial.train("/cpu:0", steps=3, dtype="float64")
  assert numbers["ran_on"] == ["device:CPU:0"]
  assert len(numbers["losses"]) == 3
  assert numbers["losses"] == sorted(numbers["losses"], reverse=True)
  np.testing.assert_allclose(numbers["losses"], double["losses"], rtol=1e-6)
  assert gradients.keys() == reference.keys() == {
      "trial/rnn/lstm_cell/kernel", "trial/rnn/lstm_cell/bias"}
  for name, value in gradients.items():
    assert value.dtype == np.float32
    assert np.abs(value).max() > 1e-3
    np.testing.assert_allclose(value, reference[name], atol=1e-6)


def fake_attempt(**changed):
  """Trains nowhere: `changed` maps a device to (numbers, gradients)."""
  def attempt(device, steps, dtype="float32"):
    del steps
    number = {"seconds_first": 0.5, "seconds_step": 0.001, "dtype": dtype,
              "losses": [2.0, 1.0],
              "ran_on": ["device:" + device[1:].upper()]}
    return changed.get(device[1:].replace(":", ""),
                       (number, {"kernel": np.ones([2, 2], dtype)}))
  return attempt


def examined(attempt, **changed):
  return command.examine(2, look=lambda: machines.facts(**changed),
                         attempt=attempt)


def test_a_gpu_that_computes_the_same():
  report = examined(fake_attempt())
  assert report.exit_code == 0
  assert [one.device for one in report.trials] == ["/cpu:0", "/gpu:0"]
  text = str(report)
  assert "/cpu:0   first step 0.50 s, then 1.0 ms per step" in text
  assert "gradients within 0e+00 of float64's  ok" in text
  assert "gradients within 0e+00 of the CPU's  ok" in text
  assert "/gpu:0  NVIDIA A100, compute capability 8.0" in text


def test_a_gpu_that_computes_something_else():
  wrong = {"kernel": np.array([[1, 1], [1, 1.01]], np.float32)}
  ran = {"seconds_first": 1.0, "seconds_step": 0.1, "losses": [2.0, 1.0],
         "ran_on": ["device:GPU:0"]}
  report = examined(fake_attempt(gpu0=(ran, wrong)))
  assert report.exit_code == 1
  assert "FAILED  its gradients differ" in str(report)
  assert "DIFF  variable  kernel" in str(report)
  assert report.as_dict()["trials"][1]["passed"] is False


def test_a_gpu_that_dies():
  report = examined(fake_attempt(gpu0=({"error": "died of signal 6: CUDA"},
                                       None)))
  assert report.exit_code == 1
  assert "/gpu:0   FAILED  died of signal 6: CUDA" in str(report)


def test_a_gpu_that_lets_the_cpu_do_it():
  ran = {"seconds_first": 1.0, "seconds_step": 0.1, "losses": [2.0, 1.0],
         "ran_on": ["device:CPU:0"]}
  report = examined(fake_attempt(gpu0=(ran, {"kernel": np.ones([2, 2])})))
  assert report.exit_code == 1
  assert "it ran on device:cpu:0" in str(report)


def test_a_crash_trains_nothing(tmp_path):
  report = examined(None, crash="it died of signal 11: x", devices=[])
  assert report.exit_code == 1 and report.trials == []


def test_probe_of_a_process_that_dies(monkeypatch):
  real = subprocess.run
  monkeypatch.setattr(
      subprocess, "run", lambda words, **more: real(
          [sys.executable, "-c", "import os, sys; sys.stderr.write('\\nlast "
           "words\\n'); sys.stderr.flush(); os.abort()"], **more))
  facts = probe.gather()
  assert facts["crash"] == "it died of signal 6: last words"
  assert facts["devices"] == [] and facts["python"]
  numbers, gradients = trial.attempt("/cpu:0")
  assert numbers == {"error": "died of signal 6: last words"}
  assert gradients is None


def test_command_line(monkeypatch, capsys, tmp_path):
  monkeypatch.setattr(
      command, "examine", lambda steps, required, real=command.examine: real(
          steps, required, look=lambda: machines.facts(
              devices=[machines.CPU],
              libraries=machines.libraries(["libcudnn.so.9"])),
          attempt=fake_attempt()))
  path = tmp_path / "devices.json"
  assert cli.main(["devices", "--json", str(path)]) == 3
  out = capsys.readouterr().out
  assert "libcudnn.so.9: not found; nvidia-cudnn-cu12 provides it" in out
  read = json.loads(path.read_text())
  assert read["exit_code"] == 3
  assert read["findings"][0]["name"] == "libraries"
  assert read["trials"][0]["gradients"]["passed"] is True
  assert os.listdir(tmp_path) == ["devices.json"]
  for words in (["--steps", "-1"], ["--json", str(tmp_path / "no/x.json")]):
    with pytest.raises(SystemExit) as caught:
      cli.main(["devices", *words])
    assert caught.value.code == 2


def command_line(folder, *words, **environment):
  done = subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "devices", *words],
      cwd=folder, env=dict(os.environ, PYTHONPATH=ROOT, **environment),
      capture_output=True, text=True)
  assert "Traceback" not in done.stderr, done.stderr
  return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
def test_this_machine(tmp_path):
  code, out, error = command_line(tmp_path, "--json", "d.json")
  read = json.loads((tmp_path / "d.json").read_text())
  assert code == read["exit_code"]
  assert error == ("examining the devices, and training a small "
                   "LSTM ...\n")
  assert read["trials"][0]["device"] == "/cpu:0"
  assert read["trials"][0]["passed"], out
  assert all(one["passed"] for one in read["trials"]), out


FAKE = r"""
#include <string.h>
int cuInit(unsigned f) { return 0; }
int cuDriverGetVersion(int *v) { *v = 12060; return 0; }
int cuDeviceGetCount(int *n) { *n = 1; return 0; }
int cuDeviceGet(int *d, int o) { *d = o; return 0; }
int cuDeviceGetName(char *s, int n, int d) {
  strncpy(s, "Simulated GPU", n); return 0; }
int cuDeviceGetAttribute(int *v, int a, int d) {
  *v = a == 75 ? 8 : 0; return 0; }
"""


@pytest.mark.slow
def test_a_broken_installation_is_simulated(tmp_path):
  """A driver with a GPU, and none of the libraries."""
  from tfcompat_rnn._tf import tf
  compiler = shutil.which("cc") or shutil.which("gcc")
  if not compiler or not sys.platform.startswith("linux"):
    pytest.skip("needs a C compiler to build a fake driver")
  (tmp_path / "fake.c").write_text(FAKE)
  subprocess.run([compiler, "-shared", "-fPIC", "-o", "libcuda.so.1",
                  "fake.c"], cwd=tmp_path, check=True)
  code, out, _ = command_line(
      tmp_path, "--steps", "0", LD_LIBRARY_PATH=str(tmp_path),
      CUDA_VISIBLE_DEVICES="0")
  if tf.config.list_physical_devices("GPU"):
    pytest.skip("this machine has a real GPU and driver")
  assert code == 3, out
  assert "NVIDIA driver for CUDA up to 12.6" in out
  assert "Why a GPU is not used:" in out
  if tf.sysconfig.get_build_info()["is_cuda_build"]:
    assert "could not be opened" in out and "libcudart.so.12" in out
    assert f"pip install 'tensorflow[and-cuda]=={tf.__version__}'" in out
  else:
    assert "is built without CUDA" in out
