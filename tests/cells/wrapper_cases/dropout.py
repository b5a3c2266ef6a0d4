"""Cases for the dropout function and `DropoutWrapper`."""

import collections

import numpy as np

from .measure import attempt
from .measure import wave
from .measure import without_ops

CASES = {}


def case(function):
  CASES[function.__name__] = function
  return function


# --- the function -----------------------------------------------------------


def _function(name, call, dtype="float32", shape=(3, 5)):
  def run(k):
    x = k.tf.constant(wave(*shape, dtype=dtype), name="x_in")
    y = call(k, x)
    return {"fetch": {"y": y}, "loss": k.tf.reduce_sum(y * y), "wrt": [x],
            "shape": y.shape}
  # The square and its sum come after the dropout, and the gradients are not
  # written down: only what dropout itself builds.
  CASES["function_" + name] = run


_function("keep_prob", lambda k, x: k.dropout(x, 0.7, seed=3))
_function("rate", lambda k, x: k.dropout(x, rate=0.3, seed=3, name="mine"))
_function("float64", lambda k, x: k.dropout(x, 0.4, seed=9), dtype="float64")
_function("float16", lambda k, x: k.dropout(x, 0.5, seed=9), dtype="float16")
_function("noise_row", lambda k, x: k.dropout(
    x, 0.5, noise_shape=[3, 1], seed=4))
_function("noise_unknown_size", lambda k, x: k.dropout(
    x, 0.5, noise_shape=[None, 1], seed=4))
_function("noise_of_tensors", lambda k, x: k.dropout(
    x, 0.5, noise_shape=[k.tf.shape(x)[0], 1], seed=4))
_function("noise_tensor", lambda k, x: k.dropout(
    x, 0.5, noise_shape=k.tf.constant([1, 5]), seed=4))
_function("noise_scalar", lambda k, x: k.dropout(
    x, 0.5, noise_shape=[], seed=4))
_function("tensor_keep_prob", lambda k, x: k.dropout(
    x, k.tf.placeholder_with_default(0.3, []), seed=3))
_function("tensor_rate", lambda k, x: k.dropout(
    x, rate=k.tf.constant(0.3), seed=3))
_function("keep_all", lambda k, x: k.dropout(x, 1.0))
_function("keep_all_tensor", lambda k, x: k.dropout(
    x, rate=k.tf.constant(0.0)))
_function("rank_3", lambda k, x: k.dropout(x, 0.5, seed=2**31 - 2),
          shape=(2, 3, 2))


@case
def function_unknown_shape(k):
  x = k.tf.placeholder_with_default(wave(2, 3), [None, 3])
  y = k.dropout(x, 0.5, seed=1)
  return {"fetch": {"y": y}, "shape": y.shape}


@without_ops
@case
def function_errors(k):
  x = k.tf.constant(wave(2, 3))
  return {
      "keep 0": attempt(lambda: k.dropout(x, 0.0)),
      "keep above 1": attempt(lambda: k.dropout(x, 1.1)),
      "rate below 0": attempt(lambda: k.dropout(x, rate=-0.1)),
      "both": attempt(lambda: k.dropout(x, 0.5, rate=0.5)),
      "neither": attempt(lambda: k.dropout(x)),
      "string": attempt(lambda: k.dropout(x, "a")),
      "integers": attempt(lambda: k.dropout(k.tf.constant([1, 2]), 0.5)),
      "vector": attempt(lambda: k.dropout(x, k.tf.constant([0.5, 0.5]))),
      "list": attempt(lambda: k.dropout(x, [0.5, 0.5])),
  }


# --- the wrapper ------------------------------------------------------------


def step(k, cell, inputs=None, state=None, scope=None):
  """One direct call, with all facts to compare."""
  tf = k.tf
  if inputs is None:
    inputs = tf.constant(wave(2, 3), name="inputs_in")
  if state is None:
    sizes = cell.state_size
    state = tf.nest.pack_sequence_as(sizes, [
        tf.constant(wave(2, size, phase=1.0 + size), name="state_in")
        for size in tf.nest.flatten(sizes)])
  output, new_state = cell(inputs, state, scope=scope)
  leaves = tf.nest.flatten((output, new_state))
  return {
      "fetch": {"output": output, "state": new_state},
      "loss": sum(tf.reduce_sum(leaf * leaf) for leaf in leaves),
      "wrt": tf.nest.flatten((inputs, state)),
      "names": leaves,
  }


def unrolled(k, cell, steps=3, depth=3, dtype="float32"):
  """`static_rnn` from the zero state."""
  tf = k.tf
  inputs = [tf.constant(wave(2, depth, phase=t, dtype=dtype), name="inputs_in")
            for t in range(steps)]
  outputs, state = k.static_rnn(cell, inputs, dtype=dtype)
  leaves = tf.nest.flatten((outputs, state))
  return {
      "fetch": {"outputs": outputs, "state": state},
      "loss": sum(tf.reduce_sum(leaf * leaf) for leaf in leaves),
      "wrt": inputs,
      "names": leaves,
  }


def looped(k, cell, steps=4, depth=3, dtype="float32", lengths=(4, 2)):
  """`dynamic_rnn` with lengths, from the zero state.

  One iteration at a time, or else steps race for the next random numbers.
  """
  tf = k.tf
  inputs = tf.constant(wave(2, steps, depth, dtype=dtype), name="inputs_in")
  outputs, state = k.dynamic_rnn(
      cell, inputs, sequence_length=list(lengths), dtype=dtype,
      parallel_iterations=1)
  leaves = tf.nest.flatten((outputs, state))
  return {
      "fetch": {"outputs": outputs, "state": state},
      "loss": sum(tf.reduce_sum(leaf * leaf) for leaf in leaves),
      "wrt": [inputs],
  }


@case
def all_three_direct(k):
  return step(k, k.rnn.DropoutWrapper(
      k.rnn.BasicLSTMCell(4), 0.5, 0.6, 0.7, seed=11))


@case
def all_three_static(k):
  return unrolled(k, k.rnn.DropoutWrapper(
      k.rnn.BasicLSTMCell(4), 0.5, 0.6, 0.7, seed=11))


@case
def all_three_dynamic(k):
  return looped(k, k.rnn.DropoutWrapper(
      k.rnn.BasicLSTMCell(4), 0.5, 0.6, 0.7, seed=11))


@case
def float64_static(k):
  return unrolled(k, k.rnn.DropoutWrapper(
      k.rnn.GRUCell(4), 0.5, 0.6, 0.7, seed=11), dtype="float64")


@case
def tensor_keep_probs(k):
  keep = k.tf.placeholder_with_default(0.6, [], name="keep")
  return step(k, k.rnn.DropoutWrapper(
      k.rnn.BasicRNNCell(4), keep, keep, keep, seed=5))


@case
def no_dropout(k):
  tf = k.tf
  cell = k.rnn.DropoutWrapper(
      k.rnn.BasicRNNCell(4), 1, tf.constant(1.0), 1.0, seed=5)
  found = step(k, cell)
  found["keep"] = [cell._input_keep_prob, cell._output_keep_prob,
                   cell._state_keep_prob]
  return found


@case
def gru_state(k):
  return step(k, k.rnn.DropoutWrapper(
      k.rnn.GRUCell(4), state_keep_prob=0.5, seed=2))


@case
def concatenated_lstm_state(k):
  return step(k, k.rnn.DropoutWrapper(
      k.rnn.BasicLSTMCell(4, state_is_tuple=False), state_keep_prob=0.5,
      seed=2))


@case
def around_a_stack(k):
  stack = k.rnn.MultiRNNCell(
      [k.rnn.BasicLSTMCell(4), k.rnn.GRUCell(3), k.rnn.BasicLSTMCell(2)])
  return step(k, k.rnn.DropoutWrapper(stack, 0.5, 0.5, 0.5, seed=8))


@case
def in_a_stack_dynamic(k):
  layers = [k.rnn.DropoutWrapper(
      k.rnn.BasicLSTMCell(4), output_keep_prob=0.5, seed=20 + i)
            for i in range(3)]
  return looped(k, k.rnn.MultiRNNCell(layers))


@case
def in_a_stack_static(k):
  layers = [k.rnn.DropoutWrapper(
      k.rnn.GRUCell(4), output_keep_prob=0.5, seed=20 + i) for i in range(2)]
  return unrolled(k, k.rnn.MultiRNNCell(layers))


@case
def variational_direct(k):
  return step(k, k.rnn.DropoutWrapper(
      k.rnn.BasicLSTMCell(4), 0.5, 0.6, 0.7, variational_recurrent=True,
      input_size=3, dtype=k.tf.float32, seed=11))


@case
def variational_static(k):
  return unrolled(k, k.rnn.DropoutWrapper(
      k.rnn.BasicLSTMCell(4), 0.5, 0.6, 0.7, variational_recurrent=True,
      input_size=k.tf.TensorShape([3]), dtype=k.tf.float32, seed=11))


@case
def variational_dynamic_float64(k):
  return looped(k, k.rnn.DropoutWrapper(
      k.rnn.GRUCell(4), 0.5, 0.6, 0.7, variational_recurrent=True,
      input_size=3, dtype=k.tf.float64, seed=11), dtype="float64")


@case
def variational_tensors(k):
  keep = k.tf.placeholder_with_default(0.6, [], name="keep")
  return step(k, k.rnn.DropoutWrapper(
      k.rnn.GRUCell(4), keep, keep, keep, variational_recurrent=True,
      input_size=3, dtype=k.tf.float32, seed=11))


@case
def variational_output_only(k):
  return step(k, k.rnn.DropoutWrapper(
      k.rnn.BasicLSTMCell(4), output_keep_prob=0.5,
      variational_recurrent=True, dtype=k.tf.float32, seed=11))


@case
def variational_around_a_stack(k):
  stack = k.rnn.MultiRNNCell([k.rnn.BasicLSTMCell(4), k.rnn.GRUCell(3)])
  return step(k, k.rnn.DropoutWrapper(
      stack, 1.0, 0.5, 0.5, variational_recurrent=True, dtype="float32",
      seed=8))


def _filtered(name, visitor):
  def run(k):
    stack = k.rnn.MultiRNNCell([k.rnn.BasicLSTMCell(4), k.rnn.GRUCell(3)])
    return step(k, k.rnn.DropoutWrapper(
        stack, state_keep_prob=0.5, seed=6,
        dropout_state_filter_visitor=lambda state: visitor(k, state)))
  CASES["filter_" + name] = run


_filtered("everything", lambda k, state: True)
_filtered("nothing", lambda k, state: False)
_filtered("second_layer", lambda k, state: (
    (False, True) if len(k.tf.nest.flatten(state)) == 3 else True))
_filtered("memory_only", lambda k, state: (
    k.rnn.LSTMStateTuple(c=True, h=False)
    if isinstance(state, k.rnn.LSTMStateTuple) else True))


@case
def nested_inputs_and_dict_state(k):
  """A user's own cell, with pairs as inputs and a dict as state."""
  tf = k.tf

  class Pair(k.rnn.RNNCell):

    @property
    def state_size(self):
      return collections.OrderedDict([("b", 3), ("a", 2)])

    @property
    def output_size(self):
      return (3, 2)

    def call(self, inputs, state):
      left, right = inputs
      new = collections.OrderedDict(
          [("b", state["b"] + left), ("a", state["a"] * right)])
      return (left - state["b"], right), new

  cell = k.rnn.DropoutWrapper(Pair(), 0.5, 0.5, 0.5, seed=1)
  inputs = (tf.constant(wave(2, 3)), tf.constant(wave(2, 2)))
  state = {"a": tf.constant(wave(2, 2, phase=2)),
           "b": tf.constant(wave(2, 3, phase=3))}
  return step(k, cell, inputs, state)


@case
def seeds(k):
  found = {}
  for seed in (0, 1, 42, -7, 2**40, "text"):
    cell = k.rnn.DropoutWrapper(k.rnn.GRUCell(2), seed=seed)
    found[str(seed)] = [cell._gen_seed(prefix, index)
                        for prefix in ("input", "state", "output")
                        for index in (0, 1, 12)]
  found["None"] = k.rnn.DropoutWrapper(k.rnn.GRUCell(2))._gen_seed("input", 0)
  return {"seeds": found}


@case
def device_outside(k):
  with k.tf.device("/cpu:0"):
    return step(k, k.rnn.DropoutWrapper(k.rnn.GRUCell(4), 0.5, seed=1))


@without_ops
@case
def errors(k):
  tf, rnn = k.tf, k.rnn
  wrap = rnn.DropoutWrapper

  def make(*args, **kwargs):
    return attempt(lambda: wrap(rnn.BasicLSTMCell(4), *args, **kwargs))

  def called(*args, **kwargs):
    return attempt(lambda: step(k, wrap(rnn.GRUCell(4), *args, **kwargs)))

  return {
      "input above 1": make(1.1),
      "output below 0": make(1.0, -0.1),
      "state above 1": make(state_keep_prob=2),
      "tensor above 1": make(tf.constant(1.5)),
      "None": make(None),
      "visitor": make(dropout_state_filter_visitor=3),
      "variational without dtype": make(
          0.5, variational_recurrent=True, input_size=3),
      "variational without input_size": make(
          0.5, variational_recurrent=True, dtype=tf.float32),
      "variational tensor without input_size": make(
          tf.placeholder(tf.float32, []), variational_recurrent=True,
          dtype=tf.float32),
      "unknown argument": make(keep_prob=0.5),
      "no cell": attempt(lambda: wrap(3)),
      "no arguments": attempt(lambda: wrap()),
      "keep nothing": called(0.0),
      "keep nothing of the state": called(1.0, 1.0, 0.0),
      "visitor says a number": called(
          state_keep_prob=0.5, dropout_state_filter_visitor=lambda s: 1),
      "visitor says a nest for a tensor": called(
          state_keep_prob=0.5,
          dropout_state_filter_visitor=lambda s: (True, False)),
      "visitor says another nest": attempt(lambda: step(k, wrap(
          rnn.BasicLSTMCell(4), state_keep_prob=0.5,
          dropout_state_filter_visitor=lambda s: (True, False)))),
      "visitor says too few": attempt(lambda: step(k, wrap(
          rnn.MultiRNNCell([rnn.GRUCell(2), rnn.GRUCell(2)]),
          state_keep_prob=0.5,
          dropout_state_filter_visitor=lambda s: (True,)))),
      "vector keep_prob": called(tf.placeholder(tf.float32, [2])),
  }


@without_ops
@case
def configuration(k):
  rnn = k.rnn
  cell = rnn.DropoutWrapper(
      rnn.GRUCell(4), 0.5, 0.75, 0.25, seed=3, name="mine",
      dropout_state_filter_visitor=lambda state: False)
  config = cell.get_config()
  found = {"keys": sorted(config), "name": config["name"],
           "cell keys": sorted(config["cell"]),
           "kind": config["dropout_fn_type"]}
  found["numbers"] = [config[key] for key in (
      "input_keep_prob", "output_keep_prob", "state_keep_prob", "seed",
      "variational_recurrent", "input_size", "dtype", "trainable")]
  found["cell as it is"] = attempt(
      lambda: rnn.DropoutWrapper.from_config(config))
  config["cell"] = rnn.GRUCell(2)
  again = rnn.DropoutWrapper.from_config(config)
  found["again"] = [
      again.name, again.state_size, again._input_keep_prob, again._seed,
      again._dropout_state_filter(None)]
  return found


@without_ops
@case
def kinds_of_keep_prob(k):
  tf, rnn = k.tf, k.rnn
  found = {}
  for name, keep in (
      ("float", 0.3), ("float32", np.float32(0.3)),
      ("float64", np.float64(0.3)), ("int", 1), ("bool", True),
      ("array", np.array([0.5])), ("constant64", tf.constant(0.3, tf.float64)),
      ("computed", tf.constant(0.5) * 0.5),
      ("variable", tf.Variable(0.5, name="keep")),
      ("placeholder", tf.placeholder(tf.float32, [], name="keep_in"))):
    found[name] = attempt(
        lambda: rnn.DropoutWrapper(rnn.GRUCell(2), keep)._input_keep_prob)
  return found


@without_ops
@case
def subclass(k):
  """Programs override the methods that 1.15's class had."""
  tf = k.tf

  class Louder(k.rnn.DropoutWrapper):

    def __init__(self, cell, **kwargs):
      super(Louder, self).__init__(cell, 0.5, seed=3, **kwargs)

    def _dropout(self, values, salt_prefix, recurrent_noise, keep_prob,
                 shallow_filtered_substructure=None):
      dropped = super(Louder, self)._dropout(
          values, salt_prefix, recurrent_noise, keep_prob,
          shallow_filtered_substructure)
      return dropped * 10.0

    def __call__(self, inputs, state, scope=None):
      output, new_state = super(Louder, self).__call__(inputs, state, scope)
      return output + 1.0, new_state

  cell = Louder(k.rnn.GRUCell(4))
  found = step(k, cell)
  found["zero"] = cell.zero_state(2, tf.float32)
  return found
