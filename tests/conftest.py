"""Quiet TensorFlow, and a fresh graph for each test."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest

import forks

# The fixtures and the marker `gpu` that the package provides. If it is
# installed pytest has loaded them already.
pytest_plugins = ["pytester", "skips", "order", "tiers"]
if "tfcompat_rnn.pytest_plugin" not in sys.modules:
  pytest_plugins.append("tfcompat_rnn.pytest_plugin")


_THREADS = ("TF_NUM_INTEROP_THREADS", "TF_NUM_INTRAOP_THREADS")
_threads_before = [os.environ.get(name) for name in _THREADS]


def pytest_collection_finish(session):
  """A module that sets the threads would set them for all tests after it."""
  if [os.environ.get(name) for name in _THREADS] != _threads_before:
    raise pytest.UsageError(
        f"a test module sets {' or '.join(_THREADS)} when it is imported; set "
        "them for the process that needs them")


@pytest.fixture(autouse=True)
def no_old_release():
  """What one test uses of an old release is no evidence in the next one."""
  yield
  notice = sys.modules.get("tfcompat_rnn.namespace.releases.notice")
  if notice is not None:
    notice.forget()
    sys.modules["tfcompat_rnn.namespace.releases.sources"].forget()


@pytest.fixture(scope="session")
def forked(tmp_path_factory):
  """Runs programs in processes that need not import TensorFlow (`Forks`)."""
  found = forks.Forks(tmp_path_factory.mktemp("forks"))
  yield found
  found.close()


@pytest.fixture
def v1():
  """`tensorflow.compat.v1` with a fresh, seeded graph in 1.x behaviour."""
  from tfcompat_rnn._tf import tf
  tf.disable_v2_behavior()
  with tf.Graph().as_default():
    # Initial values too: an unlucky draw would fail a test once in a while.
    tf.set_random_seed(3)
    yield tf


@pytest.fixture(params=["1.x", "2.x"])
def either(request):
  """`tensorflow.compat.v1` in a fresh graph: of reference variables and
  control flow v1, or of resource variables and control flow v2."""
  from tfcompat_rnn._tf import tf
  tf.disable_v2_behavior()
  _use(tf, request.param)
  try:
    with tf.Graph().as_default():
      tf.set_random_seed(3)
      yield tf
  finally:
    _use(tf, "1.x")


def _use(tf, behavior):
  """Sets what a graph built from now on is made of."""
  new = behavior == "2.x"
  (tf.enable_resource_variables if new else tf.disable_resource_variables)()
  (tf.enable_control_flow_v2 if new else tf.disable_control_flow_v2)()
  (tf.enable_v2_tensorshape if new else tf.disable_v2_tensorshape)()
