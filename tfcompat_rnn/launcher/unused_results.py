"""Silences TensorFlow's notices about unused results while Python exits.

TensorFlow reports a `TensorArray`, or a check such as `tf.Assert`, that is
deleted without having been used. After an error every object that is left is
deleted as Python exits: the reports, or "Exception ignored in ..." where the
modules that they need are already gone, would bury the error itself.
"""

import sys

from tfcompat_rnn._tf import private


def _make_quiet(original, is_finalizing=sys.is_finalizing):
  def delete(helper):
    if not is_finalizing():
      original(helper)
  return delete


def install(patches):
  """Reports unused results only while the program runs."""
  patches.wrap(private("should_use_helper"), "__del__", _make_quiet)
