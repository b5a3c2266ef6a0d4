"""The rows of older names, against what the releases themselves said.

data/names.json is what TensorFlow 0.12, 1.0, 1.1, 1.2, 1.4 and 1.15 called
the variables of 48 models (make_names.py measured it).
"""

import json
import pathlib

import pytest

from tfcompat_rnn.checkpoints import matching
from tfcompat_rnn.checkpoints import naming

NAMES = json.loads((pathlib.Path(__file__).parent / "data"
                    / "names.json").read_text())
CASES = [(name, version) for name, versions in NAMES.items()
         for version in versions if version != "1.15.5"]

# (model, release) -> keys of 1.15 that have no counterpart there
GAPS = {
    ("glstm", "1.4.1"): ["group1/kernel"],  # its groups shared one kernel
    ("opts", "0.12.1"): ["RMSProp_4"],      # it had no centered RMSProp
    # the attention of 1.1 had biases, and one layer more
    **{(name, "1.1.0"): ["attention_layer/kernel", "attention_v",
                         "query_layer/kernel"]
       for name in ("att_b", "att_l")},
    ("dec", "1.1.0"): ["attention_layer/kernel", "attention_v",
                       "query_layer/kernel", "decoder/dense"],
}
EXTRA = {("opts", "0.12.1"): ["ExponentialMovingAverage/"],
         **{(name, "1.1.0"): ["attention_v", "dense", "query_layer",
                              "memory_layer"]
            for name in ("att_b", "att_l", "dec")}}


@pytest.mark.parametrize("row", naming.ROWS, ids=lambda row: row.name)
def test_a_row_turns_its_example_into_what_it_says(row):
  modern = naming.modernize(row.example)
  assert modern.key == row.becomes
  assert row in modern.rows


def test_rows_have_names_of_their_own():
  names = [row.name for row in naming.ROWS]
  assert len(set(names)) == len(names)


@pytest.mark.parametrize("row", naming.ROWS, ids=lambda row: row.name)
def test_a_row_applies_to_whole_components_alone(row):
  for key in (f"x{row.example}x", row.example.replace("/", "_")):
    assert row not in naming.modernize(key).rows or "/" in key
  once = naming.modernize(row.example).key
  assert naming.modernize(once).key == once


def names_of(case, version):
  value = NAMES[case][version]
  value = NAMES[case][value] if isinstance(value, str) else value
  return {key: tuple(shape) for key, shape in value}


class Saved:
  """A checkpoint of which shapes are all that is known."""

  def __init__(self, shapes):
    self.shapes = shapes
    self.dtypes = dict.fromkeys(shapes, "float32")


@pytest.mark.parametrize("case, version", CASES)
def test_each_name_of_a_release_leads_to_its_name_in_1_15(case, version):
  new, old = names_of(case, "1.15.5"), names_of(case, version)
  if case in ("lstm_part", "lstm_shards"):  # a saver joins these itself
    new, old = joined(new), joined(old)
  plan = matching.match_keys(
      [matching.Wanted(key, shape, "float32") for key, shape in new.items()],
      Saved(old))
  allowed = GAPS.get((case, version), [])
  for match in plan.problems:
    assert any(gap in match.wanted.key for gap in allowed), (
        match.wanted.key, match.problem)
  assert bool(plan.problems) == bool(allowed)
  for key in plan.left:
    assert any(extra in key for extra in EXTRA.get((case, version), [])), key
  # what differs from 1.15 is mapped, the rest is taken by name
  assert len(plan.mapped) == len(set(new) - set(old)) - len(plan.problems)


def joined(shapes):
  result = {}
  for key, shape in shapes.items():
    name = key.partition("/part_")[0]
    first = result.get(name, (0,) + shape[1:])[0]
    result[name] = (first + shape[0],) + shape[1:]
  return result


@pytest.mark.parametrize("case", NAMES)
def test_names_of_1_15_stay(case):
  for key in names_of(case, "1.15.5"):
    modern = naming.modernize(key)
    assert modern.key == key.partition("/part_")[0]


# Names that look like old ones, and are those of today.
UNTOUCHED = (
    "fully_connected/weights", "fully_connected/biases", "Conv/weights",
    "rnn/conv_lstm_cell/biases", "rnn/grid_lstm_cell/W_f_0_0",
    "rnn/coupled_input_forget_gate_lstm_cell/W_0",
    "rnn/coupled_input_forget_gate_lstm_cell/B",
    "rnn/time_freq_lstm_cell/W_F_diag", "my_RNN/kernel", "RNNs/kernel",
    "my_lstm_cell/weights", "lstm_cell_1/biases", "Linear/Matrix_factor",
    "attention_decoder/AttnW_0", "attention_decoder/Attention_0/kernel",
    "rnn/nas_cell/projection_weights", "weights", "biases", "Cell0/kernel",
    "rnn/attention_cell_wrapper/attention/attn_w", "b", "W", "LSTM/W_0",
    "beta1_power", "global_step", "department_0", "x/part_a")


@pytest.mark.parametrize("key", UNTOUCHED)
def test_what_must_not_be_touched(key):
  assert naming.modernize(key) == naming.Modern(key, ())


@pytest.mark.parametrize("slot", [
    "/Adam", "/Adam_1", "/Momentum", "/RMSProp", "/RMSProp_1", "/Adagrad",
    "/Adadelta", "/Adadelta_1", "/Ftrl", "/Ftrl_1",
    "/ExponentialMovingAverage"])
@pytest.mark.parametrize("prefix", ["", "model/", "optimizer/model/"])
def test_slots_go_with_their_variable(slot, prefix):
  old = f"{prefix}RNN/MultiRNNCell/Cell1/GRUCell/Gates/Linear/Matrix{slot}"
  new = f"{prefix}rnn/multi_rnn_cell/cell_1/gru_cell/gates/kernel{slot}"
  assert naming.modernize(old).key == new
  assert naming.split_slot(new) == (new[:-len(slot)], slot)
  assert naming.describe_slot(slot) != "optimizer's slot"


def test_a_piece_knows_its_number():
  assert naming.modernize("RNN/LSTMCell/W_12").part == 12
  assert naming.modernize("x/kernel/part_3").part == 3
  assert naming.modernize("RNN/LSTMCell/W_1/Adam") == naming.Modern(
      "rnn/lstm_cell/kernel/Adam",
      naming.modernize("RNN/LSTMCell/W_1/Adam").rows, 1)
  assert naming.modernize("RNN/LSTMCell/B").part is None


def test_a_wrapper_keeps_its_own_variables():
  forms = dict(naming.older_forms("rnn/output_projection_wrapper/kernel"))
  assert list(forms) == ["rnn/output_projection_wrapper/weights",
                         "rnn/output_projection_wrapper/Matrix"]
  forms = dict(naming.older_forms(
      "rnn/output_projection_wrapper/gru_cell/gates/kernel/Adam"))
  assert "rnn/gru_cell/gates/kernel/Adam" in forms
