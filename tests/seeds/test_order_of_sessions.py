"""Which sessions get the configuration that keeps 1.15's order in loops."""

import contextvars
import threading

import pytest

from seeds import ours


@pytest.fixture(scope="module")
def tf():
  with ours.seeded() as namespace:
    yield namespace


def loop(tf, random, **options):
  body = (lambda i: i + tf.random_uniform([])) if random else (lambda i: i + 1)
  return tf.while_loop(lambda i: i < 3., body, [0.], **options)


def is_kept(session):
  return session._config.graph_options.rewrite_options.disable_model_pruning


@pytest.mark.parametrize("random", [True, False])
def test_only_a_graph_that_draws_in_a_loop(tf, random):
  tf.reset_default_graph()
  session = tf.Session()
  result = loop(tf, random)
  assert not is_kept(session)
  session.run(result)
  assert is_kept(session) == random
  session.close()


@pytest.mark.parametrize("iterations", [1, 2])
def test_one_iteration_at_a_time_is_in_order_anyway(tf, iterations):
  tf.reset_default_graph()
  with tf.Session() as session:
    session.run([loop(tf, True, parallel_iterations=iterations),
                 loop(tf, False)])
    assert is_kept(session) == (iterations > 1)


def test_a_loop_from_a_graph_def(tf):
  tf.reset_default_graph()
  result = loop(tf, True)
  definition = tf.get_default_graph().as_graph_def()
  with tf.Graph().as_default(), tf.Session() as session:
    session.run(tf.import_graph_def(
        definition, return_elements=[result.name])[0])
    assert is_kept(session)


def test_threads_share_the_session_that_is_opened_again(tf):
  tf.reset_default_graph()
  result = loop(tf, True)
  with tf.Session() as session:
    found = []

    def run():
      found.append(session.run(result))

    # The seeds hold in this thread's context; each thread gets a copy.
    threads = [threading.Thread(target=contextvars.copy_context().run,
                                args=(run,)) for _ in range(8)]
    for thread in threads:
      thread.start()
    for thread in threads:
      thread.join()
    assert len(found) == 8 and min(found) >= 3.
    assert is_kept(session)
