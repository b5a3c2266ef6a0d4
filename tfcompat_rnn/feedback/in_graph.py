"""Feeding outputs back in the graph: one `session.run` for all steps."""

from __future__ import annotations

import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _scope
from tfcompat_rnn import _snapshot
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import _compiled
from tfcompat_rnn.feedback import _loop
from tfcompat_rnn.feedback import _result
from tfcompat_rnn.feedback import choice as choice_lib
from tfcompat_rnn.fused.recurrence import rnn as recurrence
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _inner

_EXECUTIONS = ("loop", "xla", "auto")


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
    scope: types.Scope | None = None,
    execution: typing.Literal["loop", "xla", "auto"] = "loop"
) -> _result.FedBack:
  """Steps `cell` on its own output, in the graph, starting from one input.

    outputs, state = self_feeding_rnn(
        cell, seed, initial_state, processing=tf.layers.Dense(1), steps=100)

  computes the same as this Python loop, with a batch of any size:

    for t in range(steps):
      output, state = cell(input, state)
      output = processing(output)
      chosen = choice(output, first_step + t)   # or output, without a choice
      input = next_input(chosen)                # or chosen, without next_input

  Args:
    cell: an RNNCell, or any object that `dynamic_rnn` accepts.
    seed: the first input, `[batch, depth]` (or whatever the cell takes).
    initial_state: the structure of `cell.state_size`; zeros by default. State
      read from reference variables is copied (see `_snapshot`).
    processing: a function of the cell's output, `[batch, output_size]` ->
      `[batch, ...]`. It may be a layer; its variables are in the scope in which
      this function is called, not in the loop's.
    steps: the number of steps: an int, a scalar tensor, or one number per row,
      `[batch]`.
    next_input: a function that turns the output, or the choice, into the next
      input, for example `lambda ids: tf.nn.embedding_lookup(table, ids)`.
    choice: "greedy", a `Choice` (see `feedback.choice`), or a function
      `(output, step) -> chosen`, where `chosen` is `[batch]` or larger, with an
      attribute `dtype` if it is not int32. Draws should use stateless ops.
    stop: ends a row: a symbol (with a choice), or a function of the choice (of
      the output without a choice) -> bool `[batch]`. The step that stops is the
      row's last.
    max_steps: an upper bound, together with `steps` or instead of it.
    pad: the choice of rows that have ended; their outputs are zeros.
    first_step: number of the first step, for random draws. Pass `next_step` of
      an earlier result to continue as one longer loop would.
    finished: bool `[batch]`, rows that have ended before the first step.
    dtype: dtype of the state without `initial_state`; by default that of `seed`
      if it is floating-point.
    output_dtype: dtype of what `processing` returns, if it differs from the
      input's; a structure of dtypes if it returns a structure.
    time_major: whether results are `[time, batch, ...]`.
    parallel_iterations: how many steps may run at the same time; default 32.
    swap_memory: whether to keep what the backward pass needs in host memory.
    reuse: True to raise an error that names any variable that does not exist
      yet; tf.AUTO_REUSE to find or create variables; None to follow the
      surrounding scope.
    scope: a name or variable scope for the cell, "rnn" by default. As this is
      the scope of `dynamic_rnn`, the same surrounding scope finds the trained
      weights.
    execution: "loop" for a loop in the graph; "xla" for the whole loop compiled
      by XLA, once for each shape of the seed and the state, with the same
      symbols but no gradients; "auto" for "xla" if the number of steps is known
      in the graph. What cannot be compiled runs in the loop; one line in the
      log, at level INFO, says why.

  Returns:
    A `FedBack`: `(outputs, final_state)`, with `choices`, `lengths`, `steps`,
    `finished`, `next_input` and `next_step` as attributes. Gradients flow
    through all steps, but not through a choice.

  Raises:
    ArgumentError: there is neither `steps` nor `max_steps`; the output does not
      have the input's shape and there is no `next_input`; a state does not fit;
      a variable is missing; or `execution` is another.
    ArgumentTypeError: `cell` is not a cell, or the output's dtype differs from
      the input's or from `output_dtype`.
    RefusedError: in eager mode; and from `tf.gradients`, if `execution` is not
      "loop".
  """
  require_graph("self_feeding_rnn")
  _checks.require_cell("cell", cell)
  _errors.require(
      execution in _EXECUTIONS, "execution",
      f"be one of {', '.join(_EXECUTIONS)}", repr(execution),
      'leave it out for "loop"')
  seed = as_tensors("seed", seed)
  name = getattr(cell, "name", None) or type(cell).__name__
  cell = _inner.SafeCell(cell)
  names = _scope.default_name_counts()
  with tf.name_scope("self_feeding_rnn"):
    seed = _inner.with_batch_of(initial_state, seed, 0)
    batch = _inner.batch_of(seed, 0)
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
    result = result if time_major else batch_major(result)
  if execution == "loop":
    return result
  with recurrence.aside():
    if row_steps is not None and max_steps is not None:
      # Rows end by themselves, so the bound need not be the least.
      plan = plan._replace(limit=_whole("max_steps", max_steps))
    compiled = _compiled.feed_back(plan, state, seed, names, name)
    if compiled is None:
      return result
    return compiled if time_major else batch_major(compiled)


def require_graph(name):
  """Raises `RefusedError` in eager mode."""
  if tf.executing_eagerly():
    raise _errors.RefusedError(_errors.problem(
        name, "be called while a graph is built", "eager execution",
        "call it in `with tf.Graph().as_default():`"))


def as_tensors(name, nest):
  """`nest` as tensors that nothing overwrites; each has a batch axis."""
  nest = _snapshot.snapshot_state(nest)
  nest = _nest.map_state(tf.convert_to_tensor, nest)
  for leaf in _nest.flatten_state(nest):
    if leaf.shape.ndims == 0:
      raise _errors.ArgumentError(_errors.problem(
          name, "be the input of one step, [batch, depth]",
          f"shape {leaf.shape}", "add the axes, for example [[0.0]]"))
  return nest


def first_state(cell, inputs, initial_state, dtype, batch):
  """The initial state, as tensors that nothing overwrites."""
  if initial_state is None:
    leaves = _nest.flatten_state(inputs)
    if dtype is None:
      dtype = leaves[0].dtype.base_dtype
      if not dtype.is_floating:
        raise _errors.ArgumentError(_errors.problem(
            "dtype", "be given if there is no `initial_state` and the input is "
            "not floating-point", dtype.name,
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
  """`choice` as a function that can be called inside a loop, or None."""
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
        "choice", "be a Choice in the graph", "a PreparedChoice",
        "pass prepared.choice"))
  return callable_or_none("choice", choice)


def ready_stop(stop, choice, equal=None):
  """`stop` as a function of the choice, or None.

  `equal(chosen, symbol)` compares; by default it is a graph op.
  """
  if stop is None or callable(stop):
    return stop
  if choice is None:
    raise _errors.ArgumentError(_errors.problem(
        "stop", "be a function if there is no `choice`", repr(stop),
        "pass stop=lambda output: ..., bool [batch]"))
  symbol = stop
  if equal is None:
    equal = lambda chosen, symbol: tf.equal(
        chosen, tf.cast(symbol, chosen.dtype))
  return lambda chosen: equal(chosen, symbol)


def callable_or_none(name, function):
  """Returns `function`; raises `ArgumentTypeError` if it is not callable."""
  if function is not None and not callable(function):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a function or a layer", repr(function),
        "pass for example a lambda"))
  return function


def batch_major(result):
  """`result` with its first two axes swapped."""
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
  """The maximum number of steps (int or scalar); a number per row or None."""
  if steps is None and max_steps is None:
    raise _errors.ArgumentError(_errors.problem(
        "steps", "be given", "None",
        "pass steps=100, or max_steps=100 if `stop` ends the rows"))
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
        "pass steps= for one number per row"))
  if whole is None:
    return most, rows
  if isinstance(whole, int) and isinstance(most, int):
    return min(whole, most), rows
  return tf.minimum(whole, most), rows


def _whole(name, value):
  """`value` as a non-negative int, or as an int32 tensor."""
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
