"""Quiet TensorFlow, and a fresh graph for each test."""

import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("MPLBACKEND", "Agg")

import pytest

# The fixtures and the marker `gpu` that the package brings. Where it is
# installed pytest has loaded them already.
pytest_plugins = ["pytester"]
if "tfcompat_rnn.pytest_plugin" not in sys.modules:
  pytest_plugins.append("tfcompat_rnn.pytest_plugin")


@pytest.fixture
def v1():
  """`tensorflow.compat.v1` with a fresh default graph in 1.x behaviour."""
  from tfcompat_rnn._tf import tf
  tf.disable_v2_behavior()
  with tf.Graph().as_default():
    yield tf
