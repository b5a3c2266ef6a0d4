"""Runs exported models in a fork of a process that has imported TensorFlow."""

import pytest

from tfcompat_rnn.export import checking
from tfcompat_rnn.export import worker


@pytest.fixture
def forked_worker(forked, monkeypatch):
  """The comparison forks instead of starting an interpreter.

  The process behind `forked` does not load this package either.
  """
  def run(written, folder):
    jobs = checking.write_jobs(written, folder)
    done = forked.run([worker.__file__, jobs])
    if done.returncode:
      raise checking.failed(done.returncode, done.stderr)

  monkeypatch.setattr(checking, "run_jobs", run)
  return forked


def leftovers(folder):
  """Whatever is in `folder`, hidden files too."""
  return sorted(path.name for path in folder.iterdir())
