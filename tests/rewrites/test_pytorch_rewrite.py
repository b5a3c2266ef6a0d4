"""The language model rewritten in PyTorch equals the recording of the old one.

PyTorch's own traps give reports that name the tensor and the cause.
"""

import importlib.util

import pytest
import rewrite_reports

if importlib.util.find_spec("torch") is None:
  pytest.skip("could not import 'torch': it is not installed",
              allow_module_level=True)
pytestmark = pytest.mark.slow

KERNEL = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"
RIGHT = ("weights", "forward", "gradients", "steps")
# trap -> what the report says of which tensor
TRAPS = {
    "optimizer": (
        "basic_lstm_cell/kernel", "with Adam with epsilon 1e-08 added after "
        "the correction of the bias (as in PyTorch and Optax; 1.x and Keras "
        "add it before), and to the recorded ones with Adam with epsilon "
        "1e-08"),
    "two biases": (
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias, "
        "rnn/multi_rnn_cell/cell_1/basic_lstm_cell/bias",
        "where the recording has 0.01; two biases that are both trained, as "
        "PyTorch has them, move twice as far"),
    "cell's layout": (
        KERNEL, "it is only the first 8 of 16 rows (those of the input); 1.x "
        "keeps both in one kernel and transposed and its gates are in the "
        "order i, f, j, o (the order of Keras and PyTorch)"),
    "layer's layout": (
        "softmax/kernel", "the same numbers, but transposed")}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
  """{case: [does it agree, report]}, all from one process."""
  return rewrite_reports.read(
      "pytorch_reports.py", rewrite_reports.store_lstm(
          tmp_path_factory.mktemp("pytorch") / "lstm.npz", "pytorch"))


def test_the_rewrite_equals_the_recording(reports):
  rewrite_reports.check_right(reports, RIGHT, TRAPS)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_named(reports, trap):
  rewrite_reports.check_trap(reports[trap], *TRAPS[trap])
