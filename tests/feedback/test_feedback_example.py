"""examples/self_feeding_rows.py shows what it claims."""

import pathlib
import sys

import numpy as np
import pytest

EXAMPLES = pathlib.Path(__file__).parents[2] / "examples"


@pytest.mark.slow
def test_the_published_loop_mixes_rows(v1, tmp_path, monkeypatch, capsys):
  monkeypatch.syspath_prepend(str(EXAMPLES))
  monkeypatch.delitem(sys.modules, "_common", raising=False)
  import self_feeding_rows
  picture = tmp_path / "rows.png"
  found = self_feeding_rows.main([
      "--updates", "60", "--units", "12", "--steps", "40",
      "--picture", str(picture)])
  # Row 0 as published: what rows 0, 1, 2, 0, 1, ... wrote first.
  np.testing.assert_array_equal(
      found["published"][0, :6, 0],
      found["ours"][[0, 1, 2, 0, 1, 2], [0, 0, 0, 1, 1, 1], 0])
  assert (found["apart"][:, 0] > 0.1).all()
  assert (found["apart"][:, 1] < 1e-4).all()
  assert found["losses"][-1] < 0.5 * found["losses"][0]
  assert picture.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
  assert "with the rows mixed: True" in capsys.readouterr().out
