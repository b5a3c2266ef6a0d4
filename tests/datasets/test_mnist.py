"""The idx reader compared with what 1.15.5's `input_data` returned."""

import gzip
import subprocess
import sys

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.datasets import digits
from tfcompat_rnn.datasets import mnist


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
  path = tmp_path_factory.mktemp("digits")
  mnist.write_digits(str(path), train=600, test=100, seed=3)
  return path


def counting(folder, rows=50):
  """A set whose first pixel counts the rows: 0, 1, 2, ...; labels mod 10."""
  for name in mnist.FILES.values():
    numbers = np.arange(rows, dtype=np.uint8)
    array = numbers % 10
    if "images" in name:
      array = np.zeros((rows, 28, 28), np.uint8)
      array[:, 0, 0] = numbers
    mnist._write_idx(str(folder / name), array)
  return folder


def test_shapes_and_range(folder, capsys):
  data = mnist.read_data_sets(str(folder), validation_size=50)
  assert [part.num_examples for part in data] == [550, 50, 100]
  assert data.train.images.shape == (550, 784)
  assert data.train.images.dtype == np.float32
  assert data.train.images.min() == 0 and .9 < data.train.images.max() <= 1
  assert data.test.labels.dtype == np.uint8
  assert capsys.readouterr().out.splitlines() == [
      f"Extracting {folder}/{name}" for name in mnist.FILES.values()]


def test_one_hot_and_unshaped(folder):
  data = mnist.read_data_sets(folder, one_hot=True, reshape=False,
                              validation_size=0)
  assert data.train.images.shape == (600, 28, 28, 1)
  assert data.train.labels.shape == (600, 10)
  assert data.train.labels.dtype == np.float64
  np.testing.assert_array_equal(data.train.labels.sum(1), 1)
  assert data.validation.num_examples == 0


@pytest.mark.parametrize("dtype", ["uint8", np.uint8, np.dtype("uint8")])
def test_uint8(folder, dtype):
  data = mnist.read_data_sets(folder, dtype=dtype, validation_size=50)
  assert data.train.images.dtype == np.uint8
  assert data.train.images.max() > 200


def test_tf_dtypes_and_graph_seed(folder, v1):
  v1.set_random_seed(7)
  first = mnist.read_data_sets(folder, dtype=v1.float32, validation_size=0)
  draws = np.random.rand(3)
  np.random.seed(7)
  np.testing.assert_array_equal(draws, np.random.rand(3))
  assert first.train.images.dtype == np.float32
  second = mnist.read_data_sets(folder, dtype=v1.uint8, validation_size=0)
  assert second.train.images.dtype == np.uint8
  # The seeds of the graph's own random ops must not have moved.
  assert v1.get_seed(None) == (7, 0)


# The rows that 1.15.5 dealt out of `counting`'s files.
def test_batches_of_1_15(tmp_path):
  data = mnist.read_data_sets(counting(tmp_path), dtype="uint8", seed=3,
                              validation_size=10)
  rows = lambda size, **options: (
      data.train.next_batch(size, **options)[0][:, 0].tolist())
  assert rows(6) == [39, 26, 19, 37, 14, 28]
  rows(32)
  assert data.train.epochs_completed == 0
  assert rows(5) == [13, 34, 44, 13, 17]
  assert data.train.epochs_completed == 1
  assert data.test.next_batch(4, shuffle=False)[1].tolist() == [0, 1, 2, 3]


def test_fake_data():
  data = mnist.read_data_sets("nowhere", fake_data=True, one_hot=True)
  images, labels = data.train.next_batch(3, fake_data=True)
  assert np.shape(images) == (3, 784) and np.all(np.equal(images, 1))
  assert labels == [[1] + [0] * 9] * 3
  assert data.train.num_examples == 10000


def test_plain_files_do_too(folder, tmp_path):
  for name in mnist.FILES.values():
    (tmp_path / name[:-3]).write_bytes(
        gzip.decompress((folder / name).read_bytes()))
  mine = mnist.read_data_sets(tmp_path, validation_size=0)
  theirs = mnist.read_data_sets(folder, validation_size=0)
  np.testing.assert_array_equal(mine.test.images, theirs.test.images)


def test_missing_files_say_which_and_where(folder, tmp_path):
  name = mnist.FILES["train_images"]
  (tmp_path / name).write_bytes((folder / name).read_bytes())
  with pytest.raises(FileNotFoundError) as caught:
    mnist.read_data_sets(str(tmp_path))
  text = str(caught.value)
  assert isinstance(caught.value, _errors.MissingFileError)
  assert str(tmp_path) in text and mnist.FILES["test_labels"] in text
  assert name not in text
  assert f"python -m tfcompat_rnn.datasets.mnist {tmp_path}" in text


def test_bad_input(folder, tmp_path):
  with pytest.raises(ValueError, match="validation_size.*between 0 and 600"):
    mnist.read_data_sets(folder)
  with pytest.raises(TypeError, match="dtype.*float32.*got int8"):
    mnist.read_data_sets(folder, dtype="int8", validation_size=0)
  counting(tmp_path)
  images, labels = (tmp_path / mnist.FILES[f"train_{kind}"]
                    for kind in ("images", "labels"))
  kept = images.read_bytes()
  images.write_bytes(labels.read_bytes())
  with pytest.raises(ValueError, match="must begin with 2051, .* got the "
                     "invalid magic number 2049; check"):
    mnist.read_data_sets(tmp_path)
  images.write_bytes(gzip.compress(gzip.decompress(kept)[:-5]))
  with pytest.raises(ValueError, match="truncated"):
    mnist.read_data_sets(tmp_path)
  images.write_bytes(kept[:-9])
  with pytest.raises(ValueError, match="damaged gzip"):
    mnist.read_data_sets(tmp_path)


def test_unequal_files():
  with pytest.raises(ValueError, match="as many as the 3 images"):
    mnist.DataSet(np.zeros((3, 28, 28, 1)), np.zeros(2))


def test_digits_are_the_same_each_time():
  labels = np.arange(40) % 10
  one = digits.draw_digits(labels, seed=5)
  np.testing.assert_array_equal(one, digits.draw_digits(labels, seed=5))
  assert (one != digits.draw_digits(labels, seed=6)).any()
  ink = (one > 100).mean(axis=(1, 2))
  assert np.all((.02 < ink) & (ink < .35))
  with pytest.raises(ValueError, match="0 to 9"):
    digits.draw_digits([10])


@pytest.mark.slow
def test_a_classifier_learns_them():
  """Ridge regression on pixels and random tanh features; above 90 %."""
  labels = np.random.RandomState(0).randint(0, 10, 2400)
  pixels = digits.draw_digits(labels, seed=1).reshape(2400, -1) / 255.
  weights = np.random.RandomState(1).normal(scale=.15, size=(784, 600))
  features = np.concatenate([pixels, np.tanh(pixels @ weights)], axis=1)
  train, test = slice(0, 2000), slice(2000, None)
  wanted = mnist.dense_to_one_hot(labels[train], 10)
  square = features[train].T @ features[train] + 3 * np.eye(1384)
  solved = np.linalg.solve(square, features[train].T @ wanted)
  guess = (features[test] @ solved).argmax(1)
  assert (guess == labels[test]).mean() > .9


def test_command(tmp_path):
  command = [sys.executable, "-m", "tfcompat_rnn.datasets.mnist",
             str(tmp_path), "--train", "30", "--test", "10", "--seed", "1"]
  result = subprocess.run(command, stdout=subprocess.PIPE, text=True,
                          check=True)
  assert "stand-ins, not MNIST" in result.stdout
  assert "validation_size=3" in result.stdout
  data = mnist.read_data_sets(tmp_path, validation_size=3)
  assert data.train.num_examples == 27
  again = subprocess.run(command, stderr=subprocess.PIPE, text=True,
                         check=False)
  assert again.returncode == 1 and "already exist" in again.stderr


def test_loads_no_tensorflow():
  code = ("import sys, tfcompat_rnn.datasets.mnist, "
          "tfcompat_rnn.datasets.digits; "
          "sys.exit('tensorflow' in sys.modules)")
  assert subprocess.run([sys.executable, "-c", code], check=False
                        ).returncode == 0
