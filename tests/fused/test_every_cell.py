"""Each cell in each execution and dtype, with the plain loop in one graph.

The executions share the cell's variables and run at the same time. Cells that
draw without a seed of their own need a graph for each: `test_executions`.
"""

import numpy as np
import pytest

from tests.fused import test_executions as executions
from tfcompat_rnn import gradients
from tfcompat_rnn.fused.recurrence import rnn
from tfcompat_rnn.fused.recurrence import rows

TIME, BATCH, DEPTH = executions.TIME, executions.BATCH, executions.DEPTH
NAMES = [name for name in executions.CELLS if "dropout" not in name]
# Their arithmetic is that of another one.
VARIANTS = ("BasicLSTM, one tensor", "LSTM, one tensor", "device")
# For each dtype, the difference of numbers of about 1: some roundings.
TOLERANCES = {"float64": 1e-10, "float32": 1e-5, "float16": 1e-2,
              "bfloat16": 8e-2}
NUMERIC = ("LSTM, all options", "GRU", "layers")


def tiers(names):
  """The names, those that are not NUMERIC left to the exhaustive tests."""
  return [pytest.param(name, marks=(
      pytest.mark.slow if name in NUMERIC else pytest.mark.exhaustive))
          for name in names]


class Ways:
  """One cell over one sequence, built in several executions."""

  def __init__(self, tf, name, dtype):
    self.tf, self.dtype = tf, tf.as_dtype(dtype)
    self.x = tf.constant(
        np.random.RandomState(0).randn(BATCH, TIME, DEPTH), self.dtype)
    self.open = tf.placeholder_with_default(self.x, [None, None, DEPTH])
    self.cell = executions.CELLS[name](self.dtype)
    self.variables, self.leaves, self.losses, self.fetches = None, {}, {}, {}

  def build(self, way, execution, x):
    tf = self.tf
    init = tf.random_uniform_initializer(-.5, .5, seed=1)
    with tf.variable_scope(
        f"model_{self.dtype.name}", initializer=init, reuse=tf.AUTO_REUSE,
        dtype=self.dtype):
      found = rnn.dynamic_rnn(
          self.cell, x, executions.LENGTHS, dtype=self.dtype,
          execution=execution, parallel_iterations=1)
    variables = [one for one in tf.trainable_variables()
                 if one.name.startswith(f"model_{self.dtype.name}/")]
    if self.variables is None:
      self.variables, self.structure = variables, found
    assert variables == self.variables
    tf.nest.assert_same_structure(found, self.structure)
    leaves = self.leaves[way] = tf.nest.flatten(found)
    assert execution == "loop" or all(
        leaf.op.name.startswith("fast_rnn/") for leaf in leaves)
    self.losses[way] = tf.add_n([
        tf.reduce_sum(tf.sin(leaf + place))
        for place, leaf in enumerate(leaves)])

  def fetch(self, way, x):
    """Builds outputs, states and gradients as `fetches[way]`."""
    tf = self.tf
    self.fetches[way] = [tf.cast(tensor, tf.float64) for tensor in [
        *self.leaves[way],
        *tf.gradients(self.losses[way], [x, *self.variables])]]

  def compare(self, results):
    """Whether all ways have the numbers of the loop."""
    right = results["loop"]
    assert all(np.isfinite(one).all() for one in right)
    assert any(np.abs(one).max() > .1 for one in right)
    for way, found in results.items():
      for place, (one, two) in enumerate(zip(right, found, strict=True)):
        scale = max(1., np.abs(one).max())
        np.testing.assert_allclose(
            two, one, rtol=0, atol=TOLERANCES[self.dtype.name] * scale,
            err_msg=f"{way} {self.dtype.name} {place}")


@pytest.mark.spread(slow=5)
@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_every_execution(v1, monkeypatch, name):
  """An unknown batch, a known one in two parts, and rows that end early."""
  ways = Ways(v1, name, "float64")
  for way, execution, parts in (
      ("loop", "loop", 1), ("graph", "graph", 1), ("xla", "xla", 1),
      ("parts", "xla", 2)):
    monkeypatch.setattr(rows, "parts", lambda _, parts=parts: parts)
    x = ways.x if way == "parts" else ways.open
    ways.build(way, execution, x)
    ways.fetch(way, x)
    for leaf, like in zip(ways.leaves[way], ways.leaves["loop"], strict=True):
      known = leaf.shape.as_list()
      if way == "parts":
        known = [None] * (len(known) - 1) + known[-1:]
        assert leaf.shape.is_fully_defined()
      assert known == like.shape.as_list()
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    ways.compare(session.run(ways.fetches))


@pytest.mark.spread(slow=3)
@pytest.mark.parametrize("execution, name", [
    *(pytest.param("graph", *one.values, marks=one.marks) for one in tiers(
        name for name in NAMES if name not in VARIANTS)),
    *(pytest.param("xla", *one.values, marks=one.marks)
      for one in tiers(NUMERIC))])
def test_gradients_are_those_of_finite_differences(v1, execution, name):
  ways = Ways(v1, name, "float64")
  ways.build(execution, execution, ways.open)
  report = gradients.check_gradients(
      ways.losses[execution], ways.variables, inputs=ways.open)
  assert report.passed, report
  assert len(report.rows) == 2 + len(ways.variables)


@pytest.mark.spread(slow=3)
@pytest.mark.parametrize("name", tiers(
    name for name in NAMES if name not in VARIANTS))
def test_every_dtype(v1, name):
  """The narrow ones; `verify` and the golden cases run float32."""
  built = []
  for dtype in ("float16", "bfloat16"):
    ways = Ways(v1, name, dtype)
    for execution in ("loop", "graph", "xla"):
      if execution != "xla" or name in NUMERIC:
        ways.build(execution, execution, ways.x)
        ways.fetch(execution, ways.x)
    built.append(ways)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    for ways, results in zip(built, session.run(
        [ways.fetches for ways in built])):
      ways.compare(results)
