"""Dropout, compared with TensorFlow 1.15.5 (`wrapper_cases`), and properties
that hold for any numbers."""

import json

import numpy as np
import pytest

from tfcompat_rnn import _errors
from tfcompat_rnn import _tf
from tfcompat_rnn.cells import BasicLSTMCell
from tfcompat_rnn.cells import DropoutWrapper
from tfcompat_rnn.cells import GRUCell
from tfcompat_rnn.cells import RNNCell
from tfcompat_rnn.cells import _dropout

from .wrapper_cases import comparison


@pytest.mark.spread(fast=3)
@pytest.mark.parametrize("name", comparison.case_names("dropout"))
def test_equals_1_15(name):
  comparison.check("dropout", name)


class Pass(RNNCell):
  """Returns its inputs and its state."""

  state_size = output_size = 3

  def call(self, inputs, state):
    return inputs, state


def ones(v1, *shape):
  return v1.ones(shape)


def test_kept_elements_are_scaled_and_the_rest_is_zero(v1):
  y = _dropout.dropout_1_15(ones(v1, 100, 100), keep_prob=0.25, seed=1)
  with v1.Session() as session:
    found = session.run(y)
  assert set(np.unique(found)) == {0.0, 4.0}
  # 10000 draws of a quarter: 5 standard deviations are 0.02165.
  assert abs((found > 0).mean() - 0.25) < 0.022


def test_each_run_and_each_step_draws_anew(v1):
  cell = DropoutWrapper(Pass(), input_keep_prob=0.5)
  first, _ = cell(ones(v1, 50, 3), v1.zeros([50, 3]))
  second, _ = cell(ones(v1, 50, 3), v1.zeros([50, 3]))
  with v1.Session() as session:
    runs = [session.run([first, second]) for _ in range(2)]
  assert not np.array_equal(*runs[0])
  assert not np.array_equal(runs[0][0], runs[1][0])


def test_variational_mask_is_one_for_all_rows_and_steps_of_a_run(v1):
  wide = Pass()
  wide.state_size = wide.output_size = 64
  cell = DropoutWrapper(
      wide, output_keep_prob=0.5, variational_recurrent=True,
      dtype=v1.float32)
  steps = [cell(ones(v1, 5, 64), v1.zeros([5, 64]))[0] for _ in range(3)]
  with v1.Session() as session:
    once, again = (session.run(steps) for _ in range(2))
  for step in once:
    np.testing.assert_array_equal(step, np.tile(once[0][:1], [5, 1]))
  assert set(np.unique(once[0])) == {0.0, 2.0}
  assert not np.array_equal(once[0], again[0])


def test_an_lstms_memory_is_never_dropped_by_default(v1):
  state = BasicLSTMCell(3).zero_state(4, v1.float32)
  cell = DropoutWrapper(BasicLSTMCell(3), state_keep_prob=0.5, seed=1)
  bare = cell.cell
  _, dropped = cell(ones(v1, 4, 2), state)
  _, kept = bare(ones(v1, 4, 2), state)
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    dropped, kept = session.run([dropped, kept])
  np.testing.assert_array_equal(dropped.c, kept.c)
  assert ((dropped.h == 0) != (kept.h == 0)).any()


def test_seedless_dropout_takes_the_seed_that_the_module_gives(
    v1, monkeypatch):
  monkeypatch.setattr(
      _tf.private("random_seed"), "get_seed", lambda seed: (123, 456))
  y = _dropout.dropout_1_15(ones(v1, 2, 2), rate=0.5)
  noise = [op for op in y.graph.get_operations() if op.type == "RandomUniform"]
  assert [(op.get_attr("seed"), op.get_attr("seed2")) for op in noise] == [
      (123, 456)]


def test_gradient_is_the_mask(v1):
  x = ones(v1, 6, 7)
  y = _dropout.dropout_1_15(x, rate=0.5, seed=2)
  gradient, = v1.gradients(y, x)
  with v1.Session() as session:
    y, gradient = session.run([y, gradient])
  np.testing.assert_array_equal(gradient, y)  # of ones: the mask times 2


@pytest.mark.parametrize("options, wanted", [
    ({"input_keep_prob": 1.5}, "`input_keep_prob` must be between 0 and 1"),
    ({"state_keep_prob": -1}, "`state_keep_prob` must be between 0 and 1"),
    ({"input_keep_prob": None}, "`input_keep_prob` must be a number"),
    ({"variational_recurrent": True}, "`dtype` must be provided"),
    ({"variational_recurrent": True, "dtype": "float32",
      "input_keep_prob": 0.5}, "`input_size` must be provided"),
])
def test_messages(v1, options, wanted):
  with pytest.raises(_errors.ArgumentError, match=wanted):
    DropoutWrapper(GRUCell(2), **options)


def test_a_class_in_place_of_a_cell(v1):
  with pytest.raises(TypeError, match="instance"):
    DropoutWrapper(GRUCell, 0.5)


def test_a_visitor_of_the_wrong_kind_is_told_what_it_may_return(v1):
  cell = DropoutWrapper(
      GRUCell(3), state_keep_prob=0.5,
      dropout_state_filter_visitor=lambda state: "all")
  with pytest.raises(TypeError, match="dropout_state_filter_visitor"):
    cell(ones(v1, 2, 3), v1.zeros([2, 3]))


def test_config_survives_json(v1):
  memory = (False, True)

  def visitor(state, answer=True):
    return memory[1] and answer

  cell = DropoutWrapper(GRUCell(3), 0.5, dropout_state_filter_visitor=visitor)
  config = json.loads(json.dumps(cell.get_config()))
  config["cell"] = GRUCell(3)
  again = DropoutWrapper.from_config(config)
  assert again._dropout_state_filter("anything") is True
  assert again._dropout_state_filter("anything", False) is False


def test_config_names_a_callable_object(v1):
  class Visitor:
    __name__ = "no_state"

    def __call__(self, state):
      return False

  cell = DropoutWrapper(
      GRUCell(3), dropout_state_filter_visitor=Visitor())
  config = cell.get_config()
  assert config["dropout_fn_type"] == "function"
  config["cell"] = GRUCell(3)
  with pytest.raises(ValueError, match="custom_objects.*no_state"):
    DropoutWrapper.from_config(config)
  again = DropoutWrapper.from_config(
      config, custom_objects={"no_state": max})
  assert again._dropout_state_filter is max


def test_a_dropout_of_the_program_may_take_four_arguments(v1):
  asked = []

  class Own(DropoutWrapper):

    def _dropout(self, values, salt_prefix, recurrent_noise, keep_prob):
      asked.append((salt_prefix, recurrent_noise, keep_prob))
      return values

  Own(Pass(), input_keep_prob=0.5, output_keep_prob=0.25)(
      ones(v1, 2, 3), v1.zeros([2, 3]))
  assert asked == [("input", None, 0.5), ("output", None, 0.25)]
