"""Distributed programs as they were written in 2017, unmodified."""

import os
import re
import signal

import numpy as np
import pytest

from distributed import clusters
from distributed import generate
from oracle import files

pytestmark = pytest.mark.slow

EXPECTED = files.read_json(os.path.join(generate.DATA, "programs.json.gz"))
NUMBER = re.compile(r"\d+\.\d+")


def start(forked, *case):
  """The cluster's processes under the launcher, in the order of `commands`."""
  return [forked.start(["-m", "tfcompat_rnn", "run", *words])
          for _, words in clusters.commands(*case)]


@pytest.mark.parametrize("name", sorted(clusters.CASES))
def test_prints_what_it_printed(name, forked, tmp_path):
  *servers, last = start(forked, *clusters.CASES[name], tmp_path)
  assert last.wait() == 0, last.stderr
  for server in servers:
    assert server.code is None, server.stderr
    server.signal(signal.SIGKILL)
  lines = clusters.results(last.stdout)
  assert [NUMBER.sub("#", line) for line in lines] == [
      NUMBER.sub("#", line) for line in EXPECTED[name]]
  np.testing.assert_allclose(
      *(np.array(NUMBER.findall("\n".join(each)), float)
        for each in (lines, EXPECTED[name])), rtol=0, atol=2e-5)


@pytest.mark.parametrize("sync", [False, True])
def test_three_processes(sync, forked, tmp_path):
  """Two workers share variables and steps."""
  ps, *workers = start(forked, "supervisor", ["--sync"] * sync, 2, tmp_path)
  for worker in workers:
    assert worker.wait() == 0, worker.stderr
  assert ps.code is None
  ps.signal(signal.SIGKILL)
  steps = [[int(step) for step in re.findall(r"^step (\d+) ", worker.stdout,
                                             re.M)] for worker in workers]
  assert all(each == sorted(each) and each[-1] >= 20 for each in steps)
  assert sum(map(len, steps)) >= 20
  assert (tmp_path / "checkpoint").exists()
