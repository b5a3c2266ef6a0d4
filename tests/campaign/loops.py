"""Loops against the oracle: outputs, states and gradients of each window."""

import collections

import numpy as np

from tests.campaign import building
from tests.campaign import oracle
from tests.campaign import programs
from tests.state import state_cells
from tfcompat_rnn._tf import tf

_MOST_GRAPHS = 12
_built = collections.OrderedDict()
# What was tried how often.
tried = collections.Counter()


def program_of(structure):
  """The built program, of which a few are remembered."""
  if structure in _built:
    _built.move_to_end(structure)
    return _built[structure]
  if len(_built) >= _MOST_GRAPHS:
    _built.popitem(last=False)[1].close()
  found = _built[structure] = building.Program(structure)
  tried["graphs"] += 1
  tried[f"loop {structure.loop}"] += 1
  tried[f"execution {structure.execution}"] += 1
  tried[f"cell {structure.cell}"] += 1
  return found


def forget():
  """Closes all programs that are remembered."""
  while _built:
    _built.popitem()[1].close()


def check(structure, windows):
  """Runs the windows one after the other, each compared with the oracle.

  Raises AssertionError for a difference; errors of the package pass.
  """
  _Case(structure).run(windows)


class _Case:
  """One case; `state` is what the oracle carries from window to window."""

  def __init__(self, structure):
    self.want = structure
    self.program = program_of(structure)
    self.steps = self.program.steps_of
    self.state, self.saved = None, {}

  def run(self, windows):
    if self.want.store in programs.KEPT:
      self._begin(windows[0])
    for number, window in enumerate(windows):
      try:
        self._window(window)
      except AssertionError as error:
        raise AssertionError(f"window {number}: {error}") from None
      tried["windows"] += 1

  def _begin(self, window):
    """The state in which an initialized program is."""
    program = self.program
    if self.want.store == "saver":
      program.session.run(program.kept.reset())
    else:
      program.session.run(program.zero_op)
      self.state = self.steps[0].zeros(window.rows)

  def _first(self, window, draw):
    """The first state of the window for each direction, and what to feed."""
    program, feed = self.program, {}
    if self.want.store == "saver":
      zeros = self.steps[0].zeros(1)
      rows = [self.saved.get(key, [leaf[0] for leaf in zeros])
              for key in window.keys]
      return [[np.stack(leaves) for leaves in zip(*rows)] if rows
              else self.steps[0].zeros(0)], feed
    if self.want.store in programs.KEPT:
      return [self.state], feed
    first = []
    for step, nest in zip(self.steps, program.initial or [None] * 2):
      leaves = step.zeros(window.rows)
      if nest is not None:
        if self.want.store == "feed" and self.state is not None and (
            not window.seed % 3):
          leaves = self.state  # continued
        else:
          leaves = [_numbers(draw, leaf) for leaf in leaves]
        feed.update(zip(tf.nest.flatten(nest), leaves))
      first.append(leaves)
    return first, feed

  def _before(self, window, draw):
    """What happens to the kept state before the window."""
    program, zeros = self.program, self.steps[0].zeros(window.rows)
    session, kind = program.session, window.before
    keys = {} if program.keys is None else {program.keys: window.keys}
    tried[f"before: {kind or 'nothing'}"] += 1
    if kind == "zero":
      session.run(program.zero_op, keys)
      self.state = zeros
      for key in window.keys or ():
        self.saved.pop(key, None)
    elif kind == "rows":
      session.run(program.rows_op, {program.rows_mask: window.reset, **keys})
      if self.want.store == "saver":
        for key, reset in zip(window.keys, window.reset):
          if reset:
            self.saved.pop(key, None)
      else:
        rows = np.array(window.reset, bool)
        self.state = [oracle._where(rows, zero, leaf)
                      for zero, leaf in zip(zeros, self.state)]
    elif kind == "load":
      self.state = [_numbers(draw, leaf) for leaf in zeros]
      program.kept.load(session, tf.nest.pack_sequence_as(
          self.steps[0].zero, self.state))
    elif kind == "restore":
      program.restart()

  def _window(self, window):
    draw = np.random.RandomState(window.seed)
    program, want = self.program, self.want
    self._before(window, draw)
    shape = [window.rows, window.steps, 1 if program.ids else building.DEPTH]
    x = (draw.randint(0, state_cells.CLASSES, shape).astype(np.int32)
         if program.ids else draw.randn(*shape).astype(want.dtype))
    back = want.loop == "self_feeding_rnn"
    if back:
      x = draw.randn(window.rows, 1, building.DEPTH).astype(want.dtype)
    mask = None if window.mask is None else np.array(
        window.mask, bool).reshape([window.rows, window.steps])
    first, feed = self._first(window, draw)
    passes = [self._pass(place, step, leaves, x, window, mask)
              for place, (step, leaves) in enumerate(zip(self.steps, first))]
    right = self._right(passes, window)
    seeds = [_numbers(draw, leaf) for leaf in right]
    slopes = self._slopes(passes, seeds, window)
    feed[program.x] = x[:, 0] if back else self._in_order(x)
    if back:
      feed[program.bound] = window.steps
    if program.lengths is not None:
      feed[program.lengths] = window.lengths
    if mask is not None:
      feed[program.mask] = self._in_order(mask)
    if program.keys is not None:
      feed[program.keys] = window.keys
    feed.update(zip(program.seeds, [
        self._in_order(leaf) if number < len(program.outputs) else leaf
        for number, leaf in enumerate(seeds)]))
    # TensorFlow has no gradient of the inputs of no steps.
    fetches = [program.outputs + program.final,
               program.slopes if window.steps else []]
    look = window.before == "look" and program.keep is not None
    if program.keep is not None and not look:
      fetches.append(program.keep)
    found, found_slopes = program.session.run(fetches, feed)[:2]
    self._compare(found, right, found_slopes, slopes)
    if look:
      return
    self._carry(window, passes[0].state)

  def _pass(self, place, step, leaves, x, window, mask):
    lengths = window.lengths
    if place:  # backward
      x = _reversed(x, lengths)
    fresh = leaves if self.want.mask == "initial" else step.zeros(window.rows)
    return oracle.Pass(
        step, self.program.session, x, leaves, lengths, mask, fresh,
        self.want.dtype, self.program.projection, window.steps)

  def _right(self, passes, window):
    outputs = [leaf if not place else _reversed(leaf, window.lengths)
               for place, one in enumerate(passes) for leaf in one.outputs]
    return outputs + [leaf for one in passes for leaf in one.state]

  def _slopes(self, passes, seeds, window):
    """The gradients of weights, first states and inputs."""
    weights, states, inputs = [], [], 0.
    count = sum(len(one.outputs) for one in passes)
    outputs, finals = seeds[:count], seeds[count:]
    for place, one in enumerate(passes):
      number = len(one.outputs)
      mine, outputs = outputs[:number], outputs[number:]
      last, finals = finals[:len(one.state)], finals[len(one.state):]
      if place:
        mine = [_reversed(leaf, window.lengths) for leaf in mine]
      slope, first, fresh, x = one.pull(mine, last)
      weights += slope
      if self.want.mask == "initial":
        first = [a + b for a, b in zip(first, fresh)]
      states += first
      inputs = inputs + (_reversed(x, window.lengths) if place else x)
    program = self.program
    if self.want.loop == "self_feeding_rnn":
      inputs = inputs[:, 0]
    else:
      inputs = self._in_order(inputs)
    return (weights + (states if program.leaves else [])
            + ([] if program.ids else [inputs]))

  def _compare(self, found, right, found_slopes, slopes):
    outputs = len(self.program.outputs)
    for number, (got, wanted) in enumerate(zip(found, right, strict=True)):
      if number < outputs:
        got = self._in_order(got)
      oracle.close("outputs" if number < outputs else "final state", got,
                   wanted, self.want.dtype)
    names = [v.op.name for v in self.program.weights]
    names += [f"the first state, leaf {number}"
              for number in range(len(self.program.leaves))]
    names += ["the inputs"]
    for name, got, wanted in zip(names, found_slopes, slopes):
      oracle.close(f"gradient of {name}", got, wanted, self.want.dtype)

  def _carry(self, window, state):
    if self.want.store == "saver":
      for number, key in enumerate(window.keys):
        self.saved[key] = [leaf[number] for leaf in state]
    else:
      self.state = state

  def _in_order(self, array):
    """Swaps between `[rows, steps, ...]` and the axes of the program."""
    return array.swapaxes(0, 1) if self.want.time_major else array


def _reversed(array, lengths):
  """Each row backward, up to its length."""
  if lengths is None:
    return array[:, ::-1]
  array = array.copy()
  for row, length in zip(array, lengths):
    row[:length] = row[:length][::-1].copy()
  return array


def _numbers(draw, like):
  if like.dtype.kind == "f":
    return draw.randn(*like.shape).astype(like.dtype)
  return np.zeros_like(like)
