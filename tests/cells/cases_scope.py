"""Names, reuse, and what cells inherit from an enclosing scope."""

from cells.measure import Registry
from cells.measure import names

case = Registry("scope")


def _lstm(b, **kwargs):
  return b.rnn.BasicLSTMCell(3, **kwargs)


@case
def default_names(b):
  for make in (b.rnn.BasicRNNCell, b.rnn.BasicLSTMCell, b.rnn.LSTMCell,
               b.rnn.GRUCell):
    b.step(make(3))


@case
def two_cells_one_scope(b):
  with b.tf.variable_scope("a"):
    b.step(_lstm(b))
    b.step(_lstm(b))


@case
def two_cells_scope_entered_twice(b):
  """The counter of default names restarts, so the second cell must fail."""
  for _ in range(2):
    with b.tf.variable_scope("a"):
      b.step(_lstm(b))


@case
def two_cells_scope_entered_twice_auto_reuse(b):
  for _ in range(2):
    with b.tf.variable_scope("a", reuse=b.tf.AUTO_REUSE):
      b.step(_lstm(b))


@case
def one_cell_two_scopes(b):
  cell = _lstm(b)
  with b.tf.variable_scope("a"):
    first, _ = b.step(cell)
  with b.tf.variable_scope("b"):
    second, _ = b.step(cell)
  return [first.name, second.name, cell.scope_name]


@case
def one_cell_two_scopes_multi(b):
  cell = b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)])
  with b.tf.variable_scope("a"):
    first, _ = b.step(cell)
  with b.tf.variable_scope("b"):
    second, _ = b.step(cell)
  return [first.name, second.name]


@case
def named_cell(b):
  b.step(_lstm(b, name="mine"))
  with b.tf.variable_scope("outer"):
    b.step(b.rnn.GRUCell(3, name="mine"))


@case
def named_twice(b):
  b.step(_lstm(b, name="mine"))
  b.step(_lstm(b, name="mine"))


@case
def named_twice_reuse(b):
  b.step(_lstm(b, name="mine"))
  b.step(_lstm(b, name="mine", reuse=True))


@case
def name_with_slash(b):
  b.step(_lstm(b, name="outer/mine"))


@case
def reuse_true_without_variables(b):
  b.step(_lstm(b, reuse=True))


@case
def reuse_true_default_name(b):
  b.step(_lstm(b))
  b.step(_lstm(b, reuse=True))


@case
def reuse_false(b):
  b.step(_lstm(b, reuse=False))
  b.step(_lstm(b, reuse=False))


@case
def reuse_auto(b):
  b.step(_lstm(b, reuse=b.tf.AUTO_REUSE))
  b.step(_lstm(b, reuse=b.tf.AUTO_REUSE))


@case
def reuse_auto_named(b):
  for _ in range(2):
    b.step(_lstm(b, name="mine", reuse=b.tf.AUTO_REUSE))


@case
def reuse_of_the_scope(b):
  with b.tf.variable_scope("a"):
    b.step(_lstm(b))
  with b.tf.variable_scope("a", reuse=True):
    b.step(_lstm(b))


@case
def reuse_of_the_scope_without_variables(b):
  with b.tf.variable_scope("a", reuse=True):
    b.step(_lstm(b))


@case
def reuse_variables_between_steps(b):
  cell = _lstm(b)
  state = cell.zero_state(2, b.tf.float32)
  with b.tf.variable_scope("RNN") as scope:
    for time in range(3):
      if time:
        scope.reuse_variables()
      _, state = cell(b.x(), state)


@case
def make_cell_between_steps(b):
  """A new cell object for each step, with reuse: the idiom of 1.0."""
  with b.tf.variable_scope("RNN") as scope:
    state = _lstm(b).zero_state(2, b.tf.float32)
    for time in range(3):
      if time:
        scope.reuse_variables()
      _, state = _lstm(b)(b.x(), state)


@case
def shape_differs_on_reuse(b):
  with b.tf.variable_scope("a"):
    b.step(_lstm(b))
  with b.tf.variable_scope("a", reuse=True):
    b.step(_lstm(b), depth=7)


@case
def second_call_other_depth(b):
  cell = _lstm(b)
  b.step(cell)
  b.step(cell, depth=7)


@case
def scope_argument_string(b):
  cell = _lstm(b)
  b.step(cell, scope="mine")
  return cell.scope_name


@case
def scope_argument_twice_by_two_cells(b):
  b.step(_lstm(b), scope="mine")
  b.step(_lstm(b), scope="mine")


@case
def scope_argument_second_call_other(b):
  cell = _lstm(b)
  b.step(cell, scope="mine")
  b.step(cell, scope="other")
  return cell.scope_name


@case
def scope_argument_object(b):
  with b.tf.variable_scope("a") as scope:
    pass
  b.step(_lstm(b), scope=scope)


@case
def scope_argument_current(b):
  with b.tf.variable_scope("a"):
    b.step(_lstm(b), scope=b.tf.get_variable_scope())


@case
def scope_argument_root(b):
  b.step(_lstm(b), scope=b.tf.get_variable_scope())
  b.step(b.rnn.GRUCell(3), scope=b.tf.get_variable_scope())


@case
def scope_argument_multi(b):
  cell = b.rnn.MultiRNNCell([_lstm(b), _lstm(b)])
  b.step(cell, scope="mine")
  b.step(cell, scope="mine")
  return cell.scope_name


@case
def scope_argument_multi_root(b):
  cell = b.rnn.MultiRNNCell([_lstm(b), _lstm(b)])
  b.step(cell, scope=b.tf.get_variable_scope())
  b.step(cell)
  return cell.scope_name


@case
def constructor_scope(b):
  cell = _lstm(b, _scope="mine")
  b.step(cell)
  return cell.scope_name


@case
def multi_called_twice(b):
  cell = b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)])
  with b.tf.variable_scope("a"):
    b.step(cell)
    b.step(cell)
  b.step(cell)


@case
def multi_of_multi(b):
  inner = b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)])
  b.step(b.rnn.MultiRNNCell([inner, b.rnn.BasicRNNCell(3)]))


@case
def multi_twice_in_one_scope(b):
  for _ in range(2):
    b.step(b.rnn.MultiRNNCell([_lstm(b)]))


@case
def multi_repeated_object(b):
  """Depth and units agree: one set of variables for all layers."""
  cell = b.rnn.MultiRNNCell([_lstm(b)] * 2)
  b.step(cell, depth=3)
  return names(cell.trainable_weights)


@case
def multi_repeated_object_other_depth(b):
  b.step(b.rnn.MultiRNNCell([_lstm(b)] * 2))


@case
def name_scope_only(b):
  with b.tf.name_scope("n"):
    b.step(_lstm(b))
    b.step(_lstm(b))


@case
def captured_in_name_scope(b):
  """Ops of later calls are in the name scope of the first call."""
  cell = _lstm(b)
  with b.tf.name_scope("n"):
    with b.tf.variable_scope("a"):
      b.step(cell)
  with b.tf.name_scope("m"):
    output, _ = b.step(cell)
  return output.name


@case
def scope_initializer(b):
  with b.tf.variable_scope(
      "a", initializer=b.tf.truncated_normal_initializer(stddev=0.1)):
    b.step(b.rnn.LSTMCell(3, use_peepholes=True, num_proj=2))
    b.step(b.rnn.LSTMCell(3, initializer=b.tf.orthogonal_initializer()))
    b.step(b.rnn.GRUCell(3))


@case
def scope_regularizer(b):
  with b.tf.variable_scope("a", regularizer=b.tf.nn.l2_loss):
    b.step(b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)]))
  return names(b.tf.get_collection(b.tf.GraphKeys.REGULARIZATION_LOSSES))


@case
def scope_partitioner(b):
  with b.tf.variable_scope(
      "a", partitioner=b.tf.fixed_size_partitioner(3)):
    cell = b.rnn.LSTMCell(3, num_proj=3)
    b.step(cell)
    b.step(cell)
  return [w.name for w in cell.trainable_weights]


@case
def scope_dtype(b):
  with b.tf.variable_scope("a", dtype=b.tf.float64):
    b.step(_lstm(b))
    b.step(_lstm(b), dtype=b.tf.float64)


@case
def scope_use_resource(b):
  with b.tf.variable_scope("a", use_resource=True):
    b.step(b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)]))


@case
def scope_caching_device(b):
  with b.tf.variable_scope("a", caching_device="/cpu:0"):
    cell = _lstm(b)
    b.step(cell)
  return [op.name + " " + op.device for op in
          b.tf.get_default_graph().get_operations() if op.device]


@case
def device_of_variables(b):
  with b.tf.device("/cpu:0"):
    b.step(_lstm(b))
  return [v.device for v in b.tf.global_variables()]


@case
def scope_constraint(b):
  with b.tf.variable_scope("a", constraint=lambda w: w):
    cell = _lstm(b)
    b.step(cell)
  return [w.constraint is not None for w in cell.weights]


@case
def custom_getter_records(b):
  seen = []

  def watch(getter, name, *args, **kwargs):
    seen.append([name, kwargs["trainable"], str(kwargs["dtype"]),
                 type(kwargs["initializer"]).__name__, kwargs["reuse"]])
    return getter(name, *args, **kwargs)

  cell = b.rnn.LSTMCell(3, num_proj=2)
  with b.tf.variable_scope("a", custom_getter=watch):
    b.step(cell)
    b.step(cell)
  return seen


@case
def custom_getter_not_trainable(b):
  def watch(getter, name, *args, **kwargs):
    kwargs["trainable"] = False
    return getter(name, *args, **kwargs)

  cells = [_lstm(b), b.rnn.MultiRNNCell([b.rnn.GRUCell(2)])]
  with b.tf.variable_scope("a", custom_getter=watch):
    for cell in cells:
      b.step(cell)
  return [[names(cell.trainable_weights), names(cell.non_trainable_weights)]
          for cell in cells]


@case
def collections_of_variables(b):
  b.step(_lstm(b, trainable=False))
  b.step(b.rnn.GRUCell(2))
  tf = b.tf
  return [names(tf.trainable_variables()), names(tf.global_variables()),
          names(tf.model_variables())]


@case
def static_rnn_with_scope(b):
  xs = [b.x() for _ in range(2)]
  with b.tf.variable_scope("a"):
    b.tf.nn.static_rnn(_lstm(b), xs, dtype=b.tf.float32, scope="loop")
    b.tf.nn.static_rnn(_lstm(b), xs, dtype=b.tf.float32)


@case
def static_rnn_same_cell_twice(b):
  xs = [b.x() for _ in range(2)]
  cell = b.rnn.MultiRNNCell([_lstm(b), _lstm(b)])
  b.tf.nn.static_rnn(cell, xs, dtype=b.tf.float32)
  b.tf.nn.static_rnn(cell, xs, dtype=b.tf.float32, scope="again")


@case
def static_rnn_other_cell_twice(b):
  xs = [b.x() for _ in range(2)]
  b.tf.nn.static_rnn(_lstm(b), xs, dtype=b.tf.float32)
  b.tf.nn.static_rnn(_lstm(b), xs, dtype=b.tf.float32)


@case
def dynamic_rnn_then_step(b):
  """Trained in a loop, then fed step by step: one set of variables."""
  cell = b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)])
  x = b.tf.placeholder(b.tf.float32, [2, 3, 4])
  b.tf.nn.dynamic_rnn(cell, x, dtype=b.tf.float32)
  output, _ = b.step(cell)
  return [names(b.tf.global_variables()), output.name]


@case
def step_then_dynamic_rnn(b):
  cell = b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)])
  output, _ = b.step(cell)
  x = b.tf.placeholder(b.tf.float32, [2, 3, 4])
  outputs, _ = b.tf.nn.dynamic_rnn(cell, x, dtype=b.tf.float32)
  return [names(b.tf.global_variables()), output.name]


@case
def dynamic_rnn_reuse_by_scope(b):
  """A training and an inference network share one set of variables."""
  for reuse in (None, True):
    with b.tf.variable_scope("model", reuse=reuse):
      cell = b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)])
      x = b.tf.placeholder(b.tf.float32, [2, 3, 4])
      b.tf.nn.dynamic_rnn(cell, x, dtype=b.tf.float32)


@case
def scope_regularizer_in_a_loop(b):
  """The loss of a variable made in a loop's body is outside the loop."""
  with b.tf.variable_scope("a", regularizer=b.tf.nn.l2_loss):
    x = b.tf.placeholder(b.tf.float32, [2, 3, 4])
    b.tf.nn.dynamic_rnn(
        b.rnn.MultiRNNCell([_lstm(b), b.rnn.GRUCell(2)]), x,
        dtype=b.tf.float32)
  losses = b.tf.get_collection(b.tf.GraphKeys.REGULARIZATION_LOSSES)
  b.tf.add_n(losses, name="total")
  return names(losses)


@case
def scope_regularizer_in_user_cell(b):
  tf = b.tf

  class Mine(b.rnn.RNNCell):
    state_size = output_size = 4

    def call(self, inputs, state):
      return state, state + inputs * tf.get_variable("w", [4])

  with tf.variable_scope("a", regularizer=tf.nn.l2_loss):
    cell = Mine()
    b.step(cell)
    b.step(cell)
    b.step(Mine(), scope="other")
    tf.nn.dynamic_rnn(Mine(), tf.placeholder(tf.float32, [2, 3, 4]),
                      dtype=tf.float32)
  return names(tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES))


@case
def scope_regularizer_none(b):
  with b.tf.variable_scope("a", regularizer=b.tf.no_regularizer):
    b.step(_lstm(b))
  return b.tf.get_collection(b.tf.GraphKeys.REGULARIZATION_LOSSES)
