"""One checkpoint works for the layers, both kinds of variables, and the cells.

This was requested in tensorflow/tensorflow#19016 and #20273: train on one
device and load on the other, without changes.
"""

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn import fused
from tfcompat_rnn import loops

TIME, BATCH, DEPTH, UNITS = 4, 2, 3, 5
X = np.random.RandomState(0).uniform(-1, 1, [TIME, BATCH, DEPTH])
KINDS = {
    "CudnnLSTM": lambda: cells.CudnnCompatibleLSTMCell(UNITS),
    "CudnnGRU": lambda: cells.CudnnCompatibleGRUCell(UNITS),
    "CudnnRNNTanh": lambda: cells.BasicRNNCell(UNITS),
    "CudnnRNNRelu": lambda: cells.BasicRNNCell(UNITS, activation="relu"),
}


def by_layer(tf, kind, ways, variables):
  """Outputs and final h of the layer, in a scope of the program."""
  with fused.cudnn_options(kernels="portable", variables=variables):
    layer = getattr(fused, kind)(2, UNITS, direction=ways)
  with tf.variable_scope("model"):
    layer.build([None, None, DEPTH])
  outputs, states = layer(tf.constant(X, "float32"), training=False)
  return [outputs, states[0]]


def by_cells(tf, kind, ways):
  """The same with the compatible cells, as in 1.15's documentation."""
  x = tf.constant(X, "float32")
  make = KINDS[kind]
  with tf.variable_scope("model"):
    if ways == "unidirectional":
      outputs, states = loops.dynamic_rnn(
          cells.MultiRNNCell([make(), make()]), x, dtype=tf.float32,
          time_major=True)
    else:
      outputs, forth, back = loops.stack_bidirectional_dynamic_rnn(
          [make(), make()], [make(), make()], x, dtype=tf.float32,
          time_major=True)
      states = [state for pair in zip(forth, back) for state in pair]
  return [outputs, tf.stack([getattr(s, "h", s) for s in states])]


def shaken(tf, session):
  """Sets every variable to numbers that no initializer produces."""
  draw = np.random.RandomState(1)
  for variable in tf.global_variables():
    shape = session.run(tf.shape(variable))
    session.run(tf.assign(variable, draw.uniform(-.7, .7, shape),
                          validate_shape=False))


def run(tf, make, path, save=False):
  """The results of a separate graph, saved to or restored from `path`."""
  with tf.Graph().as_default(), tf.Session() as session:
    results = make()
    saver = tf.train.Saver()
    session.run(tf.global_variables_initializer())
    before = session.run(results)
    if save:
      shaken(tf, session)
      saver.save(session, path, write_meta_graph=False)
    else:
      saver.restore(session, path)
    after = session.run(results)
  assert not np.allclose(before[0], after[0], atol=1e-3)
  return after


def keys(tf, path):
  return {name for name, _ in tf.train.list_variables(path)}


def _networks():
  for kind in sorted(KINDS):
    for ways in ("unidirectional", "bidirectional"):
      fast = (kind, ways) == ("CudnnLSTM", "bidirectional")
      yield pytest.param(kind, ways, id=f"{kind}-{ways}",
                         marks=[] if fast else pytest.mark.slow)


@pytest.mark.spread(slow=2)
@pytest.mark.slow
@pytest.mark.parametrize("kind, ways", list(_networks()))
def test_every_way_loads_what_another_saved(v1, tmp_path, kind, ways):
  tf = v1
  writers = {
      "layer": lambda: by_layer(tf, kind, ways, "canonical"),
      "opaque": lambda: by_layer(tf, kind, ways, "opaque"),
      "cells": lambda: by_cells(tf, kind, ways)}
  readers = [("cells", "layer"), ("layer", "cells"), ("opaque", "layer"),
             ("opaque", "cells")]
  saved = {name: run(tf, make, str(tmp_path / name), save=True)
           for name, make in writers.items()}
  assert keys(tf, str(tmp_path / "layer")) == keys(tf, str(tmp_path / "cells"))
  extra = (keys(tf, str(tmp_path / "opaque"))
           - keys(tf, str(tmp_path / "layer")))
  assert {key.rpartition("/")[2] for key in extra} == {"opaque_kernel"}
  for source, target in readers:
    got = run(tf, writers[target], str(tmp_path / source))
    for one, two in zip(got, saved[source]):
      np.testing.assert_allclose(one, two, rtol=0, atol=2e-6)


def test_an_opaque_variable_takes_the_cells_checkpoint_by_its_saveable(
    v1, tmp_path):
  """As in 1.15, its own key is not in the checkpoint."""
  tf = v1
  path = str(tmp_path / "cells")
  saved = run(tf, lambda: by_cells(tf, "CudnnLSTM", "bidirectional"), path,
              save=True)
  with tf.Graph().as_default(), tf.Session() as session:
    results = by_layer(tf, "CudnnLSTM", "bidirectional", "opaque")
    (saveable,) = tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
    session.run(tf.global_variables_initializer())
    with pytest.raises(tf.errors.NotFoundError, match="opaque_kernel"):
      tf.train.Saver().restore(session, path)
    tf.train.Saver([saveable]).restore(session, path)
    np.testing.assert_allclose(session.run(results)[0], saved[0], atol=2e-6)


@pytest.mark.slow
def test_training_goes_on_with_the_optimizers_own_variables(v1, tmp_path):
  """Adam's moments are found as well: they belong to the same variables."""
  tf = v1

  def training(make):
    results = make()
    loss = tf.reduce_sum(tf.square(results[0] - .3))
    train = tf.train.AdamOptimizer(.01).minimize(loss)
    return loss, train

  def losses(make, path, steps, restore):
    with tf.Graph().as_default(), tf.Session() as session:
      tf.set_random_seed(2)
      loss, train = training(make)
      saver = tf.train.Saver()
      session.run(tf.global_variables_initializer())
      if restore:
        saver.restore(session, path)
      found = []
      for _ in range(steps):
        found.append(session.run([loss, train])[0])
      if not restore:
        saver.save(session, path, write_meta_graph=False)
        for _ in range(4):
          found.append(session.run([loss, train])[0])
      return found

  path = str(tmp_path / "trained")
  layer = lambda: by_layer(tf, "CudnnGRU", "bidirectional", "canonical")
  whole = losses(layer, path, 3, restore=False)
  by_the_cells = losses(
      lambda: by_cells(tf, "CudnnGRU", "bidirectional"), path, 4, restore=True)
  assert whole[0] > whole[-1]
  np.testing.assert_allclose(by_the_cells, whole[3:], rtol=1e-5)


def test_saveable_of_canonical_variables(v1, tmp_path):
  """In no collection; for a separate Saver. It is created only on demand."""
  tf = v1
  layer = fused.CudnnLSTM(1, UNITS)
  assert layer.saveable is None
  layer(tf.constant(X, "float32"))
  assert not tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)
  saver = tf.train.Saver([layer.saveable])
  assert layer.saveable is layer.saveable
  assert layer.saveable.optional_restore is False
  path = str(tmp_path / "one")
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    values = session.run(layer.weights)
    saver.save(session, path, write_meta_graph=False)
    session.run([tf.assign(v, tf.zeros_like(v)) for v in layer.weights])
    saver.restore(session, path)
    for one, two in zip(session.run(layer.weights), values):
      np.testing.assert_array_equal(one, two)
  assert keys(tf, path) == {v.op.name for v in layer.weights}


def test_a_saveable_made_by_hand(v1, tmp_path):
  """As programs for 1.4 did for their own vectors."""
  tf = v1
  from tfcompat_rnn.fused import cudnn_models
  model = cudnn_models.CudnnGRU(1, UNITS, DEPTH)
  params = tf.get_variable("params", initializer=tf.random_uniform(
      [(DEPTH + UNITS + 2) * 3 * UNITS], seed=1))
  saveable = fused.CudnnGRUSaveable(
      params, num_layers=1, num_units=UNITS, input_size=DEPTH, scope="rnn_1")
  tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, saveable)
  x, h = tf.constant(X, "float32"), tf.ones([1, BATCH, UNITS])
  outputs, _ = model(x, h, params, is_training=False)
  saver = tf.train.Saver([saveable])
  path = str(tmp_path / "hand")
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    want = session.run(outputs)
    saver.save(session, path, write_meta_graph=False)
    session.run(tf.assign(params, tf.zeros_like(params)))
    saver.restore(session, path)
    np.testing.assert_allclose(session.run(outputs), want, atol=1e-6)
  assert min(keys(tf, path)).startswith(
      "rnn_1/rnn/multi_rnn_cell/cell_0/cudnn_compatible_gru_cell/")


@pytest.mark.parametrize("kind", ["CudnnLSTM", "CudnnGRU"])
def test_an_opaque_bias_is_two_and_moves_twice_as_far(v1, kind):
  """As in 1.15 on a GPU; everything else takes the same step."""
  tf = v1
  start = tf.constant_initializer(.25)
  moved = {}
  for variables in ("canonical", "opaque"):
    with fused.cudnn_options(kernels="portable", variables=variables):
      layer = getattr(fused, kind)(
          1, UNITS, name=variables, bias_initializer=start, seed=1,
          kernel_initializer=start)
    outputs, _ = layer(tf.constant(X, "float32"))
    saved = layer.saveable  # what a checkpoint would hold
    train = tf.train.GradientDescentOptimizer(.1).minimize(
        tf.reduce_sum(outputs), var_list=layer.weights)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      fetches = {spec.name.partition("/")[2]: spec.tensor
                 for spec in saved.specs}
      before = session.run(fetches)
      session.run(train)
      after = session.run(fetches)
    moved[variables] = {key: after[key] - before[key] for key in before}
  assert set(moved["canonical"]) == set(moved["opaque"])
  for key, step in moved["canonical"].items():
    twice = key.endswith("bias") and "candidate" not in key
    assert np.max(np.abs(step)) > 1e-4, key
    np.testing.assert_allclose(
        moved["opaque"][key], step * (2 if twice else 1), rtol=0, atol=1e-6,
        err_msg=key)
