"""`StreamingSession` against a dictionary of states, operation by operation."""

import collections
import pathlib
import random
import tempfile

import numpy as np
from hypothesis import strategies as st

from tests.campaign import oracle
from tests.campaign import programs
from tests.state import state_cells
from tests.streaming import plain_streams
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.streaming import StreamingSession

CELLS = ("GRUCell", "LSTMCell", "LSTMCell projected", "MultiRNNCell",
         "BasicLSTMCell packed", "a user's", "a user's, rank 3",
         "AttentionCellWrapper", "NASCell", "EmbeddingWrapper")
NAMES = 6
_built = collections.OrderedDict()
tried = collections.Counter()


def structures(seed, count=3):
  """A few `(cell, capacity, batch_sizes)`, as a strategy."""
  draw = random.Random(seed)
  return st.sampled_from([
      (draw.choice(CELLS), draw.randint(1, 4),
       draw.choice([(), (), (1, 3), (2,)])) for _ in range(count)])


@st.composite
def operations(draw):
  """A list of operations; what cannot be done is skipped."""
  name = st.integers(0, NAMES - 1)
  return draw(st.lists(st.one_of(
      st.tuples(st.just("open"), name),
      st.tuples(st.just("step"), st.permutations(range(NAMES)).map(tuple),
                st.integers(1, NAMES), st.integers(0, 99)),
      st.tuples(st.just("close"), name),
      st.tuples(st.just("copy"), name, name),
      st.tuples(st.sampled_from(["snapshot", "restore"]))),
      min_size=1, max_size=25))


class _Streams:
  """A `StreamingSession` and the step that it takes, in one graph."""

  def __init__(self, cell, capacity, batch_sizes):
    kind = programs.KINDS[cell]
    self.ids = kind.ids
    depth = 1 if self.ids else state_cells.DEPTH
    self.shape = [depth]
    self.graph = tf.Graph()
    with self.graph.as_default():
      tf.set_random_seed(3)
      self.session = tf.Session()
      made = kind.make(cells, tf, "float32")
      with tf.variable_scope("net", initializer=(
          tf.random_normal_initializer(stddev=.6, seed=4))):
        with tf.variable_scope("rnn") as scope:
          self.streams = StreamingSession(
              made, tf.TensorSpec([None, depth], tf.int32 if self.ids
                                  else tf.float32),
              capacity, session=self.session, batch_sizes=batch_sizes,
              scope=scope)
          scope.reuse_variables()
          self.step = oracle.Step(cell, made, "float32", self.ids, depth)
      self.session.run(tf.global_variables_initializer())
      self.graph.finalize()

  def plain(self, capacity):
    """The same in plain Python."""
    first = {str(number): leaf[0]
             for number, leaf in enumerate(self.step.zeros(1))}

    def step(inputs, states):
      state = [states[str(number)] for number in range(len(states))]
      outputs, new = self.step.run(self.session, inputs, state)
      return outputs, {str(n): leaf for n, leaf in enumerate(new)}
    return plain_streams.PlainStreams(step, first, capacity)


def check(structure, todo):
  """Does the operations in both. Raises AssertionError for a difference."""
  if structure not in _built:
    if len(_built) >= 8:
      _built.popitem(last=False)[1].session.close()
    _built[structure] = _Streams(*structure)
    tried["graphs"] += 1
  built = _built[structure]
  streams, plain = built.streams, built.plain(structure[1])
  for name in streams.streams:
    streams.close(name)
  with tempfile.TemporaryDirectory() as folder:
    path, kept = pathlib.Path(folder) / "snapshot", None
    for operation in todo:
      kept = _do(built, plain, operation, path, kept)
      assert streams.streams == list(plain.states), "the order of streams"
    for name, state in plain.states.items():
      _close(f"state of stream {name}", tf.nest.flatten(streams.state(name)),
             list(state.values()))


def _do(built, plain, operation, path, kept):
  streams, kind = built.streams, operation[0]
  name = operation[1] if len(operation) > 1 else None
  if kind in ("open", "copy"):
    if name in plain.states or (
        kind == "copy" and operation[2] not in plain.states):
      return kept
    nest = streams.state(operation[2]) if kind == "copy" else None
    state = dict(plain.states[operation[2]]) if kind == "copy" else None
    assert streams.open(name, nest) == plain.open(name, state), "who goes"
  elif kind == "close":
    if name not in plain.states:
      return kept
    streams.close(name)
    plain.close(name)
  elif kind == "step":
    chosen = [one for one in name if one in plain.states][:operation[2]]
    if not chosen:
      return kept
    draw = np.random.RandomState(operation[3])
    shape = [len(chosen), *built.shape]
    x = (draw.randint(0, state_cells.CLASSES, shape).astype(np.int32)
         if built.ids else draw.randn(*shape).astype(np.float32))
    outputs = tf.nest.flatten(streams.step_rows(chosen, x))
    _close(f"outputs of {chosen}", outputs, plain.step_rows(chosen, x))
  elif kind == "snapshot":
    streams.snapshot(path)
    kept = plain.snapshot()
  elif kept is None:
    return kept
  else:
    streams.restore(path)
    plain.restore(kept)
  tried[f"operation {kind}"] += 1
  return kept


def _close(what, got, wanted):
  for one, other in zip(got, wanted, strict=True):
    oracle.close(what, one, other, "float32")


def forget():
  while _built:
    _built.popitem()[1].session.close()
