"""Programs drawn at random: cells, scopes, loops and reuse in any order.

Each seed is one program of fourteen steps. If a step raises, the error is
recorded and the program goes on. The cells and wrappers are those of 1.15 and
five kinds that users wrote.
"""

from cells.measure import Registry
from cells.measure import error_name

case = Registry("random", digest=True)
SEEDS = range(40)
STEPS = 14
KINDS = 18


class Draw(object):
  """Small random numbers that are the same in every Python version."""

  def __init__(self, seed):
    self._x = seed * 7919 + 12345

  def below(self, count):
    self._x = (self._x * 6364136223846793005 + 1442695040888963407) % 2 ** 64
    return (self._x >> 33) % count

  def one_of(self, things):
    return things[self.below(len(things))]


def _user_cells(b):
  tf = b.tf

  class Gets(b.rnn.RNNCell):
    """Variables by `tf.get_variable`."""

    def __init__(self, units, name=None, reuse=None):
      super(Gets, self).__init__(name=name, _reuse=reuse)
      self._units = units

    @property
    def state_size(self):
      return self._units

    @property
    def output_size(self):
      return self._units

    def call(self, inputs, state):
      w = tf.get_variable("w", [4, self._units])
      return tf.nn.relu(tf.matmul(inputs, w)), state + 1.0

  class Dense(Gets):
    """Variables of a layer."""

    def call(self, inputs, state, scope=None):
      return b.layers.dense(inputs, self._units) + state, state

  class Adds(Gets):
    """Variables by `add_variable`, on RNNCell."""

    def build(self, shape):
      self._k = self.add_variable(
          "k", [4, self._units], regularizer=tf.nn.l2_loss)

    def call(self, inputs, state):
      return tf.matmul(inputs, self._k), state

  class Layer(b.rnn.LayerRNNCell):
    """Variables by `add_weight`, on LayerRNNCell."""

    def __init__(self, units, name=None, reuse=None):
      super(Layer, self).__init__(name=name, _reuse=reuse)
      self._units = units

    state_size = output_size = property(lambda self: self._units)

    def build(self, shape):
      self._k = self.add_weight("k", [4, self._units])

    def call(self, inputs, state):
      return tf.matmul(inputs, self._k), state

  class Old(b.rnn.RNNCell):
    """Only `__call__`, without `super().__init__()`."""

    def __init__(self, units, name=None, reuse=None):
      self._units = units

    state_size = output_size = property(lambda self: self._units)

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or "old"):
        w = tf.get_variable("w", [4, self._units])
        with tf.variable_scope(None, "sub"):
          bias = tf.get_variable("b", [self._units])
      return tf.matmul(inputs, w) + bias, state

  return Gets, Dense, Adds, Layer, Old


def _plainly(getter, *args, **kwargs):
  return getter(*args, **kwargs)


def _not_trainable(getter, *args, **kwargs):
  kwargs["trainable"] = False
  return getter(*args, **kwargs)


class Program(object):
  """One program: draws the steps; keeps the cells and the scopes."""

  def __init__(self, b, seed):
    self.b, self.tf = b, b.tf
    self.draw = Draw(seed)
    self.users = _user_cells(b)
    self.cells, self.open, self.captured, self.log = [], [], [], []

  def run(self):
    for _ in range(STEPS):
      try:
        self.log.append(self.step(self.draw.below(15)))
      except Exception as error:
        self.log.append(error_name(error))
    while self.open:
      self.open.pop().__exit__(None, None, None)
    for cell in self.cells:
      if not self.lacks_weights(cell):
        self.log.append([w.name for w in cell.trainable_weights])
    return self.log

  def lacks_weights(self, cell):
    # In 1.15 a cell that skipped `super().__init__()` does not have it.
    inner = list(getattr(cell, "_cells", []))
    inner += [vars(cell)[key] for key in ("cell", "_cell") if key in vars(cell)]
    return isinstance(cell, (self.users[-1], self.b.rnn.HighwayWrapper)) or (
        any(self.lacks_weights(part) for part in inner))

  def step(self, action):
    if action < 3 or not self.cells:
      self.cells.append(self.make())
      return "made " + type(self.cells[-1]).__name__
    if action < 8:
      return self.call(self.draw.one_of(self.cells))
    if action == 8:
      outputs, _ = self.tf.nn.static_rnn(
          self.draw.one_of(self.cells), [self.tf.zeros([2, 4])] * 2,
          dtype=self.tf.float32, **self.loop_scope())
      return outputs[-1].name
    if action == 9:
      self.tf.nn.dynamic_rnn(
          self.draw.one_of(self.cells), self.tf.zeros([2, 3, 4]),
          dtype=self.tf.float32, **self.loop_scope())
      return "dynamic"
    if action < 12:
      return self.enter_variable_scope()
    if action == 12:
      self.enter(self.tf.name_scope(self.draw.one_of(["n", "o"])))
      return "name scope"
    if action == 13 and self.open:
      self.open.pop().__exit__(None, None, None)
      return "left"
    if action == 14 and self.open and self.draw.below(3) == 0:
      self.tf.get_variable_scope().reuse_variables()
      return "reuse"
    return "nothing"

  def make(self):
    draw, rnn = self.draw, self.b.rnn
    kind, kwargs = draw.below(KINDS), {}
    if draw.below(4) == 0:
      kwargs["name"] = draw.one_of(["m", "n"])
    reuse = draw.below(8)
    if reuse < 2:
      kwargs["reuse"] = (True, self.tf.AUTO_REUSE)[reuse]
    if kind < 2:
      return rnn.BasicLSTMCell(4, **kwargs)
    if kind < 4:
      return rnn.GRUCell(4, **kwargs)
    if kind == 4:
      return rnn.LSTMCell(4, num_proj=4, use_peepholes=True, **kwargs)
    if kind < 10:
      return self.users[kind - 5](4, **kwargs)
    if kind < 12:
      return rnn.MultiRNNCell([
          self.made_or_new(3) for _ in range(1 + draw.below(3))])
    return self.wrap(kind, self.made_or_new(2))

  def made_or_new(self, chance):
    if self.draw.below(chance) or not self.cells:
      return self.make()
    return self.draw.one_of(self.cells)

  def wrap(self, kind, cell):
    rnn = self.b.rnn
    return {
        12: lambda: rnn.ResidualWrapper(cell),
        13: lambda: rnn.DropoutWrapper(
            cell, output_keep_prob=0.5, state_keep_prob=0.7, seed=3),
        14: lambda: rnn.DeviceWrapper(cell, "/cpu:0"),
        15: lambda: rnn.OutputProjectionWrapper(cell, 4),
        16: lambda: rnn.InputProjectionWrapper(cell, 4),
        17: lambda: rnn.HighwayWrapper(cell)}[kind]()

  def zeros(self, size):
    if isinstance(size, tuple):
      parts = [self.zeros(part) for part in size]
      return type(size)(*parts) if hasattr(size, "_fields") else tuple(parts)
    return self.tf.zeros([2, size])

  def call(self, cell):
    kwargs, choice = {}, self.draw.below(6)
    if choice == 0:
      kwargs["scope"] = self.draw.one_of(["s", "t"])
    if choice == 1:
      kwargs["scope"] = self.tf.get_variable_scope()
    if choice == 2 and self.captured:
      kwargs["scope"] = self.draw.one_of(self.captured)
    output, _ = cell(
        self.tf.zeros([2, 4]), self.zeros(cell.state_size), **kwargs)
    return output.name

  def loop_scope(self):
    return {"scope": "q"} if self.draw.below(3) == 0 else {}

  def enter(self, scope):
    entered = scope.__enter__()
    self.open.append(scope)
    return entered

  def enter_variable_scope(self):
    tf, choice = self.tf, self.draw.below(8)
    kwargs = {
        0: {"reuse": True}, 1: {"reuse": tf.AUTO_REUSE},
        2: {"reuse": tf.AUTO_REUSE},
        3: {"partitioner": tf.fixed_size_partitioner(2)},
        5: {"initializer": tf.zeros_initializer()},
        6: {"use_resource": True}}.get(choice, {})
    kwargs.update({
        0: {"custom_getter": _plainly}, 1: {"caching_device": "/cpu:0"},
        2: {"custom_getter": _not_trainable}}.get(self.draw.below(6), {}))
    if self.draw.below(4) or not self.captured:
      scope = tf.variable_scope(
          self.draw.one_of(["a", "b", "a/b", None]), "default", **kwargs)
    else:
      scope = tf.variable_scope(self.draw.one_of(self.captured), **kwargs)
    self.captured.append(self.enter(scope))
    return ">" + self.captured[-1].name


def _register(seed):
  def run(b):
    return Program(b, seed).run()
  run.__name__ = "seed_%02d" % seed
  case(run)


for _seed in SEEDS:
  _register(_seed)
