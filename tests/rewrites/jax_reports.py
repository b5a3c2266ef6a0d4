"""Runs the rewrite in JAX, right and with each trap: prints JSON reports.

  python jax_reports.py lstm.npz

A process of its own, in which TensorFlow is not loaded.
"""

import json
import sys

import jax
import jax.numpy as jnp
import language_model_jax as rewrite
import numpy as np
from rewrite_reports import RECORDING
from rewrite_reports import report

FIRST = RECORDING.steps[0]


def feeds(call):
  return [call.feeds[name] for name in ("inputs", "targets", "start")]


def forward(weights, call=1, start=None, keep_prob=1.):
  inputs, targets, fed = feeds(RECORDING.calls[call])
  outputs, logits, _ = rewrite.forward(
      weights, inputs, fed if start is None else start)
  if keep_prob < 1:
    mask = np.random.RandomState(0).uniform(size=outputs.shape) < keep_prob
    outputs = jnp.where(mask, outputs / keep_prob, 0)
    kernel, bias = weights["softmax"]
    logits = outputs @ kernel + bias
  return {"outputs": outputs, "logits": logits,
          "loss": rewrite.loss_of(logits, targets)}


def variables(weights):
  return rewrite.under_old_names(weights, forget_bias=1.)


def train(weights, steps, adam=rewrite.adam):
  """The weights after each of some training steps."""
  moments, state = rewrite.new_moments(weights), FIRST.feeds["start"]
  for number, call in enumerate(RECORDING.steps[:steps], 1):
    _, gradients, state = rewrite.gradients_of(
        weights, *feeds(call)[:2], state)
    weights, moments = adam(weights, gradients, moments, number)
    yield weights


def last(iterator):
  *_, found = iterator
  return found


def adam_of_optax(weights, gradients, moments, number):
  """epsilon is added after the correction, as in the paper."""
  m, v = (jax.tree.map(lambda old, new: old + (1 - beta) * (new - old),
                       olds, news)
          for beta, olds, news in (
              (.9, moments[0], gradients),
              (.999, moments[1], jax.tree.map(jnp.square, gradients))))
  return jax.tree.map(
      lambda w, m, v: w - .01 * m / (1 - .9 ** number) / (
          jnp.sqrt(v / (1 - .999 ** number)) + 1e-8), weights, m, v), (m, v)


def with_lstm(weights, change):
  return dict(weights, lstm=[change(*layer) for layer in weights["lstm"]])


def in_order_of_1x(*layer):
  return [jnp.concatenate([i, j, f, o], -1) for i, f, j, o in (
      jnp.split(value, 4, -1) for value in layer)]


def one_embedding(weights):
  """The gradients, whose norm counts each row of the embedding once."""
  inputs, targets, start = feeds(FIRST)
  gradients = jax.grad(lambda weights: rewrite.loss_of(
      rewrite.forward(weights, inputs, start)[1], targets))(weights)
  norm = jnp.sqrt(sum(jnp.sum(one ** 2) for one in jax.tree.leaves(gradients)))
  return jax.tree.map(lambda one: one * .1 / norm, gradients)


def main():
  weights = rewrite.load(RECORDING.variables, dict(np.load(sys.argv[1])))
  one, *_, ten = train(weights, 10)
  units = rewrite.UNITS
  more_bias = with_lstm(weights, lambda kernel, recurrent, bias: (
      kernel, recurrent, bias.at[units:2 * units].add(1)))
  large_epsilon = lambda *values: rewrite.adam(*values, epsilon=1e-7)
  start = RECORDING.calls[3].feeds["start"]
  found = {
      "weights": report(variables(weights), kind="variables"),
      "forward": report(forward(weights), call=1),
      "gradients": report(rewrite.under_old_names(
          rewrite.gradients_of(weights, *feeds(FIRST))[1]),
                          call=FIRST.number, kind="gradients"),
      "first step": report(variables(one), kind="variables", step=1,
                           atol=1e-6),
      "with state": report(forward(one, 3), call=3),
      "ten steps": report(variables(ten), kind="variables", step=10),
      "gate order": report(forward(with_lstm(weights, in_order_of_1x)),
                           call=1),
      "forget bias": report(forward(more_bias), call=1),
      "no state": report(forward(one, 3, np.zeros_like(start)), call=3),
      "h and c": report(forward(one, 3, start[:, ::-1]), call=3),
      "dropout": report(forward(weights, keep_prob=.5), call=1),
      "repeated rows": report(rewrite.under_old_names(one_embedding(weights)),
                              call=FIRST.number, kind="gradients"),
      "epsilon": report(variables(last(train(weights, 5, large_epsilon))),
                        kind="variables", step=5),
      "optimizer": report(variables(last(train(weights, 5, adam_of_optax))),
                          kind="variables", step=5)}
  assert "tensorflow" not in sys.modules
  print(json.dumps(found))


if __name__ == "__main__":
  main()
