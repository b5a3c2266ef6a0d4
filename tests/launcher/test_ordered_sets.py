"""`--ordered-sets`: what the program's sets iterate like."""

import builtins
import copy
import importlib
import pickle
import sys

import pytest

from tfcompat_rnn.compare import sides
from tfcompat_rnn.launcher import ordered_sets


@pytest.fixture
def folder(tmp_path, monkeypatch):
  monkeypatch.setattr(sys, "path", [str(tmp_path)] + sys.path)
  undo = ordered_sets.install([str(tmp_path)])
  yield tmp_path
  undo()
  assert not hasattr(builtins, "_tfcompat_ordered_set")


def run(source):
  namespace = {"copy": copy}
  exec(ordered_sets.compile_source("x = " + source, "x.py"), namespace)
  return namespace["x"]


TEXT = "'hello world'"


@pytest.mark.parametrize("source, wanted", [
    (f"list(set({TEXT}))", list(" dehlorw")),
    (f"[*{{c for c in {TEXT}}}]", list(" dehlorw")),
    ("list({'z', 'a', 'm'})", ["a", "m", "z"]),
    ("list({10, 3, 2.5})", [2.5, 3, 10]),
    ("list({None, 'a', 1})", [None, 1, "a"]),
    ("list({('b', 1), ('a', 2)})", [("a", 2), ("b", 1)]),
    ("list(frozenset('ba'))", ["a", "b"]),
    ("list(set('ab') | set('dc'))", list("abcd")),
    ("list(set('abcd') - {'a'})", list("bcd")),
    ("list(set('ba').union('dc'))", list("abcd")),
    ("list({'b', 'a'} & {'c', 'a', 'b'})", ["a", "b"]),
    ("list(copy.deepcopy({'c', 'b', 'a'}))", list("abc")),
    ("list(copy.copy({'c', 'b', 'a'}))", list("abc")),
    ("{'c', 'b', 'a'}.pop()", "a"),
    ("{c: i for i, c in enumerate(set('cab'))}", {"a": 0, "b": 1, "c": 2}),
    ("''.join(set('cab'))", "abc"),
    ("isinstance({1}, set) and isinstance(frozenset(), (set, frozenset))",
     True),
    ("isinstance(copy.copy(open.__class__), set)", False),
    ("type({1}) is set", True),
    ("{'a', 'b'} == set('ab')", True),
    ("repr({'b', 'a'}) + repr(set()) + repr(frozenset('a'))",
     "{'a', 'b'}set()frozenset({'a'})"),
    ("(lambda set: set(3))(lambda x: x + 1)", 4),
])
def test_expressions(folder, source, wanted):
  del folder
  assert run(source) == wanted


def test_a_pickle_needs_no_ordered_sets(folder):
  del folder
  back = pickle.loads(pickle.dumps(run("{'a', 'b'}")))
  assert type(back) is set and back == {"a", "b"}


def test_sets_of_libraries_are_sets(folder):
  del folder
  kind = run("set")
  assert isinstance({1}, kind) and issubclass(set, kind)
  assert isinstance(kind(), set)


def test_modules_of_the_program_alone(folder):
  (folder / "vocabulary_of_ours.py").write_text(
      "words = list(set('cab'))\n", encoding="utf-8")
  installed = folder / "site-packages"
  installed.mkdir()
  (installed / "of_a_library.py").write_text("kind = set\n",
                                             encoding="utf-8")
  sys.path.insert(0, str(installed))
  importlib.invalidate_caches()
  try:
    ours = importlib.import_module("vocabulary_of_ours")
    assert ours.words == ["a", "b", "c"]
    assert not list(folder.glob("__pycache__/vocabulary*")), "no .pyc of it"
    assert importlib.import_module("of_a_library").kind is set
  finally:
    sys.modules.pop("vocabulary_of_ours", None)
    sys.modules.pop("of_a_library", None)


def test_the_printed_recorder_contains_them():
  text = sides.recorder_source()
  namespace = {"__name__": "printed", "__file__": "/nowhere/recorder.py"}
  exec(compile(text, "recorder.py", "exec"), namespace)
  module = namespace["ordered_sets"]()
  assert list(module.ordered_set("ba")) == ["a", "b"]
