"""What TensorFlow's reader would not survive is refused before it reads."""

import pathlib
import subprocess
import sys

import index_tables
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import checkpoints
from tfcompat_rnn._tf import private
from tfcompat_rnn.checkpoints import index_table

FORMS = pathlib.Path(__file__).parent / "data" / "forms"
INDEX = FORMS / "v2" / "model.ckpt-3.index"


def planted(folder, change):
  """A copy of a checkpoint; `change(entry)` was made in its first entry."""
  entries = index_tables.read(INDEX.read_bytes())
  key, value = entries[1]
  entry = private("tensor_bundle").BundleEntryProto.FromString(value)
  change(entry)
  entries[1] = (key, entry.SerializeToString())
  target = folder / INDEX.name
  target.write_bytes(index_tables.write(entries))
  data = INDEX.with_suffix(".data-00000-of-00001")
  (folder / data.name).write_bytes(data.read_bytes())
  return str(target)[:-len(".index")]


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


CASES = {
    "negative": (_dimensions(-3), "shape [-3]"),
    "very negative": (_dimensions(2, -2 ** 63), "shape [2, -92233720368"),
    "too many elements": (_dimensions(2 ** 40, 2 ** 40), "too many elements"),
    "many dimensions": (_dimensions(*[1] * 300), "300 dimensions"),
    "reference": (_dtype(101), "float32_ref, of a reference"),
    "no dtype": (_dtype(77), "dtype number 77"),
    "unknown rank": (_unknown_rank, "an unknown shape"),
}


def test_an_unchanged_table_is_the_checkpoint(tmp_path):
  prefix = planted(tmp_path, lambda entry: None)
  good, copy = checkpoints.open_checkpoint(INDEX), checkpoints.open_checkpoint(
      prefix)
  assert copy.shapes == good.shapes
  assert all(copy[key].tobytes() == good[key].tobytes() for key in good)


@pytest.mark.parametrize("name", CASES)
def test_an_impossible_entry_is_refused(tmp_path, name):
  change, text = CASES[name]
  prefix = planted(tmp_path, change)
  with pytest.raises(_errors.CheckpointError) as caught:
    checkpoints.open_checkpoint(prefix)
  assert text in str(caught.value) and "\n" not in str(caught.value)
  assert "must have possible shapes and dtypes" in str(caught.value)


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
