"""What the models share: copies of a cell, `feed_previous` as a tensor."""

import copy

from tfcompat_rnn import _errors
from tfcompat_rnn import _nest
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import multi


def recipe(cell):
  """`cell`; if it has been called, a copy without variables.

  Before 1.1, a cell could be used again anywhere: the variable scope decided
  which variables it used.
  """
  return multi.unbuilt_copy(cell) if multi.is_used(cell) else cell


def model_cell(cell):
  """The cell of a model: a `recipe` with `--repeated-cells copy`."""
  return recipe(cell) if multi.repeated_cells() == "copy" else cell


def encoder_cell(cell):
  """A copy of `cell` for the encoder, with variables of its own.

  As in 1.15, raises TypeError if `cell` has been called.
  """
  try:
    return copy.deepcopy(cell)
  except TypeError as error:
    raise _errors.ArgumentTypeError(problem(
        "cell", "not have been called, because the encoder gets a copy of it",
        f"a {type(cell).__name__} that cannot be copied",
        "build the cell in the function that builds the model, pass "
        "copy.deepcopy(cell) of one that is never called itself, or run with "
        + _errors.option("--repeated-cells copy", "repeated_cells='copy'"))
                                   ) from error


def decode_either_way(feed_previous, steps, decode):
  """`decode(True)` or `decode(False)`, chosen by a bool tensor at run time.

  `decode` returns `(outputs, state)`. Both ways use one set of variables,
  which the first one makes. Returns the outputs, and the leaves of the state.
  """
  def branch(feed):
    with tf.variable_scope(
        tf.get_variable_scope(), reuse=None if feed else True):
      outputs, state = decode(feed)
    return outputs + _nest.flatten_state(state)

  tensors = tf.cond(
      feed_previous, lambda: branch(True), lambda: branch(False))
  return tensors[:steps], tensors[steps:]


def packed(structure, leaves):
  """The state with these `leaves`; the only leaf if it is not nested."""
  if _nest.is_nested(structure):
    return _nest.pack_state(structure, leaves)
  return leaves[0]
