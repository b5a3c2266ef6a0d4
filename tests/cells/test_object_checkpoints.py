"""`tf.train.Checkpoint` of cells: 1.15's keys, and files both ways."""

import os

import numpy as np
import pytest

from cells import measure
from cells import object_checkpoints
from oracle import files

pytestmark = pytest.mark.slow

FOLDER = os.path.join(measure.DATA, "object_checkpoint")
EXPECTED = files.read_json(os.path.join(FOLDER, "facts.json.gz"))
CHECKPOINT = os.path.join(FOLDER, object_checkpoints.NAME)


@pytest.fixture
def tf(v1):
  del v1
  from tfcompat_rnn import tf1
  return tf1


def test_our_file_is_1_15s(tf, tmp_path):
  found = object_checkpoints.facts(tf, str(tmp_path))
  for name in ("before", "after"):
    np.testing.assert_allclose(
        found.pop(name), EXPECTED[name], rtol=1e-5, atol=1e-6)
  assert found == {name: EXPECTED[name] for name in ("keys", "graph")}


def test_1_15s_file_restores_here(tf):
  with tf.Graph().as_default(), tf.Session() as session:
    objects, output, train = object_checkpoints.model(tf)
    status = tf.train.Checkpoint(**objects).restore(CHECKPOINT)
    status.assert_consumed()
    status.initialize_or_restore(session)
    np.testing.assert_allclose(
        session.run(output), EXPECTED["before"], rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(
        object_checkpoints.output_after_a_step(session, output, train),
        EXPECTED["after"], rtol=1e-5, atol=1e-6)


def test_restore_before_the_variables_exist(tf):
  with tf.Graph().as_default(), tf.Session() as session:
    cell = tf.nn.rnn_cell.MultiRNNCell([
        tf.nn.rnn_cell.DropoutWrapper(
            tf.nn.rnn_cell.LSTMCell(3, use_peepholes=True), 1.0),
        tf.nn.rnn_cell.ResidualWrapper(tf.nn.rnn_cell.GRUCell(3)),
        tf.contrib.rnn.NASCell(3, num_proj=2)])
    status = tf.train.Checkpoint(cell=cell).restore(CHECKPOINT)
    with pytest.raises(AssertionError):
      status.assert_consumed()
    cell(tf.ones([2, 3]), cell.zero_state(2, tf.float32))
    status.assert_existing_objects_matched()
    status.initialize_or_restore(session)
    reader = tf.train.load_checkpoint(CHECKPOINT)
    for key, variable in zip(
        ("cell-0/cell/kernel", "cell-1/cell/gates.Skernel"),
        (cell._cells[0].cell.weights[0], cell._cells[1].cell.weights[0])):
      np.testing.assert_array_equal(
          session.run(variable),
          reader.get_tensor(f"cell/{key}/.ATTRIBUTES/VARIABLE_VALUE"))


def test_copies_track_their_own_cells(tf):
  import copy

  with tf.Graph().as_default():
    cell = tf.nn.rnn_cell.MultiRNNCell([tf.nn.rnn_cell.GRUCell(3)])
    twin = copy.deepcopy(cell)
    (name, child), = [tuple(pair) for pair in twin._checkpoint_dependencies]
    assert (name, child) == ("cell-0", twin._cells[0])
    assert twin._cells[0] is not cell._cells[0]
    for name, one in (("cell", cell), ("twin", twin)):
      with tf.variable_scope(name):
        one(tf.ones([1, 3]), one.zero_state(1, tf.float32))
    assert not {id(v) for v in cell.weights} & {id(v) for v in twin.weights}
    cell._cells[0].forget_variables()
    assert not cell._cells[0]._trackable_children()


def test_cudnn_layers_are_refused_instead_of_saved_empty(tf, tmp_path):
  with tf.Graph().as_default(), tf.Session() as session:
    layer = tf.contrib.cudnn_rnn.CudnnLSTM(1, 3)
    layer(tf.ones([2, 1, 4]))
    session.run(tf.global_variables_initializer())
    with pytest.raises(NotImplementedError, match="use tf.train.Saver"):
      tf.train.Checkpoint(layer=layer).save(
          str(tmp_path / "c"), session=session)
