"""One cell in one graph: its data, and the result of each way of building.

Every way of building (see `ways`, `feeding`) takes a `Setting` and returns
`(outputs, final_state)`. All of them are built in one graph, with the same
variables and the same feeds.
"""

import contextlib
import typing
import zlib

import numpy as np

from tfcompat_rnn import _nest
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf

BATCH, STEPS, DEPTH, UNITS = 2, 6, 4, 5
HALF = STEPS // 2


class Result(typing.NamedTuple):
  """Arrays by name. A gradient that does not exist is None."""
  loss: dict = {}
  outputs: dict = {}
  states: dict = {}
  variables: dict = {}   # gradients with respect to variables,
  inputs: dict = {}      # to inputs
  initial: dict = {}     # and to the initial state


def numbers_for(name, shape, scale=0.7):
  """Uniform random numbers that depend only on `name` and `shape`."""
  generator = np.random.RandomState(zlib.crc32(name.encode("utf-8")))
  return generator.uniform(-scale, scale, size=shape)


class Setting:
  """A graph with inputs, initial states, targets and cells of one kind.

  Attributes:
    kind, dtype: the cell and its dtype; `asked` is the requested dtype, which
      differs if the cell's kernels do not support it.
    x: the inputs, a placeholder `[batch, time, depth]`, whose second half
      repeats the first.
    cell, state: a cell and the placeholders of its initial state.
    upper_cell, upper_state: those of a second layer.
    feeds: values for all of these.
    session: valid inside the `with` block of the setting.

  optimized: whether the session optimizes the graph, as it does by default.
  """

  def __init__(self, kind, dtype, optimized=False):
    self._optimized = optimized
    self.kind, self.asked = kind, tf.as_dtype(dtype)
    self.dtype = self.asked if kind.double else tf.float32
    self.graph, self.feeds, self._results = tf.Graph(), {}, {}
    self._known = set()
    with self.graph.as_default():
      self.x = self._inputs()
      self.cell = kind.make(cells, DEPTH, UNITS)
      self.state = self._state(self.cell, "state")
      self._upper = None
    self.session = None

  def __enter__(self):
    self._stack = contextlib.ExitStack()
    self._stack.enter_context(self.graph.as_default())
    self.session = self._stack.enter_context(
        tf.Session(graph=self.graph, config=self._config()))
    return self

  def _config(self):
    config = tf.ConfigProto()
    if not self._optimized:
      # Each graph is run only once or twice; optimizing it would take longer.
      options = config.graph_options
      options.rewrite_options.disable_meta_optimizer = True
      options.optimizer_options.opt_level = -1
    return config

  def __exit__(self, *error):
    return self._stack.__exit__(*error)

  def _inputs(self):
    depth = 1 if self.kind.symbols else DEPTH
    x = tf.placeholder(tf.int32 if self.kind.symbols else self.dtype,
                       [BATCH, STEPS, depth], "x")
    half = self.drawn(np.random.RandomState(1))[:, :HALF]
    self.feeds[x] = np.concatenate([half, half], axis=1)
    return x

  def drawn(self, draw):
    """Inputs for all steps, drawn from a `RandomState`."""
    if self.kind.symbols:
      return draw.randint(0, self.kind.symbols, [BATCH, STEPS, 1])
    return draw.uniform(-1, 1, [BATCH, STEPS, DEPTH])

  def _state(self, cell, name):
    """Placeholders for a state of `cell`, with their own values to feed."""
    zeros = cell.zero_state(BATCH, self.dtype)
    leaves = []
    for path, zero in zip(_nest.state_paths(zeros),
                          _nest.flatten_state(zeros)):
      label = "_".join([name] + [part for part in path.split("/") if part])
      leaf = tf.placeholder(zero.dtype, zero.shape, label)
      self.feeds[leaf] = numbers_for(label, zero.shape.as_list(), 0.4)
      leaves.append(leaf)
    return _nest.pack_state(zeros, leaves)

  @property
  def upper(self):
    """A second cell, for the outputs of the first, and its initial state."""
    if self._upper is None:
      cell = (self.kind.make(cells, DEPTH, UNITS) if self.kind.stacks
              else cells.GRUCell(UNITS))
      self._upper = cell, self._state(cell, "upper_state")
    return self._upper

  @contextlib.contextmanager
  def scope(self):
    """The scope in which all ways create or find the variables."""
    with tf.variable_scope(
        "model", reuse=tf.AUTO_REUSE, dtype=self.dtype, use_resource=False):
      yield

  def target_of(self, width):
    """The target for outputs `[batch, time, *width]`, an array."""
    return numbers_for("target", [BATCH, STEPS, *width])

  def loss(self, outputs, target=None):
    """The mean squared error; for some of the steps, their share of it."""
    whole = self.target_of(outputs.shape.as_list()[2:])
    if target is None:
      target = tf.constant(whole, self.dtype)
    return tf.reduce_sum(tf.square(outputs - target)) / whole.size

  def build(self, way):
    """Calls `way(self)` in the shared scope; returns outputs, final state."""
    with self.scope():
      return way(self)

  def result(self, way):
    """The `Result` of `way`, which is built and run once."""
    if way not in self._results:
      outputs, final = self.build(way)
      self._results[way] = self.measure(outputs, final)
    return self._results[way]

  def measure(self, outputs, final):
    """Everything that can be compared for one way of building."""
    initial = {"initial state": self.state}
    if self._upper:
      initial["initial upper state"] = self._upper[1]
    return Fetches(self, self.loss(outputs), outputs, final, self.x,
                   initial).run(self.feeds)

  def initialize(self):
    """Sets every new trainable variable to the numbers for its name."""
    new = [variable for variable in tf.global_variables()
           if variable.op.name not in self._known]
    trainable = {variable.op.name for variable in tf.trainable_variables()}
    # Feed their own initializers, which adds no ops to the graph.
    self.session.run([variable.initializer for variable in new], {
        variable.initializer.inputs[1]: numbers_for(
            variable.op.name, variable.shape.as_list())
        for variable in new if variable.op.name in trainable})
    self._known.update(variable.op.name for variable in new)


class Fetches:
  """Loss, outputs, final state and all gradients, built once, run often.

  initial: structures of initial states by name.
  """

  def __init__(self, setting, loss, outputs, final, inputs, initial):
    self.setting, self.paths = setting, _labels("state", final)
    sources = {
        "variables": {variable.op.name: variable
                      for variable in tf.trainable_variables()},
        "inputs": {} if inputs.dtype.is_integer else {"inputs": inputs},
        "initial": {label: leaf for name, nest in initial.items()
                    for label, leaf in zip(_labels(name, nest),
                                           _nest.flatten_state(nest))}}
    found = iter(tf.gradients(
        loss, [tensor for part in sources.values()
               for tensor in part.values()]))
    # The graph also has variables of other ways, without a gradient in this
    # one. A missing gradient is noticed if the other side has it.
    self.slopes = {
        part: {name: tf.convert_to_tensor(slope)
               for name, slope in zip(named, found) if slope is not None}
        for part, named in sources.items()}
    self.values = [loss, outputs, _nest.flatten_state(final)]

  def run(self, feeds, beside=()):
    """The `Result` of one `session.run`, which also runs the ops `beside`."""
    self.setting.initialize()
    (loss, outputs, final), slopes, _ = self.setting.session.run(
        [self.values, self.slopes, list(beside)], feeds)
    return Result({"loss": loss}, {"outputs": outputs},
                  dict(zip(self.paths, final)), **slopes)


def _labels(name, state):
  """A name for each leaf: `state`, or `state 0/c`."""
  return [f"{name} {path}".strip() for path in _nest.state_paths(state)]
