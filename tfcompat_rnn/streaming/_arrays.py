"""Arrays that are fed: checked against placeholders before anything runs."""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn.state import _leaves


class Form:
  """What arrays must be like: `structure`, and the `leaves` of its form.

  `leaves` have a dtype and a shape `[None, ...]`; looking at them takes longer
  than the step of a small model, so this is done once.
  """

  def __init__(self, structure, leaves):
    self.structure = structure
    self._nested = _nest.is_nested(structure)
    self._leaves = [
        (path, np.dtype(leaf.dtype.base_dtype.as_numpy_dtype),
         leaf.dtype.base_dtype.name, leaf.shape.as_list()[1:])
        for path, leaf in zip(_nest.state_paths(structure), leaves)]

  def fit(self, name, values, rows, next_step):
    """The leaves of `values` as arrays that fit, with `rows` rows.

    `rows` is None for one row without its axis, which the arrays do not get
    either. Raises `ArgumentTypeError` if a dtype or the structure does not
    fit, and `ArgumentError` if a shape does not.
    """
    if self._nested or _nest.is_nested(values):
      values = _with_arrays(name, self.structure, values)
      _nest.check_same_structure(name, self.structure, values, next_step)
      values = _nest.flatten_state(values)
    else:
      values = [values]
    arrays, wrong, kinds = [], [], []
    for (path, dtype, called, dims), value in zip(self._leaves, values):
      array = _array(name, value)
      dims = dims if rows is None else [rows] + dims
      if not _castable(array, dtype):
        kinds.append(path)
      elif len(array.shape) == len(dims) and all(
          size in (None, got) for size, got in zip(dims, array.shape)):
        arrays.append(array.astype(dtype, copy=False))
        continue
      wrong.append(
          f"{_at(name, path)}: {array.dtype.name} "
          f"{_leaves.shape_text(array.shape)} instead of "
          f"{called} {_leaves.shape_text(dims)}")
    if wrong:
      kind = _errors.ArgumentTypeError if kinds else _errors.ArgumentError
      raise kind(_errors.problem(
          name, "fit the model", "; ".join(wrong), next_step))
    return arrays


def stacked(name, structure, values, next_step):
  """The rows of `values`, structures like `structure`, leaf by leaf."""
  if not _nest.is_nested(structure):
    return _stack(name, values)
  values = [_with_arrays(name, structure, value) for value in values]
  for value in values:
    _nest.check_same_structure(name, structure, value, next_step)
  return _nest.pack_state(structure, [
      _stack(name, leaf)
      for leaf in zip(*map(_nest.flatten_state, values))])


def _stack(name, values):
  try:
    return np.stack([np.asarray(value) for value in values])
  except ValueError:
    sizes = {np.shape(value) for value in values if hasattr(value, "shape")}
    raise _errors.ArgumentError(_errors.problem(
        name, "have one shape in all rows",
        ", ".join(map(_leaves.shape_text, sorted(sizes)))
        or "rows of different lengths",
        "pad them, or step them one after the other")) from None


def _with_arrays(name, structure, values):
  """`values` with arrays in place of lists where `structure` has a leaf."""
  if not _nest.is_nested(structure):
    return _array(name, values) if isinstance(values, (list, tuple)) else values
  parts = _nest.children(structure)
  if not _nest.is_nested(values) or (
      [step for step, _ in parts] != [s for s, _ in _nest.children(values)]):
    return values  # `check_same_structure` says what is wrong
  return _nest.rebuild(values, [
      _with_arrays(name, part, value) for (_, part), (_, value) in zip(
          parts, _nest.children(values))])


def _array(name, value):
  try:
    return np.asarray(value)
  except ValueError:  # lists of different lengths
    raise _errors.ArgumentError(_errors.problem(
        name, "be arrays", "lists of different lengths",
        "make the rows equally long")) from None


def _castable(array, dtype):
  """Whether a cast to `dtype` keeps the kind of numbers, and integers."""
  if dtype.kind == "O":  # a string
    return array.dtype.kind in "SUO"
  if array.dtype == dtype:
    return True
  if not np.can_cast(array.dtype, dtype, "same_kind"):
    # A type of ml_dtypes, such as bfloat16, is of no kind that NumPy knows.
    return dtype.kind == "V" and array.dtype.kind in "iuf"
  if dtype.kind not in "iu":
    return True
  return bool((array.astype(dtype) == array).all())


def _at(name, path):
  return name + "".join(f"[{step}]" for step in path.split("/") if path)
