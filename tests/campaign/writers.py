"""Two processes that write one target at the same time.

Each writes its whole work or is told, and nothing is mixed.
"""

import collections
import os
import pathlib
import random
import signal
import tempfile

import numpy as np

from tests.campaign import children
from tfcompat_rnn import _errors
from tfcompat_rnn import checkpoints
from tfcompat_rnn.checkpoints.export import files

tried = collections.Counter()
# Names of both, so that a mixture of two files can be read.
_KEYS = ("a", "b", "c")


def _numbers(seed, size):
  draw = np.random.RandomState(seed)
  return {key: draw.randn(size + seed, 50) for key in _KEYS}


def _write(kind, path, seed, size, overwrite):
  arrays = _numbers(seed, size)
  if kind == "checkpoint":
    checkpoints.write_checkpoint(path, arrays, overwrite)
  else:
    files.write_npz(path, arrays, overwrite)


def _read(kind, path):
  found = (checkpoints.open_checkpoint(path) if kind == "checkpoint"
           else files.read_npz(path))
  return {key: found[key].shape[0] for key in found}, float(
      sum(found[key].sum() for key in found))


def check(kind, overwrite, size, times, before):
  """Two processes write `times` times each, and start at the same moment.

  Arguments:
    kind: "checkpoint" or "npz".
    overwrite: whether they may replace what is there.
    size: int, of the arrays.
    times: int, how often each writes.
    before: whether there is a checkpoint already.
  """
  with tempfile.TemporaryDirectory() as base:
    path = pathlib.Path(base) / "target"

    def writer(seed):
      def run(ready):
        ready()
        done, told = 0, []
        for _ in range(times):
          try:
            _write(kind, path, seed, size, overwrite)
            done += 1
          except _errors.TfcompatError as error:
            told.append(str(error))
        assert all("\n" not in text for text in told), told
        return done
      return run
    allowed = [1, 2]
    if before:
      children.run(lambda ready: _write(kind, path, 3, size, False))
      allowed.append(3)
    started = [children.start(writer(seed)) for seed in (1, 2)]
    done = [_result(child, pipe) for child, pipe in started]
    shapes, total = children.run(lambda ready: _read(kind, path))[0]
    wrote = [seed for seed in allowed
             if shapes == {key: size + seed for key in _KEYS}]
    assert wrote, f"a mixture: {shapes}"
    right = float(sum(array.sum() for array in _numbers(
        wrote[0], size).values()))
    assert abs(total - right) < 1e-6, f"a mixture: {total}, not {right}"
    if wrote[0] != 3:
      assert done[wrote[0] - 1], "who wrote it was told that it did not"
    if not overwrite:
      assert sum(done) == (0 if before else 1), f"{done} were told they wrote"
    left = [name for name in os.listdir(base) if name.startswith(".")]
    assert not left, f"left behind: {left}"
    tried[f"target {kind}"] += 1
    tried["writes"] += 2 * times


def _result(child, pipe):
  said = b""
  while True:
    piece = os.read(pipe, 1 << 16)
    if not piece:
      break
    said += piece
  os.close(pipe)
  _, status = os.waitpid(child, 0)
  code = os.waitstatus_to_exitcode(status)
  if code:
    kind = signal.Signals(-code).name if code < 0 else code
    raise children.ChildError(f"a writer ended with {kind}")
  return int(said.lstrip(b"!").split(b",")[0].strip(b"[ "))


def races(seed):
  """Arguments of `check`, without end."""
  draw = random.Random(seed)
  while True:
    yield (draw.choice(["checkpoint", "npz"]), draw.random() < .6,
           draw.choice([1, 10, 400]), draw.randint(1, 3), draw.random() < .5)


def forget():
  """There is nothing to forget."""
