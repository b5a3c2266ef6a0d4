"""Time series generated with NumPy: float32 `[batch, time, depth]`.

Sines, sums of sines, and a hidden value to be tracked through noise, with the
error of the best possible tracker.
"""

import numpy as np

from tfcompat_rnn import _errors


def _at_least(name, value, least):
  if value < least:
    raise _errors.ArgumentError(_errors.problem(
        name, f"be at least {least}", value, f"pass {least} or more"))


def _above_zero(name, value):
  if not value > 0:
    raise _errors.ArgumentError(_errors.problem(
        name, "be above 0", value, "pass a positive number"))


def sine(batch_size=1, steps=100, period=62.8, phase=0., noise=0., seed=0):
  """Sine waves: float32 `[batch_size, steps, 1]`.

  >>> sine(2, 100, phase=[0., 1.]).shape
  (2, 100, 1)

  period: number of steps in one period, a number or one for each row.
  phase: initial phase in radians, a number or one for each row.
  noise: standard deviation of noise added to each step, drawn from `seed`.

  Raises ArgumentError for sizes below 1 and periods not above 0.
  """
  _at_least("batch_size", batch_size, 1)
  _at_least("steps", steps, 1)
  period = np.broadcast_to(np.asarray(period, np.float64), [batch_size])
  _above_zero("period", period.min())
  phase = np.broadcast_to(np.asarray(phase, np.float64), [batch_size])
  angle = (2. * np.pi * np.arange(steps)[None] / period[:, None]
           + phase[:, None])
  values = np.sin(angle)
  if noise:
    values = values + noise * np.random.RandomState(seed).randn(
        batch_size, steps)
  return values[..., None].astype(np.float32)


def sum_of_sines(batch_size=1, steps=100, waves=3, shortest=10., longest=100.,
                 noise=0., seed=0):
  """Sums of sines of random periods and phases, between -1 and 1.

  >>> sum_of_sines(4, 200, waves=3).shape
  (4, 200, 1)

  waves: number of sines in each row; their amplitudes sum to 1.
  shortest, longest: the range from which the periods, in steps, are drawn.
  noise: standard deviation of noise added to each step.

  Returns float32 `[batch_size, steps, 1]`; the same seed gives the same rows.
  Raises ArgumentError for sizes below 1 and periods not above 0.
  """
  _at_least("batch_size", batch_size, 1)
  _at_least("steps", steps, 1)
  _at_least("waves", waves, 1)
  _above_zero("shortest", shortest)
  _at_least("longest", longest, shortest)
  random = np.random.RandomState(seed)
  shape = (batch_size, waves, 1)
  period = np.exp(random.uniform(np.log(shortest), np.log(longest), shape))
  phase = random.uniform(0., 2. * np.pi, shape)
  amplitude = random.uniform(.5, 1., shape)
  amplitude /= amplitude.sum(axis=1, keepdims=True)
  time = np.arange(steps)[None, None]
  values = (amplitude * np.sin(2. * np.pi * time / period + phase)).sum(1)
  values = values + noise * random.randn(batch_size, steps)
  return values[..., None].astype(np.float32)


def tracking(batch_size=1, steps=1000, memory=200., noise=1., seed=0):
  """A hidden value that drifts, and noisy observations of it.

  >>> observations, truth = tracking(8, 1000)
  >>> observations.shape, truth.shape
  ((8, 1000, 1), (8, 1000, 1))

  The truth is a random walk that is pulled back to 0 and has variance 1: each
  step keeps `exp(-1 / memory)` of the previous one. An observation is the truth
  plus noise of standard deviation `noise`. A single observation says little,
  but remembering earlier ones makes it possible to average out the noise: see
  `tracking_error`.

  Returns two float32 arrays `[batch_size, steps, 1]`. Raises ArgumentError for
  sizes below 1 and a memory not above 0.
  """
  _at_least("batch_size", batch_size, 1)
  _at_least("steps", steps, 1)
  _above_zero("memory", memory)
  random = np.random.RandomState(seed)
  keep = np.exp(-1. / memory)
  pushes = np.sqrt(1. - keep ** 2) * random.randn(batch_size, steps)
  truth = np.empty((batch_size, steps))
  value = random.randn(batch_size)
  for step in range(steps):
    value = keep * value + pushes[:, step]
    truth[:, step] = value
  observations = truth + noise * random.randn(batch_size, steps)
  return (observations[..., None].astype(np.float32),
          truth[..., None].astype(np.float32))


def tracking_error(steps, memory=200., noise=1.):
  """The mean squared error of the best tracker after n observations.

  >>> tracking_error(3, memory=200., noise=1.).round(3)
  array([0.5  , 0.336, 0.255])

  Element n is the variance of the truth given the last n + 1 observations
  (R. E. Kalman, "A New Approach to Linear Filtering and Prediction Problems",
  1960). No estimator does better on average, so one that forgets everything
  after w steps cannot have a lower error than the mean of `tracking_error(w)`.
  Returns float64 `[steps]`.
  """
  _at_least("steps", steps, 1)
  _above_zero("memory", memory)
  keep2 = np.exp(-2. / memory)
  errors, before = [], 1.
  for _ in range(steps):
    after = before * noise ** 2 / (before + noise ** 2)
    errors.append(after)
    before = keep2 * after + 1. - keep2
  return np.array(errors)
