"""Comparing two sets of outputs."""

from __future__ import annotations

import contextlib

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2
from tfcompat_rnn.gradients import comparison
from tfcompat_rnn.gradients import evaluation
from tfcompat_rnn.gradients import report as report_lib


def compare_outputs(outputs_a: types.Nested, outputs_b: types.Nested,
                    feed_dict: types.Feeds | None = None,
                    session: types.Session | None = None, *,
                    feed_dict_b: types.Feeds | None = None,
                    session_b: types.Session | None = None,
                    kind: str = "output", time_axis: int | None = 1,
                    rtol: float | None = None, atol: float | None = None,
                    labels: types.Labels = ("a", "b"),
                    title: str = "outputs") -> report_lib.GradientReport:
  """Compares two structures of values; returns a `GradientReport`.

    compare_outputs(final_a, final_b, feed_dict={x: data})
    compare_outputs(outputs, numpy_array, feed_dict={x: data})

  outputs_a, outputs_b: tensors or variables of a graph, eager tensors, arrays,
    numbers, or nested structures of these. Both must have the same structure.
    If both are in one graph, they are evaluated in one `session.run`. If b is
    in another graph, its variables temporarily take the values of a's variables
    of the same names.
  feed_dict, feed_dict_b, session, session_b, time_axis, rtol, atol: as in
    `compare_gradients`. Integers, bools and strings must be equal.

  Raises `ArgumentError` or `ArgumentTypeError` if the structures differ or one
  side belongs to two graphs.
  """
  _nest.check_same_structure("outputs_b", outputs_a, outputs_b,
                             "pass the same structure on both sides")
  names = _nest.state_paths(outputs_a)
  flat_a, flat_b = (_nest.flatten_state(side)
                    for side in (outputs_a, outputs_b))
  values_a, values_b = _values(flat_a, flat_b, feed_dict, session,
                               feed_dict_b, session_b)
  named = [name or getattr(getattr(leaf, "op", None), "name", "value")
           for name, leaf in zip(names, map(_graph_leaf, flat_a))]
  return comparison.make_report(
      [((kind, name), a, b) for name, a, b in zip(named, values_a, values_b)],
      time_axis, rtol, atol, labels, title)


def evaluate_nest(values, feed_dict=None, session=None):
  """`{path: array}` for a structure of tensors, variables, arrays, numbers.

  >>> evaluate_nest({"loss": 0.5, "state": (1, 2)})
  {'loss': array(0.5), 'state/0': array(1), 'state/1': array(2)}
  """
  flat = _nest.flatten_state(values)
  found, _ = _values(flat, [], feed_dict, session, None, None)
  return dict(zip(_nest.state_paths(values), found))


def _values(flat_a, flat_b, feed_dict, session, feed_dict_b, session_b):
  """The arrays of both sides."""
  of_a, of_b = ([leaf for leaf in map(_graph_leaf, flat) if leaf is not None]
                for flat in (flat_a, flat_b))
  graph_a, graph_b = _graph_of("outputs_a", of_a), _graph_of("outputs_b", of_b)
  feeds_a = evaluation.flat_feeds("feed_dict", feed_dict)
  if graph_b is None or (graph_b is graph_a and feed_dict_b is None
                         and session_b is None):
    # One run for both, so that random ops draw the same numbers.
    found = _run("session", session, graph_a, of_a + of_b, feeds_a)
    found_a, found_b = found[:len(of_a)], found[len(of_a):]
  elif graph_a is None:
    found_a = []
    found_b = _run(
        "session", session if session_b is None else session_b, graph_b, of_b,
        feeds_a if feed_dict_b is None else
        evaluation.flat_feeds("feed_dict_b", feed_dict_b))
  else:
    feeds_b = (evaluation.flat_feeds("feed_dict_b", feed_dict_b)
               if feed_dict_b is not None
               else evaluation.translate_feeds(feeds_a, graph_b))
    with contextlib.ExitStack() as stack:
      session = stack.enter_context(
          evaluation.session_for("session", session, graph_a))
      if session_b is None and graph_b is graph_a:
        session_b = session
      session_b = stack.enter_context(
          evaluation.session_for("session_b", session_b, graph_b))
      found_a = session.run(of_a, feeds_a)
      with comparison.same_values(session, session_b):
        found_b = session_b.run(of_b, feeds_b)
  return _filled(flat_a, found_a), _filled(flat_b, found_b)


def _run(name, session, graph, leaves, feeds):
  if not leaves:
    return []
  with evaluation.session_for(name, session, graph) as session:
    return session.run(leaves, feeds)


def _filled(flat, found):
  """`flat` as arrays, with what the session returned filled in."""
  found = iter(found)
  return [next(found) if _graph_leaf(leaf) is not None else _eager(leaf)
          for leaf in flat]


def _eager(leaf):
  if leaf is None:
    return None
  if hasattr(leaf, "numpy"):
    with tf.init_scope():  # a variable has no value inside another graph
      leaf = leaf.numpy()
  return np.asarray(leaf)


def _graph_leaf(leaf):
  """`leaf` if a session has to evaluate it, else None."""
  if isinstance(leaf, (tf.SparseTensor, tf.IndexedSlices)):
    raise _errors.ArgumentTypeError(_errors.problem(
        "outputs", "hold dense tensors", repr(leaf),
        "convert it with tf.convert_to_tensor or tf.sparse.to_dense"))
  if not (tf.is_tensor(leaf) or isinstance(leaf, tf2.Variable)):
    return None
  # Eager tensors and variables have no graph.
  return leaf if isinstance(getattr(leaf, "graph", None), tf.Graph) else None


def _graph_of(name, leaves):
  graphs = []
  for leaf in leaves:
    if leaf.graph not in graphs:
      graphs.append(leaf.graph)
  if len(graphs) > 1:
    raise _errors.ArgumentError(_errors.problem(
        name, "belong to one graph", f"tensors of {len(graphs)} graphs",
        "compare one graph at a time"))
  return graphs[0] if graphs else None
