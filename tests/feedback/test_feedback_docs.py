"""The program in docs/feedback.md, run from top to bottom."""

import numpy as np
import pytest

import docs_blocks

PAGE = docs_blocks.Page("feedback.md")


@pytest.mark.slow
def test_the_page_is_a_program(v1):
  blocks = PAGE.codes()
  assert len(blocks) > 7
  names = {}
  for block in blocks:
    if "made, _ =" in block:
      # The claim about the block before it.
      np.testing.assert_allclose(
          names["made"], names["by_hand"], rtol=1e-6, atol=1e-6)
      assert names["made"].shape == (1, 50, 1)
    PAGE.run(block, names=names)
  try:
    session, x = names["session"], names["x"]
    whole, one, two, taken, slope = session.run(
        [names["Yo"], names["part"].outputs, names["rest"].outputs,
         names["part"].lengths, names["gradient"][0]],
        {x: names["heard"], names["count"]: 20})
    assert taken.tolist() == [20] and np.abs(slope).max() > 0
    np.testing.assert_array_equal(np.concatenate([one, two], 1), whole)
    np.testing.assert_array_equal(
        names["spoken"].choices, names["in_graph"])
    np.testing.assert_array_equal(names["spoken"].lengths, names["lengths"])
    assert names["warmer"].choices.shape == (2, 30)
    assert session.run(names["step"]) == 3
    assert f"\n> {names['message']}\n" in PAGE.text
  finally:
    session.close()
