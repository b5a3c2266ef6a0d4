"""Each documented way to continue training, over ten restarts.

A life builds the graph anew, continues where the last one stopped, reads one
window and ends. Together the lives must have the losses of a training that was
never interrupted. (What a kill leaves is in `test_survival.py`; the examples'
own restarts in `tests/examples/`.)
"""

import pickle

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import cells

ROWS, STEPS, SYMBOLS, LIVES, KEPT = 4, 3, 7, 11, 2


class Model:
  """A small character model that carries its state in `way`."""

  def __init__(self, tf, way):
    self.batches = tfcompat_rnn.ContinuingBatches(
        np.arange(300) ** 2 % SYMBOLS, batch_size=ROWS, steps=STEPS)
    self.place = tfcompat_rnn.SavedPosition(self.batches)
    if way == "a dataset":
      dataset = tfcompat_rnn.continuing_dataset(
          self.batches, start=self.place.start)
      self.iterator = tf.data.make_initializable_iterator(dataset.prefetch(2))
      batch = self.iterator.get_next()
      self.ids, self.targets = batch.inputs, batch.targets
      moved = self.place.keep(batch.position)
    else:
      self.ids = tf.placeholder(tf.int32, [ROWS, STEPS])
      self.targets = tf.placeholder(tf.int32, [ROWS, STEPS])
      moved = self.place.keep_op
    inputs = tf.one_hot(self.ids, SYMBOLS)
    with tf.variable_scope("net", initializer=tf.random_uniform_initializer(
        -.5, .5, seed=1)):
      outputs, keep = self._loop(tf, way, cells.LSTMCell(3), inputs)
      weights = tf.get_variable("out", [3, SYMBOLS])
      logits = tf.tensordot(outputs, weights, 1)
    self.loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=self.targets, logits=logits))
    self.step = tf.train.get_or_create_global_step()
    # Only the last layer, because a loop's gradient takes long to build.
    train = tf.train.MomentumOptimizer(.5, .9).minimize(
        self.loss, global_step=self.step, var_list=[weights])
    self.update = [self.loss, train, moved, keep]

  def _loop(self, tf, way, cell, inputs):
    self.names = None
    if way == "a fed state":
      self.state = tfcompat_rnn.feedable_state(cell, inputs=inputs)
      outputs, final = tfcompat_rnn.dynamic_rnn(
          cell, inputs, initial_state=self.state)
      return outputs, final
    if way == "states by name":
      self.names = tf.placeholder(tf.string, [ROWS])
      saver = tfcompat_rnn.SequenceStateSaver(cell, self.names)
      return tfcompat_rnn.state_saving_rnn(cell, inputs, saver)[0], []
    more = {"batch_size": ROWS} if way != "packed variables" else {
        "state": tfcompat_rnn.PackedStateVariables(cell, ROWS)}
    self.rnn = tfcompat_rnn.stateful_rnn(cell, inputs, **more)
    return self.rnn.outputs, self.rnn.keep_state_op

  def feed(self, batch):
    feed = {self.ids: batch.inputs, self.targets: batch.targets,
            self.place.fed: batch.position}
    if self.names is not None:
      feed[self.names] = list("abcd")
    return feed


def live(tf, way, folder, windows):
  """One life of `windows` windows; returns their losses."""
  with tf.Graph().as_default():
    model = Model(tf, way)
    if way == "MonitoredTrainingSession":
      with tf.train.MonitoredTrainingSession(
          checkpoint_dir=folder, save_checkpoint_steps=1,
          save_summaries_steps=None, save_summaries_secs=None,
          log_step_count_steps=None) as session:
        model.place.recall(session)
        return [session.run(model.update, model.feed(next(model.batches)))[0]
                for _ in range(windows)]
    saver = tf.train.Saver(max_to_keep=KEPT)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      known = tf.train.get_checkpoint_state(folder)
      if known:
        saver.restore(session, known.model_checkpoint_path)
        saver.recover_last_checkpoints(known.all_model_checkpoint_paths)
      losses = train(way, session, model, folder, windows, bool(known))
      saver.save(session, f"{folder}/model", model.step,
                 write_meta_graph=False)
      return losses


def train(way, session, model, folder, windows, again):
  if way == "a dataset":
    session.run(model.iterator.initializer)
    return [session.run(model.update)[0] for _ in range(windows)]
  if way != "a position of one's own":
    if again:
      model.place.recall(session)
    if way == "a fed state":
      return train_fed(session, model, folder, windows, again)
    return [session.run(model.update, model.feed(next(model.batches)))[0]
            for _ in range(windows)]
  path = f"{folder}/state.pickle"
  if again:
    with open(path, "rb") as file:
      model.batches.position, state = pickle.load(file)
    # Not needed where the state is in the checkpoint; but then it is the same.
    session.run(model.rnn.zero_state_op)
    model.rnn.state.load(session, state)
  losses = [session.run(model.update, model.feed(next(model.batches)))[0]
            for _ in range(windows)]
  with open(path, "wb") as file:
    pickle.dump((model.batches.position,
                 session.run(model.rnn.initial_state)), file)
  return losses


def train_fed(session, model, folder, windows, again):
  """The program feeds the state, and keeps it in a file of its own."""
  path, losses = f"{folder}/state.pickle", []
  state = None
  if again:
    with open(path, "rb") as file:
      state = pickle.load(file)
  for _ in range(windows):
    feed = model.feed(next(model.batches))
    if state is not None:
      feed.update(tfcompat_rnn.state_feed(model.state, state))
    loss, *_, state = session.run(model.update, feed)
    losses.append(loss)
  with open(path, "wb") as file:
    pickle.dump(state, file)
  return losses


WAYS = ("variables", "packed variables", "a dataset", "a position of one's own",
        "a fed state", "states by name", "MonitoredTrainingSession")


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
  """The losses of a training that is not interrupted."""
  from tfcompat_rnn._tf import tf
  tf.disable_v2_behavior()
  return live(tf, "variables", str(tmp_path_factory.mktemp("whole")), LIVES)


@pytest.mark.slow
@pytest.mark.parametrize("way", WAYS)
def test_ten_restarts_are_not_noticed(v1, way, whole, tmp_path):
  assert whole[-1] < whole[0]
  folder = tmp_path / "model"
  folder.mkdir()
  losses = []
  for life in range(LIVES):
    losses += live(v1, way, str(folder), 1)
    saved = {path.stem for path in folder.glob("*.index")}
    if way != "MonitoredTrainingSession":  # which keeps five
      assert saved == {f"model-{number}" for number in (life, life + 1)
                       if number}
  np.testing.assert_allclose(losses, whole, rtol=1e-5)
  assert len(saved) <= 5
