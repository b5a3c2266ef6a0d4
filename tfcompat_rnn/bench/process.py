"""One worker: its process, and questions to it."""

from __future__ import annotations

import json
import os
import pathlib
import selectors
import subprocess
import sys
import tempfile
import time

from tfcompat_rnn import _errors

_FOLDER = pathlib.Path(__file__).resolve().parent / "workers"
_ROOT = _FOLDER.parents[2]
# How many threads the matrix products of NumPy and PyTorch use.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS",
           "VECLIB_MAXIMUM_THREADS")


class WorkerError(_errors.TfcompatError, RuntimeError):
  """A contestant failed; the message says why, in one line."""


def environment(threads: int, ours: bool) -> dict[str, str]:
  """The environment of a worker; `ours`: it has this interpreter's path."""
  found = dict(os.environ)
  found.update(dict.fromkeys(THREADS, str(threads)))
  found.update(TF_CPP_MIN_LOG_LEVEL="3", PYTHONWARNINGS="ignore",
               CUDA_VISIBLE_DEVICES="-1", KERAS_BACKEND="tensorflow",
               # __pycache__ of one interpreter is of no use to another.
               PYTHONDONTWRITEBYTECODE="1")
  # TensorFlow 2 sets this when it is imported, and 1.x would obey it.
  found.pop("TF2_BEHAVIOR", None)
  if not ours:
    found.pop("PYTHONPATH", None)
    found.pop("PYTHONHOME", None)
  return found


class Process:
  """A process that answers questions, both of them lines of JSON.

  The first answer comes without a question.

  Raises:
    WorkerError: from `hear` and `ask`, if the process says so, ends, or takes
      more than `limit` seconds.
  """

  def __init__(self, command, environment, folder=None):
    self._errors = tempfile.TemporaryFile()
    self._rest = b""
    # A session of its own: Ctrl-C reaches this process only, which closes the
    # others. If it is killed, they end with their standard input.
    self._process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=self._errors, start_new_session=True, env=environment,
        cwd=folder)

  def __enter__(self):
    return self

  def __exit__(self, *_):
    self.close()

  @property
  def pid(self):
    return self._process.pid

  def ask(self, limit, *question):
    """The answer to `question`, a name and arguments, as a dictionary."""
    try:
      self._process.stdin.write(json.dumps(question).encode() + b"\n")
      self._process.stdin.flush()
    except OSError:
      raise WorkerError(self._why()) from None
    return self.hear(limit)

  def hear(self, limit):
    """The next answer."""
    found = json.loads(self._line(limit))
    if "error" in found:
      raise WorkerError(found["error"])
    return found

  def _line(self, limit):
    end = time.monotonic() + limit
    stream = self._process.stdout
    with selectors.DefaultSelector() as selector:
      selector.register(stream, selectors.EVENT_READ)
      while b"\n" not in self._rest:
        if not selector.select(max(end - time.monotonic(), 0)):
          raise WorkerError(f"no answer within {limit:g} seconds")
        data = os.read(stream.fileno(), 65536)
        if not data:
          raise WorkerError(self._why())
        self._rest += data
    line, _, self._rest = self._rest.partition(b"\n")
    return line

  def _why(self):
    """Why the process ended: its exit code, and the last line that it said."""
    code = self._process.wait()
    self._errors.seek(0)
    lines = self._errors.read().decode("utf-8", "replace").split("\n")
    said = [line.strip() for line in lines if line.strip()][-1:]
    ended = (f"was killed by signal {-code}" if code < 0
             else f"ended with exit code {code}")
    return ": ".join([f"the process {ended}", *said])[:200]

  def close(self):
    """Ends the process."""
    self._process.kill()
    self._process.wait()
    for stream in (self._process.stdin, self._process.stdout, self._errors):
      try:
        stream.close()
      except OSError:  # what was still to be written has no reader
        pass


class Worker(Process):
  """The process of one contestant.

    with Worker(contestant, sys.executable, threads=2) as worker:
      worker.hear(limit=60)              # it has imported its library
      worker.ask(60, "build", task.spec())
  """

  def __init__(self, contestant, python=sys.executable, threads=1):
    command = [python, str(_FOLDER / "serve.py"), contestant.module,
               json.dumps(contestant.way), str(threads)]
    if contestant.ours:
      command.append(str(_ROOT))
    super().__init__(
        command, environment(threads, ours=python == sys.executable))
