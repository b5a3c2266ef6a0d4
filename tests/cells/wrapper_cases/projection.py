"""Cases for input and output projection, embedding, and the linear helpers."""

from .dropout import looped
from .dropout import step
from .dropout import unrolled
from .measure import attempt
from .measure import wave
from .measure import without_ops

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


# --- linear -----------------------------------------------------------------


def _linear(name, call):
  def run(k):
    a = k.tf.constant(wave(2, 3), name="a")
    b = k.tf.constant(wave(2, 4, phase=1), name="b")
    with k.tf.variable_scope("outer"):
      y = call(k, a, b)
    return {"fetch": {"y": y}, "loss": k.tf.reduce_sum(y * y), "wrt": [a],
            "name": y}
  CASES["linear_" + name] = run


_linear("one", lambda k, a, b: k.linear(a, 5, True))
_linear("list_of_one", lambda k, a, b: k.linear([a], 5, True))
_linear("two", lambda k, a, b: k.linear([a, b], 5, True))
_linear("no_bias", lambda k, a, b: k.linear((a, b), 5, False))
_linear("initializers", lambda k, a, b: k.linear(
    [a, b], 5, True, k.tf.constant_initializer(0.25),
    k.tf.constant_initializer(0.5)))
_linear("object_one", lambda k, a, b: k.Linear(a, 5, True)(a))
_linear("object_two", lambda k, a, b: k.Linear([a, b], 5, True)([a, b]))
_linear("object_no_bias", lambda k, a, b: k.Linear([a, b], 5, False)([a, b]))
_linear("object_twice", lambda k, a, b: (
    lambda f: f([a, b]) + f([a + 1.0, b]))(k.Linear(
        [a, b], 5, True, bias_initializer=k.tf.ones_initializer(),
        kernel_initializer=k.tf.constant_initializer(0.1))))


@case
def linear_partitioned(k):
  a = k.tf.constant(wave(2, 3))
  b = k.tf.constant(wave(2, 5, phase=1))
  with k.tf.variable_scope(
      "outer", partitioner=k.tf.fixed_size_partitioner(2)):
    y = k.linear([a, b], 4, True)
  return {"fetch": {"y": y}}


@without_ops
@case
def linear_regularized_and_reused(k):
  a = k.tf.constant(wave(2, 3), dtype=k.tf.float64)
  found = {}
  with k.tf.variable_scope(
      "s", regularizer=lambda v: k.tf.reduce_sum(v * v)):
    k.linear(a, 4, True)
    found["again"] = attempt(lambda: k.linear(a, 4, True))
  with k.tf.variable_scope("s", reuse=True):
    found["reused"] = attempt(lambda: k.linear(a, 4, True).shape)
    found["other size"] = attempt(lambda: k.linear(a, 5, True))
  found["losses"] = len(
      k.tf.get_collection(k.tf.GraphKeys.REGULARIZATION_LOSSES))
  return found


@without_ops
@case
def linear_errors(k):
  tf = k.tf
  found = {}
  for name, make in (("function", k.linear), ("object", k.Linear)):
    found[name] = [attempt(lambda: make(args, 3, True)) for args in (
        None, [], (), tf.zeros([2, 3, 4]), tf.zeros([2]),
        [tf.zeros([2, 3]), tf.zeros([3])],
        tf.placeholder(tf.float32, [2, None]), tf.placeholder(tf.float32))]
  return found


# --- projection -------------------------------------------------------------


@case
def input_direct(k):
  return step(k, k.rnn.InputProjectionWrapper(k.rnn.BasicLSTMCell(4), 5))


@case
def input_activation_static(k):
  return unrolled(k, k.rnn.InputProjectionWrapper(
      k.rnn.GRUCell(4), 5, activation=k.tf.nn.relu, input_size=3))


@case
def input_dynamic_float64(k):
  return looped(k, k.rnn.InputProjectionWrapper(
      k.rnn.LSTMCell(4), 5, k.tf.tanh), dtype="float64")


@case
def output_direct(k):
  return step(k, k.rnn.OutputProjectionWrapper(k.rnn.BasicLSTMCell(4), 2))


@case
def output_activation_static(k):
  return unrolled(k, k.rnn.OutputProjectionWrapper(
      k.rnn.BasicRNNCell(4), 2, activation=k.tf.nn.sigmoid))


@case
def output_dynamic(k):
  return looped(k, k.rnn.OutputProjectionWrapper(
      k.rnn.BasicLSTMCell(4, state_is_tuple=True), 1))


@case
def output_dynamic_float64(k):
  return looped(k, k.rnn.OutputProjectionWrapper(
      k.rnn.GRUCell(4), 2), dtype="float64")


@case
def both_around_a_stack_static(k):
  stack = k.rnn.MultiRNNCell([k.rnn.GRUCell(4), k.rnn.BasicLSTMCell(3)])
  return unrolled(k, k.rnn.InputProjectionWrapper(
      k.rnn.OutputProjectionWrapper(stack, 2), 5))


@case
def each_layer_projected(k):
  return unrolled(k, k.rnn.MultiRNNCell([
      k.rnn.OutputProjectionWrapper(k.rnn.GRUCell(4), 2) for _ in range(2)]))


@without_ops
@case
def wrappers_of_one_scope(k):
  """`reuse=` of the wrappers themselves."""
  tf, rnn = k.tf, k.rnn

  def attempt_in_scope(make, reuse):
    def run():
      with tf.variable_scope("s"):
        make(None)(x, state, scope="w")
        make(reuse)(x, state, scope="w")
      return [v.op.name for v in tf.global_variables()]
    with tf.Graph().as_default():
      x, state = tf.constant(wave(2, 3)), tf.zeros([2, 4])
      return attempt(run)

  makers = {
      "input": lambda r: rnn.InputProjectionWrapper(
          rnn.GRUCell(4), 3, reuse=r),
      "output": lambda r: rnn.OutputProjectionWrapper(
          rnn.GRUCell(4), 3, reuse=r),
      "attention": None,
  }
  del makers["attention"]
  return {name + str(reuse): attempt_in_scope(make, reuse)
          for name, make in sorted(makers.items())
          for reuse in (None, False, True)}


@without_ops
@case
def projection_errors(k):
  rnn = k.rnn
  cell = rnn.GRUCell(4)
  x, state = k.tf.constant(wave(2, 3)), k.tf.zeros([2, 4])
  return {
      "output 0": attempt(lambda: rnn.OutputProjectionWrapper(cell, 0)),
      "output -2": attempt(lambda: rnn.OutputProjectionWrapper(cell, -2)),
      "input 0": attempt(lambda: rnn.InputProjectionWrapper(cell, 0)),
      "no size": attempt(lambda: rnn.OutputProjectionWrapper(cell)),
      "3D": attempt(lambda: rnn.InputProjectionWrapper(cell, 3)(
          k.tf.zeros([2, 3, 4]), state)),
      "no depth": attempt(lambda: rnn.InputProjectionWrapper(cell, 3)(
          k.tf.placeholder(k.tf.float32, [None, None]), state)),
      "integers": attempt(lambda: rnn.InputProjectionWrapper(cell, 3)(
          k.tf.constant([[1, 2]]), state)),
      "name": attempt(lambda: rnn.InputProjectionWrapper(cell, 3, name="a")),
      "mixed dtypes": attempt(lambda: rnn.InputProjectionWrapper(
          rnn.GRUCell(4), 3)(k.tf.cast(x, k.tf.float64), state)),
  }


# --- embedding --------------------------------------------------------------


def symbols(k, *shape):
  count = 1
  for size in shape:
    count *= size
  return k.tf.constant(
      [(3 * i + 1) % 5 for i in range(count)], shape=shape, name="symbols")


def _embedded(k, cell, inputs=None, dtype="float32"):
  inputs = symbols(k, 2, 1) if inputs is None else inputs
  sizes = cell.state_size
  state = k.tf.nest.pack_sequence_as(sizes, [
      k.tf.constant(wave(2, size, dtype=dtype), name="state_in")
      for size in k.tf.nest.flatten(sizes)])
  output, new_state = cell(inputs, state)
  return {"fetch": {"output": output, "state": new_state},
          "loss": k.tf.reduce_sum(output * output), "names": output}


@case
def embedding_direct(k):
  return _embedded(k, k.rnn.EmbeddingWrapper(k.rnn.BasicLSTMCell(4), 5, 3))


@case
def embedding_flat_inputs_float64(k):
  return _embedded(k, k.rnn.EmbeddingWrapper(k.rnn.GRUCell(4), 5, 3),
                   symbols(k, 2), "float64")


@case
def embedding_initializer(k):
  return _embedded(k, k.rnn.EmbeddingWrapper(
      k.rnn.GRUCell(4), 5, 3, initializer=k.tf.constant_initializer(0.125)))


@case
def embedding_scope_initializer(k):
  with k.tf.variable_scope("s", initializer=k.tf.constant_initializer(2.0)):
    return _embedded(k, k.rnn.EmbeddingWrapper(k.rnn.GRUCell(4), 5, 3))


@case
def embedding_on_another_device(k):
  with k.tf.device("/job:worker/cpu:0"):
    return {"names": _embedded(k, k.rnn.EmbeddingWrapper(
        k.rnn.BasicRNNCell(4), 5, 3))["names"]}


@case
def embedding_partitioned(k):
  with k.tf.variable_scope(
      "s", partitioner=k.tf.fixed_size_partitioner(2)):
    return _embedded(k, k.rnn.EmbeddingWrapper(k.rnn.GRUCell(4), 6, 3))


@case
def embedding_static(k):
  tf = k.tf
  inputs = [symbols(k, 2, 1) for _ in range(3)]
  outputs, state = k.static_rnn(
      k.rnn.EmbeddingWrapper(k.rnn.BasicLSTMCell(4), 5, 3), inputs,
      dtype=tf.float32)
  return {"fetch": {"outputs": outputs, "state": state},
          "loss": tf.reduce_sum(outputs[-1]), "names": outputs}


@case
def embedding_dynamic(k):
  tf = k.tf
  outputs, state = k.dynamic_rnn(
      k.rnn.EmbeddingWrapper(k.rnn.GRUCell(4), 5, 3), symbols(k, 2, 4, 1),
      sequence_length=[4, 2], dtype=tf.float32)
  return {"fetch": {"outputs": outputs, "state": state},
          "loss": tf.reduce_sum(outputs * outputs)}


@without_ops
@case
def embedding_errors(k):
  rnn = k.rnn
  cell = rnn.GRUCell(4)
  stack = rnn.MultiRNNCell([rnn.MultiRNNCell([rnn.GRUCell(4)])])
  return {
      "classes 0": attempt(lambda: rnn.EmbeddingWrapper(cell, 0, 3)),
      "size 0": attempt(lambda: rnn.EmbeddingWrapper(cell, 3, 0)),
      "negative": attempt(lambda: rnn.EmbeddingWrapper(cell, -3, 2)),
      "real inputs": attempt(lambda: rnn.EmbeddingWrapper(cell, 5, 3)(
          k.tf.constant([[1.5]]), k.tf.zeros([1, 4]))),
      "nested state": attempt(lambda: rnn.EmbeddingWrapper(stack, 5, 3)(
          symbols(k, 2), stack.zero_state(2, k.tf.float32))),
      "argument": attempt(lambda: rnn.EmbeddingWrapper(
          cell, 5, 3, input_size=3)),
  }
