"""How an uncaught exception of a program is shown: only the user's lines.

The exception itself goes on to the interpreter, so that exit codes, death by
SIGINT, `sys.excepthook` and what threads do are Python's own. Only before it
is shown, frames of the launcher are taken out of its traceback, and one line
is added where we know what the age of the code has to do with it.
"""

import builtins
import linecache
import os
import re
import sys
import traceback

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal
from tfcompat_rnn.launcher import beside
from tfcompat_rnn.launcher import python2

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Internal machinery, unlike cells and loops, whose lines may be of interest.
_MACHINERY = tuple(os.path.join(_PACKAGE, folder) + os.sep for folder in (
    "cli", "compare", "launcher", "repairs", "seeds"))
# Only the files directly in these folders: the package's start-up code and the
# look-up of names, but not `namespace/layers/`.
_MACHINERY_FLAT = (_PACKAGE, os.path.join(_PACKAGE, "namespace"))

_start = {"main": None, "file": None}


def note_start():
  """Remembers what `__main__` is before the program takes its place."""
  _start["main"] = vars(sys.modules["__main__"])
  _start["file"] = _start["main"].get("__file__")


def _is_machinery_file(filename):
  return (filename.startswith(_MACHINERY)
          or os.path.dirname(filename) in _MACHINERY_FLAT)


def _is_machinery(frame):
  filename = frame.f_code.co_filename
  return _is_machinery_file(filename) or filename.startswith(
      "<frozen importlib")


def _is_before(frame):
  return (frame.f_globals is _start["main"]
          or frame.f_globals.get("__name__") == "runpy")


def strip(tb):
  """`tb` without the launcher's frames, or None if no others are left."""
  kept = []
  while tb is not None:
    frame = tb.tb_frame
    if not _is_machinery(frame) and (kept or not _is_before(frame)):
      kept.append(tb)
    tb = tb.tb_next
  for entry, following in zip(kept, kept[1:] + [None]):
    entry.tb_next = following
  return kept[0] if kept else None


def strip_chain(error):
  """Strips `error` and its chain of causes and contexts."""
  seen = set()
  waiting = [error]
  while waiting:
    one = waiting.pop()
    if one is None or id(one) in seen:
      continue
    seen.add(id(one))
    BaseException.with_traceback(one, strip(_part(one, "__traceback__")))
    _clean_shown(one)
    waiting += [_part(one, "__cause__"), _part(one, "__context__")]
    if issubclass(type(one), _GROUP):
      waiting += one.exceptions


def _part(error, name):
  """An attribute of any exception, past what its own class makes of names."""
  return getattr(BaseException, name).__get__(error)


# Since Python 3.11.
_GROUP = getattr(builtins, "BaseExceptionGroup", ())
# Frozen since Python 3.11.
_RUNPY = ("<frozen runpy>", os.path.join(os.path.dirname(os.__file__),
                                         "runpy.py"))
_FILE_LINE = re.compile(r'^\s*File "([^"]+)", line \d+, in ')


def clean_message(text):
  """`text` without lines that name the launcher's files.

  TensorFlow writes the whole stack of a node's creation into its messages.
  """
  def is_launcher(line):
    found = _FILE_LINE.match(line)
    return found and (_is_machinery_file(found.group(1))
                      or found.group(1) == _start["file"]
                      or found.group(1) in _RUNPY)
  return "\n".join(line for line in text.split("\n")
                   if not is_launcher(line))


def _text_of(error):
  """`str(error)`; "" if it cannot be made: Python shows none then."""
  try:
    return str(error)
  except BaseException:  # SystemExit too would end Python without a word
    return ""


def _clean_shown(error):
  """Makes `str(error)` leave the launcher's lines out."""
  text = _text_of(error)
  cleaned = clean_message(text)
  if cleaned == text:
    return
  kind = type(error)
  shown = type(kind.__name__, (kind,), {
      "__module__": kind.__module__, "__qualname__": kind.__qualname__,
      "__str__": lambda self: cleaned})
  try:
    error.__class__ = shown
  except TypeError:
    pass  # a class with slots: shown as it is


def shorten(error):
  """Reduces the traceback of our own `error` to the user's lines.

  What the package and TensorFlow did in between, and what they raised first,
  is left out; `--verbose` keeps it.
  """
  error.__cause__, error.__suppress_context__ = None, True
  kept = []
  tb = error.__traceback__
  while tb is not None:
    if not _is_ours_or_tensorflows(tb.tb_frame):
      kept.append(tb)
    tb = tb.tb_next
  for entry, following in zip(kept, kept[1:] + [None]):
    entry.tb_next = following
  error.__traceback__ = kept[0] if kept else None


def _is_ours_or_tensorflows(frame):
  top = (frame.f_globals.get("__name__") or "").partition(".")[0]
  return top in ("tfcompat_rnn", "tensorflow", "tf_slim", "contextlib")


def hints(error):
  """Lines to show under the traceback of `error`."""
  try:
    return _hints(error)
  except Exception:  # attributes of the program's own, or none
    return []


def _hints(error):
  if not _text_of(error):
    return []
  if isinstance(error, SyntaxError):
    return [line for line in [_explain_syntax(error)] if line]
  # Our own messages already say what to do.
  if isinstance(error, _errors.TfcompatError):
    return []
  line = (python2.hint(error) or beside.hint(error)
          or _hint_of_age(error))
  return [line] if line else []


def _explain_syntax(error):
  if not isinstance(error.filename, str):
    return None
  if "(unicode error) 'utf-8' codec" in str(error):
    return (f"{error.filename} is not UTF-8 and does not name its encoding; "
            "write `# -*- coding: latin-1 -*-`, or what it is, into its first "
            "line")
  source = "".join(linecache.getlines(error.filename))
  if not source:
    try:
      with open(error.filename, encoding="latin1") as file:
        source = file.read()
    except OSError:
      source = error.text or ""
  version = "%d.%d" % sys.version_info[:2]
  return python2.explain(error, source, version)


# NumPy 1 supports no Python after 3.12.
_NUMPY1 = "pip install 'numpy<2'" if sys.version_info < (3, 13) else None


def _for_numpy1(reason, change):
  """`reason` and the remedies: NumPy 1 where there is one, or `change`."""
  return f"{reason}: {_NUMPY1}, or {change}" if _NUMPY1 else (
      f"{reason}: {change}")


# (exception type, words in its message, the line to show)
_OF_AGE = (
    (AttributeError, ("'LSTMStateTuple' object has no attribute 'eval'",
                      "'LSTMStateTuple' object has no attribute 'get_shape'",
                      "'tuple' object has no attribute 'eval'",
                      "'tuple' object has no attribute 'get_shape'"),
     "if this is the state of an LSTM, which was one tensor up to TensorFlow "
     "0.10: run with " + _errors.option("--api 0.10", "api='0.10'")),
    (AttributeError, "'array.array' object has no attribute 'tostring'",
     "Python 3.9 dropped array.tostring(); tobytes() is the same"),
    (AttributeError, "'array.array' object has no attribute 'fromstring'",
     "Python 3.9 dropped array.fromstring(); frombytes() is the same"),
    (AttributeError, "object has no attribute 'getchildren'",
     "Python 3.9 dropped Element.getchildren(); list(element) is the same"),
    (AttributeError, ("was removed in the NumPy 2.0 release",
                      "was removed from the ndarray class in NumPy 2.0",
                      "was removed from scalar types in NumPy 2.0"),
     _for_numpy1("NumPy 1 still has it",
                 "change the program as the error message says")
     if _NUMPY1 else None),
    (ValueError, "truth value of an empty array",
     _for_numpy1("the truth value of an empty array was False before NumPy "
                 "2.2, which refuses it", "write `array.size > 0`")),
    (OverflowError, "out of bounds for",
     _for_numpy1("NumPy 2 refuses integers that the dtype cannot hold; they "
                 "wrapped around before",
                 "write np.array(value).astype(dtype), which still wraps "
                 "around")),
    # TensorFlow 2.20 writes graphs as text with it, and its requirements allow
    # protobuf 7 nevertheless.
    (TypeError, ("MessageToString() got an unexpected keyword argument "
                 "'float_format'"),
     "protobuf 7 dropped it: pip install 'protobuf<7'"),
    (ModuleNotFoundError, "No module named 'asyncore'",
     "Python 3.12 dropped it; pip install pyasyncore"),
    (ModuleNotFoundError, "No module named 'asynchat'",
     "Python 3.12 dropped it; pip install pyasynchat"),
)


# module -> the extra of setup.cfg that installs it
_EXTRAS = {"IPython": "notebook", "nbformat": "notebook",
           "fissix": "python2", "matplotlib": "plot",
           "tensorflow_probability": "probability"}


def hint_of_folder(name):
  """What to do if the current folder has the module; None if it does not."""
  if os.path.isfile(name + ".py") or (
      os.path.isdir(name) and any(entry.endswith(".py")
                                  for entry in os.listdir(name))):
    return (f"`{name}` is in the current folder, where Python does not look "
            "when the script is in another one; run it with PYTHONPATH=.")
  return None


def _finds_current_folder():
  current = os.path.realpath(os.getcwd())
  return current in (os.path.realpath(path or ".") for path in sys.path)


def _hint_of_age(error):
  text = str(error)
  for kind, words, line in _OF_AGE:
    words = (words,) if isinstance(words, str) else words
    if isinstance(error, kind) and any(word in text for word in words):
      return line
  name = getattr(error, "name", None)
  top = (name or "").partition(".")[0]
  if isinstance(error, ModuleNotFoundError) and top not in (
      "", "tensorflow", "tfcompat_rnn"):
    folder = None if _finds_current_folder() else hint_of_folder(top)
    if folder:
      return folder
    extra = _EXTRAS.get(top)
    if extra:
      return (f"`{top}` is not installed for this Python; pip install "
              f"'tfcompat_rnn[{extra}]'")
    return f"`{top}` is not installed for this Python; pip install it"
  return None


def _show_with_sources(kind, value, tb):
  # The interpreter's own reads files; a notebook's lines are in linecache.
  traceback.print_exception(kind, value, tb)


def arrange(patches, error, from_file=True, verbose=False):
  """Has the interpreter print `error`, which is propagating, our way."""
  def make(original):
    shown_by = original
    if not from_file and original is sys.__excepthook__:
      shown_by = _show_with_sources

    def show(kind, value, tb):
      if value is not error:
        shown_by(kind, value, tb)
        return
      strip_chain(value)
      if issubclass(kind, _errors.TfcompatError) and not verbose:
        shorten(value)
      lines = hints(value)
      # What Python 3 says of the syntax of Python 2 would only mislead.
      if not (issubclass(kind, SyntaxError)
              and any(python2.INSTALL in line for line in lines)):
        _show(shown_by, kind, value)
      for line in lines:
        _terminal.complain(line)
    return show

  # The program may have deleted it.
  vars(sys).setdefault("excepthook", sys.__excepthook__)
  patches.wrap(sys, "excepthook", make)


def _show(shown_by, kind, value):
  """As the interpreter does, also where a hook of the program fails."""
  tb = _part(value, "__traceback__")
  if shown_by in (sys.__excepthook__, _show_with_sources):
    shown_by(kind, value, tb)
    return
  try:
    shown_by(kind, value, tb)
  except Exception as trouble:
    trouble.__context__ = None
    strip_chain(trouble)
    print("Error in sys.excepthook:", file=sys.stderr)
    _show_with_sources(type(trouble), trouble, trouble.__traceback__)
    print("\nOriginal exception was:", file=sys.stderr, flush=True)
    sys.__excepthook__(kind, value, tb)
