"""What programs read from a cell: sizes, names, dtypes, weights, configs."""

import numpy as np

from cells.measure import Registry
from cells.measure import names

case = Registry("surface")


def _sizes(b, size):
  if hasattr(size, "_fields"):
    return {field: _sizes(b, part) for field, part in zip(size._fields, size)}
  if isinstance(size, (tuple, list)):
    return [_sizes(b, part) for part in size]
  return size if isinstance(size, int) else str(size)


def _core(b):
  r = b.rnn
  return [
      r.BasicRNNCell(3), r.BasicLSTMCell(3),
      r.BasicLSTMCell(3, state_is_tuple=False), r.LSTMCell(3),
      r.LSTMCell(3, num_proj=2), r.LSTMCell(3, num_proj=2,
                                            state_is_tuple=False),
      r.GRUCell(3), r.MultiRNNCell([r.LSTMCell(3), r.GRUCell(2)]),
      r.MultiRNNCell([r.GRUCell(3), r.GRUCell(2)], state_is_tuple=False)]


@case
def sizes(b):
  return [[_sizes(b, cell.state_size), cell.output_size] for cell in _core(b)]


@case
def names_count_per_class(b):
  said = [cell.name for cell in _core(b)]
  with b.tf.Graph().as_default():
    said += [cell.name for cell in _core(b)]
  return said


@case
def attributes_before_and_after(b):
  said = []
  for number, cell in enumerate(_core(b)):
    before = [cell.built, cell.dtype, cell.trainable, names(cell.weights),
              names(cell.losses), cell.updates]
    with b.tf.variable_scope("number_%d" % number):
      b.step(cell)
    said.append([before, cell.built, cell.dtype, cell.scope_name,
                 names(cell.trainable_variables),
                 names(cell.non_trainable_variables), names(cell.variables),
                 cell.count_params(), cell.graph is None])
  return said


@case
def trainable_false(b):
  cells = [b.rnn.LSTMCell(3, trainable=False),
           b.rnn.MultiRNNCell([b.rnn.GRUCell(3)])]
  cells[1].trainable = False
  for cell in cells:
    b.step(cell)
  return [[names(cell.trainable_weights), names(cell.non_trainable_weights),
           names(cell.weights)] for cell in cells]


@case
def dtype_argument(b):
  said = []
  for dtype in (b.tf.float64, b.tf.float16, "float64", np.float32,
                b.tf.complex64):
    cell = b.rnn.LSTMCell(3, dtype=dtype, initializer=b.tf.ones_initializer())
    said.append(cell.dtype)
    b.step(cell, dtype=b.tf.as_dtype(dtype))
  return said


@case
def dtype_from_inputs(b):
  cells = [b.rnn.BasicRNNCell(3), b.rnn.GRUCell(3), b.rnn.BasicLSTMCell(3)]
  for cell, dtype in zip(cells, (b.tf.float64, b.tf.float16, b.tf.bfloat16)):
    b.step(cell, dtype=dtype)
  return [cell.dtype for cell in cells]


@case
def whole_float_units(b):
  """`hidden / 2` is a float in Python 3; 1.15 accepted it."""
  cell = b.rnn.BasicLSTMCell(6 / 2.0)
  cell.zero_state(2, b.tf.float32)
  cell.build(b.tf.TensorShape([2, 4]))
  return [int(cell.state_size.c), names(cell.weights)]


@case
def numpy_units(b):
  cell = b.rnn.GRUCell(np.int64(3))
  b.step(b.rnn.MultiRNNCell([cell, b.rnn.LSTMCell(np.int32(2))]), scope="a")
  return int(cell.output_size)


@case
def dimension_units(b):
  """Units taken from a shape."""
  cell = b.rnn.GRUCell(b.x(3).shape.dims[1])
  cell.zero_state(2, b.tf.float32)
  cell.build(b.tf.TensorShape([2, 4]))


@case
def build_by_hand(b):
  cell = b.rnn.BasicLSTMCell(3, dtype=b.tf.float32)
  with b.tf.variable_scope("a"):
    cell.build((None, 4))
  b.step(cell)
  return [cell.scope_name, names(cell.weights)]


@case
def build_by_hand_shapes(b):
  for shape in ((None, 4), [2, 4], b.tf.TensorShape([None, 4])):
    cell = b.rnn.GRUCell(3, dtype=b.tf.float32)
    cell.build(shape)


@case
def zero_states(b):
  said = []
  rows = b.tf.placeholder(b.tf.int32, [], name="rows")
  known = b.tf.constant(7)
  vector = b.tf.constant([5])
  for cell in _core(b):
    for batch in (2, rows, known, vector, b.x().shape.dims[0]):
      state = cell.zero_state(batch, b.tf.float32)
      leaves = (state if isinstance(state, tuple) else [state])
      said.append([
          [str(leaf.shape), leaf.name] if not hasattr(leaf, "_fields") else
          [[leaf.c.name, str(leaf.c.shape)], [leaf.h.name, str(leaf.h.shape)]]
          for leaf in leaves])
  return said


@case
def zero_state_in_subclass(b):
  class MyLSTM(b.rnn.BasicLSTMCell):
    pass
  state = MyLSTM(3).zero_state(2, b.tf.float64)
  return [state.c.name, state.h.name, state.dtype.name]


@case
def zero_state_batch_array(b):
  return b.rnn.GRUCell(3).zero_state(np.int64(2), "float32").name


@case
def initial_states(b):
  said = []
  cell = b.rnn.BasicLSTMCell(3)
  for kwargs in (
      dict(inputs=b.x()), dict(inputs=b.x(batch=None)),
      dict(inputs=b.x(), batch_size=2, dtype=b.tf.float32),
      dict(batch_size=5, dtype=b.tf.float64)):
    state = cell.get_initial_state(**kwargs)
    said.append([state.c.name, str(state.c.shape), state.dtype.name])
  return said


@case
def state_tuple(b):
  kind = b.rnn.LSTMStateTuple
  state = kind(c=1, h=2)
  c, h = state
  return [kind._fields, c, h, state.h, isinstance(state, tuple),
          repr(state), state == (1, 2), state._replace(h=5).h]


@case
def activations_by_name(b):
  with b.tf.variable_scope("a"):
    for name in ("elu", "selu", "softplus", "softsign", "relu", "tanh",
                 "sigmoid", "exponential", "hard_sigmoid", "linear",
                 "softmax"):
      b.step(b.rnn.BasicRNNCell(3, activation=name))


@case
def activations_as_functions(b):
  with b.tf.variable_scope("a"):
    for function in (b.tf.nn.relu, b.tf.identity, lambda x: x, b.tf.nn.elu):
      b.step(b.rnn.LSTMCell(3, activation=function))
      b.step(b.rnn.GRUCell(3, activation=function))


@case
def initializers_by_name(b):
  b.step(b.rnn.LSTMCell(3, initializer="orthogonal", use_peepholes=False))
  b.step(b.rnn.GRUCell(3, kernel_initializer="he_normal",
                       bias_initializer="ones"))


@case
def initializer_classes(b):
  """A class is accepted as an initializer."""
  b.step(b.rnn.GRUCell(3, kernel_initializer=b.tf.orthogonal_initializer,
                       bias_initializer=b.tf.zeros_initializer))


@case
def numpy_inputs(b):
  cell = b.rnn.GRUCell(3)
  output, _ = cell(np.ones([2, 4], np.float32), np.zeros([2, 3], np.float32))
  return output.name


@case
def numpy_state_of_other_dtype(b):
  """An array is converted to the dtype of the inputs."""
  output, _ = b.rnn.GRUCell(3)(b.x(), np.zeros([2, 3], np.float64))
  return output.dtype.name


@case
def lstm_state_as_list(b):
  cell = b.rnn.LSTMCell(3)
  _, state = cell(b.x(), [b.x(3), b.x(3)])
  return type(state).__name__


@case
def multi_state_as_list(b):
  cell = b.rnn.MultiRNNCell([b.rnn.GRUCell(3), b.rnn.GRUCell(2)])
  _, state = cell(b.x(), [b.x(3), b.x(2)])
  return type(state).__name__


@case
def multi_cells_as_tuple(b):
  cell = b.rnn.MultiRNNCell((b.rnn.GRUCell(3), b.rnn.GRUCell(2)))
  b.step(cell)
  return [cell.output_size, len(cell._cells)]


@case
def configs(b):
  said = []
  for cell in _core(b)[:7]:
    config = cell.get_config()
    config.pop("activation", None)
    said.append(config)
  return said


@case
def config_round_trip(b):
  first = b.rnn.LSTMCell(3, use_peepholes=True, num_proj=2, name="one",
                         cell_clip=2.0, dtype=b.tf.float64)
  config = first.get_config()
  second = b.rnn.LSTMCell.from_config(config)
  b.step(second, dtype=b.tf.float64)
  return [second.name, second.get_config() == config]


@case
def shards(b):
  cell = b.rnn.LSTMCell(6, num_proj=4, num_unit_shards=2, num_proj_shards=3)
  b.step(cell)
  return [type(w).__name__ for w in cell.weights]


@case
def clips(b):
  b.step(b.rnn.LSTMCell(3, cell_clip=0.5, num_proj=2, proj_clip=0.25,
                        use_peepholes=True, forget_bias=0.0))


@case
def proj_clip_without_proj(b):
  b.step(b.rnn.LSTMCell(3, proj_clip=0.25))


@case
def forget_bias_integer(b):
  b.step(b.rnn.BasicLSTMCell(3, forget_bias=0))
  b.step(b.rnn.LSTMCell(3, forget_bias=1))


@case
def input_of_unknown_batch(b):
  cell = b.rnn.MultiRNNCell([b.rnn.LSTMCell(3), b.rnn.GRUCell(2)])
  x = b.x(batch=None)
  output, state = cell(x, cell.zero_state(b.tf.shape(x)[0], b.tf.float32))
  return [str(output.shape), str(state[0].c.shape), str(state[1].shape)]


@case
def private_attributes(b):
  """Attributes that subclasses in old programs use."""
  lstm, gru = b.rnn.LSTMCell(3, use_peepholes=True, num_proj=2), (
      b.rnn.GRUCell(3))
  basic, rnn = b.rnn.BasicLSTMCell(3), b.rnn.BasicRNNCell(3)
  for cell in (lstm, gru, basic, rnn):
    b.step(cell)
  return [
      names([lstm._kernel, lstm._bias, lstm._w_f_diag, lstm._w_i_diag,
             lstm._w_o_diag, lstm._proj_kernel, gru._gate_kernel,
             gru._gate_bias, gru._candidate_kernel, gru._candidate_bias,
             basic._kernel, basic._bias, rnn._kernel, rnn._bias]),
      [lstm._num_units, lstm._num_proj, lstm._forget_bias,
       lstm._state_is_tuple, lstm._use_peepholes, lstm._cell_clip,
       lstm._proj_clip, lstm._initializer, gru._num_units,
       lstm._activation is b.tf.tanh, len(lstm._trainable_weights),
       lstm._base_name, lstm._reuse, lstm.input_spec.ndim]]


@case
def weights_in_a_session(b):
  cell = b.rnn.BasicRNNCell(2)
  b.step(cell, depth=1)
  with b.tf.Session() as session:
    session.run(b.tf.global_variables_initializer())
    values = [np.arange(6).reshape([3, 2]) / 4.0, np.array([7.0, 8.0])]
    for weight, value in zip(cell.weights, values):
      weight.load(value, session)
    return [value.tolist() for value in session.run(cell.weights)]
