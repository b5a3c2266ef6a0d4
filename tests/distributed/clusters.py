"""The programs as processes of a cluster on this machine. Python 3.7 syntax."""

import os
import re
import socket

HERE = os.path.dirname(os.path.abspath(__file__))

# name: (program, its arguments, number of workers)
CASES = {
    "supervisor": ("supervisor", [], 1),
    "supervisor_sync": ("supervisor", ["--sync"], 1),
    "monitored": ("monitored", [], 1),
    "monitored_sync": ("monitored", ["--sync=true"], 1),
    "in_graph": ("in_graph", [], 2),
}


def free_ports(count):
  """Ports that nobody uses now."""
  sockets = [socket.socket() for _ in range(count)]
  for each in sockets:
    each.bind(("localhost", 0))
  ports = [each.getsockname()[1] for each in sockets]
  for each in sockets:
    each.close()
  return ports


def commands(program, arguments, workers, folder):
  """[(job, words)] of a parameter server and so many workers.

  Ends with those whose output counts.
  """
  ps, *others = ["localhost:%d" % port for port in free_ports(workers + 1)]
  words = [os.path.join(HERE, "programs", program + ".py"),
           "--ps_hosts=" + ps, "--worker_hosts=" + ",".join(others),
           "--logdir=" + str(folder)] + arguments
  jobs = [("ps", 0)] + [("worker", number) for number in range(workers)]
  if program == "in_graph":
    jobs.append(("client", 0))
  return [(job, words + ["--job_name=" + job, "--task_index=%d" % number])
          for job, number in jobs]


def results(text):
  """The lines that a program printed for us."""
  return re.findall(r"^(?:step|loss|saved|state|devices|done).*$", text, re.M)
