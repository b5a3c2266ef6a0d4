"""Checking a gradient against central finite differences."""

from __future__ import annotations

import math
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.gradients import evaluation
from tfcompat_rnn.gradients import report as report_lib


class _Precision(typing.NamedTuple):
  step: float  # for a tensor whose elements are about 1
  rtol: float


# The central difference over four points has an error of about step^4 / 30 from
# the curvature and epsilon / step from rounding. The step balances the two and
# stays small compared with the distance to a kink, such as that of a relu.
PRECISION = {
    "float64": _Precision(3e-4, 1e-7),
    "float32": _Precision(1e-2, 5e-3),
}
# The points: (distance in steps, weight).
POINTS = ((1, 2 / 3), (-1, -2 / 3), (2, -1 / 12), (-2, 1 / 12))
# The number of rounding errors that the evaluation of a loss may accumulate;
# their effect on the difference quotient is allowed in addition to rtol.
ROUNDINGS = 16


def check_gradients(
    loss: types.Tensor,
    variables: typing.Sequence[types.Variable] | None = None,
    feed_dict: types.Feeds | None = None, session: types.Session | None = None,
    *, inputs: types.Nested | None = None, states: types.Nested | None = None,
    dtype: types.DType = "float64", seed: int = 0,
    directions: int = 1, full: bool = False, second_order: bool = False,
    step: float | None = None, rtol: float | None = None,
    time_axis: int | None = 1,
    title: str = "gradients against finite differences"
) -> report_lib.GradientReport:
  """Compares the gradient of `loss` with central differences.

    report = check_gradients(loss, feed_dict={x: data}, inputs=x)
    assert report.passed, report

  loss: a floating-point tensor of a graph, of any shape.
  variables, inputs, states: what to differentiate with respect to, as in
    `compare_gradients`; by default the trainable variables. Inputs and states
    are moved by feeding them, so any floating-point tensor works.
  dtype: the dtype that all of them must have. In float32, rounding can hide a
    small fault; pass "float32" to check such a graph anyway, coarsely.
  seed, directions: each tensor is moved along this many random directions of
    length 1, drawn from this seed. A loss that is not a scalar is weighted by a
    random array. The cost does not grow with the sizes.
  full: compare every element of the Jacobian instead (one session run for each
    element of the loss, four for each element of the tensors).
  second_order: check the derivative of the gradient (along a random array)
    instead of the gradient.
  step: how far a tensor is moved; by default it depends on the dtype, and is
    multiplied by the root mean square of the elements if that is above 1.
  rtol: the allowed difference, relative to the largest of the two derivatives
    and the gradient's root mean square; by default 1e-7 (float64) or 5e-3
    (float32). The rounding error of the quotient is allowed in addition.

  Returns a `GradientReport`, a = analytic, b = numeric. Its first row says
  whether two runs gave the same loss and gradients. Dropout without a seed, or
  a race, makes them differ; nothing can be checked then. The values of moved
  variables are always restored.

  Raises `ArgumentTypeError` for another dtype; `ArgumentError` for a finalized
  graph, if there is nothing to differentiate with respect to, and for
  `second_order` if TensorFlow has no second derivative (loops under control
  flow v1).
  """
  evaluation.check_loss("loss", loss)
  evaluation.check_can_grow("loss", loss.graph)
  dtype = np.dtype(getattr(dtype, "as_numpy_dtype", dtype)).name
  if dtype not in PRECISION:
    raise _errors.ArgumentError(_errors.problem(
        "dtype", f"be {' or '.join(PRECISION)}", dtype,
        "build the graph in float64"))
  if directions < 1:
    raise _errors.ArgumentError(_errors.problem(
        "directions", "be at least 1", directions, "pass 1 or more"))
  targets = evaluation.all_targets(loss.graph, variables, inputs, states)
  _check_targets(targets, loss, dtype)
  feeds = evaluation.flat_feeds("feed_dict", feed_dict)
  check = _Check(loss, targets, feeds, dtype, seed, step, rtol, time_axis,
                 second_order)
  with evaluation.session_for("session", session, loss.graph) as session:
    check.start_in(session)
    rows = [check.determinism()]
    if rows[0].passed:
      for number, target in enumerate(targets):
        rows.append(check.every_element(number, target) if full else
                    check.along_directions(number, target, directions))
  return report_lib.GradientReport(rows, labels=("analytic", "numeric"),
                                   title=title)


def _check_targets(targets, loss, dtype):
  other = [f"{target.name} ({target.tensor.dtype.base_dtype.name})"
           for target in [evaluation.Target("loss", "loss", loss)] + targets
           if target.tensor.dtype.base_dtype.name != dtype]
  if other:
    raise _errors.ArgumentTypeError(_errors.problem(
        "dtype", f"be the dtype of everything that is checked ({dtype})",
        ", ".join(other), "build the graph in float64, or pass "
        "dtype='float32' for a coarse check"))


class _Check:
  """One session, one loss: analytic and numeric derivatives on request."""

  def __init__(self, loss, targets, feeds, dtype, seed, step, rtol,
               time_axis, second_order):
    self.targets = targets
    self.feeds = feeds
    self.dtype = dtype
    self.random = np.random.RandomState(seed)
    self.step = step
    precision = PRECISION[dtype]
    self.base_step = precision.step
    self.rtol = precision.rtol if rtol is None else rtol
    self.time_axis = time_axis
    # The outputs to differentiate, and a placeholder for the weights of each.
    self.outputs = [loss]
    if second_order:
      self.outputs = [tensor for tensor in
                      evaluation.gradients_of([loss], targets)
                      if tensor is not None]
      if not self.outputs:
        raise _errors.ArgumentError(_errors.problem(
            "loss", "depend on what is checked", "no gradients",
            "look for a stop_gradient, or for rounding to integers"))
    self.second_order = second_order
    self.weights, self.gradients = self._build(loss.graph)
    self.session = self.values = None

  def start_in(self, session):
    """Sets the session and the point at which derivatives are taken."""
    self.session = session
    with evaluation.explaining_growth("session"):
      self.values = self._current_values()

  def _build(self, graph):
    with graph.as_default(), tf.name_scope("check"):
      weights = [tf.placeholder(self.dtype, output.shape)
                 for output in self.outputs]
    try:
      return weights, evaluation.gradients_of(
          self.outputs, self.targets, weights)
    except (TypeError, LookupError) as error:
      if not self.second_order:
        raise
      raise _errors.ArgumentError(_errors.problem(
          "second_order", "be False if TensorFlow cannot differentiate a "
          "gradient", f"{type(error).__name__}: {error}",
          "build the graph with tf.enable_control_flow_v2(), or with "
          "static_rnn")) from error

  def _current_values(self):
    """The point at which the derivative is taken: one array per target."""
    variables = [t.tensor for t in self.targets if t.is_variable]
    read = iter(evaluation.read_variables(self.session, variables)
                if variables else [])
    others = [t.tensor for t in self.targets if not t.is_variable]
    fetched = iter(self.session.run(others, self.feeds) if others else [])
    return [np.array(next(read if t.is_variable else fetched), self.dtype)
            for t in self.targets]

  def outputs_at(self, number, value):
    """The value of each output when target `number` has `value`."""
    target = self.targets[number]
    if not target.is_variable:
      return self.session.run(self.outputs,
                              {**self.feeds, target.tensor: value})
    with evaluation.keeping_values(self.session, [target.tensor]):
      evaluation.write_variables(self.session, [target.tensor], [value])
      return self.session.run(self.outputs, self.feeds)

  def analytic(self, weights):
    """The weighted gradient with respect to each target, or None."""
    return evaluation.evaluate(self.session, self.gradients, {
        **self.feeds, **dict(zip(self.weights, weights))})

  def determinism(self):
    """A row that compares two runs at the same point."""
    runs = []
    for _ in range(2):
      values = self.session.run(self.outputs, self.feeds)
      ones = [np.ones_like(value) for value in values]
      runs.append([*values, *self.analytic(ones)])
    self.start = runs[0][:len(self.outputs)]
    pairs = [(a, b) for a, b in zip(*runs) if a is not None and np.size(a)]
    # Values that are not finite in both runs are reported in their own rows.
    equal = all(np.array_equal(a, b, equal_nan=True) for a, b in pairs)
    worst = 0.0 if equal else max(
        float(np.abs(np.asarray(a, np.float64) - b).max()) for a, b in pairs)
    return report_lib.Row(
        "run", "two runs at one point", self.dtype, (), worst, math.nan,
        math.nan, math.nan, math.nan, 0.0, 0.0, equal, "" if equal else
        "not deterministic: look for dropout or other random ops, or state "
        "that a run changes")

  def random_weights(self):
    # A scalar loss needs no weights.
    if len(self.start) == 1 and not np.ndim(self.start[0]):
      return [np.ones((), self.dtype)]
    return [self._unit(np.shape(value)) for value in self.start]

  def _unit(self, shape):
    drawn = self.random.standard_normal(shape)
    return np.asarray(drawn / max(np.linalg.norm(drawn), 1e-30), self.dtype)

  def difference(self, number, direction, length):
    """Central difference of all outputs along `direction`, and its error."""
    value = self.values[number]
    quotients = [0.0] * len(self.outputs)
    for steps, weight in POINTS:
      there = self.outputs_at(number, value + steps * length * direction)
      quotients = [quotient + weight / length * np.asarray(output, np.float64)
                   for quotient, output in zip(quotients, there)]
    allowed = ROUNDINGS * np.finfo(self.dtype).eps / length
    return quotients, [allowed * np.abs(start).max(initial=0)
                       for start in self.start]

  def length(self, number):
    if self.step is not None:
      return self.step
    value = self.values[number]
    size = math.sqrt(np.mean(np.square(value, dtype=np.float64))) if (
        value.size) else 1.0
    return self.base_step * max(1.0, size)

  def along_directions(self, number, target, directions):
    """One row: the worst of `directions` random directions."""
    rows = []
    for _ in range(directions):
      weights = self.random_weights()
      gradient = self.analytic(weights)[number]
      direction = self._unit(self.values[number].shape)
      quotients, errors = self.difference(number, direction,
                                          self.length(number))
      numeric = sum(np.vdot(w, q) for w, q in zip(weights, quotients))
      error = sum(np.abs(w).sum() * e for w, e in zip(weights, errors))
      if gradient is None:
        gradient, note = np.zeros_like(self.values[number]), "None"
      else:
        note = self._non_finite(target, gradient)
      typical = np.linalg.norm(gradient) / math.sqrt(max(gradient.size, 1))
      rows.append(self._row(
          number, np.vdot(gradient.astype(np.float64), direction), numeric,
          typical, error, note))
    return min(rows, key=lambda row: (row.passed, -row.max_rel))

  def every_element(self, number, target):
    """One row: the whole Jacobian."""
    value = self.values[number]
    sizes = [np.size(start) for start in self.start]
    analytic = np.zeros((sum(sizes), value.size))
    note = ""
    for line in range(sum(sizes)):
      flat = np.zeros(sum(sizes), self.dtype)
      flat[line] = 1
      weights = [part.reshape(np.shape(start)) for part, start in zip(
          np.split(flat, np.cumsum(sizes)[:-1]), self.start)]
      gradient = self.analytic(weights)[number]
      if gradient is None:
        note = "None"
        break
      note = note or self._non_finite(target, gradient)
      analytic[line] = gradient.ravel()
    numeric = np.zeros_like(analytic)
    error = 0.0
    for column in range(value.size):
      direction = np.zeros(value.size, self.dtype)
      direction[column] = 1
      quotients, errors = self.difference(
          number, direction.reshape(value.shape), self.length(number))
      numeric[:, column] = np.concatenate([q.ravel() for q in quotients])
      error = max([error, *errors])
    typical = (np.linalg.norm(analytic) / math.sqrt(analytic.size)
               if analytic.size else 0.0)
    return self._row(number, analytic, numeric, typical, error, note)

  def _non_finite(self, target, gradient):
    return report_lib.non_finite(gradient, evaluation.time_axis_of(
        target.kind, gradient, self.time_axis))

  def _row(self, number, analytic, numeric, typical, error, note):
    target, shape = self.targets[number], self.values[number].shape
    analytic, numeric = np.atleast_1d(analytic), np.atleast_1d(numeric)
    row = report_lib.Row(
        target.kind, target.name, self.dtype, shape, math.nan, math.nan,
        float(np.linalg.norm(analytic)), float(np.linalg.norm(numeric)),
        math.nan, self.rtol, float(error), False)
    if note and note != "None":
      return row._replace(note=f"{note} in analytic")
    bad = report_lib.non_finite(numeric)
    if bad:
      return row._replace(note=f"{bad} in numeric")
    max_abs = float(np.abs(analytic - numeric).max(initial=0))
    largest = max(np.abs(analytic).max(initial=0),
                  np.abs(numeric).max(initial=0), typical)
    passed = max_abs <= error + self.rtol * largest
    if note == "None":
      note = ("no gradient (None), and the loss does not depend on it"
              if passed else "no gradient (None), yet the loss depends on it")
    return row._replace(
        max_abs=max_abs, max_rel=float(max_abs / largest) if largest else 0.0,
        passed=bool(passed), note=note)
