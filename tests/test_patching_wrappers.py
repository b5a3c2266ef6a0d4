"""What is patched can be used as before, and is undone wherever that is asked.

A wrapped function can be pickled, copied and be an attribute of a class.
"""

import builtins
import copy
import pickle
import random
import types
import warnings

import numpy as np
import pytest

from tfcompat_rnn import _patching


def _bound(number):
  return number + 1


_METHODS = types.SimpleNamespace(
    builtin=len, bound=random.Random(3).random, function=_bound,
    static=staticmethod(_bound))


@pytest.mark.parametrize("name", vars(_METHODS))
def test_a_wrapper_is_a_method_only_if_the_original_is(name):
  module = types.ModuleType("module")
  module.function = getattr(_METHODS, name)
  called = []

  def make(original):
    def replacement(*args):
      called.append(len(args))
      return original(*args)
    return replacement

  def call():
    kind = type("Kind", (), {"function": module.function})
    return kind().function(*{"builtin": ["abc"], "static": [4]}.get(name, []))

  with _patching.Stack() as patches:
    patches.wrap(module, "function", make)
    if name == "function":
      with pytest.raises(TypeError):
        call()
      assert called == [1]
    else:
      assert call() == {"builtin": 3, "static": 5}.get(
          name, random.Random(3).random())
      assert called == [0 if name == "bound" else 1]


@pytest.mark.parametrize("holder, name", [
    (random, "shuffle"), (builtins, "open"), (np.random, "normal"),
    (np, "array"), (np, "linspace")])
def test_wrapped_functions_can_be_pickled_and_copied(holder, name):
  with _patching.Stack() as patches:
    patches.wrap(holder, name, lambda original: original)
    wrapped = getattr(holder, name)
    data = pickle.dumps(wrapped)
    assert pickle.loads(data) is wrapped
    assert copy.deepcopy(wrapped) is wrapped
  # What a process without the patch finds.
  assert pickle.loads(data) == getattr(holder, name)


def test_a_filter_is_taken_out_within_catch_warnings_too():
  before = list(warnings.filters)
  patches = _patching.Stack()
  patches.filter_warnings("ignore", "a message", UserWarning)
  with warnings.catch_warnings():
    warnings.simplefilter("error")
    inside = list(warnings.filters)
    patches.close()
    assert len(warnings.filters) == len(inside) - 1
  assert warnings.filters == before


def test_a_filter_that_is_gone_is_not_missed():
  before = list(warnings.filters)
  patches = _patching.Stack()
  with warnings.catch_warnings():
    patches.filter_warnings("ignore", "a message", UserWarning)
  assert warnings.filters == before
  patches.close()
  assert warnings.filters == before
