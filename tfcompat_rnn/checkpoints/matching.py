"""Finds the key of a checkpoint that each key of a graph restores.

A key is found by its name, or else by the table in `naming`, or not at all.
Nothing is guessed from shapes, and if two keys match, neither is taken.
"""

import dataclasses
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import naming
from tfcompat_rnn.checkpoints import reading


class Wanted(typing.NamedTuple):
  """A key that a graph restores, with its shape and dtype.

  `shape` is None if the graph does not give it (or takes any shape); for a
  partitioned variable it is the shape of the whole. `variable` is the name of
  the variable that is restored, and `resource` is True for a resource
  variable.
  """
  key: str
  shape: typing.Optional[tuple] = None
  dtype: typing.Optional[np.dtype] = None
  variable: typing.Optional[str] = None
  resource: bool = False


@dataclasses.dataclass
class Match:
  """One key of the graph, and the keys of the checkpoint that it takes.

  `old` are the keys of the checkpoint in order, empty if there are none;
  several are concatenated along axis 0. `rows` are the rows of `naming` that
  led to them, and `why` is another reason, in words. `problem` says why the
  key cannot be restored.
  """
  wanted: Wanted
  old: tuple = ()
  rows: tuple = ()
  why: str = ""
  problem: str = ""
  kind: str = ""  # of the problem: missing, ambiguous, shape, dtype, pieces

  @property
  def by_name(self):
    return self.old == (self.wanted.key,)

  def read(self, checkpoint):
    """The array that the graph restores."""
    pieces = [checkpoint[key] for key in self.old]
    return pieces[0] if len(pieces) == 1 else np.concatenate(pieces, axis=0)


@dataclasses.dataclass
class Plan:
  """All matches, in the graph's order, and the keys that are not taken."""
  matches: list
  left: list

  @property
  def problems(self):
    return [match for match in self.matches if match.problem]

  @property
  def mapped(self):
    """The matches that take a key other than their own."""
    return [match for match in self.matches
            if match.old and not match.by_name and not match.problem]

  def read(self, checkpoint):
    """Key of the graph -> array, for matches without a problem."""
    return {match.wanted.key: match.read(checkpoint)
            for match in self.matches if not match.problem}


def match_keys(wanted, checkpoint):
  """A `Plan` of what a graph with the keys `wanted` takes from `checkpoint`.

  `wanted` is a list of `Wanted`. Only the `shapes` and `dtypes` of
  `checkpoint` are read.
  """
  by_name = {item.key for item in wanted if item.key in checkpoint.shapes}
  left = [key for key in checkpoint.shapes if key not in by_name]
  groups = group_by_modern_key(left)
  partial = None
  matches = []
  takers = {}
  for item in wanted:
    if item.key in by_name:
      match = Match(item, (item.key,))
    else:
      match = _find(item, groups, _most_literal)
      if match.kind == "missing":
        # One of the graph's own scopes may have the name of an old one.
        if partial is None:
          partial = _group_by_partial_forms(left)
        match = _find(item, partial, _most_literal)
      for key in match.old:
        takers.setdefault(key, []).append(match)
    matches.append(match)
  for key, rivals in takers.items():
    if len(rivals) > 1:
      names = ", ".join(match.wanted.key for match in rivals)
      for match in rivals:
        refuse(match, "ambiguous",
                f"{key} matches each of {names}")
  for match in matches:
    if match.old and not match.problem:
      _check_value(match, checkpoint)
  taken = {key for match in matches if not match.problem or match.by_name
           for key in match.old}
  return Plan(matches, [key for key in left if key not in taken])


def group_by_modern_key(keys):
  """Key in 1.15 -> its sources: lists of (part or None, key, rows)."""
  groups = {}
  for key in keys:
    modern = naming.modernize(key)
    if modern.rows:
      groups.setdefault(modern.key, {}).setdefault(
          _stem(key) if modern.part is not None else key, []).append(
              (modern.part, key, modern.rows))
    else:
      groups.setdefault(key, {}).setdefault(key, []).append((None, key, ()))
  return groups


def _group_by_partial_forms(keys):
  """The same for every form that a key may take; see `partial_forms`."""
  groups = {}
  for key in keys:
    for form in naming.partial_forms(key):
      groups.setdefault(form.key, {}).setdefault(
          _stem(key) if form.part is not None else key, []).append(
              (form.part, key, form.rows))
  return groups


def _stem(key):
  """A text that is the same for all pieces of one variable."""
  return "".join(_pieces_of(key))


def _pieces_of(key):
  for component in key.split("/"):
    head, _, tail = component.rpartition("_")
    numbered = tail.isdigit() and head in ("W", "W_P", "part")
    yield "/" + (head + "_#" if numbered else component)


def _find(item, groups, choose=None):
  """A `Match` found by the rows, or one with a problem such as "missing".

  `choose` reduces several sources to those that are meant.
  """
  tried = [(item.key, "")] + list(naming.older_forms(item.key))
  for form, why in tried:
    sources = groups.get(form)
    if not sources:
      continue
    if choose:
      sources = choose(sources)
    if len(sources) > 1:
      keys = [source[0][1] for source in sources.values()]
      return Match(item, problem=(
          f"{', '.join(keys[:-1])} and {keys[-1]} both match"),
                   kind="ambiguous")
    pieces = sorted(next(iter(sources.values())), key=lambda piece: (
        piece[0] is not None, piece[0], piece[1]))
    match = Match(item, tuple(key for _, key, _ in pieces), pieces[0][2],
                  why)
    numbers = [part for part, _, _ in pieces]
    if numbers != [None] and numbers != list(range(len(numbers))):
      refuse(match, "pieces", "of its pieces, the checkpoint has only "
             f"{', '.join(match.old)}")
    return match
  return Match(item, problem="the checkpoint has no key for it",
               kind="missing")


def _most_literal(sources):
  """The source that needs only some of the rows of each other one, or all.

  If a checkpoint has both `RNN/...` and `rnn/...`, then those are two scopes,
  and a graph's `rnn/...` is the second one.
  """
  needed = {stem: set(source[0][2]) for stem, source in sources.items()}
  for stem, rows in needed.items():
    if all(rows < others for other, others in needed.items()
           if other != stem):
      return {stem: sources[stem]}
  return sources


def refuse(match, kind, problem):
  """Records why `match` cannot be restored."""
  match.problem, match.kind = problem, kind


def _check_value(match, checkpoint):
  """Checks that the shapes and the dtype match."""
  shapes = [checkpoint.shapes[key] for key in match.old]
  shape = shapes[0]
  if len(shapes) > 1:
    if any(len(one) == 0 or one[1:] != shape[1:] for one in shapes):
      refuse(match, "shape", "its pieces do not fit together: " + ", ".join(
          f"{key} {show(one)}" for key, one in zip(match.old, shapes)))
      return
    shape = (sum(one[0] for one in shapes),) + shape[1:]
  if not fits(match.wanted.shape, shape):
    refuse(match, "shape", f"{' + '.join(match.old)} has shape "
            f"{show(shape)}, the graph {show(match.wanted.shape)}")
    return
  dtypes = {checkpoint.dtypes[key] for key in match.old}
  if match.wanted.dtype is not None and dtypes != {match.wanted.dtype}:
    found = ", ".join(sorted(map(str, dtypes)))
    refuse(match, "dtype", f"{' + '.join(match.old)} is {found}, the graph's "
            f"{match.wanted.dtype}")


def fits(wanted, shape):
  """Is `shape` compatible with `wanted`? None means unknown."""
  return wanted is None or (len(wanted) == len(shape) and all(
      size is None or size == other for size, other in zip(wanted, shape)))


def show(shape):
  """A shape as TensorFlow writes it, such as `[2, 3]`."""
  if shape is None:
    return "unknown"
  return "[" + ", ".join("?" if size is None else str(size)
                         for size in shape) + "]"


def rename_keys(checkpoint):
  """Gives every key its name in 1.15, without a graph.

  Returns `(tensors, changes)`: `tensors` maps each new key to its array, and
  `changes` is a list of `(new key, old keys, what was done)`.

  Raises `CheckpointError` if two keys would get the same name, or if a piece
  of a variable is missing.
  """
  tensors, changes, problems = {}, [], []
  for new, sources in group_by_modern_key(checkpoint).items():
    match = _find(Wanted(new), {new: sources})
    if not match.problem:
      _check_value(match, checkpoint)
    if match.problem:
      problems.append(f"{new}: {match.problem}")
      continue
    tensors[new] = match.read(checkpoint)
    if not match.by_name:
      changes.append((new, match.old, "renamed" if len(match.old) == 1
                      else f"joined from {len(match.old)} pieces"))
  if problems:
    raise _errors.CheckpointError(_errors.problem(
        "checkpoint", "have exactly one key for each name in 1.15",
        "; ".join(problems), "convert with --to-graph, or with --names none"))
  return tensors, changes


def numpy_dtype(dtype):
  """The np.dtype that `Wanted.dtype` holds for a tf.DType."""
  return reading.numpy_dtype(dtype.base_dtype)


def named_dtype(name):
  """The np.dtype of a name that NumPy may not know, such as "bfloat16"."""
  return numpy_dtype(tf.as_dtype(name))
