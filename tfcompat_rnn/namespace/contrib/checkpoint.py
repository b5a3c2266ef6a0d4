"""`tf.contrib.checkpoint`: what TensorFlow no longer has of it."""

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import attribute
from tfcompat_rnn._tf import private


class UniqueNameTracker(private("trackable_base")):
  """Tracks objects under names that it makes unique: `x`, `x_1`, ...

  Example:

    slots = tf.contrib.checkpoint.UniqueNameTracker()
    first, second = slots.track(a, "x"), slots.track(b, "x")  # "x_1"

  TF 1.15: `tf.contrib.checkpoint.UniqueNameTracker`.
  """

  def __init__(self):
    self._name_counts = {}

  def track(self, trackable, base_name):
    """Tracks `trackable` and returns it; ValueError if it cannot be saved."""
    if not isinstance(trackable, private("trackable_base")):
      raise _errors.ArgumentError(problem(
          "trackable", "be an object that a checkpoint can save",
          repr(trackable), "pass a variable, a layer or a cell"))
    taken = attribute(self, "Trackable._trackable_children")()
    count = self._name_counts.get(base_name, 0)
    while (name := f"{base_name}_{count}" if count else base_name) in taken:
      count += 1
    self._name_counts[base_name] = count + 1
    return attribute(self, "Trackable._track_trackable")(trackable, name=name)
