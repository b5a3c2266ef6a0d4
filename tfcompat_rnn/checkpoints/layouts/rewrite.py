"""Defines layout conversions, and the object that collects their result."""

import collections
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn.checkpoints.layouts import cells as layouts_cells


class Option(typing.NamedTuple):
  """An option `name=value` of a conversion; `read` parses the text."""
  name: str
  read: typing.Callable
  default: typing.Any
  help: str


class Conversion(typing.NamedTuple):
  """A conversion, whose `convert(tensors, options)` does the work.

  `tensors` is a mapping key -> array (such as an open `Checkpoint`). `options`
  is a dict with some of the options in the field of that name; the others take
  their defaults. `convert` returns `(tensors, actions)`: all keys of the
  result, and a list of `(new key, (old keys, ...), what was done)`, in which
  the new key is None if something was left out. Unchanged keys appear in no
  action.
  """
  name: str
  help: str
  convert: typing.Callable
  inverse: str
  options: tuple = ()


def number(text):
  return float(text)


def count(text):
  value = int(text)
  if value < 1:
    raise ValueError(text)
  return value


def one_of(*words):
  def read(text):
    if text not in words:
      raise ValueError(text)
    return text
  read.__name__ = " or ".join(words)
  return read


SCOPE = Option("scope", str, None, "only the cells at or below this scope")
CELL = Option("cell", one_of("lstm", "rnn", "gru"), None,
              "the kind of the cell at `scope`, if its name does not show it")


def read_options(conversion, given):
  """All options of `conversion` from `given`, a dict or "name=value" texts.

  Raises `CheckpointError` for unknown names and for values that cannot be
  parsed.
  """
  known = {option.name: option for option in conversion.options}
  values = {option.name: option.default for option in conversion.options}
  if not isinstance(given, dict):
    pairs = [text.partition("=") for text in given or ()]
    bad = [text for text, mark, _ in pairs if not mark]
    if bad:
      raise _errors.CheckpointError(problem(
          "option", "be NAME=VALUE", repr(bad[0]),
          _offer(conversion, known)))
    given = {name: value for name, _, value in pairs}
  for name, value in given.items():
    name = name.replace("-", "_")
    if name not in known:
      raise _errors.CheckpointError(problem(
          "option", f"be one of layout {conversion.name}", repr(name),
          _offer(conversion, known)))
    if isinstance(value, str):
      read = known[name].read
      try:
        value = read(value)
      except _errors.CheckpointError:
        raise
      except ValueError as error:
        raise _errors.CheckpointError(problem(
            name, f"be {known[name].help} ({read.__name__})", repr(value),
            f"give {name}=..., see `checkpoint convert --help`")) from error
    values[name] = value
  return values


def _offer(conversion, known):
  if not known:
    return f"{conversion.name} has no options"
  return "there are " + "; ".join(
      f"{name}: {option.help}" for name, option in known.items())


class Sheet:
  """Collects the result; keys that are not changed pass through."""

  def __init__(self, tensors):
    self._source = tensors
    self._result = collections.OrderedDict((key, None) for key in tensors)
    self.actions = []

  def read(self, key):
    return np.asarray(self._source[key])

  def replace(self, olds, new, what):
    """Replaces the keys `olds` with `new` (key -> array)."""
    olds = tuple(olds)
    for key in olds:
      self._result.pop(key, None)
    for key, array in new.items():
      self._put(key, array, olds)
      self.actions.append((key, olds, what))

  def drop(self, key, why):
    del self._result[key]
    self.actions.append((None, (key,), f"left out: {why}"))

  def _put(self, key, array, olds):
    """Adds a key; if it exists already, it must have the same numbers."""
    if key in self._result and key not in olds:
      there = self._result[key]
      there = self.read(key) if there is None else there
      if there.shape != array.shape or not np.array_equal(there, array):
        raise _errors.CheckpointError(problem(
            "tensors", f"contain no other {key} than the one made from "
            f"{', '.join(olds)}", "one with different numbers",
            "leave out one of the two, or name another target"))
    self._result[key] = array

  def move(self, key, new_key, change, what, average=None, slot=None):
    """Replaces a variable and everything that belongs to it.

    `change` computes the new array, `average` that of its moving averages
    (`change` if None), and `slot` that of an optimizer's slots (`average` if
    None). A follower with another shape is only renamed.
    """
    array = self.read(key)
    average = average or change
    slot = slot or average
    others = layouts_cells.followers(list(self._result), key)
    self.replace([key], {new_key: change(array)}, what)
    for other in others:
      new = _follow(other, key, new_key)
      value = self.read(other)
      function = average if layouts_cells.is_average(other) else slot
      if value.shape == array.shape:
        value = function(value)
      self.replace([other], {new: value}, f"belongs to {new_key}")

  def finish(self):
    tensors = collections.OrderedDict()
    for key, array in self._result.items():
      tensors[key] = self.read(key) if array is None else array
    return tensors, self.actions


def _follow(other, key, new_key):
  if other.startswith(key + "/"):
    return new_key + other[len(key):]
  head, _, tail = other.partition(f"/{key}/")
  return f"{head}/{new_key}/{tail}"
