"""The language model of language_model.py, rewritten in Keras 3.

  tfcompat-rnn checkpoint export language_model.ckpt --to keras -o lstm.npz
  python language_model_keras.py language_model.ckpt lstm.npz
"""

import sys

import keras
import numpy as np
import tensorflow as tf

from tfcompat_rnn.checkpoints import open_checkpoint

SYMBOLS, UNITS, LAYERS = 20, 8, 2


class LanguageModel(keras.Model):
  """Embedding, LSTM layers and logits; the state goes in and comes out."""

  def __init__(self):
    super().__init__()
    self.embedding = keras.layers.Embedding(SYMBOLS, UNITS, name="embedding")
    self.lstm = [keras.layers.LSTM(UNITS, return_sequences=True,
                                   return_state=True, name=f"lstm_{n}")
                 for n in range(LAYERS)]
    self.softmax = keras.layers.Dense(SYMBOLS, name="softmax")

  def call(self, inputs, start):
    """`inputs` [batch, time], `start` [layers, 2, batch, units]: (c, h)."""
    outputs, state = self.embedding(inputs), []
    for lstm, (c, h) in zip(self.lstm, start):
      # Keras's order is (h, c), that of 1.x is (c, h).
      outputs, h, c = lstm(outputs, initial_state=[h, c])
      state.append([c, h])
    return outputs, self.softmax(outputs), state

  def load(self, checkpoint, lstm):
    """`checkpoint` is the old one, `lstm` what `checkpoint export` made."""
    self(np.zeros([1, 1], "int32"), np.zeros([LAYERS, 2, 1, UNITS], "f4"))
    old = open_checkpoint(checkpoint)
    self.embedding.set_weights([old["embedding"]])
    self.softmax.set_weights([old["softmax/kernel"], old["softmax/bias"]])
    for number, layer in enumerate(self.lstm):
      layer.set_weights([lstm[key] for key in lstm
                         if key.startswith(f"layer_{number:02d}/")])


def loss_of(logits, targets):
  return tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
      labels=targets, logits=logits))


def make_optimizer():
  return keras.optimizers.Adam(.01, epsilon=1e-8)      # Keras's own is 1e-7


def gradients_of(model, inputs, targets, start):
  """The loss, the clipped gradient of each weight, and the new state."""
  with tf.GradientTape() as tape:
    _, logits, state = model(inputs, start)
    loss = loss_of(logits, targets)
  weights = [weight.value for weight in model.trainable_weights]
  gradients, _ = tf.clip_by_global_norm(tape.gradient(loss, weights), .1)
  # In tf.IndexedSlices, Keras's Adam would square the parts of the gradient of
  # a symbol that occurs twice, instead of their sum.
  return loss, [tf.convert_to_tensor(one) for one in gradients], state


def under_old_names(values, forget_bias=0.):
  """Weights, or their gradients, as 1.x named and arranged them.

  `values` are in the order of `model.trainable_weights`. `forget_bias` is 1 for
  weights: Keras has it in the bias.
  """
  embedding, *cells, kernel, bias = [np.array(value) for value in values]
  found = {"embedding": embedding, "softmax/kernel": kernel,
           "softmax/bias": bias}
  for number in range(LAYERS):
    inputs, recurrent, bias = cells[3 * number:3 * number + 3]
    bias[UNITS:2 * UNITS] -= forget_bias
    scope = f"rnn/multi_rnn_cell/cell_{number}/basic_lstm_cell"
    for name, value in (("kernel", np.concatenate([inputs, recurrent])),
                        ("bias", bias)):
      i, f, j, o = np.split(value, 4, -1)
      found[f"{scope}/{name}"] = np.concatenate([i, j, f, o], -1)
  return found


def main(checkpoint, lstm):
  model, optimizer = LanguageModel(), make_optimizer()
  model.load(checkpoint, dict(np.load(lstm)))
  random = np.random.RandomState(7)
  start = np.zeros([LAYERS, 2, 4, UNITS], "f4")
  for step in range(10):
    text = random.randint(0, SYMBOLS, [4, 7])
    loss, gradients, start = gradients_of(
        model, text[:, :-1], text[:, 1:], start)
    optimizer.apply(gradients, model.trainable_weights)
    print(f"step {step + 1}: loss {float(loss):.4f}")


if __name__ == "__main__":
  main(*sys.argv[1:])
