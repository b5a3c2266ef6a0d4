"""The plugin's fixtures, marker and options, each in a separate run."""

import subprocess
import sys

import numpy as np
import pytest

from tests.compare import test_schema
from tfcompat_rnn import testing
from tfcompat_rnn._tf import tf
from tfcompat_rnn.testing import gpu

# A run in this process unloads the modules that it was the first to load.
for _name in testing.__all__:
  getattr(testing, _name)


@pytest.fixture
def run(pytester):
  """Runs pytest in this process on a file of tests."""
  def start(source, *options, ini="", **files):
    pytester.makeini(f"[pytest]\n{ini}")
    pytester.makepyfile(test_it=source, **files)
    # Installed or not, it is loaded once.
    return pytester.runpytest_inprocess(
        "-p", "no:cacheprovider", "-p", "no:tfcompat_rnn", "-p",
        "tfcompat_rnn.pytest_plugin", "--strict-markers", *options)
  return start


def test_importing_the_plugin_loads_nothing():
  code = ("import sys; import tfcompat_rnn.pytest_plugin; "
          "print(sorted({'tensorflow', 'numpy', 'keras', 'matplotlib', "
          "'tfcompat_rnn.testing'} & set(sys.modules)))")
  assert subprocess.run([sys.executable, "-c", code], check=True, text=True,
                        capture_output=True).stdout.strip() == "[]"


def test_a_project_without_tensorflow_loads_none(tmp_path):
  (tmp_path / "test_it.py").write_text(
      "import sys\ndef test_it():\n  assert 'tensorflow' not in sys.modules\n"
      "  assert 'tfcompat_rnn.pytest_plugin' in sys.modules\n")
  done = subprocess.run(
      [sys.executable, "-m", "pytest", "-p", "no:tfcompat_rnn", "-p",
       "tfcompat_rnn.pytest_plugin", str(tmp_path)],
      capture_output=True, text=True)
  assert done.returncode == 0, done.stdout + done.stderr


SWITCHES = """
import tensorflow.compat.v1 as tf
def kinds():
  i = tf.while_loop(lambda i: i < 3, lambda i: i + 1, [tf.constant(0)])
  ops = {op.type for op in tf.get_default_graph().get_operations()}
  return (type(tf.get_variable('v', [2])).__name__, 'Enter' in ops,
          type(tf.TensorShape([1])[0]).__name__)
def test_graph(tf1_graph):
  assert tf.get_default_graph() is tf1_graph
  assert tf1_graph.seed == %s
  assert kinds() == %s
"""


@pytest.mark.parametrize("ini, seed, expected", [
    ("", 0, ("RefVariable", True, "Dimension")),
    ("tfcompat_behavior = 2.x\ntfcompat_seed = 7", 7,
     ("ResourceVariable", False, "int")),
    ("tfcompat_seed = none", None, ("RefVariable", True, "Dimension"))])
def test_graph(run, ini, seed, expected):
  before = [is_v2() for is_v2, _, _ in testing.graphs._switches()]
  outside = tf.get_default_graph()
  run(SWITCHES % (seed, expected), ini=ini).assert_outcomes(passed=1)
  assert [is_v2() for is_v2, _, _ in testing.graphs._switches()] == before
  assert tf.get_default_graph() is outside


def test_a_test_that_fails_leaves_nothing_switched():
  before = [is_v2() for is_v2, _, _ in testing.graphs._switches()]
  for behavior in testing.BEHAVIORS:
    with pytest.raises(ZeroDivisionError):
      with testing.fresh_graph(behavior=behavior):
        1 / 0
    assert [is_v2() for is_v2, _, _ in testing.graphs._switches()] == before
  with pytest.raises(ValueError, match="`behavior` must be one of 1.x"):
    with testing.fresh_graph(behavior="3.x"):
      pass


@pytest.mark.parametrize("ini, words", [
    ("tfcompat_behavior = 3.x", "tfcompat_behavior must be one of 1.x"),
    ("tfcompat_seed = many", "tfcompat_seed must be a whole number")])
def test_wrong_ini(run, ini, words):
  result = run("def test_it(tf1_graph): pass", ini=ini)
  result.assert_outcomes(errors=1)
  result.stdout.fnmatch_lines([f"*{words}*"])


@pytest.mark.slow
def test_beside_tensorflow_2(tmp_path):
  # A separate process: in this one other tests may have disabled eager mode.
  (tmp_path / "test_it.py").write_text("""
import tensorflow as tf2
tf = tf2.compat.v1
import numpy as np
import tfcompat_rnn
def test_old(tf1_graph, tf1_session, assert_same_outputs):
  assert not tf.executing_eagerly()
  x = tf.constant(np.ones([2, 3, 4]))
  out, _ = tfcompat_rnn.dynamic_rnn(
      tfcompat_rnn.cells.GRUCell(3), x, dtype=tf.float64)
  tf1_session.run(tf.global_variables_initializer())
  assert 'Enter' in {op.type for op in tf1_graph.get_operations()}
  assert_same_outputs(out, tf1_session.run(out))
def test_new():
  assert tf.executing_eagerly() and tf.control_flow_v2_enabled()
  variable = tf2.Variable([2.0])
  @tf2.function
  def step(x):
    for _ in tf2.range(3):
      x = x * variable
    return x
  with tf2.GradientTape() as tape:
    y = step(tf2.constant([1.0]))
  assert y.numpy() == [8.0]
  assert tape.gradient(y, variable).numpy() == [12.0]
  assert isinstance(tf2.TensorShape([1])[0], int)
def test_old_again(tf1_graph, tf1_session):
  assert type(tf.get_variable('v', [])).__name__ == 'RefVariable'
""")
  done = subprocess.run(
      [sys.executable, "-m", "pytest", "-p", "no:tfcompat_rnn", "-p",
       "tfcompat_rnn.pytest_plugin", str(tmp_path)],
      capture_output=True, text=True)
  assert "3 passed" in done.stdout, done.stdout + done.stderr


def test_session(run):
  run("""
import pytest
import tensorflow.compat.v1 as tf
kept, drawn = [], []
@pytest.mark.parametrize("turn", range(2))
def test_session(tf1_graph, tf1_session, turn):
  assert tf.get_default_session() is tf1_session
  assert tf1_session.graph is tf1_graph
  w = tf.get_variable("w", [3])
  tf1_session.run(w.initializer)
  drawn.append(list(w.eval()))
  kept.append(tf1_session)
  assert drawn[0] == drawn[-1]
def test_closed():
  assert tf.get_default_session() is None
  for session in kept:
    with pytest.raises(RuntimeError, match="closed"):
      session.run([])
""").assert_outcomes(passed=3)


def test_failures_print_the_report(run):
  result = run("""
import numpy as np
import tensorflow.compat.v1 as tf
def test_gradients(tf1_graph, assert_same_gradients):
  w = tf.get_variable("w", [3], tf.float64)
  report = assert_same_gradients(tf.reduce_sum(w * w), tf.reduce_sum(w ** 2))
  assert report.passed and len(report.rows) == 2
  assert_same_gradients(tf.reduce_sum(w * w),
                        tf.reduce_sum(w * tf.stop_gradient(w)))
def test_outputs(tf1_graph, assert_same_outputs):
  x = tf.constant([1.0, 2.0])
  assert_same_outputs({"a": x, "b": (x, 3)}, {"a": [1, 2], "b": (x, 3)})
""").stdout
  result.fnmatch_lines([
      ">*assert_same_gradients(tf.reduce_sum(w [*] w),",
      "E*GradientsDifferError: gradients: 1 of 2 rows differ*",
      "E*DIFF*variable*w*", "E*ok*loss*"])
  assert "def compare_gradients" not in result.str()  # the caller's line only
  result.fnmatch_lines(["E*outputs_b*must have the structure*"])


GPU = """
import pytest
@pytest.mark.gpu
def test_marked(): pass
def test_other(): pass
"""


@pytest.fixture(params=[0, 1], ids=["without", "with"])
def seen(request, monkeypatch):
  monkeypatch.setattr(gpu, "gpus", lambda: ["GPU:0"] * request.param)
  monkeypatch.delenv("TFCOMPAT_REQUIRE_GPU", raising=False)
  return request.param


def test_gpu_marker(run, seen):
  result = run(GPU, "-rs")
  if seen:
    result.assert_outcomes(passed=2)
    result.stdout.no_fnmatch_line("*skipped without a GPU*")
  else:
    result.assert_outcomes(passed=1, skipped=1)
    result.stdout.fnmatch_lines([
        "tfcompat_rnn: skipped without a GPU: 1 test(s) marked gpu",
        "SKIPPED*test_it.py*needs a GPU*tfcompat-rnn devices*"])


@pytest.mark.parametrize("by", ["option", "environment"])
def test_gpu_required(run, seen, monkeypatch, by):
  if by == "environment":
    monkeypatch.setenv("TFCOMPAT_REQUIRE_GPU", "1")
  result = run(GPU, *["--tfcompat-require-gpu"] * (by == "option"))
  if seen:
    result.assert_outcomes(passed=2)
  else:
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*needs a GPU*"])
    assert result.ret == 1


@pytest.mark.parametrize("options, asked", [
    ((), True), (("-k", "other"), False), (("--collect-only",), False)])
def test_tensorflow_is_asked_only_where_it_matters(run, monkeypatch, options,
                                                   asked):
  calls = []
  monkeypatch.setattr(gpu, "gpus", lambda: calls.append(1) or [])
  run(GPU, *options)
  assert bool(calls) is asked


@pytest.mark.parametrize("ini, skipped", [
    ("", 0), ("tfcompat_gpu_marker = true", 1)])
def test_a_gpu_marker_of_the_projects_own(run, monkeypatch, ini, skipped):
  monkeypatch.setattr(gpu, "gpus", lambda: [])
  result = run(GPU, ini=f"markers =\n  gpu(which): theirs\n{ini}")
  result.assert_outcomes(passed=2 - skipped, skipped=skipped)


def test_a_gpu_marker_of_a_conftests(run, monkeypatch):
  monkeypatch.setattr(gpu, "gpus", lambda: [])
  run(GPU, conftest="def pytest_configure(config):\n"
      "  config.addinivalue_line('markers', 'gpu: theirs')\n"
      ).assert_outcomes(passed=2)


GOLDEN = """
import numpy as np
import pytest
scale = {scale}
@pytest.mark.parametrize("name", ["a b", "c/d"])
def test_values(name, assert_matches_golden):
  assert_matches_golden({{"x": np.arange(3.0) * scale, "n": 3}})
def test_named(assert_matches_golden):
  assert_matches_golden(np.float32(0.1), "data/one.json")
"""


def test_golden_files(run, pytester):
  result = run(GOLDEN.format(scale=1))
  result.assert_outcomes(failed=3)
  result.stdout.fnmatch_lines([
      "E*there is no golden file *golden?test_it?test_values-a-b.npz*"
      "--tfcompat-write-golden*"])
  result = run(GOLDEN.format(scale=1), "--tfcompat-write-golden")
  result.assert_outcomes(passed=3)
  result.stdout.fnmatch_lines(["*golden files written*", "*test_values-a-b*",
                               "*test_values-c-d*", "*one.json"])
  files = {path: path.stat().st_mtime_ns for path in
           pytester.path.rglob("*") if path.suffix in (".npz", ".json")}
  assert len(files) == 3
  run(GOLDEN.format(scale=1)).assert_outcomes(passed=3)
  result = run(GOLDEN.format(scale=1.001))
  result.assert_outcomes(failed=2, passed=1)
  result.stdout.fnmatch_lines([
      "E*golden test_values-a-b.npz: 1 of 2 rows differ (a = golden, b = now)",
      "E*DIFF*value*x*largest at [[]2[]]*", "E*--tfcompat-write-golden*"])
  # Only files that differ are written again.
  result = run(GOLDEN.format(scale=1.001), "--tfcompat-write-golden")
  result.assert_outcomes(passed=3)
  assert {path.name for path, time in files.items()
          if path.stat().st_mtime_ns != time} == {
              "test_values-a-b.npz", "test_values-c-d.npz"}
  assert {path.suffix for path in pytester.path.rglob("golden/*/*")} == {
      ".npz"}  # no partial file left


@pytest.mark.slow
def test_several_workers(run, monkeypatch):
  pytest.importorskip("xdist")
  monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)
  result = run("""
import numpy as np
import pytest
@pytest.mark.parametrize("n", range(3))
def test_values(n, assert_matches_golden):
  assert_matches_golden(np.arange(n + 1))
@pytest.mark.gpu
def test_gpu(): pass
""", "-n", "1", "--tfcompat-write-golden")
  result.stdout.fnmatch_lines(["*golden files written*", "*test_values-0.npz",
                               "*test_values-1.npz", "*test_values-2.npz"],
                              consecutive=True)
  result.assert_outcomes(passed=4 if gpu.gpus() else 3,
                         skipped=0 if gpu.gpus() else 1)


def test_values_are_those_of_the_session(run, pytester):
  run("""
import tensorflow.compat.v1 as tf
def test_it(tf1_graph, tf1_session, assert_matches_golden):
  x = tf.placeholder(tf.float32, [2])
  report = assert_matches_golden(
      {"y": 2 * x, "s": (x, tf.constant(True))}, "y.npz", feed_dict={x: [1, 2]})
  assert [row.name for row in report.rows] == ["s/0", "s/1", "y"]
""", "--tfcompat-write-golden").assert_outcomes(passed=1)
  with np.load(pytester.path / "y.npz") as file:
    assert {name: file[name].tolist() for name in file.files} == {
        "s/0": [1, 2], "s/1": True, "y": [2, 4]}
    assert file["y"].dtype == np.float32


RECORDINGS = """
import pytest
@pytest.mark.recording("old.npz")
def test_marked(recording, assert_matches_recording):
  assert recording.variables["w"].tolist() == [0, 0]
  assert assert_matches_recording({"w": [0., 0.]}, kind="variables").passed
def test_default(recording):
  assert recording.path.endswith("default.npz")
@pytest.mark.recording("old.npz")
def test_different(assert_matches_recording):
  assert_matches_recording({"w": [0., 1.]}, kind="variables")
@pytest.mark.recording("none.npz")
def test_missing(recording): pass
@pytest.mark.recording
def test_unnamed(recording): pass
"""


def test_recordings(run, pytester):
  for name in ("old.npz", "default.npz"):
    test_schema.write(pytester.path / name)
  result = run(RECORDINGS, ini="tfcompat_recording = default.npz")
  result.assert_outcomes(passed=2, failed=1, errors=2)
  text = result.stdout.str()
  assert "the variables after initialization in old.npz: 1 of 1 values" in text
  assert "recording: there is no recording" in text
  assert "the marker `recording` must name one file, got 0" in text
  assert "in assert_matches_recording\n" not in text
  result = run("def test_default(recording): pass")
  assert "mark the test with @pytest.mark.recording" in result.stdout.str()
