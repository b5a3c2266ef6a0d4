"""Trains a character model in child processes that are killed and resumed.

  python survival_runs.py FOLDER MODEL STEPS KILLS SEED

TensorFlow is imported once; each life of the training is a forked child. The
first child trains without interruption, in FOLDER/whole. Then FOLDER/killed is
trained by children that are ended by SIGKILL, KILLS times, each at a place
drawn from SEED; the next child restores the newest checkpoint. The last one
finishes. test_survival.py compares the results.
"""

import collections
import json
import os
import pathlib
import pydoc_data.topics
import random
import signal
import sys
import time
import traceback

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402

from tfcompat_rnn import cells  # noqa: E402
from tfcompat_rnn import pipeline  # noqa: E402
from tfcompat_rnn import state  # noqa: E402
from tfcompat_rnn._tf import tf  # noqa: E402
from tfcompat_rnn.datasets import continuing  # noqa: E402

ROWS, WINDOW, UNITS, SAVE_EVERY, KEEP = 4, 7, 12, 5, .8

# The places where a child can be killed. "step": right after a step, before
# anything of it is saved. "anywhen": some milliseconds after a step began, from
# outside. The others are during `Saver.save`. "writing": from outside, as soon
# as part of a new checkpoint appears in the folder. "merge": the temporary file
# is complete but not yet moved into place (with a sharded saver). "list": the
# checkpoint exists, but the file `checkpoint` does not name it yet. "delete":
# it does, but old checkpoints have not been deleted yet.
PLACES = ("step", "writing", "list", "anywhen", "delete", "merge")
Kill = collections.namedtuple("Kill", "place step delay")


def die():
  os.kill(os.getpid(), signal.SIGKILL)


class Saver(tf.train.Saver):
  """A saver that can be killed while it is saving."""

  place = None

  def _RecordLastCheckpoint(self, latest):  # noqa: N802 (the name it has)
    if self.place == "list":
      die()
    super()._RecordLastCheckpoint(latest)

  def _MaybeDeleteOldCheckpoints(self, *args, **kwargs):  # noqa: N802
    if self.place == "delete":
      die()
    super()._MaybeDeleteOldCheckpoints(*args, **kwargs)

  def watch_merges(self):
    """Inserts an op that may kill between writing the file and moving it."""
    merges = [op for op in tf.get_default_graph().get_operations()
              if op.type == "MergeV2Checkpoints"]
    written = [op for op in tf.get_default_graph().get_operations()
               if op.type == "SaveV2"]
    assert written and len(merges) == bool(self._sharded)
    if not merges:
      return
    with tf.control_dependencies(written):
      watch = tf.numpy_function(self._merge, [], [])
    merges[0]._add_control_input(watch)

  def _merge(self):
    if self.place == "merge":
      die()


def text_batches():
  """The text of Python's own manual as IDs, in rows that continue."""
  topics = pydoc_data.topics.topics
  text = "".join(topics[name] for name in sorted(topics))[:1500]
  letters = sorted(set(text))
  ids = np.array([letters.index(letter) for letter in text], np.int32)
  # Documents of different lengths, so that rows are reset inside a window.
  cuts = [0, 230, 500, 680, 960, 1050, 1290, 1500]
  documents = [ids[a:b] for a, b in zip(cuts, cuts[1:])]
  return continuing.ContinuingBatches(
      documents, ROWS, WINDOW, epochs=None, shuffle=True, seed=4,
      drop_remainder=True), len(letters)


class Training:
  """The graph: model, kept state, kept position, optimizer, saver."""

  def __init__(self, model):
    tf.set_random_seed(11)
    self.batches, letters = text_batches()
    self.ids = tf.placeholder(tf.int32, [ROWS, WINDOW])
    self.targets = tf.placeholder(tf.int32, [ROWS, WINDOW])
    self.reset = tf.placeholder(tf.bool, [ROWS, WINDOW])
    step = tf.train.create_global_step()
    table = tf.get_variable("embedding", [letters, UNITS])
    inputs = tf.nn.embedding_lookup(table, self.ids)
    # A mask that depends only on the step, because checkpoints do not contain
    # the state of random ops.
    dice = tf.random.stateless_uniform(
        tf.shape(inputs), seed=tf.stack([tf.constant(5, tf.int64), step]))
    inputs = tf.where(dice < KEEP, inputs / KEEP, tf.zeros_like(inputs))
    make = cells.GRUCell if "gru" in model else cells.LSTMCell
    cell = cells.MultiRNNCell([make(UNITS) for _ in range(2)])
    rnn = self.loop(model, cell, inputs)
    logits = tf.tensordot(
        rnn.outputs, tf.get_variable("out", [UNITS, letters]), 1)
    self.loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=self.targets, logits=logits))
    self.position = pipeline.SavedPosition(self.batches)
    train = tf.train.AdamOptimizer(.01).minimize(self.loss, global_step=step)
    self.update = [train, rnn.keep_state_op, self.position.keep_op]
    self.step = step
    self.variables = tf.global_variables()
    self.initialize = tf.global_variables_initializer()
    self.saver = Saver(max_to_keep=2, sharded="sharded" in model)
    self.saver.watch_merges()
    tf.get_default_graph().finalize()

  def loop(self, model, cell, inputs):
    kept = (state.PackedStateVariables if "packed" in model
            else state.StateVariables)(cell, ROWS)
    return state.stateful_rnn(
        cell, inputs, state=kept, reset_mask=self.reset,
        static="static" in model)


def config():
  return tf.ConfigProto(inter_op_parallelism_threads=1,
                        intra_op_parallelism_threads=1)


def live(folder, model, steps, kill=None, ready=None):
  """One life: from the newest checkpoint to the last step, or to `kill`.

  Writes to `ready` when the killer outside should start.
  """
  if "reference" in model:
    tf.disable_v2_behavior()
  with tf.Graph().as_default():
    run(Training(model), folder, steps, kill, ready)


def run(training, folder, steps, kill, ready):
  log = os.open(folder / "log.txt", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
  with tf.Session(config=config()) as session:
    session.run(training.initialize)
    newest = tf.train.latest_checkpoint(str(folder))
    if newest:
      training.saver.restore(session, newest)
      training.position.recall(session)
    step = int(session.run(training.step))
    for batch in training.batches:
      if step == steps:
        break
      if kill and (step, kill.place) == (kill.step, "anywhen"):
        os.write(ready, b"!")
      loss, _ = session.run(
          [training.loss, training.update],
          {training.ids: batch.inputs, training.targets: batch.targets,
           training.reset: batch.reset_mask,
           training.position.fed: batch.position})
      line = f"{step} {loss.tobytes().hex()} {batch.position.tolist()}\n"
      os.write(log, line.encode())
      step += 1
      if kill and (step, kill.place) == (kill.step, "step"):
        die()
      if step % SAVE_EVERY == 0:
        if kill and step >= kill.step:
          training.saver.place = kill.place
          if kill.place == "writing":
            os.write(ready, b"!")
        training.saver.save(session, str(folder / "model"), step,
                            write_meta_graph=False)
    values = session.run(training.variables)
  os.close(log)
  np.savez(folder / "end.npz", **{
      variable.op.name: value
      for variable, value in zip(training.variables, values)})


def kill_from_outside(kill, child, folder):
  """Waits for the right moment and ends `child`."""
  if kill.place == "anywhen":
    time.sleep(kill.delay)
  else:
    seen = set(os.listdir(folder))
    until = time.time() + 5
    while not set(os.listdir(folder)) - seen and time.time() < until:
      pass
    time.sleep(kill.delay / 20)
  os.kill(child, signal.SIGKILL)


def run_life(folder, model, steps, kill=None):
  """Forks one life; returns the signal that ended it, or 0."""
  sys.stdout.flush()
  waiting, ready = os.pipe()
  child = os.fork()
  if child == 0:
    try:
      os.close(waiting)
      live(folder, model, steps, kill, ready)
    except BaseException:
      traceback.print_exc()
      sys.stderr.flush()
      os._exit(1)
    os._exit(0)
  os.close(ready)
  with open(waiting, "rb", buffering=0) as pipe:
    if pipe.read(1):
      kill_from_outside(kill, child, folder)
  _, status = os.waitpid(child, 0)
  if os.WIFEXITED(status) and os.WEXITSTATUS(status):
    raise RuntimeError(f"a child failed in {folder} ({kill})")
  return os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0


def saved_step(folder):
  newest = tf.train.latest_checkpoint(str(folder))
  return int(newest.rsplit("-", 1)[1]) if newest else 0


def main():
  base, model = pathlib.Path(sys.argv[1]), sys.argv[2]
  steps, kills, seed = map(int, sys.argv[3:])
  whole, killed = base / "whole", base / "killed"
  whole.mkdir(parents=True)
  killed.mkdir()
  assert run_life(whole, model, steps) == 0
  dice = random.Random(seed)
  report = []
  places = PLACES if "sharded" in model else PLACES[:-1]
  for number in range(kills):
    at = saved_step(killed)
    last = steps - 2 * SAVE_EVERY
    kill = Kill(places[number % len(places)],
                min(at + dice.randint(1, 2 * SAVE_EVERY), last),
                dice.uniform(0, .02))
    signal_number = run_life(killed, model, steps, kill)
    report.append({
        **kill._asdict(), "began": at, "signal": signal_number,
        "left": sorted(os.listdir(killed))})
  assert run_life(killed, model, steps) == 0
  (base / "report.json").write_text(json.dumps(report, indent=1))


if __name__ == "__main__":
  main()
