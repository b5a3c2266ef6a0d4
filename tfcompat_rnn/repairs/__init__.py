"""Restores what Python and its libraries have removed since 2016.

Each family is one module with a tuple `ROWS`; each row is one repair:

  Repair("np.float", "numpy", "np.float is float", "NumPy 1.24", apply)

A repair is made when the module that it concerns is imported, and only if
what it restores is really missing there. `--no-repair NAME` turns one off; a
pattern (`np.*`) or the name of a family (`numpy`) turns off several.
"""

import fnmatch
import functools
import importlib
import typing
import warnings

FAMILIES = ("numpy", "python", "flags", "pickle", "matplotlib", "scipy",
            "sklearn", "pandas", "pillow")


class Repair(typing.NamedTuple):
  """One repair.

  `apply(patches, module, notify)` makes it, on the stack `patches`.
  """
  name: str
  where: str       # the module on whose import it is made
  what: str        # what it restores
  why: str         # what took it away, or why it is needed
  apply: typing.Callable
  attribute: str = ""     # of `where`, if it puts that back
  supplies: bool = False  # whether it puts back the module `name`
  today: str = ""         # the full name of the same thing today, if any


def rows():
  """[(family, Repair)] of all families, in order."""
  found = []
  for family in FAMILIES:
    module = importlib.import_module(f"{__name__}.{family}")
    found += [(family, row) for row in module.ROWS]
  return found


@functools.lru_cache(maxsize=None)
def restored():
  """{full name: `Repair`} of the attributes and modules that are put back.

  >>> restored()["numpy.float"].why
  'removed in NumPy 1.24'
  """
  found = {}
  for _, row in rows():
    if row.attribute:
      found[f"{row.where}.{row.attribute}"] = row
    elif row.supplies:
      found[row.name] = row
  return found


def is_off(family, name, off):
  """Has the user turned this repair off?"""
  return any(word == family or fnmatch.fnmatchcase(name, word)
             for word in off)


def unknown_names(off):
  """The words of `off` that name neither a repair nor a family."""
  return [word for word in off
          if not any(is_off(family, row.name, (word,))
                     for family, row in rows())]


def listing(off=()):
  """The table that `--list-repairs` prints."""
  lines = []
  last = None
  for family, row in rows():
    if family != last:
      lines.append(f"{family}:")
      last = family
    state = " [off]" if is_off(family, row.name, off) else ""
    lines.append(f"  {row.name:33} {row.what} ({row.why}){state}")
  return "\n".join(lines)


def install(patches, when_imported, off=(), notify=None):
  """Makes each repair that is not turned off, when its module is imported.

  They last until the stack `patches` is closed.
  `when_imported(name, callback)` calls `callback(module)` once the module
  `name` is imported, at once if it is already there.
  """
  notify = notify or (lambda text: None)
  by_module = {}
  for family, row in rows():
    if not is_off(family, row.name, off):
      by_module.setdefault(row.where, []).append(row)
  for where, its_rows in by_module.items():
    when_imported(where, _maker(patches, its_rows, notify))


def _maker(patches, its_rows, notify):
  def make(module):
    with warnings.catch_warnings():
      # NumPy warns when asked for a name that it is about to remove.
      warnings.simplefilter("ignore")
      for row in its_rows:
        try:
          row.apply(patches, module, notify)
        except Exception as error:
          # A newer library must still load; the program may not need this
          # repair.
          notify(f"repair {row.name} does not fit this {row.where}: "
              f"{type(error).__name__}: {error}")
  return make
