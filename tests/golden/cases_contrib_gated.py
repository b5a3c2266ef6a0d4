"""Golden cases of contrib's cells with other gates, and of its helpers.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import contrib
from golden.registry import each_loop
from golden.registry import nn


def _coupled(b, **options):
  return contrib(b).CoupledInputForgetGateLSTMCell(b.units, **options)


COUPLED = {
    "coupled": _coupled,
    "coupled_peepholes": lambda b: _coupled(b, use_peepholes=True),
    "coupled_projection": lambda b: _coupled(b, num_proj=3),
    "coupled_clipped": lambda b: _coupled(b, num_proj=3, proj_clip=0.1),
    "coupled_packed": lambda b: _coupled(b, state_is_tuple=False),
    "coupled_packed_projection": lambda b: _coupled(
        b, num_proj=3, state_is_tuple=False),
    "coupled_shards": lambda b: _coupled(
        b, num_unit_shards=4, num_proj_shards=2, num_proj=3),
    "coupled_bias_and_relu": lambda b: _coupled(
        b, forget_bias=-0.5, activation=b.tf.nn.relu,
        initializer=b.tf.zeros_initializer()),
    "coupled_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).CoupledInputForgetGateLSTMCell(3), _coupled(b)]),
}
NORMALIZED = {
    "coupled_norm": lambda b: _coupled(b, layer_norm=True),
    "coupled_all": lambda b: _coupled(
        b, use_peepholes=True, num_proj=3, proj_clip=0.3, num_unit_shards=2,
        num_proj_shards=3, forget_bias=0.5, layer_norm=True, norm_gain=1.5,
        norm_shift=0.25),
}
for _name in sorted(COUPLED):
  each_loop(_name, "coupled", COUPLED[_name])
for _name in sorted(NORMALIZED):
  each_loop(_name, "coupled", NORMALIZED[_name], scoped=True)


@case("coupled", ("float64",))
def coupled_norm_needs_a_scope_of_its_dtype(b):
  """gamma and beta have the dtype of the scope, the rest that of the inputs."""
  cell = _coupled(b, layer_norm=True)
  return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size))


@case("coupled")
def coupled_twice_in_one_scope(b):
  """The second step joins the shards again only if necessary."""
  cell = _coupled(b, num_unit_shards=3)
  state = b.state(cell.state_size)
  one, state = cell(b.input("x", [b.batch, b.depth]), state)
  two, state = cell(b.input("y", [b.batch, b.depth]), state)
  return [one, two], state


UPDATE_GATE = {
    "ugrnn": lambda b: contrib(b).UGRNNCell(b.units),
    "ugrnn_options": lambda b: contrib(b).UGRNNCell(
        b.units, initializer=b.tf.random_uniform_initializer(-0.1, 0.2),
        forget_bias=-0.5, activation=b.tf.nn.relu),
    "ugrnn_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).UGRNNCell(3), contrib(b).UGRNNCell(b.units)]),
    "intersection": lambda b: contrib(b).IntersectionRNNCell(
        b.units, num_in_proj=b.units),
    "intersection_options": lambda b: contrib(b).IntersectionRNNCell(
        b.units, num_in_proj=1, forget_bias=0.25,
        initializer=b.tf.truncated_normal_initializer(stddev=0.3),
        y_activation=b.tf.tanh),
    "intersection_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).IntersectionRNNCell(3, num_in_proj=3),
        contrib(b).IntersectionRNNCell(3)]),
    "intersection_of_own_width": lambda b: contrib(b).IntersectionRNNCell(
        b.depth),
}
for _name in sorted(UPDATE_GATE):
  each_loop(_name, "update_gate", UPDATE_GATE[_name])

INDEPENDENT = {
    "sru": lambda b: contrib(b).SRUCell(b.units),
    "sru_options": lambda b: contrib(b).SRUCell(
        b.units, activation=b.tf.nn.relu, name="mine", dtype=b.dtype),
    "sru_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).SRUCell(3), contrib(b).SRUCell(b.units)]),
    "ind_rnn": lambda b: contrib(b).IndRNNCell(b.units),
    "ind_rnn_options": lambda b: contrib(b).IndRNNCell(
        b.units, activation=b.tf.nn.relu, name="mine", dtype=b.dtype),
    "indy_gru": lambda b: contrib(b).IndyGRUCell(b.units),
    "indy_gru_options": lambda b: contrib(b).IndyGRUCell(
        b.units, activation=b.tf.nn.relu, name="mine", dtype=b.dtype,
        kernel_initializer=b.tf.random_uniform_initializer(-0.1, 0.2),
        bias_initializer=b.tf.random_normal_initializer(0.5, 0.1)),
    "indy_lstm": lambda b: contrib(b).IndyLSTMCell(b.units),
    "indy_lstm_options": lambda b: contrib(b).IndyLSTMCell(
        b.units, forget_bias=-0.5, activation=b.tf.nn.relu, name="mine",
        dtype=b.dtype,
        kernel_initializer=b.tf.random_uniform_initializer(-0.1, 0.2),
        bias_initializer=b.tf.random_normal_initializer(0.5, 0.1)),
    "indy_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).IndyLSTMCell(3), contrib(b).IndyGRUCell(4),
        contrib(b).IndRNNCell(b.units)]),
}
for _name in sorted(INDEPENDENT):
  each_loop(_name, "independent", INDEPENDENT[_name])

GROUPED = {
    "glstm": lambda b: contrib(b).GLSTMCell(b.units),
    "glstm_groups": lambda b: contrib(b).GLSTMCell(6, number_of_groups=2),
    "glstm_projection": lambda b: contrib(b).GLSTMCell(
        6, num_proj=4, number_of_groups=2),
    "glstm_all": lambda b: contrib(b).GLSTMCell(
        8, num_proj=4, number_of_groups=4, forget_bias=0.5,
        activation=b.tf.nn.relu,
        initializer=b.tf.random_uniform_initializer(-0.1, 0.2)),
    "glstm_multi": lambda b: nn(b).MultiRNNCell([
        contrib(b).GLSTMCell(6, number_of_groups=2),
        contrib(b).GLSTMCell(3, number_of_groups=3)]),
}
for _name in sorted(GROUPED):
  each_loop(_name, "grouped", GROUPED[_name])


@case("grouped")
def glstm_open_rows(b):
  """The batch size is not known before the run."""
  x = b.input("x", [None, None, b.depth], [b.batch, b.time, b.depth])
  return b.tf.nn.dynamic_rnn(
      contrib(b).GLSTMCell(6, num_proj=2, number_of_groups=2), x,
      dtype=b.dtype, parallel_iterations=1)


COMPILED = {
    "compiled": lambda b: contrib(b).CompiledWrapper(
        nn(b).LSTMCell(b.units)),
    "compiled_stateful": lambda b: contrib(b).CompiledWrapper(
        nn(b).GRUCell(b.units), compile_stateful=True),
    "compiled_multi": lambda b: contrib(b).CompiledWrapper(
        nn(b).MultiRNNCell([
            contrib(b).CompiledWrapper(contrib(b).SRUCell(3)),
            contrib(b).UGRNNCell(b.units)])),
}
for _name in sorted(COMPILED):
  each_loop(_name, "compiled", COMPILED[_name])


@case("tools")
def transpose_batch_time(b):
  """[batch, time, depth] <-> [time, batch, depth], also for open shapes."""
  transpose = contrib(b).transpose_batch_time
  known = transpose(b.sequence())
  opened = transpose(b.sequence(known=False, name="y"))
  deep = transpose(b.input("z", [2, 3, 4, 5]))
  of_rank_1 = transpose(b.input("flat", [2]))
  return [known, opened, deep, of_rank_1], transpose(known)


@case("tools", SINGLE)
def transpose_batch_time_of_any_rank(b):
  return contrib(b).transpose_batch_time(
      b.input("any", None, [2, 3, 4])), ()


@case("tools", SINGLE, gradients=False)
def best_effort_input_batch_size(b):
  """A number if one of the inputs has it, else a tensor."""
  ask = contrib(b).best_effort_input_batch_size
  x = b.input("x", [3, 2, 4])
  y = b.input("y", [3, None, 4], [3, 2, 4])
  z = b.input("z", None, [3, 2, 4])
  known = [ask([x]), ask([y, x]), ask([z, x])]
  assert known == [2, 2, 2], known
  return [ask([y]), ask([y, z]), ask([z, y])], ()


@case("tools", SINGLE)
def best_effort_input_batch_size_of_rank_1(b):
  return contrib(b).best_effort_input_batch_size([b.input("x", [2])]), ()
