"""State in reference variables: what is copied, and that gradients survive."""

import contextlib
import pathlib
import sys

import numpy as np
import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from tiny_cells import PairCell  # noqa: E402
from tiny_cells import PairState  # noqa: E402
from tiny_cells import fixed  # noqa: E402

from tfcompat_rnn import _snapshot  # noqa: E402


@contextlib.contextmanager
def switched(enabled):
  before = _snapshot.set_enabled(enabled)
  try:
    yield
  finally:
    _snapshot.set_enabled(before)


@contextlib.contextmanager
def control_flow_v2(tf):
  tf.enable_control_flow_v2()
  try:
    yield
  finally:
    tf.disable_control_flow_v2()


def reference(tf, value, **kwargs):
  return tf.Variable(value, use_resource=False, trainable=False, **kwargs)


def copies(tf):
  return [op for op in tf.get_default_graph().get_operations()
          if op.type == "DeepCopy"]


# --- Which operations share the buffer ------------------------------------


def _one_by_one(tf, x):
  return tf.expand_dims(x, 0)


def _while(tf, x):
  return tf.while_loop(lambda i, s: i < 1, lambda i, s: (i + 1, s), [0, x])[1]


def _cond(tf, x):
  return tf.cond(tf.placeholder_with_default(True, []), lambda: x,
                 lambda: tf.zeros_like(x))


def _through(tf, op, kind):
  """The first op of type `kind` on the way back from `op`."""
  pending, seen = [op], set()
  while pending:
    op = pending.pop(0)
    if op.type == kind:
      return op.outputs[0]
    if op.name not in seen:
      seen.add(op.name)
      pending.extend(i.op for i in op.inputs)
  raise AssertionError(f"no {kind} behind the result")


# op type -> a tensor of such an op that shares the buffer of x [2, 2, 16]
SHARING = {
    "AddN": lambda tf, x: tf.raw_ops.AddN(inputs=[x]),
    "BatchToSpaceND": lambda tf, x: tf.batch_to_space_nd(
        x, [1, 1], [[0, 0], [0, 0]]),
    "Bitcast": lambda tf, x: tf.bitcast(x, tf.int32),
    "BroadcastTo": lambda tf, x: tf.broadcast_to(x, [2, 2, 16]),
    "Cast": lambda tf, x: tf.raw_ops.Cast(x=x, DstT=tf.float32),
    "CheckNumerics": lambda tf, x: tf.check_numerics(x, "no"),
    "Einsum": lambda tf, x: tf.einsum("abc->abc", x),
    "EnsureShape": lambda tf, x: tf.ensure_shape(x, [2, 2, 16]),
    "Exit": _while,
    "ExpandDims": lambda tf, x: tf.expand_dims(x, 0),
    "Identity": lambda tf, x: tf.identity(x),
    "IdentityN": lambda tf, x: tf.raw_ops.IdentityN(
        input=[tf.zeros([]), x])[1],
    "MatrixBandPart": lambda tf, x: tf.linalg.band_part(x, -1, -1),
    "Max": lambda tf, x: tf.reduce_max(_one_by_one(tf, x), 0),
    "Mean": lambda tf, x: tf.reduce_mean(_one_by_one(tf, x), 0),
    "Merge": _cond,
    "Min": lambda tf, x: tf.reduce_min(_one_by_one(tf, x), 0),
    "MirrorPad": lambda tf, x: tf.pad(x, [[0, 0]] * 3, "REFLECT"),
    "Pack": lambda tf, x: tf.stack([x]),
    "Pad": lambda tf, x: tf.pad(x, [[0, 0]] * 3),
    "PadV2": lambda tf, x: tf.pad(x, [[0, 0]] * 3, constant_values=1.0),
    "PlaceholderWithDefault": lambda tf, x: tf.placeholder_with_default(
        x, [2, 2, 16]),
    "PreventGradient": lambda tf, x: tf.raw_ops.PreventGradient(input=x),
    "Print": lambda tf, x: tf.Print(x, []),
    "Prod": lambda tf, x: tf.reduce_prod(_one_by_one(tf, x), 0),
    "RandomShuffle": lambda tf, x: tf.random_shuffle(_one_by_one(tf, x)),
    "Reshape": lambda tf, x: tf.reshape(x, [-1]),
    "ReverseV2": lambda tf, x: tf.reverse(_one_by_one(tf, x), [0]),
    "Slice": lambda tf, x: tf.slice(x, [1, 0, 0], [1, -1, -1]),
    "SpaceToBatchND": lambda tf, x: tf.space_to_batch_nd(
        x, [1, 1], [[0, 0], [0, 0]]),
    "Split": lambda tf, x: tf.split(x, 2)[1],
    "SplitV": lambda tf, x: tf.split(x, [1, 1])[1],
    "Squeeze": lambda tf, x: tf.squeeze(_one_by_one(tf, x), 0),
    "StopGradient": lambda tf, x: tf.stop_gradient(x),
    "StridedSlice": lambda tf, x: x[1],
    "Sum": lambda tf, x: tf.reduce_sum(_one_by_one(tf, x), 0),
    "Switch": lambda tf, x: tf.raw_ops.Switch(data=x, pred=True)[1],
    "Tile": lambda tf, x: tf.tile(x, [1, 1, 1]),
    "Transpose": lambda tf, x: tf.transpose(_one_by_one(tf, x), [1, 0, 2, 3]),
    "Unpack": lambda tf, x: tf.unstack(x)[1],
}
# Inside a loop's frame nothing can be fetched: traced, not run.
TRACED = {
    "Enter": lambda tf, x: _through(tf, _while(tf, x).op, "Enter"),
    "NextIteration": lambda tf, x: _through(
        tf, _while(tf, x).op, "NextIteration"),
}
BOOLEAN = {
    "All": lambda tf, x: tf.reduce_all(_one_by_one(tf, x), 0),
    "Any": lambda tf, x: tf.reduce_any(_one_by_one(tf, x), 0),
}


def _handed_on(tf, x, stateful):
  if not stateful:
    return tf.identity(x)
  with tf.control_dependencies([tf.raw_ops.Assert(condition=True, data=[x])]):
    return tf.identity(x)


def _function(stateful):
  def build(tf, x):
    from tfcompat_rnn._tf import tf2
    return tf2.function(lambda y: _handed_on(tf, y, stateful))(x)
  return build


def _v2_cond(stateful):
  def build(tf, x):
    return tf.cond(
        tf.placeholder_with_default(True, []),
        lambda: _handed_on(tf, x, stateful),
        lambda: tf.zeros_like(x)).op.inputs[0]
  return build


def _v2_case(stateful):
  def build(tf, x):
    from tfcompat_rnn._tf import tf2
    return tf2.switch_case(
        tf.placeholder_with_default(0, []),
        [lambda: _handed_on(tf, x, stateful),
         lambda: tf.zeros_like(x)]).op.inputs[0]
  return build


def _v2_while(stateful):
  def build(tf, x):
    return tf.while_loop(
        lambda i, s: i < 1,
        lambda i, s: (i + 1, _handed_on(tf, s, stateful)),
        [0, x])[1].op.inputs[0]
  return build


FUNCTIONS = {
    "If": _v2_cond(True), "StatelessIf": _v2_cond(False),
    "Case": _v2_case(True), "StatelessCase": _v2_case(False),
    "While": _v2_while(True), "StatelessWhile": _v2_while(False),
    "PartitionedCall": _function(False),
    "StatefulPartitionedCall": _function(True),
}
# PrintV2 has no output in graph mode.
NOT_BUILT = {"PrintV2"}


def test_every_row_of_the_table_is_tried():
  rows = set(_snapshot._SHARING) | set(_snapshot._SHARING_ONE_TO_ONE)
  tried = set(SHARING) | set(TRACED) | set(BOOLEAN) | set(FUNCTIONS)
  assert rows - NOT_BUILT == tried


def assert_shares(tf, x, shared, other):
  """That `shared` changes when x is assigned `other` after it was made."""
  with tf.control_dependencies([shared]):
    assign = tf.assign(x, tf.placeholder_with_default(other, other.shape))
  with tf.control_dependencies([assign]):
    after = tf.raw_ops.DeepCopy(x=shared)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    before = session.run(shared)
    assert not np.array_equal(before, session.run(after))


@pytest.mark.parametrize("kind", sorted(SHARING))
def test_op_shares_the_buffer_and_is_traced(v1, kind):
  x = reference(v1, fixed([2, 2, 16]))
  shared = SHARING[kind](v1, x)
  assert shared.op.type == kind
  assert _snapshot.reads_reference(shared)
  assert_shares(v1, x, shared, fixed([2, 2, 16], start=3))


@pytest.mark.parametrize("kind", sorted(BOOLEAN))
def test_boolean_op_shares_the_buffer_and_is_traced(v1, kind):
  x = reference(v1, np.array([True, False]))
  shared = BOOLEAN[kind](v1, x)
  assert shared.op.type == kind
  assert _snapshot.reads_reference(shared)
  assert_shares(v1, x, shared, np.array([False, True]))


@pytest.mark.parametrize("kind", sorted(TRACED))
def test_loop_op_is_traced(v1, kind):
  shared = TRACED[kind](v1, reference(v1, fixed([2, 2, 16])))
  assert shared.op.type == kind
  assert _snapshot.reads_reference(shared)


@pytest.mark.parametrize("kind", sorted(FUNCTIONS))
def test_function_is_traced(v1, kind):
  with control_flow_v2(v1):
    shared = FUNCTIONS[kind](v1, reference(v1, fixed([2, 2, 16])))
  assert shared.op.type == kind
  assert _snapshot.reads_reference(shared)


COPYING = {
    "arithmetic": lambda tf, x: x * 1.0,
    "gather": lambda tf, x: tf.gather(x, 0),
    "concat": lambda tf, x: tf.concat([x, x], 0),
    "where": lambda tf, x: tf.where(tf.ones_like(x) > 0, x, x),
    "copied already": lambda tf, x: _snapshot.snapshot_state(x),
    "cell": lambda tf, x: PairCell(tf, 16)(x[0], (x[0], x[1]))[0],
}


@pytest.mark.parametrize("what", sorted(COPYING))
def test_no_copy_of_what_is_a_copy(v1, what):
  x = reference(v1, fixed([2, 2, 16]))
  fresh = COPYING[what](v1, x)
  assert not _snapshot.reads_reference(fresh)
  assert _snapshot.snapshot_state(fresh) is fresh


# --- Which leaves are copied ----------------------------------------------


def test_only_leaves_in_reference_variables_change(v1):
  tf = v1
  pair = PairState(reference(tf, fixed([2, 5])), tf.zeros([2, 5]))
  array = tf.TensorArray(tf.float32, 1)
  state = {"a": [pair, None, 3], "b": (array, np.zeros(2)),
           "c": tf.Variable(1.0, use_resource=True), "d": tf.placeholder(
               tf.float32)}
  copied = _snapshot.snapshot_state(state)
  assert isinstance(copied["a"][0], PairState)
  assert copied["a"][0].c.op.type == "DeepCopy"
  assert copied["a"][0].c.shape.as_list() == [2, 5]
  assert copied["a"][0].h is pair.h
  assert copied["a"][1:] == [None, 3]
  assert copied["b"][0] is array and copied["b"][1] is state["b"][1]
  assert copied["c"] is state["c"] and copied["d"] is state["d"]
  assert _snapshot.snapshot_state(copied) is copied
  assert len(copies(tf)) == 1


@pytest.mark.parametrize("value", [
    np.float16(2), np.float32(2), np.float64(2), np.int32(2), np.int64(2),
    np.uint8(2), True, np.complex64(2j), "word"], ids=lambda v: str(type(v)))
def test_every_dtype(v1, value):
  state = reference(v1, value)
  copy = _snapshot.snapshot_state(state)
  assert copy.op.type == "DeepCopy"
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    got, expected = session.run([copy, state])
  assert got == expected


def test_what_an_assign_returns_is_copied_after_it(v1):
  state = reference(v1, 1.0)
  copy = _snapshot.snapshot_state(v1.assign_add(state, 2.0))
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    assert session.run(copy) == 3.0


def test_switched_off_nothing_is_copied(v1):
  state = (reference(v1, 1.0),)
  with switched(False):
    assert not _snapshot.enabled()
    assert _snapshot.snapshot_state(state) is state
  assert _snapshot.enabled()


def test_the_callback_is_called_once(v1, monkeypatch):
  monkeypatch.setattr(
      _snapshot, "_switch", {"enabled": True, "taken": False})
  monkeypatch.setattr(_snapshot, "_callbacks", [])
  calls = []
  _snapshot.on_first(lambda: calls.append(1))
  _snapshot.snapshot_state(v1.zeros([2]))
  assert calls == []
  _snapshot.snapshot_state((reference(v1, 1.0), reference(v1, 2.0)))
  _snapshot.snapshot_state(reference(v1, 1.0))
  assert calls == [1]


def test_the_copy_lies_where_the_state_lies(v1):
  with v1.device("/gpu:0"):
    state = reference(v1, 1.0)
  with v1.device("/cpu:0"):
    copy = _snapshot.snapshot_state(state)
    whole = _snapshot.snapshot_state(reference(v1, 1))
  assert copy.op.colocation_groups() == state.op.colocation_groups()
  assert copy.op.device == state.op.device != whole.op.device


def test_inside_a_while_loop_and_a_cond(v1):
  tf = v1
  state = reference(tf, 1.0)

  def body(step, carried):
    copy = _snapshot.snapshot_state(carried)
    assert copy.op.name.startswith("while/")
    return step + 1, copy * 3.0

  _, looped = tf.while_loop(lambda step, _: step < 2, body, [0, state])
  chosen = tf.cond(tf.placeholder_with_default(True, []),
                   lambda: _snapshot.snapshot_state(state) * 5.0,
                   lambda: tf.constant(0.0))
  slopes = tf.gradients([looped, chosen], state)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    assert session.run([looped, chosen, slopes]) == [9.0, 5.0, [14.0]]


def test_inside_control_flow_v2(v1):
  tf = v1
  with control_flow_v2(tf):
    state = reference(tf, 1.0)

    def body(step, carried):
      mine, captured = _snapshot.snapshot_state((carried, state))
      assert mine.op.type == captured.op.type == "DeepCopy"
      return step + 1, mine * 2.0 + captured

    _, looped = tf.while_loop(lambda step, _: step < 2, body, [0, state])
    slope, = tf.gradients(looped, state)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      # 2 (2 s + s) + s
      assert session.run([looped, slope]) == [7.0, 7.0]


def test_gradients_first_and_second_order(v1):
  tf = v1
  state = reference(tf, 2.0)
  cube = _snapshot.snapshot_state(state) ** 3
  first, = tf.gradients(cube, state)
  second, = tf.gradients(first, state)
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    assert session.run([cube, first, second]) == [8.0, 12.0, 12.0]


def test_gradients_in_an_imported_meta_graph(v1):
  tf = v1
  state = reference(tf, 2.0, name="state")
  tf.identity(_snapshot.snapshot_state(state) ** 3, name="cube")
  exported = tf.train.export_meta_graph()
  with tf.Graph().as_default() as graph:
    tf.train.import_meta_graph(exported)
    cube, = graph.get_operation_by_name("cube").outputs
    state, = tf.global_variables()
    first, = tf.gradients(cube, state)
    second, = tf.gradients(first, state)
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      assert session.run([cube, first, second]) == [8.0, 12.0, 12.0]
