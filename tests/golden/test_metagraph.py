"""The meta graph and checkpoint that a program saved with 1.15, used today."""

import os

import numpy as np
import pytest

from golden import models
from golden import registry
from golden import test_golden
from oracle import files

FOLDER = os.path.join(registry.DATA, "metagraph")
MODELS = [pytest.param(model, id=name)
          for name, model in models.MODELS.items()]


def saved(model):
  """`(path of the checkpoint, {name: value in 1.15}, facts)`."""
  path = os.path.join(FOLDER, model.name)
  return path, files.read_arrays(path + ".npz"), files.read_json(
      path + ".json.gz")


@pytest.fixture
def meta_graph(tmp_path):
  """`meta_graph(model)`: path of the meta graph that 1.15 saved."""
  def unpack(model):
    path = tmp_path / f"{model.name}.meta"
    path.write_bytes(files.read_bytes(
        os.path.join(FOLDER, model.name + ".meta.gz")))
    return str(path)
  return unpack


def assert_computes(session, model, numbers):
  """Compares every tensor by its 1.15 name, then five training steps."""
  graph = session.graph
  for name in model.fetches:
    tensor = graph.get_tensor_by_name(name)
    got = session.run(tensor, model.feeds)
    assert test_golden.far_apart(
        {name: numbers[name]}, {name: np.asarray(got)}, "float32") == []
  losses = np.array(models.train(session, model.feeds, 5))
  assert losses[-1] < losses[0]
  assert test_golden.far_apart(
      {"losses": numbers["losses"]}, {"losses": losses}, "float32") == []


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("model", MODELS)
def test_import_meta_graph_computes_and_trains_as_1_15_did(model, meta_graph):
  tf = test_golden.namespace()
  path, numbers, facts = saved(model)
  with tf.Graph().as_default() as graph:
    saver = tf.train.import_meta_graph(meta_graph(model))
    with tf.Session() as session:
      saver.restore(session, path)
      assert [[v.name, v.shape.as_list()]
              for v in tf.global_variables()] == facts["variables"]
      assert graph.get_operation_by_name("train") is not None
      assert_computes(session, model, numbers)


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("model", MODELS)
def test_checkpoint_of_1_15_restores_into_our_graph(model):
  tf = test_golden.namespace()
  path, numbers, facts = saved(model)
  with tf.Graph().as_default():
    saver = model.build(tf)
    assert [[v.name, v.shape.as_list()]
            for v in tf.global_variables()] == facts["variables"]
    with tf.Session() as session:
      saver.restore(session, path)
      assert session.run(tf.report_uninitialized_variables()).size == 0
      assert_computes(session, model, numbers)


@pytest.mark.spread(fast=2)
@pytest.mark.parametrize("model", MODELS)
def test_a_checkpoint_of_ours_restores_into_the_graph_of_1_15(
    model, meta_graph, tmp_path):
  tf = test_golden.namespace()
  path, numbers, _ = saved(model)
  ours = str(tmp_path / "ours")
  with tf.Graph().as_default():
    saver = model.build(tf)
    with tf.Session() as session:
      saver.restore(session, path)
      saver.save(session, ours)
  with tf.Graph().as_default():
    saver = tf.train.import_meta_graph(meta_graph(model))
    with tf.Session() as session:
      saver.restore(session, ours)
      assert_computes(session, model, numbers)


def test_other_weights_compute_other_numbers(meta_graph):
  """Without the checkpoint, the comparison above fails."""
  tf = test_golden.namespace()
  model = models.MODELS["lstm"]
  _, numbers, _ = saved(model)
  with tf.Graph().as_default():
    tf.train.import_meta_graph(meta_graph(model))
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      with pytest.raises(AssertionError):
        assert_computes(session, model, numbers)
