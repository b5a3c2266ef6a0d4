"""`examples/keep_state_race.py` shows the fault, and that ours lacks it."""

import pathlib
import re
import runpy
import sys

import numpy as np
import pytest

EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "examples"


@pytest.fixture
def example(v1, monkeypatch):
  """The example's names, with the TensorFlow that is loaded already."""
  monkeypatch.syspath_prepend(str(EXAMPLES))
  import _common
  monkeypatch.setattr(_common, "tensorflow", lambda: v1)
  yield runpy.run_path(str(EXAMPLES / "keep_state_race.py"))
  sys.modules.pop("_common", None)


@pytest.mark.slow
def test_example(example, tmp_path, capsys):
  path = tmp_path / "race.png"
  example["main"](["--runs", "20", "--picture", str(path)])
  out = capsys.readouterr().out
  shares = dict(re.findall(r"^(\S.*): (\d+)% of 20 runs", out, re.M))
  assert list(shares) == [
      "as documented", "with tf.identity", "ours", "ours, resource"]
  assert int(shares["as documented"]) >= 50
  assert int(shares["with tf.identity"]) >= 50
  assert shares["ours"] == shares["ours, resource"] == "0"
  # Progress: four lines for each way if there is no terminal.
  assert len(re.findall(r"^  .* run +\d+ of 20:", out, re.M)) == 16
  import matplotlib.image
  image = matplotlib.image.imread(path)[..., :3]
  ink = (image.min(axis=-1) < .9).mean()
  assert min(image.shape[:2]) >= 300 and .005 < ink < .5
  red = (image[..., 0] > .8) & (image[..., 1:].max(axis=-1) < .4)
  assert red.sum() > 30, "the wrong runs are not to be seen"


@pytest.mark.parametrize("use_resource", [False, True])
def test_kinds_of_variables(example, v1, use_resource):
  model = example["ours"](5, use_resource=use_resource)
  assert len(model.variables) == 4
  assert all(hasattr(variable, "handle") == use_resource
             for variable in model.variables)


def test_documented_variables_are_reference_variables(example, v1):
  model = example["documented"](5)
  assert len(model.variables) == 4
  assert not any(hasattr(variable, "handle") for variable in model.variables)


def test_largest_error(example):
  right = [np.array([2., -4.]), np.array([1., 0.])]
  got = [np.array([2., -3.]), np.array([1., .1])]
  assert example["largest_error"](got, right) == .25
