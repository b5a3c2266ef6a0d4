"""The settings of a session that runs one case once.

Runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""


def one_thread(tf, rewritten=True):
  """One thread, so that a random op in a loop draws in the order of steps.

  With `rewritten=False`, TensorFlow runs the graph as it was built. Rewriting
  a graph for speed takes five times as long as running it once, and comes to
  the same numbers.
  """
  config = tf.ConfigProto(
      intra_op_parallelism_threads=1, inter_op_parallelism_threads=1)
  if not rewritten:
    config.graph_options.rewrite_options.disable_meta_optimizer = True
  return config
