"""Explains what a graph would restore from a checkpoint.

`explain` compares the two. `Explanation` shows what is restored, missing and
left over, as text and as plain data for JSON.
"""

import re

import numpy as np

from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import naming

_OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"

# Keys that are not variables of a model: regular expression -> description.
_KNOWN = (
    (r"(.*/)?global_step", "the global step"),
    (r"(.*/)?beta[12]_power(_\d+)?", "a beta power kept by Adam or AdaMax"),
    (_OBJECT_GRAPH, "the object graph of a TensorFlow 2 checkpoint"),
    (r".*/\.ATTRIBUTES/.*", "a value of a TensorFlow 2 checkpoint; "
     "tf.train.Checkpoint wrote it, with the names of Python objects"),
    (r".*/opaque_kernel", "the opaque parameters of a cuDNN layer; `convert "
     "--layout` makes them canonical"),
    (r".*/(w_ru|b_ru|w_c|b_c)", "a variable of GRUBlockCell; `convert "
     "--layout` turns it into a GRUCell's"),
    (r".*/cudnn_compatible_(lstm|gru)_cell/.*", "a canonical variable of a "
     "cuDNN layer"),
)


def explain(wanted, checkpoint, graph=""):
  """Compares the keys that a graph restores with those of a checkpoint.

      explanation = explain(wanted.of_file("model.meta"), checkpoint)
      print("\\n".join(explanation.lines()))

  `wanted` is a list of `matching.Wanted`, and `checkpoint` an open
  `Checkpoint`. Reads no tensor. Returns an `Explanation`.
  """
  return Explanation(matching.match_keys(wanted, checkpoint), checkpoint,
                     graph)


class Explanation:
  """The result of `explain`: `plan`, `complete`, `lines()`, `as_data()`."""

  def __init__(self, plan, checkpoint, graph=""):
    self.plan = plan
    self.graph = graph
    self.checkpoint = checkpoint
    self.hints = {match.wanted.key: _hints(match, plan.left, checkpoint)
                  for match in plan.problems}
    wanted = {match.wanted.key: match.wanted for match in plan.matches}
    missing = [match.wanted for match in plan.problems
               if match.kind == "missing"]
    refused = {key: match for match in plan.problems for key in match.old}
    self.left = {
        key: _describe_refused(key, refused[key]) if key in refused
        else describe_left(key, checkpoint, wanted, missing)
        for key in plan.left}

  @property
  def complete(self):
    """Is there a match for every key of the graph?"""
    return not self.plan.problems

  @property
  def by_name_alone(self):
    """Would the plain Saver of TF 1.15 restore it?"""
    return self.complete and not self.plan.mapped

  def lines(self, limit=None):
    """The report as text: what is restored, missing, and left over."""
    plain = [match for match in self.plan.matches
             if match.by_name and not match.problem]
    mapped, problems = self.plan.mapped, self.plan.problems
    yield (f"{self.checkpoint.prefix} ({self.checkpoint.format}, "
           f"{len(self.checkpoint)} keys)"
           + (f" for {self.graph}" if self.graph else "")
           + f" ({len(self.plan.matches)} keys)")
    if plain:
      yield f"by name: {len(plain)}"
      yield from _limited((f"  {match.wanted.key} "
                           f"{matching.show(match.wanted.shape)}"
                           for match in plain), len(plain), limit)
    if mapped:
      yield f"by older names: {len(mapped)}"
      yield from _limited(map(_mapped_line, mapped), len(mapped), limit)
    if problems:
      yield f"cannot be restored: {len(problems)}"
      for match in problems:
        yield (f"  {match.wanted.key} {matching.show(match.wanted.shape)}: "
               f"{match.problem}")
        for hint in self.hints[match.wanted.key]:
          yield f"    {hint}"
    if self.left:
      yield f"left over in the checkpoint: {len(self.left)}"
      yield from _limited((f"  {key} "
                           f"{matching.show(self.checkpoint.shapes[key])}: "
                           f"{what}" for key, what in self.left.items()),
                          len(self.left), limit)
    yield self.verdict()

  def verdict(self):
    """One line: does the checkpoint load, and how?"""
    if self.by_name_alone:
      return "every key of the graph is in the checkpoint: it loads as it is"
    if self.complete:
      return ("every key of the graph was found: `tfcompat-rnn run` restores "
              "this checkpoint as it is, and `tfcompat-rnn checkpoint "
              "convert --to-graph` writes it under the graph's names")
    return f"{len(self.plan.problems)} keys of the graph cannot be restored"

  def as_data(self):
    """The report as plain data, for JSON."""
    return {
        "checkpoint": self.checkpoint.prefix,
        "format": self.checkpoint.format, "graph": self.graph,
        "complete": self.complete, "verdict": self.verdict(),
        "variables": [{
            "key": match.wanted.key, "variable": match.wanted.variable,
            "shape": _plain(match.wanted.shape),
            "dtype": str(match.wanted.dtype), "takes": list(match.old),
            "how": _how(match), "rows": [row.name for row in match.rows],
            "why": match.why, "problem": match.problem, "kind": match.kind,
            "hints": self.hints.get(match.wanted.key, []),
        } for match in self.plan.matches],
        "left": [{
            "key": key, "shape": list(self.checkpoint.shapes[key]),
            "dtype": str(self.checkpoint.dtypes[key]), "probably": what,
        } for key, what in self.left.items()]}


def _plain(shape):
  return None if shape is None else list(shape)


def _how(match):
  if match.problem:
    return "not at all"
  return "by name" if match.by_name else "by older names"


def _limited(lines, count, limit):
  for number, line in enumerate(lines):
    if limit is not None and number >= limit:
      yield f"  … and {count - number} more"
      return
    yield line


def _mapped_line(match):
  return f"  {match.wanted.key} <- {' + '.join(match.old)}  ({reason(match)})"


def reason(match):
  """The rows that led to a match, and their releases, in words."""
  said = [row.name for row in match.rows]
  text = "; ".join(filter(None, [
      "rows " + ", ".join(said) if len(said) > 1 else
      "row " + said[0] if said else "", match.why]))
  return f"{text}; {origin(match)}" if said else text


def origin(match):
  """The releases that used the names under which `match` was found."""
  firsts = [row.versions[0] for row in match.rows if row.versions[0]]
  last = min((row.versions[1] for row in match.rows), key=_number,
             default=None)
  if last is None:
    return match.why
  first = max(firsts, key=_number, default=None)
  if first is None or _number(first) >= _number(last):
    return f"TensorFlow {'up to ' if first is None else ''}{last}"
  return f"TensorFlow {first} to {last}"


def _number(version):
  return tuple(int(part) for part in version.split("."))


def _hints(match, left, checkpoint):
  """Hints for a key that cannot be restored."""
  if match.kind != "missing":
    return []
  hints = []
  base, slot = naming.split_slot(match.wanted.key)
  if slot:
    return [f"the {naming.describe_slot(slot)} of {base}"
            + (", which is there: the checkpoint was written with another "
               "optimizer or with none" if base in checkpoint.shapes else "")]
  shape = match.wanted.shape
  if shape is None or None in shape or int(np.prod(shape)) < 2:
    return hints
  like = [key for key in left if checkpoint.shapes[key] == shape
          and not naming.split_slot(key)[1]]
  if like:
    shown = ", ".join(like[:4]) + (", …" if len(like) > 4 else "")
    hints.append(f"left over, with the same shape: {shown}")
  if len(shape) == 2:
    turned = [key for key in left
              if checkpoint.shapes[key] == shape[::-1] != shape]
    if turned:
      hints.append("left over, with the transposed shape: "
                   f"{', '.join(turned[:4])}")
  return hints


def _describe_refused(key, match):
  piece = "" if len(match.old) == 1 else "a piece of "
  return (f"{piece}an old name of {match.wanted.key}, see above"
          if key != match.wanted.key else "see above")


def describe_left(key, checkpoint, wanted, missing):
  """What a key that is not restored probably is."""
  for pattern, what in _KNOWN:
    if re.fullmatch(pattern, key):
      return what
  base, slot = naming.split_slot(key)
  if slot:
    owner = base if base in checkpoint.shapes else _owner(base, checkpoint)
    told = naming.describe_slot(slot)
    if owner:
      return f"{told} of {owner}"
    return f"{told} of {base}, which is not in the checkpoint"
  modern = naming.modernize(key)
  if modern.rows:
    piece = "" if modern.part is None else f"piece {modern.part} of "
    if modern.key in wanted:
      return (f"{piece}an old name of {modern.key}, which the graph takes "
              "from another key or cannot take")
    return f"{piece}an old name of {modern.key}, which is not in the graph"
  shape = checkpoint.shapes[key]
  like = [item.key for item in missing
          if item.shape == shape and int(np.prod(shape)) > 1]
  if like:
    shown = ", ".join(like[:3]) + (", …" if len(like) > 3 else "")
    return f"perhaps {shown}, which is missing and has its shape"
  leaf = key.rpartition("/")[2]
  if leaf in ("moving_mean", "moving_variance"):
    return "statistics of a batch normalization that is not in the graph"
  return "a variable that is not in the graph"


def _owner(base, checkpoint):
  """The variable of a slot created inside a scope: `model/model/w`."""
  parts = base.split("/")
  for at in range(1, len(parts)):
    rest = "/".join(parts[at:])
    if rest in checkpoint.shapes:
      return rest
  return None
