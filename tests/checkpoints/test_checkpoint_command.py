"""`tfcompat-rnn checkpoint`: list, explain, convert, as a user meets them."""

import json
import pathlib
import subprocess
import sys

import numpy as np
import pytest

from tfcompat_rnn import checkpoints
from tfcompat_rnn import cli

HERE = pathlib.Path(__file__).parent
OLD = HERE / "data" / "old"
FORMS = HERE / "data" / "forms"
STACK = str(OLD / "0.12.1" / "basic_lstm_stack.ckpt")

PROGRAM = """
import sys
import tensorflow as tf
print("chatter")
x = tf.placeholder(tf.float32, [2, 3, 4])
with tf.variable_scope("encoder"):
  cell = tf.contrib.rnn.MultiRNNCell([tf.contrib.rnn.BasicLSTMCell(n)
                                      for n in (5, int(sys.argv[1]))])
  outputs, _ = tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)
saver = tf.train.Saver(tf.trainable_variables())
%s
open("touched", "w").write("ran on")
"""
ENDS = {
    "run": "session = tf.Session()\n"
           "session.run(tf.global_variables_initializer())",
    "restore": "saver.restore(tf.Session(), 'nowhere')",
    "monitored": "tf.train.MonitoredTrainingSession()",
    "supervisor": "tf.train.Supervisor(logdir=None).PrepareSession()",
    "guarded": "try:\n  tf.Session().run(outputs, {x: 0})\n"
               "finally:\n  open('touched', 'w').write('finally')",
}


def call(capsys, *words, code=0):
  capsys.readouterr()
  assert cli.main(["checkpoint", *map(str, words)]) == code
  out, err = capsys.readouterr()
  return err if code == 2 else out


def test_list(capsys):
  lines = call(capsys, "list", FORMS / "v1").splitlines()
  assert [line.split() for line in lines[:6]] == [
      ["b", "bool", "[2]"], ["h", "float16", "[2]"],
      ["part", "float32", "[5,", "4]"], ["s", "string", "[2]"],
      ["step", "int64", "[]"], ["w", "float32", "[2,", "3]"]]
  assert lines[6].endswith("6 keys, 33 values, format V1")
  assert "names from older releases" in call(capsys, "list", STACK)


def test_list_as_json(capsys):
  data = json.loads(call(capsys, "list", "--json", STACK))
  assert data["format"] == "V1"
  assert {"key": "encoder/RNN/MultiRNNCell/Cell0/BasicLSTMCell/Linear/Bias",
          "shape": [20], "dtype": "float32",
          "modern": "encoder/rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias"
          } in data["keys"]


def test_list_with_a_check(capsys, tmp_path):
  assert "all read" in call(capsys, "list", "--check", FORMS / "v2s")
  checkpoints.write_checkpoint(tmp_path / "m", {"w": np.ones(9)})
  data = tmp_path / "m.data-00000-of-00001"
  data.write_bytes(b"\xff" + data.read_bytes()[1:])
  call(capsys, "list", tmp_path / "m")
  text = call(capsys, "list", "--check", tmp_path / "m", code=2)
  assert text.startswith("tfcompat-rnn: `checkpoint` must be whole")
  assert text.count("\n") == 1


@pytest.mark.parametrize("words", [
    ["list", "nowhere"], ["explain", "nowhere", "x.meta"],
    ["explain", FORMS / "v2", "nowhere.meta"],
    ["explain", FORMS / "v2", "nowhere.py"], ["convert", "nowhere", "out"],
    ["convert", FORMS / "v2", "no/folder/out"],
    ["convert", "--layout", "none", FORMS / "v2", "out"],
    ["convert", "--rename", r"a=\g<b>", FORMS / "v2", "out"],
    ["convert", "--rename", "(=b", FORMS / "v2", "out"],
    ["convert", "--rename", "(s){9999999999}=b", FORMS / "v2", "out"],
    ["convert", "--rename", "step=", FORMS / "v2", "out"],
    ["convert", "--rename", r"step=\0w", FORMS / "v2", "out"],
    ["convert", "--dry-run", "--rename", "s=\0", FORMS / "v2", "out"],
    ["explain", "--timeout", "0", FORMS / "v2", "x.py"],
    ["explain", "--timeout", "nan", FORMS / "v2", "x.py"],
    ["convert", FORMS / "v2", "out\udcff"], ["list", "in\udcff"]])
def test_what_cannot_be_done_is_one_error(capsys, words, tmp_path,
                                          monkeypatch):
  monkeypatch.chdir(tmp_path)
  text = call(capsys, *words, code=2)
  assert text.startswith("tfcompat-rnn: `") and "Traceback" not in text
  assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("words", [
    [], ["nothing"], ["list"], ["explain", "a"], ["convert", "a"],
    ["convert", "--rename", "x", FORMS / "v2", "b"],
    ["convert", "--only-graph", "a", "b"], ["convert", "--option", "a=b", "a",
                                            "b"],
    ["convert", "--to-graph", "", FORMS / "v2", "b"],
    ["convert", "--to-graph=", FORMS / "v2", "b"],
    ["convert", "--to-graph", "'a b", FORMS / "v2", "b"],
    ["convert", "--to-graph", "  ", FORMS / "v2", "b"],
    ["convert", "--to-graph", "''", FORMS / "v2", "b"],
    ["explain", FORMS / "v2", ""],
    ["convert", "", "b"], ["list", ""]])
def test_wrong_usage(capsys, words):
  with pytest.raises(SystemExit) as caught:
    cli.main(["checkpoint", *map(str, words)])
  assert caught.value.code == 2
  assert "usage: " in capsys.readouterr().err


def test_keys_do_not_control_the_terminal(capsys, tmp_path):
  key = "w\x1b[31m\u202e"
  checkpoints.write_checkpoint(tmp_path / "m", {key: np.zeros(1, "f")})
  for words in (["list", tmp_path / "m"],
                ["convert", "--rename", "w=v", tmp_path / "m", tmp_path / "n"],
                ["convert", tmp_path / "m", tmp_path / "\x1b[31m"],
                ["convert", "--drop", "w", tmp_path / "m", tmp_path / "n"]):
    text = call(capsys, *words, code=2 if "--drop" in words else 0)
    assert text.replace("\n", "").isprintable()
  assert r"w\x1b[31m\u202e" in call(capsys, "list", tmp_path / "m")


@pytest.mark.slow
@pytest.mark.parametrize("words", [
    ["checkpoint", "list", str(FORMS / "v2")], ["run", "--list-repairs"]],
    ids=["list", "repairs"])
def test_a_reader_that_has_seen_enough_ends_it_quietly(words):
  done = subprocess.run(
      ["bash", "-c", '"$0" -u -m tfcompat_rnn "$@" | true',
       sys.executable, *words], capture_output=True, text=True)
  assert "Traceback" not in done.stderr and "BrokenPipe" not in done.stderr


def test_help_of_each_action(capsys):
  for words in ([], ["list"], ["explain"], ["convert"], ["export"]):
    with pytest.raises(SystemExit) as caught:
      cli.main(["checkpoint", *words, "--help"])
    assert caught.value.code == 0
    assert "usage: tfcompat-rnn checkpoint" in capsys.readouterr().out
  with pytest.raises(SystemExit):
    cli.main(["checkpoint", "convert", "--list-layouts"])
  assert "undone by" in capsys.readouterr().out


def explain_program(capsys, tmp_path, monkeypatch, end, units, code,
                    *options):
  monkeypatch.chdir(tmp_path)
  (tmp_path / "train.py").write_text(PROGRAM % ENDS[end])
  text = call(capsys, "explain", *options, STACK, "train.py", units,
              code=code)
  assert not (tmp_path / "touched").exists()
  return text


@pytest.mark.slow
@pytest.mark.parametrize(
    "end", ["run", "restore", "monitored", "supervisor", "guarded"])
def test_explain_a_program(capsys, tmp_path, monkeypatch, end):
  data = json.loads(explain_program(
      capsys, tmp_path, monkeypatch, end, 3, 0, "--json"))
  assert data["complete"] and data["graph"] == "train.py 3"
  assert sorted((item["key"], item["takes"])
                for item in data["variables"]) == sorted(
      (f"encoder/rnn/multi_rnn_cell/cell_{n}/basic_lstm_cell/{new}",
       [f"encoder/RNN/MultiRNNCell/Cell{n}/BasicLSTMCell/Linear/{old}"])
      for n in (0, 1)
      for new, old in (("kernel", "Matrix"), ("bias", "Bias")))
  assert {item["how"] for item in data["variables"]} == {"by older names"}
  kinds = {item["probably"].partition(" of ")[0] for item in data["left"]}
  assert {"first moment (Adam)", "moving average",
          "a beta power kept by Adam or AdaMax"} <= kinds


@pytest.mark.slow
def test_explain_a_program_of_other_sizes(capsys, tmp_path, monkeypatch):
  text = explain_program(capsys, tmp_path, monkeypatch, "run", 4, 1)
  assert ("Cell1/BasicLSTMCell/Linear/Matrix has shape [8, 12], the graph "
          "[9, 16]") in text
  assert text.rstrip().endswith("2 keys of the graph cannot be restored")


@pytest.mark.slow
@pytest.mark.parametrize("source, words", [
    ("raise RuntimeError('no data')", "RuntimeError: no data"),
    ("import tensorflow as tf", "which created none"),
    ("import time\ntime.sleep(60)", "a timeout of 2 seconds")])
def test_a_program_that_makes_no_graph(capsys, tmp_path, source, words):
  (tmp_path / "train.py").write_text(source)
  assert words in call(
      capsys, "explain", "--timeout", 2 if "sleep" in source else 60, STACK,
      tmp_path / "train.py", code=2)


def meta_of(tf, path, name="rnn"):
  with tf.Graph().as_default():
    for key, shape in (("lstm_cell/kernel", [3, 8]), ("lstm_cell/bias", [8])):
      tf.get_variable(f"{name}/{key}", shape)
    tf.train.Saver().export_meta_graph(str(path))
  return path


@pytest.fixture
def old(tmp_path):
  return checkpoints.write_checkpoint(str(tmp_path / "old.ckpt"), {
      "RNN/LSTMCell/W_0": np.ones([3, 8], "f4"),
      "RNN/LSTMCell/B": np.zeros(8, "f4"), "other": np.float32(1)})


def test_explain_a_graph(capsys, old, tmp_path, v1):
  text = call(capsys, "explain", old, meta_of(v1, tmp_path / "g.meta"))
  assert "by older names: 2" in text and "left over in the checkpoint" in text
  text = call(capsys, "explain", old, meta_of(v1, tmp_path / "h.meta", "x"),
              code=1)
  assert "left over, with the same shape: RNN/LSTMCell/W_0" in text


def test_convert(capsys, old, tmp_path):
  out = tmp_path / "new.ckpt"
  before = sorted(tmp_path.iterdir())
  text = call(capsys, "convert", "--dry-run", old, out)
  assert "would write" in text and sorted(tmp_path.iterdir()) == before
  call(capsys, "convert", old, out)
  new = checkpoints.open_checkpoint(out)
  assert sorted(new) == ["other", "rnn/lstm_cell/bias",
                         "rnn/lstm_cell/kernel"]
  assert "overwriting" in call(capsys, "convert", old, out, code=2)
  call(capsys, "convert", "--overwrite", "--names", "none", old, out)
  assert sorted(checkpoints.open_checkpoint(out)) == sorted(
      checkpoints.open_checkpoint(old))
  assert "never modified" in call(capsys, "convert", "--overwrite", old, old,
                                 code=2)


def test_convert_for_a_graph(capsys, old, tmp_path, v1):
  graph = meta_of(v1, tmp_path / "g.meta")
  other = meta_of(v1, tmp_path / "h.meta", "x")
  out = tmp_path / "new.ckpt"
  call(capsys, "convert", "--to-graph", graph, "--only-graph", old, out)
  assert sorted(checkpoints.open_checkpoint(out)) == [
      "rnn/lstm_cell/bias", "rnn/lstm_cell/kernel"]
  text = call(capsys, "convert", "--to-graph", other, old, tmp_path / "o",
              code=2)
  assert "x/lstm_cell/kernel" in text and "--allow-missing" in text
  call(capsys, "convert", "--to-graph", other, "--rename", "^RNN/=x/RNN/",
       "--rename", "x/RNN=x", old, tmp_path / "o")
  assert sorted(checkpoints.open_checkpoint(tmp_path / "o")) == [
      "other", "x/lstm_cell/bias", "x/lstm_cell/kernel"]


def test_rename_and_drop(capsys, old, tmp_path):
  data = json.loads(call(
      capsys, "convert", "--json", "--drop", "oth.*", "--rename", "RNN=a",
      old, tmp_path / "n"))
  assert sorted(checkpoints.open_checkpoint(tmp_path / "n")) == [
      "a/lstm_cell/bias", "a/lstm_cell/kernel"]
  assert {"new": None, "old": ["other"],
          "what": "left out as asked"} in data["changes"]
  for words in (["--drop", "none"], ["--rename", "none=x"],
                ["--rename", ".*=x"], ["--drop", "("], ["--rename", "(=x"]):
    call(capsys, "convert", *words, old, tmp_path / "p", code=2)


def test_convert_in_a_layout(capsys, tmp_path):
  source = tmp_path / "s"
  checkpoints.write_checkpoint(source, {
      "RNN/LSTMCell/W_0": np.arange(24, dtype="f4").reshape(3, 8),
      "RNN/LSTMCell/B": np.zeros(8, "f4")})
  from tfcompat_rnn.checkpoints import layouts
  name = next(name for name in layouts.CONVERSIONS if "forget" in name)
  text = call(capsys, "convert", "--layout", name, source, tmp_path / "t")
  new = checkpoints.open_checkpoint(tmp_path / "t")
  assert new["rnn/lstm_cell/bias"].tolist() != [0] * 8, text
