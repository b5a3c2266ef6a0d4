"""What becomes of a name of TensorFlow 1.x, told without loading TensorFlow.

  >>> judge("contrib.rnn.LSTMCell").status
  'carried'
  >>> judge("contrib.timeseries.ARRegressor").status
  'refused'

The answer follows `tfcompat_rnn.namespace` step by step: rows, modules,
aliases and gaps are those of `namespace.tables`, and what a module of an
installed package contains is read from its file. A test asks the real
namespace for every name.
"""

from __future__ import annotations

import functools
import sys
import typing

from tfcompat_rnn import _private
from tfcompat_rnn.inspection import packages
from tfcompat_rnn.namespace import missing
from tfcompat_rnn.namespace import names
from tfcompat_rnn.namespace import suppliers
from tfcompat_rnn.namespace import tables
from tfcompat_rnn.namespace.releases import rows

CARRIED = "carried"
DIFFERENT = "carried with a difference"
EXTRA = "needs an extra"
REFUSED = "refused"
UNKNOWN = "not known"
# The worst first.
STATUSES = (REFUSED, EXTRA, UNKNOWN, DIFFERENT, CARRIED)

_PUBLIC = _private.PRIVATE["public_v1"].module
_PUBLIC_2 = _PUBLIC.replace(".compat.v1", "")
_KERAS = "tf_keras.api._v1.keras"
# Modules of ours that hand on what another package has.
_SAME = (
    ("tfcompat_rnn.namespace.contrib.slim_copy", "tf_slim"),
    ("tfcompat_rnn.namespace.keras.api", _KERAS),
    ("tensorflow.compat.v1", _PUBLIC),
    ("tensorflow.compat.v2", _PUBLIC[:-1] + "2"),
)
_OF_EACH_MODULE = {"__dict__", "__doc__", "__name__", "__class__", "__dir__",
                   "__package__", "__spec__", "__loader__"}
# A module whose names only a run can tell.
_OPEN = "?"
_ONLY_A_RUN = "only a run can tell whether it is there"
# A real module -> its old name.
_OLD_NAMES = (
    (_PUBLIC, ""), ("tensorflow.compat.v1", ""),
    (_private.PRIVATE["python"].module, "python"), (_KERAS, "keras"))


class Verdict(typing.NamedTuple):
  """What becomes of one name.

  `symbol`: the part of the name that was judged; what follows it is an
  attribute of an object. `about`: the difference, the pip command, or why it
  is refused and the next step. `kind`: "module" or "object". `place`: where
  the name is now, as far as it is known. `last`: the last release that had
  the name, if 1.15 did not.
  """
  symbol: str
  status: str
  about: str = ""
  kind: str = "object"
  place: str = ""
  last: str = ""


@functools.lru_cache(maxsize=None)
def judge(path):
  """The `Verdict` for `tensorflow.<path>`; "" is TensorFlow itself."""
  at = _Place("", "")
  parts = path.split(".") if path else []
  seen = []
  verdict = Verdict("", CARRIED, kind="module")
  for part in parts:
    seen.append(part)
    at, verdict = _step(at, part, ".".join(seen))
    if at is None:
      return verdict
  return verdict


class _Place(typing.NamedTuple):
  """A module on the way: a 1.x name, or the real name of another module."""
  real: str
  old: str | None


def _join(module, name):
  return f"{module}.{name}" if module else name


def _step(at, name, symbol):
  """(the module that `name` leads to or None, the verdict so far)."""
  if name in _OF_EACH_MODULE:
    return None, Verdict(symbol, CARRIED)
  if at.old is None:
    return _in_real(at.real, name, symbol)
  old = _join(at.old, name)
  row = tables.row(old)
  if row is not None:
    return _of_row(row, symbol)
  canonical = tables.canonical(old)
  if tables.module(old)[0] or canonical != old:
    return _Place("", canonical), Verdict(symbol, CARRIED, kind="module")
  if tables.gap(old) is None:
    found = _in_source(at.old, name, symbol)
    if found is not None:
      return found
  imported = _imported(at.old, name, symbol)
  if imported is not None:
    return imported
  return None, Verdict(symbol, REFUSED, missing.message(old, _is_public_2))


def _of_row(row, symbol):
  place = tables.real_name(getattr(row, "where", None) or row.new)
  last = row.last if isinstance(row, rows.Old) else ""
  supplier = suppliers.supplier(row.new)
  status, about = CARRIED, row.note
  if supplier is not None and supplier.install:
    status = EXTRA
    about = "; ".join(filter(None, [supplier.install, row.note]))
  elif row.note:
    status = DIFFERENT
  is_module = ":" not in place
  verdict = Verdict(symbol, status, about, "module" if is_module else "object",
                    place, last)
  if not is_module:
    return None, verdict
  if place == "tfcompat_rnn.tf1":
    return _Place("", ""), verdict
  return _place_of(place), verdict


def _source(old):
  """The real name of the module whose names `tensorflow.<old>` shows.

  None if there is none, `_OPEN` if only a run can tell.
  """
  if not old:
    return _PUBLIC
  listed, row = tables.module(old)
  if listed and row is not None:
    return _same(tables.real_name(row.source)) if row.source else None
  if not listed and tables.gap(old):
    return None
  parent, _, name = old.rpartition(".")
  source = _source(parent)
  module = packages.find(source) if source and source != _OPEN else None
  place = module.get(name) if module else None
  if source == _OPEN or place is None and module and module.is_open:
    return _OPEN
  if not place:
    return None
  place = _final(place)
  return place if packages.exists(place) else None


def _same(name):
  for ours, other in _SAME:
    if name == ours or name.startswith(ours + "."):
      return other + name[len(ours):]
  return name


def _final(place):
  """The full name at the end of a chain of imports."""
  for _ in range(12):
    if packages.exists(place):
      return place
    parent, _, name = place.rpartition(".")
    module = packages.find(parent) if parent else None
    further = module.get(name) if module else None
    if not further or further == place:
      return place
    place = further
  return place


def _in_source(old, name, symbol):
  """The step to `name` of the module that `old` shows, or None."""
  source = _source(old)
  if source == _OPEN:
    return None, Verdict(symbol, UNKNOWN, _ONLY_A_RUN)
  module = packages.find(source) if source else None
  if module is None:
    return None
  place = module.get(name)
  if place is None and module.may_have(name):
    return None, Verdict(symbol, UNKNOWN, _ONLY_A_RUN)
  if place is None:
    return _in_open(module, old, name, symbol) if module.is_open else None
  if not place:
    return None, Verdict(symbol, CARRIED, place=_join(source, name))
  place = _final(place)
  if packages.exists(place):
    return _place_of(place), Verdict(symbol, CARRIED, kind="module",
                                     place=place)
  return None, Verdict(symbol, CARRIED, place=place)


def _in_open(module, old, name, symbol):
  """The step to `name` of a module that may have more than it shows."""
  full = _join(old, name)
  if name not in names.modules().get(old, ()) and not names.is_module(full):
    return None
  if names.is_module(full):
    return _Place("", full), Verdict(symbol, UNKNOWN, _ONLY_A_RUN, "module")
  # Our own modules are written to have all of 1.15's public names.
  ours = module.name.startswith("tfcompat_rnn.") and not name.startswith("_")
  if ours or module.has_message(name):
    return None, Verdict(symbol, CARRIED, place=_join(module.name, name))
  return None, Verdict(symbol, UNKNOWN, _ONLY_A_RUN)


def _place_of(real):
  """The `_Place` of a real module: its old name, if it has one."""
  for prefix, old in _OLD_NAMES:
    if real == prefix or real.startswith(prefix + "."):
      rest = real[len(prefix) + 1:]
      return _Place("", tables.canonical(_join(old, rest) if rest else old))
  return _Place(_same(real), None)


def _in_real(real, name, symbol):
  """The step to `name` of a real module that has no old name."""
  module = packages.find(real)
  place = module.get(name) if module else None
  if place is None:
    if module is not None and not module.is_open:
      return None, Verdict(symbol, REFUSED, (
          f"the module {real} has no {name}; see docs/names.md"))
    known = names.modules().get(symbol.rpartition(".")[0], ())
    if module is not None and name in known and module.has_message(name):
      return None, Verdict(symbol, CARRIED, place=_join(real, name))
    return None, Verdict(symbol, UNKNOWN, _ONLY_A_RUN)
  place = _final(place) if place else _join(real, name)
  if packages.exists(place):
    return _Place(place, None), Verdict(symbol, CARRIED, kind="module",
                                        place=place)
  return None, Verdict(symbol, CARRIED, place=place)


def _imported(old_module, name, symbol):
  """The module that 1.15's private module imported as `name`, or None."""
  if "python" not in old_module.split("."):
    return None
  target = names.imported(old_module, name)
  if target is None or target == _join(old_module, name):
    return None
  if target.startswith(":"):
    top = target[1:].partition(".")[0]
    if top in sys.stdlib_module_names or packages.is_installed(top):
      return None, Verdict(symbol, CARRIED, kind="module", place=target[1:])
    return None
  verdict = judge(target)
  if verdict.status != CARRIED or verdict.kind != "module":
    return None
  return _Place("", tables.canonical(target)), verdict._replace(symbol=symbol)


def _is_public_2(old):
  """Whether it is a public name of TensorFlow 2, as in `missing`."""
  real = _PUBLIC_2
  for part in old.split("."):
    module = packages.find(real)
    if part.startswith("_") or part == "python" or module is None:
      return False
    place = module.get(part)
    if place is None:
      return False
    real = _final(place) if place else _join(real, part)
  return True
