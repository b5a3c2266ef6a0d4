"""`tfcompat-rnn export-model`: a checkpoint and a meta graph, or a program."""

import subprocess
import sys

import numpy as np
import pytest
from exported_models import forked_worker  # noqa: F401 (a fixture)
from exported_models import leftovers

from tfcompat_rnn import cli
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.export import Signature
from tfcompat_rnn.export import export_model

PROGRAM = """
import sys
import tensorflow as tf
x = tf.placeholder(tf.int32, [5, None], name="x")
keep = tf.placeholder(tf.float32, [], name="keep_prob")
cell = tf.nn.rnn_cell.DropoutWrapper(
    tf.nn.rnn_cell.BasicLSTMCell(4), output_keep_prob=keep)
c = tf.Variable(tf.zeros([5, 4]), trainable=False, name="kept_c")
h = tf.Variable(tf.zeros([5, 4]), trainable=False, name="kept_h")
embedding = tf.get_variable("embedding", [7, 3])
out, last = tf.nn.dynamic_rnn(
    cell, tf.nn.embedding_lookup(embedding, x),
    initial_state=tf.nn.rnn_cell.LSTMStateTuple(c, h))
logits = tf.layers.dense(out, 7, name="logits")
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
    logits=logits[:, :-1], labels=x[:, 1:]), name="loss")
train = tf.train.AdamOptimizer(.01).minimize(loss)
with tf.control_dependencies([train]):
  update = tf.group(tf.assign(c, last.c), tf.assign(h, last.h))
saver = tf.train.Saver()
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  saver.save(session, sys.argv[1])
"""


@pytest.fixture(scope="module")
def saved(tmp_path_factory, forked):
  """A folder with the program, its checkpoint `m` and its meta graph."""
  folder = tmp_path_factory.mktemp("saved")
  (folder / "model.py").write_text(PROGRAM)
  done = forked.run(["-m", "tfcompat_rnn", "run", "model.py", "./m"],
                    cwd=folder)
  assert done.returncode == 0, done.stderr
  return folder


OPTIONS = ["--output", "logits=logits/BiasAdd", "--set", "keep_prob=1"]
STATE = ["  {}  kept_c: float32 [5, 4], state",
         "  {}  kept_h: float32 [5, 4], state"]


@pytest.mark.slow
def test_a_meta_graph_with_options(
    v1, saved, tmp_path, capfd, forked_worker):  # noqa: F811
  target = tmp_path / "1"
  assert cli.main(["export-model", "--to", str(target), str(saved / "m"),
                   str(saved / "m.meta"), *OPTIONS, "--step", "x"]) == 0
  lines = capfd.readouterr().out.splitlines()
  at = lines.index("import tensorflow as tf")
  assert lines[:at] == [
      f"wrote {target} (saved_model)",
      "signature serving_default", "  input  x: int32 [5, ?]",
      *[line.format("input") for line in STATE],
      "  output logits: float32 [?, ?, 7]",
      *[line.format("output")[:9] + line.format("output")[10:]
        for line in STATE],
      "signature step", "  input  x: int32 [5]",
      *[line.format("input") for line in STATE],
      "  output logits: float32 [?, 7]",
      *[line.format("output")[:9] + line.format("output")[10:]
        for line in STATE],
      "compared with the original graph, in a process without this package: "
      "greatest difference 0",
      "random operations, which draw other numbers in each run: "
      "rnn/while/dropout/random_uniform/RandomUniform",
      "to call it, in Python without this package:", ""]
  done = forked_worker.run(["-c", "\n".join(lines[at:])])
  assert done.returncode == 0, done.stderr
  assert done.stdout == "logits (5, 1, 7)\nlogits (5, 7)\n"


def test_bad_usage_is_one_line_and_leaves_nothing(
    v1, saved, tmp_path, capfd):
  """Each case without its last words is the one before, or works."""
  (tmp_path / "exists").mkdir()
  np.savez(tmp_path / "other.npz", y=np.zeros(3))
  m, meta = str(saved / "m"), str(saved / "m.meta")
  other = v1.train.Saver({"other": v1.Variable(0., name="other")})
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    other.save(session, str(saved / "other"), write_meta_graph=False)
  for words, told in (
      ([m], "name the SCRIPT, or the GRAPH.meta, after CKPT"),
      ([m, str(saved / "gone.meta")], "`graph` must be a file"),
      ([m, str(saved / "gone.py")], "`graph` must be a program"),
      ([str(saved / "gone"), meta], "`checkpoint` must name a checkpoint"),
      ([str(saved / "other"), meta],
       "`checkpoint` must have the variables that the outputs need"),
      ([m, meta, "--to", str(tmp_path / "exists")],
       "`--to` must not exist yet"),
      ([m, meta, "--input", "y=nowhere"], "`--input` must name a tensor"),
      ([m, meta, "--set", "keep_prob"], "--set must be TENSOR=VALUE"),
      ([m, meta, "--state", "c=x"], "--state must be NAME=INITIAL,FINAL"),
      ([m, meta, "--step", "z"], "`--step` must consist of names of inputs"),
      ([m, meta, "--example", str(tmp_path / "none.npz")],
       "`file` must exist"),
      ([m, meta, "--example", str(tmp_path / "other.npz")],
       "`--example` must have names of inputs, got y; the inputs are kept_c"),
      ([m, meta, "--output", "a=logits/BiasAd"],
       "`--output` must name a tensor of the graph, got 'logits/BiasAd'; the "
       "nearest names are logits/BiasAdd"),
  ):
    try:
      code = cli.main(["export-model", "--to", str(tmp_path / "out"), *OPTIONS,
                       *words])
    except SystemExit as end:
      code = end.code
    said = capfd.readouterr().err.splitlines()
    assert code == 2 and told in said[-1], (words, said)
    assert leftovers(tmp_path) == ["exists", "other.npz"], words


def test_parts_of_variables_need_a_session(v1, tmp_path, capfd):
  parted = v1.get_variable("w", [4, 2], partitioner=(
      v1.fixed_size_partitioner(2)))
  x = v1.placeholder(v1.float32, [3, 4], "x")
  y = v1.matmul(x, v1.convert_to_tensor(parted), name="y")
  prefix = str(tmp_path / "m")
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    v1.train.Saver().save(session, prefix)
    assert cli.main(["export-model", "--to", str(tmp_path / "1"), "--output",
                     "y", prefix, prefix + ".meta"]) == 2
    assert "w/part_0, a part of one; restore it in a session" in (
        capfd.readouterr().err)
    export_model(tmp_path / "1", session, Signature(None, {"y": y}),
                 check=False)
  assert sorted(reading.open_checkpoint(
      str(tmp_path / "1/variables/variables"))) == ["w/part_0", "w/part_1"]


def test_a_state_can_be_named(v1, saved, tmp_path, capfd,
                              forked_worker):  # noqa: F811
  """The tensors of a state; where it begins may be a variable."""
  meta = str(saved / "m.meta")
  assert cli.main([
      "export-model", "--to", str(tmp_path / "m.pb"), "--format", "frozen",
      *OPTIONS, "--state", "c=kept_c,rnn/while/Exit_3", "--state",
      "h=kept_h,rnn/while/Exit_4", str(saved / "m"), meta]) == 0
  lines = capfd.readouterr().out.splitlines()
  assert lines[2:8] == [
      "  input  x: int32 [5, ?]", "  input  c: float32 [5, 4], state",
      "  input  h: float32 [5, 4], state", "  output logits: float32 [?, ?, 7]",
      "  output c: float32 [5, 4], state", "  output h: float32 [5, 4], state"]


@pytest.mark.slow
def test_a_program_in_real_processes(saved, tmp_path):
  """Nothing is forked here, and nothing of the program after its graph."""
  command = [sys.executable, "-m", "tfcompat_rnn", "export-model", "--to", "1",
             *OPTIONS, str(saved / "m"), str(saved / "model.py"), "unused"]
  done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
  assert done.returncode == 0, done.stderr
  assert "greatest difference" in done.stdout
  assert leftovers(tmp_path) == ["1"]
