"""The language model rewritten in Keras equals the recording of the old one.

Each trap on the way gives a report that names the tensor and the cause.
"""

import shutil

import pytest
import rewrite_reports

import docs_blocks

pytestmark = pytest.mark.slow

RIGHT = ("first step", "with state")
LSTM = ("it is what the recorded LSTM "
        "(rnn/multi_rnn_cell/cell_0/basic_lstm_cell to "
        "rnn/multi_rnn_cell/cell_1/basic_lstm_cell) computes ")
# trap -> what the report says of which tensor
TRAPS = {
    "gate order": (
        "dropout/mul_1:0", LSTM + "if its gates are read in the order i, f, j, "
        "o, as Keras and PyTorch do; 1.x has i, j, f, o"),
    "forget bias": (
        "dropout/mul_1:0", LSTM + "with a forget bias of 0; the recorded cell "
        "adds 1 when it runs"),
    "forget bias in the weights": (
        "rnn/multi_rnn_cell/cell_0/basic_lstm_cell/bias, "
        "rnn/multi_rnn_cell/cell_1/basic_lstm_cell/bias",
        "the gate f is 1 larger: the forget bias of 1 is in the bias already"),
    "no state": (
        "dropout/mul_1:0", LSTM + "from an initial state of zeros; the "
        "recorded call was fed a state"),
    "h and c": (
        "dropout/mul_1:0", LSTM + "with c and h of the initial state "
        "exchanged; 1.x has (c, h)"),
    "dropout": (
        "dropout/mul_1:0", "54% of its elements are 0 here, and the others are "
        "2 times those of the other side: dropout is on here only (keep_prob "
        "0.5)"),
    "no clipping": (
        "embedding, softmax/kernel, softmax/bias and 4 more",
        "it is 2.541 times the recorded value: clipping by norm, which is "
        "missing here"),
    "epsilon": (
        "basic_lstm_cell/kernel", "the recorded gradients lead to the "
        "rewrite's values with Adam with epsilon 1e-07, and to the recorded "
        "ones with Adam with epsilon 1e-08 (learning rate 0.01)"),
    "learning rate": (
        "embedding, softmax/kernel, softmax/bias and 4 more",
        "the rewrite's change is that of Adam with epsilon 1e-08 with a "
        "learning rate of 0.001, where the recording has 0.01"),
    "repeated rows": (
        "embedding", "only rows differ that a step looks up more than once "
        "(inputs:0)")}


def test_the_pages_tests_pass(tmp_path):
  """Weights, outputs, gradients and ten steps, as docs/rewrites.md has them."""
  code, = docs_blocks.Page("rewrites.md").codes()
  (tmp_path / "test_rewrite.py").write_text(code)
  for path in (rewrite_reports.HERE / "data").iterdir():
    shutil.copy(path, tmp_path)
  rewrite_reports.store_lstm(tmp_path / "lstm.npz", "keras")
  assert "4 passed" in rewrite_reports.run(
      "-m", "pytest", "-p", "no:tfcompat_rnn", "-p",
      "tfcompat_rnn.pytest_plugin", "test_rewrite.py", cwd=tmp_path,
      KERAS_BACKEND="tensorflow")


@pytest.fixture(scope="module")
def reports():
  """{case: [does it agree, report]}, all from one process."""
  return rewrite_reports.read("keras_reports.py", KERAS_BACKEND="tensorflow")


def test_what_is_right_in_the_traps_process(reports):
  rewrite_reports.check_right(reports, RIGHT, TRAPS)


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_is_named(reports, trap):
  rewrite_reports.check_trap(reports[trap], *TRAPS[trap])


def test_the_page_shows_these_reports(reports):
  """The blocks of docs/rewrites.md, word for word."""
  page = (docs_blocks.DOCS / "rewrites.md").read_text()
  for trap in ("forget bias", "epsilon"):
    text = reports[trap][1]
    said = next(line for line in text.splitlines()
                if line.startswith("likely cause: "))
    assert said in page, said
