"""Who takes part: each has a name, a worker's module and a way to run it."""

from __future__ import annotations

import dataclasses
import difflib
import importlib.util

from tfcompat_rnn import _errors
from tfcompat_rnn.bench import tasks
from tfcompat_rnn.fused import recurrence

# The executions whose backward pass can compute again what it does not keep.
_RECOMPUTING = ("graph", "xla")
_ON_REQUEST = {"cudnn": "it runs on a GPU; name it in --only"}
# Ratios are taken against these, in this order, where they take part.
BASES = {"loop": "of the loop", "reference": "of 1.15",
         "torch": "of PyTorch", "products": "of the products"}


@dataclasses.dataclass(frozen=True)
class Contestant:
  """One row for each task.

  module, way: what `workers/serve.py` runs.
  title: what it is, for the legend.
  needs: the module without which it is left out, unless it is named.
  on_request: why it is left out unless it is named.
  other: kind of cell -> the kind that it has in its place.
  ours: whether its worker imports this package.
  training_only: whether a forward pass would be that of another contestant.
  checked: whether it computes results.
  """
  name: str
  module: str
  title: str
  way: dict = dataclasses.field(default_factory=dict, hash=False)
  needs: str = ""
  on_request: str = ""
  other: dict = dataclasses.field(default_factory=dict, hash=False)
  ours: bool = True
  training_only: bool = False
  checked: bool = True

  def kind(self, task: tasks.Task) -> str:
    """The kind of cell that it has for a task."""
    return self.other.get(task.kind, task.kind)


def _executions():
  yield Contestant("loop", "ours", "this package, TensorFlow 1.15's loop",
                   {"execution": "loop"})
  for name in recurrence.EXECUTIONS:
    if name != "loop":
      yield Contestant(
          name, "ours", f'this package, execution="{name}"',
          {"execution": name}, on_request=_ON_REQUEST.get(name, ""))
  for name in recurrence.EXECUTIONS:
    if name in _RECOMPUTING:
      yield Contestant(
          f"{name}+recompute", "ours",
          f'this package, execution="{name}", recompute=True',
          {"execution": name, "recompute": True}, training_only=True)


def everyone():
  """All contestants by name, in the order of the table."""
  after = {"GRU": "GRU-after"}
  found = [
      *_executions(),
      Contestant("tensorflow", "private_cells",
                 "TensorFlow's own dynamic_rnn with the cells that it still "
                 "has in private"),
      Contestant("keras", "keras_layers", "Keras 3 layers in tf.function",
                 needs="keras"),
      Contestant("reference", "reference",
                 "TensorFlow 1.15 (--reference-python)", ours=False),
      Contestant("torch", "torch_modules",
                 "PyTorch; its GRU applies the reset gate after the product, "
                 "and is checked against CudnnCompatibleGRUCell",
                 needs="torch", other=after, ours=False),
      Contestant("products", "products",
                 "the matrix products of the step alone, with NumPy or "
                 "PyTorch, whichever is faster", ours=False, checked=False),
  ]
  return {one.name: one for one in found}


def _is_installed(module):
  return importlib.util.find_spec(module) is not None


def choose(names=None, reference=None):
  """`(contestants, left out)`: those that take part, and name -> why not.

  Without `names`, everything that is installed and needs no request;
  `reference` is the interpreter of TensorFlow 1.15, or None.

  Raises ArgumentError for a name that there is not, or for "reference" without
  an interpreter.
  """
  known = everyone()
  missing = {}
  for one in known.values():
    if one.needs and not _is_installed(one.needs):
      missing[one.name] = f"{one.needs} is not installed"
    elif one.name == "reference" and not reference:
      missing[one.name] = "--reference-python is not given"
    elif one.on_request and not names:
      missing[one.name] = one.on_request
  if not names:
    return [one for one in known.values() if one.name not in missing], missing
  for name in names:
    if name not in known:
      near = difflib.get_close_matches(name, known, 1)
      raise _errors.ArgumentError(_errors.problem(
          "--only", f"name contestants: {', '.join(known)}", repr(name),
          f"write {near[0] if near else 'one of these'}"))
    if name in missing:
      raise _errors.ArgumentError(_errors.problem(
          "--only", "name contestants that can run", f"{name!r}, but "
          f"{missing[name]}", "leave it out, or supply what is missing"))
  return [one for one in known.values() if one.name in names], {}
