"""Ways to process a sequence: from a `Setting` to outputs and final state.

The first six are the numbered cases of docs/verify.md. In all of them the scope
of the loop is `rnn`, so that they share variables.
"""

from tfcompat_rnn import _nest
from tfcompat_rnn import loops
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import model as model_lib
from tfcompat_rnn.verify import setting as setting_lib

HALF = setting_lib.HALF


def complete_pass(s):
  """Case 0: `dynamic_rnn` over all steps."""
  return loops.dynamic_rnn(s.cell, s.x, initial_state=s.state)


def written_out(s):
  """Calls the cell once per step, without a loop."""
  with tf.variable_scope("rnn"):
    return _unrolled(s.cell, s.x, s.state)


def _unrolled(cell, x, state):
  outputs = []
  for one in tf.unstack(x, axis=1):
    output, state = cell(one, state)
    outputs.append(output)
  return tf.stack(outputs, axis=1), state


def two_passes(s):
  """Case 1: two passes; a variable carries the state, as in Keras."""
  kept = _kept_variables(s.state, "kept")
  first, middle = loops.dynamic_rnn(
      s.cell, s.x[:, :HALF], initial_state=s.state)
  second, final = loops.dynamic_rnn(
      s.cell, s.x[:, HALF:], initial_state=_handed_over(kept, middle))
  return tf.concat([first, second], axis=1), final


def two_passes_in_a_loop(s):
  """Case 2: both passes inside one loop, with the variable as in case 1."""
  kept = _kept_variables(s.state, "kept_in_loop")
  halves = tf.TensorArray(s.x.dtype, size=2).unstack(
      tf.stack([s.x[:, :HALF], s.x[:, HALF:]]))
  made = tf.TensorArray(s.dtype, size=2)

  def one_pass(number, made, *_):
    rows = tf.fill([setting_lib.BATCH], tf.equal(number, 0))
    initial = [
        tf.where(rows, leaf, variable.read_value())
        for leaf, variable in zip(_nest.flatten_state(s.state), kept)]
    outputs, final = loops.dynamic_rnn(
        s.cell, halves.read(number),
        initial_state=_nest.pack_state(s.state, initial))
    with tf.control_dependencies(_writes(kept, final)):
      following = tf.identity(number + 1)
    return (following, made.write(number, outputs),
            *_nest.flatten_state(final))

  done = tf.while_loop(
      lambda number, *_: number < 2, one_pass,
      (tf.constant(0), made, *_nest.flatten_state(s.state)))
  outputs = tf.concat(tf.unstack(done[1].stack(), num=2), axis=1)
  return outputs, _nest.pack_state(s.state, done[2:])


def _kept_variables(state, name):
  """A resource variable for each leaf; it is written before it is read."""
  return [
      tf.get_variable(f"{name}_{number}", leaf.shape, leaf.dtype,
                      tf.zeros_initializer(), trainable=False,
                      use_resource=True)
      for number, leaf in enumerate(_nest.flatten_state(state))]


def _writes(kept, state):
  return [variable.assign(leaf).op for variable, leaf in zip(
      kept, _nest.flatten_state(state))]


def _handed_over(kept, state):
  """Passes `state` through variables, which stops the gradient."""
  with tf.control_dependencies(_writes(kept, state)):
    return _nest.pack_state(state, [one.read_value() for one in kept])


def single_pass(s):
  """Case 3: `model_rnn`."""
  return model_lib.model_rnn(s.cell, s.x, s.state)


def recomputed(s):
  """`model_rnn` that computes each step again in the backward pass."""
  return model_lib.model_rnn(s.cell, s.x, s.state, recompute=True)


def stacked(s):
  """Case 4: two layers, each in a `dynamic_rnn`."""
  return _two_layers(s, lambda cell, x, state, scope: loops.dynamic_rnn(
      cell, x, initial_state=state, scope=scope))


def stacked_single_pass(s):
  """Case 5: the first layer as in case 4, the second by `model_rnn`."""
  def upper(cell, x, state, scope):
    if scope == "lower":
      return loops.dynamic_rnn(cell, x, initial_state=state, scope=scope)
    return model_lib.model_rnn(cell, x, state, scope=scope)

  return _two_layers(s, upper)


def stacked_written_out(s):
  """Both layers, calling the cells once per step."""
  def unrolled(cell, x, state, scope):
    with tf.variable_scope(scope):
      return _unrolled(cell, x, state)

  return _two_layers(s, unrolled)


def stacked_in_one_pass(s):
  """Both layers in one `model_rnn`, which steps the two cells together."""
  upper_cell, upper_state = s.upper

  def step(inputs, states):
    lower, upper = states
    with tf.variable_scope("lower"):
      middle, lower = s.cell(inputs, lower)
    with tf.variable_scope("upper"):
      output, upper = upper_cell(middle, upper)
    return output, (lower, upper)

  with tf.variable_scope(tf.get_variable_scope()) as here:
    return model_lib.model_rnn(
        step, s.x, (s.state, upper_state), scope=here)


def _two_layers(s, loop):
  upper_cell, upper_state = s.upper
  middle, lower_final = loop(s.cell, s.x, s.state, "lower")
  outputs, upper_final = loop(upper_cell, middle, upper_state, "upper")
  return outputs, (lower_final, upper_final)


def static(s):
  """`static_rnn`: the loop is unrolled into the graph."""
  outputs, final = loops.static_rnn(
      s.cell, tf.unstack(s.x, axis=1), initial_state=s.state)
  return tf.stack(outputs, axis=1), final


def time_major(s):
  """`dynamic_rnn` on `[time, batch, depth]`."""
  outputs, final = loops.dynamic_rnn(
      s.cell, _swapped(s.x), initial_state=s.state, time_major=True)
  return _swapped(outputs), final


def time_major_single_pass(s):
  """`model_rnn` on `[time, batch, depth]`."""
  outputs, final = model_lib.model_rnn(
      s.cell, _swapped(s.x), s.state, time_major=True)
  return _swapped(outputs), final


def _swapped(tensor):
  return tf.transpose(tensor, [1, 0, 2])


WINDOWS = 3
WINDOW = setting_lib.STEPS // WINDOWS


def cut(s):
  """One pass with the gradient cut between windows."""
  state, outputs = s.state, []
  for window in tf.split(s.x, WINDOWS, axis=1):
    state = _nest.map_state(tf.stop_gradient, state) if outputs else state
    one, state = loops.dynamic_rnn(s.cell, window, initial_state=state)
    outputs.append(one)
  return tf.concat(outputs, axis=1), state
