"""contrib's cells with other gates: scopes, copies, attributes, errors."""

import copy

import numpy as np

from cells.measure import Registry
from cells.measure import names

case = Registry("gates", digest=True)


def _cells(b):
  r = b.rnn
  return [
      r.CoupledInputForgetGateLSTMCell(3),
      r.CoupledInputForgetGateLSTMCell(
          3, use_peepholes=True, layer_norm=True, num_proj=2,
          num_unit_shards=2, num_proj_shards=2),
      r.UGRNNCell(3), r.IntersectionRNNCell(3, num_in_proj=3),
      r.IntersectionRNNCell(4), r.GLSTMCell(6, number_of_groups=2, num_proj=2),
      r.SRUCell(3), r.SRUCell(3, name="mine"), r.IndRNNCell(3),
      r.IndyGRUCell(3), r.IndyLSTMCell(3)]


def _pair(b, c=3, h=3, dtype=None):
  return b.state(b.rnn.LSTMStateTuple(c, h), dtype=dtype)


def _image(b, *shape):
  return b.tf.placeholder(b.tf.float32, shape)


def _conv(b, **options):
  arguments = dict(input_shape=[4, 5, 2], output_channels=3,
                   kernel_shape=[3, 3])
  arguments.update(options)
  return b.rnn.Conv2DLSTMCell(**arguments)


def _conv_state(b, *shape):
  return b.rnn.LSTMStateTuple(_image(b, *shape), _image(b, *shape))


def _time(b, dtype=None):
  return b.x(1, dtype=dtype)


@case
def attributes_before_and_after(b):
  said = []
  for number, cell in enumerate(_cells(b)):
    before = [cell.name, cell.built, cell.dtype, names(cell.weights)]
    with b.tf.variable_scope("number_%d" % number):
      output, state = b.step(cell)
    said.append([before, cell.built, cell.dtype, cell.scope_name,
                 names(cell.trainable_variables), names(cell.variables),
                 cell.count_params(), str(cell.output_size),
                 str(cell.state_size), output.name, str(output.shape),
                 hasattr(state, "c"), isinstance(cell, b.rnn.LayerRNNCell),
                 cell.input_spec is None])
  return said


@case
def attributes_of_conv(b):
  said = []
  for cell in (_conv(b), _conv(b, skip_connection=True, name="mine"),
               b.rnn.Conv1DLSTMCell(input_shape=[4, 2], output_channels=1,
                                    kernel_shape=(3,)),
               b.rnn.ConvLSTMCell(1, [4, 2], 3, [2])):
    said.append([cell.name, cell._conv_ndims, cell._input_shape,
                 cell._output_channels, cell._total_output_channels,
                 cell._kernel_shape, cell._use_bias, cell._skip_connection,
                 cell._forget_bias, cell.output_size.as_list(),
                 cell.state_size.c.as_list(), cell.state_size.h.as_list()])
  return said


@case
def attributes_that_subclasses_read(b):
  r = b.rnn
  coupled = r.CoupledInputForgetGateLSTMCell(3, num_proj=2, proj_clip=0.5)
  glstm = r.GLSTMCell(6, number_of_groups=2, num_proj=4)
  phased = r.PhasedLSTMCell(3, leak=0.5, ratio_on=0.25)
  plus = r.IntersectionRNNCell(3, num_in_proj=3)
  return [
      [coupled._num_units, coupled._num_proj, coupled._proj_clip,
       coupled._num_unit_shards, coupled._num_proj_shards,
       coupled._forget_bias, coupled._state_is_tuple, coupled._layer_norm,
       coupled._norm_gain, coupled._norm_shift, coupled._use_peepholes],
      [glstm._num_units, glstm._num_proj, glstm._number_of_groups,
       glstm._group_shape, list(glstm._state_size), glstm._output_size],
      [phased._num_units, phased._leak, phased._ratio_on,
       phased._trainable_ratio_on, phased._period_init_min,
       phased._period_init_max, phased._use_peepholes],
      [plus._num_units, plus._num_input_proj, plus._forget_bias],
      [cell._activation is b.tf.tanh for cell in (
          r.UGRNNCell(3), coupled, glstm)]]


@case
def names_by_default(b):
  return [cell.name for cell in _cells(b) + _cells(b)]


@case
def second_call_reuses(b):
  for number, cell in enumerate(_cells(b)):
    with b.tf.variable_scope("number_%d" % number):
      b.step(cell)
      b.step(cell)


@case
def scope_argument(b):
  for number, cell in enumerate(_cells(b)):
    b.step(cell, scope="scope_%d" % number)


@case
def reuse_by_scope(b):
  for reuse in (None, True):
    for number, cell in enumerate(_cells(b)):
      with b.tf.variable_scope("model_%d" % number, reuse=reuse):
        b.step(cell)


@case
def reuse_by_argument(b):
  r = b.rnn
  for reuse in (None, True):
    b.step(r.CoupledInputForgetGateLSTMCell(3, reuse=reuse))
    b.step(r.UGRNNCell(3, reuse=reuse))
    b.step(r.IntersectionRNNCell(4, reuse=reuse))
    b.step(r.GLSTMCell(3, reuse=reuse))
    b.step(r.SRUCell(3, reuse=reuse))
    b.step(r.IndRNNCell(3, reuse=reuse))
    b.step(r.IndyGRUCell(3, reuse=reuse))
    b.step(r.IndyLSTMCell(3, reuse=reuse))


@case
def copies_before_use(b):
  twins = [copy.deepcopy(cell) for cell in _cells(b)]
  for number, cell in enumerate(twins):
    with b.tf.variable_scope("number_%d" % number):
      b.step(cell)
  return [twin.name for twin in twins]


@case
def scope_initializer_and_regularizer(b):
  with b.tf.variable_scope(
      "a", initializer=b.tf.random_uniform_initializer(-0.1, 0.1),
      regularizer=b.tf.nn.l2_loss):
    for number, cell in enumerate(_cells(b)):
      with b.tf.variable_scope("number_%d" % number):
        b.step(cell)
  return names(b.tf.get_collection(b.tf.GraphKeys.REGULARIZATION_LOSSES))


@case
def scope_partitioner(b):
  with b.tf.variable_scope(
      "a", partitioner=b.tf.fixed_size_partitioner(2)):
    b.step(b.rnn.UGRNNCell(4))
    b.step(b.rnn.IntersectionRNNCell(4))
    b.step(b.rnn.GLSTMCell(4, number_of_groups=2))


@case
def custom_getter(b):
  seen = []

  def note(getter, name, *args, **kwargs):
    seen.append(name)
    return getter(name, *args, **kwargs)

  with b.tf.variable_scope("a", custom_getter=note):
    for number, cell in enumerate(_cells(b)):
      with b.tf.variable_scope("number_%d" % number):
        b.step(cell)
  return seen


@case
def half_precision(b):
  dtype = b.tf.float16
  with b.tf.variable_scope("a", dtype=dtype):
    for number, cell in enumerate(_cells(b)):
      with b.tf.variable_scope("number_%d" % number):
        b.step(cell, dtype=dtype)


@case
def two_in_one_scope_clash(b):
  """1.15 gave the second cell the name of the first."""
  with b.tf.variable_scope("a"):
    b.step(b.rnn.UGRNNCell(3))
    b.step(b.rnn.UGRNNCell(3))


@case
def shards_in_collection(b):
  cell = b.rnn.CoupledInputForgetGateLSTMCell(3, num_unit_shards=2)
  b.step(cell)
  b.step(cell)
  key = b.tf.GraphKeys.CONCATENATED_VARIABLES
  return names(b.tf.get_collection(key))


@case
def zero_states(b):
  return [str(cell.zero_state(2, b.tf.float32)) for cell in (
      b.rnn.IndyLSTMCell(3), _conv(b), b.rnn.PhasedLSTMCell(3),
      b.rnn.CompiledWrapper(b.rnn.IndRNNCell(3)))]


@case
def numpy_units(b):
  b.step(b.rnn.IndyLSTMCell(np.int64(3), forget_bias=np.float32(0.5)))
  b.step(b.rnn.CoupledInputForgetGateLSTMCell(np.int32(3)))


@case
def sru_trainable_false(b):
  b.step(b.rnn.SRUCell(3, trainable=False))


@case
def own_call_of_a_subclass(b):
  """A program's own subclass of one of these."""

  class Louder(b.rnn.UGRNNCell):

    def call(self, inputs, state):
      output, state = super(Louder, self).call(inputs, state)
      return output * b.tf.get_variable("gain", []), state

  b.step(Louder(3))


@case
def own_slices_of_a_subclass(b):

  class Shifted(b.rnn.GLSTMCell):

    def _get_input_for_group(self, inputs, group_id, group_size):
      return 1. + super(Shifted, self)._get_input_for_group(
          inputs, group_id, group_size)

  b.step(Shifted(4, number_of_groups=2))


@case
def phased_once(b):
  cell = b.rnn.PhasedLSTMCell(3, use_peepholes=True)
  for _ in range(2):
    cell((_time(b, b.tf.float64), b.x()), _pair(b))
  return [cell.name, cell.scope_name, names(cell.trainable_variables),
          names(cell.variables), cell.count_params()]


@case
def phased_inputs_as_a_list(b):
  b.rnn.PhasedLSTMCell(3)([_time(b), b.x()], _pair(b))


@case
def conv_once(b):
  cell = _conv(b)
  for _ in range(2):
    cell(_image(b, 2, 4, 5, 2), _conv_state(b, 2, 4, 5, 3))
  return [cell.name, cell.scope_name, names(cell.trainable_variables),
          cell.count_params()]


@case
def conv_of_open_size(b):
  """Only the channels are known."""
  output, _ = _conv(b, input_shape=[None, None, 2])(
      _image(b, None, None, None, 2), _conv_state(b, None, None, None, 3))
  return str(output.shape)


@case
def compiled_attributes(b):
  """The attributes for XLA of each op, with and without stateful ops."""
  said = []
  for stateful in (False, True):
    cell = b.rnn.CompiledWrapper(
        b.rnn.DropoutWrapper(b.rnn.BasicRNNCell(3), output_keep_prob=0.5),
        compile_stateful=stateful)
    with b.tf.variable_scope("stateful_%s" % stateful):
      output, _ = cell(b.x(), b.x(3))
    output + 1.
    said.append([str(cell.state_size), str(cell.output_size)])
  for op in b.tf.get_default_graph().get_operations():
    attributes = op.node_def.attr
    said.append([op.name] + [
        str(attributes[key].b if key != "_XlaScope" else attributes[key].s)
        for key in ("_XlaCompile", "_XlaScope",
                    "_XlaSeparateCompiledGradients") if key in attributes])
  return said


@case
def compiled_scope(b):
  cell = b.rnn.CompiledWrapper(b.rnn.IndRNNCell(3))
  cell(b.x(), b.x(3), scope="mine")
  cell(b.x(), b.x(3))


# Refusals.

@case
def coupled_too_many_shards(b):
  b.step(b.rnn.CoupledInputForgetGateLSTMCell(3, num_unit_shards=8))


@case
def coupled_too_many_projection_shards(b):
  b.step(b.rnn.CoupledInputForgetGateLSTMCell(
      3, num_proj=2, num_proj_shards=4))


@case
def coupled_depth_unknown(b):
  b.rnn.CoupledInputForgetGateLSTMCell(3)(b.x(None), _pair(b))


@case
def coupled_rank_3(b):
  b.rnn.CoupledInputForgetGateLSTMCell(3)(_image(b, 2, 5, 4), _pair(b))


@case
def coupled_state_of_one_tensor(b):
  b.rnn.CoupledInputForgetGateLSTMCell(3)(b.x(), b.x(6))


@case
def coupled_state_of_three(b):
  b.rnn.CoupledInputForgetGateLSTMCell(3)(
      b.x(), (b.x(3), b.x(3), b.x(3)))


@case
def coupled_state_of_another_dtype(b):
  b.rnn.CoupledInputForgetGateLSTMCell(3)(
      b.x(), _pair(b, dtype=b.tf.float64))


@case
def coupled_takes_no_name(b):
  b.rnn.CoupledInputForgetGateLSTMCell(3, name="mine")


@case
def ugrnn_depth_unknown(b):
  b.rnn.UGRNNCell(3)(b.x(None), b.x(3))


@case
def ugrnn_rank_3(b):
  b.rnn.UGRNNCell(3)(_image(b, 2, 5, 4), b.x(3))


@case
def ugrnn_state_of_another_dtype(b):
  b.rnn.UGRNNCell(3)(b.x(), b.x(3, dtype=b.tf.float64))


@case
def intersection_of_another_width(b):
  b.step(b.rnn.IntersectionRNNCell(3))


@case
def intersection_depth_unknown(b):
  b.rnn.IntersectionRNNCell(3)(b.x(None), b.x(3))


@case
def glstm_units_not_divisible(b):
  b.rnn.GLSTMCell(5, number_of_groups=2)


@case
def glstm_projection_not_divisible(b):
  b.rnn.GLSTMCell(6, num_proj=3, number_of_groups=2)


@case
def glstm_inputs_not_divisible(b):
  b.step(b.rnn.GLSTMCell(6, number_of_groups=3))


@case
def glstm_depth_unknown(b):
  b.rnn.GLSTMCell(3)(b.x(None), _pair(b))


@case
def glstm_state_of_three(b):
  b.rnn.GLSTMCell(3)(b.x(), (b.x(3), b.x(3), b.x(3)))


@case
def sru_depth_unknown(b):
  b.rnn.SRUCell(3)(b.x(None), b.x(3))


@case
def sru_rank_3(b):
  b.rnn.SRUCell(3)(_image(b, 2, 5, 4), b.x(3))


@case
def sru_state_of_another_dtype(b):
  b.rnn.SRUCell(3)(b.x(), b.x(3, dtype=b.tf.float64))


@case
def ind_rnn_depth_unknown(b):
  b.rnn.IndRNNCell(3)(b.x(None), b.x(3))


@case
def indy_gru_rank_3(b):
  b.rnn.IndyGRUCell(3)(_image(b, 2, 5, 4), b.x(3))


@case
def indy_gru_takes_no_trainable(b):
  b.rnn.IndyGRUCell(3, trainable=False)


@case
def indy_lstm_state_of_one_tensor(b):
  b.rnn.IndyLSTMCell(3)(b.x(), b.x(6))


@case
def indy_lstm_state_of_three(b):
  b.rnn.IndyLSTMCell(3)(b.x(), (b.x(3), b.x(3), b.x(3)))


@case
def indy_lstm_int_inputs(b):
  b.rnn.IndyLSTMCell(3)(b.x(dtype=b.tf.int32), _pair(b))


@case
def indy_gru_int_inputs(b):
  b.rnn.IndyGRUCell(3)(b.x(dtype=b.tf.int32), b.x(3))


@case
def ind_rnn_int_inputs(b):
  b.rnn.IndRNNCell(3)(b.x(dtype=b.tf.int32), b.x(3))


@case
def sru_int_inputs(b):
  b.rnn.SRUCell(3)(b.x(dtype=b.tf.int32), b.x(3))


@case
def ugrnn_int_inputs(b):
  b.rnn.UGRNNCell(3)(b.x(dtype=b.tf.int32), b.x(3))


@case
def intersection_int_inputs(b):
  b.rnn.IntersectionRNNCell(4)(b.x(dtype=b.tf.int32), b.x(4))


@case
def glstm_int_inputs(b):
  b.rnn.GLSTMCell(3)(b.x(dtype=b.tf.int32), _pair(b))


@case
def coupled_int_inputs(b):
  b.rnn.CoupledInputForgetGateLSTMCell(3)(b.x(dtype=b.tf.int32), _pair(b))


@case
def conv_int_inputs(b):
  _conv(b)(b.tf.placeholder(b.tf.int32, [2, 4, 5, 2]),
           _conv_state(b, 2, 4, 5, 3))


@case
def phased_inputs_of_one_tensor(b):
  b.rnn.PhasedLSTMCell(3)(b.x(), _pair(b))


@case
def phased_inputs_of_three(b):
  b.rnn.PhasedLSTMCell(3)((_time(b), b.x(), b.x()), _pair(b))


@case
def phased_state_of_three(b):
  b.rnn.PhasedLSTMCell(3)((_time(b), b.x()), (b.x(3), b.x(3), b.x(3)))


@case
def phased_whole_times(b):
  b.rnn.PhasedLSTMCell(3)((_time(b, b.tf.int32), b.x()), _pair(b))


@case
def phased_x_float64(b):
  b.rnn.PhasedLSTMCell(3)(
      (_time(b), b.x(dtype=b.tf.float64)), _pair(b, dtype=b.tf.float64))


@case
def phased_x_of_another_dtype(b):
  b.rnn.PhasedLSTMCell(3)((_time(b), b.x(dtype=b.tf.float64)), _pair(b))


@case
def phased_x_rank_3(b):
  b.rnn.PhasedLSTMCell(3)((_time(b), _image(b, 2, 5, 4)), _pair(b))


@case
def phased_depth_unknown(b):
  b.rnn.PhasedLSTMCell(3)((_time(b), b.x(None)), _pair(b))


@case
def conv_dimensions_and_shape(b):
  b.rnn.ConvLSTMCell(2, [4, 2], 3, [3, 3])


@case
def conv_inputs_of_rank_2(b):
  _conv(b)(b.x(), _conv_state(b, 2, 4, 5, 3))


@case
def conv_inputs_of_rank_3(b):
  _conv(b)(_image(b, 2, 4, 2), _conv_state(b, 2, 4, 5, 3))


@case
def conv_state_of_one_tensor(b):
  _conv(b)(_image(b, 2, 4, 5, 2), _image(b, 2, 4, 5, 3))


@case
def conv_state_of_three(b):
  one = _image(b, 2, 4, 5, 3)
  _conv(b)(_image(b, 2, 4, 5, 2), (one, one, one))


@case
def conv_skip_second_step(b):
  cell = _conv(b, skip_connection=True)
  _, state = cell(_image(b, 2, 4, 5, 2), _conv_state(b, 2, 4, 5, 3))
  cell(_image(b, 2, 4, 5, 2), state)


@case
def conv_without_shape(b):
  b.rnn.Conv2DLSTMCell(output_channels=3, kernel_shape=[3, 3])


@case
def compiled_class_in_place_of_a_cell(b):
  b.step(b.rnn.CompiledWrapper(b.rnn.IndRNNCell))
