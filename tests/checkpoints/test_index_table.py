"""What TensorFlow's reader would not survive is refused before it reads."""

import contextlib
import pathlib
import subprocess
import sys

import index_tables
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import checkpoints
from tfcompat_rnn._tf import private
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import fallback
from tfcompat_rnn.checkpoints import index_table

FORMS = pathlib.Path(__file__).parent / "data" / "forms"
INDEX = FORMS / "v2" / "model.ckpt-3.index"


def copied(folder, entries, **options):
  """A copy of a checkpoint with these entries in its index."""
  target = folder / INDEX.name
  target.write_bytes(index_tables.write(entries, **options))
  data = INDEX.with_suffix(".data-00000-of-00001")
  (folder / data.name).write_bytes(data.read_bytes())
  return str(target)[:-len(".index")]


def planted(folder, change, key=b"\0part"):
  """A copy of a checkpoint; `change(entry)` was made in the entry of `key`."""
  entries = index_tables.read(INDEX.read_bytes())
  place = next(place for place, (name, _) in enumerate(entries)
               if name == key or key[:1] == b"\0" and name.startswith(key))
  key, value = entries[place]
  entry = private("tensor_bundle").BundleEntryProto.FromString(value)
  change(entry)
  entries[place] = (key, entry.SerializeToString())
  return copied(folder, entries)


def refused(prefix):
  with pytest.raises(_errors.CheckpointError) as caught:
    checkpoints.open_checkpoint(prefix)
  text = str(caught.value)
  assert "\n" not in text and prefix in text and len(text) < 700
  return text


def _dimensions(*sizes):
  def change(entry):
    del entry.shape.dim[:]
    for size in sizes:
      entry.shape.dim.add(size=size)
  return change


def _dtype(number):
  def change(entry):
    entry.dtype = number
  return change


def _unknown_rank(entry):
  entry.shape.unknown_rank = True


def _part(start=0, length=0, count=2):
  """A further part, with so many dimensions."""
  def change(entry):
    part = entry.slices.add()
    for _ in range(count):
      part.extent.add(start=start, length=length)
  return change


def _same_part(entry):
  entry.slices.add().CopyFrom(entry.slices[1])


def _rows_of_part(entry):
  entry.shape.dim[0].size, entry.size = 1, 16


CASES = {
    "negative": (_dimensions(-3), "shape [-3]"),
    "very negative": (_dimensions(2, -2 ** 63), "shape [2, -92233720368"),
    "too many elements": (_dimensions(2 ** 40, 2 ** 40), "too many elements"),
    "many dimensions": (_dimensions(*[1] * 300), "300 dimensions"),
    "reference": (_dtype(101), "float32_ref, of a reference"),
    "no dtype": (_dtype(77), "dtype number 77"),
    "unknown rank": (_unknown_rank, "an unknown shape"),
    "other size": (_dimensions(2, 2), "32 bytes of float32 for shape [2, 2]"),
    "other part": (_rows_of_part, "another shape or dtype"),
    "dtype of a part": (_dtype(3), "another shape or dtype"),
    "dtype of all parts": (_dtype(29), "another shape or dtype", b"part"),
    "one part twice": (_same_part, "one part twice", b"part"),
    "a part outside": (_part(4, 2), "not inside of shape [5, 4]", b"part"),
    "a part that overflows": (_part(2 ** 63 - 1, 2), "not inside", b"part"),
    "a part before": (_part(-1, 1), "not inside", b"part"),
    "a flat part": (_part(0, 1, 1), "not inside", b"part"),
}


def test_an_unchanged_table_is_the_checkpoint(tmp_path):
  prefix = planted(tmp_path, lambda entry: None)
  good, copy = checkpoints.open_checkpoint(INDEX), checkpoints.open_checkpoint(
      prefix)
  assert copy.shapes == good.shapes
  assert all(copy[key].tobytes() == good[key].tobytes() for key in good)


@pytest.mark.parametrize("name", CASES)
def test_an_impossible_entry_is_refused(tmp_path, name):
  change, text, *key = CASES[name]
  told = refused(planted(tmp_path, change, *key))
  assert text in told and "must have an index of possible entries" in told


def _entries():
  return index_tables.read(INDEX.read_bytes())


@pytest.mark.parametrize("change", [
    lambda entries: entries + entries[1:], lambda entries: entries[::-1],
    lambda entries: entries[:2] + [(b"a" * 5000, entries[2][1])] + entries[2:],
    lambda entries: [*entries, (b"zz", b"\x0a\xff")]],
    ids=["twice", "backwards", "not sorted", "no entry"])
def test_a_table_that_is_no_index_is_refused(tmp_path, change):
  """TensorFlow's reader would end the process."""
  assert "possible entries" in refused(copied(tmp_path, change(_entries())))


@pytest.mark.parametrize("restarts", [[1], [], [2 ** 31]])
def test_places_to_begin_at_are_those_of_entries(tmp_path, restarts):
  assert "must be whole" in refused(
      copied(tmp_path, _entries(), restarts=restarts))


def test_entries_before_a_damaged_one_are_checked(tmp_path):
  entries = _entries()
  entries[1] = (entries[1][0], b"\x0a\xff")
  assert "possible entries" in refused(
      copied(tmp_path, entries, after=b"\xff\xff"))
  assert "must be whole" in refused(
      copied(tmp_path, _entries(), after=b"\xff\xff"))


def test_a_compressed_table_is_checked_too(tmp_path):
  """TensorFlow 1.1 and later can read one."""
  prefix = copied(tmp_path, _entries(), compressed=True)
  good, copy = (checkpoints.open_checkpoint(path) for path in (INDEX, prefix))
  assert all(copy[key].tobytes() == good[key].tobytes() for key in good)
  assert "possible entries" in refused(
      copied(tmp_path, _entries() + _entries()[1:], compressed=True))
  data = bytearray(pathlib.Path(prefix + ".index").read_bytes())
  for place in range(len(data)):  # no more can happen than an error
    data[place] ^= 0xff
    pathlib.Path(prefix + ".index").write_bytes(data)
    with contextlib.suppress(_errors.CheckpointError):
      checkpoints.open_checkpoint(prefix)
    data[place] ^= 0xff


def test_parts_are_found_at_any_place(tmp_path):
  """Their keys hold numbers of one byte to several."""
  prefix, name = str(tmp_path / "m"), "v\xff\u20ac"
  bounds = [(0, 63), (63, 64), (127, 9873), (10000, 10000)]
  with tf.Graph().as_default(), tf.Session() as session:
    session.run(tf.raw_ops.SaveV2(
        prefix=prefix, tensor_names=[name] * 4,
        shape_and_slices=[f"20000 1 {start},{length}:-"
                          for start, length in bounds],
        tensors=[tf.ones([length, 1]) for _, length in bounds]))
  assert checkpoints.open_checkpoint(prefix)[name].sum() == 20000
  with open(prefix + ".index", "rb") as file:
    keys = dict(index_tables.read(file.read()))
  assert all(index_table._key_of_part(name.encode(), [pair, (0, -1)]) in keys
             for pair in bounds)


def test_memory_is_not_asked_for_what_cannot_be_there(tmp_path):
  """TensorFlow would try for ten seconds."""
  def change(entry):
    _dimensions(2 ** 30, 2 ** 20)(entry)
    entry.size = entry.offset = 2 ** 52
  copy = checkpoints.open_checkpoint(planted(tmp_path, change, b"w"))
  with pytest.raises(_errors.CheckpointError, match="more than the 127 bytes"):
    copy["w"]
  assert copy["step"] == 7


def test_a_saver_refuses_it_as_well(tmp_path):
  """TensorFlow's own restore does not survive this one either."""
  prefix = planted(tmp_path, CASES["dtype of a part"][0])
  with tf.Graph().as_default(), tf.Session() as session:
    tf.get_variable("part", [5, 4])
    saver = tf.train.Saver()
    for restore in (fallback.restore, fallback.Saver.restore):
      with pytest.raises(tf.errors.DataLossError, match="possible entries"):
        restore(saver, session, prefix)


@pytest.mark.slow
def test_tensorflow_does_not_survive_a_reference(tmp_path):
  """Why the check is there: if this fails, it may no longer be needed."""
  prefix = planted(tmp_path, CASES["reference"][0])
  done = subprocess.run([sys.executable, "-c", (
      "import sys, tensorflow as tf\n"
      "reader = tf.compat.v1.train.NewCheckpointReader(sys.argv[1])\n"
      "for key in reader.get_variable_to_shape_map():\n"
      "  reader.get_tensor(key)"), prefix], capture_output=True)
  assert done.returncode < 0


def test_what_is_no_table_is_left_to_tensorflow(tmp_path):
  (tmp_path / "m.index").write_bytes(b"no table at all" * 9)
  with pytest.raises(_errors.CheckpointError, match="must be whole"):
    checkpoints.open_checkpoint(tmp_path / "m")


def test_an_index_for_more_shards(tmp_path):
  """As TensorFlow reads it: all is in the first one, the second is empty."""
  data = INDEX.with_suffix(".data-00000-of-00001").read_bytes()
  new = index_table.with_shards(INDEX.read_bytes(), 2)
  (tmp_path / "m.index").write_bytes(new)
  (tmp_path / "m.data-00000-of-00002").write_bytes(data)
  (tmp_path / "m.data-00001-of-00002").write_bytes(b"")
  found = checkpoints.open_checkpoint(tmp_path / "m")
  right = checkpoints.open_checkpoint(INDEX)
  assert {key: found[key].tolist() for key in found} == {
      key: right[key].tolist() for key in right}
  assert index_table.with_shards(new, 1) == INDEX.read_bytes()
  with pytest.raises(ValueError, match="another format"):
    index_table.with_shards(new[:-1], 2)
