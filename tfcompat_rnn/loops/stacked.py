"""Stacks of bidirectional layers."""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import dynamic
from tfcompat_rnn.loops import static


def stack_bidirectional_rnn(
    cells_fw: typing.Sequence[types.Cell],
    cells_bw: typing.Sequence[types.Cell],
    inputs: typing.Sequence[types.Nested],
    initial_states_fw: types.State | None = None,
    initial_states_bw: types.State | None = None,
    dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None,
    scope: types.Scope | None = None
) -> tuple[typing.Sequence[types.Nested], types.State, types.State]:
  """Stacks `static_bidirectional_rnn` layers; each reads both outputs below.

    outputs, states_fw, states_bw = stack_bidirectional_rnn(
        [cell_a, cell_b], [cell_c, cell_d], inputs, dtype=tf.float32)

  Args:
    cells_fw, cells_bw: lists of the same length with one cell per layer.
    inputs: a list with one `[batch, depth]` per step.
    initial_states_fw, initial_states_bw: lists with one state per layer.
    dtype, sequence_length: as in `static_rnn`.
    scope: a name or variable scope, "stack_bidirectional_rnn" by default;
      layer i is in "cell_<i>".

  Returns:
    `(outputs, states_fw, states_bw)`: a list with one `[batch, size_fw +
    size_bw]` per step, and two tuples with one state per layer.

  Raises:
    ArgumentError: if the cells or the states are not lists of the right
      length. Otherwise as `static_bidirectional_rnn`.

  TensorFlow 1.15: `tf.contrib.rnn.stack_bidirectional_rnn`. Graves, Jaitly and
  Mohamed, "Hybrid speech recognition with deep bidirectional LSTM", 2013.
  """
  return stack_of_static(
      static.static_bidirectional_rnn, cells_fw, cells_bw, inputs,
      initial_states_fw, initial_states_bw, dtype, sequence_length, scope)


def stack_of_static(loop, cells_fw, cells_bw, inputs, initial_states_fw,
                    initial_states_bw, dtype, sequence_length, scope):
  """`stack_bidirectional_rnn` whose layers are built by `loop`."""
  layers = _layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
  states_fw, states_bw = [], []
  with tf.variable_scope(scope or "stack_bidirectional_rnn"):
    for number, (cell_fw, cell_bw, start_fw, start_bw) in enumerate(layers):
      # The bidirectional loop uses the scope of the layer, because the names
      # of the static form contain no "bidirectional_rnn".
      with tf.variable_scope(f"cell_{number}") as layer_scope:
        inputs, state_fw, state_bw = loop(
            cell_fw, cell_bw, inputs, initial_state_fw=start_fw,
            initial_state_bw=start_bw, dtype=dtype,
            sequence_length=sequence_length, scope=layer_scope)
      states_fw.append(state_fw)
      states_bw.append(state_bw)
  return inputs, tuple(states_fw), tuple(states_bw)


def stack_bidirectional_dynamic_rnn(
    cells_fw: typing.Sequence[types.Cell],
    cells_bw: typing.Sequence[types.Cell], inputs: types.Nested,
    initial_states_fw: types.State | None = None,
    initial_states_bw: types.State | None = None,
    dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None,
    parallel_iterations: int | None = None, time_major: bool = False,
    scope: types.Scope | None = None,
    swap_memory: bool = False) -> tuple[types.Nested, types.State, types.State]:
  """Stacks `bidirectional_dynamic_rnn` layers; each reads both outputs below.

    outputs, states_fw, states_bw = stack_bidirectional_dynamic_rnn(
        [cell_a, cell_b], [cell_c, cell_d], inputs, dtype=tf.float32)

  Args:
    cells_fw, cells_bw: lists of the same length with one cell per layer.
    inputs: `[batch, time, depth]`, or `[time, batch, depth]` with
      `time_major`.
    initial_states_fw, initial_states_bw: lists with one state per layer.
    dtype, sequence_length, parallel_iterations, time_major, swap_memory: as
      in `bidirectional_dynamic_rnn`.
    scope: a name or variable scope, "stack_bidirectional_rnn" by default;
      layer i is in "cell_<i>/bidirectional_rnn".

  Returns:
    `(outputs, states_fw, states_bw)`: `[batch, time, size_fw + size_bw]`, and
    two tuples with one state per layer.

  Raises:
    ArgumentError: if the cells or the states are not lists of the right
      length. Otherwise as `bidirectional_dynamic_rnn`.

  TensorFlow 1.15: `tf.contrib.rnn.stack_bidirectional_dynamic_rnn`.
  """
  return stack_of_dynamic(
      dynamic.bidirectional_dynamic_rnn, cells_fw, cells_bw, inputs,
      initial_states_fw, initial_states_bw, dtype, sequence_length,
      parallel_iterations, time_major, scope, swap_memory)


def stack_of_dynamic(loop, cells_fw, cells_bw, inputs, initial_states_fw,
                     initial_states_bw, dtype, sequence_length,
                     parallel_iterations, time_major, scope, swap_memory):
  """`stack_bidirectional_dynamic_rnn` whose layers are built by `loop`."""
  layers = _layers(cells_fw, cells_bw, initial_states_fw, initial_states_bw)
  states_fw, states_bw = [], []
  with tf.variable_scope(scope or "stack_bidirectional_rnn"):
    for number, (cell_fw, cell_bw, start_fw, start_bw) in enumerate(layers):
      with tf.variable_scope(f"cell_{number}"):
        outputs, (state_fw, state_bw) = loop(
            cell_fw, cell_bw, inputs, sequence_length=sequence_length,
            initial_state_fw=start_fw, initial_state_bw=start_bw, dtype=dtype,
            parallel_iterations=parallel_iterations, swap_memory=swap_memory,
            time_major=time_major)
        inputs = tf.concat(outputs, 2)
      states_fw.append(state_fw)
      states_bw.append(state_bw)
  return inputs, tuple(states_fw), tuple(states_bw)


def _layers(cells_fw, cells_bw, states_fw, states_bw):
  """(cell_fw, cell_bw, state_fw, state_bw) per layer; states may be None."""
  _checks.require_cells("cells_fw", cells_fw)
  _checks.require_cells("cells_bw", cells_bw)
  if len(cells_fw) != len(cells_bw):
    raise _errors.ArgumentError(_errors.problem(
        "cells_bw", f"have as many layers as cells_fw, {len(cells_fw)}",
        len(cells_bw), "pass one cell per layer and direction"))
  _checks.require_states("initial_states_fw", states_fw, cells_fw)
  _checks.require_states("initial_states_bw", states_bw, cells_bw)
  nothing = [None] * len(cells_fw)
  return list(zip(cells_fw, cells_bw, states_fw or nothing,
                  states_bw or nothing))
