"""State in variables: what is kept, zeroed, reset, loaded and saved."""

import pathlib
import sys

import numpy as np
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn import loops
from tfcompat_rnn.state import STATE_VARIABLES

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import own_cells  # noqa: E402


def numbers(*shape):
  return np.arange(1, 1 + np.prod(shape), dtype=np.float32).reshape(shape)


def lstms():
  return cells.MultiRNNCell([cells.BasicLSTMCell(4) for _ in range(2)])


def state_like(*shape):
  """A state for `lstms` with different numbers in each leaf."""
  return tuple(cells.LSTMStateTuple(*[
      10 * layer + part + numbers(*shape) for part in (0, .5)])
      for layer in range(2))


def initialized(tf):
  session = tf.Session()
  session.run([tf.global_variables_initializer(),
               tf.local_variables_initializer()])
  return session


def assert_state(got, right):
  from tfcompat_rnn._tf import tf
  tf.nest.assert_same_structure(got, right)
  for one, other in zip(tf.nest.flatten(got), tf.nest.flatten(right)):
    np.testing.assert_array_equal(one, other)


BOTH = pytest.mark.parametrize(
    "make", [tfcompat_rnn.StateVariables, tfcompat_rnn.PackedStateVariables])


def test_names_shapes_and_collections(either):
  tf = either
  cell = cells.MultiRNNCell([cells.LSTMCell(3), cells.GRUCell(2)])
  state = tfcompat_rnn.StateVariables(cell, 5)
  assert [v.op.name for v in state.variables] == [
      "state/0/c", "state/0/h", "state/1"]
  assert [v.shape.as_list() for v in state.variables] == [
      [5, 3], [5, 3], [5, 2]]
  assert tf.trainable_variables() == []
  assert [v.name for v in tf.global_variables()] == [
      v.name for v in state.variables]
  assert len(tf.get_collection(STATE_VARIABLES)) == 3
  assert STATE_VARIABLES == "tfcompat_rnn_state"
  again = tfcompat_rnn.StateVariables(cells.GRUCell(2), 5)
  assert again.variables[0].op.name == "state_1"
  with tf.variable_scope("model"):
    inner = tfcompat_rnn.StateVariables(
        cells.GRUCell(2), 5, tf.float64, name="memory", collections=["mine"])
  assert inner.variables[0].op.name == "model/memory"
  assert inner.variables[0].dtype.base_dtype == tf.float64
  assert tf.get_collection("mine")[0].name == inner.variables[0].name
  resource = hasattr(state.variables[0], "handle")
  assert resource == tf.resource_variables_enabled()


@pytest.mark.parametrize("resource", [False, True])
def test_kind_of_variable_on_request(either, resource):
  state = tfcompat_rnn.StateVariables(
      cells.GRUCell(2), 5, use_resource=resource)
  assert hasattr(state.variables[0], "handle") == resource


@BOTH
def test_left_out_of_checkpoints_on_request(either, make):
  tf = either
  state = make(lstms(), 2, saved=False)
  assert tf.global_variables() == []
  assert len(tf.local_variables()) == len(state.variables)
  assert len(tf.get_collection(STATE_VARIABLES)) == len(state.variables)
  with initialized(tf) as session:
    assert np.sum(session.run(state.initial_state)) == 0


def test_packed_is_the_documents_variable(either):
  tf = either
  packed = tfcompat_rnn.PackedStateVariables(lstms(), 3, name="hidden_state")
  variable, = packed.variables
  assert variable.op.name == "hidden_state"
  assert variable.shape.as_list() == [2, 2, 3, 4]
  value = state_like(3, 4)
  with initialized(tf) as session:
    packed.load(session, value)
    got = session.run(variable)
    for layer in range(2):
      for part in range(2):
        np.testing.assert_array_equal(got[layer, part], value[layer][part])
  alone = tfcompat_rnn.PackedStateVariables(cells.LSTMCell(4), 3)
  assert alone.variables[0].shape.as_list() == [1, 2, 3, 4]
  assert isinstance(alone.initial_state, cells.LSTMStateTuple)


@pytest.mark.parametrize("cell, said", [
    (lambda: cells.GRUCell(3), "the state: one tensor"),
    (lambda: cells.MultiRNNCell([cells.GRUCell(3), cells.GRUCell(3)]),
     '"0": one tensor; "1": one tensor'),
    (lambda: cells.MultiRNNCell([cells.LSTMCell(3), cells.LSTMCell(4)]),
     '"1/c": float32 [2, 4] instead of float32 [2, 3]; "1/h"'),
    (lambda: cells.LSTMCell(3, num_proj=2),
     '"h": float32 [2, 2] instead of float32 [2, 3]'),
    (own_cells.Nest, "the state: {count: *"),
])
def test_what_cannot_be_packed(v1, cell, said):
  with pytest.raises(_errors.ArgumentError) as caught:
    tfcompat_rnn.PackedStateVariables(cell(), 2)
  assert said in str(caught.value)


@BOTH
def test_keep_zero_reset_assign_load(either, make):
  tf = either
  state = make(lstms(), 3)
  zeros = tf.nest.map_structure(np.zeros_like, state_like(3, 4))
  fed = tf.nest.map_structure(
      lambda leaf: tf.placeholder(tf.float32, leaf.shape), zeros)
  keep, mask = state.keep(fed), tf.placeholder(tf.bool, [3])
  some = state.reset_rows(mask)
  first = state.reset_rows([True, False, False])
  constants = state.assign(state_like(3, 4))
  initialize = tf.global_variables_initializer()
  tf.get_default_graph().finalize()
  assert state.keep(fed) is keep and state.zero() is state.zero()
  assert state.reset_rows(mask) is some
  assert state.reset_rows([True, False, False]) is first
  assert state.assign(state_like(3, 4)) is constants
  with tf.Session() as session:
    session.run(initialize)

    def now():
      return session.run(state.initial_state)

    assert_state(now(), zeros)
    value = state_like(3, 4)
    session.run(keep, tfcompat_rnn.state_feed(fed, value))
    assert_state(now(), value)
    session.run(some, {mask: [False, True, False]})
    assert_state(now(), tf.nest.map_structure(
        lambda leaf: leaf * [[1], [0], [1]], value))
    session.run(first)
    assert_state(now(), tf.nest.map_structure(
        lambda leaf: leaf * [[0], [0], [1]], value))
    session.run(constants)
    assert_state(now(), value)
    session.run(state.zero())
    assert_state(now(), zeros)
    state.load(session, [[part.tolist() for part in pair] for pair in value])
    assert_state(now(), value)


@BOTH
def test_what_does_not_fit_is_named(either, make):
  tf = either
  state = make(lstms(), 3)
  right = tf.nest.map_structure(tf.constant, state_like(3, 4))
  wrong = (right[0], cells.LSTMStateTuple(
      tf.zeros([3, 5]), tf.zeros([3, 4], tf.float64)))
  for method, name in ((state.keep, "final_state"), (state.assign, "values")):
    with pytest.raises(_errors.ArgumentError) as caught:
      method(wrong)
    said = str(caught.value)
    assert f"`{name}` must fit the state" in said
    assert '"1/c": float32 [3, 5] instead of float32 [3, 4]' in said
    assert '"1/h": float64 [3, 4] instead of float32 [3, 4]' in said
    assert '"0/c": float32 [3, 4] instead' not in said
    with pytest.raises(TypeError, match=r"\[1\]. must have the structure"):
      method((right[0], right[1].c))
  with initialized(tf) as session:
    with pytest.raises(_errors.ArgumentError) as caught:
      state.load(session, (state_like(3, 4)[0], numbers(2, 3, 4)))
    assert '"1": float32 [2, 3, 4] instead of 2 parts' in str(caught.value)
  with pytest.raises(TypeError, match="`mask` must be bool"):
    state.reset_rows([1, 0, 1])
  with pytest.raises(ValueError, match="one value per row"):
    state.reset_rows([True, False])


def test_a_shape_only_known_when_it_runs(either):
  tf = either
  state = tfcompat_rnn.StateVariables(cells.GRUCell(4), 3)
  rows = tf.placeholder(tf.float32, [None, 4])
  keep = state.keep(rows)
  with initialized(tf) as session:
    session.run(keep, {rows: numbers(3, 4)})
    with pytest.raises(tf.errors.InvalidArgumentError):
      session.run(keep, {rows: numbers(2, 4)})
    np.testing.assert_array_equal(
        session.run(state.initial_state), numbers(3, 4))


@pytest.mark.parametrize("rows", [None, 0, -2, True, 2.0, "two"])
def test_variables_want_a_whole_number_of_rows(v1, rows):
  with pytest.raises(ValueError, match="`batch_size` must be a positive int"):
    tfcompat_rnn.StateVariables(cells.GRUCell(2), rows)


def test_rows_told_by_a_tensor_a_dimension_a_numpy_int(v1):
  for rows in (v1.constant(3), v1.Dimension(3), np.int64(3)):
    state = tfcompat_rnn.StateVariables(cells.GRUCell(2), rows)
    assert state.variables[0].shape.as_list() == [3, 2]
  with pytest.raises(ValueError, match="use feedable_state"):
    tfcompat_rnn.StateVariables(
        cells.GRUCell(2), v1.placeholder(v1.int32, []))


def test_nests_and_dtypes_of_all_kinds(either):
  tf = either
  cell = own_cells.Nest()
  state = tfcompat_rnn.StateVariables(cell, 2)
  assert [v.op.name for v in state.variables] == [
      "state/count", "state/odd", "state/sums/0", "state/sums/1"]
  x = tf.placeholder(tf.float32, [2, None, 1])
  rnn = tfcompat_rnn.stateful_rnn(cell, x, state=state)
  drop = rnn.reset_rows_op([False, True])
  with initialized(tf) as session:
    for _ in range(3):
      session.run(rnn.keep_state_op, {x: numbers(2, 1, 1)})
    session.run(drop)
    got = session.run(state.initial_state)
    np.testing.assert_array_equal(got["count"], [[3], [0]])
    np.testing.assert_array_equal(got["odd"], [[[True]], [[False]]])
    np.testing.assert_array_equal(got["sums"][0], [[3], [0]])
    np.testing.assert_array_equal(got["sums"][1], [[6], [0]])


def test_a_pair_of_cells(either):
  tf = either
  pair = cells.GRUCell(2), cells.LSTMCell(3)
  state = tfcompat_rnn.StateVariables(pair, 2, name="both")
  assert [v.op.name for v in state.variables] == [
      "both/0", "both/1/c", "both/1/h"]
  x = tf.constant(numbers(2, 3, 2))
  _, final = loops.bidirectional_dynamic_rnn(
      *pair, x, initial_state_fw=state.initial_state[0],
      initial_state_bw=state.initial_state[1])
  keep = state.keep(final)
  with initialized(tf) as session:
    right, _ = session.run([final, keep])
    assert_state(session.run(state.initial_state), right)


def test_zero_is_the_cells_own(either):
  tf = either
  state = tfcompat_rnn.StateVariables(own_cells.FromSeven(), 2)
  part = state.reset_rows([True, False])
  with initialized(tf) as session:
    np.testing.assert_array_equal(session.run(state.initial_state), [[7], [7]])
    state.load(session, [[1], [2]])
    session.run(part)
    np.testing.assert_array_equal(session.run(state.initial_state), [[7], [2]])
    session.run(state.zero())
    np.testing.assert_array_equal(session.run(state.initial_state), [[7], [7]])


@BOTH
def test_what_is_read_is_a_copy(either, make):
  """No assignment, in the same run or from outside, can change it."""
  tf = either
  state = make(lstms(), 16)
  reads = tf.nest.flatten(state.initial_state)
  with tf.control_dependencies(reads):
    over = [tf.assign(v, tf.ones_like(v)) for v in state.variables]
  with tf.control_dependencies(over):
    later = [tf.identity(read) for read in reads]
  with initialized(tf) as session:
    for leaf in session.run(later):
      assert leaf.sum() == 0
    assert session.run(state.variables[0]).sum() == 64 * len(reads) / len(
        state.variables)


@BOTH
def test_writing_waits_for_the_reading(make, either):
  """Every path from a read of the state to the op that writes it."""
  tf = either
  state = make(lstms(), 2)
  constant = tf.nest.map_structure(tf.constant, state_like(2, 4))
  reads = {leaf.op for leaf in tf.nest.flatten(state.initial_state)}
  for op in (state.keep(constant), state.zero(),
             state.assign(state_like(2, 4))):
    writes = [one for one in op.control_inputs if "Assign" in one.type]
    writes = writes or ([op] if "Assign" in op.type else [])
    assert len(writes) == len(state.variables)
    for write in writes:
      assert reads <= _above(write)


def _above(op):
  seen, pending = set(), [op]
  while pending:
    one = pending.pop()
    if one not in seen:
      seen.add(one)
      pending.extend(tensor.op for tensor in one.inputs)
      pending.extend(one.control_inputs)
  return seen


def test_an_op_that_is_to_wait_is_another_op(either):
  tf = either
  state = tfcompat_rnn.StateVariables(cells.GRUCell(4), 2)
  keep = state.keep(tf.ones([2, 4]))
  with tf.control_dependencies([keep]):
    zero_after = state.zero()
    assert state.zero() is zero_after
  assert zero_after is not state.zero()
  with initialized(tf) as session:
    for _ in range(50):
      session.run(zero_after)
      assert session.run(state.initial_state).sum() == 0


def test_an_array_loaded_is_not_shared(either):
  """A resource variable takes over the memory of the assigned value."""
  tf = either
  state = tfcompat_rnn.StateVariables(cells.GRUCell(64), 64)
  room = np.zeros(64 * 64 + 16, np.float32)
  start = (-room.ctypes.data % 64) // 4
  array = room[start:start + 64 * 64].reshape(64, 64)
  assert array.ctypes.data % 64 == 0
  keep = state.keep(tf.identity(state.initial_state))
  with initialized(tf) as session:
    state.load(session, array)
    array[:] = 1
    assert session.run(state.initial_state).sum() == 0
    session.run(keep, {state.initial_state: array})
    array[:] = 2
    assert session.run(state.initial_state).sum() == 64 * 64


@BOTH
def test_saved_and_restored_with_the_model(either, make, tmp_path):
  tf = either
  state = make(lstms(), 2)
  weight = tf.get_variable("weight", [])
  saver = tf.train.Saver()
  value = state_like(2, 4)
  with initialized(tf) as session:
    state.load(session, value)
    path = saver.save(session, str(tmp_path / "model"))
    right = session.run(weight)
  with tf.Session() as session:
    saver.restore(session, path)
    assert_state(session.run(state.initial_state), value)
    assert session.run(weight) == right
  names = [name for name, _ in tf.train.list_variables(path)]
  assert names == sorted([v.op.name for v in state.variables] + ["weight"])
  # The meta graph next to it can be imported, including the collection.
  with tf.Graph().as_default() as graph, tf.Session() as session:
    tf.train.import_meta_graph(path + ".meta").restore(session, path)
    assert len(graph.get_collection(STATE_VARIABLES)) == len(state.variables)
    got = session.run([leaf.name for leaf in tf.nest.flatten(
        state.initial_state)])
    for one, right in zip(got, tf.nest.flatten(value)):
      np.testing.assert_array_equal(one, right)


def test_left_out_states_are_not_in_the_checkpoint(either, tmp_path):
  tf = either
  tfcompat_rnn.StateVariables(lstms(), 2, saved=False)
  tf.get_variable("weight", [])
  with initialized(tf) as session:
    path = tf.train.Saver().save(session, str(tmp_path / "model"))
  assert [name for name, _ in tf.train.list_variables(path)] == ["weight"]


@pytest.mark.parametrize("locking", [False, True])
def test_locking_where_asked(v1, locking):
  state = tfcompat_rnn.StateVariables(
      cells.GRUCell(2), 3, use_locking=locking)
  state.keep(v1.zeros([3, 2]))
  graph = v1.get_default_graph()
  locks = [op.get_attr("use_locking") for op in graph.get_operations()
           if op.type == "Assign" and "Initializer" not in op.inputs[1].name
           and op.name != "state/Assign"]
  assert locks == [locking] * 3  # zero, load, keep


def test_two_sessions_on_one_graph(either):
  tf = either
  x = tf.placeholder(tf.float32, [1, None, 1])
  rnn = tfcompat_rnn.stateful_rnn(own_cells.Sum(), x)
  one, other = initialized(tf), initialized(tf)
  with one, other:
    for number in (1., 2., 3.):
      one.run(rnn.keep_state_op, {x: [[[number]]]})
      other.run(rnn.keep_state_op, {x: [[[10 * number]]]})
    assert one.run(rnn.initial_state) == 6
    assert other.run(rnn.initial_state) == 60


def test_one_state_for_two_loops(either):
  """A long and a short window, each with its own keep op."""
  tf = either
  state = tfcompat_rnn.StateVariables(own_cells.Sum(), 1)
  loop = [tfcompat_rnn.stateful_rnn(
      own_cells.Sum(), tf.ones([1, steps, 1]), state=state)
      for steps in (5, 2)]
  assert loop[0].keep_state_op is not loop[1].keep_state_op
  with initialized(tf) as session:
    session.run(loop[0].keep_state_op)
    session.run(loop[1].keep_state_op)
    assert session.run(loop[0].initial_state) == 7


class Learned(own_cells.Sum):
  """A cell whose zero state is a trained variable, one number for all rows."""

  def zero_state(self, batch_size, dtype):
    with tf1().variable_scope("", reuse=tf1().AUTO_REUSE):
      start = tf1().get_variable(
          "start", [1, 1], dtype, tf1().constant_initializer(4.))
    return tf1().tile(start, tf1().stack([batch_size, 1]))


def tf1():
  from tfcompat_rnn._tf import tf
  return tf


def test_a_zero_state_that_is_learned(either):
  """One initializer for all variables, whatever their order."""
  tf = either
  rnn = tfcompat_rnn.stateful_rnn(Learned(), tf.ones([2, 3, 1]))
  start, = tf.trainable_variables()
  state, step = tfcompat_rnn.reset_at_step_zero(
      None, rnn.initial_state, value=Learned().zero_state(2, tf.float32))
  slope, = tf.gradients(tf.reduce_sum(state), start)
  for _ in range(5):
    with initialized(tf) as session:
      assert session.run(rnn.initial_state).tolist() == [[4], [4]]
      session.run(rnn.keep_state_op)
      assert session.run(rnn.initial_state).tolist() == [[7], [7]]
      start.load([[5.]], session)
      assert session.run(slope, {step: 0}) == 2
      assert session.run(slope) == 0
      assert session.run(state, {step: 0}).tolist() == [[5], [5]]
      session.run(rnn.zero_state_op)
      assert session.run(rnn.initial_state).tolist() == [[5], [5]]
