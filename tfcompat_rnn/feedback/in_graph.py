"""Output fed back as input within the graph: one `session.run`, all steps."""

from __future__ import annotations

import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import _loop
from tfcompat_rnn.feedback import _result
from tfcompat_rnn.feedback import choice as choice_lib
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _inner


def self_feeding_rnn(
    cell: types.Cell, seed: types.Nested,
    initial_state: types.State | None = None,
    processing: types.Function | None = None,
    steps: types.TensorLike | None = None,
    next_input: types.Function | None = None,
    choice: (typing.Literal["greedy"] | choice_lib.Choice | types.Function
             | None) = None,
    stop: types.TensorLike | types.Function | None = None,
    max_steps: types.TensorLike | None = None, pad: types.TensorLike = 0,
    first_step: types.TensorLike = 0, finished: types.TensorLike | None = None,
    dtype: types.DType | None = None, output_dtype: types.DType | None = None,
    time_major: bool = False, parallel_iterations: int | None = None,
    swap_memory: bool = False, reuse: types.Reuse | None = None,
    scope: types.Scope | None = None) -> _result.FedBack:
  """Steps `cell` on its own output, in the graph, from one first input on.

    outputs, state = self_feeding_rnn(
        cell, seed, initial_state, processing=tf.layers.Dense(1), steps=100)

  writes what this Python loop would, with a batch of any size:

    for t in range(steps):
      output, state = cell(input, state)
      output = processing(output)
      chosen = choice(output, first_step + t)   # or output, without a choice
      input = next_input(chosen)                # or chosen, without next_input

  Args:
    cell: an RNNCell, or any object that `dynamic_rnn` takes.
    seed: the first input, `[batch, depth]` (or whatever the cell takes).
    initial_state: a nest like `cell.state_size`; zeros if not given. State
      read from reference variables is copied (see `_snapshot`).
    processing: makes an output of the cell's, `[batch, output_size]` ->
      `[batch, ...]`. It may be a layer; its variables are in the scope that
      is open here, not in the loop's.
    steps: how many; an int, a scalar tensor, or one for each row, `[batch]`.
    next_input: makes the next input of the output, or of what was chosen, for
      example `lambda ids: tf.nn.embedding_lookup(table, ids)`.
    choice: "greedy", a `Choice` (see `feedback.choice`), or a function
      `(output, step) -> chosen` with `[batch]` or more, and an attribute
      `dtype` where that is not int32. Draws should come from stateless ops.
    stop: ends a row: a symbol (with a choice), or a function of what was
      chosen (of the output without a choice) -> bool `[batch]`. The step that
      stops is the row's last.
    max_steps: an upper bound, with or instead of `steps`.
    pad: the choice of rows that are over; their outputs are zeros.
    first_step: number of the first step, for the draws: what `next_step` of
      the result before says, to go on as one longer loop would have.
    finished: bool `[batch]`, rows that are over before it begins.
    dtype: of the state, where there is no `initial_state`; that of `seed` if
      it is floating.
    output_dtype: of what `processing` returns, if it is not the input's; a
      nest of them where it returns a nest.
    time_major: results are `[time, batch, ...]`.
    parallel_iterations: steps that may run at the same time, 32 if not given.
    swap_memory: keep what the backward pass needs in host memory.
    reuse: True: a variable that is not there already is an error that names
      it. tf.AUTO_REUSE: find or make. None: as the surrounding scope.
    scope: a name or variable scope for the cell, "rnn" if not given, as in
      `dynamic_rnn`: so the same surrounding scope finds the trained weights.

  Returns:
    A `FedBack`: `(outputs, final_state)`, with `choices`, `lengths`, `steps`,
    `finished`, `next_input` and `next_step` as attributes. Gradients go
    through all steps, but not through a choice.

  Raises:
    ArgumentError: neither `steps` nor `max_steps`; an output that does not
      have the input's shape, and no `next_input`; a state that does not fit;
      a variable that is missing.
    ArgumentTypeError: `cell` is no cell; the output's dtype is another than
      the input's, or than `output_dtype`.
    RefusedError: eager execution.
  """
  require_graph("self_feeding_rnn")
  _checks.require_cell("cell", cell)
  seed = as_tensors("seed", seed)
  batch = _inner.batch_of(seed, 0)
  cell = _inner.SafeCell(cell)
  with tf.name_scope("self_feeding_rnn"):
    limit, row_steps = _limits(steps, max_steps, batch)
    state = first_state(cell, seed, initial_state, dtype, batch)
    choice = ready_choice(choice)
    plan = _loop.Plan(
        cell=cell, processing=callable_or_none("processing", processing),
        choice=choice, next_input=callable_or_none("next_input", next_input),
        stop=ready_stop(stop, choice), limit=limit, row_steps=row_steps,
        finished=finished, first_step=first_step, pad=pad,
        output_dtype=output_dtype, scope=scope, reuse=reuse,
        parallel_iterations=parallel_iterations, swap_memory=swap_memory)
    with _inner.running(cell, seed, initial_state, dtype, batch):
      result = _loop.feed_back(plan, state, seed)
    return result if time_major else batch_major(result)


def require_graph(name):
  """Raises `RefusedError` under eager execution."""
  if tf.executing_eagerly():
    raise _errors.RefusedError(_errors.problem(
        name, "be called while a graph is built", "eager execution",
        "write it in `with tf.Graph().as_default():`"))


def as_tensors(name, nest):
  """`nest` as tensors that nobody overwrites; each has a batch axis."""
  nest = _snapshot.snapshot_state(nest)
  nest = _nest.map_state(tf.convert_to_tensor, nest)
  for leaf in _nest.flatten_state(nest):
    if leaf.shape.ndims == 0:
      raise _errors.ArgumentError(_errors.problem(
          name, "be the input of one step, [batch, depth]",
          f"shape {leaf.shape}", "add the axes, for example [[0.0]]"))
  return nest


def first_state(cell, inputs, initial_state, dtype, batch):
  """The state to begin with, of tensors that nobody overwrites."""
  if initial_state is None:
    leaves = _nest.flatten_state(inputs)
    if dtype is None:
      dtype = leaves[0].dtype.base_dtype
      if not dtype.is_floating:
        raise _errors.ArgumentError(_errors.problem(
            "dtype", "be given where there is no `initial_state` and the "
            "input is not floating", dtype.name,
            "pass dtype=tf.float32 or initial_state="))
    rows = tf.shape(leaves[0])[0] if batch is None else batch
    if hasattr(cell, "get_initial_state"):
      initial_state = cell.get_initial_state(
          inputs=None, batch_size=rows, dtype=dtype)
    else:
      initial_state = cell.zero_state(rows, dtype)
  state = _snapshot.snapshot_state(initial_state)
  return _nest.map_state(
      lambda leaf: leaf if isinstance(leaf, tf.TensorArray)
      else tf.convert_to_tensor(leaf), state)


def ready_choice(choice):
  """`choice` as a function that can be called within a loop, or None."""
  if isinstance(choice, str):
    if choice != "greedy":
      raise _errors.ArgumentError(_errors.problem(
          "choice", 'be "greedy", a Choice or a function', repr(choice),
          "see tfcompat_rnn.feedback.choice"))
    choice = choice_lib.greedy()
  if isinstance(choice, choice_lib.Choice):
    return choice.with_seed()
  if isinstance(choice, choice_lib.PreparedChoice):
    raise _errors.ArgumentTypeError(_errors.problem(
        "choice", "be a Choice, within the graph", "a PreparedChoice",
        "pass prepared.choice"))
  return callable_or_none("choice", choice)


def ready_stop(stop, choice, equal=None):
  """`stop` as a function of what was chosen, or None.

  `equal(chosen, symbol)` compares; by default it does so within a graph.
  """
  if stop is None or callable(stop):
    return stop
  if choice is None:
    raise _errors.ArgumentError(_errors.problem(
        "stop", "be a function where there is no `choice`", repr(stop),
        "pass stop=lambda output: ..., bool [batch]"))
  symbol = stop
  if equal is None:
    equal = lambda chosen, symbol: tf.equal(
        chosen, tf.cast(symbol, chosen.dtype))
  return lambda chosen: equal(chosen, symbol)


def callable_or_none(name, function):
  """`function`; raises `ArgumentTypeError` unless it can be called."""
  if function is not None and not callable(function):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a function or a layer", repr(function),
        "pass for example a lambda"))
  return function


def batch_major(result):
  """`result` with its first two axes in the other order."""
  def swapped(leaf):
    rank = leaf.shape.ndims
    if rank is None:
      order = tf.concat([[1, 0], tf.range(2, tf.rank(leaf))], 0)
    else:
      order = [1, 0] + list(range(2, rank))
    return tf.transpose(leaf, order)

  more = {name: getattr(result, name) for name in (
      "lengths", "steps", "finished", "next_input", "next_step")}
  for name in ("choices", "sampled"):
    value = getattr(result, name)
    more[name] = None if value is None else swapped(value)
  return type(result)(
      _nest.map_state(swapped, result.outputs),
      result.final_state).with_more(**more)


def _limits(steps, max_steps, batch):
  """How many steps at most (int or scalar), and one number a row or None."""
  if steps is None and max_steps is None:
    raise _errors.ArgumentError(_errors.problem(
        "steps", "be given", "None",
        "pass steps=100, or max_steps=100 where `stop` ends the rows"))
  whole, rows = None, None
  if steps is not None:
    steps = _whole("steps", steps)
    if isinstance(steps, int):
      whole = steps
    elif steps.shape.ndims == 0:
      whole = steps
    elif steps.shape.ndims == 1:
      count = steps.shape.as_list()[0]
      if None not in (count, batch) and count != batch:
        raise _errors.ArgumentError(_errors.problem(
            "steps", f"be one number, or one for each of {batch} rows",
            f"{count} numbers", "pass an int"))
      whole, rows = tf.reduce_max(steps), steps
    else:
      raise _errors.ArgumentError(_errors.problem(
          "steps", "be one number, or one for each row",
          f"shape {steps.shape}", "pass an int"))
  if max_steps is None:
    return whole, rows
  most = _whole("max_steps", max_steps)
  if not isinstance(most, int) and most.shape.ndims != 0:
    raise _errors.ArgumentError(_errors.problem(
        "max_steps", "be one number", f"shape {most.shape}",
        "pass steps= for one number a row"))
  if whole is None:
    return most, rows
  if isinstance(whole, int) and isinstance(most, int):
    return min(whole, most), rows
  return tf.minimum(whole, most), rows


def _whole(name, value):
  """`value` as an int that is not negative, or as an int32 tensor."""
  if isinstance(value, bool):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a whole number or a tensor of them", repr(value),
        "pass an int"))
  if hasattr(value, "__index__") and not tf.is_tensor(value) and (
      np.ndim(value) == 0):
    if int(value) < 0:
      raise _errors.ArgumentError(_errors.problem(
          name, "not be negative", int(value), "pass the number of steps"))
    return int(value)
  tensor = tf.convert_to_tensor(value)
  if not tensor.dtype.is_integer or tensor.shape.ndims is None:
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a whole number or a tensor of them, of known rank",
        f"{tensor.dtype.base_dtype.name}, shape {tensor.shape}",
        "cast it: tf.cast(steps, tf.int32)"))
  return tf.cast(tensor, tf.int32)
