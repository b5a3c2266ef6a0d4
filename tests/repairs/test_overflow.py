"""Integers that a dtype cannot hold wrap around, as NumPy 1.26 had it.

Every expected value is what NumPy 1.26.4 computed on 64-bit Linux. The tests
run on NumPy 1 as well, where no repair is made.
"""

import types
import warnings

import numpy as np
import pytest

from tfcompat_rnn import _patching
from tfcompat_rnn.repairs import numpy as table

IS_NUMPY2 = int(np.__version__.partition(".")[0]) >= 2
ERROR = OverflowError
_CALL = """
import numpy as np
def call(expression):
  return eval(expression)
"""


def _module(name):
  module = types.ModuleType(name)
  exec(_CALL, vars(module))
  return module


@pytest.fixture
def old():
  """A caller of the program's age, and the messages that it causes."""
  messages = []
  module = _module("mine")
  module.messages = messages
  with warnings.catch_warnings(), _patching.Stack() as patches:
    # NumPy 1.24 to 1.26 announce what NumPy 2 does.
    warnings.simplefilter("ignore", DeprecationWarning)
    for row in table.ROWS:
      if row.where == "numpy" and row.name.startswith(
          ("np.array(", "np.asarray(", "np.full(")):
        row.apply(patches, np, messages.append)
    yield module


# value -> what np.array(value, dtype) made of it.
_VALUES = {
    "int8": {128: -128, -129: 127, 300: 44, -300: -44, 65536: 0,
             2 ** 32 + 5: 5, 2 ** 63 - 1: -1, -2 ** 63: 0, 2 ** 63: ERROR,
             2 ** 64: ERROR, -2 ** 63 - 1: ERROR},
    "uint8": {256: 0, 300: 44, -1: 255, -129: 127, -300: 212, 65536: 0,
              2 ** 32 + 5: 5, 2 ** 63 - 1: 255, -2 ** 63: 0, 2 ** 63: ERROR,
              2 ** 64 - 1: ERROR, 2 ** 64: ERROR, -2 ** 63 - 1: ERROR},
    "int16": {65536: 0, 2 ** 31: 0, 2 ** 32 + 5: 5, 40000: -25536,
              -2 ** 31 - 1: -1, 2 ** 63: ERROR},
    "uint16": {-1: 65535, -300: 65236, 65536: 0, 2 ** 32 + 5: 5,
               2 ** 63 - 1: 65535, 2 ** 63: ERROR},
    "int32": {2 ** 31: -2 ** 31, -2 ** 31 - 1: 2 ** 31 - 1, 2 ** 32 + 5: 5,
              2 ** 63 - 1: -1, 2 ** 63: ERROR},
    "uint32": {-1: 2 ** 32 - 1, 2 ** 32 + 5: 5, -2 ** 31 - 1: 2 ** 31 - 1,
               2 ** 63 - 1: 2 ** 32 - 1, 2 ** 63 + 7: 7,
               2 ** 64 - 1: 2 ** 32 - 1, 2 ** 64: ERROR,
               -2 ** 63 - 1: ERROR},
    "int64": {2 ** 63: ERROR, 2 ** 64 - 1: ERROR, -2 ** 63 - 1: ERROR},
    "uint64": {-1: 2 ** 64 - 1, -129: 2 ** 64 - 129, -2 ** 63: 2 ** 63,
               2 ** 63: 2 ** 63, 2 ** 64: ERROR, -2 ** 63 - 1: ERROR,
               10 ** 30: ERROR},
    # Not integers: as ever.
    "bool": {300: True, -1: True, 0: False, 10 ** 30: True},
    "float32": {300: 300.0, -1: -1.0, 2 ** 64: 2.0 ** 64,
                10 ** 400: ERROR},
}


@pytest.mark.parametrize("dtype", _VALUES)
@pytest.mark.parametrize("function", ["array", "asarray"])
def test_every_dtype(old, function, dtype):
  for value, expected in _VALUES[dtype].items():
    for expression in (f"np.{function}({value}, '{dtype}')",
                       f"np.{function}([{value}], dtype=np.{dtype}_)"
                       if dtype == "bool" else
                       f"np.{function}([{value}], dtype=np.{dtype})"):
      if expected is ERROR:
        with pytest.raises(OverflowError):
          old.call(expression)
      else:
        found = old.call(expression)
        assert found.dtype == dtype
        assert found.ravel().tolist() == [expected], expression


# np.full made an array of the value first, so that uint64 is in its reach.
_FULL = {
    "int8": {300: 44, -129: 127, 2 ** 63 + 7: 7, 2 ** 64 - 1: -1,
             2 ** 64: ERROR, -2 ** 63 - 1: ERROR},
    "uint8": {-1: 255, 300: 44, 2 ** 63 + 7: 7, 2 ** 64: ERROR},
    "int32": {2 ** 31: -2 ** 31, 2 ** 64 - 1: -1, 2 ** 64: ERROR},
    "int64": {2 ** 63: -2 ** 63, 2 ** 64 - 1: -1, 2 ** 64: ERROR},
    "uint64": {-1: 2 ** 64 - 1, -2 ** 63: 2 ** 63, 2 ** 64: ERROR},
    "bool": {-1: True, 10 ** 30: True},
    "float32": {-1: -1.0, 10 ** 400: ERROR},
}


@pytest.mark.parametrize("dtype", _FULL)
def test_full(old, dtype):
  for value, expected in _FULL[dtype].items():
    for expression in (f"np.full(2, {value}, '{dtype}')",
                       f"np.full(shape=(1, 2), fill_value={value}, "
                       f"dtype='{dtype}', order='F')"):
      if expected is ERROR:
        with pytest.raises(OverflowError):
          old.call(expression)
      else:
        found = old.call(expression)
        assert found.dtype == dtype
        assert found.ravel().tolist() == [expected] * 2, expression


@pytest.mark.parametrize("expression, expected", [
    ("np.array([[300, -1], [2, 3]], 'u1')", [[44, 255], [2, 3]]),
    ("np.array((300, True, -1), 'u1')", [44, 1, 255]),
    ("np.array([300.7, -1], 'u1')", [44, 255]),
    ("np.array([-1.5], 'u1')", [255]),
    ("np.array([np.int64(300), -1], 'u1')", [44, 255]),
    ("np.array([np.float32(300), -1], 'u1')", [44, 255]),
    ("np.array([np.array(300), -1], 'u1')", [44, 255]),
    ("np.array(['300', '-1'], 'u1')", [44, 255]),
    ("np.array([range(3), range(-3, 0)], 'u1')",
     [[0, 1, 2], [253, 254, 255]]),
    ("np.array([2 ** 63, -1], 'u8')", [2 ** 63, 2 ** 64 - 1]),
    ("np.array([[1e19, -1], [-3., 5]], 'u8')",
     [[10 ** 19, 2 ** 64 - 1], [2 ** 64 - 3, 5]]),
    ("np.array([np.uint64(2 ** 63), -1], 'u1')", [0, 255]),
    ("np.array([np.uint64(2 ** 63 + 5), -1], 'u4')", [5, 2 ** 32 - 1]),
    ("np.array([2. ** 63, -1], 'u4')", [0, 2 ** 32 - 1]),
    ("np.array([-1e10, 70000], 'u2')", [7168, 4464]),
    ("np.array([70000, -1], '>u2')", [4464, 65535]),
    ("np.array([300], np.uint8, ndmin=2)", [[44]]),
    ("np.asarray([-1], np.uint32, 'C')", [2 ** 32 - 1]),
    ("np.full((2, 2), [300, -1], 'u1')", [[44, 255], [44, 255]]),
    ("np.full(2, -1.5, 'u1')", [255, 255]),
    ("np.full(3., -1, 'u1')", [255, 255, 255]),
    ("np.full(1, np.array(300, object), 'u1')", [44]),
    ("np.full(1, '300', 'u1')", [44]),
    ("np.full(2, ['300', b'-1'.decode()], 'i1')", [44, -1]),
    ("np.full(1, b'300', 'i1')", [44]),
    ("np.array(object=[300, -1], dtype='u1')", [44, 255]),
    ("np.asarray(a=[300, -1], dtype='u1')", [44, 255]),
    ("np.asarray([300, -1], dtype='u1', order='F')", [44, 255]),
    ("np.array([300], 'u1', like=np.zeros(1))", [44]),
    ("np.array([np.int64(-1), 2 ** 40], 'i4')", [-1, 0]),
])
def test_lists_and_numbers_of_other_kinds(old, expression, expected):
  assert old.call(expression).tolist() == expected


@pytest.mark.parametrize("call", [
    "np.asarray(values, '{}')", "np.array(values, '{}')",
    "np.full(3, values, '{}')"])
@pytest.mark.parametrize("dtype", ["u1", "i1", "u4", "u8"])
def test_an_array_that_was_passed_in_keeps_its_values(old, call, dtype):
  old.values = np.array([300, -1, 2 ** 40], object)
  found = old.call(call.format(dtype))
  assert found.tolist() == np.array([300, -1, 2 ** 40]).astype(dtype).tolist()
  assert old.values.tolist() == [300, -1, 2 ** 40]


def test_layout_and_byte_order_are_kept(old):
  found = old.call("np.array([[300, -1], [2, 3]], 'u1', order='F')")
  assert found.flags.f_contiguous and not found.flags.c_contiguous
  assert old.call("np.array([70000, -1], '>u2')").dtype == np.dtype(">u2")


@pytest.mark.parametrize("expression, error", [
    ("np.array([300, None], 'u1')", TypeError),
    ("np.array([-1, None], 'u8')", TypeError),
    ("np.array([float('nan'), -1], 'u1')", ValueError),
    ("np.array([float('inf'), -1], 'u1')", OverflowError),
    ("np.array([1e30, -1], 'u1')", OverflowError),
    ("np.array([2. ** 63, -1], 'u2')", OverflowError),
    ("np.array([1e25, -1], 'u4')", OverflowError),
    ("np.array([[300, -1], [2]], 'u1')", ValueError),
    ("np.array([2 ** 64, -1], 'u8')", OverflowError),
    ("np.array([-1, 2 ** 64], 'u8')", OverflowError),
    ("np.array([-1, 2 ** 64], 'u1')", OverflowError),
    # NumPy 1 read these as C's long, too.
    ("np.array([np.uint64(2 ** 63), 300], 'i1')", OverflowError),
    ("np.array([-1, 300, np.uint64(2 ** 63)], 'i1')", OverflowError),
    ("np.full(2, 2 ** 64, 'u1')", OverflowError),
    ("np.full(2, str(2 ** 64), 'u1')", OverflowError),
])
def test_other_errors_stay_errors(old, expression, error):
  with pytest.raises(error):
    old.call(expression)
  assert not old.messages


def test_one_message_for_all_of_them(old):
  for expression in ("np.array(-1, 'u1')", "np.array(300, 'u1')",
                     "np.asarray([-1], 'u2')", "np.full(2, -1, 'u4')"):
    old.call(expression)
  if IS_NUMPY2:
    message, = old.messages
    assert message.startswith(
        "integers that an array's dtype cannot hold wrap around, as in NumPy "
        "1: np.array(300, np.uint8) is 44")
    assert "--no-repair 'np.*(overflow)'" in message
  else:
    assert not old.messages


def test_nothing_is_said_where_everything_fits(old):
  assert old.call("np.array([255, 0], 'u1')").tolist() == [255, 0]
  assert old.call("np.full(2, 255, 'u1')").tolist() == [255, 255]
  assert not old.messages


def _outcome(call, expression):
  try:
    return call(expression).tolist()
  except OverflowError:
    return OverflowError


# Before a repair: np.full still wraps around in NumPy 2.0.
NUMPYS_OWN = {expression: _outcome(eval, expression) for expression in (
    "np.array([300], 'u1')", "np.asarray(-1, 'u1')", "np.full(2, -1, 'u1')")}


@pytest.mark.parametrize("expression", NUMPYS_OWN)
def test_current_libraries_get_numpys_own_answer(old, expression):
  own = NUMPYS_OWN[expression]
  if not IS_NUMPY2 or "array" in expression:
    assert (own is OverflowError) == IS_NUMPY2
  assert _outcome(_module("sklearn.x").call, expression) == own
  assert not old.messages


def test_undone():
  with _patching.Stack() as patches:
    before = np.array, np.asarray, np.full
    for row in table.ROWS:
      if row.name.endswith("(overflow)"):
        row.apply(patches, np, lambda text: None)
    assert (np.array is not before[0]) == IS_NUMPY2
  assert (np.array, np.asarray, np.full) == before
