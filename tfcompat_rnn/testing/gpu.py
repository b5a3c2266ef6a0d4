"""Checks whether there is a GPU to test on."""

from __future__ import annotations

import typing

from tfcompat_rnn._tf import tf

REASON = ("needs a GPU, and TensorFlow sees none; `tfcompat-rnn devices` "
          "tells why")


def gpus() -> list[typing.Any]:
  """The GPUs that TensorFlow sees. Does not use any of their memory."""
  return tf.config.list_physical_devices("GPU")
