"""What a golden case is, and the table of all of them.

A case is a function that takes a `measure.Bench` and returns `(outputs,
states)`; what is done with them stands in `measure`. The cases themselves
are in `cases_*.py`.
"""

import collections
import contextlib

Case = collections.namedtuple("Case", "name family build dtypes gradients")
CASES = collections.OrderedDict()
BOTH = ("float32", "float64")
SINGLE = ("float32",)


def register(name, family, build, dtypes=BOTH, gradients=True):
  if name in CASES:
    raise ValueError("two cases are called " + name)
  CASES[name] = Case(name, family, build, dtypes, gradients)


def case(family, dtypes=BOTH, gradients=True):
  """Registers the function below it under its own name."""
  def decorate(build):
    register(build.__name__, family, build, dtypes, gradients)
    return build
  return decorate


def each_loop(name, family, make, depth=None, gradients=True, scoped=False,
              ids=False):
  """One cell in `dynamic_rnn` and `static_rnn` (state fed), and from zeros.

  `make(bench)` gives the cell. With `scoped` the loop stands in a variable
  scope of the bench's dtype: wrappers that make their variables without a
  dtype need it for float64. With `ids` the inputs are integers.
  """
  def scope(bench):
    if scoped:
      return bench.tf.variable_scope("model", dtype=bench.dtype)
    return contextlib.nullcontext()

  def sequence(bench):
    if ids:
      return bench.integers("x", [[[1], [3], [0]], [[2], [3], [5]]])
    return bench.sequence(depth)

  def dynamic(bench):
    cell = make(bench)
    with scope(bench):
      return bench.tf.nn.dynamic_rnn(
          cell, sequence(bench), initial_state=bench.state(cell.state_size),
          parallel_iterations=1)

  def static(bench):
    cell = make(bench)
    if ids:
      steps = [bench.integers("x_%d" % step, [[step], [5 - step]])
               for step in range(bench.time)]
    else:
      steps = bench.steps(depth)
    with scope(bench):
      return bench.tf.nn.static_rnn(
          cell, steps, initial_state=bench.state(cell.state_size))

  def from_zeros(bench):
    cell = make(bench)
    lengths = bench.integers("lengths", [2, 3])
    with scope(bench):
      return bench.tf.nn.dynamic_rnn(
          cell, sequence(bench), sequence_length=lengths, dtype=bench.dtype,
          parallel_iterations=1)

  register(name + "-dynamic", family, dynamic, BOTH, gradients)
  register(name + "-static", family, static, BOTH, gradients)
  register(name + "-zeros", family, from_zeros, SINGLE, gradients)


def nn(bench):
  return bench.tf.nn.rnn_cell


def contrib(bench):
  return bench.tf.contrib.rnn
