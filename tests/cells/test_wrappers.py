"""Residual, device and highway wrappers, compared with TensorFlow 1.15.5
(`wrapper_cases`) and with mental arithmetic."""

import numpy as np
import pytest

from tfcompat_rnn import cells
from tfcompat_rnn.cells import multi
from tfcompat_rnn.cells import wrappers

from .wrapper_cases import comparison


@pytest.mark.spread(fast=4, slow=2)
@pytest.mark.parametrize("name", comparison.case_names("wrappers"))
def test_equals_1_15(name):
  comparison.check("wrappers", name)


class Twice(cells.RNNCell):
  """Output 2 x + state, new state state + 1."""

  state_size = output_size = 2

  def call(self, inputs, state):
    return 2 * inputs + state, state + 1


def run(v1, fetches):
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    return session.run(fetches)


def test_residual_adds_the_inputs(v1):
  x, state = v1.constant([[1., 2.]]), v1.constant([[10., 20.]])
  output, new = run(v1, cells.ResidualWrapper(Twice())(x, state))
  np.testing.assert_array_equal(output, [[13., 26.]])  # x + 2 x + state
  np.testing.assert_array_equal(new, [[11., 21.]])


def test_residual_function_gets_inputs_and_outputs(v1):
  x, state = v1.constant([[1., 2.]]), v1.constant([[10., 20.]])
  cell = cells.ResidualWrapper(Twice(), lambda inputs, outputs: (
      100 * inputs + outputs))
  output, _ = run(v1, cell(x, state))
  np.testing.assert_array_equal(output, [[112., 224.]])


def test_residual_names_both_shapes(v1):
  cell = cells.ResidualWrapper(cells.GRUCell(3))
  with pytest.raises(ValueError, match=r"\(2, 3\), got \(2, 5\); .*project"):
    cell(v1.zeros([2, 5]), v1.zeros([2, 3]))


@pytest.mark.parametrize("bias, share", [(0.0, 0.5), (np.log(3.0), 0.75)])
def test_highway_mixes_by_the_gate(v1, bias, share):
  x, state = v1.constant([[1., 2.]]), v1.constant([[10., 20.]])
  with v1.variable_scope("s", initializer=v1.zeros_initializer()):
    output, _ = cells.HighwayWrapper(Twice(), carry_bias_init=bias)(x, state)
  inputs, outputs = np.array([[1., 2.]]), np.array([[12., 24.]])
  np.testing.assert_allclose(
      run(v1, output), share * inputs + (1 - share) * outputs, rtol=1e-6)


def test_highway_with_two_gates(v1):
  x, state = v1.constant([[1., 2.]]), v1.constant([[10., 20.]])
  with v1.variable_scope("s", initializer=v1.zeros_initializer()):
    output, _ = cells.HighwayWrapper(
        Twice(), couple_carry_transform_gates=False,
        carry_bias_init=np.log(3.0))(x, state)
  # carry = sigmoid(log 3) = 3/4, transform = sigmoid(-log 3) = 1/4
  np.testing.assert_allclose(
      run(v1, output), [[.75 + 3., 1.5 + 6.]], rtol=1e-6)


def test_highway_knows_its_weights(v1):
  """1.15 raised AttributeError here."""
  cell = cells.HighwayWrapper(cells.GRUCell(3))
  cell(v1.zeros([2, 3]), v1.zeros([2, 3]))
  assert [v.op.name for v in cell.trainable_weights] == [
      "gru_cell/gates/kernel", "gru_cell/gates/bias",
      "gru_cell/candidate/kernel", "gru_cell/candidate/bias",
      "carry_w", "carry_b"]


@pytest.mark.parametrize("wrap", [
    cells.HighwayWrapper, lambda c: cells.AttentionCellWrapper(c, 2)])
def test_float64_needs_a_float64_scope_and_says_so(v1, wrap):
  """As in 1.15, their variables are float32 unless the scope says otherwise."""
  cell = wrap(cells.GRUCell(3))
  x, state = v1.zeros([2, 3], v1.float64), cell.zero_state(2, v1.float64)
  with pytest.raises(TypeError, match="dtype=tf.float64"):
    cell(x, state)
  with v1.variable_scope("s", dtype=v1.float64):
    output, _ = wrap(cells.GRUCell(3))(x, state)
  assert output.dtype == v1.float64


def test_device_of_step_and_zero_state(v1):
  cell = cells.DeviceWrapper(cells.GRUCell(3), "/device:CPU:7")
  state = cell.zero_state(2, v1.float32)
  output, _ = cell(v1.zeros([2, 3], name="outside"), state)
  assert state.device == output.device == "/device:CPU:7"
  assert output.graph.get_operation_by_name("outside").device == ""


def test_base_asks_for_the_method(v1):
  cell = wrappers._RNNCellWrapperV1(Twice())
  with pytest.raises(NotImplementedError, match="_call_wrapped_cell"):
    cell(v1.zeros([1, 2]), v1.zeros([1, 2]))


WRAPPERS = {
    "attention": lambda c: cells.AttentionCellWrapper(c, 2),
    "device": lambda c: cells.DeviceWrapper(c, "/cpu:0"),
    "dropout": lambda c: cells.DropoutWrapper(c, 0.5),
    "embedding": lambda c: cells.EmbeddingWrapper(c, 5, 3),
    "highway": cells.HighwayWrapper,
    "input_projection": lambda c: cells.InputProjectionWrapper(c, 3),
    "output_projection": lambda c: cells.OutputProjectionWrapper(c, 3),
    "residual": cells.ResidualWrapper,
}


def inputs_for(v1, name):
  return v1.zeros([2, 1], v1.int32) if name == "embedding" else v1.zeros([2, 3])


@pytest.mark.parametrize("name", sorted(WRAPPERS))
def test_refuses_a_class_and_a_list(v1, name):
  with pytest.raises(TypeError, match="instantiate it: GRUCell"):
    WRAPPERS[name](cells.GRUCell)
  with pytest.raises(TypeError, match="MultiRNNCell"):
    WRAPPERS[name]([cells.GRUCell(3)])


@pytest.mark.parametrize("name", sorted(WRAPPERS))
def test_unbuilt_copy_of_a_used_cell_has_its_own_variables(v1, name):
  """`--repeated-cells copy` relies on this."""
  cell = WRAPPERS[name](cells.GRUCell(3))
  x, state = inputs_for(v1, name), cell.zero_state(2, v1.float32)
  with v1.variable_scope("one"):
    cell(x, state)
  ours = v1.global_variables()
  twin = multi.unbuilt_copy(cell)
  with v1.variable_scope("two"):
    twin(x, state)
  theirs = v1.global_variables()[len(ours):]
  assert [v.op.name.replace("one", "two", 1) for v in ours] == [
      v.op.name for v in theirs]
  # The first cell still has its own variables.
  with v1.variable_scope("three" if name != "highway" else "one",
                         reuse=v1.AUTO_REUSE):
    cell(x, state)
  assert len(v1.global_variables()) == 2 * len(ours)


@pytest.mark.parametrize("name", sorted(WRAPPERS))
def test_state_in_a_variable_is_copied_before_the_step(v1, name):
  """Assigning the new state must not disturb the backward pass."""
  cell = WRAPPERS[name](cells.GRUCell(3))
  sizes = v1.nest.flatten(cell.state_size)
  kept = [v1.get_variable(f"kept{i}", [2, size], trainable=False)
          for i, size in enumerate(sizes)]
  state = v1.nest.pack_sequence_as(cell.state_size, kept)
  cell(inputs_for(v1, name), state)
  read = {v.op.outputs[0].op.name for v in kept}
  copied = {op.inputs[0].op.name.replace("/read", "")
            for op in v1.get_default_graph().get_operations()
            if op.type == "DeepCopy"}
  assert read <= copied
