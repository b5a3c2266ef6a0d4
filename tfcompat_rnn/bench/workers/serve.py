"""A process that builds and runs one contestant when told to.

  python serve.py MODULE WAY THREADS [FOLDER]

MODULE, of this folder, has a class `Contestant(way, threads)` with `versions`,
`build(spec)`, `step()` and `results()`. WAY, in JSON, says which contestant of
the module it is to be. FOLDER is where this package is, if MODULE needs it.

A question is a line of JSON on standard input, `[name, argument, ...]`; the
answer is one on standard output. The end of standard input ends the process.
"""

import gc
import importlib
import json
import os
import sys
import time

import memory
import numpy as np


class Server:
  """Answers the questions about one contestant."""

  def __init__(self, module, way, threads):
    begun = time.perf_counter()
    self._contestant = importlib.import_module(module).Contestant(way, threads)
    self.imported = {"versions": self._contestant.versions,
                     "seconds": time.perf_counter() - begun}
    gc.collect()
    memory.forget_peak()
    self._base = memory.now()

  def build(self, spec):
    """Builds the network; how long that took, and what is to be said of it."""
    begun = time.perf_counter()
    notes = self._contestant.build(spec)
    return {"seconds": time.perf_counter() - begun, "notes": notes or []}

  def start(self, warm_up):
    """The first step, and `warm_up` more; what they took, and the memory.

    There are as many more as the contestant `settles` in, if that is said.
    """
    first = self._step()
    first_peak = self._above(memory.peak())
    seconds = first
    for _ in range(max(warm_up, getattr(self._contestant, "settles", 0))):
      seconds = self._step()
    gc.collect()
    memory.forget_peak()
    self._step()
    return {"first": first, "seconds": seconds,
            "memory": self._above(memory.peak()), "first_memory": first_peak}

  def results(self, path):
    """Writes outputs and gradients to the file `path`; None without any."""
    found = self._contestant.results()
    if found is not None:
      np.savez(path, *found)
    return {"path": path if found is not None else None}

  def run(self, times):
    """The seconds of each of `times` steps."""
    return {"seconds": [self._step() for _ in range(times)]}

  def _step(self):
    begun = time.perf_counter()
    self._contestant.step()
    return time.perf_counter() - begun

  def _above(self, size):
    if size is None or self._base is None:
      return size
    return max(size - self._base, 0)


def one_line(error):
  """An exception as one line that is not too long."""
  lines = [line.strip() for line in str(error).splitlines() if line.strip()]
  text = "{}: {}".format(type(error).__name__, lines[0] if lines else "")
  return text if len(text) <= 200 else text[:197] + "..."


def main(argv):
  # Whatever a library prints must not come between the answers.
  answers = os.fdopen(os.dup(1), "w")
  os.dup2(2, 1)

  def answer(function, *arguments):
    try:
      found = function(*arguments)
    except Exception as error:  # the parent reports it and goes on
      found = {"error": one_line(error)}
    try:
      answers.write(json.dumps(found) + "\n")
      answers.flush()
    except BrokenPipeError:
      sys.exit(1)
    return "error" not in found

  module, way, threads = argv[:3]
  sys.path.extend(argv[3:])
  server = []

  def ready():
    server.append(Server(module, json.loads(way), int(threads)))
    return server[0].imported

  if not answer(ready):
    return 1
  for line in sys.stdin:
    name, *arguments = json.loads(line)
    answer(getattr(server[0], name), *arguments)
  return 0


if __name__ == "__main__":
  code = main(sys.argv[1:])
  sys.stderr.flush()
  os._exit(code)  # threads of a library may refuse to end
