"""Cells as users wrote them: every way of subclassing that 1.x allowed."""

import copy

from cells.measure import Registry
from cells.measure import names

case = Registry("custom")


def _plain(b, base=None, units=3):
  """As in 2016: only `__call__`, without `super().__init__()`."""
  tf = b.tf

  class PlainCell(base or b.rnn.RNNCell):

    def __init__(self, units):
      self._units = units

    @property
    def state_size(self):
      return self._units

    @property
    def output_size(self):
      return self._units

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or type(self).__name__):
        w = tf.get_variable("w", [inputs.shape.as_list()[1] + self._units,
                                  self._units])
        after = tf.tanh(tf.matmul(tf.concat([inputs, state], 1), w))
        return after, after

  return PlainCell(units)


def _with_call(b, call, units=3, init=True, base=None, build=None, **kwargs):
  """`call(self, inputs, state)`, with or without `build`."""
  class MyCell(base or b.rnn.RNNCell):

    def __init__(self):
      if init:
        super(MyCell, self).__init__(**kwargs)
      self._units = units

    @property
    def state_size(self):
      return self._units

    @property
    def output_size(self):
      return self._units

  MyCell.call = call
  if build:
    MyCell.build = build
  return MyCell()


def _get_variable_call(b):
  def call(self, inputs, state):
    w = b.tf.get_variable("w", [inputs.shape.as_list()[1], self._units])
    after = b.tf.nn.relu(b.tf.matmul(inputs, w) + state)
    return after, after
  return call


@case
def plain_call_operator(b):
  cell = _plain(b)
  b.step(cell)
  return cell.zero_state(2, b.tf.float32).name


@case
def plain_call_operator_scope(b):
  b.step(_plain(b), scope="mine")


@case
def plain_call_operator_twice(b):
  cell = _plain(b)
  b.step(cell)
  b.step(cell)


@case
def plain_call_operator_loops(b):
  xs = [b.x(), b.x()]
  b.tf.nn.static_rnn(_plain(b), xs, dtype=b.tf.float32)
  b.tf.nn.dynamic_rnn(_plain(b), b.tf.stack(xs, 1), dtype=b.tf.float32,
                      scope="dynamic")


@case
def plain_call_operator_in_multi(b):
  """cell_0 and cell_1 keep the layers apart, even of a repeated cell."""
  cell = _plain(b)
  b.step(b.rnn.MultiRNNCell([cell, cell]))


@case
def no_base_class(b):
  class Duck(object):
    state_size = output_size = 3

    def zero_state(self, batch_size, dtype):
      return b.tf.zeros([batch_size, 3], dtype)

    def __call__(self, inputs, state, scope=None):
      return inputs[:, :3] + state, state

  b.step(b.rnn.MultiRNNCell([Duck(), b.rnn.GRUCell(2)]))


@case
def call_get_variable(b):
  cell = _with_call(b, _get_variable_call(b))
  b.step(cell)
  b.step(cell)
  return [names(cell.trainable_weights), names(cell.variables), cell.dtype,
          cell.scope_name, cell.name]


@case
def call_get_variable_scope(b):
  cell = _with_call(b, _get_variable_call(b))
  with b.tf.variable_scope("a"):
    b.step(cell, scope="mine")
  b.step(cell)
  return [names(cell.trainable_weights), cell.scope_name]


@case
def call_get_variable_two_scopes(b):
  cell = _with_call(b, _get_variable_call(b))
  with b.tf.variable_scope("a"):
    with b.tf.name_scope("inner"):
      b.step(cell)
  with b.tf.variable_scope("b"):
    b.step(cell)
    b.step(cell)


@case
def call_get_variable_reuse_argument(b):
  for reuse in (None, True):
    b.step(_with_call(b, _get_variable_call(b), _reuse=reuse))


@case
def call_get_variable_static(b):
  cell = _with_call(b, _get_variable_call(b))
  b.tf.nn.static_rnn(cell, [b.x(), b.x()], dtype=b.tf.float32)


@case
def call_get_variable_dynamic(b):
  cell = _with_call(b, _get_variable_call(b))
  x = b.tf.placeholder(b.tf.float32, [2, 3, 4])
  b.tf.nn.dynamic_rnn(cell, x, dtype=b.tf.float32)
  return names(cell.trainable_weights)


@case
def call_dense(b):
  """The cell records the variables of the layers inside it."""
  def call(self, inputs, state):
    both = b.tf.concat([inputs, state], 1)
    after = b.layers.dense(both, self._units, b.tf.tanh, name="inner")
    return after, after
  cell = _with_call(b, call)
  b.step(cell)
  b.step(cell)
  return names(cell.trainable_weights)


@case
def call_dense_unnamed(b):
  def call(self, inputs, state):
    after = (b.layers.dense(inputs, self._units)
             + b.layers.dense(state, self._units, use_bias=False))
    return after, after
  cell = _with_call(b, call)
  b.step(cell)
  b.step(cell)
  return names(cell.trainable_weights)


@case
def call_with_scope(b):
  """`call(..., scope=None)` gets the opened scope."""
  def call(self, inputs, state, scope=None):
    with b.tf.variable_scope(scope or "unused"):
      w = b.tf.get_variable("w", [4, self._units])
    return b.tf.matmul(inputs, w) + state, state
  cell = _with_call(b, call)
  b.step(cell)
  b.step(cell)
  return cell.scope_name


@case
def call_with_fixed_variable(b):
  def call(self, inputs, state):
    w = b.tf.get_variable("w", [4, self._units], trainable=False)
    u = b.tf.get_variable("u", [self._units])
    return b.tf.matmul(inputs, w) * u + state, state
  cell = _with_call(b, call)
  b.step(cell)
  return [names(cell.trainable_weights), names(cell.non_trainable_weights),
          names(cell.weights)]


@case
def call_partitioned(b):
  cell = _with_call(b, _get_variable_call(b))
  with b.tf.variable_scope("a", partitioner=b.tf.fixed_size_partitioner(2)):
    b.step(cell)
  return [w.name for w in cell.trainable_weights]


@case
def call_returns_none(b):
  def call(self, inputs, state):
    return None
  b.step(_with_call(b, call))


def _build(self, inputs_shape):
  self._w = self.add_variable("w", [int(inputs_shape[1]), self._units])
  self.built = True


def _built_call(b):
  def call(self, inputs, state):
    after = b.tf.matmul(inputs, self._w) + state
    return after, after
  return call


@case
def build_on_rnn_cell(b):
  cell = _with_call(b, _built_call(b), build=_build)
  b.step(cell)
  b.step(cell)
  return [names(cell.trainable_weights), cell.built]


@case
def build_on_layer_rnn_cell(b):
  cell = _with_call(b, _built_call(b), build=_build, base=b.rnn.LayerRNNCell)
  b.step(cell)
  b.step(cell)
  return [names(cell.trainable_weights), cell.dtype, cell.count_params()]


@case
def build_without_built(b):
  """`build` that forgets `self.built = True`."""
  def build(self, shape):
    self._w = self.add_variable("w", [int(shape[1]), self._units])
  cell = _with_call(b, _built_call(b), build=build)
  b.step(cell)
  b.step(cell)
  return cell.built


@case
def build_calls_super(b):
  def build(self, shape):
    self._w = self.add_variable("w", [int(shape[1]), self._units])
    super(type(self), self).build(shape)
  cell = _with_call(b, _built_call(b), build=build, base=b.rnn.LayerRNNCell)
  b.step(cell)
  b.step(cell)
  return cell.built


@case
def add_variable_in_call(b):
  def call(self, inputs, state):
    w = self.add_variable("w", [4, self._units])
    return b.tf.matmul(inputs, w) + state, state
  cell = _with_call(b, call)
  b.step(cell)
  b.step(cell)
  return names(cell.trainable_weights)


@case
def add_weight_arguments(b):
  tf = b.tf

  def build(self, shape):
    rows = int(shape[1])
    self._w = self.add_weight(
        "w", shape=[rows, self._units], dtype=tf.float32,
        initializer=tf.ones_initializer(),
        regularizer=lambda w: 0.5 * tf.nn.l2_loss(w),
        constraint=lambda w: tf.clip_by_value(w, 0.0, 1.0))
    self._fixed = self.add_weight("fixed", shape=[], trainable=False)
    self._count = self.add_weight("count", shape=[2], dtype=tf.int32)
    self._flag = self.add_weight("flag", shape=[2], dtype=tf.bool)
    self._shared = self.add_weight(
        "shared", shape=[3], use_resource=True,
        aggregation=tf.VariableAggregation.MEAN)
    self._read = self.add_weight(
        "read", shape=[3], synchronization=tf.VariableSynchronization.ON_READ)
    self._parts = self.add_weight(
        "parts", shape=[6, 2], partitioner=tf.fixed_size_partitioner(3))

  cell = _with_call(b, _built_call(b), build=build)
  b.step(cell)
  return [names(cell.trainable_weights), names(cell.non_trainable_weights),
          names(cell.losses), names(cell.losses),
          names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)),
          [cell._w.constraint is not None, cell._shared.dtype.name,
           cell._fixed.dtype.name]]


@case
def add_weight_regularizer_on_reuse(b):
  """The loss of a variable that exists already is not added again."""
  tf = b.tf

  def build(self, shape):
    self._w = self.add_weight("w", shape=[int(shape[1]), self._units],
                              regularizer=tf.nn.l2_loss)

  for reuse in (None, True):
    cell = _with_call(b, _built_call(b), build=build, name="one",
                      _reuse=reuse)
    b.step(cell)
  return [names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)),
          len(cell.losses)]


@case
def add_weight_initializer_names(b):
  def build(self, shape):
    for name in ("zeros", "ones", "glorot_uniform", "glorot_normal",
                 "orthogonal", "uniform", "normal", "truncated_normal",
                 "he_normal", "he_uniform", "lecun_normal", "lecun_uniform",
                 "random_uniform", "random_normal"):
      self.add_weight("v_" + name, shape=[4, 4], initializer=name)
    self._w = self.add_weight("w", shape=[int(shape[1]), self._units])
  b.step(_with_call(b, _built_call(b), build=build))


@case
def add_weight_identity(b):
  cell = _with_call(b, _built_call(b))
  cell.add_weight("v", shape=[4, 4], initializer="identity")


@case
def add_weight_constraint_names(b):
  def build(self, shape):
    self._w = self.add_weight("w", shape=[int(shape[1]), self._units])
    for name in ("non_neg", "unit_norm", "max_norm", "min_max_norm"):
      v = self.add_weight("v_" + name, shape=[4, 4], constraint=name)
      with b.tf.name_scope("constrained_" + name):
        v.constraint(v)
  b.step(_with_call(b, _built_call(b), build=build))


@case
def add_weight_trainable_on_read(b):
  cell = _with_call(b, _built_call(b))
  cell.add_weight("w", [2], trainable=True,
                  synchronization=b.tf.VariableSynchronization.ON_READ)


@case
def add_weight_unknown_argument(b):
  _with_call(b, _built_call(b)).add_weight("w", [2], colour="red")


@case
def add_weight_before_any_call(b):
  cell = _with_call(b, _built_call(b))
  cell.add_weight("w", [2])
  return [cell.scope_name, cell.dtype, names(cell.weights)]


@case
def add_loss_and_update(b):
  tf = b.tf

  def call(self, inputs, state):
    self.add_loss(tf.reduce_sum(inputs), inputs=inputs)
    self.add_loss(lambda: tf.constant(2.0))
    count = tf.get_variable("count", [], initializer=tf.zeros_initializer(),
                            trainable=False)
    self.add_update(tf.assign_add(count, 1.0))
    return inputs[:, :3], state

  cell = _with_call(b, call)
  b.step(cell)
  return [names(cell.losses), names(cell.updates),
          names(cell.get_losses_for(None)),
          names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)),
          names(tf.get_collection(tf.GraphKeys.UPDATE_OPS))]


@case
def activity_regularizer(b):
  cell = b.rnn.GRUCell(3, activity_regularizer=b.tf.nn.l2_loss)
  b.step(cell)
  return names(cell.losses)


@case
def nested_state(b):
  """Sizes as ints, shapes, lists, dicts, tuples."""
  tf = b.tf

  class Nested(b.rnn.RNNCell):
    state_size = (3, [tf.TensorShape([2, 5]), 4],
                  b.rnn.LSTMStateTuple(1, tf.TensorShape([])))
    output_size = tf.TensorShape([2, 5])

    def call(self, inputs, state):
      return state[1][0], state

  cell = Nested()
  fixed = cell.zero_state(2, tf.float32)
  open_ = cell.zero_state(tf.placeholder(tf.int32, []), tf.float64)
  output, state = cell(b.x(), fixed)
  flat = [fixed[0], fixed[1][0], fixed[1][1], fixed[2].c, fixed[2].h,
          open_[0], open_[1][0], open_[1][1], open_[2].c, open_[2].h]
  return [[t.name, str(t.shape), t.dtype.name] for t in flat] + [
      output.name, type(state[1]).__name__, type(fixed[2]).__name__]


@case
def subclass_of_core(b):
  class Loud(b.rnn.BasicLSTMCell):

    def call(self, inputs, state):
      output, state = super(Loud, self).call(inputs, state)
      return 2.0 * output, state

  class LoudGRUCell2(b.rnn.GRUCell):

    def __call__(self, inputs, state, scope=None):
      output, state = super(LoudGRUCell2, self).__call__(
          inputs, state, scope)
      return 2.0 * output, state

  b.step(Loud(3))
  b.step(LoudGRUCell2(3))
  b.step(LoudGRUCell2(3), scope="mine")


@case
def class_names_as_scopes(b):
  said = []
  for name in ("LSTMCell", "MyGRUCell2", "NASCell", "Conv1DLSTMCell", "XA1Bb",
               "_Private", "__Two", "lower", "Snake_Case", "ABTest",
               "RNN", "X"):
    cell = type(name, (b.rnn.RNNCell,), {
        "state_size": 3, "output_size": 3,
        "call": lambda self, inputs, state: (
            state, state + b.tf.get_variable("v", [3]))})()
    b.step(cell)
    said.append(cell.scope_name)
  return said


@case
def deepcopy_unbuilt(b):
  cell = b.rnn.BasicLSTMCell(3)
  cells = [copy.deepcopy(cell) for _ in range(2)]
  b.step(b.rnn.MultiRNNCell(cells))
  b.step(cell)
  return [one.name for one in cells + [cell]]


@case
def deepcopy_unbuilt_multi(b):
  cell = b.rnn.MultiRNNCell([b.rnn.GRUCell(3), b.rnn.GRUCell(2)])
  twin = copy.deepcopy(cell)
  with b.tf.variable_scope("a"):
    b.step(cell)
  with b.tf.variable_scope("b"):
    b.step(twin)
  return [names(cell.weights), names(twin.weights)]


@case
def deepcopy_built(b):
  cell = b.rnn.GRUCell(3)
  b.step(cell)
  copy.deepcopy(cell)


@case
def deepcopy_built_get_variable(b):
  cell = _with_call(b, _get_variable_call(b))
  b.step(cell)
  copy.deepcopy(cell)


@case
def deepcopy_multi_of_built(b):
  inner = b.rnn.GRUCell(3)
  b.step(inner)
  copy.deepcopy(b.rnn.MultiRNNCell([inner]))


@case
def deepcopy_with_scope(b):
  cell = b.rnn.GRUCell(3, _scope="mine")
  twin = copy.deepcopy(cell)
  b.step(twin)
  return [twin.scope_name, twin._scope is cell._scope]


@case
def deepcopy_user_cell(b):
  cell = _plain(b)
  twin = copy.deepcopy(cell)
  b.step(twin)
  return [twin.state_size, twin is cell]


@case
def deepcopy_with_tensor(b):
  cell = _with_call(b, _get_variable_call(b))
  cell.gain = b.tf.constant(2.0)
  cell.gains = [b.tf.constant(2.0)]
  cell.table = {"a": [1, 2]}
  twin = copy.deepcopy(cell)
  return [twin.gain is cell.gain, twin.gains[0] is cell.gains[0],
          twin.table is cell.table, twin.table == cell.table]
