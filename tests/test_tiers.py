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
        for name in ("slow", "exhaustive", "spread"):
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


SPREAD = """
    import pytest

    @pytest.mark.spread({shares})
    @pytest.mark.parametrize("number", [
        *range(6), *(pytest.param(n, marks=pytest.mark.slow)
                     for n in range(6, 10))])
    def test_one(number):
      pass

    @pytest.mark.spread({shares})
    @pytest.mark.parametrize("number", [
        *range(6), *(pytest.param(n, marks=pytest.mark.slow)
                     for n in range(6, 10))])
    def test_two(number):
      pass
    """


@pytest.mark.parametrize("shares, counts", [
    ("fast=3", (2, 8, 0)), ("fast=100", (1, 9, 0)), ("fast=4", (2, 8, 0)),
    ("slow=4", (6, 1, 3)), ("fast=2, slow=3", (3, 3, 4))])
def test_a_share_of_the_parameters(project, shares, counts):
  project.makepyfile(SPREAD.format(shares=shares))
  seen = []
  for words, wanted in zip(("not slow", "slow", "exhaustive"), counts):
    done = project.runpytest_inprocess("-v", "-m", words)
    done.assert_outcomes(passed=2 * wanted, deselected=2 * (10 - wanted))
    names = [line.split("::")[1].split()[0] for line in done.outlines
             if "::" in line and "PASSED" in line]
    # Both functions choose the same parameters.
    assert ({name.replace("one", "two") for name in names
             if "one" in name} == {name for name in names if "two" in name})
    seen += names
  assert len(set(seen)) == len(seen) == 20  # each in one tier


@pytest.mark.parametrize("shares", ["", "exhaustive=2", "fasst=2"])
def test_other_shares_are_refused(project, shares):
  project.makepyfile(SPREAD.format(shares=shares))
  done = project.runpytest_inprocess()
  assert done.ret == pytest.ExitCode.USAGE_ERROR
  done.stderr.fnmatch_lines(["*test_one: `spread` takes fast=N or slow=N*"])
