"""Saves an opaque vector as the variables of the compatible cells.

The layout of the vector is internal to cuDNN, so a checkpoint contains the
weights it represents, under the names that the variables of the compatible
cells have with `MultiRNNCell` in `dynamic_rnn` (or in
`stack_bidirectional_dynamic_rnn`).
"""

from tfcompat_rnn import _tf
from tfcompat_rnn._tf import tf
from tfcompat_rnn.fused import converters
from tfcompat_rnn.fused import network as networks

_builder = _tf.private("saver").BaseSaverBuilder


def scope_name(scope):
  """The name of a variable scope, or None for the outermost scope."""
  return getattr(scope, "name", scope) or None


def scoped(scope, names):
  return [f"{scope}/{name}" if scope else name for name in names]


class CudnnOpaqueParamsSaveable(_builder.SaveableObject):
  """Base class of the saveables for the four kinds of network.

  Example:

    tf.add_to_collection(
        tf.GraphKeys.SAVEABLE_OBJECTS,
        CudnnLSTMSaveable(params, num_layers=1, num_units=16, input_size=4,
                          scope="model"))

  Args:
    opaque_params: the variable with the opaque vector.
    num_layers, num_units, input_size, input_mode, direction: its network.
    scope: a name or variable scope to prepend to the names in checkpoints.
    name: name of the saveable.

  A Saver that is given such an object, or finds it in the collection, writes
  weights and biases by layer under the names of the compatible cells, and
  reassembles them when it restores.
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
    # A Saver does not accept two saveables with the same operation, and it
    # already has the variable.
    super().__init__(tf.identity(self._variables), specs, name)

  @property
  def optional_restore(self):
    """Whether it may be missing from a checkpoint: no."""
    return False

  @property
  def format_converter(self):
    """The converter between the vector and the cells' variables."""
    return self._format_converter

  def restore(self, restored_tensors, restored_shapes):
    """The operation that writes restored weights and biases to the vector."""
    del restored_shapes
    return tf.assign(
        self._variables,
        self._format_converter.tf_canonical_to_opaque(restored_tensors),
        validate_shape=False)


class CudnnLSTMSaveable(CudnnOpaqueParamsSaveable):
  """For an LSTM. TF 1.15: `tf.contrib.cudnn_rnn.CudnnLSTMSaveable`."""

  _format_converter_cls = converters.CudnnParamsFormatConverterLSTM


class CudnnGRUSaveable(CudnnOpaqueParamsSaveable):
  """For a GRU. TF 1.15: `tf.contrib.cudnn_rnn.CudnnGRUSaveable`."""

  _format_converter_cls = converters.CudnnParamsFormatConverterGRU


class CudnnRNNTanhSaveable(CudnnLSTMSaveable):
  """For tanh. TF 1.15: `tf.contrib.cudnn_rnn.CudnnRNNTanhSaveable`."""

  _format_converter_cls = converters.CudnnParamsFormatConverterTanh


class CudnnRNNReluSaveable(CudnnLSTMSaveable):
  """For relu. TF 1.15: `tf.contrib.cudnn_rnn.CudnnRNNReluSaveable`."""

  _format_converter_cls = converters.CudnnParamsFormatConverterRelu


class CanonicalSaveable(_builder.SaveableObject):
  """Saves canonical variables under the same keys.

  This is `layer.saveable` of a layer with canonical variables. A normal Saver
  already writes these variables; pass this object only to a separate Saver.
  """

  def __init__(self, variables, keys, name):
    self._variables = list(variables)
    specs = [_builder.SaveSpec(variable.read_value(), "", key)
             for variable, key in zip(self._variables, keys)]
    super().__init__(tf.identity(self._variables[0]), specs, name)

  @property
  def optional_restore(self):
    """Whether it may be missing from a checkpoint: no."""
    return False

  def restore(self, restored_tensors, restored_shapes):
    """The operation that writes restored values to the variables."""
    del restored_shapes
    return tf.group(*[
        tf.assign(variable, value)
        for variable, value in zip(self._variables, restored_tensors)])
