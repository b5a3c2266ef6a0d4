"""Forks functions, and ends them at a chosen moment.

The process that forks must not have run TensorFlow.
"""

import json
import os
import signal
import sys
import time
import traceback

# What may be killed before its n-th call.
_CALLS = ("rename", "replace", "link", "unlink", "rmdir", "mkdir", "fsync",
          "chmod", "open")


def moment():
  """Counts as a call that changes files."""


class ChildError(AssertionError):
  """The function raised, or ended its process."""


def _count_calls(before):
  """Calls `before(number)` before each call that changes files."""
  count = [0]

  def counted(function):
    def call(*arguments, **more):
      count[0] += 1
      before(count[0])
      return function(*arguments, **more)
    return call
  for name in _CALLS:
    setattr(os, name, counted(getattr(os, name)))
  globals()["moment"] = counted(moment)
  return count


def start(function, kill_before=None):
  """Forks `function(ready)`; `ready()` says that the work begins.

  Returns `(child, pipe)`. The pipe gets a "!" from `ready`, and when the
  function has returned, its result and the number of calls as JSON.
  `kill_before`: the call after `ready` before which the child ends itself.
  """
  sys.stdout.flush()
  reading, writing = os.pipe()
  child = os.fork()
  if child:
    os.close(writing)
    return child, reading
  try:
    os.close(reading)
    count = [0]

    def end(number):
      if number == kill_before:
        os.kill(os.getpid(), signal.SIGKILL)

    def ready():
      os.write(writing, b"!")
      count[:] = [_count_calls(end)]
    result = function(ready)
    calls = count[0][0] if isinstance(count[0], list) else 0
    os.write(writing, json.dumps([result, calls]).encode())
  except BaseException:
    traceback.print_exc()
    sys.stderr.flush()
    os._exit(1)
  os._exit(0)


def run(function):
  """Runs `function(ready)` in a child; `(result, calls, seconds)`.

  Raises `ChildError` if it fails.
  """
  child, pipe = start(function)
  said, begun = b"", time.monotonic()
  while True:
    piece = os.read(pipe, 1 << 16)
    if not said and piece.startswith(b"!"):
      begun = time.monotonic()
    if not piece:
      break
    said += piece
  os.close(pipe)
  seconds = time.monotonic() - begun
  _, status = os.waitpid(child, 0)
  if status:
    raise ChildError(
        f"the child ended with {os.waitstatus_to_exitcode(status)}")
  result, calls = json.loads(said.lstrip(b"!"))
  return result, calls, seconds


def killed(function, before=None, after=None):
  """Runs `function(ready)` in a child and kills it; whether that was in time.

  Arguments:
    before: the number of the call before which it ends itself; or
    after: seconds after `ready` at which it is killed.
  """
  child, pipe = start(function, before)
  os.read(pipe, 1)
  if after is not None:
    time.sleep(after)
    os.kill(child, signal.SIGKILL)
  while os.read(pipe, 1 << 16):
    pass
  os.close(pipe)
  _, status = os.waitpid(child, 0)
  code = os.waitstatus_to_exitcode(status)
  if code not in (0, -signal.SIGKILL):
    raise ChildError(f"the child ended with {code}")
  return code != 0
