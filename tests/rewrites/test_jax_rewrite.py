"""The language model rewritten in JAX equals the recording of the old one.

Each trap on the way gives a report that names the tensor and the likely cause.
"""

import importlib.util

import pytest
import rewrite_reports

if importlib.util.find_spec("jax") is None:
  pytest.skip("could not import 'jax': it is not installed",
              allow_module_level=True)
pytestmark = pytest.mark.slow

RIGHT = ("weights", "forward", "gradients", "first step", "with state",
         "ten steps")
LSTM = ("it is what the recorded LSTM "
        "(rnn/multi_rnn_cell/cell_0/basic_lstm_cell to "
        "rnn/multi_rnn_cell/cell_1/basic_lstm_cell) computes ")
OUTPUTS = "dropout/mul_1:0"
KERNEL = "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/kernel"
# trap -> what the report says of which tensor
TRAPS = {
    "gate order": (OUTPUTS, LSTM + "if its gates are read in the order i, f, "
                   "j, o, as Keras and PyTorch do; 1.x has i, j, f, o"),
    "forget bias": (OUTPUTS, LSTM + "with a forget bias of 2; the recorded "
                    "cell adds 1 when it runs, and a converted bias may "
                    "contain it already"),
    "no state": (OUTPUTS, LSTM + "from an initial state of zeros"),
    "h and c": (OUTPUTS, LSTM + "with c and h of the initial state exchanged"),
    "dropout": (OUTPUTS, "dropout is on here only (keep_prob 0.5)"),
    "repeated rows": (
        "embedding, softmax/kernel, softmax/bias and 4 more",
        "clipping by a norm that counts the rows of an embedding"),
    "epsilon": (KERNEL, "with Adam with epsilon 1e-07, and to the recorded "
                "ones with Adam with epsilon 1e-08 (learning rate 0.01)"),
    "optimizer": (KERNEL, "with Adam with epsilon 1e-08 added after the "
                  "correction of the bias (as in PyTorch and Optax; 1.x and "
                  "Keras add it before), and to the recorded ones with Adam "
                  "with epsilon 1e-08")}


@pytest.fixture(scope="module")
def reports(tmp_path_factory):
  """{case: [does it agree, report]}, all from one process."""
  return rewrite_reports.read(
      "jax_reports.py", rewrite_reports.store_lstm(
          tmp_path_factory.mktemp("jax") / "lstm.npz", "keras"))


def test_the_rewrite_equals_the_recording(reports):
  rewrite_reports.check_right(reports, RIGHT, TRAPS)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_named(reports, trap):
  rewrite_reports.check_trap(reports[trap], *TRAPS[trap])
