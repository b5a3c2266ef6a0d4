"""benchmarks/programs.py: its programs, its timer and its table."""

import importlib
import pathlib
import sys

import pytest

from tfcompat_rnn.bench import process

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "benchmarks"


@pytest.fixture
def programs(monkeypatch):
  monkeypatch.syspath_prepend(str(FOLDER))
  yield importlib.import_module("programs")
  for name in ("programs", "_programs", "_table"):
    sys.modules.pop(name, None)


def test_every_program_is_there_and_can_be_edited(programs, tmp_path):
  programs.copy_examples(tmp_path, programs.PROGRAMS)
  names = [program.name for program in programs.PROGRAMS]
  assert len(set(names)) == len(names)
  for program in programs.PROGRAMS:
    text = (tmp_path / program.script).read_text()
    original = (programs.EXAMPLES / program.script).read_text()
    assert (text != original) == bool(program.edits)
    for word in program.arguments:
      if word.startswith("--"):
        assert word[2:] in text, (program.script, word)


def test_no_measurement_comes_to_the_end(programs):
  found = {program.script: programs.endless(programs.EXAMPLES / program.script)
           for program in programs.PROGRAMS}
  assert found.pop("char_rnn.py") == ["--num_epochs", "100000"]
  assert found.pop("ptb_word_lm.py") == ["--max_max_epoch", "100000"]
  assert found.pop("mnist_deep_lstm.py") == ["--epochs", "100000"]
  assert set(map(tuple, found.values())) == {("--steps", "100000")}
  assert programs.endless(programs.EXAMPLES / "dynamic_rnn.py") == []


def test_what_is_started(programs):
  program = programs.PROGRAMS[0]
  found = programs.commands(program, "python3.7", 5)
  assert found["1.15"][:3] == ["python3.7", str(programs.TIMER), "5"]
  assert found["run --fast"][:5] == [
      sys.executable, "-m", "tfcompat_rnn", "run", "--fast"]
  assert {name for pair in programs.RATIOS for name in pair} == set(found)
  for command in found.values():
    assert command[-len(program.arguments):] == program.arguments


def test_the_table(programs):
  rows = [
      {"title": "a GRU", "fast": True,
       "ms": {"run": 2., "run --fast": 1., "1.15": 4.},
       "ratios": {"run / 1.15": (.5, .4, .6), "run --fast / 1.15": (.25,) * 3,
                  "run --fast / run": (.5, .5, .5)}},
      {"title": "a CRF", "failed": "no answer within 600 seconds"}]
  head, line, gru, crf = programs.lines(rows)
  assert gru == ("| a GRU | 2.0 | 1.0 | 4.0 | 0.50 (0.40 to 0.60) "
                 "| 0.25 (0.25 to 0.25) | 0.50 (0.50 to 0.50) |")
  assert "| no answer within 600 seconds |" in crf
  assert {one.count("|") for one in (head, line, gru, crf)} == {8}
  rows[0]["fast"] = False
  assert "a GRU (no loop for --fast)" in list(programs.lines(rows))[2]


@pytest.mark.parametrize("words, said", [
    (["perceptron"], "there is no program perceptron"),
    ([], "--reference-python")])
def test_wrong_usage(programs, words, said, capsys):
  extra = ["--reference-python", sys.executable] if words else []
  with pytest.raises(SystemExit) as stopped:
    programs.main(words + extra)
  assert stopped.value.code == 2
  assert said in capsys.readouterr().err


PROGRAM = """
import tensorflow as tf
print("not an answer")
x = tf.Variable(1.)
loss = tf.square(x)
step = tf.train.GradientDescentOptimizer(.1).minimize(loss)
with tf.control_dependencies([step]):
  after = tf.identity(loss)
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  for _ in range(4):
    session.run([step, {"loss": loss}])
    session.run(after)
    session.run(x)
"""


@pytest.mark.slow
def test_the_timer_runs_what_it_is_asked_for(programs, tmp_path):
  script = tmp_path / "counting.py"
  script.write_text(PROGRAM)
  program = programs.Program("one", str(script), "", [], {})
  command = programs.commands(program, sys.executable, 2)["run"]
  with process.Process(
      command, process.environment(1, ours=True), tmp_path) as running:
    first = running.hear(300)
    assert first["seconds"] is None and not first["fast"]
    for count in (1, 2, 1):
      found = running.ask(300, count)["seconds"]
      assert len(found) == count and min(found) > 0
    with pytest.raises(process.WorkerError, match="the program ended before"):
      running.ask(300, 3)
