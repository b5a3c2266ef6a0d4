"""Kills at random moments: what is there afterwards is the old or the new.

Everything that runs TensorFlow runs in children of this process.
"""

import argparse
import collections
import contextlib
import hashlib
import os
import pathlib
import random
import shutil
import sys
import tempfile
import typing

import numpy as np

import tfcompat_rnn
from tests.campaign import children
from tfcompat_rnn import cells
from tfcompat_rnn import checkpoints
from tfcompat_rnn import cli
from tfcompat_rnn._tf import tf
from tfcompat_rnn.compare import recording
from tfcompat_rnn.export import export_model
from tfcompat_rnn.streaming import StreamingSession

tried = collections.Counter()


class Writer(typing.NamedTuple):
  """What is killed.

  prepare: makes the old state in a folder.
  write: replaces it by the new one; takes the folder and `ready`.
  read: the state that is there, as text, or raises if it is not whole.
  many: whether `write` goes through several states, which `read` of an
    undisturbed run lists, separated by blanks.
  """
  prepare: typing.Callable
  write: typing.Callable
  read: typing.Callable
  many: bool = False


def _digest(arrays):
  found = hashlib.sha1()
  for name in sorted(arrays):
    found.update(name.encode() + np.ascontiguousarray(arrays[name]).tobytes())
  return found.hexdigest()[:12]


# `checkpoint convert`, or `write_checkpoint`.

def _numbers(seed):
  draw = np.random.RandomState(seed)
  return {f"layer_{n}/kernel": draw.randn(40, 30) for n in range(6)}


def _prepare_checkpoints(folder):
  checkpoints.write_checkpoint(folder / "source", _numbers(1))
  checkpoints.write_checkpoint(folder / "target", _numbers(2))


def _convert(folder, ready):
  ready()
  code = cli.main(["checkpoint", "convert", str(folder / "source"),
                   str(folder / "target"), "--overwrite", "--rename",
                   "layer_=stage_"])
  assert code == 0, code


def _contents(prefix):
  found = checkpoints.open_checkpoint(prefix)
  return _digest({key: found[key] for key in found})


def _read_checkpoint(folder):
  _contents(folder / "source")
  return _contents(folder / "target")


# Training with tf.train.Saver.

class _Saver(tf.train.Saver):
  """A saver with more moments at which it can be killed."""

  def _RecordLastCheckpoint(self, latest):  # noqa: N802 (the name it has)
    children.moment()
    super()._RecordLastCheckpoint(latest)
    children.moment()

  def _MaybeDeleteOldCheckpoints(self, *args, **kwargs):  # noqa: N802
    children.moment()
    super()._MaybeDeleteOldCheckpoints(*args, **kwargs)


def _train(folder, ready, keep=2, steps=20):
  tf.disable_v2_behavior()
  with tf.Graph().as_default():
    tf.set_random_seed(1)
    x = tf.constant(np.random.RandomState(0).randn(4, 3, 5), tf.float32)
    outputs, _ = tf.nn.dynamic_rnn(cells.LSTMCell(20), x, dtype=tf.float32)
    step = tf.train.get_or_create_global_step()
    train = tf.train.AdamOptimizer(.01).minimize(
        tf.reduce_sum(tf.square(outputs)), step)
    saver = _Saver(max_to_keep=keep)
    config = tf.ConfigProto(inter_op_parallelism_threads=1,
                            intra_op_parallelism_threads=1)
    with tf.Session(config=config) as session:
      session.run(tf.global_variables_initializer())
      newest = tf.train.latest_checkpoint(str(folder))
      if newest:
        saver.restore(session, newest)
      ready()
      for _ in range(steps):
        session.run(train)
        children.moment()
        saver.save(session, str(folder / "model"), step,
                   write_meta_graph=False)


def _read_training(folder):
  """All checkpoints that `checkpoint` lists are whole; the newest one."""
  state = tf.train.get_checkpoint_state(str(folder))
  newest = [_contents(path) for path in state.all_model_checkpoint_paths
            if os.path.exists(path + ".index")]
  assert os.path.exists(state.model_checkpoint_path + ".index")
  return newest[-1]


# `record`.

_PROGRAM = """\
import numpy as np
import tensorflow as tf
x = tf.placeholder(tf.float32, [2, 3, 4])
outputs, _ = tf.nn.dynamic_rnn(
    tf.nn.rnn_cell.GRUCell({units}), x, dtype=tf.float32)
with tf.Session() as session:
  session.run(tf.global_variables_initializer())
  for step in range(20):
    session.run(outputs, {{x: np.full([2, 3, 4], step)}})
"""


def _record(folder, ready, units=3):
  program = folder / f"program_{units}.py"
  program.write_text(_PROGRAM.format(units=units))
  ready()
  code = cli.main(["record", str(program), "-o", str(folder / "r.npz")])
  assert not code, code


def _read_recording(folder):
  found = recording.Recording(folder / "r.npz")
  calls = [call for call in found.calls()]
  assert len(calls) == 21
  return str(calls[-1].fetched[0].value.shape)


# `StreamingSession.snapshot`.

@contextlib.contextmanager
def _serving():
  with tf.Graph().as_default(), tf.Session() as session:
    tf.set_random_seed(2)
    streams = StreamingSession(
        cells.LSTMCell(200), tf.TensorSpec([None, 2], tf.float32), 100,
        session=session)
    session.run(tf.global_variables_initializer())
    yield streams


def _prepare_snapshot(folder):
  with _serving() as streams:
    for stream in range(80):
      streams.open(stream)
    streams.step([(stream, [1, stream]) for stream in range(80)])
    streams.snapshot(folder / "streams")


def _snapshot(folder, ready):
  with _serving() as streams:
    streams.restore(folder / "streams")
    streams.step([(stream, [2, stream]) for stream in range(50)])
    ready()
    streams.snapshot(folder / "streams")


def _read_snapshot(folder):
  with _serving() as streams:
    streams.restore(folder / "streams")
    assert len(streams) == 80
    return _digest({str(stream): np.stack(tf.nest.flatten(
        streams.state(stream))) for stream in streams.streams})


# `export-model`.

def _export(folder, ready):
  tf.disable_v2_behavior()
  with tf.Graph().as_default():
    tf.set_random_seed(1)
    x = tf.placeholder(tf.float32, [None, 3, 5], "x")
    outputs, _ = tf.nn.dynamic_rnn(cells.GRUCell(20), x, dtype=tf.float32)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      ready()
      export_model(str(folder / "model"), session,
                   tfcompat_rnn.Signature({"x": x}, {"y": outputs}),
                   check=False)


def _read_export(folder):
  path = folder / "model"
  if not path.exists():
    return "none"
  with tf.Graph().as_default(), tf.Session() as session:
    tf.saved_model.load(session, ["serve"], str(path))
    return _digest({v.op.name: session.run(v)
                    for v in tf.global_variables()})


WRITERS = {
    "convert": Writer(_prepare_checkpoints, _convert, _read_checkpoint),
    "training": Writer(
        lambda folder: _train(folder, lambda: None, steps=2), _train,
        _read_training, many=True),
    "record": Writer(lambda folder: _record(folder, lambda: None, 2), _record,
                     _read_recording),
    "snapshot": Writer(_prepare_snapshot, _snapshot, _read_snapshot),
    "export": Writer(lambda folder: None, _export, _read_export),
}
_prepared = {}


class _Prepared(typing.NamedTuple):
  """Of an undisturbed run: its states, calls that change files, seconds."""
  folder: tempfile.TemporaryDirectory
  old: str
  states: set
  calls: int
  seconds: float


def _prepare(name):
  if name in _prepared:
    return _prepared[name]
  writer = WRITERS[name]
  base = tempfile.TemporaryDirectory()
  old, new = pathlib.Path(base.name, "old"), pathlib.Path(base.name, "new")
  old.mkdir()
  children.run(lambda ready: writer.prepare(old))
  first = children.run(lambda ready: writer.read(old))[0]
  states = {first}
  shutil.copytree(old, new)
  _moved(old, new)
  more = {"keep": 1000} if writer.many else {}
  _, calls, seconds = children.run(
      lambda ready: writer.write(new, ready, **more))
  if writer.many:
    states |= set(children.run(lambda ready: [
        _contents(path) for path in tf.train.get_checkpoint_state(
            str(new)).all_model_checkpoint_paths])[0])
  else:
    states.add(children.run(lambda ready: writer.read(new))[0])
  assert len(states) > 1
  _prepared[name] = _Prepared(base, first, states, calls, seconds)
  return _prepared[name]


def _moved(old, new):
  """The list of checkpoints names a folder."""
  listed = new / "checkpoint"
  if listed.exists():
    listed.write_text(listed.read_text().replace(str(old), str(new)))


def check(name, call=None, share=None):
  """Kills a writer, and reads what is there.

  call: before which of the calls that change files, from 1; or
  share: when, as a share of the seconds of an undisturbed run.
  """
  found = _prepare(name)
  old = pathlib.Path(found.folder.name, "old")
  with tempfile.TemporaryDirectory() as base:
    folder = pathlib.Path(base) / "killed"
    shutil.copytree(old, folder)
    _moved(old, folder)
    in_time = children.killed(
        lambda ready: WRITERS[name].write(folder, ready), before=call,
        after=None if share is None else share * found.seconds)
    tried[f"{name} {'killed' if in_time else 'too late'}"] += 1
    try:
      state = children.run(lambda ready: WRITERS[name].read(folder))[0]
    except children.ChildError as error:
      left = sorted(str(path.relative_to(folder))
                    for path in folder.rglob("*"))
      raise AssertionError(
          f"neither the old nor the new state: {error}; there is {left}"
      ) from None
    assert state in found.states, f"another state, {state}"
    if in_time:
      tried[f"{name} {'old' if state == found.old else 'new'}"] += 1


def kills(seed, name=None):
  """Arguments of `check`, without end: all of one writer."""
  draw = random.Random(seed)
  name = name or draw.choice(sorted(WRITERS))
  while True:
    if draw.random() < .5:
      yield name, draw.randint(1, max(_prepare(name).calls, 1)), None
    else:
      yield name, None, draw.uniform(0, 1.1)


def forget():
  while _prepared:
    _prepared.popitem()[1].folder.cleanup()


def main():
  parser = argparse.ArgumentParser(
      prog="python -m tests.campaign.kills",
      description="Kills each writer until COUNT were killed in time. Ends at "
      "the first that leaves neither the old nor the new state.")
  parser.add_argument("--count", type=int, default=100)
  parser.add_argument("--seed", type=int, default=0)
  parser.add_argument("writers", nargs="*", metavar="WRITER", help=(
      "one of " + ", ".join(WRITERS)))
  options = parser.parse_args()
  for name in options.writers or WRITERS:
    for case in kills(options.seed, name):
      check(*case)
      if tried[f"{name} killed"] == options.count:
        break
    print(f"{name}: {options.count} of {options.count} kills left the old "
          f"({tried[name + ' old']}) or a new state "
          f"({tried[name + ' new']})", flush=True)
  forget()


if __name__ == "__main__":
  sys.exit(main())
