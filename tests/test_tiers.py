"""An exhaustive test runs only where it is asked for."""

import pathlib

import pytest


@pytest.fixture
def project(pytester):
  pytester.makeconftest(f"""
      import sys
      sys.path.insert(0, {str(pathlib.Path(__file__).parent)!r})
      pytest_plugins = ["tiers"]

      def pytest_configure(config):
        for name in ("slow", "exhaustive"):
          config.addinivalue_line("markers", name)
      """)
  pytester.makepyfile("""
      import pytest

      def test_fast():
        pass

      @pytest.mark.slow
      def test_slow():
        pass

      @pytest.mark.exhaustive
      def test_exhaustive():
        pass
      """)
  return pytester


@pytest.mark.parametrize("words, passed", [
    ([], 2), (["-m", "not slow"], 1), (["-m", "slow"], 1),
    (["-m", "exhaustive"], 1), (["-m", "slow or exhaustive"], 2)])
def test_what_runs(project, words, passed):
  done = project.runpytest_inprocess(*words)
  done.assert_outcomes(passed=passed, deselected=3 - passed)
