"""What the commands print: names from files must not control a terminal."""

import contextlib
import io
import os
import sys


def printable(text):
  r"""`text` with what cannot be printed as a backslash escape.

  Keys of a checkpoint, names in a recording and names of files may hold
  control characters, which a terminal obeys, and bytes that are not UTF-8,
  which `print` refuses. Line ends and tabs stay.

  >>> printable("a\x1b[31mb")
  'a\\x1b[31mb'
  """
  text = str(text)
  if text.isprintable():
    return text
  return "".join(
      letter if letter.isprintable() or letter in "\n\t"
      else letter.encode("unicode_escape").decode("ascii")
      for letter in text)


def abridged(text, most=200):
  """`text`, without its middle if it has more than `most` characters.

  >>> abridged("a" * 99 + "b" * 99, 17)
  'aaaaaa ... bbbbbb'
  """
  half = (most - 5) // 2
  return text if len(text) <= most else f"{text[:half]} ... {text[-half:]}"


def complain(text, prefix="tfcompat-rnn: "):
  """Prints one message on stderr."""
  print(f"{prefix}{printable(text)}", file=sys.stderr, flush=True)


class UnwritableError(Exception):
  """Standard output cannot be written; the cause is an OSError.

  Not one of the package's errors, and no OSError: nothing on the way may take
  it for trouble with a file.
  """


class _Output(io.TextIOBase):
  """Writes what can be printed of a text to `stream`, if there is one."""

  def __init__(self, stream):
    super().__init__()
    self._stream = stream

  def write(self, text):
    if self._stream is not None:
      encoding = getattr(self._stream, "encoding", None) or "utf-8"
      shown = printable(text).encode(encoding, "backslashreplace").decode(
          encoding)
      with _told():
        self._stream.write(shown)
    return len(text)

  def flush(self):
    if self._stream is not None:
      with _told():
        self._stream.flush()

  def isatty(self):
    return self._stream is not None and self._stream.isatty()

  def fileno(self):
    return self._stream.fileno()


@contextlib.contextmanager
def _told():
  try:
    yield
  except OSError as error:
    raise UnwritableError from error


@contextlib.contextmanager
def guarded_output():
  """While in this context, what is printed cannot control the terminal.

  Raises `UnwritableError` if it cannot be printed, also when it is flushed at
  the end.
  """
  real = sys.stdout
  output = _Output(real)
  try:
    with contextlib.redirect_stdout(output):
      try:
        yield
      finally:
        output.flush()
  except UnwritableError:
    _abandon(real)
    raise


def _abandon(stream):
  """Sends what is left to print nowhere: Python flushes again at exit."""
  with contextlib.suppress(OSError, ValueError):
    sink = os.open(os.devnull, os.O_WRONLY)
    os.dup2(sink, stream.fileno())
    os.close(sink)
