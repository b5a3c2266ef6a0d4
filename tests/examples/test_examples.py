"""Each example runs with small numbers, and what it shows is so."""

import importlib.util
import json
import os
import pathlib
import subprocess
import sys

import numpy as np
import pytest
from tensorflow.compat import v1

ROOT = pathlib.Path(__file__).parent.parent.parent
EXAMPLES = ROOT / "examples"
OURS = ("char_language_model", "language_of_documents", "several_devices",
        "sine_wave", "tracking")


@pytest.fixture
def example(monkeypatch, tmp_path):
  """Imports an example by its name and runs it in an empty folder."""
  monkeypatch.chdir(tmp_path)
  monkeypatch.syspath_prepend(str(EXAMPLES))
  monkeypatch.setenv("TF_CPP_MIN_LOG_LEVEL", "3")

  def run(name, *arguments):
    path = EXAMPLES / f"{name}.py"
    spec = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.main(list(map(str, arguments)))

  return run


def assert_small_png(path):
  data = path.read_bytes()
  assert data[:8] == b"\x89PNG\r\n\x1a\n"
  assert 5000 < len(data) < 100000


@pytest.mark.slow
def test_sine_wave(example, tmp_path, capsys):
  found = example("sine_wave", "--updates", 200, "--steps", 70, "--units", 12,
                  "--rows", 8)
  assert_small_png(tmp_path / "sine_wave.png")
  # to say the same value again costs (2 pi / 62.8) ** 2 / 2
  assert np.mean(found["losses"][-20:]) < .002 < .005
  assert found["by_session"].shape == found["in_graph"].shape == (1, 70, 1)
  assert found["apart"] < 1e-6
  assert found["error"] < .4  # silence: .7
  assert "over session.run" in capsys.readouterr().out


@pytest.mark.slow
def test_several_devices(example, tmp_path, capsys):
  found = example("several_devices", "--units", 24, "--rows", 6, "--updates",
                  8)
  assert_small_png(tmp_path / "several_devices.png")
  assert all(apart < 1e-5 for apart in found["apart"].values())
  for name, devices in (("all on one device", 1), ("a layer on each", 3),
                        ("a tower on each", 3)):
    losses, _, timeline = found["found"][name]
    assert losses[-1] < losses[0]
    assert sorted(timeline.spans) == [f"CPU:{n}" for n in range(devices)]
    assert all(any("MatMul" in span.type for span in spans)
               for spans in timeline.spans.values())
  assert found["found"]["all on one device"][2].overlap == 0
  assert "The losses differ by" in capsys.readouterr().out
  with pytest.raises(SystemExit):
    example("several_devices", "--rows", 10)
  assert "multiple of 3" in capsys.readouterr().err


@pytest.mark.slow
def test_layers_on_several_devices_overlap(example):
  """Even where an earlier session of the process asked for a single thread.

  On a busy machine one run may find a single core free throughout.
  """
  with v1.Graph().as_default(), v1.Session(config=v1.ConfigProto(
      inter_op_parallelism_threads=1)) as session:
    session.run(v1.constant(1.))
  assert any(example("several_devices", "--updates", 3)["overlap"] > 0
             for _ in range(4))


@pytest.mark.slow
def test_tracking_beats_every_tracker_that_forgets(example, tmp_path):
  found = example("tracking", "--windows", 700, "--units", 16)
  assert_small_png(tmp_path / "tracking.png")
  # Nobody who starts anew in each window comes below this bound, and nobody
  # at all below the other.
  assert found["keeping"] < .75 * found["best_forgetting"]
  assert found["keeping"] > .95 * found["best"]
  assert .97 * found["best_forgetting"] < found["forgetting"] < .5


@pytest.mark.slow
@pytest.mark.parametrize("align", [False, True])
def test_documents_are_read_as_if_alone(example, align):
  found = example("language_of_documents", "--updates", 450, "--units", 24,
                  "--documents", 100, "--no-picture",
                  *(["--align"] if align else []))
  assert found["apart"] < 1e-5
  accuracy = found["accuracy"]
  assert accuracy["at each document"] > max(
      .45, accuracy["at each window"] + .05)
  assert found["apart_never"] > .1, "without resets the streams do bleed"


SMALL = ("--rows", 8, "--steps", 16, "--units", 32, "--write", 9, "--rate",
         .02, "--no-picture")


@pytest.fixture
def small_text(tmp_path):
  from tfcompat_rnn.datasets import text
  path = tmp_path / "some.txt"
  path.write_text(text.read_text()[:30000], encoding="utf-8")
  return path


@pytest.mark.slow
def test_char_language_model(example, small_text, tmp_path, capsys):
  common = ("--text", small_text) + SMALL
  whole = example("char_language_model", *common, "--folder", "whole",
                  "--updates", 120, "--save-every", 60)
  # below what letter frequencies alone allow
  assert whole["tested"][-1][1] < whole["single"] - .3
  assert whole["kept"] < whole["single"] - .3
  # stopped and started again: the same curve, from the same place
  first = example("char_language_model", *common, "--folder", "parts",
                  "--updates", 80, "--save-every", 60)
  capsys.readouterr()
  second = example("char_language_model", *common, "--folder", "parts",
                   "--updates", 120, "--save-every", 60)
  printed = capsys.readouterr().out
  assert "Continuing from" in printed and "80 updates done" in printed
  # 28800 characters in 8 rows of windows of 16 are 225 windows an epoch
  assert "position in the text [0, 80]" in printed
  assert [n for n, _ in second["curve"]] == list(range(81, 121))
  np.testing.assert_allclose(
      [bits for _, bits in first["curve"] + second["curve"]],
      [bits for _, bits in whole["curve"]], rtol=1e-4)
  # other settings are refused by name
  with pytest.raises(SystemExit, match="made with --units 32"):
    example("char_language_model", "--text", small_text, *SMALL, "--units",
            33, "--folder", "parts")
  small_text.write_text("X" * 100 + "\u2603" * 9, encoding="utf-8")
  with pytest.raises(SystemExit, match="for other characters"):
    example("char_language_model", *common, "--folder", "parts")
  assert json.loads((tmp_path / "parts" / "settings.json").read_text())[
      "rows"] == 8


@pytest.mark.slow
def test_char_language_model_over_ten_restarts(
    example, small_text, tmp_path, capsys):
  small_text.write_text(small_text.read_text()[:4000])
  common = ("--text", small_text, "--rows", 4, "--steps", 8, "--units", 8,
            "--write", 1, "--no-picture", "--save-every", 1)
  whole = example("char_language_model", *common, "--folder", "whole",
                  "--updates", 11)["curve"]
  parts = tmp_path / "parts"
  curve = []
  for life in range(11):
    if life == 6:
      # What processes leave that are killed while they save.
      for suffix in (".index", ".data-00000-of-00001"):
        (parts / f"model-2{suffix}").write_bytes(
            (parts / f"model-6{suffix}").read_bytes())
      (parts / "model-7.data-00000-of-00001.tempstate12345").write_text("")
    capsys.readouterr()
    curve += example("char_language_model", *common, "--folder", "parts",
                     "--updates", life + 1)["curve"]
    assert (f"{life} updates done" in capsys.readouterr().out) == (life > 0)
    names = {path.name.split(".")[0] for path in parts.iterdir()}
    assert names == {"checkpoint", "settings"} | {
        f"model-{number}" for number in (life, life + 1) if number}
  np.testing.assert_allclose(curve, whole, rtol=1e-5)


def test_wrong_arguments_are_told(example, tmp_path):
  with pytest.raises(SystemExit, match="no such file"):
    example("char_language_model", "--text", tmp_path / "none.txt")
  with pytest.raises(SystemExit, match="there is no folder"):
    example("sine_wave", "--picture", tmp_path / "none" / "a.png")


@pytest.mark.slow
def test_without_matplotlib(example, monkeypatch, capsys, tmp_path):
  monkeypatch.setitem(sys.modules, "matplotlib", None)
  example("sine_wave", "--updates", 3, "--steps", 3)
  printed = capsys.readouterr().out
  assert "pip install 'tfcompat_rnn[plot]'" in printed
  assert not (tmp_path / "sine_wave.png").exists()


def test_every_example_finalizes_its_graph():
  for name in OURS:
    assert ".graph.finalize()" in (EXAMPLES / f"{name}.py").read_text()


def as_python(words, cwd, env):
  return subprocess.run([sys.executable, *words], text=True,
                        capture_output=True, cwd=cwd, env=env)


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("name", OURS)
def test_help_is_quiet_and_says_what_there_is(name, tmp_path, forked):
  environment = {key: value for key, value in os.environ.items()
                 if not key.startswith("TF_")}
  # What TensorFlow prints when it is imported is the same for all.
  start = as_python if name == OURS[0] else forked.run
  process = start([str(EXAMPLES / f"{name}.py"), "--help"], tmp_path,
                  dict(environment, PYTHONPATH=str(ROOT)))
  assert process.returncode == 0
  assert process.stderr == ""
  assert "--picture FILE" in process.stdout
  assert process.stdout.count("(default ") >= 5
  assert not list(tmp_path.iterdir())


@pytest.mark.slow
def test_model_rnn_cases(forked):
  """In a process of its own, where nobody switched eager execution off."""
  code = ("import json, sys; sys.path.insert(0, 'examples'); "
          "import model_rnn_cases; print(json.dumps(model_rnn_cases.main([])))")
  done = forked.run(
      ["-c", code], ROOT, {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3",
                           "PYTHONPATH": str(ROOT)})
  assert done.returncode == 0, done.stderr
  rows = json.loads(done.stdout.splitlines()[-1])
  assert [row["case"] for row in rows] == list(range(6))
  for row in rows:
    assert row["outputs"] < 1e-5 and row["loss"] < 1e-5, row
    if row["case"] in (1, 2):
      assert row["gradients"] > 1e-3, row
    else:
      assert row["gradients"] < 1e-5, row
  assert rows[1]["gradients"] == pytest.approx(rows[2]["gradients"], rel=1e-4)
  assert "Cases 1 and 2 have different gradients" in done.stdout
