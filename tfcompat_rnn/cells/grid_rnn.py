"""The cells of `tf.contrib.grid_rnn`: one recurrent cell per dimension.

Grid LSTM: Kalchbrenner, Danihelka, Graves, arXiv:1507.01526. One step passes
once through all dimensions, each of which has its own h (and c). The
dimensions without priority come first, all computed from the same values; then
come those with priority, which see the new values.
"""

import functools

from tfcompat_rnn import _errors
from tfcompat_rnn import _scope
from tfcompat_rnn import _snapshot
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import arithmetic
from tfcompat_rnn.cells import base
from tfcompat_rnn.cells import core
from tfcompat_rnn.cells import grid_step
from tfcompat_rnn.cells import states


class GridRNNCell(states.KeptSizes, base.RNNCell):
  """A grid of any number of dimensions, each with its own cell.

  Example: `GridRNNCell(16, num_dims=2, input_dims=0, output_dims=0,
  priority_dims=0, cell_fn=tf.nn.rnn_cell.LSTMCell)`

  The input is projected (`project_m_<dim>`, for LSTMs also
  `project_c_<dim>`) and replaces h (and c) in the input dimensions. The input
  of a dimension's cell is the h of all dimensions except the last,
  concatenated; its state is the h of the last dimension (for LSTMs with the
  cell's own c). A non-recurrent dimension is `non_recurrent_fn` of a linear
  map of all h.

  Shapes: `x` `[batch, depth]`, split evenly among the input dimensions;
  state a tuple with a cell's state for each recurrent dimension; output a
  tuple of `[batch, num_units]` for each output dimension (state and output are
  one tensor if their `..._is_tuple` is False). Variables in the scope
  `<class name>`:
  `project_m_<dim>`, `project_c_<dim>` `[depth / inputs, num_units]`,
  `recurrent/cell_<dim>/<the cell's>`,
  `non_recurrent/cell_<dim>/fully_connected/weights`, `.../biases` (without
  `cell_<dim>/` where tied).

  Args:
    num_units: number of units in each dimension.
    num_dims: number of dimensions.
    input_dims, output_dims: the number(s) of the dimensions that take the
      input and give the output.
    priority_dims: the dimensions that come last in a step.
    non_recurrent_dims: the dimensions that keep no state.
    tied: True to use one cell for all dimensions.
    cell_fn: a function from num_units to a cell whose state is a tuple or as
      large as its output; `LSTMCell` by default.
    non_recurrent_fn: a function; relu by default. As in 1.15, the surrounding
      scope must have an initializer for the weights.
    state_is_tuple: False for a state in one concatenated tensor (LSTMs only).
    output_is_tuple: False for one concatenated output tensor.

  Raises ValueError if a dimension does not exist or the state has the wrong
  number of parts; TypeError if `cell_fn` does not return a cell and, as in
  1.15, if the batch size is unknown in a grid of one dimension;
  AttributeError if the inputs are not a tensor or the initializer is missing.

  TF 1.15: `tf.contrib.grid_rnn.GridRNNCell`.
  """

  def __init__(self, num_units, num_dims=1, input_dims=None, output_dims=None,
               priority_dims=None, non_recurrent_dims=None, tied=False,
               cell_fn=None, non_recurrent_fn=None, state_is_tuple=True,
               output_is_tuple=True):
    super().__init__()
    for name, chosen in (("state_is_tuple", state_is_tuple),
                         ("output_is_tuple", output_is_tuple)):
      if not chosen:
        tf.logging.warning("%s: %s=False is slower; pass True.", self, name)
    if num_dims < 1:
      raise _errors.ArgumentError(problem(
          "num_dims", "be at least 1", num_dims,
          "pass the number of dimensions of the grid"))
    self._config = grid_step.layout(
        num_dims, *(grid_step.checked_dims(name, dims, num_dims)
                    for name, dims in (
                        ("input_dims", input_dims),
                        ("output_dims", output_dims),
                        ("priority_dims", priority_dims),
                        ("non_recurrent_dims", non_recurrent_dims))),
        non_recurrent_fn or tf.nn.relu, tied, num_units)
    self._state_is_tuple = state_is_tuple
    self._output_is_tuple = output_is_tuple
    if cell_fn is None:
      make_cell = functools.partial(
          core.LSTMCell, num_units, state_is_tuple=state_is_tuple)
    else:
      make_cell = functools.partial(cell_fn, num_units)
    self._cells = ([make_cell()] * num_dims if tied
                   else [make_cell() for _ in range(num_dims)])
    if not isinstance(self._cells[0], base.RNNCell):
      raise _errors.ArgumentTypeError(problem(
          "cell_fn", "return an RNNCell", type(self._cells[0]).__name__,
          "return e.g. tf.nn.rnn_cell.LSTMCell(num_units)"))
    size, outputs = self._cells[0].output_size, len(self._config.outputs)
    count = len(self._config.recurrents)
    self._keep_sizes(
        (self._cells[0].state_size,) * count if self._state_is_tuple
        else self._cell_state_size() * count,
        (size,) * outputs if self._output_is_tuple else size * outputs)

  def _cell_state_size(self):
    size = self._cells[0].state_size
    return sum(size) if isinstance(size, tuple) else size

  def __call__(self, inputs, state, scope=None):
    """Runs one step: `(output, new_state)`; `scope` for `<class name>`."""
    if not hasattr(inputs, "shape"):
      raise _errors.StateFieldError(problem(
          "inputs", "be one tensor [batch, depth]", _named_type(inputs),
          "concatenate them: tf.concat(inputs, 1)"))
    state = _snapshot.snapshot_state(state)
    config, kind = self._config, inputs.dtype
    c, h, has_memory = self._read_state(state)
    with _scope.recording_scope(
        scope or type(self).__name__, self._rnn_get_variable):
      self._project_input(inputs, c, h, has_memory)
      step = grid_step.Step(config, self._cells, c, h)
      step.propagate(config.non_priority, True)
      step.propagate(config.priority, False)
      output = [step.outputs[dim] for dim in config.outputs]
      if self._output_is_tuple:
        output = tuple(output)
      else:
        output = tf.concat(output, 1) if output else tf.zeros([0, 0], kind)
      states = [step.states[dim] for dim in config.recurrents]
      if self._state_is_tuple:
        return output, tuple(states)
      leaves = [leaf for state in states for leaf in state]
      return output, tf.concat(leaves, 1) if leaves else tf.zeros([0, 0], kind)

  def _read_state(self, state):
    """`(c, h, has_memory)`: lists by dimension, None where one is missing."""
    config = self._config
    total, units = self._cell_state_size(), config.num_units
    has_memory = total > units
    c, h = [None] * config.num_dims, [None] * config.num_dims
    if self._state_is_tuple and len(state) != len(config.recurrents):
      raise _errors.ArgumentError(problem(
          "state", f"be a tuple of {len(config.recurrents)}, one part for "
          "each recurrent dimension", f"{len(state)} parts",
          "start from zero_state"))
    for place, dim in enumerate(config.recurrents):
      if self._state_is_tuple:
        part = state[place]
        if has_memory:
          c[dim], h[dim] = part
        else:
          h[dim] = part
        continue
      start = place * total
      first = tf.slice(state, [0, start], [-1, units])
      if has_memory:
        c[dim] = first
        h[dim] = tf.slice(state, [0, start + units], [-1, total - units])
      else:
        h[dim] = first
    return c, h, has_memory

  def _project_input(self, inputs, c, h, has_memory):
    """Replaces h (and c) by the projected input in the input dimensions."""
    config = self._config
    if not (_depth(inputs) and config.inputs):
      return
    parts = arithmetic.split(inputs, len(config.inputs), 1)
    shape = [_depth(parts[0]), config.num_units]
    for part, dim in zip(parts, config.inputs):
      # h before c, as in 1.15.
      h[dim] = tf.matmul(part, tf.get_variable(
          f"project_m_{dim}", shape, dtype=inputs.dtype))
      if has_memory:
        c[dim] = tf.matmul(part, tf.get_variable(
            f"project_c_{dim}", shape, dtype=inputs.dtype))


def _depth(tensor):
  depth = tensor.shape.with_rank(2).as_list()[1]
  if depth is None:
    raise _errors.ArgumentTypeError(problem(
        "inputs", "have a known last dimension", f"shape {tensor.shape}",
        "set it: inputs.set_shape([None, depth])"))
  return depth


def _named_type(value):
  return "None" if value is None else f"a {type(value).__name__}"


class _OneDimension(GridRNNCell):
  """A grid of one dimension: input, output and priority."""

  def __init__(self, num_units, cell_fn, state_is_tuple, output_is_tuple):
    super().__init__(
        num_units, num_dims=1, input_dims=0, output_dims=0, priority_dims=0,
        cell_fn=cell_fn, state_is_tuple=state_is_tuple,
        output_is_tuple=output_is_tuple)


class _Dimensions(GridRNNCell):
  """Several dimensions, of which the first is input, output and priority.

  The first is non-recurrent if there is a `non_recurrent_fn`.
  """

  def __init__(self, num_units, num_dims, tied, non_recurrent_fn, cell_fn,
               state_is_tuple, output_is_tuple):
    super().__init__(
        num_units, num_dims=num_dims, input_dims=0, output_dims=0,
        priority_dims=0, tied=tied,
        non_recurrent_dims=None if non_recurrent_fn is None else 0,
        cell_fn=cell_fn, non_recurrent_fn=non_recurrent_fn,
        state_is_tuple=state_is_tuple, output_is_tuple=output_is_tuple)


def _maker(cell_class, **options):
  return lambda num_units: cell_class(num_units, **options)


class Grid1BasicRNNCell(_OneDimension):
  """`GridRNNCell` of one dimension with a `BasicRNNCell`.

  Example: `Grid1BasicRNNCell(16)`

  TF 1.15: `tf.contrib.grid_rnn.Grid1BasicRNNCell`.
  """

  def __init__(self, num_units, state_is_tuple=True, output_is_tuple=True):
    super().__init__(num_units, core.BasicRNNCell, state_is_tuple,
                     output_is_tuple)


class Grid2BasicRNNCell(_Dimensions):
  """`GridRNNCell` of two dimensions with `BasicRNNCell`s.

  Example: `Grid2BasicRNNCell(16, tied=True)`

  The first dimension takes the input, gives the output, has priority, and is
  non-recurrent if there is a `non_recurrent_fn`.

  TF 1.15: `tf.contrib.grid_rnn.Grid2BasicRNNCell`.
  """

  def __init__(self, num_units, tied=False, non_recurrent_fn=None,
               state_is_tuple=True, output_is_tuple=True):
    super().__init__(num_units, 2, tied, non_recurrent_fn, core.BasicRNNCell,
                     state_is_tuple, output_is_tuple)


class Grid1BasicLSTMCell(_OneDimension):
  """`GridRNNCell` of one dimension with a `BasicLSTMCell`.

  Example: `Grid1BasicLSTMCell(16)`

  TF 1.15: `tf.contrib.grid_rnn.Grid1BasicLSTMCell`.
  """

  def __init__(self, num_units, forget_bias=1, state_is_tuple=True,
               output_is_tuple=True):
    super().__init__(
        num_units, _maker(core.BasicLSTMCell, forget_bias=forget_bias),
        state_is_tuple, output_is_tuple)


class Grid2BasicLSTMCell(_Dimensions):
  """`GridRNNCell` of two dimensions with `BasicLSTMCell`s.

  Example: `Grid2BasicLSTMCell(16)`; dimensions as in `Grid2BasicRNNCell`.

  TF 1.15: `tf.contrib.grid_rnn.Grid2BasicLSTMCell`.
  """

  def __init__(self, num_units, tied=False, non_recurrent_fn=None,
               forget_bias=1, state_is_tuple=True, output_is_tuple=True):
    super().__init__(
        num_units, 2, tied, non_recurrent_fn,
        _maker(core.BasicLSTMCell, forget_bias=forget_bias), state_is_tuple,
        output_is_tuple)


class Grid1LSTMCell(_OneDimension):
  """`GridRNNCell` of one dimension with an `LSTMCell`.

  Example: `Grid1LSTMCell(16, use_peepholes=True)`

  TF 1.15: `tf.contrib.grid_rnn.Grid1LSTMCell`.
  """

  def __init__(self, num_units, use_peepholes=False, forget_bias=1.0,
               state_is_tuple=True, output_is_tuple=True):
    super().__init__(
        num_units, _maker(core.LSTMCell, forget_bias=forget_bias,
                          use_peepholes=use_peepholes),
        state_is_tuple, output_is_tuple)


class Grid2LSTMCell(_Dimensions):
  """`GridRNNCell` of two dimensions with `LSTMCell`s.

  Example: `Grid2LSTMCell(16)`; dimensions as in `Grid2BasicRNNCell`.

  TF 1.15: `tf.contrib.grid_rnn.Grid2LSTMCell`.
  """

  def __init__(self, num_units, tied=False, non_recurrent_fn=None,
               use_peepholes=False, forget_bias=1.0, state_is_tuple=True,
               output_is_tuple=True):
    super().__init__(
        num_units, 2, tied, non_recurrent_fn,
        _maker(core.LSTMCell, forget_bias=forget_bias,
               use_peepholes=use_peepholes), state_is_tuple, output_is_tuple)


class Grid3LSTMCell(_Dimensions):
  """`GridRNNCell` of three dimensions with `LSTMCell`s.

  Example: `Grid3LSTMCell(16)`; dimensions as in `Grid2BasicRNNCell`.

  TF 1.15: `tf.contrib.grid_rnn.Grid3LSTMCell`.
  """

  def __init__(self, num_units, tied=False, non_recurrent_fn=None,
               use_peepholes=False, forget_bias=1.0, state_is_tuple=True,
               output_is_tuple=True):
    super().__init__(
        num_units, 3, tied, non_recurrent_fn,
        _maker(core.LSTMCell, forget_bias=forget_bias,
               use_peepholes=use_peepholes), state_is_tuple, output_is_tuple)


class Grid2GRUCell(_Dimensions):
  """`GridRNNCell` of two dimensions with `GRUCell`s.

  Example: `Grid2GRUCell(16)`; dimensions as in `Grid2BasicRNNCell`.

  TF 1.15: `tf.contrib.grid_rnn.Grid2GRUCell`.
  """

  def __init__(self, num_units, tied=False, non_recurrent_fn=None,
               state_is_tuple=True, output_is_tuple=True):
    super().__init__(num_units, 2, tied, non_recurrent_fn, core.GRUCell,
                     state_is_tuple, output_is_tuple)
