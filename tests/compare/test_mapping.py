"""Two programs whose variables and feeds have other names."""

import argparse
import json
import os
import pathlib
import shutil

import numpy as np
import pytest

from tests.compare import made
from tests.compare import test_command
from tests.compare import test_schema
from tfcompat_rnn import cli
from tfcompat_rnn.compare import command
from tfcompat_rnn.compare import differences
from tfcompat_rnn.compare import mapping
from tfcompat_rnn.compare import recording as reading

LM = pathlib.Path(__file__).parents[2] / "examples" / "rewrites" / (
    "language_model.py")


def drawn(seed, *shape):
  return np.random.RandomState(seed).standard_normal(shape).astype("f4")


def program(variables, feeds=(), **options):
  """A recording of a program with these initial variables and feeds."""
  calls = [([made.item("loss:0", np.float32(1))],
            [made.item(name, value) for name, value in dict(feeds).items()])]
  return made.Made(calls, variables, variables, **options)


def variables_of(old, new, **options):
  """(the pairs found, why)."""
  names = mapping.find(program(old), program(new), **options)
  return names.variables, {name: text for (_, name), text in names.how.items()}


def test_names_of_both_sides_are_the_same_variable():
  assert variables_of({"a": drawn(1, 2), "b": drawn(2, 2)},
                      {"b": drawn(3, 2), "a": drawn(4, 2)}) == ({}, {})


def test_values_come_before_the_order():
  one, other = drawn(1, 3, 2), drawn(2, 3, 2)
  assert variables_of({"a": one, "b": other}, {"y": one, "x": other}) == (
      {"a": "y", "b": "x"}, {"a": "value", "b": "value"})


def test_zeros_do_not_tell_but_shape_and_order_do():
  zeros = np.zeros(3, "f4")
  assert variables_of(
      {"cell_2/b": zeros, "cell_10/b": zeros, "c": np.zeros(4, "f4")},
      {"l_2/b": zeros, "l_10/b": zeros, "d": np.zeros(4, "f4")}) == (
          {"cell_2/b": "l_2/b", "cell_10/b": "l_10/b", "c": "d"},
          {"cell_2/b": "shape and order", "cell_10/b": "shape and order",
           "c": "shape"})


def test_the_last_word_of_a_name_comes_before_the_shape_alone():
  found, _ = variables_of(
      {"a/kernel": drawn(1, 2, 2), "a/other": drawn(2, 2, 2)},
      {"z/kernel": drawn(3, 2, 2), "b/another": drawn(4, 2, 2)})
  assert found == {"a/kernel": "z/kernel", "a/other": "b/another"}


def test_slots_follow_their_variable():
  old = {"w": drawn(1, 2), "w/Adam": np.zeros(2, "f4"), "v": drawn(2, 2),
         "v/Adam": np.zeros(2, "f4"), "same": drawn(5, 2)}
  new = {"b": drawn(2, 2), "b/Adam": np.zeros(2, "f4"), "a": drawn(1, 2),
         "a/Adam": np.zeros(2, "f4"), "same": drawn(6, 2)}
  found, how = variables_of(old, new)
  assert found == {"w": "a", "w/Adam": "a/Adam", "v": "b", "v/Adam": "b/Adam"}
  assert how["w/Adam"] == "its variable"
  names = mapping.find(program(old), program(new))
  assert names.notes() == [
      "our variable 'b' is 'v' in the reference (by value)",
      "our variable 'a' is 'w' in the reference (by value)"]


def test_what_has_no_counterpart_stays():
  assert variables_of({"a": drawn(1, 2), "b": drawn(2, 2)},
                      {"x": drawn(3, 2)}) == ({}, {})


def test_renamed_sides_are_compared():
  x, w, b = drawn(1, 4), drawn(2, 3), drawn(3, 3)
  old = program({"w": w, "b": b}, {"x:0": x})
  new = program({"b": w, "c": b}, {"inputs:0": x})
  assert not differences.compare(old, new).equal
  # `b` is in both, so only the map can tell.
  names = mapping.find(old, new, mapping.Names({"w": "b", "b": "c"}))
  assert names.feeds == {"x:0": "inputs:0"}
  report = differences.compare(old, mapping.Renamed(new, names))
  assert report.equal and report.initial.identical == 2
  assert report.feeds[0].name == "x:0"
  alone = mapping.Renamed(new, mapping.Names({"w": "c", "b": None}))
  report = differences.compare(old, alone)
  assert report.initial.only_reference == ["b"]
  assert report.initial.only_ours == ["b (ours)"]


@pytest.mark.parametrize("given, words", [
    ({"a": "none"}, "got 'none', which our side does not have"),
    ({"none": "x"}, "got 'none', which the reference does not have"),
    ({"a": "x", "b": "x"}, "got 'x' twice")], ids=str)
def test_wrong_pairs(given, words):
  with pytest.raises(mapping.RecordingError) as caught:
    variables_of({"a": drawn(1, 2), "b": drawn(2, 2)},
                 {"x": drawn(3, 2), "y": drawn(4, 2)},
                 given=mapping.Names(given))
  assert words in str(caught.value)


def recording(path, script, name, feed="x:0"):
  """A file: one variable of this name."""
  lines = [["names", 0, [["", "y:0"]], [["", feed]]],
           ["call", 0, 0, 0, 0, [test_schema.VALUE], [test_schema.TEXT], False],
           ["init", 0, 0, name, test_schema.VALUE, 0, True]]
  return str(test_schema.write(
      path, head={"argv": [script]}, tail={"calls": 1}, lines=lines))


def test_the_command_line(tmp_path, capsys):
  """Found, shown, written, edited and used."""
  old = recording(tmp_path / "old.npz", "old.py", "w")
  new = recording(tmp_path / "new.npz", "new.py", "v", "z:0")
  path = tmp_path / "names.json"

  def compare(*words):
    code = cli.main(["compare", *words])
    return (code, *capsys.readouterr())
  code, out, err = compare(new, "--against", old, "--variables", str(path))
  assert code == 0, out + err
  assert "note: our variable 'v' is 'w' in the reference (by shape)" in out
  assert "note: our feed 'z:0' is 'x:0' in the reference (by shape)" in out
  assert f"wrote the names that differ to {path}" in err
  found = json.loads(path.read_text())
  assert found == {"variables": {"w": "v"}, "feeds": {"x:0": "z:0"}}
  found["variables"]["w"] = None
  path.write_text(json.dumps(found))
  code, out, err = compare(new, "--against", old, "--variables", str(path))
  assert code == 1 and "only in the reference: w" in out and not err
  assert json.loads(path.read_text()) == found
  for text in ("{", "[]", '{"variables": {"w": 3}}', '{"other": {}}'):
    path.write_text(text)
    code, out, err = compare(new, "--against", old, "--variables", str(path))
    assert code == 2 and err.count("\n") == 1 and "`--variables` must" in err
  # One program: another name is a difference.
  other = recording(tmp_path / "other.npz", "old.py", "v")
  code, out, err = compare(other, "--against", old)
  assert code == 1 and "only in the reference: w" in out


def test_a_wrong_map_is_refused_before_anything_runs(
    tmp_path, capsys, monkeypatch):
  old = recording(tmp_path / "old.npz", "old.py", "w")
  (tmp_path / "new.py").write_text("print(1)\n")
  (tmp_path / "names.json").write_text("{")
  monkeypatch.chdir(tmp_path)
  code = cli.main(["compare", "--variables", "names.json", "new.py",
                   "--against", old])
  said = capsys.readouterr().err
  assert code == 2 and "`--variables` must" in said and "running" not in said


def test_two_scripts_need_no_reference(tmp_path, capsys, monkeypatch):
  monkeypatch.delenv("TFCOMPAT_REFERENCE_PYTHON", raising=False)
  monkeypatch.chdir(tmp_path)
  for name in ("old.py", "new.py"):
    (tmp_path / name).write_text("print(1)\n")
  seen = []
  monkeypatch.setattr(command, "compare",
                      lambda arguments, words: seen.append(arguments) or 0)
  assert cli.main(["compare", "old.py", "new.py", "--n=3", "--variables",
                   "m.json"]) == 0
  assert (seen[0].rest, seen[0].new, seen[0].variables) == (
      ["old.py", "--n=3"], ["new.py", "--n=3"], "m.json")
  assert cli.main(["compare", "old.py", "new.py", "--reference-python",
                   "python3.7", "--rtol", "1e-3"]) == 0
  assert seen[1].new == ["new.py"] and seen[1].rtol == 1e-3
  assert cli.main(["compare", "--one-program", "old.py", "new.py",
                   "--against", "r.npz"]) == 0
  assert seen[2].new is None and seen[2].rest == ["old.py", "new.py"]
  assert cli.main(["compare", "old.py", "gone.py", "--against", "r.npz"]) == 0
  assert seen[3].rest == ["old.py", "gone.py"]
  with pytest.raises(SystemExit):
    cli.main(["compare", "--one-program", "old.py", "new.py"])
  assert "name the reference" in capsys.readouterr().err


def test_two_scripts_are_two_programs_whatever_their_names(tmp_path):
  one, other = (reading.Recording(recording(
      tmp_path / f"{name}.npz", f"{name}/train.py", name)) for name in "ab")
  for new, found in ((None, "b"), (["b/train.py"], "a")):
    arguments = argparse.Namespace(variables=None, new=new,
                                   initial_values="own")
    renamed, _ = command._Comparison(arguments, [], tmp_path)._renamed(
        one, other)
    assert [name for _, name, _ in renamed.initial] == [found]


@pytest.mark.slow
def test_an_upgraded_program_runs_without_the_launcher(tmp_path):
  text = LM.read_text()
  shutil.copy(LM, tmp_path / "old.py")
  text = text.replace("import tensorflow as tf", (
      "import tfcompat_rnn\ntfcompat_rnn.behave_as_1_15()\n"
      "import tfcompat_rnn.tf1 as tf")).replace(
          "'embedding', [", "'words', [")
  (tmp_path / "new.py").write_text(text)
  code, out, err = test_command.execute(
      tmp_path, "compare", "--steps", "4", "old.py", "new.py",
      PYTHONPATH=os.fspath(LM.parents[2]))
  assert code == 0, out + err
  assert "compared: old.py with new.py" in out
  assert "new.py imports tfcompat_rnn itself, so it ran without" in out
  assert "variables after initialization: 23 in both, 23 bit-identical" in out
  assert "our variable 'words' is 'embedding' in the reference (by value)" in (
      out)
  (tmp_path / "new.py").write_text(text.replace("AdamOptimizer(.01)",
                                                "AdamOptimizer(.02)"))
  code, out, err = test_command.execute(
      tmp_path, "compare", "--steps", "5", "old.py", "new.py",
      PYTHONPATH=os.fspath(LM.parents[2]))
  assert code == 1 and "call 3 returned a different dropout/mul_1:0" in out, (
      out + err)
