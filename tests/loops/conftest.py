"""Fixtures of the tests of loops."""

import pytest


@pytest.fixture
def v2_graph(v1):
  """Control flow v2 and resource variables, as a graph in TF2 has them."""
  v1.enable_control_flow_v2()
  v1.enable_resource_variables()
  try:
    yield v1
  finally:
    v1.disable_control_flow_v2()
    v1.disable_resource_variables()
