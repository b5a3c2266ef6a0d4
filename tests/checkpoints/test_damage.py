"""Damage everywhere: an error that says so, or the numbers as they were.

TensorFlow's reader checks checksums of the index's blocks, of the data and of
V1's blocks; a few bytes of a table file mean nothing, and may be anything.
"""

import pathlib
import shutil

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import checkpoints

FORMS = pathlib.Path(__file__).parent / "data" / "forms"
INDEX, DATA = "model.ckpt-3.index", "model.ckpt-3.data-00000-of-00001"

# form, file, step between damaged bytes, bytes that may be anything
FILES = [("v2", INDEX, 1, 60), ("v2", DATA, 1, 0), ("v1", "model.ckpt-3", 5,
                                                   20),
         ("v2s", "model.ckpt-3.data-00001-of-00003", 1, 0)]


def contents(path):
  checkpoint = checkpoints.open_checkpoint(path)
  return {key: (checkpoint[key].tolist(), checkpoint.dtypes[key])
          for key in checkpoint}


@pytest.fixture
def copy(tmp_path, request):
  form, name = request.param[:2]
  shutil.copytree(FORMS / form, tmp_path / form)
  return (tmp_path / form / "model.ckpt-3", tmp_path / form / name,
          contents(FORMS / form), *request.param[2:])


def outcome(prefix, good):
  """"as it was", or the error."""
  try:
    got = contents(prefix)
  except _errors.CheckpointError as error:
    text = str(error)
    assert str(prefix.parent) in text and "\n" not in text
    assert len(text) < 1000
    return text
  assert got == good
  return "as it was"


@pytest.mark.parametrize("copy", FILES, indirect=True,
                         ids=lambda item: f"{item[0]}-{item[1][-12:]}")
def test_a_flipped_byte(copy):
  prefix, file, good, step, free = copy
  data = file.read_bytes()
  unharmed = 0
  for place in range(0, len(data), step):
    for mask in ((0x01, 0xFF) if step == 1 else (0x10,)):
      damaged = bytearray(data)
      damaged[place] ^= mask
      file.write_bytes(damaged)
      unharmed += outcome(prefix, good) == "as it was"
  assert unharmed <= 2 * free
  file.write_bytes(data)
  assert outcome(prefix, good) == "as it was"


@pytest.mark.parametrize("copy", [("v2", DATA), FILES[3]], indirect=True,
                         ids=lambda item: item[0])
def test_the_other_keys_are_read_after_a_damaged_one(copy):
  """TensorFlow's reader would end the process."""
  prefix, file, good = copy[:3]
  data = bytearray(file.read_bytes())
  data[len(data) // 2] ^= 1
  file.write_bytes(data)
  checkpoint = checkpoints.open_checkpoint(prefix)
  bad = set()
  for key in [*checkpoint, *checkpoint]:
    try:
      assert checkpoint[key].tolist() == good[key][0]
    except _errors.CheckpointError:
      bad.add(key)
  assert 0 < len(bad) < len(good)


@pytest.mark.parametrize("copy", FILES, indirect=True,
                         ids=lambda item: f"{item[0]}-{item[1][-12:]}")
def test_cut_short(copy):
  prefix, file, good, step, _ = copy
  data = file.read_bytes()
  for size in range(0, len(data), step):
    file.write_bytes(data[:size])
    assert outcome(prefix, good) != "as it was", size


@pytest.mark.parametrize("copy", [("v2", INDEX), ("v2", DATA),
                                  ("v1", "model.ckpt-3")], indirect=True,
                         ids=lambda item: f"{item[0]}-{item[1][-12:]}")
def test_zeros_and_noise_in_its_place(copy):
  prefix, file, good = copy
  size = file.stat().st_size
  for data in (bytes(size), np.random.RandomState(1).bytes(size),
               file.read_bytes()[::-1]):
    file.write_bytes(data)
    assert outcome(prefix, good) != "as it was"


def test_an_index_beside_the_data_of_another(tmp_path):
  """Half an overwritten checkpoint, as a bare copy may leave one."""
  for name, value in (("a", 1.0), ("b", 2.0)):
    checkpoints.write_checkpoint(tmp_path / name, {"w": np.full(3, value)})
  shutil.copy(tmp_path / "a.data-00000-of-00001",
              tmp_path / "b.data-00000-of-00001")
  with pytest.raises(_errors.CheckpointError, match="Checksum|checksum"):
    checkpoints.open_checkpoint(tmp_path / "b")["w"]
