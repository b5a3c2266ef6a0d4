"""Inputs for a comparison: drawn with a seed, or the user's."""

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn._tf import tf
from tfcompat_rnn.checkpoints import reading

_SEED = 15
# Sizes for unknown axes: those of the first axis, of the second, of others.
# Rows and steps may be the other way round, or have to agree.
_SIZES = ((2, 3, 4), (3, 2, 4), (3, 3, 3), (1, 1, 1))
# Integers are mostly identifiers and lengths, which may have to be positive
# and small.
_INTEGERS = ((1, 3), (0, 2), (1, 2), (0, 1))


def draw(specs, sizes=_SIZES[0], integers=_INTEGERS[0], steps=None):
  """Name -> array for `specs`, name -> `tf.TensorSpec`.

  Numbers are normal; `integers` are the least one and the one after the
  largest. `steps` maps an input to `(axis, size)`, a size for one of its axes.
  """
  random = np.random.RandomState(_SEED)
  arrays = {}
  for name in sorted(specs):
    dims = list(sizes[:1]) if specs[name].shape.rank is None else [
        sizes[min(axis, 2)] if size is None else size
        for axis, size in enumerate(specs[name].shape.as_list())]
    if steps and name in steps:
      axis, size = steps[name]
      dims[axis] = size
    arrays[name] = _draw_array(random, dims, specs[name].dtype, integers)
  return arrays


def _draw_array(random, dims, dtype, integers):
  if dtype == tf.string:
    return np.full(dims, b"a", object)
  if dtype.is_floating or dtype.is_complex:
    return random.randn(*dims).astype(dtype.as_numpy_dtype)
  least, end = (0, 2) if dtype == tf.bool else integers
  return random.randint(least, end, dims).astype(dtype.as_numpy_dtype)


def _candidates(specs, steps):
  """Yields drawn inputs, the most general first."""
  for integers in _INTEGERS:
    for sizes in _SIZES:
      yield draw(specs, sizes, integers, steps)


def find(original, given=None, steps=None):
  """`(inputs, outputs)`, arrays by name, on which the original graph runs.

  `given` are the user's inputs. Otherwise several sizes for unknown axes, and
  several ranges of integers, are tried.

  Raises `ArgumentError` if the original graph does not run on them.
  """
  trouble = None
  for arrays in (_candidates(original.inputs, steps) if given is None
                 else [_fit(original.inputs, given)]):
    try:
      return arrays, original.run(arrays)
    except (tf.errors.OpError, ValueError, TypeError) as error:
      if trouble is None:
        trouble = ", ".join(
            f"{name} {list(array.shape)}" for name, array in arrays.items()
        ) + ": " + reading.shortened(error)
  raise _errors.ArgumentError(_errors.problem(
      "example", "be inputs on which the original graph runs", trouble,
      "pass inputs that fit it, an array for each name"))


def find_fill(original):
  """The integer, 0 or 1, of which inputs may consist that show a call.

  All their unknown axes have size 1, and other numbers are 0. None if the
  original graph runs on neither.
  """
  for fill in (0, 1):
    arrays = {}
    for name, spec in original.inputs.items():
      dims = [1] if spec.shape.rank is None else [
          1 if size is None else size for size in spec.shape.as_list()]
      arrays[name] = np.full(
          dims, b"" if spec.dtype == tf.string
          else fill if spec.dtype.is_integer else 0,
          object if spec.dtype == tf.string else spec.dtype.as_numpy_dtype)
    try:
      original.run(arrays)
      return fill
    except (tf.errors.OpError, ValueError, TypeError):
      pass
  return None


def _fit(specs, given):
  """The user's arrays with the dtypes of the inputs."""
  lacking = sorted(set(specs) - set(given))
  _errors.require(
      not lacking, "example", "have an array for each input",
      "none for " + ", ".join(lacking),
      "the inputs are " + ", ".join(sorted(specs)))
  arrays = {}
  for name, spec in specs.items():
    array = np.asarray(given[name])
    dtype = (np.dtype(object) if spec.dtype == tf.string
             else np.dtype(spec.dtype.as_numpy_dtype))
    _errors.require(
        spec.shape.is_compatible_with(array.shape)
        and (array.dtype.kind in "OSU" or dtype.kind not in "OSU")
        and np.can_cast(array.dtype, dtype, "same_kind"),
        "example", f"fit {name}, {spec.dtype.name} {spec.shape}",
        f"{array.dtype} {list(array.shape)}", "pass an array of that shape")
    arrays[name] = array.astype(dtype)
  return arrays


def find_squeezed(original, plan):
  """Name of an output -> the axis that a single step lacks.

  Runs the original graph on one step and on two: an axis that grows from 1 to
  2 with them is the time axis.

  Raises `ArgumentError` if the graph does not run on one step and on two.
  """
  if not plan.one_step:
    return {}
  for key, axis in plan.one_step.items():
    rank = original.inputs[key].shape.rank
    _errors.require(
        rank is not None and 0 <= axis < rank, "time_axis",
        f"be an axis of {key}", f"{axis}, and its rank is {rank}",
        "pass the position of the time axis: 1, or 0 if it is time-major")
    known = original.inputs[key].shape.as_list()[axis]
    _errors.require(
        known is None, "one_step", "consist of inputs with an unknown number "
        "of steps", f"{key}, which always has {known}", "build the graph with "
        "a placeholder for any number of steps, or for one, and export it as "
        "it is")
  shapes = []
  for size in (1, 2):
    steps = {key: (axis, size) for key, axis in plan.one_step.items()}
    try:
      _, outputs = find(original, steps=steps)
    except _errors.ArgumentError as error:
      raise _errors.ArgumentError(_errors.problem(
          "one_step", "name every input with a time axis",
          f"{', '.join(plan.one_step)} ({error})",
          "name them all, or export the sequence alone")) from None
    shapes.append({name: np.shape(value) for name, value in outputs.items()})
  return {name: axis for name in plan.outputs if name not in plan.state
          for axis in [_time_axis(shapes[0][name], shapes[1][name])]
          if axis is not None}


def _time_axis(one, two):
  """The only axis that is 1 in the shape `one` and 2 in `two`, or None."""
  if len(one) != len(two):
    return None
  found = [axis for axis, sizes in enumerate(zip(one, two))
           if sizes[0] != sizes[1]]
  if len(found) == 1 and (one[found[0]], two[found[0]]) == (1, 2):
    return found[0]
  return None


def one_step_specs(original, plan):
  """The specs of the inputs, without the axis that a single step lacks."""
  specs = dict(original.inputs)
  for key, axis in plan.one_step.items():
    dims = specs[key].shape.as_list()
    specs[key] = tf.TensorSpec(dims[:axis] + dims[axis + 1:],
                               specs[key].dtype, key)
  return specs
