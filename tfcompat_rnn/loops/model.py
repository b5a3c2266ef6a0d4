"""Runs a whole model over time in one loop."""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _scope
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _tf
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _inner
from tfcompat_rnn.loops import _model_inputs
from tfcompat_rnn.loops import _model_kinds
from tfcompat_rnn.loops import _model_loops
from tfcompat_rnn.loops import _model_step


class Options(typing.NamedTuple):
  """How the loop runs, with the names of `model_rnn`'s arguments."""
  swap_memory: bool = False
  parallel_iterations: object = None
  recompute: bool = False


class Built(typing.NamedTuple):
  """A loop that is in the graph: what it was made of, and its results.

  `plain` are the outputs, time-major, and the final states; `results` is what
  `model_rnn` returns.
  """
  kind: typing.Any
  sequence: _model_inputs.Sequence
  states: types.State
  fresh: list | None
  plain: tuple[types.Nested, types.State]
  results: tuple[types.Nested, types.State]


def model_rnn(
    model: types.Function, inputs: types.Nested,
    states: types.State | types.StateStore | None = None,
    sequence_length: types.TensorLike | None = None,
    reset_mask: types.TensorLike | None = None, time_major: bool = False,
    swap_memory: bool = False, parallel_iterations: int | None = None,
    recompute: bool = False, scope: types.Scope | None = None,
    training: bool | None = None,
    reset_value: types.State | None = None) -> tuple[types.Nested, types.State]:
  """Runs a whole model over time, with gradients through all steps.

    def step(x, states):
      h, low = lower(x, states[0])
      y, high = upper(gate(h, x), states[1])
      return y + h, (low, high)

    outputs, new_states = model_rnn(step, inputs, states)

  This computes the same as the following Python loop, in one loop of the graph:

    for t in range(time):
      first_states = where(reset_mask[:, t], 0, states)
      output, new_states = model(inputs[:, t], first_states)
      outputs[:, t] = where(t < sequence_length, output, 0)
      states = where(t < sequence_length, new_states, states)

  Args:
    model: one of
      a function `(inputs, states) -> (output, new_states)` with any graph
      code; it is called once when a graph is built, and in each step in eager
      mode;
      a cell (`state_size`, and `zero_state` or `get_initial_state`);
      a functional Keras model, called as `model([*inputs, *states],
      training=training)`, which returns `[output, *new_states]`, or only an
      output if its layers keep their own state.
    inputs: `[batch, time, ...]`, or a nested structure of such tensors;
      `[time, batch, ...]` with `time_major`.
    states: the initial state, a nested structure with leaves `[batch, ...]` (a
      leaf may lack the batch axis if there are neither lengths nor a mask), or
      a `StateVariables`. None means zeros for a cell or a Keras model, and
      `()` for a function. A leaf read from a reference variable is copied
      first.
    sequence_length: `[batch]` integers. Once a row ends, its outputs are zero
      and its state stays the same.
    reset_mask: bool `[batch, time]` (`[time, batch]` with `time_major`). If it
      is True at t, the state of the row is reset before step t; after the
      row's end it has no effect.
    time_major: whether inputs, mask and outputs are `[time, batch, ...]`.
    swap_memory: whether to keep what the backward pass needs in host memory.
    parallel_iterations: how many steps may run at the same time (default 32).
    recompute: whether to keep only the inputs and states of each step, and
      recompute the step for the gradients.
    scope: a name or variable scope, "rnn" by default, as in `dynamic_rnn`.
    training: for a Keras model, True by default; for a function, passed on as
      `training=` if it is given.
    reset_value: the values to which `reset_mask` sets rows instead of zeros: a
      structure like the state, or "initial" for the initial state.

  Returns:
    `(outputs, new_states)`: the outputs in the structure that the model
    returns, `[batch, time, ...]` (or time-major; `[time]` for an output
    without a batch axis), and the final states in the structure of `states`.
    If there are no time steps, the outputs are empty and the final states are
    the initial ones.

  Raises:
    ArgumentTypeError: if `model` is not of a supported kind, or if a dtype or
      the type of a structure changes from step to step.
    ArgumentError: if inputs differ in time or batch, if a state or an output
      changes its shape or structure, or if a mask has the wrong shape. Each
      message names the leaf.
    RefusedError: if `recompute` is given for a model that cannot be recomputed.

  This does for a model what `dynamic_rnn` does for a cell. In TensorFlow 1.15,
  such loops were written with `tf.while_loop`.
  """
  # Inside a tf.function with autograph, this function is rewritten and nothing
  # below is, except the model if the user wanted that.
  return build(
      _model_kinds.rewriting(), model, inputs, states, sequence_length,
      reset_mask, reset_value, time_major, training, scope,
      Options(swap_memory, parallel_iterations, recompute)).results


@tf.autograph.experimental.do_not_convert
def build(rewriting, model, inputs, states, lengths, mask, reset_value,
          time_major, training, scope, options, watch=None):
  """Builds the loop of `model_rnn`; returns a `Built`.

  `rewriting` is what `_model_kinds.rewriting()` returned where the user called
  us. `watch` replaces the `kind` of the model by one that watches its steps.
  """
  kind = _model_kinds.kind_of(model, training, rewriting)
  if watch is not None:
    kind = watch(kind)
  if reset_value is not None and mask is None:
    raise _errors.ArgumentError(_errors.problem(
        "reset_value", "be used with a `reset_mask`", "none",
        "add reset_mask=..., which says when to reset"))
  with tf.variable_scope(scope or "rnn") as variable_scope:
    _cache_variables(variable_scope)
    if variable_scope.regularizer is not None:
      variable_scope.set_regularizer(_scope.lifted(variable_scope.regularizer))
    sequence = _model_inputs.Sequence(
        inputs, lengths, mask, time_major, kind.least_rank)
    first = kind.first_states(states, sequence)
    fresh = None
    if mask is not None:
      fresh = _model_step.fresh_leaves(
          _snapshot.snapshot_state(reset_value), first)
    step = _model_step.Step(kind, sequence, first, fresh)
    with _inner.quiet(), _snapshot.trusted_arguments():
      outputs, final = _model_loops.run(step, sequence, options)
    plain = (_nest.pack_state(step.outputs, outputs),
             _nest.pack_state(first, final))
    return Built(kind, sequence, first, fresh, plain,
                 in_order(plain, time_major))


def in_order(results, time_major):
  """`results` with the outputs in the order of axes that was asked for."""
  outputs, final = results
  if not time_major:
    outputs = _nest.map_state(_model_inputs.swapped, outputs)
  return outputs, final


def _cache_variables(scope):
  """Has variables read once, before the loop, as `dynamic_rnn` does.

  Not inside a function, which may be the body of a loop that trains them.
  """
  graph = None if tf.executing_eagerly() else tf.get_default_graph()
  if graph is None or graph.building_function or scope.caching_device:
    return
  context = _tf.attribute(graph, "Graph._get_control_flow_context")()
  while context is not None:
    if context.IsWhileContext():
      return
    context = context.outer_context
  scope.set_caching_device(lambda op: op.device)
