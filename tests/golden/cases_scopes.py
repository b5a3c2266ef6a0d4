"""Golden cases of direct calls, enclosing scopes and users' own cells.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import contrib
from golden.registry import nn


@case("scopes")
def direct_steps(b):
  """Two calls of one cell, as in a loop written by hand."""
  cell = nn(b).BasicLSTMCell(b.units)
  state = cell.zero_state(b.batch, b.dtype)
  outputs = []
  with b.tf.variable_scope("RNN"):
    for place, x in enumerate(b.steps()):
      if place > 0:
        b.tf.get_variable_scope().reuse_variables()
      output, state = cell(x, state)
      outputs.append(output)
  return outputs, state


@case("scopes")
def direct_scope_argument(b):
  cell = nn(b).GRUCell(b.units)
  return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size),
              scope="mine")


@case("scopes")
def direct_multi(b):
  cell = nn(b).MultiRNNCell([
      nn(b).LSTMCell(3, num_proj=2), nn(b).GRUCell(b.units)])
  x = b.input("x", [b.batch, b.depth])
  state = cell.zero_state(b.batch, b.dtype)
  first, state = cell(x, state)
  second, state = cell(x, state)
  return [first, second], state


@case("scopes")
def direct_two_cells(b):
  """Without a scope, a second cell gets the next default name."""
  x = b.input("x", [b.batch, b.depth])
  first, second = nn(b).GRUCell(b.units), nn(b).GRUCell(b.units)
  one, state = first(x, b.state(first.state_size, "one"))
  two, last = second(x, b.state(second.state_size, "two"))
  return [one, two], [state, last]


@case("scopes")
def reuse_argument(b):
  x = b.input("x", [b.batch, b.depth])
  start = b.state(b.units)
  one, state = nn(b).GRUCell(b.units, name="shared")(x, start)
  two, last = nn(b).GRUCell(b.units, name="shared", reuse=True)(x, state)
  return [one, two], [state, last]


@case("scopes")
def auto_reuse(b):
  results = []
  for name in ("x", "y"):
    with b.tf.variable_scope("shared", reuse=b.tf.AUTO_REUSE):
      results.append(b.tf.nn.dynamic_rnn(
          nn(b).BasicLSTMCell(b.units), b.sequence(name=name),
          dtype=b.dtype))
  return [r[0] for r in results], [r[1] for r in results]


@case("scopes")
def scope_reuse(b):
  results = []
  for place, name in enumerate(("x", "y")):
    with b.tf.variable_scope("shared", reuse=place > 0):
      results.append(b.tf.nn.static_rnn(
          nn(b).LSTMCell(b.units, use_peepholes=True, num_proj=3),
          b.steps(name=name), dtype=b.dtype))
  return [r[0] for r in results], [r[1] for r in results]


@case("scopes")
def scope_initializer(b):
  with b.tf.variable_scope(
      "model", initializer=b.tf.random_uniform_initializer(-0.1, 0.1)):
    return b.tf.nn.dynamic_rnn(
        nn(b).MultiRNNCell([
            nn(b).BasicLSTMCell(3), nn(b).GRUCell(b.units),
            nn(b).LSTMCell(3, use_peepholes=True)]),
        b.sequence(), dtype=b.dtype)


def _squares(b):
  def regularizer(weights):
    return 0.1 * b.tf.reduce_sum(b.tf.square(weights))
  return regularizer


def _regularized(b, result):
  outputs, state = result
  losses = b.tf.get_collection(b.tf.GraphKeys.REGULARIZATION_LOSSES)
  return [outputs] + losses, state


@case("scopes")
def scope_regularizer(b):
  with b.tf.variable_scope("model", regularizer=_squares(b)):
    return _regularized(b, b.tf.nn.dynamic_rnn(
        nn(b).GRUCell(b.units), b.sequence(), dtype=b.dtype))


@case("scopes", SINGLE)
def scope_regularizer_static(b):
  with b.tf.variable_scope(
      "model", regularizer=_squares(b),
      partitioner=b.tf.fixed_size_partitioner(2)):
    return _regularized(b, b.tf.nn.static_rnn(
        nn(b).MultiRNNCell([nn(b).BasicLSTMCell(4), nn(b).GRUCell(4)]),
        b.steps(), dtype=b.dtype))


@case("scopes", SINGLE)
def scope_regularizer_wrapper(b):
  with b.tf.variable_scope("model", regularizer=_squares(b)):
    return _regularized(b, b.tf.nn.dynamic_rnn(
        contrib(b).AttentionCellWrapper(nn(b).GRUCell(b.units), 2),
        b.sequence(), dtype=b.dtype))


@case("scopes", SINGLE)
def scope_regularizer_user_cell(b):
  with b.tf.variable_scope("model", regularizer=_squares(b)):
    return _regularized(b, b.tf.nn.dynamic_rnn(
        _plain_cell(b), b.sequence(), dtype=b.dtype))


@case("scopes", SINGLE)
def scope_regularizer_bidirectional(b):
  with b.tf.variable_scope("model", regularizer=_squares(b)):
    return _regularized(b, b.tf.nn.bidirectional_dynamic_rnn(
        nn(b).GRUCell(b.units), nn(b).LSTMCell(3, use_peepholes=True),
        b.sequence(), dtype=b.dtype))


@case("scopes", SINGLE)
def scope_regularizer_none(b):
  """A regularizer may return None: no loss for this variable."""
  def kernels_only(weights):
    return _squares(b)(weights) if weights.shape.ndims == 2 else None
  with b.tf.variable_scope("model", regularizer=kernels_only):
    return _regularized(b, b.tf.nn.dynamic_rnn(
        nn(b).BasicRNNCell(b.units), b.sequence(), dtype=b.dtype))


@case("scopes")
def scope_partitioner(b):
  with b.tf.variable_scope(
      "model", partitioner=b.tf.fixed_size_partitioner(2)):
    return b.tf.nn.dynamic_rnn(
        nn(b).LSTMCell(b.units, num_proj=4), b.sequence(), dtype=b.dtype)


@case("scopes")
def scope_custom_getter(b):
  """The getter returns half of every variable."""
  def halve(getter, name, *args, **kwargs):
    return 0.5 * getter(name, *args, **kwargs)
  with b.tf.variable_scope("model", custom_getter=halve):
    return b.tf.nn.static_rnn(
        nn(b).BasicLSTMCell(b.units), b.steps(), dtype=b.dtype)


@case("scopes")
def scope_resource(b):
  with b.tf.variable_scope("model", use_resource=True):
    return b.tf.nn.dynamic_rnn(
        nn(b).GRUCell(b.units), b.sequence(), dtype=b.dtype)


@case("scopes")
def untrainable(b):
  return b.tf.nn.dynamic_rnn(
      nn(b).BasicLSTMCell(b.units, trainable=False), b.sequence(),
      dtype=b.dtype)


# Users' own cells.

def _plain_cell(b):
  """As in 2016: `__call__` and `get_variable`."""
  tf = b.tf

  class PlainCell(tf.nn.rnn_cell.RNNCell):

    @property
    def state_size(self):
      return b.units

    @property
    def output_size(self):
      return b.units

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or type(self).__name__):
        weights = tf.get_variable("w", [b.depth + b.units, b.units], b.dtype)
        after = tf.tanh(tf.matmul(tf.concat([inputs, state], 1), weights))
      return after, after

  return PlainCell()


@case("custom")
def user_cell_call_operator(b):
  return b.tf.nn.dynamic_rnn(_plain_cell(b), b.sequence(), dtype=b.dtype)


@case("custom")
def user_cell_call_method(b):
  """`call` with `get_variable`, and a state of two parts."""
  tf = b.tf

  class LeakyCell(tf.nn.rnn_cell.RNNCell):

    def __init__(self, units):
      super(LeakyCell, self).__init__()
      self._units = units

    @property
    def state_size(self):
      return (self._units, 2)

    @property
    def output_size(self):
      return self._units

    def call(self, inputs, state):
      memory, pair = state
      drive = tf.layers.dense(inputs, self._units, name="drive")
      scale = tf.get_variable(
          "scale", [self._units], inputs.dtype, tf.ones_initializer())
      memory = 0.5 * memory + scale * tf.nn.relu(drive)
      return memory, (memory, pair + memory[:, :2])

  cell = LeakyCell(b.units)
  return tf.nn.static_rnn(cell, b.steps(), b.state(cell.state_size))


@case("custom")
def user_cell_build(b):
  """`build` with `add_variable`, `call` without variables."""
  tf = b.tf

  class BuiltCell(tf.contrib.rnn.LayerRNNCell):

    def __init__(self, units, name=None):
      super(BuiltCell, self).__init__(name=name)
      self._units = units

    @property
    def state_size(self):
      return tf.TensorShape([self._units])

    @property
    def output_size(self):
      return self._units

    def build(self, input_shape):
      depth = input_shape[1].value
      self._w = self.add_variable("w", shape=[depth, self._units])
      self._u = self.add_weight(
          "u", shape=[self._units], initializer=tf.constant_initializer(0.3))
      self.built = True

    def call(self, inputs, state):
      after = tf.sigmoid(tf.matmul(inputs, self._w) + state * self._u)
      return after, after

  cell = BuiltCell(b.units)
  return tf.nn.dynamic_rnn(
      nn(b).MultiRNNCell([cell, BuiltCell(3, name="second")]), b.sequence(),
      dtype=b.dtype)


@case("custom")
def user_cell_of_lstm(b):
  """A subclass that changes the output of the LSTM."""
  class LoudCell(nn(b).BasicLSTMCell):

    def call(self, inputs, state):
      output, state = super(LoudCell, self).call(inputs, state)
      return 2.0 * output, state

  return b.tf.nn.dynamic_rnn(LoudCell(b.units), b.sequence(), dtype=b.dtype)
