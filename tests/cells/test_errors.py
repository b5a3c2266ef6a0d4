"""Each error message says what is required, what was passed, what to do."""

import re

import pytest

from cells import cases_errors
from cells import measure
from tfcompat_rnn import _errors
from tfcompat_rnn import cells

FORM = re.compile(r"`[^`]+` .*\bmust .+, got .+; .+", re.DOTALL)

# Raised by TensorFlow or Python, with a message that says enough.
NOT_OURS = {
    "state_of_other_width", "state_of_other_width_lstm",
    "state_of_other_batch", "state_missing", "units_missing",
    "multi_scopes_clash", "call_on_other_graph",
}

# case -> what the message must contain
MESSAGES = {
    "input_rank_3": ["rank 2", "[batch, depth]", "dynamic_rnn"],
    "input_rank_unknown": ["known rank", "set_shape"],
    "input_depth_unknown": ["known last dimension", "shape (2"],
    "input_list_of_two": ["1 tensor", "tf.concat"],
    "input_int_dtype": ["floating point", "int32", "tf.cast"],
    "mixed_dtypes_gru": ["float16", "float32"],
    "mixed_dtypes_cell_and_input": ["float64", "dtype=tf.float32"],
    "mixed_dtypes_basic_lstm": ["float32", "float64", "zero_state"],
    "state_is_a_tensor": ["pair (c, h)", "one tensor", "LSTMStateTuple"],
    "state_of_three": ["pair (c, h)", "3 parts"],
    "state_is_none": ["pair (c, h)", "None", "zero_state"],
    "state_is_a_pair_for_gru": ["one tensor [batch, 3]", "(c: *, h: *)"],
    "units_none": ["num_units", "None"],
    "units_text": ["num_units", "'three'"],
    "units_fraction": ["whole number", "2.5"],
    "units_negative": ["-3"],
    "activation_unknown_name": ["wobble", "relu"],
    "initializer_number": ["0.1", "tf.constant_initializer"],
    "constructor_unknown_argument": ["LSTMCell", "colour"],
    "zero_state_batch_none": ["batch_size", "tf.shape(inputs)[0]"],
    "initial_state_other_batch": ["2", "7"],
    "multi_empty": ["at least one"],
    "multi_one_cell": ["list or tuple", "MultiRNNCell([cell])"],
    "multi_state_is_tuple": ["state_is_tuple"],
    "multi_state_is_a_tensor": ["tuple of 1", "one tensor"],
    "state_size_of_base": ["RNNCell.state_size"],
}


@pytest.fixture
def bench(v1):
  return measure.Bench(v1, cells, None)


@pytest.mark.parametrize("name", list(cases_errors.case.cases))
def test_form(bench, name):
  with pytest.raises(Exception) as caught:
    cases_errors.case.cases[name](bench)
  ours = isinstance(caught.value,
                    (_errors.TfcompatError, NotImplementedError))
  assert ours == (name not in NOT_OURS)
  if ours:
    message = str(caught.value)
    assert FORM.search(message), message
    for part in MESSAGES.get(name, []):
      assert part in message


def test_every_message_belongs_to_a_case():
  assert set(MESSAGES) | NOT_OURS <= set(cases_errors.case.cases)


@pytest.mark.parametrize("make", [
    lambda: cells.DropoutWrapper(cells.GRUCell),
    lambda: cells.MultiRNNCell([cells.GRUCell]),
    lambda: cells.ResidualWrapper(cells.LSTMCell)])
def test_class_in_place_of_a_cell(v1, make):
  with pytest.raises(TypeError, match="is not an RNNCell") as caught:
    make()
  assert "instantiate it" in str(caught.value)


def test_dynamic_rnn_of_a_class(v1):
  from tfcompat_rnn import loops
  with pytest.raises(TypeError, match="BasicLSTMCell"):
    loops.dynamic_rnn(cells.BasicLSTMCell, v1.zeros([2, 3, 4]),
                      dtype=v1.float32)


def test_what_a_thing_lacks_is_listed(v1):
  class Half:
    output_size = 3

    def __call__(self, inputs, state):
      return inputs, state

  with pytest.raises(TypeError) as caught:
    cells.base.assert_like_rnncell("cell", Half())
  assert "none of state_size, zero_state()" in str(caught.value)


def test_weights_in_the_constructor(v1):
  with pytest.raises(NotImplementedError, match="set_weights"):
    cells.GRUCell(3, weights=[1, 2])
