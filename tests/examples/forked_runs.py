"""Runs many scripts, importing TensorFlow once.

  python forked_runs.py [--plain] JOBS.json

JOBS.json is a list of {"argv": [...], "cwd": DIR}; "environment" and
"subcommand" (of the command line, `run` unless given) may be added. Each job
runs in a forked child of a process that has imported TensorFlow and done
nothing else with it:
the child calls the command line's own `main([subcommand] + argv)`, or, with
`--plain`, does as `python SCRIPT` would (so this file also runs under
TensorFlow 1.15's Python 3.7). Standard output, standard error and exit code
are left in DIR as stdout.txt, stderr.txt and code.txt.
"""

import json
import os
import runpy
import sys
import traceback

import matplotlib.pyplot  # noqa: F401 (imported once for all)
import tensorflow  # noqa: F401


def run_plain(argv, subcommand):
  """As `python SCRIPT ARGS...`; returns 0 or raises."""
  sys.argv = argv
  sys.path[0] = os.path.dirname(argv[0])
  runpy.run_path(argv[0], run_name="__main__")
  return 0


def run_launched(argv, subcommand):
  """As `tfcompat-rnn SUBCOMMAND SCRIPT ARGS...`."""
  from tfcompat_rnn import cli
  return cli.main([subcommand] + argv)


def run_child(job, run):
  """Becomes the job; never returns."""
  code = 1
  try:
    os.chdir(job["cwd"])
    for number, name in ((1, "stdout.txt"), (2, "stderr.txt")):
      os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    os.environ.update(job.get("environment", {}))
    code = run(job["argv"], job.get("subcommand", "run"))
  except SystemExit as stop:
    code = stop.code if isinstance(stop.code, int) else int(bool(stop.code))
  except BaseException:
    traceback.print_exc()
  finally:
    sys.stdout.flush()
    sys.stderr.flush()
    with open("code.txt", "w") as f:
      f.write(str(code or 0))
    os._exit(0)


def main():
  run = run_plain if sys.argv[1] == "--plain" else run_launched
  with open(sys.argv[-1]) as f:
    jobs = json.load(f)
  at_once = min(2, os.cpu_count() or 1)
  running = 0
  for job in jobs:
    if running == at_once:
      os.wait()
      running -= 1
    sys.stdout.flush()
    if os.fork() == 0:
      run_child(job, run)
    running += 1
  while running:
    os.wait()
    running -= 1


if __name__ == "__main__":
  main()
