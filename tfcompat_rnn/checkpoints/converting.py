"""Rewrites a checkpoint with 1.15's names, in another layout or for a graph.

The steps are renaming, layout conversions, and matching with a graph; each is
optional. The source is only read, and `writing` writes the target.
"""

import dataclasses
import re
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _terminal
from tfcompat_rnn.checkpoints import explain
from tfcompat_rnn.checkpoints import layouts
from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import reading
from tfcompat_rnn.checkpoints import writing


class Change(typing.NamedTuple):
  """`new` is written from `old`; `new` is None if `old` is left out."""
  new: typing.Optional[str]
  old: tuple
  what: str


@dataclasses.dataclass
class Converted:
  """The result: `tensors`, `changes`, and `kept`, the unchanged keys."""
  tensors: dict
  changes: list
  kept: list

  def lines(self):
    """One line for each change, and the number of unchanged keys."""
    for change in self.changes:
      target = change.new or "(left out)"
      yield f"{target} <- {' + '.join(change.old)}  ({change.what})"
    yield f"{len(self.kept)} keys are unchanged"


def convert(checkpoint, names=True, renames=(), drops=(), layout=(),
            wanted=None, only_graph=False, allow_missing=False):
  """Converts the tensors of `checkpoint` without writing; see `Converted`.

      converted = convert(open_checkpoint("old/model.ckpt"))
      write_checkpoint("new/model.ckpt", converted.tensors)

  Args:
    names: whether to apply the table in `naming`.
    drops: regular expressions; keys that match as a whole are left out first.
    renames: pairs `(regular expression, replacement)`, applied next.
    layout: pairs `(name of a conversion, options)`; see `layouts`.
    wanted: the keys of a graph (see `wanted`), which the result will have.
    only_graph: leave out keys that the graph does not take.
    allow_missing: continue if keys of the graph are missing.

  Raises `CheckpointError` if two keys would get the same name, if a piece of
  a variable or a key of the graph is missing, or if a layout does not fit.
  """
  tensors, changes = Held(checkpoint, _dropped(checkpoint, drops)), []
  changes += [Change(None, (key,), "left out as asked")
              for key in checkpoint if key not in tensors]
  if renames:
    tensors, done = _rename(tensors, renames)
    changes += done
  # if there is a graph, it determines which names are meant
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
  writing.check_keys(tensors)
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
          "--drop", "match at least one whole key",
          f"{pattern}, which matches none",
          "`tfcompat-rnn checkpoint list` shows the keys"))
    dropped |= found
  return dropped


def _apply(option, text, work):
  try:
    return work()
  except (re.error, IndexError, OverflowError, RecursionError) as error:
    # IndexError for an unknown group, the last two for one of absurd size.
    raise _errors.CheckpointError(_errors.problem(
        option, "be a regular expression",
        f"{_terminal.abridged(text)} ({error})",
        "see the documentation of Python's re module")) from error


def _rename(tensors, renames):
  result, changes, origin = {}, [], {}
  for key, value in tensors.items():
    new = key
    for pattern, replacement in renames:
      new = _apply("--rename", f"{pattern}={replacement}",
                   lambda: re.sub(pattern, replacement, new))
    if not new:
      raise _errors.CheckpointError(_errors.problem(
          "--rename", "leave a name for each key", f"none for {key}",
          "leave keys out with --drop"))
    if new in result:
      raise _errors.CheckpointError(_errors.problem(
          "--rename", "give each key a different name",
          f"{new} for {origin[new]} and for {key}",
          "make the expression more specific"))
    result[new], origin[new] = value, key
    if new != key:
      changes.append(Change(new, (key,), "renamed as asked"))
  if not changes:
    raise _errors.CheckpointError(_errors.problem(
        "--rename", "match at least one key", "a pattern that matches none",
        "`tfcompat-rnn checkpoint list` shows the keys"))
  return Held(result), changes


def _match(tensors, wanted, names, only_graph, allow_missing):
  plan = matching.match_keys(wanted, tensors)
  if not names:
    for match in plan.mapped:
      matching.refuse(match, "missing", "no key has this name, and `--names "
                      "none` rules out other names")
  problems = plan.problems
  if problems and not allow_missing:
    shown = "; ".join(f"{match.wanted.key}: {match.problem}"
                      for match in problems[:10])
    more = f"; and {len(problems) - 10} more" if len(problems) > 10 else ""
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "have every key of the graph", shown + more,
        "`tfcompat-rnn checkpoint explain` gives details, --allow-missing "
        "continues without them"))
  result = plan.read(tensors)
  changes = [Change(match.wanted.key, match.old, explain.reason(match))
             for match in plan.mapped]
  for key in plan.left:
    if only_graph:
      changes.append(Change(None, (key,), "not in the graph"))
    elif key in result:
      raise _errors.CheckpointError(_errors.problem(
          "checkpoint", "give each key a different name",
          f"{key}, which the graph takes from another key",
          "leave out what the graph does not take with --only-graph"))
    else:
      result[key] = tensors[key]
  return Held(result), changes


def convert_checkpoint(source, target, overwrite=False, dry_run=False,
                       **steps):
  """Reads `source`, converts it (see `convert`) and writes `target`.

  Returns `Converted`. With `dry_run`, nothing is written, but `target` is
  still checked.

  Raises `CheckpointError` as `convert` does, or if `target` exists and
  `overwrite` is False, and `CheckpointWriteError` if writing fails.
  """
  checkpoint = reading.open_checkpoint(source)
  writing.check_target(target, overwrite, checkpoint.prefix)
  converted = convert(checkpoint, **steps)
  if not dry_run:
    writing.write_checkpoint(target, converted.tensors, overwrite,
                             source=checkpoint.prefix)
  return converted
