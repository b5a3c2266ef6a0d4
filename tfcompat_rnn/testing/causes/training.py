"""Which optimizer makes the recorded variables of the recorded gradients.

The rules are applied to the gradients of each training step. The one that
leads from the initial values to the recorded ones is the program's; the one
that leads to the rewrite's is what the rewrite does. Each side has one
optimizer for all variables: the one that explains most of them. The learning
rate is whatever fits best, and must have been constant.
"""

import collections
import dataclasses

import numpy as np

EPSILONS = (1e-8, 1e-7, 1e-10, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, .1, 1.)
FIT = 2e-3                  # of the largest change: the rule is the program's
BETTER = 5.                 # times closer than the recorded values are
# The same after one step, to which both sides came with the same weights.
BETTER_AT_ONCE = 50.


@dataclasses.dataclass(frozen=True)
class Rule:
  """An optimizer: `update(gradients)` is the change for a rate of 1."""
  name: str
  update: object


def _sgd(gradients):
  return -sum(gradients)


def _momentum(decay, nesterov=False):
  def update(gradients):
    total, speed = 0., 0.
    for gradient in gradients:
      speed = decay * speed + gradient
      total -= gradient + decay * speed if nesterov else speed
    return total
  return update


def _adam(epsilon, paper=False, corrected=True, rates=(.9, .999)):
  """`paper`: epsilon is added after the correction of the bias."""
  one, two = rates

  def update(gradients):
    total, m, v = 0., 0., 0.
    for step, gradient in enumerate(gradients, 1):
      m = one * m + (1 - one) * gradient
      v = two * v + (1 - two) * gradient ** 2
      first, second = ((1 - one ** step, 1 - two ** step) if corrected
                       else (1., 1.))
      if paper:
        total -= (m / first) / (np.sqrt(v / second) + epsilon)
      else:
        total -= np.sqrt(second) / first * m / (np.sqrt(v) + epsilon)
    return total
  return update


def _lazy_adam(gradients):
  """Rows without a gradient stay as they are, and so do their moments."""
  total, m, v = (np.zeros_like(gradients[0]) for _ in range(3))
  for step, gradient in enumerate(gradients, 1):
    rows = gradient.any(tuple(range(1, gradient.ndim)))
    m[rows] = .9 * m[rows] + .1 * gradient[rows]
    v[rows] = .999 * v[rows] + .001 * gradient[rows] ** 2
    total[rows] -= np.sqrt(1 - .999 ** step) / (1 - .9 ** step) * m[rows] / (
        np.sqrt(v[rows]) + 1e-8)
  return total


def _rmsprop(start, epsilon, inside):
  def update(gradients):
    total, mean = 0., start
    for gradient in gradients:
      mean = .9 * mean + .1 * gradient ** 2
      total -= gradient / (np.sqrt(mean + epsilon) if inside
                           else np.sqrt(mean) + epsilon)
    return total
  return update


def _adagrad(start):
  def update(gradients):
    total, accumulated = 0., start
    for gradient in gradients:
      accumulated = accumulated + gradient ** 2
      total -= gradient / np.sqrt(np.maximum(accumulated, 1e-30))
    return total
  return update


def rules(dimensions):
  """All rules; of those that fit equally well, the first is meant."""
  found = [Rule("gradient descent", _sgd)]
  for epsilon in EPSILONS:
    found.append(Rule(f"Adam with epsilon {epsilon:g}", _adam(epsilon)))
  for epsilon in EPSILONS:
    found.append(Rule(
        f"Adam with epsilon {epsilon:g} added after the correction of the bias "
        "(as in PyTorch and Optax; 1.x and Keras add it before)",
        _adam(epsilon, True)))
  if dimensions > 1:
    found.append(Rule(
        "an Adam that leaves rows without a gradient as they are (a lazy or "
        "sparse Adam; that of 1.x moves them by their momentum)",
        _lazy_adam))
  found += [
      Rule("Adam without the correction of its bias",
           _adam(1e-8, corrected=False)),
      Rule("Adam with beta2 0.99", _adam(1e-8, rates=(.9, .99))),
      Rule("Adam with beta1 0.5", _adam(1e-8, rates=(.5, .999))),
      Rule("momentum 0.9", _momentum(.9)),
      Rule("momentum 0.9 (Nesterov)", _momentum(.9, True)),
      Rule("RMSProp as in 1.x (its mean starts at 1, epsilon 1e-10)",
           _rmsprop(1., 1e-10, True)),
      Rule("RMSProp as in Keras (its mean starts at 0, epsilon 1e-7)",
           _rmsprop(0., 1e-7, True)),
      Rule("RMSProp as in PyTorch (its mean starts at 0)",
           _rmsprop(0., 1e-8, False)),
      Rule("Adagrad with an initial accumulator of 0.1", _adagrad(.1)),
      Rule("Adagrad with an initial accumulator of 0", _adagrad(0.))]
  return found


@dataclasses.dataclass(frozen=True)
class Fit:
  """What one variable tells of the optimizers.

  `program` made the recorded values with the learning rate `rate`. The
  rewrite's come from `program` with `own`, if that is not None, or from one of
  `rules`: {name: how far it stays from them, 1 for the recorded values}.
  """
  program: str
  rate: float
  own: float | None
  rules: dict
  dimensions: int


def explain(found, context):
  """{text: names} on what the Differences `found` were trained with."""
  texts, fits = {}, {}
  if context.kind == "variables" and not context.step:
    return texts
  for one in found:
    told = _of_variable(one, context)
    if isinstance(told, Fit):
      fits[one.name] = told
    elif told:
      texts.setdefault(told, []).append(one.name)
  return {**_of_rates(fits), **_of_rules(fits), **texts}


def _most(words):
  return collections.Counter(words).most_common(1)[0][0]


def _of_rates(fits):
  """{text: names} if some were trained with another learning rate."""
  names = [name for name, fit in fits.items() if fit.own is not None]
  if not names:
    return {}
  own, rate = (float(np.median([getattr(fits[name], which) for name in names]))
               for which in ("own", "rate"))
  # After the first step, the gradients are no longer quite the recorded ones.
  spread = max(abs(fits[name].own / own - 1) for name in names)
  told = f"{own:.4g}" if spread < 2e-3 else f"about {own:.2g}"
  twice = "" if abs(own / rate - 2) > .1 or any(
      fits[name].dimensions > 1 for name in names) else (
          "; two biases that are both trained, as PyTorch has them, move twice "
          "as far")
  return {f"the rewrite's change is that of "
          f"{_most(fits[name].program for name in names)} with a learning rate "
          f"of {told}, where the recording has {rate:.4g}{twice}": names}


def _of_rules(fits):
  """{text: names} if some were trained by another rule."""
  fits = {name: fit for name, fit in fits.items() if fit.own is None}
  told = collections.Counter(rule for fit in fits.values()
                             for rule in fit.rules)
  if not told:
    return {}
  apart = lambda rule: sum(fit.rules.get(rule, 1.) for fit in fits.values())
  rule = min(told, key=lambda rule: (-told[rule], apart(rule)))
  names = [name for name, fit in fits.items() if rule in fit.rules]
  rate = float(np.median([fits[name].rate for name in names]))
  return {f"the recorded gradients lead to the rewrite's values with {rule}, "
          f"and to the recorded ones with "
          f"{_most(fits[name].program for name in names)} (learning rate "
          f"{rate:.4g})": names}


def _of_variable(one, context):
  """A Fit, or a text on something else, or None."""
  recording = context.recording
  if one.name not in recording.variables or one.gap.problem:
    return None
  start = recording.variables.value(one.name)
  if not start.is_whole or not one.wanted.is_whole or (
      start.array.dtype.kind != "f"):
    return None
  start = start.array.astype(np.float64)
  wanted, got = (np.asarray(array, np.float64) - start
                 for array in (one.wanted.array, one.got))
  # Rounding of the stored values limits what a change can tell.
  noise = 2. ** -22 * np.abs(start).max(initial=0.)
  if np.abs(got).max(initial=0.) <= noise < np.abs(wanted).max(initial=0.):
    return "it still has its initial value: it is not trained"
  gradients = _gradients(recording, one.name, context.step)
  return (_identify(wanted, got, gradients, noise) if gradients else None) or (
      _repeated_rows(wanted, got, noise, recording, context.step))


def _repeated_rows(wanted, got, noise, recording, step):
  """Differ only rows that one step looks up more than once?"""
  if wanted.ndim != 2:
    return None
  apart = np.abs(got - wanted).max(1)
  rows = set(np.flatnonzero(apart > 1e-5 * np.abs(wanted).max() + noise))
  for name in recording.steps[0].feeds if recording.steps else ():
    once, often = set(), set()
    for call in recording.steps[:step]:
      value = call.feeds.value(name) if name in call.feeds else None
      if value is None or not value.is_whole or (
          np.asarray(value.array).dtype.kind not in "iu"):
        break
      found, counts = np.unique(value.array, return_counts=True)
      if found.size and not 0 <= found[0] <= found[-1] < len(wanted):
        break               # they choose from a longer table
      often |= set(found[counts > 1])
      once |= set(found[counts == 1])
    if rows and rows <= often and once - often:
      return (f"only rows differ that a step looks up more than once ({name}): "
              "the gradients of repeated rows must be summed before an "
              "optimizer squares them. Keras's Adam squares each part of "
              "tf.IndexedSlices; give it tf.convert_to_tensor(gradient)")
  return None


def _gradients(recording, name, step):
  """The gradients of the first `step` training steps, or None."""
  steps = [call for call in recording.steps
           if call.session == recording.session][:step]
  values = [call.gradients.value(name) for call in steps
            if name in call.gradients]
  if len(values) < len(steps) or not all(value.is_whole for value in values):
    return None
  return [value.array.astype(np.float64) for value in values]


def _identify(wanted, got, gradients, noise):
  """The Fit of a variable's changes, or None if no rule makes them."""
  changes = [(rule.name, rule.update(gradients)) for rule in rules(wanted.ndim)]
  fits = [(_residual(wanted, change, _rate(wanted, change)), at)
          for at, (_, change) in enumerate(changes)]
  best = min(fit for fit, _ in fits)
  largest = np.abs(wanted).max()
  if best > FIT * largest + noise:
    return None
  program = next(at for fit, at in fits if fit <= 2 * best + noise)
  name, change = changes[program]
  rate = _rate(wanted, change)
  apart = np.abs(got - wanted).max()
  own = _rate(got, change)
  if abs(own / rate - 1) > 1e-3 and (
      _residual(got, change, own) * BETTER + noise < apart):
    return Fit(name, rate, own, {}, wanted.ndim)
  better = BETTER if len(gradients) > 1 else BETTER_AT_ONCE
  residuals = {other: _residual(got, one, _rate_for(got, one, rate))
               for at, (other, one) in enumerate(changes) if at != program}
  found = {other: residual / apart for other, residual in residuals.items()
           if residual * better + noise < apart}
  return Fit(name, rate, None, found, wanted.ndim) if found else None


def _rate(change, direction):
  scale = float(np.vdot(direction, direction))
  return float(np.vdot(direction, change)) / scale if scale else 0.


def _rate_for(change, direction, rate):
  """The program's rate, unless another fits far better."""
  own = _rate(change, direction)
  return own if _residual(change, direction, own) * BETTER < _residual(
      change, direction, rate) else rate


def _residual(change, direction, rate):
  return float(np.abs(change - rate * direction).max(initial=0.))
