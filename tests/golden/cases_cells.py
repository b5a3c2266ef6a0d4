"""Golden cases of cells and wrappers, with each option that changes numbers.

This file runs unchanged on Python 3.7 with TensorFlow 1.15, and here.
"""

from golden.registry import SINGLE
from golden.registry import case
from golden.registry import contrib
from golden.registry import each_loop
from golden.registry import nn

# Core cells: each option that changes the arithmetic.

CORE = {
    "basic_rnn": lambda b: nn(b).BasicRNNCell(b.units),
    "basic_rnn_relu": lambda b: nn(b).BasicRNNCell(
        b.units, activation=b.tf.nn.relu),
    "basic_rnn_named_activation": lambda b: nn(b).BasicRNNCell(
        b.units, activation="sigmoid", name="mine"),
    "basic_lstm": lambda b: nn(b).BasicLSTMCell(b.units),
    "basic_lstm_no_forget_bias": lambda b: nn(b).BasicLSTMCell(
        b.units, forget_bias=0.0),
    "basic_lstm_forget_bias": lambda b: nn(b).BasicLSTMCell(
        b.units, forget_bias=2.5),
    "basic_lstm_relu": lambda b: nn(b).BasicLSTMCell(
        b.units, activation=b.tf.nn.relu, name="mine"),
    "basic_lstm_joined": lambda b: nn(b).BasicLSTMCell(
        b.units, state_is_tuple=False),
    "lstm": lambda b: nn(b).LSTMCell(b.units),
    "lstm_peepholes": lambda b: nn(b).LSTMCell(b.units, use_peepholes=True),
    "lstm_clip": lambda b: nn(b).LSTMCell(b.units, cell_clip=0.2),
    "lstm_projection": lambda b: nn(b).LSTMCell(b.units, num_proj=3),
    "lstm_projection_clip": lambda b: nn(b).LSTMCell(
        b.units, num_proj=3, proj_clip=0.1),
    "lstm_all": lambda b: nn(b).LSTMCell(
        b.units, use_peepholes=True, cell_clip=0.3, num_proj=3,
        proj_clip=0.15, forget_bias=0.5, activation=b.tf.sigmoid,
        initializer=b.tf.truncated_normal_initializer(stddev=0.2)),
    "lstm_all_joined": lambda b: nn(b).LSTMCell(
        b.units, use_peepholes=True, cell_clip=0.3, num_proj=3,
        proj_clip=0.15, state_is_tuple=False),
    "lstm_no_forget_bias": lambda b: nn(b).LSTMCell(b.units, forget_bias=0.0),
    "lstm_activation": lambda b: nn(b).LSTMCell(
        b.units, activation=b.tf.nn.softsign, name="mine"),
    "lstm_named_activation": lambda b: nn(b).LSTMCell(
        b.units, activation="relu"),
    "lstm_initializer": lambda b: nn(b).LSTMCell(
        b.units, use_peepholes=True,
        initializer=b.tf.random_uniform_initializer(-0.3, 0.4)),
    "lstm_orthogonal": lambda b: nn(b).LSTMCell(
        b.units, initializer=b.tf.orthogonal_initializer()),
    "lstm_joined": lambda b: nn(b).LSTMCell(b.units, state_is_tuple=False),
    "lstm_unit_shards": lambda b: nn(b).LSTMCell(
        b.units, num_unit_shards=2),
    "lstm_all_shards": lambda b: nn(b).LSTMCell(
        b.units, use_peepholes=True, num_proj=3, num_unit_shards=3,
        num_proj_shards=2),
    "gru": lambda b: nn(b).GRUCell(b.units),
    "gru_relu": lambda b: nn(b).GRUCell(b.units, activation=b.tf.nn.relu),
    "gru_initializers": lambda b: nn(b).GRUCell(
        b.units, name="mine",
        kernel_initializer=b.tf.random_normal_initializer(stddev=0.1),
        bias_initializer=b.tf.constant_initializer(-0.25)),
    "typed_lstm": lambda b: contrib(b).LSTMCell(b.units, dtype=b.dtype),
    "typed_gru": lambda b: contrib(b).GRUCell(b.units, dtype=b.dtype),
}
for _name in sorted(CORE):
  each_loop(_name, "core", CORE[_name])


# Wrappers.

def _blend(inputs, outputs):
  return 0.5 * inputs + outputs


def _drop_memory_too(state):
  """A state filter that also drops `c` of an LSTM, but keeps a plain state."""
  return hasattr(state, "c")


def dropout(**options):
  """`DropoutWrapper` around an LSTM; callables get the bench."""
  def make(b):
    given = {key: value(b) if callable(value) else value
             for key, value in options.items()}
    if given.get("variational_recurrent"):
      given.update(dtype=b.dtype)
    return nn(b).DropoutWrapper(nn(b).BasicLSTMCell(b.units), **given)
  return make


WRAPPERS = {
    "dropout_input": dropout(input_keep_prob=0.6, seed=11),
    "dropout_output": dropout(output_keep_prob=0.5, seed=12),
    "dropout_state": dropout(state_keep_prob=0.7, seed=13),
    "dropout_all": dropout(
        input_keep_prob=0.8, output_keep_prob=0.7, state_keep_prob=0.6,
        seed=14),
    "dropout_none": dropout(seed=15),
    "dropout_fed": dropout(
        input_keep_prob=lambda b: b.scalar("keep_in", 0.8),
        output_keep_prob=lambda b: b.scalar("keep_out", 0.6), seed=16),
    "dropout_filter": dropout(
        state_keep_prob=0.5, seed=17,
        dropout_state_filter_visitor=lambda b: _drop_memory_too),
    "dropout_variational": dropout(
        input_keep_prob=0.8, output_keep_prob=0.7, state_keep_prob=0.6,
        variational_recurrent=True, input_size=lambda b: b.depth, seed=18),
    "dropout_variational_output": dropout(
        output_keep_prob=0.5, variational_recurrent=True, seed=19),
    "dropout_gru": lambda b: contrib(b).DropoutWrapper(
        contrib(b).GRUCell(b.units), state_keep_prob=0.6,
        output_keep_prob=0.8, seed=20),
    "device": lambda b: nn(b).DeviceWrapper(
        nn(b).GRUCell(b.units), "/cpu:0"),
    "output_projection": lambda b: contrib(b).OutputProjectionWrapper(
        nn(b).BasicRNNCell(b.units), 2),
    "output_projection_activation": lambda b: contrib(
        b).OutputProjectionWrapper(
            nn(b).GRUCell(b.units), 2, activation=b.tf.nn.relu),
    "input_projection": lambda b: contrib(b).InputProjectionWrapper(
        nn(b).BasicLSTMCell(b.units), 3),
    "input_projection_activation": lambda b: contrib(
        b).InputProjectionWrapper(
            nn(b).BasicRNNCell(b.units), 3, activation=b.tf.tanh),
    "multi": lambda b: nn(b).MultiRNNCell(
        [nn(b).BasicLSTMCell(b.units), nn(b).BasicLSTMCell(b.units)]),
    "multi_mixed": lambda b: nn(b).MultiRNNCell([
        nn(b).GRUCell(3), nn(b).LSTMCell(b.units, num_proj=2),
        nn(b).BasicRNNCell(b.units)]),
    "multi_joined": lambda b: nn(b).MultiRNNCell([
        nn(b).BasicLSTMCell(3, state_is_tuple=False),
        nn(b).GRUCell(b.units)], state_is_tuple=False),
    "multi_wrapped": lambda b: nn(b).MultiRNNCell([
        nn(b).DropoutWrapper(
            nn(b).LSTMCell(b.units), output_keep_prob=0.7, seed=21),
        nn(b).ResidualWrapper(nn(b).GRUCell(b.units)),
        nn(b).DeviceWrapper(nn(b).BasicRNNCell(3), "/cpu:0")]),
    "multi_nested": lambda b: nn(b).MultiRNNCell([
        nn(b).MultiRNNCell([nn(b).GRUCell(3), nn(b).BasicLSTMCell(4)]),
        nn(b).BasicRNNCell(b.units)]),
    "multi_projected": lambda b: contrib(b).OutputProjectionWrapper(
        nn(b).MultiRNNCell([nn(b).GRUCell(3), nn(b).GRUCell(b.units)]), 2),
    "dropout_of_multi": lambda b: nn(b).DropoutWrapper(
        nn(b).MultiRNNCell([nn(b).GRUCell(3), nn(b).BasicLSTMCell(b.units)]),
        input_keep_prob=0.9, output_keep_prob=0.7, state_keep_prob=0.8,
        seed=22),
}
for _name in sorted(WRAPPERS):
  each_loop(_name, "wrappers", WRAPPERS[_name])

# Wrappers whose inputs have the width of their outputs.
SQUARE = {
    "residual": lambda b: nn(b).ResidualWrapper(nn(b).BasicLSTMCell(b.units)),
    "residual_function": lambda b: nn(b).ResidualWrapper(
        nn(b).GRUCell(b.units), residual_fn=_blend),
    "residual_of_dropout": lambda b: contrib(b).ResidualWrapper(
        contrib(b).DropoutWrapper(
            nn(b).GRUCell(b.units), input_keep_prob=0.6, seed=23)),
    "multi_repeated": lambda b: nn(b).MultiRNNCell(
        [nn(b).GRUCell(b.units)] * 2),
}
for _name in sorted(SQUARE):
  each_loop(_name, "wrappers", SQUARE[_name], depth=5)

# Wrappers that make variables with the dtype of the scope.
HIGHWAY = {
    "highway": lambda b: contrib(b).HighwayWrapper(nn(b).GRUCell(b.units)),
    "highway_uncoupled": lambda b: contrib(b).HighwayWrapper(
        nn(b).BasicLSTMCell(b.units), couple_carry_transform_gates=False,
        carry_bias_init=0.5),
    "multi_highway": lambda b: nn(b).MultiRNNCell([
        contrib(b).HighwayWrapper(nn(b).GRUCell(b.units)),
        contrib(b).HighwayWrapper(nn(b).BasicRNNCell(b.units))]),
}
for _name in sorted(HIGHWAY):
  each_loop(_name, "wrappers", HIGHWAY[_name], depth=5, scoped=True)

ATTENTION = {
    "attention": lambda b: contrib(b).AttentionCellWrapper(
        nn(b).GRUCell(b.units), 2),
    "attention_lstm": lambda b: contrib(b).AttentionCellWrapper(
        nn(b).BasicLSTMCell(b.units), 3, state_is_tuple=True),
    "attention_sizes": lambda b: contrib(b).AttentionCellWrapper(
        nn(b).LSTMCell(b.units, num_proj=3), 2, attn_size=4, attn_vec_size=6,
        input_size=7),
    "attention_joined": lambda b: contrib(b).AttentionCellWrapper(
        nn(b).BasicLSTMCell(b.units, state_is_tuple=False), 4,
        attn_vec_size=7, state_is_tuple=False),
    "attention_of_multi": lambda b: contrib(b).AttentionCellWrapper(
        nn(b).MultiRNNCell([nn(b).GRUCell(3), nn(b).GRUCell(b.units)]), 2),
}
for _name in sorted(ATTENTION):
  each_loop(_name, "attention", ATTENTION[_name], scoped=True)

EMBEDDING = {
    "embedding": lambda b: contrib(b).EmbeddingWrapper(
        nn(b).GRUCell(b.units), 6, 3),
    "embedding_initializer": lambda b: contrib(b).EmbeddingWrapper(
        nn(b).BasicLSTMCell(b.units), 6, 4,
        initializer=b.tf.random_uniform_initializer(-0.2, 0.1)),
}
for _name in sorted(EMBEDDING):
  each_loop(_name, "wrappers", EMBEDDING[_name], ids=True)


# float64 with a wrapper that makes float32 variables: 1.15's error.

@case("wrappers")
def highway_without_scope_dtype(b):
  cell = contrib(b).HighwayWrapper(nn(b).GRUCell(b.units))
  return cell(b.input("x", [b.batch, b.units]), b.state(cell.state_size))


@case("wrappers")
def attention_without_scope_dtype(b):
  cell = contrib(b).AttentionCellWrapper(nn(b).GRUCell(b.units), 2)
  return cell(b.input("x", [b.batch, b.depth]), b.state(cell.state_size))


@case("wrappers", SINGLE)
def multi_repeated_of_other_width(b):
  cell = nn(b).MultiRNNCell([nn(b).GRUCell(b.units)] * 2)
  return b.tf.nn.dynamic_rnn(cell, b.sequence(), dtype=b.dtype)
