"""Eagerly, in tf.function and with Keras: run in a process of its own.

  python -m tests.loops.model_rnn_eager [tf_keras]

Prints "ok NAME" for each function here that came to its end.
"""

import os
import sys

LEGACY = "tf_keras" in sys.argv[1:]
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
if LEGACY:
  os.environ["TF_USE_LEGACY_KERAS"] = "1"

import numpy as np
import tensorflow as tf2

import tfcompat_rnn
from tests.loops import model_rnn_steps
from tfcompat_rnn import _errors
from tfcompat_rnn import cells

tf = tf2.compat.v1
X = np.random.RandomState(4).randn(2, 6, 4)


def near(found, wanted, tolerance=1e-12):
  found, wanted = tf.nest.flatten(found), tf.nest.flatten(wanted)
  assert len(found) == len(wanted)
  for a, b in zip(found, wanted):
    a, b = np.asarray(a), np.asarray(b)
    assert a.shape == b.shape, (a.shape, b.shape)
    apart = np.abs(a - b).max(initial=0)
    assert apart < tolerance, apart


def eagerly_in_a_function_and_by_hand():
  data, lengths, mask = model_rnn_steps.draws()
  gate = tf2.Variable(np.random.RandomState(1).randn(4, 4))
  stack = model_rnn_steps.GatedStack(tf, gate)
  inputs = {key: tf2.constant(data[key]) for key in data}
  states = stack.first_states()
  watched = [inputs["x"], *tf.nest.flatten(states)[:3]]

  def differentiated(build):
    with tf2.GradientTape() as tape:
      tape.watch(watched)
      outputs, final = build()
      loss = model_rnn_steps.losses(tf, outputs, final)["all"]
    weights = [*stack.lower.trainable_variables, gate,
               *stack.upper.trainable_variables]
    return outputs, final, tape.gradient(loss, weights + watched)

  def ours(**more):
    return tfcompat_rnn.model_rnn(
        stack, inputs, states, sequence_length=lengths, reset_mask=mask,
        **more)

  wanted = differentiated(lambda: model_rnn_steps.by_hand(
      tf, stack, inputs, states, lengths, mask))
  near(differentiated(ours), wanted)
  stack.traced = 0
  near(differentiated(lambda: ours(recompute=True)), wanted)
  near(differentiated(tf2.function(ours)), wanted)
  assert stack.traced == 2
  near(tf2.function(lambda: differentiated(ours))(), wanted)
  near(tf2.function(lambda: differentiated(
      lambda: ours(recompute=True)))(), wanted)


def a_cell_of_ours():
  cell = cells.LSTMCell(3, dtype=tf.float64)
  x = tf2.constant(X)
  outputs, state = tfcompat_rnn.model_rnn(cell, x, sequence_length=[6, 4])
  assert [v.name for v in cell.trainable_variables] == [
      "rnn/lstm_cell/kernel:0", "rnn/lstm_cell/bias:0"]
  in_function = tf2.function(lambda x, lengths: tfcompat_rnn.model_rnn(
      cell, x, sequence_length=lengths), input_signature=[
          tf2.TensorSpec([None, None, 4], tf.float64),
          tf2.TensorSpec([None], tf.int32)])
  near(in_function(x, tf2.constant([6, 4])), (outputs, state))
  near(in_function(x[:, :0], tf2.constant([0, 0])),
       (np.zeros([2, 0, 3]), (np.zeros([2, 3]), np.zeros([2, 3]))))
  near(tfcompat_rnn.model_rnn(cell, x[:, :0])[0], np.zeros([2, 0, 3]))
  with tf.Graph().as_default():
    fresh = cells.LSTMCell(3)
    tfcompat_rnn.model_rnn(fresh, tf.constant(X))
    assert [v.name for v in tf.trainable_variables()] == [
        "rnn/lstm_cell/kernel:0", "rnn/lstm_cell/bias:0"]


def autograph_rewrites_the_step_and_nothing_else():
  def step(now, state):
    if tf2.reduce_sum(now) > 0:
      state = state + now
    else:
      state = state - now
    return 2 * state, state

  build = lambda: tfcompat_rnn.model_rnn(step, tf2.constant(X), np.ones([2, 4]))
  wanted, state = np.ones([2, 4]), []
  for t in range(6):
    wanted = wanted + X[:, t] * (1 if X[:, t].sum() > 0 else -1)
    state.append(2 * wanted)
  near(build(), (np.stack(state, 1), wanted))
  near(tf2.function(build)(), (np.stack(state, 1), wanted))
  try:
    tf2.function(build, autograph=False)()
  except tf2.errors.OperatorNotAllowedInGraphError:
    return
  raise AssertionError("autograph was off")


def variables_are_made_in_the_first_step_alone():
  try:
    tfcompat_rnn.model_rnn(
        lambda x, s: (x @ tf2.Variable(np.eye(4)), s), tf2.constant(X))
  except _errors.ArgumentError as error:
    assert "only in the first step" in str(error)
  else:
    raise AssertionError("each step made its own")


def outputs_that_change():
  ragged = lambda x, n: (x[:, :1] if n > 2 else x, n + 1)
  try:
    tfcompat_rnn.model_rnn(ragged, tf2.constant(X), tf2.constant(0))
  except _errors.ArgumentError as error:
    assert ("`output` must be as in the first step, float64 (2, 4), "
            "got float64 (2, 1)") in str(error)
  else:
    raise AssertionError("nobody looked")


def keras():
  if LEGACY:
    import tf_keras
    return tf_keras
  import keras
  return keras


def lstm_model(k, depth=4, units=3, **shape):
  """[x, h, c] -> [y, h, c], with what is between the layers left to it."""
  shape = shape or {"batch_shape": (None, depth)}
  x = k.layers.Input(**shape)
  h, c = (k.layers.Input(batch_shape=(None, units)) for _ in range(2))
  y, (h2, c2) = k.layers.LSTMCell(units)(x, [h, c])
  return k.Model([x, h, c], [k.layers.Dense(2)(y), h2, c2])


def a_keras_model_of_one_step():
  k = keras()
  model = lstm_model(k)
  whole = k.layers.LSTM(3, return_sequences=True, return_state=True)
  x = tf2.constant(X, tf.float32)
  whole(x)
  whole.set_weights(model.get_weights()[:3])
  kernel, bias = model.get_weights()[3:]
  weights = model.trainable_weights

  def differentiated(build, variables):
    with tf2.GradientTape() as tape:
      tape.watch(x)
      outputs, states = build()
      loss = tf2.reduce_sum(outputs ** 2) + tf2.reduce_sum(states[1])
    return outputs, list(states), tape.gradient(loss, variables + [x])

  def control():
    y, h, c = whole(x)
    return y @ kernel + bias, (h, c)

  ours = lambda **more: tfcompat_rnn.model_rnn(model, x, **more)
  outputs, states, slopes = differentiated(control, whole.trainable_weights)
  found = differentiated(ours, weights[:3])
  near(found, (outputs, states, slopes), 1e-5)
  assert type(ours()[1]) is tuple
  near(differentiated(tf2.function(ours), weights[:3]), found, 1e-5)
  near(differentiated(lambda: ours(recompute=True), weights[:3]), found, 1e-5)
  given = {"carry": np.zeros([2, 3], "float32")}
  try:
    ours(states=given)
  except _errors.ArgumentError as error:
    assert "the model's 2 state inputs, got 1" in str(error), error
  else:
    raise AssertionError("one state for two")
  y, states = ours(states=[tf2.zeros([2, 3])] * 2)
  assert type(states) is list
  near(y, outputs, 1e-5)


def keras_states_have_the_dtypes_and_shapes_of_their_inputs():
  k = keras()
  x = k.layers.Input(batch_shape=(2, 4), dtype="float64")
  n = k.layers.Input(batch_shape=(2, 1), dtype="int32")
  m = k.layers.Input(batch_shape=(2, 3, 4), dtype="float64")
  sums = k.layers.Add(dtype="float64")
  first = k.layers.Reshape((1, 4), dtype="float64")(x)
  model = k.Model([x, n, m], [x, k.layers.Add(dtype="int32")([n, n]),
                              sums([m, first])])
  outputs, (count, total) = tfcompat_rnn.model_rnn(model, tf2.constant(X))
  assert count.dtype == tf.int32 and total.dtype == tf.float64
  near(total, np.repeat(X.sum(1)[:, None], 3, 1))
  near(outputs, X)


def training_is_true_unless_told():
  k = keras()
  x = k.layers.Input(batch_shape=(None, 4))
  model = k.Model(x, k.layers.Dropout(.5)(x))
  ones = tf2.ones([2, 30, 4])
  outputs, states = tfcompat_rnn.model_rnn(model, ones)
  assert states == () and set(np.unique(outputs)) == {0, 2}
  outputs, _ = tfcompat_rnn.model_rnn(model, ones, training=False)
  assert set(np.unique(outputs)) == {1}
  if not LEGACY:
    try:
      tfcompat_rnn.model_rnn(model, ones, recompute=True)
    except _errors.RefusedError as error:
      assert "draws random numbers" in str(error)
    else:
      raise AssertionError("dropped twice, differently")


def a_layer_with_its_own_loop():
  k = keras()
  try:
    tfcompat_rnn.model_rnn(k.layers.LSTM(3), tf2.constant(X))
  except _errors.ArgumentTypeError as error:
    assert "pass its .cell" in str(error)
  else:
    raise AssertionError("a loop in a loop")


def a_keras_cell():
  k = keras()
  cell, x = k.layers.GRUCell(3), tf2.constant(X, tf.float32)
  outputs, state = tfcompat_rnn.model_rnn(cell, x)
  near(outputs[:, -1], tf.nest.flatten(state)[0])
  near(tf2.function(lambda: tfcompat_rnn.model_rnn(cell, x))()[0], outputs,
       1e-6)


def tf_keras_in_a_session():
  if not LEGACY:
    return
  k = keras()
  for v2 in (True, False):
    if not v2:
      tf.disable_v2_behavior()
    with tf.Graph().as_default(), tf.Session() as session:
      model = lstm_model(k)
      whole = k.layers.LSTM(3, return_sequences=True, return_state=True)
      x = tf.placeholder(tf.float32, [None, None, 4])
      y, h, c = whole(x)
      ours, states = tfcompat_rnn.model_rnn(model, x)
      slope = tf.gradients(ours, model.trainable_weights + [x])
      wanted = tf.gradients(
          tf.tensordot(y, model.weights[3], 1) + model.weights[4],
          whole.trainable_weights + [x])
      session.run(tf.global_variables_initializer())
      session.run([tf.assign(a, b) for a, b in zip(
          whole.weights, model.weights)])
      a, b, c, d = session.run([
          [states, slope[:3], slope[-1]], [(h, c), wanted[:3], wanted[-1]],
          ours, y], {x: X})
      near(a, b, 1e-5)


def main():
  here = [tf_keras_in_a_session]  # last: it may switch TF2 off
  names = [eagerly_in_a_function_and_by_hand, a_cell_of_ours,
           autograph_rewrites_the_step_and_nothing_else,
           variables_are_made_in_the_first_step_alone, outputs_that_change]
  with_keras = [
      a_keras_model_of_one_step,
      keras_states_have_the_dtypes_and_shapes_of_their_inputs,
      training_is_true_unless_told, a_layer_with_its_own_loop, a_keras_cell]
  for function in ([] if LEGACY else names) + with_keras + here:
    function()
    print("ok", function.__name__, flush=True)


if __name__ == "__main__":
  main()
