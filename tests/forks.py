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
    self._runs += 1
    out = self._folder / str(self._runs)
    out.mkdir()
    (out / "input.txt").write_text(input, encoding="utf-8")
    if self._process is None:
      self._start()
    words = list(map(str, words))
    self._process.stdin.write(json.dumps({
        "words": words, "cwd": str(cwd or os.getcwd()), "limit": timeout,
        "environment": dict(os.environ if env is None else env),
        "input": str(out / "input.txt"), "out": str(out)}).encode() + b"\n")
    self._process.stdin.flush()
    code = int(self._answer(timeout + PATIENCE))
    done = subprocess.CompletedProcess(
        words, code, *((out / name).read_text(encoding="utf-8")
                       for name in ("stdout.txt", "stderr.txt")))
    if code == -signal.SIGALRM:
      raise RuntimeError(f"{words} ran longer than {timeout} seconds; it "
                         f"printed:\n{done.stdout[-2000:]}\n"
                         f"{done.stderr[-2000:]}")
    return done

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
