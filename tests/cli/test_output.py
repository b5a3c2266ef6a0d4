"""What a command prints: it controls no terminal, and may not be printable."""

import io
import os

import pytest

from tfcompat_rnn import _terminal
from tfcompat_rnn import cli

LISTINGS = (["run", "--list-repairs"], ["--help"], ["run", "--help"])


class Broken(io.StringIO):
  """A stream whose `method` fails as the operating system lets it fail."""

  def __init__(self, method, error):
    super().__init__()
    self._method, self._error = method, error

  def write(self, text):
    if self._method == "write":
      raise self._error
    return super().write(text)

  def flush(self):
    if self._method == "flush":
      raise self._error


def execute(monkeypatch, stream, words):
  """The exit code of the command `words`, which prints to `stream`."""
  monkeypatch.setattr("sys.stdout", stream)
  try:
    return cli.main(words)
  except SystemExit as end:
    return end.code
  finally:
    monkeypatch.undo()


@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
@pytest.mark.parametrize("method", ["write", "flush"])
def test_a_full_disk_is_one_line(monkeypatch, capsys, method, words):
  full = Broken(method, OSError(28, os.strerror(28)))
  assert execute(monkeypatch, full, words) == 2
  told = capsys.readouterr().err
  assert told.startswith(
      "tfcompat-rnn: `stdout` must be writable, got No space")
  assert told.count("\n") == 1


@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
@pytest.mark.parametrize("method", ["write", "flush"])
def test_a_reader_that_has_left_ends_it_quietly(
    monkeypatch, capsys, method, words):
  gone = Broken(method, BrokenPipeError(32, os.strerror(32)))
  assert execute(monkeypatch, gone, words) == 141
  assert not capsys.readouterr().err


@pytest.mark.parametrize("words", LISTINGS, ids=" ".join)
def test_a_closed_standard_output_is_no_trouble(monkeypatch, capsys, words):
  assert execute(monkeypatch, None, words) == 0
  assert not capsys.readouterr().err


def test_what_an_encoding_lacks_is_escaped(monkeypatch):
  raw = io.BytesIO()
  stream = io.TextIOWrapper(raw, "ascii")
  monkeypatch.setattr("sys.stdout", stream)
  with _terminal.guarded_output():
    print("a\u2026 \udcff\x1b[31m\tb")
  monkeypatch.undo()
  assert raw.getvalue() == b"a\\u2026 \\udcff\\x1b[31m\tb\n"


@pytest.mark.parametrize("words", [
    ["a\x1b[31m"], ["run", "\x1b[31m"], ["run", "--api", "\x1b[31m", "x.py"],
    ["run", "--no-repair", "\x1b[31m", "x.py"], ["verify", "--\x1b[31m"],
    ["compare", "a.npz", "--against", "\x1b[31m.npz"],
    ["record", "a.py", "-o", "\x1b[31m/x.npz"],
    ["checkpoint", "list", "\x1b[31m"]], ids=lambda words: words[0][:4])
def test_messages_do_not_control_the_terminal(
    monkeypatch, capsys, tmp_path, words):
  monkeypatch.chdir(tmp_path)
  try:
    code = cli.main(words)
  except SystemExit as end:
    code = end.code
  told = capsys.readouterr()
  assert code in (1, 2) and r"\x1b[31m" in told.err
  assert "\x1b" not in told.err + told.out


@pytest.mark.parametrize("words", [
    ["run", ""], ["run", "-m", ""], ["compare", ""],
    ["record", "-o", "x.npz", ""], ["record", "x.py", "-o", ""],
    ["compare", "x.py", "--against", ""], ["run", "--figures", "", "x.py"],
    ["bench", "--cells", ""], ["verify", "--json="], ["devices", "--json", ""]],
    ids=" ".join)
def test_an_empty_word_is_wrong_usage(capsys, words):
  with pytest.raises(SystemExit) as caught:
    cli.main(words)
  assert caught.value.code == 2
  assert "must not be empty" in capsys.readouterr().err
