"""The order in which the iterations of a loop draw random numbers.

The random operation of a `tf.while_loop` draws for each iteration from one
generator, so its numbers depend on which iteration comes first. TensorFlow's
executor takes the iterations as they become ready, and that depends on the
order of the edges of the graph that Grappler has rewritten.

What restores 1.15's order makes Grappler rewrite the whole graph for each set
of fetches, so only a session gets it whose graph draws in a loop. That is
known when the session first runs something, not when it is created.
"""

import threading

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.seeds import Restored

# 1.15's RewriterConfig, where today's Grappler turns the order of the edges
# around. Measured on 66 seeded programs with loops: without these settings 31
# draw in another order than in 1.15, with them 2 (tests/seeds/order_cases.py
# has some of them). `parallel_iterations=1` does not replace them: where the
# shape of a draw is not fixed, 1.15 draws in the reverse order of time.
_OFF = 2
_lock = threading.Lock()


def _as_in_1_15(config):
  """`config` with what keeps 1.15's order; the program's choices stay."""
  changed = tf.ConfigProto()
  changed.CopyFrom(config)
  rewrite = changed.graph_options.rewrite_options
  rewrite.disable_model_pruning = True
  if not rewrite.remapping:
    rewrite.remapping = _OFF
  return changed


def draws_in_a_loop(graph):
  """Whether a loop of `graph` draws in several iterations at a time.

  One whose `parallel_iterations` is 1 draws in the order of time anyway.

  >>> draws_in_a_loop(tf.get_default_graph())
  False
  """
  random, enters = [], []
  kinds = {}
  for op in graph.get_operations():
    if op.type not in kinds:
      definition = op.op_def
      kinds[op.type] = (
          definition is not None and definition.is_stateful
          and any(attr.name == "seed2" for attr in definition.attr))
    if kinds[op.type]:
      random.append(op)
    elif op.type in ("Enter", "RefEnter"):
      enters.append(op)
  # A loop from a GraphDef has no context, which would tell what is in it.
  drawing = {None} if random else set()
  for op in random:
    drawing.update(_loops_around(op))
  return any(_context_of(op) in drawing
             and op.get_attr("parallel_iterations") > 1 for op in enters)


def _context_of(op):
  return _tf.attribute(op, "Operation._get_control_flow_context")()


def _loops_around(op):
  context = _context_of(op)
  while context is not None:
    if context.IsWhileContext():
      yield context
    context = context.outer_context


def _extend_graph(original):
  def extend_graph(self):
    if not getattr(self, "_tfcompat_rnn_has_run", False):
      with _lock:  # no other thread may use the session that is replaced
        if not getattr(self, "_tfcompat_rnn_has_run", False):
          if draws_in_a_loop(self.graph):
            _open_again(self)
          self._tfcompat_rnn_has_run = True
    return original(self)
  return extend_graph


def _open_again(session):
  """Replaces the runtime's session, which has not run anything yet."""
  library = _tf.private("session").tf_session
  config = _as_in_1_15(_tf.attribute(session, "BaseSession._config"))
  options = library.TF_NewSessionOptions(
      target=_tf.attribute(session, "BaseSession._target"), config=config)
  try:
    with _tf.attribute(session.graph, "Graph._c_graph").get() as graph:
      opened = library.TF_NewSessionRef(graph, options)
  finally:
    library.TF_DeleteSessionOptions(options)
  before = _tf.attribute(session, "BaseSession._session")
  _tf.set_attribute(session, "BaseSession._session", opened)
  _tf.set_attribute(session, "BaseSession._config", config)
  library.TF_CloseSession(before)
  library.TF_DeleteSession(before)


ROWS = [
    Restored("session:BaseSession._extend_graph", _extend_graph,
             "Grappler makes other iterations of a loop ready first"),
]
