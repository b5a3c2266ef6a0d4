"""Processes of one training on several hosts: addresses, waiting, watching.

Only the parts that know nothing of the model; `train_char_lm.py` uses them.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

FINISHED = 2**31 - 1  # as the update of a worker that has nothing more to do


def tell(line):
  """Prints a line at once, in one piece: other processes print, too."""
  sys.stdout.write(line + "\n")
  sys.stdout.flush()


def answers(address, seconds=2.):
  """Whether a process listens at "host:port"."""
  host, _, port = address.rpartition(":")
  try:
    socket.create_connection((host, int(port)), seconds).close()
  except OSError:
    return False
  return True


def silent(name, addresses):
  """The names of those that do not answer, such as "ps 0 (a:2222)"."""
  return [f"{name} {number} ({address})"
          for number, address in enumerate(addresses) if not answers(address)]


def wait_for(name, addresses, say, every=10.):
  """Returns when all addresses answer; says which do not, now and then."""
  said = time.monotonic()
  while missing := silent(name, addresses):
    if time.monotonic() - said > every:
      said = time.monotonic()
      say(f"waits for {', '.join(missing)}")
    time.sleep(.2)


def wait_for_silence(name, addresses, seconds=10.):
  """The names of those that do not answer; waits for the first one.

  The connections of a process that ends are closed one after the other, so it
  may seem to listen after others have noticed.
  """
  end = time.monotonic() + seconds
  while not (missing := silent(name, addresses)) and time.monotonic() < end:
    time.sleep(.1)
  return missing


def free_addresses(count):
  """Addresses of this machine at which nobody listens."""
  sockets = [socket.socket() for _ in range(count)]
  for each in sockets:
    each.bind(("localhost", 0))
  found = [f"localhost:{each.getsockname()[1]}" for each in sockets]
  for each in sockets:
    each.close()
  return found


def end(message):
  """Ends the process at once: a thread of TensorFlow may never return."""
  sys.stdout.flush()
  print(message, file=sys.stderr, flush=True)
  os._exit(1)


class Watch(threading.Thread):
  """Looks at a training every few seconds, beside the thread that trains.

  It names workers that do not go on, and ends this process if the parameter
  servers do not answer, which the training thread cannot notice while it waits.

  look: a function of a number of seconds that returns the update that each
    worker has worked on last, or raises one of `errors` after that time.
  lost: what to call, with an error, if no look succeeded three times.
  """

  def __init__(self, look, lost, errors, workers, task, synchronous, patience,
               say):
    super().__init__(daemon=True)
    self._look, self._lost, self._errors = look, lost, errors
    self._workers, self._task = workers, task
    self._synchronous, self._patience, self._say = synchronous, patience, say
    self._over = threading.Event()

  def stop(self):
    self._over.set()
    self.join()

  def run(self):
    before, failed = None, 0
    while not self._over.wait(self._patience):
      try:
        now = [int(number) for number in self._look(max(self._patience, 10.))]
      except self._errors as error:
        failed += 1
        # One failure may also mean that this process was stopped meanwhile.
        if failed == 3 and not self._over.is_set():
          self._lost(error)
        continue
      failed = 0
      if before is not None:
        for line in self._stuck(before, now):
          self._say(line)
      before = now

  def _stuck(self, before, now):
    """Lines about workers that have done nothing since the last look."""
    still = [number for number in range(len(now))
             if now[number] == before[number] != FINISHED]
    if not self._synchronous:
      # If none has moved, they all begin, or are all slow.
      return [f"{self._named(number)} has taken no step for "
              f"{self._patience:g} s; the others go on"
              for number in still if len(still) < len(now)]
    if self._task not in still:
      return []
    working = [number for number in now if number != FINISHED]
    behind = [number for number in still if now[number] < max(now)]
    if behind:
      return [f"{self._named(number)} has not handed in its gradients for "
              f"update {max(now)} for {self._patience:g} s; the others wait: "
              "let it go on, or end it and start it again"
              for number in behind]
    if len(still) < len(working):
      return []
    return [f"no update for {self._patience:g} s although no worker is behind; "
            f"{self._named(0)}, the chief, applies the updates: is it running?"]

  def _named(self, number):
    return f"worker {number} ({self._workers[number]})"


class Local:
  """Runs all processes of a training on this machine.

  command: the words that start one of them, without its job.
  A worker that is ended by a signal is started again.
  """

  def __init__(self, command, ps, workers):
    addresses = free_addresses(ps + workers)
    self._words = [*command, "--ps", ",".join(addresses[:ps]),
                   "--workers", ",".join(addresses[ps:]),
                   "--parent", str(os.getpid())]
    self._jobs = [("ps", number) for number in range(ps)]
    self._jobs += [("worker", number) for number in range(workers)]
    self._running = {}

  def run(self):
    """Returns the exit code: 0 if every worker finished."""
    try:
      for job in self._jobs:
        self._start(job)
      while any(job == "worker" for job, _ in self._running):
        time.sleep(.1)
        for job, process in list(self._running.items()):
          code = process.poll()
          if code is None:
            continue
          del self._running[job]
          name = f"{job[0]} {job[1]}"
          if job[0] == "ps":
            # The workers notice by themselves, and say so.
            if code:
              tell(f"{name} has ended ({_ended(code)})")
          elif code < 0:
            tell(f"{name} has ended ({_ended(code)}); it is started again")
            self._start(job)
          elif code:
            tell(f"{name} has ended ({_ended(code)}), so all others are ended")
            return 1
      for process in self._running.values():
        process.wait()
      return 0
    finally:
      for process in self._running.values():
        process.kill()
        process.wait()

  def _start(self, job):
    words = [*self._words, "--job", job[0], "--task", str(job[1])]
    process = self._running[job] = subprocess.Popen(
        [sys.executable, *words], stdin=subprocess.DEVNULL)
    tell(f"{job[0]} {job[1]} is process {process.pid}")


def _ended(code):
  if code < 0:
    return signal.Signals(-code).name
  return f"exit code {code}"
