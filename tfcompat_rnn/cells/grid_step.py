"""One step through a grid of cells, and the grid's layout."""

import collections

from tfcompat_rnn import _errors
from tfcompat_rnn import _scope
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import variables

# A grid's layout, with 1.15's field names. `dims` has a `_GridRNNDimension`
# for each dimension; inputs, outputs, recurrents, priority and non_priority
# are lists of their numbers.
_GridRNNConfig = collections.namedtuple(
    "_GridRNNConfig", ("num_dims", "dims", "inputs", "outputs", "recurrents",
                       "priority", "non_priority", "tied", "num_units"))
_GridRNNDimension = collections.namedtuple(
    "_GridRNNDimension", ("idx", "is_input", "is_output", "is_priority",
                          "non_recurrent_fn"))


def checked_dims(name, dims, num_dims):
  """`dims` (None, a number or several) as a sorted list, checked."""
  if dims is None:
    dims = []
  if not isinstance(dims, (list, tuple)):
    dims = [dims]
  wrong = [dim for dim in dims if not 0 <= dim < num_dims]
  if wrong:
    raise _errors.ArgumentError(problem(
        name, f"be dimensions from 0 to {num_dims - 1}", wrong,
        "count them from 0, or pass a larger num_dims"))
  return sorted(set(dims))


def layout(num_dims, inputs, outputs, priority, non_recurrent, function,
           tied, num_units):
  """The `_GridRNNConfig` of a grid, from checked lists of dimensions."""
  return _GridRNNConfig(
      num_dims=num_dims,
      dims=[_GridRNNDimension(
          dim, dim in inputs, dim in outputs, dim in priority,
          function if dim in non_recurrent else None)
            for dim in range(num_dims)],
      inputs=inputs, outputs=outputs,
      recurrents=[dim for dim in range(num_dims)
                  if dim not in non_recurrent],
      priority=priority,
      non_priority=[dim for dim in range(num_dims) if dim not in priority],
      tied=tied, num_units=num_units)


class Step:
  """One step through a grid: the outputs and states computed so far."""

  def __init__(self, config, cells, c, h):
    self._config = config
    self._cells = cells
    self._c, self._h = c, h
    self.outputs = [None] * config.num_dims
    self.states = [None] * config.num_dims

  def propagate(self, dims, first):
    """Runs the cells of `dims`, all on the values from before this call."""
    if not dims:
      return
    newest = [h if output is None else output
              for h, output in zip(self._h, self.outputs)]
    self._check_known(newest)
    others, last = newest[:-1], newest[-1]
    # Joined once for all of `dims`, even if a layer joins it with `last`
    # again: the order of 1.15.
    joined = tf.concat(others, 1) if others else _no_columns(self._h[0])
    for dim in dims:
      makes_variables = first and dim == dims[0]
      if self._config.dims[dim].non_recurrent_fn:
        self._run_layer(dim, joined if others else None, last,
                        makes_variables)
      else:
        self._run_cell(dim, joined, last, makes_variables)

  def _check_known(self, newest):
    for dim, h in enumerate(newest):
      if h is None:
        # 1.15 failed by accident, in one of two ways.
        error = (_errors.StateFieldError if dim == len(newest) - 1
                 else _errors.ArgumentError)
        raise error(problem(
            "input_dims", "hold every non-recurrent dimension that is "
            "used before it gives an output", f"dimension {dim} without a "
            "value", "add it to input_dims, or make it recurrent"))

  def _enter(self, kind, dim, makes_variables):
    if not self._config.tied:
      return tf.variable_scope(f"{kind}/cell_{dim}")
    return tf.variable_scope(kind, reuse=None if makes_variables else True)

  def _run_cell(self, dim, joined, last, makes_variables):
    # GRU and basic cells have no c: their state is h alone.
    state = last if self._c[dim] is None else (self._c[dim], last)
    with self._enter("recurrent", dim, makes_variables):
      self.outputs[dim], self.states[dim] = self._cells[dim](joined, state)

  def _run_layer(self, dim, joined, last, makes_variables):
    inputs = last if joined is None else tf.concat([joined, last], 1)
    with self._enter("non_recurrent", dim, makes_variables) as scope:
      if scope.initializer is None:
        raise _errors.MissingSymbolError(problem(
            "initializer", "be set in the scope around a grid with a "
            "non-recurrent dimension", "none (1.15 failed here, too)",
            "call the cell within tf.variable_scope(name, "
            "initializer=tf.glorot_uniform_initializer())"))
      self.outputs[dim] = _fully_connected(
          inputs, self._config.num_units,
          self._config.dims[dim].non_recurrent_fn, scope.initializer,
          scope.regularizer)


def _no_columns(h):
  """`[batch, 0]`, since a grid of one dimension has no other h."""
  rows = h.shape.as_list()[0]
  if rows is None:
    raise _errors.ArgumentTypeError(problem(
        "inputs", "have a known batch size for a grid of one dimension",
        "an unknown one", "set it: inputs.set_shape([batch, depth])"))
  return tf.zeros([rows, 0], h.dtype)


def _fully_connected(inputs, units, activation, initializer, regularizer):
  """`activation(inputs W + b)`, like tf.contrib.layers.fully_connected."""
  with tf.variable_scope(None, "fully_connected", [inputs]):
    known = variables.global_variables()
    weights = tf.get_variable(
        "weights", [inputs.shape.as_list()[1], units], dtype=inputs.dtype,
        initializer=initializer)
    if regularizer is not None and not variables.contains(known, weights):
      # 1.15's layer added the loss of the scope's regularizer a second time.
      with tf.init_scope():
        loss = variables.regularize(
            "kernel", weights, _scope.unlifted(regularizer))
        tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, loss)
    biases = tf.get_variable("biases", [units], dtype=inputs.dtype,
                             initializer=tf.zeros_initializer())
    return activation(tf.nn.bias_add(tf.matmul(inputs, weights), biases))
