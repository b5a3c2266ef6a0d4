"""Layers of `tf.layers` tell TensorFlow which arguments they take."""

import inspect

import pytest

from tfcompat_rnn.namespace import layers


@pytest.mark.parametrize("name, takes_training", [
    ("BatchNormalization", True), ("Dropout", True), ("Flatten", False)])
def test_call_shows_its_arguments(name, takes_training):
  # Run eagerly, a layer passes `training` to a call that seems to take all.
  spec = inspect.getfullargspec(getattr(layers, name).call)
  assert spec.varkw is None and spec.varargs is None
  assert ("training" in spec.args) == takes_training
