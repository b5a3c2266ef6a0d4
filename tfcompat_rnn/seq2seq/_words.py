"""Messages that also contain the words of TensorFlow 1.15.

Old programs and tests match on those words (`assertRaisesRegexp`).
"""

from tfcompat_rnn import _errors


def problem(name, must, got, next_step, words):
  """`_errors.problem`, followed by the sentence that 1.15 raised."""
  return "{} (TensorFlow 1.15: {})".format(
      _errors.problem(name, must, got, next_step), words)


def is_keras_3(value):
  """Whether the class of `value` derives from one of Keras 3."""
  return any(base.__module__.partition(".")[0] == "keras"
             for base in type(value).__mro__)
