"""`init_from_checkpoint` and `warm_start` with names of older releases."""

import numpy as np
import pytest

import tfcompat_rnn.tf1 as tf
from tfcompat_rnn.checkpoints import writing

NEW = ("net/rnn/basic_lstm_cell/kernel", "net/rnn/basic_lstm_cell/bias")


@pytest.fixture(name="write")
def _write(tmp_path):
  def write(kernel, bias):
    values = np.arange(6, dtype=np.float32).reshape(2, 3), np.ones(3, "f4")
    path = writing.write_checkpoint(
        str(tmp_path / "model.ckpt"), {kernel: values[0], bias: values[1]})
    return path, values
  return write


def _from_scope(path):
  tf.train.init_from_checkpoint(path, {"net/": "net/"})


def _from_contrib(path):
  tf.contrib.framework.init_from_checkpoint(path, {"net/": "net/"})


def _warm(path):
  tf.train.warm_start(path, "net/.*")


@pytest.mark.parametrize("names", [
    NEW, ("net/rnn/basic_lstm_cell/weights", "net/rnn/basic_lstm_cell/biases"),
    ("net/RNN/BasicLSTMCell/Linear/Matrix", "net/RNN/BasicLSTMCell/Linear/Bias")
], ids=["1.15", "1.0", "0.12"])
@pytest.mark.parametrize("start", [_from_scope, _from_contrib, _warm])
def test_older_names_are_found(write, names, start):
  path, values = write(*names)
  with tf.Graph().as_default():
    variables = [tf.get_variable(name, shape)
                 for name, shape in zip(NEW, ([2, 3], [3]))]
    start(path)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      for got, wanted in zip(session.run(variables), values):
        np.testing.assert_array_equal(got, wanted)


def test_what_is_nowhere_is_still_missing(write):
  path, _ = write("net/rnn/basic_lstm_cell/weights", "net/other")
  with tf.Graph().as_default():
    for name in NEW:
      tf.get_variable(name, [3])
    with pytest.raises(ValueError, match="basic_lstm_cell/bias .*not found in"):
      tf.train.init_from_checkpoint(path, {NEW[1]: NEW[1]})
