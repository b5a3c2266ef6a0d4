"""The result type of the feedback loops."""

from __future__ import annotations

import collections
import typing


class FedBack(collections.namedtuple("FedBack", ("outputs", "final_state"))):
  """`(outputs, final_state)`, with more results as attributes.

    outputs, final_state = self_feeding_rnn(cell, seed, ...)

  Attributes:
    outputs: `[batch, time, ...]` after processing; once a row ends, zeros.
    final_state: the structure of the cell's state; for each row, the state at
      its end.
    choices: `[batch, time]`, the symbols chosen from the outputs; None without
      a choice.
    lengths: int32 `[batch]`, the number of steps each row took.
    steps: a scalar, the number of steps the longest row took.
    finished: bool `[batch]`, which rows have ended through `stop` or their own
      number of steps.
    next_input: the input of the next step; use it with `final_state` and
      `next_step` to continue the sequence.
    next_step: number of the next step, for random draws.
    sampled: bool `[batch, time]`, which inputs were the loop's own outputs;
      only from `scheduled_sampling_rnn`.

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
    """Returns itself, with attributes set."""
    for name, value in more.items():
      if not hasattr(type(self), name):
        raise AttributeError(name)
      setattr(self, name, value)
    return self
