"""What the campaign prints."""

import collections

_PROGRAM = """\
# {problem}
# Found by: python -m tests.campaign --seed {seed} --only {kind}
# Run it in the root of a clone: python THIS_FILE
import os
import sys

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, os.getcwd())
from tfcompat_rnn._tf import tf

tf.disable_v2_behavior()
from tests.campaign.{module} import *
from tests.campaign.programs import *

check(
    {call})
"""


def program(found, module, kind, seed):
  """A counterexample as a program that shows it."""
  return _PROGRAM.format(
      problem=found.problem, seed=seed, kind=kind, module=module,
      call=found.call.replace("Window(", "\n        Window("))


class Totals:
  """What was tried how often, by kind."""

  def __init__(self):
    self.tried = collections.defaultdict(collections.Counter)
    self.rounds = collections.Counter()

  def add(self, kind, tried):
    self.rounds[kind] += 1
    self.tried[kind].update(tried)

  def lines(self):
    for kind in sorted(self.tried):
      yield f"{kind}: {self.rounds[kind]} rounds"
      plain = {name: count for name, count in self.tried[kind].items()
               if " " not in name}
      yield "  " + ", ".join(f"{count:,} {name}"
                             for name, count in sorted(plain.items()))
      groups = collections.defaultdict(list)
      for name, count in sorted(self.tried[kind].items()):
        group, blank, rest = name.partition(" ")
        if blank:
          groups[group.rstrip(":")].append(f"{rest} {count:,}")
      for group, parts in groups.items():
        yield f"  {group}: {', '.join(parts)}"
