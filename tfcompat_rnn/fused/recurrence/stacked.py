"""Stacks of bidirectional layers with a choice of how they are executed."""

from __future__ import annotations

import functools
import typing

from tfcompat_rnn import _typing as types
from tfcompat_rnn.fused.recurrence import rnn
from tfcompat_rnn.fused.recurrence import static
from tfcompat_rnn.loops import stacked


def stack_bidirectional_rnn(
    cells_fw: typing.Sequence[types.Cell],
    cells_bw: typing.Sequence[types.Cell],
    inputs: typing.Sequence[types.Nested],
    initial_states_fw: types.State | None = None,
    initial_states_bw: types.State | None = None,
    dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None,
    scope: types.Scope | None = None, execution: str | None = None,
    recompute: bool = False
) -> tuple[typing.Sequence[types.Nested], types.State, types.State]:
  """Stacks `static_bidirectional_rnn` layers; each reads both outputs below.

    outputs, states_fw, states_bw = stack_bidirectional_rnn(
        [cell_a, cell_b], [cell_c, cell_d], inputs, dtype=tf.float32,
        execution="xla")

  The arguments and the results are those of
  `tfcompat_rnn.loops.stack_bidirectional_rnn`; `execution` and `recompute` are
  as for `static_rnn`, for each layer.

  Raises: as `tfcompat_rnn.loops.stack_bidirectional_rnn`; also ArgumentError
    for another `execution`.

  TensorFlow 1.15: `tf.contrib.rnn.stack_bidirectional_rnn`.
  """
  loop = functools.partial(
      static.static_bidirectional_rnn, execution=rnn.checked(execution),
      recompute=recompute)
  return stacked.stack_of_static(
      loop, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw,
      dtype, sequence_length, scope)


def stack_bidirectional_dynamic_rnn(
    cells_fw: typing.Sequence[types.Cell],
    cells_bw: typing.Sequence[types.Cell], inputs: types.Nested,
    initial_states_fw: types.State | None = None,
    initial_states_bw: types.State | None = None,
    dtype: types.DType | None = None,
    sequence_length: types.TensorLike | None = None,
    parallel_iterations: int | None = None, time_major: bool = False,
    scope: types.Scope | None = None, swap_memory: bool = False,
    execution: str | None = None, recompute: bool = False
) -> tuple[types.Nested, types.State, types.State]:
  """Stacks `bidirectional_dynamic_rnn` layers; each reads both outputs below.

    outputs, states_fw, states_bw = stack_bidirectional_dynamic_rnn(
        [cell_a, cell_b], [cell_c, cell_d], inputs, dtype=tf.float32,
        execution="xla")

  The arguments and the results are those of
  `tfcompat_rnn.loops.stack_bidirectional_dynamic_rnn`; `execution` and
  `recompute` are as for `dynamic_rnn`, for each layer.

  Raises: as `tfcompat_rnn.loops.stack_bidirectional_dynamic_rnn`; also
    ArgumentError for another `execution`.

  TensorFlow 1.15: `tf.contrib.rnn.stack_bidirectional_dynamic_rnn`.
  """
  loop = functools.partial(
      rnn.bidirectional_dynamic_rnn, execution=rnn.checked(execution),
      recompute=recompute)
  return stacked.stack_of_dynamic(
      loop, cells_fw, cells_bw, inputs, initial_states_fw, initial_states_bw,
      dtype, sequence_length, parallel_iterations, time_major, scope,
      swap_memory)
