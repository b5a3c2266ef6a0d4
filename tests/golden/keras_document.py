"""The six ways of `cases_document`, as published: with Keras layers.

`SimpleRNN` and `SimpleRNNCell` of 1.15's `tf.keras` run eagerly, with four
units on four inputs, which are also the targets. Unlike in the publication, the
weights are given and not random. This file runs in TensorFlow 1.15 only; it
wrote `data/document_keras.npz`, with one entry per way and dtype:

  loss, outputs `[batch, 6, units]`, state `[batch, units]`,
  gradient/x, gradient/kernel, gradient/recurrent_kernel, gradient/bias
  (with `first/` or `second/` in front where there are two layers)
"""

import numpy as np

from oracle import measure
from oracle import store

FAMILY = "document_keras"
BATCH, STEPS, UNITS = 2, 3, 4
DTYPES = ("float32", "float64")
WEIGHTS = ("kernel", "recurrent_kernel", "bias")


def half(dtype):
  """Three steps, to be taken twice."""
  return measure.numbers_for("x", [BATCH, STEPS, UNITS]).astype(dtype)


def weights(layer, dtype):
  """Kernel, recurrent kernel and bias of the layer called `layer`."""
  return [measure.numbers_for(layer + "/" + name, shape).astype(dtype)
          for name, shape in zip(WEIGHTS, (
              [UNITS, UNITS], [UNITS, UNITS], [UNITS]))]


def key(number, dtype):
  return store.key("keras_%d" % number, dtype)


def write(tf, folder):
  """Computes everything with `tf`, a TensorFlow 1.15."""
  from tensorflow.python.eager import context
  results = {}
  before = tf.keras.backend.floatx()
  with context.eager_mode():
    for dtype in DTYPES:
      tf.keras.backend.set_floatx(dtype)
      for number, way in enumerate((
          _complete, _two_passes, _two_passes_in_a_loop, _stepped, _stacked,
          _stacked_stepped)):
        arrays = way(tf, dtype)
        results[key(number, dtype)] = {"ops": []}, {
            name: np.asarray(value) for name, value in arrays.items()}
  tf.keras.backend.set_floatx(before)
  store.write(FAMILY, results, folder)
  print("%s: %d cases" % (FAMILY, len(results)))


def _layer_model(tf, steps, name="layer", **arguments):
  """A model of one SimpleRNN layer."""
  inputs = tf.keras.layers.Input(batch_shape=(BATCH, steps, UNITS))
  layer = tf.keras.layers.SimpleRNN(UNITS, return_sequences=True, **arguments)
  model = tf.keras.models.Model(inputs, layer(inputs))
  model.set_weights(weights(name, tf.keras.backend.floatx()))
  return model


def _cell_model(tf, name="layer"):
  """A model of one step, `[input, state] -> [output, new state]`."""
  inputs = tf.keras.layers.Input(batch_shape=(BATCH, UNITS))
  state = tf.keras.layers.Input(batch_shape=(BATCH, UNITS))
  output, (following,) = tf.keras.layers.SimpleRNNCell(UNITS)(inputs, [state])
  model = tf.keras.models.Model([inputs, state], [output, following])
  model.set_weights(weights(name, tf.keras.backend.floatx()))
  return model


def _over_time(tf, step, inputs, state):
  """`step` over the first axis of `inputs`, in one loop and one array."""
  count = int(inputs.shape[0])
  array = tf.TensorArray(inputs.dtype, size=count)

  def body(time, array, state):
    output, state = step(inputs[time], state)
    return time + 1, array.write(time, output), state

  _, array, state = tf.while_loop(
      lambda time, *_: time < count, body, (tf.constant(0), array, state))
  return array.stack(), state


def _finish(tf, tape, x, outputs, models):
  """Loss, outputs, state and gradients. `models`: pairs of prefix and model."""
  with tape:
    target = tf.concat([x[0], x[-1]], axis=1) if len(x) == 2 else x[0]
    loss = tf.reduce_mean(tf.square(tf.stop_gradient(target) - outputs))
  found = {"loss": loss, "outputs": outputs, "state": outputs[:, -1]}
  names, sources = [], []
  for prefix, model in models:
    for name, variable in zip(WEIGHTS, model.trainable_variables):
      names.append("gradient/" + prefix + name)
      sources.append(variable)
  slopes = tape.gradient(loss, sources + x)
  found.update(zip(names, slopes))
  found["gradient/x"] = tf.concat(slopes[len(sources):], axis=1)
  return found


def _inputs(tf, dtype, parts):
  """`[x]` of six steps, or `[x, x]` of three each; the tape watches them."""
  x = half(dtype)
  if parts == 2:
    return [tf.constant(x), tf.constant(x)]
  return [tf.constant(np.concatenate([x, x], axis=1))]


def _zero_state(tf, dtype):
  return tf.zeros([BATCH, UNITS], dtype)


def _complete(tf, dtype):
  model, x = _layer_model(tf, 2 * STEPS), _inputs(tf, dtype, 1)
  with tf.GradientTape() as tape:
    tape.watch(x)
    outputs = model(x[0], training=True)
  return _finish(tf, tape, x, outputs, [("", model)])


def _two_passes(tf, dtype):
  model = _layer_model(tf, STEPS, stateful=True)
  x = _inputs(tf, dtype, 2)
  with tf.GradientTape() as tape:
    tape.watch(x)
    outputs = tf.concat([model(part, training=True) for part in x], axis=1)
  return _finish(tf, tape, x, outputs, [("", model)])


def _two_passes_in_a_loop(tf, dtype):
  model = _layer_model(tf, STEPS, stateful=True)
  x = _inputs(tf, dtype, 2)
  with tf.GradientTape() as tape:
    tape.watch(x)
    # The state that the loop passes on is not used: the layer has its own.
    outputs, _ = _over_time(
        tf, lambda part, state: (model(part, training=True), state),
        tf.stack(x), _zero_state(tf, dtype))
    outputs = tf.concat(tf.unstack(outputs), axis=1)
  return _finish(tf, tape, x, outputs, [("", model)])


def _stepped(tf, dtype):
  model, x = _cell_model(tf), _inputs(tf, dtype, 1)
  with tf.GradientTape() as tape:
    tape.watch(x)
    outputs, _ = _over_time(
        tf, lambda part, state: model([part, state], training=True),
        tf.transpose(x[0], [1, 0, 2]), _zero_state(tf, dtype))
    outputs = tf.transpose(outputs, [1, 0, 2])
  return _finish(tf, tape, x, outputs, [("", model)])


def _stacked(tf, dtype):
  inputs = tf.keras.layers.Input(batch_shape=(BATCH, 2 * STEPS, UNITS))
  first = _layer_model(tf, 2 * STEPS, "first")
  second = _layer_model(tf, 2 * STEPS, "second")
  model = tf.keras.models.Model(inputs, second(first(inputs)))
  x = _inputs(tf, dtype, 1)
  with tf.GradientTape() as tape:
    tape.watch(x)
    outputs = model(x[0], training=True)
  return _finish(tf, tape, x, outputs,
                 [("first/", first), ("second/", second)])


def _stacked_stepped(tf, dtype):
  first = _layer_model(tf, 2 * STEPS, "first")
  second = _cell_model(tf, "second")
  x = _inputs(tf, dtype, 1)
  with tf.GradientTape() as tape:
    tape.watch(x)
    middle = first(x[0], training=True)
    outputs, _ = _over_time(
        tf, lambda part, state: second([part, state], training=True),
        tf.transpose(middle, [1, 0, 2]), _zero_state(tf, dtype))
    outputs = tf.transpose(outputs, [1, 0, 2])
  return _finish(tf, tape, x, outputs,
                 [("first/", first), ("second/", second)])
