"""1.15's seeds: the count, what is replaced when, and for whom.

What every function makes of a seed is in tests/seeds.
"""

import threading
import types

import pytest

from seeds import generate
from seeds import seeded_training
from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import _patching
from tfcompat_rnn import _snapshot
from tfcompat_rnn import seeds
from tfcompat_rnn import tf1
from tfcompat_rnn._tf import tf


@pytest.fixture
def graph(v1):
  """The default graph, without a seed."""
  v1.set_random_seed(None)
  return v1.get_default_graph()


def _random_ops(graph):
  return [(op.name, op.get_attr("seed"), op.get_attr("seed2"))
          for op in graph.get_operations() if "seed2" in op.node_def.attr]


# --- the count ---------------------------------------------------------------

def test_count_is_the_number_of_operations(graph):
  assert _opcount.count(graph) == 0
  tf.constant(1.) + 2.
  assert _opcount.count() == _opcount.count(graph) == 3


def test_compensate_adds_and_takes(graph):
  tf.constant(1.)
  _opcount.compensate(4)
  assert _opcount.count() == 5
  _opcount.compensate(-2, graph)
  assert _opcount.count() == 3
  with tf.Graph().as_default():
    assert _opcount.count() == 0
    assert _opcount.count(graph) == 3


def test_uncounted_nests_and_forgets_what_is_compensated_within(graph):
  with _opcount.uncounted():
    tf.constant(1.)
    _opcount.compensate(7)
    with _opcount.uncounted():
      tf.constant(2.)
    tf.constant(3.)
  assert _opcount.count() == 0
  tf.constant(4.)
  assert _opcount.count() == 1


def test_uncounted_ends_with_an_exception(graph):
  with pytest.raises(KeyError):
    with _opcount.uncounted():
      tf.constant(1.)
      raise KeyError
  tf.constant(2.)
  assert _opcount.count() == 1


def test_as_if(graph):
  with _opcount.as_if(5):
    tf.constant(1.)
  assert _opcount.count() == 5


def test_the_snapshot_does_not_count(graph):
  state = tf.Variable(tf.zeros([2, 3]))
  before = _opcount.count()
  copy = _snapshot.snapshot_state(state)
  assert copy.op.type == "DeepCopy"
  assert _opcount.count() == before
  assert graph.num_operations() > before


def test_a_loop_over_kept_state_draws_as_if_there_were_no_snapshot(v1):
  def draw():
    with tf.Graph().as_default() as graph:
      tf.set_random_seed(42)
      state = tf.Variable(tf.zeros([2, 3]))
      cell = tf1.nn.rnn_cell.GRUCell(3)
      tf1.nn.dynamic_rnn(cell, tf.placeholder(tf.float32, [2, 5, 1]),
                         initial_state=state)
      tf.random_normal([2], name="after")
      return _random_ops(graph), graph.num_operations()

  with seeds.seeds_of_1_15():
    copied, more = draw()
    before = _snapshot.set_enabled(False)
    try:
      plain, fewer = draw()
    finally:
      _snapshot.set_enabled(before)
  assert more > fewer
  assert copied == plain


# --- the op seed -------------------------------------------------------------

def _seeds_now(op_seed=None):
  return {"tf.get_seed": tf.get_seed(op_seed),
          "tf.random.get_seed": tf.random.get_seed(op_seed),
          "tf1.get_seed": tf1.get_seed(op_seed)}


def test_get_seed_is_the_op_count_wherever_it_is_bound(graph):
  tf.set_random_seed(42)
  with seeds.seeds_of_1_15():
    tf.constant(1.)
    tf.constant(2.)
    assert set(_seeds_now().values()) == {(42, 2)}
    # Asking moves nothing, as in 1.15.
    assert set(_seeds_now().values()) == {(42, 2)}


@pytest.mark.parametrize("graph_seed, op_seed, want", [
    (None, None, (None, None)),
    (None, 5, (87654321, 5)),
    (None, 0, (87654321, 0)),
    (3, 5, (3, 5)),
    (0, 0, (0, 2 ** 31 - 1)),
    (0, None, (0, 2 ** 31 - 1)),  # nothing made yet
    (2 ** 31 + 4, 2 ** 31 + 6, (5, 7)),
])
def test_get_seed_of_seeds_that_are_given(graph, graph_seed, op_seed, want):
  if graph_seed is not None:
    tf.set_random_seed(graph_seed)
  with seeds.seeds_of_1_15():
    assert set(_seeds_now(op_seed).values()) == {want}


def test_set_random_seed_when_there_are_operations_already(graph):
  with seeds.seeds_of_1_15():
    tf.random_normal([2], name="a")
    tf.set_random_seed(7)
    tf.random_normal([2], name="b")
    tf.random_normal([2], seed=5, name="c")
  # From 1.15.5.
  assert _random_ops(graph) == [
      ("a/RandomStandardNormal", 0, 0), ("b/RandomStandardNormal", 7, 9),
      ("c/RandomStandardNormal", 7, 5)]


def test_an_operation_that_could_not_be_made_counts(graph):
  tf.set_random_seed(42)
  with seeds.seeds_of_1_15():
    a, b = tf.ones([2, 3]), tf.ones([2, 3])
    with pytest.raises(ValueError):
      tf.matmul(a, b)
    tf.random_normal([2], name="after")
  # 1.15.5: two constants, the failed MatMul, three constants.
  assert _random_ops(graph) == [("after/RandomStandardNormal", 42, 6)]


def test_bits_of_1_15(graph):
  tf.set_random_seed(42)
  with seeds.seeds_of_1_15():
    w = tf.get_variable("w", [2, 2])
    tf.zeros([tf.placeholder(tf.int32, []), 5])
    u = tf.random_uniform([2])
  with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    got = [session.run(w).tolist(), session.run(u).tolist()]
  assert _random_ops(graph) == BITS["seeds"]
  assert got == BITS["values"]


# Measured with TensorFlow 1.15.5, as the four lines above stand.
BITS = {
    "seeds": [("w/Initializer/random_uniform/RandomUniform", 42, 3),
              ("random_uniform/RandomUniform", 42, 22)],
    "values": [[[0.3377838134765625, -0.8316539525985718],
                [-0.7506386041641235, -0.6055118441581726]],
               [0.7280131578445435, 0.25560951232910156]],
}


# --- who sees it, and for how long -------------------------------------------

def _patched():
  """{where: what is there now} of all that the rows replace."""
  found = {}
  for row in seeds.rows():
    holder, key, is_item = seeds._find(row.where)
    own = (holder.get(key) if is_item else
           vars(holder).get(key, "inherited"))
    found[row.where] = own
  return found


def _is_native():
  with tf.Graph().as_default():
    tf.set_random_seed(42)
    return [tf.get_seed(None), tf.get_seed(None)] == [(42, 0), (42, 1)]


def test_rows_are_whole():
  rows = seeds.rows()
  assert len(rows) > 50
  assert len({row.where for row in rows}) == len(rows)
  for row in rows:
    assert callable(row.make) and len(row.reason) > 10, row.where
    holder, key, is_item = seeds._find(row.where)
    assert callable(_patching.find(holder, key, is_item)), row.where


def test_a_name_that_differs_between_releases(monkeypatch):
  holder = types.SimpleNamespace(_old=len)
  monkeypatch.setattr(seeds._tf, "private", lambda row: holder)
  assert seeds._find("row:new|_old") == (holder, "_old", False)
  holder.new = len
  assert seeds._find("row:new|_old") == (holder, "new", False)
  del holder.new, holder._old
  assert seeds._find("row:new|_old") == (holder, "new", False)


def test_every_attribute_is_replaced_within_and_back_afterwards(v1):
  before = _patched()
  public = (tf.get_seed, tf.zeros, tf.random_uniform, tf.split, tf.einsum)
  with seeds.seeds_of_1_15():
    within = _patched()
    assert all(within[where] is not before[where] for where in before)
    assert all(getattr(new, "__tfcompat_original__", None) is old
               for new, old in zip((tf.get_seed, tf.zeros, tf.random_uniform,
                                    tf.split, tf.einsum), public))
  after = _patched()
  assert [where for where in before if after[where] is not before[where]] == []
  assert public == (tf.get_seed, tf.zeros, tf.random_uniform, tf.split,
                    tf.einsum)


def test_a_name_that_was_bound_within_is_put_back(v1, monkeypatch):
  import sys
  import types
  module = types.ModuleType("a_program_of_1_15")
  monkeypatch.setitem(sys.modules, module.__name__, module)
  module.zeros = original = tf.zeros
  with seeds.seeds_of_1_15():
    assert module.zeros is not original
    module.late = tf.zeros
  assert module.zeros is original and module.late is original


def test_contexts_nest_and_survive_exceptions(v1):
  with seeds.seeds_of_1_15():
    with pytest.raises(KeyError):
      with seeds.seeds_of_1_15():
        raise KeyError
    assert not _is_native()
  assert _is_native()


def test_install_twice_is_once(v1):
  before = _patched()
  try:
    seeds.install()
    seeds.install()
    assert not _is_native()
    with seeds.seeds_of_1_15():
      seeds.uninstall()
      assert not _is_native()
    assert _is_native()
  finally:
    seeds.uninstall()
  assert _patched() == before
  seeds.uninstall()
  assert _is_native()


def test_a_row_that_fails_leaves_nothing_behind(v1, monkeypatch):
  before = _patched()
  broken = seeds.Restored("random_seed:no_such_function", lambda f: f, "none")
  rows = seeds.rows()
  monkeypatch.setattr(seeds, "rows", lambda: [*rows, broken])
  with pytest.raises(_errors.PrivateSymbolError, match="no_such_function"):
    seeds.install()
  with pytest.raises(_errors.PrivateSymbolError, match="--seeds native"):
    with seeds.seeds_of_1_15():
      pass
  monkeypatch.undo()
  assert _patched() == before
  assert _is_native() and not seeds.wanted()


def _in_thread(function):
  results = []
  thread = threading.Thread(target=lambda: results.append(function()))
  thread.start()
  thread.join()
  return results[0]


def test_a_context_is_of_its_thread_alone(v1):
  with seeds.seeds_of_1_15():
    assert _in_thread(_is_native)
    assert not _is_native()


def test_installed_holds_in_every_thread(v1):
  seeds.install()
  try:
    assert not _in_thread(_is_native)
  finally:
    seeds.uninstall()


def test_tf1_exports_the_context(graph):
  tf.set_random_seed(1)
  with tf1.seeds_of_1_15():
    tf.constant(1.)
    assert tf.get_seed(None) == (1, 1)


# --- a whole training --------------------------------------------------------

def test_training_draws_the_values_of_1_15(v1):
  want = generate.read(generate.TRAINING)
  with seeds.seeds_of_1_15():
    got = seeded_training.run(tf1, 3)
  # Also behind the gradients and the optimizer: second/dense, second/table.
  assert len(want["values"]) == 6
  assert got["values"] == want["values"]
  for loss, known in zip(got["losses"], want["losses"]):
    assert abs(loss - known) <= 1e-6 * abs(known)


@pytest.mark.slow
def test_training_stays_near_1_15_for_200_steps(v1):
  want = generate.read(generate.TRAINING)
  with seeds.seeds_of_1_15():
    got = seeded_training.run(tf1, 200)
  for loss, known in zip(got["losses"], want["losses"]):
    assert abs(loss - known) <= 1e-5 * abs(known)


def test_a_sparse_element_of_a_dataset_is_two_operations():
  """As in 1.15.5; more would change the seeds of everything after it."""
  with tf.Graph().as_default() as graph, seeds.seeds_of_1_15():
    rows = tf.SparseTensor([[0, 0], [1, 1]], [1, 2], [2, 4])
    data = tf.data.Dataset.from_tensor_slices(rows).batch(2)
    iterator = tf.data.make_initializable_iterator(data)
    before = len(graph.get_operations())
    found = iterator.get_next()
    assert [op.type for op in graph.get_operations()[before:]] == [
        "IteratorGetNext", "DeserializeSparse"]
    with tf.Session() as session:
      session.run(iterator.initializer)
      value = session.run(found)
  assert value.dense_shape.tolist() == [2, 4]
  assert value.indices.tolist() == [[0, 0], [1, 1]]
  assert value.values.tolist() == [1, 2]
