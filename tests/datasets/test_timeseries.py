"""Time series: hand-calculated values, and the best possible tracker."""

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn.datasets import timeseries


def test_sine_by_hand():
  values = timeseries.sine(3, 9, period=[8, 4, 8], phase=[0, 0, np.pi / 2])
  assert values.shape == (3, 9, 1) and values.dtype == np.float32
  half = np.sqrt(.5)
  np.testing.assert_allclose(
      values[0, :, 0], [0, half, 1, half, 0, -half, -1, -half, 0], atol=1e-6)
  np.testing.assert_allclose(values[1, :5, 0], [0, 1, 0, -1, 0], atol=1e-6)
  np.testing.assert_allclose(values[2, :3, 0], [1, half, 0], atol=1e-6)


def test_noise_is_added():
  plain = timeseries.sine(2, 2000)
  noisy = timeseries.sine(2, 2000, noise=.5, seed=3)
  assert abs((noisy - plain).std() - .5) < .02
  np.testing.assert_array_equal(noisy, timeseries.sine(2, 2000, noise=.5,
                                                       seed=3))


def test_sums_of_sines_have_their_waves_and_no_others():
  values = timeseries.sum_of_sines(4, 4096, waves=3, shortest=16, longest=128,
                                   seed=5)
  assert values.shape == (4, 4096, 1) and values.dtype == np.float32
  assert np.abs(values).max() <= 1.
  power = np.abs(np.fft.rfft(values[..., 0] * np.hanning(4096))) ** 2
  inside = slice(4096 // 128 - 3, 4096 // 16 + 4)
  assert (power[:, inside].sum(1) / power.sum(1) > .999).all()
  assert not np.array_equal(values, timeseries.sum_of_sines(
      4, 4096, waves=3, shortest=16, longest=128, seed=6))


def test_the_truth_drifts_as_said():
  observations, truth = timeseries.tracking(100, 2000, memory=20., noise=2.)
  assert observations.shape == truth.shape == (100, 2000, 1)
  assert observations.dtype == truth.dtype == np.float32
  assert abs(truth.std() - 1.) < .02
  assert abs((observations - truth).std() - 2.) < .02
  kept = (truth[:, 1:] * truth[:, :-1]).mean() / (truth ** 2).mean()
  assert abs(kept - np.exp(-1 / 20.)) < .005
  assert abs(truth[:, 0].std() - 1.) < .25  # no warming up


def test_the_best_tracker_by_hand_and_by_measurement():
  # after one look: 1 * 1 / (1 + 1)
  errors = timeseries.tracking_error(400, memory=50., noise=1.)
  assert errors[0] == .5
  before = np.exp(-2 / 50.) * .5 + 1 - np.exp(-2 / 50.)
  np.testing.assert_allclose(errors[1], before / (before + 1.))
  # a steady filter, run on the data, has the error that was foretold
  gain = errors[-1]  # P / noise ** 2
  observations, truth = (part[..., 0].astype(np.float64) for part in
                         timeseries.tracking(200, 1200, memory=50., seed=2))
  keep, estimate, squares = np.exp(-1 / 50.), np.zeros(200), []
  for seen, true in zip(observations.T, truth.T):
    foretold = keep * estimate
    estimate = foretold + gain * (seen - foretold)
    squares.append((estimate - true) ** 2)
  assert abs(np.mean(squares[200:]) / errors[-1] - 1) < .02


@pytest.mark.parametrize("make, options, words", [
    (timeseries.sine, {"batch_size": 0}, "batch_size"),
    (timeseries.sine, {"steps": 0}, "steps"),
    (timeseries.sine, {"batch_size": 2, "period": [3., 0.]}, "period"),
    (timeseries.sum_of_sines, {"waves": 0}, "waves"),
    (timeseries.sum_of_sines, {"shortest": 9., "longest": 8.}, "longest"),
    (timeseries.tracking, {"memory": 0.}, "memory"),
    (timeseries.tracking_error, {"steps": 0}, "steps")])
def test_errors_name_the_argument(make, options, words):
  with pytest.raises(_errors.ArgumentError, match=f"`{words}` must be"):
    make(**options)
