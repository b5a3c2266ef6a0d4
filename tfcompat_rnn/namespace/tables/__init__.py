"""The old names, as data.

A table is a module in this package with up to four lists:

`ROWS`: `Row(old, new, note="", since="0.1.0")`, one attribute of one 1.15
  module.
  `old` is the 1.15 name without the leading `tensorflow.`, for example
  `"contrib.rnn.LSTMCell"`. `new` is its place now: `"module:attribute"` (the
  attribute may be dotted), `"module"` (the module itself, which can then also
  be imported, with everything in it), or `"module:function()"` (the value
  that the function returns, called at each use, so the function may cache).
  Modules may be `tfcompat_rnn.…`, `tf_slim.…`, `tensorflow.compat.v1` and,
  for what only a private module of TensorFlow contains, `private.NAME`, where
  NAME is a row of `tfcompat_rnn._private.PRIVATE`. `note` says in which
  way the name differs from 1.15's, if it does; `tfcompat-rnn inspect` prints
  it.

`MODULES`: `Module(old, source="")`, one 1.15 module. Attributes without a row
  are looked up in the module `source` (any importable name, including
  `tfcompat_rnn.tf1.contrib.rnn`, or `private.NAME`); `""` means that there
  are only the rows.
  Parent modules of a row need not be listed.

`ALIASES`: `Alias(old, same_as)`, one 1.15 module that was another name for a
  second one; this includes everything in it.

`GAPS`: `Gap(old, reason, next_step)`, a name of 1.15 that is not supported.
  A trailing `.*` stands for a module and everything in it. An exact row or
  module takes precedence over a gap with `.*`.

Tables named `contrib_*` are for `contrib`, `python` is for `python`, and all
others are for the rest. A table is read when a name in its part is first used.
A test checks every row.
"""

import importlib
import pkgutil
import threading
import typing

from tfcompat_rnn import _private

# The first release of this package.
FIRST_RELEASE = "0.1.0"


class Row(typing.NamedTuple):
  """The present place of one 1.15 attribute.

  `since`: the first release of this package that supports it.
  """
  old: str
  new: str
  note: str = ""
  since: str = FIRST_RELEASE


class Module(typing.NamedTuple):
  """One 1.15 module, and the module whose attributes it shows."""
  old: str
  source: str = ""


class Alias(typing.NamedTuple):
  """One 1.15 module that was a second name for another one."""
  old: str
  same_as: str


class Gap(typing.NamedTuple):
  """A name of 1.15 that is not supported, with the reason and next step."""
  old: str
  reason: str
  next_step: str


class Family(typing.NamedTuple):
  """The tables of one part of the namespace, indexed by old name."""
  rows: dict
  modules: dict
  aliases: dict
  gaps: dict


_families = {}
_lock = threading.RLock()


def table_modules(family):
  """The names of the table modules of `family` (contrib, python or core)."""
  names = sorted(info.name for info in pkgutil.iter_modules(__path__))
  if family == "contrib":
    return [name for name in names if name.startswith("contrib")]
  if family == "python":
    return [name for name in names if name.startswith("python")]
  return [name for name in names
          if not name.startswith(("contrib", "python"))]


def family_of(old):
  """`"contrib.rnn.LSTMCell"` -> `"contrib"`."""
  first = old.partition(".")[0]
  return first if first in ("contrib", "python") else "core"


def _index(family):
  rows, modules, aliases, gaps = {}, {}, {}, {}
  for name in table_modules(family):
    table = importlib.import_module(f"{__name__}.{name}")
    for kind, index in (("ROWS", rows), ("MODULES", modules),
                        ("ALIASES", aliases), ("GAPS", gaps)):
      for row in getattr(table, kind, ()):
        index[row.old] = row
  # The parents of a row are modules, whether they are listed or not.
  for old in list(rows) + list(modules) + list(aliases):
    parent = old.rpartition(".")[0]
    while parent and parent not in modules:
      if parent not in aliases and parent not in rows:
        modules[parent] = None
      parent = parent.rpartition(".")[0]
  return Family(rows, modules, aliases, gaps)


def family(name):
  """The index of one family, read on first use."""
  if name not in _families:
    with _lock:
      if name not in _families:
        _families[name] = _index(name)
  return _families[name]


def row(old):
  """The `Row` of the 1.15 name `old`, or None."""
  return family(family_of(old)).rows.get(old)


def module(old):
  """(is `old` a module of the tables?, its `Module` row or None)."""
  modules = family(family_of(old)).modules
  return old in modules, modules.get(old)


def gap(old):
  """The `Gap` that covers `old`, exactly or through a `.*`, or None."""
  index = family(family_of(old))
  if old in index.gaps:
    return index.gaps[old]
  parent = old
  while parent:
    found = index.gaps.get(parent + ".*")
    if found:
      return found
    # The nearest entry wins: here a listed module that has a source.
    listed = index.modules.get(parent)
    if listed is not None and listed.source:
      return None
    parent = parent.rpartition(".")[0]
  return None


def canonical(old):
  """`old` with all aliases in it resolved: `compat.v1.nn` -> `nn`."""
  for _ in range(8):
    parts = old.split(".")
    aliases = family(family_of(old)).aliases
    for end in range(len(parts), 0, -1):
      found = aliases.get(".".join(parts[:end]))
      if found:
        old = ".".join(p for p in [found.same_as, *parts[end:]] if p)
        break
    else:
      return old
  return old


def synonyms(old):
  """The other names that `old` had in 1.15, by the aliases of its modules.

  >>> synonyms("keras.layers")
  ['python.keras.layers']
  """
  found = []
  for name in ("core", "contrib", "python"):
    for alias in family(name).aliases.values():
      if alias.same_as and (old + ".").startswith(alias.same_as + "."):
        found.append(alias.old + old[len(alias.same_as):])
  return found


def real_name(where):
  """`where` of a row with the module that a `private.NAME` in it stands for.

  >>> real_name("private.nn_ops:nth_element")
  'tensorflow.python.ops.nn_ops:nth_element'
  """
  module, colon, attribute = where.partition(":")
  if module.startswith("private."):
    module = _private.PRIVATE[module[len("private."):]].module
  return module + colon + attribute


def names_in(old_module):
  """The names of the rows and modules directly in `old_module`."""
  prefix = old_module + "." if old_module else ""
  families = ([family_of(old_module)] if old_module else ["core"])
  found = set() if old_module else {"contrib", "python"}
  for name in families:
    index = family(name)
    for old in [*index.rows, *index.modules, *index.aliases]:
      if old.startswith(prefix):
        found.add(old[len(prefix):].partition(".")[0])
  return found
