"""A network in cuDNN's sense: layers of one kind, and their parameters.

The parameters have three forms. cuDNN's *canonical* form is a list of matrices
`[outputs, inputs]` and a list of biases, a pair for each gate and side (input,
state). The *opaque* form is all of them concatenated in one vector, weights
first. TensorFlow's canonical form, used by the compatible cells and in
checkpoints, is made from them in `converters`.
"""

import math
import typing

from tfcompat_rnn import _errors
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf

CUDNN_RNN_UNIDIRECTION = "unidirectional"
CUDNN_RNN_BIDIRECTION = "bidirectional"
CUDNN_LSTM = "lstm"
CUDNN_GRU = "gru"
CUDNN_RNN_RELU = "rnn_relu"
CUDNN_RNN_TANH = "rnn_tanh"

CUDNN_LSTM_PARAMS_PER_LAYER = 8
CUDNN_GRU_PARAMS_PER_LAYER = 6
CUDNN_RNN_TANH_PARAMS_PER_LAYER = 2
CUDNN_RNN_RELU_PARAMS_PER_LAYER = 2

CUDNN_INPUT_LINEAR_MODE = "linear_input"
CUDNN_INPUT_SKIP_MODE = "skip_input"
CUDNN_INPUT_AUTO_MODE = "auto_select"

# Parameters of one layer in one direction: gates times sides.
PARAMS_PER_LAYER = {
    CUDNN_LSTM: CUDNN_LSTM_PARAMS_PER_LAYER,
    CUDNN_GRU: CUDNN_GRU_PARAMS_PER_LAYER,
    CUDNN_RNN_TANH: CUDNN_RNN_TANH_PARAMS_PER_LAYER,
    CUDNN_RNN_RELU: CUDNN_RNN_RELU_PARAMS_PER_LAYER,
}

# The name of the compatible cell, its weights and its biases.
_CELLS = {
    CUDNN_LSTM: ("cudnn_compatible_lstm_cell", ("kernel",), ("bias",)),
    CUDNN_GRU: (
        "cudnn_compatible_gru_cell",
        ("gates/kernel", "candidate/input_projection/kernel",
         "candidate/hidden_projection/kernel"),
        ("gates/bias", "candidate/input_projection/bias",
         "candidate/hidden_projection/bias")),
    CUDNN_RNN_TANH: ("basic_rnn_cell", ("kernel",), ("bias",)),
    CUDNN_RNN_RELU: ("basic_rnn_cell", ("kernel",), ("bias",)),
}


def _one_of(name, value, known):
  if value not in known:
    raise _errors.ArgumentError(problem(
        name, f"be one of {', '.join(known)}", repr(value),
        "see tf.contrib.cudnn_rnn"))


def check_rnn_mode(rnn_mode):
  """Raises ValueError unless it is one of the four kinds of network."""
  _one_of("rnn_mode", rnn_mode, PARAMS_PER_LAYER)


def check_direction(direction):
  """Raises ValueError unless it is "unidirectional" or "bidirectional"."""
  _one_of("direction", direction,
          (CUDNN_RNN_UNIDIRECTION, CUDNN_RNN_BIDIRECTION))


def check_input_mode(input_mode):
  """Raises ValueError unless it is one of 1.15's three input modes."""
  _one_of("input_mode", input_mode,
          (CUDNN_INPUT_LINEAR_MODE, CUDNN_INPUT_SKIP_MODE,
           CUDNN_INPUT_AUTO_MODE))


class Network(typing.NamedTuple):
  """The sizes of a network; `num_proj` is None or 0 without a projection."""
  rnn_mode: str
  num_layers: int
  num_units: int
  input_size: int
  input_mode: str = CUDNN_INPUT_LINEAR_MODE
  direction: str = CUDNN_RNN_UNIDIRECTION
  num_proj: typing.Optional[int] = None

  @property
  def num_dirs(self):
    return 1 if self.direction == CUDNN_RNN_UNIDIRECTION else 2

  @property
  def num_gates(self):
    return PARAMS_PER_LAYER[self.rnn_mode] // 2

  @property
  def output_size(self):
    """The size of h in one direction."""
    return self.num_proj or self.num_units

  def layer_input_size(self, layer):
    """The depth of the inputs of `layer`."""
    return (self.num_dirs * self.output_size if layer else self.input_size)

  def weight_shapes(self, layer):
    """Shapes of cuDNN's matrices of one layer, one direction after another."""
    by_input = (self.num_units, self.layer_input_size(layer))
    by_state = (self.num_units, self.output_size)
    one_way = [by_input] * self.num_gates + [by_state] * self.num_gates
    if self.num_proj:
      one_way.append((self.num_proj, self.num_units))
    return one_way * self.num_dirs

  def bias_shapes(self):
    """Shapes of cuDNN's biases of one layer, one direction after another."""
    return [[self.num_units]] * (2 * self.num_gates * self.num_dirs)

  def all_weight_shapes(self):
    return [shape for layer in range(self.num_layers)
            for shape in self.weight_shapes(layer)]

  def all_bias_shapes(self):
    return self.bias_shapes() * self.num_layers

  def params_size(self):
    """The number of elements of the opaque vector."""
    return sum(math.prod(shape) for shape in
               self.all_weight_shapes() + self.all_bias_shapes())

  def cell_prefixes(self):
    """The scopes of the variables of the compatible cells, by layer."""
    cell = _CELLS[self.rnn_mode][0]
    for layer in range(self.num_layers):
      if self.num_dirs == 1:
        yield f"rnn/multi_rnn_cell/cell_{layer}/{cell}"
      else:
        for way in ("fw", "bw"):
          yield (f"stack_bidirectional_rnn/cell_{layer}/bidirectional_rnn/"
                 f"{way}/{cell}")

  def canonical_names(self):
    """`(weights, biases)`: the compatible cells' variables, by layer."""
    _, weights, biases = _CELLS[self.rnn_mode]
    prefixes = list(self.cell_prefixes())
    return tuple([f"{prefix}/{name}" for prefix in prefixes for name in names]
                 for names in (weights, biases))

  def require_linear_input(self):
    """Raises `RefusedError` (NotImplementedError) for skipped input matrices.

    In that mode cuDNN passes the input directly to every gate. 1.15 created the
    matrices of the first layer anyway, in sizes that cuDNN's conversions
    reject.
    """
    skips = self.input_mode == CUDNN_INPUT_SKIP_MODE or (
        self.input_mode == CUDNN_INPUT_AUTO_MODE
        and self.input_size == self.num_units)
    if skips:
      raise _errors.RefusedError(problem(
          "input_mode", "be 'linear_input' if no GPU kernel is used",
          f"{self.input_mode!r} with inputs of {self.input_size} and "
          f"{self.num_units} units, which skips the input matrices",
          "pass input_mode='linear_input', or run on a GPU with "
          "cudnn_options(kernels='cudnn', variables='opaque')"))


def joined(weights, biases):
  """Joins cuDNN's canonical matrices and biases into one opaque vector."""
  return tf.concat([tf.reshape(part, [-1]) for part in (*weights, *biases)], 0)


def cut(network, params):
  """Splits an opaque vector into `(weights, biases)`; reverses `joined`."""
  shapes = network.all_weight_shapes() + network.all_bias_shapes()
  parts = tf.split(params, [math.prod(shape) for shape in shapes], 0)
  parts = [tf.reshape(part, shape) for part, shape in zip(parts, shapes)]
  count = len(network.all_weight_shapes())
  return parts[:count], parts[count:]
