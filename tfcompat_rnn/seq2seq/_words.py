"""Messages that also contain the words of TensorFlow 1.15.

Old programs and tests match on those words (`assertRaisesRegexp`).
"""

from tfcompat_rnn import _errors


def problem(name, must, got, next_step, words):
  """`_errors.problem`, followed by the sentence that 1.15 raised."""
  return "{} (TensorFlow 1.15: {})".format(
      _errors.problem(name, must, got, next_step), words)
