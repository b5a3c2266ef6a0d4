"""Shared by both checks: named tensors, gradients, feeds, variable values."""

import contextlib
import typing

import numpy as np

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn._tf import tf2


class Target(typing.NamedTuple):
  """One thing to differentiate with respect to.

  `tensor` is passed to `tf.gradients`: the variable, or the tensor.
  """
  kind: str
  name: str
  tensor: object

  @property
  def is_variable(self):
    return self.kind == "variable"


def check_loss(name, loss):
  """Raises unless `loss` is a floating-point tensor of a graph."""
  if not tf.is_tensor(loss) or hasattr(loss, "numpy"):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "be a tensor of a graph", repr(loss),
        "build it in a tf.Graph; for values already computed, use "
        "compare_values"))
  if not (loss.dtype.is_floating or loss.dtype.is_complex):
    raise _errors.ArgumentTypeError(_errors.problem(
        name, "have a floating-point dtype", loss.dtype.name,
        "differentiate a loss that is not rounded to integers"))


def check_can_grow(name, graph):
  """Raises if gradients can no longer be built in `graph`."""
  if graph.finalized:
    raise _errors.ArgumentError(_errors.problem(
        name, "be in a graph that is not finalized", "a finalized one",
        "make the check before graph.finalize()"))


def variable_targets(name, variables, graph):
  """Targets for `variables`, by default the graph's trainable variables."""
  if variables is None:
    variables = graph.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES)
  found = []
  for variable in tf.nest.flatten(
      list(variables.values()) if hasattr(variables, "values")
      else variables):
    # A partitioned variable stands for the list of its parts.
    partitioned = isinstance(variable, _tf.private("partitioned_variable"))
    parts = list(variable) if partitioned else [variable]
    for part in parts:
      # v1's tf.Variable is not a base class of resource variables.
      if not isinstance(part, tf2.Variable):
        raise _errors.ArgumentTypeError(_errors.problem(
            name, "hold variables", repr(part),
            "pass tensors as inputs=... or states=..."))
      if part.dtype.is_floating:
        found.append(Target("variable", part.op.name, part))
  return found


def tensor_targets(kind, nest):
  """Targets for the leaves of `nest`, or of a dict of structures by name."""
  if nest is None:
    return []
  found = []
  for path, leaf in zip(_nest.state_paths(nest), _nest.flatten_state(nest)):
    if not tf.is_tensor(leaf) or isinstance(leaf, tf2.Variable):
      raise _errors.ArgumentTypeError(_errors.problem(
          f"{kind}s", "hold tensors of the graph", repr(leaf),
          "pass variables as variables=..."))
    if leaf.dtype.is_floating:
      found.append(Target(kind, f"{path} ({leaf.op.name})" if path
                          else leaf.op.name, leaf))
  return found


def all_targets(graph, variables, inputs, states):
  """Everything to differentiate with respect to; raises if there is nothing."""
  targets = (variable_targets("variables", variables, graph)
             + tensor_targets("input", inputs)
             + tensor_targets("state", states))
  if not targets:
    raise _errors.ArgumentError(_errors.problem(
        "variables", "name something to differentiate with respect to",
        "no floating-point variable, input or state",
        "pass variables, inputs or states"))
  return targets


def time_axis_of(kind, value, time_axis):
  """`time_axis` if a `value` of this kind has one, else None."""
  if (time_axis is None or value is None
      or kind not in ("input", "output")):
    return None
  return time_axis if np.ndim(value) > max(time_axis, 1) else None


def gradients_of(ys, targets, grad_ys=None):
  """One dense gradient tensor (or None) for each target."""
  with ys[0].graph.as_default(), tf.name_scope("check"):
    # The caller's own loop or device context must not affect the gradients.
    with tf.control_dependencies(None):
      found = tf.gradients(ys, [target.tensor for target in targets],
                           grad_ys=grad_ys)
      return [None if gradient is None else tf.convert_to_tensor(gradient)
              for gradient in found]


def flat_feeds(name, feed_dict):
  """`{tensor: value}` for a feed_dict whose keys may be nested structures."""
  feeds = {}
  for key, value in (feed_dict or {}).items():
    if not _nest.is_nested(key):
      feeds[key] = value
      continue
    try:
      values = _tf.private("nest").flatten_up_to(key, value)
    except (TypeError, ValueError) as error:
      raise _errors.ArgumentError(_errors.problem(
          name, f"feed {_nest.describe(key)} with the same structure",
          _nest.describe(value), "feed the state as it was fetched")
      ) from error
    feeds.update(zip(_nest.flatten_state(key), values))
  return feeds


def translate_feeds(feeds, graph):
  """The same feeds for the tensors of the same names in `graph`."""
  found = {}
  for tensor, value in feeds.items():
    name = tensor if isinstance(tensor, str) else tensor.name
    try:
      found[graph.get_tensor_by_name(name)] = value
    except (KeyError, ValueError) as error:
      raise _errors.ArgumentError(_errors.problem(
          "feed_dict_b", "be given if the placeholders' names differ",
          f"no tensor {name!r} in the graph of `loss_b`",
          "pass feed_dict_b={placeholder of b: value}")) from error
  return found


def all_variables(graph):
  """All variables of `graph` that a session has to initialize."""
  found = {}
  for collection in (tf.GraphKeys.GLOBAL_VARIABLES,
                     tf.GraphKeys.LOCAL_VARIABLES,
                     tf.GraphKeys.TRAINABLE_VARIABLES):
    for variable in graph.get_collection(collection):
      found.setdefault(variable.op.name, variable)
  return found


@contextlib.contextmanager
def session_for(name, session, graph):
  """`session`, else the default one, else a fresh one with initial values."""
  if session is None:
    default = tf.get_default_session()
    if default is not None and default.graph is graph:
      session = default
  if session is not None:
    if session.graph is not graph:
      raise _errors.ArgumentError(_errors.problem(
          name, "be a session on the graph of the loss",
          "a session on another graph", "create it with "
          "tf.Session(graph=...)"))
    yield session
    return
  with tf.Session(graph=graph) as fresh:
    # Use their own initializers: an init op would add an op to the graph.
    fresh.run([variable.initializer
               for variable in all_variables(graph).values()])
    yield fresh


@contextlib.contextmanager
def explaining_growth(name):
  """Explains what to do if a session cannot compute a v2 loop's gradient.

  The gradient adds outputs to the loop itself, but a session that has already
  run keeps the loop as it was.
  """
  try:
    yield
  except tf.errors.InvalidArgumentError as error:
    if "invalid output" not in str(error):
      raise
    raise _errors.ArgumentError(_errors.problem(
        name, "not have run yet if the loops use control flow v2",
        "one that has", "make the check before the first session.run, or "
        "call tf.compat.v1.experimental.output_all_intermediates(True) "
        "before the loop is built")) from error


def write_variables(session, variables, values):
  """Writes an array into each variable without adding ops to the graph."""
  initializers = [variable.initializer for variable in variables]
  feeds = {initializer.inputs[1]: value
           for initializer, value in zip(initializers, values)}
  if initializers:
    session.run(initializers, feeds)


def read_variables(session, variables):
  """The current values of the variables, as a list of arrays."""
  # A reference variable returns its buffer; the session copies it on fetch.
  return session.run([_read(variable) for variable in variables])


def _read(variable):
  value = _tf.attribute(variable, "Variable._graph_element")
  return variable if value is None else value


@contextlib.contextmanager
def keeping_values(session, variables):
  """Restores the current values of `variables` after the block."""
  before = read_variables(session, variables)
  try:
    yield before
  finally:
    write_variables(session, variables, before)


def evaluate(session, tensors, feeds):
  """Like `session.run` on a list in which some tensors may be None."""
  present = [tensor for tensor in tensors if tensor is not None]
  values = iter(session.run(present, feeds) if present else [])
  return [None if tensor is None else next(values) for tensor in tensors]
