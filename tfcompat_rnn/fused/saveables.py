"""What a Saver writes for an opaque vector: the compatible cells' variables.

The vector's layout is cuDNN's own business, so a checkpoint holds what it
stands for, by the names that `MultiRNNCell` in `dynamic_rnn` (or
`stack_bidirectional_dynamic_rnn`) gives the compatible cells' variables.
"""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused import converters
from tfcompat_rnn.fused import network as networks

_builder = _tf.private("saver").BaseSaverBuilder


def scope_name(scope):
  """The name of a variable scope, or None for the outermost."""
  return getattr(scope, "name", scope) or None


def scoped(scope, names):
  return [f"{scope}/{name}" if scope else name for name in names]


class CudnnOpaqueParamsSaveable(_builder.SaveableObject):
  """What the saveables of the four kinds of network share.

  Example:

    tf.add_to_collection(
        tf.GraphKeys.SAVEABLE_OBJECTS,
        CudnnLSTMSaveable(params, num_layers=1, num_units=16, input_size=4,
                          scope="model"))

  Args:
    opaque_params: the variable with the opaque vector.
    num_layers, num_units, input_size, input_mode, direction: its network.
    scope: a name or variable scope to put before the names in checkpoints.
    name: of the saveable.

  A Saver that is given such an object, or finds it in the collection, writes
  weights and biases by layer under the compatible cells' names, and puts them
  together again when it restores.
  """

  _format_converter_cls = None

  def __init__(self, opaque_params, num_layers, num_units, input_size,
               input_mode=networks.CUDNN_INPUT_LINEAR_MODE,
               direction=networks.CUDNN_RNN_UNIDIRECTION, scope=None,
               name="cudnn_rnn_saveable"):
    self._variables = opaque_params
    self._scope = scope_name(scope)
    self._format_converter = self._format_converter_cls(
        num_layers, num_units, input_size, input_mode=input_mode,
        direction=direction)
    weights, biases = self._format_converter.opaque_to_tf_canonical(
        self._variables)
    self._weight_names, self._bias_names = networks.Network(
        self._format_converter_cls._rnn_mode, num_layers, num_units,
        input_size, input_mode, direction).canonical_names()
    self._param_names = self._weight_names + self._bias_names
    specs = [
        _builder.SaveSpec(tensor, "", key) for tensor, key in zip(
            [*weights, *biases], scoped(self._scope, self._param_names))]
    # A Saver takes no two things made by one operation, and it has the
    # variable already.
    super().__init__(tf.identity(self._variables), specs, name)

  @property
  def optional_restore(self):
    """Whether a checkpoint may lack it: no."""
    return False

  @property
  def format_converter(self):
    """What converts between the vector and the cells' variables."""
    return self._format_converter

  def restore(self, restored_tensors, restored_shapes):
    """The operation that puts restored weights and biases into the vector."""
    del restored_shapes
    return tf.assign(
        self._variables,
        self._format_converter.tf_canonical_to_opaque(restored_tensors),
        validate_shape=False)


class CudnnLSTMSaveable(CudnnOpaqueParamsSaveable):
  """An LSTM's. TF 1.15: `tf.contrib.cudnn_rnn.CudnnLSTMSaveable`."""

  _format_converter_cls = converters.CudnnParamsFormatConverterLSTM


class CudnnGRUSaveable(CudnnOpaqueParamsSaveable):
  """A GRU's. TF 1.15: `tf.contrib.cudnn_rnn.CudnnGRUSaveable`."""

  _format_converter_cls = converters.CudnnParamsFormatConverterGRU


class CudnnRNNTanhSaveable(CudnnLSTMSaveable):
  """tanh's. TF 1.15: `tf.contrib.cudnn_rnn.CudnnRNNTanhSaveable`."""

  _format_converter_cls = converters.CudnnParamsFormatConverterTanh


class CudnnRNNReluSaveable(CudnnLSTMSaveable):
  """relu's. TF 1.15: `tf.contrib.cudnn_rnn.CudnnRNNReluSaveable`."""

  _format_converter_cls = converters.CudnnParamsFormatConverterRelu


class CanonicalSaveable(_builder.SaveableObject):
  """The same keys from variables that hold them as they are.

  For `layer.saveable` of a layer with canonical variables, which a Saver
  writes without it: give it to a Saver of its own only.
  """

  def __init__(self, variables, keys, name):
    self._variables = list(variables)
    specs = [_builder.SaveSpec(variable.read_value(), "", key)
             for variable, key in zip(self._variables, keys)]
    super().__init__(tf.identity(self._variables[0]), specs, name)

  @property
  def optional_restore(self):
    """Whether a checkpoint may lack it: no."""
    return False

  def restore(self, restored_tensors, restored_shapes):
    """The operation that puts restored values into the variables."""
    del restored_shapes
    return tf.group(*[
        tf.assign(variable, value)
        for variable, value in zip(self._variables, restored_tensors)])
