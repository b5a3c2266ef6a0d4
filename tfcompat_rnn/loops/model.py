"""A whole model stepped through time in one loop."""

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


class _Options(typing.NamedTuple):
  swap_memory: bool
  parallel_iterations: object
  recompute: bool


def model_rnn(
    model: types.Function, inputs: types.Nested,
    states: types.State | types.StateStore | None = None,
    sequence_length: types.TensorLike | None = None,
    reset_mask: types.TensorLike | None = None, time_major: bool = False,
    swap_memory: bool = False, parallel_iterations: int | None = None,
    recompute: bool = False, scope: types.Scope | None = None,
    training: bool | None = None,
    reset_value: types.State | None = None) -> tuple[types.Nested, types.State]:
  """Steps a whole model through time, so that gradients go through all steps.

    def step(x, states):
      h, low = lower(x, states[0])
      y, high = upper(gate(h, x), states[1])
      return y + h, (low, high)

    outputs, new_states = model_rnn(step, inputs, states)

  writes what this Python loop would, in one loop of the graph:

    for t in range(time):
      states = where(reset_mask[:, t], 0, states)
      output, new_states = model(inputs[:, t], states)
      outputs[:, t] = where(t < sequence_length, output, 0)
      states = where(t < sequence_length, new_states, states)

  Args:
    model: one of
      a function `(inputs, states) -> (output, new_states)` with any graph
      code; it is called once where a graph is built, in each step eagerly;
      a cell (`state_size`, and `zero_state` or `get_initial_state`);
      a functional Keras model, called as `model([*inputs, *states],
      training=training)`, which returns `[output, *new_states]`, or an output
      alone, where its layers keep a state of their own.
    inputs: `[batch, time, ...]`, or a nest of such; `[time, batch, ...]` with
      `time_major`.
    states: what to begin with, any nest, leaves `[batch, ...]` (a leaf may
      lack the batch where there are neither lengths nor a mask); or a
      `StateVariables`. None: zeros, for a cell and for a Keras model; `()`
      for a function. A leaf read from a reference variable is copied first.
    sequence_length: `[batch]` whole numbers. Behind a row's length its
      outputs are zeros and its state stands still.
    reset_mask: bool `[batch, time]` (`[time, batch]` with `time_major`). True
      at t: the row's state is reset before step t.
    time_major: inputs, mask and outputs are `[time, batch, ...]`.
    swap_memory: keep what the backward pass needs in host memory.
    parallel_iterations: steps that may run at the same time, 32 if not given.
    recompute: keep the inputs and states of each step alone, and compute the
      step again for the gradients.
    scope: a name or variable scope, "rnn" if not given, as in `dynamic_rnn`.
    training: for a Keras model, True if not given; for a function, passed on
      as `training=` where it is given.
    reset_value: what `reset_mask` sets rows to instead of zeros: a nest like
      the state, or "initial" for the state it began with.

  Returns:
    `(outputs, new_states)`: outputs in the structure that the model returns,
    `[batch, time, ...]` (or time-major; an output without a batch `[time]`),
    and the last states, a nest like `states`. With no time steps at all the
    outputs are empty and the states are those it began with.

  Raises:
    ArgumentTypeError: `model` cannot be stepped; a dtype or a kind of nest
      that changes from step to step.
    ArgumentError: inputs that disagree in time or batch, a state or an output
      that changes its shape or structure, a mask that does not fit. All name
      the leaf.
    RefusedError: `recompute` of a model that cannot be computed again.

  What `dynamic_rnn` is to a cell. TensorFlow 1.15: `tf.while_loop` by hand.
  """
  # Within a tf.function with autograph, this function is rewritten by it and
  # nothing below is, but the model is if it was to be.
  return _build(
      _model_kinds.rewriting(), model, inputs, states, sequence_length,
      reset_mask, reset_value, time_major, training, scope,
      _Options(swap_memory, parallel_iterations, recompute))


@tf.autograph.experimental.do_not_convert
def _build(rewriting, model, inputs, states, lengths, mask, reset_value,
           time_major, training, scope, options):
  kind = _model_kinds.kind_of(model, training, rewriting)
  if reset_value is not None and mask is None:
    raise _errors.ArgumentError(_errors.problem(
        "reset_value", "come with a `reset_mask`", "none",
        "say when to reset, reset_mask=..."))
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
    if not time_major:
      outputs = [_model_inputs.swapped(leaf) for leaf in outputs]
    return (_nest.pack_state(step.outputs, outputs),
            _nest.pack_state(first, final))


def _cache_variables(scope):
  """Variables are read once, in front of the loop, as by `dynamic_rnn`.

  Not within a function: it may be the body of a loop that trains them.
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
