"""Users' cells whose `call` has Python control flow on tensors.

1.15 converted `call` with AutoGraph when it built a graph.
"""

from cells.measure import Registry

case = Registry("autograph")


class Base(object):
  state_size = output_size = 3


def _cell(b, call):
  """A cell with this `call`, which runs it once."""
  kind = type(call.__name__.title(), (Base, b.rnn.RNNCell), {"call": call})
  cell = kind()
  output, state = b.step(cell, 3)
  return [output.name, state.name, output.shape.as_list()]


def _outer(x):
  if x[0, 0] > 0:
    x = x + 1.0
  return x


@case
def condition(b):
  def call(self, inputs, state):
    if b.tf.reduce_sum(inputs) > 0:
      output = inputs + 1.0
    else:
      output = inputs - 1.0
    return output, state
  return _cell(b, call)


@case
def early_return(b):
  def call(self, inputs, state):
    if b.tf.reduce_sum(inputs) > 0:
      return inputs, state
    return -inputs, state
  return _cell(b, call)


@case
def while_loop(b):
  def call(self, inputs, state):
    while b.tf.reduce_sum(inputs) < 100.0:
      inputs = inputs + 10.0
    return inputs, state
  return _cell(b, call)


@case
def logic(b):
  def call(self, inputs, state):
    chosen = b.tf.reduce_sum(inputs) > 0 and b.tf.reduce_sum(state) < 1.0
    output = inputs if chosen else state
    return output, not chosen
  return _cell_pair(b, call)


def _cell_pair(b, call):
  kind = type("Logic", (Base, b.rnn.RNNCell), {"call": call})
  output, chosen = b.step(kind(), 3)
  return [output.name, chosen.name]


@case
def plain_python(b):
  def call(self, inputs, state):
    for number in range(2):
      if number == 0 and inputs is not None and not number > 3:
        inputs = inputs + len([1, 2]) if number < 3 else inputs
    return inputs, state
  return _cell(b, call)


@case
def in_a_function_that_call_calls(b):
  def call(self, inputs, state):
    return _outer(inputs), state
  return _cell(b, call)


@case
def inherited_by_super(b):
  class First(b.rnn.RNNCell):
    state_size = output_size = 3

    def call(self, inputs, state):
      kernel = b.tf.get_variable("kernel", [3, 3])
      if b.tf.reduce_sum(inputs) > 0:
        inputs = b.tf.matmul(inputs, kernel)
      return inputs, state

  class Second(First):
    def call(self, inputs, state):
      output, state = super(Second, self).call(inputs, state)
      return output + 1.0, state

  output, _ = b.step(Second(), 3)
  return [output.name]


@case
def call_itself_is_not_converted(b):
  class Old(b.rnn.RNNCell):
    state_size = output_size = 3

    def __call__(self, inputs, state, scope=None):
      if b.tf.reduce_sum(inputs) > 0:
        return inputs, state
      return inputs, state

  b.step(Old(), 3)


@case
def errors_keep_their_class(b):
  def call(self, inputs, state):
    return b.tf.matmul(inputs, b.tf.ones([7, 7])), state
  return _cell(b, call)


@case
def a_cell_without_super(b):
  """As in TensorFlow 1.0: no `super().__init__()`, its own `_scope`."""
  class Old(b.rnn.RNNCell):
    def __init__(self, size):
      self.size = size

    state_size = output_size = property(lambda self: self.size)

    def __call__(self, inputs, state, scope=None):
      with b.tf.variable_scope(scope or "old") as opened:
        if hasattr(self, "_scope"):
          assert self._scope.name == opened.name
        self._scope = opened
        kernel = b.tf.get_variable("kernel", [6, self.size])
        output = b.tf.matmul(b.tf.concat([inputs, state], 1), kernel)
      return output, output

  cell = Old(3)
  before = [sorted(vars(cell)), hasattr(cell, "_scope")]
  outputs, _ = b.tf.nn.static_rnn(
      cell, [b.x(3), b.x(3)], dtype=b.tf.float32)
  return before + [sorted(vars(cell)), outputs[1].name]
