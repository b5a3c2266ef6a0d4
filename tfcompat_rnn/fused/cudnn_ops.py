"""The ops of `tf.contrib.cudnn_rnn`: networks with an opaque vector.

The layers of `cudnn_layers` are built on them, and programs used them directly
before there were layers. Without a GPU, the vector is split and `portable`
computes the layers, with gradients.
"""

import os

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import _tf
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused import choice
from tfcompat_rnn.fused import converters
from tfcompat_rnn.fused import network as networks
from tfcompat_rnn.fused import portable

LINEAR = networks.CUDNN_INPUT_LINEAR_MODE
ONE_WAY = networks.CUDNN_RNN_UNIDIRECTION


class Call:
  """One call of a network: its settings other than sizes.

  `is_training` is a bool, `sequence_lengths` is integers `[batch]` or None, and
  `on_gpu` is whether cuDNN computes it.
  """

  def __init__(self, is_training=True, sequence_lengths=None, time_major=True,
               dropout=0., seed=0, name=None, on_gpu=None):
    if not isinstance(is_training, (bool, int)):
      raise _errors.ArgumentTypeError(problem(
          "training", "be True or False", _nature(is_training),
          "build one call for training and one for inference; they share "
          "their variables"))
    if not 0 <= dropout <= 1:
      raise _errors.ArgumentError(problem(
          "dropout", "be a rate from 0 to 1", repr(dropout),
          "pass the fraction to drop"))
    self.is_training = bool(is_training)
    self.sequence_lengths = sequence_lengths
    self.time_major = time_major
    self.dropout = dropout
    self.seed = seed
    self.name = name
    self.on_gpu = choice.uses_cudnn() if on_gpu is None else on_gpu


def _nature(value):
  return (f"a tensor, {value.name}" if hasattr(value, "op")
          else type(value).__name__)


def graph_seeds(seed):
  """`(seed, seed2)` as an operation takes them, with 0 for None."""
  return tuple(part or 0 for part in _tf.private("random_seed").get_seed(seed))


def run_network(network, call, inputs, input_h, input_c, params=None,
                parameters=None):
  """`(outputs, output_h, output_c)`; c is empty except for the LSTM.

  Takes the opaque `params`, or the cells' `parameters` like `portable`.
  """
  networks.check_rnn_mode(network.rnn_mode)
  networks.check_direction(network.direction)
  networks.check_input_mode(network.input_mode)
  seed, seed2 = graph_seeds(call.seed)
  lengths = call.sequence_lengths
  if lengths is None and (call.time_major is False or network.num_proj):
    batch_axis, time_axis = (1, 0) if call.time_major else (0, 1)
    batch = tf.shape(inputs)[batch_axis]
    time = tf.shape(inputs)[time_axis]
    lengths = tf.fill([batch], time)
  if not call.on_gpu:
    return _run_portable(network, call, inputs, input_h, input_c, params,
                         parameters, lengths)
  if params is None:
    with _opcount.uncounted():
      params = opaque_of(network, parameters)
  arguments = dict(
      input=inputs, input_h=input_h, input_c=input_c, params=params,
      is_training=call.is_training, rnn_mode=network.rnn_mode,
      input_mode=network.input_mode, direction=network.direction,
      dropout=call.dropout, seed=seed, seed2=seed2, name=call.name)
  if lengths is not None:
    made = tf.raw_ops.CudnnRNNV3(
        sequence_lengths=lengths, time_major=call.time_major,
        num_proj=network.num_proj or 0, **arguments)
  elif os.environ.get("TF_CUDNN_RNN_USE_V2", "0") == "1":
    made = tf.raw_ops.CudnnRNNV2(**arguments)
  else:
    made = tf.raw_ops.CudnnRNN(**arguments)
  return made.output, made.output_h, made.output_c


def opaque_of(network, parameters):
  """The opaque vector of the cells' parameters, differentiable on any device.

  It has cuDNN's layout, that of `network.joined`, which TensorFlow's Keras
  layers use too.
  """
  half = (len(parameters[0]) - bool(network.num_proj)) // 2
  flat = [weight for mine in parameters for weight in mine[:half]]
  flat += [bias for mine in parameters for bias in mine[half:2 * half]]
  projections = ([mine[-1] for mine in parameters] if network.num_proj
                 else None)
  return networks.joined(*converters.converter_of(network).to_cudnn(
      flat, projections))


def parameters_of(network, weights, biases, projections=None):
  """The cells' parameters by layer and direction, as `portable` takes them."""
  places = network.num_layers * network.num_dirs
  each = len(weights) // places
  mine = [slice(place * each, (place + 1) * each) for place in range(places)]
  return [
      (*weights[mine[place]], *biases[mine[place]],
       *([projections[place]] if projections else []))
      for place in range(places)]


def _run_portable(network, call, inputs, input_h, input_c, params, parameters,
                  lengths):
  """Computes one cuDNN operation with `portable`, under the op's name."""
  kind = "CudnnRNN" if lengths is None else "CudnnRNNV3"
  if lengths is not None:
    lengths = tf.convert_to_tensor(lengths, tf.int32)
  if params is not None:
    params = tf.convert_to_tensor(params)
  has_c = network.rnn_mode == networks.CUDNN_LSTM
  with _opcount.as_if(1):
    with tf.name_scope(call.name or kind + "Portable"):
      if parameters is None:
        parameters = parameters_of(
            network, *converters.converter_of(network).to_cells(
                *networks.cut(network, params)))
      states = [tf.convert_to_tensor(state) for state in (
          (input_h, input_c) if has_c else (input_h,))]
      if not call.time_major:
        inputs, *states = (
            tf.transpose(part, [1, 0, 2]) for part in (inputs, *states))
      outputs, finals = portable.run_layers(
          network, parameters, inputs, states,
          # If all rows are as long as the inputs, no masks are needed.
          None if call.sequence_lengths is None else lengths,
          call.dropout if call.is_training else 0.0, call.seed)
      if not call.time_major:
        outputs, *finals = (
            tf.transpose(part, [1, 0, 2]) for part in (outputs, *finals))
      empty = [] if has_c else [tf.zeros([0], inputs.dtype)]
    return tuple(tf.identity_n(
        [outputs, *finals, *empty], name=call.name or kind))


# The functions of 1.15. All of them take the opaque vector.


def _checked(rnn_mode, num_layers, num_units, input_size, input_mode,
             direction, num_proj):
  networks.check_rnn_mode(rnn_mode)
  networks.check_direction(direction)
  networks.check_input_mode(input_mode)
  return networks.Network(rnn_mode, num_layers, num_units, input_size,
                          input_mode, direction, num_proj)


def _sizes_of(rnn_mode, inputs, input_h, input_c, direction, input_mode,
              num_proj, time_major):
  """The network with the sizes of the given tensors."""
  layers_axis = 0 if time_major else 1
  widest = input_h if rnn_mode != networks.CUDNN_LSTM else input_c
  known = {
      "inputs": tf.convert_to_tensor(inputs).shape.as_list()[2],
      "input_h": tf.convert_to_tensor(input_h).shape.as_list()[layers_axis],
      "the state": tf.convert_to_tensor(widest).shape.as_list()[2]}
  for name, size in known.items():
    if size is None:
      raise _errors.ArgumentError(problem(
          name, "have a known size if no GPU kernel is used", "an unknown size",
          "set it with set_shape"))
  ways = 1 if direction == ONE_WAY else 2
  return _checked(rnn_mode, known["input_h"] // ways, known["the state"],
                  known["inputs"], input_mode, direction, num_proj)


def _cudnn_rnn(inputs, input_h, input_c, params, is_training, rnn_mode,
               sequence_lengths=None, time_major=True, input_mode=LINEAR,
               direction=ONE_WAY, dropout=0., seed=0, num_proj=None,
               name=None):
  call = Call(is_training, sequence_lengths, time_major, dropout, seed, name)
  if call.on_gpu:  # cuDNN's operation determines the sizes itself
    network = _checked(rnn_mode, None, None, None, input_mode, direction,
                       num_proj)
  else:
    network = _sizes_of(rnn_mode, inputs, input_h, input_c, direction,
                        input_mode, num_proj, time_major)
  return run_network(network, call, inputs, input_h, input_c, params)


def cudnn_lstm(inputs, input_h, input_c, params, is_training,
               sequence_lengths=None, time_major=True, input_mode=LINEAR,
               direction=ONE_WAY, dropout=0., seed=0, num_proj=None,
               name=None):
  """Runs an LSTM with opaque `params`: `(outputs, output_h, output_c)`.

  Args:
    inputs: `[time, batch, input_size]`; with `time_major=False`,
      `[batch, time, input_size]`, and states are then `[batch, layers, size]`.
    input_h, input_c: `[layers * directions, batch, size]`.
    params: the opaque vector.
    is_training: a bool; dropout is active if it is True.
    sequence_lengths: integers `[batch]`.
    dropout: dropout rate between two layers.
    seed: seed of the dropout.
    num_proj: size of h, if it is projected.

  Raises ValueError for an unknown mode, TypeError for a tensor as
  `is_training`.

  TF 1.15: `cudnn_rnn_ops.cudnn_lstm`.
  """
  return _cudnn_rnn(inputs, input_h, input_c, params, is_training,
                    networks.CUDNN_LSTM, sequence_lengths, time_major,
                    input_mode, direction, dropout, seed, num_proj, name)


def _cudnn_rnn_no_input_c(inputs, input_h, params, is_training, rnn_mode,
                          sequence_lengths=None, time_major=True,
                          input_mode=LINEAR, direction=ONE_WAY, dropout=0.,
                          seed=0, name=None):
  no_c = tf.constant([], dtype=tf.convert_to_tensor(input_h).dtype)
  outputs, output_h, _ = _cudnn_rnn(
      inputs, input_h, no_c, params, is_training, rnn_mode, sequence_lengths,
      time_major, input_mode, direction, dropout, seed, None, name)
  return outputs, output_h


def cudnn_gru(inputs, input_h, params, is_training, sequence_lengths=None,
              time_major=True, input_mode=LINEAR, direction=ONE_WAY,
              dropout=0., seed=0, name=None):
  """Runs a GRU: `(outputs, output_h)`; arguments as in `cudnn_lstm`.

  TF 1.15: `cudnn_rnn_ops.cudnn_gru`.
  """
  return _cudnn_rnn_no_input_c(
      inputs, input_h, params, is_training, networks.CUDNN_GRU,
      sequence_lengths, time_major, input_mode, direction, dropout, seed, name)


def cudnn_rnn_relu(inputs, input_h, params, is_training, input_mode=LINEAR,
                   direction=ONE_WAY, dropout=0., seed=0,
                   sequence_lengths=None, time_major=True, name=None):
  """Runs a relu network: `(outputs, output_h)`; arguments as in `cudnn_lstm`.

  TF 1.15: `cudnn_rnn_ops.cudnn_rnn_relu`.
  """
  return _cudnn_rnn_no_input_c(
      inputs, input_h, params, is_training, networks.CUDNN_RNN_RELU,
      sequence_lengths, time_major, input_mode, direction, dropout, seed, name)


def cudnn_rnn_tanh(inputs, input_h, params, is_training,
                   sequence_lengths=None, time_major=True, input_mode=LINEAR,
                   direction=ONE_WAY, dropout=0., seed=0, name=None):
  """Runs a tanh network: `(outputs, output_h)`; arguments as in `cudnn_lstm`.

  TF 1.15: `cudnn_rnn_ops.cudnn_rnn_tanh`.
  """
  return _cudnn_rnn_no_input_c(
      inputs, input_h, params, is_training, networks.CUDNN_RNN_TANH,
      sequence_lengths, time_major, input_mode, direction, dropout, seed, name)


def cudnn_rnn_opaque_params_to_canonical(
    rnn_mode, num_layers, num_units, input_size, params, input_mode=LINEAR,
    direction=ONE_WAY, dropout=0, seed=0, num_proj=None, name=None):
  """cuDNN's `(weights, biases)`, lists of `[outputs, inputs]` and vectors.

  TF 1.15: `cudnn_rnn_ops.cudnn_rnn_opaque_params_to_canonical`.
  """
  network = _checked(rnn_mode, num_layers, num_units, input_size, input_mode,
                     direction, num_proj)
  seed, seed2 = graph_seeds(seed)
  return converters.from_opaque(network, params, choice.uses_cudnn(),
                                dropout, seed, seed2, name)


def cudnn_rnn_canonical_to_opaque_params(
    rnn_mode, num_layers, num_units, input_size, weights, biases,
    input_mode=LINEAR, direction=ONE_WAY, dropout=0, seed=0, num_proj=None,
    name=None):
  """The opaque vector from cuDNN's `weights` and `biases`.

  TF 1.15: `cudnn_rnn_ops.cudnn_rnn_canonical_to_opaque_params`.
  """
  network = _checked(rnn_mode, num_layers, num_units, input_size, input_mode,
                     direction, num_proj)
  seed, seed2 = graph_seeds(seed)
  return converters.to_opaque(network, weights, biases, choice.uses_cudnn(),
                              dropout, seed, seed2, name)


def cudnn_rnn_opaque_params_size(
    rnn_mode, num_layers, num_units, input_size, input_mode=LINEAR,
    direction=ONE_WAY, dtype=tf.float32, dropout=0, seed=0, num_proj=None,
    name=None):
  """The number of elements of the opaque vector, an int32 scalar.

  TF 1.15: `cudnn_rnn_ops.cudnn_rnn_opaque_params_size`.
  """
  network = _checked(rnn_mode, num_layers, num_units, input_size, input_mode,
                     direction, num_proj)
  if choice.uses_cudnn():
    seed, seed2 = graph_seeds(seed)
    return tf.raw_ops.CudnnRNNParamsSize(
        num_layers=num_layers, num_units=num_units, input_size=input_size,
        T=tf.as_dtype(dtype), S=tf.int32, rnn_mode=rnn_mode,
        input_mode=input_mode, direction=direction, dropout=dropout,
        seed=seed, seed2=seed2, num_proj=num_proj or 0, name=name)[0]
  network.require_linear_input()
  with _opcount.as_if(8):  # three sizes, the operation, and [0]
    return tf.constant(network.params_size(), tf.int32,
                       name=name or "CudnnRNNParamsSize")
