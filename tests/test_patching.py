"""The stack of patches: what it remembers, what it leaves alone."""

import functools
import logging
import os
import types
import warnings

import pytest

from tfcompat_rnn import _patching


@pytest.fixture
def module():
  """A module with a function, a value and two classes."""
  made = types.ModuleType("library")

  class Base:
    def method(self):
      return "base"

  class Derived(Base):
    pass

  vars(made).update(Base=Base, Derived=Derived, value=1, table={"a": 1},
                    double=lambda x: 2 * x)
  return made


def plus_one(original):
  return lambda x: original(x) + 1


def test_replaced_inside_and_as_before_afterwards(module):
  double = module.double
  with _patching.Stack() as patches:
    patches.replace(module, "value", 2)
    patches.wrap(module, "double", plus_one)
    patches.replace(module.table, "a", 2, item=True)
    assert (module.value, module.double(3), module.table) == (2, 7, {"a": 2})
  assert (module.value, module.double, module.table) == (1, double, {"a": 1})


def test_what_was_absent_is_absent_again(module):
  with _patching.Stack() as patches:
    patches.replace(module, "new", 2)
    patches.replace(module.table, "b", 2, item=True)
    assert (module.new, module.table["b"]) == (2, 2)
  assert not hasattr(module, "new") and module.table == {"a": 1}


def test_what_was_inherited_is_inherited_again(module):
  with _patching.Stack() as patches:
    patches.wrap(module.Derived, "method",
                 lambda original: lambda self: original(self) + ", derived")
    assert module.Derived().method() == "base, derived"
    assert module.Base().method() == "base"
  assert "method" not in vars(module.Derived)
  assert module.Derived().method() == "base"


def test_a_name_that_a_module_makes_when_it_is_asked_is_not_set(module):
  vars(module)["__getattr__"] = {"lazy": 1}.__getitem__
  with _patching.Stack() as patches:
    patches.replace(module, "lazy", 2)
    assert module.lazy == 2
  assert module.lazy == 1 and "lazy" not in vars(module)


def test_a_class_keeps_what_was_defined(module):
  wanted = module.Base.static = staticmethod(lambda: 1)
  module.Base.static = wanted
  with _patching.Stack() as patches:
    patches.replace(module.Base, "static", staticmethod(lambda: 2))
    assert module.Base.static() == 2
  assert vars(module.Base)["static"] is wanted


def test_two_at_one_place_go_in_reverse_order(module):
  double = module.double
  patches = _patching.Stack()
  patches.wrap(module, "double", plus_one)
  below = module.double
  patches.wrap(module, "double", lambda original: lambda x: 10 * original(x))
  assert module.double(3) == 70
  patches.entries.pop().undo()
  assert module.double is below and module.double(3) == 7
  patches.close()
  assert module.double is double


def test_a_wrapper_has_the_name_of_what_it_wraps(module):
  def named(x):
    """Documented."""
    return x
  module.named = named
  with _patching.Stack() as patches:
    patch = patches.wrap(module, "named", plus_one)
    assert module.named.__name__ == "named"
    assert module.named.__doc__ == "Documented."
    assert module.named.__tfcompat_original__ is named
    assert (patch.original, patch.value) == (named, module.named)


def test_a_callable_without_a_name_can_be_wrapped(module):
  class Nameless:
    def __getattr__(self, name):
      raise AttributeError(name)

    def __call__(self, x):
      return x
  module.nameless = functools.partial(Nameless())
  with _patching.Stack() as patches:
    patches.wrap(module, "nameless", plus_one)
    assert module.nameless(1) == 2
  assert module.nameless(1) == 1


def test_when_decides_at_each_call(module):
  wanted = []
  with _patching.Stack() as patches:
    patches.wrap(module, "double", plus_one, when=lambda: bool(wanted))
    assert module.double(3) == 6
    wanted.append(1)
    assert module.double(3) == 7


def test_wrapping_what_is_not_there_is_an_error(module):
  patches = _patching.Stack()
  with pytest.raises(AttributeError):
    patches.wrap(module, "missing", plus_one)
  with pytest.raises(KeyError):
    patches.wrap(module.table, "missing", plus_one, item=True)
  assert patches.entries == []
  assert _patching.find(module.table, "a", item=True) == 1


# --- somebody else patches, too ---------------------------------------------

def test_a_value_of_somebody_else_stays(module):
  with _patching.Stack() as patches:
    patches.replace(module, "value", 2)
    patches.replace(module, "new", 2)
    module.value = module.new = 3
  assert (module.value, module.new) == (3, 3)
  with _patching.Stack() as patches:
    patches.replace(module, "new", 4)
    del module.new
  assert not hasattr(module, "new")


def test_a_wrapper_of_somebody_else_stays_and_ours_beneath_passes_on(module):
  first, second = _patching.Stack(), _patching.Stack()
  first.wrap(module, "double", plus_one)
  ours = module.double
  module.double = theirs = lambda x: 100 * ours(x)
  first.close()
  assert module.double is theirs and theirs(3) == 600
  # Again: ours wakes up beneath and calls nobody in a circle.
  second.wrap(module, "double", plus_one)
  assert module.double is theirs and theirs(3) == 700
  second.close()
  assert module.double is theirs and theirs(3) == 600


def test_somebody_else_takes_theirs_off(module):
  double = module.double
  first, second, third = (_patching.Stack() for _ in range(3))
  first.wrap(module, "double", plus_one)
  ours = module.double
  module.double = lambda x: 100 * ours(x)
  first.close()
  second.wrap(module, "double", plus_one)
  module.double = ours  # as it was when theirs came
  assert module.double(3) == 7
  second.close()
  assert module.double is double
  third.wrap(module, "double", plus_one)
  assert module.double(3) == 7
  third.close()
  assert module.double is double


def test_two_of_ours_under_somebody_elses_wake_up_in_order(module):
  def patch(stack):
    stack.wrap(module, "double", plus_one)
    stack.wrap(module, "double", lambda original: lambda x: 10 * original(x))
  first, second = _patching.Stack(), _patching.Stack()
  patch(first)
  module.double = functools.partial(lambda function, x: -function(x),
                                    module.double)
  assert module.double(3) == -70
  first.close()
  assert module.double(3) == -6
  patch(second)
  assert module.double(3) == -70
  second.close()
  assert module.double(3) == -6


def test_a_function_that_does_not_call_ours_is_wrapped_anew(module):
  first, second = _patching.Stack(), _patching.Stack()
  first.wrap(module, "double", plus_one)
  module.double = theirs = lambda x: -x
  first.close()
  second.wrap(module, "double", plus_one)
  assert module.double(3) == -2
  second.close()
  assert module.double is theirs


# --- lists, environment, warnings, anything ----------------------------------

def test_insert_takes_out_its_own_and_by_identity():
  equal = [1], [1]
  items = [equal[0], "x"]
  with _patching.Stack() as patches:
    patches.insert(items, 0, equal[1])
    items.insert(0, "theirs")
    assert items[1] is equal[1]
  assert items == ["theirs", [1], "x"] and items[1] is equal[0]
  with _patching.Stack() as patches:
    patches.insert(items, 0, equal[1])
    del items[0]
  assert len(items) == 3


def test_environment(monkeypatch):
  monkeypatch.setenv("TFCOMPAT_RNN_A", "old")
  monkeypatch.delenv("TFCOMPAT_RNN_B", raising=False)
  with _patching.Stack() as patches:
    for name in ("TFCOMPAT_RNN_A", "TFCOMPAT_RNN_B"):
      patches.replace(os.environ, name, "new", item=True)
      assert os.environ[name] == "new"
  assert os.environ["TFCOMPAT_RNN_A"] == "old"
  assert "TFCOMPAT_RNN_B" not in os.environ
  with _patching.Stack() as patches:
    patches.replace(os.environ, "TFCOMPAT_RNN_A", "new", item=True)
    os.environ["TFCOMPAT_RNN_A"] = "the program's"
  assert os.environ["TFCOMPAT_RNN_A"] == "the program's"


def _is_ignored(text):
  with warnings.catch_warnings(record=True) as found:
    warnings.warn(text, UserWarning, stacklevel=1)
  return not found


def test_filters_of_warnings():
  with warnings.catch_warnings():
    warnings.simplefilter("always")
    before = list(warnings.filters)
    patches = _patching.Stack()
    patches.filter_warnings("ignore", "of no interest")
    assert _is_ignored("of no interest") and not _is_ignored("of interest")
    # The list may have been replaced by then.
    with warnings.catch_warnings():
      patches.close()
      assert not _is_ignored("of no interest")
      assert list(warnings.filters) == before
    warnings.filters.pop(0)
    warnings.filterwarnings("ignore", "theirs")
    before = list(warnings.filters)
    with _patching.Stack() as patches:
      patches.filter_warnings("ignore", "theirs")
    assert list(warnings.filters) == before


def test_on_close_takes_any_function():
  logger, no = logging.getLogger("tfcompat_rnn.test"), logging.Filter("x")
  with _patching.Stack() as patches:
    logger.addFilter(no)
    patches.on_close(logger.removeFilter, no)
  assert logger.filters == []


def test_one_undo_that_raises_does_not_keep_the_others_from_it(module):
  def fail(text):
    raise RuntimeError(text)
  patches = _patching.Stack()
  patches.replace(module, "value", 2)
  patches.on_close(fail, "second")
  patches.replace(module.table, "a", 2, item=True)
  patches.on_close(fail, "first")
  with pytest.raises(RuntimeError, match="first"):
    patches.close()
  assert (module.value, module.table) == (1, {"a": 1})
  assert patches.entries == []


def test_a_block_that_raises_is_undone_and_raises(module):
  with pytest.raises(KeyError):
    with _patching.Stack() as patches:
      patches.replace(module, "value", 2)
      raise KeyError
  assert module.value == 1


def test_closing_twice_is_closing_once_and_a_closed_stack_patches_nothing(
    module):
  patches = _patching.Stack()
  patches.replace(module, "value", 2)
  patches.close()
  module.value, double, filters = 3, module.double, list(warnings.filters)
  patches.close()
  items = []
  patches.replace(module, "value", 4)
  assert patches.wrap(module, "double", plus_one).original is double
  patches.insert(items, 0, 1)
  patches.filter_warnings("ignore", "anything")
  patches.on_close(items.append, 1)
  patches.close()
  assert (module.value, module.double, items) == (3, double, [])
  assert list(warnings.filters) == filters


def test_one_patch_may_be_undone_before_the_others(module):
  double = module.double
  with _patching.Stack() as patches:
    patch = patches.wrap(module, "double", plus_one)
    patch.undo()
    assert module.double is double
    patch.undo()
  assert module.double is double


def test_entries_say_what_they_are(module):
  patches = _patching.Stack()
  patches.replace(module, "value", 2)
  patches.wrap(module.Base, "method", lambda original: original)
  patches.on_close(module.table.clear)
  assert [entry.what for entry in patches.entries] == [
      "library.value", "Base.method", "dict.clear()"]
  patches.close()
