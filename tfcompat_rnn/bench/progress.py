"""A progress bar on a terminal: tqdm's where it is installed."""

import contextlib


@contextlib.contextmanager
def bar(total, stream):
  """Something with `add(count, text)`; shows nothing if nobody is there.

    with bar(measuring.parts(options), sys.stderr) as shown:
      measuring.run(options, shown)
  """
  if not stream.isatty():
    yield _Line(total, None)
    return
  try:
    from tqdm import tqdm
  except ImportError:
    line = _Line(total, stream)
    try:
      yield line
    finally:
      line.clear()
  else:
    with tqdm(total=total, file=stream, leave=False, unit="turn",
              dynamic_ncols=True) as shown:
      yield _Tqdm(shown)


class _Tqdm:

  def __init__(self, shown):
    self._shown = shown

  def add(self, count, text):
    self._shown.set_description(text, refresh=False)
    self._shown.update(count)


class _Line:
  """One line that is written again and again."""

  def __init__(self, total, stream):
    self._total, self._stream, self._done = total, stream, 0

  def add(self, count, text):
    self._done += count
    self._write(f"\r\x1b[K{self._done} of {self._total}: {text}")

  def clear(self):
    self._write("\r\x1b[K")

  def _write(self, text):
    if self._stream is not None:
      print(text, end="", file=self._stream, flush=True)
