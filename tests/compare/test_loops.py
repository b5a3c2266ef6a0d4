"""`--parallel-iterations`: loops that draw, under the recorder."""

import gc
import weakref

import numpy as np
import pytest

from tests.compare import in_process
from tfcompat_rnn.compare import recorder

STEPS = 6
pytestmark = pytest.mark.slow


def loop(tf, body, **options):
  return tf.while_loop(lambda t, _: t < STEPS,
                       lambda t, value: (t + 1, body(t, value)),
                       [0, tf.zeros([])], **options)[1]


def draw(tf):
  return tf.random_uniform([])


def iterations(tf):
  """{name of a loop: the values of `parallel_iterations` at its entries}."""
  found = {}
  for op in tf.get_default_graph().get_operations():
    if op.type == "Enter":
      name = op.get_attr("frame_name").decode().partition("/while_context")[0]
      found.setdefault(name, set()).add(op.get_attr("parallel_iterations"))
  return found


@pytest.mark.parametrize("words, drawing", [
    ("", 1), ("--parallel-iterations 3", 3), ("--parallel-iterations 0", 10)])
def test_only_loops_that_draw(tf, path, words, drawing):
  found = {}

  def run():
    plain = loop(tf, lambda t, value: value + 1)
    nested = loop(tf, lambda t, value: value + loop(tf, lambda t, value: (
        value + draw(tf))))
    weight = tf.get_variable("w", [])
    conditional = loop(tf, lambda t, value: weight * tf.cond(
        value > 0, lambda: draw(tf), lambda: value))
    with tf.Session() as session:
      session.run(weight.initializer)
      session.run([plain, nested, conditional])
      # What is built after the first run, also in the frame of a loop that
      # has run.
      later = loop(tf, lambda t, value: draw(tf))
      session.run([later, tf.gradients(conditional, weight)])
    found.update(iterations(tf))

  recording = in_process.record(tf, path, run, words)
  assert recording.outcome["kind"] == "ended"
  assert recording.tail["problems"] == []
  assert found == {
      "while": {10}, "while_1": {drawing}, "while_1/while": {drawing},
      "while_2": {drawing}, "while_3": {drawing}, "gradients/while_2": {10}}
  assert recording.head["parallel_iterations"] == drawing % 10
  assert recording.tail["loops"] == (0 if drawing == 10 else 4)


def test_before_the_session_knows_the_loop(tf, path):
  """Each way to run something first."""
  found = []

  def run():
    ways = [
        lambda session, result: session.run(result),
        lambda session, result: session.make_callable(result)(),
        lambda session, result: session.partial_run(
            session.partial_run_setup([result]), result)]
    for way in ways:
      with tf.Graph().as_default(), tf.Session() as session:
        way(session, loop(tf, lambda t, value: draw(tf)))
        found.append(iterations(tf))
  in_process.record(tf, path, run)
  assert found == [{"while": {1}}] * 3


@pytest.mark.parametrize("meta", [False, True])
def test_a_loop_from_another_graph(tf, path, meta):
  found = []

  def run():
    result = loop(tf, lambda t, value: draw(tf))
    loop(tf, lambda t, value: value + 1)
    definition = (tf.train.export_meta_graph() if meta
                  else tf.get_default_graph().as_graph_def())
    with tf.Graph().as_default() as graph, tf.Session() as session:
      if meta:
        tf.train.import_meta_graph(definition, import_scope="import")
      else:
        tf.import_graph_def(definition)
      session.run(graph.get_tensor_by_name("import/" + result.name))
      found.append(iterations(tf))
  recording = in_process.record(tf, path, run)
  # A GraphDef does not tell which of the loops draws.
  scope = "import/" if meta else ""
  assert found == [{scope + "while": {1},
                    scope + "while_1": {10 if meta else 1}}]
  assert recording.tail["loops"] == (1 if meta else 2)


def test_a_graph_is_not_kept_alive(tf):
  loops = recorder.Loops(tf, 1)
  with tf.Graph().as_default() as graph:
    loop(tf, lambda t, value: draw(tf))
    loops.limit(graph)
    assert iterations(tf) == {"while": {1}}
  alive = weakref.ref(graph)
  del graph
  gc.collect()
  assert alive() is None


@pytest.mark.parametrize("threads", [1, 2])
def test_the_order_is_that_of_time(tf, path, threads):
  got, want = [], []

  def run():
    tf.set_random_seed(3)
    size = tf.placeholder(tf.int32, [1])
    _, array = tf.while_loop(
        lambda t, _: t < STEPS,
        lambda t, array: (t + 1, array.write(
            t, tf.random_uniform(size + 0 * t, seed=5))),
        [0, tf.TensorArray(tf.float32, STEPS)])
    found, alone = array.stack(), tf.random_uniform(size, seed=5)
    with tf.Session() as session:
      for _ in range(120):
        want.append([session.run(alone, {size: [4]}) for _ in range(STEPS)])
        got.append(session.run(found, {size: [4]}))
  in_process.record(tf, path, run, f"--threads {threads}")
  assert len(want) == 120
  np.testing.assert_array_equal(got, want)
