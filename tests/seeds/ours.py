"""Measures snippets with tfcompat_rnn.tf1 and 1.15's seeds."""

import contextlib


def namespace():
  """The 1.15-shaped namespace, in 1.x behaviour, as the launcher has it."""
  from tfcompat_rnn._tf import tf
  tf.disable_v2_behavior()
  # Snippets use nothing they make; unused assertions would be reported.
  tf.logging.set_verbosity(tf.logging.FATAL)
  from tfcompat_rnn import tf1
  return tf1


def version():
  """`2.21` of the installed TensorFlow."""
  from tfcompat_rnn._tf import tf
  return ".".join(tf.compat.v2.__version__.split(".")[:2])


@contextlib.contextmanager
def seeded():
  """The namespace, with 1.15's seeds as long as it lasts."""
  from tfcompat_rnn import seeds
  tf = namespace()
  verbosity = tf.logging.get_verbosity()
  with seeds.seeds_of_1_15():
    yield tf
  tf.logging.set_verbosity(verbosity)


def measure(tf, snippet, rewritten=True):
  """Facts as `seeds.measure` gives them, or `{"error": message}`."""
  from seeds import measure as measuring
  try:
    return measuring.measure(tf, snippet, rewritten)
  except Exception as error:  # A row of the table may say that it raises.
    return {"error": "%s: %s" % (type(error).__name__, error)}
