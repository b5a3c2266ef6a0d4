"""The order in which the iterations of a loop draw random numbers.

The random operation of a `tf.while_loop` draws for each iteration from one
generator, so its numbers depend on which iteration comes first. TensorFlow's
executor takes the iterations as they become ready, and that depends on the
order of the edges of the graph that Grappler has rewritten.
"""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored

# 1.15's RewriterConfig, where today's Grappler turns the order of the edges
# around. Measured on 66 seeded programs with loops: without these settings 31
# draw in another order than in 1.15, with them 2 (tests/seeds/loop_draws.py).
_OFF = 2


def _as_in_1_15(config):
  """`config` with what keeps 1.15's order; the program's choices stay."""
  changed = tf.ConfigProto()
  # Without one, a session takes that of the process (the memory of GPUs).
  changed.CopyFrom(_tf.private("context").context().config
                   if config is None else config)
  rewrite = changed.graph_options.rewrite_options
  rewrite.disable_model_pruning = True
  if not rewrite.remapping:
    rewrite.remapping = _OFF
  return changed


def _session_init(original):
  def init(self, target="", graph=None, config=None):
    if config is None or isinstance(config, tf.ConfigProto):
      config = _as_in_1_15(config)
    return original(self, target, graph, config)
  return init


ROWS = [
    Restored("session:BaseSession.__init__", _session_init,
             "Grappler makes other iterations of a loop ready first"),
]
