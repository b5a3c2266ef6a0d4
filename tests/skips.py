"""Fails a run in which a test was skipped for a reason that nobody allowed.

TFCOMPAT_ALLOWED_SKIPS names a file with one reason per line, as pytest prints
it; `*` stands for any text, and `#` begins a comment. Without the variable,
every skip is allowed. `.ci/run` sets it, so that no test stays skipped without
anybody noticing.
"""

import fnmatch
import os

import pytest

VARIABLE = "TFCOMPAT_ALLOWED_SKIPS"


def pytest_configure(config):
  path = os.environ.get(VARIABLE)
  # The workers of xdist report to the main process, which counts.
  if path and not hasattr(config, "workerinput"):
    config.pluginmanager.register(Skips(path), "tfcompat_rnn_skips")


def read(path):
  """The patterns in a file."""
  with open(path, encoding="utf-8") as stream:
    lines = [line.partition("#")[0].strip() for line in stream]
  return [line for line in lines if line]


def reason_of(report):
  """Why a test or a file was skipped."""
  text = (report.longrepr[2] if isinstance(report.longrepr, tuple)
          else str(report.longrepr))
  return text.partition("Skipped: ")[2] or text


class Skips:
  """Collects the skips that no line of the file allows."""

  def __init__(self, path):
    self.path = path
    self.allowed = read(path)
    self.found = []

  def note(self, report):
    if report.skipped and not hasattr(report, "wasxfail"):
      reason = reason_of(report)
      if not any(fnmatch.fnmatchcase(reason, line) for line in self.allowed):
        self.found.append(f"{report.nodeid}: {reason}")

  def pytest_runtest_logreport(self, report):
    self.note(report)

  def pytest_collectreport(self, report):
    self.note(report)

  @pytest.hookimpl(tryfirst=True)
  def pytest_sessionfinish(self, session):
    if self.found and session.exitstatus == pytest.ExitCode.OK:
      session.exitstatus = pytest.ExitCode.TESTS_FAILED

  def pytest_terminal_summary(self, terminalreporter):
    if self.found:
      terminalreporter.section("skips that are not allowed", red=True)
      for line in sorted(set(self.found)):
        terminalreporter.line(line)
      terminalreporter.line(f"add the reason to {self.path}, or make the "
                            "test run here")
