"""The public names have type hints, and type checkers see all of them."""

import ast
import importlib
import inspect
import pathlib
import typing

import pytest

import tfcompat_rnn
from tfcompat_rnn import loops

PACKAGE = pathlib.Path(tfcompat_rnn.__file__).parent
MODULES = ("tfcompat_rnn", "tfcompat_rnn.feedback", "tfcompat_rnn.gradients",
           "tfcompat_rnn.loops", "tfcompat_rnn.state", "tfcompat_rnn.testing",
           "tfcompat_rnn.devices.placement")
# Special methods that people call by their syntax; of the others, Python
# itself fixes the types.
SPECIAL = ("__init__", "__call__", "__iter__", "__next__", "__enter__",
           "__exit__")
FIXTURES = ("tf1_graph", "tf1_session", "assert_same_gradients",
            "assert_same_outputs", "assert_matches_golden", "recording",
            "assert_matches_recording")


def public():
  """(name, object) of each public function and class of `MODULES`."""
  for name in MODULES:
    module = importlib.import_module(name)
    for attribute in module.__all__:
      value = getattr(module, attribute)
      if inspect.isclass(value) or inspect.isfunction(value):
        yield f"{name}.{attribute}", value
  yield "tfcompat_rnn.tf1.seeds_of_1_15", importlib.import_module(
      "tfcompat_rnn.tf1").seeds_of_1_15


def methods(cls):
  """(name, function) of the public methods and properties of our `cls`."""
  overridden = set()
  for base in cls.__mro__:
    if not base.__module__.startswith("tfcompat_rnn"):
      continue
    for name, value in vars(base).items():
      if (name.startswith("_") and name not in SPECIAL) or name in overridden:
        continue
      overridden.add(name)
      if isinstance(value, property):
        for accessor in (value.fget, value.fset):
          if accessor is not None:
            yield name, accessor
      elif inspect.isfunction(value):
        yield name, value


def own_classes(hint):
  """Our classes in a hint: what a function returns is public as well."""
  if inspect.isclass(hint) and hint.__module__.startswith("tfcompat_rnn"):
    yield hint
  for part in typing.get_args(hint):
    yield from own_classes(part)


def is_named_tuple(cls):
  return issubclass(cls, tuple) and hasattr(cls, "_fields")


def unannotated(function):
  """The parameters without a hint; "return" if there is none for the result.

  Hints are evaluated, so that a name that exists for type checkers only fails.
  """
  hints = typing.get_type_hints(inspect.unwrap(function))
  wanted = [name for name in inspect.signature(function).parameters
            if name not in ("self", "cls")] + ["return"]
  return [name for name in wanted if name not in hints], hints


def test_every_public_name_is_fully_annotated():
  waiting = list(public())
  assert len(waiting) > 50
  seen, missing = set(), []
  while waiting:
    name, value = waiting.pop()
    if value in seen:
      continue
    seen.add(value)
    functions = ([(f"{name}.{method}", function)
                  for method, function in methods(value)]
                 if inspect.isclass(value) else [(name, value)])
    for where, function in functions:
      if (inspect.isclass(value) and is_named_tuple(value)
          and function.__name__ == "__init__"):
        continue
      lacking, hints = unannotated(function)
      missing += [f"{where}: {part}" for part in lacking]
      waiting += [(found.__qualname__, found)
                  for found in own_classes(hints.get("return"))]
  assert not missing, "\n".join(missing)
  # What is only returned has been reached.
  assert {"StatefulRNN", "FedBack", "GradientReport", "GraphGrowth", "Timeline",
          "DataParallel", "PreparedChoice"} <= {
              value.__name__ for value in seen}


@pytest.mark.parametrize("name", FIXTURES)
def test_fixtures_are_annotated(name):
  plugin = importlib.import_module("tfcompat_rnn.pytest_plugin")
  fixture = getattr(plugin, name)
  function = getattr(fixture, "__wrapped__", None) or (
      fixture._get_wrapped_function())
  assert unannotated(function)[0] == []


def test_a_missing_hint_is_found():
  def function(typed: int, untyped=3) -> None:
    """Lacks one."""
  assert unannotated(function)[0] == ["untyped"]


def test_getargspec_takes_the_functions_that_1_15_had(monkeypatch):
  # Python's own refused functions with annotations; 1.15's had none.
  monkeypatch.setattr(inspect, "ArgSpec", None, raising=False)
  getargspec = importlib.import_module(
      "tfcompat_rnn.repairs.python")._getargspec(inspect)
  spec = getargspec(loops.dynamic_rnn)
  assert spec.args == [
      "cell", "inputs", "sequence_length", "initial_state", "dtype",
      "parallel_iterations", "swap_memory", "time_major", "scope"]
  assert spec.defaults == (None, None, None, None, False, False, None)

  def annotated(x: int):
    return x
  with pytest.raises(ValueError, match="annotations"):
    getargspec(annotated)


def stub():
  """{public name: (module, attribute)} of `__init__.pyi`, and its `__all__`."""
  found, listed = {}, None
  for node in ast.parse((PACKAGE / "__init__.pyi").read_text()).body:
    if isinstance(node, ast.ImportFrom):
      for alias in node.names:
        found[alias.asname or alias.name] = (node.module, alias.name)
    elif isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
      listed = ast.literal_eval(node.value)
  return found, listed


def test_the_stub_says_what_the_table_says():
  found, listed = stub()
  assert listed == tfcompat_rnn.__all__
  expected = dict(tfcompat_rnn._PUBLIC)
  for name, module in tfcompat_rnn._SUBMODULES.items():
    expected[name] = tuple(module.rsplit(".", 1))
  assert found == expected


def test_the_package_is_marked_as_typed():
  assert (PACKAGE / "py.typed").exists()
