"""Programs in processes of their own that need not import TensorFlow.

Importing TensorFlow takes longer than most programs of tests run. The process
behind `Forks` (`forked_runs.py`) imports it once and forks for each program.
What depends on a new interpreter needs one: the order of imports, what they
print, environment variables that they read, signals, what happens at the end.
"""

import json
import os
import pathlib
import select
import signal
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
# The process itself is to be ready, and to answer, within so many seconds.
PATIENCE = 240


class Forks:
  """Runs programs as children of one process, which starts with the first.

  Arguments:
    folder: pathlib.Path, an empty folder for what the programs print.
  """

  def __init__(self, folder):
    self._folder = folder
    self._process = None
    self._runs = 0

  def run(self, words, cwd=None, env=None, input="", timeout=300):
    """As `subprocess.run([sys.executable, *words], capture_output=True)`.

    Arguments:
      words: list of str: `-c` and code, `-m` and a module, or a script, and
        their arguments.
      cwd: the folder to run in; the current one unless given.
      env: the whole environment; this process's one unless given.
      input: str, the standard input.
      timeout: int, seconds.

    Returns:
      A `subprocess.CompletedProcess` with text.

    Raises:
      RuntimeError: if the program runs longer, or the process behind fails.
    """
    out = self._new_folder()
    (out / "input.txt").write_text(input, encoding="utf-8")
    words = list(map(str, words))
    code = self._ask(self._job(words, cwd, env, out, timeout),
                     timeout + PATIENCE)
    done = subprocess.CompletedProcess(
        words, code, *((out / name).read_text(encoding="utf-8")
                       for name in ("stdout.txt", "stderr.txt")))
    if code == -signal.SIGALRM:
      raise RuntimeError(f"{words} ran longer than {timeout} seconds; it "
                         f"printed:\n{done.stdout[-2000:]}\n"
                         f"{done.stderr[-2000:]}")
    return done

  def start(self, words, cwd=None, env=None, timeout=300):
    """Starts a program and goes on; returns a `Running`.

    Arguments as those of `run`. The program is ended by SIGALRM after `timeout`
    seconds, and by `close`.
    """
    out = self._new_folder()
    job = self._job(list(map(str, words)), cwd, env, out, timeout)
    return Running(self, self._ask({**job, "goes_on": True}), out)

  def poll(self, pid):
    """The exit code of a program that `start` started, None while it runs."""
    return self._ask({"poll": pid})

  def _new_folder(self):
    self._runs += 1
    out = self._folder / str(self._runs)
    out.mkdir()
    return out

  def _job(self, words, cwd, env, out, limit):
    (out / "input.txt").touch()
    return {"words": words, "cwd": str(cwd or os.getcwd()), "limit": limit,
            "environment": dict(os.environ if env is None else env),
            "input": str(out / "input.txt"), "out": str(out)}

  def _ask(self, what, seconds=PATIENCE):
    if self._process is None:
      self._start()
    self._process.stdin.write(json.dumps(what).encode() + b"\n")
    self._process.stdin.flush()
    return json.loads(self._answer(seconds))

  def _start(self):
    path = [str(HERE.parent), *filter(
        None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    with open(self._folder / "process.txt", "ab") as said:
      self._process = subprocess.Popen(
          [sys.executable, str(HERE / "forked_runs.py"), "-"],
          stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said,
          start_new_session=True,
          env=dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", MPLBACKEND="Agg",
                   PYTHONPATH=os.pathsep.join(path)))
    self._answer(PATIENCE)

  def _answer(self, seconds):
    """The next line from the process; ends it if there is none in time."""
    end, line = time.monotonic() + seconds, b""
    while not line.endswith(b"\n"):
      wait = max(0, end - time.monotonic())
      found = select.select([self._process.stdout], [], [], wait)[0]
      piece = os.read(self._process.stdout.fileno(), 1000) if found else b""
      if not piece:
        self.close()
        raise RuntimeError(
            f"the process that forks "
            f"{'ended' if found else f'said nothing for {seconds} seconds'}:\n"
            + (self._folder / "process.txt").read_text()[-2000:])
      line += piece
    return line

  def close(self):
    """Ends the process and whatever it runs; `run` starts another one."""
    process, self._process = self._process, None
    if process is None:
      return
    try:
      os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
      pass
    process.wait()
    process.stdin.close()
    process.stdout.close()


class Running:
  """A program that `Forks.start` started.

  Attributes:
    pid: int, of its process.
    stdout, stderr: str, what it has printed so far.
    code: its exit code, negative for a signal; None while it runs.
  """

  def __init__(self, forks, pid, out):
    self._forks, self.pid, self._out, self._code = forks, pid, out, None

  @property
  def stdout(self):
    return self._read("stdout.txt")

  @property
  def stderr(self):
    return self._read("stderr.txt")

  @property
  def code(self):
    if self._code is None:
      self._code = self._forks.poll(self.pid)
    return self._code

  def signal(self, number):
    """Sends a signal, unless the program has ended."""
    if self.code is None:
      os.kill(self.pid, number)

  def wait(self):
    """Waits until it ends, and returns its exit code."""
    while self.code is None:
      time.sleep(.05)
    return self.code

  def wait_for(self, text):
    """Waits until its standard output contains `text`.

    Raises `AssertionError` with what it printed if it ends without that.
    """
    while text not in self.stdout:
      if self.code is not None and text not in self.stdout:
        raise AssertionError(f"{text!r} is not in this output (exit code "
                             f"{self.code}):\n{self.stdout}\n{self.stderr}")
      time.sleep(.05)

  def _read(self, name):
    path = self._out / name  # not there before the program has begun
    return path.read_text(encoding="utf-8") if path.exists() else ""
