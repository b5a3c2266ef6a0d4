"""The pytest plugin: fixtures for graphs, gradients, golden files, recordings.

pytest loads this module in every project of an environment, so it imports only
pytest. The implementation is in `tfcompat_rnn.testing`, which is imported by
the first test that needs it. See docs/pytest_plugin.md.
"""

from __future__ import annotations

import os
import re
import typing

import pytest

REQUIRE_GPU = "TFCOMPAT_REQUIRE_GPU"
_WRITTEN = "tfcompat_rnn golden file written"
_NO_GPU = "needs a GPU"  # how the reason for skipping begins

_gpu_is_ours = pytest.StashKey[bool]()
_recordings = pytest.StashKey[typing.Any]()
_golden_files = pytest.StashKey[typing.Any]()


def pytest_addoption(parser: pytest.Parser) -> None:
  group = parser.getgroup("tfcompat_rnn", "TensorFlow 1.x recurrent models")
  group.addoption(
      "--tfcompat-write-golden", action="store_true",
      help="write the golden files that are missing or no longer match")
  group.addoption(
      "--tfcompat-require-gpu", action="store_true",
      help="fail tests marked `gpu` without a GPU, instead of skipping them "
      f"(also: {REQUIRE_GPU}=1)")
  parser.addini("tfcompat_seed", default="0", help="graph-level seed of "
                "tf1_graph, or `none` (default 0)")
  parser.addini("tfcompat_behavior", default="1.x", help="what tf1_graph "
                "builds: 1.x (default), 2.x, or process for the current "
                "behavior of the process")
  parser.addini("tfcompat_recording", default="", help="the recording of the "
                "fixture `recording`, relative to the root folder, where no "
                "marker names one")
  parser.addini("tfcompat_gpu_marker", type="bool", default=None,
                help="whether this plugin handles the marker `gpu` (default: "
                "unless the project registers its own)")


@pytest.hookimpl(trylast=True)  # after the project has registered its own
def pytest_configure(config: pytest.Config) -> None:
  taken = any(re.match(r"gpu\b", line) for line in config.getini("markers"))
  ours = config.getini("tfcompat_gpu_marker")
  if ours is None:
    ours = not taken
  config.stash[_gpu_is_ours] = ours
  config.addinivalue_line(
      "markers", "recording(file): the recording of the fixture `recording`, "
      "relative to the test file (tfcompat_rnn)")
  if ours and not taken:
    config.addinivalue_line(
        "markers", "gpu: needs a GPU that TensorFlow sees; skipped without "
        "one, or fails with --tfcompat-require-gpu (tfcompat_rnn)")


@pytest.hookimpl(trylast=True)  # deselected tests need no GPU
def pytest_collection_modifyitems(config: pytest.Config,
                                  items: list[pytest.Item]) -> None:
  marked = [item for item in items if item.get_closest_marker("gpu")]
  if (not marked or not config.stash[_gpu_is_ours] or _gpu_required(config)
      or config.option.collectonly):
    return
  from tfcompat_rnn.testing import gpu
  if not gpu.gpus():
    for item in marked:
      item.add_marker(pytest.mark.skip(reason=gpu.REASON))


def _gpu_required(config):
  return (config.getoption("tfcompat_require_gpu")
          or os.environ.get(REQUIRE_GPU, "0") not in ("", "0"))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
  config = item.config
  if (config.stash[_gpu_is_ours] and item.get_closest_marker("gpu")
      and _gpu_required(config)):
    from tfcompat_rnn.testing import gpu
    if not gpu.gpus():
      pytest.fail(gpu.REASON, pytrace=False)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
  stats = terminalreporter.stats
  without = [report for report in stats.get("skipped", [])
             if _NO_GPU in str(report.longrepr) and "gpu" in report.keywords]
  if without:
    terminalreporter.write_line(
        f"tfcompat_rnn: skipped without a GPU: {len(without)} test(s) "
        "marked gpu", yellow=True)
  written = {value: None for reports in stats.values() for report in reports
             for key, value in getattr(report, "user_properties", ())
             if key == _WRITTEN}
  if written:
    terminalreporter.write_line(
        "tfcompat_rnn: golden files written; check them before they are "
        "committed:", yellow=True)
    for path in written:
      terminalreporter.write_line(f"  {path}")


@pytest.fixture
def tf1_graph(request: pytest.FixtureRequest) -> typing.Iterator[typing.Any]:
  """A fresh, seeded `tf.Graph` as the default graph, with 1.x behavior.

  It uses reference variables and control flow v1, even in a process with
  TensorFlow 2 code; every switch is restored afterwards. Set `tfcompat_seed`
  and `tfcompat_behavior` in the project's ini file to change this.
  """
  from tfcompat_rnn.testing import graphs
  seed = request.config.getini("tfcompat_seed").strip().lower()
  behavior = request.config.getini("tfcompat_behavior").strip()
  if behavior not in graphs.BEHAVIORS:
    raise pytest.UsageError(
        f"tfcompat_behavior must be one of {', '.join(graphs.BEHAVIORS)}, "
        f"got {behavior!r}")
  if seed != "none" and not re.fullmatch(r"-?\d+", seed):
    raise pytest.UsageError(
        f"tfcompat_seed must be a whole number or `none`, got {seed!r}")
  with graphs.fresh_graph(None if seed == "none" else int(seed),
                          behavior) as graph:
    yield graph


@pytest.fixture
def tf1_session(tf1_graph: typing.Any) -> typing.Iterator[typing.Any]:
  """A session on `tf1_graph`, the default session; closed afterwards.

  It uses the GPU if there is one, taking only as much memory as it needs. An
  operation without a GPU kernel runs on the CPU.
  """
  from tfcompat_rnn.devices import session
  with session.new_session(tf1_graph, memory_growth=True) as opened:
    yield opened


@pytest.fixture
def assert_same_gradients() -> typing.Callable[..., typing.Any]:
  """assert_same_gradients(loss_a, loss_b, variables=None, feed_dict=None, ...)

  Fails with the report unless both losses have the same gradients; returns
  the `GradientReport`. Arguments as in `tfcompat_rnn.compare_gradients`.
  """
  from tfcompat_rnn import testing
  return testing.assert_same_gradients


@pytest.fixture
def assert_same_outputs() -> typing.Callable[..., typing.Any]:
  """assert_same_outputs(a, b, feed_dict=None, session=None, rtol=None, ...)

  Fails with the report unless both structures of tensors, arrays and numbers
  have the same values. Arguments as in
  `tfcompat_rnn.gradients.compare_outputs`.
  """
  from tfcompat_rnn import testing
  return testing.assert_same_outputs


@pytest.fixture
def assert_matches_golden(
    request: pytest.FixtureRequest) -> typing.Callable[..., typing.Any]:
  """assert_matches_golden(values, name=None, feed_dict=None, session=None, ...)

  Fails with the report unless a structure of tensors, arrays and numbers
  matches the golden file: `golden/TEST_FILE/NAME.npz` next to the test file, or
  the path `name` (.npz or .json) relative to its folder. NAME defaults to the
  name of the test. `pytest --tfcompat-write-golden` writes the file.
  """
  from tfcompat_rnn.testing import golden
  config = request.config
  if _golden_files not in config.stash:
    config.stash[_golden_files] = golden.GoldenFiles(
        config.getoption("tfcompat_write_golden"),
        "run pytest with --tfcompat-write-golden")
  files = config.stash[_golden_files]

  def check(values, name=None, feed_dict=None, session=None, *, rtol=None,
            atol=None):
    __tracebackhide__ = True
    before = len(files.written)
    try:
      return files.check(
          golden.golden_path(request.path, name or request.node.name), values,
          feed_dict, session, rtol=rtol, atol=atol)
    finally:
      for path in files.written[before:]:
        request.node.user_properties.append((_WRITTEN, str(path)))
  return check


@pytest.fixture
def recording(request: pytest.FixtureRequest) -> typing.Any:
  """The `tfcompat_rnn.testing.Recording` of an old program.

  `@pytest.mark.recording("old.npz")` names the file, relative to the test
  file; without the marker, `tfcompat_recording` in the project's ini file
  does, relative to its root. Each file is read once.
  """
  from tfcompat_rnn import testing
  config = request.config
  marker = request.node.get_closest_marker("recording")
  if marker is not None:
    if len(marker.args) != 1 or marker.kwargs:
      raise pytest.UsageError(
          "the marker `recording` must name one file, got "
          f"{len(marker.args) + len(marker.kwargs)} arguments")
    path = request.path.parent / marker.args[0]
  else:
    name = config.getini("tfcompat_recording").strip()
    if not name:
      raise pytest.UsageError(
          "the fixture `recording` must be told its file: mark the test with "
          "@pytest.mark.recording(\"old.npz\"), or set tfcompat_recording in "
          "the ini file")
    path = config.rootpath / name
  opened = config.stash.setdefault(_recordings, {})
  if path not in opened:
    try:
      opened[path] = testing.Recording(path)
    except testing.RecordingError as error:
      pytest.fail(f"recording: {error}", pytrace=False)
  return opened[path]


@pytest.fixture
def assert_matches_recording(
    recording: typing.Any) -> typing.Callable[..., typing.Any]:
  """assert_matches_recording(values, call=None, kind="fetches", ...)

  Fails with a report unless values are those of the fixture `recording`; the
  report names what differs and, if the numbers tell, why. Arguments as in
  `tfcompat_rnn.testing.assert_matches_recording`, without the recording.
  """
  from tfcompat_rnn import testing

  def check(values, **options):
    __tracebackhide__ = True
    return testing.assert_matches_recording(values, recording, **options)
  return check
