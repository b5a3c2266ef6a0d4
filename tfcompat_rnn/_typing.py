"""The types that public signatures name. Loads no TensorFlow.

TensorFlow has no type hints of its own, so a type checker sees its objects as
`Any`; their names here tell readers what is meant. What users may write
themselves, such as a cell, is a protocol that a type checker can check.
"""

import collections.abc
import os
import typing

# TensorFlow's objects.
Tensor: typing.TypeAlias = typing.Any      # tf.Tensor
Variable: typing.TypeAlias = typing.Any    # tf.Variable
Operation: typing.TypeAlias = typing.Any   # tf.Operation
Graph: typing.TypeAlias = typing.Any       # tf.Graph
Session: typing.TypeAlias = typing.Any     # tf.Session and what acts like it
DType: typing.TypeAlias = typing.Any       # tf.DType, or what tf.as_dtype takes
Dataset: typing.TypeAlias = typing.Any     # tf.data.Dataset
Optimizer: typing.TypeAlias = typing.Any   # tf.train.Optimizer
ConfigProto: typing.TypeAlias = typing.Any   # tf.ConfigProto
RunMetadata: typing.TypeAlias = typing.Any   # tf.RunMetadata

# A tensor, a variable, an array, or a number or list that converts to one.
TensorLike: typing.TypeAlias = typing.Any
# A tensor, or tuples, named tuples, lists and dicts of them.
Nested: typing.TypeAlias = typing.Any
# The same in the structure of a cell's `state_size`.
State: typing.TypeAlias = typing.Any
# A name, or a tf.VariableScope.
Scope: typing.TypeAlias = typing.Any
# True, False, None or tf.AUTO_REUSE.
Reuse: typing.TypeAlias = typing.Any

Feeds: typing.TypeAlias = collections.abc.Mapping[typing.Any, typing.Any]
Path: typing.TypeAlias = typing.Union[str, os.PathLike[str]]
Labels: typing.TypeAlias = collections.abc.Sequence[str]
Function: typing.TypeAlias = collections.abc.Callable[..., typing.Any]


class Cell(typing.Protocol):
  """One step: any object that the loops take as a cell.

  `zero_state` or `get_initial_state` is needed as well where a loop is given
  no initial state; a protocol cannot say "one of the two".
  """

  @property
  def state_size(self) -> typing.Any:
    """Sizes of the state, an int or shape for each leaf."""

  @property
  def output_size(self) -> typing.Any:
    """Size of the output, an int or a shape."""

  def __call__(self, inputs: typing.Any, state: typing.Any,
               /) -> typing.Any:
    """`(output, new state)`."""


class ZeroStateCell(Cell, typing.Protocol):
  """A cell with 1.15's method for its first state."""

  def zero_state(self, batch_size: typing.Any, dtype: typing.Any,
                 /) -> typing.Any:
    """A state of zeros for `batch_size` rows."""


# A cell, or one for each direction of a bidirectional loop.
Cells: typing.TypeAlias = typing.Union[Cell, tuple[Cell, Cell]]


class StateStore(typing.Protocol):
  """What `stateful_rnn` needs of an object that keeps a state."""

  @property
  def initial_state(self) -> typing.Any:
    """The state that a loop begins with."""

  def keep(self, final_state: typing.Any) -> typing.Any:
    """The op that keeps `final_state` for the next run."""

  def zero(self) -> typing.Any:
    """The op that sets the state back to zeros."""

  def reset_rows(self, mask: typing.Any) -> typing.Any:
    """The op that sets some rows back to zeros."""


class StateSaver(typing.Protocol):
  """What `state_saving_rnn` needs of an object that saves states by name."""

  def state(self, name: str, /) -> typing.Any:
    """The state saved under `name`, a tensor `[batch, size]`."""

  def save_state(self, name: str, value: typing.Any, /) -> typing.Any:
    """The op that saves `value` under `name`."""
