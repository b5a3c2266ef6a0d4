"""The model objects of `cudnn_rnn_ops`, which preceded the layers.

A model contains only sizes: its parameters are an opaque vector that the
program owns and passes in. (The layers of the same names are in
`cudnn_layers`.)
"""

import operator

from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused import cudnn_ops
from tfcompat_rnn.fused import network as networks


class _CudnnRNN:
  """The sizes of a network, and operations on its opaque vector."""

  def __init__(self, rnn_mode, num_layers, num_units, input_size,
               input_mode=networks.CUDNN_INPUT_LINEAR_MODE,
               direction=networks.CUDNN_RNN_UNIDIRECTION, dtype=tf.float32,
               dropout=0., seed=0, num_proj=None):
    networks.check_direction(direction)
    vars(self).update(
        _rnn_mode=rnn_mode, _num_layers=num_layers, _num_units=num_units,
        _input_size=input_size, _input_mode=input_mode, _direction=direction,
        _num_proj=num_proj, _dtype=dtype, _dropout=dropout, _seed=seed)

  (rnn_mode, num_layers, num_units, input_size, input_mode, direction,
   num_proj) = (property(operator.attrgetter(f"_{field}"))
                for field in networks.Network._fields)

  def _settings(self):
    return dict(self._network()._asdict(), dropout=self._dropout,
                seed=self._seed)

  def _network(self):
    return networks.Network(
        *(getattr(self, field) for field in networks.Network._fields))

  def params_size(self):
    """The number of elements of the opaque vector, an int32 scalar."""
    return cudnn_ops.cudnn_rnn_opaque_params_size(
        dtype=self._dtype, **self._settings())

  def params_to_canonical(self, params):
    """cuDNN's `(weights, biases)` from the opaque vector."""
    return cudnn_ops.cudnn_rnn_opaque_params_to_canonical(
        params=params, **self._settings())

  def canonical_to_params(self, weights, biases):
    """The opaque vector from cuDNN's weights and biases."""
    return cudnn_ops.cudnn_rnn_canonical_to_opaque_params(
        weights=weights, biases=biases, **self._settings())

  def _run(self, data, input_h, input_c, params, is_training, lengths,
           time_major):
    call = cudnn_ops.Call(
        is_training, lengths, time_major, self._dropout, self._seed)
    return cudnn_ops.run_network(
        self._network(), call, data, input_h, input_c, params)

  def __call__(self, input_data, input_h, input_c, params, is_training=True,
               sequence_lengths=None, time_major=True):
    """Returns `(outputs, output_h, output_c)`; arguments as in `cudnn_lstm`."""
    return self._run(input_data, input_h, input_c, params, is_training,
                     sequence_lengths, time_major)


class CudnnLSTM(_CudnnRNN):
  """An LSTM whose parameters are an opaque vector.

  Example: `outputs, h, c = CudnnLSTM(1, 16, 4)(x, h, c, params)`

  Args:
    num_layers, num_units, input_size: its sizes.
    input_mode, direction, dropout: as in the layer `CudnnLSTM`.
    dtype: dtype of the vector.
    seed: seed of the dropout.
    num_proj: size of h, if it is projected.

  TF 1.15: `cudnn_rnn_ops.CudnnLSTM`.
  """

  _NUM_PARAMS_PER_LAYER = networks.CUDNN_LSTM_PARAMS_PER_LAYER

  def __init__(self, num_layers, num_units, input_size,
               input_mode=networks.CUDNN_INPUT_LINEAR_MODE,
               direction=networks.CUDNN_RNN_UNIDIRECTION, dtype=tf.float32,
               dropout=0., seed=0, num_proj=None):
    super().__init__(
        networks.CUDNN_LSTM, num_layers, num_units, input_size, input_mode,
        direction, dtype, dropout, seed, num_proj)

  def __call__(self, input_data, input_h, input_c, params,
               sequence_lengths=None, time_major=True, is_training=True):
    """Returns `(outputs, output_h, output_c)`; arguments as in `cudnn_lstm`."""
    return self._run(input_data, input_h, input_c, params, is_training,
                     sequence_lengths, time_major)


class _CudnnRNNNoInputC(_CudnnRNN):
  """A network whose state consists only of h."""

  def __init__(self, num_layers, num_units, input_size,
               input_mode=networks.CUDNN_INPUT_LINEAR_MODE,
               direction=networks.CUDNN_RNN_UNIDIRECTION, dtype=tf.float32,
               dropout=0., seed=0):
    super().__init__(
        self._rnn_mode, num_layers, num_units, input_size, input_mode,
        direction, dtype, dropout, seed)

  def __call__(self, input_data, input_h, params, sequence_lengths=None,
               time_major=True, is_training=True):
    """Returns `(outputs, output_h)`; arguments as in `cudnn_gru`."""
    no_c = tf.constant([], dtype=tf.as_dtype(self._dtype))
    outputs, output_h, _ = self._run(
        input_data, input_h, no_c, params, is_training, sequence_lengths,
        time_major)
    return outputs, output_h


class CudnnGRU(_CudnnRNNNoInputC):
  """A GRU with an opaque vector. TF 1.15: `cudnn_rnn_ops.CudnnGRU`."""

  _rnn_mode = networks.CUDNN_GRU
  _NUM_PARAMS_PER_LAYER = networks.CUDNN_GRU_PARAMS_PER_LAYER


class CudnnRNNTanh(_CudnnRNNNoInputC):
  """tanh with an opaque vector. TF 1.15: `cudnn_rnn_ops.CudnnRNNTanh`."""

  _rnn_mode = networks.CUDNN_RNN_TANH
  _NUM_PARAMS_PER_LAYER = networks.CUDNN_RNN_TANH_PARAMS_PER_LAYER


class CudnnRNNRelu(_CudnnRNNNoInputC):
  """relu with an opaque vector. TF 1.15: `cudnn_rnn_ops.CudnnRNNRelu`."""

  _rnn_mode = networks.CUDNN_RNN_RELU
  _NUM_PARAMS_PER_LAYER = networks.CUDNN_RNN_RELU_PARAMS_PER_LAYER


def before_1_5(name, num_layers, num_units, input_size, input_mode=None,
               direction=networks.CUDNN_RNN_UNIDIRECTION, dropout=0., seed=0,
               dtype=tf.float32):
  """The model that `tf.contrib.cudnn_rnn.<name>` was in TensorFlow 1.0 to 1.4.

    model = before_1_5("CudnnLSTM", 1, 16, 8)

  The default `input_mode` is 1.4's, "linear_input". Up to 1.3 it was
  "auto_select", which has no input weights if `input_size` is `num_units`;
  where that makes a difference, a warning says so.
  """
  if input_mode is None:
    input_mode = networks.CUDNN_INPUT_LINEAR_MODE
    if input_size == num_units:
      tf.logging.warn(
          f"{name}: input_mode is \"linear_input\", the default of TensorFlow "
          "1.4; up to 1.3 it was \"auto_select\", which has no input weights "
          "where input_size is num_units. Pass input_mode to say which.")
  return globals()[name](
      num_layers, num_units, input_size, input_mode, direction, dtype=dtype,
      dropout=dropout, seed=seed)
