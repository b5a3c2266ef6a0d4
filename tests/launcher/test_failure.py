"""The line that follows a traceback when old code explains the failure."""

import builtins
import sys
import warnings

import numpy as np
import pytest

from tfcompat_rnn import _patching
from tfcompat_rnn.launcher import failure

_NUMPY = tuple(int(part) for part in np.__version__.split(".")[:2])
_NUMPY1 = "pip install 'numpy<2'"


@pytest.mark.parametrize("expression, since, change", [
    ("np.uint8(300)", (2, 0), "write np.array(value).astype(dtype)"),
    ("bool(np.array([]))", (2, 2), "write `array.size > 0`"),
    ("np.arange(3).ptp()", (2, 0), None),
    ("np.float32(1).newbyteorder()", (2, 0), None),
    ("np.issubsctype(int, np.integer)", (2, 0), None),
])
def test_numpy_1_is_the_first_remedy_for_numpy_2(expression, since, change):
  with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    if _NUMPY < since:
      eval(expression)  # runs as it did
      return
    with pytest.raises((AttributeError, OverflowError, ValueError)) as caught:
      eval(expression)
  lines = failure.hints(caught.value)
  if sys.version_info < (3, 13):
    line, = lines
    assert line.partition(": ")[2].startswith(_NUMPY1)
    assert change is None or change in line
  elif change is None:
    assert not lines  # NumPy's own message says what to write
  else:
    line, = lines
    assert _NUMPY1 not in line and line.partition(": ")[2].startswith(change)


@pytest.mark.parametrize("program, expected", [
    ("import array; array.array('b').tostring()",
     "Python 3.9 dropped array.tostring(); tobytes() is the same"),
    ("import array; array.array('b').fromstring(b'1')",
     "Python 3.9 dropped array.fromstring(); frombytes() is the same"),
    ("import xml.etree.ElementTree as e; e.Element('a').getchildren()",
     "Python 3.9 dropped Element.getchildren(); list(element) is the same"),
    ("(1, 2).eval()",
     "if this is the state of an LSTM, which was one tensor up to TensorFlow "
     "0.10: run with --api 0.10 or behave_as_1_15(api='0.10')"),
    ("def MessageToString(message): pass\n"
     "MessageToString(None, float_format='')",
     "protobuf 7 dropped it: pip install 'protobuf<7'"),
    ("import no_such_library.part",
     "`no_such_library` is not installed for this Python; pip install it"),
    ("{}['a']", None),
    ("np.array(['a']).astype(int)", None),
])
def test_other_hints(program, expected):
  with pytest.raises(Exception) as caught:
    exec(program, {"np": np})
  assert failure.hints(caught.value) == ([expected] if expected else [])


@pytest.mark.parametrize("module, extra", [
    ("matplotlib.pyplot", "plot"), ("fissix", "python2"),
    ("IPython.display", "notebook"), ("nbformat", "notebook"),
    ("tensorflow_probability", "probability"),
])
def test_the_extra_with_a_missing_module(module, extra):
  top = module.partition(".")[0]
  error = ModuleNotFoundError(f"No module named '{top}'", name=module)
  assert failure.hints(error) == [
      f"`{top}` is not installed for this Python; pip install "
      f"'tfcompat_rnn[{extra}]'"]


def test_python_2_is_explained_in_one_line(tmp_path, capsys):
  path = tmp_path / "old.py"
  path.write_text("x = 1\nprint 'loss', x\n")
  with pytest.raises(SyntaxError) as caught:
    compile(path.read_text(), str(path), "exec")
  patches = _patching.Stack()
  try:
    failure.arrange(patches, caught.value)
    sys.excepthook(caught.type, caught.value, caught.tb)
  finally:
    patches.close()
  line, = capsys.readouterr().err.splitlines()
  assert line.startswith(f"tfcompat-rnn: {path}:2: print statement")
  assert line.endswith("`pip install 'tfcompat_rnn[python2]'`")


def test_a_package_in_the_current_folder(tmp_path, monkeypatch):
  (tmp_path / "models_here").mkdir()
  (tmp_path / "models_here" / "rnn.py").write_text("")
  monkeypatch.chdir(tmp_path)
  monkeypatch.setattr(sys, "path", [path for path in sys.path if path])
  error = ModuleNotFoundError("No module named 'models_here'",
                              name="models_here")
  assert failure.hints(error) == [
      "`models_here` is in the current folder, where Python does not look "
      "when the script is in another one; run it with PYTHONPATH=."]
  monkeypatch.syspath_prepend(str(tmp_path))
  assert failure.hints(error)[0].endswith("pip install it")
  error = ModuleNotFoundError("No module named 'IPython'", name="IPython")
  assert failure.hints(error)[0].endswith(
      "pip install 'tfcompat_rnn[notebook]'")


class Mute(Exception):

  def __str__(self):
    raise ValueError("no text")


def test_an_error_whose_text_cannot_be_made():
  error = Mute()
  failure.strip_chain(error)
  assert failure.hints(error) == []


class Ending(Exception):
  """Would end Python without a word if it were asked for its text."""

  def __str__(self):
    raise SystemExit(7)


class Odd(ModuleNotFoundError):
  """Has attributes that mean something else than Python's."""
  name = 5
  exceptions = 5


class Refusing(Exception):

  @property
  def exceptions(self):
    raise KeyError("no")


class Frozen(Exception):

  def __setattr__(self, name, value):
    raise RuntimeError(name)


class Closed(Exception):

  def __getattribute__(self, name):
    raise RuntimeError(name)


@pytest.mark.parametrize("kind", [Frozen, Closed, Mute])
def test_errors_of_odd_classes_lose_our_lines_too(kind):
  try:
    failure.clean_message(_Raising(kind))  # raises in a file of the launcher
  except BaseException as error:
    failure.strip_chain(error)
    entry = failure._part(error, "__traceback__")
    assert entry.tb_frame.f_code.co_name == (
        "test_errors_of_odd_classes_lose_our_lines_too")
    while entry.tb_next:
      entry = entry.tb_next
    assert entry.tb_frame.f_code.co_name == "split"


class _Raising(str):
  """A text that raises an error of the class it is made of."""

  def __new__(cls, kind):
    made = super().__new__(cls)
    made.kind = kind
    return made

  def split(self, *_):
    raise self.kind


@pytest.mark.parametrize("hook, said", [
    (lambda *error: [].pop(), "IndexError: pop from empty list"),
    (None, "TypeError: 'NoneType' object is not callable"),
    ("absent", None)])
def test_a_hook_of_the_program_that_fails(monkeypatch, capsys, hook, said):
  """What is printed is what the interpreter would print."""
  if hook == "absent":
    monkeypatch.delattr(sys, "excepthook")
  else:
    monkeypatch.setattr(sys, "excepthook", hook)
  error = ValueError("of the program")
  patches = _patching.Stack()
  try:
    failure.arrange(patches, error)
    sys.excepthook(ValueError, error, None)
  finally:
    patches.close()
  told = capsys.readouterr().err
  assert told.endswith("ValueError: of the program\n")
  assert "tfcompat_rnn/" not in told
  if said is not None:
    assert told.startswith("Error in sys.excepthook:\n")
    assert said + "\n\nOriginal exception was:\n" in told


def _misplaced():
  error = SyntaxError("x")
  error.filename, error.lineno = 3, "a"  # a number would be a descriptor
  return error


@pytest.mark.parametrize("make", [Ending, Odd, Refusing, _misplaced])
def test_errors_of_odd_classes_are_shown_as_they_are(make):
  error = make()
  error.__cause__ = make()
  kind = type(error)
  failure.strip_chain(error)
  assert type(error) is kind and failure.hints(error) == []


def test_the_parts_of_a_group_are_stripped():
  # Python has no groups before 3.11.
  group = getattr(builtins, "ExceptionGroup", lambda text, errors: errors[0])
  try:
    failure.clean_message(3)  # raises in a file of the launcher
  except AttributeError as error:
    inner = error
  assert inner.__traceback__.tb_next is not None
  failure.strip_chain(group("all", [inner]))
  assert inner.__traceback__.tb_next is None
