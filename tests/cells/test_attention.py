"""attention: computed and named as TensorFlow 1.15.5 did; see `wrapper_cases`."""

import pytest

from .wrapper_cases import comparison


@pytest.mark.parametrize("name", comparison.case_names("attention"))
def test_equals_1_15(name):
  comparison.check("attention", name)
