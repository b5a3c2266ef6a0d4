"""Hyperparameters: `tf.contrib.training.HParams` and its string syntax."""

import json
import numbers
import re

from tfcompat_rnn import _errors

# What stands before the value, `name=` or `name[3]=`; the value, a list or
# anything without a comma; and what ends it.
_TARGET = re.compile(r"([A-Za-z][\w.]*)(?:\[\s*(\d+)\s*\])?\s*=\s*")
_VALUE = re.compile(r"\[([^\]]*)\]|([^,[]*)")
_END = re.compile(r",\s*|$")
_BOOLS = {"true": True, "True": True, "false": False, "False": False}


def _bool(text):
  return _BOOLS[text] if text in _BOOLS else bool(int(text))


def _convert(name, kind, text, clause):
  reader = _bool if kind is bool else kind
  try:
    return reader(text)
  except ValueError as error:
    raise _errors.ArgumentError(_errors.problem(
        name, f"be readable as {kind.__name__}", repr(text),
        f"correct it in {clause!r}")) from error


def _already(name, values):
  return _errors.ArgumentError(_errors.problem(
      name, "be assigned once", f"two assignments in {values!r}",
      "keep one of them"))


def _assignments(values):
  """Yields name, index, the text of a list, and that of a single value."""
  place = 0
  while place < len(values):
    parts, at = [], place
    for pattern in (_TARGET, _VALUE, _END):
      part = pattern.match(values, at)
      if not part:
        raise _errors.ArgumentError(_errors.problem(
            "values", "read name=value,name=[value,value]",
            repr(values[place:]), "correct this part"))
      parts.extend(part.groups())
      at = part.end()
    yield parts
    place = at


def parse_values(values, type_map, ignore_unknown=False):
  """Reads `"a=1,b=[x,y],c[2]=0.5"` into a dictionary.

  >>> parse_values("lr=0.1,layers=[3,4],w[1]=2",
  ...              {"lr": float, "layers": int, "w": int})
  {'lr': 0.1, 'layers': [3, 4], 'w': {1: 2}}

  `type_map` gives the type of each name (for a list, that of its elements).
  Raises ArgumentError for names without a type (unless `ignore_unknown`),
  malformed text, values that the type cannot parse, a list assigned to an
  index, and a name assigned twice.

  TF 1.15: `tf.contrib.training.parse_values`.
  """
  found = {}
  for name, index, many, one in _assignments(values):
    if name not in type_map:
      if ignore_unknown:
        continue
      raise _errors.ArgumentError(_errors.problem(
          "values", "name known hyperparameters", name,
          f"known are {sorted(type_map)}"))
    kind = type_map[name]
    if many is not None:
      if index is not None:
        raise _errors.ArgumentError(_errors.problem(
            f"{name}[{index}]", "be assigned a single value",
            f"[{many}]", "drop the index to set the whole list"))
      if name in found:
        raise _already(name, values)
      found[name] = [_convert(name, kind, part, values)
                     for part in re.split("[ ,]", many) if part]
      continue
    value = _convert(name, kind, one, values)
    if index is None:
      if name in found:
        raise _already(name, values)
      found[name] = value
    else:
      slots = found.setdefault(name, {})
      if not isinstance(slots, dict) or int(index) in slots:
        raise _already(f"{name}[{index}]", values)
      slots[int(index)] = value
  return found


def _cast(name, kind, value):
  """`value` as `kind` if nothing is lost: a bool is no number, 1.5 no int."""
  if type(value) is kind or issubclass(kind, type(None)):
    return value
  text = (str, bytes)
  fits = (isinstance(value, bool) == issubclass(kind, bool) and
          (not issubclass(kind, text) or isinstance(value, text)) and
          (not issubclass(kind, numbers.Integral) or
           isinstance(value, numbers.Integral)) and
          (not issubclass(kind, numbers.Number) or
           isinstance(value, numbers.Number)))
  if not fits:
    raise _errors.ArgumentError(_errors.problem(
        name, f"be {kind.__name__}", repr(value),
        "keep the type the hyperparameter was created with"))
  return kind(value)


class HParams(object):
  """Named, typed values, as attributes.

  >>> hparams = HParams(learning_rate=0.1, units=[16, 16], cell="lstm")
  >>> hparams.parse("learning_rate=0.3,units=[8,4]").units
  [8, 4]

  The type of each value (of a list's first element) is fixed when it is
  added; later values must have that type (an int is allowed for a float).
  Raises ArgumentError (a ValueError) for a wrong type, an empty list or a name
  that is in use, and KeyError for a name that was never added.

  TF 1.15: `tf.contrib.training.HParams`. Its protocol buffers (`hparam_def`,
  `to_proto`, `from_proto`) are not supported; use `to_json` and `parse_json`.
  """

  _HAS_DYNAMIC_ATTRIBUTES = True

  def __init__(self, hparam_def=None, model_structure=None, **kwargs):
    self._hparam_types = {}  # name -> (type, is a list)
    self._model_structure = model_structure
    if hparam_def:
      if kwargs:
        raise _errors.ArgumentError(_errors.problem(
            "hparam_def", "stand alone", f"also {sorted(kwargs)}",
            "pass one or the other"))
      raise _no_protos("hparam_def")
    for name, value in kwargs.items():
      self.add_hparam(name, value)

  def add_hparam(self, name, value):
    """Adds `name` with the type of the value."""
    if getattr(self, name, None) is not None:
      raise _errors.ArgumentError(_errors.problem(
          name, "be a free name", "one that is taken",
          "choose another, or set_hparam to change it"))
    many = isinstance(value, (list, tuple))
    if many and not value:
      raise _errors.ArgumentError(_errors.problem(
          name, "have at least one element", "an empty list",
          "its elements' type is taken from the first one"))
    self._hparam_types[name] = (type(value[0] if many else value), many)
    setattr(self, name, value)

  def set_hparam(self, name, value):
    """Changes the value of `name`, which must exist and keep its type."""
    kind, many = self._hparam_types[name]
    if many != isinstance(value, list):
      raise _errors.ArgumentError(_errors.problem(
          name, "be a list" if many else "be a single value", repr(value),
          f"pass {'a list of ' if many else ''}{kind.__name__}"))
    if many:
      value = [_cast(name, kind, part) for part in value]
    else:
      value = _cast(name, kind, value)
    setattr(self, name, value)

  def del_hparam(self, name):
    """Removes `name` if it exists."""
    if hasattr(self, name):
      delattr(self, name)
      del self._hparam_types[name]

  def parse(self, values):
    """Overrides values from `"name=value,name=[a,b]"`; returns self."""
    types = {name: kind for name, (kind, _) in self._hparam_types.items()}
    return self.override_from_dict(parse_values(values, types))

  def override_from_dict(self, values_dict):
    """Overrides values from a dictionary of existing names; returns self."""
    for name, value in values_dict.items():
      self.set_hparam(name, value)
    return self

  def set_from_map(self, values_map):
    """The older name of `override_from_dict`."""
    return self.override_from_dict(values_map)

  def parse_json(self, values_json):
    """Overrides values from a JSON object; returns self."""
    return self.override_from_dict(json.loads(values_json))

  def to_json(self, indent=None, separators=None, sort_keys=False):
    """All values as a JSON object."""
    return json.dumps(self.values(), indent=indent, separators=separators,
                      sort_keys=sort_keys)

  def values(self):
    """All values as a dictionary."""
    return {name: getattr(self, name) for name in self._hparam_types}

  def get(self, key, default=None):
    """The value of `key`, or `default`, which must have its type."""
    if key not in self._hparam_types:
      return default
    kind, many = self._hparam_types[key]
    if default is not None:
      if many != isinstance(default, list):
        raise _errors.ArgumentError(_errors.problem(
            "default", f"be {'a list of ' if many else ''}{kind.__name__} "
            f"like {key}", repr(default), "pass a default of that type"))
      for part in default if many else [default]:
        _cast(key, kind, part)
    return getattr(self, key)

  def set_model_structure(self, model_structure):
    """Stores any object in addition to the values."""
    self._model_structure = model_structure

  def get_model_structure(self):
    """What `set_model_structure` stored."""
    return self._model_structure

  def to_proto(self, export_scope=None):
    """Not supported: raises RefusedError."""
    raise _no_protos("to_proto")

  @staticmethod
  def from_proto(hparam_def, import_scope=None):
    """Not supported: raises RefusedError."""
    raise _no_protos("from_proto")

  def __contains__(self, key):
    return key in self._hparam_types

  def __str__(self):
    return ",".join(f"{name}={value}"
                    for name, value in self.values().items())

  def __repr__(self):
    return f"{type(self).__name__}({sorted(self.values().items())})"


def _no_protos(what):
  return _errors.RefusedError(
      f"HParams.{what}: the HParamDef protocol buffer of TensorFlow 1.15 is "
      "not supported; use HParams.to_json and HParams.parse_json")
