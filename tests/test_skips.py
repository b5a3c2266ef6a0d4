"""A skip that nobody allowed fails the run."""

import pathlib

import pytest

import skips

LIST = pathlib.Path(__file__).with_name("allowed_skips.txt")


@pytest.fixture
def project(pytester, monkeypatch, tmp_path):
  """Four skipped tests, and a list of reasons that allows two of them."""
  listed = tmp_path / "allowed.txt"
  listed.write_text("# of this machine\nno GPU here  # has none\nneeds *\n")
  monkeypatch.setenv(skips.VARIABLE, str(listed))
  # A worker of xdist is another process.
  pytester.makeconftest(f"""
      import sys
      sys.path.insert(0, {str(LIST.parent)!r})
      pytest_plugins = ["skips"]
      """)
  pytester.makepyfile(
      test_allowed="""
        import pytest

        def test_gpu():
          pytest.skip("no GPU here")

        @pytest.mark.skipif(True, reason="needs a compiler")
        def test_compiler():
          pass

        @pytest.mark.xfail(reason="other")
        def test_known_failure():
          assert False

        def test_passes():
          pass
        """,
      test_other="""
        import pytest

        def test_other():
          pytest.skip("no GPU here today")
        """,
      test_missing="""
        import pytest
        pytest.importorskip("no_such_module_of_ours")
        """)
  return pytester


@pytest.mark.parametrize("how", [(), ("-n", "1")], ids=["here", "xdist"])
def test_an_unlisted_skip_fails_the_run(project, how):
  result = project.runpytest_inprocess(*how, "test_other.py",
                                       "test_allowed.py")
  assert result.ret == pytest.ExitCode.TESTS_FAILED
  result.stdout.fnmatch_lines([
      "*skips that are not allowed*",
      "test_other.py::test_other: no GPU here today",
      "add the reason to *allowed.txt, or make the test run here",
      "*1 passed, 3 skipped, 1 xfailed*"])
  result.stdout.no_fnmatch_line("*test_gpu: no GPU*")


def test_listed_skips_pass(project):
  result = project.runpytest_inprocess("test_allowed.py")
  assert result.ret == pytest.ExitCode.OK
  result.assert_outcomes(passed=1, skipped=2, xfailed=1)


def test_a_skipped_file_fails_the_run(project):
  result = project.runpytest_inprocess("test_allowed.py", "test_missing.py")
  assert result.ret == pytest.ExitCode.TESTS_FAILED
  result.stdout.fnmatch_lines([
      "test_missing.py: could not import 'no_such_module_of_ours'*"])


def test_without_the_variable_every_skip_is_allowed(project, monkeypatch):
  monkeypatch.delenv(skips.VARIABLE)
  result = project.runpytest_inprocess("test_other.py")
  assert result.ret == pytest.ExitCode.OK


def test_a_failure_stays_a_failure(project):
  project.makepyfile(test_wrong="def test_wrong():\n  assert False\n")
  result = project.runpytest_inprocess("test_other.py", "test_wrong.py")
  assert result.ret == pytest.ExitCode.TESTS_FAILED
  result.assert_outcomes(failed=1, skipped=1)


def test_every_reason_on_the_list_has_its_why():
  lines = LIST.read_text().splitlines()
  reasons = [line for line in lines if line and not line.startswith("#")]
  assert reasons == skips.read(LIST)
  assert all(lines[lines.index(line) - 1].startswith("# ")
             for line in reasons)
  assert len(set(reasons)) == len(reasons)
