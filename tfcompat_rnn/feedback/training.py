"""Teacher forcing, scheduled sampling and free running.

Like `self_feeding_rnn`, all three put the cell's variables in the scope "rnn"
and those of `processing` in the surrounding scope, so each of them finds the
weights that another has trained.
"""

from __future__ import annotations

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _typing as types
from tfcompat_rnn._tf import tf
from tfcompat_rnn.feedback import _loop
from tfcompat_rnn.feedback import _result
from tfcompat_rnn.feedback import _sharing
from tfcompat_rnn.feedback import choice as choice_lib
from tfcompat_rnn.feedback import in_graph
from tfcompat_rnn.fused.recurrence import rnn as recurrence
from tfcompat_rnn.loops import _checks
from tfcompat_rnn.loops import _inner

_COINS = -1  # the step number for coin tosses; those of choices are >= 0


def teacher_forcing_rnn(cell: types.Cell, inputs: types.Nested,
                        initial_state: types.State | None = None,
                        processing: types.Function | None = None,
                        sequence_length: types.TensorLike | None = None,
                        dtype: types.DType | None = None,
                        time_major: bool = False,
                        parallel_iterations: int | None = None,
                        swap_memory: bool = False,
                        reuse: types.Reuse | None = None,
                        scope: types.Scope | None = None,
                        execution: str | None = None,
                        recompute: bool = False) -> _result.FedBack:
  """Steps `cell` over the true inputs, without feeding outputs back.

    outputs, state = teacher_forcing_rnn(cell, inputs, processing=dense)
    loss = tf.reduce_mean(tf.square(outputs - targets))

  This is `dynamic_rnn` with `processing` applied to the outputs. `processing`
  is called once, on all steps, `[batch * time, output_size]`.

  Args:
    inputs: `[batch, time, depth]`, or a nested structure of such tensors;
      `[time, batch, depth]` with `time_major`.
    sequence_length: integers `[batch]`. Once a row ends, its outputs are zero
      (after `processing`) and its state stays the same.
    cell, initial_state, processing, dtype, parallel_iterations, swap_memory,
      reuse, scope: as in `self_feeding_rnn`.
    execution, recompute: as in `tfcompat_rnn.dynamic_rnn`.

  Returns:
    A `FedBack`: `(outputs, final_state)`, with `lengths` and `steps`.

  Raises: the errors of `dynamic_rnn`; also ArgumentError if `reuse` is True and
    a variable is missing.
  """
  in_graph.require_graph("teacher_forcing_rnn")
  in_graph.callable_or_none("processing", processing)
  with tf.name_scope("teacher_forcing_rnn"), _sharing.sharing(reuse):
    inputs = _inner.with_batch_of(initial_state, inputs, int(time_major))
    steps, rows = _time_and_rows(inputs, time_major)
    dtype = _dtype(inputs, initial_state, dtype)
    axis = 0 if time_major else 1
    some, padded = _with_a_step(inputs, steps, axis)
    if some is not None:
      initial_state = _first_state(cell, padded, initial_state, dtype, axis)
    outputs, state = recurrence.dynamic_rnn(
        cell, padded, sequence_length=sequence_length,
        initial_state=initial_state, dtype=dtype,
        parallel_iterations=parallel_iterations, swap_memory=swap_memory,
        time_major=time_major, scope=scope, execution=execution,
        recompute=recompute)
    if some is not None:
      outputs, state = _without_the_step(
          some, steps, axis, outputs, state, initial_state)
    if processing is not None:
      outputs = _processed(processing, outputs)
      if sequence_length is not None:
        outputs = _masked(outputs, sequence_length, steps, time_major)
    if sequence_length is None:
      lengths = tf.fill([rows], steps)
    else:
      lengths = tf.cast(sequence_length, tf.int32)
      steps = tf.reduce_max(lengths)
    return _result.FedBack(outputs, state).with_more(
        lengths=lengths, steps=tf.convert_to_tensor(steps, tf.int32))


def scheduled_sampling_rnn(
    cell: types.Cell, inputs: types.Nested, probability: types.TensorLike,
    initial_state: types.State | None = None,
    processing: types.Function | None = None,
    choice: (typing.Literal["greedy"] | choice_lib.Choice | types.Function
             | None) = None,
    next_input: types.Function | None = None,
    sequence_length: types.TensorLike | None = None,
    seed: types.TensorLike | None = None, gradients_through_inputs: bool = True,
    dtype: types.DType | None = None, output_dtype: types.DType | None = None,
    time_major: bool = False, parallel_iterations: int | None = None,
    swap_memory: bool = False, reuse: types.Reuse | None = None,
    scope: types.Scope | None = None) -> _result.FedBack:
  """Steps `cell` over the true inputs, some of them replaced by its own.

    probability = tf.minimum(1.0, tf.cast(global_step, tf.float32) / 5000)
    outputs, state = scheduled_sampling_rnn(
        cell, inputs, probability, processing=dense)

  At each step except the first, and independently for each row, a coin toss
  decides whether the input is the true one or is made from the previous output.
  With probability 0 this is `teacher_forcing_rnn`; with 1 it is
  `free_running_rnn`.

  Args:
    inputs: `[batch, time, depth]`, or a nested structure of such tensors;
      `[time, batch, depth]` with `time_major`.
    probability: the probability of using the model's own output: a number from
      0 to 1, or a tensor that is a scalar or broadcasts to `[batch, time]`
      (`[time, batch]` with `time_major`).
    choice, next_input: how an output becomes an input, as in
      `self_feeding_rnn`.
    sequence_length: integers `[batch]`, as in `teacher_forcing_rnn`.
    seed: seed of the coin tosses. An int works like the seed of TensorFlow's
      random ops: each run of a session tosses different coins. With a tensor,
      the same value gives the same coins. They are independent of the draws of
      `choice`.
    gradients_through_inputs: whether gradients flow through the model's own
      inputs into the step that produced them. (They never flow through a
      choice.)
    cell, initial_state, processing, dtype, output_dtype, parallel_iterations,
      swap_memory, reuse, scope: as in `self_feeding_rnn`.

  Returns:
    A `FedBack`: `(outputs, final_state)`, with `choices`, `lengths`, `steps`,
    and `sampled`, bool `[batch, time]`: which inputs were the loop's own.

  Raises: the errors of `self_feeding_rnn`; also ArgumentError if `probability`
    is outside 0 to 1.

  Bengio, Vinyals, Jaitly and Shazeer, "Scheduled sampling for sequence
  prediction with recurrent neural networks", 2015 (whose probability is that of
  the true input). TF 1.15: `tf.contrib.seq2seq.ScheduledOutputTrainingHelper`,
  whose `sampling_probability` is this `probability`.
  """
  in_graph.require_graph("scheduled_sampling_rnn")
  _checks.require_cell("cell", cell)
  _checks.require_shapes(inputs, time_major)
  safe = _inner.SafeCell(cell)
  with tf.name_scope("scheduled_sampling_rnn"):
    inputs = _time_first(in_graph.as_tensors("inputs", inputs), time_major)
    inputs = _inner.with_batch_of(initial_state, inputs, 1)
    batch = _inner.batch_of(inputs, 1)
    _checks.require_lengths(sequence_length, batch)
    steps, rows = _time_and_rows(inputs, True)
    _, inputs = _with_a_step(inputs, steps, 0)
    first = _nest.map_state(lambda leaf: leaf[0], inputs)
    state = in_graph.first_state(safe, first, initial_state, dtype, batch)
    sampled = _coins(probability, seed, steps, rows, time_major)
    lengths = (None if sequence_length is None
               else tf.cast(sequence_length, tf.int32))
    plan = _loop.Plan(
        cell=safe,
        processing=in_graph.callable_or_none("processing", processing),
        choice=in_graph.ready_choice(choice),
        next_input=in_graph.callable_or_none("next_input", next_input),
        read_input=_reader(inputs, sampled, gradients_through_inputs),
        limit=steps, row_steps=lengths, whole=True,
        output_dtype=output_dtype, scope=scope, reuse=reuse,
        parallel_iterations=parallel_iterations, swap_memory=swap_memory)
    with _inner.running(safe, first, initial_state, dtype, batch):
      result = _loop.feed_back(plan, state, first)
    result.with_more(sampled=sampled)
    return result if time_major else in_graph.batch_major(result)


def free_running_rnn(cell: types.Cell, inputs: types.Nested,
                     initial_state: types.State | None = None,
                     processing: types.Function | None = None,
                     sequence_length: types.TensorLike | None = None,
                     **settings: typing.Any) -> _result.FedBack:
  """Steps `cell` from the first true input, then on its own outputs.

    outputs, state = free_running_rnn(cell, inputs, processing=dense)
    loss = tf.reduce_mean(tf.square(outputs - targets))

  This is `self_feeding_rnn` for as many steps as `inputs` has. It takes the
  arguments of the other two functions, so the three are interchangeable.

  Args:
    inputs: `[batch, time, depth]`, or a nested structure of such tensors;
      `[time, batch, depth]` with `time_major`. Only the first step is used; the
      others only determine the number of steps.
    sequence_length: integers `[batch]`, as in `teacher_forcing_rnn`.
    cell, initial_state, processing: as in `self_feeding_rnn`.
    **settings: as in `scheduled_sampling_rnn`.

  Returns:
    A `FedBack`, as `scheduled_sampling_rnn`.
  """
  return scheduled_sampling_rnn(
      cell, inputs, 1.0, initial_state=initial_state, processing=processing,
      sequence_length=sequence_length, **settings)


def _dtype(inputs, initial_state, dtype):
  if dtype is not None or initial_state is not None:
    return dtype
  kind = tf.convert_to_tensor(_nest.flatten_state(inputs)[0]).dtype.base_dtype
  return kind if kind.is_floating else None


def _time_first(inputs, time_major):
  if time_major:
    return inputs
  return _nest.map_state(
      lambda leaf: tf.transpose(
          leaf, [1, 0] + list(range(2, leaf.shape.ndims))), inputs)


def _time_and_rows(inputs, time_major):
  """The number of steps and the batch size, as ints if they are known."""
  leaf = tf.convert_to_tensor(_nest.flatten_state(inputs)[0])
  known, told = leaf.shape.as_list()[:2], tf.shape(leaf)
  sizes = [known[axis] if known[axis] is not None else told[axis]
           for axis in (0, 1)]
  return tuple(sizes if time_major else reversed(sizes))


def _coins(probability, seed, steps, rows, time_major):
  """Which inputs are the loop's own: bool `[time, batch]`."""
  if not tf.is_tensor(probability) and isinstance(probability, (int, float)):
    if not 0 <= probability <= 1:
      raise _errors.ArgumentError(_errors.problem(
          "probability", "be from 0 to 1", probability,
          "pass the probability of using the model's own output"))
  probability = tf.cast(probability, tf.float64)
  form = [steps, rows] if time_major else [rows, steps]
  if probability.shape.ndims not in (None, 0, 2):
    raise _errors.ArgumentError(_errors.problem(
        "probability", "be a scalar, or broadcast to "
        + ("[time, batch]" if time_major else "[batch, time]"),
        f"shape {probability.shape}",
        "add the other axis: probability[:, tf.newaxis]"))
  if not tf.is_tensor(seed):
    seed = choice_lib.fresh_seed(seed)
  draws = tf.reshape(
      choice_lib.uniform(seed, _COINS, steps * rows), [steps, rows])
  probability = tf.broadcast_to(probability, form)
  if not time_major:
    probability = tf.transpose(probability)
  first = tf.expand_dims(tf.equal(tf.range(steps), 0), 1)
  return tf.logical_and(draws < probability, tf.logical_not(first))


def _with_a_step(inputs, steps, axis):
  """Whether there are any steps, and `inputs` with at least one.

  A loop whose number of steps is unknown cannot make empty outputs, and no
  input is there to start it. The first value is None if `steps` is known not
  to be 0; then `inputs` stays as it is.
  """
  if isinstance(steps, int) and steps > 0:
    return None, inputs
  missing = tf.maximum(1 - steps, 0)

  def padded(leaf):
    leaf = tf.convert_to_tensor(leaf)
    widths = [[0, missing if place == axis else 0]
              for place in range(leaf.shape.rank)]
    longer = tf.pad(leaf, widths)
    shape = leaf.shape.as_list()
    shape[axis] = 1 if isinstance(steps, int) else None
    longer.set_shape(shape)
    return longer

  return tf.greater(steps, 0), _nest.map_state(padded, inputs)


def _first_state(cell, inputs, initial_state, dtype, axis):
  first = _nest.map_state(lambda leaf: tf.gather(leaf, 0, axis=axis), inputs)
  return in_graph.first_state(
      _inner.SafeCell(cell), first, initial_state, dtype,
      _inner.batch_of(inputs, 1 - axis))


def _without_the_step(some, steps, axis, outputs, state, initial_state):
  """What a loop has computed, less a step that `_with_a_step` has added."""
  def cut(leaf):
    shape = leaf.shape.as_list()
    leaf = leaf[:steps] if axis == 0 else leaf[:, :steps]
    shape[axis] = steps if isinstance(steps, int) else None
    leaf.set_shape(shape)
    return leaf

  def kept(new, old):
    if not tf.is_tensor(new):
      return new
    leaf = tf.where_v2(some, new, old)
    leaf.set_shape(new.shape)
    return leaf

  return (_nest.map_state(cut, outputs),
          _nest.map_state(kept, state, initial_state))


def _reader(inputs, sampled, gradients):
  """A function of the step and the own input that returns the cell's input.

  `inputs` has at least one step, even if `sampled` has none.
  """
  arrays = [
      tf.TensorArray(leaf.dtype, tf.shape(leaf)[0]).unstack(leaf)
      for leaf in _nest.flatten_state(inputs)]
  _, sampled = _with_a_step(
      tf.cast(sampled, tf.uint8), _time_and_rows(sampled, True)[0], 0)
  sampled = tf.cast(sampled, tf.bool)
  coins = tf.TensorArray(tf.bool, tf.shape(sampled)[0]).unstack(sampled)

  def read(t, own_input):
    own, chosen = coins.read(t), []
    for array, mine in zip(arrays, _nest.flatten_state(own_input)):
      true = array.read(t)
      true.set_shape(mine.shape)
      mine = mine if gradients else tf.stop_gradient(mine)
      picked = tf.where(own, mine, true)
      picked.set_shape(mine.shape)
      chosen.append(picked)
    return _nest.pack_state(own_input, chosen)

  return read


def _processed(processing, outputs):
  """`processing` applied to the outputs of all steps at once."""
  leaves = _nest.flatten_state(outputs)
  known, told = leaves[0].shape.as_list()[:2], tf.shape(leaves[0])[:2]

  def folded(leaf):
    tail = leaf.shape.as_list()[2:]
    flat = tf.reshape(leaf, tf.concat(
        [[-1], tf.shape(leaf)[2:]], 0) if None in tail else [-1] + tail)
    if None not in known:
      flat.set_shape([known[0] * known[1]] + tail)
    return flat

  def unfolded(leaf):
    leaf = tf.convert_to_tensor(leaf)
    whole = tf.reshape(leaf, tf.concat([told, tf.shape(leaf)[1:]], 0))
    whole.set_shape(known + leaf.shape.as_list()[1:])
    return whole

  flat = _nest.map_state(folded, outputs)
  return _nest.map_state(unfolded, processing(flat))


def _masked(outputs, lengths, steps, time_major):
  """`outputs` with zeros after each row's length."""
  mask = tf.sequence_mask(lengths, steps)
  if time_major:
    mask = tf.transpose(mask)

  def masked(leaf):
    rank = leaf.shape.ndims
    spread = tf.reshape(
        mask, tf.concat([tf.shape(mask), [1] * (rank - 2)], 0))
    kept = tf.where_v2(spread, leaf, tf.zeros_like(leaf))
    kept.set_shape(leaf.shape)
    return kept
  return _nest.map_state(masked, outputs)
