"""Models that keep state and train in one run, and a count of wrong runs.

Each round of `count_wrong` runs a model twice on the same input: once alone,
which gives the correct gradients, and once with the keep op and the optimizer's
update in the same `session.run`. Gradients, kept state and weights must match
the first run and a calculation by hand.
"""

import contextlib
import typing

import numpy as np

from tfcompat_rnn import _snapshot

# BATCH * HIDDEN * 4 bytes must be a multiple of 64. Otherwise a slice of a
# packed variable is not aligned, TensorFlow copies it, and there is no race.
BATCH, HIDDEN, DEPTH, RATE = 4, 4, 3, .05


class Case(typing.NamedTuple):
  """One way to build the model. `form` is one of FORMS."""
  form: str = "stateful"
  cell: str = "lstm_stack"
  steps: int = 5
  loop: str = "dynamic"
  resource: bool = False
  place: str = "beside"
  threads: int = 16
  runs: int = 50
  execution: str = "loop"

  def __str__(self):
    kind = "resource" if self.resource else "reference"
    execution = "" if self.execution == "loop" else f"-{self.execution}"
    return (f"{self.form}-{self.cell}-{self.steps}-{self.loop}-{kind}-"
            f"{self.place}-{self.threads}threads{execution}")


class Model(typing.NamedTuple):
  """What a round runs. `feed()` draws the input of one round."""
  slopes: list
  final: list
  step: object
  kept: list
  weights: list
  feed: typing.Callable


def make_cell(kind):
  from tfcompat_rnn import cells
  make = {"lstm": lambda: cells.BasicLSTMCell(HIDDEN),
          "peephole": lambda: cells.LSTMCell(HIDDEN, use_peepholes=True),
          "gru": lambda: cells.GRUCell(HIDDEN)}[kind.split("_")[0]]
  if kind.endswith("_stack"):
    return cells.MultiRNNCell([make() for _ in range(2)])
  return make()


def _draw_inputs(tf, case, draw):
  inputs = tf.placeholder(tf.float32, [BATCH, case.steps, DEPTH])
  return inputs, lambda: {
      inputs: draw.randn(BATCH, case.steps, DEPTH).astype(np.float32)}


def _loop(tf, case, cell, inputs, state):
  from tfcompat_rnn import fused
  from tfcompat_rnn import loops
  if case.loop == "dynamic":
    return fused.dynamic_rnn(
        cell, inputs, initial_state=state, execution=case.execution)
  outputs, final = loops.static_rnn(
      cell, tf.unstack(inputs, axis=1), initial_state=state)
  return tf.stack(outputs, axis=1), final


def _zero_variable(tf, shape, name):
  return tf.get_variable(name, shape, initializer=tf.zeros_initializer(),
                         trainable=False)


def _parts(case, cell, make):
  """A state of `cell` whose leaves are `make(layer, part)`."""
  from tfcompat_rnn.cells import LSTMStateTuple
  sizes = (cell.state_size if case.cell.endswith("_stack")
           else (cell.state_size,))
  state = tuple(
      LSTMStateTuple(make(n, 0), make(n, 1)) if isinstance(size, tuple)
      else make(n, 0) for n, size in enumerate(sizes))
  return state if case.cell.endswith("_stack") else state[0]


def _assigns(tf, kept, final):
  return tf.group(*[old.assign(new) for old, new in zip(kept, final)])


def documented(tf, case, inputs, draw):
  """A variable for each leaf, and an `assign` for each variable."""
  del draw
  cell = make_cell(case.cell)
  state = _parts(case, cell, lambda layer, part: _zero_variable(
      tf, [BATCH, HIDDEN], f"state_{layer}_{part}"))
  outputs, final = _loop(tf, case, cell, inputs, state)
  kept, final = tf.nest.flatten(state), tf.nest.flatten(final)
  return outputs, final, lambda: _assigns(tf, kept, final), kept, dict


def documented_packed(tf, case, inputs, draw):
  """One `[layers, 2, batch, hidden]` variable, cut into layers and parts."""
  del draw
  from tfcompat_rnn.cells import LSTMStateTuple
  cell = make_cell("lstm_stack")
  packed = _zero_variable(tf, [2, 2, BATCH, HIDDEN], "packed")
  state = tuple(LSTMStateTuple(layer[0], layer[1])
                for layer in tf.unstack(packed, axis=0))
  outputs, final = _loop(tf, case, cell, inputs, state)
  final = tf.stack([tf.stack(list(pair)) for pair in final])
  return outputs, [final], lambda: packed.assign(final), [packed], dict


def documented_step_zero(tf, case, inputs, draw):
  """Zeros or the kept state, by `tf.cond` on the step."""
  cell = make_cell(case.cell)
  step = tf.placeholder_with_default(tf.constant(-1, tf.int64), [])
  kept = _parts(case, cell, lambda layer, part: _zero_variable(
      tf, [BATCH, HIDDEN], f"state_{layer}_{part}"))
  zeros = tf.nest.map_structure(lambda _: tf.zeros([BATCH, HIDDEN]), kept)
  state = tf.cond(tf.equal(step, 0), lambda: zeros, lambda: kept)
  outputs, final = _loop(tf, case, cell, inputs, state)
  kept, final = tf.nest.flatten(kept), tf.nest.flatten(final)
  return (outputs, final, lambda: _assigns(tf, kept, final), kept,
          lambda: {step: draw.randint(0, 5)})


def variables(tf, case, inputs, draw):
  """`StateVariables`, and one of this package's loops."""
  del draw
  import tfcompat_rnn
  cell = make_cell(case.cell)
  state = tfcompat_rnn.StateVariables(cell, BATCH)
  outputs, final = _loop(tf, case, cell, inputs, state.initial_state)
  return (outputs, tf.nest.flatten(final), lambda: state.keep(final),
          state.variables, dict)


def tensorflows_loop(tf, case, inputs, draw):
  """`StateVariables` with TensorFlow's own loop, which does not copy state."""
  del draw
  import tfcompat_rnn
  cell = make_cell(case.cell)
  state = tfcompat_rnn.StateVariables(cell, BATCH, use_locking=True)
  outputs, final = tf.nn.dynamic_rnn(
      cell, inputs, initial_state=state.initial_state)
  return (outputs, tf.nest.flatten(final), lambda: state.keep(final),
          state.variables, dict)


def packed(tf, case, inputs, draw):
  """`PackedStateVariables`."""
  del draw
  import tfcompat_rnn
  cell = make_cell("lstm_stack")
  state = tfcompat_rnn.PackedStateVariables(cell, BATCH)
  outputs, final = _loop(tf, case, cell, inputs, state.initial_state)
  whole = tf.stack([tf.stack(list(pair)) for pair in final])
  return outputs, [whole], lambda: state.keep(final), state.variables, dict


def step_zero(tf, case, inputs, draw):
  """`reset_at_step_zero` applied to `StateVariables`."""
  import tfcompat_rnn
  cell = make_cell(case.cell)
  state = tfcompat_rnn.StateVariables(cell, BATCH)
  initial, step = tfcompat_rnn.reset_at_step_zero(None, state.initial_state)
  outputs, final = _loop(tf, case, cell, inputs, initial)
  return (outputs, tf.nest.flatten(final), lambda: state.keep(final),
          state.variables, lambda: {step: draw.randint(0, 5)})


def row_reset(tf, case, inputs, draw):
  """`reset_rows` before the loop, with the documented variables."""
  import tfcompat_rnn
  cell = make_cell(case.cell)
  mask = tf.placeholder(tf.bool, [BATCH])
  state = _parts(case, cell, lambda layer, part: _zero_variable(
      tf, [BATCH, HIDDEN], f"state_{layer}_{part}"))
  outputs, final = _loop(
      tf, case, cell, inputs, tfcompat_rnn.reset_rows(state, mask))
  kept, final = tf.nest.flatten(state), tf.nest.flatten(final)
  return (outputs, final, lambda: _assigns(tf, kept, final), kept,
          lambda: {mask: draw.rand(BATCH) < .2})


def _stateful(tf, case, inputs, **arguments):
  import tfcompat_rnn
  rnn = tfcompat_rnn.stateful_rnn(
      make_cell(case.cell), inputs, static=case.loop == "static",
      execution=case.execution, **arguments)
  return (rnn.outputs, tf.nest.flatten(rnn.final_state),
          lambda: rnn.keep_state_op, rnn.state.variables)


def stateful(tf, case, inputs, draw):
  """`stateful_rnn` with default options."""
  del draw
  return *_stateful(tf, case, inputs), dict


def reset_mask(tf, case, inputs, draw):
  """Resets inside the loop."""
  mask = tf.placeholder(tf.bool, [BATCH, case.steps])
  return (*_stateful(tf, case, inputs, reset_mask=mask),
          lambda: {mask: draw.rand(BATCH, case.steps) < .1})


def lengths(tf, case, inputs, draw):
  """Rows of different lengths, some 0: their state is passed on."""
  number = tf.placeholder(tf.int32, [BATCH])
  return (*_stateful(tf, case, inputs, sequence_length=number),
          lambda: {number: np.append(
              draw.randint(0, case.steps + 1, BATCH - 1), case.steps)})


def saver(tf, case, inputs, draw):
  """`SequenceStateSaver`: the state by the ID of each row's sequence."""
  del draw
  import tfcompat_rnn
  cell = make_cell(case.cell)
  states = tfcompat_rnn.SequenceStateSaver(
      cell, tf.constant([7, 3, 5, 11], tf.int64))
  # `state_saving_rnn` saves in each run of its outputs, including the run that
  # gives the correct values.
  outputs, final = _loop(tf, case, cell, inputs, states.initial_state)
  kept = tf.nest.flatten(states.initial_state)
  return (outputs, tf.nest.flatten(final), lambda: states.keep(final), kept,
          dict)


def self_feeding(tf, case, inputs, draw):
  """The cell fed its own output, starting from the documented variables."""
  del draw
  import tfcompat_rnn
  cell = make_cell(case.cell)
  state = _parts(case, cell, lambda layer, part: _zero_variable(
      tf, [BATCH, HIDDEN], f"state_{layer}_{part}"))
  seed = tf.concat([inputs[:, 0], inputs[:, 0, :1]], 1)
  outputs, final = tfcompat_rnn.self_feeding_rnn(
      cell, seed, state, steps=case.steps)
  kept, final = tf.nest.flatten(state), tf.nest.flatten(final)
  return outputs, final, lambda: _assigns(tf, kept, final), kept, dict


DOCUMENTED = {
    "documented": documented,
    "documented_packed": documented_packed,
    "documented_step_zero": documented_step_zero,
}
FORMS = {
    **DOCUMENTED,
    "lengths": lengths,
    "packed": packed,
    "reset_mask": reset_mask,
    "row_reset": row_reset,
    "saver": saver,
    "self_feeding": self_feeding,
    "stateful": stateful,
    "step_zero": step_zero,
    "tensorflows_loop": tensorflows_loop,
    "variables": variables,
}


def build(tf, case, seed=3):
  """The model of `case` in the default graph."""
  tf.set_random_seed(seed)
  tf.get_variable_scope().set_use_resource(case.resource)
  draw = np.random.RandomState(seed)
  inputs, draw_inputs = _draw_inputs(tf, case, draw)
  outputs, final, make_keep, kept, draw_more = FORMS[case.form](
      tf, case, inputs, draw)
  assert len(final) == len(kept)
  for variable in kept:
    assert case.form == "saver" or (
        hasattr(variable, "handle") == case.resource)
  weights = tf.trainable_variables()
  assert weights and not set(map(id, weights)) & set(map(id, kept))
  target = np.random.RandomState(seed + 1).randn(
      BATCH, case.steps, HIDDEN).astype(np.float32)
  loss = tf.reduce_mean(tf.square(outputs - target))
  optimizer = tf.train.GradientDescentOptimizer(RATE)
  pairs = optimizer.compute_gradients(loss, weights)
  slopes = [slope for slope, _ in pairs]
  step = _step(tf, case.place, make_keep,
               lambda: optimizer.apply_gradients(pairs))
  return Model(slopes, list(final), step, list(kept), weights,
               lambda: {**draw_inputs(), **draw_more()})


def _step(tf, place, make_keep, update):
  """One op that keeps the state before, alongside or after the update."""
  if place == "before":
    with tf.control_dependencies([make_keep()]):
      return update()
  if place == "beside":
    return tf.group(update(), make_keep())
  with tf.control_dependencies([update()]):
    return tf.group(make_keep())


@contextlib.contextmanager
def snapshots(enabled):
  before = _snapshot.set_enabled(enabled)
  try:
    yield
  finally:
    _snapshot.set_enabled(before)


def new_session(tf, threads):
  # Without its own threads, a session uses the thread pool of the first one.
  return tf.Session(config=tf.ConfigProto(
      inter_op_parallelism_threads=threads, intra_op_parallelism_threads=1,
      use_per_session_threads=True))


def equal(got, right):
  """Whether they agree to five digits of the largest number in `right`."""
  return all(
      np.abs(mine - theirs).max() <= 1e-5 * np.abs(theirs).max() + 1e-9
      for mine, theirs in zip(got, right))


def count_wrong(session, model, runs):
  """Trains for `runs` rounds; returns how many had a wrong result."""
  wrong = 0
  for _ in range(runs):
    feed = model.feed()
    before = session.run(model.weights)
    slopes, final = session.run([model.slopes, model.final], feed)
    got, _ = session.run([model.slopes, model.step], feed)
    kept, weights = session.run([model.kept, model.weights])
    wrong += not (
        equal(got, slopes) and equal(kept, final)
        and equal(weights, [weight - RATE * slope
                             for weight, slope in zip(before, slopes)]))
  return wrong


def run_case(tf, case, enabled=True, seed=3):
  """Builds `case` and trains it; returns how many runs were wrong."""
  with snapshots(enabled):
    model = build(tf, case, seed)
  initialize = tf.global_variables_initializer()
  tf.get_default_graph().finalize()
  with new_session(tf, case.threads) as session:
    session.run(initialize)
    wrong = count_wrong(session, model, case.runs)
    assert all(np.isfinite(value).all() and np.abs(value).max() > 1e-3
               for value in session.run(model.kept))
  return wrong
