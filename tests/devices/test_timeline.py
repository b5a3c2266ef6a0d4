"""device_timeline of a made-up run and of a real run."""

import pytest

import tfcompat_rnn
from tfcompat_rnn._tf import tf
from tfcompat_rnn.devices.placement import timeline as timeline_lib

PLACE = "/job:localhost/replica:0/task:0/device:"


def metadata(rows):
  """Run metadata from `(device, name, label, start, end)`, in microseconds."""
  made = tf.RunMetadata()
  devices = {}
  for device, name, label, start, end in rows:
    if device not in devices:
      devices[device] = made.step_stats.dev_stats.add()
      devices[device].device = device
    node = devices[device].node_stats.add()
    node.node_name, node.timeline_label = name, label
    node.all_start_micros = 5_000_000 + start
    node.op_start_rel_micros, node.op_end_rel_micros = 1, 1 + end - start
  return made


MADE = [
    (PLACE + "CPU:0", "a", "a = MatMul(x, y)", 0, 100),
    (PLACE + "CPU:0", "b", "b = Add(a, y)", 50, 120),
    (PLACE + "CPU:0", "r", "r = _Recv()", 120, 400),
    (PLACE + "CPU:1", "c", "c = MatMul(a, y)", 80, 180),
    (PLACE + "CPU:1", "d", "d = Tanh(c)", 200, 300),
    (PLACE + "CPU:2", "e", "e = Tanh(c)", 90, 110),
    (PLACE + "GPU:0", "launch", "f = Tanh(c)", 290, 310),
    (PLACE + "GPU:0/stream:all", "f", "f = Tanh(c)", 290, 310),
    (PLACE + "GPU:0/stream:3", "f", "f = Tanh(c)", 290, 310),
]


def test_overlap_counts_each_moment_once():
  found = tfcompat_rnn.device_timeline(metadata(MADE))
  assert list(found.spans) == ["CPU:0", "CPU:1", "CPU:2", "GPU:0"]
  assert found.seconds == pytest.approx(310e-6)
  assert found.busy("CPU:0") == pytest.approx(120e-6)
  assert found.busy("CPU:1") == pytest.approx(200e-6)
  # 80 to 120 on CPU:0 and CPU:1, 290 to 300 on CPU:1 and the GPU
  assert found.overlap == pytest.approx(50e-6)
  assert [span.type for span in found.spans["CPU:0"]] == ["MatMul", "Add"]
  assert "0.31 ms, two or more devices busy for 0.05 ms" in str(found)


def test_one_after_the_other_is_no_overlap():
  found = tfcompat_rnn.device_timeline(metadata(
      [(PLACE + "CPU:0", "a", "a = Add(x)", 0, 100),
       (PLACE + "CPU:1", "b", "b = Add(a)", 100, 200)]))
  assert found.overlap == 0


def test_picture(tmp_path):
  path = tmp_path / "timeline.png"
  tfcompat_rnn.device_timeline(metadata(MADE)).draw(
      path, "made up", label=lambda span: span.name)
  assert path.read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"


def test_a_run_that_was_not_traced(v1):
  with pytest.raises(ValueError, match="FULL_TRACE"):
    tfcompat_rnn.device_timeline(v1.RunMetadata())
  with pytest.raises(TypeError, match="`run_metadata` must be"):
    tfcompat_rnn.device_timeline(None)


def test_a_worker_of_its_own():
  assert timeline_lib._short(
      "/job:worker/replica:0/task:2/device:CPU:0") == "task 2, CPU:0"
