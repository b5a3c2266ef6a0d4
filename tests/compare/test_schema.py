"""A recording with wrong contents is refused in one line before it is used."""

import json
import os
import zipfile

import numpy as np
import pytest

from tests.compare import test_recorder
from tfcompat_rnn import cli
from tfcompat_rnn.compare import recorder
from tfcompat_rnn.compare import recording

VALUE, TEXT = ["float32", [2], 0], ["string", [1], 8, "0" * 40, 5]
LARGE = ["float32", [100], 0, "0" * 40, 0., 1., .5, 0]
HEAD = {"format": recorder.FORMAT, "version": recorder.VERSION, "argv": ["s"],
        "steps": None, "seed": 1, "threads": 1, "parallel_iterations": 1,
        "python": "3.7", "numpy": "1.18"}
TAIL = {"outcome": {"kind": "ended"}, "problems": [], "calls": 3,
        "threads": ["main"], "sessions": 1, "loaded": 0, "loops": 0,
        "chunks": 1, "real_tensorflow": "1.15.5"}
LINES = [["names", 0, [["", "y:0"]], [["", "x:0"]]],
         ["call", 0, 0, 0, 0, [VALUE], [TEXT], False],
         ["call", 1, 0, 0, 0, "InvalidArgumentError", [VALUE], False],
         ["call", 2, 0, 0, 0, [VALUE], [TEXT], True],
         ["grads", ["w"], [VALUE]],
         ["init", 0, 0, "w", VALUE, 0, True], ["look", 0, 1, "w", LARGE],
         ["end", 0, "w", VALUE]]
DATA = bytes(8) + b'["a"]' + bytes(200)


def write(path, head=None, tail=None, lines=None, data=DATA, arrays=None):
  """A recording of these parts; `arrays` replace whole entries."""
  text = b"\n".join(
      line if isinstance(line, bytes) else json.dumps(line).encode()
      for line in (LINES if lines is None else lines))
  entries = {"head": json.dumps({**HEAD, **(head or {})}).encode(),
             "tail": json.dumps({**TAIL, **(tail or {})}).encode(),
             "lines_0": text, "data_0": data}
  np.savez(path, **{
      **{name: np.frombuffer(part, np.uint8)
         for name, part in entries.items()}, **(arrays or {})})
  return path


def refused(path):
  """What is said of the file, before a call is read."""
  with pytest.raises(recorder.RecordingError) as caught:
    recording.Recording(path)
  told = str(caught.value)
  assert "\n" not in told and path.name in told and len(told) < 600
  return told


def test_the_recording_itself_is_read(tmp_path):
  read = recording.Recording(write(tmp_path / "r.npz"))
  first, second, third = read.calls()
  assert [item.name for item in third.gradients] == ["w"]
  assert not first.gradients
  assert first.fetched[0].value.array.tolist() == [0., 0.]
  assert first.fed[0].value.array == ["a"]
  assert second.raised == "InvalidArgumentError"
  assert read.looks[0, 1, "w"].value.mean == .5


WRONG = ({}, "a", None, -2, 1.5, 2 ** 70, [[[]]])


def changed(data, path, value):
  """A copy of plain data with another value at `path`."""
  if not path:
    return value
  copy = list(data) if isinstance(data, list) else dict(data)
  copy[path[0]] = changed(copy[path[0]], path[1:], value)
  return copy


def places(data, path=()):
  """The path of every part of plain data."""
  yield path
  if isinstance(data, (list, dict)):
    for key in (data if isinstance(data, dict) else range(len(data))):
      yield from places(data[key], path + (key,))


def use(path):
  """Reads all of a recording and says that it equals itself."""
  return cli.main(["compare", str(path), "--against", str(path)])


def test_whatever_stands_in_a_place_is_used_or_refused(tmp_path, capsys):
  """Each part of each line, of the head and of the tail, replaced."""
  path, refusals, uses = tmp_path / "r.npz", 0, 0
  parts = [("lines", LINES), ("head", HEAD), ("tail", TAIL)]
  for name, part in parts:
    for place in places(part):
      if not place:
        continue
      for value in WRONG:
        new = changed(part, place, value)
        write(path, **{name: new})
        try:
          recording.Recording(path)
        except recorder.RecordingError as error:
          assert "\n" not in str(error) and len(str(error)) < 600
          refusals += 1
        else:
          assert use(path) in (0, 2), (name, place, value)
          uses += 1
  assert "Traceback" not in capsys.readouterr().err
  assert refusals > 6 * uses, (refusals, uses)


@pytest.mark.parametrize("line", [
    ["grads", ["w"], [VALUE]], ["names", 0, [], [], 1],
    ["names", 1, [["", "y:0", 1]], []], ["other"], [],
    ["call", 0, 0, 0, 7, [VALUE], [], False],
    ["call", 0, 0, 0, 0, [], [VALUE], False],
    ["init", 0, 0, "v", VALUE, None, True],
    ["call", 0, 0, 3, 0, [VALUE], [VALUE], False],
    ["end", 0, "w", ["float32", [-1], 0]],
    ["end", 0, "w", ["float32", [2, 2 ** 62, 2 ** 62], 0]],
    ["end", 0, "w", ["float32", [0, 2 ** 62, 2 ** 62], 0]],
    ["end", 0, "w", ["float32", [1] * 40, 0]],
    ["end", 0, "w", ["float32", [1000], 0]],
    ["end", 0, "w", ["float32", [2], 1 << 40]],
    ["end", 0, "w", ["float32", [0], 0, "0" * 40, 0., 1., .5, 0]],
    ["end", 0, "w", ["O", [2], 0]], ["end", 0, "w", ["float32,f4", [2], 0]],
    ["end", 0, "w", ["datetime64", [1], 0]], ["end", 0, "w", ["V8", [1], 0]],
    ["end", 0, "w", ["string", [1], 0, "0" * 40, 5]],
    ["end", 0, "w", ["string", [1], 9, "0" * 40, 3]],
    ["end", 0, "w", ["string", [1], 8, "0" * 40, 1 << 40]],
    b"[" * 100000 + b"]" * 100000, b"[1" + b"0" * 5000 + b"]", b"\xff", b""],
    ids=lambda line: str(line)[:40])
def test_a_wrong_line_is_refused(tmp_path, line):
  refused(write(tmp_path / "r.npz", lines=LINES + [line]))


@pytest.mark.parametrize("outcome", [
    {"kind": "other"}, {"kind": "error"}, {"kind": "exit"}, {},
    {"kind": "error", "type": 1, "message": ""},
    {"kind": "exit", "code": "a"}], ids=str)
def test_a_wrong_outcome_is_refused(tmp_path, outcome):
  assert "tail" in refused(write(tmp_path / "r.npz", tail={
      "outcome": outcome}))


@pytest.mark.parametrize("array", [
    np.zeros(3), np.zeros([2, 2], np.uint8), np.array("text"), np.uint8(1)],
    ids=lambda array: str(array.dtype))
def test_an_entry_that_is_no_row_of_bytes_is_refused(tmp_path, array):
  for name in ("lines_0", "data_0", "head", "tail"):
    refused(write(tmp_path / "r.npz", arrays={name: array}))


def test_a_header_that_claims_more_than_there_is(tmp_path):
  """NumPy would ask for the memory first."""
  path = write(tmp_path / "r.npz")
  with zipfile.ZipFile(path) as old:
    entries = {name: old.read(name) for name in old.namelist()}
  with zipfile.ZipFile(path, "w") as new:
    for name, content in entries.items():
      new.writestr(name, content.replace(b"(%d,)" % len(DATA),
                                         b"(9%d,)" % 10 ** 14)
                   if name == "data_0.npy" else content)
  assert "data_0" in refused(path)


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path, monkeypatch, capsys):
  path = test_recorder.write(tmp_path / "bomb.npz")
  with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
    file.writestr("data_9.npy", bytes(1 << 24))
  assert path.stat().st_size < 1 << 17
  recording.Recording(path)
  opened = []
  monkeypatch.setattr(zipfile.ZipFile, "open", opened.append)
  with pytest.raises(recorder.RecordingError, match=(
      "`--max-size` must be at least 16[0-9.]+ MiB to read .*bomb.npz")):
    recording.Recording(path, 1 << 20)
  assert not opened
  assert cli.main(["compare", str(path), "--against", str(path),
                   "--max-size", "1M"]) == 2
  told = capsys.readouterr().err
  assert told.count("\n") == 1 and "larger --max-size" in told


def compared(capsys, *words):
  """(exit code, what stands on stderr) of `compare` with the words."""
  code = cli.main(["compare", *map(str, words)])
  return code, capsys.readouterr().err


def test_what_is_no_file_is_refused_at_once(tmp_path, capsys):
  good = write(tmp_path / "r.npz")
  os.mkfifo(tmp_path / "fifo.npz")  # would be waited for
  os.symlink("loop.npz", tmp_path / "loop.npz")
  for name in ("fifo.npz", "loop.npz"):
    for words in ((tmp_path / name, "--against", good),
                  (good, "--against", tmp_path / name)):
      code, told = compared(capsys, *words)
      assert code == 2 and told.count("\n") == 1 and name in told
  code, told = compared(capsys, good, "--against", good, "--variables",
                        "/dev/zero")  # has no end
  assert code == 2 and "`--variables` must be" in told


def test_a_report_that_cannot_be_written_is_an_error(tmp_path, capsys):
  good = write(tmp_path / "r.npz")
  (tmp_path / "no.json").mkdir()
  for words in (("--json", tmp_path / "no.json"), ("--json", "/dev/full"),
                ("--keep", good)):
    code, told = compared(capsys, good, "--against", good, *words)
    assert code == 2 and told.count("\n") == 1 and str(words[1]) in told


def test_names_may_hold_half_a_character(tmp_path, capsys):
  """JSON can say so, and so can the name of a file."""
  path = write(tmp_path / "r.npz", head={"argv": ["\udcff"]},
               lines=[*LINES, ["end", 0, "\ud800", VALUE]])
  code, told = compared(capsys, path, "--against", path, "--html",
                        tmp_path / "p.html", "--json", tmp_path / "p.json")
  assert (code, told) == (0, "") and (tmp_path / "p.html").stat().st_size


def test_threads_without_calls_cost_nothing(tmp_path, monkeypatch):
  read = recording.Recording(write(
      tmp_path / "r.npz", tail={"threads": ["main", *"a" * 20000]}))
  monkeypatch.setattr(recorder.Reader, "lines", None)
  assert not [call for thread in read.threads() for call in read.calls(thread)]


@pytest.mark.parametrize("text, size", [
    ("5", 5), ("3K", 3 << 10), ("1.5M", 3 << 19), ("2g", 2 << 30)])
def test_sizes(text, size):
  assert recorder.size_of(text) == size


@pytest.mark.parametrize(
    "text", ["", "x", "-1", "0", "nan", "1T", "1e400", "G"])
def test_wrong_sizes(text):
  with pytest.raises(recorder.RecordingError, match="`--max-size` must be"):
    recorder.size_of(text)


def test_values_to_start_from_are_checked_too(tmp_path):
  path = write(tmp_path / "r.npz", lines=[["init", 0, 0, "w", VALUE, 0, 3]])
  with pytest.raises(recorder.RecordingError, match="r.npz is damaged"):
    recorder.initial_values(str(path))


def test_names_do_not_control_the_terminal(tmp_path, capsys):
  name = "y\x1b[31m:0"
  lines = changed(LINES, (0, 2, 0, 1), name)
  one = write(tmp_path / "r.npz", lines=lines)
  other = write(tmp_path / "s.npz", lines=lines, data=b"\0\0\x80?" + DATA[4:])
  assert cli.main(["compare", str(one), "--against", str(other)]) == 1
  told = capsys.readouterr().out
  assert r"y\x1b[31m:0" in told and "\x1b" not in told


@pytest.mark.parametrize("rows", [
    [["call", 0, 0, 0, 0, [VALUE], [TEXT], False], ["grads", [], []]],
    [["call", 0, 0, 0, 0, "Error", [TEXT], True], ["grads", [], []]],
    [["call", 0, 0, 0, 0, [VALUE], [TEXT], True],
     ["grads", ["w"], [VALUE, VALUE]]],
    [["call", 0, 0, 0, 0, [VALUE], [TEXT], True],
     ["grads", ["w", "w"], [VALUE, VALUE]]],
    [["call", 0, 0, 0, 0, [VALUE], [TEXT], True], ["end", 0, "w", VALUE],
     ["grads", ["w"], [VALUE]]]], ids=str)
def test_gradients_belong_to_the_training_step_before_them(tmp_path, rows):
  refused(write(tmp_path / "r.npz", lines=LINES[:1] + rows))


def test_the_first_version_has_no_gradients(tmp_path):
  without = [line for line in LINES if line[0] != "grads"]
  recording.Recording(write(tmp_path / "r.npz", head={"version": 1},
                            lines=without))
  assert "no kind of line" in refused(
      write(tmp_path / "s.npz", head={"version": 1}))
