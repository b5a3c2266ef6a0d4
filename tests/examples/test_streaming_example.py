"""The server of many writers is killed, and none of them notices."""

import pathlib
import shutil
import signal
import subprocess
import sys

import numpy as np
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "streaming" / "serve_char_model.py"
SMALL = ["--updates", "30", "--units", "12", "--writers", "40"]


@pytest.mark.slow
def test_a_killed_server_goes_on(tmp_path, monkeypatch):
  from tfcompat_rnn._tf import tf
  from tfcompat_rnn.datasets import text
  monkeypatch.chdir(tmp_path)
  monkeypatch.syspath_prepend(str(SCRIPT.parent))
  monkeypatch.syspath_prepend(str(SCRIPT.parent.parent))
  monkeypatch.setenv("PYTHONPATH", str(ROOT))
  pathlib.Path("some.txt").write_text(text.read_text()[:20000])
  words = [*SMALL, "--text", "some.txt"]
  child = subprocess.Popen(
      [sys.executable, str(SCRIPT), *words, "--folder", "killed", "--rounds",
       "1000000", "--save-every", "10"], stdout=subprocess.PIPE, text=True)
  try:
    printed = []
    for line in child.stdout:
      printed.append(line)
      if "round    30 " in line:  # it goes on while it is killed
        break
    child.send_signal(signal.SIGKILL)
    child.stdout.close()
    assert child.wait() == -signal.SIGKILL, "".join(printed)
  finally:
    child.kill()
    child.wait()
  import serve_char_model
  tf.disable_v2_behavior()
  (before, _), (last, path) = serve_char_model.snapshots("killed")
  assert 30 <= last == before + 10
  # The same, never killed: all rounds from the same model.
  shutil.copytree("killed", "whole")
  for _, other in serve_char_model.snapshots("whole"):
    pathlib.Path(other).unlink()
  rounds = ["--rounds", str(last + 15)]
  again = serve_char_model.main([*words, *rounds, "--folder", "killed"])
  whole = serve_char_model.main([*words, *rounds, "--folder", "whole"])
  assert again["written"] == whole["written"]
  assert len(set(whole["written"].values())) > 30
  tf.nest.map_structure(
      lambda *both: np.testing.assert_allclose(*both, rtol=0, atol=1e-5),
      again["states"], whole["states"])
