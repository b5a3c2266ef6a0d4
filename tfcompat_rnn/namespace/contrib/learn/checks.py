"""Arguments that are checked."""

from tfcompat_rnn import _errors


def require(holds, name, must, got, next_step):
  """Raises ArgumentError unless `holds`; the rest is said in its message."""
  if not holds:
    raise _errors.ArgumentError(_errors.problem(name, must, got, next_step))
