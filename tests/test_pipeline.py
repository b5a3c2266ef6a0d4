"""The tf.data form of ContinuingBatches, and its position in a checkpoint."""

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import pipeline
from tfcompat_rnn._tf import tf
from tfcompat_rnn.datasets.continuing import ContinuingBatches

PARTS = [np.arange(size, dtype=np.int32) + 100 * size
         for size in (9, 4, 13, 7, 5, 11)]


@pytest.fixture(params=["2.x behaviour", "1.x behaviour"], autouse=True)
def behaviour(request):
  """Resource variables and functional loops, or neither."""
  before = tf.resource_variables_enabled(), tf.control_flow_v2_enabled()

  def switch(resource, functional):
    (tf.enable_resource_variables if resource
     else tf.disable_resource_variables)()
    (tf.enable_control_flow_v2 if functional
     else tf.disable_control_flow_v2)()

  switch(*[request.param == "2.x behaviour"] * 2)
  yield request.param
  switch(*before)


def make(**options):
  return ContinuingBatches(PARTS, 2, 3, epochs=2, shuffle=True, **options)


def drained(session, batch):
  fetches = {name: part for name, part in batch._asdict().items()
             if part is not None}
  found = []
  while True:
    try:
      found.append(session.run(fetches))
    except tf.errors.OutOfRangeError:
      return found


@pytest.mark.parametrize("targets", ["next", None])
def test_the_dataset_deals_the_same_batches(targets):
  batches = make(targets=targets)
  next(batches)
  with tf.Graph().as_default():
    dataset = pipeline.continuing_dataset(batches).prefetch(4)
    iterator = tf.data.make_initializable_iterator(dataset)
    batch = iterator.get_next()
    assert batch.inputs.shape.as_list() == [2, 3]
    assert batch.inputs.dtype == tf.int32
    assert batch.reset_mask.dtype == tf.bool
    assert (batch.targets is None) == (targets is None)
    with tf.Session() as session:
      session.run(iterator.initializer)
      session.graph.finalize()
      found = drained(session, batch)
  assert batches.position.tolist() == [0, 1], "the iterator itself stays"
  expected = list(batches)
  assert len(found) == len(expected) > 5
  for one, other in zip(found, expected):
    for name, value in one.items():
      np.testing.assert_array_equal(value, getattr(other, name))


def test_depth_is_in_the_static_shape():
  batches = ContinuingBatches(np.zeros((20, 5)), 2, 3,
                              targets=np.zeros((20, 1), np.float32))
  with tf.Graph().as_default():
    dataset = pipeline.continuing_dataset(batches)
    batch = tf.data.make_one_shot_iterator(dataset).get_next()
    assert batch.inputs.shape.as_list() == [2, 3, 5]
    assert batch.inputs.dtype == tf.float64
    assert batch.targets.shape.as_list() == [2, 3, 1]
    assert batch.targets.dtype == tf.float32
    batches = ContinuingBatches(np.zeros((20, 5)), 2, 3, time_major=True)
    dataset = pipeline.continuing_dataset(batches)
    batch = tf.data.make_one_shot_iterator(dataset).get_next()
    assert batch.inputs.shape.as_list() == [3, 2, 5]
    assert batch.lengths.shape.as_list() == [2]
    with tf.Session() as session:
      assert session.run(batch).reset_mask.tolist() == [
          [True, True], [False, False], [False, False]]


def test_the_position_is_saved_with_the_model(tmp_path):
  path = str(tmp_path / "model")
  batches = make()
  with tf.Graph().as_default(), tf.Session() as session:
    saved = pipeline.SavedPosition(batches)
    assert saved.variable.op.name == "input_position/position"
    assert not tf.trainable_variables()
    saver = tf.train.Saver()
    session.run(tf.global_variables_initializer())
    session.graph.finalize()
    for _ in range(4):
      batch = next(batches)
      session.run(saved.keep_op, {saved.fed: batch.position})
    saver.save(session, path)
  rest = list(batches)
  again = make()
  with tf.Graph().as_default(), tf.Session() as session:
    saved = pipeline.SavedPosition(again)
    tf.train.Saver().restore(session, path)
    assert saved.recall(session).tolist() == [0, 4]
  for one, other in zip(list(again), rest):
    np.testing.assert_array_equal(one.inputs, other.inputs)
  assert len(rest) > 3


def test_kept_in_the_run_whatever_is_prefetched(tmp_path):
  """The position kept beside a step is that step's, and a new process's
  tf.data goes on from the variable."""
  path = str(tmp_path / "model")

  def build(batches):
    saved = pipeline.SavedPosition(batches)
    dataset = pipeline.continuing_dataset(batches, saved.start).prefetch(5)
    iterator = tf.data.make_initializable_iterator(dataset)
    batch = iterator.get_next()
    return (saved, iterator.initializer, batch, saved.keep(batch.position),
            tf.train.Saver())

  expected = [batch.inputs for batch in make()]
  with tf.Graph().as_default(), tf.Session() as session:
    saved, begin, batch, keep, saver = build(make())
    session.run(tf.global_variables_initializer())
    session.run(begin)
    for step in range(3):
      inputs, _ = session.run([batch.inputs, keep])
      np.testing.assert_array_equal(inputs, expected[step])
    assert session.run(saved.start).tolist() == [0, 3]
    saver.save(session, path)
  with tf.Graph().as_default(), tf.Session() as session:
    saved, begin, batch, keep, saver = build(make())
    saver.restore(session, path)
    session.run(begin)
    found = [inputs["inputs"] for inputs in drained(session, batch)]
  assert len(found) == len(expected) - 3
  np.testing.assert_array_equal(found, expected[3:])


def test_store_writes_where_the_batches_stand():
  batches = make()
  with tf.Graph().as_default(), tf.Session() as session:
    saved = pipeline.SavedPosition(batches, name="text")
    assert saved.variable.op.name == "text/position"
    session.run(tf.global_variables_initializer())
    next(batches)
    saved.store(session)
    batches.position = [0, 0]
    assert saved.recall(session).tolist() == [0, 1]
    saved.store(session, [1, 2])
    assert saved.recall(session).tolist() == [1, 2]


def test_other_data_is_refused(tmp_path):
  path = str(tmp_path / "model")
  with tf.Graph().as_default(), tf.Session() as session:
    pipeline.SavedPosition(make())
    session.run(tf.global_variables_initializer())
    tf.train.Saver().save(session, path)
  with tf.Graph().as_default(), tf.Session() as session:
    saved = pipeline.SavedPosition(make(seed=5))
    tf.train.Saver().restore(session, path)
    with pytest.raises(_errors.ArgumentError, match="same data and settings"):
      saved.recall(session)


def test_only_continuing_batches_will_do():
  with tf.Graph().as_default():
    with pytest.raises(TypeError, match="ContinuingBatches"):
      pipeline.continuing_dataset(np.arange(9))
    with pytest.raises(TypeError, match="ContinuingBatches"):
      pipeline.SavedPosition([1, 2])
