"""The rows of names and arguments of older releases.

`Old`: a name that 1.15 no longer had. `Changed`: a function that 1.15 has,
with other arguments. Both are entries of `ROWS` in a table, beside `Row`.

`arguments` holds the old parameters in their order, separated by spaces:
`"value=x dim=axis name"` means that `value` is passed on as `x`, `dim` as
`axis` and `name` as itself; `dim=` means that it is accepted and not passed
on. Without `arguments` the name is the object itself.
"""

import dataclasses

MADE = "tfcompat_rnn.namespace.releases.made"


@dataclasses.dataclass(frozen=True)
class Old:
  """A name that existed from release `first` to release `last`.

    Old("pack", "tensorflow.compat.v1:stack", "0.5", "0.12", "values name")
  """
  old: str
  where: str                # "module:attribute", as `Row.new`
  first: str
  last: str
  arguments: str = None
  note: str = ""

  @property
  def new(self):
    """The place as in `Row.new`: of the object, or of a function made of it."""
    return self.where if self.arguments is None else made_name(self.old)


@dataclasses.dataclass(frozen=True)
class Changed:
  """A function that 1.15 has, whose calls looked otherwise up to `last`.

    Changed("concat", "tensorflow.compat.v1:concat", "0.12",
            "concat_dim=axis values name", "module:is_old_concat")

  The function that `is_old` names gets `(args, kwargs)` of a call and tells
  whether it has the old form: True, False, or None if it could be either. Then
  the set release decides; without one, the call is taken as 1.15's if nothing
  else in the program is older, and is refused with the hint `--api` if
  something is.
  """
  old: str
  where: str
  last: str
  arguments: str
  is_old: str               # "module:function"
  old_where: str = ""       # where the old form is, if not in `where`
  first: str = "0.5"
  note: str = ""
  still = True

  @property
  def new(self):
    """The place of the function that accepts both forms."""
    return made_name(self.old)


def made_name(old):
  """`"train.SummaryWriter"` -> `"...made:train__SummaryWriter"`."""
  return f"{MADE}:{old.replace('.', '__')}"


def pairs(arguments):
  """[(old parameter, new parameter)]; an empty new one is not passed on.

  >>> pairs("value=x dim= name")
  [('value', 'x'), ('dim', ''), ('name', 'name')]
  """
  found = []
  for item in arguments.split():
    old, equals, new = item.partition("=")
    found.append((old, new if equals else old))
  return found


def after(release):
  """The release that follows `release`, for messages: "0.12" -> "1.0"."""
  major, minor = map(int, release.split("."))
  return "1.0" if (major, minor) == (0, 12) else f"{major}.{minor + 1}"
