"""Messages that also say what TensorFlow 1.15 called the problem.

These are what TensorFlow itself says when an operation refuses its inputs, and
a few short phrases; old programs and tests match on them
(`assertRaisesRegexp`).
"""

from tfcompat_rnn import _errors


def problem(name, must, got, next_step, words):
  """`_errors.problem`, followed by the words of TensorFlow's operation."""
  return "{} (TensorFlow 1.15: {})".format(
      _errors.problem(name, must, got, next_step), words)


def is_keras_3(value):
  """Whether the class of `value` derives from one of Keras 3."""
  return any(base.__module__.partition(".")[0] == "keras"
             for base in type(value).__mro__)
