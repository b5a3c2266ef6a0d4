"""The language model of language_model.py, rewritten in plain JAX.

  tfcompat-rnn checkpoint export language_model.ckpt --to keras -o lstm.npz
  python language_model_jax.py language_model.npz lstm.npz

JAX has no LSTM of its own; this one keeps its weights as Keras does. No
TensorFlow is needed: what is not in lstm.npz comes from the recording
language_model.npz.
"""

import sys

import jax
import jax.numpy as jnp
import numpy as np

from tfcompat_rnn.testing import Recording

SYMBOLS, UNITS, LAYERS = 20, 8, 2


def load(old, lstm):
  """The weights: a dict with a list of `(kernel, recurrent, bias)` in it.

  `old` has the variables of 1.x, `lstm` what `checkpoint export` made.
  """
  layers = [[lstm[key] for key in lstm if key.startswith(f"layer_{n:02d}/")]
            for n in range(LAYERS)]
  return jax.tree.map(jnp.asarray, {
      "embedding": old["embedding"], "lstm": layers,
      "softmax": [old["softmax/kernel"], old["softmax/bias"]]})


def lstm_layer(weights, inputs, state):
  """Outputs [batch, time, units] and the last state of one layer."""
  kernel, recurrent, bias = weights

  def step(state, x):
    c, h = state
    # Keras's order, and the forget bias is in the bias; 1.x has i, g, f, o.
    i, f, g, o = jnp.split(x @ kernel + h @ recurrent + bias, 4, -1)
    c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
    h = jax.nn.sigmoid(o) * jnp.tanh(c)
    return (c, h), h

  state, outputs = jax.lax.scan(step, tuple(state), inputs.swapaxes(0, 1))
  return outputs.swapaxes(0, 1), jnp.stack(state)


def forward(weights, inputs, start):
  """`inputs` [batch, time], `start` [layers, 2, batch, units]: (c, h)."""
  return forward_rows(weights, weights["embedding"][inputs], start)


def forward_rows(weights, outputs, start):
  """The same from the rows of the embedding that `inputs` chooses."""
  states = []
  for layer, state in zip(weights["lstm"], start):
    outputs, state = lstm_layer(layer, outputs, state)
    states.append(state)
  kernel, bias = weights["softmax"]
  return outputs, outputs @ kernel + bias, jnp.stack(states)


def loss_of(logits, targets):
  chosen = jnp.take_along_axis(
      jax.nn.log_softmax(logits), targets[..., None], -1)
  return -chosen.mean()


@jax.jit
def gradients_of(weights, inputs, targets, start):
  """The loss, the clipped gradients, and the new state."""
  def lossy(weights, rows):
    _, logits, state = forward_rows(weights, rows, start)
    return loss_of(logits, targets), state

  rows = weights["embedding"][inputs]
  (loss, state), (gradients, rows) = jax.value_and_grad(
      lossy, argnums=(0, 1), has_aux=True)(weights, rows)
  # As in 1.x, the norm counts each occurrence of a symbol on its own. The
  # embedding's own gradient is zero, because `lossy` reads only `rows`.
  norm = jnp.sqrt(sum(jnp.sum(one ** 2) for one in jax.tree.leaves(
      (gradients, rows))))
  gradients["embedding"] = gradients["embedding"].at[inputs].add(rows)
  scale = .1 / jnp.maximum(norm, .1)
  return loss, jax.tree.map(lambda one: one * scale, gradients), state


def new_moments(weights):
  """What `adam` starts from."""
  zeros = jax.tree.map(jnp.zeros_like, weights)
  return zeros, zeros


@jax.jit
def adam(weights, gradients, moments, number, rate=.01, epsilon=1e-8):
  """Weights and moments after the step `number`, 1 for the first.

  This is the Adam of 1.x; that of Optax adds epsilon after the correction.
  """
  rate *= jnp.sqrt(1 - .999 ** number) / (1 - .9 ** number)
  m, v = moments
  m = jax.tree.map(lambda m, g: m + .1 * (g - m), m, gradients)
  v = jax.tree.map(lambda v, g: v + .001 * (g ** 2 - v), v, gradients)
  weights = jax.tree.map(
      lambda w, m, v: w - rate * m / (jnp.sqrt(v) + epsilon), weights, m, v)
  return weights, (m, v)


def under_old_names(weights, forget_bias=0.):
  """Weights, or their gradients, as 1.x named and arranged them.

  `forget_bias` is 1 for weights: this model has it in the bias.
  """
  found = {"embedding": weights["embedding"],
           "softmax/kernel": weights["softmax"][0],
           "softmax/bias": weights["softmax"][1]}
  for number, (inputs, recurrent, bias) in enumerate(weights["lstm"]):
    bias = np.array(bias)
    bias[UNITS:2 * UNITS] -= forget_bias
    scope = f"rnn/multi_rnn_cell/cell_{number}/basic_lstm_cell"
    for name, value in (("kernel", np.concatenate([inputs, recurrent])),
                        ("bias", bias)):
      i, f, j, o = np.split(value, 4, -1)
      found[f"{scope}/{name}"] = np.concatenate([i, j, f, o], -1)
  return {name: np.asarray(value) for name, value in found.items()}


def main(recording, lstm):
  weights = load(Recording(recording).variables, dict(np.load(lstm)))
  moments = new_moments(weights)
  random = np.random.RandomState(7)
  state = jnp.zeros([LAYERS, 2, 4, UNITS])
  for step in range(10):
    text = random.randint(0, SYMBOLS, [4, 7])
    loss, gradients, state = gradients_of(
        weights, text[:, :-1], text[:, 1:], state)
    weights, moments = adam(weights, gradients, moments, step + 1)
    print(f"step {step + 1}: loss {loss:.4f}")


if __name__ == "__main__":
  main(*sys.argv[1:])
