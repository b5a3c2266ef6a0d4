"""Feeding outputs back in a session: one `session.run` per step."""

from __future__ import annotations

import operator
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _typing as types
from tfcompat_rnn.feedback import _choosing
from tfcompat_rnn.feedback import _model
from tfcompat_rnn.feedback import _progress
from tfcompat_rnn.feedback import _result
from tfcompat_rnn.feedback import choice as choice_lib
from tfcompat_rnn.feedback import in_graph


def generate(
    session: types.Session, inputs: types.Tensor, outputs: types.Tensor,
    prime: types.TensorLike, steps: types.TensorLike,
    initial_state: types.State | None = None,
    final_state: types.State | None = None,
    choice: (typing.Literal["greedy"] | choice_lib.Choice
             | choice_lib.PreparedChoice | types.Function | None) = None,
    next_input: types.Function | None = None,
    stop: types.TensorLike | types.Function | None = None,
    state: types.State | None = None, keep: types.Operation | None = None,
    zero: types.Operation | None = None, seed: int | None = None,
    temperature: types.TensorLike | None = None, pad: types.TensorLike = 0,
    first_step: int = 0, finished: types.TensorLike | None = None,
    feed_dict: types.Feeds | None = None, time_axis: int | None = 1,
    progress: bool | None = None) -> _result.FedBack:
  """Lets a trained model continue by itself, one `session.run` per step.

    outputs, state = generate(
        session, X, prediction, prime=wave[:, :20], steps=100,
        initial_state=initial_state, final_state=final_state)

  gives the same results as `self_feeding_rnn` gives in one run in the graph. It
  creates no ops, so the graph may be finalized.

  Args:
    session: the session with the model's variables.
    inputs: the model's input, `[batch, time, depth]`, or IDs `[batch, time]`;
      see `time_axis`.
    outputs: the model's output, `[batch, time, ...]`, or with both axes merged,
      `[batch * time, ...]`; logits if there is a `choice`.
    prime: the sequences to continue, `[batch, time, ...]`, with at least one
      step. All steps except the last only update the state: in one run if the
      model's time axis has unknown size, else step by step. The last step is
      the first input.
    steps: the number of outputs: an int, or one number per row, `[batch]`.
    initial_state, final_state: the model's states, structures of tensors;
      `final_state` is fetched and fed as `initial_state`.
    choice: "greedy"; a `Choice` (see `feedback.choice`); a `PreparedChoice`,
      whose ops are in the model's graph, so that each step is one run; or a
      function `(output, step) -> chosen` of arrays. A `Choice` that draws has a
      small graph and session of its own.
    next_input: a function of arrays that turns the output, or the choice, into
      the next input, `[batch, ...]` without time. By default it is fed
      unchanged.
    stop: ends a row: a symbol (with a choice), or a function of the choice (of
      the output without a choice) -> bool `[batch]`. The step that stops is the
      row's last.
    state: values for `initial_state` to start with; the model's default if not
      given.
    keep: for state in variables: the op that keeps it (`keep_state_op`),
      instead of `initial_state`. Rows that have ended continue in the
      variables.
    zero: an op to run first, for example `zero_state_op`.
    seed, temperature: replace those of the choice.
    pad: the choice of rows that have ended; their outputs are zeros.
    first_step: number of the first step, for random draws.
    finished: bool `[batch]`, rows that have ended before the first step.
    feed_dict: more to feed in each run, for example a keep probability of 1.
    time_axis: time axis of `inputs`: 1; 0 for a time-major model; None for a
      one-step model, `[batch, depth]` or `[batch]`.
    progress: whether to show progress on standard error; None to show it only
      on a terminal, and only after one second.

  Returns:
    A `FedBack` of arrays: `(outputs, final_state)`, batch-major, with
    `choices`, `lengths`, `steps`, `finished`, `next_input` and `next_step`.

  Raises:
    ArgumentError: there is neither `keep` nor both states; the time axis of the
      inputs has a fixed size above 1; or the prime, an output or a state does
      not fit.
    ArgumentTypeError: an argument is not a tensor, or a dtype does not fit.
  """
  model = _model.SteppedModel(
      session, inputs, outputs, initial_state, final_state, keep, feed_dict,
      time_axis, state)
  prime = model.as_prime(prime)
  row_steps, total = _steps(steps, prime.shape[0])
  loop = _SessionLoop(
      model, len(prime), choice is not None, next_input,
      in_graph.ready_stop(stop, choice, operator.eq),
      row_steps, pad, finished)
  at_once = model.takes_sequences and prime.shape[1] > 1
  runs = total + (1 if at_once else prime.shape[1] - 1)
  with _choosing.choosing(choice, seed, temperature, session) as choose, (
      _progress.Progress("generate", runs, progress)) as shown:
    if zero is not None:
      session.run(zero)
    if at_once:
      model.advance(prime[:, :-1])
      shown.step()
    else:
      for t in range(prime.shape[1] - 1):
        model.advance(prime[:, t:t + 1])
        shown.step()
    loop.fed = prime[:, -1]
    while loop.taken < total and not loop.finished.all():
      loop.step(choose, first_step + loop.taken)
      shown.step()
  return loop.result(first_step)


class _SessionLoop:
  """The same as `_loop`, on arrays instead of in the graph."""

  def __init__(self, model, rows, has_choice, next_input, stop, row_steps, pad,
               finished):
    self.model, self.rows, self.has_choice = model, rows, has_choice
    self.next_input, self.stop, self.pad = next_input, stop, pad
    self.row_steps = row_steps
    self.source = ("next_input" if next_input is not None
                   else "choice" if has_choice else "outputs")
    self.finished = np.zeros([rows], bool)
    if finished is not None:
      self.finished |= np.asarray(finished, bool)
    if row_steps is not None:
      self.finished |= row_steps <= 0
    self.lengths = np.zeros([rows], np.int32)
    self.outputs, self.choices = [], []
    self.taken, self.fed = 0, None

  def step(self, choose, number):
    """One run of the model, and the updates that follow from it."""
    model, over = self.model, self.finished
    before = model.state_values(self.fed) if over.any() else None
    fetches, feeds = choose.in_model(number)
    output, more = model.step(self.fed, fetches, feeds)
    output = self.without_time(output)
    chosen = choose.choose(output, number, more)
    following = chosen if self.next_input is None else self.next_input(chosen)
    following = model.as_input(following, self.rows, self.source)
    ended = np.zeros([self.rows], bool)
    if self.stop is not None:
      ended |= self.told(self.stop(chosen))
    if self.row_steps is not None:
      ended |= self.row_steps <= self.taken + 1
    if over.any():
      output = _where(over, 0, output)
      chosen = _where(over, self.pad, chosen)
      following = _where(over, self.fed, following)
      model.freeze(over, before)
    self.outputs.append(output)
    self.choices.append(chosen)
    self.taken += 1
    self.lengths[~over] = self.taken
    self.finished = over | ended
    self.fed = following

  def without_time(self, output):
    """One step's output as `[batch, ...]`."""
    axis = self.model.axis
    rank = 3 if self.has_choice else self.model.inputs.shape.ndims
    if axis is not None and output.ndim >= rank and output.shape[axis] == 1:
      output = np.take(output, 0, axis)
    if output.ndim == 0 or output.shape[0] != self.rows:
      raise _errors.ArgumentError(_errors.problem(
          "outputs", f"have {self.rows} rows, one for each row of the prime",
          f"shape {list(output.shape)} for one step",
          "pass time_axis=0 for a time-major model, None for one without a "
          "time axis"))
    return output

  def told(self, ended):
    ended = np.asarray(ended)
    if ended.dtype != bool or ended.shape != (self.rows,):
      raise _errors.ArgumentError(_errors.problem(
          "stop", f"return a bool for each row, [{self.rows}]",
          f"{ended.dtype.name}, shape {list(ended.shape)}",
          "compare and reduce, for example (output < 0.1).all(axis=1)"))
    return ended

  def result(self, first_step):
    """The collected results, as a `FedBack` of arrays."""
    choices = None
    if self.has_choice:
      choices = (np.stack(self.choices, 1) if self.choices
                 else np.zeros([self.rows, 0], np.int32))
    return _result.FedBack(
        self.stacked_outputs(), self.model.final_value(self.fed)).with_more(
            choices=choices, lengths=self.lengths, steps=self.taken,
            finished=self.finished, next_input=self.fed,
            next_step=first_step + self.taken)

  def stacked_outputs(self):
    if self.outputs:
      return np.stack(self.outputs, 1)
    tensor = self.model.outputs
    depth = [size or 0 for size in tensor.shape.as_list()[2:]]
    return np.zeros([self.rows, 0] + depth, tensor.dtype.as_numpy_dtype)


def _where(over, old, new):
  """`old` in the rows that have ended, `new` in the others."""
  mask = np.reshape(over, [-1] + [1] * (new.ndim - 1))
  return np.where(mask, old, new).astype(new.dtype)


def _steps(steps, rows):
  """`(None, total)` for one number, `(one per row, largest)` for several."""
  array = np.asarray(steps)
  if array.dtype.kind not in "iu" or array.ndim > 1:
    raise _errors.ArgumentTypeError(_errors.problem(
        "steps", "be a whole number, or one for each row", repr(steps),
        "pass an int such as 100"))
  if array.ndim == 1 and len(array) != rows:
    raise _errors.ArgumentError(_errors.problem(
        "steps", f"be one number, or one for each of {rows} rows",
        f"{len(array)} numbers", "pass an int"))
  if array.ndim == 0 and array < 0:
    raise _errors.ArgumentError(_errors.problem(
        "steps", "not be negative", int(array), "pass the number of steps"))
  if array.ndim == 0:
    return None, int(array)
  return array, int(array.max(initial=0))
