"""The error for a missing name: what it was, and what to do."""

import difflib
import re

from tfcompat_rnn import _errors
from tfcompat_rnn.namespace import names
from tfcompat_rnn.namespace import tables

# The list of 1.15's names leaves these modules out.
_TESTS = re.compile(
    r"\.(\w+_tests?|\w+_test_(base|utils?)|\w+_testing_utils)(\.|$)")


def symbol_error(old):
  """`MissingSymbolError` for the attribute `old` (without `tensorflow.`)."""
  error = _errors.MissingSymbolError(message(old))
  error.name = old.rpartition(".")[2]
  return error


def gone_error(old, error):
  """`MissingSymbolError` for a name whose private target is gone."""
  missing = _errors.MissingSymbolError(f"tensorflow.{old}: {error}")
  missing.name = old.rpartition(".")[2]
  return missing


def as_import_error(error, old):
  """The same error for an import."""
  return _module_error(str(error), old)


def module_error(old):
  """`MissingModuleError` for the import of `old`."""
  return _module_error(message(old), old)


def _module_error(text, old):
  error = _errors.MissingModuleError(text)
  # With the name of our own module the import system would treat this as an
  # ordinary missing submodule and replace the text.
  error.name = f"tensorflow.{old}"
  return error


def message(old, is_tensorflow_2=None):
  """What 1.15 had under this name, and the next step.

  `is_tensorflow_2(old)` tells whether TensorFlow 2 has a name that no 1.x
  had; the installed TensorFlow is asked if it is not given. Nothing else here
  loads TensorFlow.
  """
  full = f"tensorflow.{old}"
  gap = tables.gap(old)
  home = _home(old)
  older = None if home else _older(old)
  if home is None:
    for name in [old, *tables.synonyms(old)]:
      parent, _, last = name.rpartition(".")
      imported = names.imported(parent, last)
      if imported is not None and imported.startswith(":"):
        return (f"{full} was in TensorFlow 1.15 (the module {imported[1:]}, "
                f"which it imported) and is not there; import {imported[1:]}")
      if imported is not None and imported != old:
        return message(imported, is_tensorflow_2)
  if home is None and older is None and (
      gap is None or gap.old.endswith(".*")) and _TESTS.search(old):
    return (f"{full}: TensorFlow's own tests are not supported; write the "
            "test with unittest or pytest")
  if gap is not None:
    family = gap.old.endswith(".*") and gap.old != old + ".*"
    if family and older:
      step = (_older_step(old, older) if "TensorFlow 1.15" in gap.next_step
              else gap.next_step)
      return (f"{full} was in {older}, gone by 1.15, and is not supported; "
              f"{step}")
    if family and home is None and names.is_module(gap.old[:-2]):
      near = suggestions(old)
      hint = f"did you mean {near}?" if near else "check the spelling."
      return (f"{full} was not in TensorFlow 1.15; {hint} For the names it "
              f"had: {gap.next_step}")
    return f"{full}: {gap.reason}; {gap.next_step}"
  if home is not None:
    return (f"{full} was in TensorFlow 1.15 (in {home}) and is not supported "
            f"here yet; {_family_step(old)}")
  if older:
    return (f"{full} was in {older}, gone by 1.15, and is not supported; "
            f"{_older_step(old, older)}")
  if (is_tensorflow_2 or _is_tensorflow_2)(old):
    return (f"{full} was not in TensorFlow 1.15, it came with TensorFlow 2; "
            "run programs written for TensorFlow 2 with plain python")
  near = suggestions(old)
  hint = f"did you mean {near}?" if near else "check the spelling"
  return f"{full} was not in TensorFlow 1.15; {hint}"


def _older_step(old, older):
  name = old.rpartition(".")[2]
  # The same name in another place, for example tf.CriticalSection.
  now = [f"{module}.{name}" if module else name
         for module in names.modules_with(name)
         if not {"python", "core", "raw_ops"} & set(module.split("."))]
  now = [other for other in now if not names.is_module(other)]
  if now:
    return f"1.15 had tensorflow.{now[0]}"
  last = older.rpartition(" ")[2]
  return f"run this part under TensorFlow {last}"


def _older(old):
  """`"TensorFlow 1.2 to 1.4"` for a name that was gone by 1.15, or None."""
  for name in [old, *tables.synonyms(old)]:
    found = names.older(name)
    if found:
      first, last = found
      return "TensorFlow " + (first if first == last else f"{first} to {last}")
  return None


def _home(old):
  """The 1.15 module that had `old`, under this name or another one."""
  for name in [old, *tables.synonyms(old)]:
    home = names.home(name)
    if home is not None:
      return home
  return None


def _is_tensorflow_2(old):
  """Whether it is a public name of TensorFlow 2."""
  from tfcompat_rnn._tf import tf2
  found = tf2
  for part in old.split("."):
    if part.startswith("_") or part == "python":
      return False
    found = getattr(found, part, None)
  return found is not None


def _family_step(old):
  if old.startswith("contrib."):
    part = ".".join(old.split(".")[:2])
    return (f"see docs/names.md for what tf.{part} supports, or run this part "
            "under TensorFlow 1.15")
  if old.startswith("python."):
    return ("this is a private path; look for the public name in tf, or see "
            "docs/names.md for the private paths that are supported")
  return "see docs/names.md for its successor"


def suggestions(old, count=3):
  """Up to `count` names of 1.15 that resemble `old`, as text, or ''."""
  parent, _, name = old.rpartition(".")
  # The right name in another module, for example tf.nn.sequence_loss.
  found = [f"{module}.{name}" if module else name
           for module in names.modules_with(name)
           if not {"python", "core"} & set(module.split("."))][:count]
  pool = names.names_of(parent)
  close = difflib.get_close_matches(name, pool, n=count, cutoff=0.75)
  if not close:
    close = [item for item in pool if item.lower() == name.lower()]
  found += [f"{parent}.{item}" if parent else item for item in close]
  return " or ".join(f"tensorflow.{item}" for item in found[:count])
