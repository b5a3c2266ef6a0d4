"""What the recorder sees of each kind of session and each kind of fetch."""

import collections
import gc
import json
import os
import threading

import numpy as np
import pytest

from tests.compare import in_process
from tfcompat_rnn.compare import recorder

Pair = collections.namedtuple("Pair", "left right")


def model(tf):
  x = tf.placeholder(tf.float32, [None], name="x")
  w = tf.get_variable("w", [], initializer=tf.constant_initializer(3.))
  return x, w, tf.multiply(x, w, name="y")


def test_nested_fetches_and_their_kinds(tf, path):
  def run():
    x, w, y = model(tf)
    sparse = tf.SparseTensor([[0, 2]], [7.], [1, 3])
    text = tf.constant(["a", "\u00fc"])
    tf.summary.scalar("loss", tf.reduce_sum(y))
    merged = tf.summary.merge_all()
    with tf.Session() as session:
      session.run(w.initializer)
      session.run({"pair": Pair(y, [w, "y:0"]), "s": sparse, "t": text,
                   "m": merged, "op": w.initializer,
                   "count": (tf.constant(2), tf.constant(True))}, {x: [2.]})
  recording = in_process.record(tf, path, run)
  first, call = recording.calls()
  assert first.fetched == () and call.session == 0
  assert in_process.names(call) == {
      "pair/left": [6.], "pair/right/0": 3., "pair/right/1": [6.],
      "s/indices": [[0, 2]], "s/values": [7.], "s/dense_shape": [1, 3],
      "t": ["a", "\u00fc"], "m/loss": 6., "count/0": 2, "count/1": True}
  found = {item.path: (item.name, item.value.dtype) for item in call.fetched}
  assert found["pair/left"] == ("y:0", "float32")
  assert found["pair/right/1"] == ("y:0", "float32")
  assert found["count/1"][1] == "bool" and found["t"][1] == "string"
  assert [(item.name, item.value.array.tolist()) for item in call.fed] == [
      ("x:0", [2.])]


def test_sparse_feeds_in_plain_tuples(tf, path):
  def run():
    sparse = tf.sparse_placeholder(tf.float32, name="s")
    slices = tf.IndexedSlices(tf.placeholder(tf.float32, [1]),
                              tf.placeholder(tf.int64, [1]))
    total = tf.sparse_reduce_sum(sparse) + tf.reduce_sum(slices.values)
    with tf.Session() as session:
      session.run(total, {sparse: ([[0, 2], [1, 0]], [7, 1], [2, 3]),
                          slices: ([4], [0])})
      session.run(total, {
          sparse: tf.SparseTensorValue([[0, 2]], [7.], [1, 3]),
          slices: [[5.], [0]]})
  recording = in_process.record(tf, path, run)
  assert recording.tail["problems"] == []
  assert recording.outcome["kind"] != "error", recording.outcome
  fed = [{item.path: item.value.array.tolist() for item in call.fed
          if item.name.startswith("s/")} for call in recording.calls()]
  assert fed == [
      {"indices": [[0, 2], [1, 0]], "values": [7, 1], "dense_shape": [2, 3]},
      {"indices": [[0, 2]], "values": [7.], "dense_shape": [1, 3]}]
  assert [len(call.fed) for call in recording.calls()] == [5, 5]


def test_eval_run_interactive_and_callables(tf, path):
  def run():
    x, w, y = model(tf)
    session = tf.InteractiveSession()
    w.initializer.run()
    y.eval({x: [1.]})
    session.make_callable(y, [x])(np.array([2.], np.float32))
    session.make_callable(w)()
    session.make_callable([y, w], feed_list=[x])([4.])
    session.close()
  recording = in_process.record(tf, path, run)
  calls = list(recording.calls())
  assert [in_process.names(call) for call in calls] == [
      {}, {"y:0": [3.]}, {"y:0": [6.]}, {"w:0": 3.}, {"0": [12.], "1": 3.}]
  assert [len(call.fed) for call in calls] == [0, 1, 1, 0, 1]


def test_monitored_session_and_its_hooks(tf, path, tmp_path):
  def run():
    tf.train.get_or_create_global_step()
    x, w, y = model(tf)
    hooks = [tf.train.StopAtStepHook(last_step=9), tf.train.NanTensorHook(y)]
    with tf.train.MonitoredTrainingSession(
        checkpoint_dir=str(tmp_path / "c"), hooks=hooks) as session:
      session.run(y, {x: [5.]})
      session.run({"caller": y, "w": w}, {x: [6.]})
  recording = in_process.record(tf, path, run)
  mine = [in_process.names(call) for call in recording.calls()
          if any(item.name == "y:0" for item in call.fetched)]
  assert mine == [{"y:0": [15.]}, {"caller": [18.], "w": 3.}]
  assert recording.initial[0, "w", 0].value.array == 3.
  assert recording.final[0, "w"].value.array == 3.


def test_partial_runs(tf, path):
  def run():
    x, w, y = model(tf)
    z = tf.placeholder(tf.float32, [], name="z")
    both = tf.multiply(y, z, name="both")
    with tf.Session() as session:
      session.run(w.initializer)
      handle = session.partial_run_setup([y, both], [x, z])
      session.partial_run(handle, y, {x: [1.]})
      session.partial_run(handle, both, {z: 2.})
  calls = list(in_process.record(tf, path, run).calls())
  assert [in_process.names(call) for call in calls[1:]] == [
      {"y:0": [3.]}, {"both:0": [6.]}]


def test_each_way_of_initialising(tf, path, tmp_path):
  def variable(name, value, **options):
    return tf.get_variable(name, [], initializer=tf.constant_initializer(
        value), **options)

  def run():
    a, b = variable("a", 1.), variable("b", 2., use_resource=True)
    variable("late", 3., collections=["local_variables"])
    guarded = tf.cond(tf.is_variable_initialized(b), lambda: 0.,
                      lambda: tf.identity(b.initializer.inputs[1]))
    variable("never", 4.)
    set_a = tf.assign(a, 10.)
    saver = tf.train.Saver([a])
    with tf.Session() as session:
      session.run(set_a)                       # as good as an initializer
      session.run(guarded)                     # initializes nothing
      session.run(tf.variables_initializer([b]))
      session.run(tf.local_variables_initializer())
      later = variable("later", 5.)
      session.run(later.initializer)
      session.run(later.initializer)           # once more
      saver.save(session, str(tmp_path / "model"))
    with tf.Session() as session:
      saver.restore(session, str(tmp_path / "model"))
      session.run(a)
  recording = in_process.record(tf, path, run)
  found = {key: (one.call, float(one.value.array))
           for key, one in recording.initial.items()}
  assert found == {
      (0, "a", 0): (0, 10.), (0, "b", 0): (2, 2.), (0, "late", 0): (3, 3.),
      (0, "later", 0): (4, 5.), (0, "later", 1): (5, 5.),
      (1, "a", 0): (6, 10.)}
  assert sorted(recording.final) == [(0, "a"), (0, "b"), (0, "late"),
                                     (0, "later"), (1, "a")]
  assert recording.tail["calls"] == 7, "a saver's calls do not count"
  assert recording.tail["problems"] == []


def test_several_graphs_sessions_and_threads(tf, path):
  def run():
    for value in (1., 2.):
      with tf.Graph().as_default():
        w = tf.get_variable("w", [], initializer=tf.constant_initializer(
            value))
        session = tf.Session()
        session.run(w.initializer)
        session.run(w)
        in_process.in_thread(lambda: session.run(w + 1.), "worker")
        in_process.in_thread(lambda: session.run(w.initializer))
  recording = in_process.record(tf, path, run)
  assert [(call.session, in_process.names(call)) for call in recording.calls()
         ] == [(0, {}), (0, {"w:0": 1.}), (1, {}), (1, {"w:0": 2.})]
  assert recording.tail["threads"] == ["main", "worker", "worker"]
  assert [in_process.names(call) for thread in recording.threads()
          for call in recording.calls(thread)] == [{"add:0": 2.},
                                                   {"add:0": 3.}]
  assert recording.final[0, "w"].value.array == 1.


def test_calls_of_many_threads_at_once(tf, path):
  def run():
    x, w, y = model(tf)
    session = tf.Session()
    session.run(w.initializer)
    threads = [threading.Thread(target=lambda n=n: [
        session.run(y, {x: [float(n)]}) for _ in range(20)], name=f"w{n}")
               for n in range(6)]
    for thread in threads:
      thread.start()
    for thread in threads:
      thread.join()
  recording = in_process.record(tf, path, run)
  names = recording.tail["threads"]
  assert sorted(names) == ["main"] + [f"w{n}" for n in range(6)]
  for number in recording.threads():
    value = 3. * int(names[number][1:])
    assert [in_process.names(call) for call in recording.calls(number)] == [
        {"y:0": [value]}] * 20


def test_no_operation_is_added_and_no_seed_moves(tf, path):
  seen = {}

  def run():
    tf.set_random_seed(1)
    x, w, y = model(tf)
    tf.get_variable("r", [3])
    count = len(tf.get_default_graph().get_operations())
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      more = len(tf.get_default_graph().get_operations())
      session.run(y, {x: [1.]})
      drawn = session.run(tf.random_uniform([2]))
    seen[len(seen)] = (count, more, drawn.tolist(), len(
        tf.get_default_graph().get_operations()),
                       sorted(tf.get_default_graph().get_all_collection_keys(
                       )))
  in_process.record(tf, path, run)
  with tf.Graph().as_default():
    run()
  assert seen[0] == seen[1]
  assert seen[0][1] == seen[0][0] + 1      # the initializers' group


def test_seed_for_graphs_that_set_none(tf, path):
  def run():
    drawn = []
    for seed in (None, 5):
      with tf.Graph().as_default() as graph:
        if seed:
          tf.set_random_seed(seed)
        drawn.append(graph.seed)
    drawn += [int(np.random.randint(1 << 30)), __import__("random").random()]
    results.append(drawn)
  results = []
  in_process.record(tf, path, run, "--seed 42")
  in_process.record(tf, path, run, "--seed 42")
  in_process.record(tf, path, run)
  assert results[0] == results[1] and results[0][:2] == [42, 5]
  assert results[0][2] == np.random.RandomState(42).randint(1 << 30)
  assert results[2][:2] == [None, 5]


def test_steps_end_the_program(tf, path):
  after = []

  def run():
    x, w, y = model(tf)
    try:
      with tf.Session() as session:
        session.run(w.initializer)
        for n in range(100):
          try:
            session.run(y, {x: [n]})
          except Exception:
            after.append("caught")     # it must not be
    finally:
      after.append("cleaned up")
  recording = in_process.record(tf, path, run, "--steps 4")
  assert after == ["cleaned up"]
  assert recording.outcome == {"kind": "stopped"}
  assert [call.number for call in recording.calls()] == [0, 1, 2, 3]
  assert recording.final[0, "w"].value.array == 3.


def test_an_exception_and_an_exit_keep_what_was_recorded(tf, path):
  def run(end):
    x, w, y = model(tf)
    session = tf.Session()
    session.run(w.initializer)
    with pytest.raises(tf.errors.InvalidArgumentError):
      session.run(y)                   # nothing fed
    session.run(y, {x: [1.]})
    end()

  def fail():
    raise KeyError("mine")
  recording = in_process.record(tf, path, lambda: run(fail))
  assert recording.outcome["type"] == "KeyError"
  assert 'raise KeyError("mine")' in recording.outcome["traceback"]
  calls = list(recording.calls())
  assert [call.raised for call in calls] == [None, "InvalidArgumentError",
                                             None]
  assert recording.final[0, "w"].value.array == 3.
  with pytest.raises(SystemExit):
    in_process.record(tf, path, lambda: run(lambda: os.sys.exit("no data")))
  outcome = in_process.Recording(path).outcome
  assert outcome == {"kind": "exit", "code": 1, "said": "no data"}


def test_threads_of_the_sessions(tf, path):
  configs = []

  def run():
    configs.append(tf.Session(config=tf.ConfigProto(
        intra_op_parallelism_threads=7, allow_soft_placement=True))._config)
  for words in ("", "--threads 3", "--threads 0"):
    in_process.record(tf, path, run, words)
  assert [(c.intra_op_parallelism_threads, c.inter_op_parallelism_threads,
           c.allow_soft_placement) for c in configs] == [
               (1, 1, True), (3, 3, True), (7, 0, True)]


@pytest.mark.slow
def test_initial_values_of_a_reference(tf, tmp_path):
  def run(shape, extra):
    def build():
      with tf.Session() as session:
        tf.get_variable("w", [2], initializer=tf.random_normal_initializer())
        tf.get_variable("r", [2, 2], use_resource=True)
        shared = tf.zeros([1])
        tf.Variable(shared, name="c"), tf.Variable(shared, name="h")
        tf.get_variable("s", shape, initializer=tf.zeros_initializer())
        if extra:
          tf.get_variable(extra, [], initializer=tf.ones_initializer())
        session.run(tf.global_variables_initializer())
        session.run([v for v in tf.global_variables()])
      del session
      gc.collect()     # what the recorder says at the end needs no session
    return build
  reference = in_process.record(tf, tmp_path / "a.npz", run([3], "mine"))
  ours = in_process.record(tf, tmp_path / "b.npz", run([4], "other"),
                        f"--initial {tmp_path}/a.npz")
  for name in ("w", "r"):
    np.testing.assert_array_equal(reference.final[0, name].value.array,
                                  ours.final[0, name].value.array)
    np.testing.assert_array_equal(ours.initial[0, name, 0].value.array,
                                  ours.final[0, name].value.array)
  assert ours.tail["loaded"] == 4
  said = "\n".join(ours.tail["problems"])
  assert "variable s is [4] here and [3] in the reference" in said
  assert "variable other: the reference has no value for it" in said
  assert "variable mine is only in the reference" in said
  nudged = in_process.record(tf, tmp_path / "c.npz", run([3], "mine"),
                          f"--initial {tmp_path}/a.npz --nudge 1")
  one, other = (r.final[0, "w"].value.array for r in (reference, nudged))
  assert np.all(one != other)
  np.testing.assert_array_max_ulp(one, other, 1)


def test_initial_values_under_other_names(tf, tmp_path):
  """Both have `b`, and only the map tells that it is not the same."""
  def run(*names):
    def build():
      with tf.Session() as session:
        for number, name in enumerate(names):
          tf.get_variable(name, [2], initializer=(
              tf.random_normal_initializer(seed=number + len(names))))
        session.run(tf.global_variables_initializer())
      del session
      gc.collect()
    return build
  a, b, slot, gone, same = (record.value.array for record in in_process.record(
      tf, tmp_path / "a.npz", run("a", "b", "b/Adam", "gone", "same")
  ).initial.values())
  path = tmp_path / "names.json"
  path.write_text(json.dumps({
      "variables": {"a": "b", "b": "new", "gone": None}, "feeds": {}}))
  ours = in_process.record(
      tf, tmp_path / "b.npz", run("b", "new", "new/Adam", "same", "gone", "x"),
      f"--initial {tmp_path}/a.npz --initial-names {path}")
  found = {name: one.value.array for (_, name, _), one in ours.initial.items()}
  for name, value in (("b", a), ("new", b), ("new/Adam", slot), ("same", same)):
    np.testing.assert_array_equal(found[name], value)
  assert np.all(found["gone"] != gone) and ours.tail["loaded"] == 4
  said = "\n".join(ours.tail["problems"])
  assert "variable x: the reference has no value for it" in said
  assert "variable gone: the reference has no value for it" in said
  assert "variable gone is only in the reference" in said
  for text in ("{", '{"variables": {"a": 3}}', '["a"]'):
    path.write_text(text)
    with pytest.raises(recorder.RecordingError, match="`--initial-names` must"):
      in_process.record(tf, tmp_path / "c.npz", run("b"),
                        f"--initial {tmp_path}/a.npz --initial-names {path}")


def test_training_steps_and_variables_on_the_way(tf, path):
  def run():
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    loss = tf.square(w - 8.)
    train = tf.train.GradientDescentOptimizer(.25).minimize(loss)
    with tf.Session() as session:
      session.run(w.initializer)
      for _ in range(4):
        session.run(loss)
        session.run([train, loss])
  recording = in_process.record(tf, path, run, "--variables-at 1,3")
  assert {key: float(one.value.array) for key, one in
          recording.looks.items()} == {(0, 1, "w"): 4., (0, 3, "w"): 7.}
  assert [call.trains for call in recording.calls()] == [False] + [
      False, True] * 4
  assert recording.tail["trained"] == 4


def test_how_much_is_kept_whole(tf, path):
  def run():
    with tf.Session() as session:
      session.run(tf.zeros([100]))
  for words, whole in (("", False), ("--whole 100", True),
                       ("--whole 99", False)):
    call, = in_process.record(tf, path, run, words).calls()
    assert call.fetched[0].value.is_whole == whole


def test_a_forked_child_leaves_the_recording_alone(tf, path):
  def run():
    x, w, y = model(tf)
    session = tf.Session()
    session.run(w.initializer)
    child = os.fork()
    if not child:
      os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
    session.run(w)
  assert in_process.record(tf, path, run).tail["calls"] == 2


def test_sessions_are_let_go(tf, path):
  import weakref
  alive = []

  def run():
    w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
    for _ in range(12):
      session = tf.Session()
      session.run(w.initializer)
      alive.append(weakref.ref(session))
      del session
    gc.collect()
    assert sum(one() is not None for one in alive) <= 4
  recording = in_process.record(tf, path, run)
  assert recording.outcome["kind"] == "ended", recording.outcome
  assert sorted(recording.final) == [(n, "w") for n in range(12)]


@pytest.mark.parametrize("resource", [False, True])
def test_a_metric_that_scatters_does_not_train(tf, path, resource):
  def run():
    tf.get_variable_scope().set_use_resource(resource)
    w = tf.get_variable("w", [3], initializer=tf.zeros_initializer())
    seen = tf.get_variable("seen", [3], initializer=tf.zeros_initializer(),
                           trainable=False)
    train, count = (tf.scatter_add(to, [1], [1.]) for to in (w, seen))
    with tf.Session() as session:
      session.run(tf.global_variables_initializer())
      session.run(count)
      session.run(train)
  assert [call.trains for call in in_process.record(tf, path, run).calls()
          ] == [False, False, True]
