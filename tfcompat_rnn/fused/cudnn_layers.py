"""The layers of `tf.contrib.cudnn_rnn`: CudnnLSTM, CudnnGRU, tanh and relu.

`choice` selects the kernels and variables; names in checkpoints, initial values
and results are the same in every case.
"""

import numbers
import operator

from tfcompat_rnn import _errors
from tfcompat_rnn import _opcount
from tfcompat_rnn import _snapshot
from tfcompat_rnn._errors import problem
from tfcompat_rnn._tf import tf
from tfcompat_rnn.cells import checks
from tfcompat_rnn.cells import layer
from tfcompat_rnn.fused import choice
from tfcompat_rnn.fused import converters
from tfcompat_rnn.fused import cudnn_models
from tfcompat_rnn.fused import cudnn_ops
from tfcompat_rnn.fused import network as networks
from tfcompat_rnn.fused import saveables

# The number of operations with which 1.15 converted one layer's parameters in
# one direction to the form of the compatible cells.
_CONVERSION = {networks.CUDNN_LSTM: 18, networks.CUDNN_GRU: 17,
               networks.CUDNN_RNN_TANH: 5, networks.CUDNN_RNN_RELU: 5}


class _CudnnRNN(layer.ScopedLayer):
  """Several layers of one kind over time.

  Args:
    num_layers: number of layers.
    num_units: number of units of each layer in one direction.
    input_mode: "linear_input"; "skip_input" and "auto_select" pass inputs of
      size `num_units` directly to the gates, which only works on a GPU.
    direction: "unidirectional", or "bidirectional": each layer takes both
      outputs of the layer below.
    dropout: dropout rate between two layers in training.
    seed: seed of the initial weights and the dropout.
    dtype: tf.float16, tf.float32 or tf.float64.
    kernel_initializer: initializer of each gate's matrix `[num_units, inputs]`;
      by default Glorot uniform.
    bias_initializer: initializer of each of a gate's two biases; by default
      zeros.
    name: scope name; by default derived from the class.

  Raises ValueError for another direction, input mode or dtype, and for inputs
  that are not of rank 3 or whose depth is unknown; TypeError if the initial
  state is not a tuple or `training` is not a bool.
  """

  _rnn_mode = None
  _state_parts = None
  _num_params_per_layer = None
  _saveable_cls = None

  def __new__(cls, *args, **kwargs):
    # Up to TensorFlow 1.4 these names stood for models over an opaque vector,
    # whose third argument is the size of the inputs.
    if "input_size" in kwargs or len(args) > 2 and isinstance(
        args[2], numbers.Integral):
      return cudnn_models.before_1_5(cls.__name__, *args, **kwargs)
    return super().__new__(cls)

  def __init__(self, num_layers, num_units,
               input_mode=networks.CUDNN_INPUT_LINEAR_MODE,
               direction=networks.CUDNN_RNN_UNIDIRECTION, dropout=0.,
               seed=None, dtype=tf.float32, kernel_initializer=None,
               bias_initializer=None, name=None):
    super().__init__(dtype=dtype, name=name)
    networks.check_direction(direction)
    networks.check_input_mode(input_mode)
    self._plain_dtype = tf.as_dtype(dtype)
    if self._plain_dtype not in (tf.float16, tf.float32, tf.float64):
      raise _errors.ArgumentError(problem(
          "dtype", "be tf.float16, tf.float32 or tf.float64", repr(dtype),
          "leave it out for tf.float32"))
    self._num_layers = checks.check_units("num_layers", num_layers)
    self._num_units = checks.check_units("num_units", num_units)
    self._input_mode = input_mode
    self._direction = direction
    self._dropout = dropout
    self._seed = seed
    self._kernel_initializer = kernel_initializer
    self._bias_initializer = bias_initializer
    self._input_size = None
    self._saveable = None
    self._opaque = choice.keeps_opaque()
    self._on_gpu = choice.uses_cudnn()
    self._kernel = None
    self._parameters = None  # by layer and direction, if not opaque
    self._saved_scope = None

  def _trackable_children(self, *unused_args, **unused_kwargs):
    # 1.15 saved each layer's canonical weights; nothing would be saved here.
    raise _errors.RefusedError(problem(
        type(self).__name__, "not be saved with tf.train.Checkpoint", "one",
        "use tf.train.Saver, which writes 1.15's canonical weights"))

  def _tracked_layers(self):
    return {}

  # Properties of the layer.

  rnn_mode = property(
      operator.attrgetter("_rnn_mode"),
      doc="\"lstm\", \"gru\", \"rnn_tanh\" or \"rnn_relu\".")
  num_layers, num_units, input_mode, direction = (
      property(operator.attrgetter(attribute)) for attribute in (
          "_num_layers", "_num_units", "_input_mode", "_direction"))

  @property
  def input_size(self):
    """The depth of the inputs; ValueError before it is known."""
    if not self._input_size:
      raise _errors.ArgumentError(problem(
          "input_size", "be read after the layer has been built",
          f"layer {self.name!r}, which has not", "call the layer first"))
    return self._input_size

  @property
  def num_dirs(self):
    """1 or 2."""
    return self._network(0).num_dirs

  @property
  def canonical_weight_shapes(self):
    """Shapes of cuDNN's matrices; RuntimeError before the depth is known."""
    if not self._input_size:
      raise RuntimeError(problem(
          "canonical_weight_shapes", "be read after the layer has been built",
          f"layer {self.name!r}, which has not", "call the layer first"))
    return self._network().all_weight_shapes()

  @property
  def canonical_bias_shapes(self):
    """Shapes of cuDNN's biases."""
    return self._network(0).all_bias_shapes()

  @property
  def saveable(self):
    """A saveable for saving this layer with its own Saver; None before `build`.

    For an opaque variable, `build` creates it and adds it to the collection
    SAVEABLE_OBJECTS.
    """
    if self._saveable is None and self._parameters is not None:
      with _opcount.uncounted():
        weights, biases = self._network().canonical_names()
        keys = saveables.scoped(self._saved_scope, weights + biases)
        found = {v.op.name: v for v in self.weights}
        self._saveable = saveables.CanonicalSaveable(
            [found[key] for key in keys], keys,
            f"{self.scope_name}/opaque_kernel_saveable")
    return self._saveable

  @property
  def kernel(self):
    """The opaque vector: a variable, or a tensor made from the canonical ones.
    """
    if self._kernel is None and self._parameters is not None:
      with _opcount.uncounted():
        return cudnn_ops.opaque_of(self._network(), self._parameters)
    return self._kernel

  def state_shape(self, batch_size):
    """The time-major shapes of h and, for an LSTM, c: a tuple of lists."""
    return tuple(
        [self.num_layers * self.num_dirs, batch_size, self.num_units]
        for _ in range(self._state_parts))

  def _network(self, input_size=None):
    return networks.Network(
        self._rnn_mode, self._num_layers, self._num_units,
        self._input_size if input_size is None else input_size,
        self._input_mode, self._direction)

  # Variables.

  def build(self, input_shape):
    """Creates the variables for inputs of `input_shape`, of rank 3.

    In checkpoints their names start with the variable scope in which `build` is
    called; if the layer is called, that is its own scope.
    """
    if self.built:
      return
    shape = tf.TensorShape(input_shape)
    if shape.ndims != 3:
      raise _errors.ArgumentError(problem(
          "input_shape", "be of rank 3, [time, batch, depth]", f"{shape}",
          "add the missing axis"))
    self._input_size = checks.known_depth(shape)
    self.input_spec = checks.InputSpec(ndim=3, axes={-1: self._input_size})
    if not self._on_gpu or not self._opaque:
      self._network().require_linear_input()
    self._set_scope(None)
    with tf.variable_scope(
        self._scope, reuse=self.built,
        custom_getter=self._update_trainable_weights):
      weights, biases = self._initial_values()
      if tf.get_variable_scope().partitioner is not None:
        tf.logging.warn(
            "Layer %s: its variables are not partitioned; the partitioner of "
            "the scope is ignored.", self.name)
      if self._opaque:
        self._kernel = tf.get_variable(
            "opaque_kernel", dtype=self._plain_dtype, validate_shape=False,
            initializer=converters.to_opaque(
                self._network(), weights, biases, self._on_gpu,
                self._dropout, *cudnn_ops.graph_seeds(self._seed)))
    reused = tf.get_variable_scope().reuse is True
    if not self._opaque:
      with _opcount.as_if(self._operations_of_1_15(reused)):
        self._add_canonical(weights, biases)
    elif not reused:
      self._create_saveable()
    self.built = True

  def _initial_values(self):
    """cuDNN's matrices and biases, one by one, as 1.15 drew them."""
    if self._kernel_initializer is None:
      self._kernel_initializer = tf.glorot_uniform_initializer(
          seed=self._seed)
    if self._bias_initializer is None:
      self._bias_initializer = tf.constant_initializer(0.0)
    return tuple(
        [initializer(shape, dtype=self._plain_dtype) for shape in shapes]
        for initializer, shapes in (
            (self._kernel_initializer, self.canonical_weight_shapes),
            (self._bias_initializer, self.canonical_bias_shapes)))

  def _add_canonical(self, weights, biases):
    network = self._network()
    values = cudnn_ops.parameters_of(
        network, *converters.converter_of(network).to_cells(weights, biases))
    names = cudnn_ops.parameters_of(network, *network.canonical_names())
    around = tf.get_variable_scope()
    self._saved_scope = saveables.scope_name(around)
    with tf.variable_scope(
        around, custom_getter=self._update_trainable_weights,
        auxiliary_name_scope=False) as scope:
      scope.set_partitioner(None)
      self._parameters = [
          tuple(tf.get_variable(name, dtype=self._plain_dtype,
                                initializer=value)
                for name, value in zip(*pairs))
          for pairs in zip(names, values)]

  def _operations_of_1_15(self, reused):
    """How many ops 1.15 made between the initial values and build's end."""
    if reused:
      return 4
    variable, saveable = (4, 12) if _makes_resources() else (3, 9)
    places = self._num_layers * self.num_dirs
    return 4 + variable + saveable + places * _CONVERSION[self._rnn_mode]

  def _update_trainable_weights(self, getter, *args, **kwargs):
    variable = getter(*args, **kwargs)
    known = (self._trainable_weights if variable.trainable
             else self._non_trainable_weights)
    if not any(variable is one for one in known):
      known.append(variable)
    return variable

  def _create_saveable(self):
    network = self._network()
    self._saveable = self._saveable_cls(
        opaque_params=self._kernel, num_layers=network.num_layers,
        num_units=network.num_units, input_size=network.input_size,
        input_mode=network.input_mode, direction=network.direction,
        scope=tf.get_variable_scope(),
        name=f"{self._kernel.op.name}_saveable")
    if not tf.executing_eagerly():
      self._kernel[0]  # unused, but 1.15 created these operations too
    tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self._saveable)

  # The call.

  def __call__(self, inputs, *args, **kwargs):
    """Computes all steps; see `call`."""
    if args:
      args = (_snapshot.snapshot_state(args[0]),) + args[1:]
    elif kwargs.get("initial_state") is not None:
      kwargs["initial_state"] = _snapshot.snapshot_state(
          kwargs["initial_state"])
    return super().__call__(inputs, *args, **kwargs)

  def call(self, inputs, initial_state=None, sequence_lengths=None,
           time_major=True, training=True):
    """Computes all steps; returns `(outputs, states)`.

    Args:
      inputs: `[time, batch, depth]`; `[batch, time, depth]` if `time_major` is
        False.
      initial_state: a tuple, `(h, c)` for an LSTM and `(h,)` for the others,
        each `[num_layers * num_dirs, batch, num_units]` (with the first two
        axes swapped if `time_major` is False); by default zeros.
      sequence_lengths: integers `[batch]`. Once a row ends, its outputs are
        zero and its state stays the same.
      time_major: the layout of inputs, outputs and states.
      training: a bool; dropout is active if it is True.

    Returns outputs `[time, batch, num_dirs * num_units]` (or batch-major) and
    states in the form of `initial_state`.
    """
    if initial_state is not None and not isinstance(initial_state, tuple):
      raise _errors.ArgumentTypeError(problem(
          "initial_state", "be a tuple, (h, c) or (h,)",
          type(initial_state).__name__, "write tuple(initial_state)"))
    parts = self._state_parts
    if initial_state is not None and len(initial_state) != parts:
      raise _errors.ArgumentError(problem(
          "initial_state", f"have {parts} part(s) for {self.name!r}",
          f"{len(initial_state)}", "pass (h, c) or (h,)"))
    call = cudnn_ops.Call(
        training, sequence_lengths, time_major, self._dropout, self._seed,
        on_gpu=self._on_gpu)
    inputs = tf.convert_to_tensor(inputs, dtype=self.dtype)
    # 1.15 took the batch size from axis 1 even if `time_major` was False.
    batch_size = tf.shape(inputs)[1 if time_major else 0]
    if initial_state is None:
      initial_state = self._zero_state(batch_size, time_major)
    h, *c = (tf.convert_to_tensor(part, dtype=self.dtype)
             for part in initial_state)
    c = c[0] if c else tf.constant([], dtype=self.dtype)
    if self._parameters and _is_resource(self._parameters[0][0]):
      _opcount.compensate(1)  # reading the vector
    outputs, output_h, output_c = cudnn_ops.run_network(
        self._network(), call, inputs, h, c, self._kernel, self._parameters)
    if parts == 2:
      return outputs, (output_h, output_c)
    return outputs, (output_h,)

  def _zero_state(self, batch_size, time_major=True):
    states = []
    for layers, batch, units in self.state_shape(batch_size):
      shape = [layers, batch, units] if time_major else [batch, layers, units]
      states.append(tf.zeros(shape, dtype=self.dtype))
    return tuple(states)


def _makes_resources():
  use_resource = tf.get_variable_scope().use_resource
  return (tf.resource_variables_enabled() if use_resource is None
          else use_resource)


def _is_resource(variable):
  return getattr(variable, "handle", None) is not None


class CudnnLSTM(_CudnnRNN):
  __doc__ = f"""LSTM layers with cuDNN's equations, on any device.

  Example: `outputs, (h, c) = CudnnLSTM(2, 128)(x)`

    i, f, j, o = (x W_g + h R_g + b_g + b'_g for each gate g)
    c' = sigmoid(f) * c + sigmoid(i) * tanh(j);  h' = sigmoid(o) * tanh(c')
  {_CudnnRNN.__doc__.partition(chr(10))[2]}
  TF 1.15: `tf.contrib.cudnn_rnn.CudnnLSTM`.
  """

  _rnn_mode = networks.CUDNN_LSTM
  _num_params_per_layer = networks.CUDNN_LSTM_PARAMS_PER_LAYER
  _saveable_cls = saveables.CudnnLSTMSaveable
  _state_parts = 2


class _CudnnRNNNoInputC(_CudnnRNN):
  """Layers whose state consists only of h."""

  _state_parts = 1


class CudnnGRU(_CudnnRNNNoInputC):
  __doc__ = f"""GRU layers with cuDNN's equations, on any device.

  Example: `outputs, (h,) = CudnnGRU(2, 128)(x)`

    r, u = (sigmoid(x W_g + h R_g + b_g + b'_g) for the gates r and u)
    c = tanh(x W + b + r * (h R + b'));  h' = (1 - u) * c + u * h
  {_CudnnRNN.__doc__.partition(chr(10))[2]}
  TF 1.15: `tf.contrib.cudnn_rnn.CudnnGRU`.
  """

  _rnn_mode = networks.CUDNN_GRU
  _num_params_per_layer = networks.CUDNN_GRU_PARAMS_PER_LAYER
  _saveable_cls = saveables.CudnnGRUSaveable


class CudnnRNNTanh(_CudnnRNNNoInputC):
  __doc__ = f"""`h' = tanh(x W + h R + b + b')`, on any device.

  Example: `outputs, (h,) = CudnnRNNTanh(2, 128)(x)`
  {_CudnnRNN.__doc__.partition(chr(10))[2]}
  TF 1.15: `tf.contrib.cudnn_rnn.CudnnRNNTanh`.
  """

  _rnn_mode = networks.CUDNN_RNN_TANH
  _num_params_per_layer = networks.CUDNN_RNN_TANH_PARAMS_PER_LAYER
  _saveable_cls = saveables.CudnnRNNTanhSaveable


class CudnnRNNRelu(_CudnnRNNNoInputC):
  __doc__ = f"""`h' = relu(x W + h R + b + b')`, on any device.

  Example: `outputs, (h,) = CudnnRNNRelu(2, 128)(x)`
  {_CudnnRNN.__doc__.partition(chr(10))[2]}
  TF 1.15: `tf.contrib.cudnn_rnn.CudnnRNNRelu`.
  """

  _rnn_mode = networks.CUDNN_RNN_RELU
  _num_params_per_layer = networks.CUDNN_RNN_RELU_PARAMS_PER_LAYER
  _saveable_cls = saveables.CudnnRNNReluSaveable
