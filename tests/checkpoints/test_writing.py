"""Writing: what is written is right, and whatever fails leaves nothing."""

import contextlib
import os
import pathlib
import resource
import shutil
import threading

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import checkpoints
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import writing

FORMS = pathlib.Path(__file__).parent / "data" / "forms"
TENSORS = {"a/kernel": np.arange(6, dtype="f4").reshape(2, 3),
           "a/bias": np.array([1.5, -2]), "step": np.int64(7),
           "words": np.array([b"x", "yü"], object),
           "flags": np.array([True, False]), "empty": np.zeros([0, 3], "f4"),
           "half": np.array([1, 2], "f2"), "c": np.array([1 + 2j], "c8")}


def listing(folder):
  """Every name below `folder` with what it holds."""
  return {path.relative_to(folder).as_posix():
          path.read_bytes() if path.is_file() else None
          for path in sorted(folder.rglob("*"))}


def test_what_is_written_can_be_read(tmp_path):
  prefix = str(tmp_path / "model.ckpt")
  assert checkpoints.write_checkpoint(prefix, TENSORS) == prefix
  assert sorted(listing(tmp_path)) == [
      "model.ckpt.data-00000-of-00001", "model.ckpt.index"]
  written = checkpoints.open_checkpoint(prefix)
  assert written.format == "V2"
  assert sorted(written) == sorted(TENSORS)
  for key, value in TENSORS.items():
    value = np.asarray(value)
    assert written.shapes[key] == value.shape
    if key == "words":
      assert written[key].tolist() == [b"x", "yü".encode()]
    else:
      assert written[key].dtype == value.dtype
      np.testing.assert_array_equal(written[key], value)


@pytest.mark.parametrize("form", ["v1", "v1s", "v2", "v2s"])
def test_every_form_can_be_written_anew(form, tmp_path):
  source = checkpoints.open_checkpoint(FORMS / form)
  checkpoints.write_checkpoint(tmp_path / "new", source,
                               source=source.prefix)
  written = checkpoints.open_checkpoint(tmp_path / "new")
  assert written.shapes == source.shapes
  for key in source:
    assert written[key].tolist() == source[key].tolist()


def test_bfloat16(tmp_path):
  from tfcompat_rnn._tf import tf
  value = np.array([1, 2.5], tf.bfloat16.as_numpy_dtype)
  checkpoints.write_checkpoint(tmp_path / "b", {"b": value})
  written = checkpoints.open_checkpoint(tmp_path / "b")
  assert written.tf_dtypes["b"] == tf.bfloat16
  assert written["b"].tolist() == value.tolist()


def test_the_default_graph_gets_no_operation(tmp_path, v1):
  checkpoints.write_checkpoint(tmp_path / "m", TENSORS)
  dict(checkpoints.open_checkpoint(FORMS / "v1s"))
  assert not v1.get_default_graph().get_operations()


def test_in_a_process_of_tensorflow_2(tmp_path):
  from tfcompat_rnn._tf import tf2
  with tf2.init_scope():
    checkpoints.write_checkpoint(tmp_path / "m", TENSORS)
    assert len(checkpoints.open_checkpoint(tmp_path / "m")) == len(TENSORS)


def refuse(match, *args, kind=_errors.CheckpointError, **kwargs):
  with pytest.raises(kind, match=match) as caught:
    checkpoints.write_checkpoint(*args, **kwargs)
  assert " must " in str(caught.value) and "; " in str(caught.value)


def test_an_existing_one_stays(tmp_path):
  prefix = tmp_path / "m"
  checkpoints.write_checkpoint(prefix, {"w": np.zeros(2)})
  before = listing(tmp_path)
  refuse("no existing checkpoint", prefix, TENSORS)
  assert listing(tmp_path) == before


@pytest.mark.parametrize("left", ["m.index", "m.data-00000-of-00001",
                                  "m.data-00003-of-00007"])
def test_a_piece_of_an_existing_one_counts(tmp_path, left):
  (tmp_path / left).write_bytes(b"x")
  refuse("no existing checkpoint", tmp_path / "m", TENSORS)


def test_overwriting_leaves_nothing_of_the_old(tmp_path):
  shutil.copytree(FORMS / "v2s", tmp_path / "f")
  checkpoints.write_checkpoint(tmp_path / "f" / "model.ckpt-3", TENSORS,
                               overwrite=True)
  assert sorted(listing(tmp_path / "f")) == [
      "checkpoint", "model.ckpt-3.data-00000-of-00001", "model.ckpt-3.index"]
  assert len(checkpoints.open_checkpoint(tmp_path / "f")) == len(TENSORS)


@pytest.mark.parametrize("target", ["model.ckpt-3", "./model.ckpt-3",
                                    "../f/model.ckpt-3", "link", "hard"])
def test_the_source_is_never_touched(tmp_path, target, monkeypatch):
  folder = tmp_path / "f"
  shutil.copytree(FORMS / "v2", folder)
  for end in (".index", ".data-00000-of-00001"):
    (folder / f"link{end}").symlink_to(folder / f"model.ckpt-3{end}")
    os.link(folder / f"model.ckpt-3{end}", folder / f"hard{end}")
  monkeypatch.chdir(folder)
  before = listing(folder)
  refuse("differ from the checkpoint that is read", target, TENSORS,
         overwrite=True, source="model.ckpt-3")
  assert listing(folder) == before


def test_v1_of_the_same_name_is_a_source(tmp_path):
  shutil.copy(FORMS / "v1" / "model.ckpt-3", tmp_path / "m")
  refuse("differ", tmp_path / "m", TENSORS, source=str(tmp_path / "m"))


@pytest.mark.parametrize("prefix, tensors, match", [
    ("m", {}, "at least one tensor"),
    ("m", {"a": np.array(["2020-01-01"], "M8[D]")}, "dtype"),
    ("m", {"a": np.zeros(2, [("x", "f4")])}, "dtype"),
    ("", TENSORS, "end in a name"),
    ("m\0n", TENSORS, "without null characters"),
    ("m", {"": np.ones(1)}, "names of variables as keys, got ''"),
    ("m", {"\0w": np.ones(1)}, "names of variables"),
    ("m", {"w\udcff": np.ones(1)}, "names of variables"),
    ("m", {5: np.ones(1), "w": np.ones(1)}, "names of variables"),
])
def test_what_cannot_be_written(tmp_path, prefix, tensors, match):
  refuse(match, str(tmp_path) + "/" + prefix, tensors)
  assert not listing(tmp_path)


def test_objects_are_not_pickled(tmp_path):
  refuse("m|be written", tmp_path / "m",
         {"a": np.array([{"a": 1}], object)},
         kind=(_errors.CheckpointError, _errors.CheckpointWriteError))
  assert not listing(tmp_path)


def fail_to_write(folder, **kwargs):
  """Writes over m, which fails; nothing in `folder` may have changed."""
  before = listing(folder)
  with pytest.raises(_errors.CheckpointWriteError) as caught:
    checkpoints.write_checkpoint(folder / "m", TENSORS, **kwargs)
  assert isinstance(caught.value, OSError)
  assert str(caught.value).startswith("`prefix` must be where ")
  assert listing(folder) == before
  return str(caught.value)


def test_no_such_folder(tmp_path):
  with pytest.raises(_errors.CheckpointWriteError, match="No such file"):
    checkpoints.write_checkpoint(tmp_path / "none" / "m", TENSORS)
  (tmp_path / "file").write_text("x")
  with pytest.raises(_errors.CheckpointWriteError, match="Not a directory"):
    checkpoints.write_checkpoint(tmp_path / "file" / "m", TENSORS)
  assert sorted(listing(tmp_path)) == ["file"]


@contextlib.contextmanager
def largest_file(size):
  """As on a full disk: a write beyond `size` bytes fails."""
  limits = resource.getrlimit(resource.RLIMIT_FSIZE)
  resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
  try:
    yield
  finally:
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("size", [0, 1, 50, 100, 150, 200])
@pytest.mark.parametrize("existing", [False, True])
def test_a_full_disk(tmp_path, size, existing):
  if existing:
    checkpoints.write_checkpoint(tmp_path / "m", {"w": np.ones(3)})
  before = listing(tmp_path)
  with pytest.raises(_errors.CheckpointWriteError, match=(
      "File too large.*nothing was left")):
    with largest_file(size):
      checkpoints.write_checkpoint(tmp_path / "m", TENSORS, overwrite=True)
  assert listing(tmp_path) == before


STEPS = [("mkdtemp", writing.tempfile, 1), ("fsync", os, 5),
         ("unlink", os, 2), ("replace", os, 5)]


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"),
                                   KeyboardInterrupt()], ids=["full", "stop"])
@pytest.mark.parametrize("name, owner, number", [
    (name, owner, number) for name, owner, count in STEPS
    for number in range(count)], ids=lambda value: str(value)[:8])
def test_each_step_can_fail(tmp_path, monkeypatch, name, owner, number,
                            error):
  """The last fsync is of the folder: by then all is written and named."""
  checkpoints.write_checkpoint(tmp_path / "m", {"w": np.ones(3)})
  before = listing(tmp_path)
  real, calls = getattr(owner, name), []

  def planted(*args, **kwargs):
    calls.append(args)
    if len(calls) == number + 1:
      raise error
    return real(*args, **kwargs)

  monkeypatch.setattr(owner, name, planted)
  with pytest.raises((_errors.CheckpointWriteError, KeyboardInterrupt)):
    checkpoints.write_checkpoint(tmp_path / "m", TENSORS, overwrite=True)
  assert len(calls) > number
  monkeypatch.undo()
  if (name, number) == ("fsync", 4):
    assert len(checkpoints.open_checkpoint(tmp_path / "m")) == len(TENSORS)
    assert len(listing(tmp_path)) == 2
  else:
    assert listing(tmp_path) == before


class Killed(BaseException):
  """As a kill leaves it: nothing is undone or removed."""


# What there is before, and how many calls change names while it is replaced.
BEFORE = {"one shard": 7, "three shards": 5, "V1": 3, "an interrupted one": 11,
          "nothing": 2}


def put(before, prefix):
  """Puts a checkpoint there; returns what `shown` finds of it."""
  forms = {"three shards": "v2s", "V1": "v1"}
  if before in forms:
    for path in (FORMS / forms[before]).iterdir():
      shutil.copy(path, prefix.with_name(path.name.replace(
          "model.ckpt-3", prefix.name)))
  elif before != "nothing":
    checkpoints.write_checkpoint(prefix, {"w": np.ones(3)})
  if before == "an interrupted one":
    replace_until(prefix, 3, {"other": np.zeros(2)})
  return shown(prefix)


def shown(prefix):
  try:
    found = checkpoints.open_checkpoint(prefix)
  except _errors.MissingFileError:
    return None
  return {key: found[key].tolist() for key in found}


def replace_until(prefix, number, tensors):
  """Replaces a checkpoint; is killed before call `number` that changes names.

  Returns whether there were as many.
  """
  count = 0

  def counted(real):
    def call(*names):
      nonlocal count
      count += 1
      if count > number:
        raise Killed
      return real(*names)
    return call
  with pytest.MonkeyPatch.context() as patch:
    for name in ("replace", "rename", "unlink"):
      patch.setattr(os, name, counted(getattr(os, name)))
    patch.setattr(writing.shutil, "rmtree", lambda *_, **__: None)
    patch.setattr(writing.contextlib.ExitStack, "callback",
                  lambda *_, **__: None)
    try:
      checkpoints.write_checkpoint(prefix, tensors, overwrite=True)
    except Killed:
      return True
  return False


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("before", BEFORE)
def test_killed_at_any_moment_it_is_the_old_one_or_the_new_one(
    tmp_path, monkeypatch, before, links):
  """Whole, and the next one replaces both; TensorFlow's reader agrees."""
  if not links:
    def link(*names):
      raise OSError(95, "Operation not supported")
    monkeypatch.setattr(os, "link", link)
  seen = []
  for number in range(20):
    prefix = tmp_path / str(number) / "m"
    prefix.parent.mkdir()
    old = put(before, prefix)
    killed = replace_until(prefix, number, {"new": np.arange(4.)})
    seen.append(shown(prefix))
    assert seen[-1] in (old, {"new": [0., 1., 2., 3.]})
    if seen[-1] is not None:
      reader = tf.train.load_checkpoint(str(prefix))
      assert sorted(reader.get_variable_to_shape_map()) == sorted(seen[-1])
    checkpoints.write_checkpoint(prefix, TENSORS, overwrite=True)
    # A file in V1 format beside those of V2 is not the checkpoint any more.
    assert {path.name for path in prefix.parent.glob("m*")} - {"m"} == {
        "m.data-00000-of-00001", "m.index"}
    if not killed:
      break
  assert number == BEFORE[before]
  # The old one until its index is replaced, and the new one from then on.
  assert seen == sorted(seen, key=lambda one: one != old)


@pytest.mark.parametrize("name", ["m.index", "m.data-00000-of-00001"])
def test_a_folder_is_never_removed(tmp_path, name):
  (tmp_path / name).mkdir()
  (tmp_path / name / "notes.txt").write_text("precious")
  with pytest.raises(_errors.CheckpointError, match="never removed"):
    checkpoints.write_checkpoint(tmp_path / "m", TENSORS, overwrite=True)
  assert (tmp_path / name / "notes.txt").read_text() == "precious"
  assert len(list(tmp_path.iterdir())) == 1


def test_what_is_no_file_is_never_removed(tmp_path):
  os.mkfifo(tmp_path / "m.index")
  refuse("never removed", tmp_path / "m", TENSORS, overwrite=True)
  assert (tmp_path / "m.index").is_fifo()


def test_a_v1_checkpoint_of_that_name_is_an_existing_one(tmp_path):
  shutil.copy(FORMS / "v1" / "model.ckpt-3", tmp_path / "m")
  before = listing(tmp_path)
  refuse("no existing checkpoint", tmp_path / "m", TENSORS)
  assert listing(tmp_path) == before
  checkpoints.write_checkpoint(tmp_path / "m", TENSORS, overwrite=True)
  assert sorted(listing(tmp_path)) == [
      "m.data-00000-of-00001", "m.index"]


@pytest.mark.parametrize("overwrite", [False, True])
def test_another_file_of_that_name_stays(tmp_path, overwrite):
  (tmp_path / "m").write_text("my notes")
  checkpoints.write_checkpoint(tmp_path / "m", TENSORS, overwrite=overwrite)
  assert (tmp_path / "m").read_text() == "my notes"
  assert len(checkpoints.open_checkpoint(tmp_path / "m")) == len(TENSORS)


@pytest.mark.parametrize("overwrite", [False, True])
def test_of_two_writers_each_writes_a_whole_one_or_is_told(
    tmp_path, monkeypatch, overwrite):
  """The faster one pauses between its two renames until the other waits."""
  real_rename, real_sleep = os.rename, writing.time.sleep
  real_compare, waits = writing._compare, threading.Event()
  both_begun, outcomes = threading.Barrier(2, timeout=60), {}

  def compare(*arguments):
    both_begun.wait()  # both have found the target free
    real_compare(*arguments)

  def rename(old, new):
    real_rename(old, new)
    if new.endswith("m.data-00000-of-00001"):
      assert waits.wait(60)

  def sleep(seconds):
    waits.set()
    real_sleep(seconds)

  def write(number):
    try:
      checkpoints.write_checkpoint(
          tmp_path / "m", {"w": np.full([100], number, "f")},
          overwrite=overwrite)
      outcomes[number] = "written"
    except _errors.CheckpointError as error:
      outcomes[number] = str(error)

  monkeypatch.setattr(writing, "_compare", compare)
  monkeypatch.setattr(os, "rename", rename)
  monkeypatch.setattr(writing.time, "sleep", sleep)
  threads = [threading.Thread(target=write, args=(number,))
             for number in (1., 2.)]
  for thread in threads:
    thread.start()
  for thread in threads:
    thread.join()
  written = [number for number in outcomes if outcomes[number] == "written"]
  value, = set(checkpoints.open_checkpoint(tmp_path / "m")["w"].tolist())
  assert value in written and len(outcomes) == 2
  if overwrite:
    assert len(written) == 2
  else:
    told, = [text for text in outcomes.values() if text != "written"]
    assert "must name no existing checkpoint" in told
  assert len(list(tmp_path.iterdir())) == 2


def test_what_the_disk_changes_is_noticed(tmp_path, monkeypatch):
  """A disk that loses a byte after it was written."""
  real = os.fsync

  def lose(handle):
    name = os.readlink(f"/proc/self/fd/{handle}")
    if name.endswith("-of-00001"):
      data = bytearray(pathlib.Path(name).read_bytes())
      data[len(data) // 2] ^= 0xFF
      pathlib.Path(name).write_bytes(data)
    return real(handle)

  monkeypatch.setattr(os, "fsync", lose)
  with pytest.raises(_errors.TfcompatError, match="hecksum"):
    checkpoints.write_checkpoint(tmp_path / "m", TENSORS)
  assert not listing(tmp_path)


def test_a_reader_never_sees_half(tmp_path):
  """While one is overwritten: the old one, the new one, or an error."""
  prefix, seen, wrong, stop = tmp_path / "m", set(), [], threading.Event()

  def read():
    while not stop.is_set():
      try:
        values = dict(checkpoints.open_checkpoint(prefix))
      except _errors.TfcompatError:
        continue
      numbers = {float(value[0]) for value in values.values()}
      seen.update(numbers)
      if len(numbers) != 1:
        wrong.append(numbers)

  def write(number):
    checkpoints.write_checkpoint(prefix, {
        key: np.full(50, float(number)) for key in "abcdef"}, overwrite=True)

  write(0)
  thread = threading.Thread(target=read)
  thread.start()
  try:
    for number in range(1, 25):
      write(number)
  finally:
    stop.set()
    thread.join()
  assert not wrong and len(seen) > 1
