"""Converts between cuDNN's parameters and those of the compatible cells.

For each gate, cuDNN has a matrix and a bias for the input and another pair for
the state. A TensorFlow cell has one transposed matrix for both and (except for
the GRU's candidate) the sum of the two biases. In the other direction, each of
the two biases gets half of the sum, which gives the same network.
"""

from tfcompat_rnn import _opcount
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused import choice
from tfcompat_rnn.fused import network as networks


class CudnnParamsFormatConverter:
  """Base class of the converters for the four kinds of network.

  Example: `weights, biases = converter.opaque_to_tf_canonical(opaque)`

  Args:
    num_layers, num_units, input_size: sizes of the network.
    num_proj: size of an LSTM's projection, if it has one.
    input_mode, direction: as in the layers.

  Uses cuDNN's conversions if `choice` selects them, else equivalent ones for
  any device.
  """

  _rnn_mode = None
  _num_params_per_layer = None

  def __init__(self, num_layers, num_units, input_size, num_proj=None,
               input_mode=networks.CUDNN_INPUT_LINEAR_MODE,
               direction=networks.CUDNN_RNN_UNIDIRECTION):
    self._network = networks.Network(
        self._rnn_mode, num_layers, num_units, input_size, input_mode,
        direction, num_proj)
    self._on_gpu = choice.uses_cudnn()

  def tf_canonical_to_opaque(self, tf_canonicals, weights_proj=None):
    """The opaque vector for `tf_canonicals`: all weights, then all biases.

    `weights_proj` are the projections, `[num_units, num_proj]` each, by layer
    and direction.
    """
    weights, biases = self.to_cudnn(tf_canonicals, weights_proj)
    weights = [tf.reshape(weight, [-1]) for weight in weights]
    return to_opaque(self._network, weights, biases, self._on_gpu)

  def opaque_to_tf_canonical(self, opaque_param):
    """`(weights, biases)` of the compatible cells, by layer and direction.

    With a projection, returns `(weights, biases, projections)`.
    """
    weights, biases = from_opaque(self._network, opaque_param, self._on_gpu)
    return self.to_cells(weights, biases)

  def to_cells(self, cu_weights, cu_biases):
    """Like `opaque_to_tf_canonical`, but from cuDNN's canonical form."""
    network = self._network
    places = network.num_layers * network.num_dirs
    each_weights, each_biases = (
        len(parts) // places for parts in (cu_weights, cu_biases))
    weights, biases, projections = [], [], []
    for place in range(places):
      mine = cu_weights[place * each_weights:(place + 1) * each_weights]
      if network.num_proj:
        *mine, projection = mine
      weights.extend(self._cudnn_to_tf_weights(*mine))
      if network.num_proj:
        projections.append(tf.transpose(projection))
      biases.extend(self._cudnn_to_tf_biases(
          *cu_biases[place * each_biases:(place + 1) * each_biases]))
    if network.num_proj:
      return weights, biases, projections
    return weights, biases

  def to_cudnn(self, tf_canonicals, weights_proj=None):
    """`(weights, biases)` in cuDNN's canonical form."""
    network = self._network
    ways = network.num_dirs
    places = network.num_layers * ways
    half = len(tf_canonicals) // 2
    each = half // places
    weights, biases = [], []
    for place in range(places):
      mine = slice(place * each, (place + 1) * each)
      weights.extend(self._tf_to_cudnn_weights(
          place // ways, *tf_canonicals[:half][mine]))
      if weights_proj is not None:
        weights.append(tf.transpose(weights_proj[place]))
      biases.extend(self._tf_to_cudnn_biases(*tf_canonicals[half:][mine]))
    return weights, biases

  def _widths(self, layer):
    return [self._network.layer_input_size(layer), self._network.output_size]


class CudnnParamsFormatConverterLSTM(CudnnParamsFormatConverter):
  """Converter for LSTMs: gates `i, f, j, o` (cuDNN) and `i, j, f, o` (cells).

  TF 1.15: `tf.contrib.cudnn_rnn.CudnnParamsFormatConverterLSTM`.
  """

  _rnn_mode = networks.CUDNN_LSTM
  _num_params_per_layer = networks.CUDNN_LSTM_PARAMS_PER_LAYER

  def _cudnn_to_tf_gate_params(self, *gates):
    i, f, j, o = gates
    return [i, j, f, o]

  def _tf_to_cudnn_gate_params(self, *gates):
    i, j, f, o = gates
    return [i, f, j, o]

  def _cudnn_to_tf_weights(self, *cu_weights):
    both = [tf.concat(pair, 1) for pair in zip(cu_weights[:4], cu_weights[4:])]
    rows = tf.concat(self._cudnn_to_tf_gate_params(*both), 0)
    return (tf.transpose(rows),)

  def _tf_to_cudnn_weights(self, layer, *tf_weights):
    (kernel,) = tf_weights
    gates = self._tf_to_cudnn_gate_params(
        *tf.split(tf.transpose(kernel), 4, 0))
    pairs = [tf.split(gate, self._widths(layer), 1) for gate in gates]
    return [by_input for by_input, _ in pairs] + [
        by_state for _, by_state in pairs]

  def _cudnn_to_tf_biases(self, *cu_biases):
    sums = [one + two for one, two in zip(cu_biases[:4], cu_biases[4:])]
    return (tf.concat(self._cudnn_to_tf_gate_params(*sums), 0),)

  def _tf_to_cudnn_biases(self, *tf_biases):
    (bias,) = tf_biases
    halves = [gate * 0.5 for gate in self._tf_to_cudnn_gate_params(
        *tf.split(bias, 4, 0))]
    return halves * 2


class CudnnParamsFormatConverterGRU(CudnnParamsFormatConverter):
  """Converter for GRUs: gates `r, u` in one matrix, two for the candidate.

  TF 1.15: `tf.contrib.cudnn_rnn.CudnnParamsFormatConverterGRU`.
  """

  _rnn_mode = networks.CUDNN_GRU
  _num_params_per_layer = networks.CUDNN_GRU_PARAMS_PER_LAYER

  def _cudnn_to_tf_weights(self, *cu_weights):
    input_r, input_u, input_c, state_r, state_u, state_c = cu_weights
    r = tf.concat([input_r, state_r], 1)
    u = tf.concat([input_u, state_u], 1)
    return (tf.transpose(tf.concat([r, u], 0)), tf.transpose(input_c),
            tf.transpose(state_c))

  def _tf_to_cudnn_weights(self, layer, *tf_weights):
    gates, input_c, state_c = (tf.transpose(weight) for weight in tf_weights)
    r, u = tf.split(gates, 2, 0)
    input_r, state_r = tf.split(r, self._widths(layer), 1)
    input_u, state_u = tf.split(u, self._widths(layer), 1)
    return input_r, input_u, input_c, state_r, state_u, state_c

  def _cudnn_to_tf_biases(self, *cu_biases):
    input_r, input_u, input_c, state_r, state_u, state_c = cu_biases
    gates = tf.concat([input_r, input_u], 0) + tf.concat(
        [state_r, state_u], 0)
    return gates, input_c, state_c

  def _tf_to_cudnn_biases(self, *tf_biases):
    gates, input_c, state_c = tf_biases
    r, u = tf.split(gates * 0.5, 2, 0)
    return r, u, input_c, r, u, state_c


class CudnnParamsFormatConverterBasic(CudnnParamsFormatConverterLSTM):
  """Base class for tanh and relu networks, which have no gates."""

  def _cudnn_to_tf_weights(self, *cu_weights):
    return (tf.transpose(tf.concat(cu_weights, 1)),)

  def _tf_to_cudnn_weights(self, layer, *tf_weights):
    (kernel,) = tf_weights
    return tf.split(tf.transpose(kernel), self._widths(layer), 1)

  def _cudnn_to_tf_biases(self, *cu_biases):
    by_input, by_state = cu_biases
    return (by_input + by_state,)

  def _tf_to_cudnn_biases(self, *tf_biases):
    (bias,) = tf_biases
    return bias * 0.5, bias * 0.5


class CudnnParamsFormatConverterTanh(CudnnParamsFormatConverterBasic):
  """Converter for tanh networks.

  TF 1.15: `tf.contrib.cudnn_rnn.CudnnParamsFormatConverterTanh`.
  """

  _rnn_mode = networks.CUDNN_RNN_TANH
  _num_params_per_layer = networks.CUDNN_RNN_TANH_PARAMS_PER_LAYER


class CudnnParamsFormatConverterRelu(CudnnParamsFormatConverterBasic):
  """Converter for relu networks.

  TF 1.15: `tf.contrib.cudnn_rnn.CudnnParamsFormatConverterRelu`.
  """

  _rnn_mode = networks.CUDNN_RNN_RELU
  _num_params_per_layer = networks.CUDNN_RNN_RELU_PARAMS_PER_LAYER


CONVERTERS = {
    converter._rnn_mode: converter for converter in (
        CudnnParamsFormatConverterLSTM, CudnnParamsFormatConverterGRU,
        CudnnParamsFormatConverterTanh, CudnnParamsFormatConverterRelu)}


def converter_of(network):
  """The converter of `network`."""
  return CONVERTERS[network.rnn_mode](
      network.num_layers, network.num_units, network.input_size,
      num_proj=network.num_proj, input_mode=network.input_mode,
      direction=network.direction)


def from_opaque(network, params, on_gpu, dropout=0, seed=0, seed2=0,
                name=None):
  """cuDNN's canonical `(weights, biases)` from an opaque vector."""
  if not on_gpu:
    params = tf.convert_to_tensor(params)
    network.require_linear_input()
    with _opcount.as_if(4):  # three sizes and cuDNN's operation
      return networks.cut(network, params)
  sizes = _sizes(network, dropout, seed, seed2, name)
  count = len(network.all_bias_shapes())
  with tf.device("/gpu:0"):
    if network.num_proj:
      found = tf.raw_ops.CudnnRNNParamsToCanonicalV2(
          params=params, num_params_weights=len(network.all_weight_shapes()),
          num_params_biases=count, num_proj=network.num_proj, **sizes)
    else:
      found = tf.raw_ops.CudnnRNNParamsToCanonical(
          params=params, num_params=count, **sizes)
  return found.weights, found.biases


def to_opaque(network, weights, biases, on_gpu, dropout=0, seed=0, seed2=0,
              name=None):
  """The opaque vector from cuDNN's canonical weights and biases."""
  if not on_gpu:
    network.require_linear_input()
    with _opcount.as_if(4):
      return networks.joined(weights, biases)
  sizes = _sizes(network, dropout, seed, seed2, name)
  with tf.device("/gpu:0"):
    if network.num_proj:
      return tf.raw_ops.CudnnRNNCanonicalToParamsV2(
          weights=weights, biases=biases, num_proj=network.num_proj, **sizes)
    return tf.raw_ops.CudnnRNNCanonicalToParams(
        weights=weights, biases=biases, **sizes)


def _sizes(network, dropout, seed, seed2, name):
  return dict(
      num_layers=network.num_layers, num_units=network.num_units,
      input_size=network.input_size, rnn_mode=network.rnn_mode,
      input_mode=network.input_mode, direction=network.direction,
      dropout=dropout, seed=seed, seed2=seed2, name=name)
