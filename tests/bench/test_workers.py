"""The parts of a worker, in this process, and how one ends."""

import sys

import numpy as np
import pytest

from tfcompat_rnn.bench import contestants
from tfcompat_rnn.bench import process
from tfcompat_rnn.bench import tasks

TASK = tasks.Task("LSTM", tasks.Size(2, 3, 4), True)


@pytest.fixture
def arrays(monkeypatch):
  monkeypatch.syspath_prepend(str(process._FOLDER))
  import arrays
  yield arrays
  for name in ("arrays", "products", "memory", "serve"):
    sys.modules.pop(name, None)


@pytest.mark.parametrize("kind, like", [
    ("RNN", "LIKE_TORCH"), ("LSTM", "LIKE_TORCH"), ("GRU-after", "LIKE_TORCH"),
    ("RNN", "LIKE_KERAS"), ("LSTM", "LIKE_KERAS"), ("GRU", "LIKE_KERAS")])
def test_unpacking_undoes_packing(arrays, kind, like):
  orders = getattr(arrays, like)
  spec = dict(TASK.spec(kind), units=4, depth=3, layers=2)
  for layer in arrays.layers(spec, arrays.weights(spec)):
    packed = arrays.pack(kind, layer, orders)
    depth = layer[0].shape[0] - 4
    gates = arrays.GATES[kind] * 4
    assert [array.shape for array in packed] == [
        (depth, gates), (4, gates), (gates,), (gates,)]
    back = arrays.unpack(kind, packed, orders)
    if kind == "LSTM":  # the forget bias is in the packed one
      back[1] = back[1] - np.repeat([0, 0, 1, 0], 4)
    for one, other in zip(back, layer):
      np.testing.assert_allclose(one, other, rtol=0, atol=1e-6)


def test_products_have_the_shapes_of_a_step(arrays, monkeypatch):
  import products
  monkeypatch.setitem(sys.modules, "torch", None)
  for kind in ("RNN", "GRU", "LSTM"):
    for training in (False, True):
      made = products.Contestant({}, 1)
      spec = dict(TASK.spec(kind), layers=2, training=training)
      made.build(spec)
      made.step()
      _, once, each, steps = made._run
      products_in_a_step = 2 if kind == "GRU" else 1
      assert steps == 3
      assert len(each) == 2 * products_in_a_step * (2 if training else 1)
      # Two input products; when training, the gradient of each matrix, and of
      # the second layer's inputs.
      assert len(once) == 2 + (
          2 * products_in_a_step + 1 if training else 0)
      for a, b, out in once + each:
        assert a.shape[0] == out.shape[0] and b.shape[1] == out.shape[1]


def test_memory(arrays):
  import memory
  memory.forget_peak()
  before = memory.now()
  if before is None:
    pytest.skip("no /proc")
  block = np.ones(2**22)  # 32 MiB
  assert memory.peak() - before > 16 * 2**20
  del block


def test_an_error_is_one_line(arrays):
  import serve
  assert serve.one_line(ValueError("\n first\nsecond")) == "ValueError: first"
  assert serve.one_line(ValueError()) == "ValueError: "
  assert len(serve.one_line(ValueError("x" * 999))) == 200


def make(module, **settings):
  return process.Worker(contestants.Contestant(
      "one", module, "", ours=False, **settings))


@pytest.mark.slow
def test_a_worker_answers_and_ends():
  with make("products") as worker:
    assert "NumPy" in worker.hear(120)["versions"]
    with pytest.raises(process.WorkerError, match="^KeyError: 'steps'$"):
      worker.ask(120, "build", {"seed": 0})
    assert worker.ask(120, "build", TASK.spec())["seconds"] > 0
    assert worker.ask(120, "start", 1)["first"] > 0
    assert worker.ask(120, "results", "nowhere") == {"path": None}
    assert len(worker.ask(120, "run", 3)["seconds"]) == 3
    with pytest.raises(process.WorkerError, match="no answer within 0.05 sec"):
      worker.ask(.05, "run", 10**9)
  assert worker._process.poll() is not None


def test_a_module_that_is_missing_is_said():
  with make("no_such_module") as worker:
    with pytest.raises(process.WorkerError, match="No module named"):
      worker.hear(120)
    assert worker._process.wait(60) == 1
    with pytest.raises(process.WorkerError, match="ended with exit code 1"):
      worker.ask(120, "run", 1)


@pytest.mark.slow
def test_a_worker_that_is_killed_is_said():
  with make("products") as worker:
    worker.hear(120)
    worker._process.kill()
    with pytest.raises(process.WorkerError, match="was killed by signal 9"):
      worker.ask(120, "run", 1)


def test_the_environment(monkeypatch):
  monkeypatch.setenv("PYTHONPATH", "here")
  monkeypatch.setenv("TF2_BEHAVIOR", "1")
  found = process.environment(3, ours=False)
  assert found["OMP_NUM_THREADS"] == found["OPENBLAS_NUM_THREADS"] == "3"
  assert found["VECLIB_MAXIMUM_THREADS"] == "3"
  assert "PYTHONPATH" not in found and "TF2_BEHAVIOR" not in found
  assert process.environment(1, ours=True)["PYTHONPATH"] == "here"


@pytest.mark.parametrize("text", ["1,2", "1,2,3,4", "a,b,c", "1,2,-3", ""])
def test_sizes_that_are_none(text):
  with pytest.raises(ValueError, match="BATCH,STEPS,UNITS"):
    tasks.parse_size(text)
  assert tasks.parse_size("1, 2,3") == tasks.Size(1, 2, 3)
