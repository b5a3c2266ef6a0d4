"""Writes data/ with TensorFlow 1.15, or checks it: what seeds come to.

    python tests/seeds/generate.py            # writes data/
    python tests/seeds/generate.py --check    # compares; exit code 1 if not

`snippets` and `ops` hold what the snippets came to, `gradients` the graphs of
`gradient_cases` and `training_cases`, `training` a whole seeded training, and
`order` what `order_cases` drew.
Start it with any Python (see `tests/oracle/command.py`). Python 3.7 syntax.
"""

import collections
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
DATA = os.path.join(HERE, "data")
sys.path.insert(0, os.path.dirname(HERE))

from oracle import command  # noqa: E402  (needs the path above)
from oracle import comparison  # noqa: E402
from oracle import files  # noqa: E402
from oracle import graphs  # noqa: E402

SNIPPETS, OPS = "snippets.json.gz", "ops.json.gz"
GRADIENTS, TRAINING = "gradients.json.gz", "training.json.gz"
ORDER = "order.json.gz"
STEPS = 200


def write_snippets(tf, folder):
  """The facts of each snippet, and apart from them its operations."""
  from seeds import measure
  from seeds import snippets
  found, ops = collections.OrderedDict(), collections.OrderedDict()
  for snippet in snippets.SNIPPETS.values():
    facts = measure.measure(tf, snippet)
    ops[snippet.name] = graphs.shorten(facts.pop("ops"))
    found[snippet.name] = facts
  files.write_json(os.path.join(folder, SNIPPETS), found)
  # In the order of the committed file, so that a diff shows what changed.
  files.write_json(os.path.join(folder, OPS),
                   collections.OrderedDict(sorted(ops.items())))
  print("%d snippets" % len(found))


def write_gradients(tf, folder):
  """`gradient known`, `gradient unknown` and `training`: what was measured."""
  from seeds import gradient_cases
  from seeds import training_cases
  found = {"%s %s" % (name, "known" if known else "unknown"):
           gradient_cases.measure(tf, name, known)
           for name in gradient_cases.CASES for known in (True, False)}
  found.update((name, training_cases.measure(tf, name))
               for name in training_cases.CASES)
  files.write_json(os.path.join(folder, GRADIENTS),
                   {name: found[name] for name in sorted(found)})


def write_order(tf, folder):
  """In which order pipelines and loops draw."""
  from seeds import order_cases
  found = collections.OrderedDict(
      ("shuffle " + name, order_cases.measure_shuffle(tf, name))
      for name in order_cases.SHUFFLES)
  found.update(("loop " + name, order_cases.measure_loop(tf, name))
               for name in order_cases.LOOPS)
  files.write_json(os.path.join(folder, ORDER), found)


def write(folder):
  import tensorflow as tf

  from seeds import seeded_training
  write_snippets(tf, folder)
  write_gradients(tf, folder)
  write_order(tf, folder)
  files.write_json(os.path.join(folder, TRAINING),
                   seeded_training.run(tf, STEPS))


def read(name, folder=DATA):
  return files.read_json(os.path.join(folder, name))


def read_ops(folder=DATA):
  """`{snippet name: [name:Type, ...]}`."""
  ops = read(OPS, folder)
  return {name: graphs.lengthen(ops[name]) for name in ops}


def compare(committed, fresh):
  """Draws to the last bit; losses as near as another processor comes."""
  problems = []
  for name in (SNIPPETS, OPS, GRADIENTS, ORDER):
    problems += comparison.compare_json(
        name, read(name, committed), read(name, fresh))
  return problems + compare_training(
      read(TRAINING, committed), read(TRAINING, fresh))


def compare_training(committed, fresh):
  return (comparison.compare_json(
      TRAINING, {"values": committed["values"]}, {"values": fresh["values"]})
          + comparison.compare_json(
              TRAINING, {"losses": committed["losses"]},
              {"losses": fresh["losses"]}, numbers=1e-4))


if __name__ == "__main__":
  sys.exit(command.main(__file__, write, DATA, compare))
