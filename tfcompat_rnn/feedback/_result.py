"""What the loops of this room return."""

from __future__ import annotations

import collections
import typing


class FedBack(collections.namedtuple("FedBack", ("outputs", "final_state"))):
  """`(outputs, final_state)`, and more as attributes.

    outputs, final_state = self_feeding_rnn(cell, seed, ...)

  Attributes:
    outputs: `[batch, time, ...]` after processing, zeros behind a row's end.
    final_state: a nest like the cell's state; of each row as it was at its
      end.
    choices: `[batch, time]`, what was chosen from the outputs; None without a
      choice.
    lengths: int32 `[batch]`, the steps that each row took.
    steps: the steps that the longest row took, a scalar.
    finished: bool `[batch]`, which rows have come to their end by `stop` or
      by their own number of steps.
    next_input: what the next step would get; with `final_state` and
      `next_step` the sequence can be continued.
    next_step: number of the next step, for the draws.
    sampled: bool `[batch, time]`, which inputs were the loop's own; only from
      `scheduled_sampling_rnn`.

  `session.run` on the result itself fetches the outputs and the final state.
  """

  choices: typing.Any = None
  lengths: typing.Any = None
  steps: typing.Any = None
  finished: typing.Any = None
  next_input: typing.Any = None
  next_step: typing.Any = None
  sampled: typing.Any = None

  def with_more(self, **more: typing.Any) -> FedBack:
    """Itself, with attributes set."""
    for name, value in more.items():
      if not hasattr(type(self), name):
        raise AttributeError(name)
      setattr(self, name, value)
    return self
