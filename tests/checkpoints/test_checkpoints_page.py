"""docs/checkpoints.md does what it says."""

import pathlib
import re
import shlex
import shutil

import pytest

import docs_blocks
from tfcompat_rnn import cli
from tfcompat_rnn.checkpoints import naming

HERE = pathlib.Path(__file__).parent
PAGE = docs_blocks.Page("checkpoints.md")
COMMANDS = re.findall(r"^\$ tfcompat-rnn (.*)\n((?:.+\n)*?)```$",
                      PAGE.text, re.M)
CODE, = PAGE.codes()


@pytest.fixture
def folder(tmp_path, monkeypatch, v1):
  """What the page's examples find: a checkpoint of 0.12, and a graph."""
  (tmp_path / "old").mkdir()
  shutil.copy(HERE / "data" / "old" / "0.12.1" / "basic_rnn.ckpt",
              tmp_path / "old" / "model.ckpt")
  (tmp_path / "old" / "checkpoint").write_text(
      'model_checkpoint_path: "model.ckpt"\n')
  monkeypatch.chdir(tmp_path)
  from tfcompat_rnn import tf1
  with tf1.Graph().as_default():
    tf1.nn.dynamic_rnn(tf1.nn.rnn_cell.BasicRNNCell(5), tf1.placeholder(
        tf1.float32, [2, 3, 4]), dtype=tf1.float32)
    tf1.train.Saver().export_meta_graph("model.meta")
  return tmp_path


@pytest.mark.parametrize("command, output", COMMANDS,
                         ids=[command.split()[1] for command, _ in COMMANDS])
def test_a_command_prints_what_the_page_shows(folder, command, output,
                                              capsys):
  capsys.readouterr()
  assert cli.main(shlex.split(command)) == 0
  assert capsys.readouterr().out == output


def test_the_code(folder):
  PAGE.check(CODE)


def test_the_line_that_restore_says(folder, v1, capfd):
  from tfcompat_rnn.checkpoints import fallback
  with v1.Graph().as_default():
    v1.get_variable("rnn/basic_rnn_cell/kernel", [9, 5])
    with v1.Session() as session:
      fallback.Saver().restore(session, "old/model.ckpt")
  said, = [line for line in capfd.readouterr().err.splitlines()
           if line.startswith("tfcompat-rnn")]
  assert said.replace("old/", "") in PAGE.text


def test_three_commands_and_the_old_names_are_shown():
  assert len(COMMANDS) == 3
  for name in ("Linear/Matrix", "W_0", "BiRNN/FW", "nas_rnn/weights"):
    assert name in PAGE.text
    assert any(name in row.example for row in naming.ROWS)
