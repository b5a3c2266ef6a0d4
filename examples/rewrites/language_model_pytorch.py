"""The language model of language_model.py, rewritten in PyTorch.

  tfcompat-rnn checkpoint export language_model.ckpt --to pytorch -o lstm.npz
  python language_model_pytorch.py language_model.npz lstm.npz

No TensorFlow is needed: what is not in lstm.npz comes from the recording
language_model.npz.
"""

import sys

import numpy as np
import torch

from tfcompat_rnn.testing import Recording

SYMBOLS, UNITS, LAYERS = 20, 8, 2


class LanguageModel(torch.nn.Module):
  """Embedding, LSTM layers and logits; the state goes in and comes out."""

  def __init__(self):
    super().__init__()
    self.embedding = torch.nn.Embedding(SYMBOLS, UNITS)
    self.lstm = torch.nn.LSTM(UNITS, UNITS, num_layers=LAYERS,
                              batch_first=True)
    # PyTorch has two biases, whose sum is that of 1.x; one is enough.
    for number in range(LAYERS):
      getattr(self.lstm, f"bias_hh_l{number}").requires_grad_(False)
    self.softmax = torch.nn.Linear(UNITS, SYMBOLS)

  def forward(self, inputs, start):
    """`inputs` [batch, time], `start` [layers, 2, batch, units]: (c, h)."""
    self.embedded = self.embedding(inputs)
    # PyTorch's order is (h, c), that of 1.x is (c, h).
    outputs, (h, c) = self.lstm(self.embedded, (
        start[:, 1].contiguous(), start[:, 0].contiguous()))
    return outputs, self.softmax(outputs), torch.stack([c, h], 1)

  def load(self, old, lstm):
    """`old` has the variables of 1.x, `lstm` what `checkpoint export` made."""
    self.lstm.load_state_dict(
        {key: torch.from_numpy(value) for key, value in lstm.items()})
    with torch.no_grad():
      for number in range(LAYERS):
        bias, other = (getattr(self.lstm, f"bias_{kind}_l{number}")
                       for kind in ("ih", "hh"))
        bias += other
        other.zero_()
      for weight, name in ((self.embedding.weight, "embedding"),
                           (self.softmax.weight, "softmax/kernel"),
                           (self.softmax.bias, "softmax/bias")):
        value = torch.from_numpy(old[name])
        weight.copy_(value.T if name.endswith("kernel") else value)

  def trained(self):
    """The weights that are trained, by name."""
    return {name: weight for name, weight in self.named_parameters()
            if weight.requires_grad}


def loss_of(logits, targets):
  return torch.nn.functional.cross_entropy(
      logits.reshape(-1, SYMBOLS), targets.reshape(-1).long())


class Adam:
  """Adam of 1.x: torch.optim.Adam adds epsilon after the correction."""

  def __init__(self, weights, rate=.01, epsilon=1e-8):
    self.weights, self.rate, self.epsilon = list(weights), rate, epsilon
    self.moments = [(torch.zeros_like(weight), torch.zeros_like(weight))
                    for weight in self.weights]
    self.number = 0

  @torch.no_grad()
  def step(self):
    self.number += 1
    rate = self.rate * (1 - .999 ** self.number) ** .5 / (
        1 - .9 ** self.number)
    for weight, (m, v) in zip(self.weights, self.moments):
      m.lerp_(weight.grad, .1)
      v.lerp_(weight.grad ** 2, .001)
      weight -= rate * m / (v.sqrt() + self.epsilon)


def set_gradients(model, inputs, targets, start):
  """The loss and the new state; each weight has its clipped gradient."""
  model.zero_grad()
  _, logits, state = model(inputs, start)
  model.embedded.retain_grad()
  loss = loss_of(logits, targets)
  loss.backward()
  # As in 1.x, the norm counts each occurrence of a symbol on its own.
  parts = [model.embedded.grad] + [
      weight.grad for name, weight in model.trained().items()
      if name != "embedding.weight"]
  norm = torch.sqrt(sum((part ** 2).sum() for part in parts))
  for weight in model.trained().values():
    weight.grad *= .1 / max(norm, .1)
  return loss.detach(), state.detach()


def under_old_names(values, forget_bias=0.):
  """Weights, or their gradients, as 1.x named and arranged them.

  `values` are by the names of `trained()`. `forget_bias` is 1 for weights:
  PyTorch has it in the bias.
  """
  values = {name: np.array(value.detach()) for name, value in values.items()}
  found = {"embedding": values["embedding.weight"],
           "softmax/kernel": values["softmax.weight"].T,
           "softmax/bias": values["softmax.bias"]}
  for number in range(LAYERS):
    inputs, recurrent, bias = (values[f"lstm.{kind}_l{number}"] for kind in (
        "weight_ih", "weight_hh", "bias_ih"))
    bias[UNITS:2 * UNITS] -= forget_bias
    scope = f"rnn/multi_rnn_cell/cell_{number}/basic_lstm_cell"
    for name, value in (("kernel", np.concatenate([inputs, recurrent], 1).T),
                        ("bias", bias)):
      i, f, j, o = np.split(value, 4, -1)
      found[f"{scope}/{name}"] = np.concatenate([i, j, f, o], -1)
  return found


def main(recording, lstm):
  model = LanguageModel()
  model.load(Recording(recording).variables, dict(np.load(lstm)))
  optimizer = Adam(model.trained().values())
  random = np.random.RandomState(7)
  state = torch.zeros([LAYERS, 2, 4, UNITS])
  for step in range(10):
    text = torch.from_numpy(random.randint(0, SYMBOLS, [4, 7]))
    loss, state = set_gradients(model, text[:, :-1], text[:, 1:], state)
    optimizer.step()
    print(f"step {step + 1}: loss {float(loss):.4f}")


if __name__ == "__main__":
  main(*sys.argv[1:])
