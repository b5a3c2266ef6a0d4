"""Comparing the gradients of two losses."""

from __future__ import annotations

import contextlib
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.gradients import evaluation
from tfcompat_rnn.gradients import report as report_lib


def compare_gradients(
    loss_a: types.Tensor, loss_b: types.Tensor,
    variables: typing.Sequence[types.Variable] | None = None,
    feed_dict: types.Feeds | None = None, session: types.Session | None = None,
    *, inputs: types.Nested | None = None, states: types.Nested | None = None,
    outputs: types.Nested | None = None,
    variables_b: typing.Sequence[types.Variable] | None = None,
    feed_dict_b: types.Feeds | None = None,
    session_b: types.Session | None = None,
    inputs_b: types.Nested | None = None, states_b: types.Nested | None = None,
    outputs_b: types.Nested | None = None, time_axis: int | None = 1,
    rtol: float | None = None, atol: float | None = None,
    labels: types.Labels = ("a", "b"),
    title: str = "gradients") -> report_lib.GradientReport:
  """Compares the gradients of two losses; returns a `GradientReport`.

    report = compare_gradients(loss_static, loss_dynamic, feed_dict={x: data},
                               inputs=x, states=initial_state)
    assert report.passed, report

  loss_a, loss_b: floating-point tensors, in the same graph or in two graphs.
    The elements of a loss that is not a scalar are summed.
  variables: the variables to differentiate with respect to; by default the
    trainable ones of `loss_a`'s graph. `variables_b`: their counterparts in the
    same order; by default the same variables or, in another graph, those of the
    same names.
  inputs, states, outputs: tensors or nested structures of them (integers are
    skipped). Gradients are taken with respect to inputs and states; outputs are
    compared directly. `..._b` are the counterparts for b in the same order; by
    default the same tensors or, in another graph, those of the same names. A
    value fed for an input in `feed_dict` is also fed for its counterpart.
  feed_dict: feeds for both losses; structures are allowed as keys.
    `feed_dict_b`: feeds for b if the names differ.
  session, session_b: by default the default session if it is on that graph,
    else a fresh one in which every variable has its initial value.
  time_axis: the time axis of inputs and outputs (0 for time-major, None for
    none). It is used to report the step at which something differs or stops
    being finite.
  rtol, atol: each tensor must satisfy
    `max|a - b| <= atol + rtol * max(|a|, |b|)`; the defaults depend on the
    dtype (`report.TOLERANCES`).

  Before b is evaluated, its variables are set to a's values: the counterparts
  in `variables_b` and, in another graph, every variable of the same name and
  shape (moving averages, kept states). Their own values are restored
  afterwards. The loss itself is the first row. Ops are added to the graphs.

  Raises `ArgumentError` if a graph is finalized, if there is nothing to
  differentiate with respect to, if the numbers of counterparts differ, or if a
  name is not found in b's graph.
  """
  evaluation.check_loss("loss_a", loss_a)
  evaluation.check_loss("loss_b", loss_b)
  for name, loss in (("loss_a", loss_a), ("loss_b", loss_b)):
    evaluation.check_can_grow(name, loss.graph)
  other_graph = loss_a.graph is not loss_b.graph
  side_a = evaluation.all_targets(loss_a.graph, variables, inputs, states)
  side_b = _counterparts(side_a, loss_b.graph, other_graph, variables_b,
                         inputs_b, states_b)
  outs_a = evaluation.tensor_targets("output", outputs)
  outs_b = _counterpart_tensors("outputs", outs_a, loss_b.graph, other_graph,
                                outputs_b)
  feeds_a = evaluation.flat_feeds("feed_dict", feed_dict)
  feeds_b = _feeds_b(feeds_a, feed_dict_b, side_a, side_b, loss_b.graph,
                     other_graph)
  grads_a = evaluation.gradients_of([loss_a], side_a)
  grads_b = evaluation.gradients_of([loss_b], side_b)
  fetch_a = [loss_a] + [out.tensor for out in outs_a] + grads_a
  fetch_b = [loss_b] + [out.tensor for out in outs_b] + grads_b

  kinds = ([("loss", loss_a.op.name)] + [(o.kind, o.name) for o in outs_a]
           + [(t.kind, t.name) for t in side_a])
  with contextlib.ExitStack() as stack:
    session_a = stack.enter_context(
        evaluation.session_for("session", session, loss_a.graph))
    if not other_graph and session_b is None:
      session_b = session_a
    session_b = stack.enter_context(
        evaluation.session_for("session_b", session_b, loss_b.graph))
    stack.enter_context(evaluation.explaining_growth("session"))
    values_a = evaluation.evaluate(session_a, fetch_a, feeds_a)
    with same_values(session_a, session_b, side_a, side_b):
      values_b = evaluation.evaluate(session_b, fetch_b, feeds_b)
    report = make_report(zip(kinds, values_a, values_b), time_axis, rtol,
                         atol, labels, title)
    if not report.passed:
      # Check that the difference is between the two at all: a model with random
      # dropout, or whose state advances, does not even equal itself.
      report.rows += _unsteady_rows(kinds, labels[0], values_a,
                                    evaluation.evaluate(session_a, fetch_a,
                                                        feeds_a))
  return report


def _unsteady_rows(kinds, label, first, second):
  apart = [name for (_, name), one, two in zip(kinds, first, second)
           if one is not None and not np.array_equal(one, two,
                                                     equal_nan=True)]
  if not apart:
    return []
  return [report_lib.unsteady_row(
      f"{label}, run twice", "of its own accord, too: "
      f"{', '.join(apart[:4])}{', …' if len(apart) > 4 else ''}")]


def compare_values(values_a: types.Nested, values_b: types.Nested, *,
                   kind: str = "variable", time_axis: int | None = None,
                   rtol: float | None = None, atol: float | None = None,
                   labels: types.Labels = ("a", "b"),
                   title: str = "gradients") -> report_lib.GradientReport:
  """Makes the same report for gradients that have already been computed.

    compare_values({"kernel": tape_gradient}, {"kernel": expected})

  values_a, values_b: dicts from names to arrays, eager tensors or None, or two
  nested structures of the same form. For eager code (`tf.GradientTape`).

  Raises `ArgumentTypeError` or `ArgumentError` if the structures differ.
  """
  _nest.check_same_structure("values_b", values_a, values_b,
                             "pass the same names on both sides")
  names = _nest.state_paths(values_a)
  flat_a, flat_b = (_nest.flatten_state(v) for v in (values_a, values_b))
  return make_report(
      [((kind, name), _array(a), _array(b))
       for name, a, b in zip(names, flat_a, flat_b)],
      time_axis, rtol, atol, labels, title)


def _array(value):
  if value is None:
    return None
  if isinstance(value, tf.IndexedSlices):
    value = tf.convert_to_tensor(value)
  return np.asarray(value)


def make_report(triples, time_axis, rtol, atol, labels, title):
  """The report for triples (kind and name, a, b)."""
  rows, steps = [], []
  for (kind, name), a, b in triples:
    axis = evaluation.time_axis_of(kind, a if a is not None else b,
                                   time_axis)
    rows.append(report_lib.compare_arrays(kind, name, a, b, rtol, atol, axis,
                                          labels))
    if axis is not None and not (a is None and b is None):
      steps.append(report_lib.step_norms(kind, name, a, b, axis))
  return report_lib.GradientReport(rows, steps, labels, title)


def _counterparts(side_a, graph_b, other_graph, variables_b, inputs_b,
                  states_b):
  """The target of b for each target of a, in the same order."""
  of_a = {kind: [target for target in side_a if target.kind == kind]
          for kind in ("variable", "input", "state")}
  if variables_b is not None:
    found = evaluation.variable_targets("variables_b", variables_b, graph_b)
    _check_pairs("variables_b", of_a["variable"], found)
  elif other_graph:
    known = evaluation.all_variables(graph_b)
    missing = [target.name for target in of_a["variable"]
               if target.name not in known]
    if missing:
      raise _errors.ArgumentError(_errors.problem(
          "variables_b", "be given if the names differ",
          f"no {', '.join(missing)} in the graph of `loss_b`, which has "
          f"{', '.join(sorted(known)) or 'no variables'}",
          "pass variables_b, one for each of `variables`"))
    found = [target._replace(tensor=known[target.name])
             for target in of_a["variable"]]
  else:
    found = of_a["variable"]
  return (found
          + _counterpart_tensors("inputs", of_a["input"], graph_b,
                                 other_graph, inputs_b)
          + _counterpart_tensors("states", of_a["state"], graph_b,
                                 other_graph, states_b))


def _counterpart_tensors(argument, targets, graph_b, other_graph, nest_b):
  if nest_b is not None:
    found = evaluation.tensor_targets(argument[:-1], nest_b)
    _check_pairs(f"{argument}_b", targets, found)
    return found
  if not other_graph:
    return targets
  found = []
  for target in targets:
    try:
      tensor = graph_b.get_tensor_by_name(target.tensor.name)
    except (KeyError, ValueError) as error:
      raise _errors.ArgumentError(_errors.problem(
          f"{argument}_b", "be given if the names differ",
          f"no {target.tensor.name!r} in the graph of `loss_b`",
          f"pass {argument}_b, one for each of `{argument}`")) from error
    found.append(target._replace(tensor=tensor))
  return found


def _check_pairs(argument, targets, found):
  if len(found) != len(targets):
    raise _errors.ArgumentError(_errors.problem(
        argument, f"have {len(targets)} floating-point members, like a",
        f"{len(found)}: {', '.join(t.name for t in found) or 'none'}",
        f"pair them with {', '.join(t.name for t in targets) or 'none'}"))
  for ours, theirs in zip(targets, found):
    if not ours.tensor.shape.is_compatible_with(theirs.tensor.shape):
      raise _errors.ArgumentError(_errors.problem(
          argument, f"pair {ours.name} with a tensor of shape "
          f"{ours.tensor.shape}", f"{theirs.name} of shape "
          f"{theirs.tensor.shape}", "check the order"))


def _feeds_b(feeds_a, feed_dict_b, side_a, side_b, graph_b, other_graph):
  if feed_dict_b is not None:
    return evaluation.flat_feeds("feed_dict_b", feed_dict_b)
  pairs = [(ours.tensor, theirs.tensor)
           for ours, theirs in zip(side_a, side_b)
           if not ours.is_variable and ours.tensor is not theirs.tensor]
  feeds, rest = {}, dict(feeds_a)
  for ours, theirs in pairs:
    if any(key is ours for key in rest):
      feeds[theirs] = rest[ours]
      if other_graph:
        del rest[ours]
  feeds.update(evaluation.translate_feeds(rest, graph_b) if other_graph
               else rest)
  return feeds


@contextlib.contextmanager
def same_values(session_a, session_b, side_a=(), side_b=()):
  """Sets b's variables to a's values in the block, and restores them after."""
  pairs = {}  # name of b's -> (a's, b's)
  if session_a is not session_b:
    known = evaluation.all_variables(session_a.graph)
    for name, theirs in evaluation.all_variables(session_b.graph).items():
      ours = known.get(name)
      if (ours is not None and ours.dtype.base_dtype == theirs.dtype.base_dtype
          and ours.shape.is_compatible_with(theirs.shape)):
        pairs[name] = (ours, theirs)
  for ours, theirs in zip(side_a, side_b):
    if ours.is_variable and (ours.tensor is not theirs.tensor
                             or session_a is not session_b):
      pairs[theirs.tensor.op.name] = (ours.tensor, theirs.tensor)
  if not pairs:
    yield
    return
  ours, theirs = zip(*pairs.values())
  values = evaluation.read_variables(session_a, ours)
  with evaluation.keeping_values(session_b, theirs):
    evaluation.write_variables(session_b, theirs, values)
    yield
