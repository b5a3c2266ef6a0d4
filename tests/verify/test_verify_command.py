"""`tfcompat-rnn verify` from the command line."""

import json
import os
import subprocess
import sys

import pytest

from tfcompat_rnn import cli
from tfcompat_rnn.verify import cases
from tfcompat_rnn.verify import kinds


def execute(*words, **environment):
  """(exit code, stdout, stderr) of a separate process."""
  done = subprocess.run(
      [sys.executable, "-m", "tfcompat_rnn", "verify", *map(str, words)],
      capture_output=True, text=True, check=False,
      env=dict(os.environ, **environment))
  return done.returncode, done.stdout, done.stderr


def test_list_names_all_and_loads_no_tensorflow():
  code = ("import sys; from tfcompat_rnn import cli; "
          "code = cli.main(['verify', '--list']); "
          "sys.exit(code or 3 * ('tensorflow' in sys.modules))")
  done = subprocess.run([sys.executable, "-c", code], capture_output=True,
                        text=True, check=False)
  assert done.returncode == 0, done.stderr
  words = done.stdout.split()
  assert set(cases.NAMES) <= set(words) and set(kinds.KINDS) <= set(words)
  assert [line[2:] for line in done.stdout.splitlines()
          if line.startswith("+ ")] == list(kinds.DEFAULT)


@pytest.mark.parametrize("words, said", [
    (["--cell", "Perceptron"], "got 'Perceptron'"),
    (["--case", "nine"], "`case` must be one of 0, 1, 2, 2-1"),
    (["--json", "nowhere/r.json"], "`--json` must name a file in an existing"),
    (["--plot", "nowhere/p.png"], "`--plot` must name a file in an existing"),
    (["--plot", "p.txt"], "end in .png, .svg or .pdf"),
])
def test_what_cannot_run_is_said_before_anything_runs(
    words, said, capsys, tmp_path, monkeypatch):
  monkeypatch.chdir(tmp_path)
  assert cli.main(["verify", *words]) == 2
  captured = capsys.readouterr()
  assert captured.out == "" and said in captured.err
  assert captured.err.startswith("tfcompat-rnn verify: ")
  assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [
    ["--dtype", "float16"], ["--cells", "GRU"], ["GRU"]])
def test_wrong_usage(words, capsys):
  with pytest.raises(SystemExit) as stopped:
    cli.main(["verify", *words])
  assert stopped.value.code == 2
  assert words[0] in capsys.readouterr().err


def test_without_matplotlib(capsys, tmp_path, monkeypatch):
  for name in list(sys.modules):
    if name.split(".")[0] == "matplotlib":
      monkeypatch.delitem(sys.modules, name)
  monkeypatch.setitem(sys.modules, "matplotlib", None)
  assert cli.main(["verify", "--plot", str(tmp_path / "p.png")]) == 2
  assert ("plotting needs matplotlib; pip install 'tfcompat_rnn[plot]'"
          in capsys.readouterr().err)


def test_in_process(capsys, tmp_path, monkeypatch):
  path = tmp_path / "r.json"
  words = ["verify", "--case", "1", "--case", "3", "--cell", "basicrnn",
           "--json", str(path)]
  assert cli.main(words) == 0
  table = capsys.readouterr().out
  assert "all 2 rows as expected: 1 equal, 1 different" in table
  assert [row["case"] for row in json.loads(path.read_text())["rows"]] == [
      "1", "3"]
  from tfcompat_rnn.verify import ways
  monkeypatch.setattr(ways, "_handed_over", lambda kept, state: state)
  assert cli.main(words + ["--details"]) == 1
  table = capsys.readouterr().out
  assert "1 of 2 rows not as expected: 1 with BasicRNNCell" in table
  assert "model/rnn/basic_rnn_cell/kernel" in table
  assert not json.loads(path.read_text())["passed"]


@pytest.mark.exhaustive
def test_all_that_is_taken_by_default(tmp_path):
  code, out, err = execute("--json", tmp_path / "r.json",
                           "--plot", tmp_path / "p.png")
  assert (code, err) == (0, ""), out + err
  lines = out.splitlines()
  data = json.loads((tmp_path / "r.json").read_text())
  rows = {(row["case"], row["cell"]): row for row in data["rows"]}
  assert len(lines) == 1 + len(rows) + 2
  assert data["passed"] and data["summary"] == lines[-1]
  for name in cases.NAMES:
    cells = {cell for case, cell in rows if case == name}
    expected = set(kinds.DEFAULT)
    if name in ("block", "fused", "cudnn"):
      expected -= {"BasicRNNCell"}
    if name == "fused":
      expected -= {"GRUCell"}
    if name == "cudnn":
      expected -= {"LSTMCell+peepholes"}
    assert cells == expected, name
  assert {key for key, row in rows.items() if row["found"] == "different"
          } == ({(case, cell) for case in "12" for cell in kinds.DEFAULT} | {
              ("keep-documented", cell) for cell in kinds.DEFAULT[1:]})
  assert (tmp_path / "p.png").read_bytes()[:4] == b"\x89PNG"


@pytest.mark.exhaustive
def test_float32():
  code, out, err = execute("--dtype", "float32")
  assert (code, err) == (0, ""), out + err
  assert "runs in float32" not in out and "float64" not in out


@pytest.mark.slow
def test_in_a_process_with_the_behavior_of_today(forked):
  """Graphs are built as in 1.x inside `run_cases`, and only there."""
  code = """
import tensorflow as tf
from tfcompat_rnn import verify
report = verify.run_cases(["0", "1", "2", "3", "chunked", "keep-documented"],
                          ["GRU"])
print(report)
assert tf.executing_eagerly() and tf.compat.v1.control_flow_v2_enabled()
assert report.passed
"""
  done = forked.run(["-c", code])
  assert done.returncode == 0, done.stdout + done.stderr
