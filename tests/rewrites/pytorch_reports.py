"""Runs the rewrite in PyTorch, right and with its traps: prints JSON reports.

  python pytorch_reports.py lstm.npz

A process of its own, in which PyTorch need not get along with TensorFlow.
"""

import json
import sys

import language_model_pytorch as rewrite
import numpy as np
import torch
from rewrite_reports import RECORDING
from rewrite_reports import report

KERNEL = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"


def new_model():
  model = rewrite.LanguageModel()
  model.load(RECORDING.variables, dict(np.load(sys.argv[1])))
  return model


def feeds(call):
  return [torch.from_numpy(call.feeds[name])
          for name in ("inputs", "targets", "start")]


def train(model, optimizer, steps):
  """The variables after some training steps, under the old names."""
  state = feeds(RECORDING.steps[0])[2]
  for call in RECORDING.steps[:steps]:
    _, state = rewrite.set_gradients(model, *feeds(call)[:2], state)
    optimizer.step()
  return rewrite.under_old_names(model.trained(), forget_bias=1.)


def with_two_biases():
  """The variables after a step in which both biases were trained."""
  model = new_model()
  both = [[getattr(model.lstm, f"bias_{kind}_l{number}")
           for kind in ("ih", "hh")] for number in range(rewrite.LAYERS)]
  for _, other in both:
    other.requires_grad_(True)
  train(model, rewrite.Adam(model.trained().values()), 1)
  with torch.no_grad():
    for bias, other in both:
      bias += other
  return rewrite.under_old_names(model.trained(), forget_bias=1.)


def main():
  model = new_model()
  trained = model.trained()
  inputs, targets, start = feeds(RECORDING.calls[1])
  outputs, logits, _ = model(inputs, start)
  rewrite.set_gradients(model, *feeds(RECORDING.steps[0]))
  ours, theirs = new_model(), new_model()
  found = {
      "weights": report(rewrite.under_old_names(trained, 1.),
                        kind="variables"),
      "forward": report({"outputs": outputs, "logits": logits,
                         "loss": rewrite.loss_of(logits, targets)}, call=1),
      "gradients": report(rewrite.under_old_names(
          {name: weight.grad for name, weight in trained.items()}), call=2,
                          kind="gradients"),
      "steps": report(train(ours, rewrite.Adam(ours.trained().values()), 10),
                      kind="variables", step=10),
      "optimizer": report(train(theirs, torch.optim.Adam(
          theirs.trained().values(), .01, eps=1e-8), 5), kind="variables",
                          step=5),
      "two biases": report(with_two_biases(), kind="variables", step=1,
                           atol=1e-6),
      "cell's layout": report(
          {KERNEL: np.array(model.lstm.weight_ih_l0.detach())},
          kind="variables"),
      "layer's layout": report(
          {"softmax/kernel": np.array(model.softmax.weight.detach())},
          kind="variables")}
  assert "tensorflow" not in sys.modules
  print(json.dumps(found))


if __name__ == "__main__":
  main()
