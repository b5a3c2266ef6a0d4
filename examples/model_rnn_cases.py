"""Checks backpropagation when a sequence is processed in pieces.

Sends the same numbers through a small recurrent network in six ways, with
Keras 3 in eager mode: in one pass, in two halves with a stateful layer, and
step by step with `tfcompat_rnn.model_rnn`. Outputs and loss are the same in all
of them, but the gradients are not.

  python examples/model_rnn_cases.py
"""

import argparse
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np


def layers():
  """Keras's layers, imported only when needed."""
  import keras
  return keras.layers, keras.Model


class Cases:
  """The cases, on a sequence that consists of `half` twice."""

  def __init__(self, rows=2, half=3, depth=4):
    draw = np.random.RandomState(1)
    import tensorflow as tf
    self.tf = tf
    self.sizes = rows, half, depth
    self.half = tf.constant(draw.randn(rows, half, depth), tf.float32)
    self.whole = tf.concat([self.half, self.half], axis=1)
    self.weights = [
        [(.5 * draw.randn(*shape)).astype(np.float32)
         for shape in ([depth, depth], [depth, depth], [depth])]
        for _ in range(2)]

  def over_time(self, steps, count=1, **more):
    """A model with `count` recurrent layers that loops over `steps` itself."""
    keras, Model = layers()
    rows, _, depth = self.sizes
    first = out = keras.Input(batch_shape=(rows, steps, depth))
    for _ in range(count):
      out = keras.SimpleRNN(depth, return_sequences=True, **more)(out)
    model = Model(first, out)
    model.set_weights(sum(self.weights[:count], []))
    return model

  def one_step(self, layer=0):
    """A one-step model: [input, state] -> [output, new state]."""
    keras, Model = layers()
    rows, _, depth = self.sizes
    now = keras.Input(batch_shape=(rows, depth))
    state = keras.Input(batch_shape=(rows, depth))
    out, new_state = keras.SimpleRNNCell(depth)(now, state)
    if isinstance(new_state, (list, tuple)):
      new_state, = new_state
    model = Model([now, state], [out, new_state])
    model.set_weights(self.weights[layer])
    return model

  def run(self, models, forward):
    """Outputs, loss and gradients of one case."""
    with self.tf.GradientTape() as tape:
      outputs = forward(*models)
      loss = self.tf.reduce_mean((outputs - self.whole) ** 2)
    variables = [one for model in models for one in model.trainable_weights]
    gradients = tape.gradient(loss, variables)
    return {"outputs": outputs.numpy(), "loss": float(loss),
            "gradients": [one.numpy() for one in gradients]}

  def all(self):
    from tfcompat_rnn import model_rnn
    tf = self.tf
    rows, half, depth = self.sizes
    halves = tf.stack([self.half, self.half])   # [2, rows, half, depth]

    def two_calls(model):
      return tf.concat([model(self.half, training=True),
                        model(self.half, training=True)], axis=1)

    def two_steps(model):
      # The "time" axis that model_rnn steps through is the two halves.
      outputs, _ = model_rnn(model, halves, time_major=True)
      return tf.concat(list(outputs), axis=1)

    return [
        self.run([self.over_time(2 * half)],
                 lambda model: model(self.whole, training=True)),
        self.run([self.over_time(half, stateful=True)], two_calls),
        self.run([self.over_time(half, stateful=True)], two_steps),
        self.run([self.one_step()],
                 lambda model: model_rnn(model, self.whole)[0]),
        self.run([self.over_time(2 * half, count=2)],
                 lambda model: model(self.whole, training=True)),
        self.run([self.over_time(2 * half), self.one_step(1)],
                 lambda below, above: model_rnn(
                     above, below(self.whole, training=True))[0]),
    ]


TITLES = [
    "complete pass (control)",
    "two passes, stateful layer, called directly",
    "two passes, stateful layer, model_rnn over the halves",
    "single pass, model_rnn over a one-step model",
    "two layers, complete pass (control)",
    "two layers, the upper one by model_rnn",
]
CONTROLS = [0, 0, 0, 0, 4, 4]


def largest(one, other):
  return max(float(np.abs(a - b).max()) for a, b in zip(one, other))


def compared(results):
  """A row for each case with its difference from the control."""
  rows = []
  for number, found in enumerate(results):
    control = results[CONTROLS[number]]
    rows.append({
        "case": number, "title": TITLES[number], "control": CONTROLS[number],
        "outputs": largest([found["outputs"]], [control["outputs"]]),
        "loss": abs(found["loss"] - control["loss"]),
        "gradients": largest(found["gradients"], control["gradients"])})
  return rows


def main(arguments=None):
  parser = argparse.ArgumentParser(
      description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
  parser.add_argument("--half", type=int, default=3,
                      help="time steps in each half (default 3)")
  arguments = parser.parse_args(arguments)
  rows = compared(Cases(half=arguments.half).all())
  print("Largest difference from the control:\n")
  print("case  outputs     loss  gradients")
  for row in rows:
    print(f"{row['case']:4}  {row['outputs']:7.1e}  {row['loss']:7.1e}  "
          f"{row['gradients']:9.1e}  {row['title']}")
  lost = [str(row["case"]) for row in rows if row["gradients"] > 1e-4]
  print(f"\nCases {' and '.join(lost)} have different gradients, because the "
        "state that enters the\nsecond half is treated as a constant.")
  return rows


if __name__ == "__main__":
  main()
