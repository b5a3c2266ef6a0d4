"""The names of TensorFlow 1.15.5, read when an error message needs them.

`names_1_15.json` maps each module of 1.15.5 to its public names.
`tests/namespace/make_names.py` writes it under a real 1.15.5.
`names_before_1_15.json` has the names that TensorFlow 1.0 to 1.14 had and 1.15
did not; `tests/releases_1x/make_older_names.py` writes it under those
releases.
"""

import functools
import importlib.resources
import json


@functools.lru_cache(maxsize=None)
def _data():
  path = importlib.resources.files(__package__) / "names_1_15.json"
  return json.loads(path.read_text(encoding="utf-8"))


@functools.lru_cache(maxsize=None)
def modules():
  """{1.15 module without `tensorflow.`: frozenset of names}."""
  return {module: frozenset(text.split())
          for module, text in _data()["modules"].items()}


def imported(old_module, name):
  """The 1.15 module that a private module imported as `name`, or None.

  >>> imported("python.ops.rnn", "vs")
  'python.ops.variable_scope'
  >>> imported("python.layers.base", "copy")  # not TensorFlow's
  ':copy'
  """
  for item in _data()["imports"].get(old_module, "").split():
    alias, _, target = item.partition("=")
    if alias == name:
      return target or _data()["usual"][name]
  return None


@functools.lru_cache(maxsize=None)
def _older():
  path = importlib.resources.files(__package__) / "names_before_1_15.json"
  return json.loads(path.read_text(encoding="utf-8"))["modules"]


def older(old):
  """The releases before 1.15 that had `old`, or None.

  >>> older("contrib.data.TextLineDataset")
  ('1.2', '1.4')
  """
  parent, _, name = old.rpartition(".")
  for span, found in _older().get(parent, {}).items():
    if name in found.split():
      first, _, last = span.partition("-")
      return first, last or first
  return None


def is_module(old):
  """Whether `tensorflow.<old>` was a module in 1.15.5."""
  return old in modules()


def names_of(old_module):
  """The names of one 1.15 module, sorted; empty if there was no such module."""
  return sorted(modules().get(old_module, ()))


def home(old):
  """The full name of the 1.15 module that had `old`, or None.

  An attribute of a class (`train.Saver.foo`) gives None.
  """
  parent, _, name = old.rpartition(".")
  if name in modules().get(parent, ()) or is_module(old):
    return f"tensorflow.{parent}" if parent else "tensorflow"
  return None


def modules_with(name):
  """The 1.15 modules that had `name`: public ones first, shortest first."""
  return sorted((module for module, found in modules().items()
                 if name in found),
                key=lambda m: (m.startswith("python"), ".python" in m, len(m)))
