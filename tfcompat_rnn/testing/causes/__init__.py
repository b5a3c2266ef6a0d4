"""What may have gone wrong in a rewrite, told from numbers; NumPy only.

`layout` looks for a relation between a value and the recorded one: transposed,
gates in another order, a forget bias that was already added, a factor.
`forward` computes the recorded LSTM layers with one fault after the other and
looks which result is the rewrite's. `training` does the same with the recorded
gradients and the rules of optimizers. What is named was found in the numbers;
nothing is guessed from names.
"""

from __future__ import annotations

import dataclasses
import typing

import numpy as np

from tfcompat_rnn.testing.causes import forward
from tfcompat_rnn.testing.causes import layout
from tfcompat_rnn.testing.causes import training

MOST = 8                    # texts in a report


@dataclasses.dataclass(frozen=True)
class Difference:
  """A value that is not the recorded one."""
  name: str
  wanted: typing.Any         # a Value, whole or sampled
  got: np.ndarray
  gap: typing.Any


@dataclasses.dataclass(frozen=True)
class Context:
  """What is compared with what, and how closely."""
  recording: typing.Any
  kind: str
  call: int | None
  step: int | None
  rtol: float
  atol: float


def explain(found: list[Difference], context: Context) -> list[str]:
  """Texts on what explains the differences, the most likely first."""
  if not found:
    return []
  explained: dict[str, list[str]] = {}
  if context.kind == "fetches":
    explained = forward.explain(found, context)
  elif context.kind != "gradients":
    rounded = layout.rounded_biases(found, context)
    explained = training.explain(
        [one for one in found if one.name not in rounded], context)
    for name, text in rounded.items():
      explained.setdefault(text, []).append(name)
  done = {name for names in explained.values() for name in names}
  for one in found:
    if one.name not in done:
      for text in layout.explain(one, context):
        explained.setdefault(text, []).append(one.name)
  return [f"{', '.join(names[:3])}"
          + (f" and {len(names) - 3} more" if names[3:] else "") + f": {text}"
          for text, names in explained.items()][:MOST] or [
              _next_step(found, context)]


def _next_step(found, context):
  """Where to look, if the numbers do not tell."""
  recording, kind = context.recording, context.kind
  if kind == "variables" and not context.step:
    return ("none was recognized; if the weights come from a checkpoint, is it "
            "of this run? `tfcompat-rnn checkpoint export` converts them")
  if kind in ("variables", "final"):
    return ("none was recognized; compare the gradients of the first training "
            "step (kind=\"gradients\"), then of the next ones. If those of the "
            "first differ, it is the model or its clipping; if a later step is "
            "the first to differ, what is carried from step to step, or the "
            "order of the data; if none differs, the optimizer")
  if kind == "gradients":
    return ("none was recognized; compare the fetches of the same call first. "
            "If they agree, look at what the gradient does not pass (a "
            "stopped gradient, a mask) and at clipping and weight decay")
  if all(one.gap.problem for one in found):
    return "none was recognized; other fetches may be meant"
  others = [name for call in recording.calls[context.call:context.call + 1]
            for name in call.fetches if name not in [one.name for one in found]]
  return ("none was recognized; compare the variables first "
          "(kind=\"variables\"), then " + (
              "what the call fetched before it: " + ", ".join(others[:5])
              if others else "a program that also fetches what comes before "
              "it, such as the outputs and the state of the loop"))
