"""Streams step, begin, end and are evicted as in a plain dictionary."""

import pathlib
import sys
import threading

import numpy as np
import plain_streams
import pytest

import tfcompat_rnn
from tfcompat_rnn import _errors
from tfcompat_rnn import cells
from tfcompat_rnn._tf import tf
from tfcompat_rnn.streaming import StreamingSession

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "state"))
import state_cells  # noqa: E402

FLOATS = tf.TensorSpec([None, 2], tf.float32)
FIRST = {"level": np.array([1, 2], np.float32), "seen": np.int32(0)}
FAST = ("LSTMCell projected", "MultiRNNCell", "a user's", "EmbeddingWrapper")


def leak(inputs, states):
  """A model of exact arithmetic, whose state has a leaf of integers."""
  level = inputs + .5 * states["level"]
  seen = states["seen"] + 1
  return {"level": level, "seen": seen}, {"level": level, "seen": seen}


def leaking(capacity, **more):
  return StreamingSession(leak, FLOATS, capacity, FIRST, **more)


def same(left, right):
  tf.nest.map_structure(np.testing.assert_array_equal, left, right)


def everything(streams):
  """What an operation that fails must not change."""
  return (streams.streams, sorted(streams._table.fresh, key=str),
          [streams.session.run(v) for v in streams.variables])


@pytest.fixture(scope="module")
def three():
  """A session of three places, whose streams are closed between tests."""
  with leaking(3) as streams:
    yield streams


@pytest.fixture
def streams(three):
  for stream in three.streams:
    three.close(stream)
  return three


def test_random_operations_of_thousands_of_streams(tmp_path):
  draw = np.random.RandomState(1)
  plain = plain_streams.PlainStreams(leak, FIRST, 1500)
  with leaking(1500, batch_sizes=[16, 64]) as streams:
    for stream in range(2000):
      assert streams.open(stream) == plain.open(stream)
    done = plain_streams.random_operations(
        draw, streams, plain, tmp_path / "a", 900, 4000, 2, same)
    assert min(done[kind] for kind in (
        "open", "step", "close", "state", "snapshot", "restore",
        "evicted")) > 5
    plain_streams.check_all(streams, plain, same)


@pytest.mark.slow
def test_a_hundred_thousand_streams(tmp_path):
  """A GRU of two units, opened, stepped, evicted, saved and restored."""
  draw, many = np.random.RandomState(2), 100_000
  cell = cells.GRUCell(2)
  with StreamingSession(cell, FLOATS, many) as streams:
    weights = streams.session.run(
        streams.session.graph.get_collection("trainable_variables"))

    def gru(inputs, states):
      h = states["h"]
      gates = 1 / (1 + np.exp(-np.concatenate([inputs, h], 1) @ weights[0]
                              - weights[1]))
      reset, keep = gates[:, :2], gates[:, 2:]
      new = np.tanh(np.concatenate([inputs, reset * h], 1) @ weights[2]
                    + weights[3])
      h = keep * h + (1 - keep) * new
      return h, {"h": h}

    def close(left, right):
      right = right["h"] if isinstance(right, dict) else right
      np.testing.assert_allclose(left, right, rtol=0, atol=1e-5)

    plain = plain_streams.PlainStreams(
        gru, {"h": np.zeros(2, np.float32)}, many)

    def step(names):
      for begin in range(0, len(names), 10_000):
        part = names[begin:begin + 10_000]
        x = draw.randn(len(part), 2).astype(np.float32)
        close(streams.step_rows(part, x), plain.step_rows(part, x))

    for stream in range(many):
      assert streams.open(stream) is plain.open(stream) is None
    step(list(draw.permutation(many)))
    for stream in range(many, many + 20_000):
      assert streams.open(stream) == plain.open(stream) is not None
    streams.snapshot(tmp_path / "many")
    kept = plain.snapshot()
    step(list(draw.choice(list(plain.states), 30_000, replace=False)))
    streams.restore(tmp_path / "many")
    plain.restore(kept)
    for stream in list(plain.states)[:5000]:
      streams.close(stream)
      plain.close(stream)
    assert streams.streams == list(plain.states)
    step(streams.streams)  # every state of every stream shows in its output


def inputs_of(kind, dtype):
  return state_cells.draw_inputs(kind, 3, 4, dtype)


@pytest.mark.parametrize(
    "kind", state_cells.some_fast(state_cells.KINDS, FAST))
def test_every_cell_in_the_graph_of_a_program(v1, kind):
  """The outputs and states are those of one pass, in whatever order."""
  row = state_cells.KINDS[kind]
  dtype = "float64" if row.double else "float32"
  values = inputs_of(kind, dtype)
  cell = row.make(cells, v1, dtype)
  x = v1.placeholder(values.dtype, values.shape)
  with v1.variable_scope("net", dtype=dtype, initializer=(
      v1.random_normal_initializer(stddev=.6, seed=4, dtype=dtype))):
    whole, last = tfcompat_rnn.dynamic_rnn(cell, x, dtype=dtype)
    weights = v1.global_variables()
    with v1.Session() as session:
      streams = StreamingSession(
          cell, v1.TensorSpec([None, values.shape[-1]], values.dtype), 3,
          session=session, dtype=dtype)
      assert v1.global_variables() == weights
      session.run(v1.global_variables_initializer())
      expected, final = session.run([whole, last], {x: values})
      times = [0, 0, 0]
      for stream in range(3):
        streams.open(stream)
      size = len(v1.get_default_graph().get_operations())
      for batch in ([1], [2, 0], [0, 1, 2], [1], [2, 0], [0, 2, 1]):
        got = streams.step_rows(
            batch, np.stack([values[n, times[n]] for n in batch]))
        wanted = np.stack([expected[n, times[n]] for n in batch])
        np.testing.assert_allclose(got, wanted, rtol=1e-5, atol=1e-6)
        for n in batch:
          times[n] += 1
      assert times == [4, 4, 4]
      for n in range(3):
        v1.nest.map_structure(
            lambda one, many, n=n: np.testing.assert_allclose(
                one, many[n], rtol=1e-5, atol=1e-6),
            streams.state(n), final)
      assert len(v1.get_default_graph().get_operations()) == size


def test_pairs_and_rows_are_the_same(streams):
  for stream in ("ann", 7):
    streams.open(stream)
  first, second = streams.step([("ann", [1, 2]), (7, np.array([3., 4.]))])
  same(first, {"level": np.array([1.5, 3], "f"), "seen": np.int32(1)})
  same(second, {"level": np.array([3.5, 5], "f"), "seen": np.int32(1)})
  both = streams.step_rows([np.int64(7), "ann"], [[0, 0], [1, 1]])
  same(both, {"level": np.array([[1.75, 2.5], [1.75, 2.5]], "f"),
              "seen": np.array([2, 2], "i")})
  assert streams.streams == [7, "ann"] and 7 in streams and 8 not in streams
  assert streams.step([]) == []
  same(streams.step_rows([], np.zeros([0, 2])),
       {"level": np.zeros([0, 2], "f"), "seen": np.zeros([0], "i")})


def test_nan_is_fed(streams):
  streams.open("a")
  streams.open("b")
  found = streams.step([("a", [np.nan, np.inf]), ("b", [1., 1.])])
  np.testing.assert_array_equal(found[0]["level"], [np.nan, np.inf])
  np.testing.assert_array_equal(found[1]["level"], [1.5, 2])


def test_the_least_recently_used_stream_is_evicted(streams):
  assert [streams.open(name) for name in "abc"] == [None] * 3
  streams.step([("a", [0, 0])])
  streams.state("b")  # a look is no use
  assert streams.open("d", {"level": [8, 9], "seen": 5}) == "b"
  same(streams.state("d"), {"level": np.array([8, 9], "f"),
                            "seen": np.int32(5)})
  assert streams.open("e") == "c" and streams.streams == ["a", "d", "e"]
  with pytest.raises(KeyError, match="'b'; open it first"):
    streams.step([("b", [0, 0])])
  # It begins again, in a row that others have used.
  streams.close("d")
  assert streams.open("b") is None
  same(streams.state("b"), FIRST)
  same(streams.step([("b", [0, 0])])[0]["seen"], np.int32(1))


ERRORS = {
    "unknown": (lambda s: s.step([("a", [1, 1]), ("x", [1, 1])]),
                _errors.StateNameError, "be open, got 'x'"),
    "twice": (lambda s: s.step([("a", [1, 1]), ("a", [1, 1])]),
              _errors.ArgumentError, "each stream once, got 'a' more"),
    "shape": (lambda s: s.step([("a", [1, 1, 1])]), _errors.ArgumentError,
              r"int64 \[1, 3\] instead of float32 \[1, 2\]"),
    "shapes": (lambda s: s.step([("a", [1, 1, 1]), ("b", [1, 1])]),
               _errors.ArgumentError, "`inputs` must have one shape"),
    "rows": (lambda s: s.step_rows(["a", "b"], np.zeros([3, 2])),
             _errors.ArgumentError, r"float64 \[3, 2\] instead of"),
    "dtype": (lambda s: s.step([("a", [1j, 0])]), _errors.ArgumentTypeError,
              r"complex128 \[1, 2\] instead of float32"),
    "words": (lambda s: s.step([("a", "ab")]), _errors.ArgumentTypeError,
              "instead of float32"),
    "none": (lambda s: s.step([("a", None)]), _errors.ArgumentTypeError,
             "instead of float32"),
    "structure": (lambda s: s.step([("a", {"x": [1, 1]})]), (
        _errors.ArgumentTypeError), "instead of float32"),
    "no pairs": (lambda s: s.step(["a"]), _errors.ArgumentTypeError,
                 r"be pairs \(stream, input\), got 'a'"),
    "name": (lambda s: s.open(1.5), _errors.ArgumentTypeError,
             "be a str or an int, got 1.5"),
    "bool": (lambda s: s.open(True), _errors.ArgumentTypeError, "got True"),
    "open twice": (lambda s: s.open("a"), _errors.ArgumentError,
                   "not be open yet, got 'a'"),
    "close": (lambda s: s.close("x"), _errors.StateNameError, "got 'x'"),
    "state": (lambda s: s.state("x"), _errors.StateNameError, "got 'x'"),
    "state's shape": (lambda s: s.open("x", {"level": [1], "seen": 1}), (
        _errors.ArgumentError), r"level\]: int64 \[1\] instead of"),
    "state's dtype": (lambda s: s.open("x", {"level": [1, 1], "seen": .5}), (
        _errors.ArgumentTypeError), r"seen\]: float64 \[\] instead of int32"),
    "state too large": (
        lambda s: s.open("x", {"level": [1, 1], "seen": 2**40}),
        _errors.ArgumentTypeError, r"seen\]: int64"),
    "state's keys": (lambda s: s.open("x", {"level": [1, 1]}), (
        _errors.ArgumentError), "have the structure"),
    "no file": (lambda s: s.restore("/none/there"), _errors.MissingFileError,
                "existing snapshot"),
    "no folder": (lambda s: s.snapshot("/none/there"), (
        _errors.CheckpointWriteError), "`path` must be where"),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_changes_nothing(streams, name):
  call, kind, message = ERRORS[name]
  for stream in ("a", "b", "c"):
    streams.open(stream)
  streams.step([("b", [1, 2])])
  before = everything(streams)
  with pytest.raises(kind, match=message):
    call(streams)
  same(everything(streams), before)


def test_too_many_streams_are_refused():
  with leaking(np.int64(2), full="refuse") as streams:
    streams.open(1)
    streams.open(2)
    with pytest.raises(ValueError, match="one of at most 2 open streams"):
      streams.open(3)
    assert streams.streams == [1, 2]
    streams.close(1)
    assert streams.open(3) is None
    assert repr(streams) == "<StreamingSession: 2 of at most 2 streams>"


def test_a_failing_model_changes_no_leaf():
  """One leaf is ready when the computation of the other fails."""
  def model(inputs, states):
    checked = tf.debugging.check_numerics(inputs, "bad")
    return inputs, {"level": checked, "seen": states["seen"] + 1}
  with StreamingSession(model, FLOATS, 2, FIRST) as streams:
    streams.open("a")
    streams.open("b")
    streams.step([("a", [1, 1])])
    before = everything(streams)
    with pytest.raises(tf.errors.InvalidArgumentError, match="bad"):
      streams.step([("a", [1, 2]), ("b", [np.nan, 1])])
    same(everything(streams), before)


def test_a_model_that_mixes_rows_is_told():
  def model(inputs, states):
    return inputs, {"level": inputs[:1], "seen": states["seen"]}
  with StreamingSession(model, FLOATS, 2, FIRST) as streams:
    streams.open("a")
    streams.open("b")
    with pytest.raises(tf.errors.InvalidArgumentError,
                       match="a row for each stream in its output, state"):
      streams.step([("a", [1, 2]), ("b", [1, 1])])


@pytest.mark.parametrize("arguments, kind, message", [
    (dict(capacity=0), ValueError, "`capacity` must be a positive int"),
    (dict(full="drop"), ValueError, "`full` must be"),
    (dict(batch_sizes=[0]), ValueError, "`batch_sizes` must be"),
    (dict(inputs=[3]), TypeError, "`inputs` must describe one step"),
    (dict(inputs=tf.TensorSpec([4, 2], tf.float32)), ValueError,
     "of unknown size"),
    (dict(initial_state={"level": FIRST["level"], "seen": "no"}), TypeError,
     "a state of numbers"),
    (dict(model=cells.GRUCell(2), initial_state=np.zeros(3, "f")), ValueError,
     "`initial_state` must fit"),
    (dict(model=3), TypeError, "`model` must be"),
    (dict(model=lambda x, s: (tf.reduce_sum(x), s)), ValueError,
     "an output with a row"),
    (dict(session=True), ValueError, "not finalized"),
    (dict(session=True, checkpoint="a"), ValueError,
     "not be given with `session`"),
])
def test_arguments_are_checked(v1, arguments, kind, message):
  all_of_them = {"model": leak, "inputs": FLOATS, "capacity": 2,
                 "initial_state": FIRST, **arguments}
  if "session" in arguments:
    v1.get_default_graph().finalize()
    all_of_them["session"] = v1.Session()
  with pytest.raises(kind, match=message):
    StreamingSession(**all_of_them)


def test_padding_does_not_show():
  """The model sees few sizes; padded rows change no stream."""
  sizes = []

  def model(inputs, states):
    def note(rows):
      sizes.append(len(rows))
      return rows
    x = tf.py_func(note, [inputs["x"]], tf.float32)
    x.set_shape([None, 2])
    output, states = leak(x, states)
    return (output["level"], tf.strings.length(inputs["word"])), states
  spec = {"x": FLOATS, "word": tf.TensorSpec([None], tf.string)}
  with StreamingSession(model, spec, 9, FIRST, batch_sizes=(4, 2)) as streams:
    for stream in range(9):
      streams.open(stream)
    for count in (1, 2, 3, 4, 5, 9):
      names = list(range(count))
      level, length = streams.step_rows(names, {
          "x": np.zeros([count, 2]), "word": ["abc"] * count})
      assert level.shape == (count, 2) and list(length) == [3] * count
    assert sizes == [2, 2, 4, 4, 8, 12]
    (level, length), = streams.step([(8, {"x": [0, 0], "word": b"ab"})])
    np.testing.assert_array_equal(level, FIRST["level"] / 4)
    assert length == 2 and streams.state(0)["seen"] == 6


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float64",
                                   "complex64", "bool", "int8", "int64"])
def test_states_of_every_dtype(tmp_path, dtype):
  dtype = tf.as_dtype(dtype)
  first = np.array([[1, 0], [0, 1]], dtype.as_numpy_dtype)

  def model(inputs, states):
    flipped = tf.reverse(states[0], [-1])
    return tf.cast(flipped, tf.float32) + inputs[..., None], (flipped,)
  with StreamingSession(model, FLOATS, 3, (first,)) as streams:
    streams.open(0)
    streams.open(1, (first.T * first.dtype.type(0),))
    streams.step([(0, [0, 0])])
    streams.snapshot(tmp_path / "a")
    streams.close(0)
    streams.restore(tmp_path / "a")
    (state,) = streams.state(0)
    assert state.dtype == first.dtype
    np.testing.assert_array_equal(state, first[:, ::-1])
    assert not streams.state(1)[0].any()


def test_the_state_of_a_program_begins_with_a_trained_variable(v1):
  """A stream sees the variable's value at its first step."""
  begin = v1.get_variable("begin", [2], initializer=(
      v1.zeros_initializer()))
  cell = cells.BasicRNNCell(2)
  with v1.Session() as session:
    streams = StreamingSession(cell, FLOATS, 2, begin, session=session)
    session.run(v1.global_variables_initializer())
    session.run(v1.local_variables_initializer())
    streams.open("a")
    session.run(begin.assign([.5, -.5]))
    np.testing.assert_array_equal(streams.state("a"), [.5, -.5])
    streams.step([("a", [0, 0])])
    kept = streams.state("a")
    session.run(v1.global_variables_initializer())
    np.testing.assert_array_equal(streams.state("a"), kept)


def test_a_checkpoint_of_a_program(v1, tmp_path):
  """A session of its own restores what a `Saver` wrote."""
  x = v1.placeholder(v1.float32, [1, 2, 2])
  rate = v1.placeholder_with_default(2., [])
  outputs, _ = tfcompat_rnn.dynamic_rnn(
      cells.LSTMCell(3), x * rate, dtype=v1.float32)
  values = np.random.RandomState(0).randn(1, 2, 2).astype("f")
  with v1.Session() as session:
    session.run(v1.global_variables_initializer())
    prefix = v1.train.Saver().save(session, str(tmp_path / "model"))
    expected = session.run(outputs, {x: values, rate: 1.})
  with StreamingSession(
      cells.LSTMCell(3), FLOATS, 2, checkpoint=prefix) as streams:
    streams.open("a")
    got = [streams.step([("a", values[0, t])])[0] for t in range(2)]
  np.testing.assert_allclose(got, expected[0], atol=1e-6)


def test_more_is_fed(v1):
  """`feed_dict` reaches the step of a program's model."""
  keep = v1.placeholder(v1.float32, [])

  def model(inputs, states):
    return inputs * keep, states
  with v1.Session() as session:
    streams = StreamingSession(model, FLOATS, 2, session=session,
                               feed_dict={keep: 3.})
    streams.open("a")
    same(streams.step([("a", [1, 2])]), [np.array([3, 6], "f")])
    assert streams.state("a") == () and streams.variables == []


@pytest.mark.slow  # imports Keras
def test_a_keras_model():
  import tensorflow as tf2
  with tf.Graph().as_default():
    x, h = (tf2.keras.Input([size]) for size in (2, 3))
    new = tf2.keras.layers.Dense(3, kernel_initializer="ones")(
        tf2.keras.layers.Concatenate()([x, h]))
    model = tf2.keras.Model([x, h], [new, new])
    with tf.Session() as session:
      streams = StreamingSession(model, FLOATS, 2, session=session)
      session.run(tf.global_variables_initializer())
      streams.open("a")
      streams.step([("a", [1, 2])])
      same(streams.step([("a", [1, 0])]), [np.array([10, 10, 10], "f")])


def test_threads_step_their_own_streams():
  with leaking(8) as streams:
    for stream in range(8):
      streams.open(stream)
    found = {}

    def work(stream):
      found[stream] = [
          int(streams.step([(stream, [stream, 0])])[0]["seen"])
          for _ in range(50)]
    threads = [threading.Thread(target=work, args=[n]) for n in range(8)]
    for thread in threads:
      thread.start()
    for thread in threads:
      thread.join()
    assert found == {n: list(range(1, 51)) for n in range(8)}
