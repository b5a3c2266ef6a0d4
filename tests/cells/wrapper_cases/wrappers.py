"""Cases for residual, device and highway wrappers, and for all wrappers: names,
weights, config, copies, scopes, errors."""

import copy
import inspect

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


# name -> (function of kit and cell, shape of the inputs of a step)
WRAPPERS = {
    "attention": (lambda k, c: k.rnn.AttentionCellWrapper(c, 3), (2, 3)),
    "device": (lambda k, c: k.rnn.DeviceWrapper(c, "/cpu:0"), (2, 3)),
    "dropout": (lambda k, c: k.rnn.DropoutWrapper(c, .5, .75, .25), (2, 3)),
    "embedding": (lambda k, c: k.rnn.EmbeddingWrapper(c, 5, 4), (2, 1)),
    "highway": (lambda k, c: k.rnn.HighwayWrapper(c), (2, 4)),
    "input_projection": (
        lambda k, c: k.rnn.InputProjectionWrapper(c, 4), (2, 3)),
    "output_projection": (
        lambda k, c: k.rnn.OutputProjectionWrapper(c, 3), (2, 3)),
    "residual": (lambda k, c: k.rnn.ResidualWrapper(c), (2, 4)),
}


def _inputs(k, name):
  shape = WRAPPERS[name][1]
  if name == "embedding":
    return k.tf.constant([[3], [1]])
  return k.tf.constant(wave(*shape))


def _call(k, name, cell, scope=None):
  return cell(_inputs(k, name), cell.zero_state(2, k.tf.float32), scope=scope)


def _fresh(k, function):
  """`function` in a new graph; afterwards also the names of the variables."""
  with k.tf.Graph().as_default():
    found = attempt(function)
    return [found, [v.op.name for v in k.tf.global_variables()]]


def _surface(name):
  wrap = WRAPPERS[name][0]

  @without_ops
  def run(k):
    def make(cell=None, **options):
      return wrap(k, cell or k.rnn.BasicLSTMCell(4, **options))

    def built():
      cell = make()
      _call(k, name, cell)
      return cell

    def frozen():
      cell = built()
      cell.trainable = False
      return [cell.trainable_weights, cell.non_trainable_weights]

    def in_scopes(scopes, repeat_cell, reuse=None):
      cell = make()
      for scope in scopes:
        with k.tf.variable_scope(scope, reuse=reuse):
          _call(k, name, cell if repeat_cell else make())

    def second_reuses():
      with k.tf.variable_scope("a"):
        _call(k, name, make())
      with k.tf.variable_scope("a", reuse=True):
        _call(k, name, make())

    def reused_too_early():
      with k.tf.variable_scope("a", reuse=True):
        _call(k, name, make())

    def from_config():
      config = make().get_config()
      config["cell"] = k.rnn.BasicLSTMCell(6)
      return type(make()).from_config(config).state_size

    asked = {
        "state_size": lambda: make().state_size,
        "output_size": lambda: make().output_size,
        "config": lambda: make().get_config(),
        "from_config as it is":
            lambda: type(make()).from_config(make().get_config()),
        "from_config": from_config,
        "count unbuilt": lambda: make().count_params(),
        "deepcopy": lambda: _call(k, name, copy.deepcopy(make())),
        "two deepcopies": lambda: k.rnn.MultiRNNCell(
            [copy.deepcopy(make()), copy.deepcopy(make())]).state_size,
        "zero state": lambda: make().zero_state(2, k.tf.float32),
        "initial state": lambda: make().get_initial_state(
            batch_size=2, dtype=k.tf.float64),
        "zero state, batch a tensor": lambda: make().zero_state(
            k.tf.placeholder(k.tf.int32, []), k.tf.float32),
        "scope given": lambda: _call(k, name, make(), "given"),
        "variable_scope around": lambda: in_scopes(["a"], False),
        "one cell in two scopes": lambda: in_scopes(["a", "b"], True),
        "two cells in one scope": lambda: in_scopes(["a", "a"], False),
        "two cells, the second reuses": second_reuses,
        "reused before made": reused_too_early,
        "two cells, AUTO_REUSE": lambda: in_scopes(
            ["a", "a"], False, k.tf.AUTO_REUSE),
        "wrong batch": lambda: make()(
            _inputs(k, name), make().zero_state(3, k.tf.float32)),
        "state of the wrong kind": lambda: make()(
            _inputs(k, name), k.tf.zeros([2, 4])),
        "state None": lambda: make()(_inputs(k, name), None),
        "no inputs": lambda: make()(),
        "wrapped twice": lambda: _call(k, name, wrap(
            k, k.rnn.ResidualWrapper(k.rnn.BasicLSTMCell(
                WRAPPERS[name][1][1] if name != "embedding" else 4)))),
        "wraps a user's cell": lambda: _call(k, name, wrap(k, users_cell(k))),
        "wraps a duck": lambda: _call(k, name, wrap(k, Duck(k.tf))),
    }
    if name != "highway":  # in 1.15 it lacks its base class's attributes
      asked.update({
          "not a cell": lambda: make(3),
          "a function": lambda: make(lambda inputs, state: None),
          "scope_name unbuilt": lambda: make().scope_name,
          "unbuilt": lambda: [
              make().name, make().built, make().dtype, make().trainable,
              make().weights, make().losses, make().updates, make().graph],
          "count": lambda: built().count_params(),
          "trainable": lambda: built().trainable_weights,
          "names": lambda: (lambda c: [c.name, c.built, c.trainable])(built()),
          "scope_name": lambda: built().scope_name,
          "frozen": frozen,
          "add_variable": lambda: make().add_variable("extra", [2]),
          "missing attribute": lambda: make().no_such_thing,
      })
    return {question: _fresh(k, answer)
            for question, answer in sorted(asked.items())}

  return run


def users_cell(k):
  """A cell that overrides only `__call__`, like those before TF 1.2."""
  tf = k.tf

  class Old(k.rnn.RNNCell):

    @property
    def state_size(self):
      return 4

    @property
    def output_size(self):
      return 4

    def __call__(self, inputs, state, scope=None):
      with tf.variable_scope(scope or type(self).__name__):
        w = tf.get_variable("w", [inputs.shape.as_list()[1], 4])
        output = tf.tanh(tf.matmul(inputs, w) + state)
      return output, output

  return Old()


class Duck(object):
  """No base class at all."""

  state_size = output_size = 4

  def __init__(self, tf):
    self.tf = tf

  def zero_state(self, batch_size, dtype):
    return self.tf.zeros([batch_size, 4], dtype)

  def __call__(self, inputs, state, scope=None):
    return state + 1, state


for _name in WRAPPERS:
  CASES["surface_" + _name] = _surface(_name)


# --- residual ---------------------------------------------------------------


@case
def residual_direct(k):
  return step(k, k.rnn.ResidualWrapper(k.rnn.BasicLSTMCell(3)))


@case
def residual_static(k):
  return unrolled(k, k.rnn.ResidualWrapper(k.rnn.GRUCell(3)))


@case
def residual_dynamic_stack_float64(k):
  cell = k.rnn.MultiRNNCell(
      [k.rnn.ResidualWrapper(k.rnn.LSTMCell(3)) for _ in range(3)])
  return looped(k, cell, dtype="float64")


@case
def residual_function(k):
  cell = k.rnn.ResidualWrapper(
      k.rnn.GRUCell(4), lambda inputs, outputs: outputs * 2.0 - inputs[:, :1])
  return step(k, cell)


@without_ops
@case
def residual_errors(k):
  wrap = k.rnn.ResidualWrapper
  x = k.tf.constant(wave(2, 3))
  return {
      "width": attempt(lambda: wrap(k.rnn.GRUCell(4))(x, k.tf.zeros([2, 4]))),
      "pair": attempt(lambda: wrap(Duck(k.tf))((x, x), k.tf.zeros([2, 4]))),
      "argument": attempt(lambda: wrap(k.rnn.GRUCell(4), function=1)),
  }


@without_ops
@case
def residual_configuration(k):
  cell = k.rnn.ResidualWrapper(
      k.rnn.GRUCell(4), residual_fn=lambda inputs, outputs: (outputs, inputs))
  config = cell.get_config()
  found = {"keys": sorted(config), "kind": config["residual_fn_type"]}
  config["cell"] = k.rnn.GRUCell(2)
  again = k.rnn.ResidualWrapper.from_config(config)
  found["again"] = [again.state_size, again._residual_fn(1, 2)]
  return found


# --- device -----------------------------------------------------------------


@case
def device_direct(k):
  cell = k.rnn.DeviceWrapper(k.rnn.BasicLSTMCell(4), "/cpu:0")
  return step(k, cell)


@case
def device_function_zero_state(k):
  cell = k.rnn.DeviceWrapper(
      k.rnn.GRUCell(4),
      lambda op: "/cpu:0" if op.type == "MatMul" else "/job:worker/cpu:0")
  state = cell.zero_state(2, k.tf.float32)
  cell(k.tf.constant(wave(2, 3)), state)
  return {}


@case
def device_stack_static(k):
  cell = k.rnn.MultiRNNCell([
      k.rnn.DeviceWrapper(k.rnn.GRUCell(3), "/device:CPU:0"),
      k.rnn.DeviceWrapper(k.rnn.GRUCell(2), None)])
  return unrolled(k, cell)


# --- highway ----------------------------------------------------------------


@case
def highway_direct(k):
  return step(k, k.rnn.HighwayWrapper(k.rnn.BasicLSTMCell(3)))


@case
def highway_uncoupled(k):
  return step(k, k.rnn.HighwayWrapper(
      k.rnn.GRUCell(3), couple_carry_transform_gates=False,
      carry_bias_init=2.5))


@case
def highway_static(k):
  return unrolled(k, k.rnn.HighwayWrapper(k.rnn.GRUCell(3)))


@case
def highway_dynamic(k):
  return looped(k, k.rnn.HighwayWrapper(
      k.rnn.LSTMCell(3), couple_carry_transform_gates=False))


@case
def highway_stack_static(k):
  return unrolled(k, k.rnn.MultiRNNCell(
      [k.rnn.HighwayWrapper(k.rnn.GRUCell(3)) for _ in range(2)]))


@without_ops
@case
def highway_errors(k):
  wrap = k.rnn.HighwayWrapper
  x = k.tf.constant(wave(2, 3))
  return {
      "width": attempt(lambda: wrap(k.rnn.GRUCell(4))(x, k.tf.zeros([2, 4]))),
      "float64": attempt(lambda: wrap(k.rnn.GRUCell(3))(
          k.tf.cast(x, k.tf.float64), k.tf.zeros([2, 3], k.tf.float64))),
  }


# --- together ---------------------------------------------------------------


@case
def everything_dynamic(k):
  """Projections around dropout around residual around a device."""
  rnn = k.rnn

  def layer(seed):
    return rnn.DropoutWrapper(rnn.ResidualWrapper(rnn.DeviceWrapper(
        rnn.LSTMCell(4), "/cpu:0")), output_keep_prob=0.5, seed=seed)

  stack = rnn.MultiRNNCell([layer(1), layer(2)])
  cell = rnn.OutputProjectionWrapper(
      rnn.InputProjectionWrapper(stack, 4), 2)
  return looped(k, cell)


@case
def everything_static(k):
  rnn = k.rnn
  cell = rnn.MultiRNNCell([
      rnn.HighwayWrapper(rnn.DropoutWrapper(
          rnn.GRUCell(3), 0.5, 0.5, 0.5, seed=i)) for i in range(2)])
  return unrolled(k, rnn.OutputProjectionWrapper(cell, 1))


@without_ops
@case
def signatures(k):
  """Names, order and defaults of the constructor arguments."""
  found = {}
  for name in ("AttentionCellWrapper", "DeviceWrapper", "DropoutWrapper",
               "EmbeddingWrapper", "HighwayWrapper", "InputProjectionWrapper",
               "OutputProjectionWrapper", "ResidualWrapper"):
    for owner in getattr(k.rnn, name).__mro__:
      spec = inspect.getfullargspec(owner.__init__)
      if len(spec.args) > 1:  # 1.15 hid some of them in (*args, **kwargs)
        break
    found[name] = [spec.args, spec.defaults]
  found["dropout"] = list(
      inspect.signature(k.dropout).parameters)
  return found


def _in_scope(name, **options):
  """Each wrapper inside a scope that sets defaults."""
  def run(k):
    found = {}
    for wrapper, (wrap, _) in sorted(WRAPPERS.items()):
      with k.tf.Graph().as_default():
        tf = k.tf
        asked = []

        def note(getter, variable_name, *args, **kwargs):
          asked.append(variable_name)
          return getter(variable_name, *args, **kwargs)

        chosen = {key: (note if value == "note" else value(tf))
                  for key, value in options.items()}
        with tf.variable_scope("s", **chosen):
          cell = wrap(k, k.rnn.GRUCell(4))
          shape = attempt(lambda: [part.shape for part in tf.nest.flatten(
              _call(k, wrapper, cell))])
        found[wrapper] = {
            "asked": asked, "result": shape,
            "variables": [
                [v.op.name, v.op.type, v.shape, v.dtype.base_dtype]
                for v in tf.global_variables()],
            "trainable": tf.trainable_variables(),
            "losses": len(tf.losses.get_regularization_losses()),
        }
    return found
  CASES["scope_" + name] = without_ops(run)


_in_scope("custom_getter", custom_getter="note")
_in_scope("regularizer", regularizer=lambda tf: (
    lambda value: tf.reduce_sum(value * value)))
_in_scope("partitioner", partitioner=lambda tf: tf.fixed_size_partitioner(2))
_in_scope("resource", use_resource=lambda tf: True)
_in_scope("float64", dtype=lambda tf: tf.float64)
_in_scope("initializer", initializer=lambda tf: tf.ones_initializer())


@without_ops
@case
def repeated_in_a_stack(k):
  """The same wrapper object twice: shared weights, or a clash of shapes."""
  found = {}
  for wrapper, (wrap, shape) in sorted(WRAPPERS.items()):
    for units in (shape[1], shape[1] + 1):
      def run():
        cell = wrap(k, k.rnn.GRUCell(units))
        _call(k, wrapper, k.rnn.MultiRNNCell([cell] * 2))
      found["{} {}".format(wrapper, units)] = _fresh(k, run)
  return found


@without_ops
@case
def deepcopy_with_tensors(k):
  tf, rnn = k.tf, k.rnn
  keep = tf.placeholder_with_default(0.5, [], name="keep")
  cell = rnn.ResidualWrapper(rnn.GRUCell(3), lambda i, o: i - o)
  twin = copy.deepcopy(cell)
  found = step(k, twin)
  found["same function"] = twin._residual_fn is cell._residual_fn
  found["own cell"] = twin.cell is not cell.cell
  found["tensor"] = attempt(lambda: copy.deepcopy(
      rnn.DropoutWrapper(rnn.GRUCell(3), keep))._input_keep_prob)
  return found
