"""What progress bars show."""

import types

import pytest

from tfcompat_rnn.namespace.keras import text

LOGS = {"batch": 1, "size": 2, "loss": 0.5, "lr": 0.1}


@pytest.mark.parametrize("use_steps,metrics,shown", [
    (True, ["loss", "acc"], {"loss": 0.5}),
    (False, ["loss"], {"batch": 1, "size": 2, "loss": 0.5}),
    (True, ["loss", "lr"], {"loss": 0.5, "lr": 0.1}), (True, [], LOGS)])
def test_a_bar_shows_the_metrics_of_the_model(use_steps, metrics, shown):
  bar = types.SimpleNamespace(use_steps=use_steps, params={"metrics": metrics})
  assert text._shown(bar, LOGS) == shown
