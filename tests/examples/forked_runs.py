"""Runs many scripts under `tfcompat-rnn run`, importing TensorFlow once.

  python forked_runs.py JOBS.json

JOBS.json is a list of {"argv": [...], "cwd": DIR}. Each job runs in a forked
child of a process that has imported TensorFlow and done nothing else with it;
the child calls the command line's own `main(["run"] + argv)`. Standard output,
standard error and exit code are left in DIR as stdout.txt, stderr.txt and
code.txt.
"""

import json
import os
import sys
import traceback

import matplotlib.pyplot  # noqa: F401 (imported once for all)
import tensorflow  # noqa: F401

from tfcompat_rnn import cli


def run_child(job):
  """Becomes the job; never returns."""
  code = 1
  try:
    os.chdir(job["cwd"])
    for number, name in ((1, "stdout.txt"), (2, "stderr.txt")):
      os.dup2(os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), number)
    code = cli.main(["run"] + job["argv"])
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
  jobs = json.load(open(sys.argv[1]))
  at_once = min(2, os.cpu_count() or 1)
  running = 0
  for job in jobs:
    if running == at_once:
      os.wait()
      running -= 1
    sys.stdout.flush()
    if os.fork() == 0:
      run_child(job)
    running += 1
  while running:
    os.wait()
    running -= 1


if __name__ == "__main__":
  main()
