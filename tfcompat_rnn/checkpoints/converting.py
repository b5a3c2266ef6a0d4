"""A checkpoint written anew: in 1.15's names, another layout, for a graph.

The steps, each optional: renaming, layout conversions, matching with a graph.
The source is only read; the target is written as `writing` writes.
"""

import dataclasses
import re
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn.checkpoints import explain
from tfcompat_rnn.checkpoints import layouts
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.checkpoints import writing


class Change(typing.NamedTuple):
  """`new` is written from `old`; None as `new` where `old` is left out."""
  new: typing.Optional[str]
  old: tuple
  what: str


@dataclasses.dataclass
class Converted:
  """The result: `tensors`, what was `changes`, what stayed `kept`."""
  tensors: dict
  changes: list
  kept: list

  def lines(self):
    """One line for each change, and what stays as it is."""
    for change in self.changes:
      target = change.new or "(left out)"
      yield f"{target} <- {' + '.join(change.old)}  ({change.what})"
    yield f"{len(self.kept)} keys stay as they are"


def convert(checkpoint, names=True, renames=(), drops=(), layout=(),
            wanted=None, only_graph=False, allow_missing=False):
  """Converts what `checkpoint` holds; writes nothing. Returns `Converted`.

      converted = convert(open_checkpoint("old/model.ckpt"))
      write_checkpoint("new/model.ckpt", converted.tensors)

  Args:
    names: apply the rows of `naming`.
    drops: regular expressions; whole keys that match are left out, first.
    renames: pairs `(regular expression, replacement)`, applied next.
    layout: pairs `(name of a conversion, options)` of `layouts`.
    wanted: the keys of a graph (see `wanted`); the result has them.
    only_graph: leave out what the graph does not take.
    allow_missing: go on where the graph wants what is not there.

  Raises `CheckpointError` where two keys would get one name, a piece of a
  variable or a key of the graph is missing, or a layout does not fit.
  """
  tensors, changes = Held(checkpoint, _dropped(checkpoint, drops)), []
  changes += [Change(None, (key,), "left out as asked")
              for key in checkpoint if key not in tensors]
  if renames:
    tensors, done = _rename(tensors, renames)
    changes += done
  # with a graph, the graph decides which names are meant
  if names and (wanted is None or layout):
    renamed, done = matching.rename_keys(tensors)
    tensors, changes = Held(renamed), changes + _as_changes(done)
  for name, options in layout:
    changed, done = layouts.convert_layout(tensors, name, options)
    tensors, changes = Held(changed), changes + _as_changes(done)
  if wanted is not None:
    tensors, done = _match(tensors, wanted, names, only_graph, allow_missing)
    changes += done
  changed = {change.new for change in changes}
  values = {key: tensors[key] for key in tensors}
  return Converted(values, changes,
                   [key for key in values if key not in changed])


class Held(dict):
  """Arrays with their `shapes` and `dtypes`, like an open checkpoint."""

  def __init__(self, tensors, without=()):
    super().__init__((key, tensors[key]) for key in tensors
                     if key not in without)

  @property
  def shapes(self):
    return {key: tuple(value.shape) for key, value in self.items()}

  @property
  def dtypes(self):
    return {key: value.dtype for key, value in self.items()}


def _as_changes(done):
  return [Change(new, tuple(old), what) for new, old, what in done]


def _dropped(checkpoint, drops):
  dropped = set()
  for pattern in drops:
    found = {key for key in checkpoint if _apply(
        "--drop", pattern, lambda: re.fullmatch(pattern, key))}
    if not found:
      raise _errors.CheckpointError(_errors.problem(
          "--drop", "match a whole key", f"{pattern}, which matches none",
          "`tfcompat-rnn checkpoint list` shows the keys"))
    dropped |= found
  return dropped


def _apply(option, text, work):
  try:
    return work()
  except re.error as error:
    raise _errors.CheckpointError(_errors.problem(
        option, "be a regular expression", f"{text} ({error})",
        "see the syntax of Python's re")) from error


def _rename(tensors, renames):
  result, changes, origin = {}, [], {}
  for key, value in tensors.items():
    new = key
    for pattern, replacement in renames:
      new = _apply("--rename", f"{pattern}={replacement}",
                   lambda: re.sub(pattern, replacement, new))
    if new in result:
      raise _errors.CheckpointError(_errors.problem(
          "--rename", "leave each key a name of its own",
          f"{new} for {origin[new]} and for {key}",
          "say more in the expression"))
    result[new], origin[new] = value, key
    if new != key:
      changes.append(Change(new, (key,), "renamed as asked"))
  if not changes:
    raise _errors.CheckpointError(_errors.problem(
        "--rename", "apply to a key", "none that it matches",
        "`tfcompat-rnn checkpoint list` shows the keys"))
  return Held(result), changes


def _match(tensors, wanted, names, only_graph, allow_missing):
  plan = matching.match_keys(wanted, tensors)
  if not names:
    for match in plan.mapped:
      matching.refuse(match, "missing", "no key of this name, and other "
                      "names are not to be used")
  problems = plan.problems
  if problems and not allow_missing:
    shown = "; ".join(f"{match.wanted.key}: {match.problem}"
                      for match in problems[:10])
    more = f"; and {len(problems) - 10} more" if len(problems) > 10 else ""
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "have what the graph wants", shown + more,
        "`tfcompat-rnn checkpoint explain` says more, --allow-missing goes "
        "on without them"))
  result = plan.read(tensors)
  changes = [Change(match.wanted.key, match.old, explain.reason(match))
             for match in plan.mapped]
  for key in plan.left:
    if only_graph:
      changes.append(Change(None, (key,), "not in the graph"))
    elif key in result:
      raise _errors.CheckpointError(_errors.problem(
          "checkpoint", "leave each key a name of its own",
          f"{key}, which the graph takes elsewhere",
          "leave what is left over out with --only-graph"))
    else:
      result[key] = tensors[key]
  return Held(result), changes


def convert_checkpoint(source, target, overwrite=False, dry_run=False,
                       **steps):
  """Reads `source`, converts it (see `convert`) and writes `target`.

  Returns `Converted`. With `dry_run` nothing is written; but that `target`
  could be is checked.
  """
  checkpoint = reading.open_checkpoint(source)
  writing.check_target(target, overwrite, checkpoint.prefix)
  converted = convert(checkpoint, **steps)
  if not dry_run:
    writing.write_checkpoint(target, converted.tensors, overwrite,
                             source=checkpoint.prefix)
  return converted
