"""Runs many programs, importing TensorFlow once.

  python forked_runs.py [--plain] JOBS.json
  python forked_runs.py -

Each job runs in a forked child of a process that has imported TensorFlow and
done nothing else with it. JOBS.json is a list of
{"argv": [...], "cwd": DIR}; "environment" and "subcommand" (of the command
line, `run` unless given) may be added. The child calls the command line's own
`main([subcommand] + argv)`, or, with `--plain`, does as `python SCRIPT` would
(so this file also runs under TensorFlow 1.15's Python 3.7). Standard output,
standard error and exit code are left in DIR as stdout.txt, stderr.txt and
code.txt.

With `-`, jobs come one a line from standard input and each is answered by its
exit code in a line: {"words": [...], "cwd": DIR, "environment": {...}, "input":
FILE, "out": DIR, "limit": SECONDS}. The child does as `python WORDS...` would
with this environment and no other, and is ended by SIGALRM after the limit.
With "goes_on": true the answer is the number of the child's process, at once;
{"poll": NUMBER} is then answered by its exit code, or by `null` while it runs.
What an interpreter does as it ends (`atexit`, threads that are waited for) is
not done. `forks.py` is the other side.
"""

import json
import os
import runpy
import signal
import sys
import types

import matplotlib.pyplot  # noqa: F401 (imported once for all)
import tensorflow  # noqa: F401


def run_plain(job):
  """As `python SCRIPT ARGS...`; returns 0 or raises."""
  sys.argv = job["argv"]
  sys.path[0] = os.path.dirname(sys.argv[0])
  runpy.run_path(sys.argv[0], run_name="__main__")
  return 0


def run_launched(job):
  """As `tfcompat-rnn SUBCOMMAND SCRIPT ARGS...`."""
  from tfcompat_rnn import cli
  return cli.main([job.get("subcommand", "run")] + job["argv"])


def run_words(job):
  """As `python -c CODE`, `python -m MODULE` or `python SCRIPT`."""
  path = os.environ.get("PYTHONPATH", "")
  sys.path[1:1] = [name for name in path.split(os.pathsep) if name]
  first = job["words"][0]
  if first == "-c":
    code, sys.argv = job["words"][1], ["-c"] + job["words"][2:]
    sys.path[0] = ""
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    exec(compile(code, "<string>", "exec"), vars(main))
  elif first == "-m":
    sys.argv = job["words"][1:]
    sys.path[0] = os.getcwd()
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
  else:
    sys.argv = job["words"]
    sys.path[0] = os.path.dirname(os.path.abspath(first))
    runpy.run_path(os.path.abspath(first), run_name="__main__")
  return 0


def prepare(job):
  """Makes this process the job's own: files, folder, environment."""
  os.chdir(job["cwd"])
  os.dup2(os.open(job.get("input", os.devnull), os.O_RDONLY), 0)
  for number, name in ((1, "stdout.txt"), (2, "stderr.txt")):
    os.dup2(os.open(os.path.join(job.get("out", ""), name),
                    os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
  if "words" in job:
    os.environ.clear()
  os.environ.update(job.get("environment", {}))
  signal.alarm(job.get("limit", 0))


def show_error():
  """As the interpreter does, without the frames of this file."""
  kind, error, trace = sys.exc_info()
  ours = (__file__, runpy.__file__, "<frozen runpy>")
  while trace and trace.tb_frame.f_code.co_filename in ours:
    trace = trace.tb_next
  sys.excepthook(kind, error.with_traceback(trace), trace)


def run_child(job, run):
  """Becomes the job; never returns."""
  code = 1
  try:
    prepare(job)
    code = run(job) or 0
  except SystemExit as stop:
    code = stop.code or 0
    if not isinstance(code, int):
      print(code, file=sys.stderr)
      code = 1
  except BaseException:
    show_error()
  finally:
    try:
      sys.stdout.flush()
      sys.stderr.flush()
    finally:
      os._exit(code & 0xff)


def exit_code(status):
  """Of a process's status; negative is the number of a signal."""
  if os.WIFSIGNALED(status):
    return -os.WTERMSIG(status)
  return os.WEXITSTATUS(status)


def run_all(jobs, run):
  """Runs the jobs, two at once, and writes their exit codes."""
  at_once = min(2, os.cpu_count() or 1)
  running = {}

  def wait():
    child, status = os.wait()
    folder = running.pop(child)["cwd"]
    with open(os.path.join(folder, "code.txt"), "w") as f:
      f.write(str(exit_code(status)))

  for job in jobs:
    if len(running) == at_once:
      wait()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
      run_child(job, run)
    running[child] = job
  while running:
    wait()


def serve():
  """Runs the jobs that standard input has, each when it is asked for."""
  print("ready", flush=True)
  for line in iter(sys.stdin.readline, ""):
    job = json.loads(line)
    if "poll" in job:
      child, status = os.waitpid(job["poll"], os.WNOHANG)
      print(exit_code(status) if child else "null", flush=True)
      continue
    child = os.fork()
    if child == 0:
      run_child(job, run_words)
    print(child if job.get("goes_on") else
          exit_code(os.waitpid(child, 0)[1]), flush=True)


def main():
  if sys.argv[-1] == "-":
    serve()
    return
  run = run_plain if sys.argv[1] == "--plain" else run_launched
  with open(sys.argv[-1]) as f:
    jobs = json.load(f)
  run_all(jobs, run)


if __name__ == "__main__":
  main()
