"""The recorder as a file: its syntax, its options, what it writes."""

import argparse
import ast
import json
import os
import subprocess
import sys
import zipfile

import numpy as np
import pytest

from tests.compare import in_process
from tfcompat_rnn.compare import options
from tfcompat_rnn.compare import recorder
from tfcompat_rnn.compare import recording
from tfcompat_rnn.compare import sides

# Syntax that Python 3.5 does not have.
_NEWER = tuple(getattr(ast, name) for name in (
    "JoinedStr", "AnnAssign", "NamedExpr", "Match", "TryStar", "TypeAlias",
    "TemplateStr") if hasattr(ast, name))


def test_the_recorder_is_python_3_5():
  source = sides.recorder_source()
  source.encode("ascii")
  tree = ast.parse(source, feature_version=(3, 5))
  for node in ast.walk(tree):
    where = getattr(node, "lineno", None)
    assert not isinstance(node, _NEWER), where
    if isinstance(node, ast.arguments):
      assert not node.posonlyargs, where
    if isinstance(node, (ast.ListComp, ast.SetComp, ast.DictComp,
                         ast.GeneratorExp)):
      assert not any(one.is_async for one in node.generators), where
    if isinstance(node, ast.Call):
      # A comma after **kwargs in a definition, numbers like 1_000:
      assert not (isinstance(node.func, ast.Attribute)
                  and node.func.attr == "removeprefix"), where
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
      a = node.args
      if a.vararg or a.kwarg or a.kwonlyargs:
        last = (a.kwarg or (a.kwonlyargs or [a.vararg])[-1])
        line = source.splitlines()[last.end_lineno - 1]
        assert line[last.end_col_offset:].lstrip()[:1] in (")", "", ":"), where
  import re
  assert not re.search(r"(?<![\w.\"'])\d+_\d", source)


def test_the_recorder_imports_nothing_else():
  found = set()
  for node in ast.walk(ast.parse(sides.recorder_source())):
    if isinstance(node, ast.Import):
      found |= {alias.name.split(".")[0] for alias in node.names}
    elif isinstance(node, ast.ImportFrom):
      assert not node.level
      found.add(node.module.split(".")[0])
  assert found - set(sys.stdlib_module_names) - {"__future__"} == {
      "numpy", "tensorflow"}


def test_both_command_lines_have_the_same_options():
  mine, theirs = (argparse.ArgumentParser() for _ in range(2))
  options.add_common(mine)
  recorder.add_arguments(theirs)
  shown = [[(action.option_strings, action.type, action.default,
             action.metavar, action.help) for action in parser._actions]
           for parser in (mine, theirs)]
  assert shown[0] == shown[1]
  words = ["--steps", "3", "--seed", "4", "--threads", "2",
           "--parallel-iterations", "3", "--initial", "f", "--initial-names",
           "g", "--nudge", "1",
           "--variables-at", "1,2", "--gradients", "--whole", "9",
           "--max-size", "5M"]
  assert options.of_recorder(mine.parse_args(words)) == words
  for words in (["s", "-o", "f"], ["s", "--output=f", "-o"], ["-o"],
                ["a", "-o", "x", "-o", "y"]):
    assert options.take_option(words, ("-o", "--output")) == (
        recorder.take_option(words, ("-o", "--output")))


@pytest.mark.parametrize("array", [
    np.float32(1.5), np.arange(64, dtype=np.int64).reshape(8, 8),
    np.zeros([0, 3], np.float16), np.array(True), np.array([1 + 2j]),
    np.array([], np.float32), np.array([2, 300], np.uint16)], ids=str)
def test_small_arrays_are_kept_whole(array):
  parts = []
  value = recorder.value_of(np.asarray(array), lambda part: (
      parts.append(part), 0)[1])
  assert recorder.is_whole(value)
  got = recorder.array_of(value, np.frombuffer(b"".join(parts), np.uint8))
  assert got.dtype == array.dtype and got.shape == np.shape(array)
  np.testing.assert_array_equal(got, array)


def test_large_arrays_are_kept_as_digest_summary_and_sample():
  array = np.random.RandomState(0).randn(50, 40).astype(np.float32)
  array[3, 4:6] = np.nan, np.inf
  parts = []

  def describe(array):
    del parts[:]
    return recorder.value_of(array, lambda part: (parts.append(part), 0)[1])
  value = describe(array)
  finite = array[np.isfinite(array)]
  assert value[:3] == ["float32", [50, 40], 0] and value[7] == 2
  np.testing.assert_allclose(value[4:7], [
      finite.min(), finite.max(), finite.mean(dtype=np.float64)])
  sample = recorder.array_of(value, np.frombuffer(parts[0], np.uint8))
  at = recorder.positions(2000)
  assert at[0] == 0 and at[-1] == 1999 and 20 <= len(at) <= 32
  np.testing.assert_array_equal(sample, array.ravel()[at])
  assert len(parts[0]) <= 128
  assert describe(array.T.copy().T)[3] == value[3], "order in memory"
  array[49, 0] += 1e-3
  assert describe(array)[3] != value[3]


def test_the_sampled_positions_never_change():
  # A recording of today must be comparable with one of tomorrow.
  assert recorder.positions(1000).tolist()[:8] == POSITIONS_1000


POSITIONS_1000 = [0, 71, 219, 228, 233, 251, 286, 292]


def test_texts():
  parts = []
  value = recorder.value_of(recorder.to_array([b"a", b"\xff" * 100]),
                            lambda part: (parts.append(part), 0)[1])
  got = recording.value_from(value, np.frombuffer(parts[0], np.uint8))
  assert got.is_text and got.shape == (2,)
  assert got.array == ["a", "\ufffd" * 80]


def write(path, calls=40):
  """A recording of many small chunks."""
  writer = recorder.Writer(str(path), {
      "format": recorder.FORMAT, "version": recorder.VERSION, "argv": ["s"],
      "steps": None, "seed": None, "threads": 1, "python": "3.7",
      "numpy": "1.18"})
  writer.line("names", 0, [["", "y:0"]], [])
  for number in range(calls):
    value = recorder.value_of(np.full([8], number, np.float32), writer.data)
    writer.line("call", number, 0, 0, 0, [value], [], False)
    if number % 10 == 9:
      writer.flush()
  assert not path.exists(), "it gets its name when it is whole"
  writer.close({"outcome": {"kind": "ended"}, "problems": [], "calls": calls,
                "threads": ["main"], "sessions": 1, "loaded": 0})
  return path


def test_a_recording_is_read_as_it_was_written(tmp_path):
  read = recording.Recording(write(tmp_path / "r.npz"))
  assert [call.fetched[0].value.array.tolist() for call in read.calls()] == [
      [float(n)] * 8 for n in range(40)]
  assert os.listdir(tmp_path) == ["r.npz"]


def refused(path):
  """What is said of the file; fails if it is read in silence."""
  with pytest.raises(recorder.RecordingError) as caught:
    list(recording.Recording(path).calls())
  return str(caught.value)


def test_every_truncation_is_refused(tmp_path):
  content = write(tmp_path / "r.npz").read_bytes()
  cut = tmp_path / "cut.npz"
  for length in list(range(0, len(content), 37)) + [len(content) - 1]:
    cut.write_bytes(content[:length])
    assert "cut.npz is not a recording" in refused(cut)


def test_damage_is_never_read_in_silence(tmp_path):
  path = write(tmp_path / "r.npz")
  content = path.read_bytes()
  wanted = [call for call in recording.Recording(path).calls()]
  bad = tmp_path / "bad.npz"
  refusals = 0
  for at in range(0, len(content), 11):
    broken = bytearray(content)
    broken[at] ^= 0x5a
    bad.write_bytes(bytes(broken))
    try:
      got = list(recording.Recording(bad).calls())
    except recorder.RecordingError as error:
      assert "bad.npz" in str(error) and len(str(error)) < 500
      refusals += 1
      continue
    # A date in the archive, say: nothing that is read.
    assert [c.fetched[0].value.array.tolist() for c in got] == [
        c.fetched[0].value.array.tolist() for c in wanted]
  assert refusals > len(content) // 11 // 2


def test_other_files_are_refused(tmp_path):
  assert "there is no recording" in refused(tmp_path / "none.npz")
  np.savez(tmp_path / "other.npz", w=np.zeros(3))
  assert "holds w" in refused(tmp_path / "other.npz")
  np.savez(tmp_path / "pickle.npz", head=np.array([{}], dtype=object))
  assert "pickle" in refused(tmp_path / "pickle.npz")
  np.save(tmp_path / "array.npy", np.zeros(3))
  assert "array.npy is not a recording" in refused(tmp_path / "array.npy")
  (tmp_path / "text.npz").write_text("hello")
  assert "is not a recording" in refused(tmp_path / "text.npz")
  (tmp_path / "folder.npz").mkdir()
  assert "is not a recording" in refused(tmp_path / "folder.npz")


def rewrite(path, name, change):
  """Changes the JSON entry `name` of a recording."""
  with np.load(path) as old:
    entries = {key: old[key] for key in old.files}
  data = json.loads(entries[name].tobytes().decode())
  change(data)
  entries[name] = np.frombuffer(json.dumps(data).encode(), np.uint8)
  np.savez(path, **entries)


def test_newer_foreign_and_unfinished_recordings(tmp_path):
  path = write(tmp_path / "r.npz")
  rewrite(path, "head", lambda head: head.update(version=3))
  assert "has format 3, but this version reads formats 1 to 2" in refused(path)
  rewrite(path, "head", lambda head: head.update(format="other"))
  assert "is not a recording of" in refused(path)
  path = write(tmp_path / "s.npz")
  with np.load(path) as old:
    entries = {key: old[key] for key in old.files if key != "tail"}
  np.savez(path, **entries)
  assert "was not finished" in refused(path)
  path = write(tmp_path / "t.npz")
  rewrite(path, "tail", lambda tail: tail.update(chunks=9))
  assert "is damaged: its entry data_4 cannot be read" in refused(path)


def test_the_name_is_given_at_the_end_only(v1, tmp_path):
  tf, path = v1, tmp_path / "r.npz"
  path.write_text("an older recording")

  def run():
    with tf.Session() as session:
      session.run(tf.constant(1))
    assert path.read_text() == "an older recording"
  in_process.record(tf, path, run)
  assert zipfile.is_zipfile(path) and os.listdir(tmp_path) == ["r.npz"]


def test_wrong_values_of_options(tmp_path):
  with pytest.raises(recorder.RecordingError, match="`--steps` must be"):
    recorder.make(str(tmp_path / "r.npz"), in_process.options("--steps 0"), [])
  with pytest.raises(recorder.RecordingError, match="there is no recording"):
    recorder.make(str(tmp_path / "r.npz"), in_process.options("--initial no"),
                  [])
  empty = in_process.options()
  empty.initial = ""
  with pytest.raises(recorder.RecordingError, match="there is no recording"):
    recorder.make(str(tmp_path / "r.npz"), empty, [])
  with pytest.raises(recorder.RecordingError, match="existing folder"):
    recorder.make(str(tmp_path / "no" / "r.npz"), in_process.options(), [])
  assert os.listdir(tmp_path) == []


def test_the_recorder_alone_wants_tensorflow_1(tmp_path):
  (tmp_path / "tensorflow.py").write_text("__version__ = '2.4.1'\n")
  (tmp_path / "s.py").write_text("")
  words = [sys.executable, str(sides.RECORDER), "s.py", "-o", "r.npz"]
  done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True,
                        env=dict(os.environ, PYTHONPATH=str(tmp_path)),
                        check=False)
  assert done.returncode == 3 and "got 2.4.1" in done.stderr
  assert "tfcompat-rnn record" in done.stderr


SLOW = """
import resource, sys
import tensorflow as tf
x = tf.placeholder(tf.float32, [None, 20])
w = tf.get_variable("w", [20, 20])
state = tf.Variable(tf.zeros([1, 20]))
step = state.assign(tf.tanh(tf.matmul(state, w) + x))
loss = tf.reduce_sum(step)
big = tf.random_uniform([100, 30])
sizes = []
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  for n in range(20001):
    session.run([loss, step, big], {x: [[n % 7] * 20]})
    if n % 5000 == 0:
      sizes.append(int(open("/proc/self/statm").read().split()[1]) * 4096)
print(sizes)
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/proc/self/statm"),
                    reason="measures memory as Linux shows it")
def test_memory_does_not_grow_with_the_steps(tmp_path):
  (tmp_path / "s.py").write_text(SLOW)
  done = subprocess.run(
      sides.our_command(["s.py"], "r.npz", ["--seed", "1"]), cwd=tmp_path,
      capture_output=True, text=True, check=False,
      env=sides.environment(ours=True))
  assert done.returncode == 0, done.stderr
  sizes = json.loads(done.stdout)
  # 15 000 steps; the recording of each has some 300 bytes.
  assert sizes[-1] - sizes[1] < 8 << 20, sizes
  size = (tmp_path / "r.npz").stat().st_size
  assert size < 20001 * 450, size
  assert sum(1 for _ in recording.Recording(tmp_path / "r.npz").calls()
            ) == 20002


def test_only_a_recording_is_replaced(tmp_path):
  """Not the program, a folder, a device or a link: nothing is run or lost."""
  (tmp_path / "program.py").write_text("print(1)")
  (tmp_path / "folder.npz").mkdir()
  os.mkfifo(tmp_path / "pipe.npz")
  os.symlink("loop.npz", tmp_path / "loop.npz")
  before = sorted(os.listdir(tmp_path))
  for name in before:
    with pytest.raises(recorder.RecordingError, match=(
        f"must be a new file or a recording, got .*{name}")):
      recorder.Writer(str(tmp_path / name), {})
  assert sorted(os.listdir(tmp_path)) == before
  assert (tmp_path / "program.py").read_text() == "print(1)"
  for content in (b"", b"PK\3\4 damaged"):
    (tmp_path / "r.npz").write_bytes(content)
    writer = recorder.Writer(str(tmp_path / "r.npz"), {})
    writer.discard()
    assert (tmp_path / "r.npz").read_bytes() == content


@pytest.mark.parametrize("name, after", [("writestr", 0), ("writestr", 1),
                                         ("close", 0)])
def test_a_disk_that_is_full_in_the_end(tmp_path, monkeypatch, name, after):
  """The old recording stays, and the message has the reason."""
  path = write(tmp_path / "r.npz")
  old = path.read_bytes()
  writer = recorder.Writer(str(path), {})
  writer.line("names", 0, [], [])
  real, calls = getattr(zipfile.ZipFile, name), []

  def full(*arguments):
    calls.append(arguments)
    if len(calls) > after:
      raise OSError(28, "No space left on device")
    return real(*arguments)
  monkeypatch.setattr(zipfile.ZipFile, name, full)
  with pytest.raises(recorder.RecordingError, match="No space left on device"):
    writer.close({})
  monkeypatch.undo()
  assert path.read_bytes() == old and os.listdir(tmp_path) == ["r.npz"]
