"""The graph of a step: rows gathered, the model stepped, rows written back."""

import typing

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._tf import tf
from tfcompat_rnn.loops import _inner
from tfcompat_rnn.loops import _model_inputs
from tfcompat_rnn.loops import _model_kinds
from tfcompat_rnn.loops import _model_step
from tfcompat_rnn.state import _leaves
from tfcompat_rnn.state import variables as state_variables


class Graph(typing.NamedTuple):
  """The placeholders, variables and operations of a `StreamingSession`.

  `rows` and `fresh` are fed for each row of a batch; `inputs` and `loaded`
  are lists of placeholders, and `structure` and `state` the structures that
  they are the leaves of.
  """
  rows: typing.Any
  fresh: typing.Any
  structure: typing.Any
  inputs: list
  state: typing.Any
  variables: list
  read: list
  begin: list
  outputs: typing.Any
  write: typing.Any
  loaded: list
  load: typing.Any


def build(model, inputs, count, initial_state, dtype, training, scope, name):
  """Builds the step of `model` on `count` rows of state; returns a `Graph`."""
  rewriting = _model_kinds.rewriting()
  kind = _model_kinds.kind_of(model, training, rewriting)
  if isinstance(kind, _model_kinds.KerasModel) and training is None:
    kind = _model_kinds.kind_of(model, False, rewriting)  # not trained here
  with tf.control_dependencies(None), tf.name_scope(name) as own:
    rows = tf.placeholder(tf.int32, [None], "rows")
    fresh = tf.placeholder(tf.bool, [None], "fresh")
    fed = _placeholders(inputs)
    batch = tf.shape(rows)[0]
    with tf.variable_scope(scope, reuse=tf.AUTO_REUSE, auxiliary_name_scope=(
        False)):
      # A loop of one step, time-major: its checks are those of `model_rnn`.
      sequence = _model_inputs.Sequence(
          _nest.map_state(lambda leaf: leaf[None], fed), None, None, True,
          kind.least_rank)
      begin = _first_states(kind, sequence, initial_state, batch, dtype)
      flat = _nest.flatten_state(begin)
      paths = _nest.state_paths(begin)
      _require_rows(paths, flat)
      variables = [
          _variable(op_name, count, leaf) for op_name, leaf in zip(
              _leaves.op_names(own, paths), flat)]
      read = [_with_dims(tf.gather(variable, rows), leaf)
              for variable, leaf in zip(variables, flat)]
      step = _model_step.Step(
          kind, sequence, _nest.pack_state(begin, read), flat)
      with _inner.quiet():
        outputs, new = step.take(
            0, _nest.flatten_state(fed), fresh, read)
    outputs, new = _checked(step.outputs, outputs, paths, new, batch)
    # Only when everything is computed: an operation of the model that fails
    # leaves all leaves as they were.
    with tf.control_dependencies(outputs + new):
      write = tf.group(*[_scatter(variable, rows, leaf)
                         for variable, leaf in zip(variables, new)])
      outputs = [tf.identity(leaf) for leaf in outputs]
    with tf.name_scope("load"):
      loaded = [tf.placeholder(leaf.dtype, [None] + leaf.shape.as_list()[1:])
                for leaf in flat]
      load = tf.group(*[_scatter(variable, rows, leaf)
                        for variable, leaf in zip(variables, loaded)])
  return Graph(
      rows, fresh, sequence.structure, _nest.flatten_state(fed),
      begin, variables, read, flat,
      _nest.pack_state(step.outputs, outputs), write, loaded, load)


def _placeholders(inputs):
  """A placeholder `[None, ...]` for each leaf of `inputs`."""
  leaves = []
  for path, leaf in zip(
      _nest.state_paths(inputs), _nest.flatten_state(inputs)):
    if not hasattr(leaf, "shape") or not hasattr(leaf, "dtype"):
      raise _errors.ArgumentTypeError(_errors.problem(
          "inputs", "describe one step: tf.TensorSpec or placeholders",
          f"{leaf!r} at {_leaves.at(path)}",
          "pass for example tf.TensorSpec([None, depth], tf.float32)"))
    shape = tf.TensorShape(leaf.shape)
    if not shape.rank or shape.as_list()[0] is not None:
      raise _errors.ArgumentError(_errors.problem(
          "inputs", "have the batch as its first axis, of unknown size",
          f"{_leaves.at(path)}: {_leaves.leaf_text(leaf)}",
          "pass for example tf.TensorSpec([None, depth], tf.float32)"))
    leaves.append(tf.placeholder(tf.as_dtype(leaf.dtype).base_dtype, shape))
  return _nest.pack_state(inputs, leaves)


def _first_states(kind, sequence, initial_state, batch, dtype):
  """The state in which a stream begins, for each row of the batch."""
  cell = isinstance(kind, _model_kinds.Cell)
  zeros = None
  if cell:
    zeros = _leaves.zero_state(
        kind.cell, batch, sequence.floating() if dtype is None else dtype)
  elif initial_state is None:
    zeros = kind.first_states(None, sequence)
  if initial_state is None:
    return zeros
  given = _nest.map_state(
      lambda leaf: _repeated(tf.convert_to_tensor(leaf), batch),
      initial_state)
  if cell:
    _leaves.check_tensors(
        "initial_state", zeros, _nest.flatten_state(zeros), given,
        "pass the state of one stream, without the batch axis")
    given = _nest.pack_state(zeros, _nest.flatten_state(given))
  return kind.first_states(given, sequence)


def _repeated(leaf, batch):
  many = tf.broadcast_to(
      leaf[None], tf.concat([[batch], tf.shape(leaf)], axis=0))
  many.set_shape([None] + leaf.shape.as_list())
  return many


def _require_rows(paths, leaves):
  for path, leaf in zip(paths, leaves):
    dims = None if leaf.shape.rank is None else leaf.shape.as_list()
    if not dims or None in dims[1:] or dims[0] is not None:
      raise _errors.ArgumentError(_errors.problem(
          "model", "have a state with a row for each stream, of known size",
          f"{_leaves.at(path)}: {_leaves.leaf_text(leaf)}",
          "make the batch the first axis of each leaf, also of a counter"))
    if leaf.dtype.base_dtype == tf.string:
      raise _errors.ArgumentTypeError(_errors.problem(
          "model", "have a state of numbers", f"{_leaves.at(path)}: string",
          "keep numbers in its place"))


def _variable(name, count, leaf):
  return tf.Variable(
      lambda: tf.zeros([count] + leaf.shape.as_list()[1:],
                       leaf.dtype.base_dtype),
      trainable=False, name=name, dtype=leaf.dtype.base_dtype,
      use_resource=True, collections=[state_variables.STATE_VARIABLES])


def _with_dims(read, leaf):
  read.set_shape([None] + leaf.shape.as_list()[1:])
  return read


def _checked(structure, outputs, paths, new, batch):
  """`outputs` and `new` with one row for each stream, checked when run."""
  for path, leaf in zip(_nest.state_paths(structure), outputs):
    if leaf.shape.rank == 0:
      raise _errors.ArgumentError(_errors.problem(
          "model", "return an output with a row for each stream",
          f"{_leaves.at(path)}: {_leaves.leaf_text(leaf)}",
          "leave out what belongs to the batch as a whole"))
  named = [("output", leaf) for leaf in outputs]
  named += [(f"state {path}".rstrip(), leaf) for path, leaf in zip(paths, new)]
  # One check for all, which costs less than one for each.
  checks = [] if not named else [tf.debugging.assert_equal(
      tf.stack([tf.shape(leaf)[0] for _, leaf in named]), batch, message=(
          "`model` must return a row for each stream in its "
          + ", ".join(name for name, _ in named)))]
  with tf.control_dependencies(checks):
    return ([tf.identity(leaf) for leaf in outputs],
            [tf.identity(leaf) for leaf in new])


def _scatter(variable, rows, values):
  return tf.scatter_update(variable, rows, values).op
