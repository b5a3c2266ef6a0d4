"""The comparison of golden files, and the diff, see what they must see."""

import os
import shutil

import pytest

from oracle import files
from seeds import diff
from seeds import differences
from seeds import generate
from seeds import measure
from seeds import ours
from seeds import registry
from seeds import snippets
from seeds import verdicts


@pytest.fixture
def copied(tmp_path):
  shutil.copytree(generate.DATA, tmp_path / "data")
  return tmp_path / "data"


@pytest.fixture
def tf():
  with ours.seeded() as namespace:
    yield namespace


def test_a_copy_compares_equal(copied):
  assert generate.compare(generate.DATA, str(copied)) == []


@pytest.mark.slow
@pytest.mark.parametrize("change", [
    lambda facts: facts["seeds"].update({"x": [42, 1]}),
    lambda facts: facts.update(count=facts["count"] + 1),
    lambda facts: facts["values"]["after:0"].__setitem__(2, "0"),
])
def test_compare_sees_a_changed_fact(copied, change):
  facts = generate.read(generate.SNIPPETS, copied)
  change(facts["gru_cell"])
  files.write_json(copied / generate.SNIPPETS, facts)
  assert generate.compare(generate.DATA, str(copied)) == [
      "snippets.json.gz: gru_cell differs"]


def test_compare_sees_an_op_and_a_missing_snippet(copied):
  ops = generate.read(generate.OPS, copied)
  ops["gru_cell"][3] = "0 other:NoOp"
  del ops["lstm_cell"]
  files.write_json(copied / generate.OPS, ops)
  assert generate.compare(generate.DATA, str(copied)) == [
      "ops.json.gz: gru_cell differs",
      "ops.json.gz: only the committed file has lstm_cell"]


def test_compare_sees_another_draw_and_another_loss():
  training = generate.read(generate.TRAINING)
  near = dict(training, losses=[1.00001 * x for x in training["losses"]])
  assert generate.compare_training(training, near) == []
  far = dict(training, losses=[1.001 * x for x in training["losses"]])
  assert generate.compare_training(training, far) == [
      "training.json.gz: losses differs"]
  drawn = {name: list(values)
           for name, values in training["values"].items()}
  drawn["v"][0] += 1e-7
  assert generate.compare_training(
      training, dict(training, values=drawn)) == [
          "training.json.gz: values differs"]


def _faulty(name, extra):
  """A snippet of that name that does something more in the end."""
  snippet = snippets.SNIPPETS[name]

  def build(tf):
    snippet.build(tf)
    extra(tf)
  return snippet._replace(build=build)


def _verdict(tf, snippet):
  return verdicts.verdict(
      generate.read(generate.SNIPPETS)[snippet.name],
      generate.read_ops()[snippet.name],
      ours.measure(tf, snippet), snippet.exact)


def test_one_operation_too_many_is_seen(tf):
  name = "basic_rnn_cell"
  assert differences.expected(name, ours.version())[0] == verdicts.OPS
  assert _verdict(tf, snippets.SNIPPETS[name]) == verdicts.OPS
  assert _verdict(tf, _faulty(name, lambda tf: tf.no_op())) == verdicts.SEEDS


def test_an_operation_that_does_not_count_is_another_verdict(tf):
  from tfcompat_rnn import _opcount

  def extra(tf):
    with _opcount.uncounted():
      tf.no_op()
  assert _verdict(tf, _faulty("basic_rnn_cell", extra)) == verdicts.EQUAL


def test_another_value_is_seen(tf):
  name = "variable_of_a_function"
  snippet = snippets.SNIPPETS[name]

  def build(tf):
    tf.Variable(lambda: tf.random_uniform([4], -2., 2.), name="weights")
  assert _verdict(tf, snippet) == verdicts.OPS
  assert _verdict(tf, snippet._replace(build=build)) == verdicts.VALUES


def test_a_snippet_that_raises_is_seen(tf):
  snippet = _faulty("basic_rnn_cell", lambda tf: 1 / 0)
  assert _verdict(tf, snippet) == verdicts.RAISES


def test_values_are_compared_bit_for_bit():
  one = {"w:0": ["float32", [1], "aa", [0.5]]}
  two = {"w:0": ["float32", [1], "bb", [0.5 + 1e-7]]}
  assert verdicts.differing_values(one, two) == ["w:0"]
  assert verdicts.differing_values(one, two, exact=False) == []
  two["w:0"][3] = [0.501]
  assert verdicts.differing_values(one, two, exact=False) == ["w:0"]
  assert verdicts.differing_values(one, {}) == ["w:0"]


def test_native_seeds_are_not_1_15s():
  snippet = snippets.SNIPPETS["basic_rnn_cell"]
  got = measure.measure(ours.namespace(), snippet)
  assert verdicts.verdict(
      generate.read(generate.SNIPPETS)[snippet.name],
      generate.read_ops()[snippet.name],
      got) == verdicts.SEEDS


def test_side_by_side():
  one = {"ops": ["a:Add", "b:Const", "c:Const", "r:RandomUniform"],
         "seeds": {"r": [42, 3]}}
  two = {"ops": ["a:AddV2", "c:Const", "r:RandomUniform"],
         "seeds": {"r": [42, 2]}}
  assert diff.side_by_side(one, two, width=30) == [
      "   1       b:Const             <",
      "   3     3 r:RandomUniform     ~    2     2 r:RandomUniform"]
  assert diff.side_by_side(one, one) == []
  assert len(diff.side_by_side(one, one, show_all=True)) == 4


def test_diff_of_a_snippet(monkeypatch, capsys):
  monkeypatch.delenv("TFCOMPAT_REFERENCE_PYTHON", raising=False)
  assert diff.main(["basic_rnn_cell"]) == 0
  assert "the same operations" in capsys.readouterr().out


def test_diff_of_an_unknown_name(monkeypatch):
  monkeypatch.delenv("TFCOMPAT_REFERENCE_PYTHON", raising=False)
  with pytest.raises(SystemExit, match="did you mean .*lstm_cell"):
    diff.main(["lstm_cel"])


def test_diff_of_a_file_needs_the_old_python(tmp_path, monkeypatch, capsys):
  monkeypatch.delenv("TFCOMPAT_REFERENCE_PYTHON", raising=False)
  path = tmp_path / "graph.py"
  path.write_text("def build(tf):\n  tf.no_op()\n")
  assert diff.find(str(path)).build.__name__ == "build"
  assert diff.main([str(path)]) == 2
  assert "--reference-python" in capsys.readouterr().err


@pytest.mark.oracle
@pytest.mark.skipif(not os.environ.get("TFCOMPAT_REFERENCE_PYTHON"),
                    reason="TFCOMPAT_REFERENCE_PYTHON names no interpreter")
def test_diff_of_a_file(tmp_path, capsys):
  path = tmp_path / "graph.py"
  path.write_text("def build(tf):\n  tf.get_variable('w', [2, 3])\n")
  assert diff.main([str(path)]) == 0
  assert "the same operations" in capsys.readouterr().out


def test_a_name_is_registered_once():
  with pytest.raises(ValueError, match="two snippets are called gru_cell"):
    @registry.snippet("again")
    def gru_cell(tf):
      del tf
