"""Steps a cell one at a time, and its gradient backward, in NumPy.

Only the cell's own step is a graph; time, lengths, resets and the sum of the
gradients over the steps are written out here. What a few cells compute in a
step is written out too (`arithmetic`).
"""

import numpy as np

from tests.campaign import arithmetic
from tfcompat_rnn._tf import tf


def is_float(leaf):
  return leaf.dtype.is_floating


class Step:
  """One step of `cell` with the variables that it has in this scope.

  `run` is the step, and `pull` its vector-Jacobian product.
  """

  def __init__(self, name, cell, dtype, ids, depth):
    self._name, self._dtype = name, dtype
    self.zero = cell.zero_state(1, dtype)
    self._x = tf.placeholder(tf.int32 if ids else dtype, [None, depth])
    self._state = tf.nest.map_structure(
        lambda leaf: tf.placeholder(leaf.dtype, [None, *leaf.shape[1:]]),
        self.zero)
    before = set(tf.trainable_variables())
    output, new = cell(self._x, self._state)
    assert set(tf.trainable_variables()) == before, "variables of its own"
    prefix = tf.get_variable_scope().name + "/"
    self.weights = [v for v in tf.trainable_variables()
                    if v.name.startswith(prefix)]
    self._outputs = tf.nest.flatten(output)
    self._new = tf.nest.flatten(new)
    self._seeds = [tf.placeholder(leaf.dtype, [None, *leaf.shape[1:]])
                   for leaf in self._outputs + self._new]
    sources = [*self.weights, *tf.nest.flatten(self._state)]
    sources += [] if ids else [self._x]
    pairs = [(leaf, seed) for leaf, seed in zip(
        self._outputs + self._new, self._seeds) if is_float(leaf)]
    found = tf.gradients([leaf for leaf, _ in pairs], sources,
                         grad_ys=[seed for _, seed in pairs])
    self._pulled = [
        tf.zeros_like(source) if slope is None
        else tf.convert_to_tensor(slope)
        for source, slope in zip(sources, found)]

  def run(self, session, x, state):
    """The outputs and the new state, as lists of leaves."""
    feed = self._feed(x, state)
    found = session.run(self._outputs + self._new, feed)
    outputs, new = (found[:len(self._outputs)], found[len(self._outputs):])
    if self._name in arithmetic.STEPS:
      self._check(session, x, state, outputs, new)
    return outputs, new

  def _check(self, session, x, state, outputs, new):
    weights = {v.op.name.split("/cell/")[-1]: value for v, value in zip(
        self.weights, session.run(self.weights))}
    right = arithmetic.STEPS[self._name](weights, x, state)
    for got, wanted in zip([*outputs, *new], right, strict=True):
      close("a step, compared with NumPy", got, wanted, self._dtype)

  def pull(self, session, x, state, d_outputs, d_new):
    """Gradients of the weights, of the state, and of x (None for IDs)."""
    feed = {**self._feed(x, state),
            **dict(zip(self._seeds, [*d_outputs, *d_new]))}
    found = session.run(self._pulled, feed)
    weights = found[:len(self.weights)]
    leaves = len(self._new)
    rest = found[len(self.weights):]
    return weights, rest[:leaves], (rest[leaves] if rest[leaves:] else None)

  def _feed(self, x, state):
    return {self._x: x, **dict(zip(tf.nest.flatten(self._state), state))}

  @property
  def output_shapes(self):
    return [tuple(leaf.shape[1:].as_list()) for leaf in self._outputs]

  def zeros(self, rows):
    """The first state of `rows` rows: the cell's own one is of zeros."""
    return [np.zeros([rows, *leaf.shape[1:].as_list()],
                     leaf.dtype.as_numpy_dtype)
            for leaf in tf.nest.flatten(self.zero)]


def _where(rows, one, other):
  return np.where(rows.reshape([-1] + [1] * (one.ndim - 1)), one, other)


class Pass:
  """One pass over `[rows, steps, depth]` inputs, and its gradient.

  Arguments:
    fresh: what rows are reset to where `mask` says so, a list of leaves.
    feed_back: None, or a constant matrix W: the input of the next step is
      tanh(output W), which takes the place of the outputs. Then `x` has only
      the first step, and `steps` is given.
  """

  def __init__(self, step, session, x, state, lengths, mask, fresh, dtype,
               feed_back=None, steps=None):
    self._step, self._session = step, session
    rows = x.shape[0]
    self.steps = x.shape[1] if steps is None else steps
    lengths = (np.full([rows], self.steps) if lengths is None
               else np.asarray(lengths, int))
    self._w, self._tape, self._x = feed_back, [], x
    first, outputs = x[:, 0] if feed_back is not None else None, []
    for t in range(self.steps):
      alive = t < lengths
      now = x[:, t] if feed_back is None else first
      reset = np.zeros([rows], bool) if mask is None else mask[:, t]
      read = [_where(reset, new, old) for new, old in zip(fresh, state)]
      given, new = step.run(session, now, read)
      if feed_back is not None:
        first = np.tanh(given[0] @ feed_back)
        given = [first]
      self._tape.append((now, read, reset, alive, given))
      outputs.append([_where(alive, leaf, np.zeros_like(leaf))
                      for leaf in given])
      state = [_where(alive, leaf, old) for leaf, old in zip(new, state)]
    self.state = state
    shapes = (step.output_shapes if feed_back is None
              else [(feed_back.shape[1],)])
    self.outputs = [
        np.stack([leaves[n] for leaves in outputs], 1) if outputs
        else np.zeros([rows, 0, *shape], dtype)
        for n, shape in enumerate(shapes)]

  def pull(self, d_outputs, d_state):
    """Gradients: the weights, the first state, what rows are reset to, x."""
    weights = [np.zeros(v.shape.as_list(), v.dtype.base_dtype.as_numpy_dtype)
               for v in self._step.weights]
    d_fresh = [np.zeros_like(leaf) for leaf in d_state]
    d_x = np.zeros(self._x.shape, d_outputs[0].dtype)
    d_next = 0.
    for t in reversed(range(self.steps)):
      now, read, reset, alive, given = self._tape[t]
      d_given = [_where(alive, leaf[:, t], np.zeros_like(leaf[:, t]))
                 for leaf in d_outputs]
      if self._w is not None:
        d_given = [(d_given[0] + d_next) * (1 - given[0] ** 2) @ self._w.T]
      d_new = [_where(alive, leaf, np.zeros_like(leaf)) for leaf in d_state]
      d_weights, d_read, d_now = self._step.pull(
          self._session, now, read, d_given, d_new)
      weights = [a + b for a, b in zip(weights, d_weights)]
      none = [np.zeros_like(leaf) for leaf in d_read]
      d_fresh = [a + _where(reset, b, zero)
                 for a, b, zero in zip(d_fresh, d_read, none)]
      d_state = [_where(alive, zero, a) + _where(reset, zero, b)
                 for a, b, zero in zip(d_state, d_read, none)]
      if d_now is not None and self._w is not None:
        d_next = d_now
      elif d_now is not None:
        d_x[:, t] = d_now
    if self._w is not None and self.steps:
      d_x[:, 0] = d_next
    return weights, d_state, d_fresh, d_x


# The difference of numbers of about 1.
_TOLERANCES = {"float64": 1e-9, "float32": 3e-4}


def close(what, got, wanted, dtype):
  """Raises AssertionError unless the arrays agree within rounding."""
  got, wanted = np.asarray(got), np.asarray(wanted)
  if got.shape != wanted.shape:
    raise AssertionError(f"{what}: shape {got.shape}, not {wanted.shape}")
  if not wanted.size:
    return
  scale = max(1., np.abs(wanted).max())
  far = np.abs(np.asarray(got, float) - wanted) > _TOLERANCES[dtype] * scale
  if far.any() or np.isnan(got).any():
    place = tuple(int(n) for n in np.argwhere(far | np.isnan(got))[0])
    raise AssertionError(
        f"{what}: {far.sum()} of {far.size} numbers differ; the first one, at "
        f"{place}, is {got[place]}, not {wanted[place]}")
