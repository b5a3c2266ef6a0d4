"""The kinds of attack: name -> a function that makes one round of it.

A round takes `(seed, seconds, beginning)` and returns a `Round`. `beginning`
takes the text of what is tried next, so that it is known if the process ends.
"""

import importlib
import random
import time
import typing

from hypothesis import strategies as st

from tests.campaign import rounds


class Round(typing.NamedTuple):
  """What was tried how often, and the counterexample or None.

  `module` has the function `check` that the counterexample is the call of.
  """
  tried: dict
  found: rounds.Found
  module: str


# How often windows are drawn for a structure, whose graph takes as long as two.
_CASES = 5


def _loops(seed, seconds, beginning):
  from tests.campaign import loops
  from tests.campaign import programs
  loops.tried.clear()
  end, draw = time.monotonic() + seconds, random.Random(seed)
  # Each round has a part of the cells, so that costly ones come up at times.
  cells = programs.CELLS + (programs.COSTLY if seed % 4 == 0 else ())
  count, found = 0, None
  while found is None and time.monotonic() < end:
    # Not drawn by hypothesis, which varies what it has drawn before.
    structure = programs.structure(draw.choice, cells, seed % 3 == 0)
    tried, found = rounds.search(
        draw.randrange(10 ** 6), end - time.monotonic(),
        lambda draw: (structure, draw(programs.windows(structure))),
        loops.check, _CASES, beginning=beginning)
    count += tried
  if found is not None:
    found = simplified(found)
  loops.forget()
  return Round({"cases": count, **loops.tried}, found, "loops")


def simplified(found):
  """A counterexample of loops, with a structure as simple as may be."""
  from tests.campaign import loops
  from tests.campaign import programs
  end = time.monotonic() + rounds.reducing
  structure, windows = eval(found.call, dict(vars(programs)))
  todo = list(programs.simpler(structure))
  while todo and time.monotonic() < end:
    structure = todo.pop(0)
    try:
      loops.check(structure, windows)
    except AssertionError as error:
      found = rounds.Found(rounds.told(error), f"{structure!r}, {windows!r}",
                           found.first)
      todo = list(programs.simpler(structure))
    except Exception:
      continue  # another problem, or none: the change is not for these windows
  return found


def _drawn(module, draw_case):
  """A kind whose cases `draw_case(module, seed)`, a strategy, draws."""
  def run(seed, seconds, beginning):
    attack = importlib.import_module("tests.campaign." + module)
    attack.tried.clear()
    strategy = draw_case(attack, seed)
    count, found = rounds.search(
        seed, seconds, lambda draw: draw(strategy), attack.check,
        beginning=beginning)
    attack.forget()
    return Round({"cases": count, **attack.tried}, found, module)
  return run


def _given(module, name):
  """A kind whose cases are those of an endless `module.name(seed)`.

  There is nothing to reduce in them.
  """
  def run(seed, seconds, beginning, most=None):
    attack = importlib.import_module("tests.campaign." + module)
    attack.tried.clear()
    end, found, count = time.monotonic() + seconds, None, 0
    try:
      for case in getattr(attack, name)(seed):
        if time.monotonic() > end or count == most:
          break
        text = ", ".join(map(repr, case))
        beginning(text)
        count += 1
        try:
          attack.check(*case)
        except Exception as error:
          found = rounds.Found(rounds.told(error), text)
          break
    finally:
      attack.forget()
    return Round({"cases": count, **attack.tried}, found, module)
  return run


def in_turn(names):
  """The kinds `names` in the order in which rounds are made: every other one
  is of loops, which have the most to try."""
  others = [name for name in names if name != "loops"]
  if len(others) == len(names) or not others:
    return list(names)
  return [name for other in others for name in ("loops", other)]


KINDS = {
    "loops": _loops,
    "streams": _drawn("streams", lambda attack, seed: st.tuples(
        attack.structures(seed), attack.operations())),
    "kills": _given("kills", "kills"),
    "writers": _given("writers", "races"),
    "soak": _given("soak", "runs"),
    "damage": _drawn("damage", lambda attack, seed: attack.damages()),
}
