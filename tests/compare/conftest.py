"""What the tests of recordings share."""

import pytest


@pytest.fixture
def tf(v1):
  """TensorFlow 1.15's namespace, in a graph of its own."""
  return v1


@pytest.fixture
def path(tmp_path):
  """Where a recording is written."""
  return tmp_path / "r.npz"
