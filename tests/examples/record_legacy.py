"""Runs a TensorFlow 1.x script and writes down what it computed.

  python record_legacy.py OUT [--initial OUT] [--nudge SEED] [--threads N] \
      SCRIPT [ARGS...]

Knows nothing but TensorFlow 1.x's public names, so that the same file runs
under TensorFlow 1.15.5 (`python record_legacy.py ...`) and under the launcher
(`python -m tfcompat_rnn run record_legacy.py ...`). Python 3.7 suffices.

It watches `Session.run` in the main thread. When a call has run variables'
initialisers, their values are written down, or, with `--initial`, replaced by
those of the same name that an earlier run wrote down (with `--nudge`, each
float moved to its next neighbour, up or down by lot). Of every other call the
numbers that it returned are kept, and after some training steps the trainable
variables too. No op is added to the script's graph.
"""
from __future__ import print_function

import json
import os
import runpy
import sys
import threading

import numpy as np
import tensorflow as tf

LOOK_AT_VARIABLES = (1, 10, 100)      # after so many training steps
UPDATES = ("Apply", "ResourceApply", "SparseApply", "ResourceSparseApply",
           "Scatter", "ResourceScatter")


def flatten(value):
  """Leaves of nested dicts, lists and tuples, in session.run's order."""
  if isinstance(value, dict):
    return [leaf for key in sorted(value) for leaf in flatten(value[key])]
  if isinstance(value, (list, tuple)):
    return [leaf for part in value for leaf in flatten(part)]
  return [value]


def reach(op, through):
  """All ops that `op` waits for; `through(op)` says where to look further."""
  seen, todo = set(), [op]
  while todo:
    one = todo.pop()
    if one in seen:
      continue
    seen.add(one)
    if through(one):
      todo.extend(one.control_inputs)
      todo.extend(tensor.op for tensor in one.inputs)
  return seen


class Recorder(object):

  def __init__(self, initial=None, nudge=None):
    self.initial = initial       # list of {name: array}, to be put in
    self.nudge = nudge           # seed, or None
    self.initialised = []        # list of {name: array}, as they were drawn
    self.problems = []
    self.calls = []              # {"step": n, "training": b, "fetched": [..]}
    self.numbers = []
    self.step = 0
    self._kinds = {}

  def watch(self):
    recorder = self
    base = next(cls for cls in tf.Session.__mro__ if "run" in vars(cls))
    original = base.run

    def run(session, fetches, *args, **kwargs):
      result = original(session, fetches, *args, **kwargs)
      if threading.current_thread().__class__.__name__ == "_MainThread":
        recorder.note(session, original, fetches, result)
      return result

    base.run = run

  def use_threads(self, count):
    base = next(cls for cls in tf.Session.__mro__ if "run" in vars(cls))
    original = base.__init__

    def start(session, target="", graph=None, config=None):
      mine = tf.ConfigProto()
      if config is not None:
        mine.CopyFrom(config)
      mine.intra_op_parallelism_threads = count
      mine.inter_op_parallelism_threads = count
      original(session, target, graph, mine)

    base.__init__ = start

  def note(self, session, run, fetches, result):
    graph = session.graph
    elements = [graph.as_graph_element(leaf, allow_tensor=True,
                                       allow_operation=True)
                for leaf in flatten(fetches)]
    kinds = [self.kind(graph, element) for element in elements]
    fresh = set().union(*(kind[0] for kind in kinds)) if kinds else set()
    if fresh:
      self.note_initial(session, run, fresh)
      return
    training = any(kind[1] for kind in kinds)
    fetched = []
    for element, value in zip(elements, flatten(result)):
      array = np.asarray(value) if value is not None else None
      if array is None or array.dtype.kind not in "fiub":
        continue
      fetched.append(self.keep(element.name, array))
    self.calls.append({"step": self.step, "training": training,
                       "fetched": fetched})
    if training and self.step + 1 in LOOK_AT_VARIABLES:
      variables = sorted(graph.get_collection("trainable_variables"),
                         key=lambda v: v.op.name)
      fetched.extend(self.keep(v.op.name, value) for v, value in zip(
          variables, run(session, list(variables))))
    self.step += training

  def keep(self, name, array):
    self.numbers.append(array.astype(np.float64).ravel())
    return [name, array.dtype.name, list(array.shape)]

  def kind(self, graph, element):
    """(variables this fetch initialises, whether it trains)."""
    op = getattr(element, "op", element)
    key = (graph, op)
    if key not in self._kinds:
      by_op = {v.initializer: v for v in graph.get_collection("variables")}
      group = reach(op, lambda one: one.type == "NoOp")
      variables = frozenset(by_op[one] for one in group if one in by_op)
      training = not variables and any(
          one.type.startswith(UPDATES) for one in reach(op, lambda _: True))
      self._kinds[key] = (variables, training)
    return self._kinds[key]

  def note_initial(self, session, run, fresh):
    ordered = sorted(fresh, key=lambda v: v.op.name)
    event = len(self.initialised)
    values = run(session, [v for v in ordered])
    mine = {v.op.name: value for v, value in zip(ordered, values)}
    self.initialised.append(mine)
    if self.initial is None:
      return
    if event >= len(self.initial):
      self.problems.append("initialisation %d: the reference has no such"
                           % event)
      return
    theirs = self.initial[event]
    for name in sorted(set(mine) ^ set(theirs)):
      self.problems.append("variable %s is only in %s" % (
          name, "this run" if name in mine else "the reference"))
    feed, changed = {}, []
    for v in ordered:
      name = v.op.name
      if name not in theirs:
        continue
      if theirs[name].shape != mine[name].shape:
        self.problems.append("variable %s is %s here, %s in the reference" % (
            name, mine[name].shape, theirs[name].shape))
        continue
      feed[v.initializer.inputs[1]] = self.nudged(theirs[name])
      changed.append(v.initializer)
    run(session, changed, feed)

  def nudged(self, array):
    if self.nudge is None or array.dtype.kind != "f":
      return array
    rnd = np.random.RandomState(self.nudge)   # not the script's generator
    away = np.where(rnd.rand(*array.shape) < 0.5, -np.inf, np.inf)
    moved = np.nextafter(array, away.astype(array.dtype))
    return np.where(array == 0, array, moved)  # zeros are exact in both

  def save(self, path):
    arrays = {"numbers": (np.concatenate(self.numbers) if self.numbers
                          else np.zeros(0))}
    names = []
    for event, values in enumerate(self.initialised):
      names.append(sorted(values))
      for k, name in enumerate(names[-1]):
        arrays["v_%d_%d" % (event, k)] = values[name]
    meta = {"calls": self.calls, "variables": names,
            "problems": self.problems, "tensorflow": tf.__version__,
            "real_tensorflow": real_version(), "numpy": np.__version__,
            "python": sys.version.split()[0]}
    arrays["meta"] = np.array(json.dumps(meta))
    np.savez(path, **arrays)


def real_version():
  """The TensorFlow that is really loaded, whatever the script is told."""
  return sys.modules["tensorflow"].__version__


def load_initial(path):
  with np.load(path) as saved:
    names = json.loads(str(saved["meta"]))["variables"]
    return [{name: saved["v_%d_%d" % (event, k)]
             for k, name in enumerate(part)}
            for event, part in enumerate(names)]


def main():
  words = sys.argv[1:]
  out, initial, threads, nudge = words.pop(0), None, 1, None
  while words[0].startswith("--"):
    option = words.pop(0)
    if option == "--initial":
      initial = load_initial(words.pop(0))
    elif option == "--nudge":
      nudge = int(words.pop(0))
    elif option == "--threads":
      threads = int(words.pop(0))
    else:
      sys.exit("unknown option " + option)
  recorder = Recorder(initial, nudge)
  recorder.watch()
  recorder.use_threads(threads)
  sys.argv = words
  sys.path.insert(0, os.path.dirname(os.path.abspath(words[0])))
  try:
    runpy.run_path(words[0], run_name="__main__")
  except SystemExit as stop:       # tf.app.run ends with sys.exit
    if stop.code:
      raise
  recorder.save(out)


if __name__ == "__main__":
  main()
